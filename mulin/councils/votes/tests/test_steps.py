"""The steps "vote" and "budget" of a topic: options come in, winners go out."""

import pytest

from mulin.councils.steps import SettingError
from mulin.councils.topics.models import Step, Topic
from mulin.councils.votes import actions, kinds, running
from mulin.councils.votes.models import Vote
from mulin.councils.votes.tests import worlds
from mulin.kernel.actors import SYSTEM
from mulin.kernel.clock import today

pytestmark = pytest.mark.django_db
OPTIONS = [
    {"key": "tree", "title": "香樟", "text": "", "cost": 100_00},
    {"key": "stay", "title": "不换", "cost": 0},
]


@pytest.fixture
def topic(world):
    made = Topic.objects.create(
        number="1234567897", place=world.home, process="trees", title="行道树", state="running"
    )
    Step.objects.create(
        topic=made, position=1, key="options", kind="options", title="方案", state="done",
        result={"options": OPTIONS, "winners": ["tree"]},
    )  # fmt: skip
    return made


def begun(topic, step_kind="vote", **settings):
    step = Step.objects.create(
        topic=topic, position=2, key=step_kind, kind=step_kind, title="表决", begins_on=today(),
        ends_on=today(), settings=settings, state="open",
    )  # fmt: skip
    step.record = kinds.begin(actor=SYSTEM, topic=topic, step=step)
    step.save()
    return step


def test_a_vote_takes_the_options_of_an_earlier_step_and_hands_its_winner_on(topic, cast, world, freeze):
    step = begun(topic, options_from="options", kind="choose_one")
    vote = kinds.vote_of(step)
    assert [one["key"] for one in vote.options] == ["tree", "stay"]
    assert kinds.progress(topic, step).missing
    assert kinds.public_url(topic, step) == ""
    people = worlds.voters(4, world.home)
    roster = worlds.residents(cast, world.home, people)
    actions.edit_vote(actor=cast.clerk.actor, number=vote.number, roster=roster.pk)
    keys = worlds.keyed(cast, vote)
    freeze(vote.opens_at)
    actions.give_notice(actor=cast.clerk.actor, number=vote.number)
    vote = actions.open_vote(actor=cast.clerk.actor, number=vote.number)
    assert kinds.progress(topic, step).invites
    for account in people:
        worlds.says(vote, account, "tree")
    worlds.published(cast, vote, keys, freeze)
    found = kinds.progress(topic, step)
    assert not found.missing
    assert found.result["winners"] == ["tree"]
    assert "香樟" in found.outcome


def test_a_budget_begins_with_the_money_of_the_process_in_fen(topic):
    vote = kinds.vote_of(begun(topic, "budget", options_from="options", money=500, method="greedy"))
    assert (vote.kind, vote.money, vote.method) == ("budget", 500_00, "greedy")


def test_a_stopped_topic_drops_a_draft_and_gives_up_what_was_announced(topic):
    step = begun(topic, options_from="options", kind="choose_one")
    kinds.stop(actor=SYSTEM, topic=topic, step=step)
    assert not Vote.objects.exists()
    assert kinds.progress(topic, step).missing


@pytest.mark.parametrize("wrong", [{"kind": "loud"}, {"kind": "budget"}, {"seats": 0}, {"body": "cats"}])
def test_a_process_file_with_a_wrong_vote_is_refused(wrong):
    with pytest.raises(SettingError):
        kinds.vote_settings(wrong)
    with pytest.raises(SettingError):
        kinds.budget_settings({"method": "lottery"})


def test_a_yes_to_an_earlier_step_without_a_choice_takes_over_all_that_it_brought(topic):
    earlier = topic.steps.get(key="options")
    earlier.result = {"options": OPTIONS, "winners": []}
    earlier.save()
    step = begun(topic, options_from="options", kind="yes_no")
    vote = kinds.vote_of(step)
    assert "香樟、不换" in vote.text
    vote.state, vote.status = "published", "passed"
    vote.save()
    assert kinds._result(topic, step, vote)["winners"] == ["tree", "stay"]


def test_owners_wait_for_one_notice_and_it_lies_within_the_step(topic):
    vote = kinds.vote_of(begun(topic, body="owners", affair="lift", secret=False))
    days = (vote.opens_at.date() - today()).days
    assert days == 16  # fifteen whole days; the day of the notice is not counted
    assert vote.closes_at > vote.opens_at
    assert not [one for one in running.lacks(vote) if "公告" in one]

"""What an observer of the vote tries: papers after the close, results before it, two papers of one owner, a
result that somebody buries, a file that does not say what was published, a page that costs too much."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mulin.councils.rosters import actions as rosters
from mulin.councils.topics.models import Step, Topic
from mulin.councils.votes import actions, kinds, paper_batches, paper_official, reading, running
from mulin.councils.votes.models import Vote, VotePaper, VoteSlot, VoteTurnout
from mulin.councils.votes.paper_models import VotePaperBatch
from mulin.councils.votes.tests import worlds
from mulin.kernel import clock, rulebook
from mulin.kernel.errors import ActionError, NotAllowed
from mulin.kernel.models import Notice, RuleOverride
from mulin.people.queries import actor_for

pytestmark = pytest.mark.django_db


def refused(code, act):
    with pytest.raises(ActionError) as found:
        act()
    assert found.value.code == code, found.value


def at(name, vote, **more):
    return reverse(f"councils:{name}", kwargs={"number": vote.number, **more})


def desk(name, vote, **more):
    return reverse(f"councils_desk:{name}", kwargs={"number": vote.number, **more})


@pytest.fixture
def roster(world, cast):
    return worlds.residents(cast, world.home, [cast.resident.account, cast.newcomer.account], others=6)


@pytest.fixture
def opened(cast, roster, freeze):
    return worlds.opened(cast, roster, freeze)


@pytest.fixture
def set_rule(cast, world):
    def change(name, value):
        RuleOverride.objects.create(
            name=name, place=world.home, valid_from="2020-01-01", value=value, basis="规则",
            certainty="local practice", set_by=cast.admin.account,
        )  # fmt: skip
        rulebook.forget()

    return change


# --- the clock -------------------------------------------------------------------------------------------


def test_nobody_is_registered_at_the_table_once_the_close_has_come_though_the_worker_is_late(
    cast, opened, freeze
):
    vote, _keys = opened
    old = vote.roster.entries.get(label="老人0").pk
    freeze(vote.closes_at)
    assert Vote.objects.get(pk=vote.pk).state == "open"
    refused("not-open", lambda: actions.mark_came(actor=cast.clerk.actor, number=vote.number, entry=old))
    assert not VoteTurnout.objects.exists()


def test_a_vote_that_is_over_is_not_extended_though_the_worker_is_late(cast, opened, freeze):
    vote, _keys = opened
    later = {"closes_at": vote.closes_at + timedelta(days=1), "reason": "下雨"}
    freeze(vote.closes_at)
    refused("over", lambda: actions.extend_vote(actor=cast.clerk.actor, number=vote.number, **later))


def test_the_last_second_counts_and_the_next_does_not(cast, opened, freeze):
    vote, _keys = opened
    freeze(vote.closes_at - timedelta(seconds=1))
    worlds.says(vote, cast.resident.account, "yes")
    freeze(vote.closes_at)
    refused("not-open", lambda: worlds.says(vote, cast.newcomer.account, "yes"))


def test_a_vote_is_not_closed_early_while_a_paper_can_be_changed_or_a_joint_owner_has_not_spoken(
    cast, world, freeze, set_rule
):
    people = worlds.voters(2, world.home)
    roster = worlds.owners(cast, world, [("1-1", 9000, ["a", "b"])], a=people[0], b=people[1])
    vote, _keys = worlds.opened(cast, roster, freeze, affair="use_fund", days=20)
    entry = roster.entries.get().pk
    for account in people:
        refused("too-early", lambda: actions.close_vote(actor=cast.clerk.actor, number=vote.number))
        actions.cast(actor=actor_for(account), number=vote.number, entries=[entry], choice=["yes"])
    refused("too-early", lambda: actions.close_vote(actor=cast.clerk.actor, number=vote.number))
    set_rule("councils.vote.change", False)
    assert actions.close_vote(actor=cast.clerk.actor, number=vote.number).state == "closed"


def test_the_last_day_for_challenges_runs_to_its_end(cast, opened, freeze, client_for):
    vote, keys = opened
    worlds.says(vote, cast.resident.account, "yes")
    done = worlds.published(cast, vote, keys, freeze)
    last = done.published_at.astimezone(clock.zone()) + timedelta(days=15)
    text = {"actor": cast.resident.actor, "number": vote.number, "text": "漏了一户"}
    freeze(last.replace(hour=23, minute=59))
    assert "含当天" in client_for().get(at("vote", vote)).content.decode()
    actions.challenge(**text)
    freeze(last.replace(hour=0, minute=0) + timedelta(days=1))
    refused("over", lambda: actions.challenge(**text))


# --- before the close ------------------------------------------------------------------------------------


def test_what_named_papers_say_is_shown_to_those_who_count_after_the_close_only(
    cast, world, freeze, client_for
):
    account = cast.resident.account
    roster = worlds.owners(cast, world, [("1-1", 9000, ["a"]), ("2-1", 9000, ["b"])], a=account)
    vote, _keys = worlds.opened(cast, roster, freeze, affair="use_fund", days=20)
    entry = roster.entries.get(door="1-1").pk
    actions.cast(actor=cast.resident.actor, number=vote.number, entries=[entry], choice=["no"])
    client = client_for(cast.clerk)
    assert [one["said"] for one in client.get(desk("vote-papers", vote)).context["rows"]] == [""]
    freeze(vote.closes_at)
    running.tick()
    assert [one["said"] for one in client.get(desk("vote-papers", vote)).context["rows"]] == ["不同意"]


def test_a_batch_that_waits_for_its_second_typing_says_nothing_to_who_has_the_database(cast, opened, freeze):
    """Who came to the table is known; a batch of one in the clear would say what they voted."""
    vote, _keys = opened
    actions.mark_came(
        actor=cast.clerk.actor, number=vote.number, entry=vote.roster.entries.get(label="老人0").pk
    )
    freeze(vote.closes_at)
    running.tick()
    with CaptureQueriesContext(connection) as seen:
        batch = paper_batches.begin_batch(
            actor=cast.clerk.actor, number=vote.number, name="1", choices=[["yes"]]
        )
    written = [one["sql"] for one in seen.captured_queries if one["sql"].startswith(("INSERT", "UPDATE"))]
    assert written
    assert not any("yes" in one or batch.slip in one for one in written)
    row = VotePaperBatch.objects.values().get()
    assert not any(word in repr(row) for word in ("yes", batch.slip))
    other = paper_batches.begin_batch  # a spoiled paper is as long as any
    paper_batches.drop_batch(actor=cast.clerk.actor, number=vote.number, batch=batch.pk)
    other = other(actor=cast.clerk.actor, number=vote.number, name="2", choices=[None])
    assert len(other.sealed) == len(row["sealed"])
    refused(
        "wrong-slip",
        lambda: paper_batches.confirm_batch(
            actor=cast.secretary.actor, number=vote.number, batch=other.pk, choices=[None], slip=batch.slip
        ),
    )


def test_a_vote_that_is_given_up_leaves_no_typed_batch_behind(cast, opened, freeze):
    vote, _keys = opened
    actions.mark_came(
        actor=cast.clerk.actor, number=vote.number, entry=vote.roster.entries.get(label="老人0").pk
    )
    freeze(vote.closes_at)
    running.tick()
    paper_batches.begin_batch(actor=cast.clerk.actor, number=vote.number, name="1", choices=[["yes"]])
    actions.stop_vote(actor=cast.secretary.actor, number=vote.number, reason="一把钥匙丢了，重新投")
    assert not VotePaperBatch.objects.exists()
    assert not VoteSlot.objects.exists()


# --- a topic does not bury a vote ------------------------------------------------------------------------


@pytest.fixture
def stepped(cast, world, roster, freeze):
    """A secret vote that takes papers and is a step of a topic."""
    topic = Topic.objects.create(
        number="1234567897", place=world.home, process="trees", title="行道树", state="running"
    )
    step = Step.objects.create(
        topic=topic, position=1, key="vote", kind="vote", title="表决", begins_on=clock.today(),
        ends_on=clock.today(), state="open",
    )  # fmt: skip
    vote, keys = worlds.opened(cast, roster, freeze)
    Vote.objects.filter(pk=vote.pk).update(topic=topic, step=step)
    step.record = vote.pk
    step.save()
    return topic, step, Vote.objects.get(pk=vote.pk), keys


def test_stopping_a_topic_throws_papers_away_only_by_who_may_stop_the_vote(cast, stepped):
    topic, step, vote, _keys = stepped
    worlds.says(vote, cast.resident.account, "yes")
    with pytest.raises(NotAllowed):
        kinds.stop(actor=cast.clerk.actor, topic=topic, step=step)
    assert Vote.objects.get().state == "open"
    kinds.stop(actor=cast.secretary.actor, topic=topic, step=step)
    assert Vote.objects.get().state == "stopped"


def test_a_counted_result_cannot_be_buried_by_stopping_the_topic(cast, stepped, freeze):
    topic, step, vote, keys = stepped
    worlds.says(vote, cast.resident.account, "yes")
    worlds.counted(cast, vote, keys, freeze)
    refused("counted", lambda: kinds.stop(actor=cast.secretary.actor, topic=topic, step=step))
    assert Vote.objects.get().state == "counted"


# --- twice, and lost answers -----------------------------------------------------------------------------


def test_a_proxy_does_not_change_what_the_owner_handed_in_in_person(joint):
    vote, entry, owner, holder = joint
    paper = {"number": vote.number, "entries": [entry.pk]}
    actions.cast(actor=owner, choice=["yes"], **paper)
    assert [one.can_vote for one in reading.mine(vote, holder)] == [False]
    refused("voted", lambda: actions.cast(actor=holder, choice=["no"], **paper))
    assert VotePaper.objects.get().choice == ["yes"]


def test_an_owner_takes_the_matter_back_from_the_proxy(joint):
    vote, entry, owner, holder = joint
    paper = {"number": vote.number, "entries": [entry.pk]}
    actions.cast(actor=holder, choice=["no"], **paper)
    actions.cast(actor=owner, choice=["yes"], **paper)
    found = VotePaper.objects.get()
    assert (found.choice, found.is_by_proxy) == (["yes"], False)


def test_who_sends_a_paper_again_because_the_answer_got_lost_is_told_that_it_is_in_the_box(
    cast, opened, client_for
):
    vote, _keys = opened
    client = client_for(cast.resident)
    entry = worlds.entry_of(vote.roster, cast.resident.account)
    paper = {"entry": str(entry.pk), "choice": "yes", "sure": "1"}
    assert client.post(at("vote-cast", vote), paper).status_code == 200
    again = client.post(at("vote-cast", vote), paper, follow=True)
    text = again.content.decode()
    assert "已经投进去了，只算一次" in text
    assert "回执号只在交票那一刻显示一次" in text
    assert VoteTurnout.objects.count() == 1


def test_who_sends_a_paper_again_and_has_another_line_is_told_the_same(cast, world, freeze, client_for):
    roster = worlds.residents(cast, world.home, [cast.resident.account], others=2)
    vote, _keys = worlds.opened(cast, roster, freeze)
    other = roster.entries.get(label="老人0")
    rosters.record_proxy(
        actor=cast.clerk.actor, number=roster.number, keys=[other.key], holder=cast.resident.account,
        signed_on=clock.today(), until=clock.today() + timedelta(days=30),
    )  # fmt: skip
    client = client_for(cast.resident)
    entry = worlds.entry_of(roster, cast.resident.account)
    paper = {"entry": str(entry.pk), "choice": "yes", "sure": "1"}
    assert client.post(at("vote-cast", vote), paper).status_code == 200
    again = client.post(at("vote-cast", vote), paper)
    assert again.context["refusal"].code == "voted"


def test_a_paper_that_comes_after_the_close_says_that_it_did_not_count(cast, opened, client_for, freeze):
    vote, _keys = opened
    entry = worlds.entry_of(vote.roster, cast.resident.account)
    freeze(vote.closes_at)
    client = client_for(cast.resident)
    paper = {"entry": str(entry.pk), "choice": "yes", "sure": "1"}
    assert "没有投进去" in client.post(at("vote-cast", vote), paper, follow=True).content.decode()


def test_a_household_with_one_network_is_not_stopped_by_the_limit_of_one_account(
    cast, opened, client_for, set_rule, settings
):
    vote, _keys = opened
    settings.MULIN_THROTTLE = True
    set_rule("councils.vote.per_hour", 1)
    for person in (cast.resident, cast.newcomer):
        entry = worlds.entry_of(vote.roster, person.account)
        paper = {"entry": str(entry.pk), "choice": "yes", "sure": "1"}
        client = client_for(person)
        client.defaults["REMOTE_ADDR"] = "198.51.100.7"
        assert client.post(at("vote-cast", vote), paper).status_code == 200
    assert VoteTurnout.objects.count() == 2


def test_pages_of_a_paper_are_not_kept_for_who_presses_back_on_a_shared_telephone(cast, opened, client_for):
    vote, _keys = opened
    client = client_for(cast.resident)
    entry = worlds.entry_of(vote.roster, cast.resident.account)
    paper = {"entry": str(entry.pk), "choice": "yes"}
    there = at("vote-cast", vote)
    for page in (client.get(there), client.post(there, paper), client.post(there, {**paper, "sure": "1"})):
        assert page.status_code == 200
        assert page["Cache-Control"] == "private, no-store"
        assert f'councils/vote.js" data-vote="{at("vote", vote)}"' in page.content.decode()


def test_who_came_to_the_table_is_not_reminded_of_the_paper_on_the_telephone(cast, opened, freeze, settle):
    vote, _keys = opened
    for one in (cast.resident, cast.newcomer):
        actions.begin_paper(actor=one.actor, number=vote.number)
    entry = worlds.entry_of(vote.roster, cast.resident.account)
    actions.mark_came(actor=cast.clerk.actor, number=vote.number, entry=entry.pk)
    freeze(vote.closes_at - timedelta(hours=20))
    running.tick()
    settle()
    told = Notice.objects.filter(code="councils.vote.reminded").values_list("account", flat=True)
    assert list(told) == [cast.newcomer.id]


# --- keys ------------------------------------------------------------------------------------------------


def test_a_key_does_not_come_back_in_a_page_and_is_left_out_of_error_reports(
    cast, opened, freeze, client_for, settings
):
    vote, keys = opened
    worlds.says(vote, cast.resident.account, "yes")
    freeze(vote.closes_at)
    running.tick()
    client = client_for(cast.clerk)
    given = {"key_0": keys[0], "key_1": worlds.other_key()}
    for name, data in (("vote-count", given), ("vote-key", {"text": worlds.other_key()})):
        page = client.post(desk(name, vote), data)
        assert page.status_code == 422
        assert b"mulin-key-" not in page.content.replace("mulin-key 开头".encode(), b"")
        assert page.wsgi_request.sensitive_post_parameters == "__ALL__"
    for name in ("vote-count", "vote-key"):
        assert "重新投一次" in client.get(desk(name, vote)).content.decode() or name == "vote-key"


def test_what_is_chosen_is_left_out_of_error_reports(cast, opened, client_for):
    vote, _keys = opened
    page = client_for(cast.resident).post(at("vote-cast", vote), {"choice": "yes"})
    assert page.wsgi_request.sensitive_post_parameters == "__ALL__"


def test_pages_say_before_it_happens_that_a_lost_key_means_another_vote(cast, opened, client_for):
    vote, _keys = opened
    assert "重新投一次" in client_for().get(at("vote", vote)).content.decode()
    assert "停办重投" in client_for(cast.clerk).get(desk("vote-key", vote)).content.decode()
    assert "停办重投" in client_for(cast.clerk).get(desk("vote", vote)).content.decode()


# --- the city's system -----------------------------------------------------------------------------------


def test_where_the_official_system_is_required_the_page_says_so_and_offers_no_paper(
    cast, opened, client_for, set_rule
):
    vote, _keys = opened
    set_rule("councils.official_voting", "required")
    for person in (None, cast.resident):
        text = client_for(person).get(at("vote", vote)).content.decode()
        assert str(paper_official.PUBLIC["required"]) in text
        assert reverse("councils:vote-cast", args=[vote.number]) not in text
        assert "登录后投票" not in text
    entry = worlds.entry_of(vote.roster, cast.resident.account)
    paper = {"entry": str(entry.pk), "choice": "yes", "sure": "1"}
    assert client_for(cast.resident).post(at("vote-cast", vote), paper).status_code == 302
    assert not VoteTurnout.objects.exists()


def test_a_file_of_the_official_system_costs_the_same_few_statements_however_long_it_is(cast, world, freeze):
    units = [(f"{n}-1", 9000, [f"a{n}"]) for n in range(30)]
    roster = worlds.owners(cast, world, units)
    vote, _keys = worlds.opened(cast, roster, freeze, affair="use_fund", days=20)
    rows = [f"{one.key},,同意" for one in roster.entries.order_by("position")]

    def statements(some):
        content = "\n".join(["key,owner,choice", *some]).encode()
        with CaptureQueriesContext(connection) as seen:
            taken = paper_official.import_papers(actor=cast.clerk.actor, number=vote.number, content=content)
        assert taken.added == len(some)
        return len(seen.captured_queries)

    assert statements(rows[:2]) == statements(rows[2:])
    assert vote.voted.count() == 30

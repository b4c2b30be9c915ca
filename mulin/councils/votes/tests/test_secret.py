"""A secret vote from the draft to the published result, and what cannot be done on the way."""

import json
from datetime import timedelta

import pytest

from mulin.councils import recounting
from mulin.councils.votes import actions, papers, running
from mulin.councils.votes.models import Vote, VoteSlot, VoteTurnout
from mulin.councils.votes.tests import worlds
from mulin.kernel import clock
from mulin.kernel.actions import set_rule
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.people.queries import actor_for

pytestmark = pytest.mark.django_db


def refused(code, act):
    with pytest.raises(ActionError) as found:
        act()
    assert found.value.code == code, found.value


@pytest.fixture
def vote(cast, roster, freeze):
    return worlds.opened(cast, roster, freeze)


def test_a_secret_vote_is_held_counted_and_counted_again_from_its_file(cast, vote, people, freeze):
    vote, keys = vote
    for account, choice in zip(people, ["yes", "yes", "yes", "no", ""], strict=False):
        (receipt,) = worlds.says(vote, account, *filter(None, [choice]))
        assert len(receipt) == papers.RECEIPT
    done = worlds.published(cast, vote, keys, freeze)
    assert (done.state, done.status) == ("published", "passed")
    assert done.file["papers"] == [[], ["no"], ["yes"], ["yes"], ["yes"]]
    assert done.file["roster"] == {"heads": 8}
    text = recounting.written(done.file)
    again = recounting.recount(recounting.read(text))
    assert recounting.differences(done.file["result"], again.as_json()) == []
    assert recounting.written(again.as_json()) == recounting.written(done.file["result"])


def test_receipts_are_listed_apart_from_the_papers_after_the_count(cast, vote, people, freeze):
    vote, keys = vote
    given = sorted(worlds.says(vote, one, "yes")[0] for one in people[:3])
    done = worlds.counted(cast, vote, keys, freeze)
    assert done.receipts == given
    assert not any(receipt in json.dumps(done.file) for receipt in given)


def test_nobody_votes_twice(vote, people):
    vote, _keys = vote
    worlds.says(vote, people[0], "yes")
    refused("voted", lambda: worlds.says(vote, people[0], "no"))
    assert VoteTurnout.objects.filter(vote=vote).count() == 1
    assert VoteSlot.objects.filter(vote=vote).exclude(channel="").count() == 1


def test_a_stranger_and_somebody_elses_line_are_refused(cast, vote, people):
    vote, _keys = vote
    entry = worlds.entry_of(vote.roster, people[0])
    for actor in (cast.neighbour.actor, actor_for(people[1])):
        refused(
            "not-yours",
            lambda actor=actor: actions.cast(
                actor=actor, number=vote.number, entries=[entry.pk], choice=["yes"]
            ),
        )


def test_papers_are_taken_only_between_opening_and_close(cast, roster, people, freeze):
    vote = worlds.drafted(cast, roster)
    worlds.keyed(cast, vote)
    with pytest.raises(NotVisible):
        worlds.says(vote, people[0], "yes")
    vote = actions.give_notice(actor=cast.clerk.actor, number=vote.number)
    refused("not-open", lambda: worlds.says(vote, people[0], "yes"))
    refused("too-early", lambda: actions.open_vote(actor=cast.clerk.actor, number=vote.number))
    freeze(vote.opens_at)
    assert running.tick() == 1
    worlds.says(vote, people[0], "yes")
    refused("too-early", lambda: actions.close_vote(actor=cast.clerk.actor, number=vote.number))
    freeze(vote.closes_at)
    refused("not-open", lambda: worlds.says(vote, people[1], "yes"))
    assert running.tick() == 1
    assert Vote.objects.get(pk=vote.pk).state == "closed"


def test_what_is_asked_stands_still_from_the_notice_on(cast, vote):
    vote, _keys = vote
    refused("not-now", lambda: actions.edit_vote(actor=cast.clerk.actor, number=vote.number, title="别的"))


def test_a_notice_needs_everything_and_says_what(cast, roster, world):
    vote = actions.draft_vote(actor=cast.clerk.actor, place=world.home, title="表决")
    with pytest.raises(ActionError) as found:
        actions.give_notice(actor=cast.clerk.actor, number=vote.number)
    assert found.value.code == "not-ready"
    for word in ("名册", "开始", "钥匙"):
        assert word in found.value.message


def test_a_decision_needs_days_of_notice(cast, roster):
    vote = worlds.drafted(cast, roster, affair="decision")
    worlds.keyed(cast, vote)
    refused("not-ready", lambda: actions.give_notice(actor=cast.clerk.actor, number=vote.number))
    later = worlds.drafted(cast, roster, affair="decision", days=5)
    worlds.keyed(cast, later)
    assert actions.give_notice(actor=cast.clerk.actor, number=later.number).state == "notice"


def test_one_key_too_few_or_another_one_leaves_the_box_closed(cast, vote, people, freeze):
    vote, keys = vote
    worlds.says(vote, people[0], "yes")
    freeze(vote.closes_at)
    actions.close_vote(actor=cast.clerk.actor, number=vote.number)
    for given in (keys[:1], [keys[0], worlds.other_key()], [*keys, worlds.other_key()], []):
        refused(
            "wrong-key",
            lambda given=given: actions.count_vote(
                actor=cast.clerk.actor, number=vote.number, keys_given=given
            ),
        )
    counted = actions.count_vote(actor=cast.clerk.actor, number=vote.number, keys_given=keys[::-1])
    assert counted.file["papers"] == [["yes"]]


def test_a_paper_that_was_taken_from_the_box_or_changed_stops_the_count(cast, vote, people, freeze):
    vote, keys = vote
    worlds.says(vote, people[0], "yes")
    worlds.says(vote, people[1], "no")
    VoteSlot.objects.filter(pk=VoteSlot.objects.exclude(channel="").first().pk).update(sealed=b"x" * 200)
    refused("papers-missing", lambda: worlds.counted(cast, vote, keys, freeze))


def test_an_unset_quorum_is_counted_but_not_certified_until_somebody_fills_it_in(
    cast, roster, people, freeze
):
    vote, keys = worlds.opened(cast, roster, freeze, affair="decision", days=5)
    for account in people[:5]:
        worlds.says(vote, account, "yes")
    counted = worlds.counted(cast, vote, keys, freeze)
    assert counted.status == "refused"
    certify = {"actor": cast.secretary.actor, "number": vote.number, "keys_destroyed": True}
    refused("refused", lambda: actions.certify_vote(**certify))
    refused("still-unset", lambda: actions.count_again(actor=cast.clerk.actor, number=vote.number))
    for name, value in (("quorum", worlds.RULES["quorum"]), ("consent", worlds.RULES["consent"])):
        set_rule(
            actor=cast.admin.actor, name=f"councils.{name}", place=roster.place, value=value,
            basis="新法第四章",
            certainty="law", match={"body": ["residents"]}, valid_from=clock.today() - timedelta(days=30),
        )  # fmt: skip
    again = actions.count_again(actor=cast.clerk.actor, number=vote.number)
    assert again.status == "passed"
    assert any(one["basis"] == "新法第四章" for one in again.rule["sources"])
    assert actions.certify_vote(**certify).state == "published"


def test_certifying_asks_that_the_keys_are_destroyed_and_needs_the_secretary(cast, vote, people, freeze):
    vote, keys = vote
    worlds.says(vote, people[0], "yes")
    worlds.counted(cast, vote, keys, freeze)
    with pytest.raises(NotAllowed):
        actions.certify_vote(actor=cast.clerk.actor, number=vote.number, keys_destroyed=True)
    refused(
        "keys-not-destroyed", lambda: actions.certify_vote(actor=cast.secretary.actor, number=vote.number)
    )


def test_paper_and_screen_count_in_one_register(cast, vote, people, freeze):
    vote, keys = vote
    clerk, number = cast.clerk.actor, vote.number
    worlds.says(vote, people[0], "yes")
    old = vote.roster.entries.get(label="老人0")
    actions.mark_came(actor=clerk, number=number, entry=old.pk)
    actions.mark_came(actor=clerk, number=number, entry=worlds.entry_of(vote.roster, people[1]).pk)
    refused("voted", lambda: worlds.says(vote, people[1], "yes"))
    refused("voted", lambda: actions.mark_came(actor=clerk, number=number, entry=old.pk))
    freeze(vote.closes_at)
    running.tick()
    refused("not-all-typed", lambda: actions.count_vote(actor=clerk, number=number, keys_given=keys))
    worlds.typed(cast, vote, [["no"], None])
    refused("more-than-came", lambda: worlds.typed(cast, vote, [["no"]]))
    counted = actions.count_vote(actor=clerk, number=number, keys_given=keys)
    assert counted.file["papers"] == [["no"], ["yes"], None]
    assert counted.turnout == {"portal": 1, "paper": 2}


def test_typed_papers_are_taken_out_together_and_typed_anew(cast, vote, freeze):
    vote, keys = vote
    clerk, number = cast.clerk.actor, vote.number
    actions.mark_came(actor=clerk, number=number, entry=vote.roster.entries.get(label="老人0").pk)
    freeze(vote.closes_at)
    running.tick()
    worlds.typed(cast, vote, [["no"]])
    actions.untype_papers(actor=clerk, number=number)
    worlds.typed(cast, vote, [["yes"]])
    assert actions.count_vote(actor=clerk, number=number, keys_given=keys).file["papers"] == [["yes"]]


def test_who_opened_the_paper_and_left_is_reminded_once_and_forgotten_at_the_close(
    cast, vote, people, freeze, settle
):
    from mulin.kernel.models import Notice

    vote, _keys = vote
    for account in people[:2]:
        actions.begin_paper(actor=actor_for(account), number=vote.number)
    worlds.says(vote, people[1], "yes")
    freeze(vote.closes_at - timedelta(hours=20))
    assert running.tick() == 1
    assert running.tick() == 0
    settle()
    told = Notice.objects.filter(code="councils.vote.reminded").values_list("account", flat=True)
    assert list(told) == [people[0].pk]
    freeze(vote.closes_at)
    running.tick()
    assert not vote.begun.exists()


def test_an_extension_is_told_to_everybody_on_the_roster(cast, vote, people, settle):
    from mulin.kernel.models import Notice

    vote, _keys = vote
    later = vote.closes_at + timedelta(days=2)
    refused(
        "bad-period",
        lambda: actions.extend_vote(
            actor=cast.clerk.actor, number=vote.number, closes_at=vote.opens_at, reason="下雨"
        ),
    )
    actions.extend_vote(actor=cast.clerk.actor, number=vote.number, closes_at=later, reason="连着下雨")
    settle()
    told = set(Notice.objects.filter(code="councils.vote.extended").values_list("account", flat=True))
    assert told == {one.pk for one in people}


def test_a_vote_that_is_given_up_throws_its_papers_away_unread(cast, vote, people):
    vote, _keys = vote
    worlds.says(vote, people[0], "yes")
    actions.stop_vote(actor=cast.secretary.actor, number=vote.number, reason="题目写错了")
    assert not VoteSlot.objects.exists()
    refused("not-open", lambda: worlds.says(vote, people[1], "yes"))


def test_only_an_officer_has_a_key_and_a_new_one_makes_the_old_one_worthless(cast, roster):
    vote = worlds.drafted(cast, roster)
    keys = worlds.keyed(cast, vote)
    with pytest.raises(NotVisible):
        actions.make_key(actor=cast.street.actor, number=vote.number)
    actions.make_key(actor=cast.clerk.actor, number=vote.number)
    refused("wrong-key", lambda: actions.show_key(actor=cast.clerk.actor, number=vote.number, text=keys[0]))
    refused("not-ready", lambda: actions.give_notice(actor=cast.clerk.actor, number=vote.number))


def test_officers_must_be_able_to_count_and_be_several(cast, roster):
    vote = worlds.drafted(cast, roster)
    name = {"actor": cast.clerk.actor, "number": vote.number}
    refused("too-few-officers", lambda: actions.set_officers(**name, accounts=[cast.clerk.id]))
    refused(
        "not-an-officer", lambda: actions.set_officers(**name, accounts=[cast.clerk.id, cast.resident.id])
    )


def test_a_challenge_is_answered_in_public(cast, vote, people, freeze):
    vote, _keys = vote
    text = {"number": vote.number, "text": "我家没有收到通知"}
    refused("not-yours", lambda: actions.challenge(actor=cast.neighbour.actor, **text))
    made = actions.challenge(actor=actor_for(people[0]), **text)
    answer = {
        "number": vote.number, "challenge_number": made.number, "decision": "dismissed",
        "summary": "一户说没有收到通知", "answer": "通知三月一日贴在门厅，也发了消息。",
    }  # fmt: skip
    with pytest.raises(NotAllowed):
        actions.answer_challenge(actor=cast.clerk.actor, **answer)
    assert actions.answer_challenge(actor=cast.secretary.actor, **answer).state == "answered"
    refused("not-now", lambda: actions.answer_challenge(actor=cast.secretary.actor, **answer))


def test_ranked_papers_are_counted_round_by_round(cast, roster, people, freeze):
    options = [{"title": name, "text": "", "cost": None} for name in ("香樟", "银杏", "紫薇")]
    vote, keys = worlds.opened(cast, roster, freeze, kind="rank", options=options)
    one, two, three = [row["key"] for row in vote.options]
    for account, choice in zip(
        people, [(one, two), (one,), (two, three), (three, two), (three, two)], strict=False
    ):
        worlds.says(vote, account, *choice)
    done = worlds.counted(cast, vote, keys, freeze)
    assert (done.status, done.file["result"]["winners"]) == ("elected", [three])

"""In the room: who came, whether that is enough, what hands decide, what may not be decided."""

from datetime import date, timedelta

import pytest

from mulin.councils.meetings import actions, agenda, attending, hands, inbox, minutes, queries
from mulin.kernel import clock, rulebook, waiting
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import RuleOverride
from mulin.kernel.testing.together import at_once

pytestmark = pytest.mark.django_db


def set_rule(cast, name: str, body: str, value: str) -> None:
    """What an administrator fills in."""
    RuleOverride.objects.create(
        name=name, place=cast.clerk.actor.posts[0].place, valid_from=date(2026, 1, 1), match={"body": body},
        value=value, basis="议事规则第3条", certainty="local practice", set_by=cast.admin.account,
    )  # fmt: skip
    rulebook.forget()


def both_rules(cast, body: str = "delegates") -> None:
    set_rule(cast, "councils.quorum", body, "heads > 1/2 of roster")
    set_rule(cast, "councils.consent", body, "heads > 1/2 of present")


def decide(cast, meeting, item, decision="hands", **more):
    more = {"resolution": "同意修", **more}
    return minutes.decide_item(
        actor=cast.clerk.actor, number=meeting.number, item=item.pk, decision=decision, **more
    )


@pytest.mark.parametrize(("came", "is_met"), [(5, False), (6, True)])
def test_more_than_half_of_ten_are_six(cast, begun, came, is_met):
    both_rules(cast)
    made = begun("delegates_meeting", names=10, came=came)
    found = hands.quorum_of(made, queries.figures_of(made))
    assert (found.needed, found.is_met, found.gap) == (6, is_met, "")


def test_nothing_is_decided_before_the_time_that_the_notice_said(cast, announced, freeze):
    """The door opens two hours before; who comes on time must not find it decided."""
    both_rules(cast)
    made = announced("delegates_meeting")
    freeze(made.begins_at - timedelta(minutes=90))
    actions.open_door(actor=cast.clerk.actor, number=made.number)
    attending.count_heads(actor=cast.clerk.actor, number=made.number, counted=6, due=10)
    item = made.items.first()
    with pytest.raises(ActionError) as raised:
        decide(cast, made, item, votes_for=6)
    assert raised.value.code == "too-early"
    freeze(made.begins_at)
    assert decide(cast, made, item, votes_for=6).decision == "adopted"


def test_guests_and_the_excused_do_not_count(cast, begun):
    both_rules(cast)
    made = begun("delegates_meeting", names=4, came=2)
    attending.list_people(actor=cast.clerk.actor, number=made.number, text="记者\n律师", guests=True)
    person = made.attendance.filter(state="expected").first()
    attending.mark(actor=cast.clerk.actor, number=made.number, person=person.pk, state="excused")
    figures = queries.figures_of(made)
    assert (figures.due, figures.present, figures.guests, figures.excused) == (4, 2, 2, 1)


def test_two_thirds_of_the_party_members_must_come_and_half_of_all_agree(cast, begun):
    made = begun("party_members", names=9, came=6)
    item = made.items.first()
    assert decide(cast, made, item, votes_for=4, votes_against=2).decision == "rejected"
    assert decide(cast, made, item, votes_for=5, votes_against=1).decision == "adopted"


def test_without_enough_people_nothing_is_decided(cast, begun):
    made = begun("party_members", names=9, came=5)
    with pytest.raises(ActionError) as raised:
        decide(cast, made, made.items.first(), votes_for=5)
    assert raised.value.code == "no-quorum"


def test_half_of_those_present_is_not_more_than_half(cast, begun):
    both_rules(cast)
    made = begun("delegates_meeting", names=8, came=8)
    first, second = made.items.order_by("position")
    assert decide(cast, made, first, votes_for=4, votes_against=0, votes_abstain=4).decision == "rejected"
    assert decide(cast, made, second, votes_for=5, votes_against=0, votes_abstain=3).decision == "adopted"


def test_no_more_hands_than_people(cast, begun):
    both_rules(cast)
    made = begun("delegates_meeting", names=8, came=5)
    with pytest.raises(ActionError) as raised:
        decide(cast, made, made.items.first(), votes_for=4, votes_against=2)
    assert raised.value.code == "bad-count"


def test_an_unset_rule_keeps_the_hands_and_certifies_nothing(cast, begun):
    made = begun("delegates_meeting", names=8, came=6)
    first, second = made.items.order_by("position")
    first = decide(cast, made, first, votes_for=6)
    assert (first.decision, first.votes_for) == ("", 6) and "councils.quorum" in first.count["gaps"]
    decide(cast, made, second, "put_off")
    actions.close_meeting(actor=cast.clerk.actor, number=made.number)
    with pytest.raises(ActionError) as raised:
        minutes.confirm_minutes(actor=cast.secretary.actor, number=made.number)
    assert raised.value.code == "rule-unset" and "councils.quorum" in str(raised.value)
    both_rules(cast)
    made = minutes.confirm_minutes(actor=cast.secretary.actor, number=made.number)
    first.refresh_from_db()
    assert first.decision == "adopted" and made.quorum["is_met"]


def test_a_decision_does_not_outlive_the_quorum(cast, begun):
    both_rules(cast)
    made = begun("delegates_meeting", names=8, came=5)
    first, second = made.items.order_by("position")
    decide(cast, made, first, votes_for=5)
    decide(cast, made, second, "heard")
    person = made.attendance.filter(state="present").first()
    attending.mark(actor=cast.clerk.actor, number=made.number, person=person.pk, state="expected")
    actions.close_meeting(actor=cast.clerk.actor, number=made.number)
    with pytest.raises(ActionError) as raised:
        minutes.confirm_minutes(actor=cast.secretary.actor, number=made.number)
    assert raised.value.code in ("no-quorum", "open-items")


def test_what_was_not_announced_is_talked_over_and_not_decided(cast, begun):
    both_rules(cast)
    made = begun("delegates_meeting", names=8, came=8)
    new = agenda.add_item(actor=cast.clerk.actor, number=made.number, title="临时想到的", kind="decide")
    assert not new.is_announced
    with pytest.raises(ActionError) as raised:
        decide(cast, made, new, votes_for=8)
    assert raised.value.code == "not-announced"
    assert decide(cast, made, new, "heard").decision == "heard"


def test_where_the_rule_allows_it_an_unannounced_item_is_decided(cast, begun):
    made = begun("committee_meeting")
    new = agenda.add_item(actor=cast.clerk.actor, number=made.number, title="临时想到的")
    assert decide(cast, made, new, "adopted").decision == "adopted"


def test_owners_decide_by_a_vote_and_not_here(cast, begun):
    made = begun("owners_assembly", days=20)
    with pytest.raises(ActionError) as raised:
        decide(cast, made, made.items.first(), "adopted")
    assert raised.value.code == "by-vote"


def test_nobody_writes_adopted_where_hands_decide(cast, begun):
    both_rules(cast)
    made = begun("delegates_meeting", names=2, came=2)
    with pytest.raises(ActionError) as raised:
        decide(cast, made, made.items.first(), "adopted")
    assert raised.value.code == "bad-decision"


def test_minutes_wait_for_every_item(cast, begun):
    made = begun()
    actions.close_meeting(actor=cast.clerk.actor, number=made.number)
    with pytest.raises(ActionError) as raised:
        minutes.confirm_minutes(actor=cast.clerk.actor, number=made.number)
    assert raised.value.code == "open-items"


def test_solemn_minutes_are_confirmed_by_who_may_certify(cast, begun):
    made = begun("hearing")
    for item in made.items.all():
        decide(cast, made, item, "heard")
    actions.close_meeting(actor=cast.clerk.actor, number=made.number)
    with pytest.raises(NotAllowed):
        minutes.confirm_minutes(actor=cast.clerk.actor, number=made.number)
    assert minutes.confirm_minutes(actor=cast.secretary.actor, number=made.number).state == "minuted"


def test_confirmed_minutes_do_not_change(cast, published):
    item = published.items.first()
    for act in (
        lambda: decide(cast, published, item, "heard"),
        lambda: minutes.save_minutes(
            actor=cast.clerk.actor, number=published.number, words={},
            items={str(item.pk): {"discussion": "别的"}},
        ),
        lambda: minutes.reopen_minutes(actor=cast.clerk.actor, number=published.number),
        lambda: agenda.move_item(
            actor=cast.clerk.actor, number=published.number, item=item.pk, type="property_talk"
        ),
    ):  # fmt: skip
        with pytest.raises(ActionError) as raised:
            act()
        assert raised.value.code == "not-now"


def test_typing_is_kept_without_a_line_and_the_button_leaves_one(cast, begun):
    from mulin.kernel.models import Entry

    made = begun("property_talk")
    item = made.items.first()
    given = {
        "words": {"promises": "三天内修好", "secret": "x"},
        "items": {str(item.pk): {"minority": "太贵"}},
    }
    before = Entry.objects.count()
    minutes.save_minutes(actor=cast.clerk.actor, number=made.number, **given)
    assert Entry.objects.count() == before
    made = minutes.save_minutes(actor=cast.clerk.actor, number=made.number, kept=True, **given)
    item.refresh_from_db()
    assert (made.words, item.minority) == ({"promises": "三天内修好"}, "太贵")
    assert Entry.objects.filter(code="councils.meeting.minutes_saved").count() == 1


def test_the_code_at_the_door_works_for_whoever_stands_there(cast, begun, freeze):
    made = begun()
    code = queries.door_code(made)
    came = attending.check_in(actor=cast.resident.actor, number=made.number, code=code)
    assert (came.state, came.how, came.is_member) == ("present", "code", False)
    with pytest.raises(ActionError) as raised:
        attending.check_in(actor=cast.neighbour.actor, number=made.number, code="0" * 12)
    assert raised.value.code == "old-code"
    freeze("2026-12-03 09:05")
    with pytest.raises(ActionError) as raised:
        attending.check_in(actor=cast.neighbour.actor, number=made.number, code=code)
    assert raised.value.code == "old-code"


def test_a_listed_member_who_scans_counts_as_one(cast, courtyard, begun):
    made = begun("courtyard_council", actor=cast.group_leader.actor, org=courtyard.pk)
    for _twice in range(2):
        attending.check_in(actor=cast.group_member.actor, number=made.number, code=queries.door_code(made))
    figures = queries.figures_of(made)
    assert (figures.due, figures.present, figures.guests) == (2, 1, 0)


@pytest.mark.django_db(transaction=True)
def test_two_telephones_of_one_person_are_one_person(cast, begun):
    made = begun()
    code, moment = queries.door_code(made), clock.now()

    def come() -> None:
        with clock.at(moment):  # a thread begins with a clock of its own
            attending.check_in(actor=cast.resident.actor, number=made.number, code=code)

    at_once(come, come, come, come)
    assert made.attendance.filter(account=cast.resident.account).count() == 1


def test_where_anybody_may_come_everybody_counts(cast, begun):
    made = begun("courtyard_meeting")
    attending.check_in(actor=cast.resident.actor, number=made.number, code=queries.door_code(made))
    made = attending.count_heads(actor=cast.clerk.actor, number=made.number, counted=20, due=0)
    figures = queries.figures_of(made)
    assert (figures.due, figures.present, figures.guests) == (0, 21, 0)


def test_actions_become_matters_that_are_answered(cast, begun):
    made = begun()
    one = minutes.add_action(
        actor=cast.clerk.actor,
        number=made.number,
        text="三单元门口的路灯修好",
        who="物业",
        due_on=date(2026, 12, 1),
    )
    actions.close_meeting(actor=cast.clerk.actor, number=made.number)
    one = minutes.hand_on_action(actor=cast.clerk.actor, number=made.number, action=one.pk)
    assert one.state == "handed" and "路灯" in one.voice.text and one.voice.place == made.place
    with pytest.raises(ActionError) as raised:
        minutes.hand_on_action(actor=cast.clerk.actor, number=made.number, action=one.pk)
    assert raised.value.code == "ended"


def test_an_action_ends_with_a_sentence(cast, begun):
    made = begun()
    one = minutes.add_action(actor=cast.clerk.actor, number=made.number, text="量一下花坛", who="王工")
    with pytest.raises(ActionError) as raised:
        minutes.end_action(actor=cast.clerk.actor, number=made.number, action=one.pk, state="done", note=" ")
    assert raised.value.code == "no-note"
    one = minutes.end_action(
        actor=cast.clerk.actor, number=made.number, action=one.pk, state="dropped", note="花坛已经拆了"
    )
    assert (one.state, one.note) == ("dropped", "花坛已经拆了")


def test_the_inbox_says_what_is_due(cast, drafted, begun, published):
    drafted(days=5)
    held = begun()
    actions.close_meeting(actor=cast.clerk.actor, number=held.number)
    minutes.add_action(
        actor=cast.clerk.actor, number=held.number, text="修灯", who="物业", due_on=date(2026, 12, 4)
    )
    found = {one.key.split(":")[1] for one in waiting.items(inbox.SOURCES, cast.clerk.actor, 20)[0]}
    assert {"notice", "minutes"} <= found
    assert any("修灯" in one.title for one in waiting.items(inbox.SOURCES, cast.clerk.actor, 20)[0])
    for nobody in (cast.resident, cast.other_clerk):
        assert waiting.items(inbox.SOURCES, nobody.actor, 20) == ([], 0)


def test_nobody_else_touches_the_list(cast, begun):
    made = begun(names=1)
    with pytest.raises(NotVisible):
        attending.list_people(actor=cast.other_clerk.actor, number=made.number, text="某人")
    with pytest.raises(NotVisible):
        attending.list_people(actor=cast.resident.actor, number=made.number, text="某人")

"""Signing up, the waiting list, leaving."""

import pytest
from django.db import IntegrityError, transaction

from mulin.academy.sessions import actions, queries
from mulin.academy.sessions.models import Session, Signup
from mulin.academy.sessions.tests.conftest import at
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry, Notice, RuleOverride

pytestmark = pytest.mark.django_db


def refused(code: str, act, /, **more) -> ActionError:
    with pytest.raises(ActionError) as raised:
        act(**more)
    assert raised.value.code == code
    return raised.value


def sign(actor, session, heads: int = 1) -> Signup:
    return actions.sign_up(actor=actor, number=session.number, heads=heads)


def counts(session) -> tuple[int, int]:
    session.refresh_from_db()
    return session.taken, session.waiting


def test_one_tap_takes_a_place_and_a_second_tap_changes_nothing(cast, plan):
    session = plan(places_most=2)
    first = sign(cast.resident.actor, session)
    assert sign(cast.resident.actor, session).pk == first.pk
    assert first.state == "coming" and counts(session) == (1, 0)
    assert Entry.objects.filter(code="academy.session.signed_up").count() == 1


def test_a_family_takes_as_many_places_as_heads(cast, plan):
    session = plan(places_most=4)
    assert sign(cast.resident.actor, session, 3).state == "coming"
    assert sign(cast.neighbour.actor, session, 2).state == "waiting"
    assert counts(session) == (3, 2)


def test_more_heads_than_the_rule_or_the_room_allows_are_refused(cast, plan):
    refused("bad-heads", sign, actor=cast.resident.actor, session=plan(), heads=7)
    small = plan("2026-11-25 14:00", places_most=2)
    refused("bad-heads", sign, actor=cast.resident.actor, session=small, heads=3)
    refused("bad-heads", sign, actor=cast.resident.actor, session=small, heads=0)


def test_without_a_limit_everybody_comes(plan, crowd):
    session = plan()
    assert {sign(one, session).state for one in crowd(30)} == {"coming"}


def test_who_leaves_makes_room_for_who_waited_longest_who_is_told(plan, crowd, settle):
    session = plan(places_most=1)
    first, second, third = crowd(3)
    for one in (first, second, third):
        sign(one, session)
    actions.leave(actor=first, number=session.number)
    settle()
    states = dict(session.signups.values_list("account_id", "state"))
    assert states == {first.account: "cancelled", second.account: "coming", third.account: "waiting"}
    assert counts(session) == (1, 1)
    told = Notice.objects.filter(code="academy.session.left")
    assert [one.account_id for one in told] == [second.account] and told.get().is_urgent


def test_who_moved_up_may_decline_and_the_next_has_the_place(plan, crowd):
    session = plan(places_most=1)
    first, second, third = crowd(3)
    for one in (first, second, third):
        sign(one, session)
    actions.leave(actor=first, number=session.number)
    actions.leave(actor=second, number=session.number)
    assert queries.signup_of(session, third.account).state == "coming"
    assert counts(session) == (1, 0)


def test_a_family_that_waits_is_not_passed_by(plan, crowd):
    session = plan(places_most=2)
    one, two, family, single = crowd(4)
    sign(one, session)
    sign(two, session)
    sign(family, session, 2)
    sign(single, session)
    actions.leave(actor=one, number=session.number)
    assert counts(session) == (1, 3)
    actions.leave(actor=two, number=session.number)
    assert queries.signup_of(session, family.account).state == "coming"
    assert queries.signup_of(session, single.account).state == "waiting"


def test_a_place_may_fill_empty_seats_from_further_back(plan, crowd, cast, world):
    RuleOverride.objects.create(
        name="academy.session.pass_by", place=world.home, valid_from="2020-01-01", value=True, basis="会议",
        certainty="house default", set_by=cast.admin.account,
    )  # fmt: skip
    session = plan(places_most=2)
    one, two, family, single = crowd(4)
    sign(one, session)
    sign(two, session)
    sign(family, session, 2)
    sign(single, session)
    actions.leave(actor=one, number=session.number)
    assert queries.signup_of(session, single.account).state == "coming"
    assert queries.signup_of(session, family.account).state == "waiting"


def test_more_places_go_to_the_waiting_list(cast, plan, crowd, settle):
    session = plan(places_most=1)
    people = crowd(4)
    for one in people:
        sign(one, session)
    actions.edit_session(actor=cast.clerk.actor, number=session.number, title="手机课", places_most=3)
    settle()
    assert counts(session) == (3, 1)
    told = set(Notice.objects.values_list("account_id", flat=True))
    assert told == {people[1].account, people[2].account}


def test_fewer_places_than_are_taken_are_refused(cast, plan, crowd):
    session = plan(places_most=3)
    for one in crowd(3):
        sign(one, session)
    refused(
        "taken-already", actions.edit_session, actor=cast.clerk.actor, number=session.number, title="手机课",
        places_most=2,
    )  # fmt: skip


def test_heads_change_only_where_there_is_room(plan, crowd):
    session = plan(places_most=3)
    family, waiting = crowd(2)
    sign(family, session, 2)
    sign(waiting, session, 2)
    refused("no-room", actions.change_heads, actor=family, number=session.number, heads=3)
    actions.change_heads(actor=family, number=session.number, heads=1)
    assert queries.signup_of(session, waiting.account).state == "coming"
    assert counts(session) == (3, 0)


def test_somebody_without_an_account_is_written_down_by_a_worker_and_waits_like_all(cast, plan, crowd):
    session = plan(places_most=1)
    made = actions.sign_up_for(actor=cast.clerk.actor, number=session.number, label="3栋张阿姨")
    assert (made.state, made.label, made.account_id) == ("coming", "3栋张阿姨", None)
    again = actions.sign_up_for(actor=cast.gridworker.actor, number=session.number, label="5栋刘伯", heads=1)
    assert again.state == "waiting"
    refused("no-label", actions.sign_up_for, actor=cast.clerk.actor, number=session.number, label=" ")
    for person in (cast.resident, cast.other_clerk, cast.group_leader):
        with pytest.raises(NotAllowed):
            actions.sign_up_for(actor=person.actor, number=session.number, label="谁")


def test_a_worker_takes_somebody_off_the_list(cast, plan, crowd):
    session = plan(places_most=1)
    made = actions.sign_up_for(actor=cast.clerk.actor, number=session.number, label="3栋张阿姨")
    (waiting,) = crowd(1)
    sign(waiting, session)
    actions.take_off(actor=cast.clerk.actor, number=session.number, signup=made.pk)
    assert queries.signup_of(session, waiting.account).state == "coming"


def test_strangers_and_drafts_and_what_has_begun_take_no_sign_up(cast, plan, anonymous, freeze):
    session = plan()
    with pytest.raises(NotAllowed):
        sign(anonymous, session)
    draft = plan("2026-11-25 14:00", state="draft")
    with pytest.raises(NotVisible):
        sign(cast.resident.actor, draft)
    freeze(at("2026-11-24 14:00"))
    refused("begun", sign, actor=cast.resident.actor, session=session)


def test_leaving_needs_a_sign_up_and_ends_when_it_begins(cast, plan, freeze):
    session = plan()
    refused("not-signed-up", actions.leave, actor=cast.resident.actor, number=session.number)
    sign(cast.resident.actor, session)
    freeze(at("2026-11-24 14:10"))
    refused("begun", actions.leave, actor=cast.resident.actor, number=session.number)


def test_after_leaving_one_can_come_again_at_the_end_of_the_line(plan, crowd):
    session = plan(places_most=1)
    first, second, third = crowd(3)
    for one in (first, second, third):
        sign(one, session)
    actions.leave(actor=second, number=session.number)
    again = sign(second, session)
    assert again.state == "waiting" and queries.line_before(again) == 1


def test_the_database_itself_refuses_to_sell_a_place_twice(plan):
    session = plan(places_most=1)
    Session.objects.filter(pk=session.pk).update(taken=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(taken=2)


def test_no_line_of_a_sign_up_names_anybody_or_a_waiting_list_for_everybody(cast, plan):
    session = plan(places_most=1)
    actions.sign_up_for(actor=cast.clerk.actor, number=session.number, label="3栋张阿姨")
    entry = Entry.objects.get(code="academy.session.signed_up")
    assert "张阿姨" not in str(entry.data) and entry.matter is None


def test_who_deletes_the_account_leaves_the_place_to_who_waits(cast, plan, settle):
    from mulin.academy.sessions import personal_data

    session = plan(places_most=1)
    sign(cast.resident.actor, session)
    waits = sign(cast.neighbour.actor, session)
    personal_data.erase(cast.resident.id)
    waits.refresh_from_db()
    assert waits.state == "coming" and counts(session) == (1, 0)
    settle()
    assert Notice.objects.filter(account=cast.neighbour.account, code="academy.session.left").exists()

"""Turns: laid ahead, taken with a tap, given back, swapped with somebody who agrees, filled by the leader."""

from datetime import date, time, timedelta

import pytest

from mulin.academy.keeping import actions, duties, inbox, personal_data, rotas
from mulin.academy.keeping.models import Duty, DutySwap
from mulin.academy.keeping.tests.test_places import refused
from mulin.kernel import clock
from mulin.kernel.errors import NotAllowed, NotVisible
from mulin.kernel.models import Entry, Notice
from mulin.kernel.testing.together import at_once

pytestmark = pytest.mark.django_db


def test_the_turns_of_four_weeks_are_laid_at_once_and_the_worker_goes_on(rota, freeze):
    days = list(rota.duties.order_by("on").values_list("on", flat=True))
    assert days[:3] == [date(2026, 11, 23), date(2026, 11, 26), date(2026, 11, 30)]
    assert days[-1] == date(2026, 12, 21)
    assert rotas.lay_all() == 0
    freeze("2026-11-30 09:00")
    assert rotas.lay_all() == 2
    assert rota.duties.order_by("-on").first().on == date(2026, 12, 28)


def test_every_second_week_counts_from_the_week_in_which_it_begins(cast, group):
    made = rotas.make_rota(
        actor=cast.group_leader.actor, org=group.pk, title="开门", days=[3], starts=time(9), every=2
    )
    days = list(made.duties.order_by("on").values_list("on", flat=True))
    assert days == [date(2026, 11, 25), date(2026, 12, 9)]


def test_a_turn_that_is_over_today_is_not_laid(cast, group, freeze):
    freeze("2026-11-23 19:00")
    made = rotas.make_rota(
        actor=cast.group_leader.actor, org=group.pk, title="开门", days=[1], starts=time(9)
    )
    assert made.duties.order_by("on").first().on == date(2026, 11, 30)


def test_only_leaders_and_the_office_make_a_rota(cast, group):
    for who in (cast.group_member, cast.resident, cast.other_clerk):
        with pytest.raises(NotAllowed):
            rotas.make_rota(actor=who.actor, org=group.pk, title="浇水", days=[1], starts=time(9))
    assert rotas.make_rota(actor=cast.clerk.actor, org=group.pk, title="浇水", days=[1], starts=time(9))


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("no-title", {"title": " "}),
        ("no-days", {"days": []}),
        ("no-days", {"days": [8]}),
        ("bad-time", {"minutes": 5}),
        ("bad-count", {"heads": 0}),
        ("bad-count", {"every": 9}),
        ("bad-term", {"ends_on": date(2026, 11, 1)}),
    ],
)
def test_a_rota_that_cannot_be_is_refused(cast, group, code, fields):
    given = {"title": "浇水", "days": [1], "starts": time(9), **fields}
    refused(code, rotas.make_rota, actor=cast.group_leader.actor, org=group.pk, **given)


def test_a_free_turn_is_taken_with_one_tap_and_given_back_without_a_reason(cast, turn):
    member = cast.group_member
    taken = duties.take_duty(actor=member.actor, duty=turn().pk)
    assert taken.account_id == member.id
    refused("yours", duties.take_duty, actor=member.actor, duty=turn().pk)
    refused("taken", duties.take_duty, actor=cast.group_leader.actor, duty=turn().pk)
    with pytest.raises(NotAllowed):
        duties.give_back(actor=cast.group_leader.actor, duty=turn().pk)
    assert duties.give_back(actor=member.actor, duty=turn().pk).account_id is None


def test_strangers_do_not_see_turns_and_the_office_takes_none(cast, turn):
    for who in (cast.resident, cast.other_clerk):
        with pytest.raises(NotVisible):
            duties.take_duty(actor=who.actor, duty=turn().pk)
    with pytest.raises(NotAllowed):
        duties.take_duty(actor=cast.clerk.actor, duty=turn().pk)


def test_nobody_is_in_two_places_at_once(cast, turn, group):
    other = rotas.make_rota(
        actor=cast.group_leader.actor, org=group.pk, title="开门", days=[1], starts=time(18, 15)
    )
    duties.take_duty(actor=cast.group_member.actor, duty=turn().pk)
    first = other.duties.order_by("starts_at")[0].pk
    refused("overlaps", duties.take_duty, actor=cast.group_member.actor, duty=first)


def test_a_turn_that_nobody_came_to_is_free_for_others_and_nothing_remembers_who_did_not(cast, turn, freeze):
    duties.take_duty(actor=cast.group_member.actor, duty=turn().pk)
    freeze("2026-11-23 18:20")
    taken = duties.take_duty(actor=cast.group_leader.actor, duty=turn().pk)
    assert taken.account_id == cast.group_leader.id
    kept = {field.name: getattr(taken, field.attname) for field in Duty._meta.fields}
    assert str(cast.group_member.id) not in str(kept)
    last = Entry.objects.order_by("-id").first()
    assert last.code == "academy.duty.taken" and str(cast.group_member.id) not in str(last.data)
    freeze("2026-11-24 08:00")
    refused("past", duties.take_duty, actor=cast.group_member.actor, duty=turn().pk)


def test_what_was_done_is_not_taken_over(cast, turn, freeze):
    duties.take_duty(actor=cast.group_member.actor, duty=turn().pk)
    refused("too-early", duties.finish_duty, actor=cast.group_member.actor, duty=turn().pk)
    freeze("2026-11-23 18:20")
    assert duties.finish_duty(actor=cast.group_member.actor, duty=turn().pk).is_done
    refused("past", duties.take_duty, actor=cast.group_leader.actor, duty=turn().pk)


def test_the_leader_writes_a_name_down_for_somebody_without_a_telephone(cast, turn):
    leader = cast.group_leader.actor
    with pytest.raises(NotAllowed):
        duties.fill_duty(actor=cast.group_member.actor, duty=turn().pk, label="王婆婆")
    assert duties.fill_duty(actor=leader, duty=turn().pk, label=" 王婆婆 ").label == "王婆婆"
    refused("taken", duties.take_duty, actor=cast.group_member.actor, duty=turn().pk)
    assert duties.fill_duty(actor=leader, duty=turn().pk, label="").label == ""
    duties.take_duty(actor=cast.group_member.actor, duty=turn().pk)
    refused("taken", duties.fill_duty, actor=leader, duty=turn().pk, label="王婆婆")


def _both(cast, turn) -> tuple[Duty, Duty]:
    mine = duties.take_duty(actor=cast.group_member.actor, duty=turn(0).pk)
    other = duties.take_duty(actor=cast.group_leader.actor, duty=turn(1).pk)
    return mine, other


def test_two_people_swap_only_when_the_other_agrees(cast, turn, settle):
    mine, other = _both(cast, turn)
    swap = duties.ask_swap(actor=cast.group_member.actor, mine=mine.pk, other=other.pk)
    refused("asked-already", duties.ask_swap, actor=cast.group_member.actor, mine=mine.pk, other=other.pk)
    settle()
    assert Notice.objects.filter(account=cast.group_leader.account, code="academy.swap.asked").exists()
    assert turn(0).account_id == cast.group_member.id
    with pytest.raises(NotAllowed):
        duties.answer_swap(actor=cast.group_member.actor, swap=swap.pk, agrees=True)
    duties.answer_swap(actor=cast.group_leader.actor, swap=swap.pk, agrees=True)
    assert (turn(0).account_id, turn(1).account_id) == (cast.group_leader.id, cast.group_member.id)
    refused("decided", duties.answer_swap, actor=cast.group_leader.actor, swap=swap.pk, agrees=False)
    settle()
    assert Notice.objects.filter(account=cast.group_member.account, code="academy.swap.agreed").exists()


def test_a_swap_that_does_not_suit_changes_nothing(cast, turn):
    mine, other = _both(cast, turn)
    swap = duties.ask_swap(actor=cast.group_member.actor, mine=mine.pk, other=other.pk)
    duties.answer_swap(actor=cast.group_leader.actor, swap=swap.pk, agrees=False)
    assert turn(0).account_id == cast.group_member.id


def test_a_turn_that_changed_hands_ends_the_swaps_about_it(cast, turn):
    mine, other = _both(cast, turn)
    swap = duties.ask_swap(actor=cast.group_member.actor, mine=mine.pk, other=other.pk)
    duties.give_back(actor=cast.group_leader.actor, duty=other.pk)
    refused("decided", duties.answer_swap, actor=cast.group_leader.actor, swap=swap.pk, agrees=True)
    assert DutySwap.objects.get().state == "withdrawn"


def test_who_asked_for_a_swap_takes_the_question_back(cast, turn):
    mine, other = _both(cast, turn)
    swap = duties.ask_swap(actor=cast.group_member.actor, mine=mine.pk, other=other.pk)
    with pytest.raises(NotAllowed):
        duties.withdraw_swap(actor=cast.group_leader.actor, swap=swap.pk)
    with pytest.raises(NotVisible):
        duties.withdraw_swap(actor=cast.resident.actor, swap=swap.pk)
    assert duties.withdraw_swap(actor=cast.group_member.actor, swap=swap.pk).state == "withdrawn"


def test_one_asks_for_a_turn_of_somebody_else_only(cast, turn):
    mine = duties.take_duty(actor=cast.group_member.actor, duty=turn(0).pk)
    refused("not-theirs", duties.ask_swap, actor=cast.group_member.actor, mine=mine.pk, other=turn(1).pk)


def test_people_are_reminded_the_afternoon_before_and_once(cast, turn, freeze, settle):
    duties.take_duty(actor=cast.group_member.actor, duty=turn(1).pk)  # Thursday
    freeze("2026-11-25 15:00")
    assert duties.remind() == 0
    freeze("2026-11-25 16:10")
    assert (duties.remind(), duties.remind()) == (1, 0)
    settle()
    notice = Notice.objects.get(account=cast.group_member.account, code="academy.duty.tomorrow")
    assert notice.is_urgent and notice.data["at"] == "18:00"


def test_names_go_when_the_time_of_the_rule_is_over(cast, turn, freeze):
    duties.take_duty(actor=cast.group_member.actor, duty=turn(0).pk)
    duties.fill_duty(actor=cast.group_leader.actor, duty=turn(1).pk, label="王婆婆")
    freeze("2026-12-23 09:00")
    assert duties.forget_names() == 0
    freeze("2026-12-24 09:00")
    assert duties.forget_names() == 1
    freeze("2026-12-28 09:00")
    assert duties.forget_names() == 1
    assert not Duty.objects.exclude(account=None, label="").exists()


def test_fewer_people_a_turn_leave_those_that_were_taken(cast, rota, turn):
    leader = cast.group_leader.actor
    rotas.edit_rota(actor=leader, number=rota.number, title="浇水", heads=2)
    second = rota.duties.filter(seat=2).order_by("starts_at")[0]
    duties.take_duty(actor=cast.group_member.actor, duty=second.pk)
    rotas.edit_rota(actor=leader, number=rota.number, title="浇水", heads=1)
    assert list(rota.duties.filter(seat=2)) == [second]


def edit(cast, rota, **more):
    """The rota as it is, with something else."""
    rota.refresh_from_db()
    given = {"title": rota.title, "note": rota.note, "heads": rota.heads, "ends_on": rota.ends_on, **more}
    return rotas.edit_rota(actor=cast.group_leader.actor, number=rota.number, **given)


def coming(rota) -> list[str]:
    return [f"{one.on:%m-%d}" for one in rota.duties.order_by("on", "seat")]


def told(person) -> int:
    return Notice.objects.filter(account=person.account, code="academy.rota.edited").count()


def test_other_days_leave_what_was_and_change_what_comes(cast, rota, turn, freeze, settle):
    member, leader = cast.group_member, cast.group_leader
    duties.take_duty(actor=member.actor, duty=turn(0).pk)  # Monday
    duties.take_duty(actor=leader.actor, duty=turn(1).pk)  # Thursday
    duties.take_duty(actor=member.actor, duty=turn(2).pk)  # the Monday after
    duties.take_duty(actor=member.actor, duty=turn(4).pk)  # and the next
    freeze("2026-11-24 09:00")
    edit(cast, rota, days=[4, 6])
    assert coming(rota)[:5] == ["11-23", "11-26", "11-28", "12-03", "12-05"]
    assert turn(0).account_id == member.id, "what was stays"
    assert turn(1).account_id == leader.id, "a day that stays keeps who took it"
    settle()
    assert (told(member), told(leader)) == (1, 0)
    edit(cast, rota, days=[1, 4])
    settle()
    assert coming(rota)[:4] == ["11-23", "11-26", "11-30", "12-03"], "changed back, the days are there again"
    assert turn(2).account_id is None and told(member) == 1


def test_another_time_moves_the_turn_with_who_took_it(cast, rota, turn, freeze, settle):
    freeze("2026-11-25 16:30")
    duties.take_duty(actor=cast.group_member.actor, duty=turn(1).pk)
    assert duties.remind() == 1
    edit(cast, rota, starts=time(7, 30), minutes=45)
    mine = turn(1)
    assert mine.account_id == cast.group_member.id and mine.ends_at - mine.starts_at == timedelta(minutes=45)
    assert mine.starts_at.astimezone(clock.zone()).time() == time(7, 30)
    assert turn(0).starts_at.astimezone(clock.zone()).time() == time(18), "what was stays"
    assert duties.remind() == 1, "the reminder named the old time"
    settle()
    assert told(cast.group_member) == 1


def test_todays_turn_keeps_its_time_where_the_new_one_is_over(cast, rota, turn):
    edit(cast, rota, starts=time(8))
    assert turn(0).starts_at.astimezone(clock.zone()).time() == time(18)
    assert turn(1).starts_at.astimezone(clock.zone()).time() == time(8)
    assert rota.duties.filter(on=date(2026, 11, 23)).count() == 1


def test_other_words_tell_nobody_and_an_earlier_end_tells_who_had_a_turn_behind_it(cast, rota, turn, settle):
    duties.take_duty(actor=cast.group_member.actor, duty=turn(3).pk)
    edit(cast, rota, title="浇花", note="水管在门后")
    settle()
    assert told(cast.group_member) == 0 and turn(3).account_id == cast.group_member.id
    edit(cast, rota, ends_on=date(2026, 11, 30))
    settle()
    assert coming(rota) == ["11-23", "11-26", "11-30"] and told(cast.group_member) == 1


def test_days_that_cannot_be_are_refused_and_nothing_changes(cast, rota):
    before = coming(rota)
    given = {"actor": cast.group_leader.actor, "number": rota.number, "title": "浇水"}
    refused("no-days", rotas.edit_rota, **given, days=[])
    refused("bad-time", rotas.edit_rota, **given, minutes=5)
    with pytest.raises(NotAllowed):
        rotas.edit_rota(**{**given, "actor": cast.group_member.actor}, days=[2])
    assert coming(rota) == before


def test_who_had_taken_a_turn_hears_that_the_rota_ended(cast, rota, turn, settle):
    duties.take_duty(actor=cast.group_member.actor, duty=turn().pk)
    rotas.end_rota(actor=cast.group_leader.actor, number=rota.number)
    settle()
    assert Notice.objects.filter(account=cast.group_member.account, code="academy.rota.ended").exists()
    refused("over", duties.take_duty, actor=cast.group_leader.actor, duty=turn(1).pk)


def test_a_place_that_is_given_back_needs_nobody_any_more(cast, garden, rota):
    actions.end(actor=cast.clerk.actor, number=garden.keepings.get().number, reason="要修路")
    rota.refresh_from_db()
    assert rota.state == "ended"


def test_the_leader_sees_which_turns_of_tomorrow_are_empty(cast, turn, freeze):
    assert len(inbox.empty_turns(cast.group_leader.actor, 10)) == 1  # today at six
    duties.take_duty(actor=cast.group_member.actor, duty=turn().pk)
    assert inbox.empty_turns(cast.group_leader.actor, 10) == []
    assert inbox.empty_turns(cast.clerk.actor, 10) == []


def test_ones_own_turns_are_given_out_and_erased(cast, turn):
    duties.take_duty(actor=cast.group_member.actor, duty=turn().pk)
    given = personal_data.export(cast.group_member.id)
    assert given["turns"] == [{"rota": "浇水", "on": "2026-11-23", "done": False}]
    assert personal_data.erase(cast.group_member.id) == 1
    assert turn().account_id is None


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_get_one_turn_between_them(cast, turn):
    which = turn(1).pk
    people = (cast.group_member.actor, cast.group_leader.actor)
    acts = [lambda who=who: duties.take_duty(actor=who, duty=which) for who in people]
    assert at_once(*acts) == ["taken"]
    assert Duty.objects.get(pk=which).account_id in {cast.group_member.id, cast.group_leader.id}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_turn_taken_while_the_days_change_is_kept_or_told(cast, rota, turn, settle):
    """Whoever pressed in that moment either finds the turn gone or hears that it fell away."""
    which = turn(2).pk  # a Monday
    acts = [
        lambda: duties.take_duty(actor=cast.group_member.actor, duty=which),
        lambda: rotas.edit_rota(
            actor=cast.group_leader.actor, number=rota.number, title="浇水", days=[2, 4]
        ),
    ]  # fmt: skip
    raised = at_once(*acts)
    assert not Duty.objects.filter(pk=which).exists()
    settle()
    assert told(cast.group_member) == (0 if raised else 1) and len(raised) <= 1

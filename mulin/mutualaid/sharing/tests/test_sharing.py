"""Lending, booking, not coming, damage: who may do what, and what comes of it."""

import pytest

from mulin.bookings.models import Quarter, Resource
from mulin.kernel import clock
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry, Notice
from mulin.kernel.testing.cast import HOME
from mulin.ledger import queries as ledger
from mulin.mutualaid.sharing import access, money, offers, personal_data, queries, settling, uses
from mulin.mutualaid.sharing.models import SharedOffer, SharedUse
from mulin.mutualaid.sharing.tests.conftest import NIGHTS, at

pytestmark = pytest.mark.django_db


def refused(act, **fields) -> str:
    with pytest.raises(ActionError) as error:
        act(**fields)
    return error.value.code


def fen(kind: str, ref=None) -> int:
    book = ledger.get_book(HOME, "fen", kind, ref)
    return book.balance if book else 0


# Offering


def test_a_space_is_looked_at_first_a_thing_is_not(cast, world, space, drill):
    found = space(is_open=False)
    assert (found.state, drill().state) == ("asked", "open")
    with pytest.raises(NotVisible):
        access.get_offer(cast.group_member.actor, found.number)
    no = {"actor": cast.clerk.actor, "number": found.number, "accept": False}
    assert refused(offers.decide_offer, **no) == "no-reason"
    with pytest.raises(NotAllowed):
        offers.decide_offer(actor=cast.resident.actor, number=found.number, accept=True)
    with pytest.raises(NotVisible):
        offers.decide_offer(actor=cast.other_clerk.actor, number=found.number, accept=True)
    offers.decide_offer(actor=cast.clerk.actor, number=found.number, accept=False, reason="请写清楚车位号")
    again = offers.edit_offer(actor=cast.resident.actor, number=found.number, where="B1层 89号")
    assert again.state == "asked" and again.reason == ""


def test_another_space_number_is_looked_at_again(cast, space):
    found = space()
    same = offers.edit_offer(actor=cast.resident.actor, number=found.number, about="限高两米")
    assert same.state == "open"
    moved = offers.edit_offer(actor=cast.resident.actor, number=found.number, where="B2层 3号")
    assert moved.state == "asked"


def test_address_and_access_are_sealed_and_read_by_who_booked_only(cast, space, booked, client_for):
    found = space()
    assert "88号" not in SharedOffer.objects.get().where_sealed
    said = client_for(cast.group_member).get(f"/aid/sharing/{found.number}/").content.decode()
    assert "88号" not in said and "密码2026" not in said and "3.00 元" in said
    use = booked(found, note="渝A12345")
    url = f"/aid/sharing/uses/{use.number}/"
    said = client_for(cast.group_member).get(url).content.decode()
    assert "88号" in said and "密码2026" in said
    assert "渝A12345" in client_for(cast.resident).get(url).content.decode()
    desk = client_for(cast.clerk).get(f"/desk/aid/sharing/uses/{use.number}/").content.decode()
    assert "88号" not in desk and "渝A12345" not in desk
    for stranger in (cast.neighbour, cast.other_clerk):
        assert client_for(stranger).get(url).status_code == 404
    uses.cancel(actor=cast.group_member.actor, number=use.number)
    assert "88号" not in client_for(cast.group_member).get(url).content.decode()


def test_no_line_of_the_journal_says_where_or_who(cast, space, booked):
    booked(space(), note="渝A12345")
    for line in Entry.objects.filter(code__startswith="aid.sharing."):
        assert set(line.data) <= {"number", "kind", "state", "by", "fen", "starts"}


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"title": " "}, "no-title"),
        ({"where": ""}, "no-where"),
        ({"windows": []}, "bad-windows"),
        ({"windows": [{"day": 9, "from": "09:00", "to": "10:00"}]}, "bad-windows"),
        ({"fee_fen": -1}, "bad-fee"),
        ({"deposit_fen": 100_001}, "bad-fee"),
        ({"site": "500108106003-E01"}, "no-site"),
        ({"about": "长" * 301}, "too-long"),
    ],
)
def test_offers_that_say_too_little_are_refused(space, facts, code):
    assert refused(space, **facts) == code


def test_the_desk_enters_for_who_is_not_online_and_nobody_else_does(cast, world):
    given = {"place": world.home, "kind": "thing", "title": "梯子", "where": "门卫室", "windows": NIGHTS}
    made = offers.offer(actor=cast.clerk.actor, owner_name="老陈", **given)
    assert made.account is None and made.state == "open" and made.party == made.pk
    with pytest.raises(NotAllowed):
        offers.offer(actor=cast.resident.actor, owner_name="老陈", **given)


# Booking


def test_no_two_have_it_at_once(cast, space, booked):
    found = space()
    booked(found)
    again = {"begins": "2026-11-23 21:00", "ends": "2026-11-23 23:00", "actor": cast.newcomer.actor}
    with pytest.raises(ActionError) as error:
        booked(found, **again)
    assert error.value.code == "slot-taken" and "22:00" in str(error.value)
    assert booked(found, "2026-11-23 22:00", "2026-11-23 23:00", actor=cast.newcomer.actor)


@pytest.mark.parametrize(
    ("begins", "ends", "code"),
    [
        ("2026-11-23 08:00", "2026-11-23 10:00", "too-late"),
        ("2026-11-23 12:00", "2026-11-23 14:00", "outside-windows"),
        ("2026-12-20 18:00", "2026-12-20 20:00", "too-far"),
        ("2026-11-23 18:00", "2026-11-27 18:00", "too-long"),
        ("2026-11-23 20:00", "2026-11-23 19:00", "bad-time"),
        ("2026-11-23 18:10", "2026-11-23 19:10", "bad-time"),
    ],
)
def test_times_that_are_refused(space, booked, begins, ends, code):
    found = space()
    assert refused(booked, offer=found, begins=begins, ends=ends) == code
    assert not Quarter.objects.exists() and not SharedUse.objects.exists()


def test_nobody_books_their_own_nor_what_is_paused(cast, space, booked):
    found = space()
    assert refused(booked, offer=found, actor=cast.resident.actor) == "own-thing"
    use = booked(found)
    offers.pause_offer(actor=cast.resident.actor, number=found.number)
    assert refused(booked, offer=found, actor=cast.newcomer.actor) == "not-open"
    use.refresh_from_db()
    assert use.state == "booked"
    assert refused(offers.close_offer, actor=cast.resident.actor, number=found.number) == "in-use"


def test_search_says_what_is_free_and_when_next(space, booked):
    found = space()
    booked(found)
    wanted = {"starts_at": at("2026-11-23 19:00"), "ends_at": at("2026-11-23 20:00")}
    (one,) = queries.search(HOME, **wanted)
    assert one.fits is False
    assert one.free[0] == (at("2026-11-23 22:00"), at("2026-11-24 08:00"))
    later = {"starts_at": at("2026-11-23 22:00"), "ends_at": at("2026-11-24 07:00")}
    assert queries.search(HOME, **later)[0].fits is True
    assert queries.search(HOME, kind="thing") == []


def test_search_takes_a_few_statements_however_much_is_lent(
    cast, space, drill, django_assert_max_num_queries
):
    for n in range(4):
        space(title=f"车位{n}")
        drill(title=f"钻{n}")
    with django_assert_max_num_queries(3):
        assert len(queries.search(HOME)) == 8


def test_cancelling_gives_the_time_free_and_tells_the_other(cast, space, booked, settle):
    found = space()
    use = booked(found)
    assert refused(uses.cancel, actor=cast.resident.actor, number=use.number) == "no-reason"
    uses.cancel(actor=cast.resident.actor, number=use.number, reason="车没有开走")
    settle()
    assert Notice.objects.filter(account=cast.group_member.account, code="aid.sharing.cancelled").exists()
    assert booked(found, actor=cast.newcomer.actor).state == "booked"
    assert fen(money.BORROWER, cast.group_member.id) == 0


def test_a_late_cancellation_costs_what_the_rule_says(cast, space, booked, freeze, rules):
    use = booked(space())
    rules(HOME, **{"aid.sharing.late_cancel_percent": 50})
    assert uses.late_fee(use) == 0
    freeze("2026-11-23 17:00")
    assert uses.late_fee(use) == 600
    uses.cancel(actor=cast.group_member.actor, number=use.number)
    assert fen(money.BORROWER, cast.group_member.id) == -600 == -fen(money.OWNER, cast.resident.id)


def test_only_the_two_sides_and_the_desk_do_anything(cast, space, booked, freeze):
    use = booked(space())
    freeze("2026-11-23 18:05")
    for stranger in (cast.neighbour, cast.other_clerk, cast.newcomer):
        for act in (uses.begin, uses.end, uses.cancel, uses.say_no_show):
            with pytest.raises(NotVisible):
                act(actor=stranger.actor, number=use.number)
    with pytest.raises(NotAllowed):
        uses.begin(actor=cast.auditor.actor, number=use.number)
    freeze("2026-11-23 18:45")
    with pytest.raises(NotAllowed):
        uses.say_no_show(actor=cast.group_member.actor, number=use.number)


# Using, and what is owed


def test_a_use_ends_early_frees_the_rest_and_owes_what_was_booked(cast, space, booked, freeze):
    found = space()
    use = booked(found)
    assert refused(uses.end, actor=cast.group_member.actor, number=use.number) == "too-early"
    freeze("2026-11-23 18:00")
    uses.begin(actor=cast.group_member.actor, number=use.number)
    freeze("2026-11-23 20:10")
    uses.end(actor=cast.group_member.actor, number=use.number)
    assert booked(found, "2026-11-23 20:15", "2026-11-23 22:00", actor=cast.newcomer.actor)
    assert (fen(money.BORROWER, cast.group_member.id), fen(money.OWNER, cast.resident.id)) == (-1200, 1200)
    assert ledger.trial_balance(HOME, "fen").total == 0 and ledger.check()[1] == []


def test_the_split_is_the_rule_of_the_day_of_the_booking(cast, world, space, booked, freeze, rules):
    rules(HOME, **{"aid.sharing.split": {"owner": 70, "community": 20, "estate": 10}})
    found = space(fee_fen=333)
    use = booked(found, ends="2026-11-23 19:00")
    rules(HOME, **{"aid.sharing.split": {"owner": 100, "community": 0, "estate": 0}})
    freeze("2026-11-23 19:00")
    uses.end(actor=cast.group_member.actor, number=use.number)
    assert fen(money.COMMUNITY) == 66 and fen(money.ESTATE, found.site_id) == 33
    assert fen(money.OWNER, cast.resident.id) == 234
    rules(HOME, **{"aid.sharing.split": {"owner": 70, "community": 20}})
    late = {"begins": "2026-11-23 20:00", "ends": "2026-11-23 21:00"}
    assert refused(booked, offer=found, **late) == "rule-wrong"


def test_days_are_counted_as_begun(drill):
    found = drill(fee_fen=500, per="day")
    assert [money.fee_of(found, n) for n in (60, 1440, 1441)] == [500, 500, 1000]
    found.per, found.fee_fen = "hour", 333
    assert money.fee_of(found, 45) == 249


def test_money_goes_over_the_counter_and_the_books_follow(cast, space, booked, freeze):
    use = booked(space())
    freeze("2026-11-23 22:00")
    uses.end(actor=cast.group_member.actor, number=use.number)
    clerk = {"actor": cast.clerk.actor, "place": HOME}
    me, owner = cast.group_member.id, cast.resident.id
    assert refused(settling.record_payout, **clerk, party=owner, fen=1200) == "no-cash"
    assert refused(settling.record_payment, **clerk, party=me, fen=1201) == "over-paid"
    assert refused(settling.record_payment, **clerk, party=me, fen=0) == "no-amount"
    with pytest.raises(NotAllowed):
        settling.record_payment(actor=cast.resident.actor, place=HOME, party=me, fen=1200)
    with pytest.raises(NotVisible):
        settling.record_payment(**clerk, party=cast.newcomer.id, fen=1200)
    settling.record_payment(**clerk, party=me, fen=1200, words="收据0007")
    month = queries.month_of(HOME, at("2026-11-01 00:00").date())
    assert (month.total, month.till, month.owing) == (1200, 1200, [])
    assert [(one.name, one.fen) for one in month.due] == [("李晓梅", 1200)]
    assert refused(settling.record_payout, **clerk, party=owner, fen=1300) == "over-paid"
    settling.record_payout(**clerk, party=owner, fen=1200)
    assert queries.month_of(HOME, at("2026-11-01 00:00").date()).till == 0
    assert ledger.check()[1] == []


def test_nobody_records_money_for_themselves(cast, world, booked, freeze, drill):
    given = {"title": "梯子", "where": "门卫室", "windows": NIGHTS, "fee_fen": 100}
    found = offers.offer(actor=cast.clerk.actor, place=HOME, kind="thing", **given)
    use = booked(found)
    freeze("2026-11-23 18:00")
    uses.begin(actor=cast.group_member.actor, number=use.number)
    freeze("2026-11-23 22:00")
    uses.end(actor=cast.group_member.actor, number=use.number)
    pay = {"place": HOME, "party": cast.clerk.id, "fen": 400}
    assert refused(settling.record_payout, actor=cast.clerk.actor, **pay) == "own-case"
    assert refused(settling.waive, actor=cast.clerk.actor, number=use.number, words="算了") == "own-case"


def test_a_fee_can_be_waived_with_a_reason(cast, space, booked, freeze):
    use = booked(space())
    freeze("2026-11-23 22:00")
    uses.end(actor=cast.group_member.actor, number=use.number)
    assert refused(settling.waive, actor=cast.clerk.actor, number=use.number, words="") == "no-words"
    settling.waive(actor=cast.clerk.actor, number=use.number, words="车位被人占了")
    assert fen(money.BORROWER, cast.group_member.id) == 0 == fen(money.OWNER, cast.resident.id)
    assert refused(settling.waive, actor=cast.clerk.actor, number=use.number, words="再来") == "not-now"


def test_a_deposit_lies_with_the_community_until_it_goes_back(cast, drill, booked, freeze):
    use = booked(drill())
    freeze("2026-11-23 18:00")
    assert refused(uses.begin, actor=cast.group_member.actor, number=use.number) == "no-deposit"
    settling.take_deposit(actor=cast.clerk.actor, number=use.number)
    uses.begin(actor=cast.group_member.actor, number=use.number)
    back = {"actor": cast.clerk.actor, "number": use.number}
    assert refused(settling.return_deposit, **back) == "not-now"
    uses.end(actor=cast.resident.actor, number=use.number)
    assert fen(money.DEPOSIT, cast.group_member.id) == 10000
    settling.return_deposit(**back)
    assert fen(money.DEPOSIT, cast.group_member.id) == 0 == fen(money.TILL)


def test_damage_is_told_answered_and_settled_out_of_the_deposit(cast, drill, booked, freeze, settle):
    use = booked(drill())
    freeze("2026-11-23 18:00")
    settling.take_deposit(actor=cast.clerk.actor, number=use.number)
    uses.begin(actor=cast.group_member.actor, number=use.number)
    uses.end(actor=cast.group_member.actor, number=use.number)
    tell = {"actor": cast.resident.actor, "number": use.number}
    with pytest.raises(NotAllowed):
        uses.tell_damage(actor=cast.group_member.actor, number=use.number, text="坏了")
    uses.tell_damage(**tell, text="钻头断了一个")
    assert refused(uses.tell_damage, **tell, text="还有") == "not-now"
    assert refused(settling.return_deposit, actor=cast.clerk.actor, number=use.number) == "not-now"
    settle()
    assert Notice.objects.filter(account=cast.group_member.account, code="aid.sharing.damage_told").exists()
    uses.answer_damage(actor=cast.group_member.actor, number=use.number, text="碰到钢筋了，愿意赔")
    settled = {"actor": cast.clerk.actor, "number": use.number, "text": "赔一个钻头"}
    assert refused(uses.settle_damage, **settled, keep_fen=10001) == "too-much"
    uses.settle_damage(**settled, keep_fen=1500)
    assert (fen(money.OWNER, cast.resident.id), fen(money.DEPOSIT, cast.group_member.id)) == (1500, 0)
    assert fen(money.TILL) == -1500 and ledger.check()[1] == []


# Not coming


@pytest.fixture
def missed(cast, space, booked, freeze, rules):
    """The owner said that nobody came, which costs half."""
    rules(HOME, **{"aid.sharing.no_show_percent": 50})
    use = booked(space())
    freeze("2026-11-23 18:10")
    assert refused(uses.say_no_show, actor=cast.resident.actor, number=use.number) == "too-early"
    freeze("2026-11-23 18:40")
    return uses.say_no_show(actor=cast.resident.actor, number=use.number)


def test_not_coming_frees_the_time_and_may_be_objected_to(cast, missed, booked, settle):
    settle()
    assert Notice.objects.filter(account=cast.group_member.account, code="aid.sharing.no_show").exists()
    assert fen(money.BORROWER, cast.group_member.id) == -600
    assert booked(missed.offer, "2026-11-23 19:00", "2026-11-23 20:00", actor=cast.newcomer.actor)
    me = {"actor": cast.group_member.actor, "number": missed.number}
    assert refused(uses.object_to_no_show, **me, words=" ") == "no-words"
    uses.object_to_no_show(**me, words="我停了，有照片")
    assert refused(uses.object_to_no_show, **me, words="再说一次") == "not-now"
    decide = {"actor": cast.clerk.actor, "number": missed.number, "upheld": True}
    assert refused(uses.decide_objection, **decide, words="") == "no-words"
    found = uses.decide_objection(**decide, words="看了道闸记录，来了")
    assert found.state == "done" and fen(money.BORROWER, cast.group_member.id) == -1200
    assert ledger.check()[1] == []


def test_an_objection_that_is_not_upheld_leaves_everything(cast, missed):
    uses.object_to_no_show(actor=cast.group_member.actor, number=missed.number, words="我停了")
    with pytest.raises(NotAllowed):
        uses.decide_objection(actor=cast.resident.actor, number=missed.number, upheld=False, words="没来")
    uses.decide_objection(actor=cast.clerk.actor, number=missed.number, upheld=False, words="记录里没有")
    assert fen(money.BORROWER, cast.group_member.id) == -600


def test_objections_have_their_days(cast, missed, freeze):
    freeze("2026-12-01 09:00")
    me = {"actor": cast.group_member.actor, "number": missed.number}
    assert refused(uses.object_to_no_show, **me, words="我停了") == "too-late"


def test_a_pause_follows_by_rule_only_and_an_objection_suspends_it(cast, missed, booked, freeze, rules):
    later = {"begins": "2026-11-24 18:00", "ends": "2026-11-24 19:00"}
    uses.cancel(actor=cast.group_member.actor, number=booked(missed.offer, **later).number)
    rules(HOME, **{"aid.sharing.no_show_limit": {"times": 1, "days": 90, "pause_days": 30}})
    assert refused(booked, offer=missed.offer, **later) == "paused"
    uses.object_to_no_show(actor=cast.group_member.actor, number=missed.number, words="我停了")
    uses.cancel(actor=cast.group_member.actor, number=booked(missed.offer, **later).number)
    uses.decide_objection(actor=cast.clerk.actor, number=missed.number, upheld=False, words="没有来")
    assert refused(booked, offer=missed.offer, **later) == "paused"
    freeze("2026-12-23 19:00")
    assert booked(missed.offer, "2026-12-24 18:00", "2026-12-24 19:00")


# The clock


def test_what_nobody_spoke_of_counts_as_used_a_day_later(cast, space, booked, freeze):
    use = booked(space())
    freeze("2026-11-24 21:00")
    assert uses.finish_old() == {"done": 0, "cancelled": 0, "reminded": 0}
    freeze("2026-11-24 22:15")
    assert uses.finish_old()["done"] == 1
    assert uses.finish_old() == {"done": 0, "cancelled": 0, "reminded": 0}
    use.refresh_from_db()
    assert use.state == "done" and fen(money.OWNER, cast.resident.id) == 1200


def test_a_thing_is_asked_back_once_and_one_not_fetched_costs_nothing(cast, drill, booked, freeze, settle):
    found = drill(deposit_fen=0, fee_fen=100)
    use = booked(found)
    other = booked(found, "2026-11-23 22:00", "2026-11-23 23:00", actor=cast.newcomer.actor)
    freeze("2026-11-23 18:00")
    uses.begin(actor=cast.group_member.actor, number=use.number)
    freeze("2026-11-23 22:10")
    assert uses.finish_old()["reminded"] == 1
    settle()
    assert Notice.objects.filter(account=cast.group_member.account, code="aid.sharing.overdue").exists()
    freeze("2026-11-25 00:00")
    assert uses.finish_old() == {"done": 0, "cancelled": 1, "reminded": 0}
    other.refresh_from_db()
    assert other.state == "cancelled" and fen(money.BORROWER, cast.newcomer.id) == 0


# One's own data


def test_ones_data_goes_out_and_then_away_but_what_is_owed_stays(cast, space, booked, freeze):
    use = booked(space(), note="渝A12345")
    freeze("2026-11-23 22:00")
    uses.end(actor=cast.group_member.actor, number=use.number)
    assert personal_data.export(cast.resident.id)["lends"][0]["where"] == "B1层 88号"
    assert personal_data.export(cast.group_member.id)["money"][0]["yuan"] == -12
    assert personal_data.erase(cast.group_member.id) == 1 == personal_data.erase(cast.resident.id)
    found, use = SharedOffer.objects.get(), SharedUse.objects.get()
    assert (found.where_sealed, use.note_sealed, use.account, found.state) == ("", "", None, "closed")
    assert fen(money.OWNER, found.party) == 1200


def test_what_has_begun_is_not_cancelled_by_who_uses_it(cast, space, booked, freeze):
    """Else the fee is gone with one press after the night in the space."""
    use = booked(space())
    freeze("2026-11-23 21:55")
    assert refused(uses.cancel, actor=cast.group_member.actor, number=use.number) == "begun"
    uses.end(actor=cast.group_member.actor, number=use.number)
    assert fen(money.BORROWER, cast.group_member.id) == -1200


@pytest.mark.parametrize("who", ["resident", "group_member"])
def test_what_was_still_to_come_is_called_off_with_an_account(cast, space, booked, settle, who):
    """The owner's guest would stand before a barrier, the borrower's place would stay taken by nobody."""
    use = booked(space(title="李家的车位"))
    personal_data.erase(getattr(cast, who).id)
    use.refresh_from_db()
    assert use.state == "cancelled" and use.reason and not Quarter.objects.exists()
    settle()
    other = cast.group_member if who == "resident" else cast.resident
    assert Notice.objects.filter(code="aid.sharing.cancelled", account=other.account).exists()
    named = Resource.objects.filter(title__contains="李家").exists()
    assert named == (who == "group_member")


def test_who_lends_is_told_when(cast, space, booked):
    use = booked(space())
    line = Entry.objects.get(code="aid.sharing.booked")
    assert line.data["starts"] == f"{use.starts_at.astimezone(clock.zone()):%Y-%m-%d %H:%M}"

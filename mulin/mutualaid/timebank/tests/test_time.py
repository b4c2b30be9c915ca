"""Minutes are credited, spent, given, awarded, taken back; points stand apart."""

from uuid import uuid4

import pytest

from mulin.kernel import journal
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry, Notice
from mulin.kernel.testing.cast import HOME
from mulin.ledger import posting
from mulin.ledger import queries as ledger
from mulin.ledger.models import Book, Posting
from mulin.mutualaid.timebank import actions, holders, personal_data, queries
from mulin.mutualaid.timebank.models import TimeGift, TimeHolder
from mulin.mutualaid.timebank.tests.conftest import Visit
from mulin.people.models import Residence

pytestmark = pytest.mark.django_db


def balance(person) -> int:
    found = TimeHolder.objects.filter(account=person.account).first()
    book = ledger.get_book(found.place, "minute", holders.PERSON, found.pk) if found else None
    return book.balance if book else 0


def reserve(place=HOME) -> int:
    book = ledger.get_book(place, "minute", holders.RESERVE)
    return book.balance if book else 0


def refused(act, **fields) -> str:
    with pytest.raises(ActionError) as error:
        act(**fields)
    return error.value.code


# Visits


def test_an_hour_is_an_hour_and_the_books_are_even(cast, credit):
    credit(cast.resident, 60)
    credit(cast.clerk, 60)
    assert balance(cast.resident) == balance(cast.clerk) == 60
    found = ledger.trial_balance(HOME, "minute")
    assert dict(found.rows) == {"time.issued": -120, "time.person": 120, "time.reserve": 0}
    assert found.is_even and ledger.check()[1] == []


def test_no_time_bank_no_minutes(cast, world):
    with write():
        assert actions.credit_visit(Visit(60, world.home, cast.resident.account)) is None
        assert actions.spend_visit(Visit(60, world.home, receiver_account=cast.resident.account)) is None
    assert not Book.objects.exists()


def test_a_visit_is_credited_once(cast, credit):
    visit = credit(cast.resident, 60)
    with write():
        assert actions.credit_visit(visit) is None
    assert balance(cast.resident) == 60 == actions.credited_minutes(visit.id)


def test_what_is_above_the_cap_goes_to_the_reserve(cast, credit, bank, rules):
    rules(bank, **{"aid.time.cap_hours": 2})
    credit(cast.resident, 90)
    credit(cast.resident, 90)
    assert (balance(cast.resident), reserve()) == (120, 60)
    # The fact is what was helped, not what is left.
    assert queries.own_time(cast.resident.actor).helped == 180


def test_the_nanjing_example_holds_in_nanjing_only():
    from mulin.kernel import rulebook

    found = rulebook.rule("aid.time.cap_hours", at="320102002001")
    assert found.value == 1500 and found.certainty == "to be verified"
    assert rulebook.value("aid.time.cap_hours", at=HOME) == 0


def test_a_helper_who_is_not_online_has_a_book_that_follows_them_online(cast, credit):
    paper = uuid4()
    credit(None, 60, helper_id=paper, helper_name="陈奶奶")
    kept = TimeHolder.objects.get(paper_ref=paper)
    assert kept.name == "陈奶奶" and queries.time_of(kept).balance == 60
    credit(cast.resident, 30, helper_id=paper)
    assert TimeHolder.objects.get(account=cast.resident.account).pk == kept.pk
    assert balance(cast.resident) == 90


def test_a_helper_nobody_can_name_gives_to_the_reserve(credit):
    credit(None, 45)
    assert reserve() == 45


def test_who_receives_a_visit_spends_what_they_have_and_never_less_help(cast, credit):
    credit(cast.resident, 40)
    visit = Visit(60, HOME, receiver_account=cast.resident.account)
    with write():
        assert actions.spend_visit(visit) is not None
        assert actions.spend_visit(visit) is None
        assert actions.spend_visit(Visit(60, HOME, receiver_account=cast.resident.account)) is None
        assert actions.spend_visit(Visit(60, HOME, receiver_account=cast.neighbour.account)) is None
    assert balance(cast.resident) == 0


def test_a_visit_that_was_taken_back_and_counts_after_all_is_spent_again(cast, credit):
    credit(cast.resident, 40)
    visit = Visit(30, HOME, receiver_account=cast.resident.account)
    with write():
        assert actions.spend_visit(visit) is not None
        assert actions.take_back_visit(visit) == 1
        assert actions.spend_visit(visit) is not None
        assert actions.spend_visit(visit) is None
    assert balance(cast.resident) == 10


def test_two_who_help_one_another_never_wait_for_each_other(cast, credit, monkeypatch):
    """Every book of a visit is locked at once, in one order, before the first posting."""
    credit(cast.resident, 40)
    credit(cast.clerk, 40)
    first: list[set] = []
    hold = posting.hold
    monkeypatch.setattr(posting, "hold", lambda books: first.append({b.pk for b in books}) or hold(books))
    visit = Visit(30, HOME, cast.clerk.account, receiver_account=cast.resident.account)
    with write():
        actions.credit_visit(visit)
        actions.spend_visit(visit)
    persons = Book.objects.filter(kind=holders.PERSON).values_list("pk", flat=True)
    assert len(first) > 1 and set(persons) < first[0] and all(later <= first[0] for later in first[1:])


def test_one_may_keep_ones_minutes(cast, credit):
    credit(cast.resident, 40)
    actions.choose_spending(actor=cast.resident.actor, spends=False)
    with write():
        assert actions.spend_visit(Visit(60, HOME, receiver_account=cast.resident.account)) is None
    assert balance(cast.resident) == 40


def test_a_visit_confirmed_by_mistake_is_reversed_with_everything_it_did(cast, credit, bank, rules):
    rules(bank, **{"aid.time.cap_hours": 1, "aid.points.per_hour": 10})
    visit = credit(cast.resident, 90)
    with write():
        assert actions.take_back_visit(visit, words="登记错了") == 2
        assert actions.take_back_visit(visit) == 0
    assert (balance(cast.resident), reserve()) == (0, 0)
    assert queries.own_time(cast.resident.actor).helped == 0
    assert Posting.objects.count() == 4
    with write():
        assert actions.credit_visit(visit) is not None


# Gifts


def test_a_gift_by_code_is_seen_by_both(cast, credit, settle):
    credit(cast.resident, 120)
    credit(cast.group_member, 15)
    code = TimeHolder.objects.get(account=cast.group_member.account).code
    gift = actions.give(actor=cast.resident.actor, minutes=45, code=code, words="谢谢您接孩子")
    assert (balance(cast.resident), balance(cast.group_member)) == (75, 60)
    for person in (cast.resident, cast.group_member):
        assert [one.pk for one in queries.own_time(person.actor).gifts] == [gift.pk]
    settle()
    assert Notice.objects.filter(account=cast.group_member.account, code="aid.time.given").count() == 1
    assert not Notice.objects.filter(account=cast.resident.account, code="aid.time.given").exists()


def test_the_line_of_a_gift_says_neither_who_nor_what_was_said(cast, credit):
    credit(cast.resident, 120)
    credit(cast.group_member, 15)
    code = TimeHolder.objects.get(account=cast.group_member.account).code
    actions.give(actor=cast.resident.actor, minutes=45, code=code, words="谢谢您接孩子")
    line = Entry.objects.get(code="aid.time.given")
    assert line.data == {"kind": "gift", "minutes": 45}
    assert "谢谢" not in journal.canonical(line).decode()


def test_family_is_who_is_confirmed_in_the_same_household(cast, credit):
    credit(cast.resident, 120)
    gives = {"actor": cast.resident.actor, "minutes": 30, "member": cast.newcomer.account.pk}
    assert refused(actions.give, **gives) == "not-family"
    home = Residence.objects.get(account=cast.resident.account).household
    asked = Residence.objects.create(account=cast.newcomer.account, household=home, state="asked")
    assert refused(actions.give, **gives) == "not-family"
    asked.state = "confirmed"
    asked.save()
    assert actions.give(**gives).kind == "family"
    assert balance(cast.newcomer) == 30


def test_a_gift_to_the_reserve_is_for_who_needs_it(cast, credit):
    credit(cast.resident, 120)
    actions.give(actor=cast.resident.actor, minutes=120, reserve=True)
    assert (balance(cast.resident), reserve()) == (0, 120)


def test_gifts_that_are_refused(cast, credit, bank, rules):
    credit(cast.resident, 120)
    credit(cast.group_member, 15)
    code = TimeHolder.objects.get(account=cast.group_member.account).code
    own = TimeHolder.objects.get(account=cast.resident.account).code
    me = {"actor": cast.resident.actor}
    assert refused(actions.give, **me, minutes=0, code=code) == "no-minutes"
    assert refused(actions.give, **me, minutes=10, code="1234567890") == "no-such-code"
    assert refused(actions.give, **me, minutes=10, code="王建国") == "no-such-code"
    assert refused(actions.give, **me, minutes=10, code=own) == "yourself"
    assert refused(actions.give, **me, minutes=121, code=code) == "not-enough"
    rules(bank, **{"aid.time.gift_hours_month": 1})
    assert refused(actions.give, **me, minutes=61, code=code) == "gift-limit"
    rules(bank, **{"aid.time.gift_hours_month": 0, "aid.time.cap_hours": 1})
    assert refused(actions.give, **me, minutes=46, code=code) == "too-much"
    rules(bank, **{"aid.time.on": False})
    assert refused(actions.give, **me, minutes=10, code=code) == "time-bank-off"
    with pytest.raises(NotVisible):
        actions.give(actor=cast.newcomer.actor, minutes=10, code=code)
    assert not TimeGift.objects.exists()


def test_a_new_code_makes_the_old_one_nobodys(cast, credit):
    credit(cast.resident, 60)
    credit(cast.group_member, 60)
    old = TimeHolder.objects.get(account=cast.group_member.account).code
    actions.renew_code(actor=cast.group_member.actor)
    assert refused(actions.give, actor=cast.resident.actor, minutes=10, code=old) == "no-such-code"


def test_a_gift_to_the_wrong_person_is_taken_back_while_it_is_there(cast, credit):
    credit(cast.resident, 60)
    credit(cast.group_member, 15)
    code = TimeHolder.objects.get(account=cast.group_member.account).code
    gift = actions.give(actor=cast.resident.actor, minutes=30, code=code)
    with pytest.raises(NotVisible):
        actions.undo_gift(actor=cast.other_clerk.actor, number=gift.number, reason="送错")
    with pytest.raises(NotVisible):
        actions.undo_gift(actor=cast.resident.actor, number=gift.number, reason="送错")
    assert refused(actions.undo_gift, actor=cast.clerk.actor, number=gift.number, reason="") == "no-reason"
    actions.undo_gift(actor=cast.clerk.actor, number=gift.number, reason="念错了一位数")
    assert (balance(cast.resident), balance(cast.group_member)) == (60, 15)
    again = {"actor": cast.clerk.actor, "number": gift.number, "reason": "再来"}
    assert refused(actions.undo_gift, **again) == "already-reversed"


# The reserve


def test_an_award_comes_out_of_the_reserve_with_a_public_reason(cast, credit, client_for, settle):
    credit(None, 100)
    credit(cast.resident, 15)
    code = TimeHolder.objects.get(account=cast.resident.account).code
    fields = {"actor": cast.clerk.actor, "place": HOME, "code": code}
    assert refused(actions.award, **fields, minutes=60, reason=" ") == "no-reason"
    assert refused(actions.award, **fields, minutes=101, reason="高龄独居") == "not-enough"
    actions.award(**fields, minutes=60, reason="高龄独居，每周两次陪伴")
    assert (balance(cast.resident), reserve()) == (75, 40)
    said = client_for().get(f"/aid/time/c/{HOME}/").content.decode()
    assert "高龄独居，每周两次陪伴" in said and "李晓梅" not in said and "40 分钟" in said
    settle()
    assert Notice.objects.filter(account=cast.resident.account, code="aid.time.awarded").exists()


def test_nobody_awards_themselves_and_residents_award_nobody(cast, credit):
    credit(None, 100)
    credit(cast.clerk, 15)
    code = TimeHolder.objects.get(account=cast.clerk.account).code
    fields = {"place": HOME, "code": code, "minutes": 30, "reason": "辛苦"}
    assert refused(actions.award, actor=cast.clerk.actor, **fields) == "yourself"
    with pytest.raises(NotAllowed):
        actions.award(actor=cast.resident.actor, **fields)
    with pytest.raises(NotAllowed):
        actions.award(actor=cast.other_clerk.actor, **fields)


# Points


def test_points_are_a_policy_beside_the_hours_and_a_clerk_redeems_them(cast, credit, bank, rules):
    credit(cast.resident, 60)
    own = queries.own_time(cast.resident.actor)
    assert own.points == 0 and not own.policy.has_points
    code = own.holder.code
    fields = {"actor": cast.clerk.actor, "place": HOME, "code": code, "what": "一袋米"}
    assert refused(actions.redeem, **fields, points=5) == "points-off"
    rules(bank, **{"aid.points.per_hour": 0.5, "aid.points.most_hours": 2})
    credit(cast.resident, 300)
    credit(cast.resident, 120)
    credit(cast.resident, 59)
    assert queries.own_time(cast.resident.actor).points == 2
    assert refused(actions.redeem, **fields, points=3) == "not-enough"
    actions.redeem(**fields, points=2)
    own = queries.own_time(cast.resident.actor)
    assert (own.points, own.balance) == (0, 539)
    assert ledger.trial_balance(HOME, "point").is_even


def test_no_book_of_money_can_meet_a_book_of_time(cast, credit):
    """No cash value by construction: nothing in the time bank knows money, and the ledger refuses both."""
    credit(cast.resident, 60)
    book = Book.objects.get(kind=holders.PERSON)
    with write():
        money = posting.book(HOME, "fen", "share.till")
        for unit in ("fen", "minute"):
            with pytest.raises(ValueError):
                posting.post(place=HOME, unit=unit, kind="sale", legs=[(book, money, 10)])
    assert set(Book.objects.exclude(pk=money.pk).values_list("unit", flat=True)) == {"minute"}


# Opening, leaving


def test_a_book_can_be_opened_before_the_first_visit(cast, bank, world):
    found = actions.open_book(actor=cast.resident.actor, place=bank)
    assert actions.open_book(actor=cast.resident.actor, place=bank).pk == found.pk
    assert refused(actions.open_book, actor=cast.neighbour.actor, place=world.other_home) == "time-bank-off"
    assert refused(actions.open_book, actor=cast.neighbour.actor, place="") == "no-place"


def test_ones_data_can_be_taken_out_and_leaves_the_rest_to_the_community(cast, credit, bank, rules):
    rules(bank, **{"aid.points.per_hour": 1})
    credit(cast.resident, 60)
    actions.give(actor=cast.resident.actor, minutes=10, reserve=True, words="给大家")
    found = personal_data.export(cast.resident.account.pk)
    assert [one["amount"] for one in found["lines"]] == [1.0, -0.17, 1] and found["gifts"][0]["given"]
    assert personal_data.erase(cast.resident.account.pk) == 2
    assert personal_data.export(cast.resident.account.pk) == {}
    assert reserve() == 60 and ledger.check()[1] == []
    assert TimeGift.objects.get().words == "" and personal_data.erase(cast.resident.account.pk) == 0

"""Books and postings: sums, limits, reversal, and that nothing posted is ever edited."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.testing.cast import HOME, OTHER_HOME
from mulin.ledger import posting, queries
from mulin.ledger.models import Book, Posting, Transfer

pytestmark = pytest.mark.django_db
CAREFUL = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def make(kind="time.person", *, unit="minute", place=HOME, ref=None, **limits) -> Book:
    with write():
        return posting.book(place, unit, kind, ref or uuid4(), **limits)


def move(*legs, unit="minute", place=HOME, kind="test", **more) -> Posting:
    with write():
        return posting.post(place=place, unit=unit, kind=kind, legs=list(legs), **more)


def back(found: Posting, words="记错了") -> Posting:
    with write():
        return posting.reverse(found, words=words)


# Property: whatever is posted and reversed


@st.composite
def scripts(draw):
    """Books with their limits, and acts on them: a posting of some legs, or taking back an earlier one."""
    limits = draw(
        st.lists(
            st.tuples(st.one_of(st.none(), st.integers(-200, 0)), st.one_of(st.none(), st.integers(0, 300))),
            min_size=2, max_size=5,
        )
    )  # fmt: skip
    n = len(limits)
    pair = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda two: two[0] != two[1])
    leg = st.tuples(pair, st.integers(1, 150))
    posted = st.lists(leg, min_size=1, max_size=4)
    acts = draw(st.lists(st.one_of(posted, st.integers(0, 20)), min_size=1, max_size=15))
    return limits, acts


@CAREFUL
@given(script=scripts())
def test_sums_stay_zero_balances_equal_legs_and_limits_hold_whatever_is_posted(script):
    limits, acts = script
    books = [make(least=least, most=most) for least, most in limits]
    should, done, kept = [0] * len(books), [], {}
    for act in acts:
        if isinstance(act, list):
            legs = [(books[a], books[b], n) for (a, b), n in act]
            change = [(a, b, n) for (a, b), n in act]
        elif done:
            found, change = done[act % len(done)]
            legs = None
            change = [(b, a, n) for a, b, n in change]
        else:
            continue
        after = list(should)
        for a, b, n in change:
            after[a] -= n
            after[b] += n
        fits = all(
            (least is None or n >= least) and (most is None or n <= most)
            for n, (least, most) in zip(after, limits, strict=True)
        )
        try:
            made = move(*legs) if legs else back(found)
        except ActionError as error:
            assert not fits or error.code == "already-reversed"
            continue
        assert fits
        should = after
        if legs:
            done.append((made, change))
        kept[made.pk] = queries._legs(made)
    assert [posting.balance(one) for one in books] == should
    assert sum(should) == 0
    mine = [one.pk for one in books]
    assert list(Book.objects.filter(pk__in=mine).values_list("balance", flat=True).order_by("pk"))
    assert all(queries.statement(one).closing == n for one, n in zip(books, should, strict=True))
    assert all(queries._legs(Posting.objects.get(pk=pk)) == legs for pk, legs in kept.items())
    assert queries.check()[1] == []


@CAREFUL
@given(amounts=st.lists(st.integers(1, 10**12), min_size=1, max_size=8))
def test_a_posting_and_its_reversal_leave_everything_as_it_was(amounts):
    one, two = make(), make()
    found = move(*((one, two, n) for n in amounts))
    assert one.balance == -sum(amounts) and two.balance == sum(amounts)
    back(found)
    assert posting.balance(one) == posting.balance(two) == 0
    assert Posting.objects.filter(pk=found.pk).exists()


# Refusals


def test_nothing_below_the_least_and_nothing_moves_then():
    giver, taker = make(least=0, title="时间"), make()
    with pytest.raises(ActionError) as error:
        move((giver, taker, 30))
    assert error.value.code == "not-enough" and "30 分钟" in str(error.value)
    assert posting.balance(giver) == posting.balance(taker) == 0
    assert not Transfer.objects.exists()


def test_nothing_above_the_most():
    giver, taker = make(), make(most=60)
    move((giver, taker, 60))
    with pytest.raises(ActionError) as error:
        move((giver, taker, 1))
    assert error.value.code == "too-much"


def test_limits_count_for_what_the_whole_posting_leaves():
    issue, person, reserve = make("time.issued"), make(least=0, most=100), make("time.reserve", least=0)
    move((issue, person, 150), (person, reserve, 50))
    assert (person.balance, reserve.balance) == (100, 50)


def test_the_database_itself_refuses_a_balance_outside_the_limits():
    one = make(least=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Book.objects.filter(pk=one.pk).update(balance=-1)


def test_money_and_minutes_never_meet():
    time, money = make(), make("share.owner", unit="fen")
    for unit in ("fen", "minute"):
        with pytest.raises(ValueError):
            move((time, money, 10), unit=unit)
    with pytest.raises(ValueError):
        make("time.person", unit="fen")
    with pytest.raises(ValueError):
        make("share.owner", unit="minute")
    with pytest.raises(IntegrityError), transaction.atomic():
        Book.objects.create(place=HOME, unit="fen", kind="time.person", ref=uuid4())
    with pytest.raises(IntegrityError), transaction.atomic():
        Book.objects.create(place=HOME, unit="point", kind="share.owner", ref=uuid4())


@pytest.mark.parametrize("amount", [0, -5, 1.5, True, "3"])
def test_amounts_are_whole_and_above_zero(amount):
    with pytest.raises(ValueError):
        move((make(), make(), amount))


def test_a_leg_needs_two_books_and_a_posting_a_leg():
    one = make()
    with pytest.raises(ValueError):
        move((one, one, 5))
    with pytest.raises(ValueError):
        move()


def test_a_posting_is_taken_back_once_and_a_reversal_never():
    found = move((make(), make(), 20))
    taken = back(found)
    for one in (found, taken):
        with pytest.raises(ActionError) as error:
            back(one)
        assert error.value.code == "already-reversed"


def test_what_was_spent_meanwhile_cannot_be_taken_back():
    issue, person, other = make("time.issued"), make(least=0), make(least=0)
    found = move((issue, person, 60))
    move((person, other, 40))
    with pytest.raises(ActionError) as error:
        back(found)
    assert error.value.code == "not-enough" and posting.balance(person) == 20


def test_what_was_posted_is_neither_edited_nor_deleted():
    found = move((make(), make(), 20), words="一次陪伴")
    leg = found.transfers.get()
    for thing in (found, leg):
        with pytest.raises(TypeError):
            thing.save()
        with pytest.raises(TypeError):
            thing.delete()
    found.refresh_from_db()
    assert found.words == "一次陪伴"


def test_a_book_is_made_once_and_an_empty_one_can_be_closed():
    ref = uuid4()
    one, same = make(ref=ref), make(ref=ref)
    assert one.pk == same.pk
    other = make()
    move((one, other, 5))
    with write(), pytest.raises(ActionError) as error:
        posting.close(one)
    assert error.value.code == "not-empty"
    move((other, one, 5))
    with write():
        posting.close(one)
    with pytest.raises(ActionError) as error:
        move((one, other, 5))
    assert error.value.code == "book-closed"


def test_a_community_has_one_book_of_a_kind():
    with write():
        first = posting.book(HOME, "minute", "time.reserve")
        assert posting.book(HOME, "minute", "time.reserve").pk == first.pk
        assert posting.book(OTHER_HOME, "minute", "time.reserve").pk != first.pk


def test_limits_can_be_changed_but_not_past_the_balance():
    giver, taker = make(), make()
    move((giver, taker, 90))
    with write(), pytest.raises(ActionError):
        posting.limit(taker, least=0, most=60)
    with write():
        posting.limit(taker, least=0, most=120)
    with pytest.raises(ActionError):
        move((giver, taker, 31))


@pytest.mark.django_db(transaction=True)
def test_books_are_written_inside_a_transaction_only():
    with pytest.raises(RuntimeError):
        posting.book(HOME, "minute", "time.person", uuid4())
    assert not connection.in_atomic_block

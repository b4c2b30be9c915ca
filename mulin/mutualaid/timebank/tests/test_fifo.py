"""How old minutes are."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mulin.mutualaid.timebank.fifo import Move, lots

JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


def test_the_oldest_minutes_go_first():
    moves = [Move("a", JAN, 60), Move("b", FEB, 60), Move("c", MAR, -90)]
    assert lots(moves) == [(FEB, 30)]


def test_what_is_taken_back_gives_its_own_minutes_back_with_their_day():
    moves = [Move("a", JAN, 60), Move("b", FEB, 30), Move("c", MAR, -70), Move("d", MAR, 70, "c")]
    assert lots(moves) == [(JAN, 60), (FEB, 30)]


def test_a_credit_that_is_taken_back_goes_before_older_ones():
    moves = [Move("a", JAN, 60), Move("b", FEB, 30), Move("c", MAR, -30, "b")]
    assert lots(moves) == [(JAN, 60)]


@st.composite
def histories(draw):
    """Moves of a book that never goes below zero, some of them taking earlier ones back."""
    balance, day, moves = 0, JAN, []
    for n in range(draw(st.integers(1, 25))):
        day += timedelta(days=draw(st.integers(0, 20)))
        back = draw(st.integers(0, 3)) == 0 and moves
        if back:
            found = draw(st.sampled_from(moves))
            if found.reverses or any(one.reverses == found.key for one in moves):
                continue
            amount, key = -found.amount, found.key
        else:
            amount, key = draw(st.integers(-80, 120)), ""
        if amount and balance + amount >= 0:
            balance += amount
            moves.append(Move(str(n), day, amount, key))
    return moves, balance


@given(histories())
def test_what_is_left_is_always_the_balance_and_no_lot_is_empty(history):
    moves, balance = history
    found = lots(moves)
    assert sum(n for _on, n in found) == balance
    assert all(n > 0 for _on, n in found)
    assert [on for on, _n in found] == sorted({on for on, _n in found})

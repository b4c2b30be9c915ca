"""Nobody can work out a small figure from what is shown."""

import itertools

from hypothesis import assume, given
from hypothesis import strategies as st

from mulin.kernel.suppression import (
    COVER,
    LIMIT,
    POSSIBLE,
    SMALL,
    possible_values,
    protect,
    protect_lines,
    protect_table,
)

columns = st.dictionaries(st.integers(0, 30), st.integers(0, 40), min_size=1, max_size=12)


def test_a_single_small_cell_takes_another_one_with_it():
    hidden = protect({"a": 3, "b": 40, "c": 9})
    assert hidden == {"a": SMALL, "c": COVER}


def test_a_column_without_small_cells_is_shown_whole():
    assert protect({"a": 5, "b": 0, "c": 9}) == {}


def test_a_cover_of_exactly_five_does_not_betray_a_one():
    # 1 + 5 = 6: whoever knows that a cover is at least five would know the other is one.
    hidden = protect({"a": 1, "b": 5, "c": 8, "d": 30})
    assert hidden == {"a": SMALL, "b": COVER, "c": COVER}


def test_two_small_cells_at_the_top_of_their_range_hide_the_whole_column():
    # 4 + 4 = 8 can only be four and four.
    assert protect({"a": 4, "b": 4, "c": 0}) == {"a": COVER, "b": COVER, "c": COVER}


def test_without_a_known_total_only_the_small_cells_are_hidden():
    assert protect({"a": 3, "b": 40}, total_shown=False) == {"a": SMALL}


@given(columns)
def test_every_small_figure_is_hidden_and_nothing_is_hidden_without_one(cells):
    hidden = protect(cells)
    small = {key for key, n in cells.items() if 0 < n < LIMIT}
    assert small <= hidden.keys()
    assert bool(small) == bool(hidden)


@given(st.lists(st.integers(0, 9), min_size=2, max_size=5))
def test_someone_who_tries_every_possibility_cannot_pin_a_small_figure_down(values):
    """The attacker knows the total, what is shown, and which hidden cells are small and which are covers."""
    cells = dict(enumerate(values))
    hidden = protect(cells)
    assume(any(why == SMALL for why in hidden.values()))
    rest = sum(cells[key] for key in hidden)
    ranges = [range(1, LIMIT) if why == SMALL else range(LIMIT, rest + 1) for why in hidden.values()]
    fitting = [guess for guess in itertools.product(*ranges) if sum(guess) == rest]
    for at, why in enumerate(hidden.values()):
        if why == SMALL:
            assert len({guess[at] for guess in fitting}) >= POSSIBLE


def test_linked_figures_are_hidden_together_in_their_row_only():
    rows = {"a": {"yes": 3, "no": 50}, "b": {"yes": 60, "no": 70}, "c": {"yes": 80, "no": 90}}
    hidden = protect_table(rows, ["yes", "no"], linked=[frozenset({"yes", "no"})])
    assert hidden["a"] == {"yes": SMALL, "no": COVER}
    assert hidden["b"] == {"yes": COVER, "no": COVER}
    assert hidden["c"] == {}


def test_a_column_whose_total_is_hidden_is_hidden_whole():
    rows = {"a": {"in": 3}, "b": {"in": 60}}
    hidden = protect_table(rows, ["in"], unknown_totals={"in"})
    assert hidden == {"a": {"in": SMALL}, "b": {"in": COVER}}


@given(st.lists(st.lists(st.integers(0, 30), min_size=2, max_size=5), min_size=2, max_size=5))
def test_in_a_table_no_line_leaves_one_hidden_cell_or_a_small_one_that_can_be_worked_out(figures):
    width = min(len(row) for row in figures)
    cells = {(x, y): row[x] for y, row in enumerate(figures) for x in range(width)}
    lines = [[(x, y) for x in range(width)] for y in range(len(figures))]
    lines += [[(x, y) for y in range(len(figures))] for x in range(width)]
    hidden = protect_lines(cells, lines)
    assert not [key for key, n in cells.items() if 0 < n < LIMIT and key not in hidden]
    for line in lines:
        marks = {key: hidden[key] for key in line if key in hidden}
        assert len(marks) != 1
        if len(marks) < len(line):
            small = [key for key, why in marks.items() if why == SMALL]
            assert all(possible_values(cells, marks, key) >= POSSIBLE for key in small)

"""Small figures: which cells of a table must stay hidden so that no figure under five can be worked out.

Pure. Two kinds of hidden cells: SMALL ones are 1 to 4 themselves; COVER ones are hidden because a total is
shown and would otherwise betray a small one. A zero is not hidden for itself: it says nothing about anyone.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping

LIMIT = 5
SMALL, COVER = "small", "cover"
# A hidden small figure must leave at least this many possible values to somebody who subtracts.
POSSIBLE = 3


def protect(
    cells: Mapping[Hashable, int], *, total_shown: bool = True, limit: int = LIMIT
) -> dict[Hashable, str]:
    """Which cells of one column to hide: cell -> SMALL or COVER.

    `total_shown`: their exact sum stands elsewhere. Then covers are added, smallest first, until every
    small cell could have at least POSSIBLE values. Where no cover is large enough, the whole column goes.
    """
    hidden: dict[Hashable, str] = {key: SMALL for key, n in cells.items() if 0 < n < limit}
    if not hidden or not total_shown:
        return hidden
    spare = sorted((n, str(key), key) for key, n in cells.items() if n >= limit)
    while not _is_safe(cells, hidden, limit):
        if not spare:
            return dict.fromkeys(cells, COVER)
        hidden[spare.pop(0)[2]] = COVER
    return hidden


def protect_lines(
    cells: Mapping[Hashable, int], lines: Iterable[Collection[Hashable]], limit: int = LIMIT
) -> dict[Hashable, str]:
    """The same for a table whose rows and columns all have a known total: `lines` are the keys of each of
    them.

    A cover that one line needs can leave a hole in the line that crosses it, so this goes on until every
    line is safe; each round hides more, so it ends.
    """
    hidden: dict[Hashable, str] = {key: SMALL for key, n in cells.items() if 0 < n < limit}
    lines = [list(line) for line in lines]
    before = -1
    while before < len(hidden):
        before = len(hidden)
        for line in lines:
            marks = {key: hidden[key] for key in line if key in hidden}
            spare = sorted(
                (cells[key], str(key), key) for key in line if cells[key] >= limit and key not in marks
            )
            while not _is_hidden_well(cells, marks, limit):
                if not spare:
                    marks = {key: marks.get(key, COVER) for key in line}
                    break
                marks[spare.pop(0)[2]] = COVER
            hidden |= marks
    return hidden


def _is_hidden_well(cells: Mapping[Hashable, int], marks: Mapping[Hashable, str], limit: int) -> bool:
    # A cover alone in its line would be worked out, and with it what it covers in the line that crosses it.
    return len(marks) != 1 and _is_safe(cells, marks, limit)


def possible_values(
    cells: Mapping[Hashable, int], hidden: Mapping[Hashable, str], key: Hashable, limit: int = LIMIT
) -> int:
    """How many values a small hidden cell may have for somebody who knows the total, all that is shown, and
    which hidden cells are small and which are covers."""
    rest = sum(cells[other] for other in hidden)
    least = most = 0.0
    for other, why in hidden.items():
        if other != key:
            least += 1 if why == SMALL else limit
            most += limit - 1 if why == SMALL else float("inf")
    low, high = max(1, rest - most), min(limit - 1, rest - least)
    return int(high - low) + 1


def _is_safe(cells: Mapping[Hashable, int], hidden: Mapping[Hashable, str], limit: int) -> bool:
    return all(
        possible_values(cells, hidden, key, limit) >= POSSIBLE for key, why in hidden.items() if why == SMALL
    )


def protect_table(
    rows: Mapping[str, Mapping[str, int]],
    keys: Iterable[str],
    *,
    linked: Iterable[frozenset[str]] = (),
    unknown_totals: Collection[str] = (),
) -> dict[str, dict[str, str]]:
    """Which figures of which row to hide: row -> {figure: SMALL or COVER}.

    Every figure is one column whose total is shown, unless its total is hidden itself (`unknown_totals`):
    then the whole column is. `linked` figures can be worked out from one another within a row: they are
    shown together or not at all.
    """
    hidden: dict[str, dict[str, str]] = {row: {} for row in rows}
    for key in keys:
        column = {row: figures.get(key, 0) for row, figures in rows.items()}
        if key in unknown_totals:
            marks = {row: SMALL if 0 < n < LIMIT else COVER for row, n in column.items()}
        else:
            marks = protect(column)
        for row, why in marks.items():
            hidden[row][key] = why
    for marks in hidden.values():
        link(marks, linked)
    return hidden


def link(marks: dict[str, str], linked: Iterable[frozenset[str]]) -> None:
    """Hide the rest of every linked set of which something is hidden."""
    for together in linked:
        if together & marks.keys():
            for key in together:
                marks.setdefault(key, COVER)

"""Counters against the records: compared, and made again where they cannot be right.

Beside its figures the level table says which measures it holds and in what form (rows of level 0). A measure
that came with a later version, or one kept in an older form, has figures only of what happened since: so it
is counted again from the records when an instance starts.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from mulin.kernel import counters, registry
from mulin.kernel.db import is_postgres, write
from mulin.kernel.models import CountCategory, CountDelta, CountLevel

# 1: days only. 2: days and whole months.
FORM = 2
HELD_LEVEL = 0
HELD_AT_ONCE = 100_000
Key = tuple[int, str, str, Any, str, str]  # level, node, measure, day, category ("" where not kept), state


def counted() -> set[str]:
    """The measures that records can be asked for."""
    return {name for recount in registry.collect("recounts") for name in recount.measures}


def expected() -> dict[Key, int]:
    """What the tables should hold at every level and node, counted from the records of all modules."""
    figures: dict[Key, int] = defaultdict(int)
    for recount in registry.collect("recounts"):
        for measure, place, grid, day, state, category, n in recount.rows():
            _spread(figures, measure, place, grid, day, state, category, n)
    return {key: n for key, n in figures.items() if n}


def _spread(figures: dict[Key, int], measure, place, grid, day, state, category, n) -> None:
    """Add one count to every row that it belongs to, as the folding does."""
    for level, node, at in counters.rows_of(place, grid, day):
        figures[level, node, measure, at, "", state] += n
        if category and counters.has_categories(level):
            figures[level, node, measure, at, category, state] += n


def kept(measures: set[str]) -> dict[Key, int]:
    """What the counters say: folded rows plus the deltas that nobody folded yet."""
    figures: dict[Key, int] = defaultdict(int)
    columns = ("level", "node", "measure", "day", "state", "n")
    folded = CountLevel.objects.filter(measure__in=measures, level__gt=HELD_LEVEL)
    for level, node, measure, day, state, n in folded.values_list(*columns).iterator():
        figures[level, node, measure, day, "", state] += n
    by_category = CountCategory.objects.filter(measure__in=measures)
    for level, node, measure, day, state, n, category in by_category.values_list(
        *columns, "category"
    ).iterator():
        figures[level, node, measure, day, category, state] += n
    for delta in CountDelta.objects.filter(measure__in=measures).iterator():
        _spread(
            figures, delta.measure, delta.place, delta.grid, delta.day, delta.state, delta.category, delta.n
        )
    return {key: n for key, n in figures.items() if n}


def compare() -> tuple[int, list[str]]:
    """How many figures there are, and a sentence for each that is wrong."""
    should, do = expected(), kept(counted())
    keys = should.keys() | do.keys()
    wrong = [key for key in keys if should.get(key, 0) != do.get(key, 0)]
    wrong.sort(key=lambda key: tuple(str(part) for part in key))
    said = [
        f"{node} (level {level}) {measure} {day} state={state or '-'} category={category or '-'}:"
        f" counter {do.get(key, 0)}, records {should.get(key, 0)}"
        for key in wrong
        for level, node, measure, day, category, state in (key,)
    ]
    return len(keys), said


def compare_at_once() -> tuple[int, list[str]]:
    """`compare` with counters and records read as of the same moment, while others go on writing."""
    nested = connection.in_atomic_block
    with transaction.atomic():
        if is_postgres() and not nested:  # SQLite reads one snapshot anyway
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        return compare()


# Made again ---------------------------------------------------------------------------------------------


def outdated() -> set[str]:
    """Measures that the tables do not hold in today's form."""
    rows = CountLevel.objects.filter(level=HELD_LEVEL, n=FORM).values_list("measure", flat=True)
    return counted() - set(rows)


def bring_up_to_date(say: Callable[[str], None] = lambda text: None) -> set[str]:
    """Count the outdated measures again. Called when an instance starts; returns which they were."""
    missing = outdated()
    if missing:
        if CountDelta.objects.exists() or CountLevel.objects.exists():
            say(f"counters: counting again from the records: {', '.join(sorted(missing))}")
        rebuild(missing)
    return missing


def rebuild(measures: set[str] | None = None) -> int:
    """Count measures (all of them by default) again from the records, in one transaction. Returns how many
    counts there were.

    Others may go on reading; who writes waits, so that each action is either among the records counted here
    or adds its deltas afterwards.
    """
    measures = counted() if measures is None else measures
    with write():
        if is_postgres():
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE kernel_countdelta IN SHARE ROW EXCLUSIVE MODE")
        for model in (CountDelta, CountLevel, CountCategory):
            model.objects.filter(measure__in=measures).delete()
        total = _count_again(measures)
        CountLevel.objects.bulk_create(
            CountLevel(level=HELD_LEVEL, node="", measure=one, day=counters.GAUGE_DAY, n=FORM)
            for one in sorted(measures)
        )
    return total


def _count_again(measures: set[str]) -> int:
    levels: dict[tuple, int] = defaultdict(int)
    categories: dict[tuple, int] = defaultdict(int)
    total = 0
    for recount in registry.collect("recounts"):
        if measures.isdisjoint(recount.measures):
            continue
        for measure, place, grid, day, state, category, n in recount.rows():
            if measure not in measures:
                continue
            total += 1
            for level, node, at in counters.rows_of(place, grid, day):
                levels[level, node, measure, at, state] += n
                if category and counters.has_categories(level):
                    categories[level, node, measure, at, category, state] += n
            if len(levels) + len(categories) >= HELD_AT_ONCE:
                counters.add(levels, categories)
                levels.clear()
                categories.clear()
    counters.add(levels, categories)
    return total

"""Counters against the records: compared, and made again where they cannot be right.

Beside its figures the level table says of every measure in what form the tables hold it (rows of level 0).
A measure that came with a later version is MISSING: the worker counts it again from the records, one range of
places after the other, each in a short transaction; until all are done its deltas are not folded, so that
every action is either among the records counted or still a delta. One kept by a version that knew no months
has DAYS: its months are summed from its days.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from mulin.kernel import codes, counters, registry
from mulin.kernel.counters import GAUGE_DAY, GRID_LEVEL, HELD_LEVEL, LEVELS, MISSING, MONTHS
from mulin.kernel.db import is_postgres
from mulin.kernel.models import CountCategory, CountDelta, CountLevel, Entry

log = logging.getLogger("mulin.worker")

# 1: days only. 2: days and whole months.
DAYS, FORM = 1, 2
# Records in one transaction, rows written at once.
BATCH = 500
AT_ONCE = 50_000
# Seconds in which the worker does nothing else, and seconds in between for others to take SQLite's lock.
STINT = 2.0
PAUSE = 0.02
# Table -> its columns beside level, node, day and n.
TABLES = {"kernel_countlevel": "measure, state", "kernel_countcategory": "measure, category, state"}
KEPT = [(table, level) for table in TABLES for level in (*LEVELS, GRID_LEVEL)
        if "category" not in TABLES[table] or counters.has_categories(level)]  # fmt: skip
_turns = cycle(KEPT)
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


def within(records: QuerySet, after: str, upto: str | None) -> QuerySet:
    """The records whose place lies behind `after` and not behind `upto`."""
    if after:
        records = records.filter(place__gt=after)
    return records if upto is None else records.filter(place__lte=upto)


def nth_place(records: QuerySet, after: str, n: int) -> str | None:
    """The place of the n-th record behind a place; None when there are fewer."""
    places = within(records, after, None).order_by("place").values_list("place", flat=True)
    return next(iter(places[n - 1 : n]), None)


def held() -> dict[str, tuple[int, str]]:
    """measure -> (form in which the tables hold it, the place up to which it was counted again)."""
    rows = CountLevel.objects.filter(level=HELD_LEVEL, measure__in=counted())
    return {measure: (form, node) for measure, form, node in rows.values_list("measure", "n", "node")}


def is_going_on() -> bool:
    """Whether older figures are still being counted, so that what is read is too little."""
    return CountLevel.objects.filter(level=HELD_LEVEL, n__lt=FORM, measure__in=counted()).exists()


def note() -> set[str]:
    """Write down in what form the tables hold the measures that nobody knew of before: cheap, and to be done
    before an action of this version counts them. Returns those that are not as they should be."""
    if counted() - held().keys():
        with counters.alone():
            _note(counted() - held().keys())
    return {measure for measure, (form, _place) in held().items() if form < FORM}


def _note(measures: set[str]) -> None:
    # Every count is in a row of the province.
    by_day = CountLevel.objects.filter(level=LEVELS[0], measure__in=measures)
    known = set(by_day.values_list("measure", flat=True).distinct())
    # No action without a line: a new instance has nothing to count.
    is_new = not Entry.objects.exists()
    CountLevel.objects.bulk_create(
        _mark(one, FORM if is_new else DAYS if one in known else MISSING) for one in sorted(measures)
    )


def _mark(measure: str, form: int) -> CountLevel:
    return CountLevel(level=HELD_LEVEL, node="", measure=measure, day=GAUGE_DAY, n=form)


def go_on(seconds: float = STINT) -> bool:
    """Bring the tables up to date, for so long at most; called again it goes on where it was. For the worker.
    Returns whether all is done."""
    if not note():
        return True
    until, total = time.monotonic() + seconds, 0
    for n in _steps():
        total += n
        if time.monotonic() >= until:
            at = max((place for form, place in held().values() if form == MISSING), default="")
            log.info("older figures are being counted again: at place %s, %d counts just now", at, total)
            return False
    _finish()
    return True


def _finish() -> None:
    days = sorted(measure for measure, (form, _place) in held().items() if form == DAYS)
    mend_months()
    CountLevel.objects.filter(level=HELD_LEVEL, measure__in=days, n=DAYS).update(n=FORM)
    log.info("older figures are counted: %s", ", ".join(days))


def _steps() -> Iterator[int]:
    while (n := step()) is not None:
        yield n
        time.sleep(PAUSE)


def step() -> int | None:
    """Count the missing measures in the next range of places. Returns how many counts there were; None when
    nothing is missing (any more).

    All as of one moment: the deltas seen here are of actions whose records are counted here, so they go; what
    is committed later stays a delta.
    """
    with counters.alone(as_of_one_moment=True):
        missing = {measure: place for measure, (form, place) in held().items() if form == MISSING}
        if not missing:
            return None
        after = max(missing.values())
        measures = {measure for measure, place in missing.items() if place == after}
        recounts = [one for one in registry.collect("recounts") if not measures.isdisjoint(one.measures)]
        upto = min(filter(None, (one.nth_place(after, BATCH) for one in recounts)), default=None)
        within(CountDelta.objects.filter(measure__in=measures), after, upto).delete()
        total = sum(_count_again(one, measures, after, upto) for one in recounts)
        marks = CountLevel.objects.filter(level=HELD_LEVEL, measure__in=measures)
        marks.update(**({"n": DAYS, "node": ""} if upto is None else {"node": upto}))
    return total


def _count_again(recount: registry.Recount, measures: set[str], after: str, upto: str | None) -> int:
    """Add the counts of a range of places to the days; the months are summed from those in the end."""
    levels: dict[tuple, int] = defaultdict(int)
    categories: dict[tuple, int] = defaultdict(int)
    total = 0
    for measure, place, grid, day, state, category, n in recount.rows(after, upto):
        if measure not in measures:
            continue
        total += 1
        for level, node in counters.nodes(place, grid):
            levels[level, node, measure, day, state] += n
            if category and counters.has_categories(level):
                categories[level, node, measure, day, category, state] += n
        if len(levels) + len(categories) >= AT_ONCE:
            counters.add(levels, categories)
            levels.clear()
            categories.clear()
    counters.add(levels, categories)
    return total


def begin(measures: set[str]) -> None:
    """Forget what the tables hold of these measures: they are counted again from the first place on."""
    with counters.alone():
        CountLevel.objects.filter(measure__in=measures).delete()
        CountCategory.objects.filter(measure__in=measures).delete()
        CountLevel.objects.bulk_create(_mark(one, MISSING) for one in sorted(measures))


def rebuild() -> int:
    """Count every measure again from the records, while others go on. Returns how many counts there were.
    Broken off, it is ended by the worker or by the next call."""
    begin(counted())
    total = sum(_steps())
    _finish()
    return total


# Months -------------------------------------------------------------------------------------------------


def mend_months() -> int:
    """Make every row of a month the sum of its days, where it is not. Returns how many rows were wrong."""
    return sum(_mend_level(table, level) for table, level in KEPT)


def mend_some_months() -> int:
    """The next level of `mend_months`: the worker looks at one after the other for ever, since beside a new
    version one of an older version may still fold, and that knows no months."""
    table, level = next(_turns)
    if wrong := _mend_level(table, level):
        log.warning("%d months of level %d were not the sum of their days, and are now", wrong, level)
    return wrong


def _mend_level(table: str, level: int) -> int:
    """One level of one table, below the district street by street, so that no transaction is long."""
    spans = [("", "~")]
    if level > LEVELS[2]:
        streets = CountLevel.objects.filter(level=LEVELS[3]).order_by("node")
        spans = [codes.bounds(one) for one in streets.values_list("node", flat=True).distinct()]
    return sum(_mend_span(table, level, low, high) for low, high in spans)


def _mend_span(table: str, level: int, low: str, high: str) -> int:
    """The nodes from `low` to `high`, in one transaction; without any lock when nothing is wrong."""
    rest = TABLES[table]
    month = "date_trunc('month', day)::date" if is_postgres() else "substr(day, 1, 8) || '01'"
    inside = "node >= %s AND node < %s"
    # Names and numbers are of this module.
    wrong = f"""
        SELECT {level + MONTHS}, node, month, {rest}, SUM(n) FROM (
            SELECT node, {month} AS month, {rest}, n FROM {table}
            WHERE level = {level} AND {inside} AND day <> %s
            UNION ALL
            SELECT node, day, {rest}, -n FROM {table} WHERE level = {level + MONTHS} AND {inside}
        ) AS counts GROUP BY node, month, {rest} HAVING SUM(n) <> 0
    """  # noqa: S608
    given = [low, high, GAUGE_DAY, low, high]
    with connection.cursor() as cursor:
        cursor.execute(f"{wrong} LIMIT 1", given)
        if not cursor.fetchall():
            return 0
        with counters.alone():
            cursor.execute(
                f"INSERT INTO {table} (level, node, day, {rest}, n) {wrong}"
                f" ON CONFLICT (level, node, day, {rest}) DO UPDATE SET n = {table}.n + excluded.n",
                given,
            )
            return cursor.rowcount

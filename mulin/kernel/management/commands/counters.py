"""`mulin counters verify`: every counter against a recount of the records; `fold` folds what is waiting."""

import json
import sys
from collections import defaultdict
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from mulin.kernel import counters, registry
from mulin.kernel.db import is_postgres
from mulin.kernel.models import CountCategory, CountDelta, CountLevel

SHOWN = 20
Key = tuple[int, str, str, Any, str, str]  # level, node, measure, day, category ("" where not kept), state


def expected() -> dict[Key, int]:
    """What the tables should hold at every level and node, counted from the records of all modules."""
    figures: dict[Key, int] = defaultdict(int)
    for recount in registry.collect("recounts"):
        for measure, place, grid, day, state, category, n in recount.rows():
            spread(figures, measure, place, grid, day, state, category, n)
    return {key: n for key, n in figures.items() if n}


def spread(figures: dict[Key, int], measure, place, grid, day, state, category, n) -> None:
    """Add one count at every node that it belongs to, as the folding does."""
    for level, node in counters.nodes(place, grid):
        figures[level, node, measure, day, "", state] += n
        if category and level in counters.CATEGORY_LEVELS:
            figures[level, node, measure, day, category, state] += n


def kept(measures: set[str]) -> dict[Key, int]:
    """What the counters say: folded rows plus the deltas that nobody folded yet."""
    figures: dict[Key, int] = defaultdict(int)
    columns = ("level", "node", "measure", "day", "state", "n")
    for level, node, measure, day, state, n in (
        CountLevel.objects.filter(measure__in=measures).values_list(*columns).iterator()
    ):
        figures[level, node, measure, day, "", state] += n
    for level, node, measure, day, state, n, category in (
        CountCategory.objects.filter(measure__in=measures).values_list(*columns, "category").iterator()
    ):
        figures[level, node, measure, day, category, state] += n
    for delta in CountDelta.objects.filter(measure__in=measures).iterator():
        spread(
            figures, delta.measure, delta.place, delta.grid, delta.day, delta.state, delta.category, delta.n
        )
    return {key: n for key, n in figures.items() if n}


def compare() -> tuple[int, list[str]]:
    """How many figures there are, and a sentence for each that is wrong."""
    measures = {name for recount in registry.collect("recounts") for name in recount.measures}
    should, do = expected(), kept(measures)
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


class Command(BaseCommand):
    help = "Checks the counters against a recount of the records (verify), or folds waiting deltas (fold)."

    def add_arguments(self, parser):
        parser.add_argument("what", choices=["verify", "fold"])

    def handle(self, *args, what: str, **options):
        if what == "fold":
            self.stdout.write(json.dumps({"folded": counters.fold_all()}))
            return
        figures, wrong = compare_at_once()
        for line in wrong[:SHOWN]:
            self.stderr.write(line)
        self.stdout.write(json.dumps({"figures": figures, "wrong": len(wrong), "ok": not wrong}))
        if wrong:
            sys.exit(1)

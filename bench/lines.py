"""Part 4: how fast the journal is sealed and verified, and counters are folded."""

import hashlib
import random
import statistics
import time
from datetime import timedelta

from django.db import connection

from bench import databases, worlds
from bench.figures import Figure
from bench.measure import NothingMeasured
from bench.options import Options

DATABASE = "bench_lines"
ROUNDS = 3


def measure(options: Options) -> list[Figure]:
    databases.make(DATABASE)
    worlds.make()
    figures = [*_journal(options.journal_lines), *_counters(options.deltas)]
    databases.drop(DATABASE)
    return figures


def _rate(count: int, seconds: float) -> float:
    if not count:
        raise NothingMeasured("nothing was done")
    return count / seconds


# Journal ------------------------------------------------------------------------------------------------


def _journal(lines: int) -> list[Figure]:
    from mulin.kernel import journal
    from mulin.kernel.models import Entry

    name = databases.name()
    _write_lines(lines)
    started = time.perf_counter()
    sealed = journal.seal_all()
    sealing = _rate(sealed, time.perf_counter() - started)
    rates = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        verdict = journal.verify()
        rates.append(_rate(verdict.entries, time.perf_counter() - started))
        if not verdict.ok:
            raise NothingMeasured(f"the journal does not verify: {verdict}")
    content = [journal.canonical(entry) for entry in Entry.objects.order_by("position").iterator()]
    raw = _hashing(content)
    verifying = statistics.median(rates)
    return [
        Figure("journal", "sealing", name, sealing, "lines/s", ratio=sealing / raw, against="raw SHA-256"),
        Figure(
            "journal",
            "verification",
            name,
            verifying,
            "lines/s",
            min(rates),
            max(rates),
            verifying / raw,
            "raw SHA-256",
            note="reading, JSON and hash of every line; raw: the hash alone, over the same bytes",
        ),
        Figure("journal", "  raw SHA-256 over the same bytes", name, raw, "lines/s"),
    ]


def _write_lines(count: int) -> None:
    """Lines as reports write them, not yet sealed, over many communities."""
    from mulin.kernel.ids import new_id
    from mulin.kernel.models import Entry

    rng = random.Random(5)
    places = rng.sample(worlds.communities(), 200)
    Entry.objects.bulk_create(
        [
            Entry(
                code="voices.voice.submitted",
                actor=new_id(),
                place=rng.choice(places),
                subject=new_id(),
                matter=new_id(),
                data={
                    "number": f"{n:010d}",
                    "kind": "help",
                    "channel": "portal",
                    "category": "lift",
                    "way": "case",
                },
            )
            for n in range(count)
        ],
        batch_size=2000,
    )


def _hashing(content: list[bytes]) -> float:
    """Lines a second when nothing is done but to chain hashes over bytes that are in memory already."""
    rates = []
    for _ in range(ROUNDS):
        head = ""
        started = time.perf_counter()
        for one in content:
            head = hashlib.sha256(head.encode() + b"\n" + one).hexdigest()
        rates.append(_rate(len(content), time.perf_counter() - started))
    return statistics.median(rates)


# Counters -----------------------------------------------------------------------------------------------


def _counters(deltas: int) -> list[Figure]:
    from mulin.kernel import counters

    folding, raws = [], []
    for round_ in range(ROUNDS):
        _append(deltas, round_)
        started = time.perf_counter()
        folded = counters.fold_all()
        folding.append(_rate(folded, time.perf_counter() - started))
        raws.append(_raw_upserts(deltas, round_))
    rate, raw = statistics.median(folding), statistics.median(raws)
    name = databases.name()
    return [
        Figure(
            "journal",
            "folding of counters",
            name,
            rate,
            "deltas/s",
            min(folding),
            max(folding),
            rate / raw,
            "raw UPSERTs",
            note="raw: the sums, made beforehand, written by the bare driver, and the deltas deleted",
        ),
        Figure("journal", "  raw UPSERTs of the sums", name, raw, "deltas/s", min(raws), max(raws)),
    ]


def _some(count: int, seed: int) -> list:
    """Counts as a busy day leaves them: eight a report."""
    from mulin.kernel.clock import today
    from mulin.kernel.counters import Count

    rng = random.Random(seed)
    places = rng.sample(worlds.communities(), 400)
    measures = ("voices.in", "cases.opened", "cases.now", "cases.responded", "cases.done", "cases.closed")
    found = []
    for n in range(count):
        place = rng.choice(places)
        day = today() - timedelta(days=rng.randint(0, 3))
        category = rng.choice(("noise", "lift", "leak", "parking", "garbage"))
        grid = f"{place}-G{rng.randint(1, 5):03d}"
        found.append(Count(measures[n % 6], place, day, 1, state="help", category=category, grid=grid))
    return found


def _append(count: int, seed: int) -> None:
    from mulin.kernel import counters
    from mulin.kernel.db import write

    with write():
        counters.append(_some(count, seed))


def _raw_upserts(count: int, seed: int) -> float:
    """The same deltas, summed in memory before the clock starts."""
    from collections import Counter

    from mulin.kernel import counters
    from mulin.kernel.db import write
    from mulin.kernel.models import CountDelta

    levels: Counter = Counter()
    categories: Counter = Counter()
    for c in _some(count, seed):
        for level, node, day in counters.rows_of(c.place, c.grid, c.day):
            at = day if databases.is_postgres() else day.isoformat()
            levels[level, node, c.measure, at, c.state] += c.n
            if counters.has_categories(level):
                categories[level, node, c.measure, at, c.category, c.state] += c.n
    _append(count, seed)
    started = time.perf_counter()
    with write(), connection.cursor() as cursor:
        for sql, sums in ((counters.UPSERT_LEVEL, levels), (counters.UPSERT_CATEGORY, categories)):
            given = [(*key, n) for key, n in sorted(sums.items())]
            bare = cursor.cursor if databases.is_postgres() else cursor.cursor.connection
            bare.executemany(sql if databases.is_postgres() else sql.replace("%s", "?"), given)
        cursor.execute(f"DELETE FROM {CountDelta._meta.db_table}")
    return _rate(count, time.perf_counter() - started)

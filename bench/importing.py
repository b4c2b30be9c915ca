"""Part 5: the import of a division list, against the same rows written by COPY or executemany."""

import csv
import os
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

from bench import databases
from bench.figures import Figure
from bench.measure import NothingMeasured, spread
from bench.options import Options

DATABASE = "bench_divisions"
ROUNDS = 3
REAL = "divisions"


def measure(options: Options) -> list[Figure]:
    source, real = _list(options.divisions)
    rates, raws, count = [], [], 0
    for round_ in range(1 if options.is_quick else ROUNDS):
        databases.make(DATABASE)
        rate, count = _import(source)
        rates.append(rate)
        raws.append(_raw(round_))
        databases.drop(DATABASE)
    (rate, low, high), (raw, raw_low, raw_high) = spread(rates), spread(raws)
    name = databases.name()
    whose = "real list of Chongqing" if real else "generated list"
    bare = "COPY" if databases.is_postgres() else "executemany"
    return [
        Figure(
            "divisions",
            f"import, {whose}, {count:,} rows",
            name,
            rate,
            "rows/s",
            low,
            high,
            rate / raw,
            bare,
            note="reading, checking, staging, comparing with what is known; raw: ready rows, same table",
        ),
        Figure("divisions", f"  raw {bare}", name, raw, "rows/s", raw_low, raw_high),
    ]


def _list(count: int) -> tuple[Path, bool]:
    """The villages of the real list if it is at hand, else one of the same form."""
    given = os.environ.get("MULIN_DATA")
    real = sorted(Path(given, REAL).glob("chongqing_villages*.csv")) if given else []
    if real:
        return real[-1], True
    path = settings.MULIN_HOME / "villages_2023.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("code", "name", "kind", "street_code", "area_code"))
        for n in range(count):
            street = f"5001{n // 1000 + 1:02d}{n // 20 % 50 + 1:03d}"
            code = f"{street}{n % 20 + 1:03d}"
            writer.writerow((code, f"第{n}社区居民委员会", "residents", street, street[:6]))
    return path, False


def _import(source: Path) -> tuple[float, int]:
    from mulin.kernel.actors import SYSTEM
    from mulin.places.actions import import_divisions

    started = time.perf_counter()
    report = import_divisions(actor=SYSTEM, path=source)
    seconds = time.perf_counter() - started
    rows = sum(report.by_level.values())
    if not report.created or report.rejected:
        raise NothingMeasured(f"the import made {report.created} rows and rejected {report.rejected}")
    return rows / seconds, rows


def _raw(round_: int) -> float:
    """Read the imported rows, empty the table, and write them again through the bare driver."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM places_division")
        names = [column[0] for column in cursor.description]
        rows = cursor.fetchall()
        cursor.execute("DELETE FROM places_division")
        started = time.perf_counter()
        if databases.is_postgres():
            with cursor.copy(f"COPY places_division ({', '.join(names)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" for _ in names)
            bare = cursor.cursor.connection
            bare.execute("BEGIN IMMEDIATE")
            bare.executemany(f"INSERT INTO places_division VALUES ({marks})", rows)
            bare.execute("COMMIT")
        return len(rows) / (time.perf_counter() - started)

"""Part 3: boards at three sizes of history.

A board reads level tables and the index of open cases, so those are filled: the level tables for every day,
place and measure as the folding of so many cases would leave them (made as sets, not by so many actions); the
table by category with what came in; real rows for every open case, and for all cases of the street at home.
Below the community, grids are counted in the street at home only.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import numpy as np
from django.db import connection

from bench import databases, filling, reading, rows, worlds
from bench.batch import DAY
from bench.figures import Figure
from bench.measure import timed
from bench.options import Options
from bench.reading import Found, Logins, Probe

GOAL_RATIO = 1.3
OPEN_SHARE, LATE_SHARE = 0.03, 0.05
# (measure, state, how many of a hundred cases count there), in the order of the tables' key
COUNTED = (
    ("cases.closed", "confirmed", 0.70),
    ("cases.closed", "refused", 0.05),
    ("cases.closed", "unconfirmed", 0.20),
    ("cases.closed", "withdrawn", 0.02),
    ("cases.done", "", 0.95),
    ("cases.excluded", "weather", 0.01),
    ("cases.merged", "", 0.01),
    ("cases.now", "closed", 0.96),
    ("cases.now", "in_hand", 0.02),
    ("cases.now", "reported", 0.01),
    ("cases.opened", "", 1.0),
    ("cases.reopened", "", 0.03),
    ("cases.responded", "in_time", 0.85),
    ("cases.responded", "late", 0.12),
    ("cases.satisfied", "no", 0.12),
    ("cases.satisfied", "yes", 0.60),
    ("cases.solved", "no", 0.12),
    ("cases.solved", "unknown", 0.20),
    ("cases.solved", "yes", 0.62),
    ("cases.suspended", "", 0.02),
    ("voices.in", "complaint", 0.33),
    ("voices.in", "consult", 0.17),
    ("voices.in", "help", 0.50),
    ("voices.in", "suggestion", 0.08),
    ("voices.in", "tip_off", 0.03),
)
# Of a city's board the growth is promised; the others have so few rows at first that it says nothing.
GROWN = "board of a city"
PERIODS = {"week": "7 days", "month": "30 days", "quarter": "90 days", "year": "a year"}
# A municipality: its own code, since the formal level below it (500100) has no board of its own.
PLACES = {
    "city": worlds.PROVINCE,
    "district": worlds.DISTRICT,
    "street": worlds.STREET,
    "community": worlds.HOME,
}


def database(size: int) -> str:
    return f"bench_boards_{size}"


def measure(options: Options) -> list[Figure]:
    sizes = options.board_sizes
    logins = _fill(sizes)
    probes = [
        Probe(f"board of a {kind}, {PERIODS[period]}, {who}", role, f"/board/{place}/?period={period}")
        for kind, place in PLACES.items()
        for period in (PERIODS if kind in {"city", "district"} else ("month", "year"))
        for who, role in (("staff", "district"), ("anyone", ""))
    ]
    found = {(probe.name, size): Found() for probe in probes for size in sizes}
    for round_ in range(options.board_rounds):
        for probe in probes:
            asked = dict.fromkeys(sizes, probe)
            reading.ask(asked, database, logins, found, options.board_repeats, round_)
    figures = reading.grown("boards", found, sizes, GOAL_RATIO, GROWN)
    figures += reading.statements("boards", found, sizes)
    for size in sizes:
        databases.drop(database(size))
    return figures


def _fill(sizes: tuple[int, ...]) -> Logins:
    from bench.inside import say

    world = worlds.template()
    databases.use(world)
    logins = reading.log_in()
    ground = filling.Ground()
    for size in sizes:
        databases.make(database(size), world)
        took = timed(lambda size=size: _fill_one(ground, size)) / 1000
        took += timed(databases.tidy) / 1000
        databases.use(database(size))
        say(
            f"  {databases.name()}: counts of {size:,} cases, {databases.megabytes():,.0f} MB,"
            f" in {took:.0f} s"
        )
    return logins


def _fill_one(ground: filling.Ground, size: int) -> None:
    from mulin.insight import lateness
    from mulin.kernel.clock import today as local_day

    today = local_day()
    with _keyless("kernel_countlevel", "kernel_countcategory"), rows.loading():
        _fill_levels(ground, size, today)
        _fill_categories(ground, size, today)
    with rows.without_indexes("cases_case"), rows.loading():
        _fill_cases(ground, size)
    filling.count_months()
    _fill_gauge()
    lateness.count_late()


@contextmanager
def _keyless(*tables: str) -> Iterator[None]:
    """PostgreSQL makes the tables' keys again afterwards; SQLite gets its rows in the order of the key."""
    if not databases.is_postgres():
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'u' AND conrelid::regclass::text = ANY(%s)",
            [list(tables)],
        )
        known = cursor.fetchall()
        for table, name, _ in known:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    yield
    with connection.cursor() as cursor:
        for table, name, definition in known:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


# Level tables -------------------------------------------------------------------------------------------


def _fill_levels(ground: filling.Ground, size: int, today: date) -> None:
    """Counts of communities are drawn, those of larger places are their sums."""
    rng = np.random.default_rng([ground.seed, size])
    shares = np.array([share for _, _, share in COUNTED])
    days = [(today - timedelta(days=filling.DAYS - 1 - n)).isoformat() for n in range(filling.DAYS)]
    sums: dict[str, np.ndarray] = {}
    shape = (len(COUNTED), filling.DAYS)
    for place, weight in sorted(zip(ground.communities, ground.weights.tolist(), strict=True)):
        counts = rng.poisson((size * weight / filling.DAYS * shares)[:, None], shape)
        for length in (9, 6, 4, 2):
            above = place[:length].ljust(12, "0")
            key = f"{length:02d}{above}"
            sums[key] = sums[key] + counts if key in sums else counts.copy()
        _hold(12, place, counts, days)
        if place.startswith(worlds.STREET[:9]):
            for grid in worlds.grids(place):
                _hold(15, grid, rng.poisson(counts / (worlds.GRIDS_EACH + 1)), days)
    _flush()
    for key, counts in sorted(sums.items()):
        _hold(int(key[:2]), key[2:], counts, days)
    _flush()


_held: list[list] = [[] for _ in range(6)]
_MOST_HELD = 400_000
MEASURE_STARTS = [i for i, one in enumerate(COUNTED) if i == 0 or COUNTED[i - 1][0] != one[0]]


def _hold(level: int, node: str, counts: np.ndarray, days: list[str]) -> None:
    """Keep the rows of one node, in the order of the key: measure, day, state."""
    for start, end in zip(MEASURE_STARTS, [*MEASURE_STARTS[1:], len(COUNTED)], strict=True):
        part = counts[start:end].T
        where, which = np.nonzero(part)
        n = len(where)
        columns = (
            [level] * n,
            [node] * n,
            [days[i] for i in where.tolist()],
            [COUNTED[start][0]] * n,
            [COUNTED[start + i][1] for i in which.tolist()],
            part[where, which].tolist(),
        )
        for held, column in zip(_held, columns, strict=True):
            held.extend(column)
    if len(_held[0]) >= _MOST_HELD:
        _flush()


def _flush() -> None:
    names = ("level", "node", "day", "measure", "state", "n")
    if _held[0]:
        rows.write("kernel_countlevel", len(_held[0]), dict(zip(names, _held, strict=True)))
    for held in _held:
        held.clear()


def _fill_categories(ground: filling.Ground, size: int, today: date) -> None:
    """What came in, by category, from the streets up."""
    rng = np.random.default_rng([ground.seed, size, 1])
    weight: dict[str, float] = {}
    for place, share in zip(ground.communities, ground.weights.tolist(), strict=True):
        for length in (9, 6, 4, 2):
            key = f"{length:02d}{place[:length].ljust(12, '0')}"
            weight[key] = weight.get(key, 0.0) + share
    categories = sorted(zip(ground.categories, ground.category_weights.tolist(), strict=True))
    shares = np.array([share for _, share in categories])
    days = [(today - timedelta(days=filling.DAYS - 1 - n)).isoformat() for n in range(filling.DAYS)]
    for key, share in sorted(weight.items()):
        counts = rng.poisson(size * share / filling.DAYS * shares, (filling.DAYS, len(shares)))
        where, which = np.nonzero(counts)
        if not len(where):
            continue
        columns = {
            "level": int(key[:2]),
            "node": key[2:],
            "day": [days[i] for i in where.tolist()],
            "measure": "cases.opened",
            "state": "",
            "category": [categories[i][0] for i in which.tolist()],
            "n": counts[where, which].tolist(),
        }
        rows.write("kernel_countcategory", len(where), columns)


def _fill_gauge() -> None:
    """How many are open now, as the gauge would say: from the real rows."""
    from mulin.kernel.counters import GAUGE_DAY

    for level in (2, 4, 6, 9, 12, 15):
        node = "grid" if level == 15 else f"substr(place, 1, {level}) || '{'0' * (12 - level)}'"
        rows.execute(
            "INSERT INTO kernel_countlevel (level, node, day, measure, state, n)"
            f" SELECT %s, {node}, %s, 'cases.open', '', COUNT(*)"
            f" FROM cases_case WHERE is_open GROUP BY {node}",
            [level, GAUGE_DAY],
        )


# Cases --------------------------------------------------------------------------------------------------


def _fill_cases(ground: filling.Ground, size: int) -> None:
    """Every open case, and all of the street at home."""
    rng = np.random.default_rng([ground.seed, size, 2])
    at_home = np.array([place.startswith(worlds.STREET[:9]) for place in ground.communities])
    home_weights = np.where(at_home, ground.weights, 0)
    closed = int(size * home_weights.sum() * (1 - OPEN_SHARE))
    _write_cases(ground, rng, int(size * OPEN_SHARE), ground.weights, True)
    _write_cases(ground, rng, closed, home_weights / home_weights.sum(), False)


def _write_cases(ground: filling.Ground, rng, n: int, weights: np.ndarray, is_open: bool) -> None:
    from mulin.cases.models import Case

    now = time.time()
    made = np.sort(now - DAY * rng.random(n) * (20 if is_open else filling.DAYS))
    due = made + DAY * 60
    if is_open:
        due = np.where(rng.random(n) < LATE_SHARE, now - 3600, now + DAY)
    where = rng.choice(len(ground.communities), n, p=weights).tolist()
    places = [ground.communities[i] for i in where]
    grids = rng.integers(1, worlds.GRIDS_EACH + 1, n).tolist()
    chosen = rng.choice(len(ground.categories), n, p=ground.category_weights).tolist()
    states = rng.choice(len(filling.STATES), n, p=filling.STATE_WEIGHTS).tolist()
    moments = rows.moments(made)
    rows.Table(Case).write(
        n,
        id=rows.ids(made, rng),
        created_at=moments,
        number=[f"{int(is_open)}{i:09d}" for i in range(n)],
        matter_id=rows.ids(made, rng),
        place=places,
        desk=places,
        grid=[f"{place}-G{grid:03d}" for place, grid in zip(places, grids, strict=True)],
        category=[ground.categories[i] for i in chosen],
        kind="help",
        title="",
        state=[filling.STATES[i] for i in states] if is_open else "closed",
        is_open=is_open,
        opened_on=rows.days(made),
        due_at=rows.moments(due),
        updated_at=moments,
    )

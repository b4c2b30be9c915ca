"""The matrix: every route, every method, every role, things of one's own community and of another."""

import os
from collections.abc import Iterator

import pytest

from tests.matrix import table
from tests.matrix.objects import things_of
from tests.matrix.probe import Probe, questions, undone
from tests.matrix.routes import Route, all_routes
from tests.matrix.world import ROLES, build

ROUTES = all_routes()
TABLE = table.read()
RECORDING = os.environ.get("MULIN_MATRIX_RECORD", "")
MOST = 20


@pytest.fixture(scope="module")
def probe(django_db_setup, django_db_blocker, no_network) -> Iterator[Probe]:
    """The people and things, made once; every question undoes what it did."""
    with django_db_blocker.unblock(), undone():
        yield Probe(build())


@pytest.fixture(scope="module")
def recorded() -> Iterator[list[table.Row]]:
    """Rows as they were seen, written to the files at the end when `tests.matrix.record` asks for it."""
    rows: list[table.Row] = []
    yield rows
    if RECORDING:
        table.write(rows)


def wrong(route: Route, row: table.Row, role: str, seen: str, lines: int) -> str:
    """What is wrong with an answer, in a line; empty when nothing is."""
    _path, method, thing, place = row.key
    who = f"{role}, {method} {route.path} {thing} {place}".rstrip()
    if seen != row.cells[role]:
        return f"{who}: {seen}, and the table says {row.cells[role]}"
    if lines and (seen != "ok" or method == "GET"):
        return f"{who}: answered {seen} and yet wrote {lines} journal lines"
    return ""


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES, ids=[route.path or "/" for route in ROUTES])
def test_everybody_experiences_what_the_table_says(route, probe, recorded):
    assert things_of(route) is not None, (
        f"{route.name} ({route.path}) asks for {route.params}: say for which in tests/matrix/objects.py"
    )
    faults = []
    for asked in questions(route):
        expected = TABLE.get(asked.key)
        answers = {role: probe.ask(route, asked.method, asked.thing, role) for role in ROLES}
        seen = table.Row(asked.key, {role: cell for role, (cell, _lines) in answers.items()}, route.table)
        recorded.append(seen if expected is None or RECORDING == "all" else expected)
        if expected is None:
            faults.append(f"not in tests/matrix/table/{route.table}.csv: {table.line(seen)}")
            continue
        faults += filter(None, (wrong(route, expected, role, *answers[role]) for role in ROLES))
    assert not faults, "\n" + "\n".join(faults[:MOST])


def test_the_table_holds_nothing_that_is_not_a_route():
    asked = {one.key for route in ROUTES for one in questions(route)}
    left = [table.line(row) for key, row in TABLE.items() if key not in asked]
    assert not left or RECORDING, "take out of tests/matrix/table:\n" + "\n".join(left)

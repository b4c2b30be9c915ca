"""The matrix: every route, every method, every role, things of one's own community and of another."""

import os
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from mulin.kernel.models import Entry
from tests.matrix import table
from tests.matrix.objects import things_of
from tests.matrix.parts import all_parts
from tests.matrix.probe import Probe, questions, undone
from tests.matrix.routes import Route, all_routes
from tests.matrix.world import ROLES, build

ROUTES = all_routes()
RECORDING = os.environ.get("MULIN_MATRIX_RECORD", "")
TABLE = table.read(is_strict=not RECORDING)
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
        place = {route.path: n for n, route in enumerate(ROUTES)}
        asked_of = {row.key[0] for row in rows}
        kept = [row for row in TABLE.values() if row.key[0] not in asked_of and row.key[0] in place]
        table.write(sorted([*kept, *rows], key=lambda row: place[row.key[0]]))


def wrong(route: Route, row: table.Row, role: str, seen: str, lines: int) -> str:
    """What is wrong with an answer, in a line; empty when nothing is."""
    _path, method, thing, place = row.key
    who = f"{role}, {method} {route.path} {thing} {place}".rstrip()
    if seen != row.cells[role]:
        return f"{who}: {seen}, and the table says {row.cells[role]}"
    if lines and (seen != "ok" or method == "GET"):
        return f"{who}: answered {seen} and yet wrote {lines} journal lines"
    return ""


def asked(probe: Probe, route: Route) -> Iterator[tuple[table.Row, dict[str, int]]]:
    """Each row as it was seen, and how many journal lines each role wrote. A method that a route does not
    take is asked for one thing only."""
    closed: set[str] = set()
    for key, method, thing in questions(route):
        if method in closed:
            continue
        with probe.prepared(thing):
            answers = {role: probe.ask(route, method, thing, role) for role in ROLES}
        cells = {role: cell for role, (cell, _lines) in answers.items()}
        if "405" in cells.values() and set(cells.values()) <= {"405", "login"}:
            closed.add(method)
        yield table.Row(key, cells, route.table), {role: lines for role, (_cell, lines) in answers.items()}


def check(probe: Probe, recorded: list[table.Row], route: Route) -> None:
    """Ask a route everything, and compare with the table."""
    assert things_of(route) is not None, (
        f"{route.name} ({route.path}) asks for {route.params}: say for which in tests/matrix/objects.py"
    )
    faults, left = [], {key for key in TABLE if key[0] == route.path}
    for seen, lines in asked(probe, route):
        expected = TABLE.get(seen.key)
        left.discard(seen.key)
        recorded.append(seen if expected is None or RECORDING == "all" else expected)
        if expected is None:
            faults.append(f"not in tests/matrix/table/{route.table}.csv: {table.line(seen)}")
            continue
        faults += filter(None, (wrong(route, expected, r, seen.cells[r], lines[r]) for r in ROLES))
    faults += [f"take out of tests/matrix/table: {table.line(TABLE[key])}" for key in sorted(left)]
    assert not faults, "\n" + "\n".join(faults[:MOST])


def each(is_desk: bool) -> pytest.MarkDecorator:
    """Half of the routes: two classes, so that two processes can share the work."""
    routes = [route for route in ROUTES if (route.table in {"desk", "admin"}) == is_desk]
    return pytest.mark.parametrize("route", routes, ids=[route.path or "/" for route in routes])


@pytest.mark.django_db
class TestWorkersPages:
    @each(is_desk=True)
    def test_everybody_experiences_what_the_table_says(self, route, probe, recorded):
        check(probe, recorded, route)

    def test_a_batch_changes_no_case_of_another_community(self, probe):
        number = probe.matrix.home.numbers["unpublished"]
        with undone():
            before = Entry.objects.count()
            client = Client()
            client.force_login(probe.matrix.cast.other_clerk.account)
            client.post(reverse("desk:batch"), {"n": [number], "move": "accept"})
            assert Entry.objects.count() == before
            client.force_login(probe.matrix.cast.clerk.account)
            client.post(reverse("desk:batch"), {"n": [number], "move": "accept"})
            assert Entry.objects.count() > before


@pytest.mark.django_db
class TestPagesOfAllAndPrograms:
    @each(is_desk=False)
    def test_everybody_experiences_what_the_table_says(self, route, probe, recorded):
        check(probe, recorded, route)


# What is never done in the matrix, and why; tests of its own module do it.
NOT_DONE = {
    "find": "takes the code of a receipt on paper",
    "stop-harm": "only where a rule sets a time by which harm has to stop",
    "desk/enter/many/": "takes rows of a table",
    "desk/enter/chat/": "takes the lines of a chat",
    "s/<str:number>/save": "takes the cookie of the browser that began the sheet",
    "desk/surveys/<str:number>/reopen/": "never after results were published, as in the matrix",
    "desk/import/": "takes a file",
    "desk/academy/sessions/<str:number>/photos/": "takes a file",
    "desk/academy/sessions/<str:number>/substitute/": "takes a second teacher, who is not in the matrix",
    "desk/council/votes/<str:number>/paper/official/": "takes a file",
    "desk/admin/places/import/": "takes a file",
    "desk/admin/places/shapes/": "takes a file",
    "desk/admin/places/reorganise/": "takes a file",
    "desk/admin/places/shape/<str:code>/": "takes a file",
    "desk/admin/webhooks/new/": "would look an address up",
    "api/v1/webhooks": "would look an address up",
}


def test_whatever_may_be_done_is_done_by_somebody():
    """Where everybody who may is told that it cannot be done like this, nothing is proved of doing it."""
    done: dict[tuple[str, str], bool] = {}
    for (path, method, thing, _place), row in TABLE.items():
        cells = set(row.cells.values())
        if method == "GET" or not cells & {"ok", "told"}:
            continue
        what = (path, thing.split(" ")[0] if "<slug:move>" in path else "")
        done[what] = done.get(what, False) or "ok" in cells
    left = {what for what, is_done in done.items() if not is_done}
    left = {(path, move) for path, move in left if not {path, move, path.split("/")[-1]} & NOT_DONE.keys()}
    assert not left


HOME_ONLY = ("resident", "group_leader", "building_head", "gridworker", "clerk", "secretary")
AWAY_ONLY = ("neighbour", "outsider")
# Shown to everybody, wherever they live: what is public, what anyone may report, and links that are keys.
OPEN_THINGS = {"", "community", "receipt", "recover", "approved", "group"}
PUBLISHED = {"published", "wish", "voice-published", "survey_open", "survey_published"}
PUBLISHED |= {name for part in all_parts() for name in getattr(part, "PUBLISHED", ())}
OPEN_TABLES = {
    "portal",
    "council",
    "register",
    "open311",
    "board",
    "places",
    "house",
    "academy",
    "aid",
    "venues",
}
# On a round one signs up whoever asks, for any session that everybody may come to.
OPEN_ROUTES = {"desk/academy/sessions/<str:number>/people/new/"}
# What people of both communities have a part in, and what is there for every desk.
OF_BOTH = {name for part in all_parts() for name in getattr(part, "OF_BOTH", ())}


def test_nothing_private_of_the_other_community_is_shown_or_done():
    """Whatever the table was recorded as: what is not public is 403 or 404 for people of elsewhere."""
    faults = []
    for (path, method, thing, place), row in TABLE.items():
        is_public = thing in OPEN_THINGS | OF_BOTH or (thing in PUBLISHED and row.table in OPEN_TABLES)
        if is_public or path in OPEN_ROUTES or thing.endswith("-held"):  # the receipt in hand is the key
            continue
        strangers = HOME_ONLY if place == "away" else AWAY_ONLY if place == "home" else ()
        faults += [
            f"{role}, {method} {path} {thing} {place}: {row.cells[role]}"
            for role in strangers
            if row.cells[role] in {"ok", "told"}
        ]
    assert not faults, "\n".join(faults)


def test_a_tip_off_is_shown_to_who_made_it_and_to_the_street_and_above_only():
    allowed = {"home": {"resident", "street", "district"}, "away": {"neighbour", "district"}}
    rows = [(key, row) for key, row in TABLE.items() if "tip_off" in key[2]]
    assert len(rows) > 40
    for key, row in rows:
        seen = {role for role, cell in row.cells.items() if cell in {"ok", "told"}}
        assert seen <= allowed[key[3]], key


def test_the_table_holds_no_address_that_is_not_a_route():
    paths = {route.path for route in ROUTES}
    left = [table.line(row) for key, row in TABLE.items() if key[0] not in paths]
    assert not left or RECORDING, "take out of tests/matrix/table:\n" + "\n".join(left)

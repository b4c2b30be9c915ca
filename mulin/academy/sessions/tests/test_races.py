"""Many people at one moment, and processes that die in between: no place is sold twice."""

import json
import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from mulin.academy.sessions import actions
from mulin.academy.sessions.models import Session, Signup
from mulin.academy.sessions.tests.conftest import HOURS, at
from mulin.kernel import clock
from mulin.kernel.db import is_postgres
from mulin.kernel.models import Entry
from mulin.kernel.numbers import new_number
from mulin.kernel.testing.together import at_once
from mulin.people.models import Account
from mulin.people.queries import actor_for
from mulin.places.models import Venue
from mulin.places.venues.actions import close_venue

ROOT = Path(__file__).resolve().parents[4]
RACING = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
# PostgreSQL of the tests takes 60 connections.
AT_ONCE = 40


def of_two_hundred(people: list, act) -> list[str]:
    """Forty threads press together, each for five people in turn."""
    share = len(people) // AT_ONCE

    def thread(n: int):
        def run() -> None:
            with clock.at(at("2026-11-23 09:00")):
                for one in people[n * share : (n + 1) * share]:
                    act(one)

        return run

    return at_once(*(thread(n) for n in range(AT_ONCE)))


@pytest.fixture
def two_hundred(world) -> list:
    accounts = [Account(username=f"crowd{n}", name=f"邻居{n}", password="!") for n in range(200)]
    Account.objects.bulk_create(accounts)
    return [actor_for(one) for one in accounts]


class TestPressingAtOnce:
    pytestmark = RACING

    def test_two_hundred_people_press_the_last_place_at_once_and_one_gets_it(self, cast, plan, two_hundred):
        session = plan(places_most=1)
        number = session.number
        refused = of_two_hundred(two_hundred, lambda one: actions.sign_up(actor=one, number=number))
        session.refresh_from_db()
        assert refused == [] and (session.taken, session.waiting) == (1, 199)
        rows = list(session.signups.order_by("position").values_list("position", "state"))
        assert rows == [(1, "coming"), *((n, "waiting") for n in range(2, 201))]
        assert Entry.objects.filter(code="academy.session.signed_up").count() == 200
        # The order of arrival is the order in which they move up.
        line = list(session.signups.order_by("position").values_list("account_id", flat=True))
        actors = {one.account: one for one in two_hundred}
        for n in range(3):
            actions.leave(actor=actors[line[n]], number=number)
            coming = session.signups.get(state="coming")
            assert coming.account_id == line[n + 1]

    def test_coming_and_leaving_at_once_never_sells_a_place_twice(self, plan, two_hundred):
        session = plan(places_most=7)
        number = session.number

        def come_and_go(one) -> None:
            actions.sign_up(actor=one, number=number, heads=1 + one.account.int % 3)
            if one.account.int % 2:
                actions.leave(actor=one, number=number)

        assert of_two_hundred(two_hundred, come_and_go) == []
        session.refresh_from_db()
        heads = dict.fromkeys(("coming", "waiting"), 0)
        for state, n in session.signups.exclude(state="cancelled").values_list("state", "heads"):
            heads[state] += n
        assert (session.taken, session.waiting) == (heads["coming"], heads["waiting"])
        assert session.taken <= 7
        first = session.signups.filter(state="waiting").order_by("position").first()
        assert first is None or session.taken + first.heads > 7, "a place stays empty"
        positions = list(session.signups.values_list("position", flat=True))
        assert len(set(positions)) == len(positions) == session.last_position

    def test_the_same_finger_twice_at_once_is_one_sign_up(self, cast, plan):
        session = plan()
        actor = cast.resident.actor

        def press() -> None:
            with clock.at(at("2026-11-23 09:00")):
                actions.sign_up(actor=actor, number=session.number)

        assert at_once(*[press] * 12) == []
        assert Signup.objects.count() == 1 and Entry.objects.filter(code__contains="signed_up").count() == 1

    def test_two_sessions_want_one_room_at_once_and_one_has_it(self, cast, world):
        hall = Venue.objects.create(
            number=new_number(), place=world.home, name="大厅", kind="hall", hours=HOURS
        )
        starts_at = at("2026-11-24 14:00")

        def plan_one() -> None:
            with clock.at(at("2026-11-23 09:00")):
                actions.plan_session(
                    actor=cast.clerk.actor, place=world.home, title="抢大厅", kind="tea", venue=hall,
                    starts_at=starts_at, ends_at=starts_at + timedelta(hours=1),
                )  # fmt: skip

        assert at_once(*[plan_one] * 8) == ["slot-taken"] * 7
        assert Session.objects.count() == 1

    def test_a_room_that_is_given_up_while_a_session_is_planned_has_none_or_stays(self, cast, world):
        """Whoever comes first is heard; no session stands in a room that was given up."""
        for n in range(6):
            hall = Venue.objects.create(
                number=new_number(), place=world.home, name=f"大厅{n}", kind="hall", hours=HOURS
            )
            starts_at = at("2026-11-25 14:00")

            def plan_one(hall: Venue = hall, starts_at: datetime = starts_at) -> None:
                with clock.at(at("2026-11-23 09:00")):
                    actions.plan_session(
                        actor=cast.clerk.actor, place=world.home, title="排练", kind="tea", venue=hall,
                        starts_at=starts_at, ends_at=starts_at + timedelta(hours=1),
                    )  # fmt: skip

            def give_up(hall: Venue = hall) -> None:
                with clock.at(at("2026-11-23 09:00")):
                    close_venue(actor=cast.clerk.actor, number=hall.number, reason="要翻修")

            assert at_once(plan_one, give_up) in (["closed-venue"], ["has-bookings"])
            hall.refresh_from_db()
            assert Session.objects.filter(venue=hall).exists() is (hall.closed_on is None)


# A crash in between -------------------------------------------------------------------------------------


@pytest.fixture
def process(tmp_path, request):
    """`process("sign", "first")` acts in a process of its own on a database in files; with `stop` it is
    killed between its writes and their end."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MULIN_")}
    environment |= {
        "MULIN_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "mulin.site.settings", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    if is_postgres():
        request.getfixturevalue("transactional_db")
        url = urlsplit(os.environ["MULIN_DATABASE_URL"])
        environment["MULIN_DATABASE_URL"] = urlunsplit(
            url._replace(path=f"/{connection.settings_dict['NAME']}")
        )
    command = [sys.executable, "-m", "mulin.academy.sessions.tests.crashing"]

    def run(*words: str) -> dict:
        child = subprocess.Popen(
            [*command, *words], env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        if "stop" in words:
            assert child.stdout.readline().strip() == "between", child.communicate()[1]
            child.send_signal(signal.SIGKILL)
        out, err = child.communicate(timeout=180)
        assert child.returncode == (-signal.SIGKILL if "stop" in words else 0), err
        return json.loads(out) if words[0] == "state" else {}

    if not is_postgres():
        run("migrate")
    run("prepare")
    return run


@pytest.mark.slow
def test_a_crash_between_taking_a_place_and_the_end_sells_nothing_twice(process):
    assert settings.TESTING
    process("sign", "first", "stop")
    assert process("state") == {"taken": 0, "waiting": 0, "rows": [], "lines": 0}
    process("sign", "second")
    process("sign", "first")
    rows = [["second", "coming", 1], ["first", "waiting", 2]]
    assert process("state") == {"taken": 1, "waiting": 1, "rows": rows, "lines": 2}
    # The place is given on, and the process dies before that is said: nobody lost it, nobody has it twice.
    process("leave", "second", "stop")
    assert process("state") == {"taken": 1, "waiting": 1, "rows": rows, "lines": 2}
    process("leave", "second")
    rows = [["second", "cancelled", 1], ["first", "coming", 2]]
    assert process("state") == {"taken": 1, "waiting": 0, "rows": rows, "lines": 3}

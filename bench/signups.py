"""Part 11: thousands of people sign up for a few hundred places, all at once, over HTTP.

Every person has an account and is signed in; each presses once. Then it is counted from the records that no
place was sold twice and that those who arrived first have the places. The raw limit are rows written one by
one by the bare driver, each committed, on the same database in the same run: before and after the load.
"""

import json
import random
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.conf import settings
from django.db import connection

from bench import databases, servers, worlds
from bench.creating import _session
from bench.figures import Figure, at_least, at_most
from bench.measure import NothingMeasured, percentile
from bench.options import Options

DATABASE = "bench_signups"
# 20,000 in ten minutes.
GOAL_RATE = 20_000 / 600
COURSES = 10
BATCH = 1_000


def measure(options: Options) -> list[Figure]:
    people, places, connections = options.signups
    databases.make(DATABASE, worlds.template())
    requests = _prepare(people, places)
    databases.tidy()
    connection.close()
    before = _raw(options.load_seconds / 2, connections)
    with servers.running(DATABASE) as server:
        found = _press(server.port, connections, requests)
    after = _raw(options.load_seconds / 2, connections)
    databases.use(DATABASE)
    sold, waiting = _check(people, places, found)
    databases.drop(DATABASE)
    return _figures(options, found, (before + after) / 2, sold, waiting)


# Before -------------------------------------------------------------------------------------------------


def _prepare(people: int, places: int) -> list[dict[str, str]]:
    """The courses, the people, their sessions in the browser, and one request of each in a mixed order."""
    from django.db import transaction
    from django.urls import reverse

    with transaction.atomic():
        courses = _courses(places)
        cookies = _people(people)
    paths = [reverse("academy:session-signup", args=[one]) for one in courses]
    rng = random.Random(5)
    requests = [{"path": paths[n % COURSES], "cookie": one} for n, one in enumerate(cookies)]
    rng.shuffle(requests)
    return requests


def _courses(places: int) -> list[str]:
    from mulin.academy.sessions.models import Session
    from mulin.kernel import clock
    from mulin.kernel.numbers import new_number

    starts_at = clock.now() + timedelta(days=7)
    rows = Session.objects.bulk_create(
        Session(
            number=new_number(), place=worlds.HOME, title=f"暑期班{n}", where="社区二楼", starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1), places_most=places // COURSES,
        )
        for n in range(COURSES)
    )  # fmt: skip
    return [one.number for one in rows]


def _people(people: int) -> list[str]:
    """Accounts, and the key of a browser session of each."""
    from importlib import import_module

    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from mulin.people.models import Account

    store = import_module(settings.SESSION_ENGINE).SessionStore
    cookies = []
    for start in range(0, people, BATCH):
        some = [
            Account(username=f"crowd{n}", name=f"邻居{n}", password=f"!{n}", is_demo=True)
            for n in range(start, min(start + BATCH, people))
        ]
        for account in Account.objects.bulk_create(some):
            session = store()
            session[SESSION_KEY] = str(account.pk)
            session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
            session[HASH_SESSION_KEY] = account.get_session_auth_hash()
            session.create()
            cookies.append(session.session_key)
    return cookies


# The load -----------------------------------------------------------------------------------------------


def _press(port: int, connections: int, requests: list[dict[str, str]]) -> dict:
    plan = settings.MULIN_HOME / "crowd.json"
    plan.write_text(
        json.dumps({"port": port, "connections": connections, "requests": requests}), encoding="utf-8"
    )
    done = subprocess.run(
        [sys.executable, "-m", "bench.crowd", str(plan)], cwd=servers.ROOT, capture_output=True, text=True,
        timeout=1500,
    )  # fmt: skip
    if done.returncode:
        raise NothingMeasured(f"the crowd failed: {done.stderr[-2000:]}")
    found = json.loads(done.stdout.splitlines()[-1])
    if set(found["statuses"]) != {"302"}:
        raise NothingMeasured(f"not every sign-up was answered: {found['statuses']}")
    return found


def _check(people: int, places: int, found: dict) -> tuple[int, int]:
    """Every press is a sign-up with a line, and every course sold just its places to who came first."""
    from mulin.academy.sessions.models import Session, Signup
    from mulin.kernel.models import Entry

    lines = Entry.objects.filter(code="academy.session.signed_up").count()
    if not len(found["times"]) == Signup.objects.count() == lines == people:
        raise NothingMeasured(f"{people} pressed, {Signup.objects.count()} signed up, {lines} lines")
    for course in Session.objects.all():
        rows = list(course.signups.order_by("position").values_list("position", "state"))
        each = course.places_most or 0
        first = [(n + 1, "coming" if n < each else "waiting") for n in range(len(rows))]
        if (
            rows != first
            or course.taken != min(each, len(rows))
            or course.waiting != len(rows) - course.taken
        ):
            raise NothingMeasured(f"places were sold twice or out of order in {course.number}")
    sold = Signup.objects.filter(state="coming").count()
    return sold, Signup.objects.filter(state="waiting").count()


# The raw limit --------------------------------------------------------------------------------------------


def _raw(seconds: float, connections: int) -> float:
    """Rows a second, each written and committed by itself by the bare driver."""
    plan = _session()
    _raw_table(plan)
    end = time.perf_counter() + seconds
    started = time.perf_counter()
    with ThreadPoolExecutor(connections) as threads:
        written = sum(threads.map(lambda n: _write_rows(plan, n, end), range(connections)))
    if not written:
        raise NothingMeasured("the raw writer wrote nothing")
    return written / (time.perf_counter() - started)


def _connect(plan: dict):
    if "sqlite" not in plan:
        import psycopg

        return psycopg.connect(**plan, autocommit=True)
    session = sqlite3.connect(plan["sqlite"], timeout=30, isolation_level=None)
    session.executescript(plan["init"])
    return session


def _raw_table(plan: dict) -> None:
    session = _connect(plan)
    session.execute("CREATE TABLE IF NOT EXISTS bench_raw (who bigint, n bigint, PRIMARY KEY (who, n))")
    session.execute("DELETE FROM bench_raw")
    session.close()


def _write_rows(plan: dict, who: int, end: float) -> int:
    session, n = _connect(plan), 0
    mark = "?" if "sqlite" in plan else "%s"
    while time.perf_counter() < end:
        session.execute(f"INSERT INTO bench_raw VALUES ({mark}, {mark})", (who, n))
        n += 1
    session.close()
    return n


def _figures(options: Options, found: dict, raw: float, sold: int, waiting: int) -> list[Figure]:
    people, places, connections = options.signups
    rate = len(found["times"]) / found["seconds"]
    size = f"{people:,} sign-ups for {places:,} places, {connections} connections"
    goal = {} if options.is_quick else at_least(round(rate, 1), GOAL_RATE, " /s")
    twice = sold - min(places, people)
    return [
        Figure(
            "signups", size, databases.name(), round(rate, 1), "/s", ratio=round(rate / raw, 3),
            against="raw", **goal,
            note=f"took {found['seconds']:.0f} s; the ratio is to rows committed one by one",
        ),
        Figure("signups", "  one row, committed, by the bare driver", databases.name(), round(raw), "/s"),
        Figure(
            "signups", "  answer to a sign-up, p95", databases.name(),
            round(percentile(found["times"], 0.95), 1), "ms",
        ),
        Figure(
            "signups", "  places sold once, of those sold", databases.name(), sold - max(twice, 0), "places",
            **at_most(twice, 0),
            note=f"{sold:,} sold, {waiting:,} on the waiting list, each course in order of arrival",
        ),
    ]  # fmt: skip

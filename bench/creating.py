"""Part 1: a report over HTTP, with place, suggestions, journal and counters in the request.

The raw limit are the very statements that real reports wrote, replayed by the bare driver in turn with the
HTTP load: A B A B, so that a busy machine slows both.
"""

import json
import pickle
import random
import statistics
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from bench import databases, servers, texts, worlds
from bench.figures import Figure, at_least, at_most
from bench.measure import NothingMeasured, Samples, counted, percentile, processor_ms, spread
from bench.options import Options
from bench.plans import Json

DATABASE = "bench_create"
GOAL_RATIO = {"SQLite": 0.15, "PostgreSQL": 0.30}
GOAL_CPU_MS, GOAL_STATEMENTS = 6.0, 20
CAPTURED = 12
RAW_MOST = 8000


def measure(options: Options) -> list[Figure]:
    databases.make(DATABASE, worlds.template())
    token = worlds.token("clerk")
    bodies = [json.dumps(body, ensure_ascii=False) for body in reports(400)]
    statements, plan = _capture(token, bodies)
    before = _count()
    connection.close()
    with servers.running(DATABASE) as server:
        # Warm up every process: models, caches, rule packs.
        _load(server, token, bodies, 8, min(2.0, 2 * options.load_seconds))
        runs = {n: _rounds(server, token, bodies, plan, n, options) for n in options.connections}
    databases.use(DATABASE)
    _check(runs, before)
    figures = [_statements(statements)]
    for connections, run in runs.items():
        figures += _figures(connections, run)
    databases.drop(DATABASE)
    return figures


def reports(count: int) -> list[dict[str, Any]]:
    """Bodies: a varied text, a community of the street at home and a point in it."""
    rng = random.Random(11)
    found = []
    for n in range(count):
        community = f"{worlds.STREET[:9]}{rng.randint(1, 13):03d}"
        lon, lat, side = worlds.corner(community)
        found.append(
            {
                "text": texts.varied(n, rng),
                "place": community,
                "lon": round(lon + side * rng.uniform(0.05, 0.95), 6),
                "lat": round(lat + side * rng.uniform(0.05, 0.95), 6),
            }
        )
    return found


# What one report writes ---------------------------------------------------------------------------------


def _capture(token: str, bodies: list[str]) -> tuple[list[str], dict[str, Any]]:
    """(the SQL of one warm report, the plan of the replay)."""
    from django.test import Client

    client = Client(headers={"authorization": f"Bearer {token}"})

    def post(body: str) -> None:
        answer = client.post("/api/v1/voices", body, content_type="application/json")
        if answer.status_code != 201:
            raise NothingMeasured(f"POST /api/v1/voices: {answer.status_code} {answer.content[:300]}")

    for body in bodies[:3]:
        post(body)
    with counted() as statements:
        post(bodies[3])
    written = []
    for body in bodies[:CAPTURED]:
        report: list[tuple] = []
        with connection.execute_wrapper(_recorder(report)):
            post(body)
        written.append(report)
    return statements, {"database": _session(), "reports": written}


def _recorder(report: list[tuple]):
    def record(execute, sql, params, many, context):
        if sql.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE"}:
            rows = params if many else [params]
            report.extend((_driver_sql(sql), [_plain(p) for p in row or ()]) for row in rows)
        return execute(sql, params, many, context)

    return record


def _driver_sql(sql: str) -> str:
    return sql if databases.is_postgres() else sql.replace("%s", "?").replace("%%", "%")


def _plain(value: Any) -> Any:
    """A parameter that another process can read."""
    from psycopg.types.json import Jsonb

    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return Json(value.obj) if isinstance(value, Jsonb) else value


def _session() -> dict[str, Any]:
    known = connection.settings_dict
    if databases.is_postgres():
        names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "dbname"}
        return {ours: str(known[theirs]) for theirs, ours in names.items()}
    return {"sqlite": str(known["NAME"]), "init": known["OPTIONS"]["init_command"]}


def _count() -> int:
    from mulin.cases.models import Case
    from mulin.kernel.models import Entry

    if (
        Case.objects.count() < CAPTURED
        or Entry.objects.filter(code="voices.voice.submitted").count() < CAPTURED
    ):
        raise NothingMeasured("reports made no cases or no lines")
    return Entry.objects.count()


# The load -----------------------------------------------------------------------------------------------


@dataclass
class Run:
    """Rounds of one number of connections: HTTP and raw, in turn."""

    http: list[dict]
    raw: list[dict]
    web_ms: list[float]
    worker_ms: list[float]

    def rates(self, which: str) -> list[float]:
        return [len(one["times"]) / one["seconds"] for one in getattr(self, which)]

    @property
    def ratios(self) -> list[float]:
        return [a / b for a, b in zip(self.rates("http"), self.rates("raw"), strict=True)]


def _rounds(server, token: str, bodies: list[str], plan: dict, connections: int, options: Options) -> Run:
    run = Run([], [], [], [])
    for _ in range(options.rounds):
        web, worker = processor_ms(server.web), processor_ms(server.worker)
        one = _load(server, token, bodies, connections, options.load_seconds)
        count = len(one["times"])
        run.http.append(one)
        run.web_ms.append((processor_ms(server.web) - web) / count)
        run.worker_ms.append((processor_ms(server.worker) - worker) / count)
        run.raw.append(_replay({**plan, "connections": connections, "seconds": options.load_seconds / 2}))
    return run


def _load(server, token: str, bodies: list[str], connections: int, seconds: float) -> dict:
    plan = settings.MULIN_HOME / "load.json"
    settings_of_load = {
        "port": server.port,
        "token": token,
        "bodies": bodies,
        "connections": connections,
        "seconds": seconds,
    }
    plan.write_text(json.dumps(settings_of_load, ensure_ascii=False), encoding="utf-8")
    found = servers.call("bench.client", plan)
    if set(found["statuses"]) != {"201"}:
        raise NothingMeasured(f"not every report was accepted: {found['statuses']}")
    return found


def _replay(plan: dict) -> dict:
    path: Path = settings.MULIN_HOME / "replay.pickle"
    path.write_bytes(pickle.dumps({**plan, "most": RAW_MOST}))
    found = servers.call("bench.replay", path)
    if not found["times"]:
        raise NothingMeasured("the raw replay wrote nothing")
    return found


def _check(runs: dict[int, Run], before: int) -> None:
    """Every acknowledged report is there with its line, and so is every replayed one."""
    from mulin.kernel.models import Entry

    expected = before + sum(len(one["times"]) for run in runs.values() for one in (*run.http, *run.raw))
    found = Entry.objects.filter(code="voices.voice.submitted").count()
    if found < expected - 5:
        raise NothingMeasured(f"{expected} reports were acknowledged, {found} lines are there")


# Figures ------------------------------------------------------------------------------------------------


def _statements(statements: list[str]) -> Figure:
    count = len(statements)
    note = "; ".join(" ".join(sql.split()[:4]) for sql in statements)
    return Figure(
        "create",
        "SQL statements a report",
        databases.name(),
        count,
        "",
        **at_most(count, GOAL_STATEMENTS),
        note=note,
    )


def _figures(connections: int, run: Run) -> list[Figure]:
    name = databases.name()
    label = f"{connections} connection{'s' if connections > 1 else ''}"
    rate, low, high = spread(run.rates("http"))
    ratio = statistics.median(run.ratios)
    raw, raw_low, raw_high = spread(run.rates("raw"))
    times = Samples([one["times"] for one in run.http])
    cpu, cpu_low, cpu_high = spread(run.web_ms)
    worker = statistics.median(run.worker_ms)
    p95s = [percentile(one["times"], 0.95) for one in run.http]
    return [
        Figure(
            "create",
            f"reports, {label}",
            name,
            rate,
            "req/s",
            low,
            high,
            ratio,
            "raw SQL",
            **at_least(round(ratio, 3), GOAL_RATIO[name], " × raw"),
        ),
        Figure("create", f"  raw SQL, {label}", name, raw, "tx/s", raw_low, raw_high),
        Figure("create", f"  time, {label}, p50", name, times.p50, "ms"),
        Figure("create", f"  time, {label}, p95", name, times.p95, "ms", min(p95s), max(p95s)),
        Figure(
            "create",
            f"  processor time of the web processes, {label}",
            name,
            cpu,
            "ms/report",
            cpu_low,
            cpu_high,
            **at_most(round(cpu, 2), GOAL_CPU_MS, " ms"),
            note=f"worker besides: {worker:.2f} ms/report",
        ),
    ]

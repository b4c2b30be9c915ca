"""Part 2: lists, search and pages of cases at three sizes of history.

Each size is a database of its own, copied from the smaller one and filled on. Every question is put to all of
them in turn, again and again, so that a busy machine slows all alike; the ratio compares the largest with the
smallest.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import NoReverseMatch, reverse

from bench import databases, filling, texts, worlds
from bench.figures import Figure, at_most
from bench.measure import NothingMeasured, Samples, counted, timed
from bench.options import Options

GOAL_MS, GOAL_RATIO, GOAL_STATEMENTS = 60.0, 1.5, 10
DEEP_PAGES = 6
# So many cases stand in one state for everybody, even in the smallest of the sizes.
FULL = 30
# Pages whose times are compared must show equally many rows.
ALIKE = ("API", "search")
# Ten statements are promised for a list.
NO_LISTS = ("API page of", "desk page of", "heat map")


@dataclass(frozen=True, slots=True)
class Probe:
    """One question of one role. `least` is how many rows the answer must hold to count at all."""

    name: str
    role: str
    url: str
    least: int = 1
    api: bool = False


@dataclass
class Found:
    """Times of a kind of question at one size, and the most statements it took."""

    times: Samples = field(default_factory=Samples)
    statements: int = 0


def measure(options: Options) -> list[Figure]:
    sizes = options.list_sizes
    logins = _fill(sizes)
    asked = list(zip(*(_probes(size, logins) for size in sizes), strict=True))
    found = {(probes[0].name, size): Found() for probes in asked for size in sizes}
    for round_ in range(options.list_rounds):
        for probes in asked:
            ask(dict(zip(sizes, probes, strict=True)), database, logins, found, options.list_repeats, round_)
    figures = grown("lists", found, sizes, GOAL_RATIO, ("API", "search", "desk"))
    figures += statements("lists", found, sizes)
    for size in sizes:
        databases.drop(database(size))
    return figures


def database(size: int) -> str:
    return f"bench_lists_{size}"


# Filling ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Logins:
    """What opens the house for each role: a session of the pages, a token of the API."""

    sessions: dict[str, str]
    tokens: dict[str, str]


def _fill(sizes: tuple[int, ...]) -> Logins:
    """One database for every size, each grown out of the one before."""
    from bench.inside import say

    databases.make(database(sizes[0]), worlds.template())
    logins = log_in()
    ground = filling.Ground()
    done = 0
    for size, smaller in zip(sizes, (None, *sizes), strict=False):
        if smaller:
            databases.make(database(size), database(smaller))
        took = timed(lambda done=done, size=size: filling.fill(ground, done, size)) / 1000
        done = size
        took += timed(filling.count_cases) / 1000
        took += timed(databases.tidy) / 1000
        databases.use(database(size))
        say(f"  {databases.name()}: {size:,} cases, {databases.megabytes():,.0f} MB, filled in {took:.0f} s")
    return logins


def log_in() -> Logins:
    return Logins({r: _session(r) for r in worlds.ROLES}, {r: worlds.token(r) for r in worlds.ROLES})


def _session(role: str) -> str:
    from mulin.people.models import Account

    client = Client()
    client.force_login(Account.objects.get(username=role))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


# Questions ----------------------------------------------------------------------------------------------


def _client(probe: Probe, logins: Logins) -> Client:
    if probe.api:
        return Client(headers={"authorization": f"Bearer {logins.tokens[probe.role]}"})
    client = Client()
    if probe.role:
        client.cookies[settings.SESSION_COOKIE_NAME] = logins.sessions[probe.role]
    return client


def _probes(size: int, logins: Logins) -> list[Probe]:
    databases.use(database(size))
    found = []
    for role in worlds.ROLES:
        found += _api(role, logins)
    if _has_desk():
        for role in worlds.ROLES:
            found += _desk(role)
    return found


def _api(role: str, logins: Logins) -> Iterator[Probe]:
    # As many rows as there are in the smallest, since fifty rows take longer than five at any size.
    state = f"state=in_hand&limit={FULL}"
    lists = {
        "burning": "order=burning",
        "newest": "order=newest",
        "filtered by state": f"order=burning&{state}",
        "filtered by category": f"order=newest&category={_category()}",
        "overdue": "order=burning&overdue=true",
    }
    for name, query in lists.items():
        yield Probe(f"API list, {name}", role, f"/api/v1/cases?{query}", api=True)
    yield Probe("API list, page 7", role, _deep(role, logins), api=True)
    yield Probe("search, common word", role, f"/api/v1/cases?q={texts.COMMON}", api=True)
    yield Probe("search, four characters", role, "/api/v1/cases?q=单元门口", api=True)
    # Hardly any of the hits is one: the open cases of a state are a hundredth of a city's history.
    yield Probe("search, of one state", role, f"/api/v1/cases?q={texts.EVERYWHERE}&{state}", FULL, api=True)
    # Grows with the city from a handful of rows to all fifty: its time is a goal, its growth is not.
    yield Probe("whole page of one state", role, f"/api/v1/cases?q={texts.COMMON}&state=in_hand", api=True)
    yield Probe("API page of a case", role, f"/api/v1/cases/{_number(role)}", api=True)


def _desk(role: str) -> Iterator[Probe]:
    yield Probe("desk list, burning", role, reverse("desk:cases"))
    yield Probe("desk list, newest", role, reverse("desk:cases") + "?order=newest")
    yield Probe("desk search", role, reverse("desk:cases") + f"?q={texts.COMMON}")
    if role in {"street", "district"}:
        place = {"street": worlds.STREET, "district": worlds.DISTRICT}[role]
        for period in ("month", "year"):
            yield Probe(f"heat map of a {role}, {period}", role, f"/board/{place}/map.json?period={period}")
    if role != "district":  # where hardly anything rises to, an inbox may be empty
        yield Probe("desk inbox", role, reverse("desk:inbox"))
    yield Probe("desk page of a case", role, reverse("desk:case", args=[_number(role)]))


def _has_desk() -> bool:
    try:
        reverse("desk:cases")
    except NoReverseMatch:
        return False
    return True


def _category() -> str:
    return filling.Ground().categories[1]


def _number(role: str) -> str:
    """A case with its whole life that the role may see, the same kind at every size."""
    from mulin.cases.base import visible_cases
    from mulin.people.models import Account
    from mulin.people.queries import actor_by_id

    actor = actor_by_id(Account.objects.get(username=role).pk)
    seen = visible_cases(actor).filter(
        matter__voices_count=2, restriction="", place__startswith=worlds.STREET[:9]
    )
    number = seen.order_by("id").values_list("number", flat=True).first()
    if number is None:
        raise NothingMeasured(f"{role} sees no case with a life")
    return number


def _deep(role: str, logins: Logins) -> str:
    """The address of a page some way down the list, as a reader who turns pages comes to it."""
    url = "/api/v1/cases?order=newest&limit=20"
    client = _client(Probe("", role, url, api=True), logins)
    address = url
    for _ in range(DEEP_PAGES):
        cursor = json.loads(client.get(address).content)["next"]
        if cursor is None:
            break
        address = f"{url}&cursor={cursor}"
    return address


@contextmanager
def _quiet() -> Iterator[None]:
    """The collector's pauses belong to whoever left the garbage."""
    import gc

    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def ask(
    probes: dict[int, Probe],
    database: Callable[[int], str],
    logins: Logins,
    found: dict,
    repeats: int,
    round_: int,
) -> None:
    """Ask the same question at every size in turn, and again, and again."""
    clients = {size: _client(probe, logins) for size, probe in probes.items()}
    times: dict[int, list[float]] = {size: [] for size in probes}
    shown = {}
    for size, probe in probes.items():
        databases.look(database(size))
        rows = shown[size] = _rows(probe, clients[size].get(probe.url))
        if rows < probe.least:
            raise NothingMeasured(f"{probe.role}: {probe.url} shows {rows} rows at {size}")
        if round_ == 0:
            one = found[probe.name, size]
            one.statements = max(one.statements, _statements(clients[size], probe))
    if probe.name.startswith(ALIKE) and len(set(shown.values())) > 1:
        raise NothingMeasured(f"{probe.role}: {probe.url} shows {shown}: unequal pages cannot be compared")
    with _quiet():
        for _ in range(repeats):
            for size, probe in probes.items():
                databases.look(database(size))
                times[size].append(timed(lambda: clients[size].get(probe.url)))  # noqa: B023
    for size, probe in probes.items():
        found[probe.name, size].times.put(round_, times[size])


def _statements(client: Client, probe: Probe) -> int:
    """How many a warm request takes: the lesser of two, since every five seconds one looks for new rules."""
    counts = []
    for _ in range(2):
        with counted() as found:
            client.get(probe.url)
        counts.append(len(found))
    return min(counts)


def _rows(probe: Probe, answer) -> int:
    if answer.status_code != 200:
        raise NothingMeasured(f"{probe.role}: {probe.url} answers {answer.status_code}")
    if "/map.json" in probe.url:
        return len(json.loads(answer.content)["features"])
    if probe.url.startswith("/board/"):
        return answer.content.count(b"<dd")
    if not probe.api:
        return len(set(re.findall(rb"/desk/cases/(\d{10})", answer.content)))
    body = json.loads(answer.content)
    return len(body["items"]) if "items" in body else bool(body["timeline"])


# Figures ------------------------------------------------------------------------------------------------


def grown(part: str, found: dict, sizes: tuple[int, ...], most: float, promised: Any = "") -> list[Figure]:
    """Each question at each size; the largest is compared with the smallest. The ratio is a goal for names
    that begin with `promised`."""
    figures = []
    smallest, largest = sizes[0], sizes[-1]
    for name in dict.fromkeys(name for name, _ in found):
        for size in sizes:
            times = found[name, size].times
            p95, ratio, goal = times.quiet_p95, None, {}
            if size == largest != smallest:
                ratio = p95 / found[name, smallest].times.quiet_p95
                goal = _goal(p95, ratio, most if name.startswith(promised) else None)
            label = f"{name}, {size:,} cases" if size == smallest else f"  {size:,} cases"
            figures.append(
                Figure(
                    part,
                    f"{label}, p95",
                    databases.name(),
                    p95,
                    "ms",
                    times.p50,
                    max(times.all),
                    ratio,
                    f"p95 at {smallest:,}" if ratio else "",
                    **goal,
                    note="spread: from the median to the longest",
                )
            )
    return figures


def _goal(p95: float, ratio: float, most: float | None) -> dict[str, Any]:
    if most is None:
        return {"goal": f"< {GOAL_MS:g} ms", "ok": p95 < GOAL_MS}
    return {"goal": f"< {GOAL_MS:g} ms and ≤ {most:g} ×", "ok": p95 < GOAL_MS and ratio <= most}


def statements(part: str, found: dict, sizes: tuple[int, ...]) -> list[Figure]:
    figures = []
    for name in dict.fromkeys(name for name, _ in found):
        most = max(found[name, size].statements for size in sizes)
        goal = {} if name.startswith(NO_LISTS) else at_most(most, GOAL_STATEMENTS)
        figures.append(Figure(part, f"SQL statements: {name}", databases.name(), most, "", **goal))
    return figures

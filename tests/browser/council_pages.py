"""Addresses of everything below /council/ and /desk/council/, and of the list of urgent wishes.

What the matrix makes in each state (tests/matrix/parts) is made here for the demo's people, so that a part
that gets another page has it looked at; beside it the demo's own stories, whose pages are full.
"""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

from mulin.councils.conversations.models import Conversation
from mulin.councils.meetings.models import Meeting
from mulin.councils.results.models import Resolution
from mulin.councils.topics.models import Topic
from mulin.councils.upward.models import Proposal
from mulin.councils.votes.models import Vote
from mulin.kernel.testing.cast import Person
from mulin.people.actions import ask_residence, decide_residence
from mulin.people.models import Account, Organisation
from mulin.people.queries import actor_for
from mulin.places.models import Site
from mulin.site.demo.places import HOME, NEIGHBOUR
from tests.browser import life_pages
from tests.matrix import table
from tests.matrix.parts import all_parts
from tests.matrix.routes import all_routes
from tests.matrix.world import Matrix, Side

Params = dict[str, Any]
# Where the modules live whose pages are found this way.
OURS = (
    "council/", "desk/council/", "desk/needs/", "academy/", "desk/academy/", "aid/", "desk/aid/", "venues/",
    "desk/venues/",
)  # fmt: skip
# Roles of the matrix that somebody of the demo has, the plainest first, and who that is.
ROLES = {
    "anonymous": "", "resident": "resident", "clerk": "clerk", "street": "street", "district": "district",
    "department": "department", "gridworker": "gridworker", "admin": "admin",
}  # fmt: skip


def addresses() -> dict[str, list[Params]]:
    """Parameters by route, each with who may see the page."""
    matrix, rows = _built(), table.read()
    paths = {route.name: route.path for route in all_routes()}
    found: dict[str, list[Params]] = {}
    for part in all_parts():
        for route, things in part.THINGS.items():
            for thing in things:
                row = rows.get((paths[route], "GET", thing.name, thing.place))
                if thing.place == "home" and row and (who := _who([row])) is not None:
                    found.setdefault(route, []).append({**thing.params(matrix.home), "who": who})
    for route, params in _told():
        own = [row for key, row in rows.items() if key[:2] == (paths[route], "GET")]
        found.setdefault(route, []).append({"who": _who(own) or "", **params})
    return found


def who_sees(path: str) -> str | None:
    """Who may see a page that has no parameters; None where it is none of these."""
    rows = [row for key, row in table.read().items() if key[:2] == (path, "GET")]
    is_ours = path.startswith(OURS)
    return _who(rows) if is_ours else None


def _who(rows: Iterable[table.Row]) -> str | None:
    for role, who in ROLES.items():
        if any(row.cells.get(role) == "ok" for row in rows):
            return who
    return None


def _built() -> Matrix:
    """The matrix with the demo's people in it: its parts' things are made in the demo's two communities."""
    people = {one.username: Person(one, actor_for(one)) for one in Account.objects.filter(is_demo=True)}
    clerk = Account.objects.get(username=f"clerk:{NEIGHBOUR}")
    cast = SimpleNamespace(**people, other_clerk=Person(clerk, actor_for(clerk)))
    buildings = Site.objects.filter(kind="building", valid_to=None)
    office = Organisation.objects.get(name="南岸区城市管理局")
    world = SimpleNamespace(sites={one.code: one for one in buildings}, city_management=office)
    home, away = (
        Side(place, _lives(buildings, place, resident, keeper), resident, keeper)
        for place, resident, keeper in (
            (HOME, cast.resident, cast.clerk), (NEIGHBOUR, cast.neighbour, cast.other_clerk)
        )
    )  # fmt: skip
    matrix = Matrix(world, cast, home, away)
    for part in all_parts():
        part.build(matrix)
    return matrix


def _lives(buildings: Any, place: str, resident: Person, clerk: Person) -> str:
    """The building in which they are confirmed to live; moves them in where they are not."""
    home = resident.account.residences.filter(state="confirmed", household__place=place).first()
    if home is None:
        building = buildings.filter(community=place).order_by("code").first().code
        home = ask_residence(actor=resident.actor, building=building, door="1单元2-1")
        decide_residence(actor=clerk.actor, residence_id=home.pk, accept=True)
        resident.again()
    return home.household.building


def _told() -> Iterable[tuple[str, Params]]:
    """Pages of the demo's own stories."""
    here = {"place": HOME}
    for one in Topic.objects.filter(place=HOME).exclude(state="draft", ended_at=None).order_by("id")[:4]:
        number = {"number": one.number}
        yield "councils:topic", number
        yield "councils_desk:topic", number
        for name in ("study", "options", "concerns", "works", "rating"):
            if one.steps.filter(kind={"rating": "rate"}.get(name, name), state="done").exists():
                yield f"councils:result-{name}", number
    for model, route in (
        (Vote, "vote"), (Conversation, "conversation"), (Meeting, "meeting"), (Resolution, "resolution"),
        (Proposal, "proposal"),
    ):  # fmt: skip
        rows = model.objects.exclude(state="draft").order_by("id")
        for one in (rows.exclude(topic=None) if model is not Proposal else rows)[:2]:
            yield f"councils:{route}", {"number": one.number}
            yield f"councils_desk:{route}", {"number": one.number}
    published = Conversation.objects.filter(state="published").earliest("id")
    yield "councils:conversation-map", {"number": published.number}
    yield "portal:needs", here
    yield from life_pages.told()

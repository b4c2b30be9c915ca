"""The places and people of the benchmark: one city of 10 districts, 150 streets and 2,000 communities.

Codes follow the pattern of the official list; names are invented. The street at home has outlines, grids and
buildings, so that a point is really located.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from bench import databases

PROVINCE, CITY = "500000000000", "500100000000"
DISTRICT, STREET, HOME = "500108000000", "500108002000", "500108002005"
DISTRICTS = (
    "500101",
    "500103",
    "500104",
    "500105",
    "500106",
    "500107",
    "500108",
    "500109",
    "500112",
    "500113",
)
STREETS_EACH, COMMUNITIES = 15, 2000
GRIDS_EACH, BUILDINGS_EACH = 5, 30
SINCE = date(2023, 6, 30)
LON, LAT, CELL = 106.55, 29.50, 0.01
ROLES = ("clerk", "street", "department", "district")

# username -> (name, role, place, unit)
PEOPLE = {
    "clerk": ("郑洁", "clerk", HOME, "committee"),
    "street": ("陈立", "street_officer", STREET, "street_office"),
    "department": ("褚强", "department_officer", DISTRICT, "department"),
    "district": ("卫岚", "district_officer", DISTRICT, "center"),
}


def streets() -> list[str]:
    """Twelve-digit codes of all streets, the one at home among them."""
    return [f"{district}{n:03d}000" for district in DISTRICTS for n in range(1, STREETS_EACH + 1)]


def communities() -> list[str]:
    """All communities, as evenly over the streets as 2,000 goes into 150."""
    found = []
    all_streets = streets()
    for i, street in enumerate(all_streets):
        many = COMMUNITIES * (i + 1) // len(all_streets) - COMMUNITIES * i // len(all_streets)
        found += [f"{street[:9]}{n:03d}" for n in range(1, many + 1)]
    return found


def grids(community: str) -> list[str]:
    return [f"{community}-G{n:03d}" for n in range(1, GRIDS_EACH + 1)]


TEMPLATE = "bench_world"
_made = False


def template() -> str:
    """The name of a database that holds the world and nothing else, made once a run."""
    global _made
    if not _made:
        databases.make(TEMPLATE)
        make()
        _made = True
    return TEMPLATE


def make() -> None:
    """Divisions, sites, units and people, in the database this process looks at."""
    _divisions()
    _sites()
    _people()


def _divisions() -> None:
    from mulin.places.models import Division

    rows = [(PROVINCE, "重庆市", 2, "municipality", ""), (CITY, "重庆市", 4, "municipality", PROVINCE)]
    rows += [(f"{d}000000", f"第{i}区", 6, "district", CITY) for i, d in enumerate(DISTRICTS, 1)]
    rows += [(code, f"街道{code[6:9]}", 9, "street", f"{code[:6]}000000") for code in streets()]
    rows += [(code, f"社区{code[6:]}", 12, "residents", f"{code[:9]}000") for code in communities()]
    corners = {code: corner(code) for code in communities() if code.startswith(STREET[:9])}
    Division.objects.bulk_create(
        [
            Division(
                code=code, name=name, short_name=name, level=level, kind=kind, parent=parent,
                valid_from=SINCE, shape=_square(*corners[code]) if code in corners else None,
            )
            for code, name, level, kind, parent in rows
        ],
        batch_size=500,
    )  # fmt: skip


def corner(community: str) -> tuple[float, float, float]:
    """South-west corner and side of the square of a community at home."""
    n = int(community[9:]) - 1
    return LON + (n % 4) * CELL, LAT + (n // 4) * CELL, CELL


def _square(lon: float, lat: float, side: float) -> dict:
    ring = [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]]
    return {"type": "Polygon", "coordinates": [[[round(x, 6), round(y, 6)] for x, y in ring]]}


def _sites() -> None:
    from mulin.places.models import Site

    rows = []
    for community in communities():
        at_home = community.startswith(STREET[:9])
        for n, code in enumerate(grids(community)):
            shape = _strip(community, n) if at_home else None
            rows.append(Site(code=code, community=community, kind="grid", name=f"第{n + 1}网格", shape=shape))
        rows += [_building(community, n) for n in range(BUILDINGS_EACH)] if at_home else []
    Site.objects.bulk_create(rows, batch_size=500)


def _strip(community: str, n: int) -> dict:
    """The n-th of the strips that a community's square is cut into."""
    lon, lat, side = corner(community)
    height = side / GRIDS_EACH
    low = lat + n * height
    points = [
        [lon, low],
        [lon + side, low],
        [lon + side, low + height],
        [lon, low + height],
        [lon, low],
    ]
    return {"type": "Polygon", "coordinates": [[[round(x, 6), round(y, 6)] for x, y in points]]}


def _building(community: str, n: int):
    from mulin.places.models import Site

    lon, lat, side = corner(community)
    return Site(
        code=f"{community}-B{n + 1:03d}",
        community=community,
        kind="building",
        name=f"和苑{n + 1}栋",
        grid=grids(community)[n * GRIDS_EACH // BUILDINGS_EACH],
        households=60,
        lon=lon + side * (n % 6 + 0.5) / 6,
        lat=lat + side * (n // 6 + 0.5) / 5,
    )


@dataclass(frozen=True, slots=True)
class Units:
    """Organisations by what they are, and the departments of every district."""

    committee: UUID
    street_office: UUID
    department: UUID
    center: UUID
    by_district: dict[str, list[UUID]]


def _people() -> None:
    from mulin.people.models import Account, Organisation, Post

    rows = [
        Organisation(name=f"{kind}{district}{n}", kind="department", place=f"{district}000000")
        for district in DISTRICTS
        for n, kind in enumerate(("城管局", "住建委", "民政局", "公安分局", "消防救援局", "交通局"))
    ]
    at_home = {
        "committee": Organisation(name="社区居委会", kind="committee", place=HOME),
        "street_office": Organisation(name="街道办事处", kind="street_office", place=STREET),
        "center": Organisation(name="区治理中心", kind="command_center", place=DISTRICT),
        "department": next(row for row in rows if row.place == DISTRICT),
    }
    Organisation.objects.bulk_create([*rows, *(at_home[k] for k in ("committee", "street_office", "center"))])
    for username, (name, role, place, unit) in PEOPLE.items():
        # Demo accounts are excused from the second factor, which is no part of what is measured.
        account = Account(username=username, name=name, is_demo=True)
        account.set_unusable_password()
        account.save()
        Post.objects.create(account=account, role=role, place=place, org=at_home[unit], begins_on=SINCE)


def units() -> Units:
    from mulin.people.models import Organisation

    def one(kind: str, place: str) -> UUID:
        return (
            Organisation.objects.filter(kind=kind, place=place).order_by("id").values_list("id", flat=True)[0]
        )

    found: dict[str, list[UUID]] = {}
    for key, place in (
        Organisation.objects.filter(kind="department").order_by("id").values_list("id", "place")
    ):
        found.setdefault(place[:6], []).append(key)
    return Units(
        one("committee", HOME), one("street_office", STREET), one("department", DISTRICT),
        one("command_center", DISTRICT), found,
    )  # fmt: skip


def token(username: str) -> str:
    """An API token of one of the people."""
    from mulin.people.actions.tokens import issue_token
    from mulin.people.models import Account

    return issue_token(account_id=Account.objects.get(username=username).pk, name="bench", days=30)[1]

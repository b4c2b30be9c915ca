"""A small place and its people for tests, as a pytest plugin (loaded by the root conftest.py).

Fixtures: `world` (divisions, grids, buildings, organisations), `cast` (people with posts in it),
`anonymous`, `freeze` (the clock), `settle` (what the worker does after an action), `outbox` (messages
that would have been sent) and `client_for` (a browser that is logged in). Tests may look up the floors,
so this file may import people and places.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.contrib.auth.hashers import make_password

from mulin.kernel import clock
from mulin.kernel.actors import ANONYMOUS, Actor

PASSWORD = "mulin-demo"
SITE = "500000000000"
CITY, DISTRICT = "500100000000", "500108000000"
STREET, OTHER_STREET = "500108002000", "500108106000"
HOME, OTHER_HOME = "500108002005", "500108106003"
LON, LAT = 106.56, 29.51

# Names and codes as the statistics bureau lists them.
DIVISIONS = (
    (SITE, "重庆市", "重庆", 2, ""),
    (CITY, "市辖区", "市辖区", 4, SITE),
    (DISTRICT, "南岸区", "南岸区", 6, CITY),
    (STREET, "花园路街道", "花园路街道", 9, DISTRICT),
    ("500108002001", "南湖社区居民委员会", "南湖社区", 12, STREET),
    ("500108002002", "骑龙社区居民委员会", "骑龙社区", 12, STREET),
    ("500108002004", "大石社区居民委员会", "大石社区", 12, STREET),
    (HOME, "金堰社区居民委员会", "金堰社区", 12, STREET),
    ("500108002012", "金山路社区居民委员会", "金山路社区", 12, STREET),
    ("500108002014", "金鹤社区居民委员会", "金鹤社区", 12, STREET),
    (OTHER_STREET, "长生桥镇", "长生桥镇", 9, DISTRICT),
    ("500108106001", "百乐园社区居民委员会", "百乐园社区", 12, OTHER_STREET),
    (OTHER_HOME, "同景社区居民委员会", "同景社区", 12, OTHER_STREET),
)
KINDS = {2: "city", 4: "city", 6: "district", 9: "street", 12: "community"}

# code, name, grid (its last four), estate, metres are about 100 000 to the degree
SITES = (
    (HOME, "grid", "G001", "金堰一网格", "", ""),
    (HOME, "grid", "G002", "金堰二网格", "", ""),
    (HOME, "grid", "G003", "金堰三网格", "", ""),
    (HOME, "estate", "E01", "金堰花园", "", ""),
    (HOME, "estate", "E02", "机床厂家属院", "", ""),
    (HOME, "building", "B001", "金堰花园1栋", "G001", "E01"),
    (HOME, "building", "B002", "金堰花园2栋", "G001", "E01"),
    (HOME, "building", "B003", "金堰花园3栋", "G002", "E01"),
    (HOME, "building", "B004", "机床厂家属院4栋", "G003", "E02"),
    (OTHER_HOME, "grid", "G001", "同景一网格", "", ""),
    (OTHER_HOME, "estate", "E01", "同景国际城", "", ""),
    (OTHER_HOME, "building", "B001", "同景国际城A1栋", "G001", "E01"),
)

ORGANISATIONS = (
    ("committee", "金堰社区居委会", "committee", HOME),
    ("other_committee", "同景社区居委会", "committee", OTHER_HOME),
    ("street_office", "花园路街道办事处", "street_office", STREET),
    ("command_center", "花园路街道基层治理指挥中心", "command_center", STREET),
    ("city_management", "南岸区城市管理局", "department", DISTRICT),
    ("housing", "南岸区住房城乡建委", "department", DISTRICT),
    ("district_center", "南岸区基层治理指挥中心", "command_center", DISTRICT),
    ("property_firm", "金堰物业服务有限公司", "property_firm", HOME),
    ("group", "金堰花园园艺队", "volunteer_team", HOME),
)


def _create_divisions() -> None:
    from mulin.places.models import Division

    Division.objects.bulk_create(
        Division(
            code=code, name=name, short_name=short, level=level, kind=KINDS[level], parent=parent,
            valid_from=date(2023, 6, 30),
        )
        for code, name, short, level, parent in DIVISIONS
    )  # fmt: skip


def _create_sites() -> dict[str, str]:
    """The sites of both communities; the estate E02 of the home community has no property firm."""
    from mulin.places.models import Site

    sites = {}
    for n, (community, kind, tail, name, grid, estate) in enumerate(SITES):
        far = community == OTHER_HOME
        sites[f"{community}-{tail}"] = Site(
            code=f"{community}-{tail}",
            community=community,
            kind=kind,
            name=name,
            grid=f"{community}-{grid}" if grid else "",
            estate=f"{community}-{estate}" if estate else "",
            address=f"花园路{n + 10}号" if kind == "building" else "",
            households=48 if kind == "building" else None,
            lon=round(LON + n * 0.001 + (0.08 if far else 0), 6),
            lat=round(LAT + n * 0.0005, 6),
        )
    Site.objects.bulk_create(sites.values())
    return sites


def _create_organisations() -> dict:
    from mulin.people.models import Organisation

    made = {key: Organisation(name=name, kind=kind, place=place) for key, name, kind, place in ORGANISATIONS}
    Organisation.objects.bulk_create(made.values())
    return made


@pytest.fixture
def world(db) -> SimpleNamespace:
    """One street with its communities, a town beside it, and the units that work there (`make_world`)."""
    return make_world()


def make_world() -> SimpleNamespace:
    """The small world; also for tests that build it once and share it.

    Codes: `site`, `city`, `district`, `street`, `other_street`, `home`, `other_home`, `grid` (G001 of the
    home community), `grids`, `building`, `other_building`. Records: `sites[code]`, and the organisations
    `committee`, `other_committee`, `street_office`, `command_center`, `city_management`, `housing`,
    `district_center`, `property_firm` and `group`.
    """
    _create_divisions()
    sites = _create_sites()
    firm_estate = sites[f"{HOME}-E01"]
    organisations = _create_organisations()
    firm_estate.manager = organisations["property_firm"].id
    firm_estate.save(update_fields=["manager"])
    return SimpleNamespace(
        site=SITE,
        city=CITY,
        district=DISTRICT,
        street=STREET,
        other_street=OTHER_STREET,
        home=HOME,
        other_home=OTHER_HOME,
        grid=f"{HOME}-G001",
        grids=[f"{HOME}-G00{n}" for n in (1, 2, 3)],
        building=f"{HOME}-B001",
        other_building=f"{OTHER_HOME}-B001",
        estate=f"{HOME}-E01",
        lon=LON,
        lat=LAT,
        sites=sites,
        **organisations,
    )


@dataclass
class Person:
    """One of the cast: their account, and the actor they were when the fixture was built."""

    account: object
    actor: Actor

    @property
    def id(self):
        return self.account.pk

    def again(self) -> Actor:
        """The actor read anew, after posts or residences changed."""
        from mulin.people.queries import actor_for

        self.account.refresh_from_db()
        self.actor = actor_for(self.account)
        return self.actor


@dataclass
class Cast:
    """Everybody who has a part. `resident` lives in the home community, `neighbour` in the other one."""

    resident: Person
    neighbour: Person
    newcomer: Person
    group_member: Person
    group_leader: Person
    building_head: Person
    gridworker: Person
    clerk: Person
    secretary: Person
    street: Person
    department: Person
    district: Person
    auditor: Person
    admin: Person
    other_clerk: Person

    def everybody(self) -> dict[str, Person]:
        return {f.name: getattr(self, f.name) for f in fields(self)}


# part -> (name, role, place, organisation)
PARTS = {
    "resident": ("李晓梅", "", HOME, ""),
    "neighbour": ("王建国", "", OTHER_HOME, ""),
    "newcomer": ("赵一", "", "", ""),
    "group_member": ("钱芳", "group_member", HOME, "group"),
    "group_leader": ("孙兰", "group_leader", HOME, "group"),
    "building_head": ("周德福", "building_head", f"{HOME}-B001", ""),
    "gridworker": ("吴敏", "grid_worker", f"{HOME}-G001", "committee"),
    "clerk": ("郑洁", "clerk", HOME, "committee"),
    "secretary": ("冯卫东", "secretary", HOME, "committee"),
    "street": ("陈立", "street_officer", STREET, "command_center"),
    "department": ("褚强", "department_officer", DISTRICT, "city_management"),
    "district": ("卫岚", "district_officer", DISTRICT, "district_center"),
    "auditor": ("蒋明", "auditor", DISTRICT, "district_center"),
    "admin": ("沈川", "admin", SITE, ""),
    "other_clerk": ("韩雪", "clerk", OTHER_HOME, "other_committee"),
}


def _create_accounts() -> dict:
    from mulin.people.models import Account

    hashed = make_password(PASSWORD)
    accounts = {
        part: Account(
            username=part,
            name=name,
            password=hashed,
            # Demo accounts are excused from the second factor, so that page tests need not pass it.
            is_demo=True,
            home_place=place[:12] if not role else "",
        )
        for part, (name, role, place, _) in PARTS.items()
    }
    for n, account in enumerate(accounts.values()):
        account.set_phone(f"+8613800138{n:03d}")
        account.phone_verified = True
    Account.objects.bulk_create(accounts.values())
    return accounts


def _give_posts(accounts: dict, world: SimpleNamespace) -> None:
    from mulin.people.models import Post

    Post.objects.bulk_create(
        Post(
            account=accounts[part],
            role=role,
            place=place,
            org=getattr(world, org) if org else None,
            begins_on=date(2020, 1, 1),
        )
        for part, (_, role, place, org) in PARTS.items()
        if role
    )


def _house(accounts: dict, world: SimpleNamespace) -> None:
    """The resident and the neighbour are confirmed where they live; the newcomer is not."""
    from mulin.people.models import Household, Residence

    for part, building in (("resident", world.building), ("neighbour", world.other_building)):
        household = Household.objects.create(
            place=building[:12], building=building, grid=world.sites[building].grid, door="1单元5-2"
        )
        Residence.objects.create(account=accounts[part], household=household, state="confirmed", how="worker")


@pytest.fixture
def cast(world) -> Cast:
    """The people of the small world, each with `.account`, `.actor` and `.id`; password `mulin-demo`."""
    return make_cast(world)


def make_cast(world: SimpleNamespace) -> Cast:
    """The people of the world that `make_world` made."""
    from mulin.people.queries import actor_for

    accounts = _create_accounts()
    _give_posts(accounts, world)
    _house(accounts, world)
    return Cast(**{part: Person(account, actor_for(account)) for part, account in accounts.items()})


@pytest.fixture
def anonymous() -> Actor:
    """Someone who did not say who they are."""
    return ANONYMOUS


@pytest.fixture
def freeze() -> Iterator[Callable[[datetime | str], datetime]]:
    """`freeze("2025-11-06 09:30")` sets the clock until the test ends, or until it is called again."""
    with contextlib.ExitStack() as stack:

        def set_clock(moment: datetime | str) -> datetime:
            if isinstance(moment, str):
                moment = datetime.fromisoformat(moment)
            stack.enter_context(clock.at(moment))
            return clock.now()

        yield set_clock


@pytest.fixture
def settle(db) -> Callable[[], None]:
    """`settle()` does what the worker does after an action: seals, folds, writes notices, feeds."""
    from mulin.kernel.worker import settle as run

    return run


@pytest.fixture
def outbox(settings) -> Iterator[list[tuple[str, str, str]]]:
    """Every message that would leave by SMS, mail or WeChat: (to, subject, text)."""
    from mulin.kernel import channels

    for kind in ("SMS", "MAIL", "WECHAT"):
        setattr(settings, f"MULIN_{kind}_BACKEND", "mulin.kernel.channels.MemoryChannel")
    channels.channel.cache_clear()
    channels.MemoryChannel.sent.clear()
    yield channels.MemoryChannel.sent
    channels.MemoryChannel.sent.clear()
    channels.channel.cache_clear()


@pytest.fixture
def client_for(db) -> Callable:
    """`client_for(cast.clerk)` is a browser with this person logged in; without a person, with nobody."""
    from django.test import Client

    def make(person: Person | None = None, **defaults) -> Client:
        client = Client(**defaults)
        if person is not None:
            client.force_login(person.account)
        return client

    return make


@pytest.fixture(autouse=True)
def _clean_between_tests() -> Iterator[None]:
    """Nothing that one test cached or switched reaches the next: language, rules, rate limits."""
    from django.core.cache import cache
    from django.utils import translation

    from mulin.kernel import rulebook
    from mulin.places import caching

    yield
    translation.deactivate()
    rulebook.forget()
    caching.forget()
    cache.clear()

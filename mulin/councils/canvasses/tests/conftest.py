"""A campaign of twelve doors in one building, its leader, two who knock, and who knows whom."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from mulin.councils.canvasses import setup, ties
from mulin.councils.canvasses.models import Canvass
from mulin.councils.canvasses.setup import Door
from mulin.people.models import Household, Residence


@dataclass
class Campaign:
    """`n(door)` is a door's place in the list."""

    number: str
    places: dict[str, int] = field(default_factory=dict)

    @property
    def row(self) -> Canvass:
        return Canvass.objects.get(number=self.number)

    def n(self, door: str) -> int:
        return self.places[door]

    def house(self, door: str):
        return self.row.households.get(n=self.n(door))

    def member(self, person):
        return self.row.canvassers.get(account=person.account, role="canvasser")


DOORS = ["1单元5-2", *(f"1单元{floor}-1" for floor in range(1, 12))]


def move_in(world, person, door: str) -> Household:
    house = Household.objects.create(
        place=world.home, building=world.building, grid=world.sites[world.building].grid, door=door
    )
    Residence.objects.create(account=person.account, household=house, state="confirmed", how="worker")
    return house


@pytest.fixture
def campaign(world, cast) -> Campaign:
    """Running. The group's leader lives at 1-1, the member at 2-1; both knock. 3-1 to 5-1 agreed before."""
    for person, door in ((cast.group_leader, "1单元1-1"), (cast.group_member, "1单元2-1")):
        move_in(world, person, door)
    clerk = cast.clerk.actor
    found = setup.draft_canvass(
        actor=clerk, place=world.home, title="3号楼加装电梯", purpose="每户出一万二，政府补贴一半。",
        contact="郑老师 6280 1234",
    )  # fmt: skip
    on_file = dict(Household.objects.filter(building=world.building).values_list("door", "pk"))
    said = dict.fromkeys(("1单元3-1", "1单元4-1", "1单元5-1"), "agree")
    doors = [
        Door(f"B001-{door}", f"1栋 {door}", world.building, on_file.get(door), said.get(door, "not_reached"))
        for door in DOORS
    ]
    setup.add_households(actor=clerk, number=found.number, doors=doors)
    for person in (cast.group_leader, cast.group_member):
        setup.add_canvasser(actor=clerk, number=found.number, account=person.id)
    setup.start_canvass(actor=clerk, number=found.number)
    places = {door: n for n, door in enumerate(DOORS)}
    return Campaign(found.number, places)


@pytest.fixture
def knows(campaign, cast):
    """`knows("1单元1-1", "1单元6-1")`: the first household consented to being sent to the second."""

    def make(who: str, whom: str, trust: int = 2, how: str = "go"):
        return ties.record_tie(
            actor=cast.clerk.actor, number=campaign.number, who=campaign.n(who), knows=campaign.n(whom),
            trust=trust, how=how,
        )  # fmt: skip

    return make


@pytest.fixture
def plain(campaign, cast) -> SimpleNamespace:
    """The people by what they are to this campaign."""
    return SimpleNamespace(
        leader=cast.clerk, first=cast.group_leader, second=cast.group_member, household=cast.resident,
        other_post=cast.secretary, outsider=cast.other_clerk,
    )  # fmt: skip

"""What the tests of rosters share: units by hand, a draft, a frozen roster of owners."""

import pytest

from mulin.councils.rosters import actions, lines
from mulin.kernel import rulebook
from mulin.kernel.models import RuleOverride


def unit(door, names="", codes="", phones="", **more):
    """A unit in the first building; areas as `registry=8934` and so on."""
    return lines.Line(
        building="500108002005-B001", building_name="金堰花园1栋", stair="1单元", door=door,
        owners=lines.owners_of(names, codes, phones), **more,
    )  # fmt: skip


def add(clerk, roster, *units):
    """Add lines to a draft."""
    return [actions.add_entry(actor=clerk, number=roster.number, entry=one) for one in units]


@pytest.fixture
def clerk(cast):
    return cast.clerk.actor


@pytest.fixture
def set_rule(cast, world):
    """`set_rule(name, value)` as an administrator sets it for the community."""

    def change(name, value):
        RuleOverride.objects.filter(name=name).delete()
        RuleOverride.objects.create(
            name=name, place=world.home, valid_from="2020-01-01", value=value, basis="议事规则",
            certainty="local practice", set_by=cast.admin.account,
        )  # fmt: skip
        rulebook.forget()

    return change


@pytest.fixture
def draft(clerk, world):
    """`draft("owners", …)` makes an empty one."""

    def make(body="owners", **more):
        return actions.draft_roster(actor=clerk, place=world.home, body=body, title="名册", **more)

    return make


@pytest.fixture
def houses(draft, set_rule, clerk):
    """Joint owners, one owner of several units, the developer's, a parking space and a stall."""
    set_rule("councils.parking", "left_out")
    roster = draft()
    add(
        clerk,
        roster,
        unit("1-1", "张三、李四", "A、B", registry=10000, survey=99999),
        unit("1-2", "李四、张三", "B、A", survey=10050, contract=1),
        unit("2-1", "王五", "C", contract=8934),
        unit("2-2", "张三", "A", registry=5000),
        unit("9-1", is_developers=True, registry=7000),
        unit("9-2", "陈六", "D", is_developers=True, registry=7000),
        unit("P1", "王五", "C", kind="parking", registry=1200),
        unit("S1", "王五", "C", kind="stall", registry=300),
    )
    return roster


@pytest.fixture
def frozen(houses, clerk):
    return actions.freeze_roster(actor=clerk, number=houses.number)

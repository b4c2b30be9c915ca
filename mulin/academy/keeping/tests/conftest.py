"""A garden in a small world."""

from collections.abc import Callable
from datetime import time

import pytest

from mulin.academy.keeping import actions, counting, rotas
from mulin.academy.keeping.counting import Item
from mulin.academy.keeping.models import Duty, Keeping, KeptPlace, Rota
from mulin.people.models import Organisation


@pytest.fixture(autouse=True)
def _monday(freeze):
    freeze("2026-11-23 09:00")


@pytest.fixture
def group(world) -> Organisation:
    return world.group


@pytest.fixture
def asked(world, cast, group) -> Callable[..., Keeping]:
    """`asked()`: the group asks for the rubbish corner."""

    def make(*, actor=None, **more) -> Keeping:
        fields = {
            "name": "7栋后面的空坝", "spot": "7栋和围墙之间", "what": "清走垃圾，种月季", "place": world.home,
            "about": "堆了六年建筑垃圾", **more,
        }  # fmt: skip
        return actions.ask_place(actor=actor or cast.group_leader.actor, org=group.pk, **fields)

    return make


@pytest.fixture
def garden(cast, asked) -> KeptPlace:
    """The place, kept by the group."""
    return actions.agree(actor=cast.clerk.actor, number=asked().number).kept


@pytest.fixture
def roses(cast, garden) -> KeptPlace:
    """The garden with things to count."""
    items = [Item("月季", "棵", 30), Item("长椅", "张", 2), Item("水桶")]
    return counting.set_items(actor=cast.group_leader.actor, number=garden.number, items=items)


@pytest.fixture
def rota(cast, group, garden) -> Rota:
    """Watering on Mondays and Thursdays at six, one person at a time."""
    return rotas.make_rota(
        actor=cast.group_leader.actor, org=group.pk, title="浇水", days=[1, 4], starts=time(18), minutes=30,
        kept=garden.number,
    )  # fmt: skip


@pytest.fixture
def turn(rota) -> Callable[[int], Duty]:
    """`turn(n)`: the n-th coming turn."""
    return lambda n=0: rota.duties.order_by("starts_at")[n]


@pytest.fixture
def count(cast, roses) -> Callable[..., None]:
    """`count(28, 2)`: one round, in the order of the items."""

    def make(*numbers: int | None, actor=None, **more):
        ids = list(roses.items.order_by("position").values_list("pk", flat=True))
        found = dict(zip(ids, numbers, strict=False))
        return counting.count_place(
            actor=actor or cast.group_member.actor, number=roses.number, found=found, **more
        )

    return make

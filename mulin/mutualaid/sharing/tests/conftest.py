"""Things to share in a small world."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from mulin.kernel import clock, rulebook
from mulin.kernel.models import RuleOverride
from mulin.mutualaid.sharing import offers, uses
from mulin.mutualaid.sharing.models import SharedOffer, SharedUse

NIGHTS = [{"day": n, "from": "18:00", "to": "08:00"} for n in range(1, 8)]


@pytest.fixture(autouse=True)
def _monday(freeze):
    freeze("2026-11-23 09:00")


@pytest.fixture
def rules(cast) -> Callable[..., None]:
    """`rules(world.home, **{"aid.sharing.cancel_hours": 4})`: what the administrator sets."""

    def put(place: str, **values: Any) -> None:
        for name, value in values.items():
            RuleOverride.objects.filter(name=name, place=place).delete()
            RuleOverride.objects.create(
                name=name, place=place, valid_from=date(2020, 1, 1), value=value, basis="居民会议定的",
                certainty="local practice", set_by=cast.admin.account,
            )  # fmt: skip
        rulebook.forget()

    return put


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.zone())


@pytest.fixture
def space(cast, world) -> Callable[..., SharedOffer]:
    """The resident's parking space, looked at and open, three yuan an hour at night."""

    def make(*, is_open: bool = True, **facts: Any) -> SharedOffer:
        given = {
            "title": "地下车位", "where": "B1层 88号", "access": "东门进，密码2026", "windows": NIGHTS,
            "fee_fen": 300, "site": world.estate, **facts,
        }  # fmt: skip
        made = offers.offer(actor=cast.resident.actor, place=world.home, kind="parking", **given)
        if is_open:
            made = offers.decide_offer(actor=cast.clerk.actor, number=made.number, accept=True)
        return made

    return make


@pytest.fixture
def drill(cast, world) -> Callable[..., SharedOffer]:
    """The resident's drill, free, with a deposit of a hundred yuan."""

    def make(**facts: Any) -> SharedOffer:
        days = [{"day": n, "from": "00:00", "to": "24:00"} for n in range(1, 8)]
        given = {"title": "冲击钻", "where": "3栋5-2", "windows": days, "deposit_fen": 10000, **facts}
        return offers.offer(actor=cast.resident.actor, place=world.home, kind="thing", **given)

    return make


@pytest.fixture
def booked(cast) -> Callable[..., SharedUse]:
    """`booked(offer)`: the group member has it this evening from 18:00 to 22:00."""

    def make(
        offer: SharedOffer, begins: str = "2026-11-23 18:00", ends: str = "2026-11-23 22:00", **more: Any
    ) -> SharedUse:
        actor = more.pop("actor", cast.group_member.actor)
        return uses.book(actor=actor, number=offer.number, starts_at=at(begins), ends_at=at(ends), **more)

    return make

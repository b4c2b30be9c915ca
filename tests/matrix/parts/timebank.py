"""The time bank: both communities have one, with a reserve; the resident and a helper without an account hold
minutes, one gift was made."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from mulin.kernel import clock
from mulin.kernel.actions import set_rule
from mulin.kernel.db import write
from mulin.mutualaid.timebank import actions
from mulin.mutualaid.timebank.models import TimeHolder
from tests.matrix.bodies import fixed
from tests.matrix.objects import Thing, both, numbered
from tests.matrix.world import Matrix

PUBLISHED = ()


def of_place() -> list[Thing]:
    return both("community", lambda side: {"place": side.place})


def of_holder() -> list[Thing]:
    return both("time_holder", lambda side: {"holder": side.ids["time_holder"]})


THINGS = {
    "aid:time-here": of_place(),
    "aid_desk:time-place": of_place(),
    "aid_desk:time-award": of_place(),
    "aid_desk:time-redeem": of_place(),
    "aid_desk:time-find": of_place(),
    "aid_desk:time-person": of_holder(),
    "aid_desk:time-person-statement": of_holder(),
    "aid_desk:time-person-certificate": of_holder(),
    "aid_desk:time-gift": numbered("time_gift"),
}


def _to_holder(**more: Any):
    return lambda matrix, side, params: {"code": side.numbers["time_code"], **more}


BODIES = {
    "aid:time-open": fixed(),
    "aid:time-give": fixed(hours="0.25", to="reserve"),
    "aid:time-spending": fixed(spends="no"),
    "aid_desk:time-award": _to_holder(hours="0.25", reason="独居高龄"),
    "aid_desk:time-redeem": _to_holder(points=1, what="一包纸巾"),
    "aid_desk:time-find": _to_holder(),
    "aid_desk:time-gift": fixed(reason="念错了码"),
}


@dataclass
class _Visit:
    """What is read of a confirmed visit."""

    minutes: int
    place: str
    helper_account: Any = None
    helper_id: UUID | None = None
    helper_name: str = ""
    id: UUID = field(default_factory=uuid4)


def build(matrix: Matrix) -> None:
    """Visits as `matching` confirms them, and what followed."""
    for side in (matrix.home, matrix.away):
        for name, value in (("aid.time.on", True), ("aid.points.per_hour", 10)):
            set_rule(
                actor=matrix.cast.admin.actor, name=name, place=side.place, value=value, basis="居民会议",
                certainty="local practice", valid_from=clock.today(),
            )  # fmt: skip
        with write():
            actions.credit_visit(_Visit(600, side.place, side.resident.account))
            actions.credit_visit(_Visit(600, side.place))
            paper = uuid4()
            actions.credit_visit(_Visit(60, side.place, helper_id=paper, helper_name="陈奶奶"))
        gift = actions.give(actor=side.resident.actor, minutes=15, reserve=True)
        holder = TimeHolder.objects.get(paper_ref=paper)
        side.numbers["time_gift"], side.numbers["time_code"] = gift.number, holder.code
        side.ids["time_holder"] = holder.pk

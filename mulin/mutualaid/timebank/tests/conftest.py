"""A time bank in a small world."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from mulin.kernel import rulebook
from mulin.kernel.db import write
from mulin.kernel.models import RuleOverride
from mulin.mutualaid.timebank import actions
from mulin.mutualaid.timebank.models import TimeHolder


@dataclass
class Visit:
    """What is read of a confirmed visit."""

    minutes: int
    place: str
    helper_account: Any = None
    receiver_account: Any = None
    helper_id: UUID | None = None
    helper_name: str = ""
    kind_words: str = "陪伴"
    id: UUID = field(default_factory=uuid4)


@pytest.fixture(autouse=True)
def _november(freeze):
    freeze("2026-11-23 09:00")


@pytest.fixture
def rules(cast) -> Callable[..., None]:
    """`rules(world.home, **{"aid.time.on": True})`: what the administrator sets."""

    def put(place: str, **values: Any) -> None:
        for name, value in values.items():
            RuleOverride.objects.filter(name=name, place=place).delete()
            RuleOverride.objects.create(
                name=name, place=place, valid_from=date(2020, 1, 1), value=value, basis="居民会议定的",
                certainty="local practice", set_by=cast.admin.account,
            )  # fmt: skip
        rulebook.forget()

    return put


@pytest.fixture
def bank(world, rules) -> str:
    """A community that opened a time bank."""
    rules(world.home, **{"aid.time.on": True})
    return world.home


@pytest.fixture
def credit(bank) -> Callable[..., Visit]:
    """`credit(person, 90)`: a visit of 90 minutes was confirmed."""

    def do(person, minutes: int = 60, **more: Any) -> Visit:
        visit = Visit(minutes, more.pop("place", bank), person.account if person else None, **more)
        with write():
            actions.credit_visit(visit)
        return visit

    return do


@pytest.fixture
def holder() -> Callable[..., TimeHolder]:
    """The holder that a person of the cast is."""
    return lambda person: TimeHolder.objects.get(account=person.account)

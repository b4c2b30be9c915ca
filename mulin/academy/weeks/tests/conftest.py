"""A community with rooms, teachers and orders, for planning weeks."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from mulin.academy.orders.models import Asking, Order
from mulin.academy.weeks import actions, queries
from mulin.academy.weeks.models import Teacher, Week
from mulin.kernel import clock
from mulin.kernel.numbers import new_number
from mulin.places.models import Venue
from mulin.voices.actions import submit_voice

HOME = "500108002005"
EVERY_DAY = [{"day": day, "from": "09:00", "to": "21:00"} for day in range(1, 8)]


@pytest.fixture
def venue(cast) -> Callable[..., Venue]:
    def make(name: str = "二楼活动室", capacity: int = 30, **more: Any) -> Venue:
        values = {"place": HOME, "kind": "room", "hours": EVERY_DAY, **more}
        return Venue.objects.create(number=new_number(), name=name, capacity=capacity, **values)

    return make


@pytest.fixture
def teacher(cast) -> Callable[..., Teacher]:
    def make(
        skills: tuple[str, ...] = ("calligraphy",),
        *,
        name: str = "陈老师",
        checked: int | None = None,
        **more: Any,
    ) -> Teacher:
        found = actions.ask_in(
            actor=cast.clerk.actor, place=HOME, name=name, skills=list(skills),
            times=more.pop("times", EVERY_DAY), **more,
        )  # fmt: skip
        found = actions.note_talk(actor=cast.clerk.actor, number=found.number, on=clock.today())
        if checked is not None:
            found, _left = actions.note_check(
                actor=cast.clerk.actor, number=found.number, on=clock.today() - timedelta(days=checked),
                paper="档案 2026-3",
            )  # fmt: skip
        return found

    return make


@pytest.fixture
def order(cast) -> Callable[..., Order]:
    """An order as residents make it, accepted by the clerk unless it is to stay `gathered`."""

    def make(
        theme: str = "calligraphy", age: str = "elder", *, people: int = 6, slots: Any = None,
        state: str = "accepted", kind: str = "wish", actor: Any = None, place: str = HOME,
    ) -> Order:  # fmt: skip
        # No two alike: what is alike is one order by itself.
        words = "".join(chr(0x4E00 + int(digit) * 97 + n * 1013) for n, digit in enumerate(new_number()))
        receipt = submit_voice(actor=actor or cast.resident.actor, text=words, place=place, kind=kind)
        found = Order.objects.get(matter=receipt.voice.matter)
        windows = slots if slots is not None else [{"day": 3, "from": "14:00", "to": "17:30"}]
        Asking.objects.filter(order=found).update(age=age, people=people, slots=windows)
        found.theme, found.age, found.people, found.slots = theme, age, people, windows
        found.minutes, found.state, found.gives = 90, state, "teach" if kind == "offer" else ""
        found.save()
        return found

    return make


@pytest.fixture
def monday():
    return queries.monday_of(clock.today()) + timedelta(weeks=1)


@pytest.fixture
def plan(cast, monday) -> Callable[..., Week]:
    """A week that was read and planned."""

    def make(**more: Any) -> Week:
        week = actions.open_week(actor=cast.clerk.actor, place=HOME, monday=monday, **more)
        if week.wishes:
            actions.solve_week(actor=cast.clerk.actor, number=week.number, seconds=1)
        return Week.objects.get(pk=week.pk)

    return make

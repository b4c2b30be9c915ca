"""The only clock. Code never calls `datetime.now` itself, so that tests and the demo can set the time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.conf import settings

from mulin.kernel import steady

_frozen: ContextVar[datetime | None] = ContextVar("mulin_frozen_clock", default=None)


def zone() -> tzinfo:
    return ZoneInfo(settings.TIME_ZONE)


def now() -> datetime:
    """The present moment, aware, in UTC+8 as the product's users write it."""
    steady.passing()
    return _now()


def today() -> date:
    return _now().astimezone(zone()).date()


def _now() -> datetime:
    return _frozen.get() or datetime.now(zone())


def midnight(day: date) -> datetime:
    """The beginning of a day in the product's zone. Days before or after all records stand at their edges."""
    day = min(max(day, date(1900, 1, 1)), date(2999, 1, 1))
    return datetime(day.year, day.month, day.day, tzinfo=zone())


def day_of(moment: datetime) -> date:
    """The calendar day in the product's zone: counters and deadlines are by local day, not by UTC."""
    return moment.astimezone(zone()).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Run the block as if it were `moment`: tests, and the demo's three months of history."""
    token = _frozen.set(moment if moment.tzinfo else moment.replace(tzinfo=zone()))
    try:
        yield
    finally:
        _frozen.reset(token)


def ago(**kwargs: float) -> datetime:
    return now() - timedelta(**kwargs)

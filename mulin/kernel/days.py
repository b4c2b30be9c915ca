"""Days and moments as people say them: 11月26日, 11月26日 19:30. The year stands where it is not this one.

Records, exports and journal lines keep ISO; every page says it with these words (filters `day` and `moment`).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import pgettext

from mulin.kernel import clock

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2})?")
_paper: ContextVar[bool] = ContextVar("mulin_days_on_paper", default=False)


@contextmanager
def on_paper() -> Iterator[None]:
    """Inside, days are said in full: whoever reads a sheet next year does not know which day was today."""
    token = _paper.set(True)
    try:
        yield
    finally:
        _paper.reset(token)


def is_paper() -> bool:
    """Whether what is being said goes on paper."""
    return _paper.get()


def _says_year(day: date) -> bool:
    return is_paper() or day.year != clock.today().year


def day_words(value: date | datetime | None) -> str:
    """`11月26日`; empty for none. A moment counts by the local day."""
    if not value:
        return ""
    day = clock.day_of(value) if isinstance(value, datetime) else value
    if _says_year(day):
        return date_format(day, pgettext("date format", "Y年n月j日"))
    return date_format(day, pgettext("date format", "n月j日"))


def moment_words(value: datetime | None) -> str:
    """`11月26日 19:30` by the clock of the place; empty for none."""
    if not value:
        return ""
    local = value.astimezone(clock.zone())
    if _says_year(local.date()):
        return date_format(local, pgettext("date format", "Y年n月j日 H:i"))
    return date_format(local, pgettext("date format", "n月j日 H:i"))


def kept(value: datetime) -> str:
    """`2026-11-26 19:30` by the clock of the place: a moment as journal lines and tables keep it."""
    return f"{value.astimezone(clock.zone()):%Y-%m-%d %H:%M}"


def said(value: Any) -> Any:
    """A value of a journal line as its sentence says it: days and moments in words, all else as it is."""
    if not isinstance(value, str) or not _ISO.fullmatch(value):
        return value
    try:
        found = datetime.fromisoformat(value)
    except ValueError:  # 2026-13-45: whatever it is, it is no day
        return value
    return moment_words(found.replace(tzinfo=clock.zone())) if len(value) > 10 else day_words(found.date())

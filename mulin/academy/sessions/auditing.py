"""Proves from what was written that whoever leads children was checked: this part of `mulin aid audit`.

Reads sessions and record checks, none of the code that wrote them: a session to which children come without
their parents names somebody, and a check of that very person was clear, in force on that day and not
withdrawn before. What was called off led nobody.
"""

from collections import defaultdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta

from mulin.academy.sessions.models import Session
from mulin.academy.weeks.models import TeacherCheck
from mulin.kernel import clock, rulebook

CHUNK = 2000


class _Rules:
    """What the rule book says of a place on a day, asked once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, date], Any] = {}

    def value(self, name: str, place: str, on: date) -> Any:
        key = (name, place, on)
        if key not in self._known:
            self._known[key] = rulebook.value(name, at=place, on=on)
        return self._known[key]


def audit() -> tuple[int, list[tuple[str, str, UUID, str]]]:
    """Provider `children.audit.sessions`: how many sessions for children there are, and for each that is
    wrong what, which row, its id, and numbers that say where. No names."""
    rules, looked_at, wrong = _Rules(), 0, []
    checks: dict[UUID, list[TeacherCheck]] = defaultdict(list)
    for one in TeacherCheck.objects.iterator(chunk_size=CHUNK):
        checks[one.teacher_id].append(one)
    names = ("id", "number", "place", "ages", "starts_at", "state", "unled_since", "teacher_id",
             "teacher__number")  # fmt: skip
    found = Session.objects.exclude(ages=[]).values(*names).order_by("pk")
    for row in found.iterator(chunk_size=CHUNK):
        on = clock.day_of(row["starts_at"])
        alone = not set(rules.value("academy.session.led_ages", row["place"], on)).isdisjoint(row["ages"])
        asked = not set(rules.value("academy.teacher.checked_ages", row["place"], on)).isdisjoint(row["ages"])
        if not alone and not (asked and row["teacher_id"]):
            continue
        looked_at += 1
        if _is_off(row):
            continue
        if what := _wrong(rules, row, on, checks[row["teacher_id"]]):
            where = f"session {row['number']}, teacher {row['teacher__number'] or '-'}"
            wrong.append((what, "session", row["id"], where))
    return looked_at, wrong


def _is_off(row: dict[str, Any]) -> bool:
    """Called off, or a draft whose day is over: nobody was led."""
    return row["state"] == "cancelled" or (row["state"] == "draft" and row["starts_at"] <= clock.now())


def _wrong(rules: _Rules, row: dict[str, Any], on: date, checks: list[TeacherCheck]) -> str:
    now = clock.now()
    if row["teacher_id"] is None:
        if row["unled_since"] is None:
            return "nobody-named"
        return "nobody-found" if row["starts_at"] <= now else ""
    months = int(rules.value("academy.teacher.check_months", row["place"], on))
    reasons = [_broken(one, on, min(row["starts_at"], now), months) for one in checks]
    if "" in reasons:
        return ""
    return max(reasons, key=_TELLING.index, default="check-missing")


# Of several checks that do not hold, the reason that says most.
_TELLING = ("check-later", "check-expired", "check-not-clear", "check-withdrawn")


def _broken(check: TeacherCheck, on: date, at: datetime, months: int) -> str:
    if not check.is_clear:
        return "check-not-clear"
    if check.checked_on > on:
        return "check-later"
    if check.checked_on + relativedelta(months=months) < on:
        return "check-expired"
    return "check-withdrawn" if check.withdrawn_at and check.withdrawn_at <= at else ""

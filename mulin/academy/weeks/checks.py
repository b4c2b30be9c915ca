"""Who may teach whom: nobody is planned for, or put before, children without a record check in force.

One question, asked wherever a teacher and an age meet: when a week's file is written (a teacher without a
check does not have the skill at all), when a clerk moves a session by hand, when a session is made.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils.translation import gettext as _

from mulin.academy.weeks.models import Teacher
from mulin.kernel import clock, rulebook
from mulin.kernel.errors import ActionError
from mulin.kernel.workcalendar import Calendar

CHECKED = "+checked"


def needs_check(ages: Iterable[str], *, place: str, on: date | None = None) -> bool:
    """Whether one of these ages may only be taught by somebody whose record was checked."""
    asked = rulebook.value("academy.teacher.checked_ages", at=place, on=on)
    return not set(asked).isdisjoint(ages)


def check_ends(teacher: Teacher) -> date | None:
    """The last day on which the record check counts; None without one."""
    if teacher.checked_on is None:
        return None
    months = int(rulebook.value("academy.teacher.check_months", at=teacher.place, on=teacher.checked_on))
    return Calendar.default().period_end(teacher.checked_on, months=months, roll=False)


def is_checked(teacher: Teacher, on: date | None = None) -> bool:
    """Whether the check is in force on a day: not before it was made, nor after its year."""
    on = on or clock.today()
    ends = check_ends(teacher)
    return ends is not None and teacher.checked_on is not None and teacher.checked_on <= on <= ends


def ends_soon(teacher: Teacher, days: int = 30) -> bool:
    """Whether a check ends within so many days, so that it can be renewed in time."""
    ends = check_ends(teacher)
    return ends is not None and ends <= clock.today() + timedelta(days=days)


def may_teach(teacher: Teacher, ages: Iterable[str], *, place: str, on: date) -> bool:
    return is_checked(teacher, on) or not needs_check(ages, place=place, on=on)


def require_check(teacher: Teacher, ages: Iterable[str], on: date, *, place: str = "") -> None:
    """Raises no-check for a teacher who may not be with these ages on that day, by the rules of `place` (the
    teacher's own without one)."""
    if not may_teach(teacher, ages, place=place or teacher.place, on=on):
        raise ActionError(
            "no-check",
            _("这位老师在那天没有有效的记录查询，不能教孩子。先办查询，在老师的页面记下日期。"),
            field="teacher",
        )


def skill(theme: str, ages: Iterable[str], *, place: str, on: date) -> str:
    """The engine's name of what a wish needs somebody for."""
    return theme + CHECKED if needs_check(ages, place=place, on=on) else theme


def skills_of(teacher: Teacher, on: Iterable[date]) -> list[str]:
    """The engine's names of what a teacher may be planned for if it is taught on these days."""
    found = list(dict.fromkeys(teacher.skills))
    if all(is_checked(teacher, day) for day in on):
        found += [one + CHECKED for one in found]
    return found

"""Record checks of teachers: which ages ask for one, and whether somebody's holds on a day.

Asked wherever a person and an age meet: when a week's file is written (a teacher without a check does not
have the skill at all), when a clerk moves a session by hand, and by `sessions.leading` whenever a session is
made or changed.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from mulin.academy.weeks.models import Teacher, TeacherCheck
from mulin.kernel import clock, rulebook
from mulin.kernel.workcalendar import Calendar

CHECKED = "+checked"
CLUB = "club:"


def needs_leader(ages: Iterable[str], *, place: str, on: date | None = None) -> bool:
    """Whether children of these ages come without their parents: somebody who is checked must be named."""
    ages = set(ages)
    if not ages:
        return False
    led = rulebook.value("academy.session.led_ages", at=place, on=on)
    return not set(led).isdisjoint(ages)


def needs_check(ages: Iterable[str], *, place: str, on: date | None = None) -> bool:
    """Whether one of these ages may only be taught by somebody whose record was checked."""
    ages = set(ages)
    if not ages:
        return False
    asked = rulebook.value("academy.teacher.checked_ages", at=place, on=on)
    return not set(asked).isdisjoint(ages) or needs_leader(ages, place=place, on=on)


def last_day(checked_on: date, *, place: str, on: date | None = None) -> date:
    """The last day on which a check of that day counts, by the rule of a place on a day (today)."""
    months = int(rulebook.value("academy.teacher.check_months", at=place, on=on))
    return Calendar.default().period_end(checked_on, months=months, roll=False)


def check_on(
    teacher: Teacher, on: date, *, place: str = "", at: datetime | None = None
) -> TeacherCheck | None:
    """The latest check that holds on a day: clear, not withdrawn, made before and not older than the rule of
    `place` (the teacher's own without one) allows. `at`: as it stood at an earlier moment, before what was
    withdrawn since."""
    place = place or teacher.place
    found = [
        one
        for one in teacher.checks.all()
        if one.is_clear
        and (one.withdrawn_at is None or (at is not None and one.withdrawn_at > at))
        and one.checked_on <= on <= last_day(one.checked_on, place=place, on=on)
    ]
    return max(found, key=lambda one: one.checked_on, default=None)


def is_checked(teacher: Teacher, on: date | None = None, *, place: str = "") -> bool:
    """Whether a check is in force on a day: not before it was made, nor after its year."""
    return check_on(teacher, on or clock.today(), place=place) is not None


def latest(teacher: Teacher) -> TeacherCheck | None:
    """The last check that counts, also one whose year is over."""
    found = [one for one in teacher.checks.all() if one.is_clear and one.withdrawn_at is None]
    return max(found, key=lambda one: one.checked_on, default=None)


def refused_on(teacher: Teacher) -> date | None:
    """The day of the last check that was not clear."""
    return max((one.checked_on for one in teacher.checks.all() if not one.is_clear), default=None)


def is_kept_apart(teacher: Teacher) -> bool:
    """Whether the last check was not clear: this person is not named where children come."""
    return refused_on(teacher) is not None and latest(teacher) is None


def check_ends(teacher: Teacher) -> date | None:
    """The last day on which the record check counts; None without one."""
    found = latest(teacher)
    return None if found is None else last_day(found.checked_on, place=teacher.place)


def ends_soon(teacher: Teacher, days: int = 30) -> bool:
    """Whether a check ends within so many days, so that it can be renewed in time."""
    ends = check_ends(teacher)
    return ends is not None and ends <= clock.today() + timedelta(days=days)


# The engine's names --------------------------------------------------------------------------------------


def skill(theme: str, ages: Iterable[str], *, place: str, on: date) -> str:
    """The engine's name of what a wish needs somebody for."""
    return theme + CHECKED if needs_check(ages, place=place, on=on) else theme


def club_skill(number: str) -> str:
    """The engine's name of leading a club to which children come without their parents."""
    return f"{CLUB}{number}{CHECKED}"


def skills_of(
    teacher: Teacher, on: Iterable[date], *, place: str = "", clubs: Iterable[str] = ()
) -> list[str]:
    """The engine's names of what a teacher may be planned for if it is taught on these days. `clubs`: numbers
    of clubs with children that the teacher leads."""
    found = list(dict.fromkeys(teacher.skills))
    if all(is_checked(teacher, day, place=place) for day in on):
        found += [one + CHECKED for one in found] + [club_skill(one) for one in clubs]
    return found

"""A week from what residents ordered: venues, teachers and groups without a clash, as many wishes as
possible. Pure.

Format of the files: docs/timetable.md.
"""

from mulin.academy.timetable.checking import Broken, Read, check, read_solution
from mulin.academy.timetable.instance import Instance, TimetableError
from mulin.academy.timetable.planning import Plan, solve
from mulin.academy.timetable.reading import parse, read_instance

__all__ = [
    "Broken",
    "Instance",
    "Plan",
    "Read",
    "TimetableError",
    "check",
    "parse",
    "read_instance",
    "read_solution",
    "solve",
]

"""How far the call-backs of a case are: by the same count that lets it be closed."""

from dataclasses import dataclass

from mulin.cases.actions import ending
from mulin.cases.models import Case
from mulin.kernel import clock


@dataclass(frozen=True, slots=True)
class Calls:
    """`made`: days with an attempt that reached nobody. `is_enough`: it may be closed unconfirmed."""

    made: int
    wanted: int
    today: bool
    is_enough: bool


def calls_of(case: Case) -> Calls | None:
    """None where nobody is called back, or nobody was tried yet."""
    if case.state != "done":
        return None
    days = ending.call_back_days(case)
    if not days:
        return None
    is_enough = ending.confirm_limit_passed(case) and not ending.call_backs_missing(case)
    return Calls(len(days), ending.call_backs_wanted(case), clock.today() in days, is_enough)

"""From a figure to the list behind it, for those who may see that list. The lists belong to floors above, so
their addresses are asked for by name and are simply absent where there is no such page."""

from urllib.parse import urlencode

from mulin.insight.periods import Period
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.links import address

# What the list must be filtered by to show what a figure counts. Figures by the day of an event have no list.
FILTERS = {
    "in": {"dated": True},
    "open": {},
    "overdue": {"overdue": "1"},
    "merged": {"dated": True, "state": "merged"},
}


def url(name: str, *args: str, **query: str) -> str:
    """The address of a page by name, or "" where there is none."""
    found = address(name, *args)
    query = {key: value for key, value in query.items() if value}
    return f"{found}?{urlencode(query)}" if found and query else found


class Lists:
    """Addresses of the desk's list of cases for one place and period; all "" for whoever may not see it."""

    def __init__(self, actor: Actor, place: str, period: Period):
        target = policy.Target(place=place[:12], grid=place) if "-" in place else place
        self.may = policy.can(actor, "cases.case:view", target)
        self.place = place
        self.days = {"since": period.since.isoformat(), "until": period.until.isoformat()}

    def of(self, *, dated: bool = False, place: str = "", **filters: str) -> str:
        if not self.may:
            return ""
        # The desk's list is of open cases in the order of their clocks unless it is asked for by date.
        days = {**self.days, "order": "newest"} if dated else {}
        return url("desk:cases", place=place or self.place, **filters, **days)

    def figure(self, key: str, place: str = "") -> str:
        return self.of(place=place, **FILTERS[key]) if key in FILTERS else ""

"""From a roster to what the counting engines take: units with their owners, and how many there are."""

from mulin.councils import owners
from mulin.councils.counting import Amount
from mulin.councils.rosters.bodies import HOME
from mulin.councils.rosters.models import Ownership, Roster


def units(roster: Roster) -> list[owners.Unit]:
    """The units of an owners' roster, by their key. A stall is counted by the rule for parking spaces, as
    the law's guidance names them together. Two statements."""
    of: dict = {}
    rows = Ownership.objects.filter(entry__roster=roster).values_list("entry_id", "person__code")
    for entry, code in rows.order_by("person__code"):
        of.setdefault(entry, []).append(code)
    return [
        owners.Unit(
            id=entry.key,
            owners=tuple(of.get(entry.pk, ())),
            registry=entry.registry,
            survey=entry.survey,
            contract=entry.contract,
            kind=owners.HOME if entry.kind in ("", HOME) else owners.PARKING,
            is_developers=entry.is_developers,
        )
        for entry in roster.entries.order_by("position", "key")
    ]


def amount(
    found: list[owners.Unit],
    *,
    parking: str | None = "left_out",
    order: tuple[str, ...] = owners.AREA_SOURCES,
) -> Amount:
    """Heads and area of units, counted as the law says (`owners.head_of`); parking only where it counts."""
    counted = [unit for unit in found if unit.kind != owners.PARKING or parking == "counted"]
    heads = {owners.head_of(unit) for unit in counted}
    return Amount(len(heads), sum(owners.area_of(unit, order) or 0 for unit in counted))

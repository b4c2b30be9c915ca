"""When two communities become one: buildings, grids and other sites that would then have one code.

They are different things, so each goes on. What stands at the new code already keeps its number, then what
comes from the lowest old code; another one takes the next free number of its kind. Its old code is written
down as a succession, so that a bookmark or a journal line leads to the right door.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Q

from mulin.kernel import codes
from mulin.kernel.db import write
from mulin.places.models import Division, Site, Succession

AT_ONCE = 500
NOTE = "renumbered"


def renumber(mapping: Mapping[str, str], on: date) -> dict[str, str]:
    """Old code -> new code of the sites that cannot keep their number under `mapping`, with those of earlier
    runs of that day. One transaction a community; again it gives the same."""
    sources: dict[str, list[str]] = defaultdict(list)
    for old, new in mapping.items():
        if old != new and "-" not in old and codes.level(new) == codes.Level.COMMUNITY:
            sources[new].append(old)
    having = _with_sites({*sources, *(old for olds in sources.values() for old in olds)})
    for new, olds in sorted(sources.items()):
        staying = {new} - mapping.keys()
        if len(having & {*olds, *staying}) > 1:
            _part(new, sorted(having & {*olds}), staying, on)
    return _known(on)


def _with_sites(places: Iterable[str]) -> set[str]:
    wanted, found = sorted(places), set()
    for start in range(0, len(wanted), AT_ONCE):
        rows = Site.objects.filter(community__in=wanted[start : start + AT_ONCE])
        found |= set(rows.order_by().values_list("community", flat=True).distinct())
    return found


def _known(on: date) -> dict[str, str]:
    rows = Succession.objects.filter(on=on, note=NOTE, old__contains="-")
    return dict(rows.order_by("id").values_list("old", "new"))


def _part(new: str, olds: list[str], staying: set[str], on: date) -> None:
    """Give numbers of their own to the sites of one new community that would meet."""
    with write():
        # As `set_site` does: two who give out numbers do not give out the same.
        list(Division.objects.select_for_update().filter(code=new, valid_to=None).values_list("id"))
        rows = list(Site.objects.filter(community__in=[*staying, *olds]).values_list("code", "community"))
        known = _known(on)
        rows.sort(key=lambda row: (row[1] != new, row[1], row[0]))
        used: set[str] = set()
        last = _last(rows, known.values(), new)
        for code, _community in rows:
            target = known.get(code, new + code[12:])
            if target in used:
                level = codes.level(code)
                last[level] += 1
                target = codes.make(new, level, last[level])
                Succession.objects.create(old=code, new=target, on=on, note=NOTE)
            used.add(target)


def _last(rows: list[tuple], given: Iterable[str], new: str) -> dict[codes.Level, int]:
    """The highest number of each kind, among all that come together."""
    last: dict[codes.Level, int] = defaultdict(int)
    for code in [*(row[0] for row in rows), *(one for one in given if one.startswith(f"{new}-"))]:
        parsed = codes.parse(code)
        last[parsed.level] = max(last[parsed.level], parsed.serial or 0)
    return last


def merges(mapping: Mapping[str, str], on: date) -> set[str]:
    """The communities of `mapping` that do not stay alone: another one takes the same new code, or has had it
    before."""
    moving = {old: new for old, new in mapping.items() if old != new}
    targets = Counter(moving.values())
    older = Q(valid_from=None) | Q(valid_from__lt=on)
    there = set(
        Division.objects.filter(older, code__in=targets, in_use=True, valid_to=None).values_list(
            "code", flat=True
        )
    )
    return {old for old, new in moving.items() if targets[new] > 1 or new in there}

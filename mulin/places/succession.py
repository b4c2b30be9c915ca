"""Reading old codes: which code a place has now, and which it had before.

Old journal lines, printed receipts and bookmarks keep the code of their day. A code below a community
follows its community: nothing is stored for it unless it got another number (`renumbering`).
"""

from collections import Counter, defaultdict
from datetime import date

from mulin.kernel import clock
from mulin.places.caching import Kept
from mulin.places.models import Succession

_tables = Kept(1)
_STEPS = 20  # more reorganisations than a place will see; stops a circle of wrong rows


def _table() -> dict[str, list[tuple[date, str]]]:
    """old -> [(day, new)], the latest day last."""

    def read() -> dict[str, list[tuple[date, str]]]:
        table: dict[str, list[tuple[date, str]]] = defaultdict(list)
        for old, new, day in Succession.objects.order_by("on", "new").values_list("old", "new", "on"):
            table[old].append((day, new))
        # Never an empty dict: that would be read again at every call.
        return {**table, "": []}

    return _tables.make("all", read)


def _next(code: str, after: date, until: date) -> tuple[date, list[str]]:
    """The next step of a code: the day, and the codes that took its place."""
    rows = [(day, new) for day, new in _table().get(code, ()) if after <= day <= until]
    if not rows:
        return after, []
    first = rows[0][0]
    return first, [new for day, new in rows if day == first]


def successors(code: str, on: date | None = None) -> list[str]:
    """The codes that a place became by a day (today): several when it was split, itself when nothing did."""
    until = on or clock.today()
    found, open_codes = [], [(code, date.min)]
    for _ in range(_STEPS * 50):
        if not open_codes:
            break
        current, after = open_codes.pop()
        day, following = _next(current, after, until)
        if following:
            open_codes += [(new, day) for new in following if new != current]
        elif current not in found:
            found.append(current)
    if "-" not in code:
        return sorted(found)
    parts = (one.partition("-") for one in found)
    return sorted({f"{new}-{tail}" for base, _, tail in parts for new in successors(base, on)})


def predecessors(code: str) -> list[str]:
    """All older codes whose place is now (at least partly) this one, without the code itself."""
    base, dash, tail = code.partition("-")
    table = _table()
    back: dict[str, list[str]] = defaultdict(list)
    for old, rows in table.items():
        for _, new in rows:
            back[new].append(old)
    found: list[str] = []
    waiting = [code, base] if dash else [code]
    while waiting:
        for old in back.get(waiting.pop(), ()):
            named = f"{old}-{tail}" if dash and "-" not in old else old
            # A site that got another number when its community was merged has rows of its own.
            if named not in found and (named == old or named not in table):
                found.append(named)
                waiting.append(old)
    return sorted(found)


def current(code: str, on: date | None = None) -> str:
    """The code that a place has on a day (today). A place that was split is followed to its largest part."""
    until, after = on or clock.today(), date.min
    base, dash, _tail = code.partition("-")
    for _ in range(_STEPS):
        day, following = _next(code, after, until)
        if following:
            code, after = _largest(code, following), day
        elif dash and "-" in code:
            moved = current(base, until)
            return code if moved == base else f"{moved}-{code.partition('-')[2]}"
        else:
            break
    return code


resolve = current


def _largest(code: str, following: list[str]) -> str:
    """Of several codes the one to which most communities of the old place went."""
    if len(following) == 1:
        return following[0]
    head = code.rstrip("0")
    shares: Counter[str] = Counter()
    for old, rows in _table().items():
        if old.startswith(head) and len(old) == 12 and not old.endswith("000"):
            for _, new in rows:
                shares.update(target for target in following if new.startswith(target.rstrip("0")))
    return max(following, key=lambda target: (shares[target], target))

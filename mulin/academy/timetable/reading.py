"""From JSON to an instance, with a message that says which field is wrong. Pure. Format:
docs/timetable.md."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from mulin.academy.timetable import week
from mulin.academy.timetable.instance import (
    FORMAT,
    MAY_BE_PUT_ASIDE,
    Group,
    Instance,
    Order,
    OwnerRules,
    Pin,
    Teacher,
    TimetableError,
    Venue,
)
from mulin.academy.timetable.week import Window

GRIDS = (5, 10, 15, 20, 30, 60)
MOST_PEOPLE = 100_000
_MISSING = object()


def parse(text: str) -> Any:
    """The file's JSON; a mistake is named with its line."""
    try:
        return json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise TimetableError(f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise TimetableError("the JSON is nested too deeply") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise TimetableError(f"{twice!r} is given twice in one object")
    return found


class Fields:
    """One object of the file, read field by field; what was not asked for is unknown and refused."""

    def __init__(self, given: Any, path: str):
        if not isinstance(given, dict):
            raise TimetableError(f"{path or 'the file'}: must be an object")
        self.given, self.path, self.asked = given, path, set()

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def wrong(self, name: str, said: str) -> TimetableError:
        return TimetableError(f"{self.at(name)}: {said}")

    def _take(self, name: str, default: Any) -> Any:
        self.asked.add(name)
        value = self.given.get(name, default)
        if value is _MISSING:
            raise self.wrong(name, "is missing")
        return value

    def text(self, name: str, default: Any = _MISSING) -> str:
        value = self._take(name, default)
        if not isinstance(value, str) or (not value and default is _MISSING):
            raise self.wrong(name, "must be a text" if default != "" else "must be a text, or left out")
        return value

    def whole(self, name: str, least: int, most: int, default: Any = _MISSING) -> Any:
        value = self._take(name, default)
        if value is default and default is not _MISSING:
            return default
        if type(value) is not int or not least <= value <= most:
            raise self.wrong(name, f"must be a whole number from {least} to {most}")
        return value

    def flag(self, name: str) -> bool:
        value = self._take(name, False)
        if not isinstance(value, bool):
            raise self.wrong(name, "must be true or false")
        return value

    def texts(self, name: str, known: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Each only once, in the order given."""
        value = self._take(name, [])
        if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
            raise self.wrong(name, "must be a list of texts")
        if len(set(value)) < len(value):
            raise self.wrong(name, "names something twice")
        if known and (other := [one for one in value if one not in known]):
            raise self.wrong(name, f"{other[0]!r} is none of {', '.join(known)}")
        return tuple(value)

    def many(self, name: str, read: Callable[[Fields], Any], default: Any = _MISSING) -> tuple[Any, ...]:
        value = self._take(name, default)
        if not isinstance(value, list):
            raise self.wrong(name, "must be a list")
        return tuple(_whole(Fields(one, f"{self.at(name)}[{at}]"), read) for at, one in enumerate(value))

    def one(self, name: str, read: Callable[[Fields], Any]) -> Any:
        return _whole(Fields(self._take(name, {}), self.at(name)), read)

    def windows(self, name: str, default: Any = _MISSING) -> tuple[Window, ...]:
        return week.merged(self.many(name, _window, default))

    def slots(self, name: str) -> tuple[Window, ...]:
        """As given: their order says which an order likes best."""
        found = self.many(name, _window)
        if not found:
            raise self.wrong(name, "must have at least one window")
        return found

    def weights(self, name: str) -> dict[str, int]:
        def read(fields: Fields) -> dict[str, int]:
            return {key: fields.whole(key, 0, 100) for key in fields.given}

        return self.one(name, read)

    def finish(self) -> None:
        if unknown := sorted(set(self.given) - self.asked):
            raise self.wrong(unknown[0], "is unknown")


def _whole(fields: Fields, read: Callable[[Fields], Any]) -> Any:
    found = read(fields)
    fields.finish()
    return found


def _window(fields: Fields) -> Window:
    day = fields.whole("day", 1, week.DAYS)
    begin, end = (_time(fields, name) for name in ("from", "to"))
    if end <= begin:
        raise fields.wrong("to", "must come after from")
    return week.moment(day, begin), week.moment(day, end)


def _time(fields: Fields, name: str) -> int:
    text = fields.text(name)
    minute = week.minute_of(text)
    if minute is None:
        raise fields.wrong(name, f"{text!r} is no time such as 09:30")
    return minute


def _limits(fields: Fields) -> dict[str, int | None]:
    return {name: fields.whole(name, 0, 1000, None) for name in ("day_most", "week_most")}


def _rules(fields: Fields) -> OwnerRules:
    return OwnerRules(
        ages=fields.texts("ages"), places=fields.texts("places"), themes=fields.texts("themes"),
        not_themes=fields.texts("not_themes"), quiet=fields.windows("quiet", []),
        least_size=fields.whole("least_size", 0, MOST_PEOPLE, 0), pause=fields.whole("pause", 0, week.DAY, 0),
        **_limits(fields),
    )  # fmt: skip


def _venue(fields: Fields) -> Venue:
    return Venue(
        fields.text("id"), fields.text("place"), fields.windows("hours", []),
        fields.whole("capacity", 0, MOST_PEOPLE), frozenset(fields.texts("equipment")),
        fields.one("rules", _rules), fields.text("title", ""),
    )  # fmt: skip


def _teacher(fields: Fields) -> Teacher:
    return Teacher(
        fields.text("id"), frozenset(fields.texts("skills")), fields.windows("times", []),
        fields.texts("places"), fields.whole("pause", 0, week.DAY, 0), **_limits(fields),
        title=fields.text("title", ""),
    )  # fmt: skip


def _group(fields: Fields) -> Group:
    return Group(fields.text("id"), **_limits(fields), title=fields.text("title", ""))


def _order(fields: Fields) -> Order:
    place, minutes = fields.text("place"), fields.whole("minutes", 5, week.DAY)
    places = fields.texts("places")
    if places and place not in places:
        places = (place, *places)
    return Order(
        fields.text("id"), place, places or (place,), fields.whole("size", 1, MOST_PEOPLE), minutes,
        fields.slots("slots"), fields.text("age"), fields.text("theme"), fields.text("skill", ""),
        frozenset(fields.texts("equipment")), fields.texts("groups"), fields.texts("people"),
        fields.flag("is_loud"), fields.text("title", ""),
    )  # fmt: skip


def _pin(fields: Fields) -> Pin:
    day = fields.whole("day", 1, week.DAYS)
    return Pin(
        fields.text("order"), fields.text("venue"), week.moment(day, _time(fields, "from")),
        fields.text("teacher", ""), frozenset(fields.texts("despite", MAY_BE_PUT_ASIDE)),
    )  # fmt: skip


def read_instance(given: Any) -> Instance:
    """The instance of a parsed file. Raises TimetableError, which names the field."""
    return _whole(Fields(given, ""), _instance)


def _instance(fields: Fields) -> Instance:
    if fields.text("format") != FORMAT:
        raise fields.wrong("format", f"must be {FORMAT!r}")
    grid = fields.whole("grid", 5, 60, 30)
    if grid not in GRIDS:
        raise fields.wrong("grid", f"must be one of {', '.join(map(str, GRIDS))}")
    weights = fields.one("fairness", lambda one: (one.weights("ages"), one.weights("themes")))
    found = Instance(
        fields.many("venues", _venue),
        fields.many("teachers", _teacher, []),
        fields.many("groups", _group, []),
        fields.many("orders", _order),
        fields.many("pinned", _pin, []),
        *weights,
        grid,
        fields.text("week", ""),
    )
    for name in ("venues", "teachers", "groups", "orders"):
        _unique(name, [one.id for one in getattr(found, name)])
    _unique("pinned", [one.order for one in found.pinned], "order")
    _references(found)
    return found


def _unique(name: str, ids: list[str], field: str = "id") -> None:
    seen: dict[str, int] = {}
    for at, one in enumerate(ids):
        if one in seen:
            raise TimetableError(f"{name}[{at}].{field}: {one!r} is also {name}[{seen[one]}].{field}")
        seen[one] = at


def _references(found: Instance) -> None:
    groups = {one.id for one in found.groups}
    for at, order in enumerate(found.orders):
        if unknown := [one for one in order.groups if one not in groups]:
            raise TimetableError(f"orders[{at}].groups: there is no group {unknown[0]!r}")
    for at, pin in enumerate(found.pinned):
        for name, value, known in (
            ("order", pin.order, found.order_at),
            ("venue", pin.venue, found.venue_at),
            ("teacher", pin.teacher, found.teacher_at | {"": 0}),
        ):
            if value not in known:
                raise TimetableError(f"pinned[{at}].{name}: there is no {name} {value!r}")

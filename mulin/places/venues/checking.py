"""What may stand in a venue's fields."""

from typing import Any

from django.utils.translation import gettext as _

from mulin.kernel.errors import ActionError
from mulin.places.locating import wgs84
from mulin.places.venues import catalogue, hours

TEXTS = {"name": 80, "address": 160, "about": 2000, "phone": 40, "theme": 40}
CODES = {"equipment": catalogue.equipment, "services": catalogue.services, "traits": catalogue.traits}
NUMBERS = {"capacity": (1, 20_000), "area": (1, 200_000)}
FLAGS = ("is_idle", "is_station", "is_bookable")
HOLIDAYS = ("open", "closed")
FIELDS = (
    *TEXTS, *CODES, *NUMBERS, *FLAGS, "kind", "hours", "rules", "booking", "holidays", "owner", "lon", "lat",
    "site", "within",
)  # fmt: skip
# The owner's rules for bookings by residents. Left out: the rule pack says (bookings.room.*).
WHO = ("resident", "verified", "group")
DECIDE = ("auto", "worker")
BOOKING_NUMBERS = {
    "most_minutes": (15, 1440),
    "ahead_days": (1, 366),
    "week_most": (1, 50),
    "notice_hours": (0, 720),
}
# What the owner asks of activities (docs/timetable.md), beside lists of ages, places and themes.
RULE_NUMBERS = {"pause": (0, 240), "day_most": (1, 48), "week_most": (1, 200), "least_size": (1, 1000)}


def refuse(field: str, message: str, *, code: str = "") -> ActionError:
    return ActionError(code or f"bad-{field}", message, field=field, status=422)


def clean(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts as the record keeps them. ActionError (422) that names the field; TypeError for a field that
    there is not."""
    if unknown := set(facts) - set(FIELDS):
        raise TypeError(f"a venue has no {sorted(unknown)[0]!r}")
    values = dict(facts)
    _texts(values)
    _numbers(values)
    _codes(values)
    for name, cleaner in (("hours", clean_hours), ("rules", clean_rules), ("booking", clean_booking)):
        if name in values:
            values[name] = cleaner(values[name])
    if "holidays" in values and values["holidays"] not in HOLIDAYS:
        raise refuse("holidays", _("请选节假日开不开。"))
    if values.get("lon") is not None or values.get("lat") is not None:
        values["lon"], values["lat"] = wgs84(values.get("lon"), values.get("lat"), "wgs84")
    return values


def _codes(values: dict[str, Any]) -> None:
    if "kind" in values and values["kind"] not in catalogue.kinds():
        raise refuse("kind", _("请选是哪一种场地。"))
    for name, words in CODES.items():
        if name not in values:
            continue
        if set(values[name]) - set(words()):
            raise refuse(name, _("请从列表里选择。"))
        values[name] = [one for one in words() if one in values[name]]


def _texts(values: dict[str, Any]) -> None:
    for name, most in TEXTS.items():
        if name not in values:
            continue
        values[name] = values[name].strip()
        if len(values[name]) > most:
            raise refuse(name, _("太长了，最多 %(n)s 个字。") % {"n": most})
    if "name" in values and not values["name"]:
        raise refuse("name", _("请写场地的名称。"))


def _numbers(values: dict[str, Any]) -> None:
    for name, (least, most) in NUMBERS.items():
        if values.get(name) is not None and not least <= values[name] <= most:
            raise refuse(name, _("请填 %(a)s 到 %(b)s 之间的整数。") % {"a": least, "b": most})


def clean_hours(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Hours as they are kept: in order, joined where they touch."""
    try:
        return hours.written(hours.read(rows))
    except hours.HoursError as error:
        from mulin.places.venues.words import day_name

        words = {"day": day_name(error.day) if error.day else ""}
        said = {
            "order": _("%(day)s：关门要晚于开门。"),
            "many": _("%(day)s：时段太多，请合并一些。"),
            "time": _("%(day)s：请写成 9:00 这样的时间，最晚 24:00。"),
        }.get(error.code, _("请核对开放时间。"))
        raise refuse("hours", said % words) from error


def clean_rules(rules: dict[str, Any]) -> dict[str, Any]:
    """The owner's rules for activities, as the timetable reads them (docs/timetable.md); empty ones go."""
    kept = {key: value for key, value in rules.items() if value not in (None, "", [])}
    if set(kept) - {"ages", "places", "themes", "not_themes", "quiet", *RULE_NUMBERS}:
        raise refuse("rules", _("请核对活动规则。"))
    for name, (least, most) in RULE_NUMBERS.items():
        if name in kept and not (isinstance(kept[name], int) and least <= kept[name] <= most):
            raise refuse("rules", _("请填 %(a)s 到 %(b)s 之间的整数。") % {"a": least, "b": most})
    if "quiet" in kept:
        kept["quiet"] = clean_hours(kept["quiet"])
    return kept


def clean_booking(rules: dict[str, Any]) -> dict[str, Any]:
    """The owner's rules for bookings; what is empty is left out, so that the rule pack holds."""
    kept = {key: value for key, value in rules.items() if value not in (None, "")}
    if set(kept) - {"who", "decide", "terms", *BOOKING_NUMBERS}:
        raise refuse("booking", _("请核对预约规则。"))
    if kept.get("who", "resident") not in WHO or kept.get("decide", "auto") not in DECIDE:
        raise refuse("booking", _("请核对预约规则。"))
    for name, (least, most) in BOOKING_NUMBERS.items():
        if name in kept and not (isinstance(kept[name], int) and least <= kept[name] <= most):
            raise refuse("booking", _("请填 %(a)s 到 %(b)s 之间的整数。") % {"a": least, "b": most})
    if len(str(kept.get("terms", ""))) > 500:
        raise refuse("booking", _("太长了，最多 %(n)s 个字。") % {"n": 500})
    return kept

"""What to look at before a roster is frozen, in sentences."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mulin.councils.rosters import queries
from mulin.councils.rosters.bodies import HOME, LINES, PERSON, UNIT
from mulin.councils.rosters.models import Roster, RosterEntry

NAMED = 8


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend (`stops`: before freezing) or to look at; `keys` of the lines it is about."""

    code: str
    text: str
    stops: bool = True
    keys: tuple[str, ...] = ()


def findings(roster: Roster) -> list[Finding]:
    """Everything that stops freezing first, then what deserves a look. Five statements at most."""
    entries = list(queries.entries(roster))
    if not entries:
        return [Finding("empty", _("名册里还没有人。"))]
    found = _twice(entries)
    if LINES[roster.body] == UNIT:
        found += _units(roster, entries)
    elif LINES[roster.body] == PERSON:
        found += _people(roster, entries)
    return sorted(found, key=lambda one: not one.stops)


def _named(entries: Iterable[RosterEntry]) -> str:
    labels = [entry.label for entry in entries]
    text = "、".join(labels[:NAMED])
    return _("%(names)s 等 %(n)s 条") % {"names": text, "n": len(labels)} if len(labels) > NAMED else text


def _finding(code: str, text: str, entries: list[RosterEntry], *, stops: bool = True) -> Finding:
    facts = {"n": len(entries), "names": _named(entries)}
    return Finding(code, text % facts, stops, tuple(one.key for one in entries))


def _twice(entries: list[RosterEntry]) -> list[Finding]:
    """The same door, the same household or the same account on two lines."""
    found = []
    for code, of, text in (
        ("twice-account", lambda one: one.account_id, _("同一个账户列了两次：%(names)s。请去掉一条。")),
        (
            "twice-door",
            lambda one: (one.building, one.stair, one.door, one.kind) if one.door and one.building else None,
            _("同一个门牌列了两次：%(names)s。请去掉一条。"),
        ),
    ):
        if code == "twice-door" and entries and LINES[entries[0].roster.body] == PERSON:
            continue
        counted = Counter(of(one) for one in entries)
        same = [one for one in entries if of(one) is not None and counted[of(one)] > 1]
        if same:
            found.append(_finding(code, text, same))
    return found


def _units(roster: Roster, entries: list[RosterEntry]) -> list[Finding]:
    found = []
    order = queries.area_order(roster)
    parking = queries.rule_value("councils.parking", roster)
    spaces = [one for one in entries if one.kind != HOME]
    counted = [one for one in entries if one.kind == HOME or parking == "counted"]
    if not order:
        found.append(
            Finding("unset-area", _("没有设定面积以哪里的为准。请管理员填写规则 councils.area_order。"))
        )
    if spaces and parking is None:
        text = _(
            "名册里有 %(n)s 个车位或摊位，但没有设定它们算不算。"
            "请管理员按议事规则填写 councils.parking：算，或不算。"
        )
        found.append(_finding("unset-parking", text, spaces))
    without = [one for one in counted if order and _area(one, order) is None]
    if without:
        found.append(_finding("no-area", _("%(n)s 套没有面积，没法计票：%(names)s。"), without))
    ownerless = [one for one in entries if not one.is_developers and not one.owners.all()]
    if ownerless:
        found.append(
            _finding(
                "no-owner", _("%(n)s 套没有写业主：%(names)s。没卖的请勾“开发商未售或未交付”。"), ownerless
            )
        )
    return found + _same_names(roster) + _looks(entries, order)


def _area(entry: RosterEntry, order: tuple[str, ...]) -> int | None:
    return next((value for name in order if (value := getattr(entry, name)) is not None), None)


def _same_names(roster: Roster) -> list[Finding]:
    people = list(roster.people.values_list("name", "code"))
    counted = Counter(name for name, _code in people)
    again = sorted(name for name, n in counted.items() if n > 1)
    if not again:
        return []
    text = _(
        "有业主同名：%(names)s。名册按不同的人算；如果是同一个人，请给他填同一个业主编号，不然人数会多算。"
    )
    return [Finding("same-name", text % {"names": "、".join(again[:NAMED])}, stops=False)]


def _looks(entries: list[RosterEntry], order: tuple[str, ...]) -> list[Finding]:
    found = []
    weak = [
        one for one in entries if one.kind == HOME and order[:1] == ("registry",) and one.registry is None
    ]
    weak = [one for one in weak if _area(one, order) is not None]
    if weak:
        text = _("%(n)s 套没有登记面积，按实测或合同面积算：%(names)s。")
        found.append(_finding("no-registry", text, weak, stops=False))
    developers = [one for one in entries if one.is_developers]
    if developers:
        text = _("%(n)s 套是开发商未售或未交付的，合起来算一个人：%(names)s。")
        found.append(_finding("developers", text, developers, stops=False))
    return found


def _people(roster: Roster, entries: list[RosterEntry]) -> list[Finding]:
    found: list[Finding] = []
    labels = Counter(one.label for one in entries)
    same: list[Any] = [one for one in entries if labels[one.label] > 1]
    if same:
        found.append(
            _finding("same-name", _("有人同名：%(names)s。请核对是不是同一个人。"), same, stops=False)
        )
    if roster.body == "residents":
        text = _("系统不知道谁满18周岁，也不知道谁不用手机。请对照户籍或走访名单核对，漏的人加上。")
        found.append(Finding("adults", text, stops=False))
    return found

"""The engine at work on a week's files: solving, the small step after a clerk's hand, what a step breaks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from mulin.academy import timetable
from mulin.academy.timetable import week as weeks
from mulin.academy.weeks import building, states
from mulin.academy.weeks.models import Week
from mulin.kernel.errors import ActionError

# A step by hand is answered at once: no search, only what still fits.
AT_ONCE = 2.0
WORKERS = 2


@dataclass(frozen=True, slots=True)
class Broken:
    """A rule that a session by hand breaks. `aside`: the name by which it may be put aside, empty if never;
    `other`: the wish it clashes with."""

    rule: str
    said: str
    aside: str = ""
    other: str = ""


@dataclass(slots=True)
class Outcome:
    """What comes of a step by hand: the plan after it, rules that are in the way, those to be put aside, and
    what happens to others (`moved`: wish ids, `dropped`: no place any more, `gained`: a place now)."""

    solution: dict[str, Any]
    blocks: list[Broken] = field(default_factory=list)
    aside: list[Broken] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    gained: list[str] = field(default_factory=list)


def instance_of(week: Week, pins: list[dict[str, Any]], left_out: list[str]) -> timetable.Instance:
    """The engine's instance with these pins and without what was taken out. Raises no-plan."""
    given = dict(week.instance)
    given["orders"] = [one for one in given["orders"] if one["id"] not in left_out]
    given["pinned"] = pins
    try:
        return timetable.read_instance(given)
    except timetable.TimetableError as error:
        raise ActionError(
            "no-plan", _("排课的材料有一处用不了：%(why)s。请重新读一次点单和场地。") % {"why": error}
        ) from error


def solve(
    week: Week, *, seconds: float, afresh: bool = False, is_enough: Callable[[int], bool] | None = None
) -> dict[str, Any]:
    """The plan's file after so many seconds at most, from the last plan unless `afresh`. Raises no-plan."""
    instance = instance_of(week, week.pins, week.left_out)
    return _run(instance, last=None if afresh else _last(week.solution), seconds=seconds, is_enough=is_enough)


def at_once(
    week: Week, pins: list[dict[str, Any]], left_out: list[str], last: dict[str, Any]
) -> dict[str, Any]:
    """The plan with these pins: what stood stays where it still can, what lost its place takes another one if
    there is one."""
    instance = instance_of(week, pins, left_out)
    return _run(instance, last=_last(last), seconds=AT_ONCE, rounds=0)


def _run(instance: timetable.Instance, **options: Any) -> dict[str, Any]:
    try:
        return timetable.solve(instance, workers=WORKERS, **options).as_json()
    except timetable.TimetableError as error:
        raise ActionError(
            "no-plan", _("钉住的几门互相冲突，请先松开一门：%(why)s") % {"why": error}
        ) from error


def _last(solution: dict[str, Any]) -> timetable.Read | None:
    if not solution.get("sessions"):
        return None
    return timetable.read_solution(
        {"format": timetable.checking.SOLUTION_FORMAT, "refused": [], "served": 0, "wishes": 0,
         "sessions": solution["sessions"]}
    )  # fmt: skip


def keep(week: Week, pins: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those pins whose wish, venue and teacher there still are and which break no rule together."""
    known = {name: {one["id"] for one in week.instance[name]} for name in ("orders", "venues", "teachers")}
    kept: list[dict[str, Any]] = []
    for pin in pins:
        if (
            pin["order"] in known["orders"]
            and pin["venue"] in known["venues"]
            and (not pin.get("teacher") or pin["teacher"] in known["teachers"])
        ):
            if not _rules(instance_of(week, [*kept, pin], []), [*kept, pin]):
                kept.append(pin)
    return kept


def step(week: Week, pin: dict[str, Any]) -> Outcome:
    """What it would mean to have this wish at this place, with every rule put aside that may be; nothing is
    saved."""
    pins = [one for one in week.pins if one["order"] != pin["order"]]
    left_out = [one for one in week.left_out if one != pin["order"]]
    bare = [*pins, {**pin, "despite": []}]
    broken = _rules(instance_of(week, bare, left_out), bare)
    blocks = [one for one in broken if not one.aside]
    aside = [one for one in broken if one.aside]
    if blocks:
        return Outcome(week.solution, blocks, aside)
    despite = sorted({one.aside for one in aside})
    others = {**week.solution, "sessions": [
        one for one in week.solution.get("sessions", []) if one["order"] != pin["order"]
    ]}  # fmt: skip
    after = at_once(week, [*pins, {**pin, "despite": despite}], left_out, others)
    return Outcome(after, [], aside, *differences(week.solution, after, pin["order"]))


def differences(
    before: dict[str, Any], after: dict[str, Any], but: str = ""
) -> tuple[list[str], list[str], list[str]]:
    """Wishes that moved, that lost their place, that gained one."""
    old, new = ({one["order"]: _place(one) for one in each.get("sessions", [])} for each in (before, after))
    return (
        [key for key, place in new.items() if key in old and old[key] != place and key != but],
        [key for key in old if key not in new and key != but],
        [key for key in new if key not in old and key != but],
    )


def _place(one: dict[str, Any]) -> tuple[Any, ...]:
    return one["venue"], one["day"], one["from"], one.get("teacher", "")


def _rules(instance: timetable.Instance, pins: list[dict[str, Any]]) -> list[Broken]:
    """The rules that these pins break, those of the last one: it is the one that is being tried."""
    mine = pins[-1]["order"]
    sessions = []
    for pin in pins:
        minutes = instance.orders[instance.order_at[pin["order"]]].minutes
        begin = weeks.minute_of(pin["from"])
        if begin is None or begin + minutes > weeks.DAY:
            return [Broken("off_grid", str(states.BLOCKS["off_grid"]))] if pin["order"] == mine else []
        sessions.append({
            "order": pin["order"], "venue": pin["venue"], "teacher": pin.get("teacher", ""),
            "day": pin["day"], "from": pin["from"], "to": weeks.end_of(begin, minutes),
        })  # fmt: skip
    placed = {one["order"] for one in sessions}
    read = timetable.read_solution({
        "format": timetable.checking.SOLUTION_FORMAT, "sessions": sessions,
        "refused": [{"order": one.id} for one in instance.orders if one.id not in placed],
        "served": len(sessions), "wishes": len(instance.orders),
    })  # fmt: skip
    return [_said(one, mine) for one in timetable.check(instance, read) if mine in one.where]


def _said(broken: timetable.Broken, mine: str) -> Broken:
    other = next((one for one in broken.where if one != mine), "")
    if broken.rule in states.CLASHES:
        return Broken(broken.rule, "", other=other)
    aside = states.ASIDE.get(broken.rule, "")
    words = states.DESPITE[aside] if aside else states.BLOCKS.get(broken.rule, broken.said)
    return Broken(broken.rule, str(words), aside)


def words(week: Week, broken: Broken) -> str:
    """A broken rule in a sentence; a clash names what it clashes with."""
    if broken.rule not in states.CLASHES:
        return broken.said
    return str(states.CLASHES[broken.rule]) % {"other": wish_title(week, broken.other)}


def wish_title(week: Week, key: str) -> str:
    wish = week.wishes.get(key)
    return building.title_of(wish) if wish else key

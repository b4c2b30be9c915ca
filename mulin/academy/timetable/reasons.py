"""Why a wish is not served, in codes and figures, and how each hour was asked for. Pure.

A reason is what a page turns into a sentence: `{"code": "rooms_full", "starts": 6, "no_room": 5, …}`. The
codes and their figures: docs/timetable.md.
"""

from __future__ import annotations

from typing import Any

from mulin.academy.timetable import week
from mulin.academy.timetable.instance import Instance, Order, Venue, lets_in, teaches
from mulin.academy.timetable.places import NOBODY, Board, has_time, is_open, suits

HOUR = 60


def why_refused(board: Board, order: int) -> dict[str, Any]:
    """The first thing that stands in the way: no suitable room, nobody to teach, never both at once; else
    what is taken at the starts that there are."""
    instance = board.instance
    one = instance.orders[order]
    if not board.places.choices[order]:
        return _impossible(instance, one)
    return _taken(board, order)


def _impossible(instance: Instance, order: Order) -> dict[str, Any]:
    reach = [venue for venue in instance.venues if venue.place in order.places]
    begins = week.starts(week.merged(order.slots), order.minutes, instance.grid)
    if not begins:
        return {"code": "slots_too_short", "minutes": order.minutes}
    if not reach:
        return {"code": "no_venue", "places": len(order.places)}
    rooms = [venue for venue in reach if suits(venue, order)]
    if not rooms:
        return _unsuitable(order, reach)
    opened = [begin for begin in begins if any(is_open(room, order, begin) for room in rooms)]
    if not opened:
        return {"code": "rooms_closed", "venues": len(rooms), "starts": len(begins)}
    people = [one for one in instance.teachers if teaches(one, order)]
    figures = {"skill": order.skill, "teachers": len(people), "starts": len(begins)}
    if not people:
        return {"code": "no_teacher", **figures}
    taught = sum(any(has_time(one, order, begin) for one in people) for begin in begins)
    return {"code": "never_together", **figures, "room_open": len(opened), "teacher_there": taught}


def _unsuitable(order: Order, reach: list[Venue]) -> dict[str, Any]:
    figures = {
        "venues": len(reach),
        "too_small": sum(one.capacity < order.size for one in reach),
        "not_equipped": sum(not order.equipment <= one.equipment for one in reach),
        "owner": sum(not lets_in(one, order) for one in reach),
    }
    if figures["too_small"] == len(reach):
        return {
            "code": "too_small",
            "size": order.size,
            "largest": max(one.capacity for one in reach),
            **figures,
        }
    if figures["not_equipped"] == len(reach):
        return {"code": "no_equipment", "equipment": sorted(order.equipment), **figures}
    if figures["owner"] == len(reach):
        return {"code": "owner_rules", **figures}
    return {"code": "unsuitable", **figures}


def _taken(board: Board, order: int) -> dict[str, Any]:
    """At how many starts which of the three is missing; the code names the commonest."""
    missing = {"no_room": 0, "no_teacher": 0, "busy": 0}
    choices = board.places.choices[order]
    for begin, choice in choices.items():
        if not board.crowd_is_free(order, begin):
            missing["busy"] += 1
        elif not any(board.venue_is_free(order, one, begin) for one in choice.venues):
            missing["no_room"] += 1
        else:
            missing["no_teacher"] += 1
    codes = {"no_room": "rooms_full", "no_teacher": "teachers_full", "busy": "group_busy"}
    most = max(missing, key=lambda name: missing[name])
    rooms = {one for choice in choices.values() for one in choice.venues}
    people = {one for choice in choices.values() for one in choice.teachers} - {NOBODY}
    return {
        "code": codes[most], "starts": len(choices), **missing, "venues": len(rooms), "teachers": len(people),
        "rivals": _rivals(board, rooms),
    }  # fmt: skip


def _rivals(board: Board, rooms: set[int]) -> int:
    """Sessions of the week in the rooms that would have suited."""
    return sum(session.venue in rooms for session in board.sessions.values())


def demand(board: Board) -> list[dict[str, Any]]:
    """For every community, day and hour that somebody asked for: wishes that could be held then, people in
    them, wishes served then, venues open, venues used. A wish counts in every hour that it would accept, so
    the wishes of several hours must not be added up."""
    instance, grid = board.instance, board.instance.grid
    found: dict[tuple[str, int], dict[str, int]] = {}
    for order in instance.orders:
        for hour in _hours(week.merged(order.slots)):
            cell = found.setdefault((order.place, hour), dict.fromkeys(("wishes", "people", "served"), 0))
            cell["wishes"] += 1
            cell["people"] += order.size
    used: dict[tuple[str, int], set[int]] = {}
    for at, session in board.sessions.items():
        order = instance.orders[at]
        for hour in _hours(((session.begin, session.begin + max(order.minutes, grid)),)):
            if (cell := found.get((order.place, hour))) is not None:
                cell["served"] += 1
            used.setdefault((instance.venues[session.venue].place, hour), set()).add(session.venue)
    opened: dict[tuple[str, int], int] = {}
    for venue in instance.venues:
        for hour in _hours(venue.hours):
            opened[venue.place, hour] = opened.get((venue.place, hour), 0) + 1
    return [
        {
            "place": place, "day": week.day_of(hour), "from": week.time_of(hour), **cell,
            "open": opened.get((place, hour), 0), "used": len(used.get((place, hour), ())),
        }
        for (place, hour), cell in sorted(found.items())
    ]  # fmt: skip


def _hours(windows: tuple[week.Window, ...]) -> list[int]:
    """Full hours of which a window holds a part, each once."""
    return sorted({
        hour for begin, end in windows for hour in range(begin // HOUR * HOUR, end, HOUR)
    })  # fmt: skip


def wanted_here(board: Board) -> dict[int, int]:
    """For each session, how many wishes could have stood at its venue during its time, itself among them."""
    places = board.places
    wants: dict[int, list[int]] = {}
    for order, choices in enumerate(places.choices):
        masks: dict[int, int] = {}
        for begin, choice in choices.items():
            mask = places.crowd_mask(order, begin)
            for venue in choice.venues:
                masks[venue] = masks.get(venue, 0) | mask
        for venue, mask in masks.items():
            wants.setdefault(venue, []).append(mask)
    found = {}
    for order, session in board.sessions.items():
        mask = places.crowd_mask(order, session.begin)
        found[order] = sum(bool(one & mask) for one in wants.get(session.venue, ()))
    return found

"""Meetings: a draft, one whose notice is out, one that is under way, one that was published, in both
communities."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from mulin.councils.meetings import actions, agenda, attending, minutes, queries
from mulin.councils.meetings.models import Meeting
from mulin.kernel import clock
from tests.matrix.objects import POST, Thing, both, numbered
from tests.matrix.world import Matrix, Side

PUBLISHED = ("meeting_published", "meeting_announced", "meeting_begun")

STATES = ("meeting_draft", "meeting_announced", "meeting_begun", "meeting_published")


def _of(state: str, **params: str) -> list[Thing]:
    """A meeting in a state, with what else the address names, by its name in `side.ids`."""

    def found(side: Side) -> dict[str, Any]:
        return {
            "number": side.numbers[f"meeting_{state}"],
            **{name: side.ids.get(value, value) for name, value in params.items()},
        }

    return both(f"meeting_{state}", found)


def _moves() -> list[Thing]:
    stands = {
        "open": "due", "close": "begun", "confirm": "held", "reopen": "minuted", "publish": "minuted",
        "discard": "draft",
    }  # fmt: skip
    return [
        Thing(f"{move} meeting_{state}", place, _params(state, move), methods=POST)
        for move, state in stands.items()
        for place in ("home", "away")
    ]


def _params(state: str, move: str) -> Callable[[Side], dict[str, Any]]:
    return lambda side: {"number": side.numbers[f"meeting_{state}"], "move": move}


THINGS: dict[str, list[Thing]] = {
    "councils:meetings-of": both("community", lambda side: {"place": side.place}),
    "councils:meeting-propose-here": both("community", lambda side: {"place": side.place}),
    "councils:meeting-item": both("meeting_published", lambda side: {"story": side.ids["meeting_story"]}),
    "councils:meeting": numbered(*STATES),
    "councils:meeting-print": numbered("meeting_draft", "meeting_published"),
    "councils:meeting-calendar": numbered("meeting_draft", "meeting_announced"),
    "councils:meeting-propose": numbered("meeting_draft", "meeting_announced"),
    "councils:meeting-here": both(
        "meeting_begun",
        lambda side: {
            "number": side.numbers["meeting_begun"],
            "code": queries.door_code(Meeting.objects.get(number=side.numbers["meeting_begun"])),
        },
    ),
    "councils_desk:meeting-new": both("community", lambda side: {"type": "residents_council"}),
    "councils_desk:meeting-proposal": both(
        "meeting_proposal", lambda side: {"proposal": side.ids["meeting_proposal"]}
    ),
    "councils_desk:meeting": numbered(*STATES),
    "councils_desk:meeting-move": _moves(),
    "councils_desk:meeting-tell": _of("announced", duty="residents"),
    "councils_desk:meeting-item-new": _of("draft"),
    "councils_desk:meeting-item": _of("draft", item="meeting_draft_item"),
    "councils_desk:meeting-item-order": _of("draft", item="meeting_draft_item"),
    "councils_desk:meeting-item-move": _of("announced", item="meeting_announced_item"),
    "councils_desk:meeting-person": _of("begun", person="meeting_person"),
    "councils_desk:meeting-decide": _of("begun", item="meeting_begun_item"),
    "councils_desk:meeting-action": _of("begun", action="meeting_action"),
    "councils_desk:meeting-action-hand": _of("held", action="meeting_held_action"),
}
for _name, _state in {
    "edit": "draft", "announce": "draft", "change": "announced", "cancel": "announced",
    "notice": "announced", "people": "announced", "heads": "announced", "door": "begun", "figures": "begun",
    "code": "begun", "minutes": "begun", "minutes-save": "begun", "minutes-print": "begun",
    "minutes-word": "begun", "action-new": "begun",
}.items():  # fmt: skip
    THINGS[f"councils_desk:meeting-{_name}"] = _of(_state.removeprefix("meeting_"))


def _later(days: int = 30) -> str:
    return f"{clock.now() + timedelta(days=days):%Y-%m-%dT%H:%M}"


BODIES: dict[str, Callable[[Matrix, Side, dict[str, Any]], dict[str, Any]]] = {
    "councils:meeting-propose-here": lambda m, s, p: {"title": "晾衣杆不够用"},
    "councils:meeting-propose": lambda m, s, p: {"title": "晾衣杆不够用"},
    "councils_desk:meeting-new": lambda m, s, p: {"place": s.place, "begins_at": _later(), "venue": "院子里"},
    "councils_desk:meeting-proposal": lambda m, s, p: {"reason": "不归社区管，已转告街道"},
    "councils_desk:meeting-edit": lambda m, s, p: {
        "title": "改过的标题", "begins_at": _later(), "lasts": 60, "venue": "楼下",
    },
    "councils_desk:meeting-announce": lambda m, s, p: {"told": ["residents"]},
    "councils_desk:meeting-change": lambda m, s, p: {
        "begins_at": _later(), "lasts": 60, "venue": "楼下", "reason": "主持人出差",
    },
    "councils_desk:meeting-cancel": lambda m, s, p: {"reason": "下暴雨"},
    "councils_desk:meeting-item-new": lambda m, s, p: {"title": "再加一件", "kind": "hear"},
    "councils_desk:meeting-item": lambda m, s, p: {"title": "改过的一项", "kind": "hear"},
    "councils_desk:meeting-item-order": lambda m, s, p: {"step": "down"},
    "councils_desk:meeting-item-move": lambda m, s, p: {"into": "type:property_talk"},
    "councils_desk:meeting-people": lambda m, s, p: {"text": "张三 3栋"},
    "councils_desk:meeting-person": lambda m, s, p: {"state": "present"},
    "councils_desk:meeting-heads": lambda m, s, p: {"due": 30, "counted": 2},
    "councils_desk:meeting-minutes-save": lambda m, s, p: {"word_observers": "街道一人"},
    "councils_desk:meeting-decide": lambda m, s, p: {"decision": "adopted", "resolution": "周六修"},
    "councils_desk:meeting-action-new": lambda m, s, p: {"text": "买水泥", "who": "物业"},
    "councils_desk:meeting-action": lambda m, s, p: {"state": "done", "note": "买好了"},
}  # fmt: skip


def build(matrix: Matrix) -> None:
    """One meeting in each state, made by the community's own clerk."""
    for side in (matrix.home, matrix.away):
        for state in ("draft", "announced", "due", "begun", "held", "minuted", "published"):
            _meeting(side, state)
        asked = agenda.propose(actor=side.resident.actor, place=side.place, title="广场舞几点停")
        side.ids["meeting_proposal"] = asked.pk


def _meeting(side: Side, state: str) -> None:
    """Everything happens some days ago, so that the door may be open now."""
    actor = side.clerk.actor
    begins = clock.now() + (timedelta(minutes=30) if state == "due" else timedelta(days=20))
    if state in ("begun", "held", "minuted", "published"):
        begins = clock.now() - timedelta(hours=1)
    with clock.at(clock.now() - timedelta(days=10)):
        made = actions.draft_meeting(
            actor=actor, type="residents_council", place=side.place, begins_at=begins, venue="社区二楼"
        )
        item = agenda.add_item(actor=actor, number=made.number, title="修花坛", kind="decide")
        attending.list_people(actor=actor, number=made.number, text="代表一 1栋")
        if state != "draft":
            actions.announce_meeting(actor=actor, number=made.number)
    side.numbers[f"meeting_{state}"], side.ids[f"meeting_{state}_item"] = made.number, item.pk
    if state in ("draft", "announced", "due"):
        return
    actions.open_door(actor=actor, number=made.number)
    todo = minutes.add_action(actor=actor, number=made.number, text="路灯修好", who="物业")
    if state == "begun":
        side.ids["meeting_person"], side.ids["meeting_action"] = made.attendance.get().pk, todo.pk
        return
    side.ids["meeting_held_action"] = todo.pk if state == "held" else side.ids["meeting_held_action"]
    side.ids["meeting_story"] = item.story
    said = {"decision": "adopted", "resolution": "周六修"}
    minutes.decide_item(actor=actor, number=made.number, item=item.pk, **said)
    actions.close_meeting(actor=actor, number=made.number)
    if state != "held":
        minutes.confirm_minutes(actor=actor, number=made.number)
    if state == "published":
        minutes.publish_minutes(actor=actor, number=made.number)

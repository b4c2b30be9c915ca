"""Clubs: one that runs, one that rests, a team that asked; and gatherings that are planned and over."""

from datetime import timedelta
from typing import Any

from mulin.academy.clubs import actions
from mulin.kernel import clock
from mulin.people.models import Post
from tests.matrix.bodies import fixed
from tests.matrix.objects import POST, Thing, both, numbered
from tests.matrix.world import Matrix, Side

CLUBS = ("club_running", "club_asked")
# What everybody may read, wherever they live.
PUBLISHED = ("club_running", "club_resting", "gathering_planned")


def _moves(route: str, pairs: dict[str, str], methods: frozenset[str] | None = None) -> list[Thing]:
    return [
        Thing(f"{move} {name}", place, _params(name, move), methods=methods)
        for move, name in pairs.items()
        for place in ("home", "away")
    ]


def _params(name: str, move: str):
    return lambda side: {"number": side.numbers[name], "move": move}


THINGS: dict[str, list[Thing]] = {
    "academy:college": both("community", lambda side: {"place": side.place}),
    "academy:clubs": both("community", lambda side: {"place": side.place}),
    "academy:club-ask": both("community", lambda side: {"place": side.place}),
    "academy:club": numbered(*CLUBS, "club_resting"),
    "academy:club-join": numbered("club_running"),
    "academy:club-leave": numbered("club_running"),
    "academy:gathering": numbered("gathering_planned"),
    "academy_desk:club": numbered(*CLUBS),
    "academy_desk:club-edit": numbered("club_running"),
    "academy_desk:club-tell": numbered("club_running"),
    "academy_desk:club-listed": numbered("club_running"),
    "academy_desk:club-member": numbered("club_running"),
    "academy_desk:club-serve": numbered("club_running"),
    "academy_desk:club-move": _moves("club-move", {"admit": "club_asked", "resume": "club_resting"}, POST),
    "academy_desk:club-why": _moves(
        "club-why", {"decline": "club_asked", "rest": "club_running", "close": "club_running"}
    ),
    "academy_desk:gathering-held": numbered("gathering_over"),
    "academy_desk:gathering-cancel": numbered("gathering_planned"),
}
FACTS = {"name": "新的书法社", "theme": "calligraphy", "level": "community", "is_open": "on"}


def _member(matrix: Matrix, side: Side, params: dict[str, Any]) -> dict[str, Any]:
    post = Post.objects.get(pk=side.ids["club_member"])
    return {"do": "leader", "who": str(post.pk)}


def _new(matrix: Matrix, side: Side, params: dict[str, Any]) -> dict[str, Any]:
    return {**FACTS, "name": "再办一个社", "place": side.place}


def _gathering(matrix: Matrix, side: Side, params: dict[str, Any]) -> dict[str, Any]:
    soon = clock.now() + timedelta(days=9)
    return {
        "place": side.place, "kind": "icebreaker", "level": "community", "title": "邻里长桌",
        "starts_at": f"{soon:%Y-%m-%dT%H:%M}",
    }  # fmt: skip


BODIES = {
    "academy:club-ask": fixed(name="丹桂里腰鼓队", theme="square_dance"),
    "academy_desk:club-new": _new,
    "academy_desk:club-edit": fixed(**FACTS),
    "academy_desk:club-tell": fixed(title="周二停一次"),
    "academy_desk:club-listed": fixed(label="3栋王孃孃"),
    "academy_desk:club-member": _member,
    "academy_desk:club-serve": lambda m, s, p: {"orders": [s.numbers["order_for_club"]], "answer": "来吧"},
    "academy_desk:club-why": fixed(reason="老师出远门了"),
    "academy_desk:gathering-new": _gathering,
    "academy_desk:gathering-held": fixed(came=12),
    "academy_desk:gathering-cancel": fixed(reason="下雨"),
}


def build(matrix: Matrix) -> None:
    """Made by the community's own clerk; the asked one by a resident."""
    for side in (matrix.home, matrix.away):
        clerk = side.clerk.actor
        for name, theme in (("running", "calligraphy"), ("resting", "choir")):
            made = actions.found_club(actor=clerk, place=side.place, name=f"{theme}社", theme=theme)
            side.numbers[f"club_{name}"] = made.number
            if name == "resting":
                actions.rest_club(actor=clerk, number=made.number, reason="暑假")
            else:
                actions.join_club(actor=matrix.home.resident.actor, number=made.number)
                side.ids["club_member"] = Post.objects.get(org=made.org).pk
        asked = actions.ask_club(actor=side.resident.actor, place=side.place, name="舞蹈队", theme="dance")
        side.numbers["club_asked"] = asked.number
        _rest(side)


def _rest(side: Side) -> None:
    from mulin.voices.actions import submit_voice

    said = submit_voice(actor=side.resident.actor, text="给孩子找个书法班", place=side.place, kind="wish")
    side.numbers["order_for_club"] = said.voice.matter.number
    for name, days in (("planned", 9), ("over", -1)):
        with clock.at(clock.now() - timedelta(days=5)):
            made = actions.plan_gathering(
                actor=side.clerk.actor, place=side.place, kind="icebreaker", level="community",
                title="长桌宴",
                starts_at=clock.now() + timedelta(days=days + 5, minutes=5),
            )  # fmt: skip
        side.numbers[f"gathering_{name}"] = made.number

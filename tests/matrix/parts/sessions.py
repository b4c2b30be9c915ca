"""Sessions: a draft, one that is open, one under way (a contest with a photo), one that is over, one that was
called off, in both communities."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from mulin.academy.sessions import actions, attending, feeds, photos
from mulin.academy.sessions.models import Session
from mulin.kernel import clock
from tests.matrix.bodies import fixed
from tests.matrix.objects import POST, Thing, both, numbered
from tests.matrix.world import Matrix, Side

STATES = ("session_draft", "session_open", "session_begun", "session_held", "session_off")
PUBLISHED = (*STATES[1:], "session_photo")
# The link to one's own calendar is the key to it.
OF_BOTH = ("session_calendar",)


def _of(name: str, **params: str) -> list[Thing]:
    """A session by its name, with what else the address names, by its name in `side.ids`."""

    def found(side: Side) -> dict[str, Any]:
        return {
            "number": side.numbers[name],
            **{key: side.ids.get(value, value) for key, value in params.items()},
        }

    return both(name, found)


def _moves() -> list[Thing]:
    stands = {"open": "draft", "open-all": "draft", "discard": "draft", "hold": "begun"}
    return [
        Thing(f"{move} session_{state}", place, _params(f"session_{state}", move=move), methods=POST)
        for move, state in stands.items()
        for place in ("home", "away")
    ]


def _params(name: str, **more: str) -> Callable[[Side], dict[str, Any]]:
    return lambda side: {
        "number": side.numbers[name],
        **{key: side.ids.get(value, value) for key, value in more.items()},
    }


def _posted(label: str, name: str, **more: str) -> list[Thing]:
    return [Thing(label, place, _params(name, **more), methods=POST) for place in ("home", "away")]


def _photo(name: str) -> list[Thing]:
    return both(name, lambda side: {"photo": side.ids[name], "size": "thumb"})


def _door(side: Side) -> dict[str, Any]:
    number = side.numbers["session_begun"]
    return {"number": number, "code": attending.door_code(Session.objects.get(number=number))}


DESK = "academy_desk:session"
THINGS: dict[str, list[Thing]] = {
    "academy:sessions-of": both("community", lambda side: {"place": side.place}),
    "academy:sessions-calendar": both("community", lambda side: {"place": side.place}),
    "academy:sessions-mine-calendar": both(
        "session_calendar", lambda side: {"secret": side.secrets["session_calendar"]}
    ),
    "academy:sessions-club-calendar": numbered("club_running"),
    "academy:session-photo": [*_photo("session_photo"), *_photo("session_photo_kept")],
    "academy:session": numbered(*STATES),
    "academy:session-signup": numbered("session_open"),
    "academy:session-leave": numbered("session_open"),
    "academy:session-calendar": numbered("session_draft", "session_open"),
    "academy:session-here": both("session_begun", _door),
    DESK: numbered(*STATES),
    f"{DESK}-edit": _of("session_open"),
    f"{DESK}-move": _of("session_open"),
    f"{DESK}-cancel": _of("session_open"),
    f"{DESK}-substitute": _of("session_open"),
    f"{DESK}-do": _moves(),
    f"{DESK}-sign-up-for": _of("session_open"),
    f"{DESK}-take-off": _posted("session_open", "session_open", signup="session_signup"),
    f"{DESK}-attendance": _of("session_begun"),
    f"{DESK}-door": _of("session_begun"),
    f"{DESK}-list": _of("session_begun"),
    f"{DESK}-list-file": _of("session_begun"),
    f"{DESK}-results": _of("session_begun"),
    f"{DESK}-photos": _of("session_begun"),
    f"{DESK}-photo-consent": _of("session_begun", photo="session_photo_kept"),
    f"{DESK}-photo-do": [
        *_posted("hide session_photo", "session_begun", photo="session_photo", move="hide"),
        *_posted("delete session_photo", "session_begun", photo="session_photo", move="delete"),
    ],
}


def _later() -> str:
    return f"{clock.now() + timedelta(days=20):%Y-%m-%dT}14:00"


def _new(matrix: Matrix, side: Side, params: dict) -> dict:
    return {
        "place": side.place, "kind": "tea", "title": "茶话", "starts_at": _later(), "lasts": 60,
        "where": "院子里",
    }  # fmt: skip


def _move(matrix: Matrix, side: Side, params: dict) -> dict:
    return {"starts_at": _later(), "lasts": 60, "where": "楼下", "reason": "场地要修"}


def _weather(matrix: Matrix, side: Side, params: dict) -> dict:
    day = clock.day_of(clock.now() + timedelta(days=5))
    return {"place": side.place, "day": str(day), "reason": "暴雨"}


BODIES = {
    "academy:session-signup": fixed(heads=1),
    "academy:session-here": fixed(heads=1),
    "academy_desk:session-new": _new,
    "academy_desk:sessions-weather": _weather,
    f"{DESK}-edit": fixed(title="茶话会", places_most=30),
    f"{DESK}-move": _move,
    f"{DESK}-cancel": fixed(reason="停电"),
    f"{DESK}-substitute": fixed(reason="老师感冒"),
    f"{DESK}-sign-up-for": fixed(label="3栋张阿姨", heads=1),
    f"{DESK}-attendance": fixed(walk_ins=3),
    f"{DESK}-results": fixed(),
    f"{DESK}-photo-consent": fixed(shown=0, stated="on"),
}


def build(matrix: Matrix) -> None:
    """One session in each state, made by the community's own clerk."""
    for side in (matrix.home, matrix.away):
        for name in STATES:
            _make(side, name)
        number = side.numbers["session_open"]
        made = actions.sign_up_for(actor=side.clerk.actor, number=number, label="3栋王孃孃")
        actions.sign_up(actor=side.resident.actor, number=number)
        side.ids["session_signup"] = made.pk
        side.secrets["session_calendar"] = feeds.new_link(actor=side.resident.actor)
        _photos(side)


def _make(side: Side, name: str) -> None:
    """Planned some days ago, so that one may be under way now."""
    actor, now = side.clerk.actor, clock.now()
    began = name in ("session_begun", "session_held")
    starts_at = now + (timedelta(minutes=-10) if began else timedelta(days=5))
    with clock.at(now - timedelta(days=10)):
        made = actions.plan_session(
            actor=actor, place=side.place, title=f"活动{name[8:]}", where="院子里", is_outdoor=True,
            kind="contest" if name == "session_begun" else "tea", starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1), state="draft" if name == "session_draft" else "open",
        )  # fmt: skip
    side.numbers[name] = made.number
    if name == "session_held":
        actions.count_heads(actor=actor, number=made.number, walk_ins=6)
        actions.hold_session(actor=actor, number=made.number)
    if name == "session_off":
        actions.cancel_session(actor=actor, number=made.number, reason="停电")


def _photos(side: Side) -> None:
    out = BytesIO()
    Image.new("RGB", (12, 9), "green").save(out, "JPEG")
    act = {"actor": side.clerk.actor, "number": side.numbers["session_begun"]}
    for name in ("session_photo", "session_photo_kept"):
        side.ids[name] = photos.add_photos(**act, uploads=[out.getvalue()])[0].pk
    photos.publish_photo(**act, photo=side.ids["session_photo"], shown=1, consents=["spoken"], stated=True)

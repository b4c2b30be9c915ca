"""Teachers and weeks: one offered, one ready, a resident's own; a week in each state, in both communities."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from mulin.academy.orders.models import Asking, Order
from mulin.academy.weeks import actions, queries
from mulin.academy.weeks.models import Week
from mulin.kernel import clock
from mulin.kernel.jobs import run_job
from mulin.kernel.models import Job
from mulin.kernel.numbers import new_number
from mulin.places.models import Venue
from mulin.voices.actions import submit_voice
from tests.matrix.objects import POST, Thing, both, numbered
from tests.matrix.world import Matrix, Side

PUBLISHED = ("week_published",)
HOURS = [{"day": day, "from": "09:00", "to": "21:00"} for day in range(1, 8)]
STATES = ("week_draft", "week_proposed", "week_published")


def _moves() -> list[Thing]:
    stands = {"undo": "moved", "renew": "draft", "stop": "solving", "discard": "draft"}
    return [
        Thing(
            f"{move} week_{state}", place,
            lambda side, state=state, move=move: {"number": side.numbers[f"week_{state}"], "move": move},
            methods=POST,
        )
        for move, state in stands.items()
        for place in ("home", "away")
    ]  # fmt: skip


def _of_wish(state: str, **more: str) -> list[Thing]:
    return both(
        f"week_{state}",
        lambda side: {
            "number": side.numbers[f"week_{state}"],
            "wish": side.ids[f"week_{state}_wish"],
            **more,
        },
    )


THINGS: dict[str, list[Thing]] = {
    "academy:weeks-of": both("community", lambda side: {"place": side.place}),
    "academy:teachers-of": both("community", lambda side: {"place": side.place}),
    "academy:week": numbered(*STATES),
    "academy:week-print": numbered("week_proposed", "week_published"),
    "academy:teaching-own": numbered("teacher_own"),
    "academy:teaching-move": both(
        "teacher_own", lambda side: {"number": side.numbers["teacher_own"], "move": "rest"}
    ),
    "academy_desk:week": numbered(*STATES),
    "academy_desk:week-refused": numbered("week_proposed"),
    "academy_desk:week-demand": numbered("week_proposed"),
    "academy_desk:week-solve": numbered("week_draft"),
    "academy_desk:week-progress": numbered("week_proposed"),
    "academy_desk:week-move": _moves(),
    "academy_desk:week-publish": numbered("week_proposed"),
    "academy_desk:week-print": numbered("week_proposed"),
    "academy_desk:week-excel": numbered("week_proposed"),
    "academy_desk:week-session": _of_wish("proposed"),
    "academy_desk:week-wish-move": _of_wish("proposed", move="leave-out"),
    "academy_desk:teacher": numbered("teacher_offered", "teacher_own"),
    "academy_desk:teacher-edit": numbered("teacher_offered"),
    "academy_desk:teacher-talk": numbered("teacher_offered"),
    "academy_desk:teacher-check": numbered("teacher_offered"),
    "academy_desk:teacher-decline": numbered("teacher_offered"),
    "academy_desk:teacher-move": both(
        "teacher_own", lambda side: {"number": side.numbers["teacher_own"], "move": "rest"}
    ),
}


def _day(weeks: int = 3) -> str:
    return (queries.monday_of(clock.today()) + timedelta(weeks=weeks)).isoformat()


def _place(side: Side) -> dict[str, Any]:
    """A move that breaks no rule but the hours asked for."""
    week = Week.objects.get(number=side.numbers["week_proposed"])
    return {
        "day": "2", "begin": "10:00", "venue": week.instance["venues"][0]["id"],
        "teacher": side.numbers["teacher_own"], "despite": "on", "save": "1",
    }  # fmt: skip


_TEACHER = {"name": "某老师", "skills": ["yoga"], "day_0": "2", "from_0": "09:00", "to_0": "11:00"}
BODIES: dict[str, Callable[[Matrix, Side, dict[str, Any]], dict[str, Any]]] = {
    "academy:teaching-own": lambda m, s, p: {"day_0": "2", "from_0": "09:00", "to_0": "11:00"},
    "academy_desk:week-new": lambda m, s, p: {"place": s.place, "monday": _day(7)},
    "academy_desk:week-solve": lambda m, s, p: {"seconds": "1"},
    "academy_desk:week-publish": lambda m, s, p: {"until": ""},
    "academy_desk:week-session": lambda m, s, p: _place(s),
    "academy_desk:teacher-new": lambda m, s, p: {"place": s.place, **_TEACHER},
    "academy_desk:teacher-edit": lambda m, s, p: dict(_TEACHER),
    "academy_desk:teacher-talk": lambda m, s, p: {"on": clock.today().isoformat()},
    "academy_desk:teacher-check": lambda m, s, p: {
        "on": clock.today().isoformat(),
        "is_clear": "yes",
        "paper": "档案 1",
    },
    "academy_desk:teacher-decline": lambda m, s, p: {"reason": "这学期已经有人教了"},
}


def build(matrix: Matrix) -> None:
    """Made by the community's own clerk; the weeks follow each other."""
    for side in (matrix.home, matrix.away):
        _teachers(side)
        Venue.objects.create(
            number=new_number(), place=side.place, name="排课用的房", kind="room", capacity=40, hours=HOURS
        )
        _order(side)
        for ahead, state in enumerate(("draft", "solving", "proposed", "moved"), 3):
            _week(side, state, ahead)
        _week(side, "published", 2)
        _order(side)


def _teachers(side: Side) -> None:
    clerk = side.clerk.actor
    offered = actions.ask_in(actor=clerk, place=side.place, name="刚报名的", skills=["yoga"], times=HOURS[:1])
    own = actions.ask_in(
        actor=clerk, place=side.place, name="教书法的", skills=["calligraphy"], times=HOURS,
        account=side.resident.account, is_named=True,
    )  # fmt: skip
    actions.note_talk(actor=clerk, number=own.number, on=clock.today())
    side.numbers["teacher_offered"], side.numbers["teacher_own"] = offered.number, own.number


def _order(side: Side) -> None:
    receipt = submit_voice(
        actor=side.resident.actor, text=f"周三下午想练毛笔字 {new_number()}", place=side.place, kind="wish"
    )
    order = Order.objects.get(matter=receipt.voice.matter)
    windows = [{"day": 3, "from": "14:00", "to": "17:30"}]
    Asking.objects.filter(order=order).update(people=6, slots=windows, age="elder")
    Order.objects.filter(pk=order.pk).update(
        theme="calligraphy", age="elder", people=6, slots=windows, state="accepted"
    )


def _week(side: Side, state: str, ahead: int) -> None:
    clerk = side.clerk.actor
    monday = queries.monday_of(clock.today()) + timedelta(weeks=ahead)
    week = actions.open_week(actor=clerk, place=side.place, monday=monday)
    side.numbers[f"week_{state}"] = week.number
    side.ids[f"week_{state}_wish"] = next(iter(week.wishes), "none")
    if state in ("proposed", "moved", "published"):
        job = actions.solve_week(actor=clerk, number=week.number, seconds=1)
        if Job.objects.get(pk=job.pk).state == "queued":  # The demo's pages: its worker is not up yet.
            run_job.call(str(job.pk))
    if state == "moved":
        actions.leave_out(actor=clerk, number=week.number, wish=side.ids["week_moved_wish"])
    if state == "solving":
        Week.objects.filter(pk=week.pk).update(state="solving")
    if state == "published":
        actions.publish_week(actor=clerk, number=week.number)

"""A week until it is published: opened, read anew, solved, put right by hand, undone, discarded."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from mulin.academy.weeks import building, engine, queries
from mulin.academy.weeks.holding import held, line
from mulin.academy.weeks.models import Week
from mulin.academy.weeks.publishing import publish_week
from mulin.academy.weeks.queued import publish_soon
from mulin.academy.weeks.teaching import (
    ask_in,
    edit_teacher,
    move_teacher,
    note_check,
    note_talk,
    rest_own,
    settle_own,
)
from mulin.kernel import clock, codes, jobs, journal
from mulin.kernel.actors import SYSTEM, Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.models import Job
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import require
from mulin.places.models import Division

__all__ = [
    "ask_in", "discard_week", "edit_teacher", "leave_out", "move_teacher", "note_check", "note_talk",
    "open_week", "place_wish", "publish_soon", "publish_week", "put_back", "renew_week", "rest_own",
    "settle_own", "solve_job", "solve_week", "stop_solving", "undo", "unpin",
]  # fmt: skip
SOLVE = "academy.week_solve"
MOST_SECONDS = 60
# Steps that can be undone: of a whole street fewer, since each holds its sessions.
MOST_BEFORE, FEW_BEFORE, MANY_SESSIONS = 30, 5, 300
FAR = timedelta(days=370)


def open_week(
    *, actor: Actor, place: str, monday: date, with_gathered: bool = False, is_shared: bool = False
) -> Week:
    """A new week of a community or a street, with everything it could hold. `with_gathered`: orders that
    nobody answered yet too. `is_shared`: rooms of one community are for all of the street.

    Who: academy.week:manage at the place. Raises no-place, bad-week, week-exists.
    """
    if not codes.is_valid(place) or codes.level(place) < codes.Level.STREET:
        raise ActionError("no-place", _("请选一个社区或街道。"), field="place", status=422)
    require(actor, queries.WEEKS, place)
    monday = queries.monday_of(monday)
    this = queries.monday_of(clock.today())
    if not this <= monday <= this + FAR:
        raise ActionError("bad-week", _("请选这一周或往后一年里的一周。"), field="monday", status=422)
    with write():
        # One at a time for a place: pressed twice, the second finds the first one's week.
        Division.objects.select_for_update(no_key=True).filter(code=place).first()
        if Week.objects.filter(place=place, monday=monday).exclude(state="published").exists():
            raise ActionError("week-exists", _("这一周已经在排了，请接着排那一份。"), field="monday")
        week = Week(
            number=new_number(), place=place, monday=monday, with_gathered=with_gathered, is_shared=is_shared
        )
        _read(week)
        week.save(force_insert=True)
        line("academy.week.opened", actor, week, wishes=len(week.wishes))
    return week


def renew_week(*, actor: Actor, number: str) -> Week:
    """Read orders, clubs, venues, teachers and bookings again; pins that still fit stay, the plan follows.

    Who: academy.week:manage. Raises not-now."""
    with write():
        week = held(actor, number, "draft", "proposed")
        last = week.solution
        _read(week)
        week.pins = engine.keep(week, week.pins)
        week.left_out = [one for one in week.left_out if one in week.wishes]
        week.before = []
        if last:
            week.solution = engine.at_once(week, week.pins, week.left_out, last)
        week.save()
        line("academy.week.renewed", actor, week, wishes=len(week.wishes))
    return week


def _read(week: Week) -> None:
    found = building.build(week)
    week.instance, week.wishes, week.too_few = found.instance, found.wishes, found.too_few
    week.read_at = clock.now()


# --- solving -------------------------------------------------------------------------------------------


def solve_week(*, actor: Actor, number: str, seconds: int, afresh: bool = False) -> Job:
    """Let the worker plan the week, from the last plan unless `afresh`; pinned sessions stay.

    Who: academy.week:manage. Raises bad-seconds, no-wishes, not-now."""
    if not 1 <= seconds <= MOST_SECONDS:
        raise ActionError("bad-seconds", _("请选5秒到60秒。"), field="seconds", status=422)
    with write():
        week = held(actor, number, "draft", "proposed", "solving")
        if week.state == "solving" and not _is_over(week):
            raise ActionError("not-now", _("这一周正在排，请等一下。"))
        if not week.wishes:
            raise ActionError("no-wishes", _("这一周还没有可排的点单。先接几个单，再来排。"))
        week.state = "solving"
        week.save()
        line("academy.week.solving", actor, week, seconds=seconds)
        job = jobs.start(actor, SOLVE, number=week.number, seconds=seconds, afresh=afresh)
        Week.objects.filter(pk=week.pk).update(job=job.pk)
    return job


def solve_job(
    job: Job, progress: jobs.Progress, *, number: str, seconds: int, afresh: bool
) -> dict[str, Any]:
    """What the worker does. Stopped, it keeps the best plan so far."""
    week = Week.objects.get(number=number)
    started = clock.now()
    stopped: list[bool] = []

    def is_enough(served: int) -> bool:
        gone = int((clock.now() - started).total_seconds())
        try:
            progress.step(min(gone, seconds), seconds, str(served))
        except jobs.Stopped:
            stopped.append(True)
        return bool(stopped)

    try:
        solution = engine.solve(week, seconds=seconds, afresh=afresh, is_enough=is_enough)
    except BaseException:
        Week.objects.filter(pk=week.pk, state="solving").update(
            state="proposed" if week.solution else "draft"
        )
        raise
    _solved(week, solution)
    if stopped:
        raise jobs.Stopped
    return {"served": solution["served"], "wishes": solution["wishes"]}


def _solved(week: Week, solution: dict[str, Any]) -> None:
    with write():
        now = Week.objects.select_for_update().get(pk=week.pk)
        if now.state != "solving":
            return
        if now.solution:
            _remember(now)
        now.solution, now.state = solution, "proposed"
        now.save()
        journal.record(
            "academy.week.solved", actor=SYSTEM, place=now.place, subject=now.pk,
            data={"number": now.number, "served": solution["served"], "wishes": solution["wishes"]},
        )  # fmt: skip


def stop_solving(*, actor: Actor, number: str) -> Week:
    """Stop the work at its next step; the best plan so far stays. Who: academy.week:manage."""
    with write():
        week = held(actor, number, "solving")
        Job.objects.filter(pk=week.job, finished_at=None).update(stop_asked=True)
        if _is_over(week):
            week.state = "proposed" if week.solution else "draft"
            week.save()
        line("academy.week.stopped", actor, week)
    return week


def _is_over(week: Week) -> bool:
    """Whether nobody works on it any more, whatever it says."""
    return not Job.objects.filter(pk=week.job, finished_at=None).exists()


# --- by hand -------------------------------------------------------------------------------------------


def place_wish(
    *, actor: Actor, number: str, wish: str, venue: str, day: int, begin: str, teacher: str = "",
    despite: bool = False,
) -> Week:  # fmt: skip
    """Have a wish at this place and keep it there; whoever stood in the way moves or waits. With `despite`
    rules that may be put aside are; a clash never is.

    Who: academy.week:manage. Raises no-wish, in-the-way, rules-broken, not-now."""
    with write():
        week = held(actor, number, "draft", "proposed")
        pin = pin_of(week, wish, venue, day, begin, teacher)
        outcome = engine.step(week, pin)
        if outcome.blocks:
            said = "；".join(engine.words(week, one) for one in outcome.blocks)
            raise ActionError("in-the-way", _("这样排不下：%(why)s。") % {"why": said})
        if outcome.aside and not despite:
            said = "；".join(one.said for one in outcome.aside)
            raise ActionError(
                "rules-broken", _("和几条规定不合：%(why)s。要照样排，请勾选。") % {"why": said}
            )
        _remember(week)
        pin["despite"] = sorted({one.aside for one in outcome.aside})
        week.pins = [*(one for one in week.pins if one["order"] != wish), pin]
        week.left_out = [one for one in week.left_out if one != wish]
        week.solution, week.state = outcome.solution, "proposed"
        week.save()
        line("academy.week.placed", actor, week, moved=len(outcome.moved), dropped=len(outcome.dropped))
    return week


def pin_of(week: Week, wish: str, venue: str, day: int, begin: str, teacher: str = "") -> dict[str, Any]:
    """A place as the engine writes it. Raises no-wish."""
    if wish not in week.wishes:
        raise ActionError("no-wish", _("这一门不在这一周里了，请刷新看看。"))
    pin: dict[str, Any] = {"order": wish, "venue": venue, "day": day, "from": begin, "despite": []}
    return {**pin, "teacher": teacher} if teacher else pin


def unpin(*, actor: Actor, number: str, wish: str) -> Week:
    """Let a pinned session move again. Who: academy.week:manage."""
    with write():
        week = held(actor, number, "draft", "proposed")
        _remember(week)
        week.pins = [one for one in week.pins if one["order"] != wish]
        _follow(week)
        line("academy.week.unpinned", actor, week)
    return week


def leave_out(*, actor: Actor, number: str, wish: str) -> Week:
    """This wish is not to be planned this week. Who: academy.week:manage. Raises no-wish."""
    with write():
        week = held(actor, number, "draft", "proposed")
        if wish not in week.wishes:
            raise ActionError("no-wish", _("这一门不在这一周里了，请刷新看看。"))
        _remember(week)
        week.pins = [one for one in week.pins if one["order"] != wish]
        week.left_out = [*(one for one in week.left_out if one != wish), wish]
        _follow(week)
        line("academy.week.left_out", actor, week)
    return week


def put_back(*, actor: Actor, number: str, wish: str) -> Week:
    """Plan a wish again that was taken out. Who: academy.week:manage."""
    with write():
        week = held(actor, number, "draft", "proposed")
        _remember(week)
        week.left_out = [one for one in week.left_out if one != wish]
        _follow(week)
        line("academy.week.put_back", actor, week)
    return week


def undo(*, actor: Actor, number: str) -> Week:
    """One step back: pins, what was taken out, and the plan.

    Who: academy.week:manage. Raises nothing-before."""
    with write():
        week = held(actor, number, "draft", "proposed")
        if not week.before:
            raise ActionError("nothing-before", _("没有可以退回的一步了。"))
        last = week.before.pop()
        week.pins, week.left_out = last["pins"], last["left_out"]
        if last["sessions"]:
            week.solution = engine.at_once(week, week.pins, week.left_out, last)
            week.solution["bound"] = last["bound"]
        else:
            week.solution, week.state = {}, "draft"
        week.save()
        line("academy.week.undone", actor, week)
    return week


def _remember(week: Week) -> None:
    """What it was before a step, small: the sessions say it all."""
    state = {
        "pins": week.pins, "left_out": week.left_out, "sessions": week.solution.get("sessions", []),
        "bound": week.solution.get("bound", 0),
    }  # fmt: skip
    most = MOST_BEFORE if len(state["sessions"]) < MANY_SESSIONS else FEW_BEFORE
    week.before = [*week.before[1 - most :], state]


def _follow(week: Week) -> None:
    """The plan after pins or wishes changed; a week without a plan has none yet."""
    if week.solution:
        week.solution = engine.at_once(week, week.pins, week.left_out, week.solution)
    week.save()


def discard_week(*, actor: Actor, number: str) -> None:
    """A week that was not published goes. Who: academy.week:manage. Raises not-now."""
    with write():
        week = held(actor, number, "draft", "proposed")
        line("academy.week.discarded", actor, week)
        week.delete()

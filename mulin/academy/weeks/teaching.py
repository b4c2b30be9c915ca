"""The life of a teacher: asked in, talked with, checked, ready, resting; and what one settles oneself."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from mulin.academy import catalogues
from mulin.academy.orders import serving
from mulin.academy.sessions import unled
from mulin.academy.sessions.models import Session
from mulin.academy.weeks import checks, courses, queries, states
from mulin.academy.weeks.models import Teacher, TeacherCheck
from mulin.kernel import clock, codes, journal
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import clean_number, new_number
from mulin.kernel.policy import require
from mulin.people.models import Account
from mulin.voices.models import Matter

NAME_LENGTH, ABOUT_LENGTH, NOTE_LENGTH, MOST_WINDOWS = 40, 200, 200, 30


def ask_in(
    *,
    actor: Actor,
    place: str,
    name: str,
    skills: list[str],
    times: list[dict[str, Any]],
    order: str = "",
    answer: str = "",
    account: Account | None = None,
    phone: str = "",
    about: str = "",
    week_most: int | None = None,
    is_named: bool = False,
) -> Teacher:
    """Somebody is asked in. With the number of an offer (`order`) it is whoever made it: an offer that nobody
    answered is accepted with `answer`, and the teacher keeps its thread.

    Who: academy.teacher:manage at the place. Raises no-place, no-name, no-skill, bad-times, already-asked,
    answer-missing, order-closed."""
    if not codes.is_valid(place) or codes.level(place) < codes.Level.STREET:
        raise ActionError("no-place", _("请选一个社区或街道。"), field="place", status=422)
    require(actor, queries.TEACHERS, place)
    values = checked_values(
        name=name, skills=skills, times=times, phone=phone, about=about, week_most=week_most
    )
    with write():
        matter = None
        if order:
            (offer,) = serving.take_on(actor, [order], answer, place)
            matter = offer.matter
            if Teacher.objects.filter(matter=matter).exclude(state="declined").exists():
                raise ActionError("already-asked", _("这位已经请过了，在老师名单里。"))
            account = account or _speaker(matter)
            serving.served([offer.pk])
        teacher = Teacher.objects.create(
            number=new_number(), place=place, account=account, matter=matter, is_named=is_named, **values
        )
        _line("academy.teacher.asked", actor, teacher, skills=len(teacher.skills))
    return teacher


def _speaker(matter: Matter) -> Account | None:
    """Who offered it, if with an account."""
    voice = matter.voices.filter(state="received", account__isnull=False).order_by("id").first()
    return voice.account if voice else None


def checked_values(
    *, name: str, skills: list[str], times: list[dict[str, Any]], phone: str, about: str,
    week_most: int | None,
) -> dict[str, Any]:  # fmt: skip
    """What a teacher's record holds, as typed: raises with the field that is wrong."""
    name, phone, about = name.strip(), phone.strip(), about.strip()
    if not name or len(name) > NAME_LENGTH:
        raise ActionError("no-name", _("请写怎么称呼，最多40个字。"), field="name", status=422)
    if not skills or set(skills) - catalogues.themes().keys():
        raise ActionError("no-skill", _("请选教什么，至少一样。"), field="skills", status=422)
    if len(about) > ABOUT_LENGTH:
        raise ActionError("text-too-long", _("介绍最多200个字。"), field="about", status=422)
    if week_most is not None and not 1 <= week_most <= 21:
        raise ActionError("bad-limit", _("一周最多几节，填1到21。"), field="week_most", status=422)
    return {
        "name": name, "phone": phone[:40], "about": about, "skills": list(dict.fromkeys(skills)),
        "times": checked_times(times), "week_most": week_most,
    }  # fmt: skip


def checked_times(times: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Windows of the week, merged and in order. Raises bad-times."""
    windows = courses.windows_in(times)
    if len(windows) != len(times) or len(times) > MOST_WINDOWS:
        raise ActionError("bad-times", _("有一个时段看不懂，请像 14:00 到 16:00 这样填。"), field="times",
                          status=422)  # fmt: skip
    return courses.written(courses.week.merged(windows))


def edit_teacher(*, actor: Actor, number: str, places: list[str] | None = None, is_named: bool | None = None,
                 **given: Any) -> Teacher:  # fmt: skip
    """Name, skills, times, limits, consent to the name. Who: academy.teacher:manage at the place."""
    values = checked_values(**given)
    with write():
        teacher = _held(actor, number)
        for key, value in values.items():
            setattr(teacher, key, value)
        if places is not None:
            near = set(queries.places_under(codes.pad(teacher.place[:9])))
            teacher.places = [one for one in places if one in near]
        if is_named is not None:
            teacher.is_named = is_named
        teacher.save()
        _line("academy.teacher.edited", actor, teacher)
    return teacher


def note_talk(*, actor: Actor, number: str, on: date, note: str = "") -> Teacher:
    """The talk before the first lesson took place; whoever was only offered is ready from then on.

    Who: academy.teacher:manage. Raises day-in-future."""
    _not_later(on, "on")
    with write():
        teacher = _held(actor, number)
        teacher.talked_on, teacher.talk_note = on, note.strip()[:NOTE_LENGTH]
        if teacher.state in ("offered", "declined"):
            teacher.state, teacher.reason = "ready", ""
        teacher.save()
        _line("academy.teacher.talked", actor, teacher, on=on.isoformat())
    return teacher


def note_check(
    *, actor: Actor, number: str, on: date, paper: str = "", is_clear: bool = True
) -> tuple[Teacher, int]:
    """A record check was made on a day and lies in a file (`paper`); it counts for the rule's months. After
    one that is not clear, of which nothing more is kept, this person is not named where children come:
    earlier checks count no more and sessions to come are free for somebody else, at once. Returns how many.

    Who: academy.teacher:manage, never for oneself. Raises day-in-future, no-paper, own-check, older-check."""
    _not_later(on, "on")
    paper = paper.strip()[:80] if is_clear else ""
    if is_clear and not paper:
        raise ActionError("no-paper", _("请写查询结果存在哪里，比如档案编号。"), field="paper", status=422)
    with write():
        mine = queries.visible_teachers(actor).filter(number=clean_number(number))
        if not is_clear:
            # Sessions before the teacher, in the order in which whoever changes a session locks them.
            list(unled.coming_of(mine.order_by().values("pk")))
        teacher = _held(actor, number)
        if teacher.account_id is not None and teacher.account_id == actor.account:
            raise ActionError("own-check", _("自己的查询请同事来登记。"))
        refused = checks.refused_on(teacher)
        if is_clear and refused is not None and on < refused:
            text = _("之后还有一次查询，请按最近的一次登记。")
            raise ActionError("older-check", text, field="on", status=422)
        left = 0 if is_clear else _keep_apart(teacher)
        TeacherCheck.objects.create(teacher=teacher, checked_on=on, is_clear=is_clear, paper=paper)
        code = "academy.teacher.checked" if is_clear else "academy.teacher.kept_apart"
        _line(code, actor, teacher, on=on.isoformat(), **({} if is_clear else {"sessions": left}))
    return queries.get_teacher(actor, number), left


def _keep_apart(teacher: Teacher) -> int:
    """No check of theirs counts any more, and what they were to lead waits for somebody else."""
    teacher.checks.filter(is_clear=True, withdrawn_at=None).update(withdrawn_at=clock.now())
    return unled.release(Teacher.objects.filter(pk=teacher.pk), children_only=True)


MOVES = {
    "rest": (("ready",), "resting", "academy.teacher.rested"),
    "resume": (("resting",), "ready", "academy.teacher.resumed"),
    "decline": (("offered", "ready", "resting"), "declined", "academy.teacher.declined"),
}


def move_teacher(*, actor: Actor, number: str, move: str, reason: str = "") -> Teacher:
    """Rest, come back, or not this time (with a reason). Who: academy.teacher:manage."""
    with write():
        return _moved(actor, _held(actor, number), move, reason)


def _moved(actor: Actor, teacher: Teacher, move: str, reason: str = "") -> Teacher:
    allowed, state, code = MOVES[move]
    if teacher.state not in allowed:
        word = states.TEACHER_STATES[teacher.state][0]
        raise ActionError("not-now", _("这位老师现在是“%(state)s”，不能这样做。") % {"state": word})
    reason = reason.strip()
    if move == "decline" and not reason:
        raise ActionError("no-reason", _("请写明原因，对方会看到。"), field="reason", status=422)
    if move == "resume" and teacher.talked_on is None:
        raise ActionError("no-talk", _("先谈一次，记下日期，再请来上课。"))
    if move == "decline" and (n := _planned(teacher)):
        text = _("还有%(n)s场活动排给这位老师，请先换老师或者取消。") % {"n": n}
        raise ActionError("has-sessions", text)
    teacher.state, teacher.reason = state, reason[:NOTE_LENGTH]
    teacher.save()
    _line(code, actor, teacher)
    return teacher


def _planned(teacher: Teacher) -> int:
    """How many sessions with them are still to come: nobody who was turned away goes on teaching."""
    found = Session.objects.filter(teacher=teacher, state__in=("draft", "open"), starts_at__gt=clock.now())
    return found.count()


def settle_own(
    *, actor: Actor, number: str, times: list[dict[str, Any]], week_most: int | None, is_named: bool
) -> Teacher:
    """What a teacher settles alone: times, how often, whether the name is shown. Who: academy.teacher:own."""
    times = checked_times(times)
    if week_most is not None and not 1 <= week_most <= 21:
        raise ActionError("bad-limit", _("一周最多几节，填1到21。"), field="week_most", status=422)
    with write():
        teacher = queries.get_own_teacher(actor, number, lock=True)
        require(actor, queries.OWN, queries.own_target(teacher))
        teacher.times, teacher.week_most, teacher.is_named = times, week_most, is_named
        teacher.save()
        _line("academy.teacher.settled", actor, teacher)
    return teacher


def rest_own(*, actor: Actor, number: str, move: str) -> Teacher:
    """A teacher takes a rest or comes back. Who: academy.teacher:own."""
    if move not in ("rest", "resume"):
        raise ActionError("not-now", _("请再选一次。"), status=422)
    with write():
        teacher = queries.get_own_teacher(actor, number, lock=True)
        require(actor, queries.OWN, queries.own_target(teacher))
        return _moved(actor, teacher, move)


def _held(actor: Actor, number: str) -> Teacher:
    teacher = queries.get_teacher(actor, number, lock=True)
    require(actor, queries.TEACHERS, queries.target_of(teacher))
    return teacher


def _not_later(day: date, field: str) -> None:
    if day > clock.today():
        raise ActionError("day-in-future", _("日期还没到。"), field=field, status=422)


def _line(code: str, actor: Actor, teacher: Teacher, **data: Any) -> None:
    journal.record(
        code, actor=actor, place=teacher.place, subject=teacher.pk, matter=teacher.matter_id,
        data={"number": teacher.number, **data},
    )  # fmt: skip

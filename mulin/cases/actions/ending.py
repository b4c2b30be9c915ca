"""Whether it is solved: the resident's word, call-backs after silence, closing, reopening."""

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mulin.cases import base, classes, clocks, states
from mulin.cases.models import CallBack, Case
from mulin.kernel import clock, policy, rulebook
from mulin.kernel.actors import SYSTEM, Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.workingtime import Limit
from mulin.voices import matters
from mulin.voices.models import Voice
from mulin.voices.queries import can_be_called

HOW = ("phone", "visit", "message")
RESULTS = ("reached", "no_answer", "wrong_number", "declined", "no_contact")


def confirm_case(
    *, actor: Actor, number: str, is_solved: bool, is_satisfied: bool | None = None, remark: str = ""
) -> Case:
    """A resident says of one voice whether it is solved, and whether they are satisfied.

    `number` is the voice's. One "not solved" reopens the case; when all who answered say solved, it is
    confirmed. Later words on a closed case are kept too, and "not solved" reopens it within the window.
    Who: the owner of the voice or the holder of its receipt. Raises nothing-to-confirm.
    """
    with write():
        voice = _own_voice(actor, number)
        step = base.Step(actor.with_receipt(voice.id), _answering(voice), "cases.case:confirm", own=True)
        voice.refresh_from_db()  # under the lock: of two taps at once the second knows of the first
        if voice.state == "withdrawn":
            raise NotVisible
        said = {}
        if remark.strip() and not _is_said(step.case, voice, remark.strip()):
            # The voice keeps the last remark only: the line keeps each. Not for the public, as at
            # `reopen_case`.
            step.say("confirm", "said", remark.strip(), voice=voice.id)
            said["spoken_by"] = [str(voice.id)]
        return _answered(step, voice, is_solved, is_satisfied, remark, "cases.case.confirmed", **said)


def _own_voice(actor: Actor, number: str) -> Voice:
    """The voice of that number if it is the actor's; else their own one in the same matter."""
    number = clean_number(number)
    voice = Voice.objects.filter(number=number).exclude(state="withdrawn").first()
    case = base.find(number)
    if voice is None and case is None:
        raise NotVisible
    if voice is not None and _owns(actor, voice):
        return voice
    mine = base.own_voices(actor, case) if case else []
    if mine:
        return mine[0]
    if case is None or not base.may_see(actor, case, base.target_of(case)):
        raise NotVisible
    raise NotAllowed("not-allowed", _("只有反映的人自己可以确认。联系上了居民，请记录回访。"))


def _is_said(case: Case, voice: Voice, remark: str) -> bool:
    """What a form brings along unchanged is not said again; the same words of the next answer are new."""
    return voice.remark == remark and bool(voice.rated_at and case.done_at and voice.rated_at >= case.done_at)


def _answering(voice: Voice) -> str:
    """The number of the case that answers a voice: after a merge another one than that of its own number."""
    found = Case.objects.filter(matter_id=voice.matter_id).values_list("number", flat=True).first()
    return found or voice.number


def _owns(actor: Actor, voice: Voice) -> bool:
    owners = frozenset({voice.account_id} if voice.account_id else ())
    target = policy.Target(owners=owners, receipts=frozenset({voice.id}))
    return policy.can(actor, "cases.case:confirm", target)


def _answered(
    step: base.Step,
    voice: Voice,
    solved: bool,
    satisfied: bool | None,
    remark: str,
    code: str,
    **data: object,
) -> Case:
    """What a person said of their voice, from whichever way it came."""
    case = step.case
    if case.state not in {"done", "confirmed", "closed"} or not voice.answered_at:
        raise ActionError("nothing-to-confirm", _("这件事还没有答复，办完后会请您确认。"))
    _keep_rating(voice, solved, satisfied, remark)
    answers = list(
        Voice.objects.filter(matter_id=case.matter_id, is_solved__isnull=False)
        .exclude(state="withdrawn")
        .values_list("is_solved", "is_satisfied")
    )
    case.is_solved = all(one for one, _sat in answers)
    said = [sat for _sol, sat in answers if sat is not None]
    case.is_satisfied = all(said) if said else None
    facts = {"voice": str(voice.id), "solved": solved, "satisfied": satisfied, **data}
    if not solved:
        if case.state == "closed":
            _check_window(case)
        _reopen(step)
        return step.write("cases.case.not_solved", data=facts)
    if case.state == "done":
        clocks.stop(case, "confirm")
        step.go("confirmed")
        case.outcome = "confirmed"
    elif case.outcome == "unconfirmed":
        case.outcome = "confirmed"
    return step.write(code, data=facts)


def _keep_rating(voice: Voice, solved: bool, satisfied: bool | None, remark: str) -> None:
    if len(remark) > base.MAX_TEXT:
        raise ActionError(
            "field-too-long", _("写得太长了，最多 %(n)s 个字。") % {"n": base.MAX_TEXT}, field="remark"
        )
    voice.is_solved, voice.is_satisfied = solved, satisfied
    voice.remark, voice.rated_at = remark.strip(), clock.now()
    voice.save(update_fields=["is_solved", "is_satisfied", "remark", "rated_at"])


def record_call_back(
    *,
    actor: Actor,
    number: str,
    voice: str = "",
    how: str = "phone",
    result: str,
    is_solved: bool | None = None,
    is_satisfied: bool | None = None,
    note: str = "",
) -> Case:
    """An attempt to ask a person of this case. Reached and told: counts as the person's own word.

    `voice`: its number (the only voice, if there is just one). `how` message: whoever has an account is asked
    there by a notice. `no_contact`: nobody left any way to be reached; refused where somebody did. Who: grid
    worker to district of the place.
    """
    with write():
        step = base.Step(actor, number, "cases.case:call_back")
        case = step.case
        if case.state != "done":
            raise ActionError("nothing-to-confirm", _("这件事现在不需要回访。"))
        _check_choices(how, result)
        asked = _voice_of(case, voice)
        if result == "no_contact" and (way := way_to(case)):
            raise ActionError("contact-known", way, field="result")
        if result == "reached" and is_solved is None:
            raise ActionError("field-missing", _("联系上了，请填居民说解决了没有。"), field="is_solved")
        told = result == "reached"
        note = base.needed(note, "note", limit=300) if note.strip() else ""
        attempt = CallBack(case=case, voice=asked, by=actor.account, how=how, result=result, note=note)
        if told:
            attempt.is_solved, attempt.is_satisfied = is_solved, is_satisfied
        attempt.save(force_insert=True)
        if note:
            step.say("call-back", "note", note)
        facts = {"call_back": str(attempt.id), "result": result}
        if told:
            code = "cases.case.called_back"
            return _answered(step, asked, bool(is_solved), is_satisfied, "", code, **facts)
        return step.write("cases.case.called_back", data={**facts, "how": how, "voice": str(asked.id)})


def _check_choices(how: str, result: str) -> None:
    if how not in HOW:
        raise ActionError("unknown-choice", _("请选择怎么联系的。"), field="how")
    if result not in RESULTS:
        raise ActionError("unknown-choice", _("请选择联系的结果。"), field="result")


def _voice_of(case: Case, number: str) -> Voice:
    voices = Voice.objects.filter(matter_id=case.matter_id).exclude(state="withdrawn")
    if number:
        voices = voices.filter(number=clean_number(number))
    found = list(voices.order_by("id")[:2])
    if not found:
        raise ActionError("unknown-voice", _("这件事里没有这条诉求。"), field="voice")
    if len(found) > 1:
        raise ActionError("which-voice", _("这件事有好几个人反映，请选择回访的是哪一位。"), field="voice")
    return found[0]


def way_to(case: Case) -> str:
    """How somebody who spoke can be reached, in words; empty without any contact or account."""
    spoke = list(Voice.objects.filter(matter_id=case.matter_id).exclude(state="withdrawn"))
    if can_be_called(spoke):
        return _("这件事留有电话，请先联系。")
    if any(voice.account_id for voice in spoke):
        return _("没有留电话，但反映的人有账户：请选“消息”，系统会请本人来说解决了没有。")
    return ""


def call_backs_missing(case: Case) -> int:
    """How many attempts on different days are still needed before it may be closed unconfirmed."""
    if not Voice.objects.filter(matter_id=case.matter_id).exclude(state="withdrawn").exists():
        return 0  # everybody took it back: there is nobody left to ask
    if _attempts(case).filter(result="no_contact").exists():
        return 0
    return max(0, call_backs_wanted(case) - len(call_back_days(case)))


def call_backs_wanted(case: Case) -> int:
    return int(rulebook.value("cases.call_back.attempts", at=case.place))


def call_back_days(case: Case) -> set[date]:
    """The days since the last answer on which somebody tried and did not reach the person."""
    moments = _attempts(case).exclude(result="reached").values_list("created_at", flat=True)
    return {clock.day_of(at) for at in moments}


def _attempts(case: Case) -> QuerySet[CallBack]:
    attempts = CallBack.objects.filter(case=case)
    return attempts.filter(created_at__gte=case.done_at) if case.done_at else attempts


def confirm_limit_passed(case: Case) -> bool:
    one = case.clocks.filter(kind="confirm", stopped_at=None).first()
    return one is None or one.due_at <= clock.now()


def close_case(*, actor: Actor, number: str) -> Case:
    """The end. From `confirmed`; or from `done` after the limit and the recorded call-backs of the rule pack,
    as "closed, unconfirmed", which is counted apart and can be reopened.

    Who: the desk of the place. Raises not-confirmed-yet, call-backs-missing.
    """
    with write():
        step = base.Step(actor, number, "cases.case:close")
        step.check("close")
        case = step.case
        if case.state == "done":
            if not confirm_limit_passed(case):
                raise ActionError("not-confirmed-yet", _("居民确认的时间还没有到，请等一等，或先回访。"))
            if missing := call_backs_missing(case):
                raise ActionError(
                    "call-backs-missing",
                    _("居民没有答复。还要在不同的日子回访 %(n)s 次，才可以办结。") % {"n": missing},
                )
        return _close(step)


def _close(step: base.Step) -> Case:
    case = step.case
    case.outcome = "confirmed" if case.state == "confirmed" else "unconfirmed"
    clocks.stop(case, *clocks.KINDS)
    case.closed_at = clock.now()
    step.go("closed")
    matters.close_matter(case.matter)
    return step.write("cases.case.closed", data={"outcome": case.outcome})


def close_confirmed(limit: int = 200) -> int:
    """Close what residents confirmed some time ago, where the rule of the place says so. Returns how many."""
    closed = 0
    moment = clock.now()
    waiting = Case.objects.filter(state="confirmed").order_by("updated_at")[:limit]
    for case in list(waiting):
        rule = clocks.optional_rule("cases.close.confirmed_after", case.place)
        if rule is None:
            continue
        due = Limit.parse(rule.value).due(case.updated_at, clocks.calendar(), clocks.office_hours(case.place))
        if due.at > moment:
            continue
        with write():
            step = base.Step(SYSTEM, case.number, "cases.case:close")
            if step.case.state == "confirmed":
                _close(step)
                closed += 1
    return closed


def reopen_case(*, actor: Actor, number: str, reason: str) -> Case:
    """It was not solved after all; state `reopened`, the unit that led still leads, a new solve clock runs.

    `number`: the case's or the voice's. Who: the person of a voice (also by receipt), the desk of the place.
    Raises window-over, wrong-state.
    """
    with write():
        voice = Voice.objects.filter(number=clean_number(number)).exclude(state="withdrawn").first()
        voice = voice if voice is not None and _owns(actor, voice) else None
        number = _answering(voice) if voice else number
        step = base.Step(actor, number, "cases.case:reopen", own=True)
        step.check("reopen")
        if step.case.outcome == "withdrawn":
            raise ActionError("withdrawn", _("这件事的诉求已经撤回。需要时请重新反映。"))
        _check_window(step.case)
        # What a resident writes is for the desk and themselves: the others only see that it was reopened.
        own = voice or next(iter(step.voices), None)
        words = base.needed(reason, "reason")
        step.say("reopen", "reason", words, public=own is None, voice=own.id if own else None)
        if step.was in {"done", "confirmed", "closed"}:
            step.case.is_solved, step.case.is_satisfied = False, None
        _reopen(step)
        return step.write("cases.case.reopened", data={"spoken_by": [str(own.id)]} if own else None)


def _check_window(case: Case) -> None:
    if not case.closed_at:
        return
    rule = rulebook.rule("cases.reopen.window", at=case.place)
    end = Limit.parse(rule.value).due(case.closed_at, clocks.calendar(), clocks.office_hours(case.place)).at
    if clock.now() > end:
        raise ActionError(
            "window-over", _("办结已超过可以重新办理的时间，请重新反映，我们会把以前的记录带上。")
        )


def _reopen(step: base.Step) -> None:
    case = step.case
    group = classes.group_of(case.category)
    clocks.stop(case, *clocks.KINDS)
    was_open = case.is_open
    case.outcome, case.closed_at, case.done_at = "", None, None
    case.reopened_count += 1
    case.escalation = 0
    step.note_day("reopened")
    step.go("reopened")
    if not was_open:
        matters.reopen_matter(case.matter)
    matters.outdate_public_answer(case.matter)
    clocks.start(case, "solve", group)
    if case.responded_at is None:
        clocks.start(case, "response", group)


def word_of(case: Case) -> str:
    """The outcome as a word, for lists and exports."""
    return str(states.OUTCOMES.get(case.outcome, ""))

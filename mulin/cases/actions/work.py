"""In hand: start, halt the harm, finish, suspend, resume, extend, escalate; claim, assign, note."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from mulin.cases import base, classes, clocks
from mulin.cases.actions.intake import answers_people
from mulin.cases.models import Case, CaseText, ReplyTemplate
from mulin.kernel import clock, policy, rulebook
from mulin.kernel.actors import SYSTEM, Actor, PostRef
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.workingtime import Limit
from mulin.people.models import Post
from mulin.people.queries import in_force
from mulin.voices import matters, photos, templating
from mulin.voices.models import Matter, Photo, Voice

RECENT_REPLIES = 40


def start_case(*, actor: Actor, number: str) -> Case:
    """Work begins; state `in_hand`. From `accepted` or `reopened` without a unit, the actor's own unit leads.

    Who: the leading unit, or the place's desk on its behalf.
    """
    with write():
        step = base.Step(actor, number, "cases.case:start")
        step.check("start")
        case = step.case
        if case.lead_id is None:
            org = base.acting_org(actor, step.target.orgs, case)
            if org:
                base.involve(case, org, "lead", actor)
                case.lead_id = org
        if case.handler_id is None and case.lead_id in actor.orgs:
            case.handler_id = actor.account
        answers_people(case, "start")
        step.go("in_hand")
        return step.write("cases.case.started", data={"org": str(case.lead_id or "")})


def stop_harm(*, actor: Actor, number: str, note: str) -> Case:
    """The harm is halted though the work goes on: the stop clock ends (several clocks for one case).

    Who: as for start. Raises no-stop-clock, field-missing.
    """
    with write():
        step = base.Step(actor, number, "cases.case:start")
        text = base.needed(note, "note", _("请写一句怎么制止的。"))
        met = clocks.stop(step.case, "stop")
        if not met:
            raise ActionError("no-stop-clock", _("这件事没有正在走的制止时限。"))
        step.say("stop-harm", "note", text, public=True)
        return step.write("cases.case.harm_stopped", data={"in_time": met["stop"]})


def finish_case(
    *,
    actor: Actor,
    number: str,
    done_text: str,
    reply: str,
    photos: Iterable[Any] = (),
    confirm_reply: bool = False,
) -> Case:
    """Done: what was done, and the answer that goes to every voice; state `done`, the confirm clock starts.

    `photos`: uploads (bytes or open files), needed only where the catalogue says so. A reply that looks like
    a template is refused once (reply-looks-like-template) and sent when `confirm_reply` says so; the journal
    remembers that. Who: the leading unit, or the desk on its behalf.
    """
    return _finish(actor, number, done_text, reply, list(photos), confirm_reply)


def _finish(
    actor: Actor, number: str, done_text: str, reply: str, uploads: list[Any], confirm_reply: bool
) -> Case:
    seen = base.find(number)
    pictures = photos.prepare(uploads, seen.place) if seen and uploads else []
    with photos.stored(pictures), write():
        step = base.Step(actor, number, "cases.case:finish")
        step.check("finish")
        case = step.case
        done = base.needed(done_text, "done_text", _("请写清做了什么。"))
        answer = base.needed(reply, "reply", _("请写给居民的答复。"))
        _check_photo(case, pictures)
        likeness = _check_reply(actor, case, answer, confirm_reply)
        if pictures:
            photos.rows(pictures, Matter(pk=case.matter_id), None, actor.account, role="after")
        step.say("finish", "done", done)
        step.say("finish", "reply", answer, public=True)
        case.done_text, case.reply, case.done_at = done, answer, clock.now()
        case.is_solved = case.is_satisfied = None
        answers_people(case, "finish")
        met = clocks.stop(case, "solve", "stop", "acknowledge")
        step.go("done")
        clocks.start(case, "confirm", classes.group_of(case.category))
        matters.answer_voices(case.matter, answer)
        matters.outdate_public_answer(case.matter)
        data: dict[str, Any] = {"in_time": met.get("solve"), "photos": len(pictures)}
        if likeness is not None:
            data["template_like"] = likeness
        return step.write("cases.case.finished", data=data)


def photo_still_needed(case: Case) -> bool:
    """Whether the catalogue asks for a photo of the finished work and none is there yet."""
    wanted, _basis = classes.needs_photo(case.category)
    return wanted and not Photo.objects.filter(matter_id=case.matter_id, role="after").exists()


def _check_photo(case: Case, pictures: list[Any]) -> None:
    if not pictures and photo_still_needed(case):
        _wanted, basis = classes.needs_photo(case.category)
        raise ActionError(
            "photo-needed",
            _("这一类事项要有办完后的照片（依据：%(basis)s）。") % {"basis": basis or "—"},
            field="photos",
        )


def template_likeness(actor: Actor, case: Case, reply: str) -> tuple[float, tuple[tuple[str, str], ...]]:
    """How much the reply looks like a template, and why: for a warning while it is written."""
    question = "\n".join(Voice.objects.filter(matter_id=case.matter_id).values_list("text", flat=True)[:20])
    recent = list(
        CaseText.objects.filter(kind="reply", by=actor.account)
        .exclude(case=case)
        .order_by("-id")
        .values_list("text", flat=True)[:RECENT_REPLIES]
    )
    if case.lead_id:
        recent += ReplyTemplate.objects.filter(org=case.lead_id).values_list("text", flat=True)[
            :RECENT_REPLIES
        ]
    return templating.template_likeness(reply, question, recent)


def _check_reply(actor: Actor, case: Case, reply: str, confirmed: bool) -> float | None:
    """The likeness if it is flagged and was confirmed, else None.

    Short and to the point is not a form letter: stock phrases, a copy of another answer, or hardly any
    word at all must be there too.
    """
    likeness, why = template_likeness(actor, case, reply)
    least = int(rulebook.value("cases.reply.least_characters", at=case.place))
    looks_so = {"stock", "copied"} & {code for code, _value in why} or len(reply.strip()) < least
    if not looks_so or likeness < float(rulebook.value("cases.reply.template_likeness", at=case.place)):
        return None
    if not confirmed:
        raise ActionError(
            "reply-looks-like-template",
            _("这段答复像套话，没有说到居民问的事。请改一改；确认要这样发，请点“照样发出”。"),
            field="reply",
        )
    return round(likeness, 2)


def suspend_case(*, actor: Actor, number: str, reason: str, review_on: date) -> Case:
    """Propose that it cannot be done yet (挂账), with a day to look again; a second person must agree.

    Who: the desk of the place or the leading unit. Raises wrong-state, review-past, field-missing.
    """
    with write():
        step = base.Step(actor, number, "cases.case:suspend")
        step.check("suspend")
        text = base.needed(reason, "reason")
        if review_on <= clock.today():
            raise ActionError("review-past", _("复核日期要在今天以后。"), field="review_on")
        if review_on > clock.today() + timedelta(days=366):
            raise ActionError("review-far", _("复核日期不能超过一年。"), field="review_on")
        words = step.say("suspend", "reason", text)
        step.case.pending = {
            "move": "suspend",
            "by": str(actor.account),
            "unit": str(base.acting_org(actor, step.target.orgs, step.case) or ""),
            "review_on": review_on.isoformat(),
            "text": str(words.id),
        }
        return step.write("cases.case.suspension_proposed", data={"review_on": review_on.isoformat()})


def resume_case(*, actor: Actor, number: str, reason: str) -> Case:
    """Work goes on where it stood; clocks run again with what they missed added. Who: desk or lead."""
    with write():
        step = base.Step(actor, number, "cases.case:resume")
        step.check("resume")
        step.say("resume", "reason", base.needed(reason, "reason"), public=True)
        case = step.case
        case.review_on = None
        clocks.resume(case)
        step.go(case.previous_state or "accepted")
        case.previous_state = ""
        return step.write("cases.case.resumed")


def extend_case(*, actor: Actor, number: str, reason: str) -> Case:
    """The solve clock's end moves by the rule's extension, once in the life of a case. Who: desk or lead."""
    with write():
        step = base.Step(actor, number, "cases.case:extend")
        step.check("extend")
        step.say("extend", "reason", base.needed(reason, "reason"), public=True)
        one = clocks.extend(step.case)
        return step.write(
            "cases.case.extended", data={"by": one.rule["extended_by"], "due": one.due_at.isoformat()}
        )


def ladder(place: str) -> list[dict[str, Any]]:
    """The levels that a case rises through. A place that says nobody may rely on one has none: its cases do
    not rise, and those of all other places still do."""
    rule = clocks.optional_rule("cases.escalation.ladder", place)
    return rule.value if rule else []


def escalate_case(*, actor: Actor, number: str, reason: str) -> Case:
    """Rise one level by hand (community, street, district). Who: building head to district, and the units.

    Raises top-level when there is none above.
    """
    with write():
        step = base.Step(actor, number, "cases.case:escalate")
        step.check("escalate", even_pending=True)
        text = base.needed(reason, "reason")
        steps = ladder(step.case.place)
        if step.case.escalation >= len(steps):
            raise ActionError("top-level", _("已经报到最上一级。"))
        step.say("escalate", "reason", text)
        level = steps[step.case.escalation]["level"]
        step.case.escalation += 1
        return step.write("cases.case.escalated", data={"level": level})


def escalate_overdue(limit: int = 200) -> int:
    """Raise overdue cases level by level: one line for a case and a level, however often it runs."""
    raised = 0
    moment = clock.now()
    top = max((len(rule.value or ()) for rule in rulebook.book().rules("cases.escalation.ladder")), default=0)
    late = Case.objects.filter(is_open=True, due_at__lt=moment, escalation__lt=top)
    late = late.exclude(state__in=("done", "suspended")).order_by("due_at")
    for case in late.iterator(chunk_size=limit):
        raised += _rise(case.number, moment)
        if raised >= limit:
            break
    return raised


def _rise(number: str, moment: Any) -> int:
    seen = Case.objects.filter(number=number).first()
    if seen is None or not _due_to_rise(seen, moment):
        return 0
    with write():
        step = base.Step(SYSTEM, number, "cases.case:escalate")
        if not _due_to_rise(step.case, moment):
            return 0
        level = ladder(step.case.place)[step.case.escalation]["level"]
        step.case.escalation += 1
        step.write("cases.case.overdue", data={"level": level})
    return 1


def _due_to_rise(case: Case, moment: Any) -> bool:
    steps = ladder(case.place)
    if not case.is_open or case.state in {"done", "suspended"} or case.escalation >= len(steps):
        return False
    wait = Limit.parse(steps[case.escalation]["after"])
    due = wait.due(case.due_at, clocks.calendar(), clocks.office_hours(case.place)).at
    return due <= moment


def claim_case(*, actor: Actor, number: str) -> Case:
    """Take it on oneself as the handler. Who: people of the place's desk or of a unit that takes part."""
    with write():
        step = base.Step(actor, number, "cases.case:claim")
        _still_open(step.case)
        if actor.account is None:
            raise ActionError("no-account", _("请先登录。"))
        step.case.handler_id = actor.account
        return step.write("cases.case.claimed", data={"handler": str(actor.account)})


def release_case(*, actor: Actor, number: str) -> Case:
    """Put down what one took on oneself: it has no handler then. Who: as for claiming, the handler alone."""
    with write():
        step = base.Step(actor, number, "cases.case:claim")
        _still_open(step.case)
        if step.case.handler_id is None or step.case.handler_id != actor.account:
            raise ActionError("not-the-handler", _("这件事不是由您经办的。"))
        step.case.handler_id = None
        return step.write("cases.case.released", data={})


def assign_case(*, actor: Actor, number: str, handler: UUID | str) -> Case:
    """Hand it to a colleague: somebody with a post in a unit that takes part, or at the place's desk."""
    with write():
        step = base.Step(actor, number, "cases.case:assign")
        _still_open(step.case)
        if str(handler) not in {str(one) for one, _name in possible_handlers(step.case, step.target.orgs)}:
            raise ActionError("unknown-handler", _("请选一位本单位或本社区的经办人。"), field="handler")
        step.case.handler_id = handler
        return step.write("cases.case.assigned", data={"handler": str(handler)})


def possible_handlers(case: Case, orgs: Iterable[UUID]) -> list[tuple[UUID, str]]:
    """(account, name) of those who could handle it: of the units involved, and of the place's desk. Nobody is
    handed what they may not read at that post: a tip-off is kept from the community's own desk, and from
    those of a unit who may not see one."""
    orgs = frozenset(orgs)
    target = policy.Target(place=case.place, grid=case.grid, building=case.building, orgs=orgs)
    sighted = list(policy.table()[base.VIEW[case.restriction]])
    desk = Q(place=case.place, role__in=("clerk", "secretary", "grid_worker"))
    if case.grid:
        desk |= Q(place=case.grid, role="grid_worker")
    rows = Post.objects.filter(in_force()).filter(Q(org__in=list(orgs)) | desk, role__in=sighted)
    rows = rows.exclude(role="admin").filter(account__is_active=True)
    rows = rows.select_related("account").order_by("account__name")[:200]
    found = {
        post.account_id: (post.account_id, str(post.account)) for post in rows if _reads(post, case, target)
    }
    return list(found.values())


def _reads(post: Post, case: Case, target: policy.Target) -> bool:
    """Whether the post alone lets its holder see the case."""
    ref = PostRef(post.role, post.place, post.org_id, post.pk)
    return base.may_see(Actor(account=post.account_id, posts=(ref,)), case, target)


def add_note(*, actor: Actor, number: str, text: str) -> Case:
    """An internal note; residents never see it. Who: the place's desk and the units that take part."""
    with write():
        step = base.Step(actor, number, "cases.case:note")
        step.say("note", "note", base.needed(text, "text", _("请写备注的内容。")))
        return step.write("cases.case.noted")


def _still_open(case: Case) -> None:
    if not case.is_open:
        raise ActionError("case-ended", _("这件事已经结束。"))

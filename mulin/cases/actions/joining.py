"""Several cases as one, several units on one case: merge, unmerge, whistle, answer."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from mulin.cases import base, clocks
from mulin.cases.models import Case, Involvement
from mulin.kernel import clock, codes, policy
from mulin.kernel.actors import Actor
from mulin.kernel.db import is_postgres, write
from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import show_number
from mulin.voices import matters
from mulin.voices.models import Matter


def merge_cases(*, actor: Actor, number: str, into: str) -> Case:
    """The voices of this case go to another one about the same matter; state `merged`.

    Who: the desk of both places. Raises same-case, target-merged, target-ended, restriction-differs,
    merge-elsewhere. Of two opposite merges at one moment the second is refused.
    """
    with write():
        _lock_in_order(number, into)
        step = base.Step(actor, number, "cases.case:merge")
        step.check("merge")
        case = step.case
        target = _merge_target(actor, case, into)
        clocks.pause(case)
        if case.state != "suspended":
            case.previous_state = case.state
        case.review_on = None
        step.go("merged")
        case.merged_into, case.outcome, case.closed_at = target, "merged", clock.now()
        # What was merged into this case before goes along, so that every merge can be undone by itself.
        Case.objects.filter(merged_into=case).update(merged_into=target)
        Matter.objects.filter(merged_into=case.matter_id).update(merged_into=target.matter_id)
        matters.move_voices(case.matter, target.matter)
        return step.write("cases.case.merged", data={"into": target.number})


def _lock_in_order(*numbers: str) -> None:
    """Lock the matters of some cases, and all that hang on them through earlier merges, the oldest first: A
    into B and B into A, or a merge and an unmerge, then wait for each other and never block each other."""
    if not is_postgres():
        return
    about = {case.matter_id for number in numbers if number and (case := base.find(number))}
    together = Matter.objects.filter(Q(pk__in=about) | Q(merged_into__in=about) | Q(merged__in=about))
    ids = sorted(set(together.values_list("pk", flat=True)))
    list(Matter.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))


def _merge_target(actor: Actor, case: Case, into: str) -> Case:
    target = base.locked(base.needed(into, "into", _("请填要并入的事项编号。")))
    if target is None or not base.may_see(actor, target, base.target_of(target)):
        raise ActionError("unknown-case", _("没有找到这个编号的事项。"), field="into")
    policy.require(actor, "cases.case:merge", base.target_of(target))
    if target.id == case.id:
        raise ActionError("same-case", _("不能并入它自己。"), field="into")
    if target.state == "merged":
        leads_to = show_number(target.merged_into.number)
        raise ActionError(
            "target-merged", _("那件事已经并入 %(number)s，请先看看。") % {"number": leads_to}, field="into"
        )
    if not target.is_open or target.state == "done":
        raise ActionError("target-ended", _("那件事已经办完，不能再并进去。"), field="into")
    if target.restriction != case.restriction:
        raise ActionError("restriction-differs", _("大事和举报只能与同类事项合并，以免泄露。"), field="into")
    if codes.district(target.place) != codes.district(case.place):
        raise ActionError("merge-elsewhere", _("不同区的事项不能合并。"), field="into")
    return target


def unmerge_case(*, actor: Actor, number: str, reason: str) -> Case:
    """They were not the same after all: voices, clocks and state come back. Who: the desk of the place."""
    with write():
        _lock_in_order(number)
        step = base.Step(actor, number, "cases.case:unmerge")
        step.check("unmerge")
        case = step.case
        step.say("unmerge", "reason", base.needed(reason, "reason"))
        source = case.merged_into
        back_to = case.previous_state or "accepted"
        case.merged_into, case.outcome, case.closed_at, case.previous_state = None, "", None, ""
        clocks.resume(case)
        step.go(back_to)
        matters.move_back(case.matter)
        return step.write("cases.case.unmerged", data={"out_of": source.number if source else ""})


def whistle(*, actor: Actor, number: str, orgs: Iterable[UUID | str], reason: str) -> Case:
    """A community or street calls units in (吹哨); they see the case and answer, and both sides are shown.

    Who: clerk, secretary or street of the place. Raises already-here when all named take part already.
    """
    with write():
        step = base.Step(actor, number, "cases.case:whistle")
        step.check("whistle")
        text = base.needed(reason, "reason")
        wanted = list(dict.fromkeys(str(one) for one in orgs or ()))
        if not wanted:
            raise ActionError("field-missing", _("请至少选一个单位。"), field="orgs")
        here = {str(one) for one in step.target.orgs}
        called = [base.organisation(one, step.case, "orgs") for one in wanted if one not in here]
        if not called:
            raise ActionError("already-here", _("所选单位都已经参与这件事。"), field="orgs")
        for org in called:
            base.involve(step.case, org.id, "whistled", actor, text)
        step.say("whistle", "reason", text)
        return step.write("cases.case.whistled", data={"orgs": [str(org.id) for org in called]})


def answer_whistle(*, actor: Actor, number: str, state: str, note: str = "") -> Case:
    """A unit that was called says that it has arrived, or that its part is done. Who: its people.

    `state`: arrived or done. Raises not-called, note-needed (done needs a note).
    """
    with write():
        step = base.Step(actor, number, "cases.case:answer_whistle")
        row = Involvement.objects.filter(
            case=step.case, is_current=True, role="whistled", org__in=list(actor.orgs)
        ).first()
        if row is None:
            raise ActionError("not-called", _("没有单位吹哨请您到场。"))
        if state not in {"arrived", "done"} or row.state == "done":
            raise ActionError("unknown-choice", _("请选“已到场”或“已办完”。"), field="state")
        row.state = state
        is_needed = state == "done" or note.strip()
        row.note = base.needed(note, "note", _("请写一句做了什么。"), 300) if is_needed else ""
        row.answered_at = clock.now()
        row.save(update_fields=["state", "note", "answered_at"])
        return step.write(
            "cases.case.whistle_answered", org=row.org_id, data={"answer": state, "org": str(row.org_id)}
        )

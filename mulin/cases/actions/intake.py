"""From the report to the unit: find the facts, accept, dispatch, object, decide, refuse."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.cases import base, classes, clocks, reasons
from mulin.cases.models import Case, Objection
from mulin.kernel import clock, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.voices import matters
from mulin.voices.models import Matter
from mulin.voices.states import FACT_SECTIONS


def answers_people(case: Case, move: str) -> None:
    """Stop the response clock where the place's rule says that this move is the first contact."""
    if move in rulebook.value("cases.response.met_by", at=case.place):
        clocks.respond(case)


def find_facts(*, actor: Actor, number: str, facts: dict[str, str]) -> Case:
    """The matter's one fact sheet is filled in by whoever saw it first; state `found`.

    `facts`: basics, people, root, idea (texts). Who: grid workers and desks of the place, units involved.
    Raises wrong-state, field-missing, unknown-fact.
    """
    with write():
        step = base.Step(actor, number, "cases.case:find_facts")
        step.check("find-facts")
        merge_facts(step.case, facts)
        step.go("found")
        return step.write("cases.case.facts_found", data={"sections": sorted(facts)})


def merge_facts(case: Case, facts: dict[str, Any]) -> None:
    given = {key: str(value).strip() for key, value in (facts or {}).items() if str(value or "").strip()}
    if set(given) - set(FACT_SECTIONS):
        raise ActionError("unknown-fact", _("事实单里没有这一栏。"), field="facts")
    if not given:
        raise ActionError("field-missing", _("请至少写明基本情况。"), field="facts")
    for text in given.values():
        base.needed(text, "facts")
    matter = Matter.objects.select_for_update().get(pk=case.matter_id)
    matter.facts = {**matter.facts, **given}
    matter.save(update_fields=["facts"])


def _confirm_category(case: Case) -> None:
    """The desk works with a guessed category: from now on its limits hold."""
    if case.category and case.matter.category_by == "guess":
        matters.confirm_category(case.matter)
        clocks.redraw(case, classes.group_of(case.category))


def accept_case(*, actor: Actor, number: str) -> Case:
    """The desk takes the matter on; state `accepted`. Who: grid worker to district of the place."""
    with write():
        step = base.Step(actor, number, "cases.case:accept")
        step.check("accept")
        _confirm_category(step.case)
        step.go("accepted")
        return step.write("cases.case.accepted")


def dispatch_case(*, actor: Actor, number: str, org: UUID | str, note: str = "") -> Case:
    """The case goes to one unit, which leads from now on (首接负责); state `dispatched`.

    Who: clerk, secretary, street or district of the place. Raises unknown-org, org-elsewhere, wrong-state,
    lead-stays (the first unit leads until it objects and the dispatcher decides).
    """
    with write():
        step = base.Step(actor, number, "cases.case:dispatch")
        step.check("dispatch")
        return _send(step, org, note, "dispatch", "cases.case.dispatched")


def _send(step: base.Step, org_id: UUID | str, note: str, move: str, code: str, **data: Any) -> Case:
    case = step.case
    org = base.organisation(org_id, case)
    previous = case.lead_id
    base.involve(case, org.id, "lead", step.actor)
    case.lead = org
    if previous != org.id:
        case.handler = None
    if note.strip():
        step.say(move, "note", base.needed(note, "note"))
    _confirm_category(case)
    step.go("dispatched")
    return step.write(code, data={"org": str(org.id), **data})


def object_to_dispatch(*, actor: Actor, number: str, reason: str, proposed: UUID | str | None = None) -> Case:
    """The leading unit says that it is not its own; `returned` until the dispatcher decides. Clocks go on.

    Who: people of the leading unit. Raises not-your-unit, field-missing, wrong-state.
    """
    with write():
        step = base.Step(actor, number, "cases.case:object")
        step.check("object")
        case = step.case
        if case.lead_id not in actor.orgs:
            raise ActionError("not-your-unit", _("这件事派给的是别的单位，只有它可以提出异议。"))
        text = base.needed(reason, "reason")
        other = base.organisation(proposed, case, "proposed") if proposed else None
        Objection.objects.create(
            case=case, org_id=case.lead_id, reason=text, raised_by=actor.account, proposed=other
        )
        step.say("object", "reason", text)
        step.go("returned")
        return step.write("cases.case.objected", data={"org": str(case.lead_id)})


def decide_objection(
    *, actor: Actor, number: str, uphold: bool, reason: str, org: UUID | str | None = None
) -> Case:
    """Upheld: to another unit, or back to the desk (`accepted`) when none is named. Rejected: to the same
    unit again, and the clock went on meanwhile.

    Who: the dispatcher of the place, but nobody of the unit that objected. Raises own-objection, org-missing.
    """
    with write():
        step = base.Step(actor, number, "cases.case:decide_objection")
        step.check("decide-objection")
        case = step.case
        objection = Objection.objects.filter(case=case, is_upheld=None).order_by("-id").first()
        if objection is None:
            raise ActionError("no-objection", _("没有等待决定的异议。"))
        if objection.raised_by == actor.account or objection.org_id in actor.orgs:
            raise ActionError("own-objection", _("提出异议的单位不能自己决定，请派单的人来定。"))
        objection.is_upheld, objection.decision = bool(uphold), base.needed(reason, "reason")
        step.say("decide-objection", "decision", objection.decision)
        objection.decided_by, objection.decided_at = actor.account, clock.now()
        objection.save()
        if not uphold:
            return _send(step, objection.org_id, "", "decide-objection", "cases.case.objection_rejected")
        if org and str(org) == str(objection.org_id):
            raise ActionError("same-org", _("异议成立就不能再派给同一个单位，请另选。"), field="org")
        if org:
            return _send(step, org, "", "decide-objection", "cases.case.objection_upheld")
        _take_back(case)
        step.go("accepted")
        return step.write("cases.case.objection_upheld", data={"org": ""})


def _take_back(case: Case) -> None:
    case.involvements.filter(is_current=True, role="lead").update(is_current=False, state="left")
    case.lead = None
    case.handler = None


def refuse_case(*, actor: Actor, number: str, reason_code: str, reason: str) -> Case:
    """Propose not to take it on, with a reason of the place's list; a second person must agree.

    The resident reads the reason once it took effect. Who: desk of the place.
    """
    with write():
        step = base.Step(actor, number, "cases.case:refuse")
        step.check("refuse")
        reasons.check_code("cases.refusal.reasons", step.case.place, reason_code, "reason_code")
        text = base.needed(reason, "reason")
        words = step.say("refuse", "reason", text, code=reason_code)
        step.case.pending = {
            "move": "refuse",
            "by": str(actor.account),
            "unit": str(base.acting_org(actor, step.target.orgs, step.case) or ""),
            "code": reason_code,
            "text": str(words.id),
        }
        return step.write("cases.case.refusal_proposed", data={"reason": reason_code})

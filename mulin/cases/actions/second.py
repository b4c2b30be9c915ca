"""The second person: suspensions, refusals and exclusions take effect only when somebody else agrees."""

from datetime import date

from django.utils.translation import gettext as _

from mulin.cases import base, clocks, reasons
from mulin.cases.actions.intake import answers_people
from mulin.cases.models import Case, CaseText, Exclusion
from mulin.kernel import clock
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.voices import matters


def _pending(step: base.Step) -> dict:
    pending = step.case.pending
    if not pending:
        raise ActionError("nothing-pending", _("没有等待第二个人同意的事。"))
    return pending


def _another_person(actor: Actor, proposed_by: str) -> None:
    if actor.account is None or str(actor.account) == str(proposed_by):
        raise ActionError("same-person", _("提出的人不能自己同意，请另一位同事来看。"), status=403)


def approve_pending(*, actor: Actor, number: str) -> Case:
    """Agree as the second person: the proposed suspension or refusal takes effect and residents can read why.

    Who: `cases.case:approve`, and never the person who proposed it. Raises nothing-pending, same-person.
    """
    with write():
        step = base.Step(actor, number, "cases.case:approve")
        pending = _pending(step)
        _another_person(actor, pending["by"])
        step.check(pending["move"], even_pending=True)
        CaseText.objects.filter(pk=pending["text"]).update(is_public=True)
        step.case.pending = None
        effect = {"suspend": _suspend, "refuse": _refuse}[pending["move"]]
        return effect(step, pending)


def _behind(pending: dict) -> dict[str, str]:
    """Whose step somebody else agreed to: residents are shown that unit, not the one that agreed."""
    return {"proposed_by": pending["by"], "unit": pending.get("unit", "")}


def _suspend(step: base.Step, pending: dict) -> Case:
    case = step.case
    case.previous_state, case.review_on = case.state, date.fromisoformat(pending["review_on"])
    clocks.pause(case)
    step.note_day("suspended")
    step.go("suspended")
    return step.write(
        "cases.case.suspended",
        data={"review_on": pending["review_on"], "texts": [pending["text"]], **_behind(pending)},
    )


def _refuse(step: base.Step, pending: dict) -> Case:
    case = step.case
    answers_people(case, "refuse")
    clocks.stop(case, *clocks.KINDS)
    case.outcome, case.closed_at = "refused", clock.now()
    step.go("refused")
    text = CaseText.objects.filter(pk=pending["text"]).values_list("text", flat=True).first() or ""
    # The reason is the answer: it goes to every voice like any other.
    matters.answer_voices(case.matter, text)
    matters.close_matter(case.matter)
    return step.write(
        "cases.case.refused",
        data={"reason": pending["code"], "texts": [pending["text"]], **_behind(pending)},
    )


def decline_pending(*, actor: Actor, number: str, reason: str) -> Case:
    """Do not agree, with a reason; the proposal falls and the case stays where it is.

    Who: another person with `cases.case:approve`; the proposer may take it back this way too.
    """
    with write():
        step = base.Step(actor, number, "cases.case:approve")
        pending = _pending(step)
        step.say("decline", "decision", base.needed(reason, "reason"))
        step.case.pending = None
        return step.write(
            "cases.case.proposal_declined", data={"move": pending["move"], "proposed_by": pending["by"]}
        )


def exclude_case(*, actor: Actor, number: str, reason_code: str, reason: str) -> Case:
    """Propose that the case does not count in the rates; a second person decides, the resident can see it.

    Who: the desk of the place. Raises unknown-reason, excluded-already, field-missing.
    """
    with write():
        step = base.Step(actor, number, "cases.case:exclude")
        case = step.case
        reasons.check_code("cases.exclusion.reasons", case.place, reason_code, "reason_code")
        if case.state == "merged":
            raise ActionError("merged", _("已合并的事项本来就不单独计算。"))
        text = base.needed(reason, "reason")
        old = Exclusion.objects.filter(case=case).first()
        if old and old.is_accepted is not False:
            raise ActionError("excluded-already", _("这件事已经提出过剔除。"))
        if old:
            old.delete()
        Exclusion.objects.create(case=case, reason=reason_code, text=text, proposed_by=actor.account)
        return step.write("cases.case.exclusion_proposed", data={"reason": reason_code})


def decide_exclusion(*, actor: Actor, number: str, agree: bool, reason: str = "") -> Case:
    """Decide an exclusion as the second person. Raises nothing-pending, same-person, field-missing."""
    with write():
        step = base.Step(actor, number, "cases.case:approve")
        proposal = Exclusion.objects.filter(case=step.case, is_accepted=None).first()
        if proposal is None:
            raise ActionError("nothing-pending", _("没有等待第二个人同意的事。"))
        _another_person(actor, str(proposal.proposed_by))
        proposal.is_accepted, proposal.decided_by = bool(agree), actor.account
        proposal.decision = reason.strip() if agree else base.needed(reason, "reason")
        proposal.save()
        if agree:
            step.case.excluded_for = proposal.reason
        code = "cases.case.excluded" if agree else "cases.case.exclusion_declined"
        return step.write(code, data={"reason": proposal.reason, "proposed_by": str(proposal.proposed_by)})

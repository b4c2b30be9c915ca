"""The way "办": a voice's matter gets a case, in the voice's own transaction and its one journal line.

Lean on purpose, since it runs inside every report: the case, its clocks in one statement, and counts.
"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.cases import base, classes, clocks, counting, routing
from mulin.cases.models import Case, Involvement
from mulin.kernel import clock
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError
from mulin.kernel.inserting import insert
from mulin.kernel.registry import Way, WayResult
from mulin.voices import matters

KINDS = frozenset({"consult", "help", "complaint", "tip_off", "suggestion"})
AT_START = frozenset({"reported", "found", "accepted"})
# The answer went out, and the matter may still be joined.
ANSWERED = frozenset({"done", "confirmed"})


def attach(*, actor: Actor, matter: Any, voice: Any, joined: bool) -> WayResult:
    """Open the matter's case in state `reported`, or join the one it has. A second one cannot be opened."""
    if joined:
        # The matter's row is locked, and every move locks it first: this state cannot change meanwhile.
        case = Case.objects.filter(matter_id=matter.id).only("id", "state", "reply").first()
        if case is not None:
            if case.state in ANSWERED:
                matters.answer_latecomer(voice, case.reply)
            return WayResult(record=case.id)
    group = classes.group_of(matter.category)
    case = _new_case(matter, voice)
    made = clocks.opening(case, group)
    org = _automatic(case, voice)
    insert([case])
    insert(made)
    data: dict[str, Any] = {"case": case.number}
    if org:
        Involvement.objects.create(case=case, org_id=org, role="lead", asked_by=None)
        data["auto_org"] = str(org)
    return WayResult(record=case.id, counts=tuple(counting.difference({}, counting.tally(case))), data=data)


def _new_case(matter: Any, voice: Any) -> Case:
    case = Case(
        number=matter.number,
        matter=matter,
        opened_on=clock.day_of(voice.happened_at or clock.now()),
        due_at=clocks.NEVER,
        updated_at=clock.now(),
    )
    copy(case, matter)
    case.desk = base.desk_of(case)
    classes.relied_on(case, voice)  # remembered: no clock has to look for the voice
    case.urgency = clocks.urgency(case)
    return case


def copy(case: Case, matter: Any) -> None:
    """Take over from the matter what the case keeps a copy of."""
    for name in ("place", "grid", "building", "category", "kind", "severity", "restriction", "title"):
        setattr(case, name, getattr(matter, name))


def _automatic(case: Case, voice: Any) -> Any:
    """The unit to dispatch to at once, only where a rule allows it and the category is sure enough."""
    rule = clocks.optional_rule("cases.dispatch.auto_precision", case.place)
    if rule is None or case.severity == "major" or case.restriction:
        return None
    best = next(iter((getattr(voice, "suggestions", None) or {}).get("category") or []), {})
    if best.get("code") != case.category or float(best.get("confidence") or 0) < float(rule.value):
        return None
    ranked = routing.suggest(case)
    if not ranked or not ranked[0].is_certain:
        return None
    case.state, case.lead_id = "dispatched", ranked[0].org.id
    return ranked[0].org.id


def sync(*, actor: Actor, matter: Any, before: Any = None) -> WayResult:
    """Follow a change of the matter's place, category, kind or severity: copies, clocks and counts."""
    case = Case.objects.select_for_update().filter(matter_id=matter.id).first()
    if case is None:
        return WayResult()
    counted = counting.tally(case)
    case.matter = matter
    copy(case, matter)
    case.urgency = clocks.urgency(case)
    if case.is_open:
        clocks.redraw(case, classes.group_of(case.category))
    case.desk = base.desk_of(case)
    case.updated_at = clock.now()
    case.save()
    return WayResult(record=case.id, counts=tuple(counting.difference(counted, counting.tally(case))))


def _is_own(actor: Actor, voice: Any) -> bool:
    own = actor.account is not None and voice.account_id == actor.account
    return own or voice.pk in actor.receipts


def withdraw(*, actor: Actor, matter: Any, voice: Any) -> WayResult:
    """The last voice was taken back before anybody was sent: the case ends with it."""
    from mulin.voices.models import Voice

    case = Case.objects.select_for_update().filter(matter_id=matter.id).first()
    left = Voice.objects.filter(matter_id=matter.id).exclude(pk=voice.pk).exclude(state="withdrawn")
    if case is None or case.state not in AT_START or left.exists():
        if case and case.is_open and not left.exists() and not _is_own(actor, voice):
            # It would spare the desk the question whether the matter is solved.
            raise ActionError(
                "under-way", _("这件事已经在办，只有反映的人自己可以撤回。联系过他的，请记一次回访。")
            )
        return WayResult(record=case.id if case else None)
    counted = counting.tally(case)
    clocks.stop(case, *clocks.KINDS)
    case.state, case.is_open, case.pending = "closed", False, None
    case.outcome, case.closed_at = "withdrawn", clock.now()
    clocks.refresh(case)
    case.save()
    return WayResult(
        record=case.id,
        counts=tuple(counting.difference(counted, counting.tally(case))),
        data={"case_outcome": "withdrawn"},
    )


WAY = Way("case", gettext_lazy("办"), KINDS, attach, sync=sync, withdraw=withdraw)

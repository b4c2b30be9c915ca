"""What waits for an actor: danger first, then the clock, then age.

A community's desk sees what waits at its place. A street or district sees what has risen to it, what lies
at its own level, major matters and tip-offs, and what its units lead: not the daily work of every community.
"""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from mulin.cases import states
from mulin.cases.base import condition, visible_cases
from mulin.cases.models import Case, Exclusion, Involvement
from mulin.kernel import clock, codes
from mulin.kernel.actors import Actor, PostRef
from mulin.kernel.registry import InboxItem

KINDS = {
    "acknowledge": _("大事，请知悉"),
    "approve": _("等第二个人同意"),
    "decide-exclusion": _("剔除等您决定"),
    "decide-objection": _("异议等您决定"),
    "answer-whistle": _("吹哨，请到场"),
    "accept": _("待受理"),
    "dispatch": _("待派出"),
    "start": _("待开始"),
    "finish": _("在办"),
    "call-back": _("待回访"),
    "close": _("可办结"),
    "resume": _("挂账到期，请复核"),
}
# Steps of the ladder after which a level sees a case as its own.
RISEN = {9: 2, 6: 3}


def _level_condition(post: PostRef) -> Q:
    """Cases that are this post's own to care for, not only to see."""
    if not post.place:
        return Q(pk__in=[])
    if "-" in post.place:
        return Q(grid=post.place) | Q(building=post.place)
    level = codes.level(post.place)
    if level >= 12:
        return Q(place=post.place)
    low, high = codes.bounds(post.place)
    own = Q(place=post.place) | Q(severity="major") | ~Q(restriction="")
    return Q(place__gte=low, place__lt=high) & (own | Q(escalation__gte=RISEN.get(int(level), 3)))


def _near(actor: Actor) -> Q:
    found = Q(pk__in=[])
    for post in actor.posts:
        found |= _level_condition(post)
    return found


def _may(actor: Actor, permission: str) -> Q:
    found = condition(actor, permission)
    return Q(pk__in=[]) if found is None else found


def _waiting(actor: Actor) -> dict[str, Q]:
    """For each kind, the condition under which a case waits for this actor. In order of precedence."""
    near = _near(actor)
    ours = Q(lead__in=list(actor.orgs))
    today, moment = clock.today(), clock.now()
    nobody = Q(lead=None)
    return {
        "acknowledge": Q(severity="major", acknowledged_at=None)
        & near
        & Q(is_open=True)
        & ~Q(state="done")
        & _may(actor, "cases.case:acknowledge"),
        "approve": Q(pending__isnull=False)
        & ~Q(pending__by=str(actor.account))
        & (near | ours)
        & _may(actor, "cases.case:approve"),
        "decide-exclusion": Q(has_exclusion=True) & near & _may(actor, "cases.case:approve"),
        "decide-objection": Q(state="returned") & near & _may(actor, "cases.case:decide_objection"),
        "answer-whistle": Q(is_called=True, is_open=True),
        "accept": Q(state__in=("reported", "found", "reopened"), pending__isnull=True)
        & near
        & _may(actor, "cases.case:accept"),
        "dispatch": Q(state="accepted", pending__isnull=True)
        & near
        & (_may(actor, "cases.case:dispatch") | ours & ~nobody),
        "start": Q(state__in=("dispatched", "reopened")) & ours & _may(actor, "cases.case:start"),
        "finish": Q(state="in_hand") & (ours | Q(handler=actor.account)) & _may(actor, "cases.case:finish"),
        "call-back": Q(state="done", due_at__lte=moment) & near & _may(actor, "cases.case:call_back"),
        "close": Q(state="confirmed") & near & _may(actor, "cases.case:close"),
        "resume": Q(state="suspended", review_on__lte=today)
        & (near | ours)
        & _may(actor, "cases.case:resume"),
    }


def _rows(actor: Actor) -> tuple[QuerySet[Case], dict[str, Q]]:
    waiting = _waiting(actor)
    anything = Q(pk__in=[])
    for one in waiting.values():
        anything |= one
    called = Involvement.objects.filter(
        case=OuterRef("pk"), org__in=list(actor.orgs), role="whistled", state="asked", is_current=True
    )
    proposed = (
        Exclusion.objects.filter(case=OuterRef("pk"), is_accepted=None)
        .exclude(proposed_by=actor.account)
        .values("pk")
    )
    rows = visible_cases(actor).alias(has_exclusion=Exists(proposed), is_called=Exists(called))
    return rows.filter(anything), waiting


def items(actor: Actor, limit: int = 50) -> list[InboxItem]:
    """What burns first. Two statements: the cases, and which of the reasons holds for each."""
    if not actor.is_staff:
        return []
    rows, waiting = _rows(actor)
    cases = list(rows.select_related("matter").order_by("-urgency", "due_at", "id")[:limit])
    kinds = _kinds(actor, cases, waiting)
    return [_item(case, kinds.get(case.pk, "accept")) for case in cases]


def _kinds(actor: Actor, cases: list[Case], waiting: dict[str, Q]) -> dict[UUID, str]:
    from django.db.models import Case as When_
    from django.db.models import CharField, Value, When

    if not cases:
        return {}
    rows, _all = _rows(actor)
    first = When_(
        *(When(one, then=Value(kind)) for kind, one in waiting.items()),
        default=Value("accept"),
        output_field=CharField(),
    )
    found = rows.filter(pk__in=[case.pk for case in cases]).annotate(waits_as=first)
    return dict(found.values_list("pk", "waits_as"))


def case_url(number: str) -> str:
    try:
        return reverse("desk:case", args=[number])
    except NoReverseMatch:
        return f"/desk/cases/{number}"


def _item(case: Case, kind: str) -> InboxItem:
    return InboxItem(
        key=f"case:{case.number}",
        title=case.title,
        url=case_url(case.number),
        kind=KINDS[kind],
        danger=case.urgency,
        due_at=case.due_at if case.due_at.year < 9999 else None,
        since=case.created_at,
        place=case.place,
        facts={"number": case.number, "waits": kind, "state": case.state, "tone": states.tone(case.state)},
    )


def count(actor: Actor) -> int:
    """How many things wait."""
    if not actor.is_staff:
        return 0
    rows, _waiting_for = _rows(actor)
    return rows.count()

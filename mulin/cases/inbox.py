"""What waits for an actor: danger to life first, then overdue, then due soonest, then age.

A case waits at one desk (`Case.desk`): its community's, or that of the street or district it has risen to.
A street sees besides what its units lead, alarms of major matters and what needs a second person; a
district what rose to it, alarms and its units' own. So nobody's inbox is the whole of a district.
"""

from uuid import UUID

from django.db.models import Count, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from mulin.cases import clocks, states
from mulin.cases.base import visible_cases
from mulin.cases.models import CallBack, Case, Exclusion, Involvement
from mulin.kernel import clock, codes, kept, policy
from mulin.kernel.actors import Actor, PostRef
from mulin.kernel.db import one_of
from mulin.kernel.links import address
from mulin.kernel.registry import InboxItem

BURNING = ("-urgency", "due_at", "id")
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
PERMISSIONS = {
    "acknowledge": "acknowledge", "approve": "approve", "decide-exclusion": "approve",
    "decide-objection": "decide_objection", "accept": "accept", "dispatch": "dispatch", "start": "start",
    "finish": "finish", "call-back": "call_back", "close": "close", "resume": "resume",
}  # fmt: skip
# What a unit does with the cases that it leads; the rest is the desk's.
OF_UNIT = ("approve", "start", "finish", "resume")
OF_DESK = ("decide-objection", "accept", "dispatch", "call-back", "close", "resume", "decide-exclusion")


def _when(kind: str, actor: Actor) -> Q:
    """The state in which a case waits in this way."""
    return {
        "acknowledge": lambda: Q(is_open=True, severity="major", acknowledged_at=None) & ~Q(state="done"),
        "approve": lambda: Q(is_open=True, pending__isnull=False) & ~Q(pending__by=str(actor.account)),
        "decide-exclusion": lambda: one_of("pk", _proposed(actor)),
        "decide-objection": lambda: Q(is_open=True, state="returned"),
        "accept": lambda: Q(is_open=True, state__in=("reported", "found", "reopened"), pending__isnull=True),
        "dispatch": lambda: Q(is_open=True, state="accepted", pending__isnull=True),
        "start": lambda: Q(
            is_open=True, state__in=("accepted", "dispatched", "reopened"), pending__isnull=True
        ),
        "finish": lambda: Q(is_open=True, state="in_hand", pending__isnull=True),
        "call-back": lambda: (
            Q(is_open=True, state="done", due_at__lte=kept.Now()) & ~one_of("pk", _tried_today())
        ),
        "close": lambda: Q(state="confirmed"),
        "resume": lambda: Q(is_open=True, state="suspended", review_on__lte=clock.today()),
    }[kind]()


def _proposed(actor: Actor) -> QuerySet:
    return (
        Exclusion.objects.filter(is_accepted=None)
        .exclude(proposed_by=actor.account)
        .order_by()
        .values("case")
    )


def _tried_today() -> QuerySet:
    """Cases whose people were tried today: the next attempt counts only on another day."""
    midnight = clock.midnight(clock.today())
    return CallBack.objects.filter(created_at__gte=midnight).order_by().values("case")


def _grants(kind: str, role: str) -> frozenset[str]:
    return policy.table()[f"cases.case:{PERMISSIONS[kind]}"].get(role, frozenset())


def _place_terms(actor: Actor, post: PostRef) -> list[tuple[str, Q]]:
    """(kind, condition) of what waits at the desk of one post."""
    if not post.place:
        return []
    if "-" in post.place:
        mine = Q(grid=post.place) if post.place[13:14] == "G" else Q(building=post.place)
        inside, wide = mine, False
    else:
        low, high = codes.bounds(post.place)
        mine, inside = Q(desk=post.place), Q(place__gte=low, place__lt=high)
        if codes.level(post.place) >= codes.Level.COMMUNITY:
            inside = Q(place=post.place)
        wide = codes.level(post.place) <= codes.Level.DISTRICT
    terms = [(kind, _when(kind, actor) & mine) for kind in OF_DESK if "place" in _grants(kind, post.role)]
    if "place" in _grants("acknowledge", post.role):
        terms.append(("acknowledge", _when("acknowledge", actor) & inside))
    if "place" in _grants("approve", post.role):
        terms.append(("approve", _when("approve", actor) & (mine if wide else inside)))
    return terms


def _unit_terms(actor: Actor, post: PostRef) -> list[tuple[str, Q]]:
    """What waits for the unit of one post: cases that it leads, and whistles."""
    if not post.org:
        return []
    ours = Q(lead=post.org)
    terms = [
        (kind, _when(kind, actor) & ours) for kind in OF_UNIT if _grants(kind, post.role) & {"unit", "place"}
    ]
    if "unit" in policy.table()["cases.case:answer_whistle"].get(post.role, ()):
        called = Involvement.objects.filter(org=post.org, role="whistled", state="asked", is_current=True)
        terms.append(("answer-whistle", Q(is_open=True) & one_of("pk", called.values("case"))))
    return terms


def _terms(actor: Actor) -> list[tuple[str, Q]]:
    """Every reason why a case may wait for this actor, in order of precedence."""
    found = [term for post in actor.posts for term in (*_place_terms(actor, post), *_unit_terms(actor, post))]
    if actor.account and actor.posts:
        found.append(("finish", _when("finish", actor) & Q(handler=actor.account)))
    rank = {kind: n for n, kind in enumerate(KINDS)}
    return sorted(found, key=lambda term: rank[term[0]])


def _rows(actor: Actor) -> QuerySet[Case]:
    anything = Q(pk__in=[])
    for _kind, one in _terms(actor):
        anything |= one
    return visible_cases(actor).filter(anything)


def items(actor: Actor, limit: int = 50) -> list[InboxItem]:
    """What burns first. Two statements: which cases for which reason, and the cases."""
    if not actor.is_staff:
        return []
    asked = kept.of(actor, ("cases.inbox", limit), lambda: kept.written(_reasons(actor, limit)))
    why = {UUID(str(pk)): (kind, clock_limit) for pk, kind, clock_limit in asked.rows()}
    cases = Case.objects.filter(pk__in=list(why)).select_related("matter").order_by(*BURNING)
    return [_item(case, *why[case.pk]) for case in cases]


def _reasons(actor: Actor, limit: int) -> QuerySet:
    """The first cases that wait, each with the first reason that holds for it and the limit of the clock that
    burns first. Reasons are looked for once it is known which cases are the first."""
    from django.db.models import Case as FirstOf
    from django.db.models import CharField, When

    first = _rows(actor).order_by(*BURNING).values("pk")[:limit]
    holds = [When(one, then=Value(kind)) for kind, one in _terms(actor)]
    reason = FirstOf(*holds, default=Value("accept"), output_field=CharField())
    found = Case.objects.filter(pk__in=first).order_by().annotate(waits_as=reason, limit=clocks.first_limit())
    return found.values_list("pk", "waits_as", "limit")


def case_url(number: str) -> str:
    return address("desk:case", number, otherwise=f"/desk/cases/{number}")


def _item(case: Case, kind: str, limit: str | None) -> InboxItem:
    return InboxItem(
        key=f"case:{case.number}",
        title=case.title,
        url=case_url(case.number),
        kind=KINDS[kind],
        danger=case.urgency,
        due_at=case.due_at if case.due_at.year < 9999 else None,
        since=case.created_at,
        place=case.place,
        facts={
            "number": case.number,
            "waits": kind,
            "state": case.state,
            "tone": states.tone(case.state),
            "site": case.building or case.grid,
            "address": case.matter.address,
            "category": case.category,
            "limit": limit,
        },
    )


def count(actor: Actor) -> int:
    """How many things wait."""
    if not actor.is_staff:
        return 0
    how_many = kept.of(actor, "cases.inbox", lambda: kept.written(_counted(actor)))
    return sum(n for (n,) in how_many.rows())


def _counted(actor: Actor) -> QuerySet:
    return (
        _rows(actor).order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values_list("n")
    )

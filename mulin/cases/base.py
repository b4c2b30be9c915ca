"""What every move has in common: lock and see the case, check the right and the state, write one line."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import Case as FirstOf
from django.db.models import F, Func, Q, QuerySet, When
from django.utils.translation import gettext as _

from mulin.cases import clocks, counting, states
from mulin.cases.models import Case, CaseText, Involvement
from mulin.kernel import clock, codes, journal, policy
from mulin.kernel.actors import Actor
from mulin.kernel.db import is_postgres, one_of
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.policy import Fields, Target
from mulin.people.models import Organisation
from mulin.voices.models import Matter, Voice

FIELDS = Fields(place="place", grid="grid", building="building", divisions=True)
WALKED = replace(FIELDS, place="place_walked")
VIEW = {"": "cases.case:view", "major": "cases.case:view_major", "tip_off": "cases.case:view_tip_off"}
MAX_TEXT = 4000


class Unindexed(Func):
    """The column itself, hidden from SQLite's planner, so that it walks the index of the order instead."""

    template = "+%(expressions)s"


def condition(actor: Actor, permission: str, fields: Fields = FIELDS, *, only_open: bool = False) -> Q | None:
    """The rows for which the actor holds a permission: by place, grid or building, or through a unit that
    leads or takes part. None: none at all. An empty Q: every row. `only_open`: the caller asks for open cases
    only; said beside the unit as well, where planners look for a partial index."""
    found: Q | None = None
    for scope in policy.scopes(actor, permission):
        if scope.kind == "all":
            return Q()
        if scope.kind == "unit":
            units = list(scope.ids)
            led = Q(lead__in=units, is_open=True) if only_open else Q(lead__in=units)
            one = led | one_of("pk", called(units))
        elif scope.kind in {"own", "receipt"}:
            continue
        else:
            one = scope.q(fields)
        found = one if found is None else found | one
    return found


def called(units: Iterable[UUID]) -> QuerySet:
    """The cases in which these units take part without leading, as a subquery."""
    current = Involvement.objects.filter(org__in=list(units), is_current=True)
    return current.exclude(role="lead").values("case")


def visible_cases(
    actor: Actor, *, walk: bool = False, only_open: bool = False, is_branched: bool = False
) -> QuerySet[Case]:
    """Cases that the actor's posts let them see; restricted ones only with the permission for them.

    `walk`: for a page of a whole district. SQLite would sort all rows of a wide range of places; hiding
    the place from its planner makes it follow the order's index. PostgreSQL decides that by itself.
    `only_open`: open ones alone. `is_branched`: each branch of a list says its share of this condition again
    (or a search names the matters). PostgreSQL would multiply both, expect a handful of rows and sort
    thousands, or read all that a unit leads to find a few, so it does not see this one.
    """
    rows, fields = Case.objects.filter(is_open=True) if only_open else Case.objects.all(), FIELDS
    if walk and not is_postgres():
        rows, fields = rows.alias(place_walked=Unindexed(F("place"))), WALKED
    if actor.is_system:
        return rows
    # Restrictions that are seen for the same reasons share one condition: planners do not see through an OR
    # of the same range of places.
    alike: dict[tuple[policy.Scope, ...], list[str]] = {}
    for restriction, permission in VIEW.items():
        alike.setdefault(tuple(policy.scopes(actor, permission)), []).append(restriction)
    shown: Q | None = None
    for restrictions in alike.values():
        one = condition(actor, VIEW[restrictions[0]], fields, only_open=only_open)
        if one is None:
            continue
        if len(restrictions) < len(VIEW):
            one = Q(restriction__in=restrictions) & one
        shown = one if shown is None else shown | one
    if shown is None:
        return rows.none()
    if is_branched and shown and is_postgres():
        return rows.alias(is_seen=FirstOf(When(shown, then=True), default=False)).filter(is_seen=True)
    return rows.filter(shown)


def orgs_of(case: Case) -> frozenset[UUID]:
    """Units that lead or take part now."""
    found = Involvement.objects.filter(case=case, is_current=True).values_list("org_id", flat=True)
    return frozenset(found) | ({case.lead_id} if case.lead_id else frozenset())


def target_of(case: Case, voices: Iterable[Voice] = ()) -> Target:
    """Where the case lies and whose it is, for `policy.require`."""
    voices = list(voices)
    return Target(
        place=case.place,
        grid=case.grid,
        building=case.building,
        orgs=orgs_of(case),
        owners=frozenset(v.account_id for v in voices if v.account_id),
        receipts=frozenset(v.id for v in voices),
    )


def own_voices(actor: Actor, case: Case) -> list[Voice]:
    """The actor's voices in this matter, by account or by receipt."""
    mine = Q(pk__in=list(actor.receipts))
    if actor.account:
        mine |= Q(account_id=actor.account)
    return list(Voice.objects.filter(mine, matter_id=case.matter_id).exclude(state="withdrawn"))


def find(number: str) -> Case | None:
    """The case of a number: its own, or that of a voice. Sees everything; callers check."""
    number = clean_number(number)
    return (
        Case.objects.filter(number=number).first()
        or Case.objects.filter(matter__voices__number=number).first()
    )


def locked(number: str) -> Case | None:
    """The case of a number, its matter and itself locked until the transaction ends. The matter comes first,
    as in the actions on voices, so that two actions never wait for each other."""
    number = clean_number(number)
    matter = (
        Case.objects.filter(number=number).values_list("matter_id", flat=True).first()
        or Voice.objects.filter(number=number).values_list("matter_id", flat=True).first()
    )
    if matter is None:
        return None
    if is_postgres():
        Matter.objects.select_for_update().filter(pk=matter).values_list("pk", flat=True).first()
    return Case.objects.select_for_update().filter(matter_id=matter).first()


def may_see(actor: Actor, case: Case, target: Target) -> bool:
    return policy.can(actor, VIEW[case.restriction], target)


class Step:
    """One move under way, inside the caller's write transaction.

    Locks the case; raises NotVisible (404) when the actor may not see it, NotAllowed (403) when the
    table does not grant the permission. `own` lets the people of its voices act without seeing the desk.
    """

    def __init__(self, actor: Actor, number: str, permission: str, *, own: bool = False):
        case = locked(number)
        if case is None:
            raise NotVisible
        self.actor, self.case = actor, case
        self.voices = own_voices(actor, case) if own else []
        self.target = target_of(case, self.voices)
        if not self.voices and not may_see(actor, case, self.target):
            raise NotVisible
        policy.require(actor, permission, self.target)
        self.was = case.state
        self.before = counting.tally(case)
        self.words: list[CaseText] = []

    def check(self, move: str, *, even_pending: bool = False) -> None:
        """Refuse a move that the table does not allow from this state, or while a second person is asked."""
        if self.case.pending and not even_pending:
            raise ActionError("pending", _("有一步正在等第二个人同意，请先同意或退回，再办别的。"))
        entry = states.MOVES[move]
        if self.case.state not in entry.sources:
            raise ActionError(
                "wrong-state",
                _("这件事现在是“%(state)s”，不能“%(move)s”。")
                % {"state": states.label(self.case.state), "move": entry.title},
            )

    def go(self, state: str) -> None:
        self.case.state = state
        self.case.is_open = state in states.OPEN

    def say(
        self,
        move: str,
        kind: str,
        text: str,
        *,
        code: str = "",
        public: bool = False,
        voice: UUID | None = None,
    ) -> CaseText:
        """Keep what somebody wrote; the line refers to it. `voice`: whose words they are, of its person."""
        words = CaseText(
            case=self.case,
            move=move,
            kind=kind,
            code=code,
            text=text,
            by=self.actor.account,
            is_public=public,
            voice=voice,
        )
        words.save(force_insert=True)
        self.words.append(words)
        return words

    def note_day(self, event: str) -> None:
        self.case.days = {
            **self.case.days,
            event: [*self.case.days.get(event, []), clock.today().isoformat()],
        }

    def _unit(self) -> UUID | None:
        """Whose name stands at the line. Who speaks of what they said themselves speaks for no group."""
        return None if self.voices else acting_org(self.actor, self.target.orgs, self.case)

    def write(self, code: str, *, org: UUID | None = None, data: dict[str, Any] | None = None) -> Case:
        """Save the case and write the action's one line with the difference in what it counts for."""
        case = self.case
        case.desk = desk_of(case)
        case.urgency = clocks.urgency(case)
        clocks.refresh(case)
        case.updated_at = clock.now()
        case.save()
        facts: dict[str, Any] = {"number": case.number, "from": self.was, "to": case.state}
        if self.words:
            facts["texts"] = [str(words.id) for words in self.words]
        journal.record(
            code,
            actor=self.actor,
            place=case.place,
            org=org or self._unit(),
            subject=case.id,
            matter=case.matter_id,
            data={**facts, **(data or {})},
            counts=counting.difference(self.before, counting.tally(case)),
        )
        return case


# Steps of the ladder after which a case waits at the desk of the street, of the district.
AT_STREET, AT_DISTRICT = 2, 3
# Units whose people sit at the desk of their place.
OFFICES = frozenset({"committee", "street_office"})


def desk_of(case: Case) -> str:
    """The place whose desk must care: the community, or what the case has risen to. A community may not see
    a tip-off, so that one waits at the street from the beginning."""
    street, district = codes.street(case.place) or case.place, codes.district(case.place) or case.place
    if case.escalation >= AT_DISTRICT:
        return district
    place = street if case.escalation >= AT_STREET or case.restriction == "tip_off" else case.place
    if case.state == "returned" and case.lead and case.lead.kind in OFFICES and case.lead.place == place:
        # The desk's own office objected, and nobody decides on their own unit.
        return district if place == street else street
    return place


def acting_org(actor: Actor, orgs: frozenset[UUID], case: Case) -> UUID | None:
    """The unit in whose name the actor acts: the lead if it is theirs, else one that takes part, else any."""
    if case.lead_id in actor.orgs:
        return case.lead_id
    ours = sorted(actor.orgs & orgs) or sorted(actor.orgs)
    return ours[0] if ours else None


def needed(value: str, field: str, message: str = "", limit: int = MAX_TEXT) -> str:
    """A text that must be given, trimmed."""
    text = (value or "").strip()
    if not text:
        raise ActionError("field-missing", message or _("请写一句原因。"), field=field)
    if len(text) > limit:
        raise ActionError("field-too-long", _("写得太长了，最多 %(n)s 个字。") % {"n": limit}, field=field)
    return text


def organisation(org_id: UUID | str, case: Case, field: str = "org") -> Organisation:
    """A unit that may be given this case: still there, and of the same district."""
    org = Organisation.objects.filter(pk=org_id, closed_on=None).first()
    if org is None:
        raise ActionError("unknown-org", _("没有找到这个单位，请重新选择。"), field=field)
    district = codes.district(case.place) or case.place
    if not (codes.contains(district, org.place) or codes.contains(org.place, case.place)):
        raise ActionError("org-elsewhere", _("这个单位不在本区，请先上报上一级。"), field=field)
    return org


def involve(case: Case, org_id: UUID, role: str, actor: Actor, note: str = "") -> Involvement:
    """Record that a unit takes part. A new lead replaces the old one; one row a unit is current."""
    if role == "lead":
        case.involvements.filter(is_current=True, role="lead").exclude(org_id=org_id).update(
            is_current=False, state="left"
        )
    current = case.involvements.filter(org_id=org_id, is_current=True).first()
    if current is not None:
        if role == "lead" and current.role != "lead":
            current.role = role
            current.save(update_fields=["role"])
        return current
    return Involvement.objects.create(
        case=case, org_id=org_id, role=role, asked_by=actor.account, note=note[:300]
    )

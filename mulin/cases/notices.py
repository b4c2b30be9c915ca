"""Whom a journal line concerns: the people of the voices, a unit's people, the desk, the level above.

Of the workers named by a rule only those are told who may open the case now, by the same table as its page.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mulin.cases import clocks
from mulin.cases.base import VIEW, may_see, target_of
from mulin.cases.models import Case, Involvement
from mulin.kernel import codes, policy
from mulin.kernel.models import Entry
from mulin.kernel.workingtime import Limit
from mulin.people.models import Account, Post
from mulin.people.queries import actor_for, in_force
from mulin.voices.models import Voice

MAX = 200


def desk_url(entry: Entry) -> str:
    return f"/desk/cases/{entry.data.get('number', '')}/"


def resident_url(entry: Entry) -> str:
    return f"/mine/{entry.data.get('number', '')}"


def _case(entry: Entry) -> Case | None:
    """The case of a line, read once for all its rules; who may open it is kept with it."""
    if not hasattr(entry, "case_then"):
        entry.case_then = Case.objects.filter(matter_id=entry.matter).first() if entry.matter else None
    return entry.case_then


def people(entry: Entry) -> Iterable[UUID]:
    """Everybody with an account who spoke about the matter, also where it was merged into another one."""
    spoke = Q(matter_id=entry.matter) | Q(first_matter_id=entry.matter)
    return (
        Voice.objects.filter(spoke, account__isnull=False)
        .exclude(state="withdrawn")
        .values_list("account_id", flat=True)
        .distinct()[:2000]
    )


def asked_by_message(entry: Entry) -> Iterable[UUID]:
    """Whose word a call-back by message is waiting for."""
    if entry.data.get("how") != "message" or entry.data.get("result") == "reached":
        return ()
    spoke = Voice.objects.filter(pk=entry.data["voice"], account__isnull=False)
    return spoke.exclude(state="withdrawn").values_list("account_id", flat=True)


def _post_holders(where: Q) -> Iterable[UUID]:
    rows = Post.objects.filter(in_force()).filter(where, account__is_active=True)
    return rows.values_list("account_id", flat=True).distinct()[:MAX]


def who_may_open(case: Case | None, found: Iterable[UUID]) -> list[UUID]:
    """Those accounts, in their order, whose posts let them see the case now. Each is looked at once for the
    same reading of the case, however many steps and rules of a line name them."""
    found = list(dict.fromkeys(found))
    if case is None or not found:
        return []
    known: dict[UUID, bool] = case.__dict__.setdefault("openers", {})
    if asked := [pk for pk in found if pk not in known]:
        target = target_of(case)
        accounts = Account.objects.for_request().filter(pk__in=asked, is_active=True, erased_at=None)
        seen = {account.pk for account in accounts if may_see(actor_for(account), case, target)}
        known.update((pk, pk in seen) for pk in asked)
    return [pk for pk in found if known[pk]]


def _of_orgs(orgs: Iterable[UUID | str], case: Case | None) -> Iterable[UUID]:
    """People of a unit with a working post; members of a group are not notified, its leaders are."""
    roles = (_roles("cases.case:start") | {"group_leader"}) & _sighted(case)
    return who_may_open(case, _post_holders(Q(org__in=list(orgs), role__in=roles)))


def _sighted(case: Case | None) -> set[str]:
    """Posts that may see such a case somewhere: the others need not be looked at one by one."""
    return _roles(VIEW[case.restriction if case else ""])


def _roles(permission: str) -> set[str]:
    """Posts to which the table gives the permission at their place or for their unit."""
    return {role for role, grants in policy.table()[permission].items() if grants & {"place", "unit"}}


def lead_unit(entry: Entry) -> Iterable[UUID]:
    org = entry.data.get("org")
    return _of_orgs([org], _case(entry)) if org else ()


def called_units(entry: Entry) -> Iterable[UUID]:
    return _of_orgs(entry.data.get("orgs", ()), _case(entry))


def _nearest(
    case: Case | None, permission: str, *, but: UUID | None = None, outside: str | None = None
) -> list[UUID]:
    """Who holds the permission nearest to the case: at its place, else at the levels up to the district.
    `outside`: a unit whose people do not count."""
    if case is None:
        return []
    roles = _roles(permission) & _sighted(case)
    for place in reversed(codes.chain(case.place)):
        where = Q(place=place, role__in=roles) & (~Q(org=outside) if outside else Q())
        found = who_may_open(case, _post_holders(where))
        found = [pk for pk in found if pk != but]
        if found or codes.level(place) <= codes.Level.DISTRICT:
            return found
    return []


def desk(entry: Entry) -> Iterable[UUID]:
    """Those who dispatch at the place itself; the street where the place has nobody."""
    return _nearest(_case(entry), "cases.case:dispatch")


def deciders(entry: Entry) -> Iterable[UUID]:
    """Who decides on an objection, nearest first; nobody of the unit that objected."""
    return _nearest(_case(entry), "cases.case:decide_objection", outside=entry.data.get("org"))


def lead_or_desk(entry: Entry) -> Iterable[UUID]:
    case = _case(entry)
    if case is None:
        return ()
    return [*(_of_orgs([case.lead_id], case) if case.lead_id else ()), *desk(entry)]


def approvers(entry: Entry) -> Iterable[UUID]:
    """Whoever may agree as the second person, nearest first; never the one who proposed (the actor)."""
    return _nearest(_case(entry), "cases.case:approve", but=entry.actor)


def proposer(entry: Entry) -> Iterable[UUID]:
    who = entry.data.get("proposed_by")
    return who_may_open(_case(entry), [UUID(who)]) if who and who != "None" else ()


def handler(entry: Entry) -> Iterable[UUID]:
    who = entry.data.get("handler")
    return who_may_open(_case(entry), [UUID(who)]) if who else ()


def at_level(case: Case, level: str, roles: Iterable[str]) -> list[UUID]:
    """Holders of some posts at a level above the case who may open it; of the grids and buildings below a
    community only the case's own."""
    cut = {"community": codes.community, "street": codes.street, "district": codes.district}[level]
    where = cut(case.place)
    if where is None:
        return []
    places = {where, *filter(None, (case.grid, case.building))} if level == "community" else {where}
    return who_may_open(case, _post_holders(Q(place__in=places, role__in=list(roles))))


def level_above(entry: Entry) -> Iterable[UUID]:
    case = _case(entry)
    rule = clocks.optional_rule("cases.escalation.ladder", case.place) if case else None
    for step in rule.value if rule else ():
        if step["level"] == entry.data.get("level"):
            return at_level(case, step["level"], step["roles"])
    return ()


def major(entry: Entry) -> Iterable[UUID]:
    """A new major matter: recipients by its type, as the rules of the place say. Who joins one that is known
    already alarms nobody anew."""
    is_new = entry.data.get("severity") == "major" and not entry.data.get("joined")
    return _alarmed(_case(entry)) if is_new else ()


def became_major(entry: Entry) -> Iterable[UUID]:
    """The desk found that it is a major matter."""
    has_become = entry.data.get("severity") == "major" and "severity" in entry.data.get("from", {})
    return _alarmed(_case(entry)) if has_become else ()


def major_moved(entry: Entry) -> Iterable[UUID]:
    """A major matter lies elsewhere than it was thought, and nobody there knows of it."""
    case = _case(entry)
    is_open = case is not None and case.severity == "major" and case.is_open
    return _alarmed(case) if is_open and not case.acknowledged_at else ()


def _alarmed(case: Case | None) -> Iterable[UUID]:
    if case is None:
        return ()
    rule = clocks.optional_rule("cases.major.recipients", case.place, category=case.category)
    return [
        pk for step in (rule.value if rule else ()) for pk in at_level(case, step["level"], step["roles"])
    ]


def limit_words(limit: str) -> str:
    try:
        return Limit.parse(limit).describe(get_language() or "zh-hans")
    except ValueError:
        return _("按规则")


def matters_of_units(org_ids: Iterable[UUID]):
    """For voices: the matters whose cases these units lead or take part in."""
    called = Involvement.objects.filter(org__in=list(org_ids), is_current=True).exclude(role="lead")
    cases = Case.objects.filter(Q(lead__in=list(org_ids)) | Q(pk__in=called.values("case")))
    return cases.values("matter")


def units_at_work(org_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these units or groups lead or led a case, or take part in one."""
    ids = list(org_ids)
    lead = Case.objects.filter(lead__in=ids).values_list("lead", flat=True)
    called = Involvement.objects.filter(org__in=ids).values_list("org", flat=True)
    return set(lead.distinct()) | set(called.distinct())


def units_of_matter(matter_id: UUID) -> set[UUID]:
    """For voices: the units that lead or take part in the matter's case."""
    return set(
        Involvement.objects.filter(case__matter_id=matter_id, is_current=True).values_list(
            "org_id", flat=True
        )
    )

"""Whom a journal line concerns: the people of the voices, a unit's people, the desk, the level above."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mulin.cases import clocks
from mulin.cases.base import VIEW
from mulin.cases.models import Case, Involvement
from mulin.kernel import codes, policy
from mulin.kernel.models import Entry
from mulin.kernel.workingtime import Limit
from mulin.people.models import Post
from mulin.people.queries import in_force
from mulin.voices.models import Voice

MAX = 200


def desk_url(entry: Entry) -> str:
    return f"/desk/cases/{entry.data.get('number', '')}"


def resident_url(entry: Entry) -> str:
    return f"/mine/{entry.data.get('number', '')}"


def _case(entry: Entry) -> Case | None:
    return Case.objects.filter(matter_id=entry.matter).first() if entry.matter else None


def people(entry: Entry) -> Iterable[UUID]:
    """Everybody with an account who spoke about the matter, also where it was merged into another one."""
    spoke = Q(matter_id=entry.matter) | Q(first_matter_id=entry.matter)
    return (
        Voice.objects.filter(spoke, account__isnull=False)
        .exclude(state="withdrawn")
        .values_list("account_id", flat=True)
        .distinct()[:2000]
    )


def _post_holders(where: Q) -> Iterable[UUID]:
    rows = Post.objects.filter(in_force()).filter(where, account__is_active=True)
    return rows.values_list("account_id", flat=True).distinct()[:MAX]


def _of_orgs(orgs: Iterable[UUID | str], case: Case | None) -> Iterable[UUID]:
    """People of a unit with a working post; members of a group are not notified, its leaders are."""
    roles = (_roles("cases.case:start") | {"group_leader"}) & _sighted(case)
    return _post_holders(Q(org__in=list(orgs), role__in=roles))


def _sighted(case: Case | None) -> set[str]:
    """Posts that may see the case at all: nobody is told of a tip-off that they may not read."""
    return _roles(VIEW[case.restriction if case else ""])


def _roles(permission: str) -> set[str]:
    """Posts to which the table gives the permission at their place or for their unit."""
    return {role for role, grants in policy.table()[permission].items() if grants & {"place", "unit"}}


def lead_unit(entry: Entry) -> Iterable[UUID]:
    org = entry.data.get("org")
    return _of_orgs([org], _case(entry)) if org else ()


def called_units(entry: Entry) -> Iterable[UUID]:
    return _of_orgs(entry.data.get("orgs", ()), _case(entry))


def desk(entry: Entry) -> Iterable[UUID]:
    """Those who dispatch at the place itself; the street where the place has nobody."""
    roles = _roles("cases.case:dispatch") & _sighted(_case(entry))
    for place in reversed(codes.chain(entry.place)):
        found = list(_post_holders(Q(place=place, role__in=roles)))
        if found or codes.level(place) <= 6:
            return found
    return ()


def lead_or_desk(entry: Entry) -> Iterable[UUID]:
    case = _case(entry)
    if case is None:
        return ()
    return [*(_of_orgs([case.lead_id], case) if case.lead_id else ()), *desk(entry)]


def approvers(entry: Entry) -> Iterable[UUID]:
    """Whoever may agree as the second person, nearest first; never the one who proposed (the actor)."""
    roles = _roles("cases.case:approve") & _sighted(_case(entry))
    for place in reversed(codes.chain(entry.place)):
        found = [pk for pk in _post_holders(Q(place=place, role__in=roles)) if pk != entry.actor]
        if found or codes.level(place) <= 6:
            return found
    return ()


def proposer(entry: Entry) -> Iterable[UUID]:
    who = entry.data.get("proposed_by")
    return [UUID(who)] if who and who != "None" else ()


def handler(entry: Entry) -> Iterable[UUID]:
    who = entry.data.get("handler")
    return [UUID(who)] if who else ()


def at_level(place: str, level: str, roles: Iterable[str]) -> Iterable[UUID]:
    cut = {"community": codes.community, "street": codes.street, "district": codes.district}[level]
    where = cut(place)
    if where is None:
        return ()
    inside = Q(place=where)
    if level == "community":
        inside |= Q(place__startswith=f"{where}-")
    return _post_holders(inside & Q(role__in=list(roles)))


def level_above(entry: Entry) -> Iterable[UUID]:
    rule = clocks.optional_rule("cases.escalation.ladder", entry.place)
    for step in rule.value if rule else ():
        if step["level"] == entry.data.get("level"):
            return at_level(entry.place, step["level"], set(step["roles"]) & _sighted(_case(entry)))
    return ()


def major(entry: Entry) -> Iterable[UUID]:
    """Recipients of a major matter by its type, as the rules of the place say."""
    if entry.data.get("severity") != "major":
        return ()
    category = entry.data.get("category", "")
    rule = clocks.optional_rule("cases.major.recipients", entry.place, category=category)
    sighted = _sighted(_case(entry))
    return [
        pk
        for step in (rule.value if rule else ())
        for pk in at_level(entry.place, step["level"], set(step["roles"]) & sighted)
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


def units_of_matter(matter_id: UUID) -> set[UUID]:
    """For voices: the units that lead or take part in the matter's case."""
    return set(
        Involvement.objects.filter(case__matter_id=matter_id, is_current=True).values_list(
            "org_id", flat=True
        )
    )

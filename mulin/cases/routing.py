"""Who is responsible: ranked units from the routes, the estate's manager and the fallback owner (S1-30).

The nearest place wins, then the most specific category. Where an estate has no manager, the fallback
route takes what its manager would have done. The street comes last, so that nothing is without an owner.
"""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from mulin.cases import classes, clocks
from mulin.cases.models import Case, Route
from mulin.kernel import codes
from mulin.people.models import Organisation
from mulin.places.models import Site


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A unit and the sentence that says why. `is_certain`: a route names it for this very category and place.
    An estate's manager never is: a lamp at its building may stand on the public road, so people look first.
    """

    org: Organisation
    why: str
    is_certain: bool = False


def suggest(case: Case, limit: int = 5) -> list[Suggestion]:
    """Ranked units for a case, each once, at most three statements."""
    estate = _estate(case)
    ranked: list[Suggestion] = []
    wants_manager = case.category in _estate_categories(case.place)
    routes = _routes(case, estate)
    if estate is not None and wants_manager:
        if estate.manager:
            manager = Organisation.objects.filter(pk=estate.manager, closed_on=None).first()
            if manager:
                ranked.append(Suggestion(manager, _("%(estate)s由它管理") % {"estate": estate.name}))
        else:
            why = _("%(estate)s没有管理单位，由兜底单位办") % {"estate": estate.name}
            ranked += [Suggestion(r.org, why, _is_certain(r, case)) for r in routes if r.is_fallback]
    ranked += [Suggestion(r.org, _why(r), _is_certain(r, case)) for r in routes if not r.is_fallback]
    ranked += [Suggestion(r.org, _("没有别的路由时由它兜底")) for r in routes if r.is_fallback]
    ranked += _street(case)
    return _once(ranked)[:limit]


def groups_for(case: Case) -> list[tuple[str, str]]:
    """(id, name) of the groups of this community that may be asked: they take cases, as a route says, or keep
    a place in it. A dancing club that keeps nothing is not offered a broken lamp."""
    takes = Q(pk__in=Route.objects.filter(org__kind__in=Organisation.GROUPS).values("org"))
    keeps = Q(adopted__community=case.place)
    found = Organisation.objects.filter(takes | keeps, kind__in=Organisation.GROUPS, closed_on=None)
    here = found.filter(Q(place=case.place) | Q(place__startswith=f"{case.place}-")).order_by("name")[:50]
    return [(str(pk), name) for pk, name in here.values_list("pk", "name") if pk != case.lead_id]


def _is_certain(route: Route, case: Case) -> bool:
    return bool(route.category) and route.category == case.category


def _estate_categories(place: str) -> frozenset[str]:
    rule = clocks.optional_rule("cases.routing.estate_categories", place)
    return frozenset(rule.value) if rule else frozenset()


def _estate(case: Case) -> Site | None:
    if not case.building:
        return None
    return Site.objects.filter(
        code__in=Site.objects.filter(code=case.building).exclude(estate="").values("estate")
    ).first()


def _routes(case: Case, estate: Site | None) -> list[Route]:
    """Routes that apply, best first."""
    place_rank = {code: rank for rank, code in enumerate(codes.chain(case.place))}
    for code in (estate.code if estate else "", case.grid, case.building):
        if code:
            place_rank[code] = len(place_rank)
    group = classes.group_of(case.category)
    category_rank = {"": 0}
    if group:
        category_rank[group] = 1
    if case.category:
        category_rank[case.category] = 2
    found = Route.objects.filter(
        Q(place__in=list(place_rank)) & Q(category__in=list(category_rank)), org__closed_on=None
    ).select_related("org")
    return sorted(found, key=lambda r: (-place_rank[r.place], -category_rank[r.category], r.id))


def _why(route: Route) -> str:
    if route.note:
        return route.note
    if route.category:
        return _("这里的“%(category)s”由它负责") % {"category": classes.name(route.category)}
    return _("这里的事项由它负责")


def _street(case: Case) -> list[Suggestion]:
    street = codes.street(case.place)
    if street is None:
        return []
    offices = Organisation.objects.filter(
        place=codes.pad(street) if len(street) < 12 else street,
        kind__in=("command_center", "street_office"),
        closed_on=None,
    ).order_by("kind", "id")
    return [Suggestion(org, _("属地街道，最后由它负责")) for org in offices]


def _once(ranked: list[Suggestion]) -> list[Suggestion]:
    seen: dict = {}
    for one in ranked:
        seen.setdefault(one.org.id, one)
    # Units answer for it, groups of residents may help: whichever route names them.
    return sorted(seen.values(), key=lambda one: one.org.is_group)

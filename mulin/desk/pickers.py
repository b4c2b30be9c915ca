"""Choices for places, categories and units, as the actor's post makes sense of them."""

from typing import Any

from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext as _

from mulin.desk.pages import places_of
from mulin.kernel import codes
from mulin.kernel.actors import Actor
from mulin.people.models import Organisation
from mulin.places import queries as places
from mulin.voices.categories import catalogue

MOST_UNITS = 400
Choices = list[tuple[Any, Any]]
MOST = 400


def category_choices(kind: str = "", *, blank: bool = False) -> Choices:
    """Categories in use, by group."""
    found: Choices = [("", "—")] if blank else []
    found += [(group.name, [(c.code, c.name) for c in inside]) for group, inside in catalogue().grouped(kind)]
    return found


def home_community(actor: Actor) -> str:
    """The community of the actor's first post that lies in one; empty for who works above."""
    return next((code for place in places_of(actor) if (code := codes.community(place))), "")


def communities(actor: Actor) -> Choices:
    """The communities inside the actor's posts, by street."""
    found: Choices = []
    for place in places_of(actor):
        found += _communities_in(place)
    return list(dict(found).items()) if all(isinstance(label, str) for _value, label in found) else found


def _communities_in(place: str) -> Choices:
    own = codes.community(place)
    if own:
        return [(own, places.name_of(own))]
    below = places.children(place)[:MOST]
    if below and codes.level(below[0].code) >= codes.Level.COMMUNITY:
        return [(one.code, one.name) for one in below]
    found: Choices = []
    for street in below:
        found.append((street.name, [(one.code, one.name) for one in places.children(street.code)[:MOST]]))
        if codes.level(street.code) < codes.Level.STREET:
            # A city or more: its districts themselves; further down one step at a time.
            return [(one.code, one.name) for one in below]
    return [group for group in found if group[1]]


def place_choices(actor: Actor, current: str = "") -> Choices:
    """Communities of the actor's posts, and the neighbours of the one at hand, which may be the right one."""
    found = communities(actor)
    if current and codes.is_valid(current):
        street = codes.street(current)
        near = [(one.code, one.name) for one in places.children(codes.pad(street))] if street else []
        known = _values(found)
        more = [(code, name) for code, name in near if code not in known]
        if current not in known | {code for code, _name in more}:
            more.insert(0, (current, places.name_of(current)))
        found += more
    return found


def _values(choices: Choices) -> set[str]:
    found: set[str] = set()
    for value, label in choices:
        found |= {code for code, _name in label} if isinstance(label, list) else {value}
    return found


def site_choices(community: str) -> Choices:
    """Buildings by estate, then grids, of a community."""
    found: Choices = [("", "—")]
    if not codes.community(community):
        return found
    for group in places.buildings(codes.community(community)):
        name = group.estate.name if group.estate else _("其他楼栋")
        if group.buildings:
            found.append((name, [(one.code, one.name) for one in group.buildings]))
    grids = places.sites(codes.community(community), "grid")
    if grids:
        found.append((_("网格"), [(one.code, one.name) for one in grids]))
    return found


def drill(actor: Actor, place: str) -> Choices:
    """Places to narrow a list by: the way up, the place itself, and what lies directly in it."""
    own = places_of(actor)
    roots = [code for code in own if not any(code != other and codes.contains(other, code) for other in own)]
    if not place or not codes.is_valid(place) or not any(codes.contains(root, place) for root in roots):
        return [(one.code, one.name) for root in roots for one in _inside(root)][:MOST]
    above = [code for code in codes.chain(place) if any(codes.contains(root, code) for root in roots)]
    names = places.names_of([*above, place])
    found: Choices = [(code, names[code]) for code in above if code != place]
    found.append((place, names[place]))
    found += [(one.code, f"　{one.name}") for one in _inside(place)]
    return found[:MOST]


def _inside(place: str) -> list[Any]:
    if "-" in place:
        if place[13:14] != "E":
            return []
        return [one for one in places.sites(place[:12], "building") if one.estate == place]
    below = places.children(place)
    if below:
        return below
    return [one for one in places.sites(place) if one.kind in {"grid", "estate", "building"}]


def units(actor: Actor) -> Choices:
    """Units to narrow a list by: the actor's own, and those of the actor's places and below."""
    own = list(actor.orgs)
    wanted = Q(pk__in=own)
    for place in places_of(actor)[:2]:
        low, high = codes.bounds(
            codes.pad(codes.district(place) or codes.short(place)) if len(place) >= 6 else place
        )
        wanted |= Q(place__gte=low, place__lt=high, closed_on=None) & ~Q(kind__in=Organisation.GROUPS)
    own_first = Case(When(pk__in=own, then=Value(0)), default=Value(1))
    rows = Organisation.objects.filter(wanted).order_by(own_first, "place", "name")[:MOST_UNITS]
    return [(str(one.pk), one.name) for one in rows]


def first_value(choices: Choices) -> str:
    """The first value of choices, grouped or not."""
    for value, label in choices:
        if isinstance(label, list):
            return label[0][0] if label else ""
        return value
    return ""

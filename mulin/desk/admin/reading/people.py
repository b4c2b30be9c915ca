"""Posts as a table, narrowed and paged; and the notice of the grid workers."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from mulin.desk.admin.reading.attention import ENDING
from mulin.kernel import clock, codes, policy
from mulin.kernel.actors import Actor
from mulin.people import queries, states
from mulin.people.models import Organisation, Post
from mulin.places import queries as places


def posts(
    actor: Actor, *, place: str = "", role: str = "", org: str = "", q: str = "", state: str = ""
) -> QuerySet[Post]:
    """Working posts that the actor may see. `state`: now (default), ending within 30 days, later, ended."""
    rows = Post.objects.filter(policy.visible(actor, "people.post:view", queries.POST_FIELDS))
    rows = rows.exclude(role__in=states.GROUP_ROLES).select_related("account", "org", "deputy_for__account")
    today = clock.today()
    if state == "ended":
        rows = rows.filter(ends_on__lt=today)
    elif state == "later":
        rows = rows.filter(begins_on__gt=today)
    else:
        rows = rows.filter(queries.in_force())
        if state == "ending":
            rows = rows.filter(ends_on__lte=today + ENDING)
    if place:
        low, high = codes.bounds(place)
        rows = rows.filter(place__gte=low, place__lt=high)
    if role:
        rows = rows.filter(role=role)
    if org:
        rows = rows.filter(org_id=org)
    if text := q.strip():
        rows = rows.filter(
            Q(account__name__contains=text) | Q(account__username=text) | Q(title__contains=text)
        )
    return rows


def unit_choices(actor: Actor) -> list[tuple[str, str]]:
    """Units in which somebody holds a post that the actor may see."""
    seen = Post.objects.filter(
        policy.visible(actor, "people.post:view", queries.POST_FIELDS), org__isnull=False
    )
    rows = Organisation.objects.filter(pk__in=seen.values("org_id")).exclude(kind__in=Organisation.GROUPS)
    return [(str(row.pk), row.name) for row in rows.order_by("place", "name")[:600]]


def decorate(rows: list[Post], actor: Actor) -> None:
    """Words for each row: role, place, term; and which of them the actor may give anew."""
    names = places.full_names(post.place for post in rows)
    today = clock.today()
    for post in rows:
        post.role_word, post.term = states.role_name(post.role), term(post)
        post.where = names.get(post.place, post.place)
        post.is_over = post.ends_on is not None and post.ends_on < today
        post.is_ending = not post.is_over and post.ends_on is not None and post.ends_on <= today + ENDING
        post.may_give = policy.can(actor, "people.post:give", post.place)
        post.may_deputise = not post.deputy_for_id and (
            post.may_give
            or (post.account_id == actor.account and policy.can_somewhere(actor, "people.post:deputise"))
        )


def term(post: Post) -> str:
    if post.ends_on is None:
        return _("%(from)s 起") % {"from": post.begins_on}
    return _("%(from)s 到 %(to)s") % {"from": post.begins_on, "to": post.ends_on}


def grid_notice(actor: Actor, place: str) -> list[dict[str, Any]]:
    """For the notice board: each community with its telephone, each grid with its area and workers. Grids
    without anyone are on it too. Names and areas only: personal numbers are never printed by themselves."""
    rows = posts(actor, place=place, role="grid_worker").order_by("place", "id")
    workers: dict[str, list[str]] = {}
    for post in rows[:2000]:
        workers.setdefault(post.place, []).append(str(post.account))
    communities = sorted({code[:12] for code in workers} | _communities(place))
    known = places.places_of(communities)
    phones = _phones(communities)
    found = []
    for code in communities:
        grids = places.sites(code, "grid")
        houses = {site.grid: [] for site in grids}
        for site in places.sites(code, "building"):
            houses.setdefault(site.grid, []).append(site.name)
        lines = [
            {
                "name": grid.name,
                "area": "、".join(houses.get(grid.code, [])),
                "workers": workers.get(grid.code, []),
            }
            for grid in grids
        ]
        if workers.get(code):
            lines.insert(0, {"name": _("全社区"), "area": "", "workers": workers[code]})
        if lines:
            phone = (known[code].phone if code in known else "") or phones.get(code, "")
            found.append({"name": places.name_of(code), "phone": phone, "lines": lines})
    return found


def _communities(place: str) -> set[str]:
    """The communities with grids in a place."""
    return {site.community for site in places.sites(place[:12], "grid")} if place else set()


def _phones(communities: list[str]) -> dict[str, str]:
    """The telephone of the residents' committee where the division itself has none."""
    rows = Organisation.objects.filter(kind="committee", closed_on=None, place__in=communities).exclude(
        phone=""
    )
    return dict(rows.values_list("place", "phone"))

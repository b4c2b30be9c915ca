"""Reads about clubs: lists with how many belong to each, one club as somebody sees it, one's own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from mulin.academy.clubs import access
from mulin.academy.clubs.models import Club, Gathering, ListedMember
from mulin.kernel import codes
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import clean_number
from mulin.people.models import Post
from mulin.people.queries import in_force

SHOWN = Q(state__in=("running", "resting"), org__is_public=True)


def with_size(rows: QuerySet[Club]) -> QuerySet[Club]:
    """Clubs with `size`: members today, with an account or on the leader's list. Two subqueries, no joins."""
    posts = Post.objects.filter(in_force(), org=OuterRef("org")).order_by().values("org")
    listed = ListedMember.objects.filter(club=OuterRef("pk"), left_on=None).order_by().values("club")
    return rows.annotate(
        size=_count(posts.annotate(n=Count("id")).values("n"))
        + _count(listed.annotate(n=Count("id")).values("n"))
    )


def _count(rows: QuerySet) -> Coalesce:
    return Coalesce(Subquery(rows, output_field=IntegerField()), 0)


def visible_clubs(actor: Actor) -> QuerySet[Club]:
    """Every club that the actor may open, the closed ones too."""
    return Club.objects.filter(access.visible_q(actor))


def get_club(actor: Actor, number: str) -> Club:
    """One visible club with its organisation and venue, or NotVisible (404)."""
    return access.find(actor, number, with_size(Club.objects.select_related("org", "venue", "matter")))


def public_clubs(place: str, *, union: str = "", age: str = "", day: int = 0, theme: str = "") -> list[Club]:
    """Clubs of a community or street that everybody may see, with `size`: by union and name. Ages and days
    are asked of the loaded rows, since both are JSON; a club without ages is for everybody."""
    low, high = codes.bounds(place)
    rows = with_size(Club.objects.filter(SHOWN, place__gte=low, place__lt=high)).select_related(
        "org", "venue"
    )
    if union:
        rows = rows.filter(union=union)
    if theme:
        rows = rows.filter(theme=theme)
    found = rows.order_by("union", "org__name", "id")
    return [one for one in found if _for_age(one, age) and _on_day(one, day)]


def _for_age(club: Club, age: str) -> bool:
    return not age or not club.ages or age in club.ages


def _on_day(club: Club, day: int) -> bool:
    return not day or any(one.get("day") == day for one in club.times)


def my_clubs(actor: Actor) -> list[Club]:
    """Clubs that the actor belongs to, leads, or asked for."""
    if not actor.account:
        return []
    mine = Post.objects.filter(in_force(), account_id=actor.account).values("org")
    asked = Q(asked_by=actor.account, state="asked")
    rows = with_size(Club.objects.filter(Q(org__in=mine) | asked).exclude(state="closed"))
    return list(rows.select_related("org", "venue").order_by("org__name", "id"))


def desk_clubs(actor: Actor) -> QuerySet[Club]:
    """Clubs on the actor's desk: those at their place, or the ones they lead."""
    return with_size(access.led(actor)).select_related("org", "venue")


def members(club: Club) -> list[Post]:
    """Leaders first, then members in the order in which they came."""
    rows = Post.objects.filter(in_force(), org=club.org_id).select_related("account")
    return list(rows.order_by("role", "id"))


def leaders(clubs: Iterable[Club]) -> dict[Any, list[str]]:
    """Organisation -> names of its leaders. Leaders of public clubs are named, as on a group's page."""
    rows = Post.objects.filter(in_force(), org__in=[c.org_id for c in clubs], role="group_leader")
    found: dict[Any, list[str]] = {}
    for post in rows.select_related("account").order_by("id"):
        found.setdefault(post.org_id, []).append(str(post.account))
    return found


def post_of(actor: Actor, club: Club) -> Post | None:
    """The actor's own place in a club."""
    if not actor.account:
        return None
    return Post.objects.filter(in_force(), org=club.org_id, account_id=actor.account).first()


def union_counts(place: str) -> dict[str, int]:
    """Union -> how many clubs everybody may see. One statement."""
    low, high = codes.bounds(place)
    rows = Club.objects.filter(SHOWN, place__gte=low, place__lt=high).order_by()
    return dict(rows.values_list("union").annotate(n=Count("id")))


# Gatherings ---------------------------------------------------------------------------------------------


def gatherings(place: str, states: Iterable[str] = ("planned", "held")) -> QuerySet[Gathering]:
    """Icebreakers and joint activities of a place and of the street above it, the next first."""
    rows = Gathering.objects.filter(place__in=[place, place[:9] + "000"], state__in=list(states))
    return rows.prefetch_related("clubs__org").order_by("-starts_at", "id")


def get_gathering(number: str) -> Gathering:
    """One gathering; all of them are public. Raises NotVisible."""
    found = Gathering.objects.filter(number=clean_number(number)).prefetch_related("clubs__org").first()
    if found is None:
        raise NotVisible(number)
    return found


def partners(club: Club, level: str) -> list[Club]:
    """Clubs that it could meet on a rung: the same union, and as near as the rung says."""
    place = club.place[:9] + "000" if level == "street" else club.place
    low, high = codes.bounds(place)
    rows = Club.objects.filter(state="running", union=club.union, place__gte=low, place__lt=high)
    if level in ("building", "grid") and club.site:
        rows = rows.filter(site__startswith=club.site[:13])
    same_theme = F("theme")
    return list(rows.exclude(pk=club.pk).select_related("org").order_by(same_theme, "org__name")[:20])

"""Reads about teachers and weeks: everything for who plans, what was published for everybody."""

from datetime import date, timedelta
from typing import Any

from django.db.models import F, QuerySet

from mulin.academy.weeks.models import Teacher, Week
from mulin.kernel import clock, codes, policy
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.policy import Fields, Target
from mulin.places.queries import children

TEACHERS, OWN, WEEKS = "academy.teacher:manage", "academy.teacher:own", "academy.week:manage"
FIELDS = Fields(place="place", divisions=True)


def target_of(record: Teacher | Week) -> Target:
    return Target(place=record.place)


def own_target(teacher: Teacher) -> Target:
    return Target(place=teacher.place, owners=frozenset({teacher.account_id} if teacher.account_id else ()))


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def places_under(place: str) -> list[str]:
    """The place itself and, of a street, its communities."""
    if codes.level(place) >= codes.Level.COMMUNITY:
        return [place]
    return [place, *(one.code for one in children(place))]


def manageable_places(actor: Actor, permission: str = WEEKS) -> list[str]:
    """Streets and communities where the actor may plan, those of the own posts first."""
    roles = policy.table()[permission]
    found: list[str] = []
    for post in actor.posts:
        if post.role not in roles or not post.place:
            continue
        own = codes.community(post.place) or post.place
        found.append(own)
        if codes.level(own) < codes.Level.COMMUNITY:
            found += [one.code for one in children(own)]
    fitting = [one for one in dict.fromkeys(found) if codes.level(one) >= codes.Level.STREET]
    return fitting


# --- teachers ------------------------------------------------------------------------------------------


def visible_teachers(actor: Actor) -> QuerySet[Teacher]:
    found = Teacher.objects.filter(policy.visible(actor, TEACHERS, FIELDS))
    return found.select_related("matter").prefetch_related("checks").order_by("place", "name", "id")


def get_teacher(actor: Actor, number: str, *, lock: bool = False) -> Teacher:
    """One of them, or NotVisible (404)."""
    found = visible_teachers(actor)
    return _one(found.select_for_update(of=("self",)) if lock else found, number)


def own_teachers(actor: Actor) -> QuerySet[Teacher]:
    """As whom one teaches oneself: once a community."""
    if not actor.account:
        return Teacher.objects.none()
    return Teacher.objects.filter(policy.visible(actor, OWN, Fields(place="", owners="account"))).order_by(
        "id"
    )


def get_own_teacher(actor: Actor, number: str, *, lock: bool = False) -> Teacher:
    found = own_teachers(actor)
    return _one(found.select_for_update() if lock else found, number)


def ready_teachers(places: list[str]) -> list[Teacher]:
    """Who may be planned at these places: asked in, talked with, not resting."""
    rows = Teacher.objects.filter(state="ready").prefetch_related("checks").order_by("id")
    streets = {codes.pad(place[:9]) for place in places}
    wanted = set(places) | streets
    rows = rows.filter(place__in={*wanted, *_neighbours(streets)})
    return [one for one in rows if one.place in wanted or wanted & set(one.places)]


def _neighbours(streets: set[str]) -> list[str]:
    return [one.code for street in sorted(streets) for one in children(street)]


def shown_name(teacher: Teacher | None) -> str:
    """What everybody may read: the name of a teacher who agreed to it; empty for others."""
    return teacher.name if teacher is not None and teacher.is_named else ""


def public_teachers(place: str) -> list[Teacher]:
    """Who teaches in a community, asked in and not resting, those who show their name first."""
    rows = [
        one
        for one in ready_teachers([place])
        if one.place == place or place in one.places or one.place == codes.pad(place[:9])
    ]
    return sorted(rows, key=lambda one: (not one.is_named, one.created_at))


# --- weeks ---------------------------------------------------------------------------------------------


def visible_weeks(actor: Actor) -> QuerySet[Week]:
    return Week.objects.filter(policy.visible(actor, WEEKS, FIELDS)).order_by("-monday", "place", "-id")


def listed_weeks(actor: Actor) -> QuerySet[Week]:
    """The same for a list: with the figure `served` (none without a plan), without the files, which are
    large for a whole street."""
    found = visible_weeks(actor).defer(
        "instance", "solution", "wishes", "before", "made", "skipped", "too_few"
    )
    return found.annotate(served=F("solution__served"))


def get_week(actor: Actor, number: str, *, lock: bool = False) -> Week:
    found = visible_weeks(actor)
    return _one(found.select_for_update() if lock else found, number)


def public_weeks(place: str) -> list[Week]:
    """Published weeks that hold for a community today or later, its own and its street's, the nearest
    first."""
    around = {place, codes.pad(place[:9])}
    monday = monday_of(clock.today())
    rows = Week.objects.filter(state="published", place__in=around).order_by("monday", "-place", "id")
    return [one for one in rows if (one.until or one.monday + timedelta(days=6)) >= monday]


def get_public(number: str) -> Week:
    return _one(Week.objects.filter(state="published"), number)


def _one(found: QuerySet[Any], number: str) -> Any:
    row = found.filter(number=clean_number(number)).first()
    if row is None:
        raise NotVisible(number)
    return row

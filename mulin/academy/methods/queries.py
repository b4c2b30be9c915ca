"""Reads about methods: the library for everybody, drafts for who writes them, pilots, who took over what."""

from collections.abc import Collection
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from mulin.academy.clubs.models import Club
from mulin.academy.methods import states
from mulin.academy.methods.models import Adoption, Criterion, Evidence, Method, Pilot, PilotSite
from mulin.kernel import codes, policy, registry
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.links import address
from mulin.kernel.numbers import clean_number
from mulin.kernel.policy import Fields, Target
from mulin.voices.queries import public_matters

VIEW, MANAGE, PUBLISH = "academy.method:view", "academy.method:manage", "academy.method:publish"
DECIDE, ADOPT = "academy.pilot:decide", "academy.adoption:manage"
FIELDS = Fields(place="place", orgs="org", divisions=False)


def target_of(method: Method) -> Target:
    return Target(method.place, orgs=frozenset({method.org_id} if method.org_id else ()))


def target_of_adoption(adoption: Adoption) -> Target:
    return Target(adoption.place, orgs=frozenset({adoption.org_id} if adoption.org_id else ()))


def public_methods(place: str = "") -> QuerySet[Method]:
    """What was published, the latest first; with a place, what it found and what it took over."""
    found = Method.objects.filter(state__in=states.PUBLIC)
    if place:
        low, high = codes.bounds(place)
        took = Adoption.objects.filter(place__gte=low, place__lt=high).values("method")
        found = found.filter(Q(place__gte=low, place__lt=high) | Q(pk__in=took))
    return found.select_related("org").order_by("-published_at", "-id")


def own_methods(actor: Actor) -> QuerySet[Method]:
    """Methods that the actor writes or looks after, drafts too."""
    found = Method.objects.filter(policy.visible(actor, MANAGE, FIELDS))
    return found.select_related("org").order_by("-id")


def get_method(actor: Actor, number: str, *, lock: bool = False) -> Method:
    """One for a worker: public, or their own; else NotVisible (404)."""
    mine = policy.visible(actor, MANAGE, FIELDS)
    may = Q(state__in=states.PUBLIC) | mine if mine else Q()
    rows = Method.objects.filter(may, number=clean_number(number))
    found = (rows.select_for_update() if lock else rows.select_related("org", "knows", "matter")).first()
    if found is None:
        raise NotVisible(number)
    return found


def get_public_method(number: str) -> Method:
    """One that was published, as everybody may read it; NotVisible (404) for drafts."""
    rows = Method.objects.filter(state__in=states.PUBLIC).select_related("org", "knows", "matter")
    found = rows.filter(number=clean_number(number)).first()
    if found is None:
        raise NotVisible(number)
    return found


def chosen(found: QuerySet[Method], wanted: dict[str, str]) -> list[Method]:
    """Those that fit words (q), a shift, a goal and a state. Words are looked for in title and problem; codes
    are compared here, for the two databases look into lists differently, and a library is small."""
    if words := wanted.get("q", "").strip()[:40]:
        found = found.filter(Q(title__icontains=words) | Q(problem__icontains=words))
    if (state := wanted.get("state", "")) in states.STATE_WORDS:
        found = found.filter(state=state)
    rows = found.annotate(took=Count("adoptions", distinct=True))
    return [
        one for one in rows
        if (not wanted.get("shift") or wanted["shift"] in one.shifts)
        and (not wanted.get("goal") or wanted["goal"] in one.goals)
    ]  # fmt: skip


def pilots_of(method: Method) -> list[Pilot]:
    """Its pilots, the latest first, with sites and criteria. Three statements."""
    rows = method.pilots.prefetch_related(
        Prefetch("sites", PilotSite.objects.order_by("place")),
        Prefetch("criteria", Criterion.objects.order_by("position")),
    )
    return list(rows.order_by("-id"))


def get_pilot(actor: Actor, number: str, *, lock: bool = False) -> Pilot:
    """A pilot for who decides on it; else NotVisible (404)."""
    rows = Pilot.objects.filter(policy.visible(actor, DECIDE), number=clean_number(number))
    rows = rows.select_for_update() if lock else rows.select_related("method")
    found = rows.first()
    if found is None:
        raise NotVisible(number)
    return found


def due_pilots(actor: Actor) -> QuerySet[Pilot]:
    """Running pilots that the actor decides on."""
    if not policy.can_somewhere(actor, DECIDE):
        return Pilot.objects.none()
    return Pilot.objects.filter(policy.visible(actor, DECIDE), state="running")


def adoptions_of(method: Method) -> list[Adoption]:
    """Who took it over: in the order in which they began, nobody is ranked."""
    return list(method.adoptions.select_related("org").order_by("id"))


def own_adoptions(actor: Actor) -> QuerySet[Adoption]:
    """What the actor's communities and groups took over."""
    found = Adoption.objects.filter(policy.visible(actor, ADOPT, FIELDS))
    return found.select_related("method", "org").order_by("-id")


def get_adoption(actor: Actor, number: str, *, lock: bool = False) -> Adoption:
    rows = Adoption.objects.filter(policy.visible(actor, ADOPT, FIELDS), number=clean_number(number))
    found = (rows.select_for_update() if lock else rows.select_related("method", "org")).first()
    if found is None:
        raise NotVisible(number)
    return found


# What evidence leads to


def topics(numbers: Collection[str]) -> dict[str, dict[str, str]]:
    """Announced topics by number: title and address. Topics belong to another module of this floor."""
    ask = registry.providers().get("councils.public_topics")
    return ask(numbers) if ask and numbers else {}


def find_link(number: str) -> dict[str, Any]:
    """What a number stands for that everybody can look at: {"matter"|"club"|"topic": …}; empty if nothing."""
    number = clean_number(number)
    if matter := public_matters().filter(number=number).first():
        return {"matter": matter}
    if club := public_clubs().filter(number=number).first():
        return {"club": club}
    return {"topic": number} if number in topics([number]) else {}


def public_clubs() -> QuerySet[Club]:
    return Club.objects.filter(state__in=("running", "resting", "closed"), org__is_public=True)


def evidence_of(method: Method) -> list[dict[str, Any]]:
    """Its evidence in order, with the title and address of what each leads to, where that is public."""
    rows = list(Evidence.objects.filter(method=method).select_related("club__org").order_by("id"))
    matters = {one.pk: one for one in public_matters().filter(pk__in=[one.matter_id for one in rows])}
    clubs = set(public_clubs().filter(pk__in=[one.club_id for one in rows]).values_list("pk", flat=True))
    known = topics([one.topic for one in rows if one.topic])
    found = []
    for one in rows:
        link = ("", "", "")
        if matter := matters.get(one.matter_id):
            link = (matter.public_title, address("portal:matter", matter.number), _("事项"))
        elif one.club_id in clubs:
            link = (one.club.org.name, address("academy:club", one.club.number), _("社团"))
        elif topic := known.get(one.topic):
            link = (topic["title"], topic["url"], _("议题"))
        found.append({"evidence": one, "title": link[0], "url": link[1], "kind": link[2]})
    return found

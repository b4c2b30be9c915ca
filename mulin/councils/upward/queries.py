"""Reads about proposals: drafts for who makes them, what was sent up for everybody, what waits above."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from mulin.councils.upward import states
from mulin.councils.upward.models import Hop, Proposal
from mulin.kernel import codes, policy, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.policy import Fields, Target
from mulin.people.models import Organisation
from mulin.people.queries import organisations_above
from mulin.places.queries import places_of

VIEW, SEND, ANSWER = "councils.proposal:view", "councils.proposal:send", "councils.proposal:answer"
FIELDS = Fields(place="place", orgs="org", divisions=True)
HOP_FIELDS = Fields(place="place", orgs="org")
LEVELS = {
    "street": codes.Level.STREET, "district": codes.Level.DISTRICT, "city": codes.Level.CITY,
}  # fmt: skip
# The divisions between a municipality and its districts, which have no government of their own.
NO_GOVERNMENT = ("市辖区", "县")


def with_road(found: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """With the levels they came to, in order, and what they grew out of."""
    hops = Prefetch("hops", Hop.objects.select_related("org").order_by("position"))
    return found.select_related("org", "topic", "need", "matter").prefetch_related(hops)


def target_of(proposal: Proposal) -> Target:
    """What a permission of who makes it is asked for."""
    return Target(proposal.place, orgs=frozenset({proposal.org_id} if proposal.org_id else ()))


def target_of_hop(hop: Hop) -> Target:
    """What a permission of the level is asked for: its own division, or the unit that has it."""
    return Target(hop.place, orgs=frozenset({hop.org_id} if hop.org_id else ()))


def hops_of(actor: Actor) -> QuerySet[Hop]:
    """The levels at which the actor answers, open and over."""
    return Hop.objects.filter(policy.visible(actor, ANSWER, HOP_FIELDS))


def visible_proposals(actor: Actor) -> QuerySet[Proposal]:
    """Proposals that the actor works with: makes them, or answers them at a level they came to. Drafts only
    for who makes them."""
    own = policy.visible(actor, SEND, FIELDS)
    came = Q(pk__in=hops_of(actor).values("proposal"))
    return Proposal.objects.filter(own | came if own else own)


def get_proposal(actor: Actor, number: str, *, lock: bool = False) -> Proposal:
    """One proposal for a worker, or NotVisible (404)."""
    seen = visible_proposals(actor).filter(number=clean_number(number))
    found = (seen.select_for_update() if lock else with_road(seen)).first()
    if found is None:
        raise NotVisible(number)
    return found


def public_proposals(place: str = "") -> QuerySet[Proposal]:
    """What was sent up, the latest first."""
    found = Proposal.objects.filter(state__in=states.PUBLIC)
    return with_road(found.filter(place=place) if place else found).order_by("-sent_at", "-id")


def get_public_proposal(number: str) -> Proposal:
    """One that was sent up, as everybody may read it; NotVisible (404) for drafts."""
    found = public_proposals().filter(number=clean_number(number)).first()
    if found is None:
        raise NotVisible(number)
    return found


def last_hop(proposal: Proposal) -> Hop | None:
    """Where it is now, or was last."""
    return max(proposal.hops.all(), key=lambda hop: hop.position, default=None)


def road_above(place: str) -> list[tuple[str, str]]:
    """(level, division) of those above a community to which a proposal can go, the nearest first."""
    wanted = rulebook.value("councils.upward.levels", at=place)
    above = [code for code in reversed(codes.chain(place)) if code != place]
    known = places_of(above)
    by_level = {int(codes.level(code)): code for code in above}
    found = []
    for level, depth in LEVELS.items():
        code = by_level.get(int(depth), "")
        if level == "city" and _has_no_government(known.get(code)):
            code = by_level.get(int(codes.Level.PROVINCE), "")
        if code and level in wanted:
            found.append((level, code))
    return found


def _has_no_government(place) -> bool:
    return place is None or place.is_placeholder or place.official_name in NO_GOVERNMENT


def next_level(proposal: Proposal) -> tuple[str, str] | None:
    """The level after the last one that it came to; after a return the same one again. None at the top."""
    road = road_above(proposal.place)
    hop = last_hop(proposal)
    if hop is None:
        return road[0] if road else None
    at = next((n for n, (level, _place) in enumerate(road) if level == hop.level), -1)
    if hop.state == "returned":
        return road[at] if at >= 0 else None
    return road[at + 1] if 0 <= at < len(road) - 1 else None


def units_at(hop: Hop) -> list[Organisation]:
    """Official units that a level can give it to: those of its own division."""
    return [one for one in organisations_above(hop.place) if one.place == hop.place]


def proposals_of_need(need: UUID) -> list[Proposal]:
    """What was sent up for a need of the list."""
    return list(with_road(Proposal.objects.filter(need=need, state__in=states.PUBLIC)).order_by("id"))


def open_hops(actor: Actor) -> QuerySet[Hop]:
    """What waits for the actor's level: at their own division, and what their unit was given. Who works above
    sees what comes to them, not what waits below."""
    if not policy.can_somewhere(actor, ANSWER):
        return Hop.objects.none()
    here: Iterable[str] = {post.place for post in actor.posts if post.role in _answering()}
    mine = Q(place__in=here, org=None) | Q(org__in=actor.orgs)
    open_now = hops_of(actor).filter(mine, ended_at=None)
    return open_now.select_related("proposal").order_by("due_at", "id")


def _answering() -> set[str]:
    return set(policy.table()[ANSWER])

"""Who sees and leads a club. Members hold posts at its organisation; leaders see only their club."""

from django.db.models import Q, QuerySet

from mulin.academy.clubs.models import Club
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.policy import Fields, Target

MANAGE = "academy.club:manage"
LEAD = "academy.club:lead"
MEMBERS = "academy.club:see_members"
JOIN = "academy.club:join"
ASK = "academy.club:ask"
FIELDS = Fields(place="place", orgs="org", owners="asked_by")
PUBLIC = Q(state__in=("running", "resting", "closed"), org__is_public=True)


def target_of(club: Club) -> Target:
    owners = frozenset({club.asked_by} if club.asked_by else ())
    return Target(place=club.place, orgs=frozenset({club.org_id}), owners=owners)


def may_manage(actor: Actor, club: Club) -> bool:
    """Found, take in, pause, close: those who work at its place."""
    return policy.can(actor, MANAGE, target_of(club))


def may_lead(actor: Actor, club: Club) -> bool:
    """What its leader does: edit, tell members, keep the list. Also those who work at its place."""
    return policy.can(actor, LEAD, target_of(club))


def may_see_members(actor: Actor, club: Club) -> bool:
    return policy.can(actor, MEMBERS, target_of(club))


def visible_q(actor: Actor) -> Q:
    """Clubs that the actor may open: public ones, one's own, those at one's place, the one asked for."""
    found = policy.visible(actor, MEMBERS, FIELDS)
    if not found and policy.can_somewhere(actor, MEMBERS):
        return Q()
    mine = Q(asked_by=actor.account) if actor.account else policy.NOTHING
    return PUBLIC | found | mine


def led(actor: Actor) -> QuerySet[Club]:
    """Clubs that the actor looks after at the desk."""
    return Club.objects.filter(policy.visible(actor, LEAD, FIELDS))


def find(actor: Actor, number: str, rows: QuerySet[Club] | None = None) -> Club:
    """One visible club by its number, or NotVisible (404)."""
    rows = Club.objects.select_related("org", "venue") if rows is None else rows
    club = rows.filter(visible_q(actor), number=clean_number(number)).first()
    if club is None:
        raise NotVisible(number)
    return club


def locked(actor: Actor, number: str) -> Club:
    """A visible club, its row locked until the transaction ends."""
    seen = find(actor, number, Club.objects.only("id"))
    return Club.objects.select_for_update(of=("self",)).select_related("org").get(pk=seen.pk)

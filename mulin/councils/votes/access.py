"""Who sees and holds a vote, and one vote for who asks for it."""

from django.db.models import QuerySet

from mulin.councils.votes import states
from mulin.councils.votes.models import Vote
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.policy import Fields, Target

VIEW, MANAGE = "councils.vote:view", "councils.vote:manage"
COUNT, CERTIFY, CAST = "councils.vote:count", "councils.vote:certify", "councils.vote:cast"
FIELDS = Fields(place="place", orgs="topic__org")


def target_of(vote: Vote) -> Target:
    """What a permission about a vote is asked for: its place, and the group that runs its topic."""
    org = vote.topic.org_id if vote.topic else None
    return Target(place=vote.place, orgs=frozenset({org} - {None}))


def may(actor: Actor, permission: str, vote: Vote) -> bool:
    return policy.can(actor, permission, target_of(vote))


def require(actor: Actor, permission: str, vote: Vote) -> None:
    """Raise NotAllowed (403) unless the actor may."""
    policy.require(actor, permission, target_of(vote))


def visible_votes(actor: Actor) -> QuerySet[Vote]:
    """Votes that the actor sees at the desk, drafts too, newest first."""
    return Vote.objects.filter(policy.visible(actor, VIEW, FIELDS)).select_related("topic").order_by("-id")


def get_vote(actor: Actor, number: str) -> Vote:
    """One of them, or NotVisible (404)."""
    return _one(visible_votes(actor), number)


def locked(actor: Actor, number: str) -> Vote:
    """The same, locked until the end of the transaction."""
    return _one(visible_votes(actor).select_for_update(of=("self",)), number)


def public_votes() -> QuerySet[Vote]:
    """Votes as everybody may see them: from the notice on."""
    return Vote.objects.filter(state__in=states.PUBLIC).select_related("topic", "roster").order_by("-id")


def get_public(number: str, *, lock: bool = False) -> Vote:
    """One of them, or NotVisible (404)."""
    found = public_votes()
    return _one(found.select_for_update(of=("self",)) if lock else found, number)


def _one(found: QuerySet[Vote], number: str) -> Vote:
    vote = found.filter(number=clean_number(number)).first()
    if vote is None:
        raise NotVisible(number)
    return vote

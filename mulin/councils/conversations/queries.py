"""Reads about conversations: drafts and the queue for who runs them, what was opened for everybody."""

from collections import Counter
from collections.abc import Iterable, Mapping
from random import Random
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from mulin.councils.conversations.models import (
    Conversation,
    Opinion,
    Participant,
    Picture,
    Statement,
    is_over,
)
from mulin.councils.opinions import next_statements
from mulin.kernel import clock, codes, policy, rulebook, suppression
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.policy import Fields, Target
from mulin.kernel.secrets import fingerprint
from mulin.people.queries import my_residences

VIEW, MANAGE = "councils.conversation:view", "councils.conversation:manage"
PUBLISH, EXPORT = "councils.conversation:publish", "councils.conversation:export"
ANSWER = "councils.conversation:answer"
FIELDS = Fields(orgs="org")


def target_of(conversation: Conversation) -> Target:
    orgs = frozenset({conversation.org_id}) if conversation.org_id else frozenset()
    return Target(place=conversation.place, orgs=orgs)


def visible_conversations(actor: Actor) -> QuerySet[Conversation]:
    """Conversations that the actor may work on, drafts too, newest first."""
    return Conversation.objects.filter(policy.visible(actor, VIEW, FIELDS)).order_by("-id")


def get_conversation(actor: Actor, number: str, *, lock: bool = False) -> Conversation:
    """One conversation for who runs it, or NotVisible (404); with `lock` until the end of the transaction."""
    found = visible_conversations(actor).filter(number=clean_number(number))
    one = found.select_for_update(of=("self",)).first() if lock else found.first()
    if one is None:
        raise NotVisible(number)
    return one


def public_conversation(number: str) -> Conversation:
    """One conversation as everybody may see it: opened or over, not a draft. NotVisible (404) otherwise."""
    one = Conversation.objects.filter(number=clean_number(number)).exclude(state="draft").first()
    if one is None:
        raise NotVisible(number)
    return one


def takes_answers(conversation: Conversation) -> bool:
    return conversation.state == "open" and not is_over(conversation, clock.today())


def shown_statements(conversation: Conversation) -> dict[int, str]:
    """The statements that people answer: number -> text, in their order."""
    return dict(conversation.statements.filter(state="shown").order_by("n").values_list("n", "text"))


def waiting_statements(conversation: Conversation) -> list[Statement]:
    """What waits for a look, the oldest first."""
    return list(conversation.statements.filter(state="waiting").order_by("day", "n"))


def queues(actor: Actor) -> QuerySet[Conversation]:
    """Conversations with statements that the actor may decide on, `waiting` of them each."""
    if not policy.can_somewhere(actor, MANAGE):
        return Conversation.objects.none()
    mine = Conversation.objects.filter(policy.visible(actor, MANAGE, FIELDS))
    n = Count("statements", filter=Q(statements__state="waiting"))
    return mine.filter(state__in=["open", "closed"]).annotate(waiting=n).filter(waiting__gt=0).order_by("id")


def statement_counts(conversations: Iterable[Conversation]) -> dict[UUID, Counter]:
    """How many statements of each state the conversations have."""
    found: dict[UUID, Counter] = {}
    rows = Statement.objects.filter(conversation__in=list(conversations)).values("conversation", "state")
    for row in rows.annotate(n=Count("pk")).values_list("conversation", "state", "n"):
        found.setdefault(row[0], Counter())[row[1]] = row[2]
    return found


def people(conversation: Conversation) -> int:
    """How many have answered something."""
    return conversation.participants.filter(touches__gt=0).count()


def people_of(conversations: Iterable[Conversation]) -> dict[UUID, int]:
    rows = Participant.objects.filter(conversation__in=list(conversations), touches__gt=0)
    return dict(rows.values("conversation").annotate(n=Count("pk")).values_list("conversation", "n"))


# Who is asking, without knowing who it is ------------------------------------------------------------


def identities(conversation: Conversation, actor: Actor, key: str) -> list[str]:
    """Under what this person may be known here, the surest first: the account, and the browser's key where
    everybody with the link may answer."""
    found = [f"account:{actor.account}"] if actor.account else []
    if key and conversation.open_to == "anyone":
        found.append(f"browser:{key}")
    return found


def hashed(conversation: Conversation, identity: str, what: str = "conversation") -> str:
    """A keyed hash that is good for this conversation alone, and for this purpose alone."""
    return fingerprint(identity, f"{what}:{conversation.id}")


def participant_of(conversation: Conversation, actor: Actor, key: str) -> tuple[Participant | None, str]:
    """Who answers here from this account or browser, if somebody does, and the identity to go by. Whoever
    began without logging in goes on as the same one."""
    wanted = {hashed(conversation, one): one for one in identities(conversation, actor, key)}
    rows = conversation.participants.filter(key_hash__in=list(wanted))
    found = {wanted[one.key_hash]: one for one in rows}
    for identity in wanted.values():
        if identity in found:
            return found[identity], identity
    return None, next(iter(wanted.values()), "")


def answers_of(participant: Participant | None) -> dict[int, int]:
    """What this participant said: statement number -> 1, -1 or 0."""
    if participant is None:
        return {}
    return dict(Opinion.objects.filter(participant=participant).values_list("n", "value"))


def written_by(conversation: Conversation, actor: Actor, key: str) -> list[Statement]:
    """The statements that this account or browser wrote, with what became of them."""
    known = [hashed(conversation, one, "statement") for one in identities(conversation, actor, key)]
    return list(conversation.statements.filter(author_hash__in=known).order_by("n")) if known else []


def keeps_out(conversation: Conversation, actor: Actor) -> str:
    """Why this person may not answer: "" (they may), "login" or "verify"."""
    if conversation.open_to == "anyone":
        return ""
    if actor.account is None:
        return "login"
    low, high = codes.bounds(conversation.place)
    lives_here = any(
        one.state == "confirmed" and low <= one.household.place < high for one in my_residences(actor)
    )
    return "" if lives_here else "verify"


# What comes next, and who may see what ------------------------------------------------------------------


def picture_of(conversation: Conversation) -> Picture | None:
    return Picture.objects.filter(conversation=conversation).first()


def next_for(
    statements: Mapping[int, str], picture: Picture | None, answered: Mapping[int, int], random: Random
) -> int | None:
    """The statement whose answer teaches most, drawn by weight among those that this person has not
    answered. What the last picture did not know yet is as heavy as the heaviest."""
    known = picture.weights if picture else {}
    top = max(known.values(), default=1.0)
    weights = {n: known.get(str(n), top) for n in statements}
    return next(iter(next_statements(weights, answered.keys(), random=random)), None)


def least_of(conversation: Conversation) -> int:
    """How many people a picture needs before it is shown; never fewer than a small figure."""
    return max(conversation.least, suppression.LIMIT)


def sees_results(conversation: Conversation, picture: Picture | None, answered: int, offered: int) -> str:
    """Why the results are not shown: "" (they are), "few", "after" (the close) or "first" (answer some)."""
    if conversation.state == "open" and conversation.results == "after":
        return "after"
    if picture is None or picture.people < least_of(conversation):
        return "few"
    if conversation.state == "open" and answered < own_answers(conversation, offered):
        return "first"
    return ""


def own_answers(conversation: Conversation, offered: int) -> int:
    """How many one answers before seeing what others say."""
    return min(int(rulebook.value("councils.opinions.own_answers", at=conversation.place)), offered)

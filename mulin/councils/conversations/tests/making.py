"""Conversations for tests: opened by the clerk, answered by many browsers."""

import secrets
from datetime import timedelta

from mulin.councils.conversations import actions, maps, moderating
from mulin.councils.conversations.models import Conversation, Opinion, Participant
from mulin.councils.tests.opinion_worlds import camps
from mulin.kernel.clock import today
from mulin.kernel.secrets import new_secret

SEEDS = [
    "院门口应该划停车位",
    "消防通道上不能停车",
    "先来先停，不要固定车位",
    "外来车晚上可以进来停",
    "停车费应该用来修路",
    "宁可少停车也要多种树",
    "老人和病人的车优先停在楼下",
    "每户只能停一辆",
]
TITLE = "院子里的车怎么停"


def drafted(cast, place="", **more) -> Conversation:
    """A draft of the home community's clerk, with the first statements."""
    more.setdefault("closes_on", today() + timedelta(days=14))
    made = actions.draft_conversation(
        actor=cast.clerk.actor, place=place or cast.clerk.actor.posts[0].place, title=TITLE, **more
    )
    moderating.set_seeds(actor=cast.clerk.actor, number=made.number, texts=SEEDS)
    return made


def opened(cast, **more) -> Conversation:
    made = drafted(cast, **more)
    return actions.open_conversation(actor=cast.clerk.actor, number=made.number)


def answered(conversation: Conversation, rows: list[tuple[int, int, int]]) -> dict[int, int]:
    """Put answers there at once: rows of (person, statement from 0, value). Gives person -> participant."""
    people = {person: Participant(conversation=conversation) for person in dict.fromkeys(r[0] for r in rows)}
    for one in people.values():
        one.key_hash, one.is_fresh = secrets.token_hex(32), True
        one.touches = 0
    for person, _n, _value in rows:
        people[person].touches += 1
    Participant.objects.bulk_create(people.values())
    Opinion.objects.bulk_create(
        (Opinion(participant=people[person], n=n + 1, value=value) for person, n, value in rows),
        batch_size=5000,
    )
    return {person: one.pk for person, one in people.items()}


def two_camps(conversation: Conversation, sizes=(30, 20), noise: float = 0.05) -> dict[int, int]:
    """Two camps that answer everything nearly alike inside, and agree on the second statement."""
    rows = camps(list(sizes), len(SEEDS), noise=noise)
    rows = [(person, n, 1 if n == 1 else value) for person, n, value in rows]
    rows = [(person, n, (1 if person < sizes[0] else -1) if n == 0 else value) for person, n, value in rows]
    return answered(conversation, rows)


def pictured(conversation: Conversation):
    """The picture, made whatever is new."""
    return maps.make_picture(conversation)


def browser() -> str:
    return new_secret()

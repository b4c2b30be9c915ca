"""The picture of a conversation: made from all answers by the engine, stored with what may be read of it.

It is made anew only when several people have answered since the last one: whoever looks before and after
would else read one person's answers as the difference. What is stored for reading has no figure of one to
four people in it, nor one from which such a figure could be worked out.
"""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

import numpy as np
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from mulin.councils import opinions
from mulin.councils.conversations import queries
from mulin.councils.conversations.models import Conversation, Opinion, Picture
from mulin.councils.opinions.findings import Findings, GroupView, Record, percent
from mulin.kernel import jobs, rulebook, suppression
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.models import Job

CHUNK = 20_000
SIDES = ("agree", "disagree", "pass")


def read_votes(conversation: Conversation) -> opinions.Votes:
    """All answers, those to statements that were taken down counting only as having taken part."""
    rows = Opinion.objects.filter(participant__conversation=conversation)
    flat = chain.from_iterable(rows.values_list("participant_id", "n", "value").iterator(chunk_size=CHUNK))
    table = np.fromiter(flat, np.int64).reshape(-1, 3)
    states = dict(conversation.statements.values_list("n", "state"))
    known = [n for n, state in states.items() if state == "shown"]
    left_out = [n for n, state in states.items() if state == "rejected"]
    return opinions.from_arrays(table[:, 0], table[:, 1], table[:, 2], known=known, left_out=left_out)


def is_due(conversation: Conversation) -> bool:
    """Whether a new picture would say something new, and could not show what a single person said."""
    counted = conversation.participants.aggregate(
        touches=Sum("touches"), fresh=Count("pk", filter=Q(is_fresh=True))
    )
    return _is_due(conversation, counted["touches"] or 0, counted["fresh"])


def _is_due(conversation: Conversation, touches: int, fresh: int) -> bool:
    picture = queries.picture_of(conversation)
    new = touches - (picture.touches if picture else 0)
    if conversation.state == "closed":
        return new > 0 or (picture is None and touches > 0)
    least = int(rulebook.value("councils.opinions.renew_answers", at=conversation.place))
    return conversation.state == "open" and new >= least and fresh >= suppression.LIMIT


def renew(conversation: Conversation) -> Picture | None:
    """Make the picture anew if it is due; the picture that stands then."""
    return make_picture(conversation) if is_due(conversation) else queries.picture_of(conversation)


def make_picture(conversation: Conversation) -> Picture:
    """Work it out, from the memory of the last one, and store it. Seconds for thousands of people, so outside
    a transaction; several at a time do no harm, the last one stands."""
    with write():
        # Who answers from here on is fresh for the next picture, even where this one has it already.
        touches = conversation.participants.aggregate(n=Sum("touches"))["n"] or 0
        conversation.participants.filter(is_fresh=True).update(is_fresh=False)
    last = queries.picture_of(conversation)
    votes = read_votes(conversation)
    memory = opinions.Memory.from_json(last.memory) if last and last.memory else None
    found = opinions.make_map(votes, memory)
    weights = opinions.statement_weights(votes, found)
    values = {
        "made_at": now(),
        "people": len(votes.participants),
        "touches": touches,
        "weights": {str(n): round(weight, 6) for n, weight in weights.items()},
        "memory": found.memory.as_json(),
        "shown": shown(votes, found),
    }
    with write():
        return Picture.objects.update_or_create(conversation=conversation, defaults=values)[0]


def shown(votes: opinions.Votes, found: opinions.OpinionMap) -> dict[str, Any]:
    """What may be read of it, as plain JSON. A figure that must stay covered is None."""
    said = opinions.find(votes, found)
    sizes = suppression.protect({one.number: one.people for one in said.groups})
    records = {one.statement: _record(one) for one in said.records}
    return {
        "people": said.people,
        "placed": said.placed,
        "answers": len(votes),
        "statements": votes.shape[1],
        "clarity": said.clarity,
        "share": [round(one, 3) for one in found.share],
        "bubbles": [
            [round(one.x, 3), round(one.y, 3), one.people, one.group] for one in opinions.bubbles_of(found)
        ],
        "groups": [_group(one, one.number in sizes) for one in said.groups],
        **_together_and_apart(said, records),
        "records": list(records.values()),
    }


def _group(one: GroupView, is_covered: bool) -> dict[str, Any]:
    return {
        "letter": one.letter,
        "people": None if is_covered else one.people,
        "percent": None if is_covered else one.percent_of_all,
        "holds": [
            {
                "n": held.statement,
                "side": held.side,
                "percent": held.percent,
                "elsewhere": held.percent_elsewhere,
            }
            for held in one.holds
        ],
    }


def _together_and_apart(said: Findings, records: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    """What all hold and where they differ. What is covered in a statement's record is covered here too."""

    common = {one.statement for one in said.shared}

    def shares(found: Iterable[Any]) -> list[list[Any]]:
        return [[one.letter, one.percent] for one in found]

    return {
        "shared": [
            {
                "n": one.statement,
                "side": one.side,
                "percent": records[one.statement][one.side],
                "lowest": one.lowest,
                "shares": shares(one.shares),
            }
            for one in said.shared
        ],
        "divided": [
            {
                "n": one.statement,
                "most": one.most,
                "least": one.least,
                "gap": one.gap,
                "shares": shares(one.shares),
            }
            for one in said.divided
            if one.statement not in common  # all hold it, some more than others: no difference to a reader
        ],
    }


def _record(one: Record) -> dict[str, Any]:
    """One statement's shares. One to four people on a side are not shown, nor what gives them away; that
    there is a majority may always be said."""
    counts = dict(zip(SIDES, (one.agrees, one.disagrees, one.passes), strict=True))
    hidden: Mapping[Any, str] = (
        suppression.protect(counts) if one.seen >= suppression.LIMIT else dict.fromkeys(SIDES, "small")
    )
    shares = {side: None if side in hidden else percent(n, one.seen) for side, n in counts.items()}
    return {
        "n": one.statement,
        "seen": one.seen if one.seen >= suppression.LIMIT else None,
        **shares,
        "majority": one.majority,
        "against": list(one.minority_groups),
    }


# The worker ---------------------------------------------------------------------------------------------


def renew_all() -> int:
    """What the worker does again and again: new pictures where they are due; how many."""
    made = 0
    alive = Conversation.objects.filter(state__in=["open", "closed"]).annotate(
        touched=Sum("participants__touches"),
        fresh=Count("participants", filter=Q(participants__is_fresh=True)),
    )
    for conversation in list(alive.filter(touched__gt=0)):
        if _is_due(conversation, conversation.touched, conversation.fresh):
            make_picture(conversation)
            made += 1
    return made


def picture_job(job: Job, progress: jobs.Progress, *, number: str) -> dict[str, Any]:
    """A picture on demand. Raises not-due: too little is new, so it would show what single people said."""
    conversation = Conversation.objects.get(number=number)
    if not is_due(conversation):
        raise ActionError("not-due", not_due())
    return {"people": make_picture(conversation).people}


def not_due() -> str:
    return _("新的表态还不多。至少有5个人新表了态才重算，免得前后一比看出是谁。")

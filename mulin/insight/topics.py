"""Hot topics of every street over the last 30 days, found by the worker with the engine of `voices`."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from mulin.insight.models import PUBLIC, STAFF, HotLook, HotTopic
from mulin.kernel import clock, codes, counters
from mulin.kernel.db import write
from mulin.voices.hot import Message, topics
from mulin.voices.models import Matter, Voice
from mulin.voices.queries import public_matters

DAYS = 30
EVERY = 30 * 60
KEPT = 20
LARGEST = 3000
STREET = 9


def refresh(seconds: float = 1.0) -> int:
    """Look again at streets in which somebody spoke and that nobody looked at for a while, the longest wait
    first; forget the topics of the others. Returns how many streets were looked at.

    Stops after a second or so, because the worker has other things to do; it goes on at the next call. The
    worker calls it; nothing else writes these tables.
    """
    today, began = clock.today(), time.monotonic()
    since = today - timedelta(days=DAYS - 1)
    spoke = counters.read(codes.COUNTRY, ["voices.in"], since, today, by=("node",), children=STREET)
    streets = {node for node, n in spoke if n > 0}
    looked = dict(HotLook.objects.values_list("place", "looked_at"))
    if gone := looked.keys() - streets:
        with write():
            HotTopic.objects.filter(place__in=gone).delete()
            HotLook.objects.filter(place__in=gone).delete()
    recent = clock.ago(seconds=EVERY)
    waiting = [street for street in streets if street not in looked or looked[street] < recent]
    done = 0
    for street in sorted(waiting, key=lambda one: (one in looked, looked.get(one), one)):
        refresh_street(street)
        done += 1
        if time.monotonic() - began > seconds:
            break
    return done


def refresh_street(street: str) -> None:
    """Replace the topics of one street."""
    since = clock.ago(days=DAYS)
    made = [row for audience, find in SOURCES for row in _rows(street, audience, list(find(street, since)))]
    with write():
        HotTopic.objects.filter(place=street).delete()
        HotTopic.objects.bulk_create(made)
        HotLook.objects.update_or_create(place=street, defaults={"looked_at": clock.now()})


def _rows(street: str, audience: str, messages: list[Message]) -> Iterator[HotTopic]:
    places = {message.id: message.place for message in messages}
    for topic in topics(messages, top=KEPT):
        inside = Counter(places[one] for one in topic.ids)
        yield HotTopic(
            place=street,
            audience=audience,
            label=topic.label[:80],
            n=topic.count,
            score=topic.score,
            since=topic.since,
            until=topic.until,
            communities=dict(inside),
        )


def _first_id(since: datetime) -> UUID:
    """The smallest id that can have been made at a moment: ids are ordered by time, so the index that ends
    with the id finds the latest rows without reading the older ones."""
    return UUID(int=int(since.timestamp() * 1000) << 80)


def said(street: str, since: datetime) -> Iterator[Message]:
    """What people said in a street: voices that stand, of matters that are not restricted."""
    low, high = codes.bounds(street)
    rows = (
        Voice.objects.filter(place__gte=low, place__lt=high, id__gte=_first_id(since), created_at__gte=since)
        .filter(state="received", matter__restriction="")
        .order_by("-id")
        .values_list("id", "matter__title", "text_masked", "text", "created_at", "happened_at", "place")
    )
    for voice, title, masked, text, created, happened, place in rows[:LARGEST]:
        yield Message(str(voice), title, happened or created, masked or text, place)


def published(street: str, since: datetime) -> Iterator[Message]:
    """The same with published words only: one message a voice, each with its matter's published text."""
    shown = public_matters(street).filter(id__in=_lately(street, since))
    words = {m.id: (m.public_title, m.public_text) for m in shown[:LARGEST]}
    rows = Voice.objects.filter(matter__in=words, state="received", created_at__gte=since)
    for voice, matter, created, place in rows.values_list("id", "matter_id", "created_at", "place")[:LARGEST]:
        title, text = words[matter]
        yield Message(str(voice), title, created, text, place)


def _lately(street: str, since: datetime):
    low, high = codes.bounds(street)
    return Matter.objects.filter(
        place__gte=low, place__lt=high, id__gte=_first_id(since), created_at__gte=since
    ).values("id")


SOURCES = ((STAFF, said), (PUBLIC, published))

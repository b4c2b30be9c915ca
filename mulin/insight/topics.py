"""Hot topics of every street over the last 30 days, found by the worker with the engine of `voices`."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from mulin.insight.heat import first_id
from mulin.insight.models import PUBLIC, STAFF, HotLook, HotTopic
from mulin.kernel import clock, codes, counters
from mulin.kernel.db import write
from mulin.places.models import Site
from mulin.places.queries import name_of
from mulin.voices.hot import SUFFIXES, Message, topics
from mulin.voices.models import Matter, Voice
from mulin.voices.queries import catalogue, public_matters

DAYS = 30
EVERY = 30 * 60
KEPT = 20
LARGEST = 3000
STREET = 9
SHORTEST = 2
_PLACE_END = re.compile(f"(?:{SUFFIXES})$")


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


def _rows(street: str, audience: str, messages: list[Message]) -> list[HotTopic]:
    """The topics of messages whose matter and place can be told; what many said at one place about all sorts
    of things is no topic. What comes out with one label is one."""
    by_id = {message.id: message for message in messages}
    naming = Naming(street)
    found: dict[str, HotTopic] = {}
    for topic in topics(messages, top=KEPT):
        inside = [by_id[one] for one in topic.ids]
        label = naming.label(topic.label, inside)[:80]
        communities = Counter(message.place for message in inside)
        if label in found:
            known = found[label]
            known.n += topic.count
            known.since, known.until = min(known.since, topic.since), max(known.until, topic.until)
            known.communities = dict(communities + Counter(known.communities))
        elif label:
            found[label] = HotTopic(
                place=street,
                audience=audience,
                label=label,
                n=topic.count,
                score=topic.score,
                since=topic.since,
                until=topic.until,
                communities=dict(communities),
            )
    return list(found.values())


class Naming:
    """What a topic of one street is called: the place, a colon, the matter.

    The engine finds names in what people wrote, so they may be cut ("堰花园") or no place at all
    ("油烟扰民"); and the words it adds are pieces of sentences. So the place is one that exists, and the
    matter is what the voices were filed under, wherever most of them agree.
    """

    def __init__(self, street: str):
        low, high = codes.bounds(street)
        sites = Site.objects.filter(community__gte=low, community__lt=high).exclude(kind="grid")
        self.places = sorted({name for name in sites.values_list("name", flat=True) if len(name) >= SHORTEST})
        self.words = catalogue()

    def label(self, engine: str, messages: list[Message]) -> str:
        """Empty when it cannot be said what the matter is."""
        name, _colon, pieces = engine.partition("：")  # untranslated: the engine puts it there
        matter = self._matter(messages) or (pieces if self._place(name, messages) else name)
        if not matter:
            return ""
        return f"{self._place(name, messages) or self._community(messages)}：{matter}"

    def _matter(self, messages: list[Message]) -> str:
        """The category of most, or the two that are most together."""
        filed = Counter(message.category for message in messages if message.category).most_common(2)
        held, names = 0, []
        for code, n in filed:
            held += n
            names.append(self.words.name(code))
            if held > len(messages) / 2:
                return "、".join(names)
        return ""

    def _place(self, name: str, messages: list[Message]) -> str:
        """The place that exists and that most of the voices name, for a name that is a piece of its own."""
        fit = [one for one in self.places if name in one or (one in name and name.endswith(one))]
        texts = [f"{message.subject}\n{message.body}" for message in messages]
        named = Counter(one for one in fit for text in texts if one in text)
        if named:
            return max(named, key=lambda one: (named[one], len(one), one))
        return name if _PLACE_END.search(name) else ""

    def _community(self, messages: list[Message]) -> str:
        (code, _n), *_rest = Counter(message.place for message in messages).most_common(1)
        return name_of(code)


def said(street: str, since: datetime) -> Iterator[Message]:
    """What people said in a street: voices that stand, of matters that are not restricted."""
    low, high = codes.bounds(street)
    rows = (
        Voice.objects.filter(place__gte=low, place__lt=high, id__gte=first_id(since), created_at__gte=since)
        .filter(state="received", matter__restriction="")
        .order_by("-id")
        .values_list(
            "id", "matter__title", "text_masked", "text", "created_at", "happened_at", "place",
            "matter__category",
        )
    )  # fmt: skip
    for voice, title, masked, text, created, happened, place, category in rows[:LARGEST]:
        yield Message(str(voice), title, happened or created, masked or text, place, category)


def published(street: str, since: datetime) -> Iterator[Message]:
    """The same with published words only: one message a voice, each with its matter's published text."""
    shown = public_matters(street).filter(id__in=_lately(street, since))
    words = {m.id: (m.public_title, m.public_text, m.category) for m in shown[:LARGEST]}
    rows = Voice.objects.filter(matter__in=words, state="received", created_at__gte=since)
    for voice, matter, created, place in rows.values_list("id", "matter_id", "created_at", "place")[:LARGEST]:
        title, text, category = words[matter]
        yield Message(str(voice), title, created, text, place, category)


def _lately(street: str, since: datetime):
    low, high = codes.bounds(street)
    return Matter.objects.filter(
        place__gte=low, place__lt=high, id__gte=first_id(since), created_at__gte=since
    ).values("id")


SOURCES = ((STAFF, said), (PUBLIC, published))

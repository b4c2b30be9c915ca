"""For groups that send delegates, and for histories that lead to decisions: what there is, by providers.

`gatherings`: to what a group can send delegates now; `told`: what it was called and what came of it;
`…_numbered`, `resolutions_told`: a decision by its number, and how it reads where it is linked."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from mulin.councils.meetings import queries as meetings
from mulin.councils.meetings import showing
from mulin.councils.meetings.models import Meeting
from mulin.councils.results.models import Resolution
from mulin.councils.topics import queries as topics
from mulin.kernel import clock

Told = dict[str, Any]
MOST = 40


def gatherings(place: str) -> list[Told]:
    """Coming meetings and running topics of a community: [{kind, id, number, title, url, when, thread}]."""
    found = [
        {
            "kind": "meeting", "id": one.pk, "number": one.number, "title": one.title, "thread": one.thread,
            "url": reverse("councils:meeting", args=[one.number]), "when": showing.when(one.begins_at),
        }
        for one in meetings.upcoming(place, MOST)
    ]  # fmt: skip
    running = topics.public_topics(place).filter(state="running")[:MOST]
    return found + [
        {
            "kind": "topic", "id": one.pk, "number": one.number, "title": one.title, "thread": one.thread,
            "url": reverse("councils:topic", args=[one.number]), "when": "",
        }
        for one in running
    ]  # fmt: skip


def told(pairs: Iterable[tuple[str, UUID]]) -> dict[UUID, Told]:
    """What these are called, with the decision that came of them once it is published. Three statements."""
    ids: dict[str, set[UUID]] = {"meeting": set(), "topic": set()}
    for kind, pk in pairs:
        ids[kind].add(pk)
    found: dict[UUID, Told] = {}
    about: dict[UUID, UUID] = {}
    for one in meetings.announced().filter(pk__in=ids["meeting"]) if ids["meeting"] else ():
        found[one.pk] = {"title": one.title, "url": reverse("councils:meeting", args=[one.number])}
        if one.topic_id:
            about[one.pk] = one.topic_id
        elif one.state == "published" and one.published_at:
            found[one.pk] |= _minuted(one)
    for one in topics.public_topics().filter(pk__in=ids["topic"]) if ids["topic"] else ():
        found[one.pk] = {"title": one.title, "url": reverse("councils:topic", args=[one.number])}
        about[one.pk] = one.pk
    decided = {one.topic_id: one for one in _published().filter(topic__in=set(about.values()))}
    for pk, topic in about.items():
        if topic in decided:
            found[pk] |= _decided(decided[topic])
    return found


def _minuted(meeting: Meeting) -> Told:
    return {
        "outcome": _("会开过了，记录公布了"),
        "outcome_url": reverse("councils:meeting", args=[meeting.number]),
        "outcome_on": clock.day_of(meeting.published_at),
    }


def _decided(one: Resolution) -> Told:
    return {
        "outcome": _("有了决议“%(title)s”") % {"title": one.title},
        "outcome_url": reverse("councils:resolution", args=[one.number]),
        "outcome_on": clock.day_of(one.published_at),
    }


def _published():
    return Resolution.objects.filter(state="published", published_at__isnull=False)


def topic_numbered(number: str) -> UUID | None:
    """The id of an announced topic."""
    return topics.public_topics().filter(number=number).values_list("pk", flat=True).first()


def resolution_numbered(number: str) -> UUID | None:
    """The id of a published resolution."""
    return _published().filter(number=number).values_list("pk", flat=True).first()


def resolutions_told(ids: Collection[UUID]) -> list[dict[str, str]]:
    """What published resolutions say of themselves where something grew out of them."""
    return [
        {
            "title": one.title,
            "url": reverse("councils:resolution", args=[one.number]),
            "kind": str(_("决议")),
        }
        for one in _published().filter(pk__in=ids)
    ]


PROVIDERS = {
    "councils.gatherings": gatherings,
    "councils.gatherings_told": told,
    "number.councils.topic": topic_numbered,
    "number.councils.resolution": resolution_numbered,
    "thread.councils.resolution": resolutions_told,
}

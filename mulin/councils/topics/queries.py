"""Reads about topics: announced ones for everybody, drafts too for who may see them at the desk."""

from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from mulin.councils.topics import access
from mulin.councils.topics.models import Step, Topic
from mulin.kernel import codes
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import clean_number

STEPS = Prefetch("steps", queryset=Step.objects.order_by("position"))


def visible_topics(actor: Actor) -> QuerySet[Topic]:
    """Topics that the actor sees at the desk, drafts too, newest first."""
    return Topic.objects.filter(access.visible_q(actor)).order_by("-id")


def manageable_topics(actor: Actor) -> QuerySet[Topic]:
    """Topics that the actor may run, newest first."""
    return Topic.objects.filter(access.manageable_q(actor)).order_by("-id")


def get_topic(actor: Actor, number: str) -> Topic:
    """One of the topics that the actor sees at the desk, or NotVisible (404)."""
    found = visible_topics(actor).select_related("matter", "org").filter(number=clean_number(number)).first()
    if found is None:
        raise NotVisible(number)
    return found


def locked_topic(actor: Actor, number: str) -> Topic:
    """The same, locked until the transaction ends."""
    seen = get_topic(actor, number)
    return Topic.objects.select_for_update().get(pk=seen.pk)


def public_topics(place: str = "") -> QuerySet[Topic]:
    """Announced topics, running, done or stopped. With a place: those of the place itself and of the street
    and district above it."""
    found = Topic.objects.exclude(state="draft")
    if place:
        found = found.filter(place__in=[place, *codes.parents(place)])
    return found.order_by("-id")


def public_topic(number: str) -> Topic:
    """One announced topic as everybody may see it, or NotVisible (404)."""
    found = public_topics().select_related("matter", "org").filter(number=clean_number(number)).first()
    if found is None:
        raise NotVisible(number)
    return found


def steps_of(topic: Topic) -> list[Step]:
    """The steps of a topic in their order, each with its topic at hand."""
    found = list(topic.steps.order_by("position"))
    for step in found:
        step.topic = topic
    return found


def result_of(topic: Topic, key: str) -> dict[str, Any]:
    """What came out of an earlier step, as plain JSON; empty while it is not over, or where there is none."""
    found = topic.steps.filter(key=key).values_list("result", flat=True).first()
    return dict(found or {})


def step_of_record(record: Any) -> Step | None:
    """The step that works with a record, with its topic."""
    return Step.objects.select_related("topic").filter(record=record).first()


def search(topics: QuerySet[Topic], text: str) -> QuerySet[Topic]:
    """Topics whose title, summary or number holds a text."""
    text = text.strip()
    if not text:
        return topics
    number = clean_number(text)
    found = Q(title__icontains=text) | Q(summary__icontains=text)
    return topics.filter(found | Q(number=number) if number else found)


def running_steps(topics: QuerySet[Topic]) -> QuerySet[Topic]:
    """The same topics with their steps at hand: two statements however many they are."""
    return topics.prefetch_related(STEPS)

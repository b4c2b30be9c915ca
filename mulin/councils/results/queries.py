"""Reads of this part: what pages, steps and lists show."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from mulin.councils.results.models import Concern, Finding, Resolution, TopicOption, Work, WorkNote
from mulin.councils.topics.models import Step, Topic
from mulin.kernel import clock, codes, registry
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import clean_number


def step_of(topic: Topic, kind: str, key: str = "") -> Step | None:
    """The step of a kind that is asked for by its key, else the one that is open, else the last one that was,
    else the first to come."""
    rows = list(topic.steps.filter(kind=kind).order_by("position"))
    if wanted := [one for one in rows if one.key == key]:
        return wanted[0]
    opened = [one for one in rows if one.state == "open"]
    over = [one for one in rows if one.state == "done"]
    return (opened or over[-1:] or rows or [None])[0]


def steps_of(topic: Topic, kind: str) -> list[Step]:
    """All steps of a kind that have begun, in their order."""
    return list(topic.steps.filter(kind=kind, state__in=("open", "done")).order_by("position"))


# study ------------------------------------------------------------------------------------------------


def study_questions(step: Step | None) -> list[dict[str, Any]]:
    """What is to be found out: what the process asks, and what those who run the topic added."""
    if step is None:
        return []
    return [*step.settings.get("questions", []), *step.data.get("questions", [])]


def answered_keys(step: Step) -> set[str]:
    """The questions of a study that have a finding."""
    found = Finding.objects.filter(step=step).exclude(question="")
    return set(found.values_list("question", flat=True))


def findings(topic: Topic) -> list[Finding]:
    return list(topic.findings.order_by("id"))


# options ----------------------------------------------------------------------------------------------


def as_row(option: TopicOption) -> dict[str, Any]:
    """An option as the steps behind this one take it."""
    names = ("key", "title", "text", "cost", "gains", "loses", "picture")
    return {name: getattr(option, name) for name in names}


def options_of(step: Step | None) -> list[TopicOption]:
    return list(step.options.order_by("position", "id")) if step else []


# concerns ---------------------------------------------------------------------------------------------


def concerns_of(topic: Topic) -> list[Concern]:
    """All of a topic, the waiting ones first, each with the one it repeats."""
    rows = list(topic.concerns.select_related("joined_to").order_by("id"))
    return sorted(rows, key=lambda one: (one.state != "waiting", one.pk))


@dataclass(frozen=True, slots=True)
class Answered:
    """What everybody reads of one objection or question. `repeats`: how many others said the same."""

    number: str
    kind: str
    text: str
    answer: str
    repeats: int


@dataclass(frozen=True, slots=True)
class PublicConcerns:
    """`answered` with their answers; of the others only how many."""

    answered: list[Answered]
    waiting: int
    hidden: int


def public_concerns(topic: Topic | None) -> PublicConcerns:
    """The objections and questions of a topic as its resolution shows them. Two statements."""
    if topic is None:
        return PublicConcerns([], 0, 0)
    rows = topic.concerns.filter(state="answered").annotate(n=Count("repeats")).order_by("id")
    counted = {row["state"]: row["n"] for row in topic.concerns.values("state").annotate(n=Count("id"))}
    answered = [Answered(one.number, one.kind, one.public_text, one.answer, one.n) for one in rows]
    return PublicConcerns(answered, counted.get("waiting", 0), counted.get("hidden", 0))


def waiting_concerns(topic: Topic) -> int:
    return topic.concerns.filter(state="waiting").count()


# resolutions ------------------------------------------------------------------------------------------


def published(places: Iterable[str] = (), q: str = "") -> QuerySet[Resolution]:
    """Resolutions that everybody may read, the latest first. `places`: codes of divisions, each with all that
    lies in it; none: everywhere. `q`: words of the title, the decision or the number."""
    rows = Resolution.objects.filter(state="published")
    where = Q()
    for place in places:
        low, high = codes.bounds(place)
        where |= Q(place__gte=low, place__lt=high)
    return search(rows.filter(where), q).order_by("-published_at", "-id")


def search(rows: QuerySet[Resolution], q: str) -> QuerySet[Resolution]:
    """Those that hold every word that was looked for."""
    for word in q.split()[:6]:
        found = Q(title__icontains=word) | Q(decision__icontains=word) | Q(why__icontains=word)
        if len(clean_number(word)) >= 4:
            found |= Q(number__startswith=clean_number(word))
        rows = rows.filter(found)
    return rows


def public_resolution(number: str) -> Resolution:
    """One that was published, also when it was withdrawn later; NotVisible (404) otherwise."""
    rows = Resolution.objects.select_related("topic").exclude(state="draft")
    found = rows.filter(number=clean_number(number)).first()
    if found is None:
        raise NotVisible(number)
    return found


def resolution_of(topic: Topic) -> Resolution | None:
    """The published resolution of a topic, the latest one."""
    return topic.resolutions.filter(state="published").order_by("-published_at").first()


# works ------------------------------------------------------------------------------------------------


def works_of_topic(topic: Topic) -> list[Work]:
    """Its own and those of its resolutions, what is due first on top."""
    mine = Q(topic=topic) | Q(resolution__topic=topic)
    rows = Work.objects.filter(mine).select_related("org", "matter", "resolution").distinct()
    return _by_day(rows.exclude(resolution__state="withdrawn"))


def works_of(resolution: Resolution) -> list[Work]:
    rows = resolution.works.select_related("org", "matter", "resolution")
    return _by_day(rows)


def _by_day(rows: Iterable[Work]) -> list[Work]:
    return sorted(
        rows, key=lambda one: (one.due_on is None, one.due_on or clock.day_of(one.created_at), one.pk)
    )


def notes_of(works: Iterable[Work]) -> dict[UUID, list[WorkNote]]:
    """The notes of several works, oldest first; one statement."""
    found: dict[UUID, list[WorkNote]] = {one.pk: [] for one in works}
    for note in WorkNote.objects.filter(work__in=found).order_by("id"):
        found[note.work_id].append(note)
    return found


def cases_of(works: Iterable[Work]) -> dict[UUID, dict[str, Any]]:
    """How far the cases are that works became: matter -> {number, state, word, is_open, outcome}. Empty in a
    house without cases."""
    matters = [one.matter_id for one in works if one.matter_id]
    provider = registry.providers().get("cases.progress_of")
    return provider(matters) if provider and matters else {}


def public_works(topic: Topic) -> list[Work]:
    """What residents see of the works: those of a draft that nobody has published stay with its writers."""
    return [one for one in works_of_topic(topic) if one.resolution is None or one.resolution.state != "draft"]


def told(topic: Topic | None) -> set[UUID]:
    """Accounts that spoke about a topic in this part: raised an objection or proposed an option."""
    if topic is None:
        return set()
    asked = Concern.objects.filter(topic=topic, account__isnull=False).values_list("account", flat=True)
    offered = TopicOption.objects.filter(topic=topic, account__isnull=False).values_list("account", flat=True)
    return {*asked, *offered}

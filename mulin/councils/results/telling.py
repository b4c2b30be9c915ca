"""Who is told of what, and what follows from lines of other modules."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from mulin.councils.results import queries
from mulin.councils.results.actions.works import follow_case, is_known
from mulin.councils.results.models import Concern, Resolution, TopicOption, Work
from mulin.councils.topics.models import Step, Topic
from mulin.people.models import Post
from mulin.people.queries import in_force
from mulin.voices import access as voices

FOLLOWED = frozenset({"cases.case.closed", "cases.case.reopened", "cases.case.refused", "cases.case.merged"})
# Posts that may report on what their unit does.
REPORTS = ("group_leader", "clerk", "secretary", "street_officer", "department_officer", "district_officer")
MOST = 200


def follow(entry: Any) -> None:
    """A case that a work became moves the work along."""
    if entry.code in FOLLOWED and entry.matter:
        follow_case(entry.matter, entry.code, entry.data)


def _topic(entry: Any) -> Topic | None:
    """The topic of a line: by its record, whichever it is about."""
    for model in (Resolution, Work, Concern, TopicOption, Step):
        found = model.objects.select_related("topic").filter(pk=entry.subject).first()
        if found is not None:
            return found.topic
    return None


def concerned(entry: Any) -> Iterable[UUID]:
    """Who spoke about the matter that a topic grew out of, and who raised or proposed something in it."""
    topic = _topic(entry)
    if topic is None:
        return []
    spoke = voices.accounts_of(topic.matter_id) if topic.matter_id else []
    return list(dict.fromkeys([*spoke, *queries.told(topic)]))


def owner(entry: Any) -> Iterable[UUID]:
    """People of the unit that has to do a work, once it is more than a plan."""
    work = Work.objects.select_related("resolution", "topic").filter(pk=entry.subject).first()
    return _people_of({work.org_id}) if work and work.org_id and is_known(work) else []


def owners(entry: Any) -> Iterable[UUID]:
    """People of all units that have to do something of a resolution."""
    works = Work.objects.filter(resolution=entry.subject, org__isnull=False)
    return _people_of(set(works.values_list("org", flat=True)))


def _people_of(orgs: set[UUID]) -> list[UUID]:
    here = Q(org__in=orgs, role__in=REPORTS, account__is_active=True)
    rows = Post.objects.filter(in_force()).filter(here)
    return list(rows.values_list("account_id", flat=True).distinct()[:MOST])


def asker(entry: Any) -> Iterable[UUID]:
    """Who raised an objection or a question and wanted to hear of it; also those whose was the same."""
    about = Q(pk=entry.subject) | Q(joined_to=entry.subject)
    return list(Concern.objects.filter(about, account__isnull=False).values_list("account", flat=True))


def proposer(entry: Any) -> Iterable[UUID]:
    rows = TopicOption.objects.filter(pk=entry.subject, account__isnull=False)
    return list(rows.values_list("account", flat=True))


def _of_topic(name: str, entry: Any) -> str:
    topic = _topic(entry)
    return reverse(f"councils:{name}", args=[topic.number]) if topic else "/"


def resolution_page(entry: Any) -> str:
    return reverse("councils:resolution", args=[entry.data.get("number", "0")])


def works_page(entry: Any) -> str:
    return _of_topic("result-works", entry)


def rating_page(entry: Any) -> str:
    return _of_topic("result-rating", entry)


def concern_page(entry: Any) -> str:
    return _of_topic("result-concerns", entry)


def options_page(entry: Any) -> str:
    return _of_topic("result-options", entry)


def work_desk(entry: Any) -> str:
    return reverse("councils_desk:work", args=[entry.data.get("number", "0")])

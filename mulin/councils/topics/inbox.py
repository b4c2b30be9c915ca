"""What waits for those who run topics: steps whose day has come, and matters that a rule sent the way 议."""

import json
from datetime import time

from django.db.models import OuterRef, Q, Subquery, TextField
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.councils.topics import access, calendar, moves, ways
from mulin.councils.topics.definition import spec_of
from mulin.councils.topics.models import Step, Topic
from mulin.kernel import clock, policy, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.registry import InboxItem, InboxSource
from mulin.voices import access as voices
from mulin.voices.models import Matter

END_OF_DAY = time(18, 0)


def step_rows(actor: Actor) -> waiting.Waiting | None:
    """Steps that could begin or end by their day."""
    if not policy.can_somewhere(actor, access.MANAGE):
        return None
    today = clock.today()
    running = Topic.objects.filter(access.manageable_q(actor), state="running")
    due = Q(state="open", ends_on__lte=today) | Q(state="waiting", begins_on__lte=today)
    before = Step.objects.filter(topic=OuterRef("topic")).exclude(state__in=calendar.OVER).order_by()
    found = Step.objects.filter(due, topic__in=running)
    return waiting.rows(
        found,
        ref="pk",
        title="topic__title",
        place="topic__place",
        site="topic__site",
        since=Coalesce("begun_at", "topic__announced_at"),
        fact=waiting.facts(
            state="state",
            key="key",
            title="title",
            begins="begins_on",
            ends="ends_on",
            number="topic__number",
            process=Cast("topic__definition", TextField()),
            to_do=Subquery(before.values("topic").annotate(keys=waiting.Joined("key")).values("keys")),
        ),
    )


def step_item(row: waiting.Row) -> InboxItem | None:
    """None while what it needs is not done yet."""
    found = row.facts
    definition = json.loads(found["process"])
    is_open = found["state"] == "open"
    to_do = set((found["to_do"] or "").split(","))
    if not is_open and to_do & set(spec_of(definition, found["key"]).needs):
        return None
    topic = Topic(number=found["number"], title=row.title, definition=definition)
    step = Step(key=found["key"], title=found["title"])
    word = _("%(topic)s：%(step)s到了结束的日子") if is_open else _("%(topic)s：该开始“%(step)s”了")
    return InboxItem(
        key=f"councils.step:{row.ref}",
        title=word % {"topic": topic.title, "step": moves.title_of(topic, step)},
        url=reverse("councils_desk:topic", args=[topic.number]),
        kind=_("议题"),
        due_at=waiting.on(found["ends"] if is_open else found["begins"], END_OF_DAY),
        since=row.since,
        place=row.place,
        facts={"number": topic.number, "site": row.site, "waits": "topic"},
    )


def matter_rows(actor: Actor) -> waiting.Waiting | None:
    """Open matters whose way is 议 and of which nobody has made a topic yet."""
    if not policy.can_somewhere(actor, access.MANAGE):
        return None
    here = policy.visible(actor, access.MANAGE, voices.MATTER_FIELDS)
    found = Matter.objects.filter(
        here, way="topic", is_open=True, merged_into=None, restriction="", topics=None
    )
    return waiting.rows(found, fact="category")


def matter_item(row: waiting.Row) -> InboxItem:
    return InboxItem(
        key=f"councils.matter:{row.ref}",
        title=_("%(title)s：请选一个流程，和大家商量") % {"title": row.title},
        url=ways.new_url(Matter(number=row.ref)),
        kind=_("议题"),
        since=row.since,
        place=row.place,
        facts={"number": row.ref, "category": row.fact, "waits": "topic"},
    )


SOURCES = (
    InboxSource("topics", gettext_lazy("议题"), rows=step_rows, item=step_item),
    InboxSource("topic-matters", gettext_lazy("议题"), rows=matter_rows, item=matter_item),
)

"""What waits for a worker: objections and questions, options to look at, resolutions to publish, works that
are due."""

from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from mulin.councils.results import access
from mulin.councils.results.models import Concern, Resolution, TopicOption
from mulin.councils.results.states import CONCERN_WORDS
from mulin.kernel import clock, codes, policy, rulebook, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.registry import InboxItem, InboxSource

WIDEST_SOON = 60


def _near(actor: Actor) -> bool:
    """Whether this is the actor's own to do: at a post in a community, or of a unit. Who works above
    communities reads the lists; their inbox would drown."""
    return any(codes.community(post.place) or post.org for post in actor.posts)


def _in_community(actor: Actor) -> bool:
    return any(codes.community(post.place) for post in actor.posts if post.place)


def _mine(actor: Actor, permission: str, fields: policy.Fields) -> Q:
    return policy.visible(actor, permission, fields)


def _days(rule: str, place: str) -> int:
    return int(rulebook.value(rule, at=place))


# objections and questions ------------------------------------------------------------------------------


def concern_rows(actor: Actor) -> waiting.Waiting | None:
    """Objections and questions without an answer."""
    if not _in_community(actor):
        return None
    found = Concern.objects.filter(_mine(actor, access.ANSWER, access.OF_TOPIC), state="waiting")
    fact = waiting.facts(kind="kind", topic="topic__number")
    return waiting.rows(found, title="text", place="topic__place", fact=fact)


def concern_item(row: waiting.Row) -> InboxItem:
    """Due after the days of the rule."""
    found = row.facts
    return InboxItem(
        key=f"councils.concern:{row.ref}",
        title=row.title[:60],
        url=reverse("councils_desk:result-concern", args=[row.ref]),
        kind=CONCERN_WORDS[found["kind"]],
        due_at=row.since + timedelta(days=_days("councils.concern.answer_days", row.place)),
        since=row.since,
        place=row.place,
        facts={"number": found["topic"], "waits": "concern"},
    )


# options ------------------------------------------------------------------------------------------------


def option_rows(actor: Actor) -> waiting.Waiting | None:
    """Options of residents that nobody has looked at yet."""
    if not _in_community(actor):
        return None
    found = TopicOption.objects.filter(_mine(actor, access.OPTIONS, access.OF_TOPIC), state="proposed")
    found = found.filter(step__state="open")
    return waiting.rows(found, ref="pk", place="topic__place", fact="topic__number")


def option_item(row: waiting.Row) -> InboxItem:
    return InboxItem(
        key=f"councils.option:{row.ref}",
        title=row.title,
        url=reverse("councils_desk:result-options", args=[row.fact]),
        kind=_("方案"),
        since=row.since,
        place=row.place,
        facts={"number": row.fact, "waits": "option"},
    )


# resolutions --------------------------------------------------------------------------------------------


def resolution_rows(actor: Actor) -> waiting.Waiting | None:
    """Drafts that say what was decided and are not published; an empty one waits for whoever writes it."""
    if not _in_community(actor):
        return None
    found = Resolution.objects.filter(_mine(actor, access.PUBLISH, access.OWN), state="draft")
    return waiting.rows(found.exclude(decision="").exclude(why=""))


def resolution_item(row: waiting.Row) -> InboxItem:
    return InboxItem(
        key=f"councils.resolution:{row.ref}",
        title=row.title,
        url=reverse("councils_desk:resolution", args=[row.ref]),
        kind=pgettext("one", "决议"),
        since=row.since,
        place=row.place,
        facts={"number": row.ref, "waits": "resolution"},
    )


# works --------------------------------------------------------------------------------------------------


def work_rows(actor: Actor) -> waiting.Waiting | None:
    """Works that may be due soon or late and that the actor reports on, without those that are cases: their
    case stands in the inbox itself."""
    if not _near(actor) or not policy.can_somewhere(actor, access.REPORT):
        return None
    last = clock.today() + timedelta(days=WIDEST_SOON)
    found = access.works_for(actor).filter(state__in=("planned", "under_way"), matter=None, due_on__lte=last)
    found = found.exclude(resolution__state="draft").exclude(resolution__state="withdrawn")
    if not _in_community(actor):
        found = found.filter(org__in=actor.orgs)
    return waiting.rows(found, due_at=waiting.day("due_on"))


def work_item(row: waiting.Row) -> InboxItem | None:
    """None before the days of the rule of its place have begun."""
    due = row.due()
    if clock.day_of(due) > clock.today() + timedelta(days=_days("councils.work.due_soon", row.place)):
        return None
    return InboxItem(
        key=f"councils.work:{row.ref}",
        title=row.title,
        url=reverse("councils_desk:work", args=[row.ref]),
        kind=_("落实"),
        due_at=due,
        since=row.since,
        place=row.place,
        facts={"number": row.ref, "waits": "work"},
    )


SOURCES = (
    InboxSource("concerns", gettext_lazy("等答复的反对意见和疑问"), rows=concern_rows, item=concern_item),
    InboxSource("options", gettext_lazy("等核对的方案"), rows=option_rows, item=option_item),
    InboxSource("resolutions", gettext_lazy("等公布的决议"), rows=resolution_rows, item=resolution_item),
    InboxSource("works", gettext_lazy("到期的落实"), rows=work_rows, item=work_item),
)

"""What a community's home says of all parts: what one can take part in now, what is under way, and what was
decided. Every part gives rows; the home reads all of them in two statements."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Exists, F, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.councils.canvasses.models import Canvass, Canvasser
from mulin.councils.conversations.models import Conversation
from mulin.councils.meetings import showing
from mulin.councils.meetings.catalogue import word
from mulin.councils.meetings.models import Meeting
from mulin.councils.meetings.queries import COMING_SINCE
from mulin.councils.results.models import Resolution, Work
from mulin.councils.results.words import on_day
from mulin.councils.rosters.models import Roster
from mulin.councils.topics import moves, reading
from mulin.councils.topics.models import Step, Topic
from mulin.councils.upward import states as upward
from mulin.councils.upward.models import Proposal
from mulin.councils.votes import states as votes
from mulin.councils.votes.kinds import moment
from mulin.councils.votes.models import Vote
from mulin.kernel import clock, codes, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.registry import Door, DoorSource

Rows = Callable[[Actor, str], waiting.Waiting]


def _around(place: str) -> set[str]:
    return {place, *codes.parents(place)}


def _day(at: Any) -> str:
    return on_day(clock.day_of(at))


def _page(name: str, number: str) -> str:
    return reverse(f"councils:{name}", args=[number])


# what one can take part in now -------------------------------------------------------------------------


def vote_rows(actor: Actor, place: str) -> waiting.Waiting:
    found = Vote.objects.filter(place__in=_around(place), state__in=("notice", "open"))
    fact = waiting.facts(state="state", body="body", opens="opens_at", topic="topic__number")
    return waiting.rows(found, due_at="closes_at", fact=fact)


def vote_door(row: waiting.Row) -> Door:
    """Announced ones too: one wants to know before the box opens."""
    found = row.facts
    is_open = found["state"] == "open"
    until = _("%(day)s截止") % {"day": moment(row.due_at)}
    begins = _("%(day)s开始") % {"day": moment(waiting.moment(found["opens"]))}
    line = f"{votes.BODY_WORDS[found['body']]} · {until if is_open else begins}"
    url = _page("vote", row.ref)
    return Door(row.title, url, _("表决"), "vote", line, found["topic"] or row.ref, is_open)


def conversation_rows(actor: Actor, place: str) -> waiting.Waiting:
    found = Conversation.objects.filter(place__in=_around(place), state="open", closes_on__gte=clock.today())
    fact = waiting.facts(open_to="open_to", topic="topic__number")
    return waiting.rows(found, due_at=waiting.day("closes_on"), fact=fact)


def conversation_door(row: waiting.Row) -> Door:
    found, until = row.facts, {"day": on_day(row.due().date())}
    only = found["open_to"] == "verified"
    line = _("%(day)s前认证住户都可以表态") if only else _("%(day)s前都可以表态，一句一下，不用登记")
    url = _page("conversation", row.ref)
    return Door(row.title, url, _("听意见"), "chat", line % until, found["topic"] or row.ref)


def meeting_rows(actor: Actor, place: str) -> waiting.Waiting:
    since = clock.now() - COMING_SINCE
    found = Meeting.objects.filter(place__in=_around(place), state="announced", begins_at__gte=since)
    fact = waiting.facts(type="type", venue="venue", topic="topic__number")
    return waiting.rows(found, due_at="begins_at", fact=fact)


def meeting_door(row: waiting.Row) -> Door:
    found = row.facts
    line = " · ".join(filter(None, (showing.when(row.due_at), found["venue"])))
    url = _page("meeting", row.ref)
    return Door(row.title, url, word(found["type"]), "calendar", line, found["topic"] or row.ref)


def roster_rows(actor: Actor, place: str) -> waiting.Waiting:
    """Rosters of which one can still say that they are wrong. Once a vote on one has begun, the vote is what
    one takes part in, and its page leads to the roster."""
    found = Roster.objects.filter(
        place__in=_around(place), state="frozen", objections_until__gte=clock.today()
    ).exclude(corrections__state="frozen")
    begun = Vote.objects.filter(roster=OuterRef("pk")).exclude(state__in=("draft", "notice"))
    found = found.filter(~Exists(begun))
    return waiting.rows(found, due_at=waiting.day("objections_until"))


def roster_door(row: waiting.Row) -> Door:
    line = _("请核对有没有写错，提异议到 %(day)s") % {"day": on_day(row.due().date())}
    return Door(row.title, _page("roster", row.ref), _("名册"), "list", line, row.ref)


def canvass_rows(actor: Actor, place: str) -> waiting.Waiting:
    """Running canvasses; whether the person knocks on doors for one."""
    found = Canvass.objects.filter(place=place, state="running")
    mine = Canvasser.objects.filter(canvass=OuterRef("pk"), account=actor.account, role="canvasser")
    is_mine = Exists(mine) if actor.account else Value(False)
    return waiting.rows(found, fact=waiting.facts(mine=is_mine, topic="topic__number"))


def canvass_door(row: waiting.Row) -> Door:
    found = row.facts
    page, line = "canvass", _("熟人在走访，也可以自己来说")
    if found["mine"]:
        page, line = "canvass-doors", _("我今天走哪几户")
    return Door(row.title, _page(page, row.ref), _("敲门行动"), "home", line, found["topic"] or row.ref)


def option_rows(actor: Actor, place: str) -> waiting.Waiting:
    """Topics that collect options from residents."""
    found = Step.objects.filter(
        topic__place__in=_around(place),
        topic__state="running",
        kind="options",
        state="open",
        settings__residents=True,
    )
    fact = waiting.facts(key="key", process=Cast("topic__definition", TextField()))
    due = waiting.day("ends_on")
    return waiting.rows(
        found, ref="topic__number", title="topic__title", place="topic__place", due_at=due, fact=fact
    )


def option_door(row: waiting.Row) -> Door | None:
    """None where the process shows this step to nobody yet."""
    found = row.facts
    topic = Topic(number=row.ref, title=row.title, definition=json.loads(found["process"]))
    spec = moves.spec_of(topic.definition, found["key"])
    if spec.shows != "always":
        return None
    line = _("看看有哪些方案，也可以提一个")
    return Door(row.title, _page("result-options", row.ref), _("方案"), "list", line, row.ref)


def topic_rows(actor: Actor, place: str) -> waiting.Waiting:
    """Running topics, with their steps."""
    found = Topic.objects.filter(place__in=_around(place), state="running")
    one = Concat(
        Cast("position", TextField()), Value("|"), "key", Value("|"), "state", Value("|"),
        Coalesce(Cast("begins_on", TextField()), Value("", TextField())), output_field=TextField(),
    )  # fmt: skip
    steps = Step.objects.filter(topic=OuterRef("pk")).order_by().values("topic")
    fact = waiting.facts(
        process=Cast("definition", TextField()),
        steps=Subquery(steps.annotate(all=waiting.Joined(one)).values("all")),
    )
    return waiting.rows(found, since=Coalesce("announced_at", "created_at"), fact=fact)


def topic_door(row: waiting.Row) -> Door:
    """Where it stands."""
    found = row.facts
    topic = Topic(number=row.ref, title=row.title, state="running", definition=json.loads(found["process"]))
    line = reading.stands(topic, list(_steps(found["steps"] or "")))
    return Door(row.title, _page("topic", row.ref), _("议题"), "people", line, row.ref, False)


def _steps(text: str) -> Iterable[Step]:
    parts = [one.split("|") for one in text.split(",") if one]
    for position, key, state, begins in sorted(parts, key=lambda part: int(part[0])):
        day = waiting.on(begins or None)
        yield Step(position=int(position), key=key, state=state, begins_on=day.date() if day else None)


# what came out ------------------------------------------------------------------------------------------


def resolution_rows(actor: Actor, place: str) -> waiting.Waiting:
    found = Resolution.objects.filter(place__in=_around(place), state="published")
    works = Work.objects.filter(resolution=OuterRef("pk")).order_by().values("resolution")
    fact = waiting.facts(
        topic="topic__number",
        works=Subquery(works.annotate(all=waiting.Joined(F("state"))).values("all")),
    )
    return waiting.rows(found, since=Coalesce("published_at", "created_at"), fact=fact)


def resolution_door(row: waiting.Row) -> Door:
    """How far what follows from it is; what was given up is not counted."""
    found = row.facts
    works = [state for state in (found["works"] or "").split(",") if state and state != "dropped"]
    line = _("%(day)s公布") % {"day": _day(row.since)}
    if works:
        done = {"all": len(works), "done": works.count("done")}
        line = f"{line} · {_('要办 %(all)s 件，办完 %(done)s 件') % done}"
    url = _page("resolution", row.ref)
    return Door(row.title, url, pgettext("one", "决议"), "document", line, found["topic"] or row.ref, False)


def counted_rows(actor: Actor, place: str) -> waiting.Waiting:
    found = Vote.objects.filter(place__in=_around(place), state="published", published_at__isnull=False)
    return waiting.rows(
        found, since="published_at", fact=waiting.facts(status="status", topic="topic__number")
    )


def counted_door(row: waiting.Row) -> Door:
    found = row.facts
    status = str(votes.STATUS_WORDS.get(found["status"], ""))
    line = " · ".join(filter(None, (status, _("%(day)s公布") % {"day": _day(row.since)})))
    return Door(row.title, _page("vote", row.ref), _("表决"), "vote", line, found["topic"] or row.ref, False)


def concluded_rows(actor: Actor, place: str) -> waiting.Waiting:
    found = Conversation.objects.filter(
        place__in=_around(place), state="published", published_at__isnull=False
    )
    return waiting.rows(found, since="published_at", fact="topic__number")


def concluded_door(row: waiting.Row) -> Door:
    line = _("结论 · %(day)s公布") % {"day": _day(row.since)}
    return Door(
        row.title, _page("conversation-map", row.ref), _("听意见"), "chat", line, row.fact or row.ref, False
    )


def _proposals(*states: str) -> Rows:
    """Proposals that went up and wait there, or that were answered."""

    def rows(actor: Actor, place: str) -> waiting.Waiting:
        found = Proposal.objects.filter(place=place, state__in=states)
        since = Coalesce("ended_at", "sent_at", "created_at")
        return waiting.rows(found, since=since, fact=waiting.facts(state="state", topic="topic__number"))

    return rows


def proposal_door(row: waiting.Row) -> Door:
    found = row.facts
    line = str(upward.STATE_WORDS[found["state"]])
    url = _page("proposal", row.ref)
    return Door(row.title, url, _("民情直通车"), "arrow-up", line, found["topic"] or row.ref, False)


SOURCES = (
    DoorSource("votes", vote_rows, vote_door),
    DoorSource("conversations", conversation_rows, conversation_door),
    DoorSource("meetings", meeting_rows, meeting_door),
    DoorSource("rosters", roster_rows, roster_door),
    DoorSource("canvasses", canvass_rows, canvass_door),
    DoorSource("options", option_rows, option_door),
    DoorSource("topics", topic_rows, topic_door),
    DoorSource("proposals", _proposals("up", "returned"), proposal_door),
    DoorSource("resolutions", resolution_rows, resolution_door, is_over=True),
    DoorSource("votes-counted", counted_rows, counted_door, is_over=True),
    DoorSource("conclusions", concluded_rows, concluded_door, is_over=True),
    DoorSource("proposals-answered", _proposals("answered", "done"), proposal_door, is_over=True),
)

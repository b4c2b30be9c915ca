"""What waits for who matches: incidents first, then needs, checks that end, trials, visits, who offered."""

from datetime import timedelta
from typing import Any

from django.db.models import Max, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.kernel import clock, policy, rulebook, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.registry import InboxItem, InboxSource
from mulin.mutualaid.matching import access, queries, states
from mulin.mutualaid.matching.catalogue import word

KIND = gettext_lazy("互助")


def _item(key: str, row: waiting.Row, title: str, page: str, args: list[Any], **more: Any) -> InboxItem:
    return InboxItem(
        key=f"aid.{key}:{row.ref}",
        title=title,
        url=reverse(f"aid_desk:{page}", args=args),
        kind=KIND,
        since=row.since,
        place=row.place,
        facts={"waits": "aid"},
        **more,
    )


def _days(rule: str, place: str) -> timedelta:
    return timedelta(days=int(rulebook.value(rule, at=place)))


def incident_rows(actor: Actor) -> waiting.Waiting | None:
    if not policy.can_somewhere(actor, access.SEE_INCIDENT):
        return None
    found = access.visible_incidents(actor).filter(state="open").select_related(None)
    return waiting.rows(found, title="what", due_at="created_at")


def incident_item(row: waiting.Row) -> InboxItem:
    title = _("互助中出了情况：%(what)s") % {"what": states.INCIDENTS[row.title]}
    return _item("incident", row, title, "incident", [row.ref], danger=2, due_at=row.due_at)


def need_rows(actor: Actor) -> waiting.Waiting | None:
    """Needs for which nobody is asked yet."""
    if not policy.can_somewhere(actor, access.MANAGE_NEED):
        return None
    found = queries.needs_at_desk(actor).filter(state="asked").exclude(matches__state__in=states.LIVE)
    return waiting.rows(found, title="kind", since="waits_since", fact="name")


def need_item(row: waiting.Row) -> InboxItem:
    what = word(row.title) if row.title else _("还没有分类")
    due = row.since + _days("aid.wait.days", row.place)
    title = _("等着帮忙：%(what)s，%(who)s") % {"what": what, "who": row.fact}
    return _item("need", row, title, "need", [row.ref], due_at=due)


def check_rows(actor: Actor) -> waiting.Waiting | None:
    """Checks of helpers on duty that end soon or have ended."""
    if not policy.can_somewhere(actor, access.MANAGE_HELPER):
        return None
    ending = queries.ending_checks(actor)
    return waiting.rows(ending, title="name", fact=waiting.facts(ends="ends"))


def check_item(row: waiting.Row) -> InboxItem:
    due = waiting.on(row.facts["ends"][:10]) if row.facts["ends"] else row.since
    title = _("无犯罪记录查询快到期，换一份新的：%(who)s") % {"who": row.title}
    return _item("check", row, title, "helper-check", [row.ref], due_at=due)


def helper_rows(actor: Actor) -> waiting.Waiting | None:
    """Who offered and waits for a talk."""
    if not policy.can_somewhere(actor, access.MANAGE_HELPER):
        return None
    found = queries.helpers_at_desk(actor).prefetch_related(None).filter(state="applied")
    return waiting.rows(found, title="name")


def helper_item(row: waiting.Row) -> InboxItem:
    title = _("报名帮忙，等着面谈：%(who)s") % {"who": row.title}
    due = row.since + _days("aid.wait.days", row.place)
    return _item("helper", row, title, "helper", [row.ref], due_at=due)


def trial_rows(actor: Actor) -> waiting.Waiting | None:
    """Trials at whose end nobody has talked with both yet."""
    if not policy.can_somewhere(actor, access.MANAGE_MATCH):
        return None
    soon = clock.today() + timedelta(days=2)
    found = queries.trials_ending(actor, soon).select_related(None)
    return waiting.rows(found, title="need__kind", due_at=waiting.day("trial_until"), fact="need__name")


def trial_item(row: waiting.Row) -> InboxItem:
    title = _("试用到期，和双方聊一聊：%(what)s，%(who)s") % {"what": word(row.title), "who": row.fact}
    return _item("trial", row, title, "match-talk", [row.ref], due_at=row.due())


def visit_rows(actor: Actor) -> waiting.Waiting | None:
    """One row a match where both remember a visit differently."""
    if not policy.can_somewhere(actor, access.MANAGE_MATCH):
        return None
    disputed = Q(visits__state="disputed")
    found = queries.matches_at_desk(actor).select_related(None).filter(disputed)
    found = found.annotate(last=Max("visits__created_at", filter=disputed))
    return waiting.rows(found, title="need__kind", since="last")


def visit_item(row: waiting.Row) -> InboxItem:
    title = _("一次服务双方说法不一：%(what)s") % {"what": word(row.title)}
    return _item("visit", row, title, "match", [row.ref])


SOURCES = (
    InboxSource("aid-incidents", KIND, rows=incident_rows, item=incident_item),
    InboxSource("aid-needs", KIND, rows=need_rows, item=need_item),
    InboxSource("aid-checks", KIND, rows=check_rows, item=check_item),
    InboxSource("aid-helpers", KIND, rows=helper_rows, item=helper_item),
    InboxSource("aid-trials", KIND, rows=trial_rows, item=trial_item),
    InboxSource("aid-visits", KIND, rows=visit_rows, item=visit_item),
)

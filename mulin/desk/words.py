"""Times, clocks and states as the desk says them."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.cases.clocks import NEVER, Shown, confirm_words, remaining
from mulin.kernel import clock, days
from mulin.kernel.registry import InboxItem

SOON = timedelta(hours=24)

STATE_ICONS = {
    "reported": "inbox",
    "found": "pin",
    "accepted": "check",
    "dispatched": "send",
    "in_hand": "settings",
    "done": "question",
    "confirmed": "check",
    "closed": "check-double",
    "returned": "return",
    "merged": "merge",
    "suspended": "pause",
    "refused": "ban",
    "reopened": "refresh",
}
# Ordinary states have no colour; what waits for somebody's word does.
STATE_TONES = {
    "done": "wait",
    "returned": "wait",
    "suspended": "wait",
    "reopened": "wait",
    "confirmed": "done",
    "closed": "done",
}
TONES = {"done": "done", "waiting": "wait", "urgent": "urgent", "wait": "wait"}
LINE_ICONS = {
    "voices.voice.submitted": "voice",
    "voices.voice.added": "plus",
    "voices.voice.corrected": "edit",
    "voices.voice.withdrawn": "undo",
    "voices.matter.me_too": "people",
    "voices.matter.relocated": "pin",
    "voices.matter.recategorised": "tag",
    "voices.matter.facts_edited": "document",
    "voices.matter.published": "eye",
    "voices.matter.hidden": "eye-off",
    "voices.contact.read": "lock",
    "cases.case.facts_found": "document",
    "cases.case.accepted": "check",
    "cases.case.dispatched": "send",
    "cases.case.objected": "return",
    "cases.case.objection_upheld": "hand-over",
    "cases.case.objection_rejected": "return",
    "cases.case.started": "settings",
    "cases.case.harm_stopped": "stop",
    "cases.case.finished": "check",
    "cases.case.confirmed": "check",
    "cases.case.not_solved": "refresh",
    "cases.case.called_back": "phone",
    "cases.case.closed": "check-double",
    "cases.case.reopened": "refresh",
    "cases.case.suspended": "pause",
    "cases.case.suspension_proposed": "pause",
    "cases.case.resumed": "play",
    "cases.case.refused": "ban",
    "cases.case.refusal_proposed": "ban",
    "cases.case.merged": "merge",
    "cases.case.unmerged": "split",
    "cases.case.extended": "clock",
    "cases.case.escalated": "arrow-up",
    "cases.case.overdue": "alert",
    "cases.case.whistled": "whistle",
    "cases.case.whistle_answered": "whistle",
    "cases.case.claimed": "person",
    "cases.case.released": "undo",
    "cases.case.assigned": "hand-over",
    "cases.case.noted": "edit",
    "cases.case.acknowledged": "bell",
    "cases.case.checked": "list",
}


def when(moment: datetime | None) -> str:
    """ "今天 15:20", "昨天 15:20", "11月20日 15:20", and with the year when it is another one."""
    if moment is None:
        return ""
    local = moment.astimezone(clock.zone())
    day = _day(local.date())
    return _("%(day)s %(time)s") % {"day": day, "time": f"{local:%H:%M}"}


def day(value: date | None) -> str:
    return _day(value) if value else ""


def _day(value: date) -> str:
    if days.is_paper():
        return days.day_words(value)
    today = clock.today()
    near = {
        0: pgettext("in a sentence", "今天"), 1: _("昨天"), -1: pgettext("in a sentence", "明天")
    }.get((today - value).days)  # fmt: skip
    if near:
        return near
    return days.day_words(value)


def due_clock(case: Any) -> dict[str, Any] | None:
    """The clock of a row: what `decorate` worded, coloured when it is over or will be within a day."""
    if not case.due_words:
        return None
    if case.state == "done":
        return _confirm_clock(case.due_at)
    if case.state == "suspended":
        tone = ""
    elif case.is_overdue:
        tone = "urgent"
    else:
        tone = "wait" if case.due_at - clock.now() < SOON else ""
    icon = "calendar" if case.state == "suspended" else "clock"
    return {"text": case.due_words, "tone": tone, "at": case.due_at, "rule": when(case.due_at), "icon": icon}


def _confirm_clock(due_at: datetime) -> dict[str, Any]:
    """While the resident is asked, the clock is theirs: being over it is no fault of the desk's."""
    tone = "wait" if due_at <= clock.now() else ""
    return {"text": confirm_words(due_at), "tone": tone, "at": due_at, "rule": when(due_at), "icon": "clock"}


def item_clock(item: InboxItem, language: str) -> dict[str, Any] | None:
    """The clock of an inbox item: a case's in the unit of that clock, as on its page; others' plainly."""
    due_at, facts = item.due_at, item.facts
    if due_at is None or due_at >= NEVER:
        return None
    if facts.get("state") == "done":
        return _confirm_clock(due_at)
    left = remaining(due_at, facts.get("limit"), item.place)
    tone = "urgent" if left.overdue else "wait" if due_at - clock.now() < SOON else ""
    text = left.describe(language)
    return {"text": text, "tone": tone, "at": due_at, "rule": when(due_at), "icon": "clock"}


def shown_clock(one: Shown) -> dict[str, Any]:
    """A clock of the case page with its name and the rule it comes from."""
    if one.kind == "confirm" and one.is_running and not one.is_paused:
        rule = _("%(due)s；%(rule)s") % {"due": when(one.due_at), "rule": one.rule}
        return {**_confirm_clock(one.due_at), "rule": rule}
    tone = "urgent" if one.is_overdue else ""
    icon = "clock"
    if one.is_paused:
        icon = "pause"
    elif not one.is_running:
        tone, icon = ("done", "check") if one.is_met else ("", "check")
    elif not one.is_overdue and one.due_at - clock.now() < SOON:
        tone = "wait"
    words = _on_sheet(one) if days.is_paper() else one.words
    words = words if not one.extended else _("%(words)s，已延期一次") % {"words": words}
    text = _("%(clock)s：%(words)s") % {"clock": one.title, "words": words}
    rule = one.rule
    if one.is_running and not days.is_paper():
        rule = _("%(due)s；%(rule)s") % {"due": when(one.due_at), "rule": one.rule}
    return {"text": text, "tone": tone, "icon": icon, "rule": rule, "at": one.due_at}


def _on_sheet(one: Shown) -> str:
    """A clock on paper: when it ends, not how much was left when the sheet came out of the printer."""
    if not one.is_running or one.is_paused:
        return one.words
    due = when(one.due_at)
    return _("%(due)s到期，已超期") % {"due": due} if one.is_overdue else _("%(due)s到期") % {"due": due}


def state_badge(state: str, label: Any) -> dict[str, Any]:
    return {
        "label": label,
        "tone": STATE_TONES.get(state, ""),
        "icon": STATE_ICONS.get(state, "circle"),
        "code": state,
    }

"""The one bar of moves under a case: one main move, at most two beside it, the rest one tap away."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.cases import states
from mulin.cases.models import Case
from mulin.cases.pages import CasePage
from mulin.cases.states import Move
from mulin.desk import forms
from mulin.desk.reading import calling

BESIDE = 2
ICONS = {
    "accept": "check",
    "dispatch": "send",
    "start": "play",
    "finish": "check",
    "close": "check-double",
    "resume": "play",
    "suspend": "pause",
    "merge": "merge",
    "unmerge": "split",
    "refuse": "ban",
    "reopen": "refresh",
    "extend": "clock",
    "escalate": "arrow-up",
    "whistle": "whistle",
    "object": "return",
    "decide-objection": "hand-over",
    "find-facts": "document",
    "approve": "check",
    "decline": "cross",
    "acknowledge": "bell",
    "answer-whistle": "whistle",
    "stop-harm": "stop",
    "call-back": "phone",
    "claim": "person",
    "release": "undo",
    "assign": "hand-over",
    "note": "edit",
    "exclude": "minus",
    "decide-exclusion": "people",
}
# Asked once, plainly, because other people feel it at once.
CONFIRM = {
    "approve": gettext_lazy("同意后立即生效，反映的人会看到原因。"),
    "close": gettext_lazy("办结后时限停止。居民仍可以在规定时间里要求重新办理。"),
}
# Said over the form, because who reads it changes how one writes it.
READ = {
    "suspend": gettext_lazy("反映的人会看到原因和复核日期，请写得他看得懂。"),
    "resume": gettext_lazy("反映的人会看到原因，请写得他看得懂。"),
}
# What the page says when a move is done.
DONE = {
    "find-facts": gettext_lazy("情况已记入事实单。"),
    "accept": gettext_lazy("已受理，反映的人会收到消息。"),
    "dispatch": gettext_lazy("已派出，对方单位会收到消息。"),
    "object": gettext_lazy("异议已提出，等派单的人决定。时限继续走。"),
    "decide-objection": gettext_lazy("已决定，两边单位都会收到消息。"),
    "start": gettext_lazy("已开始办理。"),
    "finish": gettext_lazy("已办完。答复写在每一位反映的人的回执里，留了联系方式的会收到消息。"),
    "close": gettext_lazy("已办结。"),
    "suspend": gettext_lazy("已提出挂账，等第二个人同意。"),
    "resume": gettext_lazy("已恢复办理，时限接着走。"),
    "merge": gettext_lazy("已合并，诉求都转了过去。"),
    "unmerge": gettext_lazy("已拆分出来，单独办理。"),
    "refuse": gettext_lazy("已提出不予受理，等第二个人同意。"),
    "reopen": gettext_lazy("已重新办理。"),
    "extend": gettext_lazy("已延期一次，反映的人会看到原因。"),
    "escalate": gettext_lazy("已上报上一级。"),
    "whistle": gettext_lazy("已吹哨，被请的单位会马上收到消息。"),
    "approve": gettext_lazy("已同意，现在生效。"),
    "decline": gettext_lazy("没有同意，提议已退回。"),
    "acknowledge": gettext_lazy("已知悉。请按清单处置。"),
    "check": gettext_lazy("清单已更新。"),
    "answer-whistle": gettext_lazy("报到已记下。"),
    "stop-harm": gettext_lazy("制止已记下，制止时限停止。"),
    "call-back": gettext_lazy("回访已记下。"),
    "claim": gettext_lazy("由您经办了。"),
    "release": gettext_lazy("已放下，等人认领。"),
    "assign": gettext_lazy("已转交经办人。"),
    "note": gettext_lazy("备注已保存，居民看不到。"),
    "exclude": gettext_lazy("已提出剔除，等第二个人决定。"),
    "decide-exclusion": gettext_lazy("已决定。"),
}


def move_url(number: str, move: str, query: str = "") -> str:
    url = reverse("desk:move", args=[number, move])
    return f"{url}?{query}" if query else url


def ordered(page: CasePage) -> list[Move]:
    """The possible moves, the main one first. In `accepted` the routes say whether that is sending or doing:
    what another unit is responsible for is sent."""
    found = [move for move in page.moves if move.name != "check"]
    names = [move.name for move in found]
    if page.case.state == "accepted" and "dispatch" in names and "start" in names:
        route = next(iter(page.suggestions.routes), None)
        if route is not None and route.org.id not in page.actor.orgs:
            found.sort(key=lambda move: move.name != "dispatch")
    calls = calling.calls_of(page.case)
    if calls and calls.is_enough:
        found.sort(key=lambda move: move.name != "close")
    main = next((move for move in found if move.tone == "main"), None) if is_due(page) else None
    return [main, *(move for move in found if move is not main)] if main else found


def is_due(page: CasePage) -> bool:
    """Whether the next move is the actor's: what lies with another unit the desk may do, yet is not due. Nor
    is a second call on the day of the first: it would not count."""
    case = page.case
    calls = calling.calls_of(case)
    if calls and calls.today and not calls.is_enough:
        return False
    if case.state not in states.AT_UNIT or case.lead_id is None:
        return True
    mine = case.lead_id in page.actor.orgs or case.handler_id == page.actor.account
    return mine or any(move.name in {"approve", "answer-whistle", "acknowledge"} for move in page.moves)


def bar(page: CasePage, query: str = "", next_url: str = "") -> dict[str, list[dict[str, Any]]]:
    """`moves` and `more_moves` for the bar's part. `query` keeps the list beside the case. Where nothing is
    due here, the one action is going on to the next case."""
    found = ordered(page)
    shown = [button(page.case, move, query) for move in found]
    for move, one in zip(found, shown, strict=True):
        if move.name == "decline" and is_own(page):
            one["label"] = _("撤回这个提议")
    if found and found[0].tone == "main" and is_due(page):
        shown[0]["main"] = True
        quick = one_tap_dispatch(page, query) if found[0].name == "dispatch" else None
        if quick:
            shown[0] = {**shown[0], "label": _("换个单位"), "main": False}
            shown.insert(0, quick)
    elif next_url:
        onwards = {"label": _("看下一件"), "url": next_url, "icon": "chevron-right"}
        shown.insert(0, {**onwards, "main": True, "split": True})
    cut = 1 + BESIDE if shown and shown[0].get("main") else BESIDE
    return {"moves": shown[:cut], "more_moves": shown[cut:]}


def button(case: Case, move: Move, query: str = "") -> dict[str, Any]:
    """One move: a form of its own where it needs nothing, else a link to its form."""
    found = {
        "label": move.title,
        "url": move_url(case.number, move.name, query),
        "icon": ICONS.get(move.name, ""),
        "sheet": True,
    }
    if forms.takes_nothing(move.name):
        found |= {"post": True, "confirm": CONFIRM.get(move.name, "")}
    return found


def is_own(page: CasePage) -> bool:
    """Whether the step that waits for a second person is the actor's own proposal."""
    return bool(page.pending) and page.pending["by"] == str(page.actor.account)


def one_tap_dispatch(page: CasePage, query: str = "") -> dict[str, Any] | None:
    """Send to the unit that a route names for this very category, in one tap."""
    route = next(iter(page.suggestions.routes), None)
    if route is None or not route.is_certain or route.org.id == page.case.lead_id:
        return None
    return {
        "label": _("派给%(unit)s") % {"unit": route.org.name},
        "title": route.why,
        "url": move_url(page.case.number, "dispatch", query),
        "icon": "send",
        "post": True,
        "main": True,
        "fields": {"org_likely": str(route.org.id)},
    }


def list_query(value: str) -> str:
    """The query that keeps a list beside a case, from the list's own query string."""
    return urlencode({"list": value}) if value else ""

"""The states of a meeting and its items, the moves between them, and their words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# draft      only those who hold it see it
# announced  everybody may see the notice; what is added to the agenda from now on was not announced
# held       it is over; the minutes are being written
# minuted    the minutes are confirmed and no longer change
# published  everybody may read them
# cancelled  it does not take place; the notice says so
MOVES = {
    "announce": (("draft",), "announced"),
    "change": (("announced",), "announced"),
    "open": (("announced",), "announced"),
    "close": (("announced",), "held"),
    "confirm": (("held",), "minuted"),
    "reopen": (("minuted",), "held"),
    "publish": (("minuted",), "published"),
    "cancel": (("announced",), "cancelled"),
    "discard": (("draft",), ""),
}
STATE_WORDS = {
    "draft": _("草稿"),
    "announced": _("已通知"),
    "held": _("开过，在写记录"),
    "minuted": _("记录已确认"),
    "published": _("记录已公布"),
    "cancelled": _("不开了"),
}
TONES = {
    "draft": ("", "edit"), "announced": ("wait", "calendar"), "held": ("wait", "edit"),
    "minuted": ("wait", "check"), "published": ("done", "check"), "cancelled": ("", "ban"),
}  # fmt: skip
PUBLIC_STATES = ("announced", "held", "minuted", "published", "cancelled")
HELD = ("held", "minuted", "published")
ITEM_KINDS = {"decide": _("要作决定"), "hear": _("通报、讨论")}
# What came of an item. `moved` is set by moving it, never by hand.
DECISIONS = {
    "adopted": _("通过"),
    "rejected": _("不通过"),
    "put_off": _("下次再议"),
    "heard": _("已讨论，不作决定"),
    "moved": _("已转到别的会"),
}
DECIDED = ("adopted", "rejected")
DECISION_TONES = {"adopted": "done", "rejected": "", "put_off": "wait", "heard": "", "moved": ""}
ATTENDANCE_WORDS = {
    "expected": _("还没到"),
    "present": pgettext_lazy("attendance", "到了"),
    "excused": _("请假"),
}
ACTION_WORDS = {"open": _("在办"), "done": _("办好了"), "dropped": _("不办了"), "handed": _("转为事项")}
PROPOSAL_WORDS = {"waiting": _("等着看"), "taken": _("列进议程"), "declined": _("没有列入")}


def badge(state: str) -> dict[str, str]:
    """A state as its badge shows it."""
    tone, icon = TONES[state]
    return {"label": str(STATE_WORDS[state]), "tone": tone, "icon": icon, "code": state}

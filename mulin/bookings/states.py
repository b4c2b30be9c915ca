"""The states of a booking and their words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATE_WORDS = {
    "asked": _("等社区同意"),
    "booked": _("约好了"),
    "done": _("用过了"),
    "cancelled": _("取消了"),
    "declined": _("没有同意"),
    "no_show": _("没有来"),
}
TONES = {
    "asked": ("wait", "wait"), "booked": ("done", "check"), "done": ("", "check"), "cancelled": ("", "ban"),
    "declined": ("", "ban"), "no_show": ("", "minus"),
}  # fmt: skip
# What a booking is for. Only the first is made and changed here; the others belong to their own module.
WHAT_WORDS = {
    "room": pgettext_lazy("one", "预约"), "session": _("活动"),
    "meeting": pgettext_lazy("one", "会议"), "duty": _("值守"),
    "parking": _("车位"), "loan": _("借用"),
}  # fmt: skip
# What everybody may read by its title.
PUBLIC_WHAT = ("session", "meeting")
WHO_WORDS = {"resident": _("登录的居民"), "verified": _("住址核实过的居民"), "group": _("只限小组")}
DECIDE_WORDS = {"auto": _("空着就能约，约了就算"), "worker": _("社区看过再定")}


def badge(state: str) -> dict[str, str]:
    """A state as its badge shows it."""
    tone, icon = TONES[state]
    return {"label": str(STATE_WORDS[state]), "tone": tone, "icon": icon, "code": state}

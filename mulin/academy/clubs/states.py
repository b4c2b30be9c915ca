"""The states of a club and of a gathering, the moves between them, and their words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# asked    residents asked to take their team in; nobody decided yet
# running  meets, takes members
# resting  pauses, with a reason
# closed   is over, or was not taken in, with a reason
MOVES = {
    "admit": (("asked",), "running"),
    "decline": (("asked",), "closed"),
    "rest": (("running",), "resting"),
    "resume": (("resting",), "running"),
    "close": (("running", "resting"), "closed"),
}
STATE_WORDS = {
    "asked": _("等社区答复"),
    "running": _("常年活动"),
    "resting": _("歇一阵"),
    "closed": _("结束了"),
}
TONES = {
    "asked": ("wait", "clock"), "running": ("done", "check"), "resting": ("wait", "clock"),
    "closed": ("", "ban"),
}  # fmt: skip
LEVEL_WORDS = {
    "building": _("楼栋"),
    "grid": _("网格"),
    "community": pgettext_lazy("club level", "社区"),
    "street": pgettext_lazy("club level", "街道"),
}
GATHERING_KINDS = {"icebreaker": _("破冰"), "friendly": _("友谊赛、联谊"), "show": _("展演")}
GATHERING_WORDS = {"planned": _("定了日子"), "held": _("办过了"), "cancelled": _("不办了")}
GATHERING_TONES = {"planned": ("wait", "calendar"), "held": ("done", "check"), "cancelled": ("", "ban")}


def badge(state: str) -> dict[str, str]:
    """A club's state as its badge shows it."""
    tone, icon = TONES[state]
    return {"label": str(STATE_WORDS[state]), "tone": tone, "icon": icon, "code": state}


def gathering_badge(state: str) -> dict[str, str]:
    tone, icon = GATHERING_TONES[state]
    return {"label": str(GATHERING_WORDS[state]), "tone": tone, "icon": icon, "code": state}

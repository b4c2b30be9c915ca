"""The states of a keeping, of a turn and of a swap, the moves between them, and their words."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# asked      a group wants to keep the place; the group and the community see it
# kept       it keeps it, until `ends_on`
# declined   the community said no, and why
# withdrawn  the group asked no longer
# ended      it is over, and why; the place keeps its history
MOVES = {
    "agree": (("asked",), "kept"),
    "decline": (("asked",), "declined"),
    "withdraw": (("asked",), "withdrawn"),
    "renew": (("kept",), "kept"),
    "end": (("kept",), "ended"),
}
WORDS = {
    "asked": _("等社区答复"),
    "kept": _("在照看"),
    "declined": _("没有交给小组"),
    "withdrawn": _("小组收回了"),
    "ended": _("照看结束"),
}
TONES = {
    "asked": ("wait", "clock"), "kept": ("done", "heart"), "declined": ("", "ban"),
    "withdrawn": ("", "return"), "ended": ("", "stop"),
}  # fmt: skip
PUBLIC_STATES = ("kept", "ended")
STAGES = {
    "before": _("从前"),
    "work": _("动手"),
    "after": _("后来"),
    "decision": _("商量和决定"),
}
STAGE_ICONS = {"before": "clock", "work": "settings", "after": "tree", "decision": "vote"}
DAYS = {
    1: _("周一"), 2: _("周二"), 3: _("周三"), 4: _("周四"), 5: _("周五"), 6: _("周六"), 7: _("周日"),
}  # fmt: skip
SWAP_WORDS = {
    "asked": _("等对方答应"),
    "agreed": _("换好了"),
    "declined": _("对方不方便"),
    "withdrawn": pgettext_lazy("swap", "收回了"),
}
GATHERINGS = {"topic": _("议题"), "meeting": pgettext_lazy("one", "会议")}


def badge(state: str) -> dict[str, Any]:
    """A keeping's state as its badge shows it."""
    tone, icon = TONES[state]
    return {"label": str(WORDS[state]), "tone": tone, "icon": icon, "code": state}

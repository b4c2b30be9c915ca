"""The words of topics: states, whose affair it is, who takes part, what a step is about."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATE_WORDS = {
    "draft": _("草稿"),
    "running": _("商量中"),
    "done": _("有结果了"),
    "stopped": _("停下了"),
}
# state -> tone and icon of its badge
STATE_TONES = {
    "draft": ("", "edit"),
    "running": ("wait", "play"),
    "done": ("done", "check"),
    "stopped": ("", "stop"),
}
STEP_WORDS = {
    "waiting": _("还没开始"),
    "open": _("正在进行"),
    "done": _("完成了"),
    "skipped": _("这次不做"),
}
STEP_TONES = {
    "waiting": ("", "circle"),
    "open": ("wait", "play"),
    "done": ("done", "check"),
    "skipped": ("", "minus"),
}
BODY_WORDS = {
    "residents": _("住在这里的居民的事"),
    "owners": _("业主的事"),
    "households": _("各家各户的事"),
    "courtyard": _("院落自己的事"),
    "delegates": _("居民代表决定的事"),
}
TAKES_PART_WORDS = {
    "anyone": _("谁都可以参加"),
    "residents": _("住在这里的居民都可以参加"),
    "households": _("每户可以出一个人参加"),
    "owners": _("业主可以参加，租户可以旁听和提意见"),
    "delegates": _("居民代表参加，居民可以旁听"),
}
CERTAINTY_WORDS = {
    "law": _("法律规定"),
    "source": _("来自已有的做法"),
    "house default": _("本系统的默认做法"),
    "to be verified": _("还要核实"),
}
ENDS_WORDS = {
    "options": _("这一步要有至少两个方案，才能结束。"),
    "winners": _("这一步要选出结果，才能结束。"),
    "remark": _("请先写一句这一步得出了什么。"),
}
SITE_WORDS = {
    "building": pgettext_lazy("place", "楼栋"),
    "estate": pgettext_lazy("place", "小区"),
    "courtyard": pgettext_lazy("place", "院落"),
}


def badge(state: str) -> dict[str, Any]:
    """The state of a topic as a badge."""
    tone, icon = STATE_TONES[state]
    return {"label": str(STATE_WORDS[state]), "tone": tone, "icon": icon, "code": state}


def step_badge(state: str) -> dict[str, Any]:
    """The state of a step as a badge."""
    tone, icon = STEP_TONES[state]
    return {"label": str(STEP_WORDS[state]), "tone": tone, "icon": icon, "code": state}

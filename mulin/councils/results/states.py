"""The words of this part: kinds, states, tones of badges."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p

FINDING_WORDS = {
    "fact": _("情况"),
    "cost": _("费用"),
    "constraint": _("限制"),
    "picture": _("照片、图纸"),
}
CONCERN_WORDS = {"objection": _("反对意见"), "question": _("疑问")}
CONCERN_STATES = {
    "waiting": (_("等答复"), "wait", "wait"),
    "answered": (_("已答复"), "done", "check"),
    "joined": (_("与另一条相同"), "", "merge"),
    "hidden": (_("不公开"), "", "eye-off"),
}
CHANNEL_WORDS = {
    "portal": _("手机页面"),
    "paper": _("书面"),
    "phone": _("电话"),
    "visit": _("上门"),
    "meeting": _("会上"),
}
OPTION_STATES = {
    "proposed": (_("等核对"), "wait", "wait"),
    "accepted": (_("列入方案"), "done", "check"),
    "declined": (_("没有列入"), "", "minus"),
}
RESOLUTION_STATES = {
    "draft": (_p("resolution", "草稿"), "", "edit"),
    "published": (_p("resolution", "已公布"), "done", "eye"),
    "withdrawn": (_p("resolution", "已撤下"), "", "undo"),
}
WORK_STATES = {
    "planned": (_("还没开始"), "", "circle"),
    "under_way": (_("在做"), "wait", "play"),
    "done": (_("做完了"), "done", "check"),
    "dropped": (_("不做了"), "", "minus"),
}
NOTE_WORDS = {
    "progress": (_("进展"), "", "circle"),
    "milestone": (_("到了一个节点"), "done", "check"),
    "delay": (_p("work", "延期"), "wait", "wait"),
    "done": (_("做完了"), "done", "check-double"),
    "dropped": (_("不做了"), "", "minus"),
    "again": (_("重新做"), "wait", "refresh"),
}
BODY_WORDS = {
    "owners": _("业主"),
    "residents": _p("body", "居民"),
    "households": _("户代表"),
    "group_delegates": _("居民小组代表"),
    "delegates": _("居民代表"),
    "party_members": _("党员"),
    "courtyard": _("院落居民"),
}
CERTAINTY_WORDS = {
    "law": _("法律规定"),
    "official page": _("政府公开的规定"),
    "local practice": _("当地做法"),
    "to be verified": _("依据待核对"),
    "house default": _("本产品默认值"),
}


def badge(words: dict, state: str) -> dict[str, str]:
    """A state as `{% state_badge %}` takes it."""
    label, tone, icon = words[state]
    return {"label": str(label), "tone": tone, "icon": icon, "code": state}


def body_word(code: str) -> str:
    return str(BODY_WORDS.get(code, code))

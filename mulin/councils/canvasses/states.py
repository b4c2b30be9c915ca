"""Words of a canvass: states, stances, channels, refusals. Codes are stored."""

from typing import Any

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from mulin.kernel import rulebook

# state: (word, tone of the badge, icon)
STATE_WORDS = {
    "planned": (gettext_lazy("在准备"), "", "edit"),
    "running": (gettext_lazy("正在走访"), "wait", "play"),
    "ended": (gettext_lazy("结束了"), "done", "check"),
}

# What was said at the door, in the order in which it is offered: (word, icon, tone).
STANCE_WORDS = {
    "agree": (pgettext_lazy("canvass", "支持"), "check", "done"),
    "undecided": (pgettext_lazy("canvass", "还在想"), "wait", ""),
    "oppose": (pgettext_lazy("canvass", "不支持"), "cross", ""),
    "not_reached": (pgettext_lazy("canvass", "没遇上人"), "home", ""),
    "refused": (pgettext_lazy("canvass", "请别再上门"), "ban", ""),
}
# Where a household stands that nobody has spoken to yet.
UNASKED = pgettext_lazy("canvass", "还没问到")

CHANNEL_WORDS = {
    "door": gettext_lazy("上门"),
    "phone": pgettext_lazy("canvass", "电话"),
    "street": gettext_lazy("在院子里遇见"),
    "paper": gettext_lazy("纸面"),
    "own": gettext_lazy("住户自己说的"),
    "list": gettext_lazy("名单里带来的"),
}
# Those that a canvasser may choose.
VISIT_CHANNELS = ("door", "phone", "street")

TRUST_WORDS = {
    3: gettext_lazy("亲戚或要好的朋友"),
    2: gettext_lazy("很熟"),
    1: gettext_lazy("见面打招呼"),
}
HOW_WORDS = {"go": gettext_lazy("愿意一起去"), "name": gettext_lazy("可以说是他们介绍的")}

KIND_WORDS = {
    "question": pgettext_lazy("canvass", "疑问"),
    "objection": gettext_lazy("反对的理由"),
    "rumour": gettext_lazy("传言"),
}

# Why nobody is proposed for a household, and why a visit is refused.
REFUSALS = {
    "agreed": gettext_lazy("这户已经支持了，不用再上门。"),
    "asked_to_be_left_alone": gettext_lazy("这户请大家别再上门。请尊重他们，不要再去，也不要打电话。"),
    "being_approached": gettext_lazy("这户已经有别人在联系，两拨人上门会让他们为难。请让那位邻居去。"),
    "contacts_used_up": gettext_lazy("这户已经去过够多次了，不再上门。有新情况，请他们自己来说。"),
    "noes_used_up": gettext_lazy("这户已经说过不，不能由同一个人再去，也不能一再去。"),
    "resting": gettext_lazy("这户前不久刚去过，先让他们歇一歇，过些日子再说。"),
    "callers_are_busy": gettext_lazy("这位手上的几户还没走完。走完或交回一户，再领新的。"),
    "one_of_us": gettext_lazy("这户有人在帮忙走访，不用去敲门，请他们自己说。"),
    "nobody_knows_them": gettext_lazy("还没有熟人愿意牵线。请先问问支持的邻居认识谁。"),
}
# The same, as a line of the plan.
WAITING_WORDS = {
    "agreed": gettext_lazy("已经支持"),
    "asked_to_be_left_alone": gettext_lazy("请别再上门"),
    "being_approached": gettext_lazy("正在联系"),
    "contacts_used_up": gettext_lazy("去的次数到了上限"),
    "noes_used_up": gettext_lazy("说过几次不，不再上门"),
    "resting": gettext_lazy("刚去过，先歇一歇"),
    "nobody_knows_them": gettext_lazy("还没有熟人愿意牵线"),
    "callers_are_busy": gettext_lazy("能牵线的人都有安排了"),
}


def state(code: str) -> dict[str, Any]:
    """A state as a badge."""
    label, tone, icon = STATE_WORDS[code]
    return {"label": str(label), "tone": tone, "icon": icon, "code": code}


def stance(code: str, contacts: int = 1) -> dict[str, Any]:
    """A stance as a badge; with no contact yet it is nobody's."""
    label, icon, tone = STANCE_WORDS[code]
    return {"label": str(label if contacts or code != "not_reached" else UNASKED), "tone": tone, "icon": icon}


def reasons(place: str) -> list[tuple[str, str]]:
    """The reasons that may be ticked at a door, from the rule councils.canvass.reasons: (code, word)."""
    key = "name_en" if get_language() == "en" else "name"
    return [(one["code"], one[key]) for one in rulebook.value("councils.canvass.reasons", at=place)]


def reason_word(place: str, code: str) -> str:
    return dict(reasons(place)).get(code, code)


def share_text(part: int, whole: int) -> str:
    """A share in whole percent, rounded down: 89.9 % is not the target of 90 %."""
    return _("%(n)s%%") % {"n": part * 100 // whole} if whole else "—"

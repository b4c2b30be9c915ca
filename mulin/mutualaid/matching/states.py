"""Words for states, reasons and what incidents are."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

HELPERS = {
    "applied": (_("报了名"), "wait", "edit"),
    "screened": (_("聊过了，等培训"), "", "book"),
    "trained": (_("培训过了，可以上岗"), "", "check"),
    "on_duty": (_("在岗"), "done", "heart"),
    "resting": (_("歇一歇"), "", "pause"),
    "ended": (_("不做了"), "", "circle"),
    "declined": (_("没有接收"), "", "circle"),
}
NEEDS = {
    "asked": (_("在找人"), "wait", "search"),
    "matched": (_("找到了"), "done", "heart"),
    "closed": (pgettext_lazy("aid need", "结束了"), "", "circle"),
}
MATCHES = {
    "proposed": (_("等双方点头"), "wait", "wait"),
    "trial": (_("试一试"), "", "play"),
    "running": (_("进行中"), "done", "heart"),
    "paused": (_("先停着"), "urgent", "pause"),
    "closed": (pgettext_lazy("aid match", "结束了"), "", "circle"),
}
VISITS = {
    "noted": (_("等确认"), "wait", "wait"),
    "confirmed": (_("确认了"), "done", "check"),
    "disputed": (_("说法不一"), "urgent", "alert"),
    "dropped": (_("不算"), "", "circle"),
}
OFFERS = {
    "shown": _("可以选"),
    "asked": _("问过了"),
    "taken": _("成了"),
    "passed": _("没有选"),
}
# Why a match is paused, and why one ended.
PAUSES = {
    "check": _("无犯罪记录查询到期或撤回"),
    "consent": _("家长收回了同意"),
    "incident": _("出了情况，正在弄清楚"),
    "helper": _("帮忙的人歇一歇"),
    "asked": _("有人请求先停"),
}
ENDS = {
    "not_needed": _("不再需要了"),
    "helper": _("帮忙的人做不了了"),
    "family": _("这一家想停下"),
    "not_fitting": _("试了不合适"),
    "moved": _("搬走了"),
    "safety": _("为了安全"),
    "no": _("没有说定"),
    "other": _("别的原因"),
}
INCIDENTS = {
    "hurt": _("有人受伤"),
    "conduct": _("言行不当"),
    "missing": _("孩子或老人没接到、走散"),
    "other": pgettext_lazy("incident", "别的情况"),
}
SIDES = {"helper": _("帮忙的人"), "family": _("求助的一家"), "worker": _("社区")}
CHANNELS = {
    "portal": _("网上"),
    "phone": _("电话"),
    "counter": _("窗口"),
    "courtyard": _("院坝会"),
    "voice": _("诉求转来"),
}
CONSENTS = {"paper": _("纸质"), "online": _("本人网上")}

# What may follow what.
HELPER_MOVES = {
    "applied": ("screened", "declined", "ended"),
    "screened": ("trained", "declined", "ended"),
    "trained": ("on_duty", "ended"),
    "on_duty": ("resting", "ended"),
    "resting": ("on_duty", "ended"),
}
LIVE = ("proposed", "trial", "running", "paused")
GOING = ("trial", "running")


def badge(table: dict, code: str) -> dict:
    """A state as the badge of a page reads it."""
    label, tone, icon = table[code]
    return {"label": label, "tone": tone, "icon": icon, "code": code}

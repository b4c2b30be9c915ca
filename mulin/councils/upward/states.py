"""The words and moves of proposals: their states, those of each level, what a level decides."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATE_WORDS = {
    "draft": _("还没有报"),
    "up": _("等上级答复"),
    "answered": _("有答复了"),
    "returned": _("退回补充"),
    "done": _("有结果了"),
    "withdrawn": _("已撤回"),
}
TONES = {
    "draft": ("", "edit"),
    "up": ("wait", "arrow-up"),
    "answered": ("", "chat"),
    "returned": ("wait", "return"),
    "done": ("done", "check"),
    "withdrawn": ("", "undo"),
}
PUBLIC = ("up", "answered", "returned", "done", "withdrawn")
LEVEL_WORDS = {
    "street": pgettext_lazy("level above", "街道"),
    "district": pgettext_lazy("level above", "区县"),
    "city": pgettext_lazy("level above", "市"),
}
# How far a level is with it.
HOP_WORDS = {
    "sent": _("已送到，等收下"),
    "received": _("收下了"),
    "in_study": _("正在研究"),
    "answered": _("答复了"),
    "sent_up": _("报到上一级了"),
    "returned": _("退回补充了"),
    "withdrawn": _("社区撤回了"),
}
HOP_TONES = {
    "sent": ("wait", "inbox"),
    "received": ("", "check"),
    "in_study": ("", "search"),
    "answered": ("done", "chat"),
    "sent_up": ("", "arrow-up"),
    "returned": ("wait", "return"),
    "withdrawn": ("", "undo"),
}
OPEN = ("sent", "received", "in_study")
DECISION_WORDS = {
    "adopted": _("采纳"),
    "partly": _("部分采纳"),
    "later": _("列入以后的计划"),
    "explained": _("说明了情况"),
    "declined": _("不采纳"),
}
# What a level may do next.
HOP_MOVES: dict[str, tuple[str, ...]] = {
    "sent": ("receive", "study", "answer", "send_up", "return"),
    "received": ("study", "answer", "send_up", "return"),
    "in_study": ("study", "answer", "send_up", "return"),
}
MOVE_WORDS = {
    "receive": _("收下"),
    "study": _("交给单位研究"),
    "answer": _("答复"),
    "send_up": _("报到上一级"),
    "return": _("退回补充"),
}
MOVE_ICONS = {
    "receive": "check", "study": "hand-over", "answer": "chat", "send_up": "arrow-up", "return": "return",
}  # fmt: skip

"""The words of surveys: states, channels, kinds of questions, and what is wrong with an answer or a form."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATE_WORDS = {"draft": _("草稿"), "open": _("收集中"), "closed": _("已结束")}
CHANNEL_WORDS = {"portal": _("手机页面"), "paper": _("纸质"), "phone": _("电话"), "visit": _("上门")}
ONCE_WORDS = {"device": _("有链接就能填，一台手机一份"), "household": _("凭纸条上的码，一户一份")}
# Why a household's paper sheet has no code. `again`: its code went with the sheet that was left out.
WITHOUT_CODE_WORDS = {"lost": _("纸条丢了"), "again": _("作废了一份，照原样重录")}
ROSTER_WORDS = {"people": _("人"), "households": _("户")}
KIND_WORDS = {
    "single": _("单选"),
    "multiple": _("多选"),
    "matrix": _("表格（一行选一个）"),
    "rating": _("打分"),
    "ranking": _("排序"),
    "number": pgettext_lazy("question", "数字"),
    "text": _("文字"),
    "place": _("地图上的一点"),
}
MISTAKES = {
    "missing": _("这一题要回答。"),
    "not-offered": _("请从给出的选项里选。"),
    "too-few": _("选得不够，请看题目要求选几个。"),
    "too-many": _("选多了，请看题目最多选几个。"),
    "not-a-number": _("请填一个数字。"),
    "too-small": _("这个数太小了，请核对。"),
    "too-large": _("这个数太大了，请核对。"),
    "too-long": _("写得太长了，请短一些。"),
    "not-a-place": _("请在地图上点一个地方。"),
    "row-missing": _("表格里还有一行没有选。"),
}
FORM_MISTAKES = {
    "key-twice": _("有两道题或两个选项用了同一个代号。"),
    "too-many-questions": _("题目太多了。请拆成两份问卷。"),
    "bad-key": _("题目的代号只能用小写字母、数字和下划线。"),
    "bad-kind": _("请选一种题型。"),
    "no-text": _("请写题目，最多200个字。"),
    "too-many-options": _("选项太多了，最多40个。"),
    "bad-option": _("选项要有文字。"),
    "too-few-options": _("至少要有两个选项。"),
    "no-rows": _("表格至少要有一行。"),
    "bad-steps": _("打分的级数在2到10之间。"),
    "bad-bounds": _("最少不能大于最多。"),
    "bad-condition": _("条件只能看前面的单选或多选题，并且要选它的选项。"),
    "no-questions": _("问卷里还没有题目。"),
}

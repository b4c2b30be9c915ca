"""The words of rosters: bodies, states, kinds of units, what is wrong with a row or a roster."""

from django.utils.translation import gettext_lazy as _

BODY_WORDS = {
    "owners": _("业主"),
    "households": _("住户（一户一票）"),
    "courtyard": _("院落（一户一票）"),
    "residents": _("居民（满18周岁，一人一票）"),
    "delegates": _("居民代表"),
    "group_delegates": _("居民小组推选的代表"),
    "party_members": _("党员"),
}
LINE_WORDS = {"person": _("人"), "household": _("户"), "unit": _("套")}
STATE_WORDS = {"draft": _("草稿"), "frozen": _("已定稿")}
TONES = {"draft": ("", "edit"), "frozen": ("done", "lock")}
SOURCE_WORDS = {
    "hand": _("手工填写"),
    "people": _("由已确认的住户生成"),
    "file": _("由表格导入"),
    "copy": _("由以前的名册复制"),
}
KIND_WORDS = {"home": _("房屋"), "parking": _("车位"), "stall": _("摊位")}
AREA_WORDS = {"registry": _("登记面积"), "survey": _("实测面积"), "contract": _("合同面积")}
OBJECTION_WORDS = {"missing": _("漏了我或我家"), "wrong": _("登记有错"), "other": _("其他")}
OBJECTION_STATES = {"open": _("等答复"), "accepted": _("采纳"), "declined": _("未采纳")}
OBJECTION_TONES = {"open": ("wait", "clock"), "accepted": ("done", "check"), "declined": ("", "minus")}
AREA_MISTAKES = {
    "not-a-number": _("面积要写数字，例如 89.34。"),
    "too-fine": _("面积最多两位小数。请按证上的写，不要四舍五入。"),
    "not-positive": _("面积要大于零；没有就空着。"),
    "too-large": _("面积太大了，请核对小数点。"),
}

"""Words and tables about people: posts, kinds of units, states of a residence. Codes are stored."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# role: (word, levels of the place it may be held at; 13 and more are things below a community)
ROLES = {
    "group_member": (_("小组成员"), (9, 12)),
    "group_leader": (_("小组负责人"), (9, 12)),
    "building_head": (_("楼长"), (17,)),
    "grid_worker": (pgettext_lazy("role", "网格员"), (12, 15)),
    "clerk": (_("社区工作者"), (12,)),
    "secretary": (_("社区书记"), (12,)),
    "street_officer": (_("镇街干部"), (9,)),
    "department_officer": (_("部门经办人"), (2, 4, 6, 9)),
    "district_officer": (_("区县干部"), (2, 4, 6)),
    "auditor": (_("监督人员"), (0, 2, 4, 6, 9, 12)),
    "admin": (_("管理员"), (0, 2, 4, 6, 9, 12)),
}

GROUP_ROLES = ("group_leader", "group_member")

# Neighbours who help in their spare time: they see little, and log in with a code sent to their own
# telephone. An authenticator app would keep away the very people whom the house lives from.
VOLUNTEERS = frozenset({*GROUP_ROLES, "building_head"})

KINDS = {
    "committee": _("社区居委会"),
    "street_office": _("街道办事处或镇政府"),
    "department": _("部门"),
    "command_center": _("基层治理指挥中心"),
    "service_center": _("党群服务中心"),
    "property_firm": _("物业公司"),
    "social_org": _("社会组织"),
    "resident_unit": _("驻区单位"),
    "club": _("社团"),
    "volunteer_team": _("志愿队"),
    "council": _("议事会"),
    "courtyard_group": _("院落自治小组"),
    "custody_group": _("联合代管工作组"),
    "owners_committee": _("业主委员会"),
}

# state: (word, tone of the badge)
RESIDENCE = {
    "asked": (_("等待社区确认"), "wait"),
    "confirmed": (_("已确认"), "done"),
    "refused": (_("没有确认"), "plain"),
    "ended": (_("已结束"), "plain"),
}

# What a protected detail is called when its owner sees who read it.
DETAILS = {"phone": _("电话号码"), "contact": _("联系方式"), "id_number": _("身份证号")}

DIGESTS = {"daily": _("每天一次汇总"), "none": _("不发，只在这里看")}


def role_name(role: str) -> object:
    return ROLES[role][0] if role in ROLES else role


def kind_name(kind: str) -> object:
    return KINDS.get(kind, kind)

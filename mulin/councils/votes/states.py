"""The words of votes: states, bodies, kinds, affairs, and what is wrong with a paper."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATES = ("draft", "notice", "open", "closed", "counted", "published", "archived", "stopped")
STATE_WORDS = {
    "draft": _("草稿"),
    "notice": _("已公告"),
    "open": _("正在投票"),
    "closed": _("已截止，待计票"),
    "counted": _("已计票，待确认"),
    "published": _("结果已公布"),
    "archived": _("已归档"),
    "stopped": _("已停办"),
}
TONES = {
    "draft": ("", "edit"),
    "notice": ("wait", "speaker"),
    "open": ("wait", "play"),
    "closed": ("wait", "clock"),
    "counted": ("wait", "check"),
    "published": ("done", "check"),
    "archived": ("done", "check"),
    "stopped": ("", "stop"),
}
# What residents see of it.
PUBLIC = ("notice", "open", "closed", "counted", "published", "archived", "stopped")
DONE = ("published", "archived")

KINDS = ("yes_no", "choose_one", "approve", "rank", "budget")
KIND_WORDS = {
    "yes_no": _("同意、不同意或弃权"),
    "choose_one": _("几个里选一个"),
    "approve": _("赞成几个就选几个"),
    "rank": _("按喜欢的先后排序"),
    "budget": _("在预算里选项目"),
}
METHODS = ("equal_shares", "greedy")
METHOD_WORDS = {
    "equal_shares": _("等份法：每人手里一份同样多的钱，支持的人一起出钱"),
    "greedy": _("得票法：从票数最多的开始，放得下就选"),
}
BODY_WORDS = {
    "owners": _("业主（按面积和人数）"),
    "residents": pgettext_lazy("body", "居民"),
    "households": _("户（一户一票）"),
    "courtyard": _("院落各户（一户一票）"),
    "delegates": _("居民代表"),
    "group_delegates": _("居民小组代表"),
    "party_members": _("党员"),
}
# Affairs that are no matter of the owners' list in the rule pack (`councils.matters`).
AFFAIR_WORDS = {
    "consultation": _("征求意见（结果作参考，不设门槛）"),
    "decision": _("正式决定（按这类表决的法定门槛）"),
    "home_to_business": _("住宅改作经营用房（民法典第279条）"),
    "lift": _("加装电梯"),
}
CHANNEL_WORDS = {"portal": _("线上"), "paper": _("纸质")}
YES_NO_WORDS = {"yes": pgettext_lazy("vote", "同意"), "no": pgettext_lazy("vote", "不同意")}
BLANK_WORD = pgettext_lazy("vote", "弃权")
STATUS_WORDS = {
    "passed": _("通过"),
    "rejected": _("没有通过"),
    "elected": _("已选出"),
    "partly_elected": _("只选出一部分"),
    "not_elected": _("没有选出"),
    "tied": _("票数相同，没有分出"),
    "no_quorum": _("参与的不够，表决不成立"),
    "refused": _("规则没有填全，不能计算"),
    "decided": _("项目已选出"),
}
DECISION_WORDS = {
    "upheld": _("异议成立"),
    "partly": _("异议部分成立"),
    "dismissed": _("异议不成立"),
}

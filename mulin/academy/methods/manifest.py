"""What this part tells the house about itself."""

from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.academy.methods import joining, queries, states, telling
from mulin.kernel.registry import PUBLIC, Card, InboxSource, Module, NavItem, NoticeRule, Sentence

_LABELS = {"state": lambda code: states.ADOPTION_WORDS.get(code, code)}

SENTENCES = {
    "academy.method.drafted": Sentence(_("起草了一个工作法")),
    "academy.method.edited": Sentence(_("改了工作法")),
    "academy.method.discarded": Sentence(_("删去了没有公布的工作法")),
    "academy.method.evidence_added": Sentence(_("给工作法加了一条依据")),
    "academy.method.evidence_removed": Sentence(_("去掉了工作法的一条依据")),
    "academy.method.published": Sentence(_("写成了工作法，别处可以照着做"), PUBLIC, tone="done"),
    "academy.method.restored": Sentence(_("重新推荐了工作法"), PUBLIC),
    "academy.method.retired": Sentence(_("不再推荐这个工作法，理由已写明"), PUBLIC),
    "academy.method.spread": Sentence(_("把工作法推荐给了各社区"), PUBLIC, tone="done"),
    "academy.pilot.decided": Sentence(_("定了工作法的试点：%(n)s 个社区，到 %(until)s 为止"), PUBLIC),
    "academy.pilot.ended": Sentence(_("试点结束：%(of)s 条标准达到了 %(met)s 条"), PUBLIC, tone="done"),
    "academy.pilot.stopped": Sentence(_("试点提前停了，理由已写明"), PUBLIC),
    "academy.adoption.begun": Sentence(_("有地方学用了这个工作法"), PUBLIC),
    "academy.adoption.told": Sentence(_("学用的地方说了做得怎样：%(state)s"), PUBLIC, _LABELS),
    "academy.adoption.dropped": Sentence(_("撤回了学用")),
    "academy.pilot.joined": Sentence(_("两地合并，同一个工作法的两次试点并成一次")),
    "academy.spread.joined": Sentence(_("两地合并，同一个工作法的两次推荐并成一次")),
    "academy.adoption.joined": Sentence(_("两地合并，同一个工作法的两处学用并成一处")),
}

NOTICES = (
    NoticeRule(
        "academy.pilot.decided", _("定了工作法 %(number)s 的试点，您的社区在内，到 %(until)s 为止"),
        telling.sites, telling.desk_url, name="sites",
    ),
    NoticeRule(
        "academy.pilot.decided", _("定了工作法 %(number)s 的试点，先看别的社区怎么做"), telling.staff_below,
        telling.desk_url, name="others",
    ),
    NoticeRule(
        "academy.pilot.decided", _("您的工作法 %(number)s 有地方试点"), telling.makers, telling.desk_url,
        name="makers",
    ),
    NoticeRule(
        "academy.pilot.ended", _("工作法 %(number)s 的试点有了结果：%(of)s 条标准达到了 %(met)s 条"),
        telling.sites, telling.desk_url, name="sites",
    ),
    NoticeRule(
        "academy.pilot.ended", _("您的工作法 %(number)s 试点有了结果：%(of)s 条标准达到了 %(met)s 条"),
        telling.makers, telling.desk_url, name="makers",
    ),
    NoticeRule(
        "academy.pilot.stopped", _("工作法 %(number)s 的试点提前停了"), telling.sites, telling.desk_url
    ),
    NoticeRule(
        "academy.method.spread", _("工作法 %(number)s 推荐给各社区，学不学由您定"), telling.staff_below,
        telling.desk_url, name="communities",
    ),
    NoticeRule(
        "academy.method.spread", _("您的工作法 %(number)s 推广了"), telling.makers, telling.desk_url,
        name="makers",
    ),
    NoticeRule(
        "academy.adoption.begun", _("有地方学用您的工作法 %(number)s"), telling.makers, telling.desk_url
    ),
    NoticeRule(
        "academy.adoption.told", _("学用您的工作法 %(number)s 的地方说了做得怎样：%(state)s"),
        telling.makers, telling.desk_url,
    ),
)  # fmt: skip


def told(ids: Collection[UUID]) -> list[dict[str, str]]:
    """What published methods say of themselves where a matter's page tells what it became."""
    return [
        {"title": one.title, "url": reverse("academy:method", args=[one.number]), "kind": str(_("工作法"))}
        for one in queries.public_methods().filter(pk__in=ids)
    ]


PART = Module(
    name="methods",
    title=_("工作法"),
    sentences=SENTENCES,
    inbox=(
        InboxSource("pilots", _("到期的试点"), rows=telling.pilot_rows, item=telling.pilot_item),
        InboxSource("adoptions", _("学用的工作法"), rows=telling.adoption_rows, item=telling.adoption_item),
    ),
    cards=(Card("methods", "academy/methods/home_card.html", telling.home_card, 45, row=True),),
    notices=NOTICES,
    desk_nav=(NavItem("methods", _("工作法"), "academy_desk:methods", "book", 66, queries.VIEW, "orders"),),
    providers={"thread.academy.method": told, "following.methods": joining.join_methods},
)

"""Sentences of this part's journal lines, and who is told of what."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.academy.keeping import states
from mulin.academy.keeping.models import Duty, DutySwap, Rota
from mulin.kernel.registry import PUBLIC, RESTRICTED, STAFF, NoticeRule, Sentence
from mulin.people.models import Post
from mulin.people.queries import holders, in_force

_WORDS = {
    "stage": lambda code: states.STAGES.get(code, code),
    "kind": lambda code: states.GATHERINGS.get(code, code),
}
DESK_ROLES = {"clerk", "secretary"}


def _say(text: Any, audience: str = STAFF, tone: str = "") -> Sentence:
    return Sentence(text, audience, _WORDS, tone=tone)


SENTENCES = {
    "academy.keeping.asked": _say(_("一个小组申请照看一个地方")),
    "academy.keeping.agreed": _say(_("有小组照看一个地方了，到 %(until)s"), PUBLIC, "done"),
    "academy.keeping.declined": _say(_("没有把地方交给申请的小组，理由已记录")),
    "academy.keeping.withdrawn": _say(_("小组收回了照看的申请")),
    "academy.keeping.renewed": _say(_("小组接着照看，到 %(until)s"), PUBLIC),
    "academy.keeping.ended": _say(_("小组不再照看那个地方，理由已公开"), PUBLIC),
    "academy.keeping.edited": _say(_("改了地方的叫法和说明")),
    "academy.keeping.entry_written": _say(_("写下了地方的变化：%(stage)s"), PUBLIC),
    "academy.keeping.entry_edited": _say(_("改了写下的一条变化")),
    "academy.keeping.entry_removed": _say(_("去掉了写下的一条变化")),
    "academy.keeping.photo_removed": _say(_("去掉了一张照片")),
    "academy.keeping.items_set": _say(_("定了清点 %(n)s 样东西")),
    "academy.keeping.counted": _say(_("清点了 %(n)s 样东西"), PUBLIC),
    "academy.keeping.delegated": _say(_("一个小组派 %(n)s 位代表参加%(kind)s"), PUBLIC),
    "academy.keeping.recalled": _say(_("一个小组不再派代表参加%(kind)s")),
    "academy.rota.made": _say(_("排了一张值班表，%(n)s 个班")),
    "academy.rota.edited": _say(_("改了值班表")),
    "academy.rota.ended": _say(_("一张值班表结束了")),
    "academy.rota.laid": _say(_("值班表往后排了 %(n)s 个班")),
    "academy.duty.taken": _say(_("认领了 %(on)s 的班"), RESTRICTED),
    "academy.duty.given_back": _say(_("放回了 %(on)s 的班"), RESTRICTED),
    "academy.duty.filled": _say(_("替人填了 %(on)s 的班"), RESTRICTED),
    "academy.duty.cleared": _say(_("空出了 %(on)s 的班"), RESTRICTED),
    "academy.duty.done": _say(_("%(on)s 的班做完了"), RESTRICTED),
    "academy.duty.tomorrow": _say(_("提醒了 %(on)s 的班"), RESTRICTED),
    "academy.duty.forgotten": _say(_("按保存期限删去了 %(n)s 个班上的名字")),
    "academy.swap.asked": _say(_("想用 %(on)s 的班换 %(other)s 的"), RESTRICTED),
    "academy.swap.agreed": _say(_("换了 %(on)s 和 %(other)s 的班"), RESTRICTED),
    "academy.swap.declined": _say(_("没有换 %(on)s 和 %(other)s 的班"), RESTRICTED),
    "academy.swap.withdrawn": _say(_("收回了换班的请求"), RESTRICTED),
}


# Who is told ----------------------------------------------------------------------------------------------


def _office(entry: Any) -> Iterable[UUID]:
    """Who answers groups at the place."""
    return holders(DESK_ROLES, entry.place)


def _leaders(entry: Any) -> Iterable[UUID]:
    rows = Post.objects.filter(in_force(), org=entry.org, role="group_leader")
    return rows.values_list("account_id", flat=True).distinct()


def _members(entry: Any) -> Iterable[UUID]:
    rows = Post.objects.filter(in_force(), org=entry.org, role__in=("group_leader", "group_member"))
    return rows.values_list("account_id", flat=True).distinct()


def _on_duty(entry: Any) -> Iterable[UUID]:
    """Whose turns fall away with a rota."""
    rota = Rota.objects.filter(pk=entry.subject)
    coming = Duty.objects.filter(rota__in=rota, account__isnull=False, starts_at__gte=entry.at)
    return coming.values_list("account_id", flat=True).distinct()


def _told(entry: Any) -> Iterable[UUID]:
    """Whose turns fell away or moved with other days or another time."""
    return [UUID(one) for one in entry.data.get("told", ())]


def _whose(entry: Any) -> Iterable[UUID]:
    rows = Duty.objects.filter(pk=entry.subject, account__isnull=False)
    return rows.values_list("account_id", flat=True)


def _asked(entry: Any) -> Iterable[UUID]:
    return DutySwap.objects.filter(pk=entry.subject).values_list("asked_of_id", flat=True)


def _asker(entry: Any) -> Iterable[UUID]:
    return DutySwap.objects.filter(pk=entry.subject).values_list("asked_by_id", flat=True)


def _page(entry: Any) -> str:
    return reverse("academy:keeping", args=[entry.data["number"]])


def _desk_page(entry: Any) -> str:
    return reverse("academy_desk:keeping", args=[entry.data["number"]])


def _rota_page(entry: Any) -> str:
    return reverse("academy:rota", args=[entry.data["number"]])


NOTICES = (
    NoticeRule("academy.keeping.asked", _("有小组想照看一个地方，请答复"), _office, _desk_page),
    NoticeRule(
        "academy.keeping.agreed", _("社区同意了，那个地方交给小组照看，到 %(until)s"), _members, _page
    ),
    NoticeRule("academy.keeping.declined", _("照看的申请没有同意，页面上写着理由"), _leaders, _desk_page),
    NoticeRule("academy.keeping.renewed", _("小组接着照看那个地方，到 %(until)s"), _members, _page),
    NoticeRule("academy.keeping.ended", _("小组不再照看那个地方，页面上写着理由"), _members, _page),
    NoticeRule("academy.rota.made", _("小组有了值班表，哪天方便点一下就行"), _members, _rota_page),
    NoticeRule(
        "academy.rota.edited",
        _("值班表改了日子或时间，请看看您的班：页面上没有的不用来了"),
        _told,
        _rota_page,
    ),
    NoticeRule("academy.rota.ended", _("值班表结束了，您认领的班不用来了"), _on_duty, _rota_page),
    NoticeRule("academy.duty.tomorrow", _("明天 %(at)s 有您的班"), _whose, _rota_page, is_urgent=True),
    NoticeRule(
        "academy.swap.asked", _("有人想用 %(on)s 的班换您 %(other)s 的班，行不行都点一下"), _asked, _rota_page
    ),
    NoticeRule("academy.swap.agreed", _("换好了：您值 %(other)s 的班"), _asker, _rota_page),
    NoticeRule("academy.swap.declined", _("对方不方便换 %(on)s 的班"), _asker, _rota_page),
)

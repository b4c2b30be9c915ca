"""What this part tells the house about itself."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.academy.catalogues import theme_name, union_name
from mulin.academy.clubs import access, doors, inbox, personal_data, showing, states
from mulin.academy.clubs.actions import following
from mulin.academy.clubs.models import Club, ClubNotice, Gathering
from mulin.kernel import clock
from mulin.kernel.registry import (
    PUBLIC,
    RESTRICTED,
    Card,
    Module,
    NavItem,
    NoticeRule,
    PersonalData,
    Sentence,
    Subscriber,
)
from mulin.people.models import Post
from mulin.people.queries import in_force
from mulin.voices.access import accounts_of
from mulin.voices.models import MeToo

_WORDS = {
    "theme": theme_name,
    "union": union_name,
    "kind": lambda code: states.GATHERING_KINDS.get(code, code),
    "level": lambda code: states.LEVEL_WORDS.get(code, code),
}


def _say(text: Any, audience: str = "staff", tone: str = "") -> Sentence:
    return Sentence(text, audience, _WORDS, tone=tone)


SENTENCES = {
    "academy.club.founded": _say(_("成立了一个社团：%(theme)s"), PUBLIC, "done"),
    "academy.club.asked": _say(_("有队伍请社区纳入学院：%(theme)s")),
    "academy.club.admitted": _say(_("把一支队伍纳入了学院：%(theme)s"), PUBLIC, "done"),
    "academy.club.declined": _say(_("没有纳入一支队伍，原因已告诉他们")),
    "academy.club.served": _say(_("社团接下了 %(orders)s 条订单"), PUBLIC),
    "academy.club.edited": _say(_("改了社团的资料")),
    "academy.club.rested": _say(_("社团歇一阵，原因写在页面上"), PUBLIC),
    "academy.club.resumed": _say(_("社团又开始活动了"), PUBLIC),
    "academy.club.closed": _say(_("社团结束了，原因写在页面上"), PUBLIC),
    "academy.club.joined": _say(_("有人加入了社团"), RESTRICTED),
    "academy.club.left": _say(_("有人离开了社团"), RESTRICTED),
    "academy.club.leader": _say(_("请了一位成员当领队")),
    "academy.club.leader_released": _say(_("一位领队改做成员")),
    "academy.club.taken_out": _say(_("从名单去掉一位成员"), RESTRICTED),
    "academy.club.listed": _say(_("名单上记了一位没有账户的成员"), RESTRICTED),
    "academy.club.unlisted": _say(_("名单上划去一位没有账户的成员"), RESTRICTED),
    "academy.club.told": _say(_("给社团成员发了通知")),
    "academy.gathering.planned": _say(_("定了一次%(level)s的%(kind)s"), PUBLIC),
    "academy.gathering.held": _say(_("办了一次%(level)s的%(kind)s，来了 %(came)s 人次"), PUBLIC, "done"),
    "academy.gathering.cancelled": _say(_("%(level)s的%(kind)s不办了，原因写在页面上"), PUBLIC),
}


# Who is told --------------------------------------------------------------------------------------------


def _members(entry: Any) -> Iterable[UUID]:
    return Post.objects.filter(in_force(), org=entry.org).values_list("account_id", flat=True)


def _members_till_now(entry: Any) -> Iterable[UUID]:
    """Members whose place ended with the club: their last day was the one before."""
    last = clock.day_of(entry.at) - timedelta(days=1)
    return Post.objects.filter(org=entry.org, ends_on=last).values_list("account_id", flat=True)


def _invited(entry: Any) -> Iterable[UUID]:
    """Everybody behind the orders that the club serves: who asked, and who stood beside it."""
    club = Club.objects.filter(pk=entry.subject).first()
    found: list[UUID] = []
    for matter in club.orders.values_list("matter", flat=True) if club else ():
        found += accounts_of(matter)
        beside = MeToo.objects.filter(matter=matter, account__isnull=False)
        found += beside.values_list("account_id", flat=True)
    return dict.fromkeys(found)


def _asker(entry: Any) -> Iterable[UUID]:
    return Club.objects.filter(pk=entry.subject, asked_by__isnull=False).values_list("asked_by", flat=True)


def _named(entry: Any) -> Iterable[UUID]:
    return [UUID(entry.data["account"])] if entry.data.get("account") else []


def _of_gathering(entry: Any) -> Iterable[UUID]:
    """Members of the clubs that meet; of an icebreaker without clubs nobody can be told by name."""
    row = Gathering.objects.filter(pk=entry.subject).first()
    orgs = row.clubs.values("org") if row else []
    return Post.objects.filter(in_force(), org__in=orgs).values_list("account_id", flat=True).distinct()


def _page(entry: Any) -> str:
    return reverse("academy:club", args=[entry.data["number"]])


def _notices_page(entry: Any) -> str:
    return f"{_page(entry)}#notices" if ClubNotice.objects.filter(pk=entry.subject).exists() else _page(entry)


def _gathering_page(entry: Any) -> str:
    return reverse("academy:gathering", args=[entry.data["number"]])


NOTICES = (
    NoticeRule(
        "academy.club.founded",
        _("您想要的%(theme)s开起来了，点一下就能加入"),
        _invited,
        _page,
        name="invited",
    ),
    NoticeRule("academy.club.founded", _("您是一个新社团的领队：%(theme)s"), _members, _page, name="leaders"),
    NoticeRule("academy.club.served", _("您想要的%(theme)s有社团接了，点一下就能加入"), _invited, _page),
    NoticeRule("academy.club.admitted", _("您的队伍纳入社区学院了，您是领队"), _asker, _page),
    NoticeRule("academy.club.declined", _("您的队伍这次没有纳入社区学院，请看原因"), _asker, _page),
    NoticeRule("academy.club.rested", _("您的社团歇一阵，请看原因：%(theme)s"), _members, _page),
    NoticeRule("academy.club.resumed", _("您的社团又开始活动了：%(theme)s"), _members, _page),
    NoticeRule("academy.club.closed", _("您的社团结束了，请看原因：%(theme)s"), _members_till_now, _page),
    NoticeRule("academy.club.leader", _("您当了社团的领队：%(theme)s"), _named, _page),
    NoticeRule("academy.club.leader_released", _("您不再是社团的领队，还是成员：%(theme)s"), _named, _page),
    NoticeRule("academy.club.taken_out", _("您不在社团的名单里了：%(theme)s"), _named, _page),
    NoticeRule("academy.club.told", _("您的社团有新通知"), _members, _notices_page),
    NoticeRule("academy.gathering.planned", _("您的社团要参加一次%(kind)s"), _of_gathering, _gathering_page),
    NoticeRule(
        "academy.gathering.cancelled", _("%(kind)s不办了，请看原因"), _of_gathering, _gathering_page,
        is_urgent=True,
    ),
)  # fmt: skip

PART = Module(
    name="clubs",
    title="",
    sentences=SENTENCES,
    notices=NOTICES,
    inbox=inbox.SOURCES,
    cards=(Card("academy", "academy/clubs/card.html", showing.card, order=40, row=True),),
    doors=doors.DOORS,
    desk_nav=(
        NavItem(
            "clubs", pgettext_lazy("list", "社团"), "academy_desk:clubs", "people", 57, access.LEAD, "orders"
        ),
        NavItem(
            "gatherings", _("破冰和联谊"), "academy_desk:gatherings", "hand-over", 58,
            "academy.gathering:manage", "orders",
        ),
    ),
    subscribers=(Subscriber("academy-clubs", following.follow),),
    personal_data=(
        PersonalData("clubs", _("社团"), personal_data.export, personal_data.erase),
    ),
)  # fmt: skip

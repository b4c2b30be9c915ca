"""What this part tells the house about itself."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.academy.sessions import (
    auditing,
    counting,
    inbox,
    personal_data,
    photos,
    queries,
    reminding,
    states,
    unled,
)
from mulin.academy.sessions.models import Session, Signup
from mulin.kernel.registry import (
    PUBLIC,
    RESTRICTED,
    STAFF,
    Card,
    Measure,
    Module,
    NavItem,
    NoticeRule,
    Periodic,
    PersonalData,
    Recount,
    Sentence,
)
from mulin.people.models import Post
from mulin.people.queries import in_force
from mulin.voices.access import accounts_of

_WORDS = {
    "kind": lambda code: states.KINDS.get(code, code),
    "state": lambda code: states.SIGNUP_WORDS.get(code, code),
}


def _say(text: Any, audience: str = STAFF) -> Sentence:
    return Sentence(text, audience, _WORDS)


SENTENCES = {
    "academy.session.drafted": _say(_("起草了一场%(kind)s")),
    "academy.session.planned": _say(_("定了%(kind)s：%(when)s"), PUBLIC),
    "academy.session.series_planned": _say(_("定了%(n)s次%(kind)s，第一次 %(when)s"), PUBLIC),
    "academy.session.edited": _say(_("改了%(kind)s的介绍或名额")),
    "academy.session.moved_up": _say(_("%(when)s的%(kind)s空出位子，候补的%(n)s家补上了")),
    "academy.session.moved": _say(_("%(kind)s改到 %(when)s，理由已公开"), PUBLIC),
    "academy.session.cancelled": _say(_("%(when)s的%(kind)s取消了，理由已公开"), PUBLIC),
    "academy.session.weather": _say(_("%(day)s的%(n)s场户外活动因天气取消"), PUBLIC),
    "academy.session.substituted": _say(_("%(when)s的%(kind)s换了老师"), PUBLIC),
    "academy.session.forgotten": _say(_("按保存期限删去了活动名单上 %(n)s 个名字")),
    "academy.session.discarded": _say(_("删去了一场没有公布的%(kind)s")),
    "academy.session.signed_up": _say(_("报名%(heads)s人：%(state)s"), RESTRICTED),
    "academy.session.heads_changed": _say(_("报名改成%(heads)s人"), RESTRICTED),
    "academy.session.left": _say(_("退了报名"), RESTRICTED),
    "academy.session.reminded": _say(_("提醒了报名的%(n)s人"), RESTRICTED),
    "academy.session.reminded_late": _say(_("提醒了后来报名的%(n)s人"), RESTRICTED),
    "academy.session.attendance": _say(_("记了到场，一共%(n)s人次")),
    "academy.session.checked_in": _say(_("扫码签到"), RESTRICTED),
    "academy.session.held": _say(_("办了%(kind)s，来了%(n)s人次"), PUBLIC),
    "academy.session.results": _say(_("登记了%(n)s支队伍的成绩"), PUBLIC),
    "academy.session.photo_added": _say(_("加了一张照片")),
    "academy.session.photo_published": _say(_("公布了一张照片，照片上%(n)s人都同意")),
    "academy.session.photo_hidden": _say(_("收起了一张照片")),
    "academy.session.photo_deleted": _say(_("删去了一张照片")),
    "academy.session.calendar_reset": _say(_("换了自己日历的网址"), RESTRICTED),
}


def _page(entry: Any) -> str:
    return reverse("academy:session", args=[entry.data["number"]])


def _mine(entry: Any) -> str:
    return reverse("academy:sessions-mine")


def _moved_up(entry: Any) -> Iterable[UUID]:
    """Who got a place because somebody left or there are more of them."""
    rows = Signup.objects.filter(pk__in=entry.data.get("moved", ()), account__isnull=False)
    return rows.values_list("account_id", flat=True)


def _listed(entry: Any) -> Iterable[UUID]:
    """Who is on the list of the session, or of all that the line is about."""
    if "sessions" in entry.data:
        return queries.accounts_of(entry.data["sessions"])
    session = Session.objects.filter(pk=entry.subject).first()
    if session is None:
        return []
    if entry.data.get("n", 1) == 1:
        return queries.accounts_of([session.pk])
    rest = Session.objects.filter(
        series=session.series, starts_at__gte=session.starts_at, state=session.state
    )
    return queries.accounts_of(rest.values_list("pk", flat=True))


def _hoped(entry: Any) -> Iterable[UUID]:
    """Who asked for it, and the members of the club that holds it."""
    asked = list(accounts_of(entry.matter)) if entry.matter else []
    members = []
    if entry.org:
        members = list(Post.objects.filter(in_force(), org=entry.org).values_list("account_id", flat=True))
    return dict.fromkeys([*asked, *members])


_UP = _("%(when)s的%(kind)s有位子了，给您留好了。来不了请点退出，后面的人还等着")
NOTICES = (
    NoticeRule("academy.session.planned", _("定好时间了：%(when)s的%(kind)s，可以报名"), _hoped, _page),
    NoticeRule(
        "academy.session.series_planned", _("定好时间了：%(kind)s，第一次 %(when)s，可以报名"), _hoped, _page
    ),
    NoticeRule("academy.session.left", _UP, _moved_up, _page, is_urgent=True),
    NoticeRule("academy.session.heads_changed", _UP, _moved_up, _page, is_urgent=True),
    NoticeRule("academy.session.edited", _UP, _moved_up, _page, is_urgent=True),
    NoticeRule("academy.session.moved_up", _UP, _moved_up, _page, is_urgent=True),
    NoticeRule(
        "academy.session.moved", _("您报名的%(kind)s改了时间或地点：%(when)s"), _listed, _page, is_urgent=True
    ),
    NoticeRule(
        "academy.session.cancelled", _("%(when)s的%(kind)s取消了，请看原因"), _listed, _page, is_urgent=True
    ),
    NoticeRule(
        "academy.session.weather", _("%(day)s的户外活动取消了，请看原因"), _listed, _mine, is_urgent=True
    ),
    NoticeRule("academy.session.substituted", _("%(when)s的%(kind)s换了老师，照常上"), _listed, _page),
    NoticeRule(
        "academy.session.reminded_late",
        _("到时见：%(when)s的%(kind)s"),
        reminding.late,
        _page,
        is_urgent=True,
    ),
    NoticeRule(
        "academy.session.reminded", _("明天见：%(when)s的%(kind)s"), reminding.reminded, _page, is_urgent=True
    ),
)

PART = Module(
    name="academy.sessions",
    title="",
    sentences=SENTENCES,
    inbox=inbox.SOURCES,
    cards=(Card("sessions", "academy/sessions/card.html", inbox.card, 20),),
    notices=NOTICES,
    desk_nav=(
        NavItem(
            "sessions",
            pgettext_lazy("sessions", "活动"),
            "academy_desk:sessions",
            "calendar",
            56,
            queries.MANAGE,
            "orders",
        ),
    ),
    measures=(
        Measure("academy.sessions", _("办了的活动"), by="event"),
        Measure("academy.person_times", _("参加人次"), by="event"),
    ),
    recounts=(Recount(counting.MEASURES, counting.recount, counting.nth_place),),
    periodic=(
        Periodic("session-reminders", 900, reminding.remind),
        Periodic("session-unled", 900, unled.call_off),
        Periodic("session-photo-sweep", 86400, photos.sweep),
        Periodic("session-names-forget", 86400, personal_data.forget_names),
    ),
    providers={"academy.week_of": queries.week_of, "children.audit.sessions": auditing.audit},
    personal_data=(PersonalData("sessions", _("活动和报名"), personal_data.export, personal_data.erase),),
)

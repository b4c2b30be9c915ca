"""The manifest of this module."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.bookings import actions, cards, inbox, personal_data, queries
from mulin.bookings.models import Booking
from mulin.kernel.registry import (
    Card,
    Module,
    NavItem,
    NoticeRule,
    Periodic,
    PersonalData,
    Sentence,
)
from mulin.places.venues.queries import MANAGE as VENUES

SENTENCES = {
    "bookings.room.booked": Sentence(_("预约了房间，%(when)s")),
    "bookings.room.asked": Sentence(_("想用房间，%(when)s，等社区同意")),
    "bookings.room.booked_for": Sentence(_("代订了房间，%(when)s 起 %(n)s 次")),
    "bookings.room.approved": Sentence(_("同意了房间预约，%(when)s")),
    "bookings.room.declined": Sentence(_("没有同意房间预约，%(when)s，理由已告知")),
    "bookings.room.lapsed": Sentence(_("房间预约到时没有答复，%(when)s 的时间放开了")),
    "bookings.room.cancelled": Sentence(_("取消了自己的房间预约，%(when)s")),
    "bookings.room.called_off": Sentence(_("社区取消了房间预约，%(when)s，理由已告知")),
    "bookings.room.moved": Sentence(_("房间预约改到 %(when)s，理由已告知")),
    "bookings.room.no_show": Sentence(_("%(when)s 的房间没有人来，余下的时间放开了")),
    "bookings.room.forgotten": Sentence(_("删去了 %(n)s 个代订留下的姓名电话")),
    "bookings.room.restored": Sentence(_("恢复了房间预约，%(when)s")),
}


def _booker(entry: Any) -> Iterable[UUID]:
    """Who booked, unless it was they who acted."""
    rows = Booking.objects.filter(pk=entry.subject, account__isnull=False)
    return [one for one in rows.values_list("account_id", flat=True) if one != entry.actor]


def _page(entry: Any) -> str:
    return reverse("bookings:booking", args=[entry.data["number"]])


def _notice(name: str, text: Any, *, is_urgent: bool = False) -> NoticeRule:
    return NoticeRule(f"bookings.room.{name}", text, _booker, _page, is_urgent=is_urgent)


NOTICES = (
    _notice("approved", _("您约的房间同意了：%(when)s")),
    _notice("declined", _("您约的房间没有同意，请看原因：%(when)s"), is_urgent=True),
    _notice("lapsed", _("您约的房间没有来得及答复，请换个时间：%(when)s"), is_urgent=True),
    _notice("called_off", _("您约的房间取消了，请看原因：%(when)s"), is_urgent=True),
    _notice("moved", _("您约的房间改了时间：%(when)s"), is_urgent=True),
    _notice("restored", _("您约的房间恢复了：%(when)s")),
)

MODULE = Module(
    name="bookings",
    title=_("场地和预约"),
    sentences=SENTENCES,
    inbox=inbox.SOURCES,
    cards=(Card("venues", "bookings/card.html", cards.venues, order=41, row=True),),
    notices=NOTICES,
    desk_nav=(
        NavItem("venues", _("场地"), "bookings_desk:venues", "building", 56, VENUES, tab=_("全部场地")),
        NavItem(
            "venue-bookings",
            _("预约"),
            "bookings_desk:venue-bookings",
            "calendar",
            57,
            queries.MANAGE,
            "venues",
        ),
        NavItem(
            "venue-calendar",
            _("日历"),
            "bookings_desk:venue-calendar",
            "calendar",
            58,
            queries.MANAGE,
            "venues",
        ),
        NavItem(
            "venue-report", _("使用情况"), "bookings_desk:venue-report", "chart", 59, queries.MANAGE, "venues"
        ),
    ),
    periodic=(
        Periodic("bookings.lapse", 300, actions.lapse_asked),
        Periodic("bookings.forget", 24 * 3600, personal_data.forget_told),
    ),
    personal_data=(PersonalData("bookings", _("房间预约"), personal_data.export, personal_data.erase),),
    providers={"bookings.ahead": queries.ahead},
)

"""What this part tells the house about itself."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.kernel.actors import Actor
from mulin.kernel.registry import (
    PUBLIC,
    RESTRICTED,
    Card,
    Module,
    NavItem,
    NoticeRule,
    Periodic,
    PersonalData,
    Sentence,
)
from mulin.mutualaid.timebank import actions, expiring, personal_data, policies
from mulin.mutualaid.timebank.models import TimeAward, TimeExpiry, TimeGift
from mulin.mutualaid.timebank.states import GIFT_WORDS, minutes_words

DAY = 24 * 3600
_WORDS = {"minutes": minutes_words, "kind": lambda code: GIFT_WORDS.get(code, code)}


def _say(text: Any, audience: str = RESTRICTED) -> Sentence:
    return Sentence(text, audience, _WORDS)


SENTENCES = {
    "aid.time.opened": _say(_("开了自己的时间账")),
    "aid.time.code_renewed": _say(_("换了收时间的码")),
    "aid.time.spending_chosen": _say(_("选了接受服务时用不用自己的时间")),
    "aid.time.given": _say(_("%(kind)s：%(minutes)s")),
    "aid.time.gift_undone": _say(_("收回了送错的 %(minutes)s，双方看得到原因")),
    "aid.time.awarded": _say(_("从社区储备发了 %(minutes)s，理由已公开"), PUBLIC),
    "aid.time.redeemed": _say(_("兑换了 %(points)s 积分")),
    "aid.time.expiring": _say(_("%(minutes)s将在 %(day)s到期，已告诉本人")),
    "aid.time.expired": _say(_("%(minutes)s到期，进了社区储备")),
}


def _accounts(*holders: Any) -> list[UUID]:
    return [one.account_id for one in holders if one is not None and one.account_id]


def _of_gift(entry: Any) -> Iterable[UUID]:
    found = TimeGift.objects.filter(pk=entry.subject).select_related("giver", "receiver").first()
    return _accounts(found.giver, found.receiver) if found else []


def _of_award(entry: Any) -> Iterable[UUID]:
    found = TimeAward.objects.filter(pk=entry.subject).select_related("holder").first()
    return _accounts(found.holder) if found else []


def _of_expiry(entry: Any) -> Iterable[UUID]:
    found = TimeExpiry.objects.filter(pk=entry.subject).select_related("holder").first()
    return _accounts(found.holder) if found else []


def _mine(entry: Any) -> str:
    return reverse("aid:time")


NOTICES = (
    NoticeRule("aid.time.given", _("有人送了您 %(minutes)s，打开看看"), _of_gift, _mine),
    NoticeRule("aid.time.gift_undone", _("一笔 %(minutes)s 的赠送被收回了，请看原因"), _of_gift, _mine),
    NoticeRule("aid.time.awarded", _("社区储备发给您 %(minutes)s"), _of_award, _mine),
    NoticeRule("aid.time.expiring", _("您有 %(minutes)s将在 %(day)s到期，可以用、可以送"), _of_expiry, _mine),
    NoticeRule("aid.time.expired", _("您有 %(minutes)s到期了，进了社区储备"), _of_expiry, _mine),
)


def card(actor: Actor, place: str) -> dict[str, Any] | None:
    """The way in, where there is a time bank."""
    if len(place) != 12 or not policies.is_on(place):
        return None
    return {"url": reverse("aid:time-here", args=[place])}


PART = Module(
    name="timebank",
    title="",
    sentences=SENTENCES,
    notices=NOTICES,
    cards=(Card("timebank", "mutualaid/timebank/card.html", card, order=44, row=True),),
    desk_nav=(NavItem("times", _("时间银行"), "aid_desk:times", "clock", 66, actions.VIEW, "aid"),),
    periodic=(Periodic("aid.time.expiring", DAY, expiring.run),),
    personal_data=(PersonalData("time", _("时间银行"), personal_data.export, personal_data.erase),),
)

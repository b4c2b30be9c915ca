"""What this part tells the house about itself."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.kernel.actors import Actor
from mulin.kernel.registry import (
    RESTRICTED,
    Card,
    Module,
    NavItem,
    NoticeRule,
    Periodic,
    PersonalData,
    Sentence,
)
from mulin.ledger.wording import amount_words
from mulin.mutualaid.sharing import access, inbox, personal_data, states, uses
from mulin.mutualaid.sharing.models import SharedOffer, SharedUse

HOUR = 3600


def _money(fen: Any) -> str:
    return amount_words("fen", fen) if isinstance(fen, int) else str(fen)


def _state(code: str) -> Any:
    return {**states.OFFERS, **states.OBJECTIONS, **states.DEPOSITS}.get(code, code)


_WORDS = {"kind": lambda code: states.KINDS.get(code, code), "state": _state, "fen": _money}


def _say(text: Any) -> Sentence:
    """Lines about two neighbours: nobody else's business."""
    return Sentence(text, RESTRICTED, _WORDS)


SENTENCES = {
    "aid.sharing.offered": Sentence(_("挂了一个%(kind)s：%(state)s"), "staff", _WORDS),
    "aid.sharing.edited": Sentence(_("改了出借的%(kind)s"), "staff", _WORDS),
    "aid.sharing.moved": Sentence(_("出借的%(kind)s：%(state)s"), "staff", _WORDS),
    "aid.sharing.booked": _say(_("约了邻居的%(kind)s")),
    "aid.sharing.cancelled": _say(_("取消了一次%(kind)s预约")),
    "aid.sharing.begun": _say(_("开始用%(kind)s")),
    "aid.sharing.ended": _say(_("用完了%(kind)s")),
    "aid.sharing.not_fetched": _say(_("约好的%(kind)s没有取，预约取消了")),
    "aid.sharing.overdue": _say(_("借的%(kind)s到时间没有还")),
    "aid.sharing.no_show": _say(_("出借人说约了没有来")),
    "aid.sharing.objected": _say(_("对“没有来”提出了异议")),
    "aid.sharing.objection_decided": _say(_("异议%(state)s")),
    "aid.sharing.damage_told": _say(_("说有损坏")),
    "aid.sharing.damage_answered": _say(_("对损坏回了话")),
    "aid.sharing.damage_settled": _say(_("损坏的事说好了")),
    "aid.sharing.paid": _say(_("记下收到借用费 %(fen)s")),
    "aid.sharing.paid_out": _say(_("记下付给出借人 %(fen)s")),
    "aid.sharing.deposit": _say(_("%(state)s：%(fen)s")),
    "aid.sharing.waived": _say(_("免去费用 %(fen)s")),
}


def _use(entry: Any) -> SharedUse | None:
    return SharedUse.objects.filter(pk=entry.subject).select_related("offer").first()


def _borrower(entry: Any) -> Iterable[UUID]:
    found = _use(entry)
    return [found.account_id] if found and found.account_id else []


def _owner(entry: Any) -> Iterable[UUID]:
    found = _use(entry)
    return [found.offer.account_id] if found and found.offer.account_id else []


def _both(entry: Any) -> Iterable[UUID]:
    return [*_borrower(entry), *_owner(entry)]


def _lender(entry: Any) -> Iterable[UUID]:
    found = SharedOffer.objects.filter(pk=entry.subject).first()
    return [found.account_id] if found and found.account_id else []


def _page(entry: Any) -> str:
    return reverse("aid:sharing-use", args=[entry.data["number"]])


def _thing(entry: Any) -> str:
    return reverse("aid:sharing-thing", args=[entry.data["number"]])


def _rule(code: str, text: Any, who: Callable[[Any], Iterable[UUID]], *, urgent: bool = False) -> NoticeRule:
    return NoticeRule(f"aid.sharing.{code}", text, who, _page, is_urgent=urgent)


NOTICES = (
    NoticeRule("aid.sharing.moved", _("您出借的%(kind)s：%(state)s"), _lender, _thing),
    _rule("booked", _("有邻居约了您的%(kind)s：%(starts)s"), _owner),
    _rule("cancelled", _("一次%(kind)s预约取消了，请看原因"), _both, urgent=True),
    _rule("ended", _("一次%(kind)s用完了"), _both),
    _rule("not_fetched", _("约好的%(kind)s没有取，预约取消了"), _both),
    _rule("overdue", _("借的%(kind)s到时间了，请归还"), _both, urgent=True),
    _rule("no_show", _("出借人说您约了没有来；来了可以提出异议"), _borrower),
    _rule("objection_decided", _("异议%(state)s"), _both),
    _rule("damage_told", _("出借人说用过以后有损坏，请回话"), _borrower),
    _rule("damage_answered", _("借用的人对损坏回了话"), _owner),
    _rule("damage_settled", _("损坏的事记下了双方说好的"), _both),
    _rule("deposit", _("%(state)s：%(fen)s"), _both),
    _rule("waived", _("一次借用免去了费用 %(fen)s"), _both),
)


def card(actor: Actor, place: str) -> dict[str, Any] | None:
    """The way in from a community's home."""
    return {"url": reverse("aid:sharing-here", args=[place])} if len(place) == 12 else None


PART = Module(
    name="sharing",
    title="",
    sentences=SENTENCES,
    inbox=inbox.SOURCES,
    notices=NOTICES,
    cards=(Card("sharing", "mutualaid/sharing/card.html", card, order=43, row=True),),
    desk_nav=(NavItem("sharings", _("邻里共享"), "aid_desk:sharings", "car", 67, access.VIEW, "aid"),),
    periodic=(Periodic("aid.sharing.finish", HOUR, uses.finish_old),),
    personal_data=(PersonalData("sharing", _("邻里共享"), personal_data.export, personal_data.erase),),
)

"""What the lines of a statement are called."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.ledger.joining import KIND as JOINED
from mulin.ledger.wording import amount_words
from mulin.mutualaid.matching.catalogue import kinds
from mulin.mutualaid.timebank import actions

# Kind of posting -> what it is called where it came in, and where it went out.
LINES: dict[str, tuple[Any, Any]] = {
    actions.VISIT: (_("服务邻里，已确认"), _("超出上限，进社区储备")),
    actions.SPENT: (_("退回用掉的时间"), _("接受服务")),
    actions.GIFT: (_("收到赠送"), _("送出")),
    actions.AWARD: (_("社区储备发给您"), _("社区储备发出")),
    actions.EXPIRED: (_("到期时间进储备"), pgettext_lazy("time", "到期")),
    actions.ERASED: (_("销账时留给社区"), _("销账")),
    actions.POINTS: (_("服务积分"), _("服务积分")),
    actions.REDEEMED: (_("兑换"), _("兑换")),
    JOINED: (_("另一本账并进来"), _("并进另一本账")),
}
GIFT_WORDS = {"gift": _("送给邻居"), "family": _("转给家人"), "reserve": _("送给社区储备")}


def line_words(kind: str, amount: int) -> str:
    came, went = LINES.get(kind, (kind, kind))
    return str(came if amount > 0 else went)


def kind_words(words: str) -> str:
    """What a line was for: a kind of help is kept by its title and read in the current language."""
    return next((str(one) for one in kinds().values() if one.title == words), words)


def minutes_words(n: Any) -> str:
    """A journal line's minutes in words; older lines may hold something else."""
    return amount_words("minute", n) if isinstance(n, int) else str(n)

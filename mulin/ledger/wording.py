"""Amounts in words, as people say them."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def amount_words(unit: str, amount: int, *, signed: bool = False) -> str:
    """`1250` fen as `12.50 元`, `135` minutes as `2 小时 15 分钟`. `signed`: with a plus too."""
    sign = "−" if amount < 0 else "+" if signed and amount else ""
    return sign + _PLAIN[unit](abs(amount))


def _money(fen: int) -> str:
    return _("%(n)s 元") % {"n": f"{fen // 100:,}.{fen % 100:02d}"}


def _time(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(n)s 小时", "%(n)s 小时", hours) % {"n": f"{hours:,}"})
    if rest or not hours:
        parts.append(ngettext("%(n)s 分钟", "%(n)s 分钟", rest) % {"n": rest})
    return " ".join(parts)


def _points(points: int) -> str:
    return ngettext("%(n)s 积分", "%(n)s 积分", points) % {"n": f"{points:,}"}


_PLAIN = {"fen": _money, "minute": _time, "point": _points}

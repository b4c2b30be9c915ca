"""Money, days and links as people read and type them."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.kernel import clock
from mulin.kernel.errors import ActionError

MOST_LINKS = 12
MOST_FEN = 10**14


def money(fen: int | None) -> str:
    """`1,234.50 元`, whole yuan without the zeros; empty for an amount nobody knows."""
    if fen is None:
        return ""
    yuan, rest = divmod(fen, 100)
    amount = f"{yuan:,}.{rest:02d}" if rest else f"{yuan:,}"
    return _("%(amount)s 元") % {"amount": amount}


def to_fen(yuan: Decimal | None) -> int | None:
    """An amount from a form, in fen. Raises ActionError (422) for a negative or absurd one."""
    if yuan is None:
        return None
    try:
        fen = int((yuan * 100).to_integral_value())
    except InvalidOperation:
        fen = -1
    if not 0 <= fen <= MOST_FEN:
        raise ActionError("bad-money", _("请核对金额。"), field="cost", status=422)
    return fen


def on_day(day: date | None) -> str:
    """`7月3日`, with the year when it is not this one."""
    if day is None:
        return ""
    style = "n月j日" if day.year == clock.today().year else "Y年n月j日"  # untranslated: the key of a format
    formats = {"n月j日": pgettext("date format", "n月j日"), "Y年n月j日": pgettext("date format", "Y年n月j日")}
    return date_format(day, formats[style])


def links(lines: str, field: str = "links") -> list[dict[str, str]]:
    """What was typed as `title | address`, a line each. Raises ActionError (422) for what is no address."""
    found = []
    for line in filter(None, (part.strip() for part in lines.splitlines())):
        title, _bar, url = (part.strip() for part in line.replace("｜", "|").rpartition("|"))
        if not is_address(url):
            text = _("“%(line)s”不是网址。一行一个，写成：名称 | https://…") % {"line": line[:60]}
            raise ActionError("bad-link", text, field=field, status=422)
        found.append({"title": title[:80], "url": url})
    if len(found) > MOST_LINKS:
        raise ActionError("too-many-links", _("最多放%d个链接。") % MOST_LINKS, field=field, status=422)
    return found


def is_address(url: str) -> bool:
    """Whether a page may link to it: another site over http, or a page of this one."""
    if len(url) > 300 or any(ord(one) < 33 for one in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme in {"http", "https"}:
        return bool(parts.netloc)
    return not parts.scheme and not parts.netloc and url.startswith("/") and not url.startswith("//")


def as_lines(links_: list[dict[str, Any]]) -> str:
    """The same the other way round, for a form."""
    return "\n".join(f"{one['title']} | {one['url']}" if one["title"] else one["url"] for one in links_)

"""Small pieces of markup that every page needs: icons, states, clocks, script tags.

States and clocks stand many times on a list, so they are made here and not by an include each:
fifty rows cost well under a millisecond.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_noop

from mulin.kernel import codes, days
from mulin.kernel.numbers import is_number, show_number

register = template.Library()

# How a pack begins what rests on no law.
OURS = gettext_noop("本产品默认值")
TONE_ICONS = {"done": "check", "wait": "wait", "urgent": "alert"}


@lru_cache(maxsize=1024)
def _icon(name: str, label: str, size: str) -> SafeString:
    css = f"icon icon--{size}" if size else "icon"
    spoken = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="{}" {} focusable="false"><use href="{}#{}"></use></svg>',
        css,
        spoken,
        static("mulin/icons.svg"),
        name,
    )


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """A line icon of the sprite, silent beside a word; `label` makes it speak. `size`: small or large."""
    return _icon(str(name), str(label), str(size))


def _get(thing: Any, name: str) -> Any:
    return thing.get(name, "") if isinstance(thing, Mapping) else getattr(thing, name, "")


@register.simple_tag
def badge(label: str, tone: str = "", icon: str = "", code: str = "", seal: bool = False) -> SafeString:
    """A state as icon, word and colour. `tone`: "", wait, done, urgent; `seal` draws a frame (one a row)."""
    css = "badge" + (f" badge--{tone}" if tone else "") + (" badge--seal" if seal else "")
    return format_html(
        '<span class="{}" data-state="{}">{}{}</span>',
        css,
        code,
        _icon(str(icon or TONE_ICONS.get(tone, "circle")), "", ""),
        label,
    )


@register.simple_tag
def state_badge(state: Any) -> SafeString:
    """The same from one thing (mapping or object) with label, tone, icon, code and seal; empty for none."""
    if not state:
        return mark_safe("")
    return badge(*(_get(state, name) for name in ("label", "tone", "icon", "code", "seal")))


@register.simple_tag
def clock(clock: Any) -> SafeString:
    """A clock as words: text, tone, rule (said on hover and to screen readers), at (datetime), icon."""
    if not clock:
        return mark_safe("")
    tone, rule, at = _get(clock, "tone"), _get(clock, "rule"), _get(clock, "at")
    name = "alert" if tone == "urgent" else _get(clock, "icon") or "clock"
    text = _get(clock, "text")
    return format_html(
        '<span class="clock{}"{}>{}{}{}</span>',
        f" clock--{tone}" if tone else "",
        format_html(' title="{}"', rule) if rule else "",
        _icon(str(name), "", ""),
        format_html('<time datetime="{}">{}</time>', at.isoformat(), text) if at else text,
        format_html('<span class="unseen"> {}</span>', rule) if rule else "",
    )


register.filter("day", days.day_words)
register.filter("moment", days.moment_words)


@register.filter
def basis(said: str | None) -> str:
    """What a rule rests on, in the words of its pack: names of laws stay Chinese in every language. That a
    value is ours and no law's is said in the reader's own."""
    is_ours = str(said or "").startswith(OURS) and not str(get_language()).startswith("zh")
    return gettext(OURS) if is_ours else said or ""


@register.filter
def is_community(place: object) -> bool:
    """Whether what a page calls its place is the code of one community, not of a street or a building."""
    return isinstance(place, str) and codes.is_valid(place) and codes.level(place) == codes.Level.COMMUNITY


@register.filter
def numbers(text: str) -> SafeString:
    """The numbers of matters in a text in groups that can be read out, 482 109 3755. The gaps are drawn, not
    written: what is copied stays ten digits."""
    parts = re.split(r"(?<![0-9])([0-9]{10})(?![0-9])", str(text))
    return format_html_join("", "{}", ((_digits(part) if n % 2 else part,) for n, part in enumerate(parts)))


def _digits(number: str) -> SafeString | str:
    if not is_number(number):
        return number
    groups = ((part,) for part in show_number(number).split())
    return format_html('<span class="digits">{}</span>', format_html_join("", "<span>{}</span>", groups))


@register.simple_tag
def scripts(*names: str) -> SafeString:
    """Deferred script tags for controllers of static/mulin/js, by name: `{% scripts "draft" "photos" %}`."""
    tags = ((static(f"mulin/js/{name}.js"),) for name in names)
    return format_html_join("\n", '<script defer src="{}"></script>', tags)


@register.simple_tag
def vendor(path: str) -> str:
    """Address of a file that assets.py installed, for example `leaflet/leaflet.js`."""
    return static(f"vendor/{path}")

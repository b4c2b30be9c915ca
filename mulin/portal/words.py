"""Times, numbers and links as a neighbour would say them."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.kernel import clock
from mulin.voices import states as voice_states


def when(moment: datetime | None) -> str:
    """`今天 15:20`, `昨天 15:20`, `明天 15:20`, `7月3日 15:20`, `2025年7月3日`."""
    if moment is None:
        return ""
    local = moment.astimezone(clock.zone())
    day, today = local.date(), clock.today()
    time = f"{local:%H:%M}"
    near = {
        today: _("今天 %(time)s"),
        today - timedelta(days=1): _("昨天 %(time)s"),
        today + timedelta(days=1): _("明天 %(time)s"),
    }
    if day in near:
        return near[day] % {"time": time}
    if day.year == today.year:
        return date_format(local, pgettext("date format", "n月j日 H:i"))
    return date_format(local, pgettext("date format", "Y年n月j日"))


def exact(moment: datetime | None) -> str:
    """`2026年7月3日 15:20`: for paper, which is read on another day."""
    if moment is None:
        return ""
    return date_format(moment.astimezone(clock.zone()), pgettext("date format", "Y年n月j日 H:i"))


def day(moment: datetime | None) -> str:
    """`今天`, `昨天`, `7月3日`, for lists where the hour does not matter."""
    if moment is None:
        return ""
    local = moment.astimezone(clock.zone())
    today = clock.today()
    if local.date() == today:
        return pgettext("in a sentence", "今天")
    if local.date() == today - timedelta(days=1):
        return _("昨天")
    style = "n月j日" if local.year == today.year else "Y年n月j日"  # untranslated: the key of a format
    formats = {"n月j日": pgettext("date format", "n月j日"), "Y年n月j日": pgettext("date format", "Y年n月j日")}
    return date_format(local, formats[style])


def kind(code: str) -> Any:
    """The kind of a voice on residents' pages: what one wants and what one can do are called as on the
    buttons, the other kinds by their name."""
    return voice_states.KIND_WORDS[code][1] if code in voice_states.WISHES else voice_states.kind_word(code)


def address_of(request: HttpRequest, path: str) -> str:
    """A full address, for a link that leaves this browser."""
    base = settings.MULIN_BASE_URL.rstrip("/")
    return f"{base}{path}" if base else request.build_absolute_uri(path)

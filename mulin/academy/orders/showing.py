"""Orders in words: themes, ages, times of the week, as both the residents' and the desk's pages say them."""

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from mulin.academy.catalogues import age_name, parts, theme_name
from mulin.academy.orders import access, queries, states
from mulin.academy.orders.models import Order
from mulin.academy.orders.reading import DAYS, choices
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.links import address
from mulin.places.queries import name_of
from mulin.voices.models import Matter, MeToo
from mulin.voices.queries import public_matters

WEEKDAYS = (
    gettext_lazy("周一"), gettext_lazy("周二"), gettext_lazy("周三"), gettext_lazy("周四"),
    gettext_lazy("周五"), gettext_lazy("周六"), gettext_lazy("周日"),
)  # fmt: skip
BEST = 3


def weekday(day: int) -> str:
    """Monday is 1."""
    return str(WEEKDAYS[day - 1])


def time_word(day: int, part: str) -> str:
    """周二晚上."""
    word = str(parts()[part])
    return f"{weekday(day)} {word.lower()}" if get_language() == "en" else f"{weekday(day)}{word}"


def times_line(slots: Iterable[dict[str, Any]], most: int = 6) -> str:
    """The windows of an order as people say them; a day in all its parts is the day, every day is that."""
    chosen = choices(slots)
    if not chosen:
        return ""
    by_day: dict[int, list[str]] = {}
    for one in chosen:
        day, part = one.split("-", 1)
        by_day.setdefault(int(day), []).append(part)
    said = []
    every = next(iter(by_day.values()))
    if len(by_day) == len(DAYS) and all(some == every for some in by_day.values()):
        said = [_("每天")] if len(every) == len(parts()) else [_("每天%s") % parts()[one] for one in every]
    else:
        for day, some in by_day.items():
            said += [weekday(day)] if len(some) == len(parts()) else [time_word(day, one) for one in some]
    comma = ", " if get_language() == "en" else "、"
    return comma.join(said[:most]) + ("…" if len(said) > most else "")


def theme_word(code: str) -> str:
    return theme_name(code) or str(_("还没有归类的"))


def people_word(n: int) -> str:
    return ngettext("%d 人想要", "%d 人想要", n) % n


def offer_word(n: int) -> str:
    return ngettext("%d 人愿意出力", "%d 人愿意出力", n) % n


def age_line(age: str, n: int) -> str:
    """儿童 4 人."""
    word = age_name(age) or str(_("没说年龄"))
    return ngettext("%(age)s %(n)d 人", "%(age)s %(n)d 人", n) % {"age": word, "n": n}


def theme_row(line: queries.ThemeLine, place: str, clubs: dict[str, int]) -> dict[str, Any]:
    """One theme of the public list."""
    return {
        "code": line.theme,
        "title": theme_word(line.theme),
        "url": reverse("academy:order-theme", args=[place, line.theme or "other"]),
        "people": people_word(line.wishing) if line.wishing else "",
        "offers": offer_word(line.offering) if line.offering else "",
        "ages": [age_line(age, n) for age, n in line.ages[:4]],
        "times": [
            ngettext("%(when)s %(n)d 人", "%(when)s %(n)d 人", n) % {"when": time_word(*at), "n": n}
            for at, n in queries.best_times(line.times, BEST)
        ],
        "clubs": clubs.get(line.theme, 0),
    }


def week_table(times: Counter[tuple[int, str]]) -> list[dict[str, Any]]:
    """Rows of the week: a day, and how many could come in each part of it."""
    return [{"day": weekday(day), "cells": [times.get((day, code), 0) for code in parts()]} for day in DAYS]


def published(place: str, theme: str) -> QuerySet[Matter]:
    """Published wishes and offers of a theme, most wanted first."""
    rows = public_matters(place, ("wish", "offer")).filter(order__theme=theme)
    rows = rows.exclude(order__state="withdrawn").select_related("order")
    return rows.order_by("-is_open", "-me_too_count", "-id")


def public_orders(actor: Actor, found: list[Matter]) -> list[dict[str, Any]]:
    """Published wishes and offers with the button to stand beside them."""
    pressed = set()
    if actor.account:
        mine = MeToo.objects.filter(account=actor.account, matter__in=[one.pk for one in found])
        pressed = set(mine.values_list("matter", flat=True))
    return [_public(one, one.pk in pressed) for one in found]


def _public(matter: Matter, is_pressed: bool) -> dict[str, Any]:
    order = matter.order
    n = order.people + matter.me_too_count
    return {
        "number": matter.number,
        "title": matter.public_title or matter.title,
        "is_offer": matter.kind == "offer",
        "url": address("portal:matter", matter.number),
        "me_too_url": address("portal:me-too", matter.number) if matter.is_open else "",
        "pressed": is_pressed,
        "people": people_word(n) if matter.kind == "wish" else "",
        "state": states.badge(order.state),
        "times": times_line(order.slots),
        "age": age_name(order.age),
        "answer": matter.public_answer,
    }


def desk_row(order: Order, names: dict[str, str]) -> dict[str, Any]:
    """One order on the desk's list; `behind` comes with the query."""
    return {
        "number": order.number,
        "title": order.matter.title,
        "url": address("desk:wish", order.number),
        "is_offer": order.kind == "offer",
        "gives": states.GIVES.get(order.gives, ""),
        "theme": theme_word(order.theme),
        "is_guess": order.described_by == "guess" and bool(order.theme),
        "age": age_name(order.age),
        "times": times_line(order.slots, 4),
        "people": order.behind,
        "state": states.badge(order.state),
        "place": names.get(order.place, ""),
        "club": order.club.org.name if order.club_id else "",
        "since": order.created_at,
        "is_open": order.state in ("gathered", "accepted"),
    }


def figure(place: str) -> dict[str, Any] | None:
    """How much of what was asked was answered; None where nobody asked yet."""
    found = queries.answered(place)
    if found.share is None:
        return None
    return {
        "label": _("得到答复的"),
        "value": found.share,
        "unit": "%",
        "behind": _("%(told)d / %(voices)d 人次") % {"told": found.told, "voices": found.voices},
        "tone": "done" if found.share == 100 else "",
    }


def facts_of_matter(actor: Actor, matter: UUID) -> dict[str, Any] | None:
    """The order of a matter for its page at the desk; None where it is not on the list."""
    order = Order.objects.filter(matter=matter).select_related("club__org").first()
    if order is None:
        return None
    may_found = policy.can(actor, "academy.club:manage", order.place) and order.state in (
        "gathered",
        "accepted",
    )
    found = f"{reverse('academy_desk:club-new')}?orders={order.number}"
    return {
        **facts(actor, order),
        "may_edit": policy.can(actor, access.DESCRIBE, order.place),
        "found_url": found if may_found else "",
        "club_url": reverse("academy:club", args=[order.club.number]) if order.club_id else "",
    }


def facts(actor: Actor, order: Order) -> dict[str, Any]:
    """What the page of the matter at the desk says of its order."""
    return {
        "theme": theme_word(order.theme),
        "is_guess": order.described_by == "guess",
        "age": age_name(order.age) or _("没说"),
        "times": times_line(order.slots) or _("没说"),
        "people": order.people,
        "minutes": order.minutes,
        "gives": states.GIVES.get(order.gives, ""),
        "state": states.badge(order.state),
        "club": order.club,
        "place": name_of(order.place),
        "edit_url": reverse("academy_desk:order", args=[order.number]),
    }

"""Venues at the desk: the list, a new one, its facts, hours, rules, closed days, giving it up."""

from datetime import date
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.bookings import terms, venue_forms, views
from mulin.kernel import clock, policy
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.onward import onward
from mulin.kernel.pages import page, posted, run, tried
from mulin.places.models import Venue
from mulin.places.queries import names_of
from mulin.places.venues import actions, catalogue, hours, opening, words
from mulin.places.venues import queries as places

FORM = require_http_methods(["GET", "HEAD", "POST"])
MANAGE = needs(places.MANAGE)
FILTERS = ("", "idle", "bookable", "station", "culture", "feature", "use", "closed")


@require_safe
@MANAGE
def venues(request: HttpRequest) -> HttpResponse:
    """What there is: centres, stations, rooms; idle ones, those put to use and those given up by a tab."""
    show = request.GET.get("show", "") if request.GET.get("show") in FILTERS else ""
    word = request.GET.get("q", "").strip()
    actor = actor_of(request)
    found = _shown(places.manageable(actor), show)
    if word:
        found = found.filter(name__icontains=word)
    listed = onward(request, found, order=("place", *places.ORDER))
    rows = listed.rows
    names = names_of({one.place for one in rows})
    labels = (
        ("", _("在用的")), ("idle", _("闲置的")), ("use", _("盘活的")), ("bookable", _("可以预约")),
        ("station", _("服务点")), ("culture", _("文化阵地")), ("feature", _("文创设施")),
        ("closed", _("停用的")),
    )  # fmt: skip
    context = {
        "rows": [{**views.card(one), "place": names.get(one.place, ""), "weekly": words.weekly_hours(one),
                  "is_7x12": is_7x12(one), "area": one.area, "within": one.within, "theme": one.theme,
                  "tenancy": one.tenancy} for one in rows],
        "list": listed,
        "tabs": [
            {"label": label, "url": f"?show={key}" if key else "?", "current": key == show, "count": None}
            for key, label in labels
        ],
        "filters": [
            {"name": "show", "kind": "hidden", "value": show},
            {"name": "q", "label": _("找一处场地"), "kind": "search", "value": word},
        ],
        "is_narrow": bool(word or show),
        "show": show,
        "may_register": bool(venue_forms.place_choices(actor)),
        "here": "venues",
    }  # fmt: skip
    return page(request, "bookings/desk_list.html", context)


def _shown(found: QuerySet[Venue], show: str) -> QuerySet[Venue]:
    if show == "closed":
        return found.exclude(places.in_use())
    found = found.filter(places.in_use())
    if show in ("culture", "feature"):
        # A list in JSON is searched the same way on both databases by its text.
        return found.filter(pk__in=[one.pk for one in found if show in one.traits])
    narrow: dict[str, dict[str, Any]] = {
        "idle": {"is_idle": True}, "bookable": {"is_bookable": True}, "station": {"is_station": True},
    }  # fmt: skip
    return found.exclude(use="") if show == "use" else found.filter(**narrow.get(show, {}))


def is_7x12(venue: Venue) -> bool:
    """Whether it is open twelve hours or more on every day of the week."""
    windows = opening.windows(venue)
    return all(
        hours.weekly_minutes(one for one in windows if one.day == day) >= 12 * 60 for day in range(1, 8)
    )


@FORM
@MANAGE
def new(request: HttpRequest) -> HttpResponse:
    """Where, what, called what; everything else on the page that comes next."""
    actor = actor_of(request)
    if not venue_forms.place_choices(actor):  # who only looks after the venues of a group
        policy.require(actor, places.MANAGE, policy.Target())
    form = venue_forms.Place(actor, posted(request), initial={"week": "7x12", "kind": "room"})
    made: list[Venue] = []
    if tried(request, form, lambda: made.append(actions.open_venue(actor=actor, **form.values()))):
        messages.success(request, _("登记好了。接着写里面有什么、能不能预约。"))
        return redirect("bookings_desk:venue-edit", made[0].number)
    back = reverse("bookings_desk:venues")
    return form_page(request, form, _("登记一处场地"), _("登记"), back, _("场地"))


def form_page(
    request: HttpRequest, form: django_forms.Form, title: str, submit: str, back: str, label: str, **more: Any
) -> HttpResponse:
    """A form on a page of its own."""
    template = more.pop("template", "bookings/form.html")
    context = {
        "form": form, "title": title, "submit": submit, "back_url": back, "back_label": label,
        "action": request.get_full_path(), "here": "venues", **more,
    }  # fmt: skip
    return page(request, template, context, status=422 if form.errors else 200)


def of(
    request: HttpRequest, found: Venue, form: django_forms.Form, title: str, submit: str, **more: Any
) -> HttpResponse:
    """A form about one venue."""
    back = reverse("bookings_desk:venue", args=[found.number])
    return form_page(request, form, title, submit, back, found.name, lead=found.name, **more)


@require_safe
@MANAGE
def venue(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about one venue, and what can be done with it."""
    actor = actor_of(request)
    found = places.managed(actor, number)
    usual = terms.terms_of(found)
    context = {
        **views.facts(found),
        "here": "venues",
        "is_gone": bool(found.closed_on and found.closed_on <= clock.today()),
        "is_7x12": is_7x12(found),
        "rules": terms.lines(usual),
        "may_book": policy.can(actor, "bookings.room:manage", places.target_of(found)),
        "rooms": [views.card(one) for one in places.venues_of(found.place).filter(within=found)],
        "activity": _activity_rules(found),
        "past_uses": [
            {**row, "use": str(catalogue.uses().get(row.get("use", ""), ""))}
            for row in found.tenancy.get("past", [])
        ],
        "tenancy": found.tenancy if found.use else None,
        "tenancy_from": _day(found.tenancy.get("from")),
        "tenancy_to": _day(found.tenancy.get("to")),
    }
    return page(request, "bookings/desk_venue.html", context)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _activity_rules(found: Venue) -> str:
    said = {
        "pause": _("两场之间空 %(n)s 分钟"), "least_size": _("至少 %(n)s 人才排"),
        "day_most": _("一天最多 %(n)s 场"), "week_most": _("一周最多 %(n)s 场"),
    }  # fmt: skip
    return _("、").join(text % {"n": found.rules[key]} for key, text in said.items() if found.rules.get(key))


@FORM
@MANAGE
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Name, place, what is in it, what it is for."""
    actor = actor_of(request)
    found = places.managed(actor, number)
    form = venue_forms.Edit(found, posted(request))
    if tried(request, form, lambda: actions.edit_venue(actor=actor, number=found.number, **form.values())):
        messages.success(request, _("已保存。"))
        return redirect("bookings_desk:venue", found.number)
    return of(request, found, form, _("改资料"), _("保存"), template="bookings/form_parts.html")


@FORM
@MANAGE
def hours_page(request: HttpRequest, number: str) -> HttpResponse:
    """The hours of the week: one line a day."""
    actor = actor_of(request)
    found = places.managed(actor, number)
    form = venue_forms.Hours(found, posted(request))
    if tried(request, form, lambda: actions.edit_venue(actor=actor, number=found.number, **form.values())):
        messages.success(request, _("已保存。"))
        return redirect("bookings_desk:venue", found.number)
    return of(request, found, form, _("开放时间"), _("保存"), template="bookings/hours.html")


@FORM
@MANAGE
def rules(request: HttpRequest, number: str) -> HttpResponse:
    """What the owner asks of who books, and of activities."""
    actor = actor_of(request)
    found = places.managed(actor, number)
    usual = terms.terms_of(Venue(place=found.place, kind=found.kind))
    form = venue_forms.Rules(found, usual, posted(request))
    if tried(request, form, lambda: actions.edit_venue(actor=actor, number=found.number, **form.values())):
        messages.success(request, _("已保存。"))
        return redirect("bookings_desk:venue", found.number)
    return of(request, found, form, _("使用规则"), _("保存"), template="bookings/form_parts.html")


@FORM
@MANAGE
def closed_days(request: HttpRequest, number: str) -> HttpResponse:
    """Some days on which it stays closed."""
    actor = actor_of(request)
    found = places.managed(actor, number)
    form = venue_forms.ClosedDays(posted(request))
    if tried(
        request, form, lambda: actions.add_closure(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("写好了，大家看得到。"))
        return redirect("bookings_desk:venue", found.number)
    text = _("有预约的日子不能直接关：请先在日历里改期或取消，约的人会收到通知。")
    return of(request, found, form, _("闭馆几天"), _("闭馆"), text=text)


@require_POST
@MANAGE
def drop_closed_days(request: HttpRequest, number: str) -> HttpResponse:
    """Open after all."""
    actor = actor_of(request)
    found = places.managed(actor, number)
    first, last = request.POST.get("first", ""), request.POST.get("last", "")
    run(
        request,
        lambda: actions.drop_closure(actor=actor, number=found.number, first=first, last=last),
        _("这几天照常开放。"),
    )
    return redirect("bookings_desk:venue", found.number)


@FORM
@MANAGE
def use(request: HttpRequest, number: str) -> HttpResponse:
    """An idle room becomes one of three spaces."""
    actor = actor_of(request)
    found = places.managed(actor, number)
    form = venue_forms.Use(posted(request))
    if tried(
        request, form, lambda: actions.put_to_use(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("记下了。到期或有结果时，在这里写上。"))
        return redirect("bookings_desk:venue", found.number)
    return of(request, found, form, _("盘活这个房间"), _("记下"))


@FORM
@MANAGE
def end_use(request: HttpRequest, number: str) -> HttpResponse:
    """That use is over, and what came of it."""
    actor = actor_of(request)
    found = places.managed(actor, number)
    form = venue_forms.EndUse(posted(request))
    if tried(request, form, lambda: actions.end_use(actor=actor, number=found.number, **form.cleaned_data)):
        messages.success(request, _("记下了，房间又标为闲置。"))
        return redirect("bookings_desk:venue", found.number)
    return of(request, found, form, _("结束使用"), _("结束"))


@FORM
@MANAGE
def close(request: HttpRequest, number: str) -> HttpResponse:
    """Give it up, with why."""
    actor = actor_of(request)
    found = places.managed(actor, number)
    form = venue_forms.Close(posted(request))
    if tried(
        request, form, lambda: actions.close_venue(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("停用了，原因大家看得到。"))
        return redirect("bookings_desk:venue", found.number)
    return of(request, found, form, _("停用这个场地"), pgettext("venue", "停用"))


@require_POST
@MANAGE
def reopen(request: HttpRequest, number: str) -> HttpResponse:
    """Take it up again."""
    actor = actor_of(request)
    found = places.managed(actor, number)
    run(request, lambda: actions.reopen_venue(actor=actor, number=found.number), _("恢复了。"))
    return redirect("bookings_desk:venue", found.number)

"""The time bank for residents: my time, giving some away, papers to print; a community's reserve."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.kernel import clock, codes
from mulin.kernel.context import actor_of
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import show_number
from mulin.kernel.onward import onward
from mulin.kernel.pages import posted, run, tried
from mulin.ledger import tables
from mulin.ledger.wording import amount_words
from mulin.mutualaid.timebank import actions, forms, policies, queries, states
from mulin.mutualaid.timebank.models import TimeGift, TimeHolder
from mulin.people.models import Account
from mulin.places.queries import exists, name_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
FOLDER = "mutualaid/timebank"
SHOWN = 12


def _home(request: HttpRequest) -> str:
    account = Account.objects.filter(pk=actor_of(request).account).first()
    place = (account.home_place if account else "")[:12]
    return place if codes.is_valid(place) and codes.level(place) == codes.Level.COMMUNITY else ""


@require_safe
def time(request: HttpRequest) -> HttpResponse:
    """My time."""
    actor = actor_of(request)
    if actor.is_anonymous:
        return redirect_to_login(request.get_full_path())
    own, place = queries.own_time(actor), _home(request)
    place = own.holder.place if own else place
    context = {
        "own": own,
        "place": place,
        "place_name": name_of(place) if place else "",
        "is_on": bool(place) and policies.is_on(place),
        **(_facts(request, own) if own else {}),
    }
    return render(request, f"{FOLDER}/mine.html", context)


def _facts(request: HttpRequest, own: queries.Own) -> dict[str, Any]:
    soon = [one for one in own.expires if one[2]]
    gifts = onward(request, own.gifts, order=("-id",), size=SHOWN)
    return {
        "code": show_number(own.holder.code),
        "expires": [(on, amount_words("minute", n), told) for on, n, told in own.expires],
        "soon": amount_words("minute", sum(n for _on, n, _told in soon)) if soon else "",
        "soon_on": min((on for on, _n, _told in soon), default=None),
        "gifts": [gift_row(one, own.holder) for one in gifts.rows],
        "list": gifts,
        "points": amount_words("point", own.points) if own.policy.has_points or own.points else "",
        "lines": own.statement.latest_first[:10] if own.statement else [],
        "is_longer": bool(own.statement and len(own.statement.lines) > 10),
    }


def gift_row(one: TimeGift, holder: TimeHolder) -> dict[str, Any]:
    """A gift as one of the two sees it."""
    mine = one.giver_id == holder.pk
    said = str(states.GIFT_WORDS[one.kind]) if mine else _("邻居送给您")
    if one.kind == "family" and not mine:
        said = _("家人转给您")
    return {
        "title": said,
        "minutes": amount_words("minute", -one.minutes if mine else one.minutes, signed=True),
        "on": clock.day_of(one.created_at),
        "words": one.words,
        "undone": one.undone_reason if one.undone_at else "",
        "is_undone": bool(one.undone_at),
    }


@require_POST
def time_open(request: HttpRequest) -> HttpResponse:
    """Begin to hold minutes."""
    actor = actor_of(request)
    if actor.is_anonymous:
        return redirect_to_login(reverse("aid:time"))
    said = _("开好了。把收时间的码给要送您时间的人看，就能收到。")
    run(request, lambda: actions.open_book(actor=actor, place=_home(request)), said)
    return redirect("aid:time")


@FORM
def time_give(request: HttpRequest) -> HttpResponse:
    """Give some away."""
    actor = actor_of(request)
    if actor.is_anonymous:
        return redirect_to_login(request.get_full_path())
    holder = actions.own_holder(actor)
    form = forms.Gift(holder, posted(request))
    if tried(request, form, lambda: actions.give(actor=actor, **form.values())):
        messages.success(request, _("送到了，对方也看得到。"))
        return redirect("aid:time")
    own = queries.time_of(holder)
    context = {"form": form, "own": own, "most": amount_words("minute", own.policy.gift_month)}
    return render(request, f"{FOLDER}/give.html", context, status=422 if form.errors else 200)


@require_POST
def time_code(request: HttpRequest) -> HttpResponse:
    """Another code."""
    actor = actor_of(request)
    said = _("换好了，旧的码不能再用。")
    run(request, lambda: actions.renew_code(actor=actor), said)
    return redirect("aid:time")


@require_POST
def time_spending(request: HttpRequest) -> HttpResponse:
    """Whether visits that one receives use one's own time."""
    actor, spends = actor_of(request), request.POST.get("spends") == "yes"
    said = _("以后接受服务时会用您存的时间。") if spends else _("以后接受服务时不用您存的时间。")
    run(request, lambda: actions.choose_spending(actor=actor, spends=spends), said)
    return redirect("aid:time")


def _year(request: HttpRequest) -> int | None:
    text = request.GET.get("year", "")
    return int(text) if text.isascii() and text.isdigit() and 2000 <= int(text) <= 2100 else None


def statement_context(holder: TimeHolder, year: int | None, unit: str = "minute") -> dict[str, Any]:
    """A printed statement, of a year or of all there is."""
    days = {"since": date(year, 1, 1), "until": date(year, 12, 31)} if year else {}
    return {
        "holder": holder,
        "who": str(holder.account) if holder.account else holder.name,
        "place_name": name_of(holder.place),
        "statement": queries.statement_of(holder, unit=unit, **days),
        "year": year,
        "today": clock.today(),
    }


@require_safe
def time_statement(request: HttpRequest) -> HttpResponse:
    """My statement on paper."""
    actor = actor_of(request)
    if actor.is_anonymous:
        return redirect_to_login(request.get_full_path())
    context = statement_context(actions.own_holder(actor), _year(request))
    return render(request, f"{FOLDER}/statement_print.html", {**context, "back": reverse("aid:time")})


@require_safe
def time_statement_file(request: HttpRequest) -> HttpResponse:
    """My statement as an Excel file."""
    found = queries.statement_of(actions.own_holder(actor_of(request)))
    if found is None:
        raise NotVisible("time")
    return tables.answer(tables.statement_sheet(found, _("我的时间")), "time")


def certificate_context(holder: TimeHolder, year: int | None) -> dict[str, Any]:
    """Confirmed visits only, by month; free of charge."""
    days = {"since": date(year, 1, 1), "until": date(year, 12, 31)} if year else {}
    rows = queries.confirmed(holder, **days)
    months: dict[date, list[int]] = {}
    for on, minutes, _number in rows:
        months.setdefault(on.replace(day=1), []).append(minutes)
    return {
        "holder": holder,
        "who": str(holder.account) if holder.account else holder.name,
        "place_name": name_of(holder.place),
        "months": [(on, len(found), amount_words("minute", sum(found))) for on, found in months.items()],
        "visits": len(rows),
        "total": amount_words("minute", sum(n for _on, n, _number in rows)),
        "first": rows[0][0] if rows else None,
        "last": rows[-1][0] if rows else None,
        "year": year,
        "today": clock.today(),
    }


@require_safe
def time_certificate(request: HttpRequest) -> HttpResponse:
    """A certificate of the hours that I helped."""
    actor = actor_of(request)
    if actor.is_anonymous:
        return redirect_to_login(request.get_full_path())
    context = certificate_context(actions.own_holder(actor), _year(request))
    return render(request, f"{FOLDER}/certificate.html", {**context, "back": reverse("aid:time")})


@require_safe
def time_here(request: HttpRequest, place: str) -> HttpResponse:
    """A community's time bank as everybody sees it: how it works, the reserve, what was given out of it."""
    if not codes.is_valid(place) or codes.level(place) != codes.Level.COMMUNITY or not exists(place):
        raise NotVisible(place)
    found = queries.reserve_of(place)
    awards = onward(request, found.awards, order=("-id",), size=SHOWN)
    context = {
        "place": place,
        "place_name": name_of(place),
        "reserve": found,
        "awards": [(one, amount_words("minute", one.minutes)) for one in awards.rows],
        "list": awards,
        "cap": amount_words("minute", found.policy.cap) if found.policy.cap else "",
        "gift_most": amount_words("minute", found.policy.gift_month) if found.policy.gift_month else "",
    }
    return render(request, f"{FOLDER}/here.html", context)

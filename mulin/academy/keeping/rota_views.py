"""Rotas by telephone: for the members of a group. Names are shown to nobody else."""

from datetime import UTC
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.academy.keeping import access, duties, forms, reading
from mulin.academy.keeping.models import Duty, DutySwap, Rota
from mulin.academy.keeping.views import form_page, signed_in
from mulin.academy.sessions.views import absolute
from mulin.kernel import clock, policy
from mulin.kernel.context import actor_of
from mulin.kernel.pages import back, posted, run, tried
from mulin.places.queries import name_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
MOVES = {"take": duties.take_duty, "give-back": duties.give_back, "done": duties.finish_duty}


def _said(move: str) -> str:
    return {
        "take": _("记下了，到那天提前一天提醒您。"),
        "give-back": _("放回去了，别人可以认领。"),
        "done": _("记下了。辛苦您了。"),
    }[move]


def _url(rota: Rota) -> str:
    return reverse("academy:rota", args=[rota.number])


@require_safe
@signed_in
def rota_page(request: HttpRequest, number: str) -> HttpResponse:
    """The coming turns: free ones to take with one tap, one's own to give back or swap."""
    actor = actor_of(request)
    rota = access.get_rota(actor, number)
    context = _context(rota) | {
        "turns": reading.turns(actor, rota),
        "swaps": _swaps(actor, rota),
        "may_take": rota.org_id in actor.orgs,
        "manages": access.manages(actor, rota),
    }
    return render(request, "academy/keeping/rota.html", context)


def _context(rota: Rota) -> dict[str, Any]:
    return {
        "place": rota.place,
        "place_name": name_of(rota.place),
        "rota": rota,
        "rhythm": reading.rhythm(rota),
    }


def _swaps(actor: Any, rota: Rota) -> list[dict[str, Any]]:
    """Swaps that wait for the actor, and those that the actor asked for."""
    if actor.account is None:
        return []
    rows = DutySwap.objects.filter(state="asked", mine__rota__org=rota.org_id, mine__on__gte=clock.today())
    rows = rows.select_related("mine__rota", "other__rota", "asked_by", "asked_of").order_by("id")
    found = []
    for one in rows:
        words = {"mine": _turn(one.mine), "other": _turn(one.other)}
        if one.asked_of_id == actor.account:
            words["who"] = str(one.asked_by)
            said = _("%(who)s想用 %(mine)s 换您 %(other)s") % words
            found.append({"id": one.pk, "said": said, "is_mine": False})
        elif one.asked_by_id == actor.account:
            words["who"] = str(one.asked_of)
            said = _("您想用 %(mine)s 换%(who)s %(other)s，等对方答应") % words
            found.append({"id": one.pk, "said": said, "is_mine": True})
    return found


def _turn(duty: Duty) -> str:
    return f"{reading.day_line(duty.on)} {duty.rota.title}"


@require_POST
@signed_in
def duty_move(request: HttpRequest, duty: UUID, move: str) -> HttpResponse:
    """Take a turn, give it back, or say that it is done."""
    if move not in MOVES:
        raise Http404
    actor = actor_of(request)
    rota = access.by_id(_seen(actor), duty).rota
    run(request, lambda: MOVES[move](actor=actor, duty=duty), _said(move))
    return redirect(back(request, _url(rota)))


def _seen(actor: Any):
    return Duty.objects.filter(rota__in=access.visible_rotas(actor)).select_related("rota__org")


@FORM
@signed_in
def duty_swap(request: HttpRequest, duty: UUID) -> HttpResponse:
    """Choose whose turn one would like instead."""
    actor = actor_of(request)
    mine = access.by_id(_seen(actor).filter(account=actor.account), duty)
    offered = reading.wanted_turns(actor, mine)
    form = forms.Swap(offered, posted(request))
    if tried(
        request,
        form,
        lambda: duties.ask_swap(actor=actor, mine=mine.pk, other=UUID(form.cleaned_data["other"])),
    ):
        return redirect(_url(mine.rota))
    lead = _("您的班：%(turn)s。选好后问一问对方，对方点了同意才算换。") % {"turn": _turn(mine)}
    return form_page(
        request, form, _("换一班"), _("问一问"), _url(mine.rota), lead=lead, is_empty=not offered,
        place=mine.place, place_name=name_of(mine.place),
    )  # fmt: skip


@require_POST
@signed_in
def swap_answer(request: HttpRequest, swap: UUID, answer: str) -> HttpResponse:
    """Agree, say that it does not suit, or ask no longer."""
    actor = actor_of(request)
    seen = access.by_id(DutySwap.objects.select_related("mine__rota"), swap)
    url = _url(access.get_rota(actor, seen.mine.rota.number))
    if answer == "withdraw":
        run(request, lambda: duties.withdraw_swap(actor=actor, swap=swap), _("收回了。"))
    elif answer in ("agree", "decline"):
        agrees = answer == "agree"
        said = _("换好了。") if agrees else _("回了对方。班还是原来的。")
        run(request, lambda: duties.answer_swap(actor=actor, swap=swap, agrees=agrees), said)
    else:
        raise Http404
    return redirect(url)


@FORM
@signed_in
def duty_fill(request: HttpRequest, duty: UUID) -> HttpResponse:
    """The leader writes down who comes, for somebody without a telephone."""
    actor = actor_of(request)
    found = access.by_id(_seen(actor), duty)
    policy.require(actor, access.ROTA, access.target_of_rota(found.rota))
    form = forms.Fill(posted(request), initial={"label": found.label})
    if tried(request, form, lambda: duties.fill_duty(actor=actor, duty=duty, **form.cleaned_data)):
        return redirect(_url(found.rota))
    lead = f"{_turn(found)} {reading.clock_words(found)}"
    return form_page(
        request, form, _("替人填名字"), _("填上"), _url(found.rota), lead=lead, place=found.place,
        place_name=name_of(found.place),
    )  # fmt: skip


@require_safe
@signed_in
def my_turns(request: HttpRequest) -> HttpResponse:
    """One's own turns in all groups, for one's calendar too."""
    actor = actor_of(request)
    return render(request, "academy/keeping/my_turns.html", {"turns": reading.my_turns(actor.account)})


@require_safe
@signed_in
def rota_print(request: HttpRequest, number: str) -> HttpResponse:
    """The sheet for the wall of the group's room."""
    actor = actor_of(request)
    rota = access.get_rota(actor, number)
    context = _context(rota) | {"turns": reading.turns(actor, rota)}
    return render(request, "academy/keeping/rota_print.html", context)


@require_safe
@signed_in
def my_calendar(request: HttpRequest) -> HttpResponse:
    """One's own turns as an iCalendar file."""
    rows = [one["duty"] for one in reading.my_turns(actor_of(request).account)]
    return _calendar(request, rows, "my-turns")


@require_safe
@signed_in
def rota_calendar(request: HttpRequest, number: str) -> HttpResponse:
    """All turns of a rota as an iCalendar file; no names are in it, it leaves the house."""
    rota = access.get_rota(actor_of(request), number)
    rows = rota.duties.filter(on__gte=clock.today(), seat=1).select_related("rota__org", "rota__kept")
    return _calendar(request, rows.order_by("starts_at"), f"rota-{rota.number}")


def _calendar(request: HttpRequest, rows: Any, name: str) -> HttpResponse:
    from icalendar import Calendar, Event

    found = Calendar()
    found.add("prodid", "-//Mulin//Rotas//ZH")
    found.add("version", "2.0")
    for one in rows:
        event = Event()
        event.add("uid", f"{one.pk}@mulin")
        event.add("dtstamp", clock.now().astimezone(UTC))
        event.add("summary", f"{one.rota.org.name}：{one.rota.title}")
        event.add("dtstart", one.starts_at.astimezone(UTC))
        event.add("dtend", one.ends_at.astimezone(UTC))
        event.add("location", one.rota.kept.name if one.rota.kept else "")
        event.add("description", one.rota.note)
        event.add("url", absolute(request, "academy:rota", one.rota.number))
        found.add_component(event)
    response = HttpResponse(found.to_ical(), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response

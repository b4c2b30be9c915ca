"""Icebreakers and joint activities at the desk."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mulin.academy.clubs import actions, desk_reading, forms, queries, showing
from mulin.academy.clubs.actions.gatherings import MANAGE
from mulin.academy.clubs.models import Gathering
from mulin.kernel import clock, policy
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.onward import onward
from mulin.kernel.pages import page, posted, tried

FORM = require_http_methods(["GET", "HEAD", "POST"])
OVER = 50
SEE = needs(MANAGE)


@require_safe
@SEE
def gatherings(request: HttpRequest) -> HttpResponse:
    """What is planned first, then what was held; and which clubs could meet next."""
    actor = actor_of(request)
    mine = Gathering.objects.filter(policy.visible(actor, MANAGE)).prefetch_related("clubs__org")
    over = onward(request, mine.exclude(state="planned"), order=("-starts_at", "-id"), size=OVER)
    context = {
        "planned": [showing.gathering_row(one) for one in mine.filter(state="planned").order_by("starts_at")],
        "over": [showing.gathering_row(one) for one in over.rows],
        "list": over,
        "ideas": desk_reading.next_rungs(actor),
        "now": clock.now(),
        "here": "gatherings",
    }
    return page(request, "academy/clubs/desk_gatherings.html", context)


@FORM
@SEE
def gathering_new(request: HttpRequest) -> HttpResponse:
    """When, where, which rung, which clubs."""
    actor = actor_of(request)
    places = forms.place_choices(actor, MANAGE)
    allowed = [code for code, _name in places]
    asked = request.POST.get("place") or request.GET.get("place", "")
    first = next((code for code in allowed if code[9:] != "000"), next(iter(allowed), ""))
    place = asked if asked in allowed else first
    if not place:
        policy.require(actor, MANAGE, policy.Target())
    initial = {
        "kind": request.GET.get("kind", "icebreaker"),
        "level": request.GET.get("level", "building"),
        "clubs": request.GET.getlist("clubs"),
    }
    running = [one for one in queries.public_clubs(place[:9] + "000") if one.state == "running"]
    form = forms.GatheringForm(place, running, posted(request), initial=initial)
    if tried(request, form, lambda: actions.plan_gathering(actor=actor, place=place, **form.cleaned_data)):
        messages.success(request, _("定下来了，参加的社团成员会收到消息。"))
        return redirect("academy_desk:gatherings")
    context = {"form": form, "places": places, "place": place, "here": "gatherings"}
    return page(request, "academy/clubs/gathering_new.html", context, status=422 if form.errors else 200)


@FORM
@SEE
def held(request: HttpRequest, number: str) -> HttpResponse:
    """It took place: how many came, counted once."""
    found = queries.get_gathering(number)
    actor = actor_of(request)
    policy.require(actor, MANAGE, found.place)
    form = forms.Held(posted(request))
    if tried(
        request, form, lambda: actions.hold_gathering(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("记下了。"))
        return redirect("academy_desk:gatherings")
    return _page(request, form, found, _("办过了"), _("记下"))


@FORM
@SEE
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """It does not take place, and why."""
    found = queries.get_gathering(number)
    actor = actor_of(request)
    policy.require(actor, MANAGE, found.place)
    form = forms.Reason(posted(request))
    if tried(
        request, form, lambda: actions.cancel_gathering(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("取消了，参加的社团成员会收到消息。"))
        return redirect("academy_desk:gatherings")
    return _page(request, form, found, _("取消这次活动"), _("取消活动"))


def _page(request: HttpRequest, form: object, found: Gathering, title: str, submit: str) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "submit": submit,
        "lead": found.title,
        "back_url": reverse("academy_desk:gatherings"),
        "back_label": _("破冰和联谊"),
        "action": request.get_full_path(),
        "here": "gatherings",
    }
    return page(request, "academy/clubs/form.html", context, status=422 if form.errors else 200)

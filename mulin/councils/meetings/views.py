"""Meetings as residents see them: what is coming, the notice, the minutes, and "I am here"."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mulin.councils.meetings import agenda, attending, files, forms, queries, showing, states
from mulin.councils.meetings.models import AgendaItem, AgendaProposal, Meeting
from mulin.kernel import codes, rulebook, throttle
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.pages import posted, refuse
from mulin.places.queries import exists, name_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
HOUR = 3600
RULE = "councils.meeting.proposals_per_hour"


def absolute(request: HttpRequest, name: str, *args: Any) -> str:
    """An address as it is written on paper and scanned by telephones."""
    path = reverse(name, args=args)
    base = settings.MULIN_BASE_URL.rstrip("/")
    return f"{base}{path}" if base else request.build_absolute_uri(path)


def _place(place: str) -> str:
    if not codes.is_valid(place) or codes.level(place) < codes.Level.STREET or not exists(place):
        raise NotVisible(place)
    return place


@require_safe
def meetings_of(request: HttpRequest, place: str) -> HttpResponse:
    """Coming meetings of a community, what was minuted, and what one proposed oneself."""
    place = _place(place)
    actor = actor_of(request)
    coming = queries.upcoming(place)
    shown = {one.pk for one in coming}
    mine = AgendaProposal.objects.none()
    if actor.account:
        mine = AgendaProposal.objects.filter(account=actor.account, place=place).order_by("-id")[:10]
    context = {
        "place": place,
        "place_name": name_of(place),
        "coming": [showing.row(one) for one in coming],
        "past": [showing.row(one) for one in queries.past(place) if one.pk not in shown],
        "mine": [_mine(one) for one in mine],
    }
    return render(request, "councils/meetings/list.html", context)


def _mine(one: AgendaProposal) -> dict[str, Any]:
    tones = {"waiting": ("wait", "clock"), "taken": ("done", "check"), "declined": ("", "circle")}
    tone, icon = tones[one.state]
    label = str(states.PROPOSAL_WORDS[one.state])
    return {"title": one.title, "reason": one.reason, "state": {"label": label, "tone": tone, "icon": icon}}


def _context(request: HttpRequest, meeting: Meeting) -> dict[str, Any]:
    is_over = meeting.state in states.HELD
    return {
        **showing.base(meeting),
        "items": showing.shown_items(meeting),
        "shows_minutes": meeting.state == "published",
        "is_over": is_over,
        "came": showing.attendance(meeting) if is_over or meeting.opened_at else None,
        "words": showing.minutes_words(meeting) if meeting.state == "published" else [],
        "share": absolute(request, "councils:meeting", meeting.number),
    }


@require_safe
def meeting(request: HttpRequest, number: str) -> HttpResponse:
    """The notice before, the result after."""
    found = queries.get_public(number)
    return render(request, "councils/meetings/meeting.html", _context(request, found))


@require_safe
def meeting_print(request: HttpRequest, number: str) -> HttpResponse:
    """The notice for the board, or the minutes, with the code of the page."""
    found = queries.get_public(number)
    context = _context(request, found)
    context |= {"qr": showing.qr(context["share"]), "back": reverse("councils:meeting", args=[found.number])}
    name = "minutes_print" if context["shows_minutes"] else "notice_print"
    return render(request, f"councils/meetings/{name}.html", context)


@require_safe
def meeting_calendar(request: HttpRequest, number: str) -> HttpResponse:
    """For one's own calendar."""
    found = queries.get_public(number)
    body = files.calendar_file(found, absolute(request, "councils:meeting", found.number))
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="meeting-{found.number}.ics"'
    return response


@require_safe
def item(request: HttpRequest, story: UUID) -> HttpResponse:
    """Where an item has been: one history through all meetings."""
    rows = AgendaItem.objects.filter(story=story, meeting__state__in=states.PUBLIC_STATES)
    found = rows.select_related("meeting", "topic").order_by("-id").first()
    if found is None:
        raise NotVisible(str(story))
    context = {
        "item": found,
        "story": showing.story(found),
        "place": found.meeting.place,
        "place_name": name_of(found.meeting.place),
        "topic": found.topic if found.topic and found.topic.state != "draft" else None,
    }
    return render(request, "councils/meetings/item.html", context)


@FORM
def propose(request: HttpRequest, place: str) -> HttpResponse:
    """Something for a coming meeting of this community."""
    return _propose(request, _place(place), None)


@FORM
def propose_to(request: HttpRequest, number: str) -> HttpResponse:
    """Something for this meeting; its notice is out, so that it may only be talked over where the rule says
    so."""
    found = queries.get_public(number)
    return _propose(request, found.place, found)


def _propose(request: HttpRequest, place: str, meeting: Meeting | None) -> HttpResponse:
    actor = actor_of(request)
    form = forms.Propose(posted(request))
    back = reverse("councils:meeting", args=[meeting.number]) if meeting else _list(place)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                who = str(actor.account) if actor.account else throttle.caller(request)
                most = int(rulebook.value(RULE, at=place))
                throttle.check("meeting-propose", who, limit=most, seconds=HOUR)
                agenda.propose(
                    actor=actor, place=place, meeting=meeting.number if meeting else "", **form.cleaned_data
                )
                messages.success(request, _("收到了。看过之后会列进议程，或者说明为什么不列。"))
                return redirect(back)
            except ActionError as error:
                refuse(form, error)
                status = error.status
    context = {
        "form": form,
        "meeting": meeting,
        "when": showing.when(meeting.begins_at) if meeting else "",
        "place": place,
        "place_name": name_of(place),
        "back": back,
        "is_known": bool(actor.account),
    }
    return render(request, "councils/meetings/propose.html", context, status=status)


def _list(place: str) -> str:
    return reverse("councils:meetings-of", args=[place])


@FORM
def here(request: HttpRequest, number: str, code: str) -> HttpResponse:
    """Scanned at the door: one tap says "I am here". Without an account the desk ticks the list."""
    found = queries.get_public(number)
    actor = actor_of(request)
    status, refusal, came = 200, "", None
    if request.method == "POST":
        if not actor.account:
            return redirect_to_login(request.get_full_path())
        try:
            came = attending.check_in(actor=actor, number=found.number, code=code)
        except ActionError as error:
            status, refusal = error.status, str(error.message)
    elif not queries.is_door_code(found, code):
        refusal = _("这个码过时了，两分钟换一次。请再扫一下门口的码。")
    context = {**showing.base(found), "refusal": refusal, "came": came, "code": code, "next": request.path}
    response = render(request, "councils/meetings/here.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response

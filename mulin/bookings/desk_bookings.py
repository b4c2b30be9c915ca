"""Bookings at the desk: what waits for an answer, one booking, booking on somebody's behalf."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.bookings import actions, forms, queries, showing, states
from mulin.bookings.desk_venues import form_page
from mulin.bookings.models import Booking
from mulin.kernel import clock, policy, secrets
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.onward import onward
from mulin.kernel.pages import page, posted, run, tried
from mulin.places.queries import names_of
from mulin.places.venues import queries as places

FORM = require_http_methods(["GET", "HEAD", "POST"])
MANAGE = needs(queries.MANAGE)
SHOWS = ("waiting", "coming", "past")


@require_safe
@MANAGE
def bookings(request: HttpRequest) -> HttpResponse:
    """What waits for an answer first; what comes; what was in the last weeks."""
    actor = actor_of(request)
    n = queries.waiting(actor).count()
    show = request.GET.get("show") if request.GET.get("show") in SHOWS else ("waiting" if n else "coming")
    now = clock.now()
    found = {
        "waiting": queries.waiting(actor),
        "coming": queries.manageable(actor).filter(ends_at__gt=now, state="booked"),
        "past": queries.manageable(actor).filter(ends_at__lte=now, ends_at__gt=now - timedelta(days=60)),
    }[show]
    order = ("-starts_at", "-id") if show == "past" else ("starts_at", "id")
    listed = onward(request, found, order=order)
    rows = listed.rows
    venues = places.by_ids({one.resource.ref for one in rows})
    names = names_of({one.place for one in rows})
    context = {
        "rows": [{**showing.booking_row(one, venues), "place": names.get(one.place, "")} for one in rows],
        "tabs": [
            {"label": label, "url": f"?show={key}", "current": key == show, "count": count}
            for key, label, count in (
                ("waiting", _("等答复"), n), ("coming", _("要来的"), None), ("past", _("过去的")
                , None),
            )
        ],
        "list": listed,
        "show": show,
        "here": "venues",
    }  # fmt: skip
    return page(request, "bookings/desk_bookings.html", context)


@require_safe
@MANAGE
def booking(request: HttpRequest, number: str) -> HttpResponse:
    """One booking with what can be done; its neighbours are shown."""
    found = queries.managed(actor_of(request), number)
    venue = places.by_ids([found.resource.ref])[found.resource.ref]
    day = clock.day_of(found.starts_at)
    first = queries.midnight(day)
    rows = list(queries.of_venues([venue.pk], first, first + timedelta(days=1)))
    is_over = found.ends_at <= clock.now()
    is_recent = found.ends_at > clock.now() - timedelta(days=actions.NO_SHOW_DAYS)
    is_room = found.what == "room"
    context = {
        "booking": found,
        "venue": venue,
        "when": showing.span_text(found.starts_at, found.ends_at),
        "state": states.badge(found.state),
        "what": str(states.WHAT_WORDS.get(found.what, found.what)),
        "title_text": showing.staff_title(found),
        "who": showing.who(found),
        "phone": secrets.unseal(found.phone_sealed) if found.phone_sealed else "",
        "link": showing.links_of([found]).get(found.subject, ""),
        "day": showing.one_day(venue, day, rows, staff=True),
        "is_room": is_room,
        "may_answer": is_room and found.state == "asked",
        "may_change": is_room and found.state in ("asked", "booked") and not is_over,
        "may_no_show": is_room and found.state == "booked" and is_recent and found.starts_at <= clock.now(),
        "may_restore": is_room and found.state in ("cancelled", "declined", "no_show") and is_recent,
        "here": "venues",
    }
    return page(request, "bookings/desk_booking.html", context)


def _act(request: HttpRequest, number: str, act: Callable[..., Booking], said: str) -> HttpResponse:
    """A button of a booking."""
    actor = actor_of(request)
    found = queries.managed(actor, number)
    run(request, lambda: act(actor=actor, number=found.number), said)
    return redirect("bookings_desk:venue-booking", found.number)


@require_POST
@MANAGE
def approve(request: HttpRequest, number: str) -> HttpResponse:
    return _act(request, number, actions.approve_booking, _("同意了，约的人会收到通知。"))


@require_POST
@MANAGE
def no_show(request: HttpRequest, number: str) -> HttpResponse:
    return _act(request, number, actions.mark_no_show, _("记下了，余下的时间放开了。"))


@require_POST
@MANAGE
def restore(request: HttpRequest, number: str) -> HttpResponse:
    return _act(request, number, actions.restore_booking, _("恢复了。"))


def _ask(
    request: HttpRequest, number: str, form: Any, act: Callable[..., Any], title: str, submit: str, said: str
) -> HttpResponse:
    """A form about one booking. `form` takes the booking and what was posted."""
    actor = actor_of(request)
    found = queries.managed(actor, number)
    shown = form(found, posted(request))

    def values() -> dict[str, Any]:
        return shown.values() if hasattr(shown, "values") else shown.cleaned_data

    if tried(request, shown, lambda: act(actor=actor, number=found.number, **values())):
        messages.success(request, said)
        return redirect("bookings_desk:venue-booking", found.number)
    lead = f"{found.resource.title} · {showing.span_text(found.starts_at, found.ends_at)}"
    back = reverse("bookings_desk:venue-booking", args=[found.number])
    return form_page(request, shown, title, submit, back, _("返回"), lead=lead, quote=found.note)


def _why(found: Booking, data: Any) -> forms.Why:
    return forms.Why(data)


@FORM
@MANAGE
def decline(request: HttpRequest, number: str) -> HttpResponse:
    """Say no, with why."""
    said = _("答复了，时间放开了。")
    return _ask(request, number, _why, actions.decline_booking, _("不同意这个预约"), _("答复"), said)


@FORM
@MANAGE
def call_off(request: HttpRequest, number: str) -> HttpResponse:
    """Cancel it, with why."""
    said = _("取消了，约的人会收到通知。")
    return _ask(request, number, _why, actions.call_off_booking, _("取消这个预约"), _("取消预约"), said)


@FORM
@MANAGE
def move(request: HttpRequest, number: str) -> HttpResponse:
    """Another time, with why."""

    def form(found: Booking, data: Any) -> forms.Move:
        return forms.Move(places.by_ids([found.resource.ref])[found.resource.ref], found, data)

    return _ask(
        request, number, form, actions.move_booking, _("改时间"), _("改"), _("改好了，约的人会收到通知。")
    )


@FORM
@MANAGE
def book_for(request: HttpRequest, number: str) -> HttpResponse:
    """For somebody who came or called, or for a group."""
    actor = actor_of(request)
    found = places.get_venue(number)
    policy.require(actor, queries.MANAGE, places.target_of(found))
    day = max(showing.day_of(request.GET.get("day", "")), clock.today())
    wanted = request.GET.get("from", "")
    offered = [key for key, _label in forms.start_choices(found, all_day=True)]
    initial = {"day": day, "starts_at": wanted if wanted in offered else None, "ends_at": 60}
    form = forms.BookFor(found, posted(request), initial=initial)
    made: list[Booking] = []
    if tried(
        request,
        form,
        lambda: made.extend(actions.book_for(actor=actor, number=found.number, **form.values())),
    ):
        said = ngettext("订好了 %(n)s 次。", "订好了 %(n)s 次。", len(made)) % {"n": len(made)}
        messages.success(request, said)
        return redirect("bookings_desk:venue-booking", made[0].number)
    back = reverse("bookings_desk:venue", args=[found.number])
    return form_page(request, form, _("代订"), _("订下"), back, found.name, lead=found.name)

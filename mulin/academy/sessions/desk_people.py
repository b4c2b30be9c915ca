"""Who comes, at the desk: written down, ticked off, the sheet and the code for the door, results, photos,
figures."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.academy.sessions import actions, attending, exporting, figures, forms, photos, queries, showing
from mulin.academy.sessions.desk_views import FORM, MANAGE, desk_context, form_page
from mulin.academy.sessions.models import SessionPhoto
from mulin.academy.sessions.views import absolute
from mulin.kernel import clock, policy
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError
from mulin.kernel.pages import page, posted, run, tried
from mulin.places.queries import names_of

FIGURES = needs(queries.FIGURES)
SIGN_UP_FOR = needs(queries.SIGN_UP_FOR)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _file(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response


# The list ----------------------------------------------------------------------------------------------


@FORM
@SIGN_UP_FOR
def sign_up_for(request: HttpRequest, number: str) -> HttpResponse:
    """Write down somebody who called or came by. Who does not hold the session sees nobody's name."""
    actor = actor_of(request)
    found = queries.get_public(number)
    policy.require(actor, queries.SIGN_UP_FOR, queries.target_of(found))
    may_manage = policy.can(actor, queries.MANAGE, queries.target_of(found))
    back = reverse("academy_desk:session-attendance", args=[found.number])
    back = back if may_manage else reverse("academy:session", args=[found.number])
    form = forms.SignUpFor(posted(request))
    made: list[Any] = []
    if tried(
        request,
        form,
        lambda: made.append(actions.sign_up_for(actor=actor, number=found.number, **form.cleaned_data)),
    ):
        words = _("写上了：%(label)s。") if made[0].state == "coming" else _("满了，%(label)s排在候补里。")
        messages.success(request, words % {"label": made[0].label})
        return redirect(back)
    return form_page(
        request, found, form, _("替人报名"), _("写上"), back_url=back, text=showing.people_line(found)
    )


@require_POST
@MANAGE
def take_off(request: HttpRequest, number: str, signup: UUID) -> HttpResponse:
    """Somebody said that they do not come."""
    actor = actor_of(request)
    found = queries.get_session(actor, number)
    run(
        request,
        lambda: actions.take_off(actor=actor, number=number, signup=signup),
        _("划掉了，位子给后面的人。"),
    )
    return redirect("academy_desk:session-attendance", found.number)


@FORM
@MANAGE
def attendance(request: HttpRequest, number: str) -> HttpResponse:
    """The list: how many of each sign-up came, how many more, and that it is over."""
    actor = actor_of(request)
    found = queries.get_session(actor, number)
    status = 200
    if request.method == "POST":
        try:
            _take(request, actor, number)
            messages.success(request, _("记下了。"))
            return redirect("academy_desk:session-attendance", found.number)
        except ActionError as error:
            if error.status == 403:
                raise
            messages.warning(request, str(error.message))
            status = error.status
    context = {
        **desk_context(found, "session-attendance"),
        "most": range(7),
        "door_open": attending.is_at_the_door(found),
    }
    return page(request, "academy/sessions/desk_list_of.html", context, status=status)


def _take(request: HttpRequest, actor: Any, number: str) -> None:
    """The whole list as it was sent; a click on the other button ends the session too."""
    came: dict[str, int] = {}
    for name, value in request.POST.items():
        if name.startswith("came_") and value.strip():
            came[name.removeprefix("came_")] = _number(value)
    given = request.POST.get("walk_ins", "").strip()
    walk_ins = _number(given) if given else None
    actions.take_attendance(actor=actor, number=number, came=came, walk_ins=walk_ins)
    if request.POST.get("hold"):
        actions.hold_session(actor=actor, number=number)


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise ActionError("bad-count", _("人数请写数字。"), status=422) from error


@require_safe
@MANAGE
def door(request: HttpRequest, number: str) -> HttpResponse:
    """The sheet with the code of the day, for the door."""
    found = queries.get_session(actor_of(request), number)
    link = absolute(request, "academy:session-here", found.number, attending.door_code(found))
    context = {
        **showing.base(found, desk=True), "qr": showing.qr(link),
        "back": reverse("academy_desk:session-attendance", args=[found.number]),
    }  # fmt: skip
    return _private(render(request, "academy/sessions/door_print.html", context))


@require_safe
@MANAGE
def sheet(request: HttpRequest, number: str) -> HttpResponse:
    """The list on paper, with a box to tick and empty lines for who comes without."""
    found = queries.get_session(actor_of(request), number)
    context = desk_context(found, "session-attendance")
    context |= {
        "empty": range(8),
        "back": reverse("academy_desk:session-attendance", args=[found.number]),
    }
    return _private(render(request, "academy/sessions/list_print.html", context))


@require_safe
@MANAGE
def sheet_file(request: HttpRequest, number: str) -> HttpResponse:
    """The list as an Excel file."""
    found = queries.get_session(actor_of(request), number)
    return _file(exporting.list_file(found), f"session-{found.number}")


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    return response


# Results -----------------------------------------------------------------------------------------------


@FORM
@MANAGE
def results(request: HttpRequest, number: str) -> HttpResponse:
    """What the teams of a contest reached."""
    actor = actor_of(request)
    found = queries.get_session(actor, number)
    if found.kind != "contest":
        raise Http404
    form = forms.Results(found, posted(request))
    if tried(request, form, lambda: actions.set_results(actor=actor, number=number, rows=form.rows())):
        messages.success(request, _("成绩登记好了。"))
        return redirect("academy_desk:session-results", found.number)
    context = {**desk_context(found, "session-results"), "form": form, "pairs": form.bound_pairs()}
    status = 422 if form.errors else 200
    return page(request, "academy/sessions/desk_results.html", context, status=status)


# Photos ------------------------------------------------------------------------------------------------


@FORM
@MANAGE
def photos_page(request: HttpRequest, number: str) -> HttpResponse:
    """Photos of a session: kept until all who are shown agreed."""
    actor = actor_of(request)
    found = queries.get_session(actor, number)
    status = 200
    errors: list[str] = []
    if request.method == "POST":
        try:
            photos.add_photos(actor=actor, number=number, uploads=request.FILES.getlist("photos"))
            messages.success(request, _("照片收好了，只有办活动的人看得到。问过照片上的人再公布。"))
            return redirect("academy_desk:session-photos", found.number)
        except ActionError as error:
            if error.status == 403:
                raise
            errors, status = [str(error.message)], error.status
    context = {
        **desk_context(found, "session-photos"),
        "photos": [_shown(one) for one in found.photos.order_by("id")],
        "errors": errors,
        "can_add": found.state in ("open", "held"),
    }
    return page(request, "academy/sessions/desk_photos.html", context, status=status)


def _shown(one: SessionPhoto) -> dict[str, Any]:
    words = {"kept": _("没有公布"), "published": _("公布了"), "hidden": _("收起来了")}
    tones = {"kept": ("wait", "lock"), "published": ("done", "eye"), "hidden": ("", "eye-off")}
    tone, icon = tones[one.state]
    return {
        "id": one.pk, "words": one.words, "shown": one.shown, "is_published": one.state == "published",
        "state": {"label": words[one.state], "tone": tone, "icon": icon, "code": one.state},
        "thumb": reverse("academy:session-photo", args=[one.pk, "thumb"]),
        "large": reverse("academy:session-photo", args=[one.pk, "large"]),
    }  # fmt: skip


@FORM
@MANAGE
def photo(request: HttpRequest, number: str, photo: UUID) -> HttpResponse:
    """Consents: how many are shown, how each agreed, and who answers for it."""
    actor = actor_of(request)
    found = queries.get_session(actor, number)
    one = queries.by_id(found.photos, photo)
    given = request.POST.get("shown") or request.GET.get("shown")
    shown = min(int(given), photos.SHOWN_MOST) if given and given.isdecimal() else None
    form = forms.Consent(shown, posted(request), one.words) if shown is not None else None
    if form is not None and tried(
        request,
        form,
        lambda: photos.publish_photo(
            actor=actor, number=number, photo=one.pk, shown=shown or 0, **form.values()
        ),
    ):
        messages.success(request, _("公布了。谁不愿意了，随时可以收起来。"))
        return redirect("academy_desk:session-photos", found.number)
    context = {
        **desk_context(found, "session-photos"), "photo": _shown(one), "form": form, "shown": shown,
        "most": photos.SHOWN_MOST,
    }  # fmt: skip
    status = 422 if form is not None and form.errors else 200
    return page(request, "academy/sessions/desk_photo.html", context, status=status)


@require_POST
@MANAGE
def photo_do(request: HttpRequest, number: str, photo: UUID, move: str) -> HttpResponse:
    """Hide or delete a photo."""
    actor = actor_of(request)
    found = queries.get_session(actor, number)
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "hide": (
            lambda: photos.hide_photo(actor=actor, number=number, photo=photo),
            _("收起来了，页面上看不到了。"),
        ),
        "delete": (lambda: photos.delete_photo(actor=actor, number=number, photo=photo), _("删掉了。")),
    }
    if move not in acts:
        raise Http404
    run(request, *acts[move])
    return redirect("academy_desk:session-photos", found.number)


# Figures -----------------------------------------------------------------------------------------------


@require_safe
@FIGURES
def figures_page(request: HttpRequest) -> HttpResponse:
    """Sessions, person-times and different people of a year, by union, theme and month."""
    actor = actor_of(request)
    year, place, found = _report(request)
    places = forms.manageable_places(actor)
    names = names_of(places)
    context = {
        "report": found,
        "tables": found.tables(),
        "year": year,
        "file_query": f"?year={year}&place={place}",
        "filters": [
            {"name": "year", "label": _("今年"), "options": [
                {"value": one, "label": _("%(year)s年") % {"year": one}, "selected": one == year}
                for one in figures.years(actor)
            ]},
            *([{"name": "place", "label": _("哪个社区"), "options": [
                {"value": one, "label": names[one], "selected": one == place} for one in places
            ]}] if len(places) > 1 else []),
        ],
        "here": "sessions",
    }  # fmt: skip
    return page(request, "academy/sessions/desk_figures.html", context)


def _report(request: HttpRequest) -> tuple[int, str, figures.Report]:
    text = request.GET.get("year", "")
    year = int(text) if text.isdecimal() and 2000 <= int(text) <= 2099 else clock.today().year
    place = request.GET.get("place", "")
    since, until = date(year, 1, 1), date(year, 12, 31)
    return year, place, figures.report(actor_of(request), since, until, place=place)


@require_safe
@FIGURES
def figures_file(request: HttpRequest) -> HttpResponse:
    """The same tables as an Excel file."""
    year, _place, found = _report(request)
    return _file(exporting.figures_file(found), f"sessions-{year}")

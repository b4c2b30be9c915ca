"""One's own account: settings, posts, where one lives."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError
from mulin.people import actions, queries, states
from mulin.people.forms import InvitationForm, ProfileForm, ResidenceForm


def refused(form, error: ActionError) -> None:
    """Show a refusal beside the field it belongs to; everything that was typed stays."""
    form.add_error(error.field if error.field in form.fields else None, error.message)


@login_required
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """My account: how I am called, in which language, what I hold, and the way to everything else of mine."""
    actor, mine = actor_of(request), request.user
    initial = {name: getattr(mine, name) for name in ("name", "language", "digest", "home_place")}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_profile(actor=actor, **form.cleaned_data)
        except ActionError as error:
            refused(form, error)
        else:
            messages.success(request, _("已保存。"))
            response = redirect("people:account")
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                form.cleaned_data["language"],
                samesite="Lax",
                secure=settings.LANGUAGE_COOKIE_SECURE,
            )
            return response
    posts = queries.my_posts(actor)
    names = queries.place_names({post.place for post in posts} | {mine.home_place})
    context = {
        "form": form,
        "posts": [(states.role_name(post.role), names[post.place], post) for post in posts],
        "home": names.get(mine.home_place, ""),
        "residence": next(
            (r for r in queries.my_residences(actor) if r.state in {"asked", "confirmed"}), None
        ),
    }
    return render(request, "people/account.html", context, status=422 if form.errors else 200)


def _residence_page(request: HttpRequest, form=None, code_form=None) -> HttpResponse:
    actor = actor_of(request)
    communities = queries.communities()
    known = dict(communities)
    place = request.POST.get("place") or request.GET.get("place") or request.user.home_place
    place = place if place in known else ""
    rows = queries.my_residences(actor)
    names = queries.place_names({row.household.building for row in rows})
    if form is None and place:
        form = ResidenceForm(choices=[(b.code, b.name) for b in queries.buildings(place)])
    context = {
        "residences": [(names[row.household.building], row, *states.RESIDENCE[row.state]) for row in rows],
        "communities": communities,
        "place": place,
        "place_title": known.get(place, ""),
        "form": form,
        "code_form": code_form or InvitationForm(),
    }
    failed = (form and form.errors) or (code_form and code_form.errors)
    return render(request, "people/residence.html", context, status=422 if failed else 200)


@login_required
@require_http_methods(["GET", "POST"])
def residence(request: HttpRequest) -> HttpResponse:
    """Where I live: what the community confirmed, and the form that asks it to."""
    if request.method == "GET":
        return _residence_page(request)
    place = request.POST.get("place", "")[:12]
    choices = [(b.code, b.name) for b in queries.buildings(place)] if place else []
    form = ResidenceForm(request.POST, choices=choices)
    if form.is_valid():
        try:
            actions.ask_residence(actor=actor_of(request), **form.cleaned_data)
        except ActionError as error:
            refused(form, error)
        else:
            messages.success(request, _("申请已交给社区，有了结果会告诉您。"))
            return redirect("people:residence")
    return _residence_page(request, form=form)


@login_required
@require_POST
def invitation_use(request: HttpRequest) -> HttpResponse:
    form = InvitationForm(request.POST)
    if form.is_valid():
        try:
            actions.use_invitation(actor=actor_of(request), code=form.cleaned_data["code"])
        except ActionError as error:
            refused(form, error)
        else:
            messages.success(request, _("确认好了。"))
            return redirect("people:residence")
    return _residence_page(request, code_form=form)


@login_required
@require_POST
def residence_end(request: HttpRequest, residence_id: UUID) -> HttpResponse:
    actions.end_residence(actor=actor_of(request), residence_id=residence_id)
    messages.success(request, _("这个住址已结束。"))
    return redirect("people:residence")

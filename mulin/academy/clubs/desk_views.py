"""Clubs at the desk: the list, a new one out of orders, one club with its next moves."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.academy.catalogues import themes
from mulin.academy.clubs import access, actions, desk_reading, forms, queries
from mulin.academy.clubs.models import Club
from mulin.academy.orders import desk_views as orders
from mulin.kernel import policy
from mulin.kernel.clock import today
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import NotVisible
from mulin.kernel.pages import page, posted, run, tried

FORM = require_http_methods(["GET", "HEAD", "POST"])
LEAD, MANAGE = needs(access.LEAD), needs(access.MANAGE)


@require_safe
@LEAD
def clubs(request: HttpRequest) -> HttpResponse:
    """Clubs at one's place, or those that one leads."""
    actor = actor_of(request)
    context = desk_reading.list_page(actor, request)
    context["may_found"] = policy.can_somewhere(actor, access.MANAGE)
    return page(request, "academy/clubs/desk_list.html", {**context, "here": "clubs"})


@require_safe
@LEAD
def export(request: HttpRequest) -> HttpResponse:
    """The list as it is narrowed down, as an Excel file; no names of members."""
    content = desk_reading.workbook(actor_of(request), request.GET)
    response = HttpResponse(content, content_type=orders.XLSX)
    response["Content-Disposition"] = f'attachment; filename="clubs-{today().isoformat()}.xlsx"'
    return response


@require_safe
@LEAD
def print_list(request: HttpRequest) -> HttpResponse:
    """All clubs of a community on paper, for the board."""
    context = desk_reading.print_page(actor_of(request), request.GET)
    return page(request, "academy/clubs/print.html", context)


@FORM
@MANAGE
def club_new(request: HttpRequest) -> HttpResponse:
    """A new club; sent from the list of orders it begins with what these wish for."""
    actor = actor_of(request)
    numbers = orders.chosen(request) if request.method == "POST" else request.GET.getlist("orders")
    about = desk_reading.about_orders(actor, numbers)
    places = forms.place_choices(actor, access.MANAGE)
    allowed = {code for code, _name in places}
    asked = request.POST.get("place") or request.GET.get("place") or about.place
    place = asked if asked in allowed else next((code for code, _n in places if len(code) == 12), "")
    if not place:
        policy.require(actor, access.MANAGE, policy.Target())
    is_sent = "name" in request.POST
    form = forms.NewClub(
        actor, place, request.POST if is_sent else None, waiting=about.waiting, initial=about.initial()
    )
    made: list[Club] = []
    if is_sent and tried(
        request,
        form,
        lambda: made.append(
            actions.found_club(actor=actor, place=place, orders=about.numbers, **form.values())
        ),
    ):
        messages.success(request, _("社团成立了。想要的人都收到了邀请，点一下就能加入。"))
        return redirect("academy_desk:club", made[0].number)
    context = {
        "form": form,
        "about": about,
        "places": places,
        "place": place,
        "here": "clubs",
        "themes_free": [code for code, one in themes().items() if one.free],
    }
    return page(request, "academy/clubs/new.html", context, status=422 if form.errors else 200)


def _led(request: HttpRequest, number: str) -> Club:
    """A club that the actor looks after; 404 where they do not even see it, 403 where they only do."""
    actor = actor_of(request)
    found = queries.get_club(actor, number)
    policy.require(actor, access.LEAD, access.target_of(found))
    return found


@require_safe
@LEAD
def club(request: HttpRequest, number: str) -> HttpResponse:
    """Facts, members, orders, notices and the moves that are possible now."""
    found = _led(request, number)
    context = desk_reading.club_page(actor_of(request), found)
    return page(request, "academy/clubs/desk_club.html", {**context, "here": "clubs"})


def _form_page(
    request: HttpRequest, found: Club, form: Any, title: str, submit: str, **more: Any
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "submit": submit,
        "lead": found.org.name,
        "back_url": reverse("academy_desk:club", args=[found.number]),
        "back_label": found.org.name,
        "action": request.get_full_path(),
        "here": "clubs",
        **more,
    }
    return page(request, "academy/clubs/form.html", context, status=422 if form.errors else 200)


@FORM
@LEAD
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """What the club says of itself."""
    found = _led(request, number)
    actor = actor_of(request)
    form = forms.ClubForm(found.place, posted(request), initial=forms.initial_of(found))
    if tried(request, form, lambda: actions.edit_club(actor=actor, number=found.number, **form.values())):
        messages.success(request, _("改好了。"))
        return redirect("academy_desk:club", found.number)
    return _form_page(request, found, form, _("改资料"), _("保存"))


@FORM
@LEAD
def tell(request: HttpRequest, number: str) -> HttpResponse:
    """Tell all members something."""
    found = _led(request, number)
    actor = actor_of(request)
    form = forms.Tell(posted(request))
    if tried(
        request, form, lambda: actions.tell_members(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("发出去了，每个成员都会收到。"))
        return redirect("academy_desk:club", found.number)
    text = _("没有账户的成员收不到，请另外说一声。") if found.listed.filter(left_on=None).exists() else ""
    return _form_page(request, found, form, _("通知成员"), _("发出"), text=text)


@FORM
@LEAD
def listed(request: HttpRequest, number: str) -> HttpResponse:
    """Write down a member without an account."""
    found = _led(request, number)
    actor = actor_of(request)
    form = forms.Listed(posted(request))
    if tried(
        request, form, lambda: actions.list_member(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("记上了。"))
        return redirect("academy_desk:club", found.number)
    return _form_page(request, found, form, _("记一位没有账户的成员"), _("记上"))


@require_POST
@LEAD
def member(request: HttpRequest, number: str) -> HttpResponse:
    """One member: make them a leader, a member again, or take them off the list."""
    found = _led(request, number)
    actor = actor_of(request)
    what, who = request.POST.get("do", ""), desk_reading.uuid_of(request.POST.get("who", ""))
    acts: dict[str, tuple[Callable[..., Any], str, str]] = {
        "leader": (actions.appoint_leader, "post", _("请来当领队了，本人会收到消息。")),
        "release": (actions.release_leader, "post", _("改回成员了，本人会收到消息。")),
        "out": (actions.take_out, "post", _("从名单去掉了，本人会收到消息。")),
        "unlist": (actions.unlist_member, "row", _("从名单划去了，称呼也删了。")),
    }
    if what not in acts or who is None:
        raise NotVisible(what)
    act, key, said = acts[what]
    run(request, lambda: act(actor=actor, number=found.number, **{key: who}), said)
    return redirect("academy_desk:club", found.number)


@require_POST
@LEAD
def move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """A move without a form: take a team in, go on after a pause."""
    found = _led(request, number)
    actor = actor_of(request)
    acts: dict[str, tuple[Callable[..., Any], str]] = {
        "admit": (actions.admit_club, _("纳入学院了，对方会收到消息。")),
        "resume": (actions.resume_club, _("又开始了，成员会收到消息。")),
    }
    if move not in acts:
        raise NotVisible(move)
    act, said = acts[move]
    run(request, lambda: act(actor=actor, number=found.number), said)
    return redirect("academy_desk:club", found.number)


@FORM
@LEAD
def why(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """A move that needs a reason: not taken in, a pause, the end."""
    found = _led(request, number)
    actor = actor_of(request)
    acts: dict[str, tuple[Callable[..., Any], str, str]] = {
        "decline": (actions.decline_club, _("这次不纳入"), _("答复他们")),
        "rest": (actions.rest_club, pgettext("button", "歇一阵"), pgettext("button", "歇一阵")),
        "close": (actions.close_club, _("结束这个社团"), _("结束")),
    }
    if move not in acts:
        raise NotVisible(move)
    act, title, submit = acts[move]
    if move != "rest":
        policy.require(actor, access.MANAGE, access.target_of(found))
    form = forms.Reason(posted(request))
    if tried(request, form, lambda: act(actor=actor, number=found.number, **form.cleaned_data)):
        messages.success(request, _("记下了，有关的人都会收到消息。"))
        return redirect("academy_desk:club", found.number)
    text = _("成员都会退出；它接的订单回到清单里。") if move == "close" else ""
    return _form_page(request, found, form, title, submit, text=text)

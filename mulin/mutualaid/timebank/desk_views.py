"""The time bank at the desk: totals and the reserve, awards, points, papers for who comes to the counter."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from mulin.kernel import policy
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.numbers import show_number
from mulin.kernel.onward import onward
from mulin.kernel.pages import page, posted, refuse, tried
from mulin.ledger.wording import amount_words
from mulin.mutualaid.timebank import actions, forms, queries, states, views
from mulin.mutualaid.timebank.models import TimeHolder
from mulin.places.queries import names_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
READ, MANAGE = needs(actions.VIEW), needs(actions.MANAGE)
FOLDER = "mutualaid/timebank"
SHOWN = 12


@require_safe
@READ
def times(request: HttpRequest) -> HttpResponse:
    """One's communities; with one only, its page."""
    places = queries.places_of(actor_of(request))
    if len(places) == 1:
        return redirect("aid_desk:time-place", places[0])
    names = names_of(places)
    rows = [(one, names[one], queries.reserve_of(one)) for one in places]
    return page(request, f"{FOLDER}/desk_list.html", {"rows": rows})


def _place(request: HttpRequest, place: str, permission: str = actions.VIEW) -> str:
    """A community whose time bank one looks after; 404 for others."""
    if not policy.can(actor_of(request), permission, place):
        raise NotVisible(place)
    return place


def _minutes(n: int | None) -> str:
    return "—" if n is None else amount_words("minute", n)


@require_safe
@READ
def time_place(request: HttpRequest, place: str) -> HttpResponse:
    """Reserve, totals, what was given and awarded; no list of persons by what they hold."""
    actor = actor_of(request)
    found = queries.totals(_place(request, place))
    papers = TimeHolder.objects.filter(place=place, account=None).exclude(paper_ref=None)
    can_manage = policy.can(actor, actions.MANAGE, place)
    figures = [
        {"label": _("社区储备"), "value": found.reserve.minutes_words},
        {"label": _("服务记下的时间"), "value": _minutes(found.issued), "behind": _("扣去已经用掉的")},
        {
            "label": _("在大家手里的时间"),
            "value": _minutes(found.held),
            "behind": ngettext("%(n)s 人", "%(n)s 人", found.holders) % {"n": found.holders}
            if found.holders is not None
            else _("不到五人"),
        },
    ]
    if found.reserve.policy.has_points:
        said = "—" if found.points is None else amount_words("point", found.points)
        figures.append({"label": _("没有兑换的积分"), "value": said})
    context = {
        "place": place,
        "name": names_of([place])[place],
        "totals": found,
        "figures": figures,
        **_lists(request, found),
        "papers": list(papers.order_by("name", "id")) if can_manage else [],
        "can_manage": can_manage,
        "here": "times",
    }
    return page(request, f"{FOLDER}/desk_place.html", context)


def _lists(request: HttpRequest, found: queries.Totals) -> dict[str, Any]:
    """What was given out of the reserve, between residents and for points, the latest first."""
    awards, gifts, redeemed = (
        onward(request, rows, order=("-id",), size=SHOWN, name=name)
        for name, rows in (
            ("awards", found.reserve.awards), ("gifts", found.gifts), ("redeemed", found.redemptions),
        )
    )  # fmt: skip
    return {
        "awards": [(one, amount_words("minute", one.minutes)) for one in awards.rows],
        "awards_list": awards,
        "gifts": [
            (one, states.GIFT_WORDS[one.kind], amount_words("minute", one.minutes)) for one in gifts.rows
        ],
        "gifts_list": gifts,
        "redemptions": [(one, amount_words("point", one.points)) for one in redeemed.rows],
        "redeemed_list": redeemed,
    }


def _form_page(request: HttpRequest, place: str, form: Any, title: str, submit: str, **more: Any):
    context = {
        "form": form,
        "title": title,
        "back_url": reverse("aid_desk:time-place", args=[place]),
        "back_label": _("时间银行"),
        "submit": submit,
        "here": "times",
        **more,
    }
    return page(request, f"{FOLDER}/form.html", context, status=422 if form.errors else 200)


@FORM
@MANAGE
def time_award(request: HttpRequest, place: str) -> HttpResponse:
    """Out of the reserve."""
    actor = actor_of(request)
    _place(request, place, actions.MANAGE)
    form = forms.Award(posted(request))
    if tried(request, form, lambda: actions.award(actor=actor, place=place, **form.values())):
        messages.success(request, _("发了，对方会收到消息。"))
        return redirect("aid_desk:time-place", place)
    left = queries.reserve_of(place).minutes_words
    lead = _("储备里还有 %(n)s。") % {"n": left}
    return _form_page(request, place, form, _("从储备发时间"), _("发给对方"), lead=lead)


@FORM
@MANAGE
def time_redeem(request: HttpRequest, place: str) -> HttpResponse:
    """Points for something."""
    actor = actor_of(request)
    _place(request, place, actions.MANAGE)
    form = forms.Redeem(posted(request))
    if tried(request, form, lambda: actions.redeem(actor=actor, place=place, **form.cleaned_data)):
        messages.success(request, _("记下了。"))
        return redirect("aid_desk:time-place", place)
    return _form_page(request, place, form, _("兑换积分"), _("记下"))


@FORM
@MANAGE
def time_find(request: HttpRequest, place: str) -> HttpResponse:
    """Who comes to the counter shows a code; there is no search of people."""
    actor = actor_of(request)
    _place(request, place, actions.MANAGE)
    form = forms.Find(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            found = queries.for_desk(actor, form.cleaned_data["code"])
            return redirect("aid_desk:time-person", found.pk)
        except ActionError as error:
            refuse(form, error)
    return _form_page(request, place, form, _("替人打印"), _("打开"))


def _holder(request: HttpRequest, holder: UUID) -> TimeHolder:
    found = TimeHolder.objects.filter(pk=holder).select_related("account").first()
    if found is None or not policy.can(actor_of(request), actions.MANAGE, found.place):
        raise NotVisible(str(holder))
    return found


@require_safe
@MANAGE
def time_person(request: HttpRequest, holder: UUID) -> HttpResponse:
    """What somebody at the counter asks about: the balance, what will expire, papers."""
    found = _holder(request, holder)
    own = queries.time_of(found)
    context = {
        "own": own,
        "who": str(found.account) if found.account else found.name,
        "place": found.place,
        "code": show_number(found.code),
        "expires": [(on, amount_words("minute", n), told) for on, n, told in own.expires],
        "points": amount_words("point", own.points) if own.policy.has_points or own.points else "",
        "here": "times",
    }
    return page(request, f"{FOLDER}/desk_person.html", context)


@require_safe
@MANAGE
def time_person_statement(request: HttpRequest, holder: UUID) -> HttpResponse:
    """Somebody's statement on paper."""
    found = _holder(request, holder)
    back = reverse("aid_desk:time-person", args=[found.pk])
    context = views.statement_context(found, None)
    return render(request, f"{FOLDER}/statement_print.html", {**context, "back": back})


@require_safe
@MANAGE
def time_person_certificate(request: HttpRequest, holder: UUID) -> HttpResponse:
    """Somebody's certificate on paper, free of charge."""
    found = _holder(request, holder)
    back = reverse("aid_desk:time-person", args=[found.pk])
    context = views.certificate_context(found, None)
    return render(request, f"{FOLDER}/certificate.html", {**context, "back": back})


@FORM
@MANAGE
def time_gift(request: HttpRequest, number: str) -> HttpResponse:
    """Take back a gift that went to the wrong person."""
    actor = actor_of(request)
    found = queries.get_gift(actor, number)
    form = forms.Undo(posted(request))
    if tried(request, form, lambda: actions.undo_gift(actor=actor, number=found.number, **form.cleaned_data)):
        messages.success(request, _("收回了，双方都看得到原因。"))
        return redirect("aid_desk:time-place", found.place)
    words = {"n": amount_words("minute", found.minutes), "kind": states.GIFT_WORDS[found.kind]}
    lead = _("%(kind)s：%(n)s") % words
    return _form_page(request, found.place, form, _("收回送错的时间"), _("收回"), lead=lead)

"""Matches, visits, incidents and figures at the desk."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.kernel import clock
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs as may
from mulin.kernel.errors import NotVisible
from mulin.kernel.onward import Onward, onward
from mulin.kernel.pages import page, posted, run, tried
from mulin.mutualaid.matching import (
    access,
    actions,
    candidates,
    exporting,
    forms,
    queries,
    showing,
    states,
    wording,
)
from mulin.mutualaid.matching.catalogue import kind_of, kinds
from mulin.mutualaid.matching.desk_base import filters, form_page, tabs
from mulin.mutualaid.matching.models import AidMatch, AidVisit
from mulin.places.queries import name_of, names_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
MATCHES, INCIDENTS, FIGURES = may(access.MANAGE_MATCH), may(access.SEE_INCIDENT), may(access.FIGURES)
VISITS = 50
YEAR = 365


def _match(request: HttpRequest, number: str) -> AidMatch:
    """A match where the actor matches."""
    return access.one(queries.matches_at_desk(actor_of(request)), number)


@require_safe
@MATCHES
def matches(request: HttpRequest) -> HttpResponse:
    """What is asked, tried, running, paused; then what is over."""
    actor = actor_of(request)
    names = {"live": _("在做的"), "paused": _("先停着"), "closed": _("结束的")}
    groups = {"live": ("proposed", "trial", "running"), "paused": ("paused",), "closed": ("closed",)}
    show = request.GET.get("show") if request.GET.get("show") in names else "live"
    kind = request.GET.get("kind", "")
    found = queries.matches_at_desk(actor).filter(state__in=groups[show])
    if kind in kinds():
        found = found.filter(need__kind=kind)
    listed = onward(request, found, order=("-id",))
    rows = listed.rows
    places = names_of({one.place for one in rows})
    context = {
        "rows": [{**showing.match(one, desk=True), "place": places.get(one.place, "")} for one in rows],
        "list": listed,
        "visits": [showing.visit(one, "worker") | {"match": one.match} for one in _open_visits(actor)],
        "tabs": tabs(request, names, show),
        "filters": filters(request, show, kind),
        "is_narrow": bool(kind),
        "here": "aid",
    }
    return page(request, "mutualaid/matching/desk_matches.html", context)


def _open_visits(actor: Any) -> list[AidVisit]:
    return list(queries.visits_at_desk(actor).filter(state="disputed"))


@require_safe
@MATCHES
def match(request: HttpRequest, number: str) -> HttpResponse:
    """One match: who said yes, the trial, every visit, what it rests on."""
    found = _match(request, number)
    child = candidates.with_child(found.need)
    visits = onward(request, found.visits.all(), order=("-on", "-id"), size=VISITS)
    context = {
        **showing.match(found, desk=True),
        "child": child,
        "need_url": reverse("aid_desk:need", args=[found.need.number]),
        "helper_url": reverse("aid_desk:helper", args=[found.helper.number]),
        "reasons_text": _("；").join(wording.reasons(found.offer, found.place)),
        "check_holds": not child or candidates.check_of(found.helper) is not None,
        "consent_holds": not child or candidates.consent_of(found.need) is not None,
        "is_risky": kind_of(found.need.kind).risky,
        "is_going": found.state in states.GOING,
        "begun": found.begun_on is not None,
        "visits": [showing.visit(one, "worker") for one in visits.rows],
        "list": visits,
        "incidents": found.incidents.order_by("-id"),
        "place_title": name_of(found.place),
        "here": "aid",
    }
    return page(request, "mutualaid/matching/desk_match.html", context)


@require_POST
@MATCHES
def match_move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """A yes or a no that was said by telephone; pause, go on."""
    found = _match(request, number)
    actor = actor_of(request)
    side = request.POST.get("side", "")
    moves: dict[str, tuple[Callable[[], Any], str]] = {
        "yes": (
            lambda: actions.agree_match(actor=actor, number=found.number, side=side), _("替他们记下了。"),
        ),
        "no": (
            lambda: actions.decline_match(actor=actor, number=found.number, side=side),
            _("没有说定，这条求助接着找人。"),
        ),
        "pause": (lambda: actions.pause_match(actor=actor, number=found.number), _("先停下了，双方会知道。")),
        "resume": (lambda: actions.resume_match(actor=actor, number=found.number), _("接着做了。")),
    }  # fmt: skip
    if move not in moves:
        raise Http404
    act, said = moves[move]
    run(request, act, said)
    return redirect("aid_desk:match", found.number)


def _title(found: AidMatch) -> str:
    return f"{found.helper.name} · {found.need.name}"


@FORM
@MATCHES
def match_talk(request: HttpRequest, number: str) -> HttpResponse:
    """The talk at the end of the trial."""
    found = _match(request, number)
    actor = actor_of(request)
    form = forms.Talk(posted(request))
    if tried(request, form, lambda: actions.hold_talk(actor=actor, number=found.number, **form.cleaned_data)):
        messages.success(request, _("记下了，双方会知道。"))
        return redirect("aid_desk:match", found.number)
    text = _("分别问一问双方：习惯吗，时间合适吗，孩子或老人怎么说。不合适就好好结束，不怪谁。")
    back = ("aid_desk:match", found.number)
    return form_page(request, form, _("试后谈话"), _("记下来"), back, _title(found), text=text)


@FORM
@MATCHES
def match_close(request: HttpRequest, number: str) -> HttpResponse:
    """It ends."""
    found = _match(request, number)
    actor = actor_of(request)
    form = forms.Why(posted(request))
    if tried(
        request, form, lambda: actions.close_match(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("结束了。还需要的，这条求助接着找人。"))
        return redirect("aid_desk:match", found.number)
    back = ("aid_desk:match", found.number)
    return form_page(request, form, _("结束互助"), _("结束"), back, _title(found))


@FORM
@MATCHES
def match_visit(request: HttpRequest, number: str) -> HttpResponse:
    """A visit that somebody told by telephone; it counts at once."""
    found = _match(request, number)
    actor = actor_of(request)
    form = forms.Visit(kind_of(found.need.kind).minutes, posted(request))
    if tried(
        request, form, lambda: actions.note_visit(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("记下了，已经算数。"))
        return redirect("aid_desk:match", found.number)
    back = ("aid_desk:match", found.number)
    return form_page(request, form, _("记一次服务"), _("记下来"), back, _title(found))


@FORM
@MATCHES
def match_incident(request: HttpRequest, number: str) -> HttpResponse:
    """Something went wrong."""
    found = _match(request, number)
    actor = actor_of(request)
    form = forms.Incident(posted(request))
    made: list[Any] = []

    def save() -> None:
        made.append(actions.report_incident(actor=actor, number=found.number, **form.cleaned_data))

    if tried(request, form, save):
        messages.success(request, _("记下了，街道马上知道，互助先停着。"))
        return redirect("aid_desk:incident", made[0].number)
    back = ("aid_desk:match", found.number)
    return form_page(request, form, _("报告意外情况"), _("马上报告"), back, _title(found))


@require_safe
@MATCHES
def match_print(request: HttpRequest, number: str) -> HttpResponse:
    """The agreement on paper, for both to sign."""
    found = _match(request, number)
    context = {
        **showing.match(found, desk=True),
        "child": candidates.with_child(found.need),
        "place_title": name_of(found.place),
        "is_risky": kind_of(found.need.kind).risky,
        "back": reverse("aid_desk:match", args=[found.number]),
    }
    return render(request, "mutualaid/matching/match_print.html", context)


@FORM
@MATCHES
def visit_settle(request: HttpRequest, visit: UUID) -> HttpResponse:
    """Confirm a visit, or decide what both remember differently."""
    actor = actor_of(request)
    found = access.by_id(queries.visits_at_desk(actor), visit)
    form = forms.Settle(found.minutes, posted(request))
    if tried(request, form, lambda: actions.settle_visit(actor=actor, visit=visit, **form.cleaned_data)):
        messages.success(request, _("有结论了。"))
        return redirect("aid_desk:match", found.match.number)
    back = ("aid_desk:match", found.match.number)
    return form_page(
        request, form, _("这一次算不算"), _("定下来"), back, _title(found.match), quote=found.reason
    )


@require_safe
@INCIDENTS
def incidents(request: HttpRequest) -> HttpResponse:
    """Open ones first."""
    found = onward(request, queries.incidents_at_desk(actor_of(request)), order=("-state", "-id"))
    context = {
        "rows": [{"row": one, "what": states.INCIDENTS[one.what]} for one in found.rows],
        "list": found,
        "here": "aid",
    }
    return page(request, "mutualaid/matching/desk_incidents.html", context)


@FORM
@INCIDENTS
def incident(request: HttpRequest, number: str) -> HttpResponse:
    """What was said, and what came of it."""
    actor = actor_of(request)
    found = access.one(queries.incidents_at_desk(actor), number)
    form = forms.Text(_("查清了什么、怎么处理的"), posted(request))
    if tried(
        request, form,
        lambda: actions.close_incident(actor=actor, number=found.number, outcome=form.cleaned_data["text"]),
    ):  # fmt: skip
        messages.success(request, _("处理完了。要接着做或结束，到约定那一页。"))
        return redirect("aid_desk:incident", found.number)
    context = {
        "form": form,
        "incident": found,
        "what": states.INCIDENTS[found.what],
        "match": showing.match(found.match, desk=True),
        "place_title": name_of(found.place),
        "here": "aid",
    }
    status = 422 if form.errors else 200
    return page(request, "mutualaid/matching/desk_incident.html", context, status=status)


# Figures ---------------------------------------------------------------------------------------------


def _since(request: HttpRequest) -> date:
    try:
        days = int(request.GET.get("days", "90"))
    except ValueError:
        days = 90
    return clock.today() - timedelta(days=min(max(days, 7), YEAR))


def _figures(request: HttpRequest) -> dict[str, Any]:
    scope = queries.place_scope(actor_of(request))
    since = _since(request)
    return {
        "since": since,
        "flows": queries.flows(scope, since, clock.today()),
        "kinds": queries.by_kind(scope),
    }


@require_safe
@FIGURES
def figures(request: HttpRequest) -> HttpResponse:
    """Three flows side by side; counts, no persons, none under five."""
    found = _figures(request)
    flows, back = found["flows"], _give_backs(request)
    context = {
        **found,
        "taught_time": wording.minutes(flows.taught_minutes),
        "visit_time": wording.minutes(flows.visit_minutes),
        "families": queries.shown(flows.families),
        "helpers": queries.shown(flows.helpers),
        "givers": queries.shown(flows.givers),
        "give_backs": back.rows,
        "list": back,
        "days": [
            {"label": label, "url": f"?days={n}", "current": (clock.today() - found["since"]).days == n,
             "count": None}
            for n, label in ((30, _("30 天")), (90, _("90 天")), (YEAR, _("一年")))
        ],
        "here": "aid",
    }  # fmt: skip
    return page(request, "mutualaid/matching/desk_figures.html", context)


def _give_backs(request: HttpRequest) -> Onward:
    """For who matches: what was given back, and what of it waits to be shown to everybody."""
    return onward(request, queries.give_backs_at_desk(actor_of(request)), order=("-on", "-id"), size=30)


@require_safe
@FIGURES
def figures_export(request: HttpRequest) -> HttpResponse:
    """The same figures as a table, without names."""
    found = _figures(request)
    body = exporting.workbook(found["since"], found["flows"], found["kinds"])
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    answer = HttpResponse(body, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="aid-{clock.today().isoformat()}.xlsx"'
    return answer


@FORM
@MATCHES
def giveback_publish(request: HttpRequest, number: str) -> HttpResponse:
    """Show a give-back to everybody, in words that name nobody."""
    actor = actor_of(request)
    found = access.one(queries.give_backs_at_desk(actor), number)
    if found.may_publish_at is None:
        raise NotVisible(number)
    form = forms.Text(_("给大家看的话，不写姓名"), posted(request), initial={"text": found.words})

    def save() -> None:
        actions.publish_give_back(actor=actor, number=found.number, words=form.cleaned_data["text"])

    if tried(request, form, save):
        messages.success(request, _("公开了。"))
        return redirect("aid_desk:figures")
    back = ("aid_desk:figures",)
    return form_page(request, form, _("公开这次回馈"), _("公开"), back, _("互助的数字"))

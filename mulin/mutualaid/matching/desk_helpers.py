"""Helpers at the desk."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.kernel.context import actor_of
from mulin.kernel.door import needs as may
from mulin.kernel.errors import NotVisible
from mulin.kernel.onward import onward
from mulin.kernel.pages import page, posted, run, tried
from mulin.mutualaid.matching import access, actions, candidates, forms, queries, showing, states, wording
from mulin.mutualaid.matching.actions.helpers import missing_topics
from mulin.mutualaid.matching.catalogue import kinds
from mulin.mutualaid.matching.desk_base import filters, form_page, tabs
from mulin.mutualaid.matching.models import AidHelper

FORM = require_http_methods(["GET", "HEAD", "POST"])
HELPERS, CHECKS = may(access.MANAGE_HELPER), may(access.CHECK)


def _helper(request: HttpRequest, number: str) -> AidHelper:
    return access.one(queries.helpers_at_desk(actor_of(request)), number)


@require_safe
@HELPERS
def helpers(request: HttpRequest) -> HttpResponse:
    """By where they are on the way to duty; in the order in which they offered, never by how much they do."""
    actor = actor_of(request)
    names = {"duty": _("在岗和歇着的"), "way": _("还没上岗"), "over": _("不做了的")}
    groups = {
        "duty": ("on_duty", "resting"),
        "way": ("applied", "screened", "trained"),
        "over": ("ended", "declined"),
    }  # fmt: skip
    show = request.GET.get("show") if request.GET.get("show") in names else "duty"
    kind = request.GET.get("kind", "")
    found = queries.helpers_at_desk(actor).filter(state__in=groups[show])
    if kind in kinds():
        found = found.filter(kinds__kind=kind)
    ending = {one.pk: one.ends for one in queries.ending_checks(actor).prefetch_related(None)}
    listed = onward(request, found, order=("id",))
    rows = [{**showing.helper(one, desk=True), "ends": ending.get(one.pk)} for one in listed.rows]
    context = {
        "rows": [{**one, "is_ending": one["row"].pk in ending} for one in rows],
        "list": listed,
        "tabs": tabs(request, names, show),
        "filters": filters(request, show, kind),
        "is_narrow": bool(kind),
        "here": "aid",
    }
    return page(request, "mutualaid/matching/desk_helpers.html", context)


@FORM
@HELPERS
def helper_new(request: HttpRequest) -> HttpResponse:
    """Who offered at the counter or by telephone."""
    actor = actor_of(request)
    form = forms.EnterHelper(actor, posted(request))
    made: list[AidHelper] = []
    if tried(request, form, lambda: made.append(actions.enter_helper(actor=actor, **form.values()))):
        return redirect("aid_desk:helper", made[0].number)
    back = ("aid_desk:helpers",)
    return form_page(request, form, _("登记帮忙的人"), _("登记"), back, _("帮忙的人"))


@require_safe
@HELPERS
def helper(request: HttpRequest, number: str) -> HttpResponse:
    """One helper: the way to duty, checks, training, what runs."""
    found = _helper(request, number)
    topics = missing_topics(found)
    context = {
        **showing.helper_facts(found),
        "missing": wording.words("aid.training.topics", found.place, topics),
        "checks": found.checks.order_by("-checked_on", "-id"),
        "trainings": [
            {
                "on": one.on,
                "what": wording.words("aid.training.topics", found.place, [one.topic]),
                "minutes": wording.minutes(one.minutes),
                "by": one.taught_by,
            }
            for one in found.trainings.order_by("-on", "-id")
        ],
        "matches": [
            showing.match(one, desk=True)
            for one in found.matches.filter(state__in=states.LIVE).select_related("need", "helper")
        ],
        "moves": states.HELPER_MOVES.get(found.state, ()),
        "is_over": found.state in ("ended", "declined"),
        "here": "aid",
    }
    return page(request, "mutualaid/matching/desk_helper.html", context)


@FORM
@HELPERS
def helper_edit(request: HttpRequest, number: str) -> HttpResponse:
    """What they offer, and when."""
    found = _helper(request, number)
    actor = actor_of(request)
    form = forms.Helper(found.place, found, posted(request))
    if tried(request, form, lambda: actions.edit_helper(actor=actor, number=found.number, **form.values())):
        messages.success(request, _("已保存。"))
        return redirect("aid_desk:helper", found.number)
    return form_page(request, form, _("改登记"), _("保存"), ("aid_desk:helper", found.number), found.name)


@require_POST
@HELPERS
def helper_move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Screened, on duty, resting, ended."""
    found = _helper(request, number)
    actor = actor_of(request)
    moves: dict[str, tuple[Callable[..., Any], str]] = {
        "screen": (actions.screen_helper, _("面谈过了，接下来安排培训。")),
        "duty": (actions.put_on_duty, _("上岗了，从现在起会被找到。")),
        "rest": (actions.rest_helper, _("歇着了，在帮的家庭会知道。")),
        "end": (actions.end_helper, _("结束了，在帮的家庭会知道，另外找人。")),
    }
    if move not in moves:
        raise Http404
    act, said = moves[move]
    run(request, lambda: act(actor=actor, number=found.number), said)
    return redirect("aid_desk:helper", found.number)


@FORM
@HELPERS
def helper_decline(request: HttpRequest, number: str) -> HttpResponse:
    """With a reason that the person reads."""
    found = _helper(request, number)
    actor = actor_of(request)
    form = forms.Reason(posted(request))
    if tried(
        request, form, lambda: actions.decline_helper(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("已告诉本人。"))
        return redirect("aid_desk:helpers")
    back = ("aid_desk:helper", found.number)
    return form_page(request, form, _("这次不接收"), _("告诉本人"), back, found.name)


@FORM
@CHECKS
def helper_check(request: HttpRequest, number: str) -> HttpResponse:
    """A record check: its day, where it comes from, its result."""
    found = _helper(request, number)
    actor = actor_of(request)
    form = forms.Check(posted(request))
    made: list[Any] = []

    def save() -> None:
        made.append(actions.record_check(actor=actor, number=found.number, **form.cleaned_data))

    if tried(request, form, save):
        messages.success(request, _("登记好了。"))
        return redirect("aid_desk:helper", found.number)
    months = candidates.check_months(found.place)
    text = _("只登记日子、出处和结果，不存查询的内容。管 %(n)s 个月，到期自动先停带孩子的互助。") % {
        "n": months
    }
    back = ("aid_desk:helper", found.number)
    return form_page(request, form, _("登记无犯罪记录查询"), _("登记"), back, found.name, text=text)


@FORM
@CHECKS
def helper_check_end(request: HttpRequest, number: str, check: UUID) -> HttpResponse:
    """A check that was wrong."""
    found = _helper(request, number)
    actor = actor_of(request)
    row = found.checks.filter(pk=check).first()
    if row is None:
        raise NotVisible(str(check))
    form = forms.Reason(posted(request))

    def save() -> None:
        actions.withdraw_check(actor=actor, number=found.number, check=row.pk, **form.cleaned_data)

    if tried(request, form, save):
        messages.success(request, _("撤回了，靠它的互助先停下。"))
        return redirect("aid_desk:helper", found.number)
    back = ("aid_desk:helper", found.number)
    return form_page(request, form, _("撤回这份查询"), _("撤回"), back, found.name)


@FORM
@HELPERS
def helper_insurance(request: HttpRequest, number: str) -> HttpResponse:
    """Until when they are insured."""
    found = _helper(request, number)
    actor = actor_of(request)
    form = forms.Until(posted(request), initial={"until": found.insured_until})
    if tried(
        request, form, lambda: actions.insure_helper(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("登记好了。"))
        return redirect("aid_desk:helper", found.number)
    back = ("aid_desk:helper", found.number)
    return form_page(request, form, _("登记意外险"), _("登记"), back, found.name)


@FORM
@HELPERS
def helpers_training(request: HttpRequest) -> HttpResponse:
    """One lesson for several, and all that was taught."""
    actor = actor_of(request)
    able = queries.helpers_at_desk(actor).exclude(state__in=["applied", "ended", "declined"])
    people = list(able)
    place = people[0].place if people else next((one.place[:12] for one in actor.posts if one.place), "")
    form = forms.Training(people, place, posted(request))
    if tried(request, form, lambda: actions.give_training(actor=actor, **form.values())):
        messages.success(request, _("记下了。学完要学的，就可以上岗。"))
        return redirect("aid_desk:helpers-training")
    listed = onward(request, queries.training_rows(actor), order=("-on", "-id"))
    context = {
        "form": form,
        "people": people,
        "list": listed,
        "rows": [
            {
                "on": one.on,
                "name": one.helper.name,
                "what": wording.words("aid.training.topics", one.helper.place, [one.topic]),
                "minutes": wording.minutes(one.minutes),
            }
            for one in listed.rows
        ],
        "here": "aid",
    }
    status = 422 if form.errors else 200
    return page(request, "mutualaid/matching/desk_training.html", context, status=status)

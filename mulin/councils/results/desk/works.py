"""Works at the desk: planned, reported on, delayed with a reason, done with evidence, or made a case."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.councils.results import access, actions, forms, queries, reading
from mulin.councils.results.actions.works import is_known
from mulin.councils.results.desk.common import FORM, back_to, form_page, of_topic
from mulin.councils.results.models import Work
from mulin.kernel import policy, registry
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.pages import page, posted, run, tried

PLAN, REPORT = needs(access.PLAN), needs(access.REPORT)


@require_safe
@PLAN
def listed(request: HttpRequest, number: str) -> HttpResponse:
    """The works of a topic and of its resolution."""
    topic = access.topic_for(actor_of(request), number, access.PLAN)
    context = {
        **of_topic(topic, "result-works"),
        "works": reading.works(queries.works_of_topic(topic), desk=True),
        "can_add": topic.state in ("draft", "running"),
        "public_url": reverse("councils:result-works", args=[topic.number]),
    }
    return page(request, "councils/results/desk_works.html", context)


@FORM
@PLAN
def new_of_topic(request: HttpRequest, number: str) -> HttpResponse:
    """One more thing to do, of a topic."""
    actor = actor_of(request)
    topic = access.topic_for(actor, number, access.PLAN)
    form = forms.WorkForm(actor, topic.place, None, posted(request))
    if tried(request, form, lambda: actions.plan_work(actor=actor, topic=number, **form.values())):
        messages.success(request, _("列上了。"))
        return redirect("councils_desk:result-works", topic.number)
    back = back_to(topic, "result-works", _("落实"))
    return form_page(request, form, title=_("列一件要办的事"), submit=_("列上"), back=back, lead=topic.title)


@FORM
@PLAN
def new_of_resolution(request: HttpRequest, number: str) -> HttpResponse:
    """One more thing to do, of a resolution."""
    actor = actor_of(request)
    found = access.resolution_for(actor, number)
    policy.require(actor, access.PLAN, access.of_resolution(found))
    form = forms.WorkForm(actor, found.place, None, posted(request))
    if tried(request, form, lambda: actions.plan_work(actor=actor, resolution=number, **form.values())):
        messages.success(request, _("列上了。"))
        return redirect("councils_desk:resolution", found.number)
    back = (reverse("councils_desk:resolution", args=[found.number]), found.title)
    return form_page(request, form, title=_("列一件要办的事"), submit=_("列上"), back=back, lead=found.title)


@require_safe
@REPORT
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One work with its story, and what can be done now."""
    actor = actor_of(request)
    work = access.work_for(actor, number)
    may_plan = policy.can(actor, access.PLAN, access.planned_by(work))
    context = {
        "work": work,
        "shown": reading.works([work], desk=True)[0],
        "is_known": is_known(work),
        "may_plan": may_plan,
        "has_cases": "cases.send" in registry.providers(),
        "case_url": _case_url(work),
        "above": _above(actor, work),
        "here": "resolutions",
    }
    return page(request, "councils/results/desk_work.html", context)


def _case_url(work: Work) -> str:
    if not work.matter:
        return ""
    try:
        return reverse("desk:case", args=[work.matter.number])
    except NoReverseMatch:
        return ""


def _above(actor: Any, work: Work) -> tuple[str, str] | None:
    """Where it belongs to, if the actor may open that."""
    if work.resolution and policy.can(actor, access.VIEW, access.of_resolution(work.resolution)):
        return reverse("councils_desk:resolution", args=[work.resolution.number]), work.resolution.title
    if work.topic and policy.can(actor, access.PLAN, access.of_topic(work.topic)):
        return reverse("councils_desk:result-works", args=[work.topic.number]), work.topic.title
    return None


def _back(work: Work) -> tuple[str, str]:
    return reverse("councils_desk:work", args=[work.number]), work.title


def _form(
    request: HttpRequest, number: str, form: Any, act: Callable[..., Any], title: str, submit: str
) -> HttpResponse:
    """One move of a work that has a form."""
    work = access.work_for(actor_of(request), number)
    if tried(request, form, act):
        messages.success(request, _("已保存。"))
        return redirect("councils_desk:work", work.number)
    return form_page(request, form, title=title, submit=submit, back=_back(work), lead=work.title)


@FORM
@PLAN
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change the plan."""
    actor = actor_of(request)
    work = access.work_for(actor, number)
    form = forms.WorkForm(actor, work.place, work, posted(request))

    def act() -> Any:
        return actions.edit_work(actor=actor, number=number, **form.values())

    return _form(request, number, form, act, _("改要办的事"), _("保存"))


@FORM
@REPORT
def report(request: HttpRequest, number: str) -> HttpResponse:
    """How far it is."""
    actor = actor_of(request)
    form = forms.ReportForm(posted(request))

    def act() -> Any:
        return actions.report_work(actor=actor, number=number, **form.cleaned_data)

    return _form(request, number, form, act, _("写进展"), _("写上"))


@FORM
@REPORT
def delay(request: HttpRequest, number: str) -> HttpResponse:
    """It takes longer, and why."""
    actor = actor_of(request)
    form = forms.DelayForm(posted(request))

    def act() -> Any:
        return actions.report_work(actor=actor, number=number, kind="delay", **form.cleaned_data)

    return _form(request, number, form, act, _("延期"), _("延期"))


@FORM
@REPORT
def done(request: HttpRequest, number: str) -> HttpResponse:
    """It is done, and what shows it."""
    actor = actor_of(request)
    form = forms.DoneForm(posted(request))

    def act() -> Any:
        return actions.finish_work(actor=actor, number=number, **form.values())

    return _form(request, number, form, act, _("办完了"), _("办完了"))


@FORM
@PLAN
def give_up(request: HttpRequest, number: str) -> HttpResponse:
    """It will not be done, and why."""
    actor = actor_of(request)
    form = forms.TextForm(posted(request))

    def act() -> Any:
        return actions.report_work(actor=actor, number=number, kind="dropped", **form.cleaned_data)

    return _form(request, number, form, act, _("不做了"), _("不做了"))


@FORM
@PLAN
def again(request: HttpRequest, number: str) -> HttpResponse:
    """It goes on after all."""
    actor = actor_of(request)
    form = forms.ReasonForm(posted(request))

    def act() -> Any:
        return actions.take_up_again(actor=actor, number=number, **form.cleaned_data)

    return _form(request, number, form, act, _("重新办"), _("重新办"))


@require_POST
@PLAN
def drop(request: HttpRequest, number: str) -> HttpResponse:
    """Take a plan out that nobody was told of."""
    actor = actor_of(request)
    work = access.work_for(actor, number)
    above = _above(actor, work)
    gone = run(request, lambda: actions.drop_plan(actor=actor, number=number), _("去掉了。"))
    return redirect(above[0] if gone and above else reverse("councils_desk:work", args=[work.number]))


@require_POST
@PLAN
def to_case(request: HttpRequest, number: str) -> HttpResponse:
    """From now on it is a case."""
    actor = actor_of(request)
    said = _("转成了事项。事项办结，这里就算办完。")
    run(request, lambda: actions.hand_to_cases(actor=actor, number=number), said)
    return redirect("councils_desk:work", number)

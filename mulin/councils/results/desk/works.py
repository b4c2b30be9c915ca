"""Works at the desk: planned, reported on, delayed with a reason, done with evidence, or made a case."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mulin.councils.results import access, actions, forms, queries, reading
from mulin.councils.results.actions.works import is_known
from mulin.councils.results.desk.common import FORM, back_to, form_page, of_topic
from mulin.councils.results.models import Work
from mulin.kernel import policy, registry
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.links import address
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
    return address("desk:case", work.matter.number) if work.matter else ""


def _above(actor: Any, work: Work) -> tuple[str, str] | None:
    """Where it belongs to, if the actor may open that."""
    if work.resolution and policy.can(actor, access.VIEW, access.of_resolution(work.resolution)):
        return reverse("councils_desk:resolution", args=[work.resolution.number]), work.resolution.title
    if work.topic and policy.can(actor, access.PLAN, access.of_topic(work.topic)):
        return reverse("councils_desk:result-works", args=[work.topic.number]), work.topic.title
    return None


def _back(work: Work) -> tuple[str, str]:
    return reverse("councils_desk:work", args=[work.number]), work.title


def _saved(
    request: HttpRequest, work: Work, form: Any, act: Callable[[], Any], title: Any, submit: Any
) -> HttpResponse:
    """A form about one work; once it is done, the work's own page."""
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

    return _saved(request, work, form, act, _("改要办的事"), _("保存"))


def _move(permission: Callable, make: Callable, act: Callable, title: Any, submit: Any = "") -> Callable:
    """The page of one move of a work: a form, and the action that takes what it holds."""

    @FORM
    @permission
    def view(request: HttpRequest, number: str) -> HttpResponse:
        actor = actor_of(request)
        work, form = access.work_for(actor, number), make(posted(request))

        def done() -> Any:
            return act(actor=actor, number=number, **form.values())

        return _saved(request, work, form, done, title, submit or title)

    return view


report = _move(REPORT, forms.ReportForm, actions.report_work, gettext_lazy("写进展"), gettext_lazy("写上"))
delay = _move(
    REPORT, forms.DelayForm, partial(actions.report_work, kind="delay"), pgettext_lazy("work", "延期")
)
done = _move(REPORT, forms.DoneForm, actions.finish_work, gettext_lazy("办完了"))
give_up = _move(PLAN, forms.TextForm, partial(actions.report_work, kind="dropped"), gettext_lazy("不做了"))
again = _move(PLAN, forms.ReasonForm, actions.take_up_again, gettext_lazy("重新办"))


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

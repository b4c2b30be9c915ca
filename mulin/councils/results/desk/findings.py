"""The study of a topic at the desk: what is to be found out, and what was."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.councils.results import access, actions, forms, queries, reading
from mulin.councils.results.desk.common import FORM, back_to, form_page, of_topic
from mulin.councils.results.kinds import titled
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.pages import page, posted, run, tried

WRITE = needs(access.FIND)


@require_safe
@WRITE
def study(request: HttpRequest, number: str) -> HttpResponse:
    """Each question with its findings, and what nobody had asked."""
    topic = access.topic_for(actor_of(request), number, access.FIND)
    step = queries.step_of(topic, "study", request.GET.get("step", ""))
    context = {
        **of_topic(topic, "result-study"),
        "groups": reading.study(topic, step),
        "can_ask": step is not None and step.state in ("waiting", "open"),
        "can_write": topic.state in ("draft", "running"),
    }
    return page(request, "councils/results/desk_study.html", context)


@FORM
@WRITE
def question(request: HttpRequest, number: str) -> HttpResponse:
    """Add something to find out."""
    actor = actor_of(request)
    topic = access.topic_for(actor, number, access.FIND)
    form = forms.QuestionForm(posted(request))
    if tried(request, form, lambda: actions.ask_question(actor=actor, number=number, **form.cleaned_data)):
        return redirect("councils_desk:result-study", topic.number)
    back = back_to(topic, "result-study", _("摸底"))
    return form_page(
        request, form, title=_("加一件要查清的事"), submit=_("加上"), back=back, lead=topic.title
    )


@FORM
@WRITE
def finding(request: HttpRequest, number: str, finding: UUID | None = None) -> HttpResponse:
    """Write one down, or mend it."""
    actor = actor_of(request)
    topic = access.topic_for(actor, number, access.FIND)
    before = topic.findings.filter(pk=finding).first() if finding else None
    if finding and before is None:
        raise Http404
    step = queries.step_of(topic, "study")
    questions = [(one["key"], titled(one)) for one in queries.study_questions(step)]
    form = forms.FindingForm(questions, before, posted(request), question=request.GET.get("question", ""))

    def save() -> None:
        actions.write_finding(actor=actor, number=number, finding=finding, **form.values())

    if tried(request, form, save):
        messages.success(request, _("已保存。"))
        return redirect("councils_desk:result-study", topic.number)
    title = _("改查到的情况") if finding else _("写查到的情况")
    back = back_to(topic, "result-study", _("摸底"))
    return form_page(request, form, title=title, submit=_("保存"), back=back, lead=topic.title)


@require_POST
@WRITE
def drop(request: HttpRequest, number: str, finding: UUID) -> HttpResponse:
    """Take one out."""
    actor = actor_of(request)
    run(request, lambda: actions.drop_finding(actor=actor, number=number, finding=finding), _("去掉了。"))
    return redirect("councils_desk:result-study", number)

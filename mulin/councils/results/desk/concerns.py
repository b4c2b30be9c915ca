"""Objections and questions at the desk: written down for somebody, answered, joined, kept out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.councils.results import access, actions, forms, queries, reading
from mulin.councils.results.desk.common import FORM, back_to, form_page, of_topic
from mulin.councils.results.models import Concern
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.pages import page, posted, run, tried

ANSWER = needs(access.ANSWER)


@require_safe
@ANSWER
def listed(request: HttpRequest, number: str) -> HttpResponse:
    """All of a topic, what waits on top."""
    topic = access.topic_for(actor_of(request), number, access.ANSWER)
    context = {
        **of_topic(topic, "result-concerns"),
        "rows": [reading.concern_row(one) for one in queries.concerns_of(topic)],
        "can_add": topic.state == "running",
        "public_url": reverse("councils:result-concerns", args=[topic.number]),
    }
    return page(request, "councils/results/desk_concerns.html", context)


@FORM
@ANSWER
def new(request: HttpRequest, number: str) -> HttpResponse:
    """Write down what somebody said by telephone, at the door, on paper or in a meeting."""
    actor = actor_of(request)
    topic = access.topic_for(actor, number, access.ANSWER)
    form = forms.EnterConcernForm(posted(request))

    def save() -> None:
        actions.enter_concern(actor=actor, number=number, **form.cleaned_data)

    if tried(request, form, save):
        messages.success(request, _("登记好了。"))
        return redirect("councils_desk:result-concerns", topic.number)
    back = back_to(topic, "result-concerns", _("反对意见和疑问"))
    return form_page(request, form, title=_("替人登记"), submit=_("登记"), back=back, lead=topic.title)


@FORM
@ANSWER
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One of them, with its answer."""
    actor = actor_of(request)
    concern = access.concern_for(actor, number)
    form = forms.AnswerForm(concern, posted(request))

    def save() -> None:
        actions.answer_concern(actor=actor, number=concern.number, **form.cleaned_data)

    if concern.state != "joined" and tried(request, form, save):
        messages.success(request, _("答复公开了。"))
        return redirect("councils_desk:result-concerns", concern.topic.number)
    context = {
        **of_topic(concern.topic, "result-concerns"),
        "concern": concern,
        "row": reading.concern_row(concern),
        "repeats": list(concern.repeats.order_by("id")),
        "others": _others(concern),
        "form": form,
    }
    status = 422 if form.errors else 200
    return page(request, "councils/results/desk_concern.html", context, status=status)


def _others(concern: Concern) -> list[Concern]:
    """Those of the topic that it could be a repeat of."""
    rows = concern.topic.concerns.exclude(pk=concern.pk).filter(state__in=("waiting", "answered"))
    return list(rows.order_by("id"))


def _back(concern: Concern) -> tuple[str, str]:
    return reverse("councils_desk:result-concern", args=[concern.number]), _("返回")


@FORM
@ANSWER
def join(request: HttpRequest, number: str) -> HttpResponse:
    """It says the same as another one."""
    actor = actor_of(request)
    concern = access.concern_for(actor, number)
    form = forms.JoinForm(_others(concern), posted(request))

    def save() -> None:
        actions.join_concern(actor=actor, number=concern.number, **form.cleaned_data)

    if tried(request, form, save):
        messages.success(request, _("合在一起了，一次答复。"))
        return redirect("councils_desk:result-concerns", concern.topic.number)
    title = _("与另一条相同")
    return form_page(
        request, form, title=title, submit=_("合在一起"), back=_back(concern), quote=concern.text
    )


@FORM
@ANSWER
def hide(request: HttpRequest, number: str) -> HttpResponse:
    """Keep one out that is neither."""
    actor = actor_of(request)
    concern = access.concern_for(actor, number)
    form = forms.ReasonForm(posted(request))
    form.fields["reason"].help_text = _("只有工作人员看得到理由；大家看得到有几条不公开。")

    def save() -> None:
        actions.hide_concern(actor=actor, number=concern.number, **form.cleaned_data)

    if tried(request, form, save):
        return redirect("councils_desk:result-concerns", concern.topic.number)
    text = _("只用于辱骂、广告、和这件事无关的话。不同意的意见要答复，不能藏起来。")
    return form_page(
        request,
        form,
        title=_("不公开这一条"),
        submit=_("不公开"),
        back=_back(concern),
        quote=concern.text,
        text=text,
    )


@require_POST
@ANSWER
def part(request: HttpRequest, number: str) -> HttpResponse:
    """It waits for an answer of its own again."""
    actor = actor_of(request)
    act = lambda: actions.part_concern(actor=actor, number=number)  # noqa: E731
    run(request, act, _("重新单独答复。"))
    return redirect("councils_desk:result-concern", number)

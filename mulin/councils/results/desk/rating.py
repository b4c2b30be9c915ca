"""The ratings of a topic at the desk: collected, typed in from paper, published."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from mulin.councils.results import access, actions, forms, queries, ratings
from mulin.councils.results.desk.common import FORM, back_to, form_page, of_topic
from mulin.councils.results.words import on_day
from mulin.kernel import policy
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.pages import page, posted, tried
from mulin.voices.surveys import queries as surveys

ENTER, RATE = needs(access.ENTER), needs(access.RATE)


@require_safe
@ENTER
def one(request: HttpRequest, number: str) -> HttpResponse:
    """How many came in, what people wrote, and the result once it is out."""
    actor = actor_of(request)
    topic = access.topic_for(actor, number, access.ENTER)
    step = queries.step_of(topic, "rate", request.GET.get("step", ""))
    survey = ratings.of_step(step)
    may_publish = policy.can(actor, access.RATE, access.of_topic(topic))
    is_out = bool(step and step.data.get("conclusion"))
    context = {
        **of_topic(topic, "result-rating"),
        "step": step,
        "survey": survey,
        "is_out": is_out,
        "may_publish": may_publish,
        "takes": bool(survey and ratings.takes(survey)),
        "returned": ratings.returned(survey) if survey else 0,
        "figures": ratings.shown(step) if is_out else None,
        "until": on_day(survey.closes_on) if survey else "",
        "written": [one.text for one in surveys.written(survey)] if survey and may_publish else [],
        "public_url": request.build_absolute_uri(reverse("councils:result-rating", args=[topic.number])),
    }
    if not may_publish:
        context["tabs"] = []  # who only types sheets in has nothing to do on the other pages
    return page(request, "councils/results/desk_rating.html", context)


@FORM
@ENTER
def enter(request: HttpRequest, number: str) -> HttpResponse:
    """One sheet after the other; how it came in stays chosen."""
    actor = actor_of(request)
    topic = access.topic_for(actor, number, access.ENTER)
    survey = ratings.of_step(queries.step_of(topic, "rate"))
    if survey is None:
        raise Http404
    channel = request.session.get("rating_channel", "paper")
    has_codes = survey.once == "household" and survey.codes.exists()
    form = forms.RatingForm(posted(request), has_codes=has_codes, channel=channel)

    def save() -> None:
        actions.enter_rating(actor=actor, number=number, **form.cleaned_data)

    if tried(request, form, save):
        request.session["rating_channel"] = form.cleaned_data["channel"]
        messages.success(request, _("这一份录好了，接着录下一份。"))
        return redirect("councils_desk:result-rating-enter", topic.number)
    back = back_to(topic, "result-rating", _("评价"))
    return form_page(
        request, form, title=_("录入纸质评价"), submit=_("录好，下一份"), back=back, lead=topic.title
    )


@FORM
@RATE
def publish(request: HttpRequest, number: str) -> HttpResponse:
    """The end of collecting, and what follows from what people said."""
    actor = actor_of(request)
    topic = access.topic_for(actor, number, access.RATE)
    form = forms.ConclusionForm(posted(request))

    def save() -> None:
        actions.publish_rating(actor=actor, number=number, **form.cleaned_data)

    if tried(request, form, save):
        messages.success(request, _("评价结果公布了。"))
        return redirect("councils_desk:result-rating", topic.number)
    text = _("公布后不再收，也不再录入。哪种回答不到五份，就不显示数字。")
    back = back_to(topic, "result-rating", _("评价"))
    return form_page(
        request, form, title=_("公布评价结果"), submit=_("结束并公布"), back=back, lead=topic.title, text=text
    )

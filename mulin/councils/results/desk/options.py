"""The options of a topic at the desk: written, looked at, put in order."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.councils.results import access, actions, forms, queries, reading
from mulin.councils.results.desk.common import FORM, back_to, form_page, of_topic
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.pages import page, posted, run, tried

MANAGE = needs(access.OPTIONS)


@require_safe
@MANAGE
def listed(request: HttpRequest, number: str) -> HttpResponse:
    """What was proposed waits on top, then what is taken in, then what is not."""
    topic = access.topic_for(actor_of(request), number, access.OPTIONS)
    step = queries.step_of(topic, "options", request.GET.get("step", ""))
    rows = reading.options(queries.options_of(step))
    context = {
        **of_topic(topic, "result-options"),
        "step": step,
        "is_open": step is not None and step.state == "open",
        "proposed": [one for one in rows if one["state"]["code"] == "proposed"],
        "accepted": [one for one in rows if one["state"]["code"] == "accepted"],
        "declined": [one for one in rows if one["state"]["code"] == "declined"],
    }
    return page(request, "councils/results/desk_options.html", context)


@FORM
@MANAGE
def put(request: HttpRequest, number: str, option: UUID | None = None) -> HttpResponse:
    """Write one, mend one, or take one in that a resident proposed."""
    actor = actor_of(request)
    topic = access.topic_for(actor, number, access.OPTIONS)
    before = topic.options.filter(pk=option).first() if option else None
    if option and before is None:
        raise Http404
    form = forms.OptionForm(before, posted(request))

    def save() -> None:
        actions.put_option(actor=actor, number=number, option=option, **form.values())

    if tried(request, form, save):
        messages.success(request, _("已列入方案。"))
        return redirect("councils_desk:result-options", topic.number)
    is_new = before is None
    title = (
        _("写一个方案") if is_new else _("核对居民提的方案") if before.state == "proposed" else _("改方案")
    )
    submit = _("列入方案") if is_new or before.state != "accepted" else _("保存")
    back = back_to(topic, "result-options", _("方案"))
    return form_page(request, form, title=title, submit=submit, back=back, lead=topic.title)


@FORM
@MANAGE
def decline(request: HttpRequest, number: str, option: UUID) -> HttpResponse:
    """Leave one out, with the reason that everybody reads."""
    actor = actor_of(request)
    topic = access.topic_for(actor, number, access.OPTIONS)
    before = topic.options.filter(pk=option).first()
    if before is None:
        raise Http404
    form = forms.ReasonForm(posted(request))

    def save() -> None:
        actions.decline_option(actor=actor, number=number, option=option, **form.cleaned_data)

    if tried(request, form, save):
        return redirect("councils_desk:result-options", topic.number)
    back = back_to(topic, "result-options", _("方案"))
    return form_page(
        request, form, title=_("不列入这个方案"), submit=_("不列入"), back=back, lead=before.title
    )


@require_POST
@MANAGE
def order(request: HttpRequest, number: str, option: UUID) -> HttpResponse:
    """One up or down."""
    actor = actor_of(request)
    steps = {"up": -1, "down": 1}
    by = steps.get(request.POST.get("step", ""))
    if by is None:
        raise Http404
    act = lambda: actions.move_option(actor=actor, number=number, option=option, by=by)  # noqa: E731
    run(request, act, _("次序改好了。"))
    return redirect("councils_desk:result-options", number)

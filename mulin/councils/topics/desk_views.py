"""Topics at the desk: the list, the wizard, one topic with its next move."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.councils.topics import access, actions, desk_reading, forms, library, queries, reading, states
from mulin.councils.topics.definition import from_json, spec_of
from mulin.councils.topics.models import Topic
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.clock import today
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.pages import page, posted, refuse, run
from mulin.voices.models import Matter
from mulin.voices.queries import get_matter

FORM = require_http_methods(["GET", "HEAD", "POST"])
SEE, MANAGE = needs(access.VIEW), needs(access.MANAGE)


@require_safe
@SEE
def topics(request: HttpRequest) -> HttpResponse:
    """All topics of one's places: those with something to do first, drafts too."""
    actor = actor_of(request)
    context = desk_reading.list_page(actor, request.GET)
    context["can_make"] = policy.can_somewhere(actor, access.MANAGE)
    context["broken"] = library.broken() if context["can_make"] else []
    return page(request, "councils/topics/desk_topics.html", context)


@require_safe
@SEE
def topics_export(request: HttpRequest) -> HttpResponse:
    """The list as it is narrowed down, as an Excel file."""
    content = desk_reading.workbook(actor_of(request), request.GET)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="topics-{today().isoformat()}.xlsx"'
    return response


# The wizard -----------------------------------------------------------------------------------------------


@FORM
@MANAGE
def topic_new(request: HttpRequest) -> HttpResponse:
    """First which process, then one page: the words, the place, and the calendar with every day editable."""
    actor = actor_of(request)
    about = _about(actor, request.GET.get("matter", ""))
    code = request.POST.get("process") or request.GET.get("process", "")
    if code not in library.processes():
        offered = desk_reading.offered(about)
        context = {"offered": offered, "about": about, "broken": library.broken(), "here": "topics"}
        return page(request, "councils/topics/topic_choose.html", context)
    return _fill_in(request, actor, code, about)


def _about(actor: Actor, number: str) -> Matter | None:
    """The matter that a topic is made of; a number that is none of the actor's is passed over."""
    try:
        return get_matter(actor, number) if number else None
    except NotVisible:
        return None


def _fill_in(request: HttpRequest, actor: Actor, code: str, about: Matter | None) -> HttpResponse:
    process = library.get_process(code)
    data = posted(request)
    given = {"title": about.public_title or about.title, "place": about.place} if about else {}
    form = forms.NewTopic(actor, process, data, **given)
    days, wrong = forms.posted_days(data or {}, [one.key for one in process.steps])
    error, status = "", 200
    if data is not None and "look" not in data:
        status = 422
        if wrong:
            error = _("请核对标红的日子。")
        elif form.is_valid():
            made = _start(request, actor, form, process.code, about, days)
            if isinstance(made, Topic):
                return redirect("councils_desk:topic", made.number)
            error, wrong = made
    rows, told = _planned(process, form, {} if wrong else days)
    context = {
        "form": form,
        "process": process,
        "title": library.words(process, "title"),
        "text": library.words(process, "about"),
        "basis": library.words(process, "basis"),
        "certainty": states.CERTAINTY_WORDS[process.certainty],
        "about": about,
        "rows": forms.day_rows(process, rows, wrong),
        "error": error or told,
        "choose_url": reverse("councils_desk:topic-new") + (f"?matter={about.number}" if about else ""),
        "here": "topics",
    }
    return page(request, "councils/topics/topic_new.html", context, status=status)


def _planned(process: Any, form: forms.NewTopic, days: Any) -> tuple[Any, str]:
    """The calendar; where a day cannot be, the calendar without one's own days and what is wrong."""
    start = max(form.start(), today())
    try:
        return actions.preview(process.code, start, days), ""
    except ActionError as error:
        return actions.preview(process.code, start), str(error.message)


def _start(
    request: HttpRequest, actor: Actor, form: forms.NewTopic, code: str, about: Matter | None, days: Any
) -> Topic | tuple[str, str]:
    """The topic, or what is wrong and at which step."""
    number = about.number if about else ""
    try:
        made = actions.start_topic(actor=actor, process=code, matter=number, days=days, **form.values())
    except ActionError as error:
        if error.status == 403:
            raise
        if error.field.startswith("days_"):
            return str(error.message), error.field.removeprefix("days_")
        refuse(form, error)
        return "", ""
    if "announce" in request.POST:
        run(request, lambda: actions.announce_topic(actor=actor, number=made.number), _announced())
    else:
        messages.success(request, _("草稿存好了，居民还看不到。"))
    return made


def _announced() -> str:
    return _("议题公布了，居民现在就能看到。")


# One topic ------------------------------------------------------------------------------------------------


@require_safe
@SEE
def topic(request: HttpRequest, number: str) -> HttpResponse:
    """Where it stands, the one next move, what is missing, and the whole road."""
    actor = actor_of(request)
    found = queries.get_topic(actor, number)
    steps = queries.steps_of(found)
    context = desk_reading.topic_page(actor, found, steps)
    context["public_url"] = request.build_absolute_uri(reverse("councils:topic", args=[found.number]))
    return page(request, "councils/topics/desk_topic.html", context)


@require_POST
@MANAGE
def topic_move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Announce a draft, or throw it away."""
    actor = actor_of(request)
    found = queries.get_topic(actor, number)
    acts = {
        "announce": (actions.announce_topic, _announced()),
        "discard": (actions.discard_topic, _("草稿删掉了。")),
    }
    if move not in acts:
        raise Http404
    act, said = acts[move]
    done = run(request, lambda: act(actor=actor, number=found.number), said)
    if done and move == "discard":
        return redirect("councils_desk:topics")
    return redirect("councils_desk:topic", found.number)


@require_POST
@MANAGE
def topic_begin(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """Begin a step; then straight to what it works with, where there is such a page."""
    actor = actor_of(request)
    found = queries.get_topic(actor, number)
    said = _("这一步开始了，居民看得到。")
    if run(request, lambda: actions.begin_step(actor=actor, number=found.number, key=key), said):
        step = next(one for one in queries.steps_of(found) if one.key == key)
        return redirect(
            desk_reading.work_url(found, step) or reverse("councils_desk:topic", args=[found.number])
        )
    return redirect("councils_desk:topic", found.number)


def _form_page(
    request: HttpRequest, found: Topic, form: Any, title: str, submit: str, **more: Any
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "lead": found.title,
        "back_url": reverse("councils_desk:topic", args=[found.number]),
        "back_label": found.title,
        "submit": submit,
        "action": request.path,
        "here": "topics",
        **more,
    }
    status = 422 if form.errors else 200
    return page(request, "councils/topics/form.html", context, status=status)


def _tried(request: HttpRequest, form: Any, act: Callable[[dict[str, Any]], Any], said: str) -> bool:
    """Run an action with a valid form; its refusal stands beside the field, everything typed stays."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except ActionError as error:
        if error.status == 403:
            raise
        refuse(form, error)
        return False
    messages.success(request, said)
    return True


@FORM
@MANAGE
def topic_end(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """End a step, with what came out in words."""
    actor = actor_of(request)
    found = queries.get_topic(actor, number)
    step = next((one for one in queries.steps_of(found) if one.key == key), None)
    if step is None:
        raise Http404
    spec = spec_of(found.definition, key)
    form = forms.Remark(posted(request), is_needed="remark" in spec.ends)

    def act(values: dict[str, Any]) -> None:
        actions.end_step(actor=actor, number=found.number, key=key, remark=values["remark"])

    if _tried(request, form, act, _("这一步结束了。")):
        return redirect("councils_desk:topic", found.number)
    title = _("结束“%(step)s”") % {"step": library.words(spec, "title")}
    outcome = desk_reading.outcome_now(found, step)
    return _form_page(request, found, form, title, _("结束这一步"), quote=outcome)


@FORM
@MANAGE
def topic_skip(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """Leave out a step that may be left out."""
    actor = actor_of(request)
    found = queries.get_topic(actor, number)
    if key not in {one["key"] for one in found.definition["steps"]}:
        raise Http404
    form = forms.Reason(posted(request))

    def act(values: dict[str, Any]) -> None:
        actions.skip_step(actor=actor, number=found.number, key=key, **values)

    if _tried(request, form, act, _("这一步不做了，理由大家看得到。")):
        return redirect("councils_desk:topic", found.number)
    title = _("这次不做“%(step)s”") % {"step": library.words(spec_of(found.definition, key), "title")}
    return _form_page(request, found, form, title, _("这次不做"))


@FORM
@MANAGE
def topic_stop(request: HttpRequest, number: str) -> HttpResponse:
    """Give the topic up, with a reason that everybody reads."""
    actor = actor_of(request)
    found = queries.get_topic(actor, number)
    form = forms.Reason(posted(request))

    def act(values: dict[str, Any]) -> None:
        actions.stop_topic(actor=actor, number=found.number, **values)

    if _tried(request, form, act, _("议题停下了，原因大家看得到。")):
        return redirect("councils_desk:topic", found.number)
    told = _("还在进行的步骤会一起结束，停下以后不能再开始。要继续商量，请另起一个议题。")
    return _form_page(request, found, form, _("停下这个议题"), _("停下"), text=told)


@FORM
@MANAGE
def topic_edit(request: HttpRequest, number: str) -> HttpResponse:
    """The words, and of a draft the day on which it starts."""
    actor = actor_of(request)
    found = queries.get_topic(actor, number)
    form = forms.EditTopic(found, posted(request))

    def act(values: dict[str, Any]) -> None:
        actions.edit_topic(actor=actor, number=found.number, **{"starts_on": found.starts_on, **values})

    if _tried(request, form, act, _("已保存。")):
        return redirect("councils_desk:topic", found.number)
    return _form_page(request, found, form, _("改议题"), _("保存"))


@FORM
@MANAGE
def topic_days(request: HttpRequest, number: str) -> HttpResponse:
    """The calendar: set another day, and what comes behind moves along."""
    actor = actor_of(request)
    found = queries.get_topic(actor, number)
    data = posted(request)
    steps = queries.steps_of(found)
    days, wrong = forms.posted_days(data or {}, [one.key for one in steps])
    error = _("请核对标红的日子。") if wrong else ""
    if data is not None and not wrong:
        try:
            actions.move_days(actor=actor, number=found.number, days=days)
            messages.success(
                request, _("日程改好了，居民看得到。") if found.announced_at else _("日程改好了。")
            )
            return redirect("councils_desk:topic", found.number)
        except ActionError as refusal:
            if refusal.status == 403:
                raise
            error, wrong = str(refusal.message), refusal.field.removeprefix("days_")
    context = {
        "topic": found,
        "rows": desk_reading.day_rows(from_json(found.definition), steps, wrong, data),
        "error": error,
        "here": "topics",
        "back_url": reverse("councils_desk:topic", args=[found.number]),
        "reading": reading.process_title(found),
    }
    return page(request, "councils/topics/topic_days.html", context, status=422 if error else 200)

"""Surveys at the desk: made from a template, sent out, closed, read and published."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.desk import survey_forms as forms
from mulin.kernel import policy
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError
from mulin.kernel.pages import page, posted, refuse, run, tried
from mulin.places.queries import full_name, names_of
from mulin.voices.surveys import actions, editing, queries, reading, states
from mulin.voices.surveys.fields import word
from mulin.voices.surveys.models import Survey

FORM = require_http_methods(["GET", "HEAD", "POST"])
MANAGE = needs("voices.survey:manage")
READ = needs("voices.survey:view")
TONES = {"draft": ("", "edit"), "open": ("wait", "play"), "closed": ("done", "check")}
PER_PAGE = 100


def card(survey: Survey, names: dict[str, str]) -> dict[str, Any]:
    """A survey as a row of a list."""
    tone, icon = TONES[survey.state]
    return {
        "number": survey.number,
        "title": survey.title,
        "place": names.get(survey.place, ""),
        "state": {"label": str(states.STATE_WORDS[survey.state]), "tone": tone, "icon": icon},
        "closes_on": survey.closes_on,
        "is_published": bool(survey.published_at),
        "url": reverse("desk:survey", args=[survey.number]),
        "enter_url": reverse("desk:survey-enter", args=[survey.number]),
    }


@require_safe
@needs("voices.survey:enter")
def surveys(request: HttpRequest) -> HttpResponse:
    """What is being asked, and what was; who only types sheets in sees those that take sheets."""
    actor = actor_of(request)
    mine = list(queries.visible_surveys(actor)[:PER_PAGE])
    seen = {survey.pk for survey in mine}
    entering = [one for one in queries.enterable_surveys(actor)[:PER_PAGE] if one.pk not in seen]
    names = names_of({survey.place for survey in [*mine, *entering]})
    returned = queries.returned(mine)
    context = {
        "surveys": [{**card(one, names), "returned": returned.get(one.pk, 0)} for one in mine],
        "entering": [card(one, names) for one in entering],
        "can_make": policy.can_somewhere(actor, "voices.survey:manage"),
    }
    return page(request, "desk/surveys.html", context)


@FORM
@MANAGE
def survey_new(request: HttpRequest) -> HttpResponse:
    """From a template, from an earlier one, or from nothing: one choice, then everything can be changed."""
    actor = actor_of(request)
    earlier = list(queries.visible_surveys(actor).exclude(state="draft")[:10])
    form = forms.NewSurvey(actor, earlier, posted(request))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                place = form.cleaned_data["place"]
                made = actions.draft_survey(actor=actor, place=place, **form.start())
                return redirect("desk:survey", made.number)
            except ActionError as error:
                if error.status == 403:
                    raise
                refuse(form, error)
    context = {
        "form": form,
        "title": _("出一份问卷"),
        "back_url": reverse("desk:surveys"),
        "back_label": _("问卷"),
        "submit": _("开始出题"),
        "action": request.path,
    }
    return page(request, "desk/form.html", context, status=status)


def _tabs(survey: Survey, here: str) -> list[dict[str, Any]]:
    names = [("survey", _("题目和时间")), ("survey-results", _("结果"))]
    if survey.state != "draft":
        names.insert(1, ("survey-give", _("发放和录入")))
        names.append(("survey-texts", _("大家写的话")))
    return [
        {
            "label": label,
            "url": reverse(f"desk:{name}", args=[survey.number]),
            "current": name == here,
            "count": None,
        }
        for name, label in names
        if survey.state != "draft" or name == "survey"
    ]


def _context(request: HttpRequest, survey: Survey, here: str) -> dict[str, Any]:
    may = {
        "manage": policy.can(actor_of(request), "voices.survey:manage", survey.place),
        "publish": policy.can(actor_of(request), "voices.survey:publish", survey.place),
        "need": policy.can(actor_of(request), "voices.need:collect", survey.place),
    }
    card_ = card(survey, names_of([survey.place]))
    return {
        "survey": survey,
        "state": card_["state"],
        "asks": full_name(survey.place),
        "once": states.ONCE_WORDS[survey.once],
        "may": may,
        "tabs": _tabs(survey, here),
        "public_url": request.build_absolute_uri(reverse("portal:survey", args=[survey.number])),
        "here": "surveys",
    }


@require_safe
@READ
def survey(request: HttpRequest, number: str) -> HttpResponse:
    """The questions, with what can be done to each while it is a draft."""
    found = queries.get_survey(actor_of(request), number)
    rows = []
    for n, row in enumerate(editing.flat(found.form), 1):
        options = [one["text"] for one in row.get("options", ())]
        options += [pgettext("survey", "其他")] if row.get("other") else []
        rows.append(
            {
                **row,
                "n": n,
                "kind_word": states.KIND_WORDS[row["kind"]],
                "options": options,
                "rows": [one["text"] for one in row.get("rows", ())],
                "condition": row.get("if"),
            }
        )
    return page(request, "desk/survey.html", {**_context(request, found, "survey"), "rows": rows})


@FORM
@MANAGE
def frame(request: HttpRequest, number: str) -> HttpResponse:
    """Title, period, way of answering."""
    actor = actor_of(request)
    found = queries.get_survey(actor, number)
    form = forms.Frame(found, posted(request))
    if tried(request, form, lambda: actions.edit_survey(actor=actor, number=found.number, **form.values())):
        messages.success(request, _("已保存。"))
        return redirect("desk:survey", found.number)
    return _form_page(request, found, form, _("标题和时间"), _("保存"))


@FORM
@MANAGE
def question(request: HttpRequest, number: str, key: str = "") -> HttpResponse:
    """Add a question, or change one."""
    actor = actor_of(request)
    found = queries.get_survey(actor, number)
    before = next((row for row in editing.flat(found.form) if row["key"] == key), {})
    if key and not before:
        raise Http404
    form = forms.QuestionForm(queries.form_of(found), before, posted(request))

    def save() -> None:
        made = form.question(before)
        actions.edit_questions(actor=actor, number=number, data=lambda data: editing.put(data, made, key))

    if tried(request, form, save):
        return redirect(
            "desk:survey-question-new" if "again" in request.POST else "desk:survey", found.number
        )
    status = 422 if form.errors else 200
    context = {
        **_context(request, found, "survey"),
        "form": form,
        "title": _("改题目") if key else _("加一题"),
        "is_new": not key,
    }
    return page(request, "desk/survey_question.html", context, status=status)


def _form_page(
    request: HttpRequest,
    found: Survey,
    form: Any,
    title: str,
    submit: str,
    back: str = "desk:survey",
    text: str = "",
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "lead": found.title,
        "text": text,
        "back_url": reverse(back, args=[found.number]),
        "back_label": found.title,
        "submit": submit,
        "action": request.path,
        "here": "surveys",
    }
    return page(request, "desk/form.html", context, status=422 if form.errors else 200)


@require_POST
@MANAGE
def question_order(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """One up, one down, or out."""
    actor = actor_of(request)
    found = queries.get_survey(actor, number)
    step = request.POST.get("step", "")
    steps: dict[str, Callable[[Any], editing.Data]] = {
        "up": lambda data: editing.move(data, key, -1),
        "down": lambda data: editing.move(data, key, 1),
        "remove": lambda data: editing.remove(data, key),
    }
    if step not in steps:
        raise Http404
    run(
        request,
        lambda: actions.edit_questions(actor=actor, number=found.number, data=steps[step]),
        _("题目改好了。"),
    )
    return redirect(f"{reverse('desk:survey', args=[found.number])}#{key}")


@require_POST
@MANAGE
def survey_move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Open, close, discard, take published results back."""
    actor = actor_of(request)
    found = queries.get_survey(actor, number)
    moves = {
        "open": (actions.open_survey, _("问卷开始收集了。把链接和二维码发出去吧。"), "desk:survey-give"),
        "close": (actions.close_survey, _("问卷结束了，不再收。"), "desk:survey-results"),
        "discard": (actions.discard_survey, _("草稿删掉了。"), "desk:surveys"),
        "withdraw": (actions.withdraw_results, _("已公布的结果收回了。"), "desk:survey-results"),
    }
    if move not in moves:
        raise Http404
    act, said, there = moves[move]
    done = run(request, lambda: act(actor=actor, number=found.number), said)
    if done and there == "desk:surveys":
        return redirect(there)
    return redirect(there if done else "desk:survey", found.number)


@FORM
@MANAGE
def reopen(request: HttpRequest, number: str) -> HttpResponse:
    """Take sheets again until a later day."""
    actor = actor_of(request)
    found = queries.get_survey(actor, number)
    form = forms.Reopen(posted(request))
    if tried(
        request,
        form,
        lambda: actions.reopen_survey(actor=actor, number=found.number, **form.cleaned_data),
    ):
        messages.success(request, _("问卷延期了。"))
        return redirect("desk:survey-give", found.number)
    return _form_page(request, found, form, _("延期"), _("延期"))


def _crossable(found: Survey) -> list[tuple[str, str]]:
    kinds = {"single", "multiple", "rating"}
    return [(one.key, word(one)) for one in queries.form_of(found) if one.kind in kinds]


def crossing(request: HttpRequest, found: Survey) -> tuple[str, str]:
    """The two questions that the address asks to see by one another; empty when it asks for none."""
    of, by = request.GET.get("of", ""), request.GET.get("by", "")
    keys = {key for key, _text in _crossable(found)}
    return (of, by) if of in keys and by in keys and of != by else ("", "")


@require_safe
@READ
def results(request: HttpRequest, number: str) -> HttpResponse:
    """All figures, one question by another, and earlier years beside it."""
    actor = actor_of(request)
    found = queries.get_survey(actor, number)
    of, by = crossing(request, found)
    report = reading.staff_results(found)
    context = {
        **_context(request, found, "survey-results"),
        "report": report,
        "too_few": queries.too_few(found, report.returned),
        "crossable": _crossable(found),
        "of": of,
        "by": by,
        "cross": reading.crossed(found, of, by) if of else None,
        "years": reading.compared(found, queries.earlier_rounds(actor, found)),
    }
    return page(request, "desk/survey_results.html", context)


@require_safe
@READ
def results_print(request: HttpRequest, number: str) -> HttpResponse:
    """The same on paper."""
    found = queries.get_survey(actor_of(request), number)
    context = {**_context(request, found, "survey-results"), "report": reading.staff_results(found)}
    return page(request, "desk/survey_print.html", context)


def _check_publishable(found: Survey) -> None:
    """409 with the way to the results where the action would refuse whatever the form says."""
    try:
        actions.check_publishable(found)
    except ActionError as error:
        error.way = (_("看结果"), reverse("desk:survey-results", args=[found.number]))
        raise


@FORM
@needs("voices.survey:publish")
def publish(request: HttpRequest, number: str) -> HttpResponse:
    """Choose what everybody may see, and say what is done with it."""
    actor = actor_of(request)
    found = queries.get_survey(actor, number)
    if request.method != "POST":  # before anything is typed
        _check_publishable(found)
    may = queries.publishable(found)
    choices = [(question.key, word(question)) for question in queries.form_of(found) if question.key in may]
    initial = {"questions": found.published or may, "conclusion": found.conclusion}
    form = forms.Publish(choices, posted(request), initial=initial)
    if tried(
        request,
        form,
        lambda: actions.publish_results(actor=actor, number=found.number, **form.cleaned_data),
    ):
        messages.success(request, _("结果公布了，居民现在能看到。"))
        return redirect("desk:survey-results", found.number)
    return _form_page(request, found, form, _("公布结果"), _("公布"), "desk:survey-results")

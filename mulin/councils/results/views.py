"""What everybody reads: findings, options, objections with their answers, resolutions, works, ratings."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mulin.councils.results import access, actions, documents, forms, queries, ratings, reading, sources
from mulin.councils.results.words import on_day
from mulin.councils.topics.models import Step, Topic
from mulin.kernel import codes, registry, rulebook, throttle
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError
from mulin.kernel.links import address
from mulin.kernel.pages import posted
from mulin.places.queries import exists, full_name, name_of, names_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
HOUR, PER_PAGE, MOST_EXPORTED = 3600, 30, 5000


def _about(topic: Topic) -> dict[str, Any]:
    """What every page about a topic shows: its title, its place, the way back."""
    return {
        "topic": topic,
        "topic_url": reverse("councils:topic", args=[topic.number]),
        "place": topic.place,
        "place_name": name_of(topic.place),
        "full_place": full_name(topic.place),
    }


def _limit(request: HttpRequest, rule: str, what: str, place: str) -> None:
    """By address only: who objects is nowhere counted."""
    most = int(rulebook.value(rule, at=place))
    throttle.check(what, throttle.caller(request), limit=most, seconds=HOUR)


def _tried(request: HttpRequest, form: Any, run: Callable[[], Any]) -> int:
    """0 when it went well; else the status of the page, everything typed kept."""
    if not form.is_valid():
        return 422
    try:
        run()
    except ActionError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error.message))
        return error.status if error.status in {403, 409, 422, 429} else 422
    return 0


def _step(request: HttpRequest, topic: Topic, kind: str) -> Step:
    """The step of a kind that the address names, else the one at hand; 404 for a topic without one."""
    step = queries.step_of(topic, kind, request.GET.get("step", ""))
    if step is None:
        raise Http404
    return step


@require_safe
def study(request: HttpRequest, number: str) -> HttpResponse:
    """What was found out about a topic."""
    topic = access.public_topic(number)
    step = _step(request, topic, "study")
    begun = step.state in ("open", "done")
    context = {**_about(topic), "step": step, "groups": reading.study(topic, step) if begun else []}
    return render(request, "councils/results/study.html", context)


@FORM
def options(request: HttpRequest, number: str) -> HttpResponse:
    """The options side by side; while they are collected, a form to propose one."""
    topic = access.public_topic(number)
    step = _step(request, topic, "options")
    takes = topic.state == "running" and step.state == "open" and step.settings.get("residents", True)
    form = forms.ProposeForm(posted(request) if takes else None)
    status = 200
    if request.method == "POST" and takes:

        def run() -> None:
            _limit(request, "councils.option.per_hour", "option", topic.place)
            actions.propose_option(actor=actor_of(request), number=topic.number, **form.cleaned_data)

        status = _tried(request, form, run)
        if not status:
            messages.success(request, _("收到了，谢谢您。社区核对、算出费用后列在这里；不列入的写明理由。"))
            return redirect("councils:result-options", topic.number)
    elif request.method == "POST":
        status = 409
    rows = reading.options(queries.options_of(step)) if step.state in ("open", "done") else []
    chosen = sources.chosen(topic, "") if step.state == "done" else []
    won = {one["key"] for one in chosen if one["chosen"]}
    found = queries.resolution_of(topic)
    shown = {code: [one for one in rows if one["state"]["code"] == code] for code in ("accepted", "declined")}
    context = {
        **_about(topic),
        "step": step,
        "takes": takes,
        "form": form,
        "accepted": [{**one, "won": one["key"] in won} for one in shown["accepted"]],
        "resolution_url": reverse("councils:resolution", args=[found.number]) if found else "",
        # A proposal is its author's until it is looked at; what was declined is told with the reason.
        "declined": [one for one in shown["declined"] if one["is_residents"]],
        "waiting": len([one for one in rows if one["state"]["code"] == "proposed"]),
    }
    return render(request, "councils/results/options.html", context, status=status or 200)


@FORM
def concerns(request: HttpRequest, number: str) -> HttpResponse:
    """Objections and questions with their answers, and the form for one more."""
    topic = access.public_topic(number)
    actor = actor_of(request)
    takes = topic.state == "running"
    form = forms.ConcernForm(actor, posted(request) if takes else None)
    status = 200
    if request.method == "POST" and takes:
        made: list[Any] = []

        def run() -> None:
            _limit(request, "councils.concern.per_hour", "concern", topic.place)
            made.append(actions.raise_concern(actor=actor, number=topic.number, **form.cleaned_data))

        status = _tried(request, form, run)
        if not status:
            said = _("收到了，编号 %(number)s。每一条都会答复，答复了会列在这里。") % {
                "number": made[0].number
            }
            messages.success(request, said)
            return redirect("councils:result-concerns", topic.number)
    elif request.method == "POST":
        status = 409
    context = {**_about(topic), "form": form, "takes": takes, "concerns": reading.public_concerns(topic)}
    days = int(rulebook.value("councils.concern.answer_days", at=topic.place))
    return render(request, "councils/results/concerns.html", {**context, "days": days}, status=status or 200)


# resolutions ------------------------------------------------------------------------------------------


def _places(request: HttpRequest, place: str) -> list[str]:
    """Where to look: the place that is asked for, else the visitor's own community, else everywhere."""
    if place:
        if not codes.is_valid(place) or "-" in place or not exists(place):
            raise Http404
        return [place]
    chosen = registry.providers().get("shell.place")
    own = chosen(request) if chosen else ""
    return [own] if own else []


@require_safe
def resolutions(request: HttpRequest, place: str = "") -> HttpResponse:
    """The archive of a place: everything that was decided, searched by words."""
    places = _places(request, place)
    q = request.GET.get("q", "").strip()[:60]
    shown = Paginator(queries.published(places, q), PER_PAGE).get_page(request.GET.get("page"))
    names = names_of({one.place for one in shown})
    here = places[0] if places else ""
    context = {
        "rows": [reading.resolution_row(one, names, desk=False) for one in shown],
        "shown": shown,
        "q": q,
        "place": here,
        "place_name": name_of(here) if here else "",
        "full_place": full_name(here) if here else "",
        "filters": [{"name": "q", "kind": "search", "label": _("标题、内容或编号"), "value": q}],
        "clear_url": request.path if q else "",
        "export_url": reverse("councils:resolutions-export-of", args=[here])
        if here
        else reverse("councils:resolutions-export"),
    }
    return render(request, "councils/results/resolutions.html", context)


@require_safe
def export(request: HttpRequest, place: str = "") -> HttpResponse:
    """The same as an Excel file."""
    rows = queries.published(_places(request, place), request.GET.get("q", "").strip()[:60])
    return documents.as_file(documents.workbook(rows[:MOST_EXPORTED]), "resolutions.xlsx")


@require_safe
def resolution(request: HttpRequest, number: str) -> HttpResponse:
    """Why, which options, what was decided, by whom, what it costs, who gains and loses, what follows."""
    found = queries.public_resolution(number)
    context = {
        **documents.context(found),
        "place": found.place,
        "place_name": name_of(found.place),
        "topic_url": _topic_url(found.topic),
        "concerns_url": reverse("councils:result-concerns", args=[found.topic.number])
        if found.topic and found.topic.state == "running"
        else "",
        "archive_url": reverse("councils:resolutions-of", args=[found.place]),
        "share": request.build_absolute_uri(request.path),
    }
    if found.state == "withdrawn":
        return render(request, "councils/results/withdrawn.html", context)
    return render(request, "councils/results/resolution.html", context)


def _topic_url(topic: Topic | None) -> str:
    if topic is None or topic.announced_at is None:
        return ""
    return address("councils:topic", topic.number)


def _published(number: str):
    found = queries.public_resolution(number)
    if found.state != "published":
        raise Http404
    return found


@require_safe
def resolution_print(request: HttpRequest, number: str) -> HttpResponse:
    """On paper, to be hung up."""
    found = _published(number)
    context = documents.context(found) | {"back_url": reverse("councils:resolution", args=[found.number])}
    return render(request, "councils/results/print.html", context)


@require_safe
def resolution_word(request: HttpRequest, number: str) -> HttpResponse:
    """As a Word file."""
    found = _published(number)
    return documents.as_file(documents.word_file(found), f"resolution-{found.number}.docx")


# works and ratings ------------------------------------------------------------------------------------


@require_safe
def works(request: HttpRequest, number: str) -> HttpResponse:
    """The plan and how far it is."""
    topic = access.public_topic(number)
    step = queries.step_of(topic, "works")
    rows = queries.public_works(topic)
    if step is None and not rows:
        raise Http404
    found = queries.resolution_of(topic)
    context = {
        **_about(topic),
        "works": reading.works(rows),
        "done": len([one for one in rows if one.state == "done"]),
        "all": len([one for one in rows if one.state != "dropped"]),
        "resolution_url": reverse("councils:resolution", args=[found.number]) if found else "",
    }
    return render(request, "councils/results/works.html", context)


@require_safe
def rating(request: HttpRequest, number: str) -> HttpResponse:
    """What was decided and done, and the way to say whether one is content with it; then the result."""
    topic = access.public_topic(number)
    step = _step(request, topic, "rate")
    survey = ratings.of_step(step)
    is_out = bool(step.data.get("conclusion"))
    found = queries.resolution_of(topic)
    context = {
        **_about(topic),
        "step": step,
        "is_out": is_out,
        "figures": ratings.shown(step) if is_out else None,
        "takes": bool(survey and ratings.takes(survey)),
        "until": on_day(survey.closes_on) if survey else "",
        "survey_url": address("portal:survey", survey.number) if survey else "",
        "decision": found.decision if found else "",
        "resolution_url": reverse("councils:resolution", args=[found.number]) if found else "",
        "works": reading.works(queries.public_works(topic)),
        "works_url": reverse("councils:result-works", args=[topic.number]),
    }
    return render(request, "councils/results/rating.html", context)

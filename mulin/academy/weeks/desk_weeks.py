"""Weeks at the desk: the list, a week's sheet, what has no place, demand, moving by hand, publishing."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.academy.orders.models import Order
from mulin.academy.weeks import actions, building, engine, exporting, forms, queries, queued, showing, states
from mulin.academy.weeks.models import Week
from mulin.kernel import clock, days
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError
from mulin.kernel.models import Job
from mulin.kernel.onward import onward
from mulin.kernel.pages import page, posted, run, tried
from mulin.places.queries import name_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
PER_PAGE = 60
MANAGE = needs(queries.WEEKS)
FOLDER = "academy/weeks"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@MANAGE
def weeks(request: HttpRequest) -> HttpResponse:
    """Weeks that are being planned, then published ones."""
    found = queries.listed_weeks(actor_of(request))
    published = found.filter(state="published")
    listed = onward(request, published, order=("-monday", "place", "-id"), size=PER_PAGE)
    context = {
        "todo": [showing.week_row(one) for one in found.exclude(state="published")],
        "published": [showing.week_row(one) for one in listed.rows],
        "list": listed,
        "here": "weeks",
    }
    return page(request, f"{FOLDER}/desk_list.html", context)


@FORM
@MANAGE
def week_new(request: HttpRequest) -> HttpResponse:
    """Which place, which week; everything it could hold is read at once."""
    actor = actor_of(request)
    form = forms.NewWeekForm(actor, posted(request), initial={"place": request.GET.get("place", "")})
    made: list[Week] = []

    def act() -> None:
        data = form.cleaned_data
        made.append(actions.open_week(actor=actor, **{**data, "monday": date.fromisoformat(data["monday"])}))

    if tried(request, form, act):
        return redirect("academy_desk:week", made[0].number)
    lead = _("接了的单、社团的固定时间、场地和老师的空当，都会读进来。")
    return form_page(
        request, form, _("排一周的课"), _("读点单和场地"), reverse("academy_desk:weeks"), _("排课"), lead=lead
    )


def form_page(
    request: HttpRequest, form: Any, title: str, submit: str, back: str, label: str, **more: Any
) -> HttpResponse:
    context = {
        "form": form, "title": title, "submit": submit, "back_url": back, "back_label": label,
        "action": request.get_full_path(), "here": "weeks", **more,
    }  # fmt: skip
    return page(request, f"{FOLDER}/form.html", context, status=422 if form.errors else 200)


# One week ----------------------------------------------------------------------------------------------


def _context(request: HttpRequest, found: Week, here: str) -> dict[str, Any]:
    """What every page of one week says."""
    refused = len(found.solution.get("refused", [])) + len(found.left_out) + len(found.too_few)
    names = [
        ("week", _("课表"), len(found.solution.get("sessions", []))),
        ("week-refused", _("没排上"), refused),
        ("week-demand", _("点单情况"), None),
    ]
    is_working = found.state == "solving" or queued.is_working(found)
    return {
        "week": found,
        "span": showing.span_words(found),
        "place_title": name_of(found.place),
        "state": states.badge(states.WEEK_STATES, found.state),
        "can_edit": found.state in ("draft", "proposed") and bool(found.wishes),
        "can_publish": bool(found.solution) and queued.may_publish(found),
        "not_published": queued.why_not(found),
        "has_plan": bool(found.solution),
        "figures": showing.figures(found),
        "job": _job(found) if is_working else None,
        "seconds": [{"n": n, "label": str(label)} for n, label in states.SECONDS.items()],
        "here": "weeks",
        "tabs": [
            {
                "label": label,
                "url": reverse(f"academy_desk:{name}", args=[found.number]),
                "current": name == here,
                "count": many if found.solution or name != "week" else None,
            }
            for name, label, many in names
        ],
    }


def _job(found: Week) -> dict[str, Any]:
    job = Job.objects.filter(pk=found.job).first()
    if found.state == "publishing":
        return {
            "label": _("正在公布课表"),
            "url": reverse("academy_desk:week-progress", args=[found.number]),
            "total": None,
            "done": 0,
            "text": _publishing_words(job),
        }
    return {
        "label": _("正在排这一周"),
        "url": reverse("academy_desk:week-progress", args=[found.number]),
        "total": job.total if job else None,
        "done": job.done if job else 0,
        "text": _job_words(job),
        "cancel_url": reverse("academy_desk:week-move", args=[found.number, "stop"]),
    }


def _publishing_words(job: Job | None) -> str:
    if job is None or job.state == "queued":
        return _("排队等着，马上开始。")
    return _("正在订场地、开报名。您可以离开这一页，公布好了课表上看得到。")


def _job_words(job: Job | None) -> str:
    if job is None or job.state == "queued":
        return _("排队等着，马上开始。")
    if job.message:
        return _("排上了 %(n)s 门，还在找更满的排法。") % {"n": job.message}
    return _("正在比较各种排法。")


@require_safe
@MANAGE
def week(request: HttpRequest, number: str) -> HttpResponse:
    """The sheet by venue and day on a wide screen, a list by day on a phone."""
    found = queries.get_week(actor_of(request), number)
    words = showing.Words(found)
    rows = showing.sessions(found, words)
    heads = showing.day_heads(found)
    context = {
        **_context(request, found, "week"),
        "heads": heads,
        "sheet": showing.sheet(found, rows, words),
        "days": showing.by_day(rows, heads),
        "wishes": len(found.wishes),
        "venues": len(found.instance.get("venues", [])),
        "teachers": len(found.instance.get("teachers", [])),
        "skipped": [
            {**one, "title": engine.wish_title(found, one["wish"]), "day": days.said(one["day"])}
            for one in found.skipped
        ],
        "public_url": reverse("academy:week", args=[found.number]),
    }
    return page(request, f"{FOLDER}/desk_week.html", context)


@require_safe
@MANAGE
def refused(request: HttpRequest, number: str) -> HttpResponse:
    """What has no place, and what would help."""
    found = queries.get_week(actor_of(request), number)
    rows = showing.refusals(found, showing.Words(found))
    context = {**_context(request, found, "week-refused"), "rows": rows}
    return page(request, f"{FOLDER}/desk_refused.html", context)


@require_safe
@MANAGE
def demand(request: HttpRequest, number: str) -> HttpResponse:
    """Served of wished by age and theme, and when people asked for what."""
    found = queries.get_week(actor_of(request), number)
    context = {
        **_context(request, found, "week-demand"),
        "shares": showing.shares(found),
        "demand": showing.demand(found),
    }
    return page(request, f"{FOLDER}/desk_demand.html", context)


@require_POST
@MANAGE
def solve(request: HttpRequest, number: str) -> HttpResponse:
    """Let the worker plan it: 5 to 60 seconds, from the last plan or afresh."""
    seconds = request.POST.get("seconds", "5")
    given = {"seconds": int(seconds) if seconds.isdecimal() else 0, "afresh": "afresh" in request.POST}
    actor = actor_of(request)
    try:
        actions.solve_week(actor=actor, number=number, **given)
    except ActionError as error:
        if error.status in (403, 404):
            raise
        messages.warning(request, str(error.message))
    return redirect("academy_desk:week", number)


@require_safe
@MANAGE
def progress(request: HttpRequest, number: str) -> JsonResponse:
    """For the progress bar: asked once a second."""
    found = queries.get_week(actor_of(request), number)
    job = Job.objects.filter(pk=found.job).first()
    is_working = found.state in ("solving", "publishing")
    is_over = not is_working or job is None or job.finished_at is not None
    words = _publishing_words if found.state == "publishing" else _job_words
    return JsonResponse({
        "done": job.done if job else 0, "total": job.total if job else None, "text": words(job),
        "state": "done" if is_over else "running",
        "next": reverse("academy_desk:week", args=[found.number]) if is_over else None,
    })  # fmt: skip


MOVES = {
    "undo": (actions.undo, lambda: _("退回了一步。")),
    "renew": (actions.renew_week, lambda: _("点单、场地和老师都重新读过了。")),
    "stop": (actions.stop_solving, lambda: _("正在停下，排好的留着。")),
    "discard": (actions.discard_week, lambda: _("这一周的草稿删掉了。")),
}


@require_POST
@MANAGE
def move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Undo, read again, stop, discard."""
    if move not in MOVES:
        raise Http404
    act, said = MOVES[move]
    found = queries.get_week(actor_of(request), number)
    done = run(request, lambda: act(actor=actor_of(request), number=found.number), said())
    if done and move == "discard":
        return redirect("academy_desk:weeks")
    return redirect("academy_desk:week", found.number)


# One session by hand -----------------------------------------------------------------------------------


@FORM
@MANAGE
def session(request: HttpRequest, number: str, wish: str) -> HttpResponse:
    """Where a wish is to be held: seen first what it breaks and whom it moves, then saved."""
    actor = actor_of(request)
    found = queries.get_week(actor, number)
    if wish not in found.wishes or wish not in {one["id"] for one in found.instance["orders"]}:
        raise Http404
    form = forms.MoveForm(found, wish, posted(request))
    outcome: engine.Outcome | None = None
    is_final = "save" in request.POST
    if request.method == "POST" and form.is_valid():
        if is_final:
            given = {**form.values(), "wish": wish, "despite": "despite" in request.POST}
            if tried(request, form, lambda: actions.place_wish(actor=actor, number=number, **given)):
                messages.success(request, _("定好了。再排一次，电脑会绕开它。"))
                return redirect("academy_desk:week", found.number)
        try:
            outcome = engine.step(found, actions.pin_of(found, wish, **form.values()))
        except ActionError as error:
            form.add_error(None, str(error.message))
    return page(
        request, f"{FOLDER}/desk_session.html", _session_context(request, found, wish, form, outcome),
        status=422 if form.errors else 200,
    )  # fmt: skip


def _session_context(
    request: HttpRequest, found: Week, wish: str, form: forms.MoveForm, outcome: engine.Outcome | None
) -> dict[str, Any]:
    row = found.wishes[wish]
    words = showing.Words(found)
    placed = next((one for one in showing.sessions(found, words) if one["key"] == wish), None)
    return {
        **_context(request, found, ""),
        "form": form,
        "wish": row,
        "key": wish,
        "title": building.title_of(row),
        "title_lang": building.lang_of(row),
        "place_name": words.places.get(row["place"], ""),
        "slots": [states.shown_window(one) for one in form.order["slots"]],
        "placed": placed,
        "day_word": str(states.DAYS[placed["day"]]) if placed else "",
        "is_pinned": wish in {one["order"] for one in found.pins},
        "is_left_out": wish in found.left_out,
        "orders": Order.objects.filter(number__in=row["orders"]).select_related("matter").order_by("id"),
        "outcome": _outcome(found, outcome) if outcome else None,
    }


def _outcome(found: Week, outcome: engine.Outcome) -> dict[str, Any]:
    def titles(keys: list[str]) -> list[str]:
        return [engine.wish_title(found, key) for key in keys]

    return {
        "blocks": [engine.words(found, one) for one in outcome.blocks],
        "aside": [one.said for one in outcome.aside],
        "moved": titles(outcome.moved),
        "dropped": titles(outcome.dropped),
        "gained": titles(outcome.gained),
        "is_clean": not (outcome.blocks or outcome.aside or outcome.moved or outcome.dropped),
    }


WISH_MOVES = {
    "unpin": (actions.unpin, lambda: _("松开了，再排的时候可以挪动。")),
    "leave-out": (actions.leave_out, lambda: _("这周先不排它，在“没排上”里可以放回来。")),
    "put-back": (actions.put_back, lambda: _("放回来了，再排一次看看。")),
}


@require_POST
@MANAGE
def wish_move(request: HttpRequest, number: str, wish: str, move: str) -> HttpResponse:
    """Let go, take out, put back."""
    if move not in WISH_MOVES:
        raise Http404
    act, said = WISH_MOVES[move]
    found = queries.get_week(actor_of(request), number)
    run(request, lambda: act(actor=actor_of(request), number=found.number, wish=wish), said())
    return redirect("academy_desk:week-refused" if move == "put-back" else "academy_desk:week", found.number)


# Publishing, paper, Excel ------------------------------------------------------------------------------


@FORM
@MANAGE
def publish(request: HttpRequest, number: str) -> HttpResponse:
    """For this week or until a day; the orders are served and whoever asked is told."""
    actor = actor_of(request)
    found = queries.get_week(actor, number)
    waiting = _waiting(found)
    form = forms.PublishForm(found, bool(waiting), posted(request))
    made: list[Week] = []

    def act() -> None:
        made.append(actions.publish_soon(actor=actor, number=number, **form.cleaned_data))

    if tried(request, form, act):
        if made[0].state == "published":
            messages.success(request, _("公布了。点过单的人都会收到通知。"))
        return redirect("academy_desk:week", found.number)
    many = len(found.solution.get("sessions", []))
    lead = ngettext("一共开 %(n)s 门课。", "一共开 %(n)s 门课。", many) % {"n": many}
    if waiting:
        lead += ngettext("其中 %(n)s 条点单还没答复过。", "其中 %(n)s 条点单还没答复过。", waiting) % {
            "n": waiting
        }
    back = reverse("academy_desk:week", args=[found.number])
    return form_page(request, form, _("公布课表"), _("公布"), back, _("再看看课表"), lead=lead)


def _waiting(found: Week) -> int:
    placed = {one["order"] for one in found.solution.get("sessions", [])}
    numbers = {number for key in placed for number in found.wishes.get(key, {}).get("orders", [])}
    return Order.objects.filter(number__in=numbers, state="gathered").count()


@require_safe
@MANAGE
def week_print(request: HttpRequest, number: str) -> HttpResponse:
    """The sheet for the notice board."""
    found = queries.get_week(actor_of(request), number)
    words = showing.Words(found, public=True)
    rows, heads = showing.sessions(found, words), showing.day_heads(found)
    context = {
        "title": _("%(place)s的课表") % {"place": name_of(found.place)},
        "span": showing.span_words(found),
        "days": showing.by_day(rows, heads),
        "is_draft": found.state != "published",
        "back": reverse("academy_desk:week", args=[found.number]),
    }
    return render(request, f"{FOLDER}/print.html", context)


@require_safe
@MANAGE
def week_excel(request: HttpRequest, number: str) -> HttpResponse:
    """Sessions, what has no place, and demand, a sheet each."""
    found = queries.get_week(actor_of(request), number)
    answer = HttpResponse(exporting.workbook(found), content_type=XLSX)
    name = f"mulin-week-{found.monday:%Y%m%d}-{clock.today():%Y%m%d}.xlsx"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer

"""Sessions at the desk: the list, the week, a new one, one session, and what changes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.academy.sessions import (
    actions,
    attending,
    forms,
    queries,
    series,
    showing,
    states,
    unled,
    views,
)
from mulin.academy.sessions.models import Session
from mulin.kernel import clock, days, policy
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.pages import page, posted, run, tried
from mulin.places.queries import names_of
from mulin.voices.queries import get_matter

FORM = require_http_methods(["GET", "HEAD", "POST"])
MANAGE = needs(queries.MANAGE)


def tab_words() -> dict[str, str]:
    return {
        "coming": _("要办的"),
        "unled": _("要另请人带的"),
        "todo": _("等着记人数"),
        "draft": _("草稿"),
        "past": _("办过的"),
    }


@require_safe
@MANAGE
def sessions(request: HttpRequest) -> HttpResponse:
    """What is coming first; what is over and not counted, drafts, and the past."""
    actor = actor_of(request)
    words = tab_words()
    if not unled.visible(actor).exists():
        del words["unled"]
    show = request.GET.get("show", "coming")
    show = show if show in words else "coming"
    word, kind, place = (request.GET.get(name, "").strip() for name in ("q", "kind", "place"))
    kind = kind if kind in states.KINDS else ""
    found = queries.desk_list(
        actor, show, word=word, kind=kind, place=place, cursor=request.GET.get("before", "")
    )
    names = names_of({one.place for one in found.items})
    context = {
        "rows": [{**showing.row(one, desk=True), "place": names.get(one.place, "")} for one in found.items],
        "page": {"newer": None, "older": found.next},
        "show": show,
        "is_narrow": bool(word or kind or place),
        "tabs": [
            {"label": label, "url": f"?show={key}", "current": key == show, "count": None}
            for key, label in words.items()
        ],
        "filters": [
            {"name": "show", "kind": "hidden", "value": show},
            {"name": "q", "label": _("找一场活动"), "kind": "search", "value": word},
            {"name": "kind", "label": _("哪一种"), "options": [
                {"value": code, "label": str(label), "selected": code == kind}
                for code, label in states.KINDS.items()
            ]},
        ],
        "may_weather": bool(forms.manageable_places(actor)),
        "may_figures": policy.can_somewhere(actor, queries.FIGURES),
        "here": "sessions",
    }  # fmt: skip
    return page(request, "academy/sessions/desk_list.html", context)


@require_safe
@MANAGE
def calendar(request: HttpRequest) -> HttpResponse:
    """A week of everything that the actor prepares, drafts and what was called off too."""
    actor = actor_of(request)
    first = showing.monday(request.GET.get("week", ""))
    places = forms.manageable_places(actor)
    place = request.GET.get("place", "")
    found = queries.visible_sessions(actor).filter(queries.between(first, first + timedelta(days=6)))
    if place in places:
        found = found.filter(place=place)
    names = names_of(places)
    context = {
        "week": showing.week(first, found.order_by("starts_at", "id"), desk=True),
        "title": showing.week_title(first),
        "before": (first - timedelta(days=7)).isoformat(),
        "after": (first + timedelta(days=7)).isoformat(),
        "is_this_week": first == showing.monday(),
        "filters": [
            {"name": "week", "kind": "hidden", "value": first.isoformat()},
            {"name": "place", "label": _("哪个社区"), "options": [
                {"value": one, "label": names[one], "selected": one == place} for one in places
            ]},
        ] if len(places) > 1 else [],
        "place_now": place if place in places else "",
        "here": "sessions",
    }  # fmt: skip
    return page(request, "academy/sessions/desk_week.html", context)


# A new one ---------------------------------------------------------------------------------------------


@FORM
@MANAGE
def session_new(request: HttpRequest) -> HttpResponse:
    """A session or a series. `?club=`, `?matter=`, `?day=` fill in what led here."""
    actor = actor_of(request)
    form = forms.Plan(actor, posted(request), initial=_led_here(request))
    preview: list[dict[str, Any]] = []
    if request.method == "POST" and request.POST.get("preview"):
        if form.is_valid():
            preview = _days_of(form)
    else:
        made: list[Session] = []
        if tried(request, form, lambda: made.append(_plan(request, form))):
            return redirect("academy_desk:session", made[0].number)
    context = {
        "form": form, "preview": preview, "n": sum(not one["skipped"] for one in preview),
        "unsure": any(one["unsure"] for one in preview), "here": "sessions",
    }  # fmt: skip
    status = 422 if form.errors else 200
    return page(request, "academy/sessions/desk_new.html", context, status=status)


def _led_here(request: HttpRequest) -> dict[str, Any]:
    found = {name: request.GET.get(name, "") for name in ("club", "matter", "place", "theme", "kind")}
    found = {name: value for name, value in found.items() if value}
    if day := request.GET.get("day"):
        found["starts_at"] = f"{day[:10]}T14:00"
    return found


def _plan(request: HttpRequest, form: forms.Plan) -> Session:
    actor, values = actor_of(request), form.values()
    if number := form.cleaned_data["matter"]:
        values["matter"] = get_matter(actor, number)
    repeat = form.series()
    if repeat is None:
        made = actions.plan_session(actor=actor, **values)
        said = _("存好了，还没有公布。") if made.state == "draft" else _("定好了，可以报名了。")
        messages.success(request, said)
        return made
    found = actions.plan_series(actor=actor, **values, **repeat)
    n = len(found.sessions)
    messages.success(request, ngettext("排好了%(n)s次。", "排好了%(n)s次。", n) % {"n": n})
    if found.left_out:
        left = "、".join(f"{days.day_words(day)}（{why}）" for day, why in found.left_out[:12])
        messages.info(request, _("这些天没有排：%(days)s") % {"days": left})
    return found.sessions[0]


def _days_of(form: forms.Plan) -> list[dict[str, Any]]:
    """The days of the series as they would be."""
    repeat, starts_at = form.series(), form.cleaned_data["starts_at"]
    if repeat is None:
        return []
    found = series.days(clock.day_of(starts_at), repeat["until"], repeat["every"])
    return [
        {
            "title": showing.day_title(one.day),
            "holiday": showing.holiday_word(one),
            "skipped": one.is_holiday and repeat["skip_holidays"],
            "unsure": not one.certain,
        }
        for one in found[:120]
    ]


# One session -------------------------------------------------------------------------------------------


@require_safe
@MANAGE
def session(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about one session: what it says, who comes, what can be done."""
    found = queries.get_session(actor_of(request), number)
    return page(request, "academy/sessions/desk_session.html", desk_context(found, "session"))


def desk_context(found: Session, here: str) -> dict[str, Any]:
    """What every desk page of one session says."""
    people = queries.signups_of(found)
    begun = found.starts_at <= clock.now()
    return {
        **showing.base(found, desk=True),
        "signups": [
            {
                "id": one.pk, "name": showing.signup_name(one), "heads": one.heads, "came": one.came,
                "state": states.signup_badge(one.state), "code": one.state, "how": one.how,
                "has_account": one.account_id is not None,
            }
            for one in people
        ],
        "listed": sum(one.heads for one in people if one.state == "coming"),
        "series": [showing.row(one, desk=True) for one in queries.series_of(found)],
        "can_change": found.state in ("draft", "open") and not begun,
        "is_unled": found.unled_since is not None and found.state in ("draft", "open") and not begun,
        "can_write_down": found.state == "open" and not begun,
        "can_count": found.state in ("open", "held") and _door_near(found),
        "can_hold": found.state == "open" and begun,
        "public_url": reverse("academy:session", args=[found.number]),
        "is_public": found.state != "draft",
        "results": views.results(found),
        "tabs": _tabs(found, here, len(people)),
    }  # fmt: skip


def _door_near(found: Session) -> bool:
    return attending.is_at_the_door(found) or found.starts_at <= clock.now()


def _tabs(found: Session, here: str, people: int) -> list[dict[str, Any]]:
    pages = {"session": _("这一场"), "session-attendance": _("名单和到场"), "session-photos": _("照片")}
    if found.kind == "contest":
        pages["session-results"] = _("成绩")
    if found.state == "draft":
        return []
    counts = {"session-attendance": people or None}
    return [
        {
            "label": label, "url": reverse(f"academy_desk:{name}", args=[found.number]),
            "current": name == here, "count": counts.get(name),
        }
        for name, label in pages.items()
    ]  # fmt: skip


def form_page(
    request: HttpRequest, found: Session, form: django_forms.Form, title: str, submit: str, **more: Any
) -> HttpResponse:
    """A form about one session."""
    context = {
        "form": form, "title": title, "submit": submit, "lead": f"{found.title} · {showing.when(found)}",
        "back_url": reverse("academy_desk:session", args=[found.number]), "back_label": found.title,
        "action": request.get_full_path(), "here": "sessions", **more,
    }  # fmt: skip
    return page(request, "academy/sessions/form.html", context, status=422 if form.errors else 200)


def _change(
    request: HttpRequest, found: Session, form: Any, act: Callable[[], Any], title: str, submit: str,
    said: str, **more: Any,
) -> HttpResponse:  # fmt: skip
    if tried(request, form, act):
        messages.success(request, said)
        return redirect("academy_desk:session", found.number)
    return form_page(request, found, form, title, submit, **more)


@FORM
@MANAGE
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """What it says and how many places it has."""
    actor = actor_of(request)
    found = queries.get_session(actor, number)
    form = forms.Edit(found, posted(request))
    return _change(
        request, found, form,
        lambda: actions.edit_session(
            actor=actor, number=number, following=form.is_following(), **form.facts()
        ),
        _("改介绍和名额"), _("存下"), _("改好了。"),
    )  # fmt: skip


@FORM
@MANAGE
def move(request: HttpRequest, number: str) -> HttpResponse:
    """Another time or place; who signed up is told."""
    actor = actor_of(request)
    found = queries.get_session(actor, number)
    form = forms.Move(found, posted(request))
    return _change(
        request, found, form,
        lambda: actions.move_session(actor=actor, number=number, **form.values()),
        _("改时间地点"), _("改，并告诉报了名的人"), _("改好了，报了名的人会收到消息。"),
    )  # fmt: skip


@FORM
@MANAGE
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """It does not take place; who signed up is told why."""
    actor = actor_of(request)
    found = queries.get_session(actor, number)
    form = forms.Cancel(found, posted(request))
    return _change(
        request, found, form,
        lambda: actions.cancel_session(
            actor=actor, number=number, reason=form.cleaned_data["reason"], following=form.is_following()
        ),
        _("取消活动"), _("取消，并告诉报了名的人"), _("取消了，报了名的人会收到消息。"),
    )  # fmt: skip


@FORM
@MANAGE
def substitute(request: HttpRequest, number: str) -> HttpResponse:
    """Somebody else teaches this once."""
    actor = actor_of(request)
    found = queries.get_session(actor, number)
    form = forms.Substitute(found, posted(request))
    return _change(
        request, found, form,
        lambda: actions.substitute_teacher(
            actor=actor, number=number, teacher=form.teachers.get(form.cleaned_data["teacher"]),
            reason=form.cleaned_data["reason"],
        ),
        _("换老师"), _("换"), _("换好了，报了名的人会收到消息。"),
    )  # fmt: skip


@require_POST
@MANAGE
def do(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Moves without a form: open, open-all, discard, hold."""
    actor = actor_of(request)
    found = queries.get_session(actor, number)
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "open": (lambda: actions.open_session(actor=actor, number=number), _("公布了，可以报名了。")),
        "open-all": (
            lambda: actions.open_session(actor=actor, number=number, following=True),
            _("这一次和后面的都公布了。"),
        ),
        "discard": (lambda: actions.discard_session(actor=actor, number=number), _("草稿删掉了。")),
        "hold": (lambda: actions.hold_session(actor=actor, number=number), _("记好了，辛苦了。")),
    }
    if move not in acts:
        raise Http404
    done = run(request, *acts[move])
    if move == "discard" and done:
        return redirect("academy_desk:sessions")
    return redirect("academy_desk:session", found.number)


# Weather -----------------------------------------------------------------------------------------------


@FORM
@MANAGE
def weather(request: HttpRequest) -> HttpResponse:
    """Bad weather: what is in the open on a day, and one tap that calls it off."""
    actor = actor_of(request)
    if not forms.manageable_places(actor):
        policy.require(actor, queries.MANAGE, policy.Target())
    initial = {"day": request.GET.get("day") or clock.today(), "reason": _("天气不好，为了安全取消")}
    form = forms.Weather(actor, posted(request), initial={**initial, "place": request.GET.get("place")})
    made: list[Session] = []
    if tried(request, form, lambda: made.extend(actions.call_off_outdoor(actor=actor, **form.cleaned_data))):
        words = ngettext(
            "取消了%(n)s场户外活动，报了名的人会收到消息。",
            "取消了%(n)s场户外活动，报了名的人会收到消息。",
            len(made),
        )
        messages.success(request, words % {"n": len(made)})
        return redirect("academy_desk:sessions")
    near = clock.today(), clock.today() + timedelta(days=2)
    found = queries.visible_sessions(actor).filter(
        queries.between(*near), state="open", is_outdoor=True, starts_at__gt=clock.now()
    )
    rows = [showing.row(one, desk=True) for one in found.order_by("starts_at", "id")]
    context = {"form": form, "rows": rows, "here": "sessions"}
    return page(request, "academy/sessions/desk_weather.html", context, status=422 if form.errors else 200)

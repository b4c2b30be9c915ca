"""Taking sides on the phone: one sentence at a time, one tap each; then what all say together."""

from collections.abc import Callable
from functools import wraps
from random import SystemRandom
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.councils.conversations import answering, queries, reading
from mulin.councils.conversations.models import Conversation
from mulin.councils.conversations.states import BUTTON_WORDS, OPINION_WORDS, STATEMENT_WORDS
from mulin.kernel import clock, rulebook, secrets, throttle
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError
from mulin.places.queries import full_name, name_of
from mulin.voices.surveys.reading import on_day

COOKIE, PATH = "mulin_opinion", "/council/conversations/"
HALF_A_YEAR, HOUR = 180 * 24 * 3600, 3600
DIGITS = 6  # of a statement's number: one of thousands of digits is none
BUTTONS = ((1, "check"), (-1, "cross"), (0, "question"))
_chance = SystemRandom()


def key_of(request: HttpRequest) -> str:
    """The secret under which this browser's answers are found again; empty when it has none."""
    found = request.COOKIES.get(COOKIE, "")
    return found if 16 <= len(found) <= 64 else ""


def private(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that shows one person's answers: kept by nobody, and the browser gets its secret here."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "same-origin"
        response["Cache-Control"] = "private, no-store"
        if not key_of(request):
            response.set_cookie(
                COOKIE, secrets.new_secret(), max_age=HALF_A_YEAR, httponly=True, samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE, path=PATH,
            )  # fmt: skip
        return response

    return answer


def _limit(request: HttpRequest, rule: str, found: Conversation) -> None:
    """By address only, also for who is logged in: that an account has answered is nowhere counted."""
    most = int(rulebook.value(f"councils.opinions.{rule}", at=found.place))
    throttle.check(f"opinions-{rule}", throttle.caller(request), limit=most, seconds=HOUR)


def _frame(request: HttpRequest, found: Conversation) -> dict[str, Any]:
    return {
        "conversation": found,
        "place": found.place,
        "place_name": name_of(found.place),
        "asks": full_name(found.place),
        "until": on_day(found.closes_on),
        "share": request.build_absolute_uri(reverse("councils:conversation", args=[found.number])),
        "topic": found.topic,
    }


def _ask(request: HttpRequest, found: Conversation, wanted: str = "") -> dict[str, Any]:
    """What the page and its quick half show: the next sentence (or the one asked for), and how far one is."""
    participant, _identity = queries.participant_of(found, actor_of(request), key_of(request))
    statements, picture = queries.shown_statements(found), queries.picture_of(found)
    answered = {n: value for n, value in queries.answers_of(participant).items() if n in statements}
    n = int(wanted) if wanted.isdecimal() and int(wanted) in statements else None
    is_again = n is not None and n in answered
    n = n or queries.next_for(statements, picture, answered, _chance)
    why = queries.sees_results(found, picture, len(answered), len(statements))
    return {
        "conversation": found,
        "n": n,
        "text": statements.get(n, "") if n else "",
        "buttons": [
            (value, BUTTON_WORDS[value], icon, is_again and answered[n] == value) for value, icon in BUTTONS
        ],
        "is_again": is_again,
        "answered": len(answered),
        "offered": len(statements),
        "sees_map": not why,
        "until_map": max(0, queries.own_answers(found, len(statements)) - len(answered))
        if why == "first"
        else 0,
    }


def _last(request: HttpRequest, found: Conversation) -> dict[str, Any]:
    """The answer given just now, to go back to it."""
    n = (request.GET.get("last", "") or request.POST.get("n", ""))[:DIGITS]
    return {"last": int(n)} if n.isdecimal() else {}


@require_safe
@private
def conversation(request: HttpRequest, number: str) -> HttpResponse:
    """One sentence, three buttons. What was answered before is remembered for this browser or account."""
    found = queries.public_conversation(number)
    frame = _frame(request, found)
    if not queries.takes_answers(found):
        return _over(request, found, frame)
    keeps_out = queries.keeps_out(found, actor_of(request))
    if keeps_out:
        context = {**frame, "keeps_out": keeps_out, "login_next": request.path}
        return render(request, "councils/conversations/not_for.html", context)
    asked = _ask(request, found, request.GET.get("n", "")[:DIGITS])
    context = {**frame, **asked, **_last(request, found), "people": queries.people(found)}
    return render(request, "councils/conversations/conversation.html", context)


def _over(request: HttpRequest, found: Conversation, frame: dict[str, Any]) -> HttpResponse:
    picture = queries.picture_of(found)
    if found.state == "published" or (
        found.state == "closed" and not queries.sees_results(found, picture, 0, 0)
    ):
        return redirect("councils:conversation-map", found.number)
    context = {**frame, "people": queries.people(found)}
    return render(request, "councils/conversations/over.html", context)


@require_POST
@private
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """Keep one answer and go on: with the next sentence alone for who has scripts, else with the page."""
    found = queries.public_conversation(number)
    actor, key = actor_of(request), key_of(request)
    n, value = request.POST.get("n", "")[:DIGITS], request.POST.get("value", "")
    refusal = ""
    try:
        _limit(request, "answers_per_hour", found)
        if queries.participant_of(found, actor, key)[0] is None:
            _limit(request, "people_per_hour", found)
        answering.answer(
            actor=actor, number=found.number, key=key, n=int(n) if n.isdecimal() else 0,
            value=int(value) if value in {"1", "0", "-1"} else 9,
        )  # fmt: skip
    except ActionError as error:
        if error.code == "login-first":
            return redirect_to_login(reverse("councils:conversation", args=[found.number]))
        refusal = str(error.message)
    page = reverse("councils:conversation", args=[found.number])
    if request.headers.get("HX-Request") != "true":
        if refusal:
            messages.warning(request, refusal)
        return redirect(page if refusal or not n.isdecimal() else f"{page}?last={n}")
    if not queries.takes_answers(found):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = page
        return response
    context = {**_ask(request, found), **_last(request, found), "is_next": True, "refusal": refusal}
    return render(request, "councils/conversations/ask.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def say(request: HttpRequest, number: str) -> HttpResponse:
    """Write a sentence oneself. What others said already is shown first."""
    found = queries.public_conversation(number)
    actor = actor_of(request)
    context = {
        **_frame(request, found),
        "text": request.POST.get("text", ""),
        "length": answering.STATEMENT_LENGTH,
    }
    if request.method != "POST":
        if not queries.takes_answers(found) or not found.writes or queries.keeps_out(found, actor):
            return redirect("councils:conversation", found.number)
        return render(request, "councils/conversations/say.html", context)
    try:
        _limit(request, "statements_per_hour", found)
        _made, was_masked = answering.write_statement(
            actor=actor, number=found.number, key=key_of(request), text=context["text"],
            anyway="anyway" in request.POST,
        )  # fmt: skip
    except answering.Alike as error:
        context |= {"alike": list(error.found.items()), "refusal": str(error.message)}
        return render(request, "councils/conversations/say.html", context, status=error.status)
    except ActionError as error:
        if error.code == "login-first":
            return redirect_to_login(request.path)
        status = error.status if error.status in {403, 409, 422, 429} else 422
        return render(
            request,
            "councils/conversations/say.html",
            {**context, "refusal": str(error.message)},
            status=status,
        )
    said = _("收到了，看过以后就放出来给大家表态。")
    if was_masked:
        said = _("收到了。里面的电话、门牌这类信息已经遮住，看过以后就放出来。")
    messages.success(request, said)
    return redirect("councils:conversation", found.number)


@require_safe
@private
def mine(request: HttpRequest, number: str) -> HttpResponse:
    """What I answered, to change it, and what became of what I wrote."""
    found = queries.public_conversation(number)
    actor, key = actor_of(request), key_of(request)
    participant, _identity = queries.participant_of(found, actor, key)
    texts, answers = queries.shown_statements(found), queries.answers_of(participant)
    written = queries.written_by(found, actor, key)
    context = {
        **_frame(request, found),
        "can_change": queries.takes_answers(found) and not queries.keeps_out(found, actor),
        "answers": [(n, texts[n], OPINION_WORDS[answers[n]]) for n in texts if n in answers],
        "written": [(one, STATEMENT_WORDS[one.state], texts.get(one.into or 0, "")) for one in written],
    }
    return render(request, "councils/conversations/mine.html", context)


def _results(request: HttpRequest, found: Conversation) -> dict[str, Any]:
    """The picture, or why it is not shown yet."""
    participant, _identity = queries.participant_of(found, actor_of(request), key_of(request))
    texts, picture = queries.shown_statements(found), queries.picture_of(found)
    answered = len(queries.answers_of(participant).keys() & texts.keys())
    why = queries.sees_results(found, picture, answered, len(texts))
    return {
        "why": why,
        "least": queries.least_of(found),
        "people": queries.people(found),
        "until_map": max(0, queries.own_answers(found, len(texts)) - answered),
        "takes_answers": queries.takes_answers(found),
        "report": None if why or picture is None else reading.report(picture, texts),
        "own_group": "" if why else reading.own_group(picture, participant.pk if participant else None),
        "published": on_day(clock.day_of(found.published_at) if found.published_at else None),
    }


@require_safe
@private
def opinion_map(request: HttpRequest, number: str) -> HttpResponse:
    """What all hold, where they differ, which groups there are; the conclusion above it once there is one."""
    found = queries.public_conversation(number)
    context = {**_frame(request, found), **_results(request, found)}
    return render(request, "councils/conversations/map.html", context)


@require_safe
@private
def map_print(request: HttpRequest, number: str) -> HttpResponse:
    """The same on paper."""
    found = queries.public_conversation(number)
    results = _results(request, found)
    if results["report"] is None and found.state != "published":
        return redirect("councils:conversation-map", found.number)
    back = reverse("councils:conversation-map", args=[found.number])
    context = {**_frame(request, found), **results, "back": back}
    return render(request, "councils/conversations/print.html", context)

"""Answering a survey without an account, and reading what came of it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.kernel import clock, rulebook, secrets, throttle
from mulin.kernel.errors import ActionError
from mulin.places.queries import full_name, name_of
from mulin.portal import words
from mulin.portal.views.common import HOUR, in_place, private
from mulin.voices.surveys import answering, fields, queries, reading
from mulin.voices.surveys.models import Survey, Taken

COOKIE = "mulin_survey"
HALF_A_YEAR = 180 * 24 * 3600
RULE, SAVE_RULE = "portal.survey.per_hour", "portal.survey.saves_per_hour"
SECONDS_A_QUESTION = 12


def key_of(request: HttpRequest) -> str:
    """The secret under which this browser's half-filled sheets are found again; empty when it has none."""
    found = request.COOKIES.get(COOKIE, "")
    return found if 16 <= len(found) <= 64 else ""


def _digest(survey: Survey, key: str) -> str:
    return secrets.fingerprint(key, f"survey:{survey.id}")


def _limit(request: HttpRequest, rule: str, what: str, found: Survey) -> None:
    """By address only, also for who is logged in: that an account has answered is nowhere counted."""
    most = int(rulebook.value(rule, at=found.place))
    throttle.check(what, throttle.caller(request), limit=most, seconds=HOUR)


def with_key(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if not key_of(request):
        response.set_cookie(
            COOKIE, secrets.new_secret(), max_age=HALF_A_YEAR, httponly=True, samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE, path="/s/",
        )  # fmt: skip
    return private(response)


@require_http_methods(["GET", "POST"])
def survey(request: HttpRequest, number: str) -> HttpResponse:
    """The questions; what was filled in before is there again. Handing in leads to thanks."""
    found = queries.get_public_survey(number)
    if not queries.takes_answers(found):
        return _over(request, found)
    key = key_of(request)
    if key and Taken.objects.filter(survey=found, key_hash=_digest(found, key)).exists():
        return redirect("portal:survey-thanks", found.number)
    if request.method == "GET":
        answers = queries.kept_answers(found, _digest(found, key)) if key else {}
        return with_key(request, _page(request, found, answers))
    answers = fields.posted(queries.form_of(found), request.POST)
    return _hand_in(request, found, answers, key or secrets.new_secret())


def _hand_in(request: HttpRequest, found: Survey, answers: dict[str, Any], key: str) -> HttpResponse:
    code = request.POST.get("code", "")
    try:
        _limit(request, RULE, "survey", found)
        answering.submit_sheet(number=found.number, key=key, answers=answers, code=code)
    except answering.Incomplete as error:
        return _page(request, found, answers, error.mistakes, status=error.status)
    except ActionError as error:
        if error.code == "done-here":
            return redirect("portal:survey-thanks", found.number)
        refusals = {"code": error.message} if error.field == "code" else {"": error.message}
        return _page(request, found, answers, {}, refusals, status=error.status)
    return redirect("portal:survey-thanks", found.number)


def _page(
    request: HttpRequest,
    found: Survey,
    answers: dict[str, Any],
    mistakes: dict[str, str] | None = None,
    refusals: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    form = queries.form_of(found)
    parts = fields.parts(form, answers, mistakes)
    context = {
        **in_place(request, found.place),
        "survey": found,
        "asks": full_name(found.place),
        "until": reading.on_day(found.closes_on),
        "n": len(list(form)),
        "minutes": max(1, round(len(list(form)) * SECONDS_A_QUESTION / 60)),
        "parts": parts,
        "is_begun": request.method == "GET" and bool(answers),
        "wrong": [one for part in parts for one in part.fields if one.error],
        "refusal": (refusals or {}).get("", ""),
        "code_error": (refusals or {}).get("code", ""),
        "code": request.POST.get("code", ""),
        "has_map": any(question.kind == "place" for question in form),
        "shapes_url": f"/places/shapes/{found.place}.geojson",
        "tiles": settings.MULIN_MAP_TILES,
    }
    return private(render(request, "portal/survey.html", context, status=status))


def _over(request: HttpRequest, found: Survey) -> HttpResponse:
    if found.published_at:
        return redirect("portal:survey-results", found.number)
    begins = found.opens_on if found.state == "open" and found.opens_on else None
    context = {**in_place(request, found.place), "survey": found, "asks": name_of(found.place)}
    context["begins"] = reading.on_day(begins) if begins and begins > clock.today() else ""
    return render(request, "portal/survey_over.html", context)


@require_POST
def save(request: HttpRequest, number: str) -> HttpResponse:
    """Keep what is filled in so far for this browser; says what cannot be kept, by question. With `anew`
    it is thrown away instead: the next person on the same telephone begins with an empty page."""
    found = queries.get_public_survey(number)
    key = key_of(request)
    if "anew" in request.POST:
        if key:
            answering.drop_sheet(number=found.number, key=key)
        return redirect("portal:survey", found.number)
    if not key:
        return JsonResponse({"kept": False}, status=409)
    try:
        _limit(request, SAVE_RULE, "survey-save", found)
        answers = fields.posted(queries.form_of(found), request.POST)
        mistakes = answering.save_sheet(number=found.number, key=key, answers=answers)
    except ActionError as error:
        return JsonResponse({"kept": False, "why": error.message}, status=error.status)
    return JsonResponse({"kept": True, "mistakes": mistakes})


@require_safe
def thanks(request: HttpRequest, number: str) -> HttpResponse:
    """After handing in: what happens next."""
    found = queries.get_public_survey(number)
    context = {
        **in_place(request, found.place),
        "survey": found,
        "until": reading.on_day(found.closes_on),
        "share": request.build_absolute_uri(reverse("portal:survey", args=[found.number])),
    }
    return render(request, "portal/survey_thanks.html", context)


@require_safe
def results(request: HttpRequest, number: str) -> HttpResponse:
    """Published results: for each question how many answered, and small figures covered."""
    found = queries.get_public_survey(number)
    if not found.published_at:
        return redirect("portal:survey", found.number)
    shown = reading.public_results(found)
    context = {
        **in_place(request, found.place),
        "survey": found,
        "asks": full_name(found.place),
        "day": words.day(found.published_at),
        "shown": shown,
        "share": request.build_absolute_uri(request.path),
        "share_text": _("问卷结果：%(title)s") % {"title": found.title},
    }
    return render(request, "portal/survey_results.html", context)

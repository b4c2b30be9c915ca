"""What a community's home shows of surveys: what is being asked now, and the latest result."""

from typing import Any

from django.urls import NoReverseMatch, reverse

from mulin.kernel.actors import Actor
from mulin.voices.surveys import queries
from mulin.voices.surveys.models import Survey
from mulin.voices.surveys.reading import on_day

LATEST = 2


def card(actor: Actor, place: str) -> dict[str, Any] | None:
    """Open surveys and the latest published results; None when there is neither."""
    asking = [_row(one, "portal:survey", on_day(one.closes_on)) for one in queries.open_surveys(place)]
    results = [
        _row(one, "portal:survey-results", on_day(one.published_at.date() if one.published_at else None))
        for one in queries.published_surveys(place, LATEST)
    ]
    asking, results = [one for one in asking if one], [one for one in results if one]
    return {"asking": asking, "results": results} if asking or results else None


def _row(survey: Survey, page: str, day: str) -> dict[str, str] | None:
    try:
        url = reverse(page, args=[survey.number])
    except NoReverseMatch:
        return None  # a house without the residents' shell
    return {"title": survey.title, "url": url, "day": day, "words": survey.conclusion}

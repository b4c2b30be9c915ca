"""What a community's home shows of surveys: what is being asked now, and the latest results."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.kernel import clock, waiting
from mulin.kernel.actors import Actor
from mulin.kernel.links import address
from mulin.kernel.registry import Door, DoorSource
from mulin.voices.surveys import queries
from mulin.voices.surveys.reading import on_day


def asking(actor: Actor, place: str) -> waiting.Waiting:
    """Open surveys."""
    return waiting.rows(queries.asking_at(place), due_at=waiting.day("closes_on"))


def ask_door(row: waiting.Row) -> Door | None:
    line = _("%(day)s前都可以填，不用登记") % {"day": on_day(row.due().date())}
    return _door("portal:survey", row, line)


def published(actor: Actor, place: str) -> waiting.Waiting:
    """Published results."""
    return waiting.rows(queries.published_at(place), since="published_at")


def result_door(row: waiting.Row) -> Door | None:
    line = _("结果 · %(day)s公布") % {"day": on_day(clock.day_of(row.since))}
    return _door("portal:survey-results", row, line)


def _door(page: str, row: waiting.Row, line: str) -> Door | None:
    url = address(page, row.ref)
    if not url:
        return None  # a house without the residents' shell
    return Door(row.title, url, pgettext("one", "问卷"), "edit", line)


DOORS = (
    DoorSource("surveys", asking, ask_door),
    DoorSource("survey-results", published, result_door, is_over=True),
)

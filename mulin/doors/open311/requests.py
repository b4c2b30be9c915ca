"""Service requests: the public face of what people said. The person is never shown.

A request is a voice. Lists hold one request for each published matter, under its first voice's number.
The app that sent one may ask for it with its api_key before anything was published: then it shows its state
and dates, no words, and its position only roughly. To everybody else what is not published does not exist,
so that trying out numbers tells nothing.
"""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from mulin.cases.clocks import NEVER
from mulin.cases.models import Case
from mulin.cases.states import neighbour_label
from mulin.doors.open311.errors import GeoReportError
from mulin.doors.open311.formats import moment
from mulin.doors.open311.parameters import Span
from mulin.kernel import clock, codes
from mulin.kernel.numbers import clean_number
from mulin.places.queries import full_names
from mulin.voices.models import Matter, Photo, Voice
from mulin.voices.queries import catalogue

MOST = 1000
_RELATED = ("matter", "matter__merged_into", "matter__case", "matter__case__lead")


def _voices() -> QuerySet[Voice]:
    return Voice.objects.select_related(*_RELATED)


def list_requests(
    *, span: Span, statuses: list[str], service_codes: list[str], place: str, photo_url: Any
) -> list[dict[str, Any]]:
    """Published matters of a span of days, newest first, at most a thousand."""
    matters = Matter.objects.filter(
        publication="shown", restriction="", merged_into=None, created_at__range=(span.since, span.until)
    )
    if place:
        low, high = codes.bounds(place)
        matters = matters.filter(place__gte=low, place__lt=high)
    if service_codes:
        matters = matters.filter(category__in=service_codes)
    if len(statuses) == 1:
        matters = matters.filter(is_open=statuses == ["open"])
    # A matter and its first voice share one number.
    numbers = list(matters.order_by("-created_at", "-id").values_list("number", flat=True)[:MOST])
    voices = _voices().filter(number__in=numbers)
    return _shown(sorted(voices, key=lambda v: (v.created_at, v.id), reverse=True), photo_url)


def requests_by_id(ids: list[str], photo_url: Any, own: Q | None = None) -> list[dict[str, Any]]:
    """The requests of these numbers that may be shown; `own` widens it to what an api_key may see."""
    numbers = [clean_number(text) for text in ids[:MOST]]
    public = Q(matter__publication="shown", matter__restriction="")
    voices = _voices().filter(public if own is None else public | own, number__in=numbers).order_by("-id")
    found = _shown(list(voices), photo_url)
    if not found:
        raise GeoReportError(404, _("没有这个 service_request_id。"))
    return found


def _shown(voices: list[Voice], photo_url: Any) -> list[dict[str, Any]]:
    # District, street and community: an exact address would point at a person's door.
    names = full_names({v.place for v in voices})
    photos: dict[Any, Any] = {}
    public = [v.matter_id for v in voices if v.matter.publication == "shown"]
    approved = Photo.objects.filter(matter__in=public, is_approved=True).order_by("-id")
    for matter_id, photo_id in approved.values_list("matter_id", "id"):
        photos[matter_id] = photo_url(photo_id)
    return [_request(v, names[v.place], photos.get(v.matter_id)) for v in voices]


def _case(matter: Matter) -> Case | None:
    return getattr(matter, "case", None)


# About a hundred metres, as on the public map: the point is often the door of whoever spoke.
DECIMALS = 3


def _request(voice: Voice, address: str, media: str | None) -> dict[str, Any]:
    matter = voice.matter
    case = _case(matter)
    is_public = matter.publication == "shown" and not matter.restriction
    withdrawn = voice.state == "withdrawn"
    return {
        "service_request_id": voice.number,
        "status": "open" if matter.is_open and not withdrawn else "closed",
        "status_notes": _notes(voice, case, is_public),
        "service_name": catalogue().name(matter.category) if matter.category else _("未分类"),
        "service_code": matter.category or "unclassified",
        "description": (matter.public_text or matter.public_title) if is_public else "",
        "agency_responsible": str(case.lead) if is_public and case and case.lead else "",
        "service_notice": "",
        "requested_datetime": _when(voice.created_at),
        "updated_datetime": _when(_updated(voice, case)),
        "expected_datetime": _when(case.due_at) if case and case.is_open and case.due_at < NEVER else None,
        "address": address,
        "address_id": voice.place,
        "zipcode": "",
        # Of the matter: where somebody stood who joined it later was approved by nobody.
        "lat": round(matter.lat, DECIMALS) if matter.lat is not None else None,
        "long": round(matter.lon, DECIMALS) if matter.lon is not None else None,
        "media_url": media,
    }


def _when(value: datetime) -> str | None:
    return moment(value.astimezone(clock.zone()))


def _updated(voice: Voice, case: Case | None) -> datetime:
    times = [voice.created_at, voice.answered_at, voice.matter.closed_at, case and case.updated_at]
    return max(t for t in times if t)


def _notes(voice: Voice, case: Case | None, is_public: bool) -> str:
    """The state as a neighbour would say it, and the public answer."""
    matter = voice.matter
    if voice.state == "withdrawn":
        return _("已撤回")
    if voice.first_matter_id and voice.first_matter_id != matter.id:
        return _("已并入同一件事：%s") % matter.number
    words = str(neighbour_label(case.state)) if case else _("已收到") if matter.is_open else _("办结")
    answer = matter.public_answer if is_public else ""
    return f"{words}。{answer}" if answer else words

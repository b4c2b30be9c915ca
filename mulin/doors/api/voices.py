"""Voices: say something, read one's own or what one's post may see."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as _n
from ninja import Query, Router
from pydantic import Field

from mulin.cases.models import Case
from mulin.cases.states import neighbour_label
from mulin.doors.api import schemas
from mulin.doors.api.answers import answer, key_reused
from mulin.doors.api.bodies import Photos
from mulin.doors.api.common import Key, Limit, Next, bounds, is_id, known_number, own_cursor
from mulin.doors.api.fields import Body, Day, Lat, Lon, Moment, Place, YesNo, words
from mulin.doors.api.openapi import LIST, READ, WRITE, documented
from mulin.doors.links import receipt_link
from mulin.doors.rate import check_rate
from mulin.kernel import clock, paging
from mulin.kernel.errors import ActionError
from mulin.people.phones import can_be_dialled
from mulin.places.models import Site
from mulin.voices.actions import submit_voice
from mulin.voices.models import Voice
from mulin.voices.queries import get_voice, visible_voices
from mulin.voices.understanding import mask_for_staff

router = Router(tags=["voices"])
Kind = Literal["consult", "help", "complaint", "tip_off", "suggestion", "wish", "offer"]


class VoiceIn(Body):
    text: words(4000, 1) = Field(description=_n("要说的事"))
    place: Place = Field(description=_n("12 位区划代码，可以细到楼栋"))
    kind: Kind | None = Field(None, description=_n("不填就由系统建议"))
    category: words(48) | None = Field(None, description=_n("二级类别代码，见 /categories；不填就由系统建议"))
    severity: Literal["minor", "major"] | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    crs: Literal["wgs84", "cgcs2000", "gcj02", "bd09"] = Field("wgs84", description=_n("经纬度的坐标系"))
    address: words(160) | None = None
    building: words(24) | None = Field(None, description=_n("楼栋代码"))
    contact: words(60) | None = Field(
        None, description=_n("联系电话，要打得通：5 到 20 位数字，可以带 +、空格、连字符和分机；加密保存")
    )
    happened_at: Moment | None = None
    join: words(12) | None = Field(None, description=_n("说的是同一件事时，那件事的编号"))
    entered_for: YesNo = Field(False, description=_n("替别人登记"))
    photos: Photos = []


@router.post(
    "/voices",
    url_name="voices",
    operation_id="submit-voice",
    summary=_n("说一件事"),
    response=documented(schemas.VoiceMade, *WRITE, status=201),
)
def submit(request: HttpRequest, body: VoiceIn, key: Key = None) -> HttpResponse:
    fields = body.model_dump(exclude_none=True)
    _check_contact(body.contact)
    check_rate(request.actor, request.api_token)
    try:
        # The voice keeps the key itself, so that understanding the text happens outside every lock.
        receipt = submit_voice(actor=request.actor, channel="api", idempotency=key or "", **fields)
    except ActionError as error:
        raise key_reused() if error.code == "idempotency-mismatch" else error from error
    return answer(made(request, receipt), 201)


def _check_contact(contact: str | None) -> None:
    """The rule of the resident's page: who leaves a number believes that they will be called."""
    if contact and contact.strip() and not can_be_dialled(contact):
        raise ActionError(
            "contact-wrong", _("contact 要写能打通的电话号码，或者不写。"), field="contact", status=422
        )


def made(request: HttpRequest, receipt: Any) -> dict[str, Any]:
    voice, matter = receipt.voice, receipt.voice.matter
    return {
        "number": voice.number,
        "matter": matter.number,
        "case": case_number(matter),
        "kind": voice.kind,
        "category": matter.category,
        "severity": matter.severity,
        "place": voice.place,
        "secret": receipt.secret,
        "url": receipt_link(request, receipt.secret),
    }


def case_number(matter: Any) -> str | None:
    """A case carries its matter's number."""
    return matter.number if matter.way == "case" else None


@router.get(
    "/voices",
    url_name="voices",
    operation_id="list-voices",
    summary=_n("看自己的和岗位能看的诉求"),
    response=documented(schemas.Listing[schemas.VoiceLine], *LIST),
)
def listing(
    request: HttpRequest,
    place: Annotated[Place | None, Query(description=_n("只要这个地点里的"))] = None,
    kind: Annotated[Kind | None, Query()] = None,
    mine: Annotated[Literal["true", "false"], Query(description=_n("只要自己说的"))] = "false",
    since: Annotated[Day | None, Query(description=_n("从哪天起"))] = None,
    until: Annotated[Day | None, Query(description=_n("到哪天止"))] = None,
    limit: Limit = 50,
    cursor: Next = None,
) -> HttpResponse:
    rows = visible_voices(request.actor).select_related("matter")
    if place:
        rows = rows.filter(_within(place))
    if kind:
        rows = rows.filter(kind=kind)
    if mine == "true":
        rows = rows.filter(account_id=request.actor.account)
    if since:
        rows = rows.filter(created_at__gte=clock.midnight(since))
    if until:
        rows = rows.filter(created_at__lt=clock.midnight(until) + timedelta(days=1))
    page = paging.page(rows, order=("-id",), size=limit, cursor=own_cursor(cursor, is_id))
    return answer({"items": [line(voice) for voice in page.items], "next": page.next})


def _within(place: str) -> Q:
    """What was said in a division, or in something below a community: voices know their grid and building."""
    low, high = bounds(place)
    letter = place[13:14]
    if letter in {"B", "G"}:
        return Q(building=place) if letter == "B" else Q(grid=place)
    if letter:
        return Q(building__in=Site.objects.filter(estate=place, kind="building").values("code"))
    return Q(place__gte=low, place__lt=high)


def line(voice: Voice) -> dict[str, Any]:
    return {
        "number": voice.number,
        "kind": voice.kind,
        "category": voice.matter.category,
        "severity": voice.matter.severity,
        "place": voice.place,
        "grid": voice.grid,
        "channel": voice.channel,
        "state": voice.state,
        "created_at": voice.created_at,
        "matter": voice.matter.number,
        "case": case_number(voice.matter),
        "answered_at": voice.answered_at,
        "is_solved": voice.is_solved,
        "is_satisfied": voice.is_satisfied,
    }


@router.get(
    "/voices/{number}",
    url_name="voice",
    operation_id="get-voice",
    summary=_n("看一条诉求"),
    response=documented(schemas.VoiceFull, *READ),
)
def one(request: HttpRequest, number: str) -> HttpResponse:
    voice = get_voice(request.actor, known_number(number))
    case = Case.objects.filter(matter_id=voice.matter_id).only("number", "state").first()
    state = case.state if case else None
    is_own = request.actor.account in {voice.account_id, voice.entered_by} - {None}
    return answer(
        line(voice)
        | {
            # Who only works on it reads no telephone number in passing, here as at the desk.
            "text": voice.text if is_own else mask_for_staff(voice.text),
            "title": voice.matter.title,
            "address": voice.address,
            "lon": voice.lon,
            "lat": voice.lat,
            "answer": voice.answer,
            "contact_last4": voice.contact_last4,
            "case_state": state,
            "case_state_text": neighbour_words(state),
        }
    )


def neighbour_words(state: str | None) -> str | None:
    return str(neighbour_label(state)) if state else None

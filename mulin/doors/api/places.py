"""Places, categories and the board of a place."""

from datetime import date
from typing import Annotated

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _n
from ninja import Path, Query, Router
from pydantic import BaseModel, ConfigDict, Field

from mulin.doors.api import schemas
from mulin.doors.api.answers import answer
from mulin.doors.api.common import bounds
from mulin.doors.api.fields import Day, Place
from mulin.doors.api.openapi import READ, documented
from mulin.insight import queries
from mulin.insight.answers import as_json
from mulin.places.queries import full_name, get_place, successors
from mulin.voices.queries import catalogue

router = Router(tags=["places"])
PlaceCode = Annotated[Place, Path()]
EARLIEST = date(2000, 1, 1)


class RateOut(BaseModel):
    """一个率，旁边总有它的分子、分母和剔除数。"""

    model_config = ConfigDict(extra="allow")

    value: float | None = Field(description=_n("没有可算的、或不便显示时为 null"))
    numerator: int | None
    denominator: int | None
    is_hidden: bool


class BoardOut(BaseModel):
    """一个地点一段时间的数字。不便显示的小数字为 null，hidden 里说明原因。"""

    model_config = ConfigDict(extra="allow")

    place: str
    name: str
    level: int
    since: date
    until: date
    is_exact: bool
    figures: dict[str, int | None]
    hidden: dict[str, str]
    rates: dict[str, RateOut]


@router.get(
    "/board/{place}",
    url_name="board",
    operation_id="get-board",
    summary=_n("看一个地点的看板"),
    response=documented(BoardOut, 403, *READ),
)
def board(
    request: HttpRequest,
    place: PlaceCode,
    since: Annotated[Day | None, Query(description=_n("从哪天起，默认 30 天前"))] = None,
    until: Annotated[Day | None, Query(description=_n("到哪天止，默认今天"))] = None,
) -> HttpResponse:
    bounds(place)
    since, until = (max(day, EARLIEST) if day else None for day in (since, until))
    return answer(as_json(queries.board(request.actor, place, since, until)))


@router.get(
    "/categories",
    url_name="categories",
    operation_id="list-categories",
    summary=_n("看类别目录"),
    response=documented(schemas.Listing[schemas.CategoryOut]),
)
def categories(request: HttpRequest) -> HttpResponse:
    items = []
    for group, inside in catalogue().grouped():
        items.append({"code": group.code, "parent": "", "name": group.name, "level": 1})
        items += [{"code": c.code, "parent": group.code, "name": c.name, "level": 2} for c in inside]
    return answer({"items": items, "next": None})


@router.get(
    "/places/{code}",
    url_name="place",
    operation_id="get-place",
    summary=_n("看一个地点"),
    response=documented(schemas.PlaceOut, *READ),
)
def place(request: HttpRequest, code: PlaceCode) -> HttpResponse:
    bounds(code)
    found = get_place(code)
    return answer(
        {
            "code": found.code,
            "name": found.name,
            "official_name": found.official_name or found.name,
            "kind": found.kind,
            "level": found.level,
            "parent": found.parent,
            "full_name": full_name(code),
            "valid_from": found.valid_from,
            "valid_to": found.valid_to,
            "current": successors(code),
        }
    )

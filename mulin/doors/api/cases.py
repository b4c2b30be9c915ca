"""Cases: lists, one case with everything its page shows, and every move of the table as a path of its own."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _n
from ninja import Body, Query, Router
from pydantic import BaseModel, Field

from mulin.cases import moves, states
from mulin.cases.clocks import NEVER
from mulin.cases.models import Case
from mulin.cases.queries import list_cases
from mulin.doors.api import schemas
from mulin.doors.api.answers import answer, once
from mulin.doors.api.bodies import body_of, msgid, values_of
from mulin.doors.api.case_file import case_file
from mulin.doors.api.common import (
    Key,
    bounds,
    is_count,
    is_id,
    is_moment,
    is_small,
    known_number,
    own_cursor,
)
from mulin.doors.api.fields import Day, Id, Place, words
from mulin.doors.api.openapi import LIST, READ, WRITE, documented

router = Router(tags=["cases"])
State = Literal[tuple(states.STATES)]  # type: ignore[valid-type]
Flag = Literal["true", "false"]
NO_BODY = Body(None)
# What the cursor of each order is made of.
CURSORS = {"newest": (is_id,), "burning": (is_small, is_moment, is_id), "search": (is_count,)}
# Another person has to agree before these take effect.
PENDING = frozenset(name for name, move in moves.ALL.items() if move.second_person) | {"exclude"}


class CaseFilters(BaseModel):
    place: Place | None = Field(None, description=_n("只要这个地点里的，可以是网格或楼栋"))
    state: State | None = None
    category: words(48) | None = Field(None, description=_n("二级类别，或一级类别"))
    severity: Literal["minor", "major"] | None = None
    kind: Literal["consult", "help", "complaint", "tip_off", "suggestion"] | None = None
    overdue: Flag | None = Field(None, description=_n("是否超期"))
    suspended: Flag | None = Field(None, description=_n("是否挂账"))
    is_open: Flag | None = Field(None, description=_n("是否未办结"))
    mine: Flag | None = Field(None, description=_n("只要我和本单位在办的"))
    org: Id | None = Field(None, description=_n("牵头或参与的单位"))
    q: words(60) | None = Field(None, description=_n("搜索词，或编号"))
    since: Day | None = Field(None, description=_n("从哪天起"))
    until: Day | None = Field(None, description=_n("到哪天止"))
    order: Literal["burning", "newest"] = Field(
        "newest", description=_n("burning 只列未办结的，先急后缓；newest 新的在前")
    )
    limit: int = Field(50, ge=1, le=200, description=_n("每页条数"))
    cursor: str | None = Field(None, max_length=400, description=_n("上一页回答里的 next"))


def line(case: Case) -> dict[str, Any]:
    """What a list shows of a case."""
    return moved(case) | {
        "title": case.title,
        "kind": case.kind,
        "category": case.category,
        "severity": case.severity,
        "urgency": case.urgency,
        "restriction": case.restriction,
        "place": case.place,
        "grid": case.grid,
        "building": case.building,
        "lead": str(case.lead) if case.lead_id else None,
        "lead_id": case.lead_id,
        "opened_on": case.opened_on,
    }


def moved(case: Case) -> dict[str, Any]:
    """What is told after a move, also to a resident: nothing that only workers may read."""
    return {
        "number": case.number,
        "state": case.state,
        "state_text": str(states.neighbour_label(case.state)),
        "is_open": case.is_open,
        "due_at": case.due_at if case.due_at < NEVER else None,
        "outcome": case.outcome,
        "is_solved": case.is_solved,
        "is_satisfied": case.is_satisfied,
        "reopened_count": case.reopened_count,
        "updated_at": case.updated_at,
        "pending": case.pending["move"] if case.pending else None,
    }


@router.get(
    "/cases",
    url_name="cases",
    operation_id="list-cases",
    summary=_n("看岗位能看的事项"),
    response=documented(schemas.Listing[schemas.CaseLine], *LIST),
)
def listing(request: HttpRequest, wanted: Annotated[CaseFilters, Query()]) -> HttpResponse:
    given = wanted.model_dump(exclude_none=True)
    limit, cursor, order = given.pop("limit"), given.pop("cursor", None), given["order"]
    if wanted.place:
        bounds(wanted.place)
    for name in ("overdue", "suspended", "is_open", "mine"):
        if name in given:
            given[name] = given[name] == "true"
    given["q"] = given.get("q", "").strip()
    cursor = own_cursor(cursor, *CURSORS["search" if given["q"] else order])
    page = list_cases(request.actor, cursor=cursor, size=limit, **given)
    return answer({"items": [line(case) for case in page.items], "next": page.next})


@router.get(
    "/cases/{number}",
    url_name="case",
    operation_id="get-case",
    summary=_n("看一件事项的全部"),
    response=documented(schemas.CaseFull, *READ),
)
def one(request: HttpRequest, number: str) -> HttpResponse:
    case, more = case_file(request.actor, known_number(number))
    return answer(line(case) | more)


def move_view(move: str) -> Callable[..., HttpResponse]:
    """The view of one move; the body's model is its own."""
    model = body_of(move)
    needed = any(required for _name, required in moves.field_names(move))
    status = 202 if move in PENDING else 200

    def act(request: HttpRequest, number: str, body: Any, key: str | None) -> HttpResponse:
        known, fields = known_number(number), values_of(body)

        def do() -> tuple[int, Any]:
            return status, moved(moves.perform(move, actor=request.actor, number=known, **fields))

        return once(request, key, do)

    if needed:

        def view(request: HttpRequest, number: str, body: model, key: Key = None) -> HttpResponse:
            return act(request, number, body, key)

    else:

        def view(
            request: HttpRequest,
            number: str,
            body: model | None = NO_BODY,
            key: Key = None,
        ) -> HttpResponse:
            return act(request, number, body, key)

    return view


def add_moves() -> None:
    """One documented path for each move: /cases/{number}/find-facts, /cases/{number}/accept …"""
    for name, move in moves.ALL.items():
        router.add_api_operation(
            f"/cases/{{number}}/{name}",
            ["POST"],
            move_view(name),
            url_name=f"case-{name}",
            operation_id=f"{name}-case",
            summary=msgid(move.title),
            response=documented(schemas.CaseMoved, *WRITE, status=202 if name in PENDING else 200),
        )


add_moves()

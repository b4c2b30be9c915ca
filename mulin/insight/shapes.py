"""The map of a board as GeoJSON: outlines of the places below, shaded by what came in, and the squares."""

from typing import Any

from django.urls import reverse

from mulin.insight.answers import MARKS
from mulin.insight.heat import EAST, NORTH, Point, Squares
from mulin.insight.queries import Board
from mulin.places.queries import geojson

STEPS = 4


def features(board: Board, drawn: Squares, query: str = "") -> dict[str, Any]:
    """Features of kind `place` (code, name, n, text, step, url) and `square` (n, step). `step` 0 to 4 is the
    shade; a place whose figure is hidden has n null and step 0. `since` is the first day of the squares where
    that is later than the board's."""
    shapes = _outlines(board)
    most = max((child.figures["in"] or 0 for child in board.children), default=0)
    found = []
    for child in board.children:
        if child.code in shapes:
            n = child.figures["in"]
            found.append(
                _feature(
                    shapes[child.code],
                    kind="place",
                    name=child.name,
                    n=n,
                    text=str(n) if n is not None else MARKS[child.marks.get("in", "")],
                    step=_step(n or 0, most),
                    url=reverse("insight:board", args=[child.code]) + query,
                )
            )
    if not found and board.place.code in shapes:
        own = {"kind": "place", "name": board.place.name, "n": None, "text": "", "step": 0, "url": ""}
        found.append(_feature(shapes[board.place.code], **own))
    most = max((square.n for square in drawn.points), default=0)
    for square in drawn.points:
        found.append(_feature(_square(square), kind="square", n=square.n, step=_step(square.n, most)))
    later = {"since": drawn.since.isoformat()} if drawn.since > board.period.since else {}
    return {"type": "FeatureCollection", "features": found, **later}


def _feature(geometry: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _step(n: int, most: int) -> int:
    return -(-n * STEPS // most) if most else 0


def _outlines(board: Board) -> dict[str, dict[str, Any]]:
    """Outlines by code: of the places below, or of the place itself where none of those is drawn."""
    place = board.place
    drawn = geojson(place.code, board.child_level)["features"] if board.child_level else []
    if not drawn and place.parent:
        drawn = geojson(place.parent, place.level)["features"]
    return {one["properties"]["code"]: one["geometry"] for one in drawn}


def _square(point: Point) -> dict[str, Any]:
    east, north = EAST / 2, NORTH / 2
    corners = [(-east, -north), (east, -north), (east, north), (-east, north), (-east, -north)]
    ring = [[round(point.lon + x, 6), round(point.lat + y, 6)] for x, y in corners]
    return {"type": "Polygon", "coordinates": [ring]}

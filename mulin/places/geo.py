"""Outlines for maps: the shapes of what lies in a place, small enough for a phone."""

from typing import Any

from mulin.kernel import codes
from mulin.places.caching import Kept
from mulin.places.models import Division, Site
from mulin.places.shapes import Shape, ShapeError, ShapeIndex, read_features

# Metres that an outline may be off, by the level that is drawn: a city's map does not show ten metres.
TOLERANCE_M = {2: 1500.0, 4: 800.0, 6: 200.0, 9: 40.0, 12: 10.0, 15: 2.0}
_made = Kept(300)


def geojson(place: str, level: int | None = None) -> dict[str, Any]:
    """FeatureCollection (WGS-84, simplified) of what lies in a place at a level; properties code and name.

    `level` is 2, 4, 6, 9, 12, or 15 for grids; left out: the next one below the place that has outlines.
    Empty when no outline is known. Remembered by the process; at most two statements the first time.
    """
    levels = [level] if level else [one for one in TOLERANCE_M if one > codes.level(place)]
    found: dict[str, Any] = {"type": "FeatureCollection", "features": []}
    for one in levels:
        found = _made.make((place, one), lambda one=one: _collect(place, one))
        if found["features"]:
            break
    return found


def _collect(place: str, level: int) -> dict[str, Any]:
    low, high = codes.bounds(place)
    if level >= int(codes.Level.GRID):
        rows = Site.objects.filter(
            kind="grid", valid_to=None, shape__isnull=False, community__gte=low, community__lt=high
        ).values_list("code", "name", "shape")
    else:
        rows = Division.objects.filter(
            in_use=True, valid_to=None, level=level, shape__isnull=False, code__gte=low, code__lt=high
        ).values_list("code", "short_name", "shape")
    shapes: list[Shape] = []
    for code, name, shape in rows.iterator(chunk_size=500):
        try:
            shapes += read_features([{"properties": {"code": code, "name": name}, "geometry": shape}])
        except ShapeError:
            continue  # one broken outline must not take the map away
    if not shapes:
        return {"type": "FeatureCollection", "features": []}
    return ShapeIndex(shapes).simplified(TOLERANCE_M.get(level, 2.0)).to_features()

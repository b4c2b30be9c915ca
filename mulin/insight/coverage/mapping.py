"""The circle as GeoJSON for the board's map: outline, buildings, stations."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mulin.insight.coverage import page, reading
from mulin.insight.coverage.queries import NEW, Circle
from mulin.kernel import codes
from mulin.places.queries import geojson

MOST_DRAWN = 4000


def features(found: Circle) -> dict[str, Any]:
    """Features of kind `place` (outlines), `near` and `far` (buildings), `station` and `trial`; `text` stands
    beside a point. Of a district only outlines and stations are drawn."""
    drawn = [*_outlines(found)]
    if len(found.homes) <= MOST_DRAWN:
        drawn += [_building(found, code) for code in found.reach.ways]
    for one in found.stations:
        spot = reading.spot_of(one)
        if spot[0] is not None:
            drawn.append(_point(*spot, "station", one.name))
    if found.trial:
        point, name = found.trial
        drawn.append(_point(point.lon, point.lat, "trial", _("试设：%(name)s") % {"name": name}))
    return {"type": "FeatureCollection", "features": drawn}


def _outlines(found: Circle):
    place = found.place
    small = place.level >= codes.Level.COMMUNITY
    for one in geojson(place.parent if small else place.code, int(codes.Level.COMMUNITY))["features"]:
        code, name = one["properties"]["code"], one["properties"]["name"]
        if not small or code == place.code:
            url = "" if small else reverse("insight:circle-of", args=[code]) + page.query_of(found)
            facts = {"kind": "place", "name": name, "text": "", "step": 0, "url": url}
            yield {"type": "Feature", "geometry": one["geometry"], "properties": facts}


def _building(found: Circle, code: str) -> dict[str, Any]:
    site, way = found.homes[code], found.nearest(code)
    if way is None:
        text = _("%(name)s：走不到") % {"name": site.name}
        return _point(site.lon, site.lat, "far", text)
    names = {one.number: one.name for one in found.stations} | {NEW: found.trial[1] if found.trial else ""}
    text = _("%(name)s：%(n)s 分钟到%(station)s") % {
        "name": site.name, "n": found.minutes(way), "station": names[way.station],
    }  # fmt: skip
    return _point(site.lon, site.lat, "near", text)


def _point(lon: float | None, lat: float | None, kind: str, text: str) -> dict[str, Any]:
    facts = {"kind": kind, "text": text, "url": ""}
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": facts}

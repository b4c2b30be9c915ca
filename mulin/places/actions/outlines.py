"""Outlines of divisions, grids and estates: one drawn by hand, or a file with many."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import shapely
from django.conf import settings
from django.utils.translation import gettext as _

from mulin.kernel import codes, journal
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.policy import Target, require
from mulin.places import caching, coordinates
from mulin.places.locating import system_of
from mulin.places.models import Division, Site
from mulin.places.shapes import ShapeError, read_features

MOST_POINTS = 200_000


def _unreadable(why: object) -> ActionError:
    message = _("轮廓读不出来：%(why)s。请使用 GeoJSON 多边形。") % {"why": why}
    return ActionError("shape", message, field="shape", status=422)


def _read(features: Any, crs: str) -> list[tuple[str, dict[str, Any]]]:
    """(code, geometry in WGS-84) of features; codes are filled up to 12 digits."""
    system = system_of(crs)

    def shift(points: np.ndarray) -> np.ndarray:
        lon, lat = coordinates.convert(points[:, 0], points[:, 1], system, coordinates.Crs.WGS84)
        return np.round(np.column_stack([lon, lat]), 6)

    try:
        shapes = read_features(features)
        found = []
        for shape in shapes:
            west, south, east, north = shape.geometry.bounds
            if not (-180 <= west and east <= 180 and -90 <= south and north <= 90):
                raise ShapeError(f"{shape.code}: the positions are no degrees")
            if shapely.get_num_coordinates(shape.geometry) > MOST_POINTS:
                raise ShapeError(f"{shape.code}: more than {MOST_POINTS} points")
            geometry = shapely.transform(shape.geometry, shift)
            found.append((codes.pad(shape.code), _plain(shapely.geometry.mapping(geometry))))
        return found
    except (ShapeError, ValueError) as error:
        raise _unreadable(error) from error


def _plain(value: Any) -> Any:
    """Lists instead of tuples, as JSON has them."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def set_shape(
    *, actor: Actor, code: str, geometry: Mapping[str, Any] | None, crs: str = "wgs84"
) -> Division | Site:
    """Give a division, grid or estate its outline (GeoJSON geometry; None takes it away).

    Needs `places.division:manage` for a division and `places.site:manage` for a site. Stored in WGS-84;
    broken rings are mended. ActionError (422) when there is no area in it; NotVisible for an unknown code.
    """
    with write():
        if "-" in code:
            record = Site.objects.select_for_update().filter(code=code, valid_to=None).first()
        else:
            rows = Division.objects.select_for_update().filter(code=code, in_use=True, valid_to=None)
            record = rows.order_by("level").first()
        if record is None:
            raise NotVisible
        if isinstance(record, Site):
            require(actor, "places.site:manage", Target(place=record.community, grid=record.grid))
        else:
            require(actor, "places.division:manage", code)
        feature = {"properties": {"code": code}, "geometry": geometry}
        record.shape = _read([feature], crs)[0][1] if geometry else None
        record.save(update_fields=["shape"])
        caching.bump()
        journal.record(
            "places.shape.set",
            actor=actor,
            place=code[:12],
            subject=record.id,
            data={"code": code},
        )
    return record


def set_shapes(*, actor: Actor, features: Mapping | Iterable[Mapping], crs: str = "wgs84") -> dict[str, int]:
    """Outlines of many divisions from a GeoJSON FeatureCollection with the property `code`.

    Needs `places.division:manage`. One journal line. Returns {"set": n, "unknown": n}.
    """
    require(actor, "places.division:manage", settings.MULIN_SITE_PLACE)
    found = dict(_read(features, crs))
    with write():
        rows = list(Division.objects.filter(code__in=found, in_use=True, valid_to=None).order_by("level"))
        for division in rows:
            division.shape = found[division.code]
        Division.objects.bulk_update(rows, ["shape"], batch_size=20)
        known = {division.code for division in rows}
        caching.bump()
        journal.record("places.shapes.imported", actor=actor, data={"n": len(known)})
    return {"set": len(known), "unknown": len(found) - len(known)}

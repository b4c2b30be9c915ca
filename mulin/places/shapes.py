"""Locating points: which polygon holds a point.

`ShapeIndex` holds polygons of any levels (district, street, community, grid) in one coordinate system; the
smallest one that holds a point is its answer. Built once, it answers single points and whole arrays. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from mulin.places.coordinates import Crs, CrsMismatch, Point

# Degrees of latitude in a metre: tolerances are given in metres, polygons are in degrees.
_DEGREES_PER_METRE = 1 / 111_195.0


class ShapeError(ValueError):
    """A feature cannot be used; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Shape:
    """An area with the place code it stands for."""

    code: str
    geometry: Any
    name: str = ""


def read_features(data: Mapping[str, Any] | Iterable[Mapping[str, Any]]) -> list[Shape]:
    """Read a GeoJSON FeatureCollection (or its features); `code` and `name` come from the properties.

    Broken rings are repaired; ShapeError for a feature without a code or without an area.
    """
    features = data.get("features", []) if isinstance(data, Mapping) else data
    shapes = []
    for number, feature in enumerate(features, 1):
        properties = feature.get("properties") or {}
        code = str(properties.get("code") or "")
        if not code:
            raise ShapeError(f"feature {number}: the property code is missing")
        try:
            geometry = _area(shapely.geometry.shape(feature["geometry"]))
        except (KeyError, TypeError, AttributeError, ValueError, shapely.errors.ShapelyError) as error:
            raise ShapeError(f"feature {number} ({code}): the geometry cannot be read: {error}") from None
        if geometry.is_empty:
            raise ShapeError(f"feature {number} ({code}): no polygon in it")
        shapes.append(Shape(code, geometry, str(properties.get("name") or "")))
    return shapes


def _area(geometry: Any) -> Any:
    """Only the polygons of a geometry, valid."""
    if not geometry.is_valid:
        geometry = shapely.make_valid(geometry)
    if geometry.geom_type in ("Polygon", "MultiPolygon"):
        return geometry
    parts = [
        part for part in shapely.get_parts(geometry) if part.geom_type in ("Polygon", "MultiPolygon")
    ]  # fmt: skip
    return shapely.unary_union(parts) if parts else shapely.MultiPolygon()


class ShapeIndex:
    """Polygons by place. The border belongs to both sides; the smaller area, then the lower code, wins."""

    def __init__(
        self, features: Mapping[str, Any] | Iterable[Mapping[str, Any] | Shape], crs: Crs | str = Crs.WGS84
    ) -> None:
        items = features if isinstance(features, Mapping) else list(features)
        given = not isinstance(items, Mapping) and all(isinstance(item, Shape) for item in items)
        shapes: list[Shape] = list(items) if given else read_features(items)  # type: ignore[arg-type]
        self.crs = Crs(crs)
        # Smallest first: the lowest position in the list is the best answer.
        self.shapes = sorted(shapes, key=lambda shape: (shape.geometry.area, shape.code))
        self.codes = [shape.code for shape in self.shapes]
        self._geometries = np.array([shape.geometry for shape in self.shapes], dtype=object)
        shapely.prepare(self._geometries)
        self._tree = shapely.STRtree(self._geometries)

    def __len__(self) -> int:
        return len(self.shapes)

    def locate_all(self, lon: float, lat: float) -> list[str]:
        """Codes of all areas that hold the position, the smallest first."""
        hits = self._tree.query(shapely.Point(lon, lat), predicate="intersects")
        return [self.codes[index] for index in sorted(hits)]

    def locate(self, lon: float, lat: float) -> str | None:
        """Code of the smallest area that holds the position; None when no area does."""
        hits = self._tree.query(shapely.Point(lon, lat), predicate="intersects")
        return self.codes[min(hits)] if len(hits) else None

    def locate_point(self, point: Point) -> str | None:
        """Like `locate`; CrsMismatch for a point of another system than the polygons."""
        if point.crs is not self.crs:
            raise CrsMismatch(f"the polygons are {self.crs}, the point is {point.crs}: convert it first")
        return self.locate(point.lon, point.lat)

    def locate_many(self, lons: Sequence[float], lats: Sequence[float]) -> list[str | None]:
        """`locate` for many positions at once."""
        points = shapely.points(np.asarray(lons, dtype=float), np.asarray(lats, dtype=float))
        which, hits = self._tree.query(points, predicate="intersects")
        best = np.full(len(points), len(self.shapes), dtype=np.int64)
        np.minimum.at(best, which, hits)
        return [self.codes[index] if index < len(self.codes) else None for index in best.tolist()]

    def simplified(self, tolerance_m: float, anchors: Iterable[tuple[str, float, float]] = ()) -> ShapeIndex:
        """The same areas with fewer points; neighbours keep their common border.

        A corner goes when its triangle with its neighbours is smaller than the square of the tolerance.
        `anchors` are (code, lon, lat) that lie in their area now: the tolerance is halved until each of them
        does again, so that no address changes its district for the sake of a small file.
        """
        wanted = [(code, lon, lat) for code, lon, lat in anchors if code in self.locate_all(lon, lat)]
        while tolerance_m >= 0.1:
            candidate = self._simplify(tolerance_m * _DEGREES_PER_METRE)
            if candidate and all(code in candidate.locate_all(lon, lat) for code, lon, lat in wanted):
                return candidate
            tolerance_m /= 2
        return self

    def _simplify(self, tolerance: float) -> ShapeIndex | None:
        """None when an area would vanish."""
        # Areas of several levels lie on each other and are no coverage: each is simplified alone.
        if shapely.coverage_is_valid(self._geometries):
            geometries = shapely.coverage_simplify(self._geometries, tolerance)
        else:
            geometries = shapely.simplify(self._geometries, tolerance, preserve_topology=True)
        geometries = [_area(geometry) for geometry in geometries]
        if any(geometry.is_empty for geometry in geometries):
            return None
        return ShapeIndex(
            [
                Shape(shape.code, geometry, shape.name)
                for shape, geometry in zip(self.shapes, geometries, strict=True)
            ],
            self.crs,
        )

    def point_count(self) -> int:
        """Points in all rings: what simplification saves."""
        return int(shapely.get_num_coordinates(self._geometries).sum())

    def to_features(self, decimals: int = 5) -> dict[str, Any]:
        """A GeoJSON FeatureCollection, in the order of codes; five decimals are about a metre."""
        features = [
            {
                "type": "Feature",
                "properties": {"code": shape.code, "name": shape.name},
                "geometry": _rounded(shapely.geometry.mapping(shape.geometry), decimals),
            }
            for shape in sorted(self.shapes, key=lambda shape: shape.code)
        ]
        return {"type": "FeatureCollection", "features": features}


def _rounded(value: Any, decimals: int) -> Any:
    if isinstance(value, float):
        return round(value, decimals)
    if isinstance(value, dict):
        return {key: _rounded(inner, decimals) for key, inner in value.items()}
    return [_rounded(inner, decimals) for inner in value] if isinstance(value, list | tuple) else value

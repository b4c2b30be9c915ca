"""Coordinates: WGS-84 / CGCS2000, GCJ-02 and BD-09, kept apart by type and converted at the edge.

GCJ-02 is the shifted system of Chinese online maps (Amap, Tencent), BD-09 a second shift on top of it
(Baidu). The same numbers read in the wrong system are 300 to 1,200 m off, so a `Point` carries its system and
refuses to meet a point of another. CGCS2000 and WGS-84 differ by centimetres: the numbers stay the same.

The formulas are the publicly known ones. The way back from GCJ-02 and BD-09 is found by iteration and is
exact to well under 0.5 m. Outside the rectangle of China nothing is shifted. All functions take numbers or
numpy arrays (degrees, longitude first) and return the same shape. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

# Krasovsky 1940, on which the public formula of GCJ-02 is built.
_AXIS = 6378245.0
_ECCENTRICITY = 0.00669342162296594323
_BD_STEP = math.pi * 3000.0 / 180.0
# The rectangle inside which online maps shift.
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271

EARTH_RADIUS_M = 6371008.8  # mean radius, IUGG


class Crs(StrEnum):
    """The coordinate systems that occur."""

    WGS84 = "WGS-84"
    CGCS2000 = "CGCS2000"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"


class CrsMismatch(TypeError):
    """Two coordinates of different systems met without being converted."""


def in_china(lon: Any, lat: Any) -> Any:
    """Whether online maps shift there: a rectangle around China, not its border."""
    return (lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH)


def _wave(x: Any, first: float, second: float) -> Any:
    pi = np.pi
    return (
        20.0 * np.sin(6.0 * x * pi) + 20.0 * np.sin(2.0 * x * pi),
        first * np.sin(x * pi) + second * np.sin(x / 3.0 * pi),
    )


def _shift(lon: Any, lat: Any) -> tuple[Any, Any]:
    """How far GCJ-02 moves a WGS-84 position, in degrees."""
    x, y, pi = lon - 105.0, lat - 35.0, np.pi
    root = np.sqrt(np.abs(x))
    common, _ = _wave(x, 0.0, 0.0)
    _, north = _wave(y, 20.0, 40.0)
    _, east = _wave(x, 20.0, 40.0)
    north_m = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_m += (common + north + 160.0 * np.sin(y / 12.0 * pi) + 320.0 * np.sin(y * pi / 30.0)) * 2.0 / 3.0
    east_m = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east_m += (common + east + 150.0 * np.sin(x / 12.0 * pi) + 300.0 * np.sin(x / 30.0 * pi)) * 2.0 / 3.0
    angle = lat * (pi / 180.0)
    magic = 1.0 - _ECCENTRICITY * np.sin(angle) ** 2
    lat_degrees = north_m * 180.0 / (_AXIS * (1 - _ECCENTRICITY) / (magic * np.sqrt(magic)) * pi)
    lon_degrees = east_m * 180.0 / (_AXIS / np.sqrt(magic) * np.cos(angle) * pi)
    return lon_degrees, lat_degrees


def wgs84_to_gcj02(lon: Any, lat: Any) -> tuple[Any, Any]:
    """WGS-84 (or CGCS2000) degrees to GCJ-02."""
    d_lon, d_lat = _shift(lon, lat)
    inside = in_china(lon, lat)
    return lon + d_lon * inside, lat + d_lat * inside


def gcj02_to_wgs84(lon: Any, lat: Any) -> tuple[Any, Any]:
    """GCJ-02 degrees to WGS-84, by iteration (the error shrinks about a thousandfold a round)."""
    inside = in_china(lon, lat)
    guess_lon, guess_lat = lon, lat
    for _ in range(4):
        d_lon, d_lat = _shift(guess_lon, guess_lat)
        guess_lon, guess_lat = lon - d_lon * inside, lat - d_lat * inside
    return guess_lon, guess_lat


def gcj02_to_bd09(lon: Any, lat: Any) -> tuple[Any, Any]:
    """GCJ-02 degrees to BD-09."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_STEP)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_STEP)
    inside = in_china(lon, lat)
    to_lon, to_lat = radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006
    return lon + (to_lon - lon) * inside, lat + (to_lat - lat) * inside


def bd09_to_gcj02(lon: Any, lat: Any) -> tuple[Any, Any]:
    """BD-09 degrees to GCJ-02, by iteration."""
    inside = in_china(lon, lat)
    guess_lon, guess_lat = lon - 0.0065 * inside, lat - 0.006 * inside
    for _ in range(5):
        there_lon, there_lat = gcj02_to_bd09(guess_lon, guess_lat)
        guess_lon, guess_lat = (
            guess_lon + (lon - there_lon) * inside,
            guess_lat + (lat - there_lat) * inside,
        )
    return guess_lon, guess_lat


_Step = Callable[[Any, Any], tuple[Any, Any]]
# How far a system is from WGS-84, and the step one further out and one further in.
_DEPTH = {Crs.WGS84: 0, Crs.CGCS2000: 0, Crs.GCJ02: 1, Crs.BD09: 2}
_OUT: tuple[_Step, ...] = (wgs84_to_gcj02, gcj02_to_bd09)
_IN: tuple[_Step, ...] = (gcj02_to_wgs84, bd09_to_gcj02)


def convert(lon: Any, lat: Any, source: Crs | str, target: Crs | str) -> tuple[Any, Any]:
    """Degrees of one system in another; numbers give floats, arrays give arrays.

    The way in and out again may move a position that lies within a kilometre of the rectangle's edge, which
    is sea and foreign land.
    """
    here, there = _DEPTH[Crs(source)], _DEPTH[Crs(target)]
    is_number = np.isscalar(lon) and np.isscalar(lat)
    if not is_number:
        lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    while here < there:
        lon, lat = _OUT[here](lon, lat)
        here += 1
    while here > there:
        lon, lat = _IN[here - 1](lon, lat)
        here -= 1
    return (float(lon), float(lat)) if is_number else (lon, lat)


def distance_m(lon1: Any, lat1: Any, lon2: Any, lat2: Any) -> Any:
    """Metres along the sphere between positions of one system; arrays are taken pairwise."""
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    half_lat = (phi2 - phi1) / 2.0
    half_lon = np.radians(np.subtract(lon2, lon1)) / 2.0
    chord = np.sin(half_lat) ** 2 + np.cos(phi1) * np.cos(phi2) * np.sin(half_lon) ** 2
    metres = 2.0 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, chord)))
    return float(metres) if np.ndim(metres) == 0 else metres


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of degrees in one system, edges included."""

    west: float
    south: float
    east: float
    north: float
    crs: Crs = Crs.WGS84

    def holds(self, point: Point) -> bool:
        """Whether the point lies in it; CrsMismatch for a point of another system."""
        _same(self.crs, point.crs)
        return self.west <= point.lon <= self.east and self.south <= point.lat <= self.north


def box_around(lon: float, lat: float, radius_m: float, crs: Crs | str = Crs.WGS84) -> Box:
    """The smallest rectangle that holds every position within the radius: for a first cut in an index."""
    # A hair more than the radius, so that rounding never leaves out a position on the rim.
    reach = radius_m / EARTH_RADIUS_M * (1 + 1e-9) + 1e-12
    phi = math.radians(lat)
    d_lat = math.degrees(reach)
    sine = math.sin(reach) / math.cos(phi) if abs(phi) + reach < math.pi / 2 else 2.0
    d_lon = math.degrees(math.asin(sine)) if sine < 1 else 180.0
    return Box(lon - d_lon, max(-90.0, lat - d_lat), lon + d_lon, min(90.0, lat + d_lat), Crs(crs))


def _same(one: Crs, two: Crs) -> None:
    if one is not two:
        raise CrsMismatch(f"{one} and {two} are different systems: convert one of them with .to() first")


@dataclass(frozen=True, slots=True)
class Point:
    """A position in degrees with the system that it is given in. ValueError for impossible degrees."""

    lon: float
    lat: float
    crs: Crs

    def __post_init__(self) -> None:
        object.__setattr__(self, "crs", Crs(self.crs))
        if not (-180 <= self.lon <= 180 and -90 <= self.lat <= 90):
            hint = "; longitude comes first" if -90 <= self.lon <= 90 and abs(self.lat) <= 180 else ""
            raise ValueError(f"{self.lon}, {self.lat} is no position on earth{hint}")

    def to(self, crs: Crs | str) -> Point:
        """The same place in another system."""
        target = Crs(crs)
        if target is self.crs:
            return self
        return Point(*convert(self.lon, self.lat, self.crs, target), target)

    def distance_to(self, other: Point) -> float:
        """Metres to another point; CrsMismatch when it is given in another system."""
        _same(self.crs, other.crs)
        return float(distance_m(self.lon, self.lat, other.lon, other.lat))

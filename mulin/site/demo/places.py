"""The places of the demo: real division codes and names, invented estates, grids and buildings.

Coordinates lie near the real street; outlines are schematic, drawn for the demo and not surveyed.
"""

import math
import random
from datetime import date

from mulin.kernel import codes
from mulin.places.models import Division, Site

HOME = "500108002005"
NEIGHBOUR = "500108106003"
STREET = "500108002000"
TOWN = "500108106000"
DISTRICT = "500108000000"
CITY = "500100000000"
# One in the street and one in the town have many open cases: beside them the public board can show those of
# the home community without giving away the single ones of the others.
BUSY = ("500108002011", NEIGHBOUR)
SINCE = date(2023, 6, 30)

COMMUNITIES = {
    "500108002001": "南湖社区",
    "500108002002": "骑龙社区",
    "500108002003": "海峡路社区",
    "500108002004": "大石社区",
    "500108002005": "金堰社区",
    "500108002009": "明佳园社区",
    "500108002010": "古楼湾社区",
    "500108002011": "花园路社区",
    "500108002012": "金山路社区",
    "500108002013": "丹龙路社区",
    "500108002014": "金鹤社区",
    "500108106001": "百乐园社区",
    "500108106002": "桃花桥社区",
    "500108106003": "同景社区",
    "500108106004": "茶花社区",
    "500108106005": "创智路社区",
    "500108106006": "乐陶社区",
    "500108106007": "香溪社区",
}
UPPER = [
    ("500000000000", "重庆市", 2, "municipality", ""),
    (CITY, "重庆市", 4, "municipality", "500000000000"),
    (DISTRICT, "南岸区", 6, "district", CITY),
    (STREET, "花园路街道", 9, "street", DISTRICT),
    (TOWN, "长生桥镇", 9, "town", DISTRICT),
]
# Invented names: (estate, kind, buildings, households a building, has a property firm)
ESTATES = {
    HOME: [
        ("金堰苑", "estate", 8, 66, True),
        ("堰坎老院", "courtyard", 6, 28, False),
        ("丹桂里", "estate", 6, 88, True),
        ("原仪表厂宿舍", "courtyard", 4, 36, False),
    ],
    NEIGHBOUR: [("同景桐林", "estate", 5, 96, True), ("同景溪岸", "estate", 4, 90, True)],
}
OTHER_NAMES = ["和苑", "小区东区", "花园里", "老院"]
ORIGIN = {STREET: (106.5590, 29.5235), TOWN: (106.6420, 29.5110)}
CELL = (0.0105, 0.0082)  # degrees east and north of one community's cell, about 1 km by 0.9 km


def make() -> None:
    """Divisions, outlines, grids, estates and buildings. Idempotence is the caller's: it runs once."""
    rng = random.Random(20260301)
    for code, name, level, kind, parent in UPPER:
        _division(code, name, level, kind, parent)
    for street in (STREET, TOWN):
        mine = [c for c in COMMUNITIES if codes.street(c) == street]
        corner = _lattice(rng, ORIGIN[street], columns=4, rows=math.ceil(len(mine) / 4))
        for i, code in enumerate(mine):
            column, row = i % 4, i // 4
            ring = [
                corner[column, row],
                corner[column + 1, row],
                corner[column + 1, row + 1],
                corner[column, row + 1],
            ]
            _division(code, f"{COMMUNITIES[code]}居民委员会", 12, "residents", street, ring)
            _sites(rng, code, ring)


def _division(code, name, level, kind, parent, ring=None) -> None:
    Division.objects.create(
        code=code,
        name=name,
        short_name=COMMUNITIES.get(code, name),
        level=level,
        kind=kind,
        parent=parent,
        valid_from=SINCE,
        shape=_polygon(ring) if ring else None,
        phone="023-6280 0000" if level == 12 else "",
    )


def _polygon(ring) -> dict:
    points = [[round(x, 6), round(y, 6)] for x, y in ring]
    return {"type": "Polygon", "coordinates": [[*points, points[0]]]}


def _lattice(rng, origin, columns, rows) -> dict[tuple[int, int], tuple[float, float]]:
    """Corners of a bent chessboard: neighbours share corners, so no gap and no overlap."""
    return {
        (c, r): (
            origin[0] + (c - 2) * CELL[0] + rng.uniform(-0.16, 0.16) * CELL[0] + r * 0.0011,
            origin[1] - (r - 1) * CELL[1] + rng.uniform(-0.16, 0.16) * CELL[1],
        )
        for c in range(columns + 1)
        for r in range(rows + 1)
    }


def _inside(ring, u: float, v: float) -> tuple[float, float]:
    """The point of a four-cornered ring at shares u (east) and v (south)."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = ring
    top = (ax + (bx - ax) * u, ay + (by - ay) * u)
    bottom = (dx + (cx - dx) * u, dy + (cy - dy) * u)
    return top[0] + (bottom[0] - top[0]) * v, top[1] + (bottom[1] - top[1]) * v


def _sites(rng, community: str, ring) -> None:
    """Estates in the quarters of a community (or its halves), a grid around each."""
    estates = ESTATES.get(community) or [
        (COMMUNITIES[community].removesuffix("社区") + OTHER_NAMES[i], "estate", 4, 60, i == 0)
        for i in range(2)
    ]
    rows: list[Site] = []
    built = 0
    for i, (name, kind, buildings, households, _managed) in enumerate(estates):
        grid = f"{community}-G{i + 1:03d}"
        quarter = _quarter(ring, i, len(estates))
        rows.append(
            Site(
                code=grid,
                community=community,
                kind="grid",
                name=f"第{'一二三四五六'[i]}网格",
                households=buildings * households,
                shape=_polygon(quarter),
            )
        )
        estate = f"{community}-{'E' if kind == 'estate' else 'C'}{i + 1:02d}"
        lon, lat = _inside(quarter, 0.5, 0.5)
        holder = Site(code=estate, community=community, kind=kind, name=name, grid=grid, lon=lon, lat=lat)
        rows += [holder, *_buildings(rng, holder, quarter, buildings, households, built)]
        built += buildings
    Site.objects.bulk_create(rows)


def _quarter(ring, i: int, count: int) -> list[tuple[float, float]]:
    u0, u1 = (i % 2) / 2, (i % 2 + 1) / 2
    v0, v1 = (0.0, 1.0) if count <= 2 else ((i // 2) / 2, (i // 2 + 1) / 2)
    return [_inside(ring, u0, v0), _inside(ring, u1, v0), _inside(ring, u1, v1), _inside(ring, u0, v1)]


def _buildings(rng, estate: Site, quarter, count: int, households: int, built: int) -> list[Site]:
    """The buildings of an estate in rows of three; their numbers go on from `built`."""
    rows = []
    for b in range(count):
        lon, lat = _inside(quarter, 0.18 + 0.64 * ((b % 3) / 2), 0.2 + 0.6 * ((b // 3) / 2))
        rows.append(
            Site(
                code=f"{estate.community}-B{built + b + 1:03d}",
                community=estate.community,
                kind="building",
                name=f"{estate.name}{b + 1}栋",
                aliases=[f"{estate.name}{b + 1}号楼", f"{b + 1}栋"],
                grid=estate.grid,
                estate=estate.code,
                households=households,
                lon=lon + rng.uniform(-1, 1) * 2e-5,
                lat=lat + rng.uniform(-1, 1) * 2e-5,
            )
        )
    return rows

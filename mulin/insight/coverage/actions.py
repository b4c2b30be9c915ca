"""Storing the paths of a place, from which walking distances are worked out."""

import json
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from mulin.insight.coverage import paths, reading
from mulin.kernel import codes, journal
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.policy import require
from mulin.places.queries import get_place

STORE = "insight.circle:store_paths"
MOST_BYTES, MOST_LINES = 20_000_000, 60_000


def store_paths(*, actor: Actor, place: str, data: bytes) -> int:
    """Replace the known paths of a place (a division) by those of a GeoJSON file of LineStrings in degrees
    (WGS-84); everything but the lines is dropped. Returns how many lines there are.

    Who: insight.circle:store_paths there. Raises NotVisible for an unknown place; no-file, too-large,
    unreadable.
    """
    found = get_place(place)
    require(actor, STORE, found.code)
    if "-" in found.code or codes.level(found.code) < codes.Level.DISTRICT:
        raise ActionError(
            "no-place", _("路网按社区、街道或区县存放，请选其中一个。"), field="place", status=422
        )
    lines = _lines(data)
    text = json.dumps(
        {"type": "Feature", "properties": {}, "geometry": {"type": "MultiLineString", "coordinates": lines}}
    )
    with write():
        name = f"{reading.FOLDER}/{found.code}.geojson"
        journal.record("insight.paths.stored", actor=actor, place=found.code, data={"n": len(lines)})
        default_storage.delete(name)
        default_storage.save(name, ContentFile(text.encode()))
    return len(lines)


def drop_paths(*, actor: Actor, place: str) -> None:
    """Take the paths of a place away: distances are then worked out from straight lines. Who:
    insight.circle:store_paths. Raises no-paths."""
    found = get_place(place)
    require(actor, STORE, found.code)
    name = f"{reading.FOLDER}/{found.code}.geojson"
    with write():
        if not default_storage.exists(name):
            raise ActionError("no-paths", _("这里没有存路网。"))
        journal.record("insight.paths.dropped", actor=actor, place=found.code)
        default_storage.delete(name)


def _lines(data: bytes) -> list[Any]:
    if not data:
        raise ActionError("no-file", _("请选一个文件。"), field="file", status=422)
    if len(data) > MOST_BYTES:
        raise ActionError("too-large", _("文件太大，请按街道分开存。"), field="file", status=422)
    try:
        lines = paths.lines_of(json.loads(data))
    except (ValueError, AttributeError) as error:
        said = _("路网读不出来：%(why)s。请用 WGS-84 经纬度的 GeoJSON 线。") % {"why": error}
        raise ActionError("unreadable", said, field="file", status=422) from error
    if len(lines) > MOST_LINES:
        raise ActionError("too-large", _("文件太大，请按街道分开存。"), field="file", status=422)
    return [[[round(x, 6), round(y, 6)] for x, y in line] for line in lines]

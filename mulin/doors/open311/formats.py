"""GeoReport v2 documents as XML and as JSON from one value. Pure, no Django.

XML: no namespace, a root, plural containers around singular items. JSON is the same without the root:
a container becomes a bare array, an empty element null.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}

# container -> the name of one item in it
ITEMS = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
}
# What XML 1.0 cannot hold, even escaped.
_ILLEGAL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def moment(value: datetime | None) -> str | None:
    """W3C date and time with its zone, to the second."""
    return value.isoformat(timespec="seconds") if value else None


def render(form: str, root: str, value: Any) -> bytes:
    """The document `root` as `xml` or `json`, in UTF-8."""
    if form == "json":
        return json.dumps(_plain(value), ensure_ascii=False).encode("utf-8", "replace")
    parts = ['<?xml version="1.0" encoding="utf-8"?>\n']
    _element(parts, root, value)
    return "".join(parts).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return None if value == "" else value


def _element(parts: list[str], name: str, value: Any) -> None:
    if value is None or value == "" or value == []:
        parts.append(f"<{name}/>")
        return
    parts.append(f"<{name}>")
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _element(parts, key, inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _element(parts, ITEMS[name], inner)
    elif isinstance(value, bool):
        parts.append("true" if value else "false")
    else:
        parts.append(escape(_ILLEGAL.sub("", str(value))))
    parts.append(f"</{name}>")

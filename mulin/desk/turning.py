"""Turning the pages of a keyset list both ways. Cursors lead forward only, so the address remembers the few
that were passed: `trail`. Beyond those the way back is the first page."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

MOST = 8
GAP = "~"


@dataclass(frozen=True, slots=True)
class Turning:
    """Addresses (query strings) of the page before, the next and the first one; empty where there is none."""

    newer: str = ""
    older: str = ""
    first: str = ""


def turning(get: QueryDict, query: str, following: str | None) -> Turning:
    """For a page asked for with `get`, whose filters alone are `query`, with the cursor of the next page."""
    cursor = get.get("cursor", "")
    trail = [one for one in get.get("trail", "").split(GAP) if one][-MOST:] if cursor else []
    older = ""
    if following:
        passed = [*trail, cursor][-MOST:] if cursor else []
        older = _query(query, cursor=following, trail=GAP.join(passed))
    if not cursor:
        return Turning(older=older)
    before = _query(query, cursor=trail[-1], trail=GAP.join(trail[:-1])) if trail else _query(query)
    return Turning(newer=before, older=older, first=_query(query) if trail else "")


def _query(query: str, **more: str) -> str:
    rest = urlencode({name: value for name, value in more.items() if value})
    return "?" + "&".join(part for part in (query, rest) if part)

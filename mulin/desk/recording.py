"""Many voices at once: from a meeting in the courtyard or a building's chat. Each is a voice of its own, so
that one bad row never takes the others with it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from mulin.kernel import secrets
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError
from mulin.kernel.ids import new_id
from mulin.kernel.links import address
from mulin.voices.actions import Receipt, submit_voice

KEPT = 60
SESSION = "desk.receipts"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that somebody said. `key` makes sending it again harmless; `error`: why it was not taken."""

    key: str
    text: str = ""
    kind: str = ""
    contact: str = ""
    happened_at: datetime | None = None
    sender: str = ""
    is_ticked: bool = True
    error: str = ""


def new_key() -> str:
    return str(new_id())


def record_rows(
    actor: Actor, rows: Iterable[Row], *, place: str, channel: str, building: str = ""
) -> tuple[list[Receipt], list[Row]]:
    """Submit every row by itself: the receipts of those that were taken, the others with the reason."""
    taken: list[Receipt] = []
    left: list[Row] = []
    for row in rows:
        try:
            taken.append(
                submit_voice(
                    actor=actor, text=row.text, place=place, kind=row.kind, channel=channel,
                    building=building, contact=row.contact, happened_at=row.happened_at,
                    entered_for=True, idempotency=row.key,
                )
            )  # fmt: skip
        except ActionError as error:
            if error.status == 403:
                raise
            left.append(replace(row, error=str(error.message)))
    return taken, left


def keep_receipts(request: HttpRequest, receipts: Iterable[Receipt]) -> list[str]:
    """Keep the secrets, sealed, for printing in this session; returns the numbers."""
    kept: dict[str, str] = dict(request.session.get(SESSION, {}))
    numbers = []
    for one in receipts:
        kept[one.voice.number] = secrets.seal(one.secret)
        numbers.append(one.voice.number)
    request.session[SESSION] = dict(list(kept.items())[-KEPT:])
    return numbers


def receipt_link(request: HttpRequest, number: str) -> str:
    """The secret link of a receipt that was made in this session; empty when it is no longer here."""
    sealed = request.session.get(SESSION, {}).get(number, "")
    if not sealed:
        return ""
    secret = secrets.unseal(sealed)
    path = address("portal:receipt", secret, otherwise=f"/r/{secret}")
    base = settings.MULIN_BASE_URL.rstrip("/")
    return f"{base}{path}" if base else request.build_absolute_uri(path)


def qr_code(link: str) -> str:
    """The link as an SVG that a telephone reads."""
    import segno

    drawing: Any = segno.make(link, error="m")
    return drawing.svg_inline(omitsize=True, border=0)

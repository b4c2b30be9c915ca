"""Receipts in this browser: which voices its holder may follow without an account.

A receipt is opened by its secret link, by its number with the code printed on it, or because this browser
sent it. The cookie holds ids of voices and is signed, so it can be shown but not made up. What this browser
sent is kept; what was only opened is forgotten when the browser is closed, since it may be anybody's.
"""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from mulin.kernel import secrets
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.voices.receipts import code_of, is_code, show_code

KEPT, OPENED, DEVICE = "mulin_receipts", "mulin_opened", "mulin_device"
SALT = "portal.receipts"
MOST = 20
KEPT_SECONDS = 180 * 24 * 3600
YEAR = 365 * 24 * 3600

__all__ = [
    "acting", "code_of", "device", "device_hash", "forget", "held", "is_code", "kept", "mark_device",
    "remember", "show_code",
]  # fmt: skip


def _read(request: HttpRequest, cookie: str) -> list[UUID]:
    try:
        return [UUID(one) for one in signing.loads(request.COOKIES.get(cookie, ""), salt=SALT)][:MOST]
    except (signing.BadSignature, TypeError, ValueError):
        return []


def kept(request: HttpRequest) -> list[UUID]:
    """The voices that this browser remembers, latest first."""
    return _read(request, KEPT)


def held(request: HttpRequest) -> list[UUID]:
    """The voices whose receipts this browser holds now, remembered ones and ones just opened."""
    return list(dict.fromkeys([*_read(request, KEPT), *_read(request, OPENED)]))


def acting(request: HttpRequest) -> Actor:
    """Who asks, with the receipts in this browser."""
    actor = actor_of(request)
    for voice in held(request):
        actor = actor.with_receipt(voice)
    return actor


def _write(response: HttpResponse, cookie: str, voices: list[UUID], seconds: int | None) -> None:
    value = signing.dumps([one.hex for one in voices[:MOST]], salt=SALT, compress=True)
    response.set_cookie(
        cookie, value, max_age=seconds, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def remember(request: HttpRequest, response: HttpResponse, voice: UUID, *, keep: bool) -> None:
    """Hold the receipt of a voice in this browser: for half a year, or until the browser is closed."""
    cookie, seconds = (KEPT, KEPT_SECONDS) if keep else (OPENED, None)
    there = _read(request, cookie)
    if not keep and voice in held(request):
        return
    _write(response, cookie, [voice, *(one for one in there if one != voice)], seconds)


def forget(request: HttpRequest, response: HttpResponse, voice: UUID | None = None) -> None:
    """Forget one receipt in this browser, or all of them. The voices stay."""
    for cookie, seconds in ((KEPT, KEPT_SECONDS), (OPENED, None)):
        left = [one for one in _read(request, cookie) if voice is not None and one != voice]
        if left:
            _write(response, cookie, left, seconds)
        else:
            response.delete_cookie(cookie, samesite="Lax")


def device(request: HttpRequest) -> str:
    """The mark by which one browser without an account counts once; empty when it has none yet."""
    found = request.COOKIES.get(DEVICE, "")
    return found if 16 <= len(found) <= 64 else ""


def mark_device(response: HttpResponse, mark: str) -> None:
    response.set_cookie(
        DEVICE, mark, max_age=YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def device_hash(request: HttpRequest) -> str:
    """How the mark is stored, for finding one's own 我也遇到 again."""
    return secrets.fingerprint(device(request), "device")

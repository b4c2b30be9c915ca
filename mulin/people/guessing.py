"""How often a password or a code may be tried, so that guessing does not pay and nobody can be locked out.

Whoever knows somebody's log-in name could otherwise keep them out by trying wrong passwords. So tries are
counted for a name together with where they come from: the address, or a device on which this very person has
logged in before. Over all strange devices together a name has many tries an hour, and after that one a
minute: slower, never closed. A device that is known has its own count and is not slowed by strangers.
"""

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from mulin.kernel import secrets, throttle
from mulin.kernel.errors import ActionError

COOKIE = "mulin_device"
SALT = "mulin.people.device"
AGE_SECONDS = 180 * 86400
MOST_PEOPLE = 8

TRIES, TRIES_SECONDS = 10, 900  # of one name from one address or known device
STRANGE_TRIES, HOUR = 60, 3600  # of one name from all strange devices together
PACE_SECONDS = 60  # after that: one try in so many seconds
CODES = 6  # text messages to one number an hour, from one address or known device
STRANGE_CODES = 15  # and from all strange devices together


def _mark(account: Any) -> str:
    return secrets.fingerprint(str(account), "device")[:22]


def _read(request: HttpRequest) -> dict[str, Any]:
    """The name of this device and the marks of who has logged in on it; empty when there is none."""
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=AGE_SECONDS)
    except signing.BadSignature:
        return {}
    return kept if isinstance(kept, dict) else {}


def device_of(request: HttpRequest, account: Any) -> str:
    """The name of this device, if this account has logged in on it; else empty."""
    kept = _read(request)
    return kept["name"] if account and _mark(account) in kept.get("who", ()) else ""


def remember(request: HttpRequest, response: HttpResponse, account: Any) -> None:
    """Make this device known to the account, after all steps of a log-in."""
    kept, mark = _read(request), _mark(account)
    who = [mark, *(other for other in kept.get("who", ()) if other != mark)][:MOST_PEOPLE]
    value = signing.dumps({"name": kept.get("name") or secrets.new_secret(), "who": who}, salt=SALT)
    response.set_cookie(
        COOKIE,
        value,
        max_age=AGE_SECONDS,
        path="/account/",
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def count_password(request: HttpRequest, who: str, account: Any) -> None:
    """Count one more try of a password for a name; ActionError (429) when it has to wait."""
    device = device_of(request, account)
    here = f"{who} {device or throttle.caller(request)}"
    throttle.check("log-in", here, limit=TRIES, seconds=TRIES_SECONDS)
    if device or throttle.used("log-in-strange", who, seconds=HOUR) <= STRANGE_TRIES:
        return
    if throttle.used("log-in-pace", who, seconds=PACE_SECONDS) > 1:
        text = _("这个账户刚才被试了很多次。请过一分钟再试，或用短信验证码登录；以前登录过的设备不受影响。")
        raise ActionError("too-often", text, status=429)


def count_code(request: HttpRequest, phone: str, account: Any) -> None:
    """Count one more text message to a number; ActionError (429) when it has to wait."""
    device = device_of(request, account)
    throttle.check("sms", f"{phone} {device or throttle.caller(request)}", limit=CODES, seconds=HOUR)
    if not device:
        throttle.check("sms-strange", phone, limit=STRANGE_CODES, seconds=HOUR)
    throttle.check("sms-from", throttle.caller(request), limit=10 * CODES, seconds=HOUR)

"""How often a password or a code may be tried, so that guessing does not pay and few can lock nobody out.

Whoever knows somebody's log-in name could otherwise keep them out by trying wrong passwords. So tries are
counted for a name together with where they come from: the address, or a device on which this very person has
logged in before. Strange devices have many tries of a name an hour between them; after that each network has
its own small share, so that a few networks take nothing from the owner's, and all of them together have an
end. A known device has its own count and no part in this. What follows from it, and what does not:
docs/threat-model.md.
"""

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from mulin.kernel import rulebook, secrets, throttle
from mulin.kernel.errors import ActionError

COOKIE = "mulin_known_device"  # `mulin_device` counts browsers without an account, see portal.receipts
SALT = "mulin.people.device"
AGE_SECONDS = 180 * 86400
MOST_PEOPLE = 8

TRIES, TRIES_SECONDS = 10, 900  # of one name from one address or known device
STRANGE_TRIES, HOUR = 60, 3600  # of one name from all strange devices together, before networks share out
PACE_SECONDS = 60  # after that, a network has one try in so many seconds,
BLOCK_TRIES = 12  # so many an hour,
MOST_TRIES = 600  # and all networks together so many an hour
CODES = 6  # text messages to one number an hour, from one address or known device
STRANGE_CODES = 15  # from all strange devices together, before networks share out
BLOCK_CODES = 2  # after that, to a network that had fewer this hour,
MOST_CODES = 25  # and to all networks together so many more
CODES_RULE = "people.codes.per_hour"  # from one address to strange devices, whatever the number


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
    block = f"{who} {throttle.block(request)}"
    if throttle.used("log-in-pace", block, seconds=PACE_SECONDS) > 1:
        raise _wait(
            _("这个账户刚才被试了很多次。请过一分钟再试，或用短信验证码登录；以前登录过的设备不受影响。")
        )
    # In this order: what its own network refuses is not taken from the share of all.
    if throttle.used("log-in-block", block, seconds=HOUR) > BLOCK_TRIES or (
        throttle.used("log-in-most", who, seconds=HOUR) > MOST_TRIES
    ):
        raise _wait(
            _("这个账户这一小时被试得太多了。请过一小时再试，或用短信验证码登录；以前登录过的设备不受影响。")
        )


def count_code(request: HttpRequest, phone: str, account: Any) -> None:
    """Count one more text message to a number; ActionError (429) when it has to wait."""
    device = device_of(request, account)
    throttle.check("sms", f"{phone} {device or throttle.caller(request)}", limit=CODES, seconds=HOUR)
    if device:
        return
    most = rulebook.value(CODES_RULE, at=settings.MULIN_SITE_PLACE)
    throttle.check("sms-from", throttle.caller(request), limit=int(most), seconds=HOUR)
    had = throttle.used("sms-block", f"{phone} {throttle.block(request)}", seconds=HOUR)
    if throttle.used("sms-strange", phone, seconds=HOUR) <= STRANGE_CODES:
        return
    if had > BLOCK_CODES or throttle.used("sms-most", phone, seconds=HOUR) > MOST_CODES:
        raise _wait(
            _("这个号码这一小时收到的短信太多了。请过一小时再试，或用密码登录；以前登录过的设备不受影响。")
        )


def _wait(text: str) -> ActionError:
    return ActionError("too-often", text, status=429)

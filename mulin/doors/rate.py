"""How many voices a token may send: counted in memory by each server process.

A write for each voice only to count it would double the waits of a busy door. The limit stops a program
that ran away; several processes let through as many times more.
"""

import hashlib
import time
from threading import Lock

from django.conf import settings
from django.utils.translation import gettext as _

from mulin.kernel import rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError

COUNTRY = "000000000000"
_MOST_TOKENS = 10_000
_used: dict[str, tuple[int, int]] = {}
_lock = Lock()


def check_rate(actor: Actor, token: str) -> None:
    """Count one more voice of this token; ActionError (429) past the limit of `doors.throttle.voices`."""
    if not settings.MULIN_THROTTLE:
        return
    rule = rulebook.value("doors.throttle.voices", at=COUNTRY, staff=actor.is_staff)
    if _count(token, int(rule["seconds"])) > int(rule["limit"]):
        raise ActionError(
            "too-often", _("这个令牌提交得太频繁了。请过一会儿再发；没收下的请重发。"), status=429
        )


def _count(token: str, seconds: int) -> int:
    key = hashlib.sha256(token.encode()).hexdigest()
    window = int(time.time()) // seconds
    with _lock:
        if len(_used) > _MOST_TOKENS:
            _used.clear()
        began, n = _used.get(key, (window, 0))
        n = n + 1 if began == window else 1
        _used[key] = (window, n)
    return n


def forget() -> None:
    """Start counting anew: between tests."""
    _used.clear()

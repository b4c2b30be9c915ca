"""How many voices a token may send, and how much an address may read: counted in memory by each process.

A write for each voice only to count it would double the waits of a busy door, and a read must not write at
all. The limits stop a program that ran away; several processes let through as many times more. Kept is a
hash that means nothing after a restart, and only for its window.
"""

import hashlib
import os
import time
from threading import Lock

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from mulin.kernel import rulebook, throttle
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError

COUNTRY = "000000000000"
_MOST_CALLERS = 10_000
_SALT = os.urandom(16)
_used: dict[str, tuple[int, int]] = {}
_lock = Lock()


def check_rate(actor: Actor, token: str) -> None:
    """Count one more voice of this token; ActionError (429) past the limit of `doors.throttle.voices`."""
    if not settings.MULIN_THROTTLE:
        return
    rule = rulebook.value("doors.throttle.voices", at=COUNTRY, staff=actor.is_staff)
    if _count(f"voices:{token}", int(rule["seconds"])) > int(rule["limit"]):
        raise ActionError(
            "too-often", _("这个令牌提交得太频繁了。请过一会儿再发；没收下的请重发。"), status=429
        )


def check_reads(request: HttpRequest, n: int = 1) -> None:
    """Count `n` more things that this address reads; ActionError (429) past `doors.throttle.reads`."""
    who = throttle.caller(request)
    if not settings.MULIN_THROTTLE or not who:
        return
    rule = rulebook.value("doors.throttle.reads", at=COUNTRY)
    if _count(f"reads:{who}", int(rule["seconds"]), n) > int(rule["limit"]):
        raise ActionError("too-often", _("读得太频繁了。请过一会儿再读。"), status=429)


def _count(who: str, seconds: int, more: int = 1) -> int:
    key = hashlib.sha256(_SALT + who.encode()).hexdigest()
    window = int(time.time()) // seconds
    with _lock:
        if len(_used) > _MOST_CALLERS:
            _make_room()
        began, n = _used.get(key, (window, 0))
        n = n + more if began == window else more
        _used[key] = (window, n)
    return n


def _make_room() -> None:
    """Forget the half that asked least: whoever comes with many addresses must not wipe out the count of
    the one that asks too much."""
    kept = sorted(_used.items(), key=lambda item: item[1][1], reverse=True)[: _MOST_CALLERS // 2]
    _used.clear()
    _used.update(kept)


def forget() -> None:
    """Start counting anew: between tests."""
    _used.clear()

"""Limits on how often one caller may do a thing. Keeps a keyed hash of the caller for one window only."""

import time

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from mulin.kernel.errors import ActionError
from mulin.kernel.secrets import fingerprint

_UPSERT = """
INSERT INTO kernel_throttle (key, "window", n) VALUES (%s, %s, 1)
ON CONFLICT (key) DO UPDATE SET
    n = CASE WHEN kernel_throttle."window" = excluded."window" THEN kernel_throttle.n + 1 ELSE 1 END,
    "window" = excluded."window"
RETURNING n
"""


def caller(request) -> str:
    """The address of the client, behind as many proxies as the settings say to trust."""
    hops = settings.MULIN_TRUSTED_PROXIES
    forwarded = [h.strip() for h in request.headers.get("X-Forwarded-For", "").split(",") if h.strip()]
    if hops and len(forwarded) >= hops:
        return forwarded[-hops]
    return request.META.get("REMOTE_ADDR", "")


def used(what: str, who: str, *, seconds: int) -> int:
    """Count one more, and say how many there were in this window; 0 where nothing is counted."""
    if not settings.MULIN_THROTTLE or not who:
        return 0
    # A window is known by the second at which it ends: so the sweeper needs to know no lengths.
    window = (int(time.time()) // seconds + 1) * seconds
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, [fingerprint(f"{what}:{who}", "throttle"), window])
        return cursor.fetchone()[0]


def check(what: str, who: str, *, limit: int, seconds: int) -> None:
    """Count one more; raise ActionError (429) when the window's limit is passed."""
    if used(what, who, seconds=seconds) > limit:
        raise ActionError(
            "too-often",
            _("刚才提交得太频繁了。您写的内容还在，请过几分钟再试；急事请直接拨打电话。"),
            status=429,
        )


def sweep() -> None:
    """Forget windows that are over."""
    with connection.cursor() as cursor:
        cursor.execute('DELETE FROM kernel_throttle WHERE "window" <= %s', [int(time.time())])

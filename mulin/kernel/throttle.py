"""Limits on how often one caller may do a thing. Keeps a keyed hash of the caller for one window only."""

import ipaddress
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
    """Who asks: the IPv4 address, or the /64 of an IPv6 one, for one customer has all addresses of a /64."""
    return _network(_address(request), {4: 32, 6: 64})


def block(request) -> str:
    """The network around the caller, as much as one customer easily gets: an IPv4 /24, an IPv6 /48 (which
    tunnels and server hosts give away whole)."""
    return _network(_address(request), {4: 24, 6: 48})


def _network(address: str, bits: dict[int, int]) -> str:
    """The first address of the network of so many bits; what is no address stays as it is."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ipaddress.ip_network((ip, bits[ip.version]), strict=False).network_address)


def _address(request) -> str:
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

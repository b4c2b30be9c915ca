"""Signature of what a webhook sends: `Mulin-Signature: t=SECONDS,v1=HEX`. Pure, no Django.

HEX is HMAC-SHA-256 over the seconds, a full stop and the bytes of the body, so that neither can be
changed and an old message cannot be sent again later.
"""

import hashlib
import hmac

HEADER = "Mulin-Signature"
TOLERANCE_SECONDS = 300


def sign(secret: str, seconds: int, body: bytes) -> str:
    """The value of the header for a body sent at a moment (seconds since 1970)."""
    return f"t={seconds},v1={_digest(secret, seconds, body)}"


def verify(secret: str, header: str, body: bytes, *, now: int, tolerance: int = TOLERANCE_SECONDS) -> bool:
    """Whether the header fits the body and is not older (or newer) than `tolerance` seconds."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    if not parts.get("t", "").isdecimal() or abs(now - int(parts["t"])) > tolerance:
        return False
    return hmac.compare_digest(parts.get("v1", ""), _digest(secret, int(parts["t"]), body))


def _digest(secret: str, seconds: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()

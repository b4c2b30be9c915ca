"""The code on the slip round a batch of papers: what the first person typed can be read with it alone. Pure.

It is shown once, to the first person, who writes it on the slip; the second person types it in with the
papers. The server keeps what was typed under a key that is worked out from the code (scrypt, AES-256-GCM),
and not the code.
"""

from __future__ import annotations

import os
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

# Without letters and digits that one takes for another when reading a hand.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 12
SALT = 16


class SlipError(ValueError):
    """The code is not that of this batch."""


def new_code() -> str:
    """59 bits: too many to try at the price of a scrypt each."""
    return "".join(secrets.choice(ALPHABET) for _n in range(LENGTH))


def seal(code: str, plain: bytes, room: int) -> bytes:
    """Filled up to `room`, so that the length does not tell what was typed."""
    if len(plain) > room:
        raise ValueError(f"{len(plain)} bytes do not fit into {room}")
    salt = os.urandom(SALT)
    padded = plain + b" " * (room - len(plain))
    # The salt is new every time, so the key serves once and its number used once may be the same for all.
    return salt + AESGCM(_key(code, salt)).encrypt(bytes(12), padded, None)


def unseal(code: str, sealed: bytes) -> bytes:
    """What was sealed, with the blanks behind it. Raises SlipError."""
    try:
        return AESGCM(_key(code, sealed[:SALT])).decrypt(bytes(12), sealed[SALT:], None)
    except InvalidTag as error:
        raise SlipError("another code") from error


def _key(code: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**14, r=8, p=1).derive(code.encode())

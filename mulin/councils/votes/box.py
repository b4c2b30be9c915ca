"""The ballot box of a secret vote: papers that only all officers together can open. Pure.

Each officer has a key pair (X25519). A paper is encrypted once, with AES-256-GCM, to a key that is worked
out from one fresh key pair and the public keys of all officers; every one of the private keys is needed to
work it out again. All papers of one vote have the same length, so that none shows by its size what it says.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEY = 32
OVERHEAD = KEY + 2 + 16  # the fresh public key, the length of the paper, the tag
STEP = 64
_INFO = b"mulin-vote/1"
_WRITTEN = re.compile(r"mulin-key-([A-Za-z0-9_-]{43})-([0-9a-f]{8})")


class BoxError(ValueError):
    """A key that is none, a paper that does not fit, or one that these keys do not open."""


def new_key() -> tuple[bytes, bytes]:
    """A private key and its public key."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), _public(private)


def public_of(private: bytes) -> bytes:
    return _public(_private(private))


def written(private: bytes) -> str:
    """The private key as an officer keeps it: one line, with a check so that a slip of the hand is found."""
    body = base64.urlsafe_b64encode(private).decode().rstrip("=")
    return f"mulin-key-{body}-{_check(private)}"


def read(text: str) -> bytes:
    """The private key in what an officer hands in: the line alone, or the file around it."""
    found = _WRITTEN.search(text)
    if not found:
        raise BoxError("no key")
    private = base64.urlsafe_b64decode(found[1] + "=")
    if _check(private) != found[2]:
        raise BoxError("a letter of the key is wrong")
    return private


def room_for(longest: int) -> int:
    """The length to which every paper of a vote is filled up, when the longest has so many bytes."""
    return -(-longest // STEP) * STEP


def seal(publics: Sequence[bytes], paper: bytes, room: int) -> bytes:
    """Encrypt a paper to all officers; `OVERHEAD + room` bytes, whatever it says."""
    if len(paper) > room or room > 0xFFFF:
        raise BoxError(f"a paper of {len(paper)} bytes does not fit into {room}")
    fresh = X25519PrivateKey.generate()
    head = _public(fresh)
    shared = [fresh.exchange(X25519PublicKey.from_public_bytes(one)) for one in publics]
    plain = len(paper).to_bytes(2, "big") + paper + bytes(room - len(paper))
    # A key serves for one paper only, so that its number used once may be the same for all.
    return head + AESGCM(_derived(shared, head, publics)).encrypt(bytes(12), plain, None)


def opener(privates: Sequence[bytes]) -> Callable[[bytes], bytes]:
    """What opens papers with the private keys of all officers, in the order in which they sealed them. The
    keys are read once: with ten thousand papers that is half of the work."""
    keys = [_private(one) for one in privates]
    publics = [_public(one) for one in keys]

    def open_one(sealed: bytes) -> bytes:
        head = sealed[:KEY]
        try:
            fresh = X25519PublicKey.from_public_bytes(head)
            shared = [one.exchange(fresh) for one in keys]
            plain = AESGCM(_derived(shared, head, publics)).decrypt(bytes(12), sealed[KEY:], None)
        except (InvalidTag, ValueError) as error:
            raise BoxError("these keys do not open this paper") from error
        return plain[2 : 2 + int.from_bytes(plain[:2], "big")]

    return open_one


def unseal(privates: Sequence[bytes], sealed: bytes) -> bytes:
    """One paper; needs the private keys of all officers."""
    return opener(privates)(sealed)


def empty_slot(room: int) -> bytes:
    """What stands in a place of the box that no paper is in: as long as a paper, and opened by no key."""
    return os.urandom(OVERHEAD + room)


def _derived(shared: Sequence[bytes], head: bytes, publics: Sequence[bytes]) -> bytes:
    if not shared:
        raise BoxError("a box has at least one key")
    info = b"".join((_INFO, head, *publics))
    return HKDF(hashes.SHA256(), 32, None, info).derive(b"".join(shared))


def _private(raw: bytes) -> X25519PrivateKey:
    if len(raw) != KEY:
        raise BoxError("a key has 32 bytes")
    return X25519PrivateKey.from_private_bytes(raw)


def _public(private: X25519PrivateKey) -> bytes:
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def _check(private: bytes) -> str:
    return hashlib.sha256(_INFO + private).hexdigest()[:8]

"""Identity and telephone numbers: encrypted for reading, hashed for lookup, four digits for show.

AES-256-GCM and HMAC-SHA-256, or SM4-GCM and HMAC-SM3 when the national suite is on. Every value says
which suite made it, so a change of suite needs no rewriting at once.
"""

import base64
import hashlib
import hmac
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

INTERNATIONAL, NATIONAL = "a1", "s1"


@cache
def _key(purpose: str, length: int, master: str) -> bytes:
    return HKDF(hashes.SHA256(), length, None, purpose.encode()).derive(master.encode())


def _master() -> str:
    return settings.MULIN_DATA_KEY


def seal(plain: str) -> str:
    """Encrypt a short text. An empty text stays empty."""
    if not plain:
        return ""
    nonce = os.urandom(12)
    if settings.MULIN_NATIONAL_SUITE:
        encryptor = Cipher(algorithms.SM4(_key("sm4", 16, _master())), modes.GCM(nonce)).encryptor()
        body = encryptor.update(plain.encode()) + encryptor.finalize() + encryptor.tag
        suite = NATIONAL
    else:
        body = AESGCM(_key("aes", 32, _master())).encrypt(nonce, plain.encode(), None)
        suite = INTERNATIONAL
    return f"{suite}.{base64.urlsafe_b64encode(nonce + body).decode()}"


def unseal(sealed: str) -> str:
    """Decrypt. Raises ValueError when the key is another one or the text was changed.

    Callers are actions that checked a permission, recorded a purpose and wrote a journal line.
    """
    if not sealed:
        return ""
    suite, _, text = sealed.partition(".")
    raw = base64.urlsafe_b64decode(text)
    nonce, body = raw[:12], raw[12:]
    try:
        if suite == NATIONAL:
            tag = body[-16:]
            decryptor = Cipher(algorithms.SM4(_key("sm4", 16, _master())), modes.GCM(nonce, tag)).decryptor()
            return (decryptor.update(body[:-16]) + decryptor.finalize()).decode()
        return AESGCM(_key("aes", 32, _master())).decrypt(nonce, body, None).decode()
    except InvalidTag as error:
        raise ValueError("this value was encrypted with another key or was changed") from error


def fingerprint(plain: str, purpose: str) -> str:
    """A keyed hash for looking a value up without decrypting; different purposes do not match."""
    if not plain:
        return ""
    key = _key(f"hash:{purpose}", 32, _master())
    if settings.MULIN_NATIONAL_SUITE:
        mac = HMAC(key, hashes.SM3())
        mac.update(plain.encode())
        return mac.finalize().hex()
    return hmac.new(key, plain.encode(), hashlib.sha256).hexdigest()


def last_four(plain: str) -> str:
    return plain[-4:] if len(plain) >= 7 else ""


def new_secret() -> str:
    """A link or token that cannot be guessed: 132 bits, safe in a URL."""
    return base64.urlsafe_b64encode(os.urandom(17)).decode().rstrip("=")[:22]

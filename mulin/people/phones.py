"""Telephone numbers: one way to write them, whatever a person typed."""

import re
import unicodedata

import phonenumbers

REGION = "CN"
# Five digits for a hotline, twenty for a number abroad; an extension after 转, ext or x.
_DIALLED = re.compile(r"\+?\d{5,20}((转|ext|x)\d{1,6})?", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s\-–—()./]")


def normalise(text: str) -> str:
    """`138 0013 8000`, `０１３…` or `+86138…` as `+8613800138000` (E.164). Raises ValueError."""
    plain = unicodedata.normalize("NFKC", text or "").strip()
    try:
        number = phonenumbers.parse(plain, REGION)
    except phonenumbers.NumberParseException as error:
        raise ValueError("not a telephone number") from error
    if not phonenumbers.is_valid_number(number):
        raise ValueError("not a telephone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def masked(phone: str) -> str:
    """`+8613800138000` as `138****8000`: enough for the owner to know which one it is."""
    national = phone.removeprefix("+86")
    return f"{national[:3]}****{national[-4:]}" if len(national) >= 9 else "****"


def can_be_dialled(text: str) -> bool:
    """Whether somebody can be called at what was typed: a number of any country, a landline with extension or
    a hotline, however it is spaced. Wider than `normalise`, which is for numbers that get codes."""
    return bool(_DIALLED.fullmatch(_BETWEEN.sub("", unicodedata.normalize("NFKC", text))))

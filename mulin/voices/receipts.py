"""The short code printed beside a number on a receipt: number and code together open it where the secret link
is not at hand. Every shell that hands out receipts prints the same code."""

from django.utils.crypto import constant_time_compare

from mulin.kernel import secrets

# No 0, O, 1 and I: the code is read out over the telephone.
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_LENGTH = 8
_GROUP = 4


def code_of(number: str) -> str:
    """40 bits that follow from the number and this instance's key, so nothing more is stored."""
    left = int(secrets.fingerprint(number, "receipt-code")[:10], 16)
    letters = []
    for _place in range(CODE_LENGTH):
        left, index = divmod(left, len(LETTERS))
        letters.append(LETTERS[index])
    return "".join(letters)


def show_code(code: str) -> str:
    """`CJKSK2AK` as `CJKS K2AK`: two groups are easier to read out and to copy by hand."""
    return " ".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def is_code(number: str, given: str) -> bool:
    """Whether somebody gave the code of this number; spaces, hyphens and small letters do not matter."""
    clean = "".join(given.upper().split()).replace("-", "")
    return constant_time_compare(clean, code_of(number))

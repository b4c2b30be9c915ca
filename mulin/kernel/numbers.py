"""Short numbers that can be read out over the telephone: ten digits, the last a check digit."""

import secrets

from stdnum import luhn


def new_number() -> str:
    """Nine random digits and a check digit. Random, so that no sequence spans districts and nobody can
    guess how many voices there were; a collision is refused by the database and drawn again."""
    body = f"{secrets.randbelow(900_000_000) + 100_000_000}"
    return body + luhn.calc_check_digit(body)


def clean_number(text: str) -> str:
    """What a person typed or read out, without spaces and hyphens; full-width digits become plain ones."""
    return "".join(str(int(c)) for c in text if c.isdecimal())


def is_number(text: str) -> bool:
    return len(text) == 10 and text.isascii() and text.isdigit() and luhn.is_valid(text)


def show_number(number: str) -> str:
    """`4821093755` as `482 109 3755`."""
    return f"{number[:3]} {number[3:6]} {number[6:]}" if len(number) == 10 else number

"""Texts that records and packs hold in both languages."""

from django.utils.translation import get_language


def is_english() -> bool:
    """Whether the page that is being made is an English one."""
    return (get_language() or "").startswith("en")


def either(zh: str, en: str) -> str:
    """The text in the language of the page; Chinese where there is no English."""
    return en if en and is_english() else zh

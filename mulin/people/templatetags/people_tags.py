"""Small things that the pages about people need."""

from django import template

from mulin.people import phones

register = template.Library()


@register.filter
def masked(phone: str) -> str:
    """A telephone number as its owner recognises it, without showing it to who looks over the shoulder."""
    return phones.masked(phone or "")


@register.filter
def grouped(code: str) -> str:
    """An invitation code in two groups of four, easier to read from paper."""
    return f"{code[:4]}-{code[4:]}"

"""Addresses of pages that may not be there: a house can be built without some of its modules."""

from django.urls import NoReverseMatch, reverse


def address(name: str, *args: object, otherwise: str = "") -> str:
    """The address of a page by name; `otherwise` where no installed module has it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return otherwise

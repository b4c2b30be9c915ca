"""Saying what was done with the way to take it back beside it, where it can be taken back."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _


def said(request: HttpRequest, text: Any, url: str, fields: Iterable[tuple[str, Any]]) -> None:
    """A message with a button that posts `fields` to `url`: what took place is undone by another action,
    with its own right and its own line in the journal."""
    messages.success(request, format_html("{} {}", text, button(request, url, fields)))


def button(request: HttpRequest, url: str, fields: Iterable[tuple[str, Any]], label: Any = "") -> SafeString:
    """The form of one button."""
    hidden = format_html_join("", '<input type="hidden" name="{}" value="{}">', fields)
    start = '<form method="post" action="{}" class="undo"><input type="hidden" name="csrfmiddlewaretoken"'
    return format_html(
        start + ' value="{}">{}<button class="btn btn--quiet">{}</button></form>',
        url,
        get_token(request),
        hidden,
        label or _("撤销这一步"),
    )

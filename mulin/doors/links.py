"""Full addresses of pages, for programs."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def absolute(request: HttpRequest, path: str) -> str:
    """A path under the public address of this server, or under the one that was asked."""
    base = settings.MULIN_BASE_URL.rstrip("/")
    return base + path if base else request.build_absolute_uri(path)


def receipt_link(request: HttpRequest, secret: str) -> str:
    """Where the holder of a secret follows their voice."""
    return absolute(request, reverse("portal:receipt", args=[secret]))


def photo_link(request: HttpRequest, photo_id: UUID) -> str:
    """Where an approved photo of a public matter is."""
    return absolute(request, reverse("portal:photo", args=[photo_id, "large"]))

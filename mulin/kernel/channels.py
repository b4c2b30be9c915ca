"""Ways out to a person: SMS, mail, WeChat behind one interface. The console prints instead of sending."""

import logging
import sys
from functools import cache
from typing import Protocol

from django.conf import settings
from django.core.mail import send_mail
from django.utils.module_loading import import_string

log = logging.getLogger("mulin.channels")


class Channel(Protocol):
    """Delivers one message. Raises on failure, so that the caller can try again."""

    def send(self, to: str, subject: str, text: str) -> None: ...


class ConsoleChannel:
    """Prints the message on the server's console: for the demo and for development."""

    def send(self, to: str, subject: str, text: str) -> None:
        print(f"[message to {to[:3]}…{to[-2:]}] {subject}\n{text}", file=sys.stderr, flush=True)


class MailChannel:
    """Sends through Django's mail settings (MULIN_SMTP_*)."""

    def send(self, to: str, subject: str, text: str) -> None:
        send_mail(subject, text, settings.DEFAULT_FROM_EMAIL, [to])


class MemoryChannel:
    """Keeps what was sent, for tests."""

    sent: list[tuple[str, str, str]] = []

    def send(self, to: str, subject: str, text: str) -> None:
        self.sent.append((to, subject, text))


@cache
def channel(kind: str) -> Channel:
    """`sms`, `mail` or `wechat`, as the settings name them."""
    path = getattr(settings, f"MULIN_{kind.upper()}_BACKEND")
    return import_string(path)()

"""Structured logs: one JSON object a line, with the request's id, and never a secret."""

import json
import logging
import re
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("mulin_request_id", default="")

# What may slip into a message: a telephone number (also as it is stored, +86…) or an identity number, the
# secret part of a receipt's or a recovery link, a token.
_NUMBERS = re.compile(r"(?<!\d)((?:(?:\+|00)?86[ -]?)?1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")
_LINKS = re.compile(r"(/r/|/recover/|api_key=|[Bb]earer )[^\s&'\"/]{10,}")
_TOKENS = re.compile(r"\bmulin_[\w-]{16,}")


def scrub(text: str) -> str:
    """The text without what must not stand in a log."""
    return _TOKENS.sub("mulin_…", _LINKS.sub(r"\1…", _NUMBERS.sub("***", text)))


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        document = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": scrub(record.getMessage()),
        }
        if request_id.get():
            document["request"] = request_id.get()
        document |= getattr(record, "facts", {})
        if record.exc_info:
            document["trace"] = scrub(self.formatException(record.exc_info))
        return json.dumps(document, ensure_ascii=False, default=str)

"""Structured logs: one JSON object a line, with the request's id, and never a secret."""

import json
import logging
import re
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("mulin_request_id", default="")

# A telephone or identity number that slipped into a message, and the secret part of a receipt's or a
# recovery link.
_NUMBERS = re.compile(r"(?<!\d)(1[3-9]\d{9}|\d{17}[\dXx])(?!\d)")
_LINKS = re.compile(r"(/r/|/recover/)[\w-]{10,}")


def scrub(text: str) -> str:
    return _LINKS.sub(r"\1…", _NUMBERS.sub("***", text))


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

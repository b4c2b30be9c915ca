"""When the storage does not answer or has no room: 503, what was kept, and the way to send it again.

Nothing here may ask the database: it is what is missing.
"""

import errno
import logging

from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

log = logging.getLogger("mulin.outage")

RETRY_SECONDS = 15
CODE = "unavailable"
# No room, over the quota, a disk that went read-only, a disk that fails.
NO_STORAGE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
SQLITE_MISTAKE = 1  # "no such table" is a defect of ours, not of the disk
READ_ONLY = "25006"  # PostgreSQL: this server is a standby now
# Never repeated into a page, even the sender's own.
UNREPEATABLE = ("csrf", "password", "code", "otp", "secret", "token")
MOST_KEPT = 60


def is_outage(error: BaseException | None) -> bool:
    """Whether an error means that the storage is away, full or busy, so that the same again may succeed."""
    if isinstance(error, OperationalError):
        code = getattr(error.__cause__, "sqlite_errorcode", None)
        return code is None or code & 0xFF != SQLITE_MISTAKE
    if isinstance(error, InternalError):
        return getattr(error.__cause__, "sqlstate", None) == READ_ONLY
    if isinstance(error, OSError):
        return error.errno in NO_STORAGE
    return isinstance(error, InterfaceError)


def kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """What the person sent with a form, to be sent again with one press. Files and secrets are left out."""
    if request.method != "POST":
        return []
    try:
        sent = [(name, value) for name, values in request.POST.lists() for value in values]
    except Exception:  # a body that cannot be read any more must not hide the page
        return []
    kept = [(n, v) for n, v in sent if not any(word in n.lower() for word in UNREPEATABLE)]
    return kept[:MOST_KEPT]


def page(request: HttpRequest, error: BaseException) -> HttpResponse:
    """503 as a page in the person's language, or as problem+json for the API. Says it once in the log."""
    log_it(error)
    if request.path.startswith("/api/"):
        response: HttpResponse = JsonResponse(body(), status=503, content_type="application/problem+json")
    else:
        kept = [] if request.path.startswith("/account/") else kept_fields(request)
        context = {
            "kept": kept,
            "words": next((value for name, value in kept if name == "text"), ""),
            "is_once": any(name == "idempotency_key" for name, _value in kept),
            "again_url": request.get_full_path(),
            "had_files": bool(kept) and bool(request.FILES),
            "place_name": "",
        }
        response = render(request, "kernel/503.html", context, status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def log_it(error: BaseException) -> None:
    """One line, no trace: the cause lies outside of the program."""
    log.error("the storage does not serve: %s: %s", type(error).__name__, str(error).strip())


def body() -> dict[str, object]:
    """RFC 9457."""
    return {
        "type": f"urn:mulin:problem:{CODE}",
        "title": _("现在存不进去。这一次可能没有记下，请过一会儿用同一个编号（Idempotency-Key）再发一次。"),
        "status": 503,
        "code": CODE,
    }

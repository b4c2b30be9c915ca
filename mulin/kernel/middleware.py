"""Around every request: an id for the logs, security headers, and errors that a person can use."""

import logging
import time

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.middleware.common import CommonMiddleware
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.urls import is_valid_path
from django.utils.cache import patch_vary_headers
from django.utils.http import escape_leading_slashes
from django.utils.translation import gettext as _

from mulin.kernel import outage
from mulin.kernel.context import error_shell
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.ids import new_id
from mulin.kernel.logs import request_id
from mulin.kernel.views import not_allowed

log = logging.getLogger("mulin.requests")

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:{tiles};"
    " font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none';"
    " manifest-src 'self'; worker-src 'self'"
)
# For everything that is no page: photographs, tables, feeds, JSON. Opened by itself it can run, load and send
# nothing, whatever somebody managed to put into it.
CSP_DATA = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox"
# The service worker asks the network by the policy that came with its script.
PAGES = frozenset({"", "text/html", "text/javascript", "application/javascript"})


class RequestContext:
    """Gives the request an id, times it, and sets the headers that every answer carries."""

    def __init__(self, get_response):
        self.get_response = get_response
        tiles = tile_source(settings.MULIN_MAP_TILES)
        self.csp = CSP.format(tiles=f" {tiles}" if tiles else "")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(str(new_id()))
        started = time.perf_counter()
        try:
            response = self.get_response(request)
        finally:
            rid = request_id.get()
            request_id.reset(token)
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        csp = self.csp if kind in PAGES else CSP_DATA
        response.headers.setdefault("Content-Security-Policy", csp)
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers["X-Request-Id"] = rid
        tell_next(request, response)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "private, no-store")
            patch_vary_headers(response, ("Cookie", "Accept-Language"))
        log.debug(
            "%s %s %s",
            request.method,
            request.path,
            response.status_code,
            extra={"facts": {"ms": round((time.perf_counter() - started) * 1000, 1), "request": rid}},
        )
        return response


def tile_source(template: str) -> str:
    """Where the tiles of `MULIN_MAP_TILES` come from, as the policy writes it: `https://t{s}.example.cn/…`
    and the like are all hosts below `example.cn`, and a path or a key is no part of it."""
    scheme, _found, rest = template.partition("://")
    host = rest.partition("/")[0].partition("?")[0]
    if "{" in host:
        host = "*." + host.rpartition("}")[2].partition(".")[2]
    return f"{scheme}://{host}" if host else ""


def tell_next(request: HttpRequest, response: HttpResponse) -> None:
    """A form that a script sends (`X-Mulin-Draft`) is told where to go instead of being led there: scripts
    follow unseen, so that the next page would be made twice and its messages be lost."""
    if "X-Mulin-Draft" in request.headers and response.status_code in {301, 302, 303}:
        response.status_code = 204
        response.headers["X-Mulin-Next"] = response.headers["Location"]
        del response.headers["Location"]


class Addresses(CommonMiddleware):
    """Django's own, and the other way round: who types a slash too many comes to the page all the same.
    Programs are told what is documented."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if response.status_code == 404 and _has_slash_too_many(request):
            address, mark, query = request.get_full_path().partition("?")
            short = f"{address.rstrip('/')}{mark}{query}"
            return HttpResponsePermanentRedirect(escape_leading_slashes(short))
        return super().process_response(request, response)


def _has_slash_too_many(request: HttpRequest) -> bool:
    path = request.path_info
    is_page = request.method in {"GET", "HEAD"} and not path.startswith(("/api/", "/open311/"))
    return is_page and path.endswith("/") and is_valid_path(path.rstrip("/"))


class Compression(GZipMiddleware):
    """Pages, compressed for whoever takes that: they are a quarter of their size on the line. Answers to
    programs are small, and photographs and tables are compressed already.

    Django adds a random length to each answer, so that its size gives no secret away (BREACH)."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class ErrorPages:
    """Turns refusals into pages (or problem+json for the API): 404 for what is not visible, 403, 409, and
    503 while the storage is away."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_opened = request.method in {"GET", "HEAD"} and response.status_code == 405
        if is_opened and not request.path.startswith(("/api/", "/open311/")):
            return not_allowed(request, response)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if outage.is_outage(error):
            return outage.page(request, error)
        if isinstance(error, DataError | ValueError) and "NUL (0x00)" in str(error):
            # PostgreSQL keeps no such character, and nobody can type one.
            error = ActionError("text-unreadable", _("这里有不能识别的字符。"), status=400)
        if request.path.startswith("/api/"):
            return problem(request, error)
        if isinstance(error, NotVisible):
            raise Http404 from error
        if isinstance(error, ActionError):
            if error.status == 403:
                raise PermissionDenied(error.message) from error
            context = {"error": error, "place_name": "", **error_shell(request)}
            return render(request, "kernel/refused.html", context, status=error.status)
        return None


def problem(request: HttpRequest, error: Exception) -> JsonResponse | None:
    """RFC 9457 for the API."""
    if isinstance(error, NotVisible | Http404):
        status, code, title = 404, "not-found", "Not found"
    elif isinstance(error, ActionError):
        status, code, title = error.status, error.code, str(error.message)
    else:
        return None
    body = {"type": f"urn:mulin:problem:{code}", "title": title, "status": status, "code": code}
    if getattr(error, "field", ""):
        body["field"] = error.field
    return JsonResponse(body, status=status, content_type="application/problem+json")

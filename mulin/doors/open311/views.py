"""The Open311 GeoReport v2 door: /open311/v2/… as XML and JSON. Reading is open, sending needs an api_key."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial, wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from mulin.doors.links import absolute, photo_link
from mulin.doors.open311 import requests, services
from mulin.doors.open311.creating import create_request
from mulin.doors.open311.errors import GeoReportError
from mulin.doors.open311.formats import TYPES, moment, render
from mulin.doors.open311.parameters import Parameters, read_span, read_statuses
from mulin.doors.rate import check_reads
from mulin.kernel import codes, outage
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError
from mulin.people import tokens
from mulin.places.queries import exists
from mulin.voices.queries import visible_voices

# When what this door offers last changed.
CHANGED = datetime(2025, 12, 1, tzinfo=UTC)


def door(*methods: str) -> Callable:
    """Render what a view gives as its document, and every refusal as `errors`, in the wanted format."""

    def decorate(view: Callable[..., tuple[str, Any]]) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def wrapped(request: HttpRequest, form: str = "xml", **kwargs: Any) -> HttpResponse:
            try:
                if request.method not in methods:
                    raise GeoReportError(405, _("这个地址不支持这种请求方法。"))
                parameters = Parameters(_body(request), request.GET)
                _limit(request, parameters)
                root, value = view(request, parameters, **kwargs)
                return _respond(form, root, value)
            except GeoReportError as error:
                response = _respond(form, "errors", error.errors, error.status)
                if error.status == 405:
                    response["Allow"] = ", ".join(methods)
                if error.status == 429:
                    response["Retry-After"] = "60"
                return response
            except Exception as error:
                if not outage.is_outage(error):
                    raise
                outage.log_it(error)
                refusal = GeoReportError(503, str(outage.body()["title"]))
                response = _respond(form, "errors", refusal.errors, refusal.status)
                response["Retry-After"] = str(outage.RETRY_SECONDS)
                return response

        return wrapped

    return decorate


def _respond(form: str, root: str, value: Any, status: int = 200) -> HttpResponse:
    return HttpResponse(render(form, root, value), status=status, content_type=TYPES[form])


def _limit(request: HttpRequest, parameters: Parameters) -> None:
    """Count a read without a key against its address; a key that is wrong is refused later."""
    if request.method == "POST" or _key(request, parameters):
        return
    try:
        check_reads(request, max(1, len(parameters.listing("service_request_id"))))
    except ActionError as error:
        raise GeoReportError(error.status, str(error.message)) from error


def _body(request: HttpRequest) -> QueryDict:
    """The form of a POST, url-encoded or multipart."""
    if request.method != "POST":
        return QueryDict()
    try:
        return request.POST
    except (MultiPartParserError, RequestDataTooBig, TooManyFilesSent, UnicodeError) as error:
        raise GeoReportError(400, _("读不懂这个表单，或它太大了。")) from error


def _jurisdiction(parameters: Parameters) -> str:
    """The place that `jurisdiction_id` names: a division code; without one it is the whole site."""
    given = parameters.get("jurisdiction_id")
    if not given or given == settings.MULIN_SITE_PLACE:
        return settings.MULIN_SITE_PLACE
    if not codes.is_valid(given) or "-" in given or not exists(given):
        raise GeoReportError(404, _("没有这个 jurisdiction_id。请用 12 位区划代码，或不填。"))
    return given


def _key(request: HttpRequest, parameters: Parameters) -> str:
    """The api_key; who reads may send it as a header instead, so that it stands in no address and no log."""
    given = request.headers.get("Authorization", "")
    return parameters.get("api_key") or (given[7:].strip() if given.lower().startswith("bearer ") else "")


def _actor(request: HttpRequest, parameters: Parameters) -> tuple[Actor, str]:
    """Who an api_key stands for; 403 for a missing or wrong one."""
    key = _key(request, parameters)
    actor = tokens.authenticate(key) if key else None
    if actor is None or actor.account is None:
        raise GeoReportError(403, _("缺少 api_key，或它无效。"))
    return actor, key


@door("GET", "HEAD")
def discovery(request: HttpRequest, parameters: Parameters) -> tuple[str, Any]:
    base = absolute(request, reverse("doors:open311-discovery")).removesuffix("/discovery")
    return "discovery", {
        "changeset": moment(CHANGED),
        "contact": _("有问题请拨打 %s。") % settings.MULIN_HOTLINE,
        "key_service": _("api_key 是接口令牌，请向管理员申请。"),
        "endpoints": [
            {
                "specification": "http://wiki.open311.org/GeoReport_v2",
                "url": base,
                "changeset": moment(CHANGED),
                "type": "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }


@door("GET", "HEAD")
def service_list(request: HttpRequest, parameters: Parameters) -> tuple[str, Any]:
    _jurisdiction(parameters)
    return "services", [services.service(category) for category in services.offered()]


@door("GET", "HEAD")
def service_definition(request: HttpRequest, parameters: Parameters, code: str) -> tuple[str, Any]:
    _jurisdiction(parameters)
    return "service_definition", services.definition(services.get_service(code))


@door("GET", "HEAD", "POST")
def request_list(request: HttpRequest, parameters: Parameters) -> tuple[str, Any]:
    place = _jurisdiction(parameters)
    if request.method == "POST":
        actor, key = _actor(request, parameters)
        request.actor = actor
        return "service_requests", [create_request(request, actor, key, parameters, place)]
    ids = parameters.listing("service_request_id")
    if ids:
        return "service_requests", _by_id(request, parameters, ids)
    wanted = parameters.listing("service_code")
    for code in wanted:
        services.get_service(code)
    found = requests.list_requests(
        span=read_span(parameters),
        statuses=read_statuses(parameters),
        service_codes=wanted,
        place=place,
        photo_url=partial(photo_link, request),
    )
    return "service_requests", found


@door("GET", "HEAD")
def request_one(request: HttpRequest, parameters: Parameters, number: str) -> tuple[str, Any]:
    _jurisdiction(parameters)
    return "service_requests", _by_id(request, parameters, [number])


@door("GET", "HEAD")
def token(request: HttpRequest, parameters: Parameters, token: str) -> tuple[str, Any]:
    """Numbers are given at once, so a token is the number itself."""
    _jurisdiction(parameters)
    found = _by_id(request, parameters, [token])
    return "service_requests", [{"service_request_id": found[0]["service_request_id"], "token": token}]


@door("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
def unknown(request: HttpRequest, parameters: Parameters, rest: str = "") -> tuple[str, Any]:
    raise GeoReportError(404, _("没有这个地址。地址以 .xml 或 .json 结尾，列表见 discovery。"))


def _by_id(request: HttpRequest, parameters: Parameters, ids: list[str]) -> list[dict[str, Any]]:
    return requests.requests_by_id(ids, partial(photo_link, request), _own(request, parameters))


def _own(request: HttpRequest, parameters: Parameters) -> Any:
    """What the holder of an api_key may see besides: what they said themselves, what their app sent, and
    what their post may read, the last two without tip-offs and major matters. A wrong key is refused."""
    if not _key(request, parameters):
        return None
    actor, _used = _actor(request, parameters)
    sent = Q(entered_by=actor.account, channel="open311") | Q(pk__in=visible_voices(actor).values("pk"))
    return Q(account_id=actor.account) | (sent & Q(matter__restriction=""))

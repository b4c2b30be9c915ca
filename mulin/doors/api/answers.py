"""How the API answers: plain JSON, problem+json for refusals, and the same answer to a repeated key."""

import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from mulin.kernel import secrets
from mulin.kernel.clock import now, zone
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.middleware import problem
from mulin.kernel.models import IdempotentAnswer

PROBLEM_TYPE = "application/problem+json"
KEEP = timedelta(days=1)


def _default(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(zone()).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, set | frozenset | tuple):
        return sorted(value)
    return str(value)  # words of a language that is chosen late


def to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_default)


def answer(body: Any, status: int = 200) -> HttpResponse:
    """A JSON answer. The document says its shape; building it by hand saves a second validation."""
    return _raw(to_json(body), status)


def _raw(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="application/json; charset=utf-8")


def refuse(status: int, code: str, title: str, **more: Any) -> HttpResponse:
    """RFC 9457."""
    body = {"type": f"urn:mulin:problem:{code}", "title": title, "status": status, "code": code, **more}
    return HttpResponse(to_json(body), status=status, content_type=PROBLEM_TYPE)


def _unauthorised() -> HttpResponse:
    response = refuse(401, "no-token", _("请带上有效的令牌：Authorization: Bearer 令牌。"))
    response["WWW-Authenticate"] = 'Bearer realm="mulin"'
    return response


def _field_error(error: dict[str, Any]) -> dict[str, str]:
    place = [str(p) for p in error.get("loc", ())]
    field = ".".join(p for p in place if p not in {"body", "query", "path", "header"})
    messages = {
        "missing": _("请填写"),
        "extra_forbidden": _("没有这个字段"),
        "string_too_long": _("太长了"),
        "string_too_short": _("太短了"),
    }
    code = str(error.get("type", "invalid"))
    if code == "literal_error":
        allowed = str(error.get("ctx", {}).get("expected", "")).replace(" or ", ", ").replace("'", "")
        messages[code] = _("只能是其中一个：%(allowed)s") % {"allowed": allowed}
    return {"field": field, "code": code, "message": messages.get(code, _("格式不对"))}


def install(api: NinjaAPI) -> None:
    """Every error of the API becomes problem+json."""

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        errors = [_field_error(e) for e in error.errors]
        return refuse(422, "invalid", _("有的字段没填对。"), errors=errors)

    @api.exception_handler(HttpError)
    def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        if error.status_code == 401:
            return _unauthorised()
        return refuse(error.status_code, "bad-request", _("请求内容不是 JSON。"))

    @api.exception_handler(ActionError)
    def action_error(request: HttpRequest, error: ActionError) -> HttpResponse:
        return problem(request, error)

    @api.exception_handler(NotVisible)
    def not_visible(request: HttpRequest, error: NotVisible) -> HttpResponse:
        return refuse(404, "not-found", _("没有找到，或者您看不到。"))


def problems_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Turn the answer to a wrong method into problem+json as well."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == 405:
            allow = response.headers.get("Allow", "")
            response = refuse(405, "method", _("这个地址不支持这种请求方法。"))
            response["Allow"] = allow
        return response

    return wrapped


def once(request: HttpRequest, key: str | None, act: Callable[[], tuple[int, Any]]) -> HttpResponse:
    """Run an action and answer; the same key from the same account gets the same answer for a day.

    The answer is stored in the action's own transaction, encrypted, so neither can exist without the
    other. Another request with a used key is refused (422). A refusal is not stored: it may be repeated.
    """
    if not key:
        status, body = act()
        return answer(body, status)
    owner, digest = request.actor.account.hex, _digest(request)
    try:
        with write():
            known = _recall(owner, key, digest)
            if known is not None:
                return known
            status, body = act()
            text = to_json(body)
            IdempotentAnswer.objects.create(
                owner=owner, key=key, digest=digest, status=status, body={"sealed": secrets.seal(text)}
            )
    except (IntegrityError, ActionError, NotVisible):
        # PostgreSQL: the same request came twice at once, the other was first and changed the state.
        known = _recall(owner, key, digest)
        if known is None:
            raise
        return known
    return _raw(text, status)


def key_reused() -> ActionError:
    """The refusal of a key that stands for another request."""
    return ActionError("key-reused", _("这个 Idempotency-Key 已用于另一个请求。请换一个。"), status=422)


def _recall(owner: str, key: str, digest: str) -> HttpResponse | None:
    found = IdempotentAnswer.objects.filter(owner=owner, key=key).first()
    if found is None:
        return None
    if found.created_at < now() - KEEP:
        found.delete()
        return None
    if found.digest != digest:
        raise key_reused()
    return _raw(secrets.unseal(found.body["sealed"]), found.status)


def _digest(request: HttpRequest) -> str:
    """What makes two requests the same: method, address and the meaning (not the spacing) of the body."""
    try:
        body = json.dumps(json.loads(request.body), sort_keys=True).encode()
    except ValueError:
        body = request.body
    return hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + body).hexdigest()

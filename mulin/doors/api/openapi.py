"""The OpenAPI document: what ninja derives from the code, in the reader's language, with its errors."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_noop as _n
from django.views.decorators.http import require_safe

from mulin.doors.api.answers import PROBLEM_TYPE, to_json
from mulin.doors.api.schemas import Problem

ERRORS = {
    "400": _n("请求内容不是 JSON，或 cursor 不是上一页给的"),
    "401": _n("没有令牌，或令牌无效"),
    "403": _n("看得到，但您的岗位不能这样做"),
    "404": _n("没有，或者您看不到"),
    "409": _n("现在不能这样做；title 说明原因"),
    "422": _n("有的字段没填对（errors 逐项说明），或 Idempotency-Key 已用于另一个请求（key-reused）"),
    "429": _n("太频繁，过一会儿再试"),
    "503": _n("现在存取不了；过一会儿用同一个编号再发一次"),
}
WORDS = {"summary", "description"}


def documented(model: Any, *refusals: int, status: int = 200, **more: Any) -> dict[int, Any]:
    """The answers of an operation: its success, 401, 503, and the refusals that it may give."""
    return {status: model, **more, 401: Problem, **dict.fromkeys((*refusals, 503), Problem)}


READ = (404, 422)
LIST = (400, *READ)
WRITE = (400, 403, 404, 409, 422, 429)


def document() -> str:
    """The document as JSON, made once for each language."""
    return _document((get_language() or "zh-hans").split("-")[0])


@cache
def _document(language: str) -> str:
    from mulin.doors.api.routes import api

    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    for path in schema["paths"].values():
        for operation in path.values():
            _mend(operation)
    for component in schema["components"]["schemas"].values():
        component.pop("description", None)  # a class's docstring speaks to its programmers
    return to_json(_translated(schema))


def _mend(operation: dict[str, Any]) -> None:
    """Errors are problem+json with a sentence; parameters are not nullable."""
    responses = {str(status): answer for status, answer in operation["responses"].items()}
    operation["responses"] = responses
    for parameter in operation.get("parameters", ()):
        # A parameter of an address or a header is given or not; it cannot be null.
        given = [one for one in parameter["schema"].pop("anyOf", ()) if one.get("type") != "null"]
        if given:
            parameter["schema"] |= given[0]
    for status, words in ERRORS.items():
        if status in responses:
            responses[status]["description"] = words
            responses[status]["content"] = {
                PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}
            }


def _translated(value: Any) -> Any:
    if isinstance(value, list):
        return [_translated(inner) for inner in value]
    if isinstance(value, dict):
        return {
            key: gettext(inner) if key in WORDS and isinstance(inner, str) and inner else _translated(inner)
            for key, inner in value.items()
        }
    return value


@require_safe
def openapi_json(request: HttpRequest) -> HttpResponse:
    """GET /api/v1/openapi.json: open to everyone."""
    return HttpResponse(document(), content_type="application/json; charset=utf-8")

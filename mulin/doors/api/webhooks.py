"""Webhooks: an administrator tells the house which addresses want to hear of what."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _n
from ninja import Path, Router
from pydantic import Field

from mulin.doors import actions
from mulin.doors.api import schemas
from mulin.doors.api.answers import answer, once
from mulin.doors.api.common import Key, Limit, Next, is_id, own_cursor
from mulin.doors.api.fields import Body, Id, Place, words
from mulin.doors.api.openapi import WRITE, documented
from mulin.doors.models import Webhook
from mulin.doors.queries import visible_webhooks
from mulin.kernel import paging
from mulin.kernel.policy import Target, require

router = Router(tags=["webhooks"])
WebhookId = Annotated[Id, Path()]


class WebhookIn(Body):
    url: words(500, 1) = Field(description=_n("https 网址"))
    codes: list[words(64, 1)] = Field(
        [], max_length=100, description=_n("日志代码，可以用 cases.case.*；不填是全部")
    )
    place: Place | Literal[""] = Field("", description=_n("只要这个地点里的；不填是全部"))
    audience: Literal["public", "staff"] = Field("public", description=_n("public 只有公开的内容"))


def shown(webhook: Webhook, waiting: int = 0) -> dict[str, Any]:
    return {
        "id": webhook.id,
        "url": webhook.url,
        "codes": webhook.codes,
        "place": webhook.place,
        "audience": webhook.audience,
        "is_active": webhook.is_active,
        "waiting": getattr(webhook, "waiting", waiting),
        "failing_since": webhook.failing_since,
        "disabled_at": webhook.disabled_at,
        "last_sent_at": webhook.last_sent_at,
    }


@router.get(
    "/webhooks",
    url_name="webhooks",
    operation_id="list-webhooks",
    summary=_n("看回调"),
    response=documented(schemas.Listing[schemas.WebhookOut], 400, 403, 422),
)
def listing(request: HttpRequest, limit: Limit = 50, cursor: Next = None) -> HttpResponse:
    require(request.actor, actions.MANAGE, Target())
    cursor = own_cursor(cursor, is_id)
    page = paging.page(visible_webhooks(request.actor), order=("-id",), size=limit, cursor=cursor)
    return answer({"items": [shown(w) for w in page.items], "next": page.next})


@router.post(
    "/webhooks",
    url_name="webhooks",
    operation_id="add-webhook",
    summary=_n("添加回调"),
    response=documented(schemas.WebhookMade, *WRITE, status=201),
)
def add(request: HttpRequest, body: WebhookIn, key: Key = None) -> HttpResponse:
    def act() -> tuple[int, Any]:
        webhook, secret = actions.add_webhook(actor=request.actor, **body.model_dump())
        return 201, shown(webhook) | {"secret": secret}

    return once(request, key, act)


@router.delete(
    "/webhooks/{webhook_id}",
    url_name="webhook",
    operation_id="remove-webhook",
    summary=_n("删除回调"),
    response=documented(None, 403, 404, 422, status=204),
)
def remove(request: HttpRequest, webhook_id: WebhookId) -> HttpResponse:
    actions.remove_webhook(actor=request.actor, webhook_id=UUID(webhook_id))
    return HttpResponse(status=204)


@router.post(
    "/webhooks/{webhook_id}/test",
    url_name="webhook-test",
    operation_id="test-webhook",
    summary=_n("试发一条"),
    response=documented(schemas.WebhookOut, *WRITE, status=202),
)
def test(request: HttpRequest, webhook_id: WebhookId, key: Key = None) -> HttpResponse:
    def act() -> tuple[int, Any]:
        return 202, shown(actions.test_webhook(actor=request.actor, webhook_id=UUID(webhook_id)))

    return once(request, key, act)


@router.post(
    "/webhooks/{webhook_id}/resume",
    url_name="webhook-resume",
    operation_id="resume-webhook",
    summary=_n("恢复回调"),
    response=documented(schemas.WebhookOut, *WRITE),
)
def resume(request: HttpRequest, webhook_id: WebhookId, key: Key = None) -> HttpResponse:
    def act() -> tuple[int, Any]:
        return 200, shown(actions.resume_webhook(actor=request.actor, webhook_id=UUID(webhook_id)))

    return once(request, key, act)

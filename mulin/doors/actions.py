"""Every write of this module: webhooks are added, tested, resumed and removed by an administrator."""

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from mulin.doors.models import Webhook
from mulin.doors.queries import get_webhook
from mulin.doors.webhooks import guard
from mulin.doors.webhooks.queue import TESTED, fits
from mulin.doors.webhooks.sending import host_of
from mulin.kernel import codes as place_codes
from mulin.kernel import journal, registry, secrets
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.policy import Target, require

MANAGE = "doors.webhook:manage"


def add_webhook(
    *, actor: Actor, url: str, codes: Iterable[str] = (), place: str = "", audience: str = "public"
) -> tuple[Webhook, str]:
    """Tell an address about journal lines from now on. Gives the webhook and its secret, shown only now.

    Who may: `doors.webhook:manage`. Raises ActionError bad-url, not-https, unknown-host or
    private-address (field url), unknown-code (codes), unknown-place (place), bad-audience (audience).
    """
    require(actor, MANAGE, Target(place=place))
    wanted = sorted(set(codes))
    _check_filters(wanted, place, audience)
    _check_address(url)
    secret = secrets.new_secret()
    with write():
        webhook = Webhook.objects.create(
            url=url,
            secret_sealed=secrets.seal(secret),
            codes=wanted,
            place=place,
            audience=audience,
            created_by=actor.account,
        )
        journal.record(
            "doors.webhook.added",
            actor=actor,
            place=place,
            subject=webhook.id,
            data={"host": host_of(url), "codes": wanted, "audience": audience},
        )
    return webhook, secret


def remove_webhook(*, actor: Actor, webhook_id: UUID) -> None:
    """Forget an address and what still waited for it. Who may: `doors.webhook:manage`."""
    with write():
        webhook = get_webhook(actor, webhook_id)
        require(actor, MANAGE, Target(place=webhook.place))
        journal.record(
            "doors.webhook.removed",
            actor=actor,
            place=webhook.place,
            subject=webhook.id,
            data={"host": host_of(webhook.url)},
        )
        webhook.delete()


def test_webhook(*, actor: Actor, webhook_id: UUID) -> Webhook:
    """Send the line of this very action to the address, whatever its filters.

    Who may: `doors.webhook:manage`. Raises webhook-off.
    """
    with write():
        webhook = get_webhook(actor, webhook_id)
        require(actor, MANAGE, Target(place=webhook.place))
        if not webhook.is_active:
            raise ActionError("webhook-off", _("这个回调已停用。先恢复它，再试。"))
        journal.record(
            TESTED, actor=actor, place=webhook.place, subject=webhook.id, data={"host": host_of(webhook.url)}
        )
    return webhook


def resume_webhook(*, actor: Actor, webhook_id: UUID) -> Webhook:
    """Switch a webhook on again; what waited is sent first. Who may: `doors.webhook:manage`."""
    with write():
        webhook = get_webhook(actor, webhook_id)
        require(actor, MANAGE, Target(place=webhook.place))
        if webhook.is_active:
            raise ActionError("webhook-on", _("这个回调本来就在用。"))
        webhook.is_active = True
        webhook.failing_since = webhook.disabled_at = None
        webhook.save(update_fields=["is_active", "failing_since", "disabled_at"])
        webhook.deliveries.filter(state="waiting").update(attempts=0, next_at=now())
        journal.record(
            "doors.webhook.resumed",
            actor=actor,
            place=webhook.place,
            subject=webhook.id,
            data={"host": host_of(webhook.url)},
        )
    return webhook


def _check_filters(wanted: list[str], place: str, audience: str) -> None:
    known = registry.sentences()
    for pattern in wanted:
        if not any(fits(pattern, code) for code in known):
            raise ActionError("unknown-code", _("没有这样的日志代码：%s") % pattern, field="codes")
    if place and not place_codes.is_valid(place):
        raise ActionError("unknown-place", _("没有这个地点。请填 12 位区划代码。"), field="place")
    if audience not in {"public", "staff"}:
        raise ActionError("bad-audience", _("范围只能是 public 或 staff。"), field="audience")


def _check_address(url: str) -> None:
    messages = {
        "bad-url": _("网址不对。请填完整网址，不带用户名和 # 后的部分。"),
        "not-https": _("网址要以 https:// 开头。"),
        "unknown-host": _("找不到这个网址的主机。请核对后再填。"),
        "private-address": _("这个网址指向内部网络，不能用。"),
    }
    if len(url) > 500:
        raise ActionError("bad-url", messages["bad-url"], field="url")
    try:
        guard.check(
            url,
            allow_http=settings.MULIN_WEBHOOK_ALLOW_HTTP,
            allow_private=settings.MULIN_WEBHOOK_ALLOW_PRIVATE,
        )
    except guard.Refused as refused:
        raise ActionError(refused.code, messages[refused.code], field="url") from refused

"""Sends what waits, in order, signed; tries again for a day, then switches the webhook off and says so."""

import http.client
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import close_old_connections, connection
from django.db.models import Q

from mulin.doors.models import Delivery, Webhook
from mulin.doors.webhooks import guard, signing
from mulin.kernel import journal, secrets
from mulin.kernel.actors import SYSTEM
from mulin.kernel.clock import now
from mulin.kernel.db import write

log = logging.getLogger("mulin.webhooks")

FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=4)
GIVE_UP_AFTER = timedelta(days=1)
KEEP_SENT = timedelta(days=30)
LEASE = timedelta(minutes=10)
BATCH = 50
SENDERS = 4

_busy = threading.Lock()


def wait_after(attempts: int) -> timedelta:
    """How long to wait after so many failed attempts: 10 s, 20 s, 40 s … at most four hours."""
    return min(FIRST_WAIT * 2 ** min(attempts - 1, 20), LONGEST_WAIT)


def send_in_background() -> None:
    """Periodic: a slow receiver must not hold up the worker, which also seals the journal."""
    if _busy.acquire(blocking=False):
        threading.Thread(target=_send_and_release, name="webhooks", daemon=True).start()


def _send_and_release() -> None:
    try:
        due = due_webhooks()
        if due:
            with ThreadPoolExecutor(SENDERS) as pool:
                list(pool.map(_send_in_thread, due))
    except Exception:
        log.exception("webhooks could not be sent; they will be tried again")
    finally:
        connection.close()
        _busy.release()


def _send_in_thread(webhook_id: UUID) -> None:
    try:
        close_old_connections()
        send_to(webhook_id)
    except Exception:
        log.exception("a webhook could not be sent; it will be tried again")
    finally:
        connection.close()


def send_due() -> int:
    """Send to every webhook that something waits for; gives how many deliveries got through."""
    return sum(send_to(webhook_id) for webhook_id in due_webhooks())


def due_webhooks() -> list[UUID]:
    """Active webhooks that nobody is sending to and that have something to send now."""
    free = Q(leased_until=None) | Q(leased_until__lte=now())
    waiting = Delivery.objects.filter(state="waiting", next_at__lte=now()).values("webhook")
    return list(Webhook.objects.filter(free, is_active=True, pk__in=waiting).values_list("pk", flat=True))


def send_to(webhook_id: UUID) -> int:
    """Send one webhook's deliveries in order until one fails. Gives how many got through."""
    if not _lease(webhook_id):
        return 0
    try:
        webhook = Webhook.objects.get(pk=webhook_id)
        sent = 0
        for delivery in webhook.deliveries.filter(state="waiting").order_by("position")[:BATCH]:
            if delivery.next_at > now() or not _try(webhook, delivery):
                break
            sent += 1
        return sent
    finally:
        Webhook.objects.filter(pk=webhook_id).update(leased_until=None)


def _lease(webhook_id: UUID) -> bool:
    free = Q(leased_until=None) | Q(leased_until__lte=now())
    rows = Webhook.objects.filter(free, pk=webhook_id, is_active=True)
    return bool(rows.update(leased_until=now() + LEASE))


def _try(webhook: Webhook, delivery: Delivery) -> bool:
    status, error = _post(webhook, delivery)
    moment = now()
    delivery.attempts += 1
    delivery.status, delivery.error = status, error
    if status is not None and 200 <= status < 300:
        delivery.state, delivery.sent_at = "sent", moment
        delivery.save(update_fields=["attempts", "status", "error", "state", "sent_at"])
        Webhook.objects.filter(pk=webhook.pk).update(failing_since=None, last_sent_at=moment)
        webhook.failing_since = None
        return True
    delivery.next_at = moment + wait_after(delivery.attempts)
    delivery.save(update_fields=["attempts", "status", "error", "next_at"])
    _note_failure(webhook, moment)
    return False


def _post(webhook: Webhook, delivery: Delivery) -> tuple[int | None, str]:
    body = delivery.body.encode()
    seconds = int(time.time())
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Mulin-Webhook/1",
        "Mulin-Event": delivery.code,
        "Mulin-Delivery": str(delivery.id),
        signing.HEADER: signing.sign(secrets.unseal(webhook.secret_sealed), seconds, body),
    }
    try:
        to = guard.check(
            webhook.url,
            allow_http=settings.MULIN_WEBHOOK_ALLOW_HTTP,
            allow_private=settings.MULIN_WEBHOOK_ALLOW_PRIVATE,
        )
        return guard.post(to, body, headers), ""
    except guard.Refused as refused:
        return None, refused.code
    except (OSError, http.client.HTTPException, ValueError) as error:
        return None, type(error).__name__


def _note_failure(webhook: Webhook, moment: datetime) -> None:
    if webhook.failing_since is None:
        webhook.failing_since = moment
        Webhook.objects.filter(pk=webhook.pk).update(failing_since=moment)
    if moment - webhook.failing_since < GIVE_UP_AFTER:
        return
    with write():
        Webhook.objects.filter(pk=webhook.pk).update(is_active=False, disabled_at=moment)
        journal.record(
            "doors.webhook.disabled",
            actor=SYSTEM,
            place=webhook.place,
            subject=webhook.id,
            data={"host": host_of(webhook.url)},
        )


def host_of(url: str) -> str:
    """The name in an address, for sentences: the path may hold a secret of the receiver."""
    return guard.urlsplit(url).hostname or ""


def sweep() -> None:
    """Forget what was sent a month ago."""
    Delivery.objects.filter(state="sent", sent_at__lt=now() - KEEP_SENT).delete()

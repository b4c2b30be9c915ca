"""Reads of this module."""

from uuid import UUID

from django.db.models import Count, Q, QuerySet

from mulin.doors.models import Delivery, Webhook
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.policy import Fields, visible


def visible_webhooks(actor: Actor) -> QuerySet[Webhook]:
    """The webhooks that the actor may manage, with how many deliveries wait (`waiting`)."""
    waiting = Count("deliveries", filter=Q(deliveries__state="waiting"))
    return Webhook.objects.filter(visible(actor, "doors.webhook:manage", Fields())).annotate(waiting=waiting)


def get_webhook(actor: Actor, webhook_id: UUID) -> Webhook:
    """One webhook; NotVisible when it does not exist for the actor."""
    webhook = visible_webhooks(actor).filter(pk=webhook_id).first()
    if webhook is None:
        raise NotVisible
    return webhook


def last_refused(webhook: Webhook) -> Delivery | None:
    """The oldest delivery that still waits after having been refused: the one that holds the others up."""
    waiting = Delivery.objects.filter(webhook=webhook, state="waiting").exclude(attempts=0)
    return waiting.order_by("position").first()


def failing_count(actor: Actor) -> int:
    """How many webhooks of the actor are switched off or cannot send now."""
    return visible_webhooks(actor).filter(Q(failing_since__isnull=False) | Q(is_active=False)).count()

"""The manifest of the doors: webhooks listen to the sealed journal; a worker sends them and tidies up."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from mulin.doors import actions, queries
from mulin.doors.models import Webhook
from mulin.doors.webhooks import sending
from mulin.doors.webhooks.queue import queue
from mulin.kernel.clock import now
from mulin.kernel.models import Entry, IdempotentAnswer
from mulin.kernel.registry import Module, NoticeRule, Periodic, Sentence, Subscriber
from mulin.people.models import Post
from mulin.people.queries import in_force

KEEP_ANSWERS = timedelta(days=1)


def _administrators(entry: Entry) -> Iterable[UUID]:
    """Who set the webhook up, and every administrator."""
    yield from Webhook.objects.filter(pk=entry.subject).values_list("created_by", flat=True)
    yield from Post.objects.filter(in_force(), role="admin").values_list("account_id", flat=True).distinct()


def _no_page(entry: Entry) -> str:
    return ""


def sweep_answers() -> None:
    """Forget the answers to idempotency keys after a day."""
    IdempotentAnswer.objects.filter(created_at__lt=now() - KEEP_ANSWERS).delete()


MODULE = Module(
    name="doors",
    title=_("接口"),
    sentences={
        "doors.webhook.added": Sentence(_("添加了发往 %(host)s 的回调")),
        "doors.webhook.removed": Sentence(_("删除了发往 %(host)s 的回调")),
        "doors.webhook.tested": Sentence(_("试发了发往 %(host)s 的回调")),
        "doors.webhook.resumed": Sentence(_("恢复了发往 %(host)s 的回调")),
        "doors.webhook.disabled": Sentence(_("发往 %(host)s 的回调一天没有成功，已停用")),
    },
    notices=(
        NoticeRule(
            "doors.webhook.disabled",
            _("发往 %(host)s 的回调一天没有成功，已停用。请联系对方，修好后恢复；没发出的都还在。"),
            _administrators,
            _no_page,
        ),
    ),
    subscribers=(Subscriber("webhooks", queue),),
    # For the administration at the desk, a module of the same floor.
    providers={
        "doors.webhooks": queries.visible_webhooks,
        "doors.webhook": queries.get_webhook,
        "doors.webhook.refused": queries.last_refused,
        "doors.webhooks.failing": queries.failing_count,
        "doors.webhook.add": actions.add_webhook,
        "doors.webhook.remove": actions.remove_webhook,
        "doors.webhook.test": actions.test_webhook,
        "doors.webhook.resume": actions.resume_webhook,
    },
    periodic=(
        Periodic("webhooks", 2, sending.send_in_background),
        Periodic("webhooks-sweep", 86400, sending.sweep),
        Periodic("idempotency-sweep", 3600, sweep_answers),
    ),
)

"""Notices: made from sealed journal lines, shown in the app at once, sent out as a daily digest.

An urgent notice goes out at once. A notice is made at most once for a person and a line, however
often the line is read.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from mulin.kernel import journal, outage, registry
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.models import Entry, Notice

log = logging.getLogger("mulin.notices")
SUBSCRIBER = "notices"


def make(limit: int = 500) -> int:
    """Read the next sealed lines and write the notices that the manifests ask for."""
    entries = journal.read_on(SUBSCRIBER, limit)
    rules = registry.notice_rules()
    made: list[Notice] = []
    for entry in entries:
        try:
            made += _of(entry, rules.get(entry.code, ()))
        except Exception as error:
            if outage.is_outage(error):
                raise
            # One line that a rule cannot read must not keep everybody else's notices, and with them all
            # that the worker does afterwards, waiting for ever.
            log.exception("no notices could be made of line %s (%s)", entry.id, entry.code)
    if made:
        Notice.objects.bulk_create(made, ignore_conflicts=True)
    if entries:
        journal.advance(SUBSCRIBER, entries[-1])
    return len(entries)


def _of(entry: Entry, rules: Iterable[registry.NoticeRule]) -> list[Notice]:
    """The notices of one line: nobody is told twice, and nobody of what they did themselves."""
    told: set[UUID] = {entry.actor} if entry.actor else set()
    made = []
    for rule in rules:
        for account in rule.recipients(entry):
            if account in told:
                continue
            told.add(account)
            made.append(
                Notice(
                    account_id=account,
                    code=entry.code,
                    entry=entry.id,
                    matter=entry.matter,
                    url=rule.url(entry),
                    data=entry.data,
                    is_urgent=rule.is_urgent,
                )
            )
    return made


def say(notice: Notice) -> str:
    """The sentence of a notice in the current language."""
    for rule in registry.notice_rules().get(notice.code, ()):
        sentence = registry.sentences().get(notice.code)
        labels = sentence.labels if sentence else {}
        return registry.Sentence(rule.text, labels=labels).say(notice.data)
    return notice.code


def unread_count(actor: Actor) -> int:
    return Notice.objects.filter(account_id=actor.account, read_at=None).count() if actor.account else 0


def mark_read(actor: Actor, notice_id: UUID | None = None) -> int:
    """Mark one's own notice, or all of them, as read."""
    mine = Notice.objects.filter(account_id=actor.account, read_at=None)
    return (mine.filter(pk=notice_id) if notice_id else mine).update(read_at=now())


def deliver(send: Callable[[UUID, str, str], None], *, urgent_only: bool) -> int:
    """Send what was not sent yet, one message a person in that person's language.

    `send(account, subject, text)` may raise: then that person's notices stay for the next round."""
    pending = Notice.objects.filter(sent_at=None).select_related("account").order_by("id")
    if urgent_only:
        pending = pending.filter(is_urgent=True)
    by_account: dict[UUID, list[Notice]] = defaultdict(list)
    for notice in pending[:2000]:
        by_account[notice.account_id].append(notice)
    for account, notices in by_account.items():
        unread = [n for n in notices if n.read_at is None]
        try:
            if unread:
                with translation.override(unread[0].account.language):
                    send(account, _("睦邻：%d 条新消息") % len(unread), "\n".join(say(n) for n in unread))
        except Exception:
            log.exception("a digest could not be sent")
            continue
        Notice.objects.filter(pk__in=[n.pk for n in notices]).update(sent_at=now())
    return len(by_account)

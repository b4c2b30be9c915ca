"""Notices: made from sealed journal lines, shown in the app at once, sent out as a daily digest.

An urgent notice goes out at once. A notice is made at most once for a person and a line, however
often the line is read.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from mulin.kernel import journal, outage, registry
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.models import Entry, Notice
from mulin.kernel.numbers import show_number

log = logging.getLogger("mulin.notices")
SUBSCRIBER = "notices"
# Where a notice keeps the name of its rule, when its code has several.
RULE = "notice_rule"


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
                    data={**entry.data, RULE: rule.name} if rule.name else entry.data,
                    is_urgent=rule.is_urgent,
                )
            )
    return made


def say(notice: Notice, title: str = "") -> str:
    """The sentence of a notice in the current language, by the rule that made it. `title`: the words its
    reader may know its matter by (see `titles`); they and the number stand for %(about)s."""
    known = registry.notice_rules().get(notice.code, ())
    name = notice.data.get(RULE, "")
    rule = next((rule for rule in known if rule.name == name), None)
    if rule is None:
        return notice.code
    sentence = registry.sentences().get(notice.code)
    labels = sentence.labels if sentence else {}
    return registry.Sentence(rule.text, labels=labels).say(_words(notice, title)).strip().replace("： ", "：")


def _words(notice: Notice, title: str) -> dict[str, Any]:
    """The data of the line, the number grouped as on pages, and what it is about."""
    number = show_number(notice.data.get("number", ""))
    if not number:
        return notice.data
    about = _("“%(title)s”（%(number)s）") if title else _(" %(number)s ")
    return {**notice.data, "number": number, "about": about % {"title": title, "number": number}}


def titles(notices: Iterable[Notice], *, outside: bool = False) -> dict[UUID, str]:
    """Notice -> the words that its own reader may know its matter by; a notice that is not named keeps the
    number alone. `outside`: the words leave the house (SMS, mail, WeChat), where anybody may look over a
    shoulder. Who may know which words the provider `notices.titles` says: `(pairs of account and matter,
    outside) -> {pair: words}`; the statements it needs grow with the readers who hold a post."""
    pairs = {one.pk: (one.account_id, one.matter) for one in notices if one.matter}
    provider = registry.providers().get("notices.titles")
    words = provider(set(pairs.values()), outside) if pairs and provider else {}
    return {pk: words[pair] for pk, pair in pairs.items() if pair in words}


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
    known = titles((notice for notices in by_account.values() for notice in notices), outside=True)
    for account, notices in by_account.items():
        unread = [n for n in notices if n.read_at is None]
        try:
            if unread:
                with translation.override(unread[0].account.language):
                    lines = [say(notice, known.get(notice.pk, "")) for notice in unread]
                    send(account, _("睦邻：%d 条新消息") % len(unread), "\n".join(lines))
        except Exception:
            log.exception("a digest could not be sent")
            continue
        Notice.objects.filter(pk__in=[n.pk for n in notices]).update(sent_at=now())
    return len(by_account)

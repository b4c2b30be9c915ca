"""How notices leave the house: WeChat where the person linked it, else SMS, else mail; always in the app."""

import logging
from uuid import UUID

from django.conf import settings

from mulin.kernel import channels, clock, notices, rulebook, secrets
from mulin.kernel.db import write
from mulin.kernel.models import Cursor, Notice
from mulin.people.models import Account

log = logging.getLogger("mulin.notices")
MOST_CHARACTERS = 300
DIGEST_CURSOR = "digest-day"


def way_to(account: Account) -> tuple[str, str] | None:
    """(channel, address) that reaches a person, or None: then the notice is read in the app only."""
    from allauth.socialaccount.models import SocialAccount

    linked = (
        SocialAccount.objects.filter(user_id=account.pk, provider="weixin")
        .values_list("uid", flat=True)
        .first()
    )
    if linked:
        return "wechat", linked
    if account.phone_verified and account.phone_sealed:
        return "sms", secrets.unseal(account.phone_sealed)
    if account.mail_sealed:
        return "mail", secrets.unseal(account.mail_sealed)
    return None


def _send(account_id: UUID, subject: str, text: str, *, urgent: bool) -> None:
    account = Account.objects.filter(pk=account_id, is_active=True, erased_at=None).first()
    if account is None or account.is_demo or (account.digest == "none" and not urgent):
        return
    way = way_to(account)
    if way is None:
        return
    channel, address = way
    if len(text) > MOST_CHARACTERS and channel != "mail":
        text = text[:MOST_CHARACTERS] + "…"
    if settings.MULIN_BASE_URL:
        text += f"\n{settings.MULIN_BASE_URL}"
    channels.channel(channel).send(address, subject, text)


def send_urgent() -> int:
    """Send what cannot wait. Returns how many people were told."""
    return notices.deliver(lambda a, s, t: _send(a, s, t, urgent=True), urgent_only=True)


def send_digest() -> int:
    """Once a day, from the hour of rule people.digest_hour on: one message a person about everything unread.

    Returns how many people were told; 0 when today's was already sent or it is too early.
    """
    moment = clock.now().astimezone(clock.zone())
    if moment.hour < rulebook.value("people.digest_hour", at=settings.MULIN_SITE_PLACE):
        return 0
    day = moment.date().toordinal()
    with write():
        Cursor.objects.get_or_create(name=DIGEST_CURSOR)
        if not Cursor.objects.filter(name=DIGEST_CURSOR, position__lt=day).update(position=day):
            return 0
    told = 0
    waiting = Notice.objects.filter(sent_at=None)
    left = waiting.count()
    while left:
        told += notices.deliver(lambda a, s, t: _send(a, s, t, urgent=False), urgent_only=False)
        before, left = left, waiting.count()
        if left >= before:  # what is left failed; it stays for tomorrow
            break
    return told

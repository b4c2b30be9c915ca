"""Getting back in: by a code to the telephone, or for staff by a link that an administrator makes."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mulin.kernel import journal, rulebook, secrets
from mulin.kernel.actors import ANONYMOUS, Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.policy import require
from mulin.people.actions.accounts import lock_account, own, require_over
from mulin.people.actions.tokens import revoke_all
from mulin.people.models import Account, RecoveryLink


def make_recovery_link(
    *, actor: Actor, account_id: UUID, resets_second_factor: bool = False
) -> tuple[RecoveryLink, str]:
    """A link that lets its holder set a new password once, and with `resets_second_factor` start over with
    the authenticator app. The person is told at once and sees it in their account.

    Needs `people.account:recover` wherever the account lives or works. Raises NotVisible, NotAllowed,
    ActionError `own-account`, `inactive`.
    """
    with write():
        account = lock_account(account_id)
        require_over(actor, "people.account:recover", account.pk)
        if account.pk == actor.account:
            raise ActionError("own-account", _("自己的密码请在账户里改。"))
        if not account.is_active:
            raise ActionError("inactive", _("这个账户已停用。"))
        RecoveryLink.objects.filter(account=account, used_at=None).update(expires_at=now())
        secret = secrets.new_secret()
        hours = rulebook.value("people.recovery.hours", at=settings.MULIN_SITE_PLACE)
        link = RecoveryLink.objects.create(
            account=account,
            made_by=actor.account,
            token_hash=secrets.fingerprint(secret, "recovery"),
            resets_second_factor=resets_second_factor,
            expires_at=now() + timedelta(hours=hours),
        )
        data = {"account": str(account.pk), "second_factor": resets_second_factor}
        journal.record("people.recovery.made", actor=actor, subject=link.pk, data=data)
    return link, secret


def find_recovery_link(secret: str) -> RecoveryLink:
    """A link that can still be used. Raises NotVisible, the same for a wrong, a used and an old one."""
    digest = secrets.fingerprint(secret, "recovery")
    found = RecoveryLink.objects.filter(token_hash=digest, used_at=None, expires_at__gt=now())
    link = found.select_related("account").filter(account__is_active=True).first()
    if link is None:
        raise NotVisible
    return link


def _set_password(account: Account, password: str) -> int:
    """Set it, and let nothing go on that was opened with the old one: sessions end because they carry a hash
    of the password, tokens are revoked. Returns how many tokens."""
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise ActionError("bad-password", " ".join(error.messages), field="password1") from error
    account.set_password(password)
    account.save(update_fields=["password"])
    return revoke_all(account.pk)


def use_recovery_link(*, secret: str, password: str) -> Account:
    """Set a new password with a recovery link; the link is used up, and every session and token ends.

    Raises NotVisible, ActionError `bad-password`.
    """
    from allauth.mfa.models import Authenticator

    with write():
        link = RecoveryLink.objects.select_for_update().get(pk=find_recovery_link(secret).pk)
        if link.used_at:
            raise NotVisible
        account = lock_account(link.account_id)
        tokens = _set_password(account, password)
        if link.resets_second_factor:
            Authenticator.objects.filter(user_id=account.pk).delete()
        link.used_at = now()
        link.save(update_fields=["used_at"])
        data = {"account": str(account.pk), "second_factor": link.resets_second_factor, "tokens": tokens}
        # Nobody is logged in here, and the owner must hear of it even if it was not them.
        journal.record("people.recovery.used", actor=ANONYMOUS, subject=link.pk, data=data)
    return account


def set_password_by_code(*, actor: Actor, password: str) -> Account:
    """Set a new password without the old one. Only for someone who has just logged in by a code to their own
    telephone; the page checks that. Other sessions and all tokens end. Raises ActionError `bad-password`."""
    require(actor, "people.account:change", own(actor))
    with write():
        account = lock_account(actor.account)
        tokens = _set_password(account, password)
        journal.record("people.password.set", actor=actor, subject=account.pk, data={"tokens": tokens})
    return account


def change_password(*, account_id: UUID, password: str) -> Account:
    """Change one's own password, or set the first one; other sessions and all tokens end. Called by the
    adapter only, after allauth asked for the old password. Raises ActionError `bad-password`."""
    with write():
        account = lock_account(account_id)
        tokens = _set_password(account, password)
        me = Actor(account=account.pk)
        journal.record("people.password.changed", actor=me, subject=account.pk, data={"tokens": tokens})
    return account


def end_sessions(*, actor: Actor) -> Account:
    """Log out on every device; the page that calls it keeps its own session. API tokens stay: they are
    revoked one by one. Who: people.account:change, one's own."""
    require(actor, "people.account:change", own(actor))
    with write():
        account = lock_account(actor.account)
        account.session_round = (account.session_round + 1) % 32_000
        account.save(update_fields=["session_round"])
        journal.record("people.sessions.ended", actor=actor, subject=account.pk)
    return account

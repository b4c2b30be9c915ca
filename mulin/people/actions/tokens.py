"""API tokens: made once, shown once, kept as a hash."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from mulin.kernel import journal, policy, rulebook, secrets
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.policy import Target, require
from mulin.people.models import ApiToken

PREFIX = "mulin_"
MOST = 20


def make_token(
    *, actor: Actor, name: str, days: int = 90, permissions: tuple[str, ...] = ()
) -> tuple[ApiToken, str]:
    """A bearer token that may what its owner may, or only `permissions` of that. Shown this once.

    Needs `people.token:make`. Raises ActionError `no-name`, `bad-days` (rule people.token.max_days),
    `no-permission`, `too-many`; NotAllowed.
    """
    require(actor, "people.token:make", Target(owners=frozenset({actor.account})))
    return issue_token(account_id=actor.account, name=name, days=days, permissions=permissions)


def issue_token(
    *, account_id: UUID, name: str, days: int = 90, permissions: tuple[str, ...] = ()
) -> tuple[ApiToken, str]:
    """A token for any account, also a resident's. Only `make_token` and the command line call this: whoever
    has the server's shell needs no permission. Raises ActionError as `make_token` does."""
    if not name.strip():
        raise ActionError("no-name", _("请写明这个令牌用来做什么。"), field="name")
    longest = rulebook.value("people.token.max_days", at=settings.MULIN_SITE_PLACE)
    if not 1 <= days <= longest:
        raise ActionError(
            "bad-days", _("有效天数请在 1 到 %(most)s 之间。") % {"most": longest}, field="days"
        )
    if unknown := set(permissions) - set(policy.table()):
        raise ActionError("no-permission", _("没有这项权限：%(name)s") % {"name": sorted(unknown)[0]})
    text = PREFIX + secrets.new_secret()
    with write():
        alive = ApiToken.objects.filter(account_id=account_id, revoked_at=None, expires_at__gt=now())
        if alive.count() >= MOST:
            raise ActionError("too-many", _("令牌太多了。请先撤销不用的。"))
        token = ApiToken.objects.create(
            account_id=account_id,
            name=name.strip()[:60],
            token_hash=secrets.fingerprint(text, "token"),
            permissions=sorted(permissions),
            expires_at=now() + timedelta(days=days),
        )
        journal.record(
            "people.token.made", actor=Actor(account=account_id), subject=token.pk, data={"days": days}
        )
    return token, text


def revoke_token(*, actor: Actor, token_id: UUID) -> ApiToken:
    """Make a token of one's own useless at once. Raises NotVisible, ActionError `over`."""
    with write():
        token = ApiToken.objects.select_for_update().filter(pk=token_id, account_id=actor.account).first()
        if token is None or actor.account is None:
            raise NotVisible
        if token.revoked_at:
            raise ActionError("over", _("这个令牌已经撤销了。"))
        token.revoked_at = now()
        token.save(update_fields=["revoked_at"])
        journal.record("people.token.revoked", actor=actor, subject=token.pk)
    return token


def revoke_all(account_id: UUID) -> int:
    """Make every token of an account useless, because its keys changed. Internal: runs inside the action of
    that change and writes no line of its own. Returns how many."""
    return ApiToken.objects.filter(account_id=account_id, revoked_at=None).update(revoked_at=now())

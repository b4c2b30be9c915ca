"""Personal data: read for a purpose and seen by its owner, taken out, erased."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.kernel import codes, journal, policy, registry, secrets
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.policy import require
from mulin.people import queries
from mulin.people.actions.accounts import lock_account, own, require_over
from mulin.people.actions.posts import end_now, keep_an_admin
from mulin.people.models import Account, Post, SecretRead


def note_secret_read(
    *, actor: Actor, account_id: UUID | None, what: str, purpose: str, voice: UUID | None = None
) -> SecretRead:
    """Note that a protected detail was read, for its owner to see. Internal: runs inside the reading action's
    transaction and writes no line of its own. Raises ActionError `no-purpose`."""
    purpose = purpose.strip()[:200]
    if not purpose:
        raise ActionError("no-purpose", _("请写明查看的用途，本人会看到。"), field="purpose")
    units = Post.objects.filter(pk__in=[post.post for post in actor.posts if post.post], org__isnull=False)
    unit = units.values_list("org__name", flat=True).first() or ""
    return SecretRead.objects.create(
        account_id=account_id, voice=voice, reader=actor.account, reader_org=unit, what=what, purpose=purpose
    )


def read_phone(*, actor: Actor, account_id: UUID, purpose: str) -> str:
    """Read someone's telephone number in the clear. Needs `people.account:read_phone` where they live
    or ask to be confirmed; they are told who read it and why.

    Raises NotVisible, ActionError `no-purpose`, `no-phone`.
    """
    account = queries.get_account(account_id)
    places = queries.account_places(account_id)
    if not any(
        policy.can(actor, "people.account:read_phone", place) for place in places if codes.is_valid(place)
    ):
        raise NotVisible
    if not account.phone_sealed:
        raise ActionError("no-phone", _("这个人没有留电话。"))
    with write():
        note = note_secret_read(actor=actor, account_id=account.pk, what="phone", purpose=purpose)
        data = {"account": str(account.pk), "what": "phone"}
        journal.record("people.secret.read", actor=actor, subject=note.pk, data=data)
    return secrets.unseal(account.phone_sealed)


def export_my_data(*, actor: Actor) -> dict[str, Any]:
    """Everything that any module keeps about the actor, as one JSON-able object. Own account only."""
    require(actor, "people.account:view", own(actor))
    with write():
        journal.record("people.account.exported", actor=actor, subject=actor.account)
    parts = {share.name: share.export(actor.account) for share in registry.collect("personal_data")}
    return {"account": str(actor.account), "made_at": now().isoformat(), "parts": parts}


def erase_me(*, actor: Actor) -> dict[str, int]:
    """Erase one's own account: posts end, name, telephone and addresses go, voices stay without their author.

    The page asks once more and checks a password or code first. Returns how many records each module touched.
    Raises ActionError `last-admin`.
    """
    require(actor, "people.account:change", own(actor))
    return _erase(actor, actor.account)


def erase_account(*, actor: Actor, account_id: UUID) -> dict[str, int]:
    """Erase somebody's account at their request on paper or by telephone. Needs `people.account:recover`
    wherever it lives or works. Raises NotVisible, NotAllowed, ActionError `own-account`, `last-admin`."""
    queries.get_account(account_id)
    require_over(actor, "people.account:recover", account_id)
    if account_id == actor.account:
        raise ActionError("own-account", _("自己的账户请在“我的”里注销。"))
    return _erase(actor, account_id)


def _erase(actor: Actor, account_id: UUID) -> dict[str, int]:
    with write():
        account = lock_account(account_id)
        mine = Post.objects.select_for_update().filter(queries.in_force(), account=account)
        posts = list(mine.order_by("id"))
        for post in posts:
            keep_an_admin(post)
        shares = registry.collect("personal_data")
        touched = {share.name: share.erase(account_id) for share in shares}
        for post in posts:
            end_now(post)
        _forget(account)
        journal.record("people.account.erased", actor=actor, subject=account.pk, data={"posts": len(posts)})
    return touched


def _forget(account: Account) -> None:
    """What is left of an account is a number that other records may point to."""
    account.username = f"erased-{account.pk}"
    account.name = account.mail_sealed = account.home_place = account.privacy_version = ""
    account.set_phone("")
    account.phone_verified = False
    account.set_unusable_password()
    account.is_active = False
    account.erased_at = now()
    account.save()

"""Opening accounts, one's own settings, closing accounts."""

import secrets as random
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mulin.kernel import codes, journal, rulebook
from mulin.kernel.actors import SYSTEM, Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.policy import Target, require
from mulin.people import phones, queries, states
from mulin.people.models import Account, Post

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_username() -> str:
    """A log-in name for someone who did not choose one. Nobody needs to remember it."""
    return "r" + "".join(random.choice(ALPHABET) for _ in range(11))


def own(actor: Actor) -> Target:
    return Target(owners=frozenset({actor.account}) if actor.account else frozenset())


def lock_account(account_id: UUID) -> Account:
    """The account's row, locked for the transaction. Raises NotVisible when it is gone."""
    account = Account.objects.select_for_update().filter(pk=account_id, erased_at=None).first()
    if account is None:
        raise NotVisible
    return account


def require_over(actor: Actor, permission: str, account_id: UUID) -> None:
    """The actor must hold the permission at every place where the account lives or works: whoever manages
    one community cannot take over an account of the district. One that is nowhere belongs to whoever covers
    the whole site. Raises NotAllowed."""
    for place in queries.account_places(account_id) or {settings.MULIN_SITE_PLACE}:
        require(actor, permission, place)


def clean_phone(text: str) -> str:
    try:
        return phones.normalise(text) if text else ""
    except ValueError as error:
        raise ActionError("bad-phone", _("请填 11 位手机号，例如 138 0013 8000。"), field="phone") from error


def _check_username(username: str) -> str:
    username = username.strip()
    if not username or len(username) > 64 or not username.replace("-", "").replace("_", "").isalnum():
        raise ActionError("bad-username", _("用户名请用字母、数字、横线，不超过 64 个。"), field="username")
    if Account.objects.filter(username=username).exists():
        raise ActionError("username-taken", _("这个用户名有人用了，请换一个。"), field="username")
    return username


def _present_language() -> str:
    language = get_language() or settings.LANGUAGE_CODE
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def sign_up(*, phone: str = "", name: str = "") -> Account:
    """A resident opens an account for themselves; the number is not verified yet. Anyone may.

    Raises ActionError `bad-phone`.
    """
    phone = clean_phone(phone)
    with write():
        account = Account(username=new_username(), name=name[:40], language=_present_language())
        account.set_phone(phone)
        account.set_unusable_password()
        account.save()
        journal.record("people.account.opened", actor=Actor(account=account.pk), subject=account.pk)
    return account


def create_account(
    *, actor: Actor, username: str, name: str, place: str, phone: str = "", password: str | None = None
) -> Account:
    """Open an account for a worker. Needs `people.account:manage` at `place`, where they will work.

    Without a password the person gets in by telephone code or by a recovery link. Raises ActionError
    `bad-username`, `username-taken`, `no-name`, `bad-phone`, `phone-taken`.
    """
    require(actor, "people.account:manage", place)
    name = name.strip()[:40]
    if not name:
        raise ActionError("no-name", _("请写姓名。"), field="name")
    phone = clean_phone(phone)
    with write():
        username = _check_username(username)
        if phone and queries.account_by_phone(phone):
            raise ActionError(
                "phone-taken", _("这个手机号已经有账户了。请直接给那个账户安排岗位。"), field="phone"
            )
        account = Account(username=username, name=name)
        account.set_phone(phone)
        account.set_password(password)
        account.save()
        journal.record("people.account.created", actor=actor, place=place, subject=account.pk)
    return account


def set_profile(
    *, actor: Actor, name: str | None = None, language: str | None = None, digest: str | None = None,
    home_place: str | None = None,
) -> Account:  # fmt: skip
    """Change one's own name, language, digest or home community; what is None stays.

    Raises ActionError `bad-language`, `bad-digest`, `no-community`.
    """
    require(actor, "people.account:change", own(actor))
    if language is not None and language not in dict(settings.LANGUAGES):
        raise ActionError("bad-language", _("没有这种语言。"), field="language")
    if digest is not None and digest not in states.DIGESTS:
        raise ActionError("bad-digest", _("请选一种发送方式。"), field="digest")
    if home_place and (codes.community(home_place) if codes.is_valid(home_place) else None) != home_place:
        raise ActionError("no-community", _("请选一个社区。"), field="home_place")
    given = {
        "name": name and name.strip()[:40],
        "language": language,
        "digest": digest,
        "home_place": home_place,
    }
    wanted = {key: value or "" for key, value in given.items() if value is not None}
    with write():
        account = lock_account(actor.account)
        changed = {key: value for key, value in wanted.items() if getattr(account, key) != value}
        if changed:
            for key, value in changed.items():
                setattr(account, key, value)
            account.save(update_fields=list(changed))
            journal.record(
                "people.account.changed", actor=actor, subject=account.pk, data={"fields": sorted(changed)}
            )
    return account


def set_phone(*, account_id: UUID, phone: str, verified: bool) -> Account:
    """Keep the number that allauth's steps took down (or had proved by a code). Called by the adapter only.

    Raises ActionError `phone-taken` when another account proved the same number in the meantime.
    """
    phone = clean_phone(phone)
    with write():
        account = lock_account(account_id)
        before = (account.phone_hash, account.phone_verified)
        account.set_phone(phone)
        account.phone_verified = verified
        if (account.phone_hash, verified) == before:
            return account
        other = queries.account_by_phone(phone) if verified else None
        if other and other.pk != account.pk and other.phone_verified:
            raise ActionError("phone-taken", _("这个手机号已经有账户了。"), field="phone")
        try:
            account.save(update_fields=["phone_sealed", "phone_hash", "phone_last4", "phone_verified"])
        except IntegrityError as error:
            raise ActionError("phone-taken", _("这个手机号已经有账户了。"), field="phone") from error
        code = "people.phone.verified" if verified else "people.phone.named"
        journal.record(code, actor=Actor(account=account.pk), subject=account.pk)
    return account


def accept_privacy(*, actor: Actor) -> Account:
    """Remember that the person read the privacy notice in its present version."""
    require(actor, "people.account:change", own(actor))
    version = rulebook.value("people.privacy.version", at=settings.MULIN_SITE_PLACE)
    with write():
        account = lock_account(actor.account)
        if account.privacy_version != version:
            account.privacy_version = version
            account.save(update_fields=["privacy_version"])
            journal.record(
                "people.privacy.accepted", actor=actor, subject=account.pk, data={"version": version}
            )
    return account


def close_account(*, actor: Actor, account_id: UUID) -> Account:
    """Stop an account from logging in, for someone who left. Nothing is erased; posts must be ended first.

    Needs `people.account:manage` wherever the account lives or works. Raises ActionError `own-account`,
    `has-posts`.
    """
    return _switch(actor, account_id, False)


def open_account(*, actor: Actor, account_id: UUID) -> Account:
    """Let a closed account log in again. Needs `people.account:manage` wherever it lives or works."""
    return _switch(actor, account_id, True)


def _switch(actor: Actor, account_id: UUID, is_active: bool) -> Account:
    with write():
        account = lock_account(account_id)
        require_over(actor, "people.account:manage", account.pk)
        if account.pk == actor.account:
            raise ActionError("own-account", _("不能停用自己的账户。"))
        if not is_active and Post.objects.filter(queries.in_force(), account=account).exists():
            raise ActionError("has-posts", _("这个人还有岗位。请先结束或移交岗位，再停用账户。"))
        if account.is_active != is_active:
            account.is_active = is_active
            account.save(update_fields=["is_active"])
            code = "people.account.reopened" if is_active else "people.account.closed"
            journal.record(code, actor=actor, subject=account.pk)
    return account


def first_admin(*, username: str, name: str, place: str) -> Account:
    """Open an administrator's account with its post, before any division is on file. Only the command line
    calls this. Raises ActionError `bad-username`, `username-taken`."""
    with write():
        account = Account(username=_check_username(username), name=name[:40])
        account.set_unusable_password()
        account.save()
        post = Post.objects.create(account=account, role="admin", place=place)
        data = {"role": "admin", "at": place, "account": str(account.pk)}
        journal.record("people.post.given", actor=SYSTEM, place=place, subject=post.pk, data=data)
    return account

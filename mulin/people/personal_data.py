"""The people module's own share in "my data": what it gives out and what it erases."""

from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from mulin.kernel import secrets
from mulin.kernel.models import Job, Notice
from mulin.people import queries
from mulin.people.models import Account, ApiToken, Post, RecoveryLink, Residence, SecretRead


def _moment(value) -> str | None:
    return value.isoformat() if value else None


def _account(account: Account) -> dict[str, Any]:
    return {
        "username": account.username,
        "name": account.name,
        "phone": secrets.unseal(account.phone_sealed),
        "phone_verified": account.phone_verified,
        "mail": secrets.unseal(account.mail_sealed),
        "home_place": account.home_place,
        "language": account.language,
        "digest": account.digest,
        "privacy_version": account.privacy_version,
        "opened_at": _moment(account.created_at),
        "last_login": _moment(account.last_login),
    }


def _post(post: Post, place: str) -> dict[str, Any]:
    return {
        "role": post.role,
        "place": place,
        "organisation": post.org.name if post.org else "",
        "from": _moment(post.begins_on),
        "to": _moment(post.ends_on),
        "as_deputy": post.deputy_for_id is not None,
    }


def _home(home: Residence, building: str) -> dict[str, Any]:
    return {
        "building": building,
        "door": home.household.door,
        "state": home.state,
        "asked_at": _moment(home.created_at),
        "decided_at": _moment(home.decided_at),
        "reason": home.reason,
    }


def export(account_id: UUID) -> dict[str, Any]:
    """Account, posts, addresses, tokens and who read what, as plain values."""
    account = Account.objects.get(pk=account_id)
    posts = Post.objects.filter(account=account).select_related("org").order_by("id")
    homes = Residence.objects.filter(account=account).select_related("household").order_by("id")
    names = queries.place_names({post.place for post in posts} | {home.household.building for home in homes})
    tokens = ApiToken.objects.filter(account=account)
    reads = SecretRead.objects.filter(account=account)
    return {
        "account": _account(account),
        "posts": [_post(post, names[post.place]) for post in posts],
        "residences": [_home(home, names[home.household.building]) for home in homes],
        "tokens": list(tokens.values("name", "created_at", "expires_at")),
        "reads": list(reads.values("created_at", "reader_org", "what", "purpose")),
        "notices": list(Notice.objects.filter(account=account).values("code", "created_at", "read_at")),
    }


def erase(account_id: UUID) -> int:
    """Addresses, tokens, links, notices, log-in means; who read what stays, without whose it was."""
    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator
    from allauth.socialaccount.models import SocialAccount

    touched = 0
    for model in (Residence, ApiToken, RecoveryLink, Notice):
        touched += model.objects.filter(account_id=account_id).delete()[0]
    for model in (Authenticator, SocialAccount, EmailAddress):
        touched += model.objects.filter(user_id=account_id).delete()[0]
    touched += SecretRead.objects.filter(account_id=account_id).update(account=None)
    jobs = Job.objects.filter(Q(account_id=account_id))
    for job in jobs.exclude(file=""):
        # Not before it is final: another module's share in the same erasure may still fail.
        transaction.on_commit(partial(job.file.storage.delete, job.file.name))
    return touched + jobs.update(account=None, params={}, result=None, file="")

"""Who an API token belongs to."""

from dataclasses import replace

from django.db.models import Exists, OuterRef, Q

from mulin.kernel.actors import Actor
from mulin.kernel.clock import now, today
from mulin.kernel.secrets import fingerprint
from mulin.people.models import ApiToken, Residence
from mulin.people.queries import actor_for


def authenticate(token: str) -> Actor | None:
    """The actor of a bearer token, limited to its permissions; None when it is wrong, over or revoked.

    One query and one for the posts; once a day a write that remembers the day of use.
    """
    confirmed = Residence.objects.filter(account=OuterRef("account"), state="confirmed")
    rows = ApiToken.objects.filter(token_hash=fingerprint(token, "token"), revoked_at=None)
    row = (
        rows.filter(Q(expires_at=None) | Q(expires_at__gt=now()))
        .select_related("account")
        .annotate(lives_here=Exists(confirmed))
        .first()
        if token
        else None
    )
    if row is None:
        return None
    account = row.account
    account.lives_here = row.lives_here
    actor = actor_for(account)
    if actor.is_anonymous:
        return None
    if row.last_used_on is None or row.last_used_on < today():
        ApiToken.objects.filter(pk=row.pk).update(last_used_on=today())
    return replace(actor, restricted_to=frozenset(row.permissions)) if row.permissions else actor

"""This part's share in a person's own data."""

from typing import Any
from uuid import UUID

from mulin.kernel import clock
from mulin.mutualaid.matching import states, wording
from mulin.mutualaid.matching.catalogue import word
from mulin.mutualaid.matching.models import AidHelper, AidMatch, AidNeed


def export(account_id: UUID) -> dict[str, Any]:
    """What one asked for, offered, and what came of both."""
    needs = AidNeed.objects.filter(account=account_id).order_by("id")
    helpers = AidHelper.objects.filter(account=account_id).prefetch_related("kinds", "checks", "trainings")
    return {
        "needs": [
            {
                "number": one.number,
                "kind": word(one.kind),
                "times": wording.windows(one.windows),
                "text": one.text,
                "state": str(states.NEEDS[one.state][0]),
                "consents": [str(row.given_on) for row in one.consents.order_by("id")],
                "matches": [_match(row) for row in one.matches.order_by("id")],
            }
            for one in needs
        ],
        "helping": [
            {
                "number": one.number,
                "kinds": [word(row.kind) for row in one.kinds.all()],
                "times": wording.windows(one.windows),
                "about": one.about,
                "state": str(states.HELPERS[one.state][0]),
                "checks": [str(row.checked_on) for row in one.checks.all()],
                "trainings": [str(row.on) for row in one.trainings.all()],
                "matches": [_match(row) for row in one.matches.order_by("id")],
            }
            for one in helpers.order_by("id")
        ],
    }


def _match(match: AidMatch) -> dict[str, Any]:
    visits = match.visits.order_by("on", "id")
    return {
        "number": match.number,
        "state": str(states.MATCHES[match.state][0]),
        "visits": [{"on": str(one.on), "minutes": one.minutes, "note": one.note} for one in visits],
    }


def erase(account_id: UUID) -> int:
    """Names, numbers and words go; what runs ends. Dates of checks, consents and visits stay without a name:
    they are what proves that children were safe."""
    live = AidMatch.objects.filter(state__in=states.LIVE)
    left = list(live.filter(helper__account=account_id).values_list("need_id", flat=True))
    for side in ("need", "helper"):
        live.filter(**{f"{side}__account": account_id}).update(
            state="closed", why="other", closed_at=clock.now()
        )
    AidNeed.objects.filter(pk__in=left, state="matched").update(state="asked", waits_since=clock.now())
    plain = {"name": "—", "contact_sealed": "", "account": None, "building": ""}
    needs = AidNeed.objects.filter(account=account_id)
    needs.exclude(state="closed").update(state="closed", closed_at=clock.now())
    n = needs.update(text="", **plain)
    helpers = AidHelper.objects.filter(account=account_id)
    helpers.exclude(state__in=["ended", "declined"]).update(state="ended", ended_at=clock.now())
    return n + helpers.update(about="", may_publish_at=None, **plain)

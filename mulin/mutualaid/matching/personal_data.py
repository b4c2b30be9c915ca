"""This part's share in a person's own data."""

from typing import Any
from uuid import UUID

from django.db.models import Q

from mulin.kernel import clock, secrets
from mulin.mutualaid.matching import states, wording
from mulin.mutualaid.matching.catalogue import word
from mulin.mutualaid.matching.models import AidGiveBack, AidHelper, AidIncident, AidMatch, AidNeed, AidVisit
from mulin.places.queries import name_of


def export(account_id: UUID) -> dict[str, Any]:
    """What one asked for, offered, gave back and reported, and what came of it."""
    needs = AidNeed.objects.filter(account=account_id).order_by("id")
    helpers = AidHelper.objects.filter(account=account_id).prefetch_related("kinds", "checks", "trainings")
    sides = Q(match__need__account=account_id) | Q(match__helper__account=account_id)
    return {
        "needs": [_need(one) for one in needs],
        "helping": [_helper(one) for one in helpers.order_by("id")],
        "reported": [
            {"number": one.number, "on": str(one.happened_on), "text": one.text}
            for one in AidIncident.objects.filter(sides, said_by=account_id).order_by("id")
        ],
    }


def _need(one: AidNeed) -> dict[str, Any]:
    return {
        **_common(one),
        "kind": word(one.kind),
        "wishes": wording.words("aid.wishes", one.place, one.wishes),
        "text": one.text,
        "state": str(states.NEEDS[one.state][0]),
        "consents": [str(row.given_on) for row in one.consents.order_by("id")],
        "given_back": [
            {"on": str(row.on), "times": row.times, "words": row.words}
            for row in one.give_backs.order_by("id")
        ],
    }


def _helper(one: AidHelper) -> dict[str, Any]:
    return {
        **_common(one),
        "kinds": [word(row.kind) for row in one.kinds.all()],
        "suits": wording.words("aid.wishes", one.place, one.traits),
        "families_most": one.capacity,
        "about": one.about,
        "named_in_public": one.may_publish_at is not None,
        "insured_until": str(one.insured_until or ""),
        "state": str(states.HELPERS[one.state][0]),
        "checks": [str(row.checked_on) for row in one.checks.all()],
        "trainings": [str(row.on) for row in one.trainings.all()],
    }


def _common(one: AidNeed | AidHelper) -> dict[str, Any]:
    return {
        "number": one.number,
        "name": one.name,
        "contact": secrets.unseal(one.contact_sealed),
        "building": name_of(one.building) if one.building else "",
        "times": wording.windows(one.windows),
        "languages": wording.words("aid.languages", one.place, one.languages),
        "matches": [_match(row) for row in one.matches.order_by("id")],
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
    # Words of one's own may name somebody; how often help was given and given back stays.
    AidVisit.objects.filter(noted_by=account_id).exclude(noted_side="worker").update(note="")
    own = AidGiveBack.objects.filter(need__account=account_id)
    own.update(words="—", may_publish_at=None, published_at=None)
    n = needs.update(text="", **plain)
    helpers = AidHelper.objects.filter(account=account_id)
    helpers.exclude(state__in=["ended", "declined"]).update(state="ended", ended_at=clock.now())
    return n + helpers.update(about="", may_publish_at=None, **plain)

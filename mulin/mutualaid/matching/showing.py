"""Rows and facts as pages show them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.kernel import clock, policy, secrets
from mulin.kernel.actors import Actor
from mulin.kernel.links import address
from mulin.mutualaid.matching import access, candidates, queries, states, wording
from mulin.mutualaid.matching.actions.needs import KINDS_OF_VOICES
from mulin.mutualaid.matching.catalogue import kind_of, word
from mulin.mutualaid.matching.models import AidHelper, AidMatch, AidNeed, AidOffer, AidVisit
from mulin.people import phones
from mulin.places.queries import name_of, names_of
from mulin.voices.models import Matter


def phone(sealed: str) -> str:
    """A number that both sides agreed to show, as it is dialled."""
    return secrets.unseal(sealed).removeprefix("+86")


def last_digits(sealed: str) -> str:
    return phones.masked(secrets.unseal(sealed)) if sealed else ""


def need(row: AidNeed, *, desk: bool = False) -> dict[str, Any]:
    kind = kind_of(row.kind)
    return {
        "row": row,
        "number": row.number,
        "kind": word(row.kind) if row.kind else _("还没有分类"),
        "icon": kind.icon or "heart",
        "state": states.badge(states.NEEDS, row.state),
        "times": wording.windows(row.windows),
        "child": candidates.with_child(row),
        "since": row.waits_since,
        "who": row.name,
        "url": reverse("aid_desk:need" if desk else "aid:need", args=[row.number]),
    }


def matter_url(row: AidNeed) -> str:
    """Where the desk reads what a need grew out of; empty without one, or in a house without a desk."""
    if row.matter is None:
        return ""
    return address("desk:case" if row.matter.way == "case" else "desk:wish", row.matter.number)


def way_of(actor: Actor, matter: Matter) -> dict[str, str] | None:
    """For the desk's page of a wish, an offer or a call for help: the button that sends it this way, or the
    way to what became of it. None where the actor may neither."""
    if matter.kind not in KINDS_OF_VOICES or matter.restriction:
        return None
    if not policy.can(actor, access.MANAGE_NEED, policy.Target(matter.place)):
        return None
    helper = matter.aid_helpers.first()
    taken = matter.aid_needs.first() or helper
    if taken:
        page = "aid_desk:helper" if taken == helper else "aid_desk:need"
        return {"label": _("看互助里的这一条"), "url": reverse(page, args=[taken.number])}
    # Answered already, or read by everybody: no way for what is private.
    if not matter.is_open or matter.decision or matter.publication == "shown":
        return None
    return {
        "label": pgettext("button", "转到邻里互助"),
        "url": reverse("aid_desk:need-take", args=[matter.number]),
    }


def need_facts(row: AidNeed) -> dict[str, Any]:
    return {
        **need(row, desk=True),
        "building": name_of(row.building) if row.building else "",
        "languages": wording.words("aid.languages", row.place, row.languages),
        "wishes": wording.words("aid.wishes", row.place, row.wishes),
        "channel": states.CHANNELS.get(row.channel, row.channel),
        "place_title": name_of(row.place),
        "consent": candidates.consent_of(row),
        "consent_form": "",
        "contact": last_digits(row.contact_sealed),
    }


def helper(row: AidHelper, *, desk: bool = False) -> dict[str, Any]:
    return {
        "row": row,
        "number": row.number,
        "name": row.name,
        "kinds": _("、").join(word(one.kind) for one in row.kinds.all()),
        "state": states.badge(states.HELPERS, row.state),
        "times": wording.windows(row.windows),
        "url": reverse("aid_desk:helper" if desk else "aid:helper", args=[row.number]),
    }


def helper_facts(row: AidHelper) -> dict[str, Any]:
    check = candidates.check_of(row)
    last = queries.latest_check(row)
    return {
        **helper(row, desk=True),
        "building": name_of(row.building) if row.building else "",
        "languages": wording.words("aid.languages", row.place, row.languages),
        "traits": wording.words("aid.wishes", row.place, row.traits),
        "place_title": name_of(row.place),
        "contact": last_digits(row.contact_sealed),
        "check": check,
        "check_old": last if last and check is None else None,
        "with_children": any(kind_of(one.kind).child == "always" for one in row.kinds.all()),
        "is_risky": any(kind_of(one.kind).risky for one in row.kinds.all()),
        "insured": bool(row.insured_until and row.insured_until >= clock.today()),
        "families": row.matches.filter(state__in=states.LIVE).count(),
    }


def offers(row: AidNeed) -> list[dict[str, Any]]:
    """The last round of suggestions, with reasons in words; no number says how well somebody fits."""
    last = row.offers.order_by("-round").values_list("round", flat=True).first()
    rows: list[AidOffer] = list(
        row.offers.filter(round=last).select_related("helper", "proof").order_by("position")
    )
    names = names_of({one.helper.building for one in rows if one.helper.building})
    return [
        {
            "offer": one,
            "name": one.helper.name,
            "where": names.get(one.helper.building, ""),
            "url": reverse("aid_desk:helper", args=[one.helper.number]),
            "reasons": wording.reasons(one, row.place),
            "state": states.OFFERS[one.state],
            "is_open": one.state == "shown",
            "check_until": one.check_until,
        }
        for one in rows
    ]


def match(row: AidMatch, *, desk: bool = False) -> dict[str, Any]:
    why = states.PAUSES if row.state == "paused" else states.ENDS
    return {
        "row": row,
        "number": row.number,
        "kind": word(row.need.kind),
        "icon": kind_of(row.need.kind).icon or "heart",
        "state": states.badge(states.MATCHES, row.state),
        "why": why.get(row.why, "") if row.why else "",
        "times": wording.windows(row.windows),
        "safe": wording.words("aid.safe", row.place, [row.safe_rule]) if row.safe_rule else "",
        "family": row.need.name,
        "helper": row.helper.name,
        "url": reverse("aid_desk:match" if desk else "aid:match", args=[row.number]),
    }


def own_match(row: AidMatch, side: str) -> dict[str, Any]:
    """A match as one of its sides reads it: whom it is with, only after both agreed."""
    both = bool(row.helper_agreed_at and row.family_agreed_at)
    other = row.need if side == "helper" else row.helper
    is_known = both and row.state in ("trial", "running", "paused")
    agreed = row.helper_agreed_at if side == "helper" else row.family_agreed_at
    return {
        **match(row),
        "side": side,
        "both": both,
        "waits_for_me": row.state == "proposed" and not agreed,
        "waits_for_other": row.state == "proposed" and bool(agreed),
        "other": other.name if is_known else "",
        "other_phone": phone(other.contact_sealed) if is_known else "",
        "other_building": name_of(other.building) if is_known and other.building else "",
        "text": row.need.text if side == "family" or is_known else "",
        "reasons": wording.reasons(row.offer, row.place) if row.state == "proposed" else [],
        "trained": row.helper.trainings.values("topic").distinct().count() if side == "family" else 0,
        "can_note": row.begun_on is not None and row.state in ("trial", "running", "paused"),
        "can_stop": row.state in ("trial", "running", "paused"),
        "can_pause": row.state in states.GOING,
        "can_report": row.begun_on is not None,
    }


def visit(row: AidVisit, side: str) -> dict[str, Any]:
    return {
        "row": row,
        "pk": row.pk,
        "on": row.on,
        "minutes": wording.minutes(row.minutes),
        "note": row.note,
        "state": states.badge(states.VISITS, row.state),
        "by": states.SIDES[row.noted_side],
        "can_confirm": row.state in ("noted", "disputed") and row.noted_side != side and side != "",
        "reason": row.reason,
    }

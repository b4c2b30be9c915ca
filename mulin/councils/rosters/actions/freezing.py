"""Freezing a roster: from then on it is the one that counts, and it never changes."""

from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from mulin.councils.rosters import checks, counting, digests, queries
from mulin.councils.rosters.actions.common import draft, line, refuse
from mulin.councils.rosters.bodies import LINES, UNIT
from mulin.councils.rosters.models import (
    OwnerPerson,
    Proxy,
    Roster,
    RosterCode,
    RosterEntry,
    RosterObjection,
)
from mulin.kernel import rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now, today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError


def freeze_roster(*, actor: Actor, number: str, objections_until: date | None = None) -> Roster:
    """Fix a roster for good; its fingerprint goes into the journal. Objections are taken until a day, at
    least as many days as the rule councils.roster.objection_days says.

    Who: councils.roster:manage. Raises frozen, not-ready (the message is the first thing that must be
    mended), bad-day.
    """
    with write():
        roster = draft(actor, number)
        if stops := [one for one in checks.findings(roster) if one.stops]:
            raise ActionError("not-ready", str(stops[0].text))
        days = int(rulebook.value("councils.roster.objection_days", at=roster.place, body=roster.body))
        least = today() + timedelta(days=days)
        until = objections_until or least
        if until < least:
            text = _("要公示 %(days)s 天，提异议最早到 %(day)s 为止。")
            words = {"days": days, "day": least.isoformat()}
            raise refuse("bad-day", text % words, "objections_until")
        roster.figures = _figures(roster)
        roster.digest = digests.digest_of(roster)
        roster.objections_until = until
        roster.state, roster.frozen_at, roster.frozen_by = "frozen", now(), actor.account
        roster.save()
        figures = {name: roster.figures[name] for name in ("entries", "heads", "area")}
        line("roster.frozen", actor, roster, body=roster.body, digest=roster.digest, **figures)
    return roster


def _figures(roster: Roster) -> dict[str, int]:
    entries = roster.entries.count()
    if LINES[roster.body] != UNIT:
        return {"entries": entries, "heads": entries, "area": 0, "parking": 0, "developers": 0}
    found = counting.units(roster)
    parking = queries.rule_value("councils.parking", roster)
    size = counting.amount(found, parking=parking, order=queries.area_order(roster))
    return {
        "entries": entries,
        "heads": size.heads,
        "area": size.area,
        "parking": sum(1 for unit in found if unit.kind == "parking"),
        "developers": sum(1 for unit in found if unit.is_developers),
    }


def forget_phones() -> int:
    """What the worker does each night: telephone numbers in rosters that were frozen long ago, in their
    proxies and objections, in drafts that nobody finished, and letters' codes that ran out, are dropped; how
    many numbers."""
    n = 0
    for place in Roster.objects.order_by().values_list("place", flat=True).distinct():
        days = int(rulebook.value("councils.roster.phone_days", at=place))
        before = now() - timedelta(days=days)
        old = Roster.objects.filter(place=place).filter(
            Q(state="frozen", frozen_at__lt=before) | Q(state="draft", created_at__lt=before)
        )
        with write():
            for model in (RosterEntry, OwnerPerson):
                rows = model.objects.filter(roster__in=old).exclude(phone_sealed="")
                n += rows.update(phone_sealed="", phone_last4="")
            objections = RosterObjection.objects.filter(roster__in=old).exclude(phone_sealed="")
            n += objections.exclude(state="open").update(phone_sealed="")
            proxies = Proxy.objects.filter(roster__in=old, until__lt=today())
            n += proxies.exclude(holder_phone_sealed="").update(holder_phone_sealed="")
    with write():
        RosterCode.objects.filter(expires_on__lt=today() - timedelta(days=30)).delete()
    return n

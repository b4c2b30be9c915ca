"""When two communities become one: a person who helps in both has one profile afterwards.

The one that is furthest on stays (on duty before resting before trained …); training, checks, suggestions and
matches hang on it. The other ends, names it, and keeps what it offered. Nobody is made safer by this: a check
goes with its person, and what was found or doubted in one profile counts against the checks of the other.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.kernel import clock, journal
from mulin.kernel.actors import SYSTEM
from mulin.kernel.db import write
from mulin.mutualaid.matching import candidates
from mulin.mutualaid.matching.actions.helpers import let_go_of_check, missing_topics
from mulin.mutualaid.matching.catalogue import kind_of
from mulin.mutualaid.matching.models import (
    LIVE,
    AidCheck,
    AidHelper,
    AidHelperKind,
    AidMatch,
    AidNeed,
    AidOffer,
)
from mulin.places.joining import meeting

OVER = ("ended", "declined")
ORDER = ("on_duty", "resting", "trained", "screened", "applied")
OFFERS = ("taken", "asked", "shown", "passed")


def join_helpers(mapping: Mapping[str, str]) -> int:
    """Join the profiles of one account that will stand at one place (`mapping`: old code -> new code). For
    the reorganisation of places, before its rows are rewritten; one transaction and one line a person.
    Returns how many profiles ended."""
    active = AidHelper.objects.filter(account__isnull=False).exclude(state__in=OVER)
    return sum(_join(place, pks) for (place, _account), pks in meeting(active, mapping, "account").items())


def _join(place: str, pks: list[UUID]) -> int:
    with write():
        # Needs before helpers before matches: whoever locks several takes them in this order.
        served = AidMatch.objects.filter(helper__in=pks, state__in=LIVE).values("need")
        list(AidNeed.objects.select_for_update().filter(pk__in=served).order_by("pk"))
        rows = list(AidHelper.objects.select_for_update().filter(pk__in=pks).order_by("pk"))
        rows = [one for one in rows if one.account_id and one.state not in OVER]
        if len({one.account_id for one in rows}) != 1 or len(rows) < 2:
            return 0  # somebody ended one meanwhile
        rows.sort(key=lambda one: (ORDER.index(one.state), one.place != place, one.pk))
        kept, *others = rows
        doubted = _doubted(rows)
        moved = sum(_hang(other, kept) for other in others)
        _fill(kept, rows)
        for other in others:
            other.state, other.ended_at = "ended", clock.now()
            other.reason = _("社区合并，两份报名并成一份：%(number)s") % {"number": kept.number}
            other.save(update_fields=["state", "ended_at", "reason"])
        paused = sum(let_go_of_check(kept, one, _("合并前另一份报名里查询有疑问")) for one in doubted)
        _add_kinds(kept, others)
        data = {"number": kept.number, "n": len(others), "matches": moved, "paused": paused}
        journal.record("aid.helper.joined", actor=SYSTEM, place=place, subject=kept.pk, data=data)
    return len(others)


def _doubted(rows: list[AidHelper]) -> list[AidCheck]:
    """Clear checks of one profile that do not hold after what another profile of the person says: something
    was found, on a later day or written down later, or this very paper was taken back."""
    checks = list(AidCheck.objects.filter(helper__in=rows).order_by("id"))
    standing = [one for one in checks if one.is_clear and one.withdrawn_at is None]
    return [one for one in standing if any(_speaks_against(other, one) for other in checks)]


def _speaks_against(other: AidCheck, one: AidCheck) -> bool:
    if other.helper_id == one.helper_id:
        return False  # `record_check` saw to it
    if other.is_clear:
        same = (other.checked_on, other.source) == (one.checked_on, one.source)
        return other.withdrawn_at is not None and same
    is_later = other.created_at > one.created_at or other.checked_on > one.checked_on
    return other.withdrawn_at is None and is_later


def _hang(other: AidHelper, kept: AidHelper) -> int:
    """What hung on the other profile hangs on the one that stays. Returns how many matches."""
    other.trainings.update(helper=kept)
    other.checks.update(helper=kept)
    _join_offers(other, kept)
    return other.matches.update(helper=kept)


def _join_offers(other: AidHelper, kept: AidHelper) -> None:
    """A person who was suggested under both profiles in one round was suggested once."""
    there = {(one.need_id, one.round): one for one in kept.offers.all()}
    for one in other.offers.order_by("id"):
        twin = there.get((one.need_id, one.round))
        if twin is not None:
            twin.matches.update(offer=one)
            one.state = min(one.state, twin.state, key=OFFERS.index)
            AidOffer.objects.filter(pk=twin.pk).delete()
        one.helper = kept
        one.save(update_fields=["helper", "state"])


def _fill(kept: AidHelper, rows: list[AidHelper]) -> None:
    """What the profiles say, as one: times, languages and traits of all; the latest that was said of name,
    number and door; as many families as the larger one had room for, never the sum; named in public only if
    that was agreed in each."""
    latest = sorted(rows, key=lambda one: one.pk, reverse=True)
    kept.windows = _windows(window for one in rows for window in one.windows)
    kept.languages = list(dict.fromkeys(code for one in rows for code in one.languages))
    kept.traits = list(dict.fromkeys(code for one in rows for code in one.traits))
    kept.capacity = max(one.capacity for one in rows)
    for name in ("name", "contact_sealed", "building", "about"):
        setattr(kept, name, next((value for one in latest if (value := getattr(one, name))), ""))
    agreed = [one.may_publish_at for one in rows]
    kept.may_publish_at = None if None in agreed else max(agreed)
    kept.insured_until = max(filter(None, (one.insured_until for one in rows)), default=None)
    kept.matter_id = kept.matter_id or next((one.matter_id for one in rows if one.matter_id), None)
    kept.save()


def _windows(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """In order, those that overlap as one."""
    found: list[dict[str, Any]] = []
    for one in sorted(rows, key=lambda one: (one["day"], one["from"])):
        last = found[-1] if found else None
        if last and last["day"] == one["day"] and one["from"] <= last["to"]:
            last["to"] = max(last["to"], one["to"])
        else:
            found.append(dict(one))
    return found


def _add_kinds(kept: AidHelper, others: list[AidHelper]) -> None:
    """Kinds that the others offered; on duty only those for which all is there that they need."""
    has = set(kept.kinds.values_list("kind", flat=True))
    offered = AidHelperKind.objects.filter(helper__in=others).values_list("kind", flat=True)
    for kind in sorted(set(offered) - has):
        if kept.state != "on_duty" or _is_ready(kept, kind):
            AidHelperKind.objects.create(helper=kept, kind=kind)


def _is_ready(helper: AidHelper, kind: str) -> bool:
    if kind_of(kind).child == "always" and candidates.check_of(helper) is None:
        return False
    return not missing_topics(helper, [kind])

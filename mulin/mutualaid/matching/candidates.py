"""Who may be named for a need: the one place where helpers are looked for.

Help with a child: nobody is named without a parent's consent that stands and a record check of the helper
that was clear, was not withdrawn and is not older than rule aid.check.months says on that very day.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from mulin.kernel import clock, codes, rulebook
from mulin.mutualaid.matching import engine
from mulin.mutualaid.matching.catalogue import is_for_child, kind_of
from mulin.mutualaid.matching.models import LIVE, AidCheck, AidConsent, AidHelper, AidMatch, AidNeed
from mulin.places.models import Site


def check_months(place: str, on: date | None = None) -> int:
    return int(rulebook.value("aid.check.months", at=place, on=on))


def last_day(checked_on: date, place: str) -> date:
    """The last day on which a check of that day counts: a year later, the day before."""
    return checked_on + relativedelta(months=check_months(place, checked_on)) - relativedelta(days=1)


def valid_checks(on: date, place: str) -> QuerySet[AidCheck]:
    """Checks that hold on a day: clear, not withdrawn, within both the end that was written down and the age
    that the rule allows on that day, so that a stricter rule works at once."""
    oldest = on - relativedelta(months=check_months(place, on))
    return AidCheck.objects.filter(
        is_clear=True, withdrawn_at=None, checked_on__lte=on, checked_on__gt=oldest, valid_until__gte=on
    )


def check_of(helper: AidHelper, on: date | None = None, *, place: str = "") -> AidCheck | None:
    """The check of a helper that holds longest on a day, by the rule of `place` (where the child is)."""
    found = valid_checks(on or clock.today(), place or helper.place).filter(helper=helper)
    return found.order_by("-valid_until", "-id").first()


def consent_of(need: AidNeed, on: date | None = None) -> AidConsent | None:
    """The consent that stands on a day; the latest."""
    found = need.consents.filter(withdrawn_at=None, given_on__lte=on or clock.today())
    return found.order_by("-given_on", "-id").first()


def with_child(need: AidNeed) -> bool:
    """Whether the safeguards hold: by what was written, by the kind as it is now, or because somebody
    consented for a child."""
    return need.for_child or is_for_child(need.kind, False)


def candidates(need: AidNeed, on: date | None = None) -> QuerySet[AidHelper]:
    """Helpers who may be named for a need on a day, each with `proof_id`, the check that lets them be.

    On duty, of this kind, within reach, with room for one family more, and not of the same account. No
    other function looks for helpers, so a helper without a valid check is in no list for a child.
    """
    on = on or clock.today()
    found = AidHelper.objects.filter(
        near(need), state="on_duty", kinds__kind=need.kind, ended_at=None
    ).exclude(account__isnull=False, account_id=need.account_id)
    live = Count("matches", filter=Q(matches__state__in=LIVE), distinct=True)
    found = found.annotate(families=live, proof_id=Subquery(_best_check(need.place, on)))
    found = found.filter(Q(capacity__gt=0))
    if kind_of(need.kind).risky and rulebook.value("aid.insurance", at=need.place) == "require":
        found = found.filter(insured_until__gte=on)
    if not with_child(need):
        return found
    if consent_of(need, on) is None:
        return found.none()
    checked = valid_checks(on, need.place).filter(helper=OuterRef("pk"))
    return found.filter(Exists(checked), proof_id__isnull=False)


def unchecked(need: AidNeed) -> int:
    """How many would help with this kind, nearby, and cannot be named because no record check of theirs holds
    today. A number for the desk, so that nobody waits for a paper that nobody asked for; never who."""
    if not with_child(need):
        return 0
    checked = valid_checks(clock.today(), need.place).filter(helper=OuterRef("pk"))
    willing = AidHelper.objects.filter(near(need), kinds__kind=need.kind, ended_at=None)
    willing = willing.exclude(account__isnull=False, account_id=need.account_id)
    on_the_way = willing.filter(state__in=["screened", "trained", "on_duty"])
    return on_the_way.exclude(Exists(checked)).distinct().count()


def _best_check(place: str, on: date) -> QuerySet:
    checks = valid_checks(on, place).filter(helper=OuterRef("pk"))
    return checks.order_by("-valid_until", "-id").values("pk")[:1]


def near(need: AidNeed) -> Q:
    """The same community, or the same street where the rule says so."""
    if rulebook.value("aid.reach", at=need.place) == "street":
        low, high = codes.bounds(codes.street(need.place) or need.place)
        return Q(place__gte=low, place__lt=high)
    return Q(place=need.place)


# In the engine's words -------------------------------------------------------------------------------------


def minute(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def as_windows(rows: Iterable[dict[str, Any]]) -> tuple[engine.Window, ...]:
    return tuple(sorted(engine.Window(one["day"], minute(one["from"]), minute(one["to"])) for one in rows))


def as_rows(windows: Iterable[engine.Window]) -> list[dict[str, Any]]:
    return [{"day": one.day, "from": _clock(one.begins), "to": _clock(one.ends)} for one in windows]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def spots(buildings: Iterable[str]) -> dict[str, engine.Spot]:
    rows = Site.objects.filter(code__in={one for one in buildings if one})
    found = rows.values_list("code", "estate", "lon", "lat")
    return {code: engine.Spot(code, estate, lon, lat) for code, estate, lon, lat in found}


def engine_need(need: AidNeed, at: dict[str, engine.Spot]) -> engine.Need:
    kind = kind_of(need.kind)
    matches = list(need.matches.values_list("helper_id", "state", "begun_on"))
    return engine.Need(
        key=need.pk,
        kind=need.kind,
        windows=as_windows(need.windows),
        minutes=kind.minutes,
        needs_all=kind.mode == "all",
        spot=at.get(need.building, engine.Spot(need.building)),
        languages=frozenset(need.languages),
        wishes=frozenset(need.wishes),
        known=frozenset(helper for helper, _state, begun in matches if begun),
        passed=frozenset(helper for helper, state, begun in matches if state == "closed" and not begun),
    )


def engine_helpers(
    helpers: Iterable[AidHelper], may: dict[Any, set], at: dict[str, engine.Spot]
) -> list[engine.Helper]:
    """`may`: helper -> needs that `candidates` named them for."""
    helpers = list(helpers)
    promised: dict[Any, list[engine.Window]] = {}
    rows = AidMatch.objects.filter(helper__in=helpers, state__in=LIVE).values_list("helper_id", "windows")
    for helper, windows in rows:
        promised.setdefault(helper, []).extend(as_windows(windows))
    return [
        engine.Helper(
            key=one.pk,
            kinds=frozenset(kind.kind for kind in one.kinds.all()),
            windows=as_windows(one.windows),
            room=max(0, one.capacity - one.families),
            may=frozenset(may[one.pk]),
            spot=at.get(one.building, engine.Spot(one.building)),
            languages=frozenset(one.languages),
            traits=frozenset(one.traits),
            busy=tuple(sorted(promised.get(one.pk, ()))),
        )
        for one in helpers
    ]

"""Reads about help between neighbours."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from mulin.kernel import clock, policy, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.policy import Fields
from mulin.kernel.suppression import LIMIT
from mulin.mutualaid.matching import access, states
from mulin.mutualaid.matching.catalogue import kinds
from mulin.mutualaid.matching.models import (
    LIVE,
    AidCheck,
    AidGiveBack,
    AidHelper,
    AidIncident,
    AidMatch,
    AidNeed,
    AidTraining,
    AidVisit,
)

MOST = 200


def needs_at_desk(actor: Actor) -> QuerySet[AidNeed]:
    """Needs where the actor matches, the longest wait first."""
    found = AidNeed.objects.filter(policy.visible(actor, access.MANAGE_NEED))
    return found.order_by("waits_since", "id")


def helpers_at_desk(actor: Actor) -> QuerySet[AidHelper]:
    """Helpers in the care of the actor, by the day they offered."""
    found = AidHelper.objects.filter(policy.visible(actor, access.MANAGE_HELPER))
    return found.prefetch_related("kinds").order_by("id")


def matches_at_desk(actor: Actor) -> QuerySet[AidMatch]:
    found = AidMatch.objects.filter(policy.visible(actor, access.MANAGE_MATCH))
    return found.select_related("need", "helper").order_by("-id")


def visits_at_desk(actor: Actor) -> QuerySet[AidVisit]:
    """Visits on which both sides do not agree, and those that nobody confirmed."""
    found = AidVisit.objects.filter(policy.visible(actor, access.MANAGE_MATCH))
    found = found.filter(state__in=["noted", "disputed"]).select_related("match__need", "match__helper")
    return found.order_by("-state", "on", "id")


def give_backs_at_desk(actor: Actor) -> QuerySet[AidGiveBack]:
    found = AidGiveBack.objects.filter(policy.visible(actor, access.MANAGE_MATCH))
    return found.select_related("need", "grew").order_by("-on", "-id")


def incidents_at_desk(actor: Actor) -> QuerySet[AidIncident]:
    return access.visible_incidents(actor).order_by("-state", "-id")


def ending_checks(actor: Actor) -> QuerySet[AidHelper]:
    """Helpers on duty whose last check ends within rule aid.check.warn_days of their place, or has ended,
    and who help children, with `ends`, the day."""
    place = next((post.place[:12] for post in actor.posts if post.place), "")
    days = int(rulebook.value("aid.check.warn_days", at=place)) if place else 30
    return ending_by(clock.today() + timedelta(days=days)).filter(policy.visible(actor, access.MANAGE_HELPER))


def ending_by(day: date) -> QuerySet[AidHelper]:
    from django.db.models import Max

    held = Q(checks__is_clear=True, checks__withdrawn_at=None)
    found = AidHelper.objects.filter(state="on_duty").annotate(ends=Max("checks__valid_until", filter=held))
    with_children = AidMatch.objects.filter(helper=OuterRef("pk"), state__in=LIVE, for_child=True)
    return found.filter(Q(ends__isnull=False) | Exists(with_children), Q(ends__lte=day) | Q(ends=None))


# One's own ------------------------------------------------------------------------------------------------


def my_needs(actor: Actor) -> list[AidNeed]:
    if actor.account is None:
        return []
    return list(AidNeed.objects.filter(account_id=actor.account).order_by("-id")[:MOST])


def my_helpers(actor: Actor) -> list[AidHelper]:
    if actor.account is None:
        return []
    found = AidHelper.objects.filter(account_id=actor.account).prefetch_related("kinds")
    return list(found.order_by("-id")[:MOST])


def my_matches(actor: Actor) -> list[AidMatch]:
    """Both sides of what one takes part in; what was turned down is not shown."""
    if actor.account is None:
        return []
    own = Q(need__account_id=actor.account) | Q(helper__account_id=actor.account)
    found = AidMatch.objects.filter(own).exclude(state="closed", begun_on=None)
    return list(found.select_related("need", "helper").order_by("-id")[:MOST])


# Counts ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Flows:
    """The three flows of a place and a time. Times and distinct persons are different figures."""

    taught: int  # 注能: helpers who were taught, each lesson counted
    taught_minutes: int
    visits: int  # 供能
    visit_minutes: int
    given_back: int  # 送能: times
    families: int  # that were helped, distinct
    helpers: int  # who helped, distinct
    givers: int  # families that gave back, distinct


def flows(place: Q, since: date, until: date) -> Flows:
    """`place`: a condition on the column `place`."""
    within = Q(on__gte=since, on__lte=until)
    helpers = AidHelper.objects.filter(place)
    lessons = AidTraining.objects.filter(within, helper__in=helpers.values("pk"))
    taught = lessons.aggregate(n=Count("pk"), minutes=Sum("minutes"))
    done = AidVisit.objects.filter(place, within, state="confirmed").aggregate(
        n=Count("pk"),
        minutes=Sum("minutes"),
        families=Count("match__need", distinct=True),
        helpers=Count("match__helper", distinct=True),
    )
    given = AidGiveBack.objects.filter(place, within).aggregate(
        n=Sum("times"), givers=Count("need", distinct=True)
    )
    return Flows(
        taught["n"], taught["minutes"] or 0, done["n"], done["minutes"] or 0, given["n"] or 0,
        done["families"], done["helpers"], given["givers"],
    )  # fmt: skip


def shown(n: int) -> int | None:
    """A figure of persons as everybody reads it: None stands for fewer than five, zero is zero."""
    return n if n == 0 or n >= LIMIT else None


def by_kind(place: Q) -> list[dict[str, Any]]:
    """Per kind: who waits, what runs, who is on duty; figures of persons under five are None."""
    waits = Counter(AidNeed.objects.filter(place, state="asked").values_list("kind", flat=True))
    runs = Counter(
        AidMatch.objects.filter(place, state__in=states.GOING).values_list("need__kind", flat=True)
    )
    duty = AidHelper.objects.filter(place, state="on_duty")
    able = Counter(duty.values_list("kinds__kind", flat=True))
    return [
        {"kind": one, "waits": shown(waits[code]), "runs": shown(runs[code]), "duty": shown(able[code])}
        for code, one in kinds().items()
    ]


def card(actor: Actor, place: str) -> dict[str, Any]:
    """A line on a community's home: one can always ask; who is on duty and how many are helped, none under
    five."""
    helpers = on_duty(place)
    families = _helped(place)["families"] if helpers else 0
    return {"place": place, "helpers": shown(helpers), "families": shown(families)}


def figures(place: str) -> dict[str, Any] | None:
    """What the page of a community says: counts only, none under five, and what came back."""
    helpers, found, stories = on_duty(place), _helped(place), list(public_give_backs(place)[:2])
    if not helpers and not found["families"] and not stories:
        return None
    enough = found["visited"] >= LIMIT
    return {
        "place": place,
        "helpers": shown(helpers),
        "families": shown(found["families"]),
        "hours": (found["minutes"] or 0) // 60 if enough else None,
        "stories": stories,
    }


def on_duty(place: str) -> int:
    return AidHelper.objects.filter(place=place, state="on_duty").count()


def _helped(place: str) -> dict[str, Any]:
    """Families helped now, and the minutes and families of three months, in one statement."""
    lately = Q(visits__state="confirmed", visits__on__gte=clock.today() - timedelta(days=90))
    return AidMatch.objects.filter(place=place).aggregate(
        families=Count("need", distinct=True, filter=Q(state__in=states.GOING)),
        minutes=Sum("visits__minutes", filter=lately),
        visited=Count("need", distinct=True, filter=lately),
    )


def public_give_backs(place: str) -> QuerySet[AidGiveBack]:
    """What families gave back, where they agreed that it is told, with the public matter that grew of it."""
    found = AidGiveBack.objects.filter(place=place, published_at__isnull=False, may_publish_at__isnull=False)
    return found.select_related("grew").order_by("-on", "-id")


def place_scope(actor: Actor, permission: str = access.FIGURES) -> Q:
    """The places whose figures the actor reads."""
    return policy.visible(actor, permission, Fields(place="place"))


def wait_ends(need: AidNeed) -> Any:
    """When somebody who asked should have heard from us."""
    days = int(rulebook.value("aid.wait.days", at=need.place))
    return need.waits_since + timedelta(days=days)


def training_rows(actor: Actor) -> QuerySet[AidTraining]:
    seen = policy.visible(actor, access.MANAGE_HELPER, Fields(place="helper__place"))
    return AidTraining.objects.filter(seen).select_related("helper").order_by("-on", "-id")


def latest_check(helper: AidHelper) -> AidCheck | None:
    return helper.checks.filter(withdrawn_at=None).order_by("-valid_until", "-id").first()


def trials_ending(actor: Actor, by: date) -> QuerySet[AidMatch]:
    return matches_at_desk(actor).filter(state="trial", trial_until__lte=by).order_by(F("trial_until"))

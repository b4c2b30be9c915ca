"""Help between neighbours in a small world."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from mulin.kernel import clock
from mulin.mutualaid.matching import actions
from mulin.mutualaid.matching.models import AidHelper, AidMatch, AidNeed

AFTERNOONS = [{"day": day, "from": "16:00", "to": "18:30"} for day in range(1, 6)]
SCHOOL = [{"day": day, "from": "16:30", "to": "17:15"} for day in (1, 2, 3)]


@pytest.fixture(autouse=True)
def _monday(freeze):
    freeze("2026-11-23 09:00")


@pytest.fixture
def helped(world, cast) -> Callable[..., AidHelper]:
    """`helped("王婶", kinds=["pickup"])`: a helper on duty, checked unless `checked` says how long ago the
    check was (None: never)."""

    def make(
        name: str = "王婶", *, kinds=("pickup", "tutoring"), checked: int | None = 30, account=None, **more
    ) -> AidHelper:
        clerk = cast.clerk.actor
        given = {"name": name, "kinds": list(kinds), "windows": AFTERNOONS, "capacity": 3, **more}
        made = actions.enter_helper(
            actor=clerk, place=world.home, account=account.pk if account else None, **given
        )
        actions.screen_helper(actor=clerk, number=made.number)
        for topic in ("basics", "child_safety"):
            actions.give_training(
                actor=clerk, numbers=[made.number], topic=topic, on=clock.today(), minutes=60
            )
        actions.insure_helper(actor=clerk, number=made.number, until=clock.today() + timedelta(days=400))
        if checked is not None:
            day = clock.today() - timedelta(days=checked)
            actions.record_check(actor=clerk, number=made.number, checked_on=day, source="花园路派出所")
            actions.put_on_duty(actor=clerk, number=made.number)
        else:
            # Nobody gets there by the actions: as if the check had been forgotten.
            AidHelper.objects.filter(pk=made.pk).update(state="on_duty")
        made.refresh_from_db()
        return made

    return make


@pytest.fixture
def needed(world, cast) -> Callable[..., AidNeed]:
    """`needed(kind="pickup")`: a need of the resident's, with a parent's consent where a child takes part."""

    def make(kind: str = "pickup", *, consent: bool = True, name: str = "三单元李妈妈", **more) -> AidNeed:
        given = {
            "name": name,
            "windows": SCHOOL if kind == "pickup" else AFTERNOONS,
            "contact": "13900139000",
            **more,
        }
        return actions.ask_help(
            actor=cast.resident.actor, place=world.home, kind=kind, has_consent=consent, **given
        )

    return make


@pytest.fixture
def proposed(cast) -> Callable[..., AidMatch]:
    """The first suggestion for a need, asked of both."""

    def make(need: AidNeed) -> AidMatch:
        clerk = cast.clerk.actor
        offers = actions.suggest_helpers(actor=clerk, number=need.number)
        return actions.propose_match(
            actor=clerk, number=need.number, offer=offers[0].pk, safe_rule="visible_place",
            safe_note="社区四点半课堂",
        )  # fmt: skip

    return make


@pytest.fixture
def begun(cast, proposed) -> Callable[..., AidMatch]:
    """Both said yes: the trial runs."""

    def make(need: AidNeed) -> AidMatch:
        match = proposed(need)
        for side in ("helper", "family"):
            actions.agree_match(actor=cast.clerk.actor, number=match.number, side=side)
        match.refresh_from_db()
        return match

    return make


def days_ago(n: int) -> date:
    return clock.today() - timedelta(days=n)

"""The fit of a pair and the best plan, without a database."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from mulin.mutualaid.matching import engine
from mulin.mutualaid.matching.engine import Helper, Need, Spot, Window

RADIUS = 1500.0
MORNING, LONG = (Window(1, 540, 660),), (Window(1, 480, 720),)


def need(key="n", *, kind="company", windows=MORNING, needs_all=False, minutes=60, **more) -> Need:
    return Need(key, kind, tuple(windows), minutes, needs_all, **more)


def helper(key="h", *, may=("n",), kinds=("company",), windows=LONG, room=2, **more) -> Helper:
    return Helper(key, frozenset(kinds), tuple(windows), room, frozenset(may), **more)


def test_who_may_not_be_named_is_no_pair_however_well_they_fit():
    assert engine.pair(need(), helper(), RADIUS)
    assert engine.pair(need(), helper(may=()), RADIUS) is None


def test_kind_room_and_reach_must_fit():
    near, far = Spot(lon=106.56, lat=29.51), Spot(lon=106.60, lat=29.51)
    assert engine.pair(need(kind="meals"), helper(), RADIUS) is None
    assert engine.pair(need(), helper(room=0), RADIUS) is None
    assert engine.pair(need(spot=near), helper(spot=far), RADIUS) is None
    assert 3800 < engine.metres(near, far) < 3950


def test_every_time_of_the_way_home_has_to_be_covered():
    days = (Window(1, 990, 1035), Window(2, 990, 1035))
    wanted = need(kind="pickup", windows=days, needs_all=True)
    one_day = helper(kinds=["pickup"], windows=[Window(1, 960, 1100)])
    both = helper(kinds=["pickup"], windows=[Window(1, 960, 1100), Window(2, 960, 1100)])
    assert engine.pair(wanted, one_day, RADIUS) is None
    assert engine.pair(wanted, both, RADIUS).choices == (days,)
    promised = helper(kinds=["pickup"], windows=both.windows, busy=(Window(2, 1000, 1060),))
    assert engine.pair(wanted, promised, RADIUS) is None


def test_reasons_are_said_and_the_weightiest_comes_first():
    wanted = need(
        spot=Spot("B1", "E1"), languages=frozenset({"local"}), wishes=frozenset({"cooks"}),
        known=frozenset({"h"}),
    )  # fmt: skip
    found = engine.pair(
        wanted,
        helper(spot=Spot("B1", "E1"), languages=frozenset({"local"}), traits=frozenset({"cooks"})),
        RADIUS,
    )
    assert [one["code"] for one in found.reasons] == ["same_building", "known", "language", "wish", "hours"]


def test_with_whom_it_did_not_come_about_is_not_suggested_again():
    assert engine.pair(need(passed=frozenset({"h"})), helper(), RADIUS) is None


def test_the_plan_serves_more_than_who_comes_first():
    """The first need could be served by both helpers and takes the better one, whom the second alone has."""
    first = need(1, spot=Spot("B1"))
    second = need(2, windows=[Window(1, 540, 600)], kind="company", languages=frozenset({"local"}))
    only = helper("a", may=[1, 2], room=1, spot=Spot("B1"))
    other = helper("b", may=[1], room=1)
    assert len(engine.first_come([first, second], [only, other], RADIUS)) == 1
    plan = engine.assign([first, second], [only, other], RADIUS)
    assert len(plan.pairs) == 2 and plan.bound == 2 and plan.is_best


def test_nobody_and_nothing_is_a_plan_too():
    assert engine.assign([], [], RADIUS).pairs == {}
    assert engine.assign([need()], [helper(may=())], RADIUS).is_best


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_no_plan_breaks_a_rule_and_none_serves_less_than_first_come(seed):
    rng = random.Random(seed)
    needs, helpers = invented(rng, 14, 6)
    plan = engine.assign(needs, helpers, RADIUS)
    assert engine.check(needs, helpers, plan, RADIUS) == []
    assert len(plan.pairs) >= len(engine.first_come(needs, helpers, RADIUS))
    assert len(plan.pairs) <= plan.bound
    for key, (one, _times) in plan.pairs.items():
        assert key in next(h for h in helpers if h.key == one.helper).may


def invented(rng: random.Random, n: int, m: int) -> tuple[list[Need], list[Helper]]:
    def spot() -> Spot:
        return Spot(lon=106.55 + rng.random() * 0.02, lat=29.5 + rng.random() * 0.01)

    needs = []
    for key in range(n):
        is_walk = rng.random() < 0.4
        windows = (
            {Window(rng.randint(1, 5), 990, 1035) for _ in range(2)}
            if is_walk
            else {Window(rng.randint(1, 7), 540, 540 + rng.choice([60, 120]))}
        )
        needs.append(
            need(key, kind="pickup" if is_walk else "company", windows=sorted(windows), needs_all=is_walk,
                 minutes=45 if is_walk else 60, spot=spot())
        )  # fmt: skip
    helpers = [
        helper(
            f"h{key}", kinds=["pickup", "company"], room=rng.randint(1, 3), spot=spot(),
            windows=[Window(day, 480, 1080) for day in range(1, 8) if rng.random() < 0.7],
            may=[one.key for one in needs if rng.random() < 0.8],
        )
        for key in range(m)
    ]  # fmt: skip
    return needs, helpers

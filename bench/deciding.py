"""Part 7: what it costs to decide: a budget by equal shares, an owners' vote, acquaintance chains.

The chains' visits are those of a simulation (mulin/councils/canvass_model.py): its assumptions, above all how
much more an acquaintance achieves than a stranger, are assumed and not measured. So the ratio is printed
three times: as assumed, with half of that pull, and with none.
"""

import random
import statistics
import time
import tomllib
from pathlib import Path

from bench.figures import NO_DATABASE, Figure, at_most
from bench.measure import NothingMeasured
from bench.options import Options

GOAL_SHARES, GOAL_OWNERS, GOAL_CHAINS, GOAL_VISITS = 5.0, 5.0, 5.0, 0.6
SEED = 11
PACK = "mulin/councils/packs/rules.toml"


def measure(options: Options) -> list[Figure]:
    return [*_shares(options), _owners(options), *_chains(options)]


def _timed(name: str, act, rounds: int, goal: float, note: str = "") -> Figure:
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        act()
        times.append(time.perf_counter() - started)
    median = statistics.median(times)
    return Figure(
        "deciding", name, NO_DATABASE, median, "s", min(times), max(times),
        **at_most(round(median, 2), goal, " s"), note=note,
    )  # fmt: skip


# --- budgets --------------------------------------------------------------------------------------------


def contest(voters: int, projects: int, seed: int):
    """A made-up district: twelve neighbourhoods, projects of very different price and fame, 1 to 15
    crosses."""
    from mulin.councils.budgets import Contest

    rng = random.Random(seed)
    prices = (8_000, 15_000, 25_000, 40_000, 60_000, 90_000, 150_000, 250_000, 400_000)
    costs = tuple(rng.choice(prices) + rng.randrange(0, 5_000, 50) for _ in range(projects))
    fame = [rng.paretovariate(1.1) for _ in range(projects)]
    where = [rng.randrange(12) for _ in range(projects)]
    papers = []
    for _ in range(voters):
        home = rng.randrange(12)
        pull = [one * (6 if where[place] == home else 1) for place, one in enumerate(fame)]
        crosses = rng.choices(range(projects), pull, k=rng.randint(1, 15))
        papers.append(dict.fromkeys(sorted(set(crosses)), 1))
    return Contest(voters * 595, tuple(map(str, range(projects))), costs, tuple(papers))


def _shares(options: Options) -> list[Figure]:
    from mulin.councils.budgets import equal_shares

    case = contest(options.voters, 100, SEED)
    found = []
    for satisfaction in ("cost", "cardinality"):
        outcome = equal_shares(case, satisfaction=satisfaction)
        if not outcome.raised:
            raise NothingMeasured("no share was raised")
        name = (
            f"equal shares, {options.voters:,} voters, 100 projects, {outcome.raised} raises, {satisfaction}"
        )
        found.append(
            _timed(
                name,
                lambda satisfaction=satisfaction: equal_shares(case, satisfaction=satisfaction),
                options.rounds,
                GOAL_SHARES,
            )
        )
    return found


# --- owners ---------------------------------------------------------------------------------------------


def _owners(options: Options) -> Figure:
    from mulin.councils import owners
    from mulin.councils.counting import VoteRule
    from mulin.councils.owners import Paper, Unit

    rng = random.Random(SEED)
    rule = VoteRule(
        body="owners", quorum="area >= 2/3 of roster and heads >= 2/3 of roster", void="left_out",
        consent="area >= 3/4 of took_part and heads >= 3/4 of took_part", blank="took_part",
        contradiction="took_part", area_order=owners.AREA_SOURCES,
    )  # fmt: skip
    people = [f"p{number}" for number in range(options.owners)]
    units = [
        Unit(
            str(number), tuple(rng.sample(people, 2)) if number % 7 == 0 else (owner,), 4_000 + number % 9_000
        )
        for number, owner in enumerate(people)
    ]
    answers = (("yes",), ("yes",), ("yes",), ("no",), (), None)
    papers = [Paper(one, rng.choice(answers)) for one in people if rng.random() < 0.8]
    result = owners.count(rule, units, papers)
    if not result.is_certified:
        raise NothingMeasured(f"the count was refused: {result.gaps}")
    name = f"owners' vote, {options.owners:,} parts, {len(papers):,} papers"
    return _timed(name, lambda: owners.count(rule, units, papers), options.rounds, GOAL_OWNERS)


# --- chains ---------------------------------------------------------------------------------------------


def _chains(options: Options) -> list[Figure]:
    from mulin.councils import canvass_model, chains

    pack = tomllib.loads(Path(PACK).read_text(encoding="utf-8"))
    value = next(one["value"] for one in pack["rule"] if one["name"] == "councils.etiquette")
    rules, houses = chains.Etiquette.from_rule(value), options.households
    ties = canvass_model.neighbourhood(houses, 5 * houses, SEED)
    campaign, starters = canvass_model.begin(houses, canvass_model.Assumptions(), SEED)
    if not (chains.propose(ties, campaign, starters, rules, 1).caller >= 0).any():
        raise NothingMeasured("no chain was found")
    name = f"chains, {houses:,} households, {len(ties.a):,} ties, one plan"
    found = [
        _timed(name, lambda: chains.propose(ties, campaign, starters, rules, 1), options.rounds, GOAL_CHAINS)
    ]
    for label, pull in canvass_model.PULLS.items():
        given = canvass_model.Assumptions(pull=pull)
        found.append(_visits(label, canvass_model.compare(ties, houses, rules, given, SEED)))
    return found


def _visits(label: str, compared) -> Figure:
    """Visits along chains; the ratio to door to door in random order, up to the same support."""
    one, other = compared.chains, compared.doors
    goal = at_most(round(compared.ratio, 3), GOAL_VISITS) if label == "assumed" else {}
    if label == "assumed" and not one.is_reached:
        goal["ok"] = False
    return Figure(
        "deciding",
        f"visits from {one.curve[0]:.0%} to {one.support:.1%}, simulated, pull of acquaintances: {label}",
        NO_DATABASE,
        one.visits,
        "visits",
        ratio=compared.ratio,
        against=f"{other.visits:,} door to door",
        **goal,
        note="a model with stated assumptions, no forecast",
    )

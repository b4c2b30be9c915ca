"""The doors of the demo's renewals: a list of households, people who know one another, and what is said.

Whom to call on the engine proposes each day, from ties that the households consented to. What is said follows
chance, more kindly the better both know each other; where it comes out at last nobody wrote down beforehand.
"""

import csv
import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from mulin.councils.canvasses import contacts, planning, questions, setup, ties
from mulin.councils.canvasses.models import Canvass, Canvasser, CanvassHousehold, CanvassVisit
from mulin.councils.rosters import actions as rosters
from mulin.places.models import Site
from mulin.site.demo.places import HOME

FIRST_TIES, LATER_TIES, TODAYS_TIES = 12, 2, 4
AT_HOME = 0.72
# The chance that who is met agrees, by how well both know each other, and what it gains by agreeing friends.
AGREES, COMPANY = {0: 0.3, 1: 0.5, 2: 0.62, 3: 0.78}, 0.2
SURE = 0.92
# What every day of talk in the yard adds to it.
PATIENCE = 0.01
LEFT_ALONE = 0.008
REASONS = ("cost", "noise", "quality", "unclear", "family", "trust")


def rows(renewal: Any) -> list[tuple[str, str, str]]:
    """Building's name, stair and door of every household, in the order of the list."""
    estate = renewal.estate
    names = dict(Site.objects.filter(code__startswith=f"{HOME}-B").values_list("code", "name"))
    return [
        (names[f"{HOME}-{building}"], str(stair), f"{floor}-{side}")
        for building in estate.buildings
        for stair in range(1, estate.stairs + 1)
        for floor in range(1, estate.floors + 1)
        for side in (1, 2)
    ]


def import_roster(renewal: Any, body: str, title: str, head: list[str], lines: list[list[str]]) -> str:
    """A frozen roster from a table, as a community makes one; its number."""
    made = rosters.draft_roster(actor=renewal.clerk, place=HOME, body=body, title=title, site=renewal.site)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([head, *lines])
        rosters.import_entries(actor=renewal.clerk, number=made.number, path=path)
    rosters.freeze_roster(actor=renewal.clerk, number=made.number)
    return made.number


def prepare(when: datetime, renewal: Any) -> None:
    """The list, who said yes in the yard, who goes, whom they know; then it begins."""
    renewal.begin(when, "canvass")
    title = f"{renewal.estate.title}：住户"
    number = import_roster(
        renewal, "households", title, ["楼栋", "单元", "房号"], [list(row) for row in rows(renewal)]
    )
    clerk, found = renewal.clerk, renewal.canvass_of()
    renewal.canvass = found.number
    setup.edit_canvass(
        actor=clerk, number=found.number, title=renewal.estate.title, purpose=renewal.estate.purpose,
        contact="居委会陈老师 6280 0000", ends_on=renewal.on("knocked", days=30).date(), target=found.target,
    )  # fmt: skip
    roster, listed = setup.doors_of_roster(clerk, number, HOME)
    homes = {home for _who, home in renewal.estate.canvassers}
    said_yes = set(renewal.rng.sample([n for n in range(len(listed)) if n not in homes],
                                      renewal.estate.sheets[0] - len(homes))) | homes  # fmt: skip
    listed = [replace(door, stance="agree") if n in said_yes else door for n, door in enumerate(listed)]
    setup.add_households(actor=clerk, number=found.number, doors=listed, roster=roster)
    for account, (_who, home) in zip(renewal.canvassers, renewal.estate.canvassers, strict=True):
        one = setup.add_canvasser(actor=clerk, number=found.number, account=account.pk)
        if one.home is None:  # who is confirmed to live there was found by that
            setup.set_home(actor=clerk, number=found.number, canvasser=one.pk, n=home)
    for n in sorted(said_yes):
        tie(renewal, clerk, n, FIRST_TIES if n in homes else LATER_TIES)
    setup.start_canvass(actor=clerk, number=found.number)


def tie(renewal: Any, actor: Any, who: int, most: int) -> None:
    """A household says which doors it could speak at, and that this may be used: of those that do not agree
    yet, mostly in its own stair and building."""
    found = Canvass.objects.get(number=renewal.canvass)
    rng, stair = renewal.rng, renewal.estate.floors * 2
    left = found.households.exclude(stance__in=("agree", "refused")).order_by("n")
    asked = [n for n in left.values_list("n", flat=True) if n != who]
    for _ in range(most):
        span = rng.choice((stair, stair * renewal.estate.stairs, stair * renewal.estate.stairs, 10_000))
        near = [n for n in asked if n // span == who // span] or asked
        if near:
            knows = rng.choice(near)
            asked.remove(knows)
            trust, how = rng.choices((1, 2, 3), (5, 3, 2))[0], rng.choice(("go", "name"))
            ties.record_tie(actor=actor, number=renewal.canvass, who=who, knows=knows, trust=trust, how=how)


def support(found: Canvass) -> float:
    """The share of households that agree now."""
    agree = found.households.filter(stance="agree").count()
    return agree / max(found.households.count(), 1)


def knock(when: datetime, renewal: Any) -> None:
    """A day at the doors: what the engine proposes for today, each canvasser at their own."""
    found = Canvass.objects.get(number=renewal.canvass)
    renewal.days += 1
    if support(found) >= SURE:
        return
    planning.plan_today(actor=renewal.clerk, number=found.number)
    people = Canvasser.objects.filter(canvass=found, role="canvasser").order_by("id")
    for one in people.select_related("account"):
        for visit in CanvassVisit.objects.filter(canvasser=one).order_by("n"):
            _call(renewal, found, one, visit)


def _call(renewal: Any, found: Canvass, one: Canvasser, visit: CanvassVisit) -> None:
    rng, actor = renewal.rng, renewal.street.actor_of(one.account)
    row = found.households.get(n=visit.n)
    outcome = _outcome(rng, row, visit.trust, COMPANY * support(found) + PATIENCE * renewal.days)
    reason = rng.choice(REASONS) if outcome in ("undecided", "oppose") else ""
    contacts.record_contact(
        actor=actor, number=found.number, n=visit.n, outcome=outcome, reason=reason,
        channel="phone" if rng.random() < 0.1 else "door",
    )  # fmt: skip
    if outcome == "agree":
        tie(renewal, actor, visit.n, LATER_TIES)


def _outcome(rng: Any, row: CanvassHousehold, trust: int, mood: float) -> str:
    if rng.random() > AT_HOME:
        return "not_reached"
    if rng.random() < AGREES[trust] + mood:
        return "agree"
    if rng.random() < LEFT_ALONE:
        return "refused"
    return "oppose" if rng.random() < 0.3 else "undecided"


def answer(when: datetime, renewal: Any, kind: str, text: str, reply: str) -> None:
    """What was heard at the doors is answered where everybody reads it."""
    fields = {"actor": renewal.clerk, "number": renewal.canvass, "kind": kind, "text": text}
    one = questions.note_question(**fields)
    questions.answer_question(**fields, question=one.pk, answer=reply)


def plan_today(when: datetime, renewal: Any) -> None:
    """So that whoever opens the demo finds doors to knock at today."""
    found = Canvass.objects.get(number=renewal.canvass)
    if found.state == "running":
        for _who, home in renewal.estate.canvassers:
            tie(renewal, renewal.clerk, home, TODAYS_TIES)
        planning.plan_today(actor=renewal.clerk, number=found.number)

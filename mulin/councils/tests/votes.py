"""Rules, rosters and papers that the tests of counting share."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from mulin.councils import voterules
from mulin.councils.counting import Amount, Totals, VoteRule
from mulin.councils.owners import Paper, Unit
from mulin.kernel.rules import RuleBook

PACK = Path(__file__).parent.parent / "packs" / "rules.toml"
BOOK = RuleBook.load([PACK])
HOME, TODAY = "500108002005", date(2026, 5, 1)
YES, NO, BLANK, SPOILED = ("yes",), ("no",), (), None


def owners_rule(matter="manager", **changes):
    rule = voterules.read(BOOK, at=HOME, on=TODAY, body="owners", matter=matter)
    return replace(rule, **changes)


def flats(number, area=10_000, **more):
    return [Unit(f"u{i:03}", (f"p{i:03}",), registry=area, **more) for i in range(number)]


def said(yes=0, no=0, blank=0):
    choices = [YES] * yes + [NO] * no + [BLANK] * blank
    return [Paper(f"p{i:03}", choice) for i, choice in enumerate(choices)]


def totals(area, heads, took_area, took_heads, yes_area, yes_heads):
    rest = Amount(took_heads - yes_heads, took_area - yes_area)
    yes = Amount(yes_heads, yes_area)
    return Totals(Amount(heads, area), {"yes": yes, "no": rest}, Amount(took_heads, took_area))


def step(result, code, **wanted):
    return next(
        one.values for one in result.steps
        if one.code == code and all(one.values[key] == value for key, value in wanted.items())
    )  # fmt: skip


def residents_rule(on=date(2025, 6, 1), body="residents", **more):
    return voterules.read(BOOK, at=HOME, on=on, body=body, matter="resolution", **more)


def choice_rule(kind, options, **more):
    base = {"quorum": "none", "consent": "none", "blank": "took_part", "void": "left_out"}
    return VoteRule(**{"body": "residents", "kind": kind, "options": options, **base, **more})

"""Counting votes: from totals and a rule to a result that any resident can follow. Pure and exact.

A vote is counted in two steps. First the papers become `Totals` (here for people and households, in `owners`
for owners, whose votes weigh by area and by heads). Then `decide` compares the totals with the thresholds of
a `VoteRule`. Thresholds and switches are data from the rule packs (packs/rules.toml), each with its legal
basis and certainty; the engine knows none by itself. A value that is needed and unset is a `Gap`: the result
is "refused", says which rule has to be filled in, and certifies nothing.

Residents, households and owners are different rosters and are never counted together: a `VoteRule` names its
one body. Every number of a result is an integer; shares are compared by multiplying integers.

Kinds of paper, a choice being a tuple of options:
    yes_no      ("yes",) or ("no",); () is an abstention or a blank paper
    choose_one  (option,); ()
    approve     (option, option, …) in any order, at most `max_choices`; ()
    rank        (best, next, …); ()
    None        a spoiled paper, of any kind
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mulin.councils import ranking, thresholds
from mulin.councils.thresholds import Condition

KINDS = ("yes_no", "choose_one", "approve", "rank")
YES_NO = ("yes", "no")
Choice = tuple[str, ...]

# What each step of a result says, and the numbers it says it with: the pages put them into sentences.
STEPS = {
    "roster": ("heads", "area"),
    "left_out": ("reason", "heads", "area", "papers"),
    "papers": ("choice", "heads", "area"),
    "took_part": ("heads", "area"),
    "absent_joined": ("choice", "heads", "area"),
    "absent_not_joined": ("heads", "area"),
    "quorum": ("measure", "part", "base", "whole", "share", "is_strict", "needed", "is_met"),
    "consent": ("choice", "measure", "part", "base", "whole", "share", "is_strict", "needed", "is_met"),
    "round": ("round", "counts", "papers", "out"),
    "points": ("points",),
    "duel": ("one", "two", "for_one", "for_two"),
    "demand": ("measure", "part", "base", "whole", "share", "is_strict", "needed", "is_met"),
    "order": ("choices",),
    "tie": ("choices",),
    "tie_broken": ("choices", "order"),
    "refused": ("gap", "rule", "detail"),
    "outcome": ("status", "winners"),
}


class BallotError(ValueError):
    """A rule or totals that contradict themselves; the message says where."""


@dataclass(frozen=True, slots=True)
class Amount:
    """People and what they own: heads, and area in hundredths of a square metre (0 where nobody owns)."""

    heads: int = 0
    area: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.heads + other.heads, self.area + other.area)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.heads - other.heads, self.area - other.area)

    def as_json(self) -> dict[str, int]:
        return {"heads": self.heads, "area": self.area}


@dataclass(frozen=True, slots=True)
class Source:
    """Where one value of a rule comes from."""

    name: str
    value: Any
    basis: str
    certainty: str
    reference: str = ""


@dataclass(frozen=True, slots=True)
class VoteRule:
    """All that counting needs to know. None means unset: a vote that needs the value is refused.

    quorum, consent     thresholds, see `thresholds`; consent is asked of "yes", or of each option
    blank, void         "took_part" or "left_out": does such a paper count as taking part
    contradiction       the same for an owner who says two different things (owners only)
    absent              "absent", or "with_majority": owners without a paper are added to the majority after
                        the quorum is met without them
    parking             "counted" or "left_out" (owners only)
    options, seats      what can be chosen, and how many can win
    rank                chain of rules for ranked papers; `tie_order` breaks ties, () leaves them open
    """

    body: str
    kind: str = "yes_no"
    quorum: str | None = None
    consent: str | None = None
    blank: str | None = None
    void: str | None = None
    contradiction: str | None = None
    absent: str | None = "absent"
    parking: str | None = None
    options: tuple[str, ...] = YES_NO
    seats: int = 1
    max_choices: int | None = None
    rank: tuple[str, ...] | None = None
    tie_order: tuple[str, ...] = ()
    area_order: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise BallotError(f"kind {self.kind!r} is none of {', '.join(KINDS)}")
        if len(set(self.options)) != len(self.options) or not self.options:
            raise BallotError("options are different from each other, and there is at least one")
        if self.kind == "yes_no" and self.options != YES_NO:
            raise BallotError("a yes_no vote has the options yes and no")
        if not 1 <= self.seats <= len(self.options):
            raise BallotError("seats lie between 1 and the number of options")
        if self.tie_order and sorted(self.tie_order) != sorted(self.options):
            raise BallotError("tie_order names every option once")
        if any(one.base != "roster" for one in thresholds.parse(self.quorum or thresholds.NONE)):
            raise BallotError("a quorum is a share of the roster")
        if unknown := set(self.rank or ()) - set(ranking.RULES):
            raise BallotError(f"rank knows {', '.join(ranking.RULES)}, not {sorted(unknown)[0]!r}")

    def is_valid(self, choice: Choice) -> bool:
        """Whether a paper says something that this kind of vote understands."""
        if len(set(choice)) != len(choice) or not set(choice) <= set(self.options):
            return False
        most = 1 if self.kind in ("yes_no", "choose_one") else self.max_choices or len(self.options)
        return len(choice) <= most


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Papers or parts that are not counted, and why."""

    reason: str
    amount: Amount = Amount()
    papers: int = 0


@dataclass(frozen=True, slots=True)
class Totals:
    """All papers added up. `options` is the support of each option; `decided` the papers that choose any.
    `ranks` holds how many papers have each order. `roster` is all who may vote, after what is left out."""

    roster: Amount
    options: Mapping[str, Amount]
    decided: Amount
    blank: Amount = Amount()
    void: Amount = Amount()
    contradicted: Amount = Amount()
    present: Amount | None = None
    ranks: Mapping[Choice, int] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """Why a vote cannot be certified. `rule` names the rule that somebody responsible must fill in."""

    code: str
    rule: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing said on the way to the result: a code of STEPS and its values."""

    code: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Result:
    """status: passed, rejected, elected, partly_elected, not_elected, tied, no_quorum or refused."""

    status: str
    winners: tuple[str, ...]
    steps: tuple[Step, ...]
    gaps: tuple[Gap, ...] = ()

    @property
    def is_certified(self) -> bool:
        """Whether the count may be published. A tie or a missed quorum is a result; a refusal is not."""
        return self.status != "refused"

    def as_json(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "winners": list(self.winners),
            "steps": [{"code": step.code, **step.values} for step in self.steps],
        }


# --- people and households -----------------------------------------------------------------------------


def tally(rule: VoteRule, papers: Iterable[Choice | None], roster: int, present: int | None = None) -> Totals:
    """Add up anonymous papers where every paper is one head. The order of the papers does not matter.

    `roster` is how many may vote, `present` how many came (where there was a meeting).
    """
    counts = Counter(papers)
    void = sum(n for choice, n in counts.items() if choice is None or not rule.is_valid(choice))
    valid = {choice: n for choice, n in sorted(counts.items(), key=str) if choice and rule.is_valid(choice)}
    options = {one: Amount(sum(n for choice, n in valid.items() if one in choice)) for one in rule.options}
    return Totals(
        roster=Amount(roster),
        options=options,
        decided=Amount(sum(valid.values())),
        blank=Amount(counts[()]),
        void=Amount(void),
        present=None if present is None else Amount(present),
        ranks=valid if rule.kind == "rank" else {},
    )


def count(rule: VoteRule, papers: Iterable[Choice | None], roster: int, present: int | None = None) -> Result:
    """The result of anonymous papers of people or households."""
    return decide(rule, tally(rule, papers, roster, present))


# --- the decision --------------------------------------------------------------------------------------


def decide(rule: VoteRule, totals: Totals) -> Result:
    """Compare totals with the rule. Refuses with every gap at once, so that all can be filled in together."""
    gaps = (*totals.gaps, *_gaps(rule, totals))
    if gaps:
        refused = tuple(Step("refused", {"gap": g.code, "rule": g.rule, "detail": g.detail}) for g in gaps)
        return Result("refused", (), (*refused, _outcome("refused", ())), gaps)
    steps = _told(rule, totals)
    took_part = _took_part(rule, totals)
    steps.append(Step("took_part", took_part.as_json()))
    bases = {"roster": totals.roster, "took_part": took_part, "decided": totals.decided}
    # Who came to a meeting is there, with or without a paper; owners take part by their papers alone
    # (民法典第278条: 参与表决).
    bases["present"] = totals.present or took_part
    there = took_part if rule.body == "owners" else replace(took_part, heads=bases["present"].heads)
    quorum = [compared("quorum", one, there, bases, {}) for one in thresholds.parse(rule.quorum or "")]
    steps += quorum
    if not all(step.values["is_met"] for step in quorum):
        return _ended("no_quorum", (), steps)
    totals, bases = _with_absent(rule, totals, bases, steps)
    if rule.kind == "rank":
        return _ranked(rule, totals, steps)
    return _chosen(rule, totals, bases, steps)


def _gaps(rule: VoteRule, totals: Totals) -> list[Gap]:
    """What is needed for these totals and is not set."""
    found = []
    needed = {
        "quorum": True,
        "consent": rule.kind != "rank",
        "blank": totals.blank != Amount(),
        "void": totals.void != Amount(),
        "contradiction": totals.contradicted != Amount(),
        "absent": rule.body == "owners",
        "rank": rule.kind == "rank",
    }
    for name, is_needed in needed.items():
        if is_needed and getattr(rule, name) in (None, ()):
            found.append(Gap(f"unset-{name}", f"councils.{name}"))
    for text in filter(None, (rule.quorum, rule.consent)):
        conditions = thresholds.parse(text)
        if any(one.measure == "area" for one in conditions) and not totals.roster.area:
            found.append(Gap("no-area", detail=text))
        if any(one.base == "present" for one in conditions) and totals.present is None:
            found.append(Gap("no-attendance", detail=text))
    if rule.kind == "rank" and rule.body == "owners":
        found.append(Gap("no-ranks-by-area"))
    if rule.kind == "rank" and rule.seats != 1:
        found.append(Gap("one-seat-by-rank"))
    if totals.roster.heads <= 0:
        found.append(Gap("empty-roster"))
    return found + _contradictions(rule, totals)


def _contradictions(rule: VoteRule, totals: Totals) -> list[Gap]:
    """Totals that cannot come from one set of papers."""
    found = []
    parts = (totals.decided, totals.blank, totals.void, totals.contradicted)
    for measure in thresholds.MEASURES:
        number = sum(getattr(one, measure) for one in parts)
        roster, decided = getattr(totals.roster, measure), getattr(totals.decided, measure)
        there = totals.present.heads if totals.present and measure == "heads" else roster
        chosen = [getattr(one, measure) for one in totals.options.values()]
        if min(*chosen, *(getattr(one, measure) for one in parts)) < 0 or not number <= there <= roster:
            detail = f"{measure}: papers {number}, present {there}, roster {roster}"
            found.append(Gap("more-papers-than-voters", detail=detail))
        is_single = rule.kind in ("yes_no", "choose_one")
        if max(chosen) > decided or (is_single and sum(chosen) != decided):
            found.append(Gap("totals-disagree", detail=f"{measure}: {chosen} of {decided}"))
    if set(totals.options) != set(rule.options):
        found.append(Gap("totals-disagree", detail="options"))
    return found


def _told(rule: VoteRule, totals: Totals) -> list[Step]:
    """Roster, what was left out, and how the papers divide, in the order of the rule's options: that of the
    totals' keys says nothing."""
    steps = [Step("roster", totals.roster.as_json())]
    for one in totals.left_out:
        values = {"reason": one.reason, **one.amount.as_json(), "papers": one.papers}
        steps.append(Step("left_out", values))
    parts = {
        **{one: totals.options[one] for one in rule.options},
        "blank": totals.blank,
        "void": totals.void,
        "contradicted": totals.contradicted,
    }
    steps += [Step("papers", {"choice": name, **amount.as_json()}) for name, amount in parts.items()]
    return steps


def _took_part(rule: VoteRule, totals: Totals) -> Amount:
    amount = totals.decided
    for switch, one in (
        (rule.blank, totals.blank),
        (rule.void, totals.void),
        (rule.contradiction, totals.contradicted),
    ):
        amount += one if switch == "took_part" else Amount()
    return amount


def compared(
    code: str, one: Condition, part: Amount, bases: Mapping[str, Amount], more: Mapping[str, Any]
) -> Step:
    """One condition of a threshold, with all the numbers that a person needs to follow it."""
    had, whole = getattr(part, one.measure), getattr(bases[one.base], one.measure)
    values = {
        "measure": one.measure,
        "part": had,
        "base": one.base,
        "whole": whole,
        "share": str(one.share),
        "is_strict": one.is_strict,
        "needed": one.needed(whole),
        "is_met": one.is_met(had, whole),
    }
    return Step(code, {**more, **values})


def _with_absent(
    rule: VoteRule, totals: Totals, bases: dict[str, Amount], steps: list[Step]
) -> tuple[Totals, dict[str, Amount]]:
    """Where the owners' own rules say so, those without a paper go with the majority: the one option that
    leads in heads and in area. Without such an option nobody is added."""
    if rule.absent != "with_majority":
        return totals, bases
    gone = totals.roster - totals.decided - totals.blank - totals.void - totals.contradicted
    leaders = [
        one
        for one, amount in totals.options.items()
        if all(
            amount.heads > other.heads and amount.area > other.area
            for name, other in totals.options.items()
            if name != one
        )
    ]
    if not leaders:
        steps.append(Step("absent_not_joined", gone.as_json()))
        return totals, bases
    steps.append(Step("absent_joined", {"choice": leaders[0], **gone.as_json()}))
    options = {**totals.options, leaders[0]: totals.options[leaders[0]] + gone}
    more = {name: bases[name] + gone for name in ("took_part", "decided", "present")}
    return replace(totals, options=options, decided=totals.decided + gone), {**bases, **more}


def _chosen(rule: VoteRule, totals: Totals, bases: Mapping[str, Amount], steps: list[Step]) -> Result:
    conditions = thresholds.parse(rule.consent or "")
    asked = ("yes",) if rule.kind == "yes_no" else rule.options
    agreed = []
    for option in asked:
        amount = totals.options[option]
        found = [compared("consent", one, amount, bases, {"choice": option}) for one in conditions]
        steps += found
        if all(step.values["is_met"] for step in found) and (conditions or amount != Amount()):
            agreed.append(option)
    if rule.kind != "yes_no":
        return _seated(rule, totals, agreed, steps)
    if not conditions:
        agreed = ["yes"] if _leads(totals.options["yes"], totals.options["no"]) else []
    return _ended("passed" if agreed else "rejected", tuple(agreed), steps)


def _leads(one: Amount, two: Amount) -> bool:
    return one.heads > two.heads and one.area >= two.area


def _seated(rule: VoteRule, totals: Totals, agreed: Sequence[str], steps: list[Step]) -> Result:
    """The options that met the thresholds, best first, until the seats are full."""
    if len(agreed) > rule.seats:
        by_heads = sorted(agreed, key=lambda one: -totals.options[one].heads)
        steps.append(Step("order", {"choices": by_heads}))
        tied = _at_the_edge(rule, totals, by_heads)
        if tied and not rule.tie_order:
            steps.append(Step("tie", {"choices": tied}))
            sure = tuple(one for one in by_heads[: rule.seats] if one not in tied)
            return _ended("tied", sure, steps)
        if tied:
            steps.append(Step("tie_broken", {"choices": tied, "order": list(rule.tie_order)}))
        sure = [one for one in by_heads[: rule.seats] if one not in tied]
        rest = sorted(tied, key=rule.tie_order.index) if tied else []
        agreed = sure + rest[: rule.seats - len(sure)]
    status = "elected" if len(agreed) == rule.seats else "partly_elected" if agreed else "not_elected"
    return _ended(status, tuple(agreed), steps)


def _at_the_edge(rule: VoteRule, totals: Totals, by_heads: Sequence[str]) -> list[str]:
    """Options of which nobody can say who of them has the last seats: equal in heads, or, for owners, before
    in heads and behind in area. No law orders these two, so neither do we."""
    heads = {one: totals.options[one].heads for one in by_heads}
    area = {one: totals.options[one].area for one in by_heads}
    sure = {
        one
        for one in by_heads
        if sum(other != one and not _beats(one, other, heads, area) for other in by_heads) < rule.seats
    }
    lost = {
        one for one in by_heads if sum(_beats(other, one, heads, area) for other in by_heads) >= rule.seats
    }
    between = [one for one in by_heads if one not in sure and one not in lost]
    return between if len(sure) + len(between) > rule.seats else []


def _beats(one: str, two: str, heads: Mapping[str, int], area: Mapping[str, int]) -> bool:
    return heads[one] > heads[two] and (area[one] > area[two] or not any(area.values()))


def _ranked(rule: VoteRule, totals: Totals, steps: list[Step]) -> Result:
    found = ranking.rank(rule.rank or (), rule.options, totals.ranks, rule.tie_order)
    steps += [Step(code, values) for code, values in found.steps]
    if found.winner is not None:
        return _ended("elected", (found.winner,), steps)
    steps.append(Step("tie", {"choices": list(found.tied)}))
    return _ended("tied", (), steps)


def _outcome(status: str, winners: tuple[str, ...]) -> Step:
    return Step("outcome", {"status": status, "winners": list(winners)})


def _ended(status: str, winners: tuple[str, ...], steps: list[Step]) -> Result:
    return Result(status, winners, (*steps, _outcome(status, winners)))

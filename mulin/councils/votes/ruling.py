"""The rule of a vote: read from the rule book at the notice, kept with the vote, and what it still lacks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from mulin.councils import owners, recounting, thresholds, voterules
from mulin.councils.counting import YES_NO, BallotError, Gap, Source, VoteRule
from mulin.councils.rosters import counting as roster_counting
from mulin.councils.thresholds import Condition, ThresholdError
from mulin.councils.votes.models import Vote
from mulin.kernel import clock, rulebook
from mulin.kernel.errors import ActionError
from mulin.kernel.language import is_english

# Gaps of the engine that a rule fills, by the rule's name.
FILLED_BY_A_RULE = frozenset(voterules.NAMES.values())
# Fields that are read again once they were unset; the others stand since the notice.
FIELDS = tuple(voterules.NAMES)


@dataclass(frozen=True, slots=True)
class Missing:
    """A rule that somebody has to fill in before the vote can be certified."""

    name: str
    title: str
    note: str
    basis: str


def keys_of(vote: Vote) -> tuple[str, ...]:
    """What can be chosen, in the order of the paper."""
    return YES_NO if vote.kind == "yes_no" else tuple(one["key"] for one in vote.options)


def counted_as(vote: Vote) -> str:
    """The kind of paper: a budget's paper approves projects."""
    return "approve" if vote.kind == "budget" else vote.kind


def resolve(vote: Vote) -> VoteRule:
    """The rule in force on the day the vote opens (today where none is set). Raises ActionError for a custom
    threshold below the law or one that cannot be read."""
    keys = keys_of(vote)
    given: dict[str, Any] = {"options": keys, "seats": min(max(vote.seats, 1), max(len(keys), 1))}
    given["max_choices"] = vote.max_choices if vote.kind in ("approve", "budget") else None
    given["tie_order"] = keys if vote.breaks_ties else ()
    try:
        rule = voterules.read(
            rulebook.book(),
            at=vote.place,
            on=clock.day_of(vote.opens_at) if vote.opens_at else clock.today(),
            body=vote.body,
            matter=vote.affair,
            kind=counted_as(vote),
            custom=vote.custom or None,
            **given,
        )
    except (BallotError, ThresholdError) as error:
        text = _("门槛不能用：%(why)s") % {"why": error}
        raise ActionError("bad-threshold", text, field="quorum", status=422) from error
    _check_possible(vote, rule)
    return rule


def stored(vote: Vote) -> VoteRule:
    """The rule as it was kept at the notice."""
    rule = recounting.read_rule(vote.rule)
    return replace(rule, sources=tuple(Source(**one) for one in vote.rule.get("sources", ())))


def rule_of(vote: Vote) -> VoteRule:
    return stored(vote) if vote.rule else resolve(vote)


def filled_in(vote: Vote) -> VoteRule:
    """The kept rule with what was unset read again from the rule book: what was set stays as it was."""
    kept, fresh = stored(vote), resolve(vote)
    unset = {name for name in FIELDS if getattr(kept, name) in (None, ())}
    sources = [one for one in kept.sources if _field(one.name) not in unset]
    sources += [one for one in fresh.sources if _field(one.name) in unset]
    return replace(kept, sources=tuple(sources), **{name: getattr(fresh, name) for name in unset})


def _field(name: str) -> str:
    return next((field for field, rule in voterules.NAMES.items() if rule == name), "")


def gaps_ahead(vote: Vote) -> list[Gap]:
    """What will keep the vote from being certified, as far as it can be known before the count."""
    if vote.kind == "budget":
        return []
    rule = rule_of(vote)
    needed = {
        "quorum": True,
        "consent": rule.kind != "rank",
        "rank": rule.kind == "rank",
        # Only needed where such papers come in; but it is settled before anybody has seen a figure.
        "void": True,
        "contradiction": vote.is_by_area,
    }
    found = [
        Gap(f"unset-{name}", voterules.NAMES[name])
        for name, is_needed in needed.items()
        if is_needed and getattr(rule, name) in (None, ())
    ]
    if vote.is_by_area and vote.roster:
        found += owners.tally(rule, roster_counting.units(vote.roster), ()).gaps
    return found


def missing(vote: Vote, gaps: Sequence[Gap]) -> list[Missing]:
    """The rules behind gaps, in words: what to fill in, and where the figure comes from."""
    found = []
    names = dict.fromkeys(gap.rule for gap in gaps if gap.rule)
    facts = {"body": vote.body, "matter": vote.affair, "kind": counted_as(vote)}
    on = clock.day_of(vote.opens_at) if vote.opens_at else clock.today()
    in_english = is_english()
    for name in names:
        rule = next(iter(rulebook.book().explain(name, vote.place, on, **facts)), None)
        if rule is None:
            found.append(Missing(name, rulebook.book().title(name, in_english) or name, "", ""))
            continue
        title = rulebook.book().title(name, in_english) or name
        note = (rule.note_en if in_english else rule.note) or rule.note
        found.append(Missing(name, title, note, rule.basis))
    return found


def needs_present(vote: Vote, rule: VoteRule) -> bool:
    """Whether the count asks how many came: such a box is not opened before somebody says so."""
    return vote.kind != "budget" and any(one.base == "present" for one in _conditions(rule))


def _conditions(rule: VoteRule) -> list[Condition]:
    texts = (rule.quorum, None if rule.kind == "rank" else rule.consent)
    return [one for text in texts if text for one in thresholds.parse(text)]


def _check_possible(vote: Vote, rule: VoteRule) -> None:
    """A threshold of one's own asks for nothing that such a vote does not have: owners take part by their
    papers (民法典第278条), and nobody but owners has an area."""
    asked = [one.base if vote.is_by_area else one.measure for one in _conditions(rule)]
    if ("present" if vote.is_by_area else "area") in asked:
        own = _("业主按交来的票算参与，不按到会；面积只用于业主的表决。请改门槛。")
        raise ActionError("bad-threshold", own, field="quorum", status=422)


def value(name: str, vote: Vote) -> Any:
    """A rule about how votes are held."""
    secrecy = "secret" if vote.is_secret else "named"
    return rulebook.value(name, at=vote.place, body=vote.body, matter=vote.affair, secrecy=secrecy)


def may_change(vote: Vote) -> bool:
    """Whether a voter may hand in another paper before the close. Never where it is secret: nobody knows
    which paper is theirs."""
    return not vote.is_secret and bool(value("councils.vote.change", vote))

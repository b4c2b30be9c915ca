"""Proves from what was written that no unchecked adult was ever offered to a child.

Reads suggestions, matches and visits, none of the code that wrote them: each row that concerns a child must
rest on a record check of that very helper that was clear and in force on that day, and on a parent's consent
for that very need. Whether a child is concerned is asked of the row, of its need, of the kind and of whether
anybody ever consented for a child, so that a row that denies it is found.

Other modules in which an adult meets children say for themselves what they looked at and what is wrong there,
by a provider `children.audit.<name>()` that gives (how many rows, [(what, which row, id, where)]).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta

from mulin.kernel import clock, registry, rulebook
from mulin.mutualaid.matching.catalogue import is_for_child
from mulin.mutualaid.matching.models import AidCheck, AidConsent, AidMatch, AidNeed, AidOffer, AidVisit
from mulin.mutualaid.matching.states import GOING

CHUNK = 2000
ELSEWHERE = "children.audit."


@dataclass(frozen=True, slots=True)
class Violation:
    """What is wrong, and where: numbers and ids of records, no names."""

    what: str
    row: str  # offer, match, visit; elsewhere as its module calls it
    id: UUID
    where: str

    def __str__(self) -> str:
        return f"{self.what}: {self.row} {self.id}, {self.where}"


@dataclass(slots=True)
class Report:
    """`offers`: suggestions that were examined; `to_children`: those that concern a child; `elsewhere`: what
    else was, by name, such as sessions for children."""

    offers: int = 0
    to_children: int = 0
    matches: int = 0
    visits: int = 0
    elsewhere: dict[str, int] = field(default_factory=dict)
    violations: list[Violation] = field(default_factory=list)


class _Facts:
    """Checks, consents and needs, read once."""

    def __init__(self) -> None:
        self.today = clock.today()
        self.checks = {one.pk: one for one in AidCheck.objects.iterator(chunk_size=CHUNK)}
        self.consents = {one.pk: one for one in AidConsent.objects.iterator(chunk_size=CHUNK)}
        consented = {one.need_id for one in self.consents.values()}
        rows = AidNeed.objects.values_list("pk", "kind", "for_child").iterator(chunk_size=CHUNK)
        self.with_child = {
            pk for pk, kind, said in rows if said or is_for_child(kind, False) or pk in consented
        }
        self._months: dict[tuple[str, date], int] = {}

    def months(self, place: str, on: date) -> int:
        key = (place, on)
        if key not in self._months:
            self._months[key] = int(rulebook.value("aid.check.months", at=place, on=on))
        return self._months[key]


def audit() -> Report:
    """Everything that was ever offered, agreed or done. Changes nothing."""
    facts, report = _Facts(), Report()
    names = ("id", "for_child", "proof_id", "consent_id", "need_id", "helper_id")
    found = AidOffer.objects.values(*names, "offered_on", "created_at", "need__place", *_NUMBERS)
    for row in found.order_by("pk").iterator(chunk_size=CHUNK):
        report.offers += 1
        if row["for_child"] or row["need_id"] in facts.with_child:
            report.to_children += 1
            report.violations += _wrong(facts, row, "offer", row["offered_on"], row["created_at"])
    _matches(facts, report, names)
    _visits(facts, report)
    _elsewhere(report)
    return report


def _elsewhere(report: Report) -> None:
    for name, ask in sorted(registry.providers().items()):
        if name.startswith(ELSEWHERE):
            report.elsewhere[name.removeprefix(ELSEWHERE)], wrong = ask()
            report.violations += [Violation(*one) for one in wrong]


_NUMBERS = ("need__number", "helper__number")


def _matches(facts: _Facts, report: Report, names: tuple[str, ...]) -> None:
    more = ("rests_since", "state", "safe_rule", "created_at", "need__place")
    asked = ("offer__need_id", "offer__helper_id", "begun_on", "helper_agreed_at", "family_agreed_at")
    found = AidMatch.objects.values(*names, *more, *asked, *_NUMBERS)
    for row in found.order_by("pk").iterator(chunk_size=CHUNK):
        report.matches += 1
        if (row["offer__need_id"], row["offer__helper_id"]) != (row["need_id"], row["helper_id"]):
            report.violations.append(_violation("never-suggested", "match", row))
        if row["begun_on"] and not (row["helper_agreed_at"] and row["family_agreed_at"]):
            report.violations.append(_violation("not-agreed-by-both", "match", row))
        if not (row["for_child"] or row["need_id"] in facts.with_child):
            continue
        if not row["safe_rule"]:
            report.violations.append(_violation("no-safe-rule", "match", row))
        report.violations += _wrong(facts, row, "match", row["rests_since"], None)
        if row["state"] in GOING:
            report.violations += _wrong(facts, row, "match", facts.today, clock.now(), "now-")


def _visits(facts: _Facts, report: Report) -> None:
    names = ("id", "for_child", "proof_id", "consent_id", "on", "match__need_id", "match__helper_id")
    found = AidVisit.objects.exclude(state="dropped").values(
        *names, "place", "match__need__number", "match__helper__number"
    )
    for raw in found.order_by("pk").iterator(chunk_size=CHUNK):
        report.visits += 1
        row = {
            **raw,
            "need_id": raw["match__need_id"],
            "helper_id": raw["match__helper_id"],
            "need__number": raw["match__need__number"],
            "helper__number": raw["match__helper__number"],
            "need__place": raw["place"],
        }
        if row["for_child"] or row["need_id"] in facts.with_child:
            report.violations += _wrong(facts, row, "visit", row["on"], None)


def _wrong(
    facts: _Facts, row: dict[str, Any], name: str, on: date, at: datetime | None, prefix: str = ""
) -> Iterator[Violation]:
    """What a row that concerns a child rests on and should not, on the day that it is about. `at`: the moment
    in which somebody was shown, where that is known: what was withdrawn before it held no more."""
    for what in (
        _wrong_check(facts, facts.checks.get(row["proof_id"]), row, on, at),
        _wrong_consent(facts.consents.get(row["consent_id"]), row, on, at),
    ):
        if what:
            yield _violation(prefix + what, name, row)


def _wrong_check(
    facts: _Facts, check: AidCheck | None, row: dict[str, Any], on: date, at: datetime | None
) -> str:
    if check is None:
        return "check-missing"
    if check.helper_id != row["helper_id"]:
        return "check-of-another"
    if not check.is_clear:
        return "check-not-clear"
    if check.checked_on > on:
        return "check-later"
    months = facts.months(row["need__place"], on)
    if check.valid_until < on or check.checked_on <= on - relativedelta(months=months):
        return "check-expired"
    return "check-withdrawn" if _was_withdrawn(check.withdrawn_at, on, at) else ""


def _wrong_consent(consent: AidConsent | None, row: dict[str, Any], on: date, at: datetime | None) -> str:
    if consent is None:
        return "consent-missing"
    if consent.need_id != row["need_id"]:
        return "consent-of-another"
    if consent.given_on > on:
        return "consent-later"
    return "consent-withdrawn" if _was_withdrawn(consent.withdrawn_at, on, at) else ""


def _was_withdrawn(withdrawn: datetime | None, on: date, at: datetime | None) -> bool:
    """Before the moment, or, where only the day is known, on an earlier day."""
    if withdrawn is None:
        return False
    return withdrawn < at if at else clock.day_of(withdrawn) < on


def _violation(what: str, name: str, row: dict[str, Any]) -> Violation:
    return Violation(what, name, row["id"], f"need {row['need__number']}, helper {row['helper__number']}")

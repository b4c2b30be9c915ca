"""Letters with a code: whoever has the letter of a line may act for it with their account."""

import secrets as random
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from mulin.councils.rosters import queries
from mulin.councils.rosters.actions.common import frozen, line, managed, refuse
from mulin.councils.rosters.actions.lines import entry_of
from mulin.councils.rosters.bodies import HOUSEHOLD, LINES, UNIT
from mulin.councils.rosters.models import OwnerPerson, Roster, RosterCode, RosterEntry
from mulin.kernel import rulebook, throttle
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now, today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.policy import require
from mulin.kernel.secrets import fingerprint
from mulin.people.actions.residences import CODE_ALPHABET, CODE_LENGTH, clean_code

MOST = 500
TRIES_PER_HOUR = 10
PURPOSE = "roster"


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter: to whom, for which lines, and the code, which is shown this once."""

    to: str
    lines: tuple[str, ...]
    code: str
    expires_on: date


def make_letters(
    *, actor: Actor, number: str, building: str = "", keys: Collection[str] = (), only_open: bool = True
) -> list[Letter]:
    """Codes for the lines of a frozen roster: one a line; on an owners' roster one an owner, for all their
    units. Older letters to the same addressee stop working.

    `building` or `keys` narrow it down; `only_open` leaves out lines that an account may act for already.
    Who: councils.roster:manage. Raises not-frozen, no-lines, too-many.
    """
    with write():
        roster = managed(actor, number)
        frozen(roster)
        found = queries.entries(roster)
        if building:
            found = found.filter(building=building)
        if keys:
            found = found.filter(key__in=list(keys))
        wanted = _addressees(roster, list(found), only_open)
        if not wanted:
            raise refuse("no-lines", _("没有要发信的：这些都已经有人用账户认领了。"), "building")
        if len(wanted) > MOST:
            raise refuse("too-many", _("一次最多%(most)s封，请按楼栋分开打印。") % {"most": MOST}, "building")
        days = int(rulebook.value("councils.roster.code_days", at=roster.place, body=roster.body))
        letters = _made(actor, roster, wanted, today() + timedelta(days=days))
        line("roster.letters_made", actor, roster, n=len(letters))
    return letters


def _addressees(
    roster: Roster, entries: list[RosterEntry], only_open: bool
) -> list[tuple[Any, Any, list[str]]]:
    """(line, owner or None, labels) of each letter, in the order of the roster."""
    if LINES[roster.body] != UNIT:
        shown = [one for one in entries if not (only_open and one.account_id)]
        return [(one, None, [one.label]) for one in shown]
    found: dict[Any, tuple[Any, Any, list[str]]] = {}
    for entry in entries:
        for person in entry.owners.all():
            if not (only_open and person.account_id):
                found.setdefault(person.pk, (entry, person, []))[2].append(entry.label)
    return list(found.values())


def _made(
    actor: Actor, roster: Roster, wanted: list[tuple[Any, Any, list[str]]], until: date
) -> list[Letter]:
    if LINES[roster.body] == UNIT:
        old = RosterCode.objects.filter(person__in=[person for _entry, person, _labels in wanted])
    else:
        old = RosterCode.objects.filter(entry__in=[entry for entry, _person, _labels in wanted], person=None)
    old.filter(used_at=None).delete()
    letters, rows = [], []
    for entry, person, labels in wanted:
        code = "".join(random.choice(CODE_ALPHABET) for _n in range(CODE_LENGTH))
        letters.append(Letter(person.name if person else entry.label, tuple(labels), code, until))
        rows.append(
            RosterCode(
                entry=entry, person=person, code_hash=fingerprint(code, PURPOSE), made_by=actor.account,
                expires_on=until,
            )
        )  # fmt: skip
    RosterCode.objects.bulk_create(rows, batch_size=500)
    return letters


def use_code(*, actor: Actor, code: str) -> RosterEntry:
    """Say with a letter's code which line one is, or whose units one owns; from then on the account acts for
    them. Works once.

    Who: councils.roster:check (any account). Raises bad-code, taken (another account was there before),
    other-person, too-often after ten tries in an hour.
    """
    require(actor, "councils.roster:check", "")
    throttle.check("roster-code", str(actor.account), limit=TRIES_PER_HOUR, seconds=3600)
    digest = fingerprint(clean_code(code), PURPOSE)
    with write():
        rows = RosterCode.objects.select_for_update(of=("self",)).select_related(
            "entry__roster__topic", "person"
        )
        found = (
            rows.filter(code_hash=digest, used_at=None, expires_on__gte=today()).first() if digest else None
        )
        if found is None:
            text = _("这个码不对，或者已经用过、过期了。请核对，或请社区再打印一张。")
            raise refuse("bad-code", text, "code")
        holder = found.person or found.entry
        if holder.account_id not in (None, actor.account):
            raise ActionError(
                "taken", _("这一条已经由另一个账户认领。不是您家的人，请告诉社区。"), field="code"
            )
        _is_one_person(holder, actor)
        holder.account_id = actor.account
        holder.save(update_fields=["account"])
        found.used_at = now()
        found.save(update_fields=["used_at"])
        line("roster.joined", actor, found.entry.roster)
    return found.entry


def _is_one_person(holder: OwnerPerson | RosterEntry, actor: Actor) -> None:
    """An account is one person: on a roster of people or owners it is nobody else besides. Somebody may have
    two homes, so households are left out."""
    rows = type(holder).objects.filter(roster=holder.roster_id, account=actor.account).exclude(pk=holder.pk)
    if LINES[holder.roster.body] != HOUSEHOLD and rows.exists():
        text = _("您的账户在这份名册上已经是另一个人。每个人要用自己的账户；登记重了，请告诉社区。")
        raise ActionError("other-person", text, field="code")


def unlink(*, actor: Actor, number: str, key: str, owner: str = "") -> None:
    """Take back that an account acts for a line, or for an owner of it: the letter reached the wrong person.

    Who: councils.roster:manage. Raises not-linked; NotVisible.
    """
    with write():
        roster = managed(actor, number)
        entry = entry_of(roster, key)
        holder = entry.owners.filter(code=owner).first() if owner else entry
        if holder is None:
            raise NotVisible(owner)
        if holder.account_id is None:
            raise ActionError("not-linked", _("这一条没有账户认领。"))
        holder.account = None
        holder.save(update_fields=["account"])
        line("roster.unlinked", actor, roster)

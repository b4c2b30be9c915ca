"""Lines of a draft, one at a time; and reading a telephone number of a roster."""

from django.utils.translation import gettext as _

from mulin.councils.rosters import lines, queries
from mulin.councils.rosters.actions.common import draft, line, refuse
from mulin.councils.rosters.bodies import LINES, UNIT
from mulin.councils.rosters.models import Ownership, Roster, RosterEntry
from mulin.kernel import secrets
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.policy import require
from mulin.people.models import Organisation, SecretRead

PURPOSE = (2, 200)


def add_entry(*, actor: Actor, number: str, entry: lines.Line) -> RosterEntry:
    """Add a line to a draft. Who: councils.roster:manage. Raises frozen, twice and what `lines.complete` and
    `lines.Writer.owner` raise."""
    with write():
        roster = draft(actor, number)
        writer = lines.Writer(roster)
        _find_household(roster, entry)
        made = writer.take(entry)
        writer.flush()
        line("roster.line_added", actor, roster, n=1)
    return made


def _find_household(roster: Roster, entry: lines.Line) -> None:
    if LINES[roster.body] != UNIT and entry.household is None:
        stair, door = lines.stair_of(entry.stair), entry.door
        entry.household = lines.household_of(entry.building, stair, door)


def entry_of(roster: Roster, key: str) -> RosterEntry:
    """The line with this key, or NotVisible (404)."""
    found = roster.entries.filter(key=key).first()
    if found is None:
        raise NotVisible(key)
    return found


def edit_entry(*, actor: Actor, number: str, key: str, entry: lines.Line) -> RosterEntry:
    """Replace a line of a draft; it keeps its position. An owner of it that no line names any more is
    dropped.

    Who: councils.roster:manage. Raises what `add_entry` raises; NotVisible for a key that is not there.
    """
    with write():
        roster = draft(actor, number)
        old = entry_of(roster, key)
        writer = lines.Writer(roster)
        writer.keys.discard(key)
        _find_household(roster, entry)
        lines.complete(roster.body, entry)
        new_key = lines.key_of(roster.body, entry)
        if new_key in writer.keys:
            raise refuse("twice", _("“%(label)s”已经在名册里。") % {"label": entry.label}, "door")
        for name, value in lines.entry_fields(entry).items():
            setattr(old, name, value)
        old.key = new_key
        old.save()
        old.ownerships.all().delete()
        people = [writer.owner(one) for one in writer.check_owners(entry.owners)]
        writer.flush()
        Ownership.objects.bulk_create(Ownership(entry=old, person=one) for one in dict.fromkeys(people))
        _drop_strangers(roster)
        line("roster.line_edited", actor, roster, n=1)
    return old


def _drop_strangers(roster: Roster) -> None:
    roster.people.filter(ownerships=None).delete()


def remove_entry(*, actor: Actor, number: str, key: str) -> None:
    """Take a line out of a draft. Who: councils.roster:manage. Raises frozen; NotVisible."""
    with write():
        roster = draft(actor, number)
        entry_of(roster, key).delete()
        _drop_strangers(roster)
        line("roster.line_removed", actor, roster, n=1)


def read_phone(*, actor: Actor, number: str, key: str, purpose: str, owner: str = "") -> str:
    """Read the telephone of a line, or of one owner of it, for a stated purpose. Whoever it belongs to and
    has an account sees who looked and why.

    Who: councils.roster:read_phone. Raises purpose-missing, no-phone; NotVisible.
    """
    purpose = purpose.strip()[: PURPOSE[1]]
    with write():
        roster = queries.locked(actor, number)
        require(actor, "councils.roster:read_phone", queries.target_of(roster))
        if len(purpose) < PURPOSE[0]:
            raise refuse("purpose-missing", _("请写明为什么要联系，本人会看到。"), "purpose")
        entry = entry_of(roster, key)
        holder = entry.owners.filter(code=owner).first() if owner else entry
        if holder is None:
            raise NotVisible(owner)
        found = secrets.unseal(holder.phone_sealed)
        if not found:
            raise ActionError("no-phone", _("名册里没有这个电话。"))
        org = next((post.org for post in actor.posts if post.org), None)
        name = Organisation.objects.filter(pk=org).values_list("name", flat=True).first() if org else ""
        SecretRead.objects.create(
            account_id=holder.account_id, reader=actor.account, reader_org=name or "", what="phone",
            purpose=purpose,
        )  # fmt: skip
        line("roster.phone_read", actor, roster)
    return found

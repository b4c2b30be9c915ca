"""Making a roster: empty, from the residents who are known, or from an earlier one."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from mulin.councils.keepers import keeper
from mulin.councils.rosters import lines, queries
from mulin.councils.rosters.actions.common import draft, frozen, line, managed, refuse
from mulin.councils.rosters.bodies import BODIES, FROM_PEOPLE, LINES, PERSON, UNIT
from mulin.councils.rosters.models import OwnerPerson, Ownership, Roster, RosterEntry
from mulin.kernel import codes
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import can
from mulin.people.models import Household, Invitation, Organisation, Residence
from mulin.places import queries as places

TITLE_LENGTH, TEXT_LENGTH = 80, 300


def draft_roster(
    *, actor: Actor, place: str, body: str, title: str = "", for_what: str = "", site: str = "",
    stair: str = "", org: Organisation | None = None, topic: Any = None, source: str = "hand", like: str = "",
) -> Roster:  # fmt: skip
    """A new draft for a community, or for one estate, courtyard, building or stair unit of it.

    `source`: "hand" empty, "people" filled from confirmed households and residents (`fill_from_people`),
    "copy" with the lines of the roster `like`, which must have the same body. `org`: the group that keeps
    it. Who: councils.roster:manage there; a group's leader has doors filled in, never names. Raises no-place,
    no-body, no-title, bad-site, no-group, not-from-people, other-body.
    """
    if not codes.is_valid(place) or codes.level(place) != codes.Level.COMMUNITY:
        raise refuse("no-place", _("请选一个社区。"), "place")
    if body not in BODIES:
        raise refuse("no-body", _("请选这份名册列的是谁。"), "body")
    if site and (not places.exists(site) or codes.community(site) != place):
        raise refuse("bad-site", _("请从列表里选小区、院落或楼栋。"), "site")
    if stair and "-B" not in site:
        raise refuse("bad-site", _("填单元，先要选一栋楼。"), "site")
    keeper(actor, queries.MANAGE, place, org.pk if org else None)
    earlier = queries.get_roster(actor, like) if like else None
    if earlier is not None and earlier.body != body:
        raise refuse("other-body", _("只能复制同一种名册。"), "like")
    with write():
        roster = Roster.objects.create(
            number=new_number(), place=place, body=body, title=_title(title), for_what=_text(for_what),
            site=site, stair=lines.stair_of(stair) if stair else "", org=org, topic=topic,
            source="copy" if earlier else source,
        )  # fmt: skip
        n = _copy(earlier, roster) if earlier else 0
        if source == "people" and earlier is None:
            n = _fill(actor, roster)
        line("roster.drafted", actor, roster, body=body, n=n)
    return roster


def _title(text: str) -> str:
    text = text.strip()
    if not text or len(text) > TITLE_LENGTH:
        raise refuse("no-title", _("请写一个名称，最多80个字。"), "title")
    return text


def _text(text: str) -> str:
    text = text.strip()
    if len(text) > TEXT_LENGTH:
        raise refuse("text-too-long", _("说明最多300个字。"), "for_what")
    return text


def edit_roster(*, actor: Actor, number: str, title: str, for_what: str = "") -> Roster:
    """Change title and purpose of a draft. Who: councils.roster:manage. Raises frozen, no-title."""
    with write():
        roster = draft(actor, number)
        roster.title, roster.for_what = _title(title), _text(for_what)
        roster.save(update_fields=["title", "for_what"])
        line("roster.edited", actor, roster)
    return roster


def fill_from_people(*, actor: Actor, number: str) -> int:
    """Add to a draft the households or confirmed residents who are known and not on it yet; how many came.

    Who: councils.roster:manage; names only by who holds that for the place. Raises frozen, not-from-people.
    """
    with write():
        roster = draft(actor, number)
        n = _fill(actor, roster)
        line("roster.filled", actor, roster, n=n)
    return n


def _fill(actor: Actor, roster: Roster) -> int:
    _may_fill(actor, roster)
    if roster.body not in FROM_PEOPLE:
        raise ActionError("not-from-people", _("系统不知道谁是业主、代表或党员。请导入表格，或一条一条加。"))
    writer = lines.Writer(roster)
    found = _residents(roster) if LINES[roster.body] == PERSON else _households(roster)
    for one in found:
        if lines.key_of(roster.body, lines.complete(roster.body, one)) not in writer.keys:
            writer.take(one)
    return writer.flush()


def _may_fill(actor: Actor, roster: Roster) -> None:
    """Who lives where is known to the office: a group's leader does not read names out by way of a roster.
    Doors without names they may."""
    if LINES[roster.body] == PERSON and not can(actor, queries.MANAGE, roster.place):
        text = _("住户的名字要由社区工作人员来填。请从空白开始，一条一条加，或者请社区编这份名册。")
        raise refuse("not-from-people", text, "start")


def _where(roster: Roster, prefix: str = "") -> Q:
    buildings = [one.code for one in lines.buildings_of(roster)]
    found = Q(**{f"{prefix}building__in": buildings})
    return found & Q(**{f"{prefix}door__startswith": roster.stair}) if roster.stair else found


def _households(roster: Roster) -> list[lines.Line]:
    """Doors that somebody was confirmed behind or that a code was printed for: a door that was only claimed
    by a stranger is none."""
    confirmed = Residence.objects.filter(household=OuterRef("pk"), state="confirmed")
    invited = Invitation.objects.filter(household=OuterRef("pk"))
    rows = Household.objects.filter(_where(roster)).filter(Q(Exists(confirmed)) | Q(Exists(invited)))
    names = places.names_of({one.building for one in rows})
    ordered = sorted(rows, key=lambda one: (places.natural(names[one.building]), places.natural(one.door)))
    return [
        lines.Line(
            building=one.building, building_name=names[one.building], household=one,
            **_door(one.door),
        )
        for one in ordered
    ]  # fmt: skip


def _door(door: str) -> dict[str, str]:
    """`1单元5-2` as stair and door."""
    stair, mark, rest = door.partition("单元")  # untranslated: how doors are written
    return {"stair": stair + mark, "door": rest} if mark and rest else {"door": door}


def _residents(roster: Roster) -> list[lines.Line]:
    rows = Residence.objects.filter(_where(roster, "household__"), state="confirmed", account__is_active=True)
    rows = rows.filter(account__erased_at=None).select_related("account", "household")
    names = places.names_of({one.household.building for one in rows})
    seen, found = set(), []
    for one in sorted(
        rows, key=lambda row: (places.natural(names[row.household.building]), row.household.door)
    ):
        if one.account_id in seen:
            continue
        seen.add(one.account_id)
        home = one.household
        found.append(
            lines.Line(
                label=str(one.account), account=one.account, building=home.building, household=home,
                building_name=names[home.building], **_door(home.door),
            )
        )  # fmt: skip
    return found


def _kept(earlier: Roster, roster: Roster) -> Iterable[RosterEntry]:
    """The lines to copy: all of them where both are for the same part of the place, else those of the new
    one's part."""
    rows = earlier.entries.all()
    if not roster.site or (earlier.site, earlier.stair) == (roster.site, roster.stair):
        return rows
    rows = rows.filter(building__in=[one.code for one in lines.buildings_of(roster)])
    return rows.filter(stair=roster.stair) if roster.stair else rows


def _copy(earlier: Roster, roster: Roster) -> int:
    people: dict[Any, OwnerPerson] = {}
    for old in earlier.people.all():
        people[old.pk] = OwnerPerson(
            roster=roster, code=old.code, name=old.name, phone_sealed=old.phone_sealed,
            phone_last4=old.phone_last4, account_id=old.account_id,
        )  # fmt: skip
    entries: dict[Any, RosterEntry] = {}
    names = (
        "key", "position", "label", "building", "stair", "door", "kind", "is_developers", "registry",
        "survey", "contract", "phone_sealed", "phone_last4", "note", "account_id", "household_id",
    )  # fmt: skip
    for old in _kept(earlier, roster):
        entries[old.pk] = RosterEntry(roster=roster, **{name: getattr(old, name) for name in names})
    OwnerPerson.objects.bulk_create(people.values(), batch_size=500)
    RosterEntry.objects.bulk_create(entries.values(), batch_size=500)
    if LINES[roster.body] == UNIT:
        owned = Ownership.objects.filter(entry__roster=earlier).values_list("entry_id", "person_id")
        Ownership.objects.bulk_create(
            [
                Ownership(entry=entries[entry], person=people[person])
                for entry, person in owned
                if entry in entries
            ],
            batch_size=500,
        )
        roster.people.filter(ownerships=None).delete()
    return len(entries)


def correct_roster(*, actor: Actor, number: str, reason: str) -> Roster:
    """A new draft with the lines of a frozen roster, which stays as it is; once frozen, the new one is in
    force.

    Who: councils.roster:manage. Raises not-frozen, no-reason, corrected (there is a correction already: mend
    or correct that one).
    """
    reason = reason.strip()
    if not reason or len(reason) > TEXT_LENGTH:
        raise refuse("no-reason", _("请写明更正什么、为什么，大家会看到。最多300个字。"), "reason")
    with write():
        old = managed(actor, number)
        frozen(old)
        if newer := old.corrections.first():
            text = _("已经有一份更正的名册 %(number)s，请接着改那一份。") % {"number": newer.number}
            raise ActionError("corrected", text)
        roster = Roster.objects.create(
            number=new_number(), place=old.place, site=old.site, stair=old.stair, body=old.body,
            title=old.title,
            for_what=old.for_what, org=old.org, topic=old.topic, source="copy", corrects=old, reason=reason,
        )  # fmt: skip
        n = _copy(old, roster)
        line("roster.correction_drafted", actor, roster, body=roster.body, n=n, corrects=old.number)
    return roster


def discard_roster(*, actor: Actor, number: str) -> None:
    """Delete a draft. Who: councils.roster:manage. Raises frozen."""
    with write():
        roster = draft(actor, number)
        line("roster.discarded", actor, roster)
        roster.delete()

"""One line of a roster as it is typed, imported or drafted: checked, put in order, saved with its owners."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from mulin.councils.rosters import areas, states
from mulin.councils.rosters.bodies import HOME, HOUSEHOLD, KINDS, LINES, PERSON, UNIT
from mulin.councils.rosters.models import OwnerPerson, Ownership, Roster, RosterEntry
from mulin.kernel import secrets
from mulin.kernel.errors import ActionError
from mulin.people import phones
from mulin.people.actions.residences import clean_door
from mulin.people.models import Account, Household
from mulin.places import queries as places

_SPLIT = re.compile(r"[、，,;；/\n]+")
# What the program numbers owners with who were given no code.
NUMBERED = "Y"


@dataclass(slots=True)
class Owner:
    """An owner as written: the code may be empty."""

    name: str
    code: str = ""
    phone: str = ""


@dataclass(slots=True)
class Line:
    """One line before it is saved. Areas in 0.01 m². `label` is a person's name; of others it is the
    address."""

    label: str = ""
    building: str = ""
    building_name: str = ""
    stair: str = ""
    door: str = ""
    kind: str = ""
    is_developers: bool = False
    registry: int | None = None
    survey: int | None = None
    contract: int | None = None
    owners: list[Owner] = field(default_factory=list)
    phone: str = ""
    note: str = ""
    account: Any = None
    household: Any = None


def split(text: str) -> list[str]:
    """Names, codes or numbers that stand in one cell, one after the other."""
    return [one for part in _SPLIT.split(unicodedata.normalize("NFKC", text or "")) if (one := part.strip())]


def owners_of(names: str, codes: str = "", numbers: str = "") -> list[Owner]:
    """Owners from three cells that name them in the same order. Raises `owner-codes`, `owner-phones`,
    `bad-phone`, `owner-twice`."""
    who, known, called = split(names), split(codes), split(numbers)
    if known and len(known) != len(who):
        raise _wrong("owner-codes", _("业主编号要和业主一样多，顺序一样。"), "owner_codes")
    if called and len(called) != len(who):
        raise _wrong("owner-phones", _("电话要和业主一样多，顺序一样；没有的写“无”。"), "phones")
    found = [
        Owner(name[:80], known[n][:24] if known else "", _phone(called[n]) if called else "")
        for n, name in enumerate(who)
    ]
    if len({(one.name, one.code, one.phone) for one in found}) != len(found):
        raise _wrong("owner-twice", _("同一位业主写了两遍。"), "owners")
    return found


def _phone(text: str) -> str:
    if not text or text in {"无", "-", "none"}:
        return ""
    try:
        return phones.normalise(text)
    except ValueError as error:
        raise _wrong(
            "bad-phone", _("电话“%(phone)s”不对，请核对。") % {"phone": text[:20]}, "phones"
        ) from error


def phone(text: str) -> str:
    """A number as one writes it, in one form; "" for none. Raises `bad-phone`."""
    return _phone(unicodedata.normalize("NFKC", text or "").strip())


def area(text: str, name: str) -> int | None:
    """An area from a form or a cell. Raises `area-…` with the column's name."""
    try:
        return areas.parse(text)
    except areas.AreaError as error:
        said = f"{states.AREA_WORDS[name]}{_('：')}{states.AREA_MISTAKES[error.code]}"
        raise _wrong(f"area-{error.code}", said, name) from error


def _wrong(code: str, message: str, where: str = "") -> ActionError:
    return ActionError(code, str(message), field=where, status=422)


def stair_of(text: str) -> str:
    """`1`, `１单元` and `一单元` as `1单元`."""
    from mulin.places.housenumbers import arabic

    plain = clean_door(text)
    if found := re.fullmatch(r"([0-9一二三四五六七八九十]+)(单元|梯)?", plain):
        return f"{arabic(found[1])}{found[2] or '单元'}"
    return plain[:16]


def complete(body: str, line: Line) -> Line:
    """Fill in what follows from the rest, and check that it is a line of such a roster. Raises `no-name`,
    `no-door`, `bad-kind`, `no-building`."""
    line.stair, line.door = stair_of(line.stair), clean_door(line.door)
    sort = LINES[body]
    if sort == PERSON:
        line.label = line.label.strip()[:80]
        if not line.label:
            raise _wrong("no-name", _("请写姓名。"), "label")
        return line
    if not line.door:
        raise _wrong("no-door", _("请写房号或车位号。"), "door")
    if sort == UNIT:
        line.kind = line.kind or HOME
        if line.kind not in KINDS:
            raise _wrong("bad-kind", _("请选房屋、车位或摊位。"), "kind")
    needs_building = sort == HOUSEHOLD or line.kind == HOME
    if needs_building and not line.building:
        raise _wrong("no-building", _("找不到这栋楼。请用楼栋列表里的名字。"), "building")
    line.label = address(line)
    return line


def address(line: Line) -> str:
    """`金堰花园1栋 1单元5-2`."""
    return " ".join(one for one in (line.building_name, f"{line.stair}{line.door}") if one)[:80]


def key_of(body: str, line: Line) -> str:
    """The stable code of a line; the same address or the same name at the same address is the same line."""
    if LINES[body] == PERSON:
        where = "".join((line.building_name, line.stair, line.door))
        return "@".join(one for one in (line.label, where) if one)[:64]
    return "-".join(one for one in (line.building_name, line.stair, line.door) if one)[:64]


_PROVED = {"phone_verified": True, "erased_at": None, "is_active": True}
Find = Callable[[str, str], Account | None]


def account_of(name: str, number: str) -> Account | None:
    """The account that proved to have this telephone and bears this name; a number alone may have been passed
    on."""
    if not number or not name:
        return None
    digest = secrets.fingerprint(number, "phone")
    return Account.objects.filter(phone_hash=digest, name=name, **_PROVED).first()


def finder(numbers: Iterable[str]) -> Find:
    """The same for a file of thousands of rows: these telephones are looked up at once."""
    digests = [secrets.fingerprint(one, "phone") for one in dict.fromkeys(numbers) if one]
    known: dict[tuple[str, str], Account] = {}
    for begin in range(0, len(digests), 500):
        rows = Account.objects.filter(phone_hash__in=digests[begin : begin + 500], **_PROVED)
        known |= {(one.phone_hash, one.name): one for one in rows}
    return lambda name, number: known.get((secrets.fingerprint(number, "phone"), name)) if number else None


class Writer:
    """Saves lines to one draft. Reads what stands there once, so that a file of thousands of rows costs a few
    statements."""

    def __init__(self, roster: Roster, find: Find = account_of):
        self.roster, self.find = roster, find
        self.keys = set(roster.entries.values_list("key", flat=True))
        self.people = {person.code: person for person in roster.people.all()}
        self.by_phone = {
            (one.name, secrets.unseal(one.phone_sealed)): one
            for one in self.people.values()
            if one.phone_sealed
        }
        self.position = max(roster.entries.values_list("position", flat=True), default=0)
        self._entries: list[RosterEntry] = []
        self._people: list[OwnerPerson] = []
        self._called: list[OwnerPerson] = []
        self._owned: list[Ownership] = []

    def take(self, line: Line) -> RosterEntry:
        """Check and keep one line until `flush`. Raises what `complete` raises, `twice`,
        `owner-other-name`."""
        complete(self.roster.body, line)
        key = key_of(self.roster.body, line)
        if key in self.keys:
            raise _wrong("twice", _("“%(label)s”已经在名册里，没有再加。") % {"label": line.label}, "door")
        owners = [self.owner(one) for one in self.check_owners(line.owners)]
        self.keys.add(key)
        self.position += 1
        entry = RosterEntry(
            roster=self.roster, key=key, position=self.position, **entry_fields(line, self.find)
        )
        self._entries.append(entry)
        self._owned += [Ownership(entry=entry, person=person) for person in dict.fromkeys(owners)]
        return entry

    def check_owners(self, owners: Iterable[Owner]) -> list[Owner]:
        """Raise `owner-other-name` before anything of a line is kept."""
        found = list(owners)
        for one in found:
            known = self.people.get(one.code) if one.code else None
            if known is not None and known.name != one.name:
                said = _("业主编号 %(code)s 已经是“%(name)s”，和这里的姓名不一样。")
                raise _wrong("owner-other-name", said % {"code": one.code, "name": known.name}, "owner_codes")
        return found

    def owner(self, one: Owner) -> OwnerPerson:
        """The person of the roster, made where they are new. The same code, or the same name with the same
        telephone, is the same person; the same name alone is not."""
        known = self.people.get(one.code) if one.code else self.by_phone.get((one.name, one.phone))
        if known is not None:
            self._call(known, one.phone)
            return known
        person = OwnerPerson(roster=self.roster, code=one.code or self._next_code(), name=one.name)
        self._call(person, one.phone)
        self.people[person.code] = person
        self._people.append(person)
        return person

    def _call(self, person: OwnerPerson, number: str) -> None:
        """Put down an owner's telephone; one that is known already is saved at `flush`."""
        if not number or (person.name, number) in self.by_phone:
            return
        person.phone_sealed, person.phone_last4 = secrets.seal(number), secrets.last_four(number)
        person.account = person.account or self.find(person.name, number)
        self.by_phone[(person.name, number)] = person
        if not person._state.adding:
            self._called.append(person)

    def _next_code(self) -> str:
        n = len(self.people) + 1
        while f"{NUMBERED}{n:04d}" in self.people:
            n += 1
        return f"{NUMBERED}{n:04d}"

    def flush(self) -> int:
        """Save what was taken; how many lines."""
        OwnerPerson.objects.bulk_create(self._people, batch_size=500)
        OwnerPerson.objects.bulk_update(
            self._called, ["phone_sealed", "phone_last4", "account"], batch_size=500
        )
        RosterEntry.objects.bulk_create(self._entries, batch_size=500)
        Ownership.objects.bulk_create(self._owned, batch_size=500)
        saved = len(self._entries)
        self._entries, self._people, self._called, self._owned = [], [], [], []
        return saved


def entry_fields(line: Line, find: Find = account_of) -> dict[str, Any]:
    """The columns of an entry."""
    return {
        "label": line.label,
        "building": line.building,
        "stair": line.stair,
        "door": line.door,
        "kind": line.kind,
        "is_developers": line.is_developers,
        "registry": line.registry,
        "survey": line.survey,
        "contract": line.contract,
        "phone_sealed": secrets.seal(line.phone),
        "phone_last4": secrets.last_four(line.phone),
        "note": line.note.strip()[:200],
        "account": line.account or (find(line.label, line.phone) if not line.kind else None),
        "household": line.household,
    }


def household_of(building: str, stair: str, door: str) -> Household | None:
    """The household that is known behind a door."""
    if not building or not door:
        return None
    return Household.objects.filter(building=building, door=clean_door(f"{stair}{door}")).first()


def households_of(roster: Roster) -> Mapping[tuple[str, str], Household]:
    """Every household that is known in the roster's buildings, by building and door. One statement: for a
    file of thousands of rows."""
    inside = [one.code for one in buildings_of(roster)]
    return {(one.building, one.door): one for one in Household.objects.filter(building__in=inside)}


def buildings_by_name(roster: Roster) -> Mapping[str, places.Place]:
    """The buildings that a roster may have lines in, by name and by every other name they go by."""
    found: dict[str, places.Place] = {}
    for building in buildings_of(roster):
        for name in (building.name, *building.aliases):
            found.setdefault(clean_door(name), building)
    return found


def buildings_of(roster: Roster) -> list[places.Place]:
    """The buildings of the roster's place, or of the estate or the building it is limited to."""
    every = places.sites(roster.place, "building")
    if not roster.site:
        return every
    return [one for one in every if roster.site in (one.code, one.estate, one.grid)]

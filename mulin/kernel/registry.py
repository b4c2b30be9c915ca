"""What modules tell the house about themselves. Adding a module touches no other module.

A module's `module.py` holds one `MODULE = Module(...)`; `discover()` imports them all at start-up.
Modules of one floor reach each other only through what is registered here and through the journal.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from uuid import UUID

from django.apps import apps

from mulin.kernel import days
from mulin.kernel.actors import Actor

PUBLIC, STAFF, RESTRICTED = "public", "staff", "restricted"


@dataclass(frozen=True, slots=True)
class Sentence:
    """How a journal line reads. `text` is translatable and may hold %(key)s of the line's data.

    `audience` says who may see it on a timeline. `labels` turn codes in the data into words; days and
    moments, which lines keep as ISO, are said as on pages.
    """

    text: Any
    audience: str = STAFF
    labels: dict[str, Callable[[Any], Any]] = field(default_factory=dict)
    tone: str = ""

    def say(self, data: dict[str, Any]) -> str:
        words = {
            key: self.labels[key](value) if key in self.labels else days.said(value)
            for key, value in data.items()
        }
        return str(self.text) % _Blank(words)


class _Blank(dict):
    """A line written before a key was added still reads well."""

    def __missing__(self, key: str) -> str:
        return "—"


@dataclass(frozen=True, slots=True)
class WayResult:
    """What a way adds to the line of the action that attached it."""

    record: UUID | None = None
    counts: tuple = ()
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Way:
    """One of the ways a voice may take. `attach(actor=, matter=, voice=, joined=)` runs in the voice's
    own transaction and opens (or joins) the way's record; it writes no journal line of its own.
    `sync(actor=, matter=, before=)` follows a change of the matter's place, category, kind or severity;
    `withdraw(actor=, matter=, voice=)` follows a voice that was taken back; `answered(actor=, matter=,
    decision=)` follows the answer to a wish or an offer. `leave(actor=, matter=)` lets a matter go that
    turns out to need another way, and raises ActionError where the record has gone too far; a way without it
    is never left. All run in the same manner."""

    code: str
    title: Any
    kinds: frozenset[str]
    attach: Callable[..., WayResult]
    sync: Callable[..., WayResult] | None = None
    withdraw: Callable[..., WayResult] | None = None
    answered: Callable[..., None] | None = None
    leave: Callable[..., None] | None = None


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One thing that waits for the actor. Sorted by danger, then clock, then age."""

    key: str
    title: str
    url: str
    kind: Any
    danger: int = 0
    due_at: Any = None
    since: Any = None
    place: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InboxSource:
    """`items(actor, limit)` gives what burns first; `count(actor)` how many there are.

    A source whose things are rows of one table gives them as `rows(actor)` (see `kernel.waiting`; None where
    the actor has nothing to do with them) and says with `item(row)` how one reads, None where its rules say
    that it does not wait yet: the inbox then asks for those of all modules at once. Such a source needs no
    `items` and `count`."""

    name: str
    title: Any
    items: Callable[[Actor, int], list[InboxItem]] = lambda actor, limit: []
    count: Callable[[Actor], int] = lambda actor: 0
    rows: Callable[[Actor], Any] = lambda actor: None
    item: Callable[[Any], InboxItem | None] | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A block on the community's home. `context(actor, place)` gives None when there is nothing to show.
    With `row` it is one line (`<li>`) of the block of what neighbours share. Blocks of an order below 50 are
    what one can take part in and stand above the wishes, the others below."""

    name: str
    template: str
    context: Callable[[Actor, str], dict[str, Any] | None]
    order: int = 50
    row: bool = False


@dataclass(frozen=True, slots=True)
class Door:
    """One line of what residents are asked to take part in, or of what came of it. `affair`: what it belongs
    to, so that one affair is said once; `takes_part`: whether there is something to do now."""

    title: str
    url: str
    kind: Any
    icon: str
    line: str = ""
    affair: str = ""
    takes_part: bool = True


@dataclass(frozen=True, slots=True)
class DoorSource:
    """What is open at a place to everybody, or (`is_over`) what came out of it. `rows(actor, place)` gives
    rows as `kernel.waiting` joins them, `item(row)` says how one reads, None where it is not to be shown."""

    name: str
    rows: Callable[[Actor, str], Any]
    item: Callable[[Any], Door | None]
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of a bar. `within` names an entry that stands for several: the others have no place of their
    own on the bar and are tabs on each other's list pages, the first one under the word `tab`."""

    name: str
    title: Any
    url_name: str
    icon: str
    order: int = 50
    permission: str = ""
    within: str = ""
    tab: Any = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """A counter: counted by the day of the `voice` or of the `event`; `now`: how many there are."""

    name: str
    title: Any
    by: str = "voice"


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """Who is told when a journal line of `code` is sealed. `recipients(entry)` gives ids of accounts that may
    open what `url(entry)` leads to. `text` may hold the keys of the line's data and %(about)s, the title and
    number of its matter. Several rules of one code need different names; whoever two of them name is told by
    the first."""

    code: str
    text: Any
    recipients: Callable[[Any], Iterable[UUID]]
    url: Callable[[Any], str]
    is_urgent: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Periodic:
    """Work that the worker repeats."""

    name: str
    every_seconds: float
    run: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Reads the sealed journal line by line; must be able to see a line twice without harm."""

    name: str
    handle: Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Recount:
    """Counts from the records what the counters should say, for the check that they are equal.

    `rows(after="", upto=None)` yields (measure, place, grid, day, state, category, n) of all records or of
    those whose place lies behind `after` and not behind `upto`. `nth_place(after, n)` gives the place of the
    n-th record behind `after`, None when there are fewer."""

    measures: tuple[str, ...]
    rows: Callable[..., Iterable[tuple]]
    nth_place: Callable[[str, int], str | None] = lambda after, n: None


@dataclass(frozen=True, slots=True)
class PersonalData:
    """A module's share in a person's own data: `export(account_id) -> dict`, `erase(account_id) -> int`."""

    name: str
    title: Any
    export: Callable[[UUID], Any]
    erase: Callable[[UUID], int]


@dataclass(frozen=True)
class Module:
    name: str
    title: Any
    sentences: dict[str, Sentence] = field(default_factory=dict)
    ways: tuple[Way, ...] = ()
    inbox: tuple[InboxSource, ...] = ()
    cards: tuple[Card, ...] = ()
    doors: tuple[DoorSource, ...] = ()
    portal_nav: tuple[NavItem, ...] = ()
    desk_nav: tuple[NavItem, ...] = ()
    measures: tuple[Measure, ...] = ()
    notices: tuple[NoticeRule, ...] = ()
    periodic: tuple[Periodic, ...] = ()
    subscribers: tuple[Subscriber, ...] = ()
    recounts: tuple[Recount, ...] = ()
    personal_data: tuple[PersonalData, ...] = ()
    jobs: dict[str, Callable[..., Any]] = field(default_factory=dict)
    providers: dict[str, Callable[..., Any]] = field(default_factory=dict)


def joined(name: str, title: Any, parts: Iterable[Any], **own: Any) -> Module:
    """The manifest of a module that is made of parts, each with a `PART` of its own: tuples one after the
    other, dictionaries joined; a key that two parts use is a mistake. `own` is said by the module alone."""
    together: dict[str, Any] = {}
    for each in fields(Module):
        if each.name in ("name", "title") or each.name in own:
            continue
        values = [getattr(part.PART, each.name) for part in parts]
        if isinstance(values[0], dict):
            together[each.name] = {}
            for value in values:
                if twice := together[each.name].keys() & value.keys():
                    raise ValueError(f"{each.name} {sorted(twice)[0]!r} is in two parts")
                together[each.name] |= value
        else:
            together[each.name] = tuple(one for value in values for one in value)
    return Module(name=name, title=title, **together, **own)


def discover() -> None:
    """Import every installed module's manifest, in the order of INSTALLED_APPS."""
    _clear()
    modules()


@cache
def modules() -> tuple[Module, ...]:
    found = []
    for config in apps.get_app_configs():
        if config.name.startswith("mulin.") and find_spec(f"{config.name}.module"):
            found.append(import_module(f"{config.name}.module").MODULE)
    return tuple(found)


def _clear() -> None:
    for cached in (modules, sentences, measures, notice_rules, providers, jobs):
        cached.cache_clear()


def _merged(attribute: str) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for module in modules():
        for key, value in getattr(module, attribute).items():
            if key in merged:
                raise ValueError(f"{attribute} {key!r} is registered twice")
            merged[key] = value
    return merged


@cache
def sentences() -> dict[str, Sentence]:
    return _merged("sentences")


@cache
def jobs() -> dict[str, Callable[..., Any]]:
    return _merged("jobs")


@cache
def providers() -> dict[str, Callable[..., Any]]:
    """Functions that lower floors may call on higher ones by name, such as `cases.routing`."""
    return _merged("providers")


@cache
def measures() -> dict[str, Measure]:
    return {m.name: m for module in modules() for m in module.measures}


@cache
def notice_rules() -> dict[str, list[NoticeRule]]:
    rules: dict[str, list[NoticeRule]] = {}
    for module in modules():
        for rule in module.notices:
            same = rules.setdefault(rule.code, [])
            if rule.name in {other.name for other in same}:
                raise ValueError(f"notice rule {rule.code!r} {rule.name!r} is registered twice")
            same.append(rule)
    return rules


def ways(kind: str) -> list[Way]:
    """The ways a voice of this kind may take."""
    return [way for module in modules() for way in module.ways if kind in way.kinds]


def collect(attribute: str) -> list[Any]:
    """All registered things of one sort (`inbox`, `cards`, `portal_nav`, `periodic` …), in order."""
    found = [item for module in modules() for item in getattr(module, attribute)]
    return sorted(found, key=lambda item: getattr(item, "order", 50))

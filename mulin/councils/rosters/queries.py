"""Reads about rosters: in full for those who keep them, one's own lines for everybody else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from mulin.councils.counting import Amount
from mulin.councils.rosters import counting, digests
from mulin.councils.rosters.bodies import HOUSEHOLD, LINES, UNIT
from mulin.councils.rosters.models import OwnerPerson, Proxy, Roster, RosterEntry, RosterObjection
from mulin.kernel import codes, policy, rulebook, secrets, suppression
from mulin.kernel.actors import Actor
from mulin.kernel.clock import today
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.models import Entry
from mulin.kernel.numbers import clean_number
from mulin.kernel.policy import Fields, Target
from mulin.people import phones
from mulin.people.models import Account, Residence
from mulin.places.queries import names_of, natural

VIEW, MANAGE = "councils.roster:view", "councils.roster:manage"
FIELDS = Fields(place="place", orgs="org_id")
HOUSEHOLDS = [body for body, line in LINES.items() if line == HOUSEHOLD]


def target_of(roster: Roster) -> Target:
    """What permissions about a roster are asked for."""
    return Target(place=roster.place, orgs=frozenset({roster.org_id} - {None}))


def visible_rosters(actor: Actor) -> QuerySet[Roster]:
    """Rosters whose names the actor may read, newest first."""
    return Roster.objects.filter(policy.visible(actor, VIEW, FIELDS)).order_by("-id")


def get_roster(actor: Actor, number: str) -> Roster:
    """One roster in full, or NotVisible (404)."""
    roster = visible_rosters(actor).filter(number=clean_number(number)).select_related("topic").first()
    if roster is None:
        raise NotVisible(number)
    return roster


def locked(actor: Actor, number: str) -> Roster:
    """The same, locked until the end of the transaction."""
    roster = (
        visible_rosters(actor).select_for_update(of=("self",)).filter(number=clean_number(number)).first()
    )
    if roster is None:
        raise NotVisible(number)
    return roster


def get_public(number: str) -> Roster:
    """A frozen roster as everybody may know it (how many, by building), or NotVisible (404)."""
    roster = Roster.objects.filter(number=clean_number(number), state="frozen").first()
    if roster is None:
        raise NotVisible(number)
    return roster


def usable_rosters(place: str, body: str = "") -> QuerySet[Roster]:
    """Frozen rosters of a place that no other corrects: for choosing one for a vote or a canvass."""
    found = Roster.objects.filter(place=place, state="frozen").exclude(corrections__state="frozen")
    return (found.filter(body=body) if body else found).order_by("-id")


def latest(roster: Roster) -> Roster:
    """The roster that is in force: itself, or the frozen one that corrects it, and so on."""
    while newer := roster.corrections.filter(state="frozen").order_by("-id").first():
        roster = newer
    return roster


def entries(roster: Roster) -> QuerySet[RosterEntry]:
    """All lines in the order people read them, with their owners. Two statements."""
    people = OwnerPerson.objects.order_by("code")
    return roster.entries.order_by("position", "key").prefetch_related(Prefetch("owners", people))


def is_intact(roster: Roster) -> bool:
    """Whether the roster is what it was when it was frozen, by the fingerprint in the journal, which is
    sealed in a chain: who changes rows by hand would have to forge that too. False for a draft. Five
    statements."""
    line = Entry.objects.filter(subject=roster.pk, code="councils.roster.frozen").order_by("id").first()
    sealed = line.data.get("digest") if line else ""
    return bool(sealed) and sealed == roster.digest == digests.digest_of(roster)


def require_intact(roster: Roster) -> None:
    """Raise `roster-changed` when somebody changed a frozen roster past the program: nothing is counted with
    it."""
    if not is_intact(roster):
        raise ActionError(
            "roster-changed",
            _("名册和定稿时的指纹对不上，可能被人直接改过数据库。请先停止计票，用备份和日志核对。"),
        )


def size(roster: Roster) -> Amount:
    """How many it has: heads, and for owners the area by the rules of the place. A frozen one needs no
    statement."""
    if roster.is_frozen:
        return Amount(roster.figures["heads"], roster.figures["area"])
    if LINES[roster.body] == UNIT:
        return counting.amount(
            counting.units(roster), parking=rule_value("councils.parking", roster), order=area_order(roster)
        )
    return Amount(roster.entries.count())


def rule_value(name: str, roster: Roster) -> Any:
    """What the rule book says for this roster's place and body; None where it is unset there."""
    try:
        return rulebook.value(name, at=roster.place, body=roster.body)
    except ActionError:
        return None


def area_order(roster: Roster) -> tuple[str, ...]:
    """Which source of an area counts first."""
    return tuple(rule_value("councils.area_order", roster) or ())


# For whom an actor may act


def entries_of(roster: Roster, actor: Actor, *, vote: str = "", on: date | None = None) -> list[RosterEntry]:
    """The lines for which an actor may act today: own ones, and those of a recorded written proxy (for all
    votes on this roster, or for the one numbered `vote`). None for an anonymous actor. At most four
    statements.

    Each line says how: `by_proxy` is the Proxy, None for an own line; `speaks_for` the code of the owner
    whose paper it is ("" where there are no owners): what `owners.Paper.by` takes.
    """
    if actor.account is None:
        return []
    found: dict[Any, RosterEntry] = {}
    own = Q(account=actor.account)
    if LINES[roster.body] == HOUSEHOLD:
        homes = Residence.objects.filter(account=actor.account, state="confirmed").values("household")
        own |= Q(household__in=homes)
    for entry in roster.entries.filter(own).order_by("position", "key"):
        entry.by_proxy, entry.speaks_for = None, ""
        found[entry.pk] = entry
    if LINES[roster.body] == UNIT:
        found = {}
        mine = roster.entries.filter(owners__account=actor.account).annotate(mine=F("owners__code"))
        for entry in mine.order_by("position", "key", "owners__code"):
            if entry.pk not in found:
                entry.by_proxy, entry.speaks_for = None, entry.mine
                found[entry.pk] = entry
    for proxy in proxies_of(roster, actor, vote=vote, on=on):
        for entry in proxy.entries.all():
            if entry.pk not in found:
                entry.by_proxy, entry.speaks_for = proxy, proxy.giver.code if proxy.giver else ""
                found[entry.pk] = entry
    return sorted(found.values(), key=lambda entry: (entry.position, entry.key))


def valid_proxies(roster: Roster, *, vote: str = "", on: date | None = None) -> QuerySet[Proxy]:
    """Written proxies in force on a day: for all votes on the roster, or for the one numbered `vote`."""
    day = on or today()
    found = roster.proxies.filter(withdrawn_at=None, signed_on__lte=day, until__gte=day)
    return found.filter(Q(vote="") | Q(vote=vote)) if vote else found.filter(vote="")


def proxies_of(roster: Roster, actor: Actor, *, vote: str = "", on: date | None = None) -> list[Proxy]:
    """Those that an actor holds."""
    found = valid_proxies(roster, vote=vote, on=on).filter(holder=actor.account)
    return list(found.select_related("giver").prefetch_related("entries").order_by("id"))


def accounts_of(roster: Roster, *, vote: str = "") -> set[Any]:
    """Every account that may act for a line of the roster, for notices; proxies too (of the one numbered
    `vote`: those for it and for all). Four statements."""
    found = set(roster.entries.exclude(account=None).values_list("account_id", flat=True))
    if LINES[roster.body] == UNIT:
        found = set(roster.people.exclude(account=None).values_list("account_id", flat=True))
    if LINES[roster.body] == HOUSEHOLD:
        homes = roster.entries.exclude(household=None).values("household")
        living = Residence.objects.filter(household__in=homes, state="confirmed")
        found |= set(living.values_list("account_id", flat=True))
    day = today()
    held = roster.proxies.filter(withdrawn_at=None, until__gte=day).exclude(holder=None)
    held = held.filter(Q(vote="") | Q(vote=vote)) if vote else held
    return found | set(held.values_list("holder_id", flat=True))


def proxy_holder(name: str, phone: str) -> Account | None:
    """The account of a proxy's holder: the one that proved this telephone number and bears this name."""
    try:
        number = phones.normalise(phone)
    except ValueError:
        return None
    digest = secrets.fingerprint(number, "phone")
    found = Account.objects.filter(phone_hash=digest, phone_verified=True, name=name.strip(), is_active=True)
    return found.filter(erased_at=None).first()


def own_rosters(actor: Actor, limit: int = 40) -> list[Roster]:
    """Frozen rosters in force that the actor is on: by account, household, units owned or a proxy. One
    statement."""
    if actor.account is None:
        return []
    homes = Residence.objects.filter(account=actor.account, state="confirmed").values("household")
    by_home = RosterEntry.objects.filter(household__in=homes, roster__body__in=HOUSEHOLDS).values("roster")
    entries = (
        RosterEntry.objects.filter(account=actor.account).exclude(roster__body="owners").values("roster")
    )
    owned = OwnerPerson.objects.filter(account=actor.account).values("roster")
    held = Proxy.objects.filter(holder=actor.account, withdrawn_at=None, until__gte=today()).values("roster")
    mine = Q(pk__in=by_home) | Q(pk__in=entries) | Q(pk__in=owned) | Q(pk__in=held)
    found = Roster.objects.filter(mine, state="frozen").exclude(corrections__state="frozen")
    return list(found.order_by("-id")[:limit])


# What everybody may see


@dataclass(frozen=True, slots=True)
class Row:
    """One building of the public extract; `n` is None where the number is small or would betray a small
    one."""

    name: str
    n: int | None


def by_building(roster: Roster) -> list[Row]:
    """How many lines each building has, as everybody may see it: small figures are covered, in the way that
    their total does not betray them. No names, no doors."""
    counted = dict(
        roster.entries.order_by().values_list("building").annotate(n=Count("id")).values_list("building", "n")
    )
    hidden = suppression.protect(counted)
    names = names_of(counted)
    rows = [(names.get(code, ""), None if code in hidden else n) for code, n in counted.items()]
    return [Row(name, n) for name, n in sorted(rows, key=lambda row: natural(row[0]))]


def public_rosters(place: str, limit: int = 20) -> list[Roster]:
    """Frozen rosters of a community that are in force, and of the places above it, newest first."""
    places = {place, *codes.parents(place)}
    found = Roster.objects.filter(place__in=places, state="frozen").exclude(corrections__state="frozen")
    return list(found.order_by("-id")[:limit])


def takes_objections(roster: Roster, on: date | None = None) -> bool:
    """Whether the time for objections runs."""
    return bool(roster.is_frozen and roster.objections_until and roster.objections_until >= (on or today()))


def own_objections(roster: Roster, actor: Actor) -> list[RosterObjection]:
    """What the actor said about the roster, the latest first."""
    if actor.account is None:
        return []
    return list(roster.objections.filter(account=actor.account).order_by("-id"))


def open_objections(rosters: Iterable[Roster]) -> dict[Any, int]:
    """How many objections wait for an answer, by roster."""
    rows = RosterObjection.objects.filter(roster__in=rosters, state="open").order_by().values("roster")
    return {row["roster"]: row["n"] for row in rows.annotate(n=Count("id"))}

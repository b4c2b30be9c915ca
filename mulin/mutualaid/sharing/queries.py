"""Reads of sharing: what can be had when, one's own, the desk's lists, the money."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from mulin.bookings import slots
from mulin.kernel import clock, secrets
from mulin.kernel.actors import Actor
from mulin.ledger import queries as ledger
from mulin.ledger.models import Book
from mulin.ledger.wording import amount_words
from mulin.mutualaid.sharing import access, money, states, windows
from mulin.mutualaid.sharing.models import SharedDamage, SharedOffer, SharedUse
from mulin.people.models import Account

AHEAD_DAYS = 7


# What can be had --------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Found:
    """An offer with whether it can be had at the time that was asked for, and what is free next."""

    offer: SharedOffer
    fits: bool | None = None
    free: list[tuple[datetime, datetime]] = field(default_factory=list)


def search(
    place: str, *, kind: str = "", starts_at: datetime | None = None, ends_at: datetime | None = None
) -> list[Found]:
    """All that is lent in a community; those that can be had at the time asked for first. Two statements."""
    rows = SharedOffer.objects.filter(place=place, state="open").select_related("site")
    if kind:
        rows = rows.filter(kind=kind)
    offers = list(rows.order_by("kind", "fee_fen", "id"))
    taken = _taken(offers, starts_at, ends_at)
    found = []
    for one in offers:
        made = Found(one, free=free_times(one, taken.get(one.resource_id, [])))
        if starts_at and ends_at and ends_at > starts_at:
            inside = windows.covers(one.windows, starts_at, ends_at, clock.zone())
            clash = any(a < ends_at and b > starts_at for a, b, _title in taken.get(one.resource_id, []))
            made.fits = inside and not clash
        found.append(made)
    return sorted(found, key=lambda one: one.fits is False)


def _taken(offers: Iterable[SharedOffer], starts_at: datetime | None, ends_at: datetime | None) -> dict:
    now = clock.now()
    until = max(now + timedelta(days=AHEAD_DAYS), ends_at or now)
    since = min(now, starts_at or now)
    return slots.busy([one.resource_id for one in offers if one.resource_id], since, until)


def free_times(offer: SharedOffer, taken: list, most: int = 4) -> list[tuple[datetime, datetime]]:
    """The next stretches that can be had, within a week."""
    now = slots.whole(clock.now(), up=True).astimezone(clock.zone())
    free = windows.spans(offer.windows, now.date(), now.date() + timedelta(days=AHEAD_DAYS), clock.zone())
    found: list[tuple[datetime, datetime]] = []
    for begins, ends in free:
        begins = max(begins, now)
        for first, last, _title in sorted(taken):
            if last <= begins or first >= ends:
                continue
            if first > begins:
                found.append((begins, first.astimezone(clock.zone())))
            begins = max(begins, last.astimezone(clock.zone()))
        if ends - begins >= slots.QUARTER:
            found.append((begins, ends))
    return found[:most]


def free_of(offer: SharedOffer, most: int = 8) -> list[tuple[datetime, datetime]]:
    """The next free stretches of one."""
    if offer.resource_id is None:
        return []
    now = clock.now()
    taken = slots.busy([offer.resource_id], now, now + timedelta(days=AHEAD_DAYS + 1))
    return free_times(offer, taken[offer.resource_id], most)


def counts(place: str) -> dict[str, int]:
    """How many of each kind can be booked."""
    rows = SharedOffer.objects.filter(place=place, state="open").values_list("kind", flat=True)
    found = list(rows)
    return {kind: found.count(kind) for kind in states.KINDS}


# One's own --------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Mine:
    """What I booked and had, what I lend and who booked it, what I owe and what is due to me."""

    booked: QuerySet[SharedUse]
    past: QuerySet[SharedUse]
    offers: QuerySet[SharedOffer]
    lent: QuerySet[SharedUse]
    owes: int
    due: int


def mine(actor: Actor) -> Mine:
    uses = SharedUse.objects.select_related("offer").order_by("-starts_at", "-id")
    booked = uses.filter(account_id=actor.account)
    books = Book.objects.filter(ref=actor.account, unit="fen") if actor.account else Book.objects.none()
    sums = {money.BORROWER: 0, money.OWNER: 0}
    for kind, balance in books.filter(kind__in=sums).values_list("kind", "balance"):
        sums[kind] += balance
    return Mine(
        booked=booked.filter(state__in=states.LIVE),
        past=booked.exclude(state__in=states.LIVE),
        offers=SharedOffer.objects.filter(account_id=actor.account).order_by("-id"),
        lent=uses.filter(offer__account_id=actor.account).exclude(state="cancelled"),
        owes=max(0, -sums[money.BORROWER]),
        due=sums[money.OWNER],
    )


def secrets_of(actor: Actor, use: SharedUse) -> dict[str, str]:
    """What only one side reads: where and how for who booked, as long as it is booked; the note for the
    owner. The desk reads them where it booked for somebody."""
    side = access.side_of(actor, use)
    live = use.state in states.LIVE
    desk = side == "desk" and (bool(use.who) or bool(use.offer.owner_name)) and live
    found = {"where": "", "access": "", "note": ""}
    if (side == "borrower" and live) or (desk and use.who) or side == "owner":
        found["where"] = secrets.unseal(use.offer.where_sealed)
        found["access"] = secrets.unseal(use.offer.access_sealed)
    if side in {"owner", "borrower"} or desk:
        found["note"] = secrets.unseal(use.note_sealed)
    return found


def sealed_of(offer: SharedOffer) -> dict[str, str]:
    """For the owner, and for the desk that looks at it before it is shown."""
    return {"where": secrets.unseal(offer.where_sealed), "access": secrets.unseal(offer.access_sealed)}


def damage_of(use: SharedUse) -> SharedDamage | None:
    return use.damages.order_by("-id").first()


# At the desk ------------------------------------------------------------------------------------------------


def waiting_uses(actor: Actor) -> QuerySet[SharedUse]:
    """Objections to look into."""
    rows = SharedUse.objects.filter(_visible(actor), objection_state="waiting")
    return rows.select_related("offer").order_by("no_show_at")


def open_damages(actor: Actor) -> QuerySet[SharedDamage]:
    """Damage that both sides spoke about and nobody settled, or that waits for an answer."""
    rows = SharedDamage.objects.filter(_visible(actor)).exclude(state="settled")
    return rows.select_related("use__offer").order_by("id")


def overdue_things(actor: Actor) -> QuerySet[SharedUse]:
    """Things that should have been brought back."""
    rows = SharedUse.objects.filter(
        _visible(actor), state="in_use", offer__kind="thing", ends_at__lt=clock.now()
    )
    return rows.select_related("offer").order_by("ends_at")


def _visible(actor: Actor) -> Q:
    from mulin.kernel import policy

    return policy.visible(actor, access.VIEW, access.FIELDS)


# Money ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Party:
    """Somebody with a book of money: what they owe or are to get."""

    party: UUID
    name: str
    fen: int

    @property
    def words(self) -> str:
        return amount_words("fen", self.fen)


@dataclass(slots=True)
class Month:
    """The money of a community's sharing: who owes, who is to get, what the community and the estates have,
    what lies in the till, and the fees of a month."""

    place: str
    first: date
    owing: list[Party]
    due: list[Party]
    community: int
    estates: list[Party]
    till: int
    deposits: int
    rows: list[dict[str, Any]]

    @property
    def total(self) -> int:
        return sum(row["fen"] for row in self.rows)


def month_of(place: str, first: date) -> Month:
    """The settlement of a month; what is owed and due is as of today."""
    books = list(Book.objects.filter(place=place, unit="fen", kind__startswith="share.").exclude(balance=0))
    names = _names(place, [one.ref for one in books if one.ref])

    def parties(kind: str, sign: int = 1) -> list[Party]:
        some = [one for one in books if one.kind == kind and one.balance * sign > 0]
        return sorted(
            (Party(one.ref, names.get(one.ref, ""), one.balance * sign) for one in some),
            key=lambda one: one.name,
        )

    def total(kind: str) -> int:
        return sum(one.balance for one in books if one.kind == kind)

    return Month(
        place=place, first=first, owing=parties(money.BORROWER, -1), due=parties(money.OWNER),
        community=total(money.COMMUNITY), estates=parties(money.ESTATE), till=-total(money.TILL),
        deposits=total(money.DEPOSIT), rows=fees_of(place, first),
    )  # fmt: skip


def next_month(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def fees_of(place: str, first: date, *, party: UUID | None = None) -> list[dict[str, Any]]:
    """The fees charged in a month, with how each was split; of one owner with `party`."""
    rows = SharedUse.objects.filter(
        place=place, charge__isnull=False, charge__on__gte=first, charge__on__lt=next_month(first)
    ).select_related("offer", "charge")
    if party:
        rows = rows.filter(offer__party=party)
    found = []
    kinds = {money.OWNER: "owner", money.COMMUNITY: "community", money.ESTATE: "estate"}
    legs: dict[UUID, dict[str, int]] = {}
    uses = list(rows.order_by("charge__on", "id"))
    from mulin.ledger.models import Transfer

    for posting, kind, n in Transfer.objects.filter(posting__in=[one.charge_id for one in uses]).values_list(
        "posting", "target__kind", "amount"
    ):
        if kind in kinds:
            legs.setdefault(posting, {})[kinds[kind]] = n
    for one in uses:
        parts = legs.get(one.charge_id, {})
        found.append(
            {
                "use": one, "on": one.charge.on, "title": one.offer.title, "fen": sum(parts.values()),
                **{name: parts.get(name, 0) for name in kinds.values()},
            }
        )  # fmt: skip
    return found


def _names(place: str, refs: list[UUID]) -> dict[UUID, str]:
    """What the desk calls the owners of books: accounts, who was entered by name, estates."""
    from mulin.places.models import Site

    found = {one.pk: str(one) for one in Account.objects.filter(pk__in=refs)}
    found |= dict(SharedOffer.objects.filter(pk__in=refs).values_list("pk", "owner_name"))
    found |= dict(SharedUse.objects.filter(pk__in=refs).values_list("pk", "who"))
    found |= dict(Site.objects.filter(pk__in=refs).values_list("pk", "name"))
    return found


def party_name(place: str, party: UUID) -> str:
    return _names(place, [party]).get(party, "")


def statement_of(
    place: str, kind: str, party: UUID, *, since: date | None = None, until: date | None = None
) -> ledger.Statement | None:
    """What went through somebody's book, every line in words."""
    book = ledger.get_book(place, "fen", kind, party)
    if book is None:
        return None
    found = ledger.statement(book, since=since, until=until)
    titles = dict(
        SharedUse.objects.filter(pk__in=[one.subject for one in found.lines if one.subject]).values_list(
            "pk", "offer__title"
        )
    )
    found.lines = [
        replace(
            one, reason=str(states.LINES.get(one.kind, one.kind)),
            words=" ".join(part for part in (titles.get(one.subject, ""), one.words) if part),
        )
        for one in found.lines
    ]  # fmt: skip
    return found


def own_books(actor: Actor) -> list[Book]:
    """One's own books of money, where anything ever went through."""
    if actor.account is None:
        return []
    rows = Book.objects.filter(
        ref=actor.account, unit="fen", kind__in=(money.BORROWER, money.OWNER, money.DEPOSIT)
    )
    return list(rows.order_by("place", "kind"))

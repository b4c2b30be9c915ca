"""This part's share in a person's own data."""

from typing import Any
from uuid import UUID

from django.db.models import Q

from mulin.bookings.models import Booking, Resource
from mulin.kernel import clock
from mulin.ledger.models import Book
from mulin.mutualaid.sharing import money, queries, states
from mulin.mutualaid.sharing import uses as acts
from mulin.mutualaid.sharing.models import SharedDamage, SharedOffer, SharedUse


def export(account_id: UUID) -> dict[str, Any]:
    """What one lends (with where it is), what one booked, and one's money line by line."""
    offers = SharedOffer.objects.filter(account_id=account_id).order_by("id")
    uses = SharedUse.objects.filter(account_id=account_id).select_related("offer").order_by("id")
    damages = SharedDamage.objects.filter(
        Q(use__account_id=account_id) | Q(use__offer__account_id=account_id)
    )
    books = Book.objects.filter(
        ref=account_id, unit="fen", kind__in=(money.BORROWER, money.OWNER, money.DEPOSIT)
    )
    return {
        "lends": [
            {
                "number": one.number, "title": one.title, "about": one.about,
                "state": str(states.OFFERS[one.state]), "windows": one.windows, "fee": one.fee_fen / 100,
                **queries.sealed_of(one),
            }
            for one in offers
        ],
        "booked": [
            {
                "number": one.number, "title": one.offer.title, "from": one.starts_at.isoformat(),
                "to": one.ends_at.isoformat(), "state": str(states.USES[one.state]), "fee": one.fee_fen / 100,
                "objection": one.objection, "decision": one.decision,
            }
            for one in uses
        ],
        "damages": [
            {"number": one.use.number, "text": one.text, "answer": one.answer, "settled": one.settled}
            for one in damages.select_related("use").order_by("id")
        ],
        "money": [
            {"on": line.on.isoformat(), "what": line.reason, "words": line.words, "yuan": line.amount / 100}
            for one in books
            for line in queries.statement_of(one.place, one.kind, one.ref).lines
        ],
    }  # fmt: skip


def erase(account_id: UUID) -> int:
    """What one lends is lent no more and its address goes; what was written in one's uses goes; what was
    still to come on either side is called off, and the other side hears of it. What is owed stays in the
    books, under a number without a name."""
    cancelled = SharedUse.objects.filter(account_id=account_id, cancelled_by="borrower")
    Booking.objects.filter(pk__in=cancelled.values("booking")).update(reason="")
    cancelled.update(reason="")
    _call_off(account_id)
    offers = SharedOffer.objects.filter(account_id=account_id)
    shown = Resource.objects.filter(pk__in=offers.values("resource"))
    Booking.objects.filter(resource__in=shown).update(title="")
    shown.update(title="—")
    n = offers.update(
        state="closed", where_sealed="", access_sealed="", about="", title="—", account=None
    )  # fmt: skip
    uses = SharedUse.objects.filter(account_id=account_id)
    SharedDamage.objects.filter(use__in=uses).update(answer="")
    return n + uses.update(note_sealed="", objection="", account=None)


def _call_off(account_id: UUID) -> None:
    both = Q(account_id=account_id) | Q(offer__account_id=account_id)
    coming = SharedUse.objects.filter(both, state="booked", starts_at__gt=clock.now())
    for pk in list(coming.order_by("pk").values_list("pk", flat=True)):
        acts.call_off(pk, side_of=account_id)

"""What is owed for uses, and to whom; nothing is paid online. Internals: inside the caller's transaction.

A book's balance is what its owner is to get; below zero it is what they owe. The till stands the other way
round: what the community has taken in by hand is below zero in it. So all books of a community sum to zero.
"""

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext as _

from mulin.kernel import rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError
from mulin.ledger import posting
from mulin.ledger.models import Book, Posting
from mulin.mutualaid.sharing.models import SharedOffer, SharedUse

BORROWER, OWNER, COMMUNITY = "share.borrower", "share.owner", "share.community"
ESTATE, TILL, DEPOSIT = "share.estate", "share.till", "share.deposit"
FEE, PAID, PAID_OUT = "fee", "paid", "paid_out"
TAKEN, BACK, KEPT = "deposit", "deposit_back", "deposit_kept"
QUARTER = 15


def fee_of(offer: SharedOffer, minutes: int) -> int:
    """What a use costs: by the minute of the hour, or by every day begun; whole fen, in favour of the
    borrower."""
    if offer.per == "day":
        return offer.fee_fen * -(-minutes // 1440)
    return offer.fee_fen * minutes // 60


def split_of(place: str, kind: str, fee: int) -> dict[str, int]:
    """How a fee is split by the rule of the place, in fen; what cannot be divided is the owner's. Raises
    rule-wrong for shares that are not a hundred in all."""
    shares: Mapping[str, int] = rulebook.value("aid.sharing.split", at=place, kind=kind)
    known = {"owner", "community", "estate"}
    if set(shares) - known or sum(shares.values()) != 100 or any(n < 0 for n in shares.values()):
        said = _("这里的规则“费用怎么分”三项相加不是100，请管理员改好再约。")
        raise ActionError("rule-wrong", said)
    cut = {name: fee * shares.get(name, 0) // 100 for name in ("community", "estate")}
    return {"owner": fee - sum(cut.values()), **cut}


def party_book(place: str, kind: str, party: UUID) -> Book:
    return posting.book(place, "fen", kind, party)


def place_book(place: str, kind: str, ref: UUID | None = None) -> Book:
    return posting.book(place, "fen", kind, ref)


def charge(use: SharedUse, fee: int, *, words: str = "", actor: Actor | None = None) -> Posting | None:
    """Owed from now on by who borrowed: to the owner, the community, the estate."""
    if fee <= 0:
        return None
    offer = use.offer
    shares = use.split if fee == use.fee_fen else split_of(use.place, offer.kind, fee)
    borrower = party_book(use.place, BORROWER, use.party)
    targets = {
        "owner": party_book(use.place, OWNER, offer.party),
        "community": place_book(use.place, COMMUNITY),
        "estate": place_book(use.place, ESTATE, offer.site_id),
    }
    legs = [(borrower, targets[name], n) for name, n in shares.items() if n]
    return posting.post(
        place=use.place, unit="fen", kind=FEE, legs=legs, subject=use.pk, words=words, actor=actor
    )


def pay(place: str, party: UUID, fen: int, *, words: str, actor: Actor) -> Posting:
    """Taken in by hand from who owes; more than is owed is refused (over-paid)."""
    book, till = party_book(place, BORROWER, party), place_book(place, TILL)
    owed = -posting.hold([book, till])[book.pk].balance
    if fen > owed:
        said = _("对方只欠 %(owed)s 元。") % {"owed": f"{max(owed, 0) / 100:.2f}"}
        raise ActionError("over-paid", said, field="yuan")
    legs = [(till, book, fen)]
    return posting.post(place=place, unit="fen", kind=PAID, legs=legs, words=words, actor=actor)


def pay_out(place: str, party: UUID, fen: int, *, words: str, actor: Actor) -> Posting:
    """Paid by hand to an owner; more than is due, or than was taken in, is refused."""
    book, till = party_book(place, OWNER, party), place_book(place, TILL)
    held = posting.hold([book, till])
    if fen > held[book.pk].balance:
        said = _("应付给对方的只有 %(due)s 元。") % {"due": f"{max(held[book.pk].balance, 0) / 100:.2f}"}
        raise ActionError("over-paid", said, field="yuan")
    cash = -held[till.pk].balance - deposits(place)
    if fen > cash:
        said = _("社区手里收到的费用只有 %(cash)s 元，先收齐再付。")
        raise ActionError("no-cash", said % {"cash": f"{max(cash, 0) / 100:.2f}"}, field="yuan")
    return posting.post(
        place=place, unit="fen", kind=PAID_OUT, legs=[(book, till, fen)], words=words, actor=actor
    )


def deposits(place: str) -> int:
    """What lies in the till and belongs to borrowers, not to be paid out to anybody else."""
    rows = Book.objects.filter(place=place, unit="fen", kind=DEPOSIT)
    return rows.aggregate(n=Sum("balance"))["n"] or 0


def take_deposit(use: SharedUse, *, actor: Actor) -> Posting:
    till, kept = place_book(use.place, TILL), party_book(use.place, DEPOSIT, use.party)
    legs = [(till, kept, use.deposit_fen)]
    return posting.post(place=use.place, unit="fen", kind=TAKEN, legs=legs, subject=use.pk, actor=actor)


def return_deposit(use: SharedUse, *, keep: int, actor: Actor) -> None:
    """Back to the borrower, but for what is kept for damage, which becomes the owner's."""
    till, kept = place_book(use.place, TILL), party_book(use.place, DEPOSIT, use.party)
    owner = party_book(use.place, OWNER, use.offer.party)
    posting.hold([till, kept, owner])
    if back := use.deposit_fen - keep:
        legs = [(kept, till, back)]
        posting.post(place=use.place, unit="fen", kind=BACK, legs=legs, subject=use.pk, actor=actor)
    if keep:
        legs = [(kept, owner, keep)]
        posting.post(place=use.place, unit="fen", kind=KEPT, legs=legs, subject=use.pk, actor=actor)

"""Minutes that nobody used in time expire, the oldest first, and never without having told their owner."""

from collections.abc import Iterable
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from django.db.models import Q

from mulin.kernel import clock, journal
from mulin.kernel.actors import SYSTEM
from mulin.kernel.db import write
from mulin.ledger import posting
from mulin.ledger.models import Book, Transfer
from mulin.mutualaid.timebank import actions, fifo, holders, policies
from mulin.mutualaid.timebank.models import TimeExpiry, TimeHolder

BATCH = 500


def lots_of(book: Book) -> list[tuple[date, int]]:
    """What is in a book by the day it came, the oldest first."""
    legs = Transfer.objects.filter(Q(source=book) | Q(target=book)).order_by("posting_id", "id")
    rows = legs.values_list("posting_id", "posting__on", "amount", "target_id", "posting__reverses_id")
    # What a posting brought above the cap went on at once: only what it left counts.
    moves: dict[str, fifo.Move] = {}
    for pk, on, amount, target, reverses in rows:
        signed = amount if target == book.pk else -amount
        known = moves.get(str(pk))
        total = signed + (known.amount if known else 0)
        moves[str(pk)] = fifo.Move(str(pk), on, total, str(reverses or ""))
    return fifo.lots(one for one in moves.values() if one.amount)


def run() -> dict[str, int]:
    """Tell whose minutes will expire, then let those go whose day has come. Every day, for every community
    whose rules know an expiry."""
    told = gone = 0
    places = TimeHolder.objects.order_by().values_list("place", flat=True).distinct()
    for place in list(places):
        policy = policies.policy_at(place)
        if not policy.is_on or not policy.expiry_months:
            _forget(place)
            continue
        for holder in _holders(place):
            told += _tell(holder, policy)
        gone += _expire(place)
    return {"told": told, "expired": gone}


def _holders(place: str) -> Iterable[TimeHolder]:
    full = Book.objects.filter(place=place, unit="minute", kind=holders.PERSON, balance__gt=0)
    found = TimeHolder.objects.filter(place=place, pk__in=full.values("ref"))
    return found.order_by("pk").iterator(chunk_size=BATCH)


def _forget(place: str) -> None:
    """The rule is gone: what was announced does not happen."""
    TimeExpiry.objects.filter(place=place, done_at=None).update(done_at=clock.now())


def _tell(holder: TimeHolder, policy: policies.Policy) -> int:
    """One notice for a day's minutes. Their day is never nearer than the days of notice, also when the rule
    itself is new."""
    today = clock.today()
    soon = today + timedelta(days=policy.notice_days)
    with write():
        lots = lots_of(holders.person_book(holder))
        known = set(
            TimeExpiry.objects.filter(holder=holder, done_at=None).values_list("earned_on", flat=True)
        )
        made = 0
        for earned_on, minutes in lots:
            due = earned_on + relativedelta(months=policy.expiry_months)
            if due > soon or earned_on in known:
                continue
            found = TimeExpiry.objects.create(
                holder=holder, place=holder.place, earned_on=earned_on, due_on=max(due, soon), minutes=minutes
            )
            data = {"minutes": minutes, "day": found.due_on.isoformat()}
            journal.record("aid.time.expiring", actor=SYSTEM, place=holder.place, subject=found.pk, data=data)
            made += 1
    return made


def _expire(place: str) -> int:
    due = TimeExpiry.objects.filter(place=place, done_at=None, due_on__lte=clock.today())
    return sum(_let_go(pk) for pk in list(due.order_by("due_on", "pk").values_list("pk", flat=True)))


def _let_go(pk) -> int:
    """What is left of that day's minutes goes to the community's reserve; somebody can still use it."""
    with write():
        found = TimeExpiry.objects.select_for_update().select_related("holder").get(pk=pk)
        if found.done_at:
            return 0
        own, reserve = holders.person_book(found.holder), holders.reserve_book(found.place)
        posting.hold([own, reserve])
        left = dict(lots_of(own)).get(found.earned_on, 0)
        n = min(left, found.minutes)
        found.done_at = clock.now()
        if n:
            found.posting = posting.post(
                place=found.place, unit="minute", kind=actions.EXPIRED, legs=[(own, reserve, n)],
                subject=found.pk,
            )  # fmt: skip
            data = {"minutes": n}
            journal.record("aid.time.expired", actor=SYSTEM, place=found.place, subject=found.pk, data=data)
        found.save(update_fields=["done_at", "posting"])
    return 1 if n else 0

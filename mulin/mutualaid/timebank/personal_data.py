"""This part's share in a person's own data."""

from typing import Any
from uuid import UUID

from django.db.models import Q

from mulin.kernel import clock
from mulin.kernel.numbers import new_number
from mulin.ledger import posting, tables
from mulin.mutualaid.timebank import actions, holders, queries
from mulin.mutualaid.timebank.models import TimeGift, TimeHolder


def export(account_id: UUID) -> dict[str, Any]:
    """One's minutes and points line by line, gifts, and how one chose."""
    holder = TimeHolder.objects.filter(account_id=account_id).first()
    if holder is None:
        return {}
    found: dict[str, Any] = {"code": holder.code, "spends": holder.spends, "lines": [], "gifts": []}
    for unit in ("minute", "point"):
        statement = queries.statement_of(holder, unit=unit)
        found["lines"] += [
            {
                "number": one.number, "on": one.on.isoformat(), "what": one.reason, "words": one.words,
                "unit": unit, "amount": tables.plain(unit, one.amount),
            }
            for one in (statement.lines if statement else [])
        ]  # fmt: skip
    for one in TimeGift.objects.filter(Q(giver=holder) | Q(receiver=holder)).order_by("id"):
        mine = one.giver_id == holder.pk
        found["gifts"].append(
            {
                "number": one.number, "given": mine, "kind": one.kind, "minutes": one.minutes,
                "words": one.words, "on": clock.day_of(one.created_at).isoformat(),
            }
        )  # fmt: skip
    return found


def erase(account_id: UUID) -> int:
    """What is left goes to the community's reserve, the words of one's gifts go, and the book stays without a
    name: what was posted is not edited."""
    holder = TimeHolder.objects.filter(account_id=account_id).first()
    if holder is None:
        return 0
    _leave(holder)
    n = TimeGift.objects.filter(giver=holder).update(words="")
    holder.account, holder.name, holder.paper_ref, holder.code = None, "", None, new_number()
    holder.save(update_fields=["account", "name", "paper_ref", "code"])
    return n + 1


def _leave(holder: TimeHolder) -> None:
    own, reserve = holders.person_book(holder), holders.reserve_book(holder.place)
    left = posting.hold([own, reserve])[own.pk].balance
    if left:
        posting.post(place=holder.place, unit="minute", kind=actions.ERASED, legs=[(own, reserve, left)])
    points, gone = holders.points_book(holder), holders.points_of_place(holder.place, holders.REDEEMED)
    some = posting.hold([points])[points.pk].balance
    if some:
        posting.post(place=holder.place, unit="point", kind=actions.ERASED, legs=[(points, gone, some)])

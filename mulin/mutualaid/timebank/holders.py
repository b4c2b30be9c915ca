"""Whose book it is, and the books of a community. Internals: inside the caller's transaction."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import clean_number, is_number, new_number
from mulin.ledger import posting
from mulin.ledger.models import Book
from mulin.mutualaid.timebank.models import TimeHolder
from mulin.people.models import Residence

PERSON, RESERVE, ISSUED = "time.person", "time.reserve", "time.issued"
POINTS, POINTS_ISSUED, REDEEMED = "point.person", "point.issued", "point.redeemed"


def holder_of(account: UUID, place: str) -> TimeHolder:
    """The holder that an account is, made where there is none. `place`: where a new one is kept."""
    found = TimeHolder.objects.filter(account_id=account).first()
    return found or _made(account_id=account, place=place)


def paper_holder(ref: UUID, place: str, name: str) -> TimeHolder:
    """The holder of somebody who is not online, known by the record that stands for them."""
    found = TimeHolder.objects.filter(paper_ref=ref).first()
    return found or _made(paper_ref=ref, place=place, name=name[:40])


def _made(**facts: Any) -> TimeHolder:
    own = {key: facts[key] for key in ("account_id", "paper_ref") if key in facts}
    try:
        with transaction.atomic():
            return TimeHolder.objects.create(code=new_number(), **facts)
    except IntegrityError:  # somebody else was first
        return TimeHolder.objects.get(**own)


def helper_of(visit: Any) -> TimeHolder | None:
    """Who is credited: the helper's account, else the helper as the desk knows them. A book that was kept on
    paper follows its helper into an account made later."""
    account, paper = visit.helper_account, getattr(visit, "helper_id", None)
    kept = TimeHolder.objects.filter(paper_ref=paper).first() if paper else None
    if account is None:
        return paper_holder(paper, visit.place, getattr(visit, "helper_name", "")) if paper else None
    own = TimeHolder.objects.filter(account=account).first()
    if kept and own is None:
        kept.account = account
        kept.save(update_fields=["account"])
        return kept
    return own or holder_of(account.pk, visit.place)


def person_book(holder: TimeHolder) -> Book:
    return posting.book(holder.place, "minute", PERSON, holder.pk, title=str(_("存的时间")), least=0)


def reserve_book(place: str) -> Book:
    return posting.book(place, "minute", RESERVE, title=str(_("社区储备")), least=0)


def issue_book(place: str) -> Book:
    return posting.book(place, "minute", ISSUED, title=str(_("服务")))


def points_book(holder: TimeHolder) -> Book:
    return posting.book(holder.place, "point", POINTS, holder.pk, title=str(_("积分")), least=0)


def points_of_place(place: str, kind: str) -> Book:
    return posting.book(place, "point", kind, title=str(_("积分")))


def by_code(text: str, *, field: str = "code") -> TimeHolder:
    """The holder who shows this code; no-such-code for any other text, so that codes cannot be guessed from
    the answers."""
    number = clean_number(text)
    found = TimeHolder.objects.filter(code=number).first() if is_number(number) else None
    if found is None:
        said = _("没有这个收时间的码。请对方打开“我的时间”，看着念十位数字。")
        raise ActionError("no-such-code", said, field=field, status=422)
    return found


def household_of(account: UUID) -> list[Residence]:
    """Who is confirmed as living in the same household, oneself left out."""
    homes = Residence.objects.filter(account_id=account, state="confirmed").values("household")
    rows = Residence.objects.filter(household__in=homes, state="confirmed").exclude(account_id=account)
    return list(rows.exclude(account=None).select_related("account").order_by("id"))

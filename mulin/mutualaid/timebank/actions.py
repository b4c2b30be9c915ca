"""Minutes are credited, spent, given, awarded; points are redeemed.

`credit_visit`, `spend_visit` and `take_back_visit` are for who confirms visits: they run inside that
transaction and write no line of the journal of their own. All others are acts of a person.
"""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.kernel import clock, codes, journal, throttle
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.numbers import clean_number, new_number
from mulin.kernel.policy import Target, can, require
from mulin.ledger import posting
from mulin.ledger.models import Book, Posting, Transfer
from mulin.ledger.wording import amount_words
from mulin.mutualaid.timebank import holders, policies
from mulin.mutualaid.timebank.models import TimeAward, TimeGift, TimeHolder, TimeRedemption

USE, VIEW, MANAGE = "aid.time:use", "aid.time:view", "aid.time:manage"
WORDS_LENGTH, REASON_LENGTH = 100, 200
VISIT, SPENT, GIFT, AWARD, EXPIRED, ERASED = "visit", "spent", "gift", "award", "expired", "erased"
POINTS, REDEEMED = "points", "redeemed"
CODES_PER_HOUR = 30


# For who confirms visits ------------------------------------------------------------------------------------


def credit_visit(visit: Any) -> Posting | None:
    """Credit a confirmed visit to who helped: an hour is an hour. `visit`: `id`, `minutes`, `place`,
    `helper_account` (or None, then `helper_id` and `helper_name` where the desk knows them).

    What is above the personal cap goes to the community's reserve in the same posting, and all of it when
    nobody can be named. Points follow where the place gives them. None where the place has no time bank, or
    the visit was credited before."""
    policy = policies.policy_at(visit.place)
    if not policy.is_on or visit.minutes <= 0 or _credited(visit.id):
        return None
    issue, reserve = holders.issue_book(visit.place), holders.reserve_book(visit.place)
    helper = holders.helper_of(visit)
    legs, own = [(issue, reserve, visit.minutes)], holders.person_book(helper) if helper else None
    # The receiver's too, who may spend next: all at once, in one order, so that two neighbours who help one
    # another never wait for each other.
    books = posting.hold([issue, reserve, *([own] if own else []), *_receiver_books(visit)])
    if helper is not None and own is not None:
        held = books[own.pk]
        legs = [(issue, own, visit.minutes)]
        over = min(visit.minutes, max(0, held.balance + visit.minutes - policy.cap)) if policy.cap else 0
        if over:
            legs.append((own, reserve, over))
        _credit_points(visit, helper, policy)
    return posting.post(
        place=visit.place, unit="minute", kind=VISIT, legs=legs, subject=visit.id, words=_kind_words(visit)
    )


def _receiver_books(visit: Any) -> list[Book]:
    account = getattr(visit, "receiver_account", None)
    holder = TimeHolder.objects.filter(account=account, spends=True).first() if account else None
    return [holders.person_book(holder)] if holder else []


def _kind_words(visit: Any) -> str:
    return str(getattr(visit, "kind_words", "") or "")


def _credited(visit: UUID) -> list[Posting]:
    """Postings of a visit that still count."""
    rows = Posting.objects.filter(subject=visit, kind__in=(VISIT, POINTS), reverses=None)
    return list(rows.filter(reversed_by=None).order_by("id"))


def _credit_points(visit: Any, helper: TimeHolder, policy: policies.Policy) -> None:
    points = policy.points_of(visit.minutes) if policy.has_points else 0
    if points:
        source = holders.points_of_place(visit.place, holders.POINTS_ISSUED)
        legs = [(source, holders.points_book(helper), points)]
        posting.post(place=visit.place, unit="point", kind=POINTS, legs=legs, subject=visit.id)


def spend_visit(visit: Any) -> Posting | None:
    """Whoever received a confirmed visit spends what they have, at most its minutes; nobody is sent away for
    having none. `visit`: `id`, `minutes`, `place`, `receiver_account` (or None). None where nothing is
    spent."""
    account = getattr(visit, "receiver_account", None)
    policy = policies.policy_at(visit.place)
    if account is None or not policy.is_on or not policy.spends:
        return None
    holder = TimeHolder.objects.filter(account=account, spends=True).first()
    if holder is None or _spent(visit.id):
        return None
    own, issue = holders.person_book(holder), holders.issue_book(visit.place)
    n = min(visit.minutes, posting.hold([own, issue])[own.pk].balance)
    if n <= 0:
        return None
    return posting.post(
        place=visit.place, unit="minute", kind=SPENT, legs=[(own, issue, n)], subject=visit.id,
        words=_kind_words(visit),
    )  # fmt: skip


def _spent(visit: UUID) -> bool:
    rows = Posting.objects.filter(subject=visit, kind=SPENT, reverses=None, reversed_by=None)
    return rows.exists()


def take_back_visit(visit: Any, *, words: str = "") -> int:
    """A visit was confirmed by mistake: what it credited and spent is reversed. Returns how many postings.
    Raises not-enough when the minutes were used meanwhile."""
    rows = Posting.objects.filter(subject=visit.id, kind__in=(VISIT, SPENT, POINTS), reverses=None)
    found = list(rows.filter(reversed_by=None).order_by("id"))
    for one in found:
        posting.reverse(one, words=words)
    return len(found)


# What a person does with their own --------------------------------------------------------------------------


def open_book(*, actor: Actor, place: str) -> TimeHolder:
    """Begin to hold minutes: a book and a code to be given some. Who: oneself, where there is a time bank.
    Raises no-place, time-bank-off."""
    if not codes.is_valid(place) or codes.level(place) != codes.Level.COMMUNITY:
        raise ActionError("no-place", _("请先选您住的社区。"), field="place", status=422)
    require(actor, USE, Target(place, owners=_self(actor)))
    with write():
        policies.require_on(place)
        found = TimeHolder.objects.filter(account_id=actor.account).first()
        if found is None:
            found = holders.holder_of(actor.account, place)
            holders.person_book(found)
            _line("aid.time.opened", actor, found.place, found.pk)
    return found


def _self(actor: Actor) -> frozenset[UUID]:
    return frozenset({actor.account} if actor.account else ())


def own_holder(actor: Actor, *, lock: bool = False) -> TimeHolder:
    """The actor as a holder. NotVisible for who holds nothing."""
    rows = TimeHolder.objects.select_for_update() if lock else TimeHolder.objects
    found = rows.filter(account_id=actor.account).first() if actor.account else None
    if found is None:
        raise NotVisible("time")
    require(actor, USE, Target(found.place, owners=_self(actor)))
    return found


def renew_code(*, actor: Actor) -> TimeHolder:
    """Another code to be given minutes by; the old one is nobody's from now on."""
    with write():
        holder = own_holder(actor, lock=True)
        holder.code = new_number()
        holder.save(update_fields=["code"])
        _line("aid.time.code_renewed", actor, holder.place, holder.pk)
    return holder


def choose_spending(*, actor: Actor, spends: bool) -> TimeHolder:
    """Whether visits that one receives use one's own minutes."""
    with write():
        holder = own_holder(actor, lock=True)
        holder.spends = spends
        holder.save(update_fields=["spends"])
        _line("aid.time.spending_chosen", actor, holder.place, holder.pk, spends=spends)
    return holder


def give(
    *, actor: Actor, minutes: int, code: str = "", member: UUID | None = None, reserve: bool = False,
    words: str = "",
) -> TimeGift:  # fmt: skip
    """Give minutes away: to who shows `code`, to a `member` of one's own household (an account confirmed as
    living there), or to the community's `reserve`. They are never sold: nothing in return is recorded.

    Who: the holder. Raises time-bank-off, no-minutes, no-such-code, not-family, yourself, gift-limit,
    not-enough, too-long, too-much (the receiver's cap), throttled.
    """
    if minutes <= 0:
        raise ActionError("no-minutes", _("请写要送多少时间。"), field="hours", status=422)
    words = _short(words, WORDS_LENGTH, "words")
    if code:
        throttle.check("time-code", str(actor.account), limit=CODES_PER_HOUR, seconds=3600)
    with write():
        giver = own_holder(actor, lock=True)
        policy = policies.require_on(giver.place)
        _check_month(giver, minutes, policy.gift_month)
        receiver = None if reserve else _receiver(actor, giver, code, member)
        target = holders.reserve_book(giver.place) if receiver is None else holders.person_book(receiver)
        own = holders.person_book(giver)
        held = posting.hold([own, target])
        _check_cap(receiver, held[target.pk].balance + minutes)
        made = posting.post(
            place=giver.place, unit="minute", kind=GIFT, legs=[(own, target, minutes)], actor=actor
        )
        kind = "reserve" if receiver is None else "family" if member else "gift"
        gift = TimeGift.objects.create(
            number=new_number(), place=giver.place, kind=kind, giver=giver, receiver=receiver,
            minutes=minutes, words=words, posting=made,
        )  # fmt: skip
        _line("aid.time.given", actor, giver.place, gift.pk, kind=kind, minutes=minutes)
    return gift


def _receiver(actor: Actor, giver: TimeHolder, code: str, member: UUID | None) -> TimeHolder:
    if member:
        family = next((one for one in holders.household_of(actor.account) if one.account_id == member), None)
        if family is None:
            said = _("只能转给社区确认过、和您同住一户的人。别的人请用收时间的码。")
            raise ActionError("not-family", said, field="member", status=422)
        return holders.holder_of(member, giver.place)
    found = holders.by_code(code)
    if found.pk == giver.pk:
        raise ActionError("yourself", _("这是您自己的码。"), field="code", status=422)
    policies.require_on(found.place)
    return found


def _check_month(giver: TimeHolder, minutes: int, most: int) -> None:
    first = clock.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = TimeGift.objects.filter(giver=giver, created_at__gte=first, undone_at=None)
    given = sum(rows.exclude(kind="reserve").values_list("minutes", flat=True))
    if most and given + minutes > most:
        left = amount_words("minute", max(0, most - given))
        said = _("一个月最多转赠 %(most)s，这个月还可以送 %(left)s。")
        words = {"most": amount_words("minute", most), "left": left}
        raise ActionError("gift-limit", said % words, field="hours")


def _check_cap(receiver: TimeHolder | None, after: int) -> None:
    cap = policies.policy_at(receiver.place).cap if receiver else 0
    if cap and after > cap:
        said = _("对方存的时间会超过上限 %(cap)s，请少送一些，或者送给社区储备。")
        raise ActionError("too-much", said % {"cap": amount_words("minute", cap)}, field="hours")


# At the desk ------------------------------------------------------------------------------------------------


def award(*, actor: Actor, place: str, code: str, minutes: int, reason: str) -> TimeAward:
    """Give minutes out of the community's reserve to somebody who needs them, by the code that they show.

    `reason` is public and names nobody. Who: aid.time:manage. Raises time-bank-off, no-minutes, no-reason,
    no-such-code, not-enough, too-much, yourself.
    """
    require(actor, MANAGE, place)
    reason = _short(reason, REASON_LENGTH, "reason")
    if minutes <= 0:
        raise ActionError("no-minutes", _("请写要送多少时间。"), field="hours", status=422)
    if not reason:
        raise ActionError("no-reason", _("请写明理由，大家都看得到，不写名字。"), field="reason", status=422)
    with write():
        policies.require_on(place)
        holder = holders.by_code(code)
        if holder.account_id is not None and holder.account_id == actor.account:
            raise ActionError("yourself", _("不能给自己发，请另一位同事来办。"), field="code")
        own, reserve = holders.person_book(holder), holders.reserve_book(place)
        _check_cap(holder, posting.hold([own, reserve])[own.pk].balance + minutes)
        made = posting.post(
            place=place, unit="minute", kind=AWARD, legs=[(reserve, own, minutes)], actor=actor, words=reason
        )
        found = TimeAward.objects.create(
            number=new_number(), place=place, holder=holder, minutes=minutes, reason=reason, posting=made,
            made_by=actor.account,
        )  # fmt: skip
        _line("aid.time.awarded", actor, place, found.pk, minutes=minutes)
    return found


def undo_gift(*, actor: Actor, number: str, reason: str) -> TimeGift:
    """Take a gift back that went to the wrong person, while its minutes are still there. Who:
    aid.time:manage. Raises no-reason, already-reversed, not-enough."""
    reason = _short(reason, REASON_LENGTH, "reason")
    if not reason:
        said = _("请写明为什么收回，双方都看得到。")
        raise ActionError("no-reason", said, field="reason", status=422)
    with write():
        gift = TimeGift.objects.select_for_update().filter(number=clean_number(number)).first()
        if gift is None or not can(actor, VIEW, gift.place):
            raise NotVisible(number)
        require(actor, MANAGE, gift.place)
        posting.reverse(gift.posting, words=reason, actor=actor)
        gift.undone_at, gift.undone_reason = clock.now(), reason
        gift.save(update_fields=["undone_at", "undone_reason"])
        _line("aid.time.gift_undone", actor, gift.place, gift.pk, minutes=gift.minutes)
    return gift


def redeem(*, actor: Actor, place: str, code: str, points: int, what: str) -> TimeRedemption:
    """Take points for something that was handed over, said in words. Who: aid.time:manage. Raises points-off,
    no-points, no-words, no-such-code, not-enough."""
    require(actor, MANAGE, place)
    what = _short(what, WORDS_LENGTH, "what")
    if points <= 0:
        raise ActionError("no-points", _("请写用掉多少积分。"), field="points", status=422)
    if not what:
        raise ActionError("no-words", _("请写换了什么。"), field="what", status=422)
    with write():
        if not policies.require_on(place).has_points:
            said = _("这里不记积分。要记，请管理员在“规则”里设定“一小时记多少积分”（aid.points.per_hour）。")
            raise ActionError("points-off", said)
        holder = holders.by_code(code)
        own, gone = holders.points_book(holder), holders.points_of_place(place, holders.REDEEMED)
        made = posting.post(
            place=place, unit="point", kind=REDEEMED, legs=[(own, gone, points)], actor=actor, words=what
        )
        found = TimeRedemption.objects.create(
            number=new_number(), place=place, holder=holder, points=points, what=what, posting=made,
            made_by=actor.account,
        )  # fmt: skip
        _line("aid.time.redeemed", actor, place, found.pk, points=points)
    return found


def _short(text: str, most: int, field: str) -> str:
    text = " ".join(text.split())
    if len(text) > most:
        raise ActionError("too-long", _("最多 %(n)s 个字。") % {"n": most}, field=field, status=422)
    return text


def _line(code: str, actor: Actor, place: str, subject: UUID, **data: Any) -> None:
    journal.record(code, actor=actor, place=place, subject=subject, data=data)


def credited_minutes(visit: UUID) -> int:
    """What a visit credited in all, after reversals."""
    found = [one.pk for one in _credited(visit) if one.kind == VISIT]
    legs = Transfer.objects.filter(posting__in=found, source__kind=holders.ISSUED)
    return sum(legs.values_list("amount", flat=True))

"""Reads of the time bank: one's own time, what everybody may see of the reserve, the desk's totals."""

from dataclasses import dataclass, field, replace
from datetime import date

from dateutil.relativedelta import relativedelta
from django.db.models import Count, Q, QuerySet, Sum

from mulin.kernel import clock, codes, policy
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.policy import Fields
from mulin.kernel.suppression import LIMIT
from mulin.ledger import queries as ledger
from mulin.ledger.models import Transfer
from mulin.ledger.wording import amount_words
from mulin.mutualaid.timebank import expiring, holders, policies, states
from mulin.mutualaid.timebank.actions import MANAGE, VIEW, VISIT
from mulin.mutualaid.timebank.models import TimeAward, TimeExpiry, TimeGift, TimeHolder, TimeRedemption

FIELDS = Fields(place="place", divisions=True)


def holder_for(actor: Actor) -> TimeHolder | None:
    """The actor as a holder, who may be none yet."""
    return TimeHolder.objects.filter(account_id=actor.account).first() if actor.account else None


def statement_of(
    holder: TimeHolder, *, unit: str = "minute", since: date | None = None, until: date | None = None
) -> ledger.Statement | None:
    """One's own statement with every line said in words; None where nothing was ever posted."""
    kind = holders.PERSON if unit == "minute" else holders.POINTS
    book = ledger.get_book(holder.place, unit, kind, holder.pk)
    if book is None:
        return None
    found = ledger.statement(book, since=since, until=until)
    found.lines = [
        replace(one, reason=states.line_words(one.kind, one.amount), words=states.kind_words(one.words))
        for one in found.lines
    ]
    return found


@dataclass(slots=True)
class Own:
    """My time: what is there, what will go when, what was given, and points where there are any."""

    holder: TimeHolder
    policy: policies.Policy
    balance: int
    helped: int
    points: int
    statement: ledger.Statement | None
    expires: list[tuple[date, int, bool]] = field(default_factory=list)
    gifts: QuerySet[TimeGift] = field(default_factory=TimeGift.objects.none)

    @property
    def balance_words(self) -> str:
        return amount_words("minute", self.balance)

    @property
    def helped_words(self) -> str:
        return amount_words("minute", self.helped)


def own_time(actor: Actor) -> Own | None:
    """Everything on one's own page; None for who has no book."""
    holder = holder_for(actor)
    return time_of(holder) if holder else None


def time_of(holder: TimeHolder) -> Own:
    rules = policies.policy_at(holder.place)
    statement = statement_of(holder)
    points = ledger.get_book(holder.place, "point", holders.POINTS, holder.pk)
    gifts = TimeGift.objects.filter(Q(giver=holder) | Q(receiver=holder))
    return Own(
        holder=holder,
        policy=rules,
        balance=statement.closing if statement else 0,
        helped=helped_minutes(holder),
        points=points.balance if points else 0,
        statement=statement,
        expires=_expires(holder, rules, statement),
        gifts=gifts.order_by("-id"),
    )


def _expires(holder, rules, statement) -> list[tuple[date, int, bool]]:
    """(day, minutes, whether the person was told) of what a year will take, the nearest first."""
    if not (rules.is_on and rules.expiry_months and statement and statement.closing):
        return []
    told = {one.earned_on: one for one in TimeExpiry.objects.filter(holder=holder, done_at=None)}
    year = clock.today() + relativedelta(months=12)
    found = []
    for earned_on, minutes in expiring.lots_of(statement.book):
        known = told.get(earned_on)
        due = known.due_on if known else earned_on + relativedelta(months=rules.expiry_months)
        if due <= year:
            found.append((due, minutes, known is not None))
    return sorted(found)


# The certificate --------------------------------------------------------------------------------------------


def helped_minutes(holder: TimeHolder) -> int:
    """Minutes of confirmed visits, whatever became of them since: the fact, not the balance."""
    return sum(n for _on, n, _number in confirmed(holder))


def confirmed(
    holder: TimeHolder, *, since: date | None = None, until: date | None = None
) -> list[tuple[date, int, str]]:
    """(day, minutes, number of the posting) of confirmed visits that were not taken back, oldest first."""
    legs = Transfer.objects.filter(
        posting__kind=VISIT, posting__reverses=None, posting__reversed_by=None,
        source__kind=holders.ISSUED, target__ref=holder.pk, target__kind=holders.PERSON,
    )  # fmt: skip
    if since:
        legs = legs.filter(posting__on__gte=since)
    if until:
        legs = legs.filter(posting__on__lte=until)
    return list(legs.order_by("posting_id").values_list("posting__on", "amount", "posting__number"))


# In public, and at the desk ---------------------------------------------------------------------------------


@dataclass(slots=True)
class Reserve:
    """What everybody sees of a community's time bank. Figures that would tell of fewer than five people are
    None: `helped` and `helpers` of the last twelve months."""

    place: str
    policy: policies.Policy
    minutes: int
    awards: QuerySet[TimeAward]
    helpers: int | None
    helped: int | None

    @property
    def minutes_words(self) -> str:
        return amount_words("minute", self.minutes)

    @property
    def helped_words(self) -> str:
        return "—" if self.helped is None else amount_words("minute", self.helped)


def reserve_of(place: str) -> Reserve:
    book = ledger.get_book(place, "minute", holders.RESERVE)
    since = clock.today() - relativedelta(months=12)
    found = _credits(place, since)
    enough = found["people"] >= LIMIT
    return Reserve(
        place=place,
        policy=policies.policy_at(place),
        minutes=book.balance if book else 0,
        awards=TimeAward.objects.filter(place=place, undone_at=None).order_by("-id"),
        helpers=found["people"] if enough or not found["people"] else None,
        helped=(found["minutes"] or 0) if enough or not found["people"] else None,
    )


def _credits(place: str, since: date) -> dict[str, int]:
    legs = Transfer.objects.filter(
        posting__place=place, posting__kind=VISIT, posting__on__gte=since, posting__reverses=None,
        posting__reversed_by=None, source__kind=holders.ISSUED, target__kind=holders.PERSON,
    )  # fmt: skip
    return legs.aggregate(people=Count("target", distinct=True), minutes=Sum("amount"))


@dataclass(slots=True)
class Totals:
    """A community's books for who keeps them. `held`: minutes in persons' books, None when fewer than five
    have any; there is no list of persons by what they hold."""

    place: str
    reserve: Reserve
    issued: int
    held: int | None
    holders: int | None
    is_even: bool
    gifts: QuerySet[TimeGift]
    redemptions: QuerySet[TimeRedemption]
    points: int | None


def totals(place: str) -> Totals:
    found = reserve_of(place)
    issue = ledger.get_book(place, "minute", holders.ISSUED)
    persons = ledger.books(place, "minute", holders.PERSON).filter(balance__gt=0)
    n = persons.count()
    enough = n >= LIMIT or n == 0
    points = ledger.books(place, "point", holders.POINTS).filter(balance__gt=0)
    some = points.count()
    return Totals(
        place=place,
        reserve=found,
        issued=-issue.balance if issue else 0,
        held=(persons.aggregate(n=Sum("balance"))["n"] or 0) if enough else None,
        holders=n if enough else None,
        is_even=ledger.trial_balance(place, "minute").is_even,
        gifts=visible_gifts_at(place),
        redemptions=TimeRedemption.objects.filter(place=place).order_by("-id"),
        points=(points.aggregate(n=Sum("balance"))["n"] or 0) if some >= LIMIT or not some else None,
    )


def visible_gifts_at(place: str) -> QuerySet[TimeGift]:
    return TimeGift.objects.filter(place=place).order_by("-id")


def places_of(actor: Actor) -> list[str]:
    """Communities whose time bank the actor looks after: of one's posts, and those below them with books."""
    roles = policy.table()[VIEW]
    found: list[str] = []
    for post in actor.posts:
        if post.role not in roles or not post.place:
            continue
        if codes.level(post.place) >= codes.Level.COMMUNITY:
            found.append(post.place[:12])
            continue
        low, high = codes.bounds(post.place)
        rows = TimeHolder.objects.filter(place__gte=low, place__lt=high).order_by("place")
        found += rows.values_list("place", flat=True).distinct()
    return list(dict.fromkeys(found))


def get_gift(actor: Actor, number: str) -> TimeGift:
    """A gift for who looks after the time bank there. NotVisible otherwise."""
    found = TimeGift.objects.filter(policy.visible(actor, VIEW, FIELDS), number=number).first()
    if found is None:
        raise NotVisible(number)
    return found


def for_desk(actor: Actor, code: str) -> TimeHolder:
    """Somebody who shows their code at the counter. NotVisible where one may not keep their book."""
    found = holders.by_code(code)
    if not policy.can(actor, MANAGE, found.place):
        raise NotVisible(code)
    return found

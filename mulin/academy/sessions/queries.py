"""Reads about sessions: everything for who prepares them, what is open for everybody."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from mulin.academy.sessions import states
from mulin.academy.sessions.models import Session, Signup
from mulin.kernel import clock, codes, paging, policy
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.policy import Fields, Target

MANAGE = "academy.session:manage"
SIGN_UP, SIGN_UP_FOR = "academy.session:sign_up", "academy.session:sign_up_for"
ATTEND, FIGURES = "academy.session:attend", "academy.session:figures"
FIELDS = Fields(place="place", orgs="club__org_id")
PER_PAGE = 50
# Whoever was to lead it cannot, and nobody else is named yet.
UNLED = Q(unled_since__isnull=False, state__in=("draft", "open"))
ROW = ("club__org", "venue", "teacher")
# Lists and calendars for everybody leave out what a group that is not public holds.
FOR_ALL = Q(club=None) | Q(club__org__is_public=True)


def target_of(session: Session) -> Target:
    """What rights over a session are asked for: where it is, and the club that holds it."""
    return Target(place=session.place, orgs=frozenset({session.club.org_id} if session.club else ()))


def visible_sessions(actor: Actor, permission: str = MANAGE) -> QuerySet[Session]:
    """Sessions that the actor prepares, drafts too."""
    found = Session.objects.filter(policy.visible(actor, permission, FIELDS))
    return found.select_related(*ROW)


def get_session(actor: Actor, number: str, permission: str = MANAGE) -> Session:
    """One of them, or NotVisible (404)."""
    return _one(visible_sessions(actor, permission), number)


def locked(actor: Actor, number: str, permission: str = MANAGE) -> Session:
    """The same, locked until the end of the transaction."""
    return _one(visible_sessions(actor, permission).select_for_update(of=("self",)), number)


def announced() -> QuerySet[Session]:
    """What everybody may see."""
    return Session.objects.filter(state__in=states.PUBLIC_STATES).select_related(*ROW)


def get_public(number: str, *, lock: bool = False) -> Session:
    """One session as everybody may see it. NotVisible (404) otherwise."""
    found = announced()
    return _one(found.select_for_update(of=("self",)) if lock else found, number)


def get_for(actor: Actor, number: str, *, lock: bool = False) -> Session:
    """The same for one reader: what a group that is not public holds is for its members, and for those who
    prepare it. NotVisible (404) otherwise."""
    session = get_public(number, lock=lock)
    club = session.club
    if club is None or club.org.is_public or club.org_id in actor.orgs:
        return session
    if not policy.can(actor, MANAGE, target_of(session)):
        raise NotVisible(number)
    return session


def _one(found: QuerySet[Session], number: str) -> Session:
    session = found.filter(number=clean_number(number)).first()
    if session is None:
        raise NotVisible(number)
    return session


def by_id(rows: QuerySet, one: UUID | str) -> Any:
    """A row by its id, or NotVisible (404)."""
    try:
        found = rows.filter(pk=one).first()
    except ValidationError:
        found = None
    if found is None:
        raise NotVisible(str(one))
    return found


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), clock.zone())


def between(since: date, until: date) -> Q:
    """Sessions that begin on these days, both included, by the day of the place."""
    return Q(starts_at__gte=start_of(since), starts_at__lt=start_of(until + timedelta(days=1)))


def places_around(place: str) -> list[str]:
    """A community and its street: what the street holds is for its communities too."""
    street = codes.street(place)
    return list(dict.fromkeys([place, street] if street else [place]))


def of_place(place: str, since: date, until: date) -> QuerySet[Session]:
    """What everybody may see at a community (and its street) on these days, in order of time."""
    found = announced().filter(FOR_ALL, between(since, until), place__in=places_around(place))
    return found.order_by("starts_at", "id")


def coming(*, place: str = "", club: UUID | None = None, limit: int | None = None) -> list[Session]:
    """Open sessions that are still to come, the nearest first: of a community, or of a club."""
    found = announced().filter(state__in=("open", "cancelled"), ends_at__gte=clock.now())
    found = found.filter(club=club) if club else found.filter(FOR_ALL, place__in=places_around(place))
    return list(found.order_by("starts_at", "id")[:limit])


def series_of(session: Session) -> list[Session]:
    """All sessions of the same series, in order of time."""
    if session.series is None:
        return []
    return list(Session.objects.filter(series=session.series).order_by("starts_at", "id"))


def following(session: Session) -> QuerySet[Session]:
    """The session and those of its series that come after it and still stand."""
    if session.series is None:
        return Session.objects.filter(pk=session.pk)
    return Session.objects.filter(
        series=session.series, starts_at__gte=session.starts_at, state__in=("draft", "open")
    )


# Who comes ---------------------------------------------------------------------------------------------


def signup_of(session: Session, account: UUID | None) -> Signup | None:
    """One's own sign-up that stands."""
    if account is None:
        return None
    return session.signups.filter(account=account).exclude(state="cancelled").first()


def line_before(signup: Signup) -> int:
    """How many sign-ups wait before this one."""
    return Signup.objects.filter(
        session=signup.session_id, state="waiting", position__lt=signup.position
    ).count()


def signups_of(session: Session) -> list[Signup]:
    """The list for who prepares it, in order of arrival: coming, waiting, then those who walked in."""
    rows = session.signups.exclude(state="cancelled").select_related("account")
    order = {"coming": 0, "waiting": 1, "walked_in": 2}
    return sorted(rows, key=lambda one: (order[one.state], one.position, one.pk))


def my_signups(account: UUID, *, past: bool = False) -> QuerySet[Signup]:
    """What somebody signed up for: coming ones nearest first, or past ones latest first; of each `before`,
    how many sign-ups wait before it."""
    found = Signup.objects.filter(account=account).exclude(state="cancelled")
    found = found.select_related("session__club__org", "session__venue", "session__teacher")
    line = Signup.objects.filter(
        session=OuterRef("session"), state="waiting", position__lt=OuterRef("position")
    ).order_by()
    count = line.values("session").annotate(n=Count("pk")).values("n")
    waits = When(state="waiting", then=Coalesce(Subquery(count), 0))
    found = found.annotate(before=Case(waits, default=0, output_field=IntegerField()))
    if past:
        return found.filter(session__ends_at__lt=clock.now()).order_by("-session__starts_at", "-id")
    return found.filter(session__ends_at__gte=clock.now()).order_by("session__starts_at", "id")


def accounts_of(sessions: Iterable[UUID], states_of: tuple[str, ...] = ("coming", "waiting")) -> QuerySet:
    """Ids of the accounts on the lists of these sessions."""
    rows = Signup.objects.filter(session__in=list(sessions), account__isnull=False, state__in=states_of)
    return rows.values_list("account_id", flat=True).distinct()


# Lists at the desk -------------------------------------------------------------------------------------


def desk_list(actor: Actor, show: str, *, word: str = "", kind: str = "", place: str = "", cursor: str = ""):
    """One page of the desk's list. `show`: coming, draft, todo (over, nobody said who came), past."""
    now = clock.now()
    found = Session.objects.filter(policy.visible(actor, MANAGE, FIELDS))
    if word:
        found = found.filter(title__icontains=word)
    if kind:
        found = found.filter(kind=kind)
    if place:
        found = found.filter(place=place)
    conditions = {
        "coming": Q(state="open", ends_at__gte=now),
        "draft": Q(state="draft"),
        "unled": UNLED & Q(starts_at__gt=now),
        "todo": Q(state="open", ends_at__lt=now),
        "past": Q(state__in=("held", "cancelled")),
    }
    order = ("-starts_at", "-id") if show in ("past", "todo") else ("starts_at", "id")
    return paging.page(
        found.filter(conditions[show]), order=order, size=PER_PAGE, cursor=cursor or None,
        shown=Session.objects.select_related(*ROW),
    )  # fmt: skip


def week_of(place: str, since: date, until: date) -> list[dict[str, Any]]:
    """Provider `academy.week_of`: what everybody may see at a community on these days, as rows of
    `showing.row` (number, title, kind, day, time, where, url, state, line …), in order of time."""
    from mulin.academy.sessions import showing

    return [showing.row(one) for one in of_place(place, since, until)]

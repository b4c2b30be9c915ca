"""Calendars that leave the house (iCalendar, RFC 5545): of a session, a club, a community, a person."""

from collections.abc import Callable, Iterable
from datetime import UTC, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mulin.academy.sessions import queries, showing
from mulin.academy.sessions.models import CalendarLink, Session, Signup
from mulin.kernel import clock, journal, secrets
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import NotAllowed, NotVisible
from mulin.people.models import Account
from mulin.places.queries import names_of

SECRET_LENGTH = 32
BACK = timedelta(days=31)


def calendar(
    sessions: Iterable[Session], link: Callable[[Session], str], name: str = "", waits: Iterable = ()
) -> bytes:
    """One file with these sessions. A session that is called off is CANCELLED, one for which one only waits
    (`waits`: their ids) TENTATIVE; the sequence grows with every change, so that calendars replace the old
    entry."""
    from icalendar import Calendar

    found = Calendar()
    found.add("prodid", "-//Mulin//Sessions//ZH")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    if name:
        found.add("x-wr-calname", name)
        found.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    sessions, waiting = list(sessions), set(waits)
    places = names_of({one.place for one in sessions})
    for one in sessions:
        found.add_component(_event(one, link(one), places.get(one.place, ""), one.pk in waiting))
    return found.to_ical()


def _event(session: Session, url: str, place: str, waits: bool):
    from icalendar import Event

    event = Event()
    event.add("uid", f"session-{session.number}@mulin")
    event.add("summary", session.title)
    event.add("dtstart", session.starts_at.astimezone(UTC))
    event.add("dtend", session.ends_at.astimezone(UTC))
    event.add("dtstamp", clock.now().astimezone(UTC))
    event.add("sequence", session.changes)
    event.add("location", f"{place} {showing.where(session)}".strip())
    lines = [session.text, session.reason if session.changes else "", session.safety, url]
    event.add("description", "\n".join(line for line in lines if line))
    event.add("url", url)
    said = "CANCELLED" if session.state == "cancelled" else "TENTATIVE" if waits else "CONFIRMED"
    event.add("status", said)
    return event


# My calendar -------------------------------------------------------------------------------------------


def secret_of(account: Account | None) -> str:
    """The secret of one's calendar address; empty where none was made yet."""
    link = CalendarLink.objects.filter(account=account).first() if account else None
    return _secret(link) if link else ""


def new_link(*, actor: Actor) -> str:
    """Make one's own calendar address, or another one in its place: the old one opens nothing any more.

    Who: academy.session:sign_up (one's own). Returns the secret."""
    if actor.account is None:
        raise NotAllowed("not-allowed", _("请先登录。"))
    with write():
        CalendarLink.objects.filter(account=actor.account).delete()
        link = CalendarLink(account_id=actor.account)
        link.secret_hash = _hash(_secret(link))
        try:
            with transaction.atomic():
                link.save(force_insert=True)
        except IntegrityError:  # pressed twice at one moment: the first one counts
            link = CalendarLink.objects.get(account=actor.account)
        journal.record("academy.session.calendar_reset", actor=actor)
    return _secret(link)


def by_secret(secret: str) -> list[Signup]:
    """What the owner of a secret calendar address signed up for, a month back and all to come. NotVisible
    (404) for an address that is none or was replaced."""
    link = CalendarLink.objects.filter(secret_hash=_hash(secret)).first()
    if link is None:
        raise NotVisible("calendar")
    rows = Signup.objects.filter(account=link.account_id, session__ends_at__gte=clock.now() - BACK)
    rows = rows.filter(state__in=("coming", "waiting")).select_related("session__venue", "session__club__org")
    return list(rows.order_by("session__starts_at"))


def of_place(place: str) -> list[Session]:
    return queries.coming(place=place)


def _secret(link: CalendarLink) -> str:
    return secrets.fingerprint(str(link.pk), "session-calendar")[:SECRET_LENGTH]


def _hash(secret: str) -> str:
    return secrets.fingerprint(secret, "session-calendar-address")

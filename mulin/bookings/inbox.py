"""What waits at the desk: bookings that somebody asked for."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.bookings import queries
from mulin.kernel import clock, policy, rulebook, waiting, workcalendar
from mulin.kernel.actors import Actor
from mulin.kernel.registry import InboxItem, InboxSource


def asked_rows(actor: Actor) -> waiting.Waiting | None:
    """Rooms asked for, due when they begin."""
    if not policy.can_somewhere(actor, queries.MANAGE):
        return None
    return waiting.rows(queries.waiting(actor), title="resource__title", due_at="starts_at")


def asked_item(row: waiting.Row) -> InboxItem:
    """Due when its answer is, or when the time itself begins, whichever is first."""
    days = int(rulebook.value("bookings.room.answer_days", at=row.place))
    asked = clock.day_of(row.since)
    answer = workcalendar.Calendar.default().add_working_days(asked, days)
    return InboxItem(
        key=f"bookings.room:{row.ref}",
        title=_("有人想用%(venue)s，请答复") % {"venue": row.title},
        url=reverse("bookings_desk:venue-booking", args=[row.ref]),
        kind=_("预约"),
        due_at=min(row.due_at, answer) if row.due_at else answer,
        since=row.since,
        place=row.place,
        facts={"number": row.ref, "waits": "booking"},
    )


SOURCES = (InboxSource("bookings", gettext_lazy("预约"), rows=asked_rows, item=asked_item),)

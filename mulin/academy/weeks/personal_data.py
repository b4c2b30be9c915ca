"""This part's share in a person's own data."""

from typing import Any
from uuid import UUID

from mulin.academy import catalogues
from mulin.academy.sessions import planning as sessions
from mulin.academy.sessions.models import Session
from mulin.academy.weeks import states
from mulin.academy.weeks.models import Teacher
from mulin.bookings.models import Resource
from mulin.kernel import clock


def export(account_id: UUID) -> list[dict[str, Any]]:
    """As whom a person teaches, with talk and record check as the desk has them."""
    return [
        {
            "number": one.number,
            "name": one.name,
            "phone": one.phone,
            "about": one.about,
            "skills": [catalogues.theme_name(code) for code in one.skills],
            "times": one.times,
            "is_named": one.is_named,
            "talked_on": one.talked_on.isoformat() if one.talked_on else "",
            "talk_note": one.talk_note,
            "checked_on": one.checked_on.isoformat() if one.checked_on else "",
            "state": str(states.TEACHER_STATES[one.state][0]),
        }
        for one in Teacher.objects.filter(account=account_id).order_by("id")
    ]


def erase(account_id: UUID) -> int:
    """Sessions keep that somebody taught; who it was goes, also from the calendar of bookings. What is still
    to come waits for another teacher."""
    own = Teacher.objects.filter(account=account_id)
    coming = Session.objects.filter(teacher__in=own, state__in=("draft", "open"), starts_at__gt=clock.now())
    for one in coming.select_for_update().order_by("pk"):
        sessions.free_slots(one, "person")
        one.teacher = None
        one.save(update_fields=["teacher"])
    Resource.objects.filter(kind="person", ref__in=own.values("pk")).update(title="—")
    return Teacher.objects.filter(account=account_id).update(
        account=None, name="—", phone="", about="", talk_note="", check_paper="", checked_on=None, times=[],
        is_named=False, state="declined",
    )  # fmt: skip

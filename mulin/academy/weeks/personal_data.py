"""This part's share in a person's own data."""

from typing import Any
from uuid import UUID

from mulin.academy import catalogues
from mulin.academy.sessions import unled
from mulin.academy.weeks import states
from mulin.academy.weeks.models import Teacher, TeacherCheck
from mulin.bookings.models import Resource


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
            "checks": [
                {"checked_on": check.checked_on.isoformat(), "with_children": check.is_clear}
                for check in one.checks.all()
            ],
            "state": str(states.TEACHER_STATES[one.state][0]),
        }
        for one in Teacher.objects.filter(account=account_id).prefetch_related("checks").order_by("id")
    ]


def erase(account_id: UUID) -> int:
    """Sessions keep that somebody taught; who it was goes, also from the calendar of bookings. What is still
    to come waits for another teacher. That there was a check on a day stays, as the proof of what was."""
    own = Teacher.objects.filter(account=account_id)
    unled.release(own, children_only=False)
    TeacherCheck.objects.filter(teacher__in=own).update(paper="")
    Resource.objects.filter(kind="person", ref__in=own.values("pk")).update(title="—")
    return Teacher.objects.filter(account=account_id).update(
        account=None, name="—", phone="", about="", talk_note="", times=[], is_named=False,
        state="declined",
    )  # fmt: skip

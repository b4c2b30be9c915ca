"""This part's share in a person's own data."""

from typing import Any
from uuid import UUID

from mulin.councils.meetings import states
from mulin.councils.meetings.catalogue import word
from mulin.councils.meetings.models import AgendaProposal, Attendance
from mulin.kernel import days


def export(account_id: UUID) -> dict[str, Any]:
    """The meetings a person was expected at or came to, and what they proposed, with what became of it."""
    came = Attendance.objects.filter(account=account_id).select_related("meeting").order_by("id")
    asked = AgendaProposal.objects.filter(account=account_id).select_related("meeting").order_by("id")
    return {
        "meetings": [
            {
                "number": one.meeting.number,
                "type": word(one.meeting.type),
                "state": str(states.ATTENDANCE_WORDS[one.state]),
                "came_at": days.kept(one.came_at) if one.came_at else "",
            }
            for one in came
        ],
        "proposals": [
            {
                "title": one.title,
                "text": one.text,
                "state": str(states.PROPOSAL_WORDS[one.state]),
                "reason": one.reason,
            }
            for one in asked
        ],
    }


def erase(account_id: UUID) -> int:
    """Take the name off attendance lists, which still count the head, and leave proposals unsigned."""
    rows = Attendance.objects.filter(account=account_id)
    n = rows.update(name="—", label="", account=None)
    return n + AgendaProposal.objects.filter(account=account_id).update(account=None)

"""Who comes: the list, ticking people off at the desk, and the code at the door."""

import re
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from mulin.councils.meetings import queries, states
from mulin.councils.meetings.actions import held_by, line
from mulin.councils.meetings.models import Attendance, Meeting
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.policy import require

MOST_PEOPLE = 1000
NAME_LENGTH, LABEL_LENGTH = 40, 60
_GAP = re.compile(r"[\t,，;；|]+|\s+")


def _lines(text: str) -> list[tuple[str, str]]:
    """One person a line: the name, and after a space or comma whom they stand for (3栋, 物业公司 …)."""
    found = []
    for row in text.splitlines():
        name, _gap, label = _split(row.strip())
        if name:
            found.append((name[:NAME_LENGTH], label[:LABEL_LENGTH]))
    return found


def _split(row: str) -> tuple[str, str, str]:
    parts = _GAP.split(row, maxsplit=1)
    return parts[0], "", parts[1].strip() if len(parts) > 1 else ""


def list_people(*, actor: Actor, number: str, text: str, guests: bool = False) -> int:
    """Put people on the list, one a line; whoever stands there already is left as they are.

    Who: councils.meeting:manage. Returns how many were added. Raises not-now, no-names, too-many.
    """
    rows = _lines(text)
    if not rows:
        raise ActionError("no-names", _("请写名字，一行一个。"), field="text", status=422)
    with write():
        meeting = held_by(actor, number, "draft", "announced", "held")
        known = set(meeting.attendance.values_list("name", "label"))
        fresh = [row for row in dict.fromkeys(rows) if row not in known]
        if len(known) + len(fresh) > MOST_PEOPLE:
            text_ = _("名单最多%(n)s人。人更多的会，请填应到人数，到场点人头。") % {"n": MOST_PEOPLE}
            raise ActionError("too-many", text_, field="text", status=422)
        came = {"state": "present", "how": "desk", "came_at": now()} if guests and meeting.opened_at else {}
        Attendance.objects.bulk_create(
            Attendance(meeting=meeting, name=name, label=label, is_member=not guests, **came)
            for name, label in fresh
        )
        _recount(meeting)
        line("councils.attendance.listed", actor, meeting, n=len(fresh))
    return len(fresh)


def _recount(meeting: Meeting) -> None:
    """After the end, who came is counted anew when the list is put right."""
    from mulin.councils.meetings import hands

    if meeting.state == "held":
        meeting.quorum = hands.quorum_of(meeting, queries.figures_of(meeting)).as_json()
        meeting.save(update_fields=["quorum"])


def mark(*, actor: Actor, number: str, person: UUID, state: str) -> Attendance:
    """Tick somebody off: present, excused, or expected again after a slip; `member` and `guest` change what
    they count as. Who: councils.meeting:manage. Raises not-now, not-begun."""
    with write():
        meeting = held_by(actor, number, "announced", "held")
        if not meeting.opened_at:
            raise ActionError("not-begun", _("还没有开始签到。"))
        found = queries.get_attendance(meeting, person)
        if state in ("member", "guest"):
            found.is_member = state == "member"
        elif state in states.ATTENDANCE_WORDS:
            found.state = state
            found.how = "desk" if state == "present" else ""
            found.came_at = now() if state == "present" else None
        else:
            raise ActionError("bad-state", _("请选到了、没到或请假。"), status=422)
        found.save()
        _recount(meeting)
        line("councils.attendance.marked", actor, meeting, state=state)
    return found


def remove_person(*, actor: Actor, number: str, person: UUID) -> None:
    """Take somebody off the list. Who: councils.meeting:manage. Raises not-now."""
    with write():
        meeting = held_by(actor, number, "draft", "announced", "held")
        queries.get_attendance(meeting, person).delete()
        _recount(meeting)
        line("councils.attendance.removed", actor, meeting)


def count_heads(*, actor: Actor, number: str, counted: int, due: int) -> Meeting:
    """Members who came without being on the list, counted by eye, and how many should come.

    Who: councils.meeting:manage. Raises not-now, bad-count (more came than should).
    """
    with write():
        meeting = held_by(actor, number, "announced", "held")
        meeting.counted, meeting.due = counted, due
        present = queries.figures_of(meeting).present
        if min(counted, due) < 0 or (due and present > due):
            raise ActionError("bad-count", _("到的人不能多过应到的人，请核对。"), field="counted", status=422)
        meeting.save(update_fields=["counted", "due"])
        _recount(meeting)
        line("councils.attendance.counted", actor, meeting, n=counted)
    return meeting


def check_in(*, actor: Actor, number: str, code: str) -> Attendance:
    """Say "I am here" with the code at the door, from one's own account. Nothing else is noted: no place, no
    device. Who is not on the list comes as a guest; the desk can put that right.

    Who: councils.meeting:attend. Raises not-now, old-code.
    """
    with write():
        meeting = queries.get_public(number)
        require(actor, queries.ATTEND, meeting.place)
        if meeting.state != "announced" or not meeting.opened_at:
            raise ActionError("not-now", _("现在不能签到。已经散会，或者还没有开始。"))
        if not queries.is_door_code(meeting, code):
            raise ActionError("old-code", _("这个码过时了，两分钟换一次。请再扫一下门口的码。"))
        found = meeting.attendance.filter(account_id=actor.account).first()
        if found is None:
            found = Attendance(
                meeting=meeting, name=actor.name[:NAME_LENGTH], account_id=actor.account, is_member=False
            )
        if found.state != "present":
            found.state, found.how, found.came_at = "present", "code", now()
            try:
                with transaction.atomic():
                    found.save()
            except IntegrityError:  # the same person, from a second telephone, at the same moment
                return meeting.attendance.get(account_id=actor.account)
            line("councils.attendance.checked_in", actor, meeting)
    return found

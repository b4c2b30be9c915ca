"""Files that leave the house: the meeting for a calendar, the minutes for a word processor."""

from datetime import UTC, timedelta
from io import BytesIO

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.councils.meetings import showing
from mulin.councils.meetings.catalogue import type_of
from mulin.councils.meetings.models import Meeting
from mulin.kernel import clock
from mulin.kernel.numbers import show_number
from mulin.places.queries import full_name

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def calendar_file(meeting: Meeting, url: str) -> bytes:
    """An iCalendar file (RFC 5545) with the one meeting; called off is said as CANCELLED.

    Its sequence grows with each change, so that calendars replace the old entry."""
    from icalendar import Calendar, Event

    event = Event()
    event.add("uid", f"{meeting.number}@mulin")
    event.add("summary", f"{type_of(meeting.type)}：{meeting.title}")
    if meeting.begins_at:
        event.add("dtstart", meeting.begins_at.astimezone(UTC))
        event.add("dtend", (meeting.begins_at + timedelta(minutes=meeting.lasts)).astimezone(UTC))
    event.add("dtstamp", clock.now().astimezone(UTC))
    since = meeting.announced_at or meeting.created_at
    changed = bool(meeting.change_reason) + 2 * (meeting.state == "cancelled")
    event.add("sequence", int(changed))
    event.add("created", since.astimezone(UTC))
    event.add("location", f"{full_name(meeting.place)} {meeting.venue}".strip())
    agenda = [f"{one.position}. {one.title}" for one in meeting.items.order_by("position")]
    event.add("description", "\n".join([*agenda, url]))
    event.add("url", url)
    event.add("status", "CANCELLED" if meeting.state == "cancelled" else "CONFIRMED")
    found = Calendar()
    found.add("prodid", "-//Mulin//Meetings//ZH")
    found.add("version", "2.0")
    found.add_component(event)
    return found.to_ical()


def minutes_file(meeting: Meeting) -> bytes:
    """The minutes as a .docx file. Names of who came are not in it, as on the page."""
    from docx import Document
    from docx.oxml.ns import qn
    from docx.shared import Pt

    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = "宋体", Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
    document.core_properties.title = meeting.title
    document.core_properties.author = ""
    document.add_heading(meeting.title, level=0)
    for label, text in _facts(meeting):
        document.add_paragraph(_("%(label)s：%(text)s") % {"label": label, "text": text})
    for one in showing.shown_items(meeting, desk=True):
        _item(document, one)
    for label, text in showing.minutes_words(meeting):
        document.add_heading(label, level=1)
        document.add_paragraph(text)
    _actions(document, meeting)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _facts(meeting: Meeting) -> list[tuple[str, str]]:
    base = showing.base(meeting)
    came = showing.attendance(meeting)
    rows = [
        (_("会议编号"), f"{base['kind']} {show_number(meeting.number)}"),
        (_("时间"), base["when"]),
        (pgettext("meeting", "地点"), f"{full_name(meeting.place)} {meeting.venue}".strip()),
        (_("主持"), meeting.chair),
        (_("记录人"), meeting.recorder),
        (_("到会"), came["said"]),
    ]
    if came["rule"]:
        rows.append((_("人数"), came["rule"]["text"]))
    return [(label, text) for label, text in rows if text]


def _item(document, one: showing.Shown) -> None:
    document.add_heading(f"{one.item.position}. {one.item.title}", level=1)
    if one.item.text:
        document.add_paragraph(one.item.text)
    if not one.item.is_announced:
        document.add_paragraph(_("这一项没有写进通知。"))
    rows = [
        (_("讨论"), one.item.discussion),
        (_("反对和少数意见"), one.item.minority),
        (_("票数"), "；".join(filter(None, (one.votes, one.rule)))),
        (_("结果"), one.decision["label"] if one.decision else ""),
        (_("决定"), one.item.resolution),
        (_("转到"), one.moved_to),
    ]
    for label, text in rows:
        if text:
            document.add_paragraph(_("%(label)s：%(text)s") % {"label": label, "text": text})


def _actions(document, meeting: Meeting) -> None:
    rows = [showing.action(one) for one in meeting.actions.select_related("voice").order_by("id")]
    if not rows:
        return
    document.add_heading(_("要办的事"), level=1)
    table = document.add_table(rows=1, cols=4)
    table.style = "Table Grid"
    for cell, text in zip(
        table.rows[0].cells, (pgettext("task", "做什么"), _("谁负责"), _("哪天前"), _("现在")), strict=True
    ):
        cell.text = text
    for one in rows:
        words = (one["text"], one["who"], one["due"], one["state"]["label"])
        for cell, text in zip(table.add_row().cells, words, strict=True):
            cell.text = text

"""Files: what came out as an Excel file, and the answers themselves without persons."""

import csv
import io
import random
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from mulin.councils.conversations import maps, queries, reading
from mulin.councils.conversations.models import Conversation, Opinion
from mulin.kernel import journal, policy, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError

_chance = random.SystemRandom()


def votes_file(*, actor: Actor, number: str) -> bytes:
    """A zip with votes.csv (participant, statement, vote), statements.csv and groups.csv, readable by `mulin
    opinions evaluate`. Participants are numbers drawn anew for each file, so that two files cannot be laid
    side by side.

    Who: councils.conversation:export. Raises not-now (while people answer, two files would show what came
    between), too-few (rule councils.opinions.export_least).
    """
    found = queries.get_conversation(actor, number)
    policy.require(actor, queries.EXPORT, queries.target_of(found))
    if found.state not in {"closed", "published"}:
        raise ActionError("not-now", _("征集结束以后才能导出逐条表态。"))
    least = int(rulebook.value("councils.opinions.export_least", at=found.place))
    if queries.people(found) < least:
        message = _("表态的不到%(n)s人，逐条导出会让人认出是谁。可以导出汇总的结果。") % {"n": least}
        raise ActionError("too-few", message)
    content = _zip(found)
    with write():
        journal.record(
            "councils.conversation.exported", actor=actor, place=found.place, subject=found.id,
            matter=found.topic.thread if found.topic else None, data={"number": found.number},
        )  # fmt: skip
    return content


def _zip(conversation: Conversation) -> bytes:
    rows = list(
        Opinion.objects.filter(participant__conversation=conversation)
        .values_list("participant_id", "n", "value")
        .iterator(chunk_size=maps.CHUNK)
    )
    people = list({row[0] for row in rows})
    _chance.shuffle(people)
    as_number = {person: at for at, person in enumerate(people, 1)}
    picture = maps.renew(conversation)
    groups = dict(picture.memory.get("groups", ())) if picture else {}
    votes = sorted((as_number[person], n, value) for person, n, value in rows)
    placed = sorted((as_number[person], groups.get(person, -1)) for person in people)
    statements = conversation.statements.exclude(state="merged").order_by("n")
    marks = {"shown": 1, "waiting": 0, "rejected": -1}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("votes.csv", _csv(("participant", "statement", "vote"), votes))
        # What was kept in was kept in for a reason: its text goes into no file.
        told = [(one.n, one.text if one.state == "shown" else "", marks[one.state]) for one in statements]
        file.writestr("statements.csv", _csv(("statement", "text", "moderated"), told))
        grouped = [(person, group if group >= 0 else "") for person, group in placed]
        file.writestr("groups.csv", _csv(("participant", "published_group"), grouped))
    return out.getvalue()


def _csv(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    # A text that begins like a formula must stay a text when the file is opened in a table.
    writer.writerows(
        tuple(
            f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell for cell in row
        )
        for row in rows
    )
    return "\ufeff" + out.getvalue() if "text" in head else out.getvalue()


def workbook(conversation: Conversation, found: reading.Report) -> bytes:
    """What the page says, as an Excel file: findings, and every statement with its shares."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "opinions.xlsx"
        book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
        bold = book.add_format({"bold": True, "bottom": 1})
        _write(book.add_worksheet(_("看出了什么")), _findings(conversation, found), bold)
        _write(book.add_worksheet(_("每一句话")), _statements(found), bold)
        book.close()
        return path.read_bytes()


def _write(sheet: Any, rows: list[tuple[bool, tuple[Any, ...]]], bold: Any) -> None:
    sheet.set_column(0, 0, 70)
    sheet.set_column(1, 9, 16)
    for n, (is_head, row) in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(n, column, "—" if value is None else value, bold if is_head else None)


def _findings(conversation: Conversation, found: reading.Report) -> list[tuple[bool, tuple[Any, ...]]]:
    rows: list[tuple[bool, tuple[Any, ...]]] = [
        (True, (conversation.title,)),
        (False, (found.summary,)),
        (False, (found.clarity_words,)),
    ]
    if conversation.conclusion:
        rows += [(False, ()), (True, (_("结论"),)), (False, (conversation.conclusion,))]
    for title, lines in ((_("大家都认的"), found.shared), (_("看法不同的"), found.divided)):
        if lines:
            rows += [(False, ()), (True, (title,)), *((False, (one.text, one.words)) for one in lines)]
    for group in found.groups:
        head = (_("%(letter)s 组") % {"letter": group.letter}, group.size)
        rows += [(False, ()), (True, head), *((False, (one.text, one.words)) for one in group.holds)]
    return rows


def _statements(found: reading.Report) -> list[tuple[bool, tuple[Any, ...]]]:
    head = (_("一句话"), _("多少人答"), _("同意%"), _("不同意%"), _("说不准%"), _("多数"), _("少数"))
    return [
        (True, head),
        *(
            (False, (row.text, row.seen, row.agree, row.disagree, row.unsure, row.verdict, row.minority))
            for row in found.rows
        ),
    ]

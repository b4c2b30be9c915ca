"""Resolutions on paper, as a Word file, and their list as an Excel file."""

import tempfile
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.councils.results import queries, reading, states
from mulin.councils.results.models import Resolution
from mulin.kernel.numbers import show_number
from mulin.places.queries import names_of

TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# What every office machine in the country has; elsewhere the program chooses a substitute.
SERIF, HEADING = "仿宋", "黑体"


def as_file(content: bytes, name: str) -> HttpResponse:
    """A download under a plain name."""
    response = HttpResponse(content, content_type=TYPES[name.rpartition(".")[2]])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def context(found: Resolution) -> dict[str, Any]:
    """What the printed page shows."""
    rows = queries.works_of(found)
    return {"resolution": found, "shown": reading.resolution(found), "works": reading.works(rows)}


# Word -------------------------------------------------------------------------------------------------


def word_file(found: Resolution) -> bytes:
    """The resolution as a .docx, in the order of its page, ready to be signed and hung up."""
    shown, works = reading.resolution(found), reading.works(queries.works_of(found))
    document = _blank()
    document.core_properties.title, document.core_properties.author = shown["title"], shown["place"]
    document.add_heading(shown["title"], level=0)
    document.add_paragraph(_("%(place)s · 决议 %(number)s") % {
        "place": shown["place"], "number": show_number(shown["number"]),
    })  # fmt: skip
    _said(document, _("为什么要办"), shown["why"])
    _options(document, shown)
    _said(document, _("定了什么"), shown["decision"])
    day = _("（%(day)s）") % {"day": shown["decided_on"]} if shown["decided_on"] else ""
    _said(document, _("谁定的：%(body)s") % {"body": shown["body"]} + day, shown["decided_by"])
    _steps(document, shown)
    money = "\n".join(filter(None, (shown["cost"], shown["money_from"])))
    _said(document, _("花多少钱，钱从哪里来"), money)
    _said(document, _("谁会方便"), shown["gains"])
    _said(document, _("谁会受影响"), shown["loses"])
    _concerns(document, shown)
    _said(document, _("多数人的意见"), shown["majority"])
    _said(document, _("少数人的意见"), shown["minority"])
    _works(document, works)
    if shown["posted_until"]:
        days = {"first": shown["posted_from"], "last": shown["posted_until"]}
        _said(document, _("公示"), _("%(first)s到%(last)s") % days)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _blank() -> Any:
    """An A4 page with type that official papers use, Chinese characters included."""
    # Loaded by whoever asks for a paper, not by every process that starts.
    from docx import Document
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.8)
    section.top_margin, section.bottom_margin = Cm(3), Cm(2.6)
    for name, font, size in (("Normal", SERIF, 14), ("Heading 1", HEADING, 16), ("Title", HEADING, 22)):
        style = document.styles[name]
        style.font.size, style.font.name = Pt(size), font
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return document


def _said(document: Any, heading: str, text: str) -> None:
    """A heading and its paragraphs; nothing where there are no words."""
    if not text:
        return
    document.add_heading(heading, level=1)
    for line in filter(None, text.splitlines()):
        document.add_paragraph(line)


def _options(document: Any, shown: dict[str, Any]) -> None:
    if not shown["options"]:
        return
    document.add_heading(_("有过哪些方案"), level=1)
    rows = [
        (
            row["title"] + (_("（选定）") if row.get("chosen") else ""),
            row["cost"],
            row.get("gains", ""),
            row.get("loses", ""),
        )
        for row in shown["options"]
    ]
    _table(document, (_("方案"), _("费用"), _("谁会方便"), _("谁会受影响")), rows)


def _steps(document: Any, shown: dict[str, Any]) -> None:
    lines = [f"{row['on']} {row['title']}：{row['outcome']}".strip() for row in shown["grounds"]]
    _said(document, _("一步一步怎么走过来的"), "\n".join(lines))


def _concerns(document: Any, shown: dict[str, Any]) -> None:
    rows = shown["concerns"]["rows"]
    if not rows:
        return
    document.add_heading(_("反对意见和疑问，怎么答复的"), level=1)
    for row in rows:
        document.add_paragraph(f"{row['kind']}：{row['text']}")
        document.add_paragraph(_("答复：%(answer)s") % {"answer": row["answer"]})


def _works(document: Any, works: list[dict[str, Any]]) -> None:
    if not works:
        return
    document.add_heading(_("接下来办什么"), level=1)
    rows = [(row["title"], row["org"], row["due"], row["money"], row["state"]["label"]) for row in works]
    _table(document, (_("要办什么"), _("由谁办"), _("哪天以前"), _("用多少钱"), _("到哪一步")), rows)


def _table(document: Any, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    table = document.add_table(rows=1, cols=len(heads), style="Table Grid")
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        cell.text = str(head)
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = str(text)


# Excel ------------------------------------------------------------------------------------------------


def workbook(rows: Iterable[Resolution]) -> bytes:
    """The list of resolutions as an .xlsx, one a row."""
    rows = list(rows)
    names = names_of({one.place for one in rows})
    heads = (
        _("编号"), _("标题"), _("地方"), _("谁的决定"), _("状态"), _("哪天定的"),
        pgettext("column", "公布"), _("公示到"), _("费用（元）"), _("定了什么"),
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "resolutions.xlsx"
        book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
        bold = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet(_("决议"))
        for column, width in enumerate((13, 40, 16, 12, 10, 12, 12, 12, 14, 60)):
            sheet.set_column(column, column, width)
        sheet.write_row(0, 0, [str(head) for head in heads], bold)
        for n, one in enumerate(rows, 1):
            state = str(states.RESOLUTION_STATES[one.state][0])
            sheet.write_row(
                n, 0, (one.number, one.title, names.get(one.place, ""), states.body_word(one.body), state)
            )
            for column, value in enumerate((one.decided_on, one.posted_from, one.posted_until), 5):
                if value:
                    sheet.write_datetime(n, column, value, day)
            if one.cost is not None:
                sheet.write_number(n, 8, one.cost / 100)
            sheet.write_string(n, 9, one.decision)
        sheet.freeze_panes(1, 1)
        book.close()
        return path.read_bytes()

"""The list of cases as an Excel file: at once when it is short, as a job with progress when it is long."""

import tempfile
from collections.abc import Callable, Iterable
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter
from django.http import QueryDict
from django.utils import translation
from django.utils.translation import pgettext

from mulin.cases.queries import export_rows
from mulin.desk.reading.cases import Wanted, wanted
from mulin.kernel import jobs
from mulin.kernel.actors import Actor
from mulin.kernel.models import Job
from mulin.people.queries import actor_by_id

AT_ONCE = 2000
WIDTHS = (13, 40, 8, 16, 8, 14, 14, 16, 18, 22, 12, 12, 17, 17, 17, 10, 10)


def start_or_rows(actor: Actor, what: Wanted) -> tuple[list[tuple], bool]:
    """(rows with the header, whether they are all). Reads at most 2,000 rows and one more."""
    rows = list(islice(export_rows(actor, **what.filters()), AT_ONCE + 2))
    return rows, len(rows) <= AT_ONCE + 1


def start_job(actor: Actor, what: Wanted) -> Job:
    """Hand the export to the worker, in the language of whoever asked."""
    return jobs.start(actor, "desk.export", query=what.query(), language=translation.get_language())


def export_job(job: Job, progress: jobs.Progress, *, query: str, language: str) -> dict[str, int]:
    """What the worker does: the same rows, with the right that the person has now."""
    with translation.override(language):
        actor = actor_by_id(job.account_id)
        rows = export_rows(actor, **wanted(QueryDict(query)).filters())
        content, n = workbook(rows, lambda done: progress.step(done))
        progress.attach("cases.xlsx", content)
        return {"rows": n}


def workbook(rows: Iterable[tuple], tell: Callable[[int], Any] = lambda n: None) -> tuple[bytes, int]:
    """An xlsx of the rows, header first, flat in memory; and how many cases it holds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.xlsx"
        book = xlsxwriter.Workbook(
            path, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        sheet = book.add_worksheet(pgettext("desk", "事项"))
        bold = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 1)
        n = -1
        for n, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(n, column, value, moment)
                elif isinstance(value, date):
                    sheet.write_datetime(n, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
                else:
                    sheet.write(n, column, value, bold if n == 0 else None)
            tell(n)
        sheet.autofilter(0, 0, max(n, 0), len(WIDTHS) - 1)
        book.close()
        return path.read_bytes(), max(n, 0)

"""Methods as pages show them."""

from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.academy.methods import goals, queries, states
from mulin.academy.methods.models import Adoption, Criterion, Method, Pilot
from mulin.kernel.days import day_words
from mulin.kernel.numbers import show_number
from mulin.places.queries import name_of, names_of

WIDTHS = (13, 18, 24, 12, 50, 60, 40, 40, 40, 40, 12)


def amount(value: Decimal | None, unit: str = "") -> str:
    """`27 场`; no needless decimals."""
    if value is None:
        return ""
    text = f"{value:,.2f}".rstrip("0").rstrip(".")
    return f"{text} {unit}".strip() if unit else text


def by(method: Method, names: dict[str, str]) -> str:
    """Who found it: the group, else the place."""
    place = names.get(method.place, "")
    return f"{place} · {method.org}" if method.org else place


def rows(found: list[Method], url_name: str) -> list[dict[str, Any]]:
    names = names_of({one.place for one in found})
    return [
        {
            "method": one,
            "title": one.title,
            "problem": one.problem,
            "state": states.badge(one.state),
            "by": by(one, names),
            "goals": goals.names("goal", one.goals),
            "took": getattr(one, "took", 0),
            "url": reverse(url_name, args=[one.number]),
        }
        for one in found
    ]


def criterion(one: Criterion) -> dict[str, Any]:
    """`至少 20 场`, what was found, and the verdict."""
    verdict = states.verdict(one.direction, one.target, one.found)
    return {
        "position": one.position,
        "words": one.words,
        "wanted": f"{states.DIRECTION_WORDS[one.direction]} {amount(one.target, one.unit)}",
        "found": amount(one.found, one.unit),
        "remark": one.remark,
        "verdict": states.badge(verdict, states.VERDICT_WORDS, states.VERDICT_TONES),
    }


def pilot(one: Pilot, names: dict[str, str]) -> dict[str, Any]:
    return {
        "pilot": one,
        "place": names.get(one.place, one.place),
        "state": states.badge(one.state, states.PILOT_WORDS, states.PILOT_TONES),
        "sites": [names.get(site.place, site.place) for site in one.sites.all()],
        "term": _("%(since)s到%(until)s")
        % {"since": day_words(one.starts_on), "until": day_words(one.ends_on)},
        "criteria": [criterion(each) for each in one.criteria.all()],
        "is_over": one.state == "ended",
    }


def adoption(one: Adoption, names: dict[str, str]) -> dict[str, Any]:
    return {
        "adoption": one,
        "who": f"{names.get(one.place, one.place)}{f' · {one.org}' if one.org else ''}",
        "state": states.badge(one.state, states.ADOPTION_WORDS, states.ADOPTION_TONES),
        "since": day_words(one.created_at),
        "told": day_words(one.told_at),
    }


def card(method: Method) -> dict[str, Any]:
    """Everything that a page about one method shows. About ten statements, whatever there is."""
    pilots, took = queries.pilots_of(method), queries.adoptions_of(method)
    spreads = list(method.spreads.order_by("id"))
    places = {method.place, *(one.place for one in (*pilots, *took, *spreads))}
    names = names_of(places | {site.place for one in pilots for site in one.sites.all()})
    evidence = queries.evidence_of(method)
    return {
        "method": method,
        "state": states.badge(method.state),
        "by": by(method, names),
        "shown_number": show_number(method.number),
        "shifts": goals.names("shift", method.shifts),
        "goals": goals.names("goal", method.goals),
        "evidence": [
            {**one, "amount": amount(one["evidence"].figure, one["evidence"].unit)} for one in evidence
        ],
        "needs": [
            (label, words)
            for label, words in (
                (pgettext("heading", "人"), method.people),
                (_("钱"), method.money),
                (_("场地"), method.room),
            )
            if words
        ],
        "knows": knows(method),
        "source": source(method),
        "pilots": [pilot(one, names) for one in pilots],
        "spreads": [
            {"place": names.get(one.place, one.place), "words": one.words, "on": day_words(one.created_at)}
            for one in spreads
        ],
        "adoptions": [adoption(one, names) for one in took],
    }


def knows(method: Method) -> dict[str, str]:
    """Who can be asked: the unit or group that is named, with its public telephone; else who found it."""
    org = method.knows or method.org
    if org is None or org.closed_on or not org.is_public:
        return {"name": name_of(method.place), "phone": ""}
    return {"name": org.name, "phone": org.phone}


def source(method: Method) -> dict[str, str]:
    """The published matter that it grew out of; empty where there is none."""
    matter = method.matter
    if matter is None or matter.publication != "shown" or matter.restriction:
        return {}
    return {"title": matter.public_title, "url": reverse("portal:matter", args=[matter.number])}


def workbook(found: list[Method]) -> bytes:
    """One row a method."""
    heads = [
        _("编号"), _("从哪里来"), _("工作法"), _("状态"), _("碰到的问题"), _("做法"), _("依据"), _("需要"),
        _("转变"), _("目标"), _("几处学用"),
    ]  # fmt: skip
    names = names_of({one.place for one in found})
    file = BytesIO()
    book = xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet, bold = book.add_worksheet(_("工作法")), book.add_format({"bold": True, "bottom": 1})
    for column, (head, width) in enumerate(zip(heads, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write(0, column, head, bold)
    for n, one in enumerate(found, 1):
        sheet.write_row(n, 0, _cells(one, names))
    sheet.freeze_panes(1, 0)
    book.close()
    return file.getvalue()


def _cells(one: Method, names: dict[str, str]) -> list[Any]:
    evidence = [f"{each.words} {amount(each.figure, each.unit)}".strip() for each in one.evidence.all()]
    needs = [words for words in (one.people, one.money, one.room) if words]
    return [
        show_number(one.number), by(one, names), one.title, str(states.STATE_WORDS[one.state]), one.problem,
        "\n".join(f"{n}. {step}" for n, step in enumerate(one.steps, 1)), "\n".join(evidence),
        "\n".join(needs), _("、").join(goals.names("shift", one.shifts)),
        _("、").join(goals.names("goal", one.goals)), getattr(one, "took", 0),
    ]  # fmt: skip

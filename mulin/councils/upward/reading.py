"""A proposal and its road as pages show them."""

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from mulin.councils.upward import queries, states, telling, timing
from mulin.councils.upward.models import Hop, Proposal
from mulin.kernel import clock
from mulin.kernel.actors import Actor
from mulin.kernel.links import address
from mulin.kernel.numbers import show_number
from mulin.kernel.rules import CERTAINTIES
from mulin.places.queries import name_of, names_of
from mulin.voices.needs.queries import visible_needs
from mulin.voices.queries import visible_matters
from mulin.voices.surveys.reading import on_day

SOON_DAYS = 3
WIDTHS = (13, 16, 40, 50, 50, 12, 10, 14, 12, 60)


def day(moment: datetime | None) -> str:
    return on_day(clock.day_of(moment)) if moment else ""


def hop_clock(hop: Hop) -> dict[str, Any] | None:
    """What is left of a level's time, with the rule it comes from; None once it is over."""
    if hop.ended_at is not None or hop.due_at is None:
        return None
    left = (clock.day_of(hop.due_at) - clock.today()).days
    if hop.due_at < clock.now():
        late = max(1, -left)
        text, tone = ngettext("超期 %(n)s 天", "超期 %(n)s 天", late) % {"n": late}, "urgent"
    elif left == 0:
        text, tone = _("今天到期"), "wait"
    else:
        text = ngettext("还剩 %(n)s 天", "还剩 %(n)s 天", left) % {"n": left}
        tone = "wait" if left <= SOON_DAYS else ""
    return {"text": text, "tone": tone, "at": hop.due_at, "rule": rule_words(hop), "icon": "clock"}


def rule_words(hop: Hop) -> str:
    """`到11月30日；3个工作日（本产品默认值：没有统一规定）`."""
    if not hop.rule:
        return ""
    facts = {
        "day": day(hop.due_at),
        "limit": timing.limit_words(hop, get_language() or settings.LANGUAGE_CODE),
        "basis": hop.rule.get("basis", ""),
    }
    return _("到 %(day)s；%(limit)s（%(basis)s）") % facts


def is_house_default(hop: Hop) -> bool:
    """Whether the limit is only this product's own, set by nobody responsible."""
    return hop.rule.get("certainty", "") not in CERTAINTIES[:3]


def row(proposal: Proposal, names: dict[str, str], url_name: str) -> dict[str, Any]:
    """A proposal as a row of a list."""
    hop = queries.last_hop(proposal)
    return {
        "number": proposal.number,
        "title": proposal.title,
        "place": names.get(proposal.place, ""),
        "by": str(proposal.org or ""),
        "state": telling.badge(proposal.state),
        "at": str(states.LEVEL_WORDS[hop.level]) if hop else "",
        "clock": hop_clock(hop) if hop and proposal.state == "up" else None,
        "decision": str(states.DECISION_WORDS[hop.decision]) if hop and hop.decision else "",
        "day": day(proposal.sent_at),
        "url": reverse(url_name, args=[proposal.number]),
    }


def rows(found: list[Proposal], url_name: str) -> list[dict[str, Any]]:
    names = names_of({one.place for one in found})
    return [row(one, names, url_name) for one in found]


def steps(proposal: Proposal) -> list[dict[str, Any]]:
    """Each level that it came to, in order."""
    return [
        {
            "level": str(states.LEVEL_WORDS[hop.level]),
            "place": name_of(hop.place),
            "unit": str(hop.org or ""),
            "state": telling.hop_badge(hop),
            "note": hop.note if hop.position > 1 and hop.note else "",
            "answer": hop.answer,
            "decision": str(states.DECISION_WORDS[hop.decision]) if hop.decision else "",
            "came": day(hop.created_at),
            "ended": day(hop.ended_at),
            "clock": hop_clock(hop),
            "rule": rule_words(hop) if hop.ended_at is None else "",
            "is_default": hop.ended_at is None and is_house_default(hop),
        }
        for hop in proposal.hops.all()
    ]


def road(proposal: Proposal) -> list[dict[str, Any]]:
    """The levels at a glance: where it was, where it is, which lie ahead."""
    came = {hop.level for hop in proposal.hops.all()}
    last = queries.last_hop(proposal)
    found = [{"label": _("社区"), "past": bool(came), "now": not came, "end": False}]
    for level, _place in queries.road_above(proposal.place):
        is_now = bool(last and last.level == level)
        is_over = is_now and proposal.state in {"answered", "done", "withdrawn"}
        ahead = level not in came
        if ahead and proposal.state in {"answered", "done", "withdrawn"}:
            continue  # it did not have to go there
        found.append(
            {
                "label": str(states.LEVEL_WORDS[level]),
                "past": level in came and not is_now,
                "now": is_now,
                "end": is_over,
            }
        )
    return found


def grew_from(proposal: Proposal, worker: Actor | None = None) -> list[tuple[str, str]]:
    """(words, address) of what it grew out of, as far as the reader's pages show it: for everybody what is
    public, for a `worker` also what they may read themselves. That something came to one's level opens
    neither the need nor the matter behind it."""
    found = []
    if proposal.topic and proposal.topic.announced_at:
        found.append((proposal.topic.title, address("councils:topic", proposal.topic.number)))
    if need := proposal.need:
        if worker and visible_needs(worker).filter(pk=need.pk).exists():
            found.append((need.title, address("desk:need", need.number)))
        elif need.state != "draft":
            found.append((need.title, address("portal:need", need.place, need.number)))
    if matter := proposal.matter:
        if worker and visible_matters(worker).filter(pk=matter.pk).exists():
            page = "desk:case" if matter.way == "case" else "desk:wish"
            found.append((matter.title, address(page, matter.number)))
        elif matter.publication == "shown" and not matter.restriction:
            found.append((matter.public_title, address("portal:matter", matter.number)))
    return [(words, url) for words, url in found if url]


def workbook(found: list[Proposal]) -> bytes:
    """One row a level, so that each answer has its line."""
    heads = [
        _("编号"), _("社区"), pgettext("proposal", "建议"), _("情况"), _("请求"), _("状态"), _("哪一级"),
        _("办到哪一步"), _("日期"), _("答复"),
    ]  # fmt: skip
    names = names_of({one.place for one in found})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "proposals.xlsx"
        book = xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False})
        sheet = book.add_worksheet(_("民情直通车"))
        bold = book.add_format({"bold": True, "bottom": 1})
        for column, (head, width) in enumerate(zip(heads, WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write(0, column, head, bold)
        lines = [(one, hop) for one in found for hop in (list(one.hops.all()) or [None])]
        for n, (one, hop) in enumerate(lines, 1):
            for column, value in enumerate(_cells(one, hop, names)):
                sheet.write(n, column, value)
        sheet.freeze_panes(1, 0)
        book.close()
        return path.read_bytes()


def _cells(one: Proposal, hop: Hop | None, names: dict[str, str]) -> tuple[str, ...]:
    own = (
        show_number(one.number), names.get(one.place, ""), one.title, one.text, one.request,
        str(states.STATE_WORDS[one.state]),
    )  # fmt: skip
    if hop is None:
        return (*own, "", "", "", "")
    words = states.DECISION_WORDS[hop.decision] if hop.decision else states.HOP_WORDS[hop.state]
    on = hop.ended_at or hop.created_at
    return (*own, str(states.LEVEL_WORDS[hop.level]), str(words), clock.day_of(on).isoformat(), hop.answer)

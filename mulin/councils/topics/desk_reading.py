"""What the desk's pages of topics show."""

import io
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import xlsxwriter
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from mulin.councils.stepkinds import kinds
from mulin.councils.topics import access, library, moves, queries, reading, states
from mulin.councils.topics.definition import Process, spec_of
from mulin.councils.topics.models import Step, Topic
from mulin.kernel import clock
from mulin.kernel.actors import Actor
from mulin.kernel.numbers import show_number
from mulin.people.states import role_name
from mulin.places.queries import full_name, names_of
from mulin.voices.models import Matter
from mulin.voices.queries import visible_matters
from mulin.voices.surveys.reading import on_day

MOST, MOST_EXPORTED = 100, 5000
TABS = {"running": ("running",), "draft": ("draft",), "over": ("done", "stopped")}


def _narrowed(actor: Actor, wanted: Mapping[str, str]) -> QuerySet[Topic]:
    found = queries.search(queries.visible_topics(actor), wanted.get("q", ""))
    found = found.filter(state__in=TABS[_tab(wanted)])
    if wanted.get("process"):
        found = found.filter(process=wanted["process"])
    return queries.running_steps(found)


def _tab(wanted: Mapping[str, str]) -> str:
    return wanted.get("tab", "") if wanted.get("tab") in TABS else "running"


def list_page(actor: Actor, wanted: Mapping[str, str]) -> dict[str, Any]:
    """The rows of a tab, what is due first; the tabs; the filters."""
    tab = _tab(wanted)
    topics = list(_narrowed(actor, wanted)[: MOST + 1])
    names = names_of({code for one in topics for code in (one.place, one.site) if code})
    rows = [_row(one, names) for one in topics[:MOST]]
    rows.sort(key=lambda row: not row["is_due"])
    return {
        "rows": rows,
        "has_more": len(topics) > MOST,
        "tabs": _tabs(wanted, tab),
        "filters": _filters(wanted, tab),
        "is_narrow": bool(wanted.get("q") or wanted.get("process")),
        "query": urlencode({key: wanted[key] for key in ("tab", "q", "process") if wanted.get(key)}),
    }


def _row(topic: Topic, names: dict[str, str]) -> dict[str, Any]:
    shown = reading.card(topic, names)
    today = clock.today()
    steps = list(topic.steps.all())
    late = [one for one in steps if one.state == "open" and one.ends_on and one.ends_on <= today]
    free = [one for one in steps if one.state == "waiting" and one.begins_on and one.begins_on <= today]
    states_now = {one.key: one.state for one in steps}
    due = late or [
        one
        for one in free
        if all(states_now[key] in moves.OVER for key in spec_of(topic.definition, one.key).needs)
    ]
    is_due = topic.state == "running" and bool(due)
    return {
        **shown,
        "url": reverse("councils_desk:topic", args=[topic.number]),
        "is_due": is_due,
        "due": _("“%(step)s”到日子了") % {"step": moves.title_of(topic, due[0])} if is_due else "",
    }


def _tabs(wanted: Mapping[str, str], tab: str) -> list[dict[str, Any]]:
    labels = {"running": _("进行中"), "draft": _("草稿"), "over": _("有结果或停下的")}
    url = reverse("councils_desk:topics")
    return [
        {"label": label, "url": f"{url}?tab={name}", "current": name == tab, "count": None}
        for name, label in labels.items()
    ]


def _filters(wanted: Mapping[str, str], tab: str) -> list[dict[str, Any]]:
    kinds_of = [
        {
            "value": one.code,
            "label": library.words(one, "title"),
            "selected": one.code == wanted.get("process"),
        }
        for one in library.processes().values()
    ]
    return [
        {"name": "tab", "kind": "hidden", "value": tab},
        {"name": "q", "label": _("标题或编号"), "kind": "search", "value": wanted.get("q", "")},
        {"name": "process", "label": _("流程"), "options": kinds_of},
    ]


def workbook(actor: Actor, wanted: Mapping[str, str]) -> bytes:
    """The narrowed list: a row a topic, and what came out of each step."""
    topics = list(_narrowed(actor, wanted)[:MOST_EXPORTED])
    names = names_of({code for one in topics for code in (one.place, one.site) if code})
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"strings_to_formulas": False, "strings_to_urls": False})
    bold = book.add_format({"bold": True, "bottom": 1})
    sheet = book.add_worksheet(_("议题"))
    heads = (
        _("编号"),
        _("议题"),
        pgettext("one", "地点"),
        _("流程"),
        _("状态"),
        _("到哪一步"),
        pgettext("column", "公布"),
        _("结束"),
    )
    sheet.write_row(0, 0, heads, bold)
    for n, topic in enumerate(topics, 1):
        shown = reading.card(topic, names)
        days = (topic.announced_at, topic.ended_at)
        told = [clock.day_of(one).isoformat() if one else "" for one in days]
        row = (show_number(topic.number), topic.title, shown["place"], shown["process"])
        sheet.write_row(n, 0, (*row, shown["badge"]["label"], shown["stands"], *told))
    sheet.set_column(1, 1, 40)
    sheet.set_column(5, 5, 40)
    _steps_sheet(book, bold, topics)
    book.close()
    return target.getvalue()


def _steps_sheet(book: Any, bold: Any, topics: list[Topic]) -> None:
    sheet = book.add_worksheet(_("步骤"))
    heads = (_("议题编号"), _("第几步"), _("步骤"), _("状态"), _("开始"), _("结束"), _("得出了什么"))
    sheet.write_row(0, 0, heads, bold)
    n = 0
    for topic in topics:
        for step in topic.steps.all():
            n += 1
            told = [one.isoformat() if one else "" for one in (step.begins_on, step.ends_on)]
            title = moves.title_of(topic, step)
            word = str(states.STEP_WORDS[step.state])
            outcome = library.words(step, "outcome") or step.skip_reason
            sheet.write_row(n, 0, (show_number(topic.number), step.position, title, word, *told, outcome))
    sheet.set_column(6, 6, 60)


def offered(about: Matter | None) -> list[dict[str, Any]]:
    """The processes one can begin with, each in plain words: what it is for, how many steps, how sure."""
    query = f"&matter={about.number}" if about else ""
    url = reverse("councils_desk:topic-new")
    return [
        {
            "title": library.words(one, "title"),
            "about": library.words(one, "about"),
            "body": states.BODY_WORDS[one.body],
            "n": len(one.steps),
            "steps": [library.words(step, "title") for step in one.steps],
            "certainty": states.CERTAINTY_WORDS[one.certainty],
            "is_sure": one.certainty != "to be verified",
            "url": f"{url}?process={one.code}{query}",
        }
        for one in library.processes().values()
    ]


def topic_page(actor: Actor, topic: Topic, steps: list[Step]) -> dict[str, Any]:
    """Everything that the page of a topic names."""
    may = access.may_manage(actor, topic)
    found = moves.next_moves(topic, steps) if may else []
    matter = topic.matter if topic.matter and _sees(actor, topic.matter) else None
    return {
        "topic": topic,
        "badge": states.badge(topic.state),
        "where": full_name(topic.site or topic.place),
        "body": states.BODY_WORDS[topic.body],
        "road": reading.road(topic, steps, at_desk=True),
        "moves": [_move(actor, topic, one) for one in found],
        "may": may,
        "skippable": _skippable(topic, steps) if may and topic.state == "running" else set(),
        "timeline": reading.timeline(topic, everything=True, with_matter=matter is not None),
        "matter": matter,
        "matter_url": _matter_url(matter) if matter else "",
        "here": "topics",
        **reading.about_process(topic),
    }


def _sees(actor: Actor, matter: Matter) -> bool:
    """A group sees the topic it runs, which does not open what the office was told about the matter."""
    return visible_matters(actor).filter(pk=matter.pk).exists()


def _matter_url(matter: Matter) -> str:
    name = "desk:case" if matter.way == "case" else "desk:wish"
    return reverse(name, args=[matter.number])


def _skippable(topic: Topic, steps: list[Step]) -> set[str]:
    return {
        one.key
        for one in steps
        if one.state in ("waiting", "open") and spec_of(topic.definition, one.key).is_optional
    }


def _move(actor: Actor, topic: Topic, move: moves.Move) -> dict[str, Any]:
    """A next move as the page offers it: what, from when, what is missing, and who does it."""
    if move.step is None:
        url = reverse("councils_desk:topic-move", args=[topic.number, "announce"])
        confirm = _("公布以后，居民就能看到议题和每一步的日子。")
        return {
            "label": _("公布议题"),
            "url": url,
            "is_post": True,
            "icon": "send",
            "confirm": confirm,
            "missing": (),
        }
    title = moves.title_of(topic, move.step)
    args = [topic.number, move.step.key]
    is_begin = move.kind == "begin"
    label = _("开始“%(step)s”") if is_begin else _("结束“%(step)s”")
    who = (
        () if access.does_step(actor, topic, move.step.key) else spec_of(topic.definition, move.step.key).who
    )
    return {
        "label": label % {"step": title},
        "url": reverse(f"councils_desk:topic-{'begin' if is_begin else 'end'}", args=args),
        "is_post": is_begin,
        "icon": "play" if is_begin else "check",
        "missing": move.missing,
        "on": on_day(move.on) if move.on else "",
        "is_begin": is_begin,
        "is_early": is_begin and bool(move.on) and move.on > clock.today(),
        "work_url": "" if is_begin else work_url(topic, move.step),
        "who": [_role(one) for one in who],
        "confirm": "",
    }


def _role(code: str) -> str:
    return str(role_name(code))


def work_url(topic: Topic, step: Step) -> str:
    """The desk's page of what a step works with; empty where there is none."""
    kind = kinds().get(step.kind)
    return kind.desk_url(topic, step) if kind else ""


def outcome_now(topic: Topic, step: Step) -> str:
    """What the step's own kind will say came out, shown while one writes a sentence beside it."""
    return str(moves.progress_of(topic, step).outcome) if step.state == "open" else ""


def day_rows(
    process: Process, steps: list[Step], wrong: str, data: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    """Each step with its days; what was typed stays."""
    found = []
    for step in steps:
        begin = step.begins_on.isoformat() if step.begins_on else ""
        end = step.ends_on.isoformat() if step.ends_on else ""
        found.append(
            {
                "key": step.key,
                "n": step.position,
                "title": library.words(process.step(step.key), "title"),
                "begin": (data or {}).get(f"begin_{step.key}", begin),
                "end": (data or {}).get(f"end_{step.key}", end),
                "was": f"{begin}/{end}",
                "badge": states.step_badge(step.state),
                "is_fixed": step.state in moves.OVER,
                "has_begun": step.state == "open",
                "is_wrong": wrong == step.key,
            }
        )
    return found

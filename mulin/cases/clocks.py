"""The time limits of a case: started, paused, resumed, extended and stopped, in working time.

Kinds: `response` (first contact), `stop` (the harm is halted), `solve`, `acknowledge` (a major matter
was taken up), `confirm` (the resident's time to say whether it is solved). Each keeps the rule that it
came from, for the words shown with it. `Case.due_at` is always the first that will burn.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from mulin.cases import classes
from mulin.cases.models import Case, Clock
from mulin.kernel import clock, rulebook
from mulin.kernel.days import day_words
from mulin.kernel.errors import ActionError
from mulin.kernel.rules import Rule
from mulin.kernel.workingtime import Calendar, Due, Limit, OfficeHours, Remaining

# The only urgency that moves a case before an overdue one.
DANGER = 3
NEVER = datetime(9999, 12, 30, tzinfo=UTC)
WORK_KINDS = ("response", "stop", "solve")
KINDS = (*WORK_KINDS, "acknowledge", "confirm")


def title(kind: str) -> str:
    return {
        "response": pgettext("clock", "响应"),
        "stop": pgettext("clock", "制止"),
        "solve": pgettext("clock", "办结"),
        "acknowledge": pgettext("clock", "知悉"),
        "confirm": pgettext("clock", "居民确认"),
    }[kind]


def optional_rule(name: str, at: str, on: date | None = None, **facts: Any) -> Rule | None:
    """The rule in force, or None where nothing is set: for what may be missing without harm."""
    return rulebook.book().find(name, at, on or clock.today(), **facts)


@cache
def calendar() -> Calendar:
    return Calendar.default()


@cache
def _hours(text: str) -> OfficeHours:
    return OfficeHours.parse(text)


def office_hours(place: str) -> OfficeHours | None:
    """A place's own office hours, if its rules say so; None: those of the holiday table."""
    rule = optional_rule("cases.office_hours", place)
    return _hours(rule.value) if rule else None


def limit_rule(case: Case, kind: str, group: str) -> Rule | None:
    """The rule for one kind of clock by category, group of categories, kind of demand and severity. A guessed
    category counts only when it may be relied on."""
    return optional_rule(f"cases.limit.{kind}", case.place, **_facts(case, group))


def _facts(case: Case, group: str) -> dict[str, str]:
    category = classes.relied_on(case)
    return {
        "category": category,
        "group": group if category else "",
        "kind": case.kind,
        "severity": case.severity,
    }


def urgency(case: Case) -> int:
    """3 where life is in danger, so that it stands before everything; 0 for all else, which its clock orders.
    Once it is done nobody is in danger any more."""
    if case.state == "done" or not case.is_open:
        return 0
    rule = optional_rule("cases.urgency", case.place, **_facts(case, classes.group_of(case.category)))
    return DANGER if rule and int(rule.value) >= DANGER else 0


def make(case: Case, kind: str, rule: Rule, started_at: datetime | None = None) -> Clock:
    """An unsaved clock that starts now (or at `started_at`) under a rule."""
    begin = started_at or clock.now()
    due = Limit.parse(rule.value).due(begin, calendar(), office_hours(case.place))
    return Clock(
        case=case,
        kind=kind,
        limit=rule.value,
        started_at=begin,
        due_at=due.at,
        rule={
            "pack": rule.pack,
            "version": rule.version,
            "basis": rule.basis,
            "certainty": rule.certainty,
            "note": rule.note,
            "note_en": rule.note_en,
            "calendar_certain": due.certain,
        },
    )


def opening(case: Case, group: str) -> list[Clock]:
    """Unsaved clocks of a case that was just opened: those for which a rule gives a limit."""
    kinds = (*WORK_KINDS, "acknowledge") if case.severity == "major" else WORK_KINDS
    made = [make(case, kind, rule) for kind in kinds if (rule := limit_rule(case, kind, group))]
    case.due_at = first_due(case, made)
    case.rules = {c.kind: f"{c.rule['pack']}@{c.rule['version']}" for c in made}
    return made


def running(case: Case) -> list[Clock]:
    return list(Clock.objects.filter(case=case, stopped_at=None))


def first_due(case: Case, clocks: Iterable[Clock]) -> datetime:
    """When the first running clock burns; for a suspended case, the day of its review."""
    if case.review_on and case.state == "suspended":
        return calendar().closing(case.review_on)
    return min((c.due_at for c in clocks if c.stopped_at is None and c.paused_at is None), default=NEVER)


def refresh(case: Case, clocks: Iterable[Clock] | None = None) -> None:
    """Set `case.due_at` anew. The caller saves the case."""
    case.due_at = first_due(case, running(case) if clocks is None else clocks)


def start(case: Case, kind: str, group: str) -> None:
    """Start a clock if a rule gives it a limit and none of its kind runs."""
    rule = limit_rule(case, kind, group)
    if rule and not Clock.objects.filter(case=case, kind=kind, stopped_at=None).exists():
        made = make(case, kind, rule)
        made.save(force_insert=True)
        case.rules = {**case.rules, kind: rule.reference}


def stop(case: Case, *kinds: str) -> dict[str, bool]:
    """Stop running clocks and say for each whether its limit was kept; a paused one stood still till now."""
    met: dict[str, bool] = {}
    moment = clock.now()
    for one in Clock.objects.filter(case=case, stopped_at=None, kind__in=kinds):
        if one.paused_at:
            _run_again(one, case, moment)
        one.stopped_at = moment
        one.is_met = moment <= one.due_at
        one.save(update_fields=["stopped_at", "is_met", "paused_at", "pauses", "due_at"])
        met[one.kind] = one.is_met
    return met


def respond(case: Case) -> None:
    """The people were contacted: the response clock ends, once for the whole life of the case."""
    if case.responded_at is None:
        case.responded_at = clock.now()
        met = stop(case, "response")
        case.responded_in_time = met.get("response")


def pause(case: Case) -> None:
    """All running clocks stand still from now on."""
    Clock.objects.filter(case=case, stopped_at=None, paused_at=None).update(paused_at=clock.now())


def _run_again(one: Clock, case: Case, moment: datetime) -> None:
    one.pauses = [*one.pauses, [one.paused_at.isoformat(), moment.isoformat()]]
    one.paused_at = None
    if one.extended_at:
        # The extension moved the end by itself; only this pause is added to where it stood.
        one.due_at = _moved(one, case)
    else:
        one.due_at = _end(one, case)


def spans(one: Clock) -> list[tuple[datetime, datetime | None]]:
    found: list[tuple[datetime, datetime | None]] = [
        (datetime.fromisoformat(begin), datetime.fromisoformat(end)) for begin, end in one.pauses
    ]
    return [*found, (one.paused_at, None)] if one.paused_at else found


def _end(one: Clock, case: Case) -> datetime:
    """The end of the clock's own limit, moved on by all its pauses."""
    limit = Limit.parse(one.limit)
    return limit.due_after_pauses(
        one.started_at, spans(one), calendar(), clock.now(), office_hours(case.place)
    ).at


def _moved(one: Clock, case: Case) -> datetime:
    hours = office_hours(case.place)
    total = Limit.parse(one.limit)
    extra = Limit.parse(one.rule["extended_by"])
    base = total.due_after_pauses(one.started_at, spans(one), calendar(), clock.now(), hours).at
    # A pause that began after the first end, but within the extension, moves what was added.
    later = [(begin, end) for begin, end in spans(one) if begin >= one.extended_at]
    return extra.due_after_pauses(base, later, calendar(), clock.now(), hours).at


def resume(case: Case) -> None:
    """Paused clocks run again; what they missed is added in their own unit of time."""
    moment = clock.now()
    for one in Clock.objects.filter(case=case, stopped_at=None, paused_at__isnull=False):
        _run_again(one, case, moment)
        one.save(update_fields=["paused_at", "pauses", "due_at"])


def extend(case: Case) -> Clock:
    """Move the end of the solve clock by the rule's extension. A second time is refused."""
    one = Clock.objects.filter(case=case, kind="solve", stopped_at=None).first()
    if one is None:
        raise ActionError("no-solve-clock", _("这件事没有正在走的办理时限，不需要延期。"))
    if Clock.objects.filter(case=case, kind="solve", extended_at__isnull=False).exists():
        raise ActionError(
            "extended-already", _("已经延期过一次，不能再延。确实办不了的，可以挂账并说明原因。")
        )
    rule = rulebook.rule(
        "cases.limit.extension", at=case.place, **_facts(case, classes.group_of(case.category))
    )
    one.extended_at = clock.now()
    one.due_at = Limit.parse(rule.value).due(one.due_at, calendar(), office_hours(case.place)).at
    one.rule = {**one.rule, "extended_by": rule.value, "extended_under": rule.reference}
    one.save(update_fields=["extended_at", "due_at", "rule"])
    return one


def redraw(case: Case, group: str) -> None:
    """After a change of category, kind, severity or place: running limits follow the rules that now apply.

    They still count from where they started. An extended limit stays: somebody decided it. A step of its own
    that the new category asks for begins now; one that it knows nothing of ends without a verdict.
    """
    fields = ["limit", "due_at", "rule"]
    _redraw_stop(case, group)
    present = running(case)
    for one in present:
        rule = limit_rule(case, one.kind, group) if not one.extended_at else None
        if rule and rule.value != one.limit:
            fresh = make(case, one.kind, rule, one.started_at)
            one.limit, one.rule = fresh.limit, fresh.rule
            one.due_at = _end(one, case) if one.pauses or one.paused_at else fresh.due_at
            one.save(update_fields=fields)
    kinds = {one.kind for one in present}
    if case.severity == "major" and "acknowledge" not in kinds and case.acknowledged_at is None:
        start(case, "acknowledge", group)
    refresh(case)


def _redraw_stop(case: Case, group: str) -> None:
    had = Clock.objects.filter(case=case, kind="stop")
    if limit_rule(case, "stop", group) is None:
        if had.filter(stopped_at=None).update(stopped_at=clock.now()):
            case.rules = {kind: rule for kind, rule in case.rules.items() if kind != "stop"}
    elif case.state not in {"done", "suspended"} and not had.exists():
        start(case, "stop", group)


@dataclass(frozen=True, slots=True)
class Shown:
    """A clock in words: "还剩 3 小时", with the rule it comes from for the tooltip."""

    kind: str
    title: str
    words: str
    rule: str
    due_at: datetime
    is_running: bool
    is_overdue: bool
    is_paused: bool
    is_met: bool | None
    extended: bool


def show(one: Clock, place: str) -> Shown:
    """The words of one clock now."""
    left = Limit.parse(one.limit).remaining(
        one.started_at, clock.now(), spans(one), calendar(), office_hours(place)
    )
    if one.extended_at and not one.paused_at:
        left = plain_remaining(one.due_at)
    language = get_language() or "zh-hans"
    if one.stopped_at:
        words = {True: _("按时完成"), False: _("超期完成"), None: _("已停止")}[one.is_met]
    elif one.paused_at:
        words = _("暂停计时")
    elif one.kind == "confirm":
        words = confirm_words(one.due_at)
    else:
        words = left.describe(language)
    return Shown(
        kind=one.kind,
        title=title(one.kind),
        words=words,
        rule=_source(one, language),
        due_at=one.due_at,
        is_running=one.stopped_at is None,
        is_overdue=one.stopped_at is None and one.paused_at is None and left.overdue,
        is_paused=one.paused_at is not None,
        is_met=one.is_met,
        extended=one.extended_at is not None,
    )


def _source(one: Clock, language: str) -> str:
    rule = one.rule
    text = _("时限 %(limit)s；依据：%(basis)s（%(certainty)s）；规则包 %(pack)s@%(version)s") % {
        "limit": Limit.parse(one.limit).describe(language),
        "basis": rule.get("basis", "—"),
        "certainty": certainty_label(rule.get("certainty", "")),
        "pack": rule.get("pack", "—"),
        "version": rule.get("version", "—"),
    }
    return text if rule.get("calendar_certain", True) else text + _("；其中有的年份节假日安排尚未公布")


def certainty_label(certainty: str) -> str:
    return {
        "law": _("法规原文"),
        "official page": _("官方网页"),
        "local practice": _("本地做法"),
        "to be verified": _("待核实"),
        "house default": _("本产品默认"),
    }.get(certainty, "—")


def first_limit() -> Subquery:
    """The limit of the clock that burns first, for a query of cases: with it a row counts in that clock's own
    unit, as the case's page does, and loads no clocks. Nothing for an extended one, which counts plainly."""
    burning = Clock.objects.filter(
        case=OuterRef("pk"), due_at=OuterRef("due_at"), stopped_at=None, paused_at=None, extended_at=None
    )
    return Subquery(burning.order_by("id").values("limit")[:1])


def remaining(due_at: datetime, limit: str | None, place: str) -> Remaining:
    """What is left until the end of a clock, in its own unit; on the plain clock where none is known."""
    if not limit:
        return plain_remaining(due_at)
    unit = Limit.parse(limit)
    hours = office_hours(place) if unit.unit == "wmin" else None
    return unit.until(Due(due_at, True), clock.now(), calendar(), hours)


def plain_remaining(due_at: datetime) -> Remaining:
    """What is left until a moment on the plain clock."""
    seconds = (due_at - clock.now()).total_seconds()
    return Remaining(int(abs(seconds) // 60), "min", seconds < 0, Due(due_at, True))


def due_words(case: Case) -> str:
    """ "还剩 3 小时" or "超期 2 天" for a row, on paper and on screen alike; empty where no clock runs."""
    if not case.is_open or case.due_at >= NEVER:
        return ""
    if case.state == "suspended":
        return _("%(day)s 复核") % {"day": day_words(case.review_on)} if case.review_on else ""
    if case.state == "done":
        return confirm_words(case.due_at)
    left = remaining(case.due_at, getattr(case, "first_limit", None), case.place)
    return left.describe(get_language() or "zh-hans")


def confirm_words(due_at: datetime) -> str:
    """The clock of a case that its resident is asked about: it is theirs, being over it is nobody's fault."""
    if due_at < clock.now():
        return _("确认期已过")
    # The day and no number of days: one counted from the answer and one from today would never agree.
    return _("等确认，到%(day)s") % {"day": day_words(due_at)}

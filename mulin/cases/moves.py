"""Moves by name, for the desk's forms and the API alike: what is possible, which fields, and doing it.

`perform("dispatch", actor=…, number=…, org=…)` takes strings from a form or typed values from JSON; both
are read by the same field table, so that page and API can never disagree.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _t
from django.utils.translation import pgettext_lazy as _p

from mulin.cases import actions, base, routing, states
from mulin.cases.actions.ending import HOW, RESULTS, way_to
from mulin.cases.actions.work import photo_still_needed, possible_handlers
from mulin.cases.models import Case, Involvement, Route
from mulin.cases.reasons import choices as reason_choices
from mulin.cases.states import MOVES, Move
from mulin.kernel import codes, policy
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError, NotVisible
from mulin.people.models import Organisation
from mulin.voices.states import FACT_SECTIONS

ANY = frozenset(states.STATES)

# What a desk does with a case that does not change its state, in the same form.
EXTRA = states._moves(
    Move("approve", _p("move", "同意"), ANY, tone="main", order=5),
    Move("decline", _p("move", "不同意"), ANY, needs=("reason",), order=6),
    Move("acknowledge", _p("move", "知悉"), states.OPEN, tone="main", order=1),
    Move("check", _p("move", "勾选清单"), states.OPEN, needs=("item",), optional=("done",), order=2),
    Move(
        "answer-whistle",
        _p("move", "报到"),
        states.OPEN,
        needs=("state",),
        optional=("note",),
        tone="main",
        order=7,
    ),
    Move("stop-harm", _p("move", "已制止"), states.OPEN, needs=("note",), order=30),
    Move(
        "call-back",
        _p("move", "记录回访"),
        frozenset({"done"}),
        needs=("result",),
        tone="main",
        order=8,
        optional=("voice", "how", "is_solved", "is_satisfied", "note"),
    ),
    Move("claim", _p("move", "我来办"), states.OPEN, order=45),
    Move("release", _p("move", "放下，不由我办"), states.OPEN, order=47),
    Move("assign", _p("move", "转交经办人"), states.OPEN, needs=("handler",), order=46),
    Move("note", _p("move", "写备注"), ANY, needs=("text",), order=90),
    Move(
        "exclude", _p("move", "提出不计入考核"), ANY - {"merged"}, needs=("reason_code", "reason"), order=95
    ),
    Move(
        "decide-exclusion", _p("move", "决定是否剔除"), ANY, needs=("agree",), optional=("reason",), order=9
    ),
)
ALL = {**MOVES, **EXTRA}

PERMISSIONS = {
    "approve": "cases.case:approve",
    "decline": "cases.case:approve",
    "acknowledge": "cases.case:acknowledge",
    "check": "cases.case:acknowledge",
    "answer-whistle": "cases.case:answer_whistle",
    "stop-harm": "cases.case:start",
    "call-back": "cases.case:call_back",
    "claim": "cases.case:claim",
    "release": "cases.case:claim",
    "assign": "cases.case:assign",
    "note": "cases.case:note",
    "exclude": "cases.case:exclude",
    "decide-exclusion": "cases.case:approve",
}

DO: dict[str, Callable[..., Any]] = {
    "find-facts": actions.find_facts,
    "accept": actions.accept_case,
    "dispatch": actions.dispatch_case,
    "object": actions.object_to_dispatch,
    "decide-objection": actions.decide_objection,
    "start": actions.start_case,
    "finish": actions.finish_case,
    "confirm": actions.confirm_case,
    "close": actions.close_case,
    "suspend": actions.suspend_case,
    "resume": actions.resume_case,
    "merge": actions.merge_cases,
    "unmerge": actions.unmerge_case,
    "refuse": actions.refuse_case,
    "reopen": actions.reopen_case,
    "extend": actions.extend_case,
    "escalate": actions.escalate_case,
    "whistle": actions.whistle,
    "approve": actions.approve_pending,
    "decline": actions.decline_pending,
    "acknowledge": actions.acknowledge_major,
    "check": actions.tick_check,
    "answer-whistle": actions.answer_whistle,
    "stop-harm": actions.stop_harm,
    "call-back": actions.record_call_back,
    "claim": actions.claim_case,
    "release": actions.release_case,
    "assign": actions.assign_case,
    "note": actions.add_note,
    "exclude": actions.exclude_case,
    "decide-exclusion": actions.decide_exclusion,
}


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a move. `kind`: text, bool, date, org, orgs, account, number, choice, facts, files."""

    kind: str
    label: Any
    help: Any = ""
    source: str = ""  # where choices come from


SPECS: dict[str, FieldSpec] = {
    "facts": FieldSpec("facts", _t("事实单")),
    "org": FieldSpec("org", _t("派给哪个单位"), source="routes"),
    "proposed": FieldSpec("org", _t("您认为应由谁办"), source="routes"),
    "orgs": FieldSpec("orgs", _t("请哪些单位到场"), source="orgs"),
    "note": FieldSpec("text", _t("说明")),
    "reason": FieldSpec("text", _t("原因")),
    "reason_code": FieldSpec("choice", _t("属于哪一种"), source="reasons"),
    "uphold": FieldSpec("bool", _t("异议成立吗")),
    "done_text": FieldSpec("text", _t("做了什么"), _t("给同事和上级看，写清谁、何时、做了什么")),
    "reply": FieldSpec("text", _t("给居民的答复"), _t("说到居民问的事；会发给每一位反映的人")),
    "photos": FieldSpec("files", _t("照片"), _t("只有目录要求的类别才必须")),
    "confirm_reply": FieldSpec("bool", _t("照样发出")),
    "is_solved": FieldSpec("bool", _t("解决了吗")),
    "is_satisfied": FieldSpec("bool", _t("满意吗")),
    "remark": FieldSpec("text", _t("想说的话")),
    "review_on": FieldSpec("date", _t("哪天复核")),
    "into": FieldSpec("number", _t("并入哪一件（编号）")),
    "item": FieldSpec("choice", _t("清单项"), source="checklist"),
    "done": FieldSpec("bool", _t("已做")),
    "state": FieldSpec("choice", _t("到场情况"), source="whistle"),
    "result": FieldSpec("choice", _t("联系的结果"), source="results"),
    "how": FieldSpec("choice", _t("怎么联系的"), _t("选“消息”，会在账户里请本人来确认"), "how"),
    "voice": FieldSpec("number", _t("哪一条诉求")),
    "handler": FieldSpec("account", _t("经办人"), source="handlers"),
    "text": FieldSpec("text", _t("内容")),
    "agree": FieldSpec("bool", _t("同意")),
}
# Fields that a move takes besides those of its row in the table.
ALSO = {"finish": ("confirm_reply",)}

WORDS = {
    "arrived": _t("已到场"),
    "done": _p("whistle", "已办完"),
    "reached": _t("联系上了"),
    "no_answer": _t("没人接、没回复"),
    "wrong_number": _t("号码不对"),
    "declined": _t("不愿意说"),
    "no_contact": _t("没有留联系方式"),
    "phone": _t("电话"),
    "visit": _t("上门"),
    "message": _t("消息"),
}


def field_names(move: str) -> tuple[tuple[str, bool], ...]:
    """(name, required) of a move's fields, in order."""
    entry = ALL[move]
    return (
        *((name, True) for name in entry.needs),
        *((name, False) for name in (*entry.optional, *ALSO.get(move, ()))),
    )


@dataclass(frozen=True, slots=True)
class FormField:
    """A field ready for a page: `choices` are (value, words), empty where none are offered."""

    name: str
    kind: str
    label: Any
    help: Any
    required: bool
    choices: list[tuple[str, Any]] = field(default_factory=list)
    # Groups of residents that could take it: offered last, under a heading of their own.
    groups: list[tuple[str, str]] = field(default_factory=list)


class MoveForm:
    """Reads what was sent for a move; raises ActionError with the field's name."""

    def __init__(self, move: str):
        if move not in ALL:
            raise NotVisible(move)
        self.move = move

    def parse(self, sent: dict[str, Any]) -> dict[str, Any]:
        """Typed values from a form's strings or from JSON. Unknown fields are refused, so that a mistyped
        name is not lost in silence."""
        known = dict(field_names(self.move))
        if unknown := sorted(set(sent) - set(known)):
            raise ActionError(
                "unknown-field", _("不认识的字段：%(names)s") % {"names": ", ".join(unknown)}, status=422
            )
        values: dict[str, Any] = {}
        for name, required in known.items():
            value = _read(SPECS[name].kind, name, sent.get(name))
            if value in (None, "", [], {}):
                if required:
                    is_chosen = SPECS[name].kind in {"bool", "choice", "org", "orgs", "account"}
                    wanted = _("请选择“%(label)s”。") if is_chosen else _("请填写“%(label)s”。")
                    raise ActionError("field-missing", wanted % {"label": SPECS[name].label}, field=name)
                continue
            values[name] = value
        return values

    def fields(self, actor: Actor, case: Case) -> list[FormField]:
        """The form's fields with the choices that fit this case."""
        return [
            FormField(
                name,
                SPECS[name].kind,
                SPECS[name].label,
                SPECS[name].help,
                required or (name == "photos" and photo_still_needed(case)),
                self.choices(name, case),
                routing.groups_for(case) if SPECS[name].kind in {"org", "orgs"} else [],
            )
            for name, required in field_names(self.move)
        ]

    def choices(self, name: str, case: Case) -> list[tuple[str, Any]]:
        source = SPECS[name].source
        if name == "facts":
            return list(FACT_SECTIONS.items())
        return _choices(source, self.move, case) if source else []


def _choices(source: str, move: str, case: Case) -> list[tuple[str, Any]]:
    from mulin.cases.reasons import checklist

    if source == "reasons":
        rule = "cases.exclusion.reasons" if move == "exclude" else "cases.refusal.reasons"
        return reason_choices(rule, case.place)
    if source == "checklist":
        return checklist(case.category)
    if source == "handlers":
        return [(str(pk), name) for pk, name in possible_handlers(case, base.orgs_of(case))]
    fixed = {"whistle": ("arrived", "done"), "results": RESULTS, "how": HOW}
    if source == "results" and not way_to(case):
        fixed["results"] = ("no_contact", "reached", "declined")  # nobody can be called; at the door perhaps
    if source in fixed:
        return [(code, WORDS[code]) for code in fixed[source]]
    offered = org_choices(case)
    if move in {"object", "decide-objection"}:
        # Whoever says that it is not theirs is no answer to whose it is.
        offered = [(value, name) for value, name in offered if value != str(case.lead_id)]
    return offered


def org_choices(case: Case) -> list[tuple[str, str]]:
    """Units that may be given this case: those that a route or the estate names, then those with a route
    for anything else, then the others of the district, offices before firms and the nearest first. Groups of
    residents are not among them: `routing.groups_for`."""
    district = codes.district(case.place) or case.place
    low, high = codes.bounds(district)
    above = [code for code in codes.chain(case.place) if code < low or code >= high]
    units = Organisation.objects.filter(closed_on=None).exclude(kind__in=Organisation.GROUPS)
    rows = [*units.filter(place__gte=low, place__lt=high)[:400], *units.filter(place__in=above)[:100]]
    on_duty = set(Route.objects.filter(org__in=[org.pk for org in rows]).values_list("org", flat=True))
    near = set(codes.chain(case.place))

    def rank(org: Organisation) -> tuple:
        official = org.kind in Organisation.OFFICIAL
        return org.pk not in on_duty, not official, org.place not in near, -codes.level(org.place), org.name

    found = {str(s.org.id): s.org.name for s in routing.suggest(case) if not s.org.is_group}
    for org in sorted(rows, key=rank):
        found.setdefault(str(org.id), org.name)
    return list(found.items())


def _read(kind: str, name: str, value: Any) -> Any:
    if value is None:
        return None
    reader = READERS.get(kind, _text)
    return reader(name, value)


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str | int):
        raise _bad(name)
    return str(value).strip()


def _bool(name: str, value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text == "":
        return None
    if text in {"1", "true", "yes", "on", "是"}:
        return True
    if text in {"0", "false", "no", "off", "否"}:
        return False
    raise _bad(name)


def _date(name: str, value: Any) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip()) if str(value).strip() else None
    except ValueError:
        raise _bad(name) from None


def _uuid(name: str, value: Any) -> UUID | None:
    if isinstance(value, UUID):
        return value
    try:
        return UUID(str(value).strip()) if str(value).strip() else None
    except ValueError:
        raise _bad(name) from None


def _uuids(name: str, value: Any) -> list[UUID]:
    rows = value if isinstance(value, list | tuple) else str(value).split(",")
    return [one for one in (_uuid(name, row) for row in rows) if one]


def _facts(name: str, value: Any) -> dict[str, str]:
    if isinstance(value, str):
        return {"basics": value.strip()} if value.strip() else {}
    if not isinstance(value, dict):
        raise _bad(name)
    return {str(key): _text(name, text) for key, text in value.items() if text not in (None, "")}


def _files(name: str, value: Any) -> list[Any]:
    files = list(value) if isinstance(value, list | tuple) else [value]
    if not all(isinstance(one, bytes) or hasattr(one, "read") for one in files):
        raise _bad(name)
    return files


READERS: dict[str, Callable[[str, Any], Any]] = {
    "bool": _bool,
    "date": _date,
    "org": _uuid,
    "account": _uuid,
    "orgs": _uuids,
    "facts": _facts,
    "files": _files,
}


def _bad(name: str) -> ActionError:
    return ActionError(
        "field-invalid", _("“%(label)s”填得不对。") % {"label": SPECS[name].label}, field=name, status=422
    )


def perform(move: str, *, actor: Actor, number: str, **fields: Any) -> Case:
    """Do a move by its name with fields as they were sent. Returns the case as it is afterwards.

    For `confirm`, `number` is the voice's. Raises NotVisible for an unknown move or case, NotAllowed,
    and ActionError with the field it belongs to.
    """
    values = MoveForm(move).parse(fields)
    return DO[move](actor=actor, number=number, **values)


def perform_many(
    move: str, *, actor: Actor, numbers: Iterable[str], **fields: Any
) -> list[tuple[str, bool, str]]:
    """The same move on many cases, each in its own transaction: (number, done, why not)."""
    outcome = []
    for number in list(numbers)[:200]:
        try:
            perform(move, actor=actor, number=number, **fields)
        except NotVisible:
            outcome.append((number, False, _("没有找到这个编号的事项。")))
        except ActionError as error:
            outcome.append((number, False, str(error.message)))
        else:
            outcome.append((number, True, ""))
    return outcome


def permission(move: str) -> str:
    return PERMISSIONS.get(move) or states.permission(move)


def moves_for(actor: Actor, case: Case) -> list[Move]:
    """What this actor may do with this case now, in the order of the bar; two statements at most."""
    involvements = list(Involvement.objects.filter(case=case, is_current=True))
    exclusion = getattr(case, "exclusion", None) if case.pk else None
    return possible(actor, case, involvements, exclusion)


def possible(actor: Actor, case: Case, involvements: list[Involvement], exclusion: Any) -> list[Move]:
    """`moves_for` on rows already at hand."""
    orgs = frozenset(row.org_id for row in involvements) | ({case.lead_id} - {None})
    target = policy.Target(place=case.place, grid=case.grid, building=case.building, orgs=orgs)
    found = [
        move
        for name, move in ALL.items()
        if case.state in move.sources
        and name != "confirm"
        and _fits(name, actor, case, involvements, exclusion)
        and policy.can(actor, permission(name), target)
    ]
    return sorted(found, key=lambda move: move.order)


def _fits(name: str, actor: Actor, case: Case, involvements: list[Involvement], exclusion: Any) -> bool:
    """Whether a move makes sense beyond its state and right."""
    if case.pending and name in MOVES and name != "escalate":
        return False
    test = FITS.get(name)
    return test is None or test(actor, case, involvements, exclusion)


def _by_another(actor: Actor, proposed_by: Any) -> bool:
    return str(proposed_by) != str(actor.account)


FITS: dict[str, Callable[..., bool]] = {
    "approve": lambda a, c, i, x: bool(c.pending) and _by_another(a, c.pending["by"]),
    "decline": lambda a, c, i, x: bool(c.pending),
    "acknowledge": lambda a, c, i, x: c.severity == "major" and c.acknowledged_at is None,
    "check": lambda a, c, i, x: c.severity == "major",
    "object": lambda a, c, i, x: c.lead_id in a.orgs,
    "decide-objection": lambda a, c, i, x: c.lead_id not in a.orgs,
    "answer-whistle": lambda a, c, i, x: any(
        row.role == "whistled" and row.state != "done" and row.org_id in a.orgs for row in i
    ),
    "stop-harm": lambda a, c, i, x: "stop" in c.rules and c.state not in {"done", "suspended"},
    "claim": lambda a, c, i, x: c.handler_id != a.account,
    "release": lambda a, c, i, x: a.account is not None and c.handler_id == a.account,
    "exclude": lambda a, c, i, x: x is None or x.is_accepted is False,
    "decide-exclusion": lambda a, c, i, x: (
        x is not None and x.is_accepted is None and _by_another(a, x.proposed_by)
    ),
    "reopen": lambda a, c, i, x: c.outcome != "withdrawn",
}

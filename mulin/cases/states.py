"""The states of a case and the moves between them, as one table. No state is changed anywhere else.

Order of a usual life: reported, found, accepted, dispatched, in_hand, done, confirmed, closed.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p

# state -> (word for staff, word a neighbour would say, tone of the badge)
STATES = {
    "reported": (_("已上报"), _("已收到"), "waiting"),
    "found": (_("已摸清"), _("已收到"), "waiting"),
    "accepted": (_("已受理"), _("已受理"), "waiting"),
    "dispatched": (_("已派出"), _("已派出"), "waiting"),
    "in_hand": (_("在办"), _("在办"), "active"),
    "done": (_("已办完，待确认"), _("请您确认"), "waiting"),
    "confirmed": (_("居民已确认"), _("您已确认"), "done"),
    "closed": (_("办结"), _("办结"), "done"),
    "returned": (_("有异议，待决定"), _("正在确定由谁来办"), "waiting"),
    "merged": (_("已合并"), _("已并入同一件事"), "quiet"),
    "suspended": (_("挂账"), _("暂时办不了，已说明原因"), "waiting"),
    "refused": (_("不予受理"), _("不在受理范围，已说明原因"), "quiet"),
    "reopened": (_("重新办理"), _("重新办理"), "urgent"),
}
# How it ended, once it has.
OUTCOMES = {
    "confirmed": _("居民确认已解决"),
    "unconfirmed": _("办结，居民未确认"),
    "refused": _("不予受理"),
    "merged": _("已合并"),
    "withdrawn": _("居民已撤回"),
}
OPEN = frozenset(
    {"reported", "found", "accepted", "dispatched", "in_hand", "done", "returned", "suspended", "reopened"}
)
ENDED = frozenset(STATES) - OPEN
# Whose turn it is: the community or street that must decide, or the unit that must act.
AT_DESK = frozenset({"reported", "found", "accepted", "returned", "reopened"})
AT_UNIT = frozenset({"dispatched", "in_hand"})


@dataclass(frozen=True, slots=True)
class Move:
    """A move of the table. `to` is empty where the state stays or the action computes it.

    `second_person`: another person with `cases.case:approve` must agree before it takes effect.
    `needs`: names of the fields that must be given, for forms, the API and the page's one bar of moves.
    """

    name: str
    title: object
    sources: frozenset[str]
    to: str = ""
    second_person: bool = False
    needs: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    tone: str = "plain"
    order: int = 50


def _moves(*moves: Move) -> dict[str, Move]:
    return {move.name: move for move in moves}


_FRESH = frozenset({"reported", "found", "accepted", "returned", "reopened"})

MOVES = _moves(
    Move(
        "find-facts",
        _p("move", "摸清情况"),
        frozenset({"reported", "reopened"}),
        "found",
        needs=("facts",),
        order=20,
    ),
    # "returned": the dispatcher may take an objected case back to the community instead of sending it on.
    Move(
        "accept",
        _p("move", "受理"),
        frozenset({"reported", "found", "reopened"}),
        "accepted",
        tone="main",
        order=10,
    ),
    Move(
        "dispatch",
        _p("move", "派出"),
        _FRESH - {"returned"},
        "dispatched",
        needs=("org",),
        optional=("note",),
        tone="main",
        order=15,
    ),
    Move(
        "object",
        _p("move", "提出异议"),
        frozenset({"dispatched"}),
        "returned",
        needs=("reason",),
        optional=("proposed",),
        order=40,
    ),
    # The first unit leads and may not push the case away by itself: only the dispatcher decides.
    Move(
        "decide-objection",
        _p("move", "决定异议"),
        frozenset({"returned"}),
        needs=("uphold", "reason"),
        optional=("org",),
        tone="main",
    ),
    # "accepted": handled in place by the community without being sent anywhere.
    Move(
        "start",
        _p("move", "开始办理"),
        frozenset({"accepted", "dispatched", "reopened"}),
        "in_hand",
        tone="main",
        order=12,
    ),
    Move(
        "finish",
        _p("move", "办完了"),
        frozenset({"in_hand"}),
        "done",
        needs=("done_text", "reply"),
        optional=("photos",),
        tone="main",
    ),
    # Later words are kept too: "not solved" reopens a closed case, "solved" confirms an unconfirmed one.
    Move(
        "confirm",
        _p("move", "确认"),
        frozenset({"done", "confirmed", "closed"}),
        needs=("is_solved",),
        optional=("is_satisfied", "remark"),
    ),
    # From "done" only after the recorded call-backs of the rule pack: silence is not consent.
    Move("close", _p("move", "办结"), frozenset({"confirmed", "done"}), "closed", tone="main"),
    Move(
        "suspend",
        _p("move", "挂账"),
        frozenset({"accepted", "dispatched", "in_hand"}),
        "suspended",
        second_person=True,
        needs=("reason", "review_on"),
        order=60,
    ),
    Move("resume", _p("move", "恢复办理"), frozenset({"suspended"}), needs=("reason",), tone="main"),
    Move("merge", _p("move", "合并"), OPEN - {"done"}, "merged", needs=("into",), order=70),
    Move("unmerge", _p("move", "拆分出来"), frozenset({"merged"}), needs=("reason",)),
    Move(
        "refuse",
        _p("move", "不予受理"),
        frozenset({"reported", "found", "accepted"}),
        "refused",
        second_person=True,
        needs=("reason", "reason_code"),
        order=80,
    ),
    # "done": the resident says it is not solved before anybody closed it.
    Move(
        "reopen",
        _p("move", "重新办理"),
        frozenset({"done", "confirmed", "closed", "refused"}),
        "reopened",
        needs=("reason",),
    ),
    Move("extend", _p("move", "延期一次"), OPEN - {"done", "suspended"}, needs=("reason",), order=65),
    Move("escalate", _p("move", "上报上一级"), OPEN, needs=("reason",), order=66),
    Move("whistle", _p("move", "吹哨"), OPEN - {"done", "suspended"}, needs=("orgs", "reason"), order=55),
)


def permission(move: str) -> str:
    return f"cases.case:{move.replace('-', '_')}"


def label(state: str) -> object:
    return STATES[state][0]


def neighbour_label(state: str) -> object:
    """The state as a neighbour would say it."""
    return STATES[state][1]


def tone(state: str) -> str:
    return STATES[state][2]

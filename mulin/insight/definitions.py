"""The words of the board: what every figure is called and how it is counted, printed beside it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.utils.translation import pgettext_lazy as _p


@dataclass(frozen=True, slots=True)
class Words:
    title: Any
    meaning: Any
    unit: Any = ""


_PIECES, _VOICES = _("件"), _p("board", "条")

FIGURES = {
    "in": Words(_("收到"), _("这段时间收到的事，按收到那天计；合并、不计入的也在内。"), _PIECES),
    "closed": Words(_("办结"), _("这段时间办结的事，按办结那天计；不予受理、合并、撤回的不在内。"), _PIECES),
    "open": Words(_("现在在办"), _("此刻还没有办结的事，不论何时收到。"), _PIECES),
    "overdue": Words(_("现在超期"), _("此刻在办、有时限已过的事；挂账期间时限停走。"), _PIECES),
    "suspended": Words(_("挂账"), _("这段时间因一时办不了而挂账的次数，按挂账那天计。"), _p("board", "次")),
    "reopened": Words(_("重新办理"), _("这段时间重新办理的次数，按重新办理那天计。"), _p("board", "次")),
    "refused": Words(_("不予受理"), _("这段时间不予受理的事，须第二人同意并向居民说明原因。"), _PIECES),
    "merged": Words(_p("board", "合并"), _("这段时间收到、并入同一件事的，不重复计算。"), _PIECES),
    "excluded": Words(_("不计入"), _("这段时间收到、经第二人审定不计入三率的。"), _PIECES),
    "done": Words(_p("board", "办完"), _("这段时间办完、答复了居民的事，按办完那天计。"), _PIECES),
    "voices": Words(
        _("说的话"), _("这段时间收到的诉求，按收到那天计；一件事可以有多条。"), _p("board", "条")
    ),
    "uncounted": Words(_("合并和不计入"), _("合并的与不计入的合计。"), _PIECES),
    "valid": Words(_("有效的事"), _("收到的，减去合并的，再减去不计入的。"), _PIECES),
    "in_time": Words(_("按时回应"), _("在回应时限内联系了居民的。"), _PIECES),
    "late": Words(_("迟了回应"), _("过了回应时限才联系的。"), _PIECES),
    "not_in_time": Words(_("没有按时回应"), _("过时才回应的，和还没有回应的。"), _PIECES),
    "solved_yes": Words(_("说已解决"), _("居民确认或回访时说已解决的。"), _PIECES),
    "solved_no": Words(_("说没解决"), _("居民确认或回访时说没有解决的。"), _PIECES),
    "solved_unknown": Words(_("没问到"), _("按规定次数回访没有问到，以“未确认”办结的。"), _PIECES),
    "satisfied_yes": Words(_("说满意"), _("居民评价或回访时说满意的。"), _PIECES),
    "satisfied_no": Words(_("说不满意"), _("居民评价或回访时说不满意的。"), _PIECES),
}

RATES = {
    "response_rate": Words(
        _("响应率"),
        _(
            "响应率 = 在回应时限内联系了居民的事 ÷ 有效的事。"
            "有效 = 收到的 − 合并的 − 经审定不计入的。按收到那天计。"
        ),
    ),
    "resolution_rate": Words(
        _("解决率"),
        _(
            "解决率 = 居民说已解决的事 ÷ 问到了结果的事。"
            "没问到的、合并的、经审定不计入的不在内。按收到那天计。"
        ),
    ),
    "satisfaction_rate": Words(
        _("满意率"),
        _("满意率 = 居民说满意的事 ÷ 问到了评价的事。合并的、经审定不计入的不在内。按收到那天计。"),
    ),
}

PERIODS = {
    "week": _("近 7 天"),
    "month": _("近 30 天"),
    "quarter": _("近 90 天"),
    "year": _("近一年"),
    "custom": _("自选日期"),
}

NOTE_HIDDEN = _("小于 5 的数字不显示，标“<5”；为了不被倒推，另有一些数字也不显示，标“—”。")
NOTE_SMALL_AREA = _("一个社区的数字小：时间选得越长，能显示的越多。")
NOTE_NO_RANKING = _("三率各看各的，不加权、不合成分数，也不给任何人排名。")


def both(text: Any) -> dict[str, str]:
    """A text in both languages, for answers that machines read."""
    words = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with override(language):
            words[key] = str(text)
    return words

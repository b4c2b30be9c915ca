"""The words and moves of sharing."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.mutualaid.sharing import windows as week

KINDS = {"parking": _("车位"), "thing": _("东西")}
ICONS = {"parking": "car", "thing": "hand-over"}
PER = {"hour": _("一小时"), "day": _("一天")}

OFFERS = {
    "asked": _("等社区看一眼"),
    "open": _("可以约"),
    "paused": _("暂时不借"),
    "closed": _("不再出借"),
    "declined": _("没有挂出来"),
}
OFFER_TONES = {
    "asked": ("wait", "clock"), "open": ("done", "check"), "paused": ("", "pause"), "closed": ("", "ban"),
    "declined": ("", "ban"),
}  # fmt: skip
OFFER_MOVES: dict[str, tuple[str, ...]] = {
    "asked": ("open", "declined", "closed"),
    "open": ("paused", "closed"),
    "paused": ("open", "closed"),
    # What was not shown can be put right and asked again.
    "declined": ("asked", "closed"),
    "closed": (),
}

USES = {
    "booked": _("约好了"),
    "in_use": _("正在用"),
    "done": _("用完了"),
    "cancelled": _("取消了"),
    "no_show": _("出借人说没有来"),
}
USE_TONES = {
    "booked": ("", "calendar"), "in_use": ("", "key"), "done": ("done", "check"), "cancelled": ("", "ban"),
    "no_show": ("wait", "question"),
}  # fmt: skip
LIVE = ("booked", "in_use")
USE_MOVES: dict[str, tuple[str, ...]] = {
    "booked": ("in_use", "done", "cancelled", "no_show"),
    "in_use": ("done",),
    "done": (),
    "cancelled": (),
    # An objection was right: it counts as used.
    "no_show": ("done",),
}
OBJECTIONS = {
    "waiting": _("有异议，社区在核实"),
    "upheld": _("核实过，来了"),
    "dismissed": _("核实过，没有来"),
}
DAMAGES = {
    "told": _("等对方回话"),
    "answered": _("等社区和双方商量"),
    "settled": pgettext_lazy("damage", "说好了"),
}
DEPOSITS = {
    "due": _("押金还没交"),
    "held": _("押金社区收着"),
    "returned": _("押金退了"),
    "kept": _("押金赔给了出借人"),
}
LINES = {
    "fee": _("借用费"),
    "paid": _("交给社区"),
    "paid_out": _("社区付给出借人"),
    "deposit": _("收押金"),
    "deposit_back": _("退押金"),
    "deposit_kept": _("押金赔偿"),
}
DAYS = (
    pgettext_lazy("weekday", "周一"), pgettext_lazy("weekday", "周二"), pgettext_lazy("weekday", "周三"),
    pgettext_lazy("weekday", "周四"), pgettext_lazy("weekday", "周五"), pgettext_lazy("weekday", "周六"),
    pgettext_lazy("weekday", "周日"),
)  # fmt: skip


def badge(words: dict, tones: dict, state: str) -> dict[str, str]:
    tone, icon = tones[state]
    return {"label": str(words[state]), "tone": tone, "icon": icon, "code": state}


def offer_badge(state: str) -> dict[str, str]:
    return badge(OFFERS, OFFER_TONES, state)


def use_badge(state: str) -> dict[str, str]:
    return badge(USES, USE_TONES, state)


def hours_words(windows: list) -> list[str]:
    """`周一至周五 18:00–次日 08:00`, a line for each pair of hours."""
    said = []
    for days, begins, ends, next_day in week.grouped(windows):
        if begins == "00:00" and ends in {"00:00", "24:00"}:
            hours = _now("全天")
        elif next_day:
            hours = _now("%(begins)s到第二天 %(ends)s") % {"begins": begins, "ends": ends}
        else:
            hours = _now("%(begins)s到 %(ends)s") % {"begins": begins, "ends": ends}
        said.append(f"{_days(days)} {hours}")
    return said


def _days(days: list[int]) -> str:
    if days == list(range(1, 8)):
        return _now("每天")
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return _now("%(first)s至%(last)s") % {"first": DAYS[days[0] - 1], "last": DAYS[days[-1] - 1]}
    return _now("、").join(str(DAYS[n - 1]) for n in days)

"""Words of teachers and weeks: states, refusals, broken rules."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

TEACHER_STATES = {
    "offered": (gettext_lazy("想来教，还没谈"), "wait", "clock"),
    "ready": (gettext_lazy("可以排课"), "done", "check"),
    "resting": (gettext_lazy("歇一阵"), "", "moon"),
    "declined": (gettext_lazy("这次没请"), "", "circle"),
}
WEEK_STATES = {
    "draft": (gettext_lazy("还没排"), "", "edit"),
    "solving": (gettext_lazy("正在排"), "wait", "clock"),
    "proposed": (gettext_lazy("排好了，没公布"), "wait", "calendar"),
    "publishing": (gettext_lazy("正在公布"), "wait", "clock"),
    "published": (gettext_lazy("公布了"), "done", "check"),
}
DAYS = {
    1: gettext_lazy("周一"), 2: gettext_lazy("周二"), 3: gettext_lazy("周三"), 4: gettext_lazy("周四"),
    5: gettext_lazy("周五"), 6: gettext_lazy("周六"), 7: gettext_lazy("周日"),
}  # fmt: skip
# How long the plan may be worked on, in seconds.
SECONDS = {
    5: gettext_lazy("5 秒，改一两处够了"),
    20: gettext_lazy("20 秒"),
    60: gettext_lazy("60 秒，排得最满"),
}
# Rules that a clerk may put aside when a session is pinned, by their name in the engine.
DESPITE = {
    "slots": gettext_lazy("时间不在点单的人选的时段里"),
    "hours": gettext_lazy("场地那时不开"),
    "capacity": gettext_lazy("场地坐不下"),
    "equipment": gettext_lazy("场地没有要的设备"),
    "reach": gettext_lazy("场地在别的社区"),
    "owner": gettext_lazy("场地主人定了别的用法"),
    "teacher_times": gettext_lazy("老师那时没空"),
    "venue_most": gettext_lazy("场地的次数用满了"),
    "teacher_most": gettext_lazy("老师的次数用满了"),
    "group_most": gettext_lazy("这个社团一周的次数用满了"),
}
# Which of them each broken rule belongs to; a rule that is not here cannot be put aside.
ASIDE = {
    "outside_slots": "slots", "venue_closed": "hours", "too_small": "capacity", "no_equipment": "equipment",
    "out_of_reach": "reach", "owner_age": "owner", "owner_place": "owner", "owner_theme": "owner",
    "owner_size": "owner", "owner_quiet": "owner", "teacher_away": "teacher_times",
    "venue_day_most": "venue_most", "venue_week_most": "venue_most", "teacher_day_most": "teacher_most",
    "teacher_week_most": "teacher_most", "group_day_most": "group_most", "group_week_most": "group_most",
}  # fmt: skip
CLASHES = {
    "venue_clash": gettext_lazy("和“%(other)s”抢同一个场地"),
    "teacher_clash": gettext_lazy("和“%(other)s”抢同一位老师"),
    "group_clash": gettext_lazy("和“%(other)s”撞了：是同一个社团"),
    "person_clash": gettext_lazy("和“%(other)s”撞了：有人两门都点了"),
}
BLOCKS = {
    "off_grid": gettext_lazy("开始时间要在整点或半点"),
    "length": gettext_lazy("时长对不上"),
    "no_teacher": gettext_lazy("这门课要有老师"),
    "needless_teacher": gettext_lazy("这门不用老师"),
    "no_skill": gettext_lazy("这位老师不教这一门，或者没有教孩子要的记录查询"),
    "teacher_place": gettext_lazy("这位老师不到这个社区来"),
    "unknown_order": gettext_lazy("这门课不在这一周里了"),
    "unknown_venue": gettext_lazy("这个场地不在这一周里"),
    "unknown_teacher": gettext_lazy("这位老师不在这一周里"),
    "pin_moved": gettext_lazy("和钉住的对不上"),
    "twice": gettext_lazy("排了两次"),
    "forgotten": gettext_lazy("漏掉了"),
    "figures": gettext_lazy("数字对不上"),
}


def badge(table: dict[str, tuple[Any, str, str]], state: str) -> dict[str, str]:
    label, tone, icon = table[state]
    return {"label": str(label), "tone": tone, "icon": icon, "code": state}


def refused(reason: dict[str, Any], theme: str) -> str:
    """Why a wish is not in the plan, in a sentence that says what would help. All codes of
    docs/timetable.md, and those from before the plan."""
    words = _REFUSED.get(reason["code"])
    return str(words) % {**reason, "theme": theme} if words else _("没有排上。")


# What is said for each code of docs/timetable.md, with its figures; the last ones are from before the plan.
_REFUSED: dict[str, Any] = {
    "slots_too_short": gettext_lazy("大家选的时段都不够 %(minutes)s 分钟。问问能不能放宽时间。"),
    "no_venue": gettext_lazy("附近没有登记的场地。先登记一间闲着的房。"),
    "too_small": gettext_lazy("有 %(size)s 人，最大的场地只坐 %(largest)s 人。分两班，或借大一点的。"),
    "no_equipment": gettext_lazy("附近没有一处场地有要用的设备。"),
    "owner_rules": gettext_lazy("附近的场地主人都定了别的用法。和场地主人商量一下。"),
    "unsuitable": gettext_lazy(
        "%(venues)s 处场地都不合适：%(too_small)s 处坐不下，%(not_equipped)s 处缺设备，%(owner)s 处另有规定。"
    ),
    "rooms_closed": gettext_lazy("大家选的时段里，合适的 %(venues)s 处场地都不开，或已有别的安排。"),
    "no_teacher": gettext_lazy("还没有能教“%(theme)s”的老师。看看谁说过“我能”。"),
    "no_checked_teacher": gettext_lazy(
        "能教“%(theme)s”的老师没有在有效期内的记录查询，不能排给孩子。先给老师办查询。"
    ),
    "no_checked_leader": gettext_lazy(
        "孩子自己来的社团，要领队有在有效期内的记录查询。请领队到“老师”里登记，记下查询再排。"
    ),
    "never_together": gettext_lazy(
        "场地开着的有 %(room_open)s 个时间，老师有空的有 %(teacher_there)s 个，碰不到一起。问问老师能不能换。"
    ),
    "rooms_full": gettext_lazy(
        "能开的 %(starts)s 个时间里，有 %(no_room)s 个场地都占了。多开一间房，或换个时段。"
    ),
    "teachers_full": gettext_lazy(
        "能开的 %(starts)s 个时间里，有 %(no_teacher)s 个老师都有课。再请一位老师就能开。"
    ),
    "group_busy": gettext_lazy(
        "能开的 %(starts)s 个时间里，有 %(busy)s 个点单的人有别的课，或社团的次数用满了。换个时段再排。"
    ),
    "too_few": gettext_lazy("才 %(people)s 人，满 %(least)s 人再开。"),
    "left_out": gettext_lazy("您先拿出来的，这次不排。"),
}
REFUSAL_CODES = frozenset(_REFUSED)


def shown_window(one: dict[str, Any]) -> str:
    """周三 14:00–16:00"""
    return _("%(day)s %(from)s–%(to)s") % {**one, "day": DAYS[one["day"]]}

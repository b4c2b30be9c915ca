"""How times, wishes and reasons are said."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mulin.kernel import rulebook


def is_english() -> bool:
    return (get_language() or "").startswith("en")


def entries(rule: str, place: str) -> list[tuple[str, str]]:
    """The list that a rule holds, as (code, word in the current language)."""
    key = "en" if is_english() else "zh"
    return [(one["code"], one.get(key) or one["zh"]) for one in rulebook.value(rule, at=place)]


def words(rule: str, place: str, codes: Iterable[str]) -> str:
    known = dict(entries(rule, place))
    return _("、").join(known.get(one, one) for one in codes)


def day_name(day: int) -> str:
    names = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
    return names[day - 1]


def windows(rows: Iterable[dict[str, Any]]) -> str:
    """`周一、周三 16:30–17:30；周六 09:00–11:00`."""
    together: dict[tuple[str, str], list[int]] = {}
    for one in rows:
        together.setdefault((one["from"], one["to"]), []).append(one["day"])
    said = []
    for (begins, ends), days in sorted(together.items(), key=lambda pair: (min(pair[1]), pair[0])):
        said.append(f"{_days(sorted(set(days)))} {begins}–{ends}")
    return _("；").join(said)


def _days(days: list[int]) -> str:
    if days == list(range(1, 8)):
        return _("每天")
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return _("%(first)s到%(last)s") % {"first": day_name(days[0]), "last": day_name(days[-1])}
    return _("、").join(day_name(one) for one in days)


def reason(one: dict[str, Any], place: str, times: str) -> str:
    """One reason of a suggestion as a sentence."""
    code = one["code"]
    if code == "near":
        return _("住得近，直线约 %(m)s 米") % {"m": one["m"]}
    if code == "language":
        return _("都说%(what)s") % {"what": words("aid.languages", place, one["of"])}
    if code == "wish":
        return _("合您的希望：%(what)s") % {"what": words("aid.wishes", place, one["of"])}
    plain = {
        "same_building": _("同一栋楼"),
        "same_estate": _("同一个小区"),
        "known": _("以前帮过这一家"),
        "hours": _("时间合得上：%(times)s") % {"times": times},
    }
    return plain.get(code, code)


def reasons(offer: Any, place: str) -> list[str]:
    times = windows(offer.windows)
    return [reason(one, place, times) for one in offer.reasons]


def minutes(n: int) -> str:
    """`1 小时 30 分`."""
    hours, rest = divmod(int(n), 60)
    if hours and rest:
        return _("%(h)s 小时 %(m)s 分") % {"h": hours, "m": rest}
    return _("%(h)s 小时") % {"h": hours} if hours else _("%(m)s 分钟") % {"m": rest}

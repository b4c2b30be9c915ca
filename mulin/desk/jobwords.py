"""Long work in words: what each kind is called and what its result counts. The administration and the desk
both read these; a kind that is not here would show its code."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.kernel.models import Job

KINDS = {
    "voices.import": _("导入诉求"),
    "voices.train": _("训练分类"),
    "desk.export": _("导出 Excel"),
    "places.import": _("导入区划表"),
    "desk.journal_verify": _("校验日志"),
    "desk.journal_export": _("导出日志"),
    "desk.reorganise": _("区划调整"),
    "councils.opinion_map": _("重算意见图"),
    "councils.opinions_mix": _("打乱表态的先后"),
    "academy.week_solve": _("排一周的课"),
    "academy.week_publish": _("公布一周的课"),
}
COUNTS = {
    "created": _("新增"),
    "changed": _("更名"),
    "unchanged": _("没变"),
    "skipped": _("已经有，跳过"),
    "rejected": _("用不了"),
    "rows": pgettext_lazy("count", "导出"),
    "lessons": _("从更正里学"),
    "labels": _("类别"),
    "entries": _("日志"),
    "chains": _("链"),
    "streets": _("镇街"),
    "moved": _("社区换代码"),
    "unresolved": _("对不上"),
}


def title(job: Job) -> Any:
    return KINDS.get(job.kind, _("长活"))


def result(job: Job) -> dict[str, Any]:
    return job.result if isinstance(job.result, dict) else {}


def counts(job: Job) -> list[tuple[Any, Any]]:
    """(what, how many) of a job's result."""
    found = result(job)
    return [(label, found[name]) for name, label in COUNTS.items() if name in found]

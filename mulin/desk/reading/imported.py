"""What an import brought in, and what a file for it may hold."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.kernel import clock
from mulin.kernel.actors import Actor
from mulin.kernel.models import Job
from mulin.voices import queries
from mulin.voices.files import COLUMNS
from mulin.voices.models import Matter, Voice

SHOWN = 100
# What each column is for, in the order in which the page names them.
MEANT = {
    "body": _("说了什么。必须有它或“主题”"),
    "subject": _("一句话的题目"),
    "id": _("原来的编号，同一编号和内容不会导入两次"),
    "time": _("什么时候说的，如 2026-01-31 15:20"),
    "place": _("社区名或 12 位区划代码"),
    "address": _("门牌、路口、店名"),
    "lon": _("WGS84，小数"),
    "lat": _("WGS84，小数"),
    "kind": _("求助、投诉等，照目录里的叫法；不填就由系统建议"),
    "category": _("类别的名称或代码；不填就由系统建议"),
    "channel": _("电话、窗口等；不填就是文件导入"),
    "contact": _("电话，封存起来，用时要写用途"),
    "user": _("原系统里的用户，只用来认出重复的行"),
}


def columns() -> list[dict[str, Any]]:
    """Every column that is read: the name to write, the other names it goes by, and what it means."""
    found = []
    for column, meant in MEANT.items():
        chinese = [name for name in COLUMNS[column] if not name.isascii()]
        others = [name for name in COLUMNS[column] if name != chinese[0]]
        found.append({"name": chinese[0], "others": others, "meant": meant})
    return found


def brought_in(actor: Actor, job: Job) -> list[dict[str, str]]:
    """The first matters of the rows that this job took, as far as the actor sees them."""
    if job.kind != "voices.import":
        return []
    rows = _matters(job).filter(pk__in=queries.visible_matters(actor).values("pk")).order_by("id")[:SHOWN]
    return [
        {
            "number": one.number,
            "title": one.title,
            "url": reverse("desk:case" if one.way == "case" else "desk:wish", args=[one.number]),
        }
        for one in rows
    ]


def _matters(job: Job) -> QuerySet[Matter]:
    """By who sent the file and when the worker read it: a row says nothing else of the job it came with."""
    until = job.finished_at or clock.now()
    voices = Voice.objects.filter(
        entered_by=job.account_id, idempotency__startswith="file:", created_at__range=(job.created_at, until)
    )
    return Matter.objects.filter(pk__in=voices.values("matter"))

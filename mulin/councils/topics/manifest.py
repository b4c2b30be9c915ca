"""What this part tells the house about itself."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.councils.steps import StepKind
from mulin.councils.topics import inbox, naming, survey_step, ways
from mulin.kernel.registry import PUBLIC, Module, NavItem, NoticeRule, Sentence
from mulin.voices import access

_STEP = {"step": naming.step}
_PROCESS = {"process": naming.process}

SENTENCES = {
    "councils.topic.drafted": Sentence(_("起草了一个议题，流程是“%(process)s”"), labels=_PROCESS),
    "councils.topic.edited": Sentence(_("改了议题的说明或日程")),
    "councils.topic.discarded": Sentence(_("删去了没有公布的议题")),
    "councils.topic.announced": Sentence(
        _("公布了议题，请大家一起商量：%(process)s"), PUBLIC, _PROCESS, "active"
    ),
    "councils.topic.step_begun": Sentence(_("开始了这一步：%(step)s"), PUBLIC, _STEP, "active"),
    "councils.topic.step_ended": Sentence(_("做完了这一步：%(step)s"), PUBLIC, _STEP, "done"),
    "councils.topic.finished": Sentence(_("做完了最后一步：%(step)s，这件事有结果了"), PUBLIC, _STEP, "done"),
    "councils.topic.step_skipped": Sentence(
        _("这次不做这一步：%(step)s，理由已写明"), PUBLIC, _STEP, "quiet"
    ),
    "councils.topic.days_moved": Sentence(_("调整了日程"), PUBLIC),
    "councils.topic.stopped": Sentence(_("议题停下了，理由已写明"), PUBLIC, tone="quiet"),
}


def _spoke(entry: Any) -> Iterable[UUID]:
    """Everybody who spoke about the matter that the topic grew out of."""
    return access.accounts_of(entry.matter)


def _page(entry: Any) -> str:
    return reverse("councils:topic", args=[entry.data["number"]])


NOTICES = (
    NoticeRule("councils.topic.announced", _("您说的事要和大家一起商量了：%(about)s"), _spoke, _page),
    NoticeRule("councils.topic.step_begun", _("您说的事%(about)s开始了新的一步：%(step)s"), _spoke, _page),
    NoticeRule("councils.topic.finished", _("您说的事%(about)s商量出结果了"), _spoke, _page),
    NoticeRule("councils.topic.stopped", _("您说的事%(about)s的议题停下了，请看原因"), _spoke, _page),
)

PART = Module(
    name="councils.topics",
    title=_("议题"),
    sentences=SENTENCES,
    ways=(ways.WAY,),
    notices=NOTICES,
    inbox=inbox.SOURCES,
    portal_nav=(NavItem("council", _("议事"), "councils:topics", "chat", order=15),),
    desk_nav=(
        NavItem(
            "topics",
            pgettext_lazy("desk", "议事"),
            "councils_desk:topics",
            "chat",
            45,
            "councils.topic:view",
            tab=pgettext_lazy("desk", "议题"),
        ),
    ),
    providers={
        "matter.ways": ways.offers,
        "thread.councils.topic": ways.told,
        "councils.public_topics": ways.by_number,
    },
)
STEP_KINDS: tuple[StepKind, ...] = (survey_step.KIND,)

"""What this part tells the house about itself."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.academy.weeks import actions, inbox, personal_data, queries, queued
from mulin.academy.weeks.models import Teacher
from mulin.kernel.registry import (
    PUBLIC,
    RESTRICTED,
    Module,
    NavItem,
    NoticeRule,
    PersonalData,
    Sentence,
)
from mulin.voices.access import accounts_of

SENTENCES = {
    "academy.teacher.asked": Sentence(_("请进来当老师"), PUBLIC),
    "academy.teacher.edited": Sentence(_("改了老师的资料")),
    "academy.teacher.talked": Sentence(_("和老师谈过了，%(on)s")),
    "academy.teacher.checked": Sentence(_("记下老师的记录查询，%(on)s")),
    "academy.teacher.kept_apart": Sentence(
        _("记下老师的记录查询，%(on)s，不排孩子的活动，%(sessions)s 场要另请人带"), RESTRICTED
    ),
    "academy.teacher.rested": Sentence(_("老师歇一阵")),
    "academy.teacher.resumed": Sentence(_("老师又能上课了")),
    "academy.teacher.declined": Sentence(_("这次没请这位老师，原因已告知")),
    "academy.teacher.settled": Sentence(_("老师自己改了上课的时间")),
    "academy.week.opened": Sentence(_("开始排 %(monday)s 这一周，%(wishes)s 门可排")),
    "academy.week.renewed": Sentence(_("重新读了点单和场地，%(wishes)s 门可排")),
    "academy.week.solving": Sentence(_("让电脑排 %(monday)s 这一周，最多 %(seconds)s 秒")),
    "academy.week.solved": Sentence(_("排出来了：%(wishes)s 门里排上 %(served)s 门")),
    "academy.week.stopped": Sentence(_("停下了排课")),
    "academy.week.placed": Sentence(_("手工定了一门，带动 %(moved)s 门挪了时间或场地，%(dropped)s 门排不下")),
    "academy.week.unpinned": Sentence(_("松开了一门")),
    "academy.week.left_out": Sentence(_("这周先不排一门")),
    "academy.week.put_back": Sentence(_("又放回一门来排")),
    "academy.week.undone": Sentence(_("退回了一步")),
    "academy.week.discarded": Sentence(_("删掉了没有公布的一周")),
    "academy.week.publishing": Sentence(_("让电脑公布 %(monday)s 这一周的课表，大约 %(n)s 场")),
    "academy.week.not_published": Sentence(_("没有公布成，课表还留着")),
    "academy.week.published": Sentence(_("公布了 %(monday)s 这一周的课表，开 %(wishes)s 门"), PUBLIC),
    "academy.week.served": Sentence(_("开课了：%(when)s"), PUBLIC),
}


def _teacher(entry: Any) -> Iterable[UUID]:
    rows = Teacher.objects.filter(pk=entry.subject, account__isnull=False)
    return rows.values_list("account_id", flat=True)


def _own_page(entry: Any) -> str:
    return reverse("academy:teaching")


def _askers(entry: Any) -> Iterable[UUID]:
    return accounts_of(entry.matter) if entry.matter else []


def _session(entry: Any) -> str:
    return reverse("academy:session", args=[entry.data["number"]])


PART = Module(
    name="weeks",
    title="",
    sentences=SENTENCES,
    inbox=inbox.SOURCES,
    notices=(
        NoticeRule("academy.week.served", _("您点的开课了，%(when)s 第一次"), _askers, _session),
        NoticeRule("academy.teacher.asked", _("社区请您来教课，请看看时间对不对"), _teacher, _own_page),
        NoticeRule("academy.teacher.declined", _("教课的事，请看社区的答复"), _teacher, _own_page),
    ),
    desk_nav=(
        NavItem("weeks", _("排课"), "academy_desk:weeks", "calendar", 57, queries.WEEKS, "orders"),
        NavItem(
            "teachers",
            pgettext_lazy("list", "老师"),
            "academy_desk:teachers",
            "people",
            58,
            queries.TEACHERS,
            "orders",
        ),
    ),
    jobs={actions.SOLVE: actions.solve_job, queued.PUBLISH: queued.publish_job},
    personal_data=(PersonalData("teaching", _("教课"), personal_data.export, personal_data.erase),),
)

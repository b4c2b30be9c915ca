"""What this part tells the house about itself."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.councils.canvasses import inbox, personal_data, planning, stepping
from mulin.councils.canvasses.models import Canvasser
from mulin.councils.steps import StepKind
from mulin.kernel.registry import (
    PUBLIC,
    RESTRICTED,
    Module,
    NavItem,
    NoticeRule,
    Periodic,
    PersonalData,
    Sentence,
)

# Lines hold counts: no household, no stance, and not where somebody was. They outlive the campaign's records.
SENTENCES = {
    "councils.canvass.drafted": Sentence(_("准备一次敲门行动")),
    "councils.canvass.edited": Sentence(_("改了敲门行动的说明")),
    "councils.canvass.discarded": Sentence(_("删去了没有开始的敲门行动")),
    "councils.canvass.households_added": Sentence(_("敲门行动的名单加了 %(n)s 户")),
    "councils.canvass.household_removed": Sentence(_("敲门行动的名单去掉了一户")),
    "councils.canvass.leader_named": Sentence(_("敲门行动有了一位负责人，能看到住户和牵线")),
    "councils.canvass.canvasser_added": Sentence(_("请了一位邻居走访")),
    "councils.canvass.canvasser_left": Sentence(_("一位走访的人退出，交回 %(n)s 户")),
    "councils.canvass.home_set": Sentence(_("记下了走访的人住哪一户"), RESTRICTED),
    "councils.canvass.started": Sentence(_("敲门行动开始，共 %(n)s 户，目标 %(target)s"), PUBLIC),
    "councils.canvass.planned": Sentence(_("排了走访的安排，共 %(n)s 户"), RESTRICTED),
    "councils.canvass.assigned": Sentence(_("安排了一次走访"), RESTRICTED),
    "councils.canvass.given_back": Sentence(_("交回了一户，请别人去"), RESTRICTED),
    "councils.canvass.contacted": Sentence(_("记下了一户怎么说"), RESTRICTED),
    "councils.canvass.contact_undone": Sentence(_("撤销了一次记录"), RESTRICTED),
    "councils.canvass.tie_recorded": Sentence(_("有住户同意牵线"), RESTRICTED),
    "councils.canvass.tie_withdrawn": Sentence(_("有住户收回了牵线的同意，已经删除"), RESTRICTED),
    "councils.canvass.asked": Sentence(_("有人在敲门行动的页面上提问")),
    "councils.canvass.question_noted": Sentence(_("登记了走访听到的疑问")),
    "councils.canvass.question_answered": Sentence(_("公开答复了一个疑问"), PUBLIC),
    "councils.canvass.question_left": Sentence(_("决定不公开答复一个疑问，理由已记录")),
    "councils.canvass.ended": Sentence(
        _(
            "敲门行动结束。已删除：牵线 %(ties)s 条、安排 %(visits)s 条、走访记录 %(contacts)s 条、"
            "住户 %(households)s 户、走访的人 %(canvassers)s 位；只留数字"
        ),
        PUBLIC,
        tone="done",
    ),
    "councils.canvass.stopped": Sentence(
        _(
            "敲门行动提前停止。已删除：牵线 %(ties)s 条、安排 %(visits)s 条、走访记录 %(contacts)s 条、"
            "住户 %(households)s 户、走访的人 %(canvassers)s 位；只留数字"
        ),
        PUBLIC,
    ),
}


def _joined(entry: Any) -> Iterable[UUID]:
    """Who joined, as long as they are in it."""
    account = entry.data.get("account")
    rows = Canvasser.objects.filter(canvass=entry.subject, account=account) if account else ()
    return [row.account_id for row in rows]


def _doors(entry: Any) -> str:
    return reverse("councils:canvass-mine")


def _lead(entry: Any) -> str:
    return reverse("councils_desk:canvass", args=[entry.data["number"]])


PART = Module(
    name="councils.canvasses",
    title="",
    sentences=SENTENCES,
    inbox=(inbox.SOURCE,),
    desk_nav=(
        NavItem("canvasses", pgettext_lazy("desk", "敲门行动"), "councils_desk:canvasses", "home", order=49,
                permission="councils.canvass:view", within="topics"),
    ),
    notices=(
        NoticeRule(
            "councils.canvass.canvasser_added", _("请您帮忙走访邻居，打开看看是哪几户"), _joined, _doors
        ),
        NoticeRule("councils.canvass.leader_named", _("请您负责一次敲门行动"), _joined, _lead),
    ),
    periodic=(Periodic("councils-canvass-plan", 3600, planning.plan_all),),
    personal_data=(
        PersonalData(
            "councils.canvasses", _("我家在敲门行动里说的"), personal_data.export, personal_data.erase
        ),
    ),
)  # fmt: skip
STEP_KINDS: tuple[StepKind, ...] = (stepping.KIND,)

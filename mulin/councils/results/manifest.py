"""What this part tells the house about itself."""

from django.utils.translation import gettext_lazy as _

from mulin.councils.results import inbox, kinds, personal, telling
from mulin.councils.results.states import CONCERN_WORDS, FINDING_WORDS
from mulin.kernel.numbers import show_number
from mulin.kernel.registry import (
    PUBLIC,
    Module,
    NavItem,
    NoticeRule,
    PersonalData,
    Sentence,
    Subscriber,
)

_KIND = {"kind": CONCERN_WORDS.get}
_FOUND = {"kind": FINDING_WORDS.get}
_CASE = {"case": show_number}

SENTENCES = {
    "councils.finding.asked": Sentence(_("加了一件要查清的事")),
    "councils.finding.written": Sentence(_("写下了查到的%(kind)s"), PUBLIC, _FOUND),
    "councils.finding.changed": Sentence(_("改了查到的%(kind)s"), labels=_FOUND),
    "councils.finding.dropped": Sentence(_("去掉了一条查到的情况")),
    "councils.option.proposed": Sentence(_("有居民提了一个方案"), PUBLIC),
    "councils.option.written": Sentence(_("写了一个方案")),
    "councils.option.changed": Sentence(_("改了一个方案")),
    "councils.option.taken_in": Sentence(_("列入了居民提的一个方案"), PUBLIC),
    "councils.option.declined": Sentence(_("没有列入一个方案，写了理由"), PUBLIC),
    "councils.option.moved": Sentence(_("调了方案的次序")),
    "councils.concern.raised": Sentence(_("有人提了%(kind)s"), PUBLIC, _KIND),
    "councils.concern.entered": Sentence(_("登记了别人说的%(kind)s"), PUBLIC, _KIND),
    "councils.concern.answered": Sentence(_("答复了一条%(kind)s"), PUBLIC, _KIND, "done"),
    "councils.concern.answered_again": Sentence(_("改了对一条%(kind)s的答复"), PUBLIC, _KIND),
    "councils.concern.joined": Sentence(_("把相同的%(kind)s并在一起"), labels=_KIND),
    "councils.concern.parted": Sentence(_("一条%(kind)s重新单独处理"), labels=_KIND),
    "councils.concern.hidden": Sentence(_("决定不公开一条%(kind)s，理由已记录"), labels=_KIND),
    "councils.resolution.drafted": Sentence(_("起草了一份决议")),
    "councils.resolution.edited": Sentence(_("改了决议的草稿")),
    "councils.resolution.discarded": Sentence(_("删去了没有公布的决议草稿")),
    "councils.resolution.published": Sentence(_("公布了决议，公示到 %(until)s"), PUBLIC, tone="done"),
    "councils.resolution.withdrawn": Sentence(_("撤下了决议，写了理由"), PUBLIC),
    "councils.resolution.revised": Sentence(_("照撤下的决议重新起草")),
    "councils.work.planned": Sentence(_("列了一件要办的事")),
    "councils.work.changed": Sentence(_("改了一件要办的事")),
    "councils.work.dropped_plan": Sentence(_("去掉了一件要办的事")),
    "councils.work.reported": Sentence(_("写了要办的事的进展"), PUBLIC),
    "councils.work.delayed": Sentence(_("一件要办的事延到 %(until)s，写了原因"), PUBLIC, tone="waiting"),
    "councils.work.done": Sentence(_("办完了一件要办的事"), PUBLIC, tone="done"),
    "councils.work.dropped": Sentence(_("一件要办的事不做了，写了原因"), PUBLIC),
    "councils.work.again": Sentence(_("一件要办的事重新办"), PUBLIC, tone="waiting"),
    "councils.work.handed_over": Sentence(_("一件要办的事转成了事项 %(case)s"), labels=_CASE),
    "councils.work.came_back": Sentence(_("转成的事项不在受理范围，这件事要另外安排"), tone="waiting"),
    "councils.rating.published": Sentence(_("公布了评价的结果"), PUBLIC, tone="done"),
}

NOTICES = (
    NoticeRule(
        "councils.resolution.published", _("决议公布了，里面有交给您的单位办的事"), telling.owners,
        telling.resolution_page, name="owner",
    ),
    NoticeRule(
        "councils.resolution.published",
        _("您说起的事有了决议：怎么定的、谁定的、接下来办什么"),
        telling.concerned,
        telling.resolution_page,
    ),
    NoticeRule(
        "councils.resolution.withdrawn", _("决议%(about)s撤下了，页面上写着原因"), telling.concerned,
        telling.resolution_page,
    ),
    NoticeRule("councils.work.done", _("您说起的事，有一件办完了"), telling.concerned, telling.works_page),
    NoticeRule(
        "councils.work.planned", _("有一件事交给您的单位办"), telling.owner, telling.work_desk, name="owner"
    ),
    NoticeRule(
        "councils.rating.published", _("大家的评价公布了，接下来怎么办也写了"), telling.concerned,
        telling.rating_page,
    ),
    NoticeRule("councils.concern.answered", _("您提的%(kind)s有答复了"), telling.asker, telling.concern_page),
    NoticeRule("councils.concern.joined", _("您提的%(kind)s与另一条相同，合在一起答复"), telling.asker,
               telling.concern_page),
    NoticeRule("councils.option.taken_in", _("您提的方案列入了"), telling.proposer, telling.options_page),
    NoticeRule(
        "councils.option.declined", _("您提的方案没有列入，页面上写着理由"), telling.proposer,
        telling.options_page,
    ),
)  # fmt: skip

PART = Module(
    name="councils.results",
    title="",
    sentences=SENTENCES,
    notices=NOTICES,
    inbox=inbox.SOURCES,
    desk_nav=(
        NavItem(
            "resolutions", _("决议和落实"), "councils_desk:resolutions", "document", order=49,
            permission="councils.resolution:view", within="topics",
        ),
    ),
    subscribers=(Subscriber("works-follow-cases", telling.follow),),
    personal_data=(
        PersonalData("councils.results", _("我提的意见和方案"), personal.export, personal.erase),
    ),
)  # fmt: skip
STEP_KINDS = kinds.STEP_KINDS

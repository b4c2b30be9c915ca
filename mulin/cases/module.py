"""The manifest of this module: the way, the inbox, every sentence of the journal, notices, counters."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy as _p

from mulin.cases import actions, counting, following, inbox, names, notices, personal, reasons, states
from mulin.cases.ways import WAY
from mulin.kernel.numbers import show_number
from mulin.kernel.registry import (
    PUBLIC,
    InboxSource,
    Measure,
    Module,
    NoticeRule,
    Periodic,
    PersonalData,
    Recount,
    Sentence,
)

LEVELS = {
    "community": _p("level", "社区"),
    "street": _p("level", "街道"),
    "district": _p("level", "区"),
}
_MOVES = {name: states.MOVES[name].title for name in ("suspend", "refuse")}
_ANSWERS = {"arrived": _("已到场"), "done": _p("whistle", "已办完")}
_RESULTS = {
    "reached": _("联系上了"),
    "no_answer": _("没人接、没回复"),
    "wrong_number": _("号码不对"),
    "declined": _("不愿意说"),
    "no_contact": _("没有留联系方式"),
}


def _from(words: dict[str, Any]):
    return lambda code: words.get(code, code)


ORG = {"org": names.org}
REFUSAL = {"reason": lambda code: reasons.label("cases.refusal.reasons", code)}
EXCLUSION = {"reason": lambda code: reasons.label("cases.exclusion.reasons", code)}

SENTENCES = {
    "cases.case.facts_found": Sentence(_("摸清了情况")),
    "cases.case.accepted": Sentence(_("受理了这件事"), PUBLIC, tone="active"),
    "cases.case.dispatched": Sentence(_("派给了%(org)s"), PUBLIC, ORG, "active"),
    "cases.case.objected": Sentence(_("%(org)s提出：这不归它办，请派单的人决定"), labels=ORG, tone="waiting"),
    "cases.case.objection_upheld": Sentence(_("异议成立，改由%(org)s办"), PUBLIC, ORG, "active"),
    "cases.case.objection_rejected": Sentence(_("异议不成立，仍由%(org)s办"), labels=ORG),
    "cases.case.started": Sentence(_("开始办理"), PUBLIC, tone="active"),
    "cases.case.harm_stopped": Sentence(_("已经制止，还在继续处理"), PUBLIC, tone="active"),
    "cases.case.finished": Sentence(_("办完了，已把答复发给提出的居民"), PUBLIC, tone="done"),
    "cases.case.confirmed": Sentence(_("反映的人说：解决了"), PUBLIC, tone="done"),
    "cases.case.not_solved": Sentence(_("反映的人说：没有解决，重新办理"), PUBLIC, tone="urgent"),
    "cases.case.called_back": Sentence(_("回访：%(result)s"), labels={"result": _from(_RESULTS)}),
    "cases.case.closed": Sentence(
        _("办结（%(outcome)s）"), PUBLIC, {"outcome": _from(states.OUTCOMES)}, "done"
    ),
    "cases.case.reopened": Sentence(_p("line", "重新办理"), PUBLIC, tone="urgent"),
    "cases.case.suspension_proposed": Sentence(
        _("提出挂账，%(review_on)s复核，等第二个人同意"), tone="waiting"
    ),
    "cases.case.suspended": Sentence(_("暂时办不了，%(review_on)s再看"), PUBLIC, tone="waiting"),
    "cases.case.resumed": Sentence(_("恢复办理"), PUBLIC, tone="active"),
    "cases.case.refusal_proposed": Sentence(
        _("提出不予受理（%(reason)s），等第二个人同意"), labels=REFUSAL, tone="waiting"
    ),
    "cases.case.refused": Sentence(_("不在受理范围：%(reason)s"), PUBLIC, REFUSAL, "quiet"),
    "cases.case.proposal_declined": Sentence(_("没有同意“%(move)s”"), labels={"move": _from(_MOVES)}),
    "cases.case.merged": Sentence(_("并入同一件事 %(into)s"), PUBLIC, {"into": show_number}, "quiet"),
    "cases.case.unmerged": Sentence(
        _("从 %(out_of)s 拆分出来，单独办理"), PUBLIC, {"out_of": show_number}, "active"
    ),
    "cases.case.extended": Sentence(_("办理时限延长了一次，%(by)s"), PUBLIC, {"by": notices.limit_words}),
    "cases.case.escalated": Sentence(_("上报到%(level)s"), labels={"level": _from(LEVELS)}, tone="urgent"),
    "cases.case.overdue": Sentence(
        _("超期，自动上报到%(level)s"), labels={"level": _from(LEVELS)}, tone="urgent"
    ),
    "cases.case.whistled": Sentence(_("吹哨，请%(orgs)s到场"), PUBLIC, {"orgs": names.orgs}, "active"),
    "cases.case.whistle_answered": Sentence(
        _("%(org)s报到：%(answer)s"), PUBLIC, {**ORG, "answer": _from(_ANSWERS)}, "active"
    ),
    "cases.case.claimed": Sentence(_("认领了，开始经办")),
    "cases.case.released": Sentence(_("放下了，等人认领")),
    "cases.case.assigned": Sentence(_("转交了经办人")),
    "cases.case.noted": Sentence(_("写了一条内部备注")),
    "cases.case.exclusion_proposed": Sentence(
        _("提出不计入考核（%(reason)s），等第二个人同意"), labels=EXCLUSION, tone="waiting"
    ),
    "cases.case.excluded": Sentence(_("经复核，这件事不计入考核：%(reason)s"), PUBLIC, EXCLUSION),
    "cases.case.exclusion_declined": Sentence(_("不同意剔除，照常计入考核"), labels=EXCLUSION),
    "cases.case.acknowledged": Sentence(_("已知悉，正在处置"), PUBLIC, tone="active"),
    "cases.case.checked": Sentence(_("更新了现场清单")),
    "cases.route.set": Sentence(_("设定了派单路由")),
    "cases.route.deleted": Sentence(_("删除了派单路由")),
    "cases.template.set": Sentence(_("保存了答复模板")),
    "cases.template.deleted": Sentence(_("删除了答复模板")),
    "cases.view.saved": Sentence(_("保存了一个视图")),
    "cases.view.deleted": Sentence(_("删除了一个视图")),
}


def _told(
    code: str, text: Any, recipients: Any, *, urgent: bool = False, resident: bool = False, name: str = ""
) -> NoticeRule:
    url = notices.resident_url if resident else notices.desk_url
    return NoticeRule(code, text, recipients, url, is_urgent=urgent, name=name)


NOTICES = (
    _told("cases.case.accepted", _("您反映的事%(about)s已受理"), notices.people, resident=True),
    _told("cases.case.dispatched", _("有一件事派给了您的单位：%(about)s"), notices.lead_unit),
    _told("cases.case.objected", _("%(about)s有异议，等您决定"), notices.deciders),
    _told("cases.case.objection_rejected", _("%(about)s的异议没有成立，请继续办理"), notices.lead_unit),
    _told("cases.case.objection_upheld", _("%(about)s改派给了您的单位"), notices.lead_unit),
    _told("cases.case.started", _("您反映的事%(about)s开始办理"), notices.people, resident=True),
    _told(
        "cases.case.finished",
        _("您反映的事%(about)s有了答复，请您看看解决了没有"),
        notices.people,
        resident=True,
    ),
    _told(
        "cases.case.called_back",
        _("社区想问：您反映的事%(about)s解决了吗？请来说一声"),
        notices.asked_by_message,
        resident=True,
    ),
    _told("cases.case.not_solved", _("居民说%(about)s没有解决，请重新办理"), notices.lead_or_desk),
    _told("cases.case.reopened", _("%(about)s要重新办理"), notices.lead_or_desk),
    _told("cases.case.closed", _("您反映的事%(about)s已办结"), notices.people, resident=True),
    _told("cases.case.suspension_proposed", _("%(about)s提出挂账，等第二个人同意"), notices.approvers),
    _told("cases.case.refusal_proposed", _("%(about)s提出不予受理，等第二个人同意"), notices.approvers),
    _told("cases.case.exclusion_proposed", _("%(about)s提出不计入考核，等第二个人同意"), notices.approvers),
    _told("cases.case.proposal_declined", _("您对%(about)s的提议没有获得同意"), notices.proposer),
    _told(
        "cases.case.suspended",
        _("您反映的事%(about)s暂时办不了，原因已写明"),
        notices.people,
        resident=True,
    ),
    _told("cases.case.resumed", _("您反映的事%(about)s恢复办理"), notices.people, resident=True),
    _told(
        "cases.case.refused",
        _("您反映的事%(about)s不在受理范围，原因已写明"),
        notices.people,
        resident=True,
    ),
    _told(
        "cases.case.extended",
        _("您反映的事%(about)s延期了一次，原因已写明"),
        notices.people,
        resident=True,
    ),
    _told(
        "cases.case.excluded",
        _("您反映的事%(about)s不计入考核，原因已写明"),
        notices.people,
        resident=True,
    ),
    _told(
        "cases.case.merged",
        _("您反映的事%(about)s并入了同一件事，进展照样告诉您"),
        notices.people,
        resident=True,
    ),
    _told("cases.case.whistled", _("请到场：%(about)s"), notices.called_units, urgent=True),
    _told("cases.case.whistle_answered", _("%(about)s：被请的单位答复了"), notices.desk),
    _told("cases.case.escalated", _("%(about)s上报到您这一级"), notices.level_above),
    _told("cases.case.overdue", _("%(about)s超期，上报到您这一级"), notices.level_above),
    _told("cases.case.assigned", _("%(about)s转交给您经办"), notices.handler),
    _told("voices.voice.submitted", _("大事：%(about)s，请马上知悉并处置"), notices.major, urgent=True),
    _told(
        "voices.matter.recategorised",
        _("改为大事：%(about)s，请马上知悉并处置"),
        notices.became_major,
        urgent=True,
        name="major",
    ),
    _told(
        "voices.matter.relocated",
        _("大事转到您这里：%(about)s，请马上知悉并处置"),
        notices.major_moved,
        urgent=True,
        name="major",
    ),
)

MODULE = Module(
    name="cases",
    title=_("办事"),
    sentences=SENTENCES,
    ways=(WAY,),
    inbox=(InboxSource("cases", _("等我办的事"), inbox.items, inbox.count),),
    measures=(
        Measure("cases.now", _("现在的状态")),
        Measure("cases.open", _("现在还没有办结的"), by="now"),
        Measure("cases.opened", _("收到的事项")),
        Measure("cases.done", _("办完的"), by="event"),
        Measure("cases.closed", _("办结的"), by="event"),
        Measure("cases.reopened", _("重新办理的"), by="event"),
        Measure("cases.suspended", _("挂账的"), by="event"),
        Measure("cases.responded", _("响应的")),
        Measure("cases.solved", _("说解决了没有的")),
        Measure("cases.satisfied", _("说满意不满意的")),
        Measure("cases.excluded", _("剔除的")),
        Measure("cases.merged", _("合并的")),
    ),
    notices=NOTICES,
    periodic=(
        Periodic("cases-overdue", 60, actions.escalate_overdue),
        Periodic("cases-close-confirmed", 600, actions.close_confirmed),
    ),
    recounts=(Recount(counting.MEASURES, counting.recount, counting.nth_place),),
    personal_data=(PersonalData("cases", _("办事"), personal.export, personal.erase),),
    providers={
        "voices.matters_of_units": notices.matters_of_units,
        "voices.units_of_matter": notices.units_of_matter,
        "cases.units_at_work": notices.units_at_work,
        "voices.forget_words": personal.forget_words,
        "cases.progress_of": following.progress_of,
        "cases.send": following.send,
    },
)

"""What this part tells the house about itself."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.councils.meetings import delegates, inbox, personal_data, queries, states, stepping
from mulin.councils.meetings.catalogue import types, word
from mulin.councils.meetings.models import AgendaProposal, Meeting
from mulin.councils.steps import StepKind
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


def _duty(key: str) -> str:
    return next((str(one) for kind in types().values() for one in kind.tell if one.key == key), key)


def _worded(words: dict[str, Any], blank: str = "") -> Any:
    return lambda code: words.get(code, blank or code)


_WORDS = {
    "type": word,
    "to": word,
    "duty": _duty,
    "decision": _worded({**states.DECISIONS, "": _("票数已记，规则没填，暂不认定")}),
    "state": _worded(
        {**states.ACTION_WORDS, **states.ATTENDANCE_WORDS, "member": _("算应到"), "guest": _("算列席")}
    ),
}


def _say(text: Any, audience: str = "staff") -> Sentence:
    return Sentence(text, audience, _WORDS)


SENTENCES = {
    "councils.meeting.drafted": _say(_("起草了一次%(type)s")),
    "councils.meeting.edited": _say(_("改了%(type)s的安排")),
    "councils.meeting.announced": _say(_("通知了%(type)s：%(when)s，议程 %(n)s 项"), PUBLIC),
    "councils.meeting.told": _say(_("已告知%(duty)s")),
    "councils.meeting.changed": _say(_("%(type)s改到 %(when)s，理由已公开"), PUBLIC),
    "councils.meeting.cancelled": _say(_("%(type)s不开了，理由已公开"), PUBLIC),
    "councils.meeting.discarded": _say(_("删去了没有通知的%(type)s")),
    "councils.meeting.opened": _say(_("%(type)s开始签到")),
    "councils.meeting.held": _say(_("开了%(type)s，到了 %(present)s 人"), PUBLIC),
    "councils.meeting.minutes_saved": _say(_("写了%(type)s的记录")),
    "councils.meeting.confirmed": _say(_("确认了%(type)s的记录")),
    "councils.meeting.reopened": _say(_("收回%(type)s的记录来改")),
    "councils.meeting.published": _say(_("公布了%(type)s的记录，作了 %(n)s 项决定"), PUBLIC),
    "councils.meeting.action_added": _say(_("会上定了一件要办的事")),
    "councils.meeting.action_ended": _say(_("会上定的一件事：%(state)s")),
    "councils.agenda.added": _say(_("议程加了第 %(n)s 项")),
    "councils.agenda.edited": _say(_("改了议程第 %(n)s 项")),
    "councils.agenda.ordered": _say(_("调了议程的先后")),
    "councils.agenda.removed": _say(_("从议程去掉一项")),
    "councils.agenda.moved": _say(_("一项议题从%(type)s转到%(to)s")),
    "councils.agenda.decided": _say(_("议程第 %(n)s 项：%(decision)s")),
    "councils.agenda.proposed": _say(_("有人提了一个议题")),
    "councils.agenda.taken": _say(_("提的议题列进了议程")),
    "councils.agenda.declined": _say(_("提的议题没有列入，理由已记录")),
    "councils.attendance.listed": _say(_("名单加了 %(n)s 人")),
    "councils.attendance.marked": _say(_("签到：%(state)s")),
    "councils.attendance.removed": _say(_("从名单去掉一人")),
    "councils.attendance.counted": _say(_("清点到场，名单外 %(n)s 人")),
    "councils.attendance.checked_in": _say(_("扫码签到"), RESTRICTED),
}


def _meeting(entry: Any) -> Meeting | None:
    return Meeting.objects.filter(pk=entry.subject).select_related("topic").first()


def _concerned(entry: Any) -> Iterable[UUID]:
    """Who should come, who asked for an item, and who spoke about what is on the agenda."""
    meeting = _meeting(entry)
    if meeting is None:
        return []
    found = queries.others_told(meeting)
    for matter in meeting.items.filter(matter__isnull=False).values_list("matter", flat=True).distinct():
        found += accounts_of(matter)
    return dict.fromkeys(found)


def _proposer(entry: Any) -> Iterable[UUID]:
    found = AgendaProposal.objects.filter(pk=entry.subject, account__isnull=False)
    return found.values_list("account_id", flat=True)


def _page(entry: Any) -> str:
    return reverse("councils:meeting", args=[entry.data["number"]])


def _page_of_proposal(entry: Any) -> str:
    if number := entry.data.get("number"):
        found = queries.announced().filter(number=number).exists()
        if found:
            return reverse("councils:meeting", args=[number])
    return reverse("councils:meetings-of", args=[entry.place])


NOTICES = (
    NoticeRule("councils.meeting.announced", _("%(type)s定在 %(when)s，请看议程"), _concerned, _page),
    NoticeRule(
        "councils.meeting.changed", _("%(type)s改了时间或地点：%(when)s"), _concerned, _page, is_urgent=True
    ),
    NoticeRule(
        "councils.meeting.cancelled", _("%(type)s不开了，请看原因"), _concerned, _page, is_urgent=True
    ),
    NoticeRule("councils.meeting.published", _("%(type)s的记录公布了"), _concerned, _page),
    NoticeRule("councils.agenda.taken", _("您提的议题列进了议程"), _proposer, _page_of_proposal),
    NoticeRule(
        "councils.agenda.declined", _("您提的议题这次没有列入，请看原因"), _proposer, _page_of_proposal
    ),
)

PART = Module(
    name="councils.meetings",
    title="",
    sentences=SENTENCES,
    inbox=inbox.SOURCES,
    notices=NOTICES,
    desk_nav=(
        NavItem("meetings", _("会议"), "councils_desk:meetings", "calendar", 46, queries.MANAGE, "topics"),
    ),
    personal_data=(PersonalData("meetings", _("会议"), personal_data.export, personal_data.erase),),
    providers=delegates.PROVIDERS,
)
STEP_KINDS: tuple[StepKind, ...] = (stepping.KIND,)

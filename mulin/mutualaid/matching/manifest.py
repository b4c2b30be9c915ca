"""What this part tells the house about itself."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mulin.kernel import codes
from mulin.kernel.registry import (
    PUBLIC,
    RESTRICTED,
    STAFF,
    Card,
    Module,
    NavItem,
    NoticeRule,
    Periodic,
    PersonalData,
    Sentence,
)
from mulin.mutualaid.matching import access, inbox, joining, personal_data, queries, states, stories
from mulin.mutualaid.matching.actions import pause_expired
from mulin.mutualaid.matching.catalogue import word
from mulin.mutualaid.matching.models import AidHelper, AidMatch, AidNeed
from mulin.mutualaid.matching.ways import WAY
from mulin.people.queries import holders

EXPIRY_SECONDS = 600.0
MATCHERS = {"clerk", "secretary"}


def _reason(code: str) -> str:
    return str(states.PAUSES.get(code) or states.ENDS.get(code) or code)


_WORDS: dict[str, Any] = {
    "kind": word,
    "why": _reason,
    "what": lambda code: str(states.INCIDENTS.get(code, code)),
    "side": lambda code: str(states.SIDES.get(code, code)),
    "form": lambda code: str(states.CONSENTS.get(code, code)),
    "channel": lambda code: str(states.CHANNELS.get(code, code)),
    "goes_on": lambda yes: str(_("接着做") if yes else _("到此为止")),
    "counts": lambda yes: str(_("算") if yes else _("不算")),
    "clear": lambda yes: str(_("没有问题") if yes else _("有问题")),
}


def _say(text: Any, audience: str = RESTRICTED, tone: str = "") -> Sentence:
    """Lines about two neighbours: who asks, who helps and what was checked is read on the pages of this part
    only, by those who match."""
    return Sentence(text, audience, _WORDS, tone)


SENTENCES = {
    "aid.need.asked": _say(_("提出一条求助：%(kind)s，%(channel)s")),
    "aid.need.edited": _say(_("改了求助：%(kind)s")),
    "aid.need.closed": _say(_("求助结束：%(why)s"), STAFF),
    "aid.need.suggested": _say(_("为一条求助找人，有 %(n)s 个建议")),
    "aid.matter.taken": _say(_("转到邻里互助"), PUBLIC),
    "aid.plan.made": _say(_("一起配了 %(of)s 条求助，有建议的 %(n)s 条"), STAFF),
    "aid.consent.given": _say(_("家长同意了（%(form)s）")),
    "aid.consent.withdrawn": _say(_("家长收回了同意，先停 %(paused)s 件")),
    "aid.helper.offered": _say(_("有人报名帮邻居")),
    "aid.helper.edited": _say(_("改了帮忙的登记")),
    "aid.helper.screened": _say(_("和报名的人面谈过")),
    "aid.helper.declined": _say(_("没有接收一位报名的人，理由已告诉本人")),
    "aid.helper.insured": _say(_("登记了意外险，到 %(until)s")),
    "aid.helper.on_duty": _say(_("帮忙的人上岗")),
    "aid.helper.rested": _say(_("帮忙的人歇一歇，先停 %(paused)s 件")),
    "aid.helper.ended": _say(_("帮忙的人不做了，结束 %(closed)s 件")),
    "aid.helper.joined": _say(_("社区合并，同一个人的 %(n)s 份报名并了进来，带来 %(matches)s 件")),
    "aid.training.given": _say(_("培训了 %(n)s 人，%(minutes)s 分钟"), STAFF),
    "aid.check.recorded": _say(_("登记无犯罪记录查询：%(clear)s，到 %(until)s"), RESTRICTED),
    "aid.check.withdrawn": _say(_("撤回一份无犯罪记录查询，先停 %(paused)s 件"), RESTRICTED),
    "aid.match.proposed": _say(_("问双方愿不愿意：%(kind)s")),
    "aid.match.agreed": _say(_("%(side)s答应了")),
    "aid.match.begun": _say(_("双方都答应，试到 %(until)s"), PUBLIC),
    "aid.match.declined": _say(_("没有说定")),
    "aid.match.talked": _say(_("试后谈话：%(goes_on)s")),
    "aid.match.paused": _say(_("互助先停：%(why)s")),
    "aid.match.renewed": _say(_("换了新的无犯罪记录查询，到 %(until)s")),
    "aid.match.resumed": _say(_("互助接着做")),
    "aid.match.closed": _say(_("互助结束：%(why)s"), STAFF),
    "aid.visit.noted": _say(_("记了一次服务，%(minutes)s 分钟（%(side)s）")),
    "aid.visit.confirmed": _say(_("确认了一次服务，%(minutes)s 分钟（%(side)s）")),
    "aid.visit.disputed": _say(_("一次服务双方说法不一")),
    "aid.visit.settled": _say(_("说法不一的服务有了结论：%(counts)s")),
    "aid.incident.reported": _say(_("报告了意外情况：%(what)s"), RESTRICTED, "urgent"),
    "aid.incident.closed": _say(_("意外情况处理完：%(what)s"), RESTRICTED),
    "aid.giveback.noted": _say(_("记了一次回馈")),
    # Only what the family agreed to show: that they were helped is theirs to tell.
    "aid.giveback.published": _say(_("一户得到过邻里帮助的家庭回馈了 %(times)s 次，这件事由此而来"), PUBLIC),
}


def _match(entry: Any) -> AidMatch | None:
    number = entry.data.get("match") or entry.data.get("number", "")
    return AidMatch.objects.select_related("need", "helper").filter(number=number).first()


def _both(entry: Any) -> Iterable[UUID]:
    """Both sides of a match, but for who did it."""
    match = _match(entry)
    if match is None:
        return []
    both = {match.need.account_id, match.helper.account_id}
    return both - {None, entry.actor}


def _workers(entry: Any) -> Iterable[UUID]:
    """Who matches at the community."""
    return set(holders(MATCHERS, entry.place)) - {entry.actor}


def _community_and_street(entry: Any) -> Iterable[UUID]:
    street = codes.street(entry.place)
    above = holders({"street_officer"}, street) if street else []
    return {*holders(MATCHERS, entry.place), *above} - {entry.actor}


def _of_helper(entry: Any) -> Iterable[UUID]:
    found = AidHelper.objects.filter(number=entry.data.get("number", ""), account__isnull=False)
    return set(found.values_list("account_id", flat=True)) - {entry.actor}


def _of_helpers_matches(entry: Any) -> Iterable[UUID]:
    """Families whose help stops with a helper who rests or ends."""
    found = AidMatch.objects.filter(
        helper__number=entry.data.get("number", ""), state__in=["paused", "closed"], why="helper"
    )
    return set(found.exclude(need__account=None).values_list("need__account_id", flat=True))


def _of_needs_helpers(entry: Any) -> Iterable[UUID]:
    found = AidMatch.objects.filter(need__number=entry.data.get("number", ""), state="paused", why="consent")
    return set(found.exclude(helper__account=None).values_list("helper__account_id", flat=True))


def _of_closed_need(entry: Any) -> Iterable[UUID]:
    """Helpers of what ended with a need that its family or a worker closed."""
    found = AidMatch.objects.filter(
        need__number=entry.data.get("number", ""), state="closed", closed_at=F("need__closed_at")
    )
    return set(found.exclude(helper__account=None).values_list("helper__account_id", flat=True))


def _of_need(entry: Any) -> Iterable[UUID]:
    found = AidNeed.objects.filter(number=entry.data.get("number", ""), account__isnull=False)
    return set(found.values_list("account_id", flat=True)) - {entry.actor}


def _page(name: str) -> Any:
    def url(entry: Any) -> str:
        return reverse(name, args=[entry.data.get("number", "")])

    return url


def _mine(_entry: Any) -> str:
    return reverse("aid:mine")


_MATCH, _AT_DESK = _page("aid:match"), _page("aid_desk:match")
NOTICES = (
    NoticeRule("aid.match.proposed", _("有邻居可以搭上手，请看看，愿不愿意由您"), _both, _MATCH),
    NoticeRule("aid.match.begun", _("双方都答应了，先试到 %(until)s"), _both, _MATCH),
    NoticeRule("aid.match.declined", _("这一次没有说定，社区会接着想办法"), _both, _mine),
    NoticeRule("aid.match.talked", _("试过之后：%(goes_on)s"), _both, _MATCH),
    NoticeRule("aid.match.paused", _("互助先停：%(why)s"), _both, _MATCH, is_urgent=True),
    NoticeRule("aid.match.paused", _("互助先停：%(why)s"), _workers, _AT_DESK, name="workers"),
    NoticeRule("aid.match.resumed", _("互助接着做"), _both, _MATCH),
    NoticeRule("aid.match.closed", _("互助结束了：%(why)s"), _both, _MATCH),
    NoticeRule("aid.need.closed", _("互助结束了：%(why)s"), _of_closed_need, _mine),
    NoticeRule("aid.visit.noted", _("记了一次服务，请您确认"), _both, _MATCH),
    NoticeRule("aid.visit.confirmed", _("您记的服务确认了"), _both, _MATCH),
    NoticeRule("aid.visit.disputed", _("一次服务双方说法不一，社区来了解"), _both, _MATCH),
    NoticeRule(
        "aid.consent.withdrawn", _("家长收回了同意，先停下"), _of_needs_helpers, _mine, is_urgent=True
    ),
    NoticeRule(
        "aid.consent.withdrawn", _("一位家长收回了同意"), _workers, _page("aid_desk:need"), name="workers"
    ),
    NoticeRule("aid.helper.screened", _("面谈过了，接下来参加培训"), _of_helper, _mine),
    NoticeRule("aid.helper.declined", _("这次没有接收您的报名，请看原因"), _of_helper, _mine),
    NoticeRule("aid.helper.on_duty", _("您上岗了，有合适的邻居会先问您"), _of_helper, _mine),
    NoticeRule("aid.helper.rested", _("帮您的邻居要歇一歇"), _of_helpers_matches, _mine),
    NoticeRule("aid.helper.ended", _("帮您的邻居不做了，社区再找人"), _of_helpers_matches, _mine),
    NoticeRule("aid.need.asked", _("您的求助登记好了"), _of_need, _mine),
    NoticeRule(
        "aid.incident.reported", _("互助中出了情况：%(what)s，请马上看"), _community_and_street,
        _page("aid_desk:incident"), is_urgent=True,
    ),
    NoticeRule(
        "aid.incident.reported", _("情况已经收到，互助先停着，社区马上联系"), _both, _mine, name="sides"
    ),
)  # fmt: skip

PART = Module(
    name="matching",
    title="",
    sentences=SENTENCES,
    ways=(WAY,),
    inbox=inbox.SOURCES,
    cards=(Card("aid", "mutualaid/matching/card.html", queries.card, order=42, row=True),),
    notices=NOTICES,
    desk_nav=(
        NavItem(
            "aid",
            pgettext_lazy("desk", "互助"),
            "aid_desk:needs",
            "heart",
            62,
            access.MANAGE_NEED,
            tab=pgettext_lazy("list", "求助"),
        ),
        NavItem("aid-helpers", _("帮忙的人"), "aid_desk:helpers", "people", 63, access.MANAGE_HELPER, "aid"),
        NavItem("aid-matches", _("结成的对子"), "aid_desk:matches", "heart", 64, access.MANAGE_MATCH, "aid"),
        NavItem("aid-figures", _("互助的数字"), "aid_desk:figures", "chart", 65, access.FIGURES, "aid"),
    ),
    periodic=(Periodic("aid-expired-checks", EXPIRY_SECONDS, pause_expired),),
    providers={"stories.aid": stories.stories, "following.helpers": joining.join_helpers},
    personal_data=(PersonalData("aid", _("邻里互助"), personal_data.export, personal_data.erase),),
)

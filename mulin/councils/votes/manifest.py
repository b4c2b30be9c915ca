"""What this part tells the house about itself."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mulin.councils.rosters import queries as rosters
from mulin.councils.votes import inbox, kinds, personal_data, running, states
from mulin.councils.votes.models import Vote, VoteChallenge
from mulin.kernel.links import address
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

_WORDS = {"status": states.STATUS_WORDS.get, "decision": states.DECISION_WORDS.get}

SENTENCES = {
    "councils.vote.drafted": Sentence(_("起草了一次表决")),
    "councils.vote.edited": Sentence(_("改了表决的内容")),
    "councils.vote.discarded": Sentence(_("删去了没有公告的表决")),
    "councils.vote.officers_named": Sentence(_("指定了 %(n)s 位计票人")),
    "councils.vote.key_made": Sentence(_("一位计票人领了钥匙")),
    "councils.vote.key_kept": Sentence(_("一位计票人核对了手里的钥匙")),
    "councils.vote.noticed": Sentence(_("公告表决：%(begins)s 开始，%(until)s 截止，名册 %(n)s 项"), PUBLIC),
    "councils.vote.opened": Sentence(_("开始投票，%(until)s 截止"), PUBLIC),
    "councils.vote.reminded": Sentence(_("提醒了 %(n)s 位打开选票还没有投的人")),
    "councils.vote.extended": Sentence(_("投票延到 %(until)s"), PUBLIC),
    "councils.vote.cast": Sentence(_("收到选票 %(n)s 张"), RESTRICTED),
    "councils.vote.came": Sentence(_("登记了一张纸质票到场")),
    "councils.vote.came_undone": Sentence(_("撤销了一次到场登记")),
    "councils.vote.batch_typed": Sentence(_("录了一摞纸票的第一遍，%(n)s 张")),
    "councils.vote.batch_dropped": Sentence(_("退回一摞纸票重新录，%(n)s 张")),
    "councils.vote.official_imported": Sentence(_("导入政府投票系统的票 %(n)s 张，%(refused)s 行没有收")),
    "councils.vote.papers_typed": Sentence(_("录入纸质票 %(n)s 张")),
    "councils.vote.papers_untyped": Sentence(_("清掉录入的纸质票 %(n)s 张，重新录入")),
    "councils.vote.paper_entered": Sentence(_("录入了一张记名纸质票")),
    "councils.vote.paper_withdrawn": Sentence(_("撤下了一张录错的纸质票")),
    "councils.vote.closed": Sentence(_("投票截止，%(n)s 项投了票"), PUBLIC),
    "councils.vote.counted": Sentence(_("开箱计票：%(status)s"), labels=_WORDS),
    "councils.vote.counted_again": Sentence(_("规则填好后重新计算：%(status)s"), labels=_WORDS),
    "councils.vote.certified": Sentence(_("公布表决结果：%(status)s"), PUBLIC, _WORDS, tone="done"),
    "councils.vote.archived": Sentence(_("表决归档")),
    "councils.vote.stopped": Sentence(_("表决停办，票没有打开"), PUBLIC),
    "councils.vote.challenged": Sentence(_("有人对表决提了异议")),
    "councils.vote.challenge_answered": Sentence(_("答复了对表决的异议：%(decision)s"), PUBLIC, _WORDS),
}


def _vote(entry: Any) -> Vote | None:
    return Vote.objects.select_related("roster").filter(pk=entry.subject).first()


def _roster(entry: Any) -> Iterable[UUID]:
    """Everybody who may act for a line of the roster."""
    vote = _vote(entry)
    return rosters.accounts_of(vote.roster, vote=vote.number) if vote and vote.roster else ()


def _begun(entry: Any) -> Iterable[UUID]:
    vote = _vote(entry)
    return vote.begun.values_list("account_id", flat=True) if vote else ()


def _challenger(entry: Any) -> Iterable[UUID]:
    found = VoteChallenge.objects.filter(~Q(account=None), number=entry.data.get("of", ""))
    return found.values_list("account_id", flat=True)


def _page(entry: Any) -> str:
    return address("councils:vote", entry.data.get("number", ""), otherwise="/council/")


NOTICES = (
    NoticeRule(
        "councils.vote.noticed", _("有一次表决请您参加：%(begins)s 开始，%(until)s 截止"), _roster, _page
    ),
    NoticeRule("councils.vote.opened", _("表决开始了，%(until)s 前都可以投"), _roster, _page),
    NoticeRule("councils.vote.reminded", _("您打开了选票，还没有投完；%(until)s 截止"), _begun, _page),
    NoticeRule("councils.vote.extended", _("表决延到 %(until)s"), _roster, _page),
    NoticeRule("councils.vote.certified", _("表决有结果了：%(status)s"), _roster, _page),
    NoticeRule("councils.vote.stopped", _("表决停办了，票没有打开"), _roster, _page),
    NoticeRule("councils.vote.challenge_answered", _("您提的异议有答复了：%(decision)s"), _challenger, _page),
)

PART = Module(
    name="councils.votes",
    title="",
    sentences=SENTENCES,
    inbox=inbox.SOURCES,
    desk_nav=(
        NavItem("votes", _("表决"), "councils_desk:votes", "vote", 47, "councils.vote:view", "topics"),
    ),
    notices=NOTICES,
    periodic=(Periodic("votes.tick", 60, running.tick),),
    personal_data=(
        PersonalData("councils.votes", _("记名表决和异议"), personal_data.export, personal_data.erase),
    ),
)
STEP_KINDS = kinds.KINDS

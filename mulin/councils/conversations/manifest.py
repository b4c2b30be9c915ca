"""What this part tells the house about itself."""

from django.utils.translation import gettext_lazy as _

from mulin.councils.conversations import actions, answering, maps, waiting
from mulin.councils.conversations.kind import KIND
from mulin.councils.steps import StepKind
from mulin.kernel.actors import SYSTEM
from mulin.kernel.registry import (
    PUBLIC,
    InboxSource,
    Module,
    NavItem,
    Periodic,
    PersonalData,
    Sentence,
)

SENTENCES = {
    "councils.conversation.drafted": Sentence(_("起草了一场意见征集")),
    "councils.conversation.edited": Sentence(_("改了意见征集的标题、说明或日子")),
    "councils.conversation.seeds_added": Sentence(_("放进了 %(n)s 句开头的话")),
    "councils.conversation.opened": Sentence(_("开始征集意见，到 %(until)s 为止"), PUBLIC),
    "councils.conversation.statement_written": Sentence(_("收到居民写的一句话，等审核")),
    "councils.conversation.statement_shown": Sentence(_("放出了第 %(n)s 句话")),
    "councils.conversation.statement_rejected": Sentence(_("没有放出或撤下了第 %(n)s 句话，理由已记录")),
    "councils.conversation.statement_merged": Sentence(_("把第 %(n)s 句并到了第 %(into)s 句")),
    "councils.conversation.closed": Sentence(_("意见征集结束，%(n)s 人表了态"), PUBLIC),
    "councils.conversation.reopened": Sentence(_("意见征集延到 %(until)s"), PUBLIC),
    "councils.conversation.discarded": Sentence(_("删去了没有开始的意见征集")),
    "councils.conversation.published": Sentence(
        _("公布了意见征集的结论，%(n)s 人表了态"), PUBLIC, tone="done"
    ),
    "councils.conversation.exported": Sentence(_("导出了不带姓名的逐条表态")),
}

PART = Module(
    name="councils.conversations",
    title=_("听意见"),
    sentences=SENTENCES,
    inbox=(InboxSource("statements", _("等审核的话"), rows=waiting.rows, item=waiting.item),),
    desk_nav=(
        NavItem(
            "conversations",
            _("听意见"),
            "councils_desk:conversations",
            "chat",
            46,
            "councils.conversation:view",
            "topics",
        ),
    ),
    periodic=(
        Periodic("councils-opinion-maps", 20, maps.renew_all),
        Periodic("councils-conversations-close", 3600, lambda: actions.close_overdue(SYSTEM)),
    ),
    personal_data=(
        PersonalData("councils.conversations", _("征集意见时表的态"), answering.export, answering.erase),
    ),
    jobs={"councils.opinion_map": maps.picture_job, actions.MIX: actions.mix_job},
)
STEP_KINDS: tuple[StepKind, ...] = (KIND,)

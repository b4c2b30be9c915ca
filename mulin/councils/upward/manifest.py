"""What this part tells the house about itself."""

from django.utils.translation import gettext_lazy as _

from mulin.councils.steps import StepKind
from mulin.councils.upward import states, telling
from mulin.kernel.registry import PUBLIC, Module, NavItem, NoticeRule, Sentence

_LEVEL = {
    "level": lambda code: states.LEVEL_WORDS.get(code, code),
    "to": lambda code: states.LEVEL_WORDS.get(code, code),
    "decision": lambda code: states.DECISION_WORDS.get(code, code),
}

SENTENCES = {
    "councils.proposal.drafted": Sentence(_("起草了一条建议，准备向上反映")),
    "councils.proposal.edited": Sentence(_("改了建议的内容")),
    "councils.proposal.discarded": Sentence(_("删去了没有报的建议")),
    "councils.proposal.sent": Sentence(_("建议报到了%(level)s"), PUBLIC, _LEVEL, "active"),
    "councils.proposal.received": Sentence(_("%(level)s收下了建议"), PUBLIC, _LEVEL, "active"),
    "councils.proposal.in_study": Sentence(_("%(level)s正在研究建议"), PUBLIC, _LEVEL, "active"),
    "councils.proposal.answered": Sentence(_("%(level)s答复了建议：%(decision)s"), PUBLIC, _LEVEL, "done"),
    "councils.proposal.sent_up": Sentence(
        _("%(level)s写了意见，把建议报到了%(to)s"), PUBLIC, _LEVEL, "active"
    ),
    "councils.proposal.returned": Sentence(_("%(level)s请社区补充后再报"), PUBLIC, _LEVEL, "waiting"),
    "councils.proposal.withdrawn": Sentence(_("社区撤回了建议，理由已写明"), PUBLIC),
    "councils.proposal.ended": Sentence(_("建议有了结果"), PUBLIC, tone="done"),
}

NOTICES = (
    NoticeRule(
        "councils.proposal.sent", _("社区报来一条建议 %(number)s，请收下"), telling.level, telling.desk_url,
        name="level",
    ),
    NoticeRule(
        "councils.proposal.sent", _("您说过的事，社区写成建议报到了%(level)s"), telling.people,
        telling.public_url,
    ),
    NoticeRule(
        "councils.proposal.sent_up", _("下面报来一条建议 %(number)s，请收下"), telling.level,
        telling.desk_url, name="level",
    ),
    NoticeRule(
        "councils.proposal.sent_up", _("建议 %(number)s 由%(level)s报到了%(to)s"), telling.makers,
        telling.desk_url, name="makers",
    ),
    NoticeRule(
        "councils.proposal.in_study", _("请您的单位研究建议 %(number)s 并答复"), telling.unit,
        telling.desk_url,
    ),
    NoticeRule(
        "councils.proposal.answered", _("%(level)s答复了建议 %(number)s：%(decision)s"), telling.makers,
        telling.desk_url, name="makers",
    ),
    NoticeRule(
        "councils.proposal.answered", _("您说过的事写成的建议，%(level)s答复了：%(decision)s"),
        telling.people, telling.public_url,
    ),
    NoticeRule(
        "councils.proposal.returned", _("%(level)s请您补充建议 %(number)s 后再报"), telling.makers,
        telling.desk_url,
    ),
    NoticeRule(
        "councils.proposal.ended", _("您说过的事写成的建议有了结果"), telling.people, telling.public_url,
    ),
)  # fmt: skip

PART = Module(
    name="councils.upward",
    title=_("民情直通车"),
    sentences=SENTENCES,
    notices=NOTICES,
    inbox=telling.SOURCES,
    desk_nav=(
        NavItem(
            "proposals",
            _("民情直通车"),
            "councils_desk:proposals",
            "arrow-up",
            50,
            "councils.proposal:view",
            "topics",
        ),
    ),
)
STEP_KINDS: tuple[StepKind, ...] = ()

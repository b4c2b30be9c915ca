"""The manifest: sentences, notices, figures, jobs, and this module's share in a person's own data."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mulin.kernel import clock, recounting
from mulin.kernel.actors import SYSTEM
from mulin.kernel.links import address
from mulin.kernel.numbers import show_number
from mulin.kernel.registry import (
    PUBLIC,
    RESTRICTED,
    Card,
    InboxSource,
    Measure,
    Module,
    NoticeRule,
    Periodic,
    PersonalData,
    Recount,
    Sentence,
)
from mulin.places.queries import name_of
from mulin.voices import access, inbox, personal_data, photos, states, telling
from mulin.voices.actions.imports import import_job
from mulin.voices.actions.training import train_job
from mulin.voices.categories import category_name
from mulin.voices.models import Voice
from mulin.voices.needs import telling as needs
from mulin.voices.surveys import actions as surveys
from mulin.voices.surveys import cards
from mulin.voices.surveys import states as survey_states

_WORDS = {
    "kind": states.kind_word,
    "channel": states.worded(states.CHANNEL_WORDS),
    "severity": states.worded(states.SEVERITY_WORDS),
    "decision": states.worded(states.DECISION_WORDS),
    "reason": states.worded(states.WITHDRAW_REASONS),
    "category": category_name,
}
_SURVEY = {"channel": survey_states.CHANNEL_WORDS.get}
_MOVED = {"from": name_of, "to": name_of}
_FROM = {"of": show_number}

SENTENCES = {
    "voices.voice.submitted": Sentence(_("说了一件事：%(kind)s（%(channel)s）"), PUBLIC, _WORDS),
    "voices.voice.added": Sentence(_("本人或工作人员作了补充")),
    "voices.voice.corrected": Sentence(_("更正了诉求的内容")),
    "voices.voice.withdrawn": Sentence(_("撤回了诉求：%(reason)s"), PUBLIC, _WORDS),
    "voices.voice.kept": Sentence(_("把凭回执说的事收进了自己的账户"), RESTRICTED),
    "voices.contact.read": Sentence(_("为办事查看了联系方式"), RESTRICTED),
    "voices.contact.forgotten": Sentence(_("按保存期限删去了 %(n)s 条联系方式")),
    "voices.matter.me_too": Sentence(_("又有人遇到同一件事，共 %(n)s 人"), PUBLIC),
    "voices.matter.recategorised": Sentence(_("定为%(kind)s、%(category)s、%(severity)s"), labels=_WORDS),
    "voices.matter.relocated": Sentence(_("地点改到%(to)s"), PUBLIC, _MOVED),
    "voices.matter.facts_edited": Sentence(_("填写了事实单")),
    "voices.matter.published": Sentence(_("审核后公开"), PUBLIC),
    "voices.matter.hidden": Sentence(_("决定不公开，理由已记录")),
    "voices.matter.answer_kept": Sentence(_("决定不公开这次答复，理由已记录")),
    "voices.matter.linked": Sentence(_("记下它来自 %(of)s"), labels=_FROM),
    "voices.matter.unlinked": Sentence(_("不再算作来自 %(of)s"), labels=_FROM),
    "voices.wish.answered": Sentence(_("答复了心愿：%(decision)s"), PUBLIC, _WORDS, tone="done"),
    "voices.wish.rated": Sentence(_("本人评价了答复"), RESTRICTED),
    "voices.category.changed": Sentence(_("改了类别“%(name)s”")),
    "voices.survey.drafted": Sentence(_("起草了一份问卷")),
    "voices.survey.edited": Sentence(_("改了问卷的标题、时间或份数")),
    "voices.survey.questions_edited": Sentence(_("改了问卷的题目，共 %(n)s 题")),
    "voices.survey.opened": Sentence(_("问卷开始收集，到 %(until)s 为止"), PUBLIC),
    "voices.survey.closed": Sentence(_("问卷结束，收回 %(n)s 份"), PUBLIC),
    "voices.survey.reopened": Sentence(_("问卷延到 %(until)s"), PUBLIC),
    "voices.survey.discarded": Sentence(_("删去了没有发出的问卷")),
    "voices.survey.codes_made": Sentence(_("为问卷做了 %(n)s 个码")),
    "voices.survey.answered": Sentence(_("收到一份问卷")),
    "voices.survey.sheet_entered": Sentence(_("录入了一份问卷（%(channel)s）"), labels=_SURVEY),
    "voices.survey.sheet_voided": Sentence(_("作废了一份录入的问卷，理由已记录")),
    "voices.survey.published": Sentence(_("公布了问卷结果，共 %(n)s 题"), PUBLIC),
    "voices.survey.results_withdrawn": Sentence(_("收回了已公布的问卷结果"), PUBLIC),
    **needs.SENTENCES,
    "voices.triage.trained": Sentence(_("重新训练了分类建议，学习了 %(rows)s 条")),
}


# Who is told --------------------------------------------------------------------------------------


def _person(entry: Any) -> Iterable[UUID]:
    """The person whose voice the line is about."""
    return Voice.objects.filter(pk=entry.subject, account__isnull=False).values_list("account", flat=True)


def _everybody(entry: Any) -> Iterable[UUID]:
    """All who spoke about the matter."""
    return access.accounts_of(entry.matter)


def _page(entry: Any) -> str:
    """The person's own page of it; their list where a page has no name of its own yet."""
    number = entry.data.get("number", "")
    return address("portal:voice", number) or address("portal:mine", otherwise="/mine/")


def _reads(entry: Any) -> str:
    return reverse("people:reads")


NOTICES = (
    NoticeRule("voices.wish.answered", _("您的心愿%(about)s有答复了：%(decision)s"), _everybody, _page),
    NoticeRule(
        "voices.matter.published",
        _("您说的事%(about)s经审核公开了，公开的内容里没有您的信息"),
        _everybody,
        _page,
    ),
    NoticeRule("voices.matter.relocated", _("您说的事%(about)s转到了%(to)s"), _everybody, _page),
    NoticeRule(
        "voices.voice.corrected", _("工作人员更正了您说的内容，请看看对不对：%(about)s"), _person, _page
    ),
    NoticeRule("voices.voice.withdrawn", _("您说的事%(about)s被撤回了：%(reason)s"), _person, _page),
    NoticeRule("voices.contact.read", _("有工作人员为办事查看了您的联系方式：%(about)s"), _person, _reads),
    *needs.NOTICES,
)


# The check that counters equal the records ----------------------------------------------------------


def _voices_in(after: str = "", upto: str | None = None) -> Iterator[tuple]:
    """(measure, place, grid, day, state, category, n) of every voice that was not withdrawn."""
    rows = recounting.within(Voice.objects.filter(state="received"), after, upto).values_list(
        "place", "grid", "kind", "happened_at", "created_at"
    )
    for place, grid, kind, happened_at, created_at in rows.iterator(chunk_size=2000):
        yield ("voices.in", place, grid, clock.day_of(happened_at or created_at), kind, "", 1)


def _nth_place(after: str, n: int) -> str | None:
    return recounting.nth_place(Voice.objects.all(), after, n)


MODULE = Module(
    name="voices",
    title=_("诉求"),
    sentences=SENTENCES,
    cards=(Card("needs", "voices/needs_card.html", needs.card, order=70),),
    doors=cards.DOORS,
    inbox=(
        InboxSource(
            "wishes", _("等答复的心愿"), inbox.late_wishes, rows=inbox.wish_rows, item=inbox.wish_item
        ),
        needs.INBOX,
    ),
    measures=(Measure("voices.in", _("收到的诉求")),),
    notices=NOTICES,
    periodic=(
        Periodic("voices-forget-contacts", 3600, personal_data.forget_contacts),
        Periodic("voices-survey-close", 3600, lambda: surveys.close_overdue(SYSTEM)),
        Periodic("voices-photo-sweep", 86400, photos.sweep),
    ),
    recounts=(Recount(("voices.in",), _voices_in, _nth_place),),
    personal_data=(PersonalData("voices", _("我说的事"), personal_data.export, personal_data.erase),),
    providers={"notices.titles": telling.titles},
    jobs={"voices.import": import_job, "voices.train": train_job},
)

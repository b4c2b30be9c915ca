"""The words of this module: kinds, channels, severities, reasons. Codes are stored, words are shown."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from mulin.voices.models import CHANNELS, KINDS, Addition, Voice

# kind -> (word for staff, how a neighbour would choose it)
KIND_WORDS = {
    "consult": (_("咨询"), _("我想问")),
    "help": (_("求助"), _("请帮忙")),
    "complaint": (_("投诉"), _("有意见")),
    "tip_off": (_("举报"), _("我要举报")),
    "suggestion": (_("建议"), _("我建议")),
    "wish": (_("心愿"), _("我想要")),
    "offer": (_("我能帮"), _("我能帮")),
}
CHANNEL_WORDS = {
    "portal": _("居民页面"),
    "phone": _("电话"),
    "counter": _("窗口"),
    "letter": _("来信"),
    "courtyard": _("院坝会"),
    "chat": _("群聊转来"),
    "patrol": _("巡查"),
    "survey": pgettext_lazy("one", "问卷"),
    "file": _("文件导入"),
    "open311": _("Open311"),
    "api": pgettext_lazy("channel", "接口"),
}
SEVERITY_WORDS = {"minor": _("小事"), "major": _("大事")}
PUBLICATION_WORDS = {
    "asked": _("待审核公开"),
    "shown": _("已公开"),
    "hidden": _("不公开"),
    "never": _("依规不公开"),
}
DECISION_WORDS = {"accepted": _("接了"), "declined": _("暂时做不到")}
WITHDRAW_REASONS = {
    "solved_itself": _("已经好了"),
    "by_mistake": _("写错了"),
    "duplicate": _("重复了"),
    "private": _("不想说了"),
    "other": _("其他原因"),
}
# The parts of the fact sheet, in the order they are read.
FACT_SECTIONS = {
    "basics": _("基本情况"),
    "people": _("涉及哪些人（写身份，不写姓名）"),
    "root": _("根子在哪里"),
    "idea": _("打算怎么办"),
}
WISHES = frozenset({"wish", "offer"})
ASKING = tuple(kind for kind in KINDS if kind not in WISHES)
# What stands for the words of who added a photo or a telephone and wrote nothing.
STAND_INS = (_("（请看照片）"), _("（留了电话）"))

assert set(KIND_WORDS) == set(KINDS) and set(CHANNEL_WORDS) == set(CHANNELS)


def kind_word(kind: str) -> Any:
    return KIND_WORDS[kind][0] if kind in KIND_WORDS else kind


def is_stand_in(text: str) -> bool:
    """Whether a text is one of them, in the language of whoever left it."""
    for language, _name in settings.LANGUAGES:
        with override(language):
            if text in {str(one) for one in STAND_INS}:
                return True
    return False


def tells_more(addition: Addition, voice: Voice) -> bool:
    """Whether the person of a voice themselves added words to it, not a photo or a telephone alone."""
    is_own = addition.account is None or addition.account == voice.account_id
    return is_own and not addition.is_former and not is_stand_in(addition.text)


def worded(words: dict[str, Any]) -> Callable[[Any], Any]:
    """A label for a journal sentence: the word of a code, or the code itself when it is not known."""
    return lambda code: words.get(code, code)

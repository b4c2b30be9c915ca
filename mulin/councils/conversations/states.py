"""The words of conversations: states, who may answer, what an answer and a decision are called."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATE_WORDS = {
    "draft": _("草稿"),
    "open": pgettext_lazy("conversation", "征集中"),
    "closed": _("已结束"),
    "published": _("已公布"),
}
STATE_TONES = {
    "draft": ("", "edit"),
    "open": ("wait", "play"),
    "closed": ("", "pause"),
    "published": ("done", "check"),
}
STATEMENT_WORDS = {
    "waiting": pgettext_lazy("statement", "等审核"),
    "shown": pgettext_lazy("statement", "已放出"),
    "rejected": pgettext_lazy("statement", "没有放出"),
    "merged": pgettext_lazy("statement", "并到另一句"),
}
OPEN_TO_WORDS = {
    "anyone": _("有链接就能表态，不用登记"),
    "verified": _("只限本地认证住户，一人一份"),
}
RESULTS_WORDS = {"during": _("边表态边看（人数够了以后）"), "after": _("结束以后再看")}
OPINION_WORDS = {
    1: pgettext_lazy("opinion", "同意"),
    -1: pgettext_lazy("opinion", "不同意"),
    0: pgettext_lazy("opinion", "说不准"),
}
# The same standing alone on a button.
BUTTON_WORDS = {
    1: pgettext_lazy("opinion button", "同意"),
    -1: pgettext_lazy("opinion button", "不同意"),
    0: pgettext_lazy("opinion button", "说不准"),
}
SIDE_WORDS = {"agree": OPINION_WORDS[1], "disagree": OPINION_WORDS[-1]}

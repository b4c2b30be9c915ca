"""The words and moves of methods, pilots and adoptions, and when a criterion is met."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATE_WORDS = {
    "draft": _("还没有公布"),
    "published": pgettext_lazy("method", "已公布"),
    "pilot": _("正在试点"),
    "spread": _("正在推广"),
    "retired": _("不再推荐"),
}
TONES = {
    "draft": ("", "edit"),
    "published": ("", "book"),
    "pilot": ("wait", "flame"),
    "spread": ("done", "share"),
    "retired": ("", "pause"),
}
PUBLIC = ("published", "pilot", "spread", "retired")
# What others may take over and streets may try out.
LIVE = ("published", "pilot", "spread")
MOVES: dict[str, tuple[str, ...]] = {
    "draft": ("published",),
    # A street decides on a pilot, or recommends what is proven elsewhere.
    "published": ("pilot", "spread", "retired"),
    # When the last pilot ends it is a published method with results again; while one street tries it out,
    # another that has done so may recommend it.
    "pilot": ("published", "spread"),
    # Tried out once more, in another street.
    "spread": ("pilot", "retired"),
    "retired": ("published",),
}
PILOT_WORDS = {
    "running": _("试点进行中"),
    "ended": _("试点结束了"),
    "stopped": _("试点提前停了"),
}
PILOT_TONES = {"running": ("wait", "clock"), "ended": ("done", "check"), "stopped": ("", "stop")}
ADOPTION_WORDS = {
    "trying": _("正在试着做"),
    "kept": _("照着做，成了"),
    "changed": _("改了改，成了"),
    "stopped": _("没有做下去"),
}
ADOPTION_TONES = {
    "trying": ("wait", "clock"),
    "kept": ("done", "check"),
    "changed": ("done", "edit"),
    "stopped": ("", "stop"),
}
# What one can say of it in the end.
TOLD = ("kept", "changed", "stopped")
DIRECTION_WORDS = {"least": _("至少"), "most": _("最多")}
VERDICT_WORDS = {"met": _("达到了"), "not_met": _("没有达到"), "unclear": _("说不清")}
VERDICT_TONES = {"met": ("done", "check"), "not_met": ("", "cross"), "unclear": ("wait", "question")}


def verdict(direction: str, target: Decimal, found: Decimal | None) -> str:
    """met, not_met or unclear (no figure). Figures decide; nobody chooses it."""
    if found is None:
        return "unclear"
    return "met" if (found >= target if direction == "least" else found <= target) else "not_met"


def badge(state: str, words: dict = STATE_WORDS, tones: dict = TONES) -> dict[str, str]:
    tone, icon = tones[state]
    return {"label": str(words[state]), "tone": tone, "icon": icon, "code": state}

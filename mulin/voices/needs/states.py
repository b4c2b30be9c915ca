"""The words and moves of needs: states, where a need was heard."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATE_WORDS = {
    "draft": _("还没有列入"),
    "listed": _("已列入"),
    "in_hand": pgettext_lazy("need", "在办"),
    "done": pgettext_lazy("need", "办成了"),
    "not_now": _("眼下办不了"),
    "moved_up": _("已向上反映"),
    "off": _("已撤下"),
}
# State -> tone and icon of its badge.
TONES = {
    "draft": ("", "edit"),
    "listed": ("", "list"),
    "in_hand": ("", "settings"),
    "done": ("done", "check"),
    "not_now": ("wait", "pause"),
    "moved_up": ("", "arrow-up"),
    "off": ("", "minus"),
}
SOURCE_WORDS = {
    "matter": _("居民说的事"),
    "survey": _("问卷里写的"),
    "visit": _("上门走访"),
    "meeting": _("会上说的"),
    "letter": _("来信来电"),
}
# What staff bring themselves, with the number of people as they counted it.
BROUGHT = ("visit", "meeting", "letter")
# On the list, in the order of their rank; the others stand below it.
RANKED = ("listed", "in_hand", "moved_up")
PUBLIC = ("listed", "in_hand", "moved_up", "not_now", "done", "off")
MOVES: dict[str, tuple[str, ...]] = {
    "draft": ("listed",),
    "listed": ("in_hand", "done", "not_now", "moved_up", "off"),
    # The plan or the owner changes, or nobody has it any more.
    "in_hand": ("in_hand", "done", "not_now", "moved_up", "listed", "off"),
    # What was answered above comes back as one of these.
    "moved_up": ("in_hand", "done", "not_now", "listed", "off"),
    # Looked at again: still not, or now it can be done.
    "not_now": ("not_now", "in_hand", "done", "moved_up", "listed", "off"),
    # It was not done after all.
    "done": ("listed",),
    "off": ("listed",),
}
# What the unit that owns a need may say itself; all else is for who keeps the list.
BY_OWNER = ("in_hand", "done", "not_now")
MOVE_WORDS = {
    "listed": _("列入清单"),
    "in_hand": _("有人办了"),
    "done": pgettext_lazy("need move", "办成了"),
    "not_now": _("眼下办不了"),
    "moved_up": _("向上反映了"),
    "off": _("从清单撤下"),
}
# Each move needs words for everybody, but for a plan that its owner and day already tell.
SILENT = ("in_hand",)

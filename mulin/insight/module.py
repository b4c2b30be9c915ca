"""The manifest of the board: it reads what others count, and writes only its own hot topics and counts."""

from django.utils.translation import gettext_lazy as _

from mulin.insight import joining, lateness, topics
from mulin.kernel.registry import STAFF, Module, NavItem, Periodic, Sentence

# Each call does a second's work at most; a street is looked at twice an hour.
EVERY = 20

MODULE = Module(
    name="insight",
    title=_("看板"),
    sentences={
        "insight.paths.stored": Sentence(_("存放了步行路网，%(n)s 条路"), STAFF),
        "insight.paths.dropped": Sentence(_("拿掉了步行路网"), STAFF),
    },
    desk_nav=(
        NavItem("board", _("看板"), "insight:board", "chart", order=60, permission="insight.board:view"),
    ),
    periodic=(
        Periodic("hot-topics", EVERY, topics.refresh),
        Periodic("late-cases", lateness.EVERY, lateness.count_late),
    ),
    providers={"following.insight": joining.join_streets},
)

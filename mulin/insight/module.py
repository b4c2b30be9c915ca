"""The manifest of the board: it reads what others count, and writes only its own hot topics and counts."""

from django.utils.translation import gettext_lazy as _

from mulin.insight import lateness, topics
from mulin.kernel.registry import Module, NavItem, Periodic

# Each call does a second's work at most; a street is looked at twice an hour.
EVERY = 20

MODULE = Module(
    name="insight",
    title=_("看板"),
    desk_nav=(
        NavItem("board", _("看板"), "insight:board", "chart", order=60, permission="insight.board:view"),
    ),
    periodic=(
        Periodic("hot-topics", EVERY, topics.refresh),
        Periodic("late-cases", lateness.EVERY, lateness.count_late),
    ),
)

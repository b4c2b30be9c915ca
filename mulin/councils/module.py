"""The manifest: what each part of this module brings, as one."""

from django.utils.translation import gettext_lazy as _

from mulin.councils import doors
from mulin.councils.canvasses import manifest as canvasses
from mulin.councils.conversations import manifest as conversations
from mulin.councils.meetings import manifest as meetings
from mulin.councils.results import manifest as results
from mulin.councils.rosters import manifest as rosters
from mulin.councils.topics import manifest as topics
from mulin.councils.upward import manifest as upward
from mulin.councils.votes import manifest as votes
from mulin.kernel.registry import joined

PARTS = (topics, results, upward, meetings, conversations, rosters, votes, canvasses)
STEP_KINDS = tuple(kind for part in PARTS for kind in part.STEP_KINDS)
# What is open at a place is read for all parts at once: see `doors`.
MODULE = joined("councils", _("议事"), PARTS, doors=doors.SOURCES)

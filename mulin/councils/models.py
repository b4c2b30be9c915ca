"""All records of this module, part by part."""

# ruff: noqa: F403
from mulin.councils.canvasses.models import *
from mulin.councils.conversations.models import *
from mulin.councils.meetings.models import *
from mulin.councils.results.models import *
from mulin.councils.rosters.models import *
from mulin.councils.topics.models import *
from mulin.councils.upward.models import *
from mulin.councils.votes.models import *
from mulin.councils.votes.paper_models import *

"""Everything below /desk/council/: the pages of those who prepare, hold and count."""

from mulin.councils.canvasses import urls as canvasses
from mulin.councils.conversations import urls as conversations
from mulin.councils.meetings import urls as meetings
from mulin.councils.results import urls as results
from mulin.councils.rosters import urls as rosters
from mulin.councils.topics import urls as topics
from mulin.councils.upward import urls as upward
from mulin.councils.votes import urls as votes

app_name = "councils_desk"
# Topics come last: their addresses begin with a number.
PARTS = (results, upward, meetings, conversations, rosters, votes, canvasses, topics)
urlpatterns = [one for part in PARTS for one in part.desk]

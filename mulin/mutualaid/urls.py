"""Everything below /aid/: the pages of residents."""

from mulin.mutualaid.matching import urls as matching
from mulin.mutualaid.sharing import urls as sharing
from mulin.mutualaid.timebank import urls as timebank

app_name = "aid"
PARTS = (matching, timebank, sharing)
urlpatterns = [one for part in PARTS for one in part.public]

"""Everything below /desk/aid/: the pages of those who prepare and look after it."""

from mulin.mutualaid.matching import urls as matching
from mulin.mutualaid.sharing import urls as sharing
from mulin.mutualaid.timebank import urls as timebank

app_name = "aid_desk"
PARTS = (matching, timebank, sharing)
urlpatterns = [one for part in PARTS for one in part.desk]

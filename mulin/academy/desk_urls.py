"""Everything below /desk/academy/: the pages of those who prepare and look after it."""

from mulin.academy.clubs import urls as clubs
from mulin.academy.keeping import urls as keeping
from mulin.academy.methods import urls as methods
from mulin.academy.orders import urls as orders
from mulin.academy.sessions import urls as sessions
from mulin.academy.weeks import urls as weeks

app_name = "academy_desk"
PARTS = (orders, clubs, keeping, sessions, weeks, methods)
urlpatterns = [one for part in PARTS for one in part.desk]

"""The manifest: what each part of this module brings, as one."""

from django.utils.translation import gettext_lazy as _

from mulin.academy.clubs import manifest as clubs
from mulin.academy.keeping import manifest as keeping
from mulin.academy.methods import manifest as methods
from mulin.academy.orders import manifest as orders
from mulin.academy.sessions import manifest as sessions
from mulin.academy.weeks import manifest as weeks
from mulin.kernel.registry import joined

MODULE = joined("academy", _("学院"), (orders, clubs, keeping, sessions, weeks, methods))

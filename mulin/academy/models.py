"""All records of this module, part by part."""

# ruff: noqa: F403
from mulin.academy.clubs.models import *
from mulin.academy.keeping.models import *
from mulin.academy.methods.models import *
from mulin.academy.orders.models import *
from mulin.academy.sessions.models import *
from mulin.academy.weeks.models import *

"""All records of this module, part by part."""

# ruff: noqa: F403
from mulin.mutualaid.matching.models import *
from mulin.mutualaid.sharing.models import *
from mulin.mutualaid.timebank.models import *

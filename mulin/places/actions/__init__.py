"""Every write about places."""

from mulin.places.actions.importing import ImportReport, import_divisions, start_import
from mulin.places.actions.outlines import set_shape, set_shapes
from mulin.places.actions.reorganising import (
    CrosswalkProblems,
    preview_reorganisation,
    reorganise_divisions,
)
from mulin.places.actions.sites import close_site, set_division, set_site

__all__ = [
    "CrosswalkProblems",
    "ImportReport",
    "close_site",
    "import_divisions",
    "preview_reorganisation",
    "reorganise_divisions",
    "set_division",
    "set_shape",
    "set_shapes",
    "set_site",
    "start_import",
]

"""What a larger module brings to the matrix, a file each: THINGS (see `objects`), BODIES (see `bodies`),
`build(matrix)`, which makes its things in both communities, and PUBLISHED, those of its things that
everybody may read on public pages; OF_BOTH, those that people of both communities have a part in."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


def all_parts() -> list[ModuleType]:
    """Each file of this folder, in the order of their names."""
    return [import_module(f"{__name__}.{one.name}") for one in iter_modules(__path__)]

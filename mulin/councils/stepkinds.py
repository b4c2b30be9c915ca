"""All kinds of steps that the parts of this module bring."""

from functools import cache

from mulin.councils.steps import StepKind


@cache
def kinds() -> dict[str, StepKind]:
    """All kinds of steps by code."""
    from mulin.councils.module import STEP_KINDS  # the manifest reads every part; here it would go in circles

    return {kind.code: kind for kind in STEP_KINDS}

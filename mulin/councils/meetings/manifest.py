"""What this part tells the house about itself."""

from mulin.councils.steps import StepKind
from mulin.kernel.registry import Module

PART = Module(name="councils.meetings", title="")
STEP_KINDS: tuple[StepKind, ...] = ()

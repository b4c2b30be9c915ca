"""What grew out of what, in plain sentences: the shape in which every module tells its stories of a place,
through a provider `stories.<name>(place, limit) -> list[Story]`. Nothing in a story names a person."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened. `short`: the same as a part of one sentence, empty where it is left out."""

    on: date
    text: str
    url: str = ""
    short: str = ""
    icon: str = "circle"


@dataclass(slots=True)
class Story:
    """A story with its steps, the earliest first. `url`: where it is told whole."""

    title: str
    url: str
    steps: list[Step] = field(default_factory=list)
    sentence: str = ""

    @property
    def on(self) -> date:
        return self.steps[-1].on if self.steps else date.min

    def told(self) -> "Story":
        """With its sentence, made of its steps."""
        self.steps.sort(key=lambda step: step.on)
        parts = [step.short for step in self.steps if step.short]
        between, end = (", ", ".") if (get_language() or "").startswith("en") else ("，", "。")
        self.sentence = self.sentence or between.join(parts) + end
        return self

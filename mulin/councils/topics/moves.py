"""What can be done next with a topic: the one place that says it, for the actions that refuse, the desk that
offers and the inbox that reminds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mulin.councils.stepkinds import kinds
from mulin.councils.steps import Progress
from mulin.councils.topics import calendar, states
from mulin.councils.topics.definition import StepSpec, spec_of
from mulin.councils.topics.library import words
from mulin.councils.topics.models import Step, Topic
from mulin.kernel import clock
from mulin.kernel.days import day_words
from mulin.kernel.workcalendar import Calendar

OVER = calendar.OVER


@dataclass(frozen=True, slots=True)
class Move:
    """One next move. `kind`: announce, begin or end. `missing`: what has to be done first, in sentences;
    empty: it can be done now. `on`: the day it is planned for."""

    kind: str
    step: Step | None
    missing: tuple[str, ...] = ()
    on: date | None = None

    @property
    def is_ready(self) -> bool:
        return not self.missing


def progress_of(topic: Topic, step: Step) -> Progress:
    """How far an open or past step is. A kind that is not installed any more says so."""
    kind = kinds().get(step.kind)
    if kind is None:
        return Progress(missing=(_("这里没有装“%(kind)s”这种步骤。") % {"kind": step.kind},))
    return kind.progress(topic, step)


def missing_to_begin(topic: Topic, steps: Iterable[Step], step: Step) -> tuple[str, ...]:
    """Why a waiting step cannot begin yet."""
    by_key = {one.key: one for one in steps}
    spec = spec_of(topic.definition, step.key)
    found = [
        _("要先做完“%(step)s”。") % {"step": title_of(topic, by_key[key])}
        for key in spec.needs
        if by_key[key].state not in OVER
    ]
    if not found and spec.notice.amount:
        told = [_day_over(by_key[key]) for key in spec.needs]
        told.append(clock.day_of(topic.announced_at) if topic.announced_at else clock.today())
        first = calendar.notice_end(max(told), spec, Calendar.default())
        if clock.today() < first:
            found.append(_("要提前告知，最早%(day)s可以开始。") % {"day": day_words(first)})
    return tuple(found)


def _day_over(step: Step) -> date:
    return clock.day_of(step.ended_at) if step.ended_at else step.ends_on or clock.today()


def missing_to_end(
    topic: Topic, step: Step, progress: Progress | None = None, remark: str | None = None
) -> tuple[str, ...]:
    """Why an open step cannot end yet: its promised time, what its kind misses, what must have come out.
    `remark`: the outcome in words that is being given; None: not asked now."""
    progress = progress or progress_of(topic, step)
    spec = spec_of(topic.definition, step.key)
    found = list(progress.missing)
    first = calendar.promised_end(step.begins_on or clock.today(), spec, Calendar.default())
    if clock.today() < first:
        found.append(
            _("答应了大家至少%(length)s，最早%(day)s可以结束。")
            % {"length": length_words(spec), "day": day_words(first)}
        )
    if not progress.missing:
        found += _outcome_missing(spec, progress, remark)
    return tuple(found)


def _outcome_missing(spec: StepSpec, progress: Progress, remark: str | None) -> list[str]:
    has = {
        "options": len(progress.result.get("options", ())) >= 2,
        "winners": bool(progress.result.get("winners")),
        "remark": remark is None or bool(remark.strip()),
    }
    return [str(states.ENDS_WORDS[one]) for one in spec.ends if not has[one]]


def length_words(spec: StepSpec) -> str:
    """How long a step lasts at least, in the language of the page."""
    return spec.at_least.describe(get_language() or "zh-hans")


def title_of(topic: Topic, step: Step) -> str:
    """The title of a step in the language of the page."""
    return words(spec_of(topic.definition, step.key), "title") or step.title


def next_moves(topic: Topic, steps: Sequence[Step]) -> list[Move]:
    """All moves at hand, those that can be done now first; none for a topic that is over."""
    if topic.state == "draft":
        return [Move("announce", None, on=topic.starts_on)]
    if topic.state != "running":
        return []
    found = []
    for step in steps:
        if step.state == "open":
            found.append(Move("end", step, missing_to_end(topic, step), step.ends_on))
        elif step.state == "waiting" and _is_next(topic, steps, step):
            found.append(Move("begin", step, missing_to_begin(topic, steps, step), step.begins_on))
    return sorted(found, key=lambda move: (not move.is_ready, move.step.position))


def _is_next(topic: Topic, steps: Sequence[Step], step: Step) -> bool:
    """Whether everything that a step needs is over."""
    by_key = {one.key: one.state for one in steps}
    return all(by_key[key] in OVER for key in spec_of(topic.definition, step.key).needs)

"""A topic in words: its road, what can be done now, how to take part. For residents and for the desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.councils.stepkinds import kinds
from mulin.councils.steps import Progress
from mulin.councils.topics import library, moves, states
from mulin.councils.topics.definition import Process, StepSpec, from_json
from mulin.councils.topics.models import Step, Topic
from mulin.kernel import clock, journal, registry
from mulin.kernel.language import either
from mulin.places.queries import full_name, name_of, names_of
from mulin.voices.models import Matter
from mulin.voices.surveys.reading import on_day


@dataclass(frozen=True, slots=True)
class Stretch:
    """One step of the road as a page shows it. `url`: its own page, where residents may see it; `invites`:
    they can take part there now."""

    key: str
    n: int
    title: str
    text: str
    kind: str
    icon: str
    state: str
    badge: dict[str, Any]
    days: str
    who: str
    line: str = ""
    outcome: str = ""
    reason: str = ""
    url: str = ""
    invites: bool = False
    ends: str = ""
    is_optional: bool = False
    desk_url: str = ""
    missing: tuple[str, ...] = ()


def days_words(begin: date | None, end: date | None) -> str:
    """`11月3日`, or `11月3日 – 11月10日`."""
    if begin is None:
        return ""
    if end is None or end == begin:
        return on_day(begin)
    return f"{on_day(begin)} – {on_day(end)}"


def road(topic: Topic, steps: Iterable[Step], *, at_desk: bool = False) -> list[Stretch]:
    """Every step in its order. How far an open one is, its kind is asked."""
    process = from_json(topic.definition)
    return [_stretch(topic, step, process.step(step.key), n, at_desk) for n, step in enumerate(steps, 1)]


def _stretch(topic: Topic, step: Step, spec: StepSpec, n: int, at_desk: bool) -> Stretch:
    kind = kinds().get(step.kind)
    progress = moves.progress_of(topic, step) if step.state == "open" else Progress()
    url = _public_url(topic, step, spec) if kind else ""
    return Stretch(
        key=step.key,
        n=n,
        title=library.words(spec, "title"),
        text=library.words(spec, "text"),
        kind=str(kind.title) if kind else step.kind,
        icon=kind.icon if kind else "circle",
        state=step.state,
        badge=states.step_badge(step.state),
        days=days_words(step.begins_on, step.ends_on),
        who=str(states.TAKES_PART_WORDS[spec.takes_part]),
        line=str(progress.line) if spec.shows != "never" or at_desk else "",
        outcome=library.words(step, "outcome") if spec.shows != "never" or at_desk else "",
        reason=step.skip_reason,
        url=url,
        invites=progress.invites and bool(url),
        ends=on_day(step.ends_on) if step.ends_on else "",
        is_optional=spec.is_optional,
        desk_url=kind.desk_url(topic, step) if kind and at_desk and step.begun_at else "",
        missing=moves.missing_to_end(topic, step, progress) if at_desk and step.state == "open" else (),
    )


def _public_url(topic: Topic, step: Step, spec: StepSpec) -> str:
    """Where residents find what the step works with: as early as the process shows it."""
    shown = {"always": step.state in ("open", "done"), "after": step.state == "done", "never": False}
    if not shown[spec.shows] or step.begun_at is None:
        return ""
    return kinds()[step.kind].public_url(topic, step)


def card(topic: Topic, names: dict[str, str]) -> dict[str, Any]:
    """A topic as a row: where it stands, what comes next. Its steps are at hand (`queries.running_steps`)."""
    steps = list(topic.steps.all())
    for step in steps:
        step.topic = topic
    return {
        "number": topic.number,
        "title": topic.title,
        "badge": states.badge(topic.state),
        "place": names.get(topic.site, "") or names.get(topic.place, ""),
        "url": reverse("councils:topic", args=[topic.number]),
        "stands": stands(topic, steps),
        "process": process_title(topic),
    }


def cards(topics: Iterable[Topic]) -> list[dict[str, Any]]:
    found = list(topics)
    names = names_of({code for one in found for code in (one.place, one.site) if code})
    return [card(one, names) for one in found]


def process_title(topic: Topic) -> str:
    """The name of its process, as it was when the topic was drafted."""
    return either(topic.definition.get("title", ""), topic.definition.get("title_en", ""))


def stands(topic: Topic, steps: list[Step]) -> str:
    """One sentence: where it is."""
    if topic.state == "stopped":
        return _("停在半路，原因在里面。")
    if topic.state == "done":
        return _("%(day)s有了结果。") % {"day": on_day(clock.day_of(topic.ended_at))}
    done = sum(one.state in moves.OVER for one in steps)
    now = [moves.title_of(topic, one) for one in steps if one.state == "open"]
    if now:
        where = {"n": done + 1, "all": len(steps), "step": _("、").join(now)}
        return _("第 %(n)s 步，共 %(all)s 步：%(step)s") % where
    ahead = next((one for one in steps if one.state == "waiting"), None)
    if ahead is None:
        return ""
    return _("接下来：%(step)s，%(day)s") % {
        "step": moves.title_of(topic, ahead),
        "day": on_day(ahead.begins_on) if ahead.begins_on else _("日子还没定"),
    }


# The page of one topic -----------------------------------------------------------------------------------


def public_page(topic: Topic, steps: list[Step]) -> dict[str, Any]:
    """Everything that the resident's page names."""
    stretches = road(topic, steps)
    ahead = next((one for one in stretches if one.state == "waiting"), None)
    return {
        "topic": topic,
        "badge": states.badge(topic.state),
        "where": full_name(topic.site or topic.place),
        "body": states.BODY_WORDS[topic.body],
        "road": stretches,
        "now": [one for one in stretches if one.state == "open"],
        "ahead": ahead if topic.state == "running" else None,
        "done": sum(one.state in moves.OVER for one in stretches),
        "progress_words": _so_far(stretches),
        "results": [one for one in stretches if one.outcome],
        "source": source_of(topic),
        "timeline": timeline(topic),
        **about_process(topic),
    }


def _so_far(stretches: list[Stretch]) -> str:
    done = sum(one.state in moves.OVER for one in stretches)
    total = len(stretches)
    return ngettext("走完 %(done)s 步，共 %(all)s 步", "走完 %(done)s 步，共 %(all)s 步", total) % {
        "done": done,
        "all": total,
    }


def about_process(topic: Topic) -> dict[str, Any]:
    """By which process, on what basis, and how sure that is."""
    process: Process = from_json(topic.definition)
    return {
        "process": library.words(process, "title"),
        "process_about": library.words(process, "about"),
        "basis": library.words(process, "basis"),
        "certainty": states.CERTAINTY_WORDS[process.certainty],
        "is_sure": process.certainty != "to be verified",
        "runs": topic.org.name if topic.org else name_of(topic.place),
    }


def is_public(matter: Matter | None) -> bool:
    return matter is not None and matter.publication == "shown" and not matter.restriction


def source_of(topic: Topic) -> dict[str, str] | None:
    """The published matter that it grew out of."""
    matter = topic.matter
    if not is_public(matter):
        return None
    return {
        "title": matter.public_title or matter.title,
        "url": reverse("portal:matter", args=[matter.number]),
    }


def timeline(topic: Topic, *, everything: bool = False, with_matter: bool = False) -> list[dict[str, Any]]:
    """The story from the first remark on. Everybody reads what is public; of a matter that is not published
    only what the councils did. `everything`: for the desk; `with_matter`: also what was done inside about the
    matter, for who may see that."""
    sentences = registry.sentences()
    own_only = not is_public(topic.matter)
    found = []
    for entry in journal.timeline(topic.thread):
        sentence = sentences.get(entry.code)
        if sentence is None or sentence.audience == registry.RESTRICTED:
            continue
        is_ours = entry.code.startswith("councils.")
        is_told = sentence.audience == registry.PUBLIC and (is_ours or not own_only)
        if not is_told and not (everything and (is_ours or with_matter)):
            continue
        found.append(
            {
                "what": sentence.say(entry.data),
                "when": entry.at,
                "when_text": on_day(clock.day_of(entry.at)),
                "icon": ICONS.get(entry.code.rpartition(".")[2], "circle"),
                "tone": "done" if sentence.tone == "done" else "",
            }
        )
    return found


ICONS = {
    "announced": "people",
    "step_begun": "play",
    "step_ended": "check",
    "finished": "check-double",
    "step_skipped": "minus",
    "stopped": "stop",
    "days_moved": "calendar",
    "submitted": "voice",
    "drafted": "edit",
    "published": "eye",
    "certified": "check-double",
    "opened": "play",
    "closed": "stop",
}

"""The triage learns from labelled files and from what the desk corrected."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from mulin.kernel import jobs, journal
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.models import Job
from mulin.kernel.policy import require
from mulin.people.queries import actor_by_id
from mulin.voices import evaluate, understanding
from mulin.voices.catalogue import starter_rows
from mulin.voices.classifier import train
from mulin.voices.models import Lesson


def lesson_rows() -> list[tuple[str, str]]:
    """(category, text) of what the desk decided, the latest decision for each voice."""
    decided = Lesson.objects.filter(what="category").order_by("id").values_list("voice", "now", "voice__text")
    return list({voice: (label, text) for voice, label, text in decided.iterator()}.values())


def train_triage(
    *,
    actor: Actor,
    paths: Iterable[Path | str] = (),
    lessons: bool = False,
    progress: Callable[[str], Any] = lambda message: None,
) -> dict[str, Any]:
    """Train the instance's category model and put it in use in every process.

    `paths`: csv or csv.gz with `label` and `text` (or `subject` and `body`). `lessons`: also the desk's
    corrections, on top of what the shipped examples say. Who: voices.triage:train. Returns rows, labels and
    lessons. Raises nothing-to-learn, file-unreadable.
    """
    require(actor, "voices.triage:train", "")
    paths = list(paths)
    try:
        rows = evaluate.read_labelled(paths)
    except (OSError, ValueError) as error:
        raise ActionError("file-unreadable", str(error), status=422) from error
    learned = lesson_rows() if lessons else []
    if not rows and not learned:
        raise ActionError("nothing-to-learn", _("还没有可以学习的内容：没有标注文件，也没有改过的类别。"))
    progress(_("正在学习 %d 条") % (len(rows) + len(learned)))
    # Corrections are few at first: the shipped examples keep the categories that nobody corrected yet.
    base = starter_rows() if learned else []
    try:
        model = train([*base, *rows, *learned])
    except ValueError as error:
        raise ActionError("nothing-to-learn", _("至少要有两个不同的类别才能学习。")) from error
    target = understanding.model_file()
    target.parent.mkdir(parents=True, exist_ok=True)
    model.save(target)
    understanding.forget_model()
    done = {"rows": len(rows) + len(learned), "labels": len(model.labels), "lessons": len(learned)}
    with write():
        journal.record("voices.triage.trained", actor=actor, data=done)
    return done


def start_training(*, actor: Actor) -> Job:
    """Let the worker learn from the desk's corrections. Who: voices.triage:train."""
    require(actor, "voices.triage:train", "")
    return jobs.start(actor, "voices.train")


def train_job(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """What the worker does."""
    return train_triage(
        actor=actor_by_id(job.account_id),
        lessons=True,
        progress=lambda message: progress.step(0, None, message),
    )

"""What all writes of this part share: words that everybody may read, and the one line in the journal."""

from typing import Any

from django.utils.translation import gettext as _

from mulin.councils.results.models import Resolution
from mulin.councils.topics.models import Step, Topic
from mulin.kernel import journal
from mulin.kernel.actors import Actor
from mulin.kernel.errors import ActionError
from mulin.voices.understanding import personal_data

LONG, SHORT, TITLE, REASON = 4000, 300, 80, 300


def public_text(text: str, field: str, most: int = LONG, *, missing: str = "") -> str:
    """A text that everybody will read: short enough and without anybody's telephone or door. `missing`: what
    is said where nothing was written; empty: it may be left out. Raises no-<field>, text-too-long,
    personal-data."""
    text = text.strip()
    if missing and not text:
        raise ActionError(f"no-{field}", missing, field=field, status=422)
    if len(text) > most:
        raise ActionError("text-too-long", _("最多写 %d 个字。") % most, field=field, status=422)
    if personal_data(text):
        told = _("这里大家都会看到，请不要写姓名、电话和证件号。")
        raise ActionError("personal-data", told, field=field, status=422)
    return text


def line(
    code: str, actor: Actor, about: Any, *, topic: Topic | None, place: str = "", org: Any = None, **data: Any
) -> None:
    """One line about a record; where it belongs to a topic, it stands on the topic's timeline."""
    journal.record(
        code,
        actor=actor,
        place=place or (topic.place if topic else about.place),
        org=org or (topic.org_id if topic else None),
        subject=about.pk,
        matter=topic.thread if topic else None,
        data=data,
    )


def topic_of(resolution: Resolution | None) -> Topic | None:
    return resolution.topic if resolution else None


def must_be_open(step: Step | None, word: str) -> Step:
    """The step, if it is open now. Raises not-now."""
    if step is None or step.state != "open":
        raise ActionError("not-now", _("“%(step)s”这一步现在没有在进行。") % {"step": word})
    return step


def must_run(topic: Topic) -> None:
    """Raises not-now once the topic is over."""
    if topic.state not in {"draft", "running"}:
        raise ActionError("not-now", _("这个议题已经结束，不能再改。"))

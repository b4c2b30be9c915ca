"""Every write: permission, rule, state, save and one line in the journal, in one transaction."""

from uuid import UUID

from django.utils.translation import gettext as _

from mulin.kernel import codes, journal, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.policy import require
from mulin.samples import queries, states
from mulin.samples.models import Sample


def open_sample(*, actor: Actor, place: str, title: str) -> Sample:
    """Open a record in a community. Needs `samples.sample:open` there.

    Raises ActionError `no-community`, `no-title`, or `too-many-open` (rule samples.open.limit).
    """
    if not codes.is_valid(place) or codes.community(place) != place:
        raise ActionError("no-community", _("请选一个社区。"), field="place")
    require(actor, "samples.sample:open", place)
    title = title.strip()
    if not title:
        raise ActionError("no-title", _("请写一个标题。"), field="title")
    with write():
        limit = rulebook.value("samples.open.limit", at=place)
        if Sample.objects.filter(place=place, state=states.OPEN).count() >= limit:
            text = _("这个社区已有 %(limit)s 条在进行。请先结束一条，再开新的。") % {"limit": limit}
            raise ActionError("too-many-open", text)
        sample = Sample.objects.create(place=place, title=title)
        journal.record("samples.sample.opened", actor=actor, place=place, subject=sample.id)
    return sample


def close_sample(*, actor: Actor, sample: UUID) -> Sample:
    """End a record. Needs `samples.sample:close` at its place. Raises ActionError `not-now`."""
    return _move(actor, sample, "close", "samples.sample.closed")


def reopen_sample(*, actor: Actor, sample: UUID) -> Sample:
    """Take back an end. Needs `samples.sample:close` at its place. Raises ActionError `not-now`."""
    return _move(actor, sample, "reopen", "samples.sample.reopened")


def _move(actor: Actor, sample_id: UUID, move: str, code: str) -> Sample:
    step = states.MOVES[move]
    with write():
        # Locked first, so that two people who press at once do not both succeed.
        sample = queries.get_sample(actor, sample_id, lock=True)
        require(actor, "samples.sample:close", sample.place)
        if sample.state not in step.sources:
            raise ActionError("not-now", _("它现在的状态不能这样做。请刷新页面看看别人是否已经处理。"))
        sample.state = step.to
        sample.save(update_fields=["state"])
        journal.record(code, actor=actor, place=sample.place, subject=sample.id)
    return sample

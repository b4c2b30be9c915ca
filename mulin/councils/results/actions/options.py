"""Ways of doing it: proposed by residents, written by staff, settled before anybody chooses."""

from uuid import UUID

from django.utils.translation import gettext as _

from mulin.councils.results import access, queries, words
from mulin.councils.results.actions.common import SHORT, line, must_be_open, public_text
from mulin.councils.results.models import TopicOption
from mulin.councils.topics.models import Step, Topic
from mulin.kernel.actors import Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.policy import require
from mulin.voices.masking import mask

TITLE_LENGTH, TEXT_LENGTH = 60, 2000


def propose_option(*, actor: Actor, number: str, title: str, text: str = "") -> TopicOption:
    """A resident proposes one; nobody sees it before it has been looked at.

    Who: anybody, without an account (councils.option:propose), while the step is open and the process lets
    residents propose. Telephone numbers and doors are covered at once. Raises not-now, no-title,
    text-too-long; NotVisible for a topic that was not announced.
    """
    with write():
        topic = access.public_topic(number)
        Topic.objects.select_for_update().get(pk=topic.pk)
        require(actor, access.PROPOSE, access.of_topic(topic))
        step = must_be_open(queries.step_of(topic, "options"), _("方案"))
        if not step.settings.get("residents", True):
            raise ActionError("not-now", _("这一步的方案由社区提出。有想法，请在“疑问和反对意见”里写。"))
        title, text = mask(title.strip()), mask(text.strip())
        option = TopicOption.objects.create(
            topic=topic,
            step=step,
            key=_new_key(step),
            position=_next(step),
            title=_length(title, "title", TITLE_LENGTH, _("请写一个名称。")),
            text=_length(text, "text", TEXT_LENGTH),
            state="proposed",
            is_residents=True,
            account_id=actor.account,
        )
        _line("councils.option.proposed", actor, option, is_resident=True)
    return option


def _length(text: str, field: str, most: int, missing: str = "") -> str:
    if missing and not text:
        raise ActionError(f"no-{field}", missing, field=field, status=422)
    if len(text) > most:
        raise ActionError("text-too-long", _("最多写 %d 个字。") % most, field=field, status=422)
    return text


def put_option(
    *,
    actor: Actor,
    number: str,
    title: str,
    text: str = "",
    cost: int | None = None,
    gains: str = "",
    loses: str = "",
    picture: str = "",
    option: UUID | None = None,
) -> TopicOption:
    """Write an option, or mend one (`option`); mending one that a resident proposed takes it in.

    Who: councils.option:manage, while the step is open. `cost` in fen; 0 means it costs nothing. Raises
    not-now, no-title, text-too-long, personal-data, bad-picture, too-many, NotVisible.
    """
    with write():
        topic = access.topic_for(actor, number, access.OPTIONS, lock=True)
        step = must_be_open(queries.step_of(topic, "options"), _("方案"))
        row = _row(step, option) if option else None
        if row is None:
            most = int(step.settings.get("most", 12))
            if step.options.filter(state="accepted").count() >= most:
                raise ActionError("too-many", _("最多 %d 个方案。请先去掉一个。") % most)
            row = TopicOption(topic=topic, step=step, key=_new_key(step), position=_next(step))
        before = row.state if option else ""
        row.title = public_text(title, "title", TITLE_LENGTH, missing=_("请写一个名称。"))
        row.text = public_text(text, "text", TEXT_LENGTH)
        row.gains = public_text(gains, "gains", SHORT)
        row.loses = public_text(loses, "loses", SHORT)
        row.picture, row.cost = _picture(picture), cost
        row.state, row.reason = "accepted", ""
        row.save()
        code = {"": "written", "proposed": "taken_in", "declined": "taken_in"}.get(before, "changed")
        _line(f"councils.option.{code}", actor, row)
    return row


def _picture(url: str) -> str:
    url = url.strip()
    if url and not words.is_address(url):
        text = _("图片请填网址，以 https:// 开头。")
        raise ActionError("bad-picture", text, field="picture", status=422)
    return url


def decline_option(*, actor: Actor, number: str, option: UUID, reason: str) -> TopicOption:
    """Leave an option out, with a reason that everybody reads. Who: councils.option:manage, while the step is
    open. Raises not-now, no-reason, personal-data, NotVisible."""
    with write():
        topic = access.topic_for(actor, number, access.OPTIONS, lock=True)
        step = must_be_open(queries.step_of(topic, "options"), _("方案"))
        row = _row(step, option)
        row.reason = public_text(reason, "reason", SHORT, missing=_("请写为什么不列入，大家都会看到。"))
        row.state = "declined"
        row.save(update_fields=["state", "reason"])
        _line("councils.option.declined", actor, row)
    return row


def move_option(*, actor: Actor, number: str, option: UUID, by: int) -> None:
    """One place up (-1) or down (1) in the list. Who: councils.option:manage, while the step is open. Raises
    not-now, NotVisible."""
    with write():
        topic = access.topic_for(actor, number, access.OPTIONS, lock=True)
        step = must_be_open(queries.step_of(topic, "options"), _("方案"))
        row = _row(step, option)
        rows = queries.options_of(step)
        here = next(n for n, one in enumerate(rows) if one.pk == row.pk)
        there = min(max(here + by, 0), len(rows) - 1)
        rows.insert(there, rows.pop(here))
        for n, one in enumerate(rows):
            one.position = n
        TopicOption.objects.bulk_update(rows, ["position"])
        _line("councils.option.moved", actor, row)


def _row(step: Step, option: UUID) -> TopicOption:
    row = step.options.filter(pk=option).first()
    if row is None:
        raise NotVisible(str(option))
    return row


def _new_key(step: Step) -> str:
    taken = set(step.options.values_list("key", flat=True))
    return next(f"o{n}" for n in range(1, len(taken) + 2) if f"o{n}" not in taken)


def _next(step: Step) -> int:
    last = step.options.order_by("-position").values_list("position", flat=True).first()
    return 0 if last is None else last + 1


def _line(code: str, actor: Actor, option: TopicOption, *, is_resident: bool = False) -> None:
    topic = option.topic
    # Who proposed what is nobody's business: the line has no account behind it.
    who = Actor() if is_resident else actor
    line(code, who, option, topic=topic, number=topic.number)

"""Every write about a topic: one transaction, one permission, one journal line each."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import ProtectedError
from django.utils import translation
from django.utils.translation import gettext as _

from mulin.councils.keepers import keeper
from mulin.councils.stepkinds import kinds
from mulin.councils.topics import access, calendar, library, moves, queries
from mulin.councils.topics.calendar import Known, Planned
from mulin.councils.topics.definition import Process, from_json, spec_of
from mulin.councils.topics.models import Step, Topic
from mulin.councils.topics.states import STATE_WORDS
from mulin.kernel import codes, journal
from mulin.kernel.actors import Actor
from mulin.kernel.clock import day_of, now, today
from mulin.kernel.days import day_words
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.models import ThreadLink
from mulin.kernel.numbers import new_number
from mulin.kernel.workcalendar import Calendar
from mulin.places import queries as places
from mulin.voices.models import Matter
from mulin.voices.queries import get_matter
from mulin.voices.understanding import personal_data

KIND, MATTER = "councils.topic", "voices.matter"
TITLE_LENGTH, SUMMARY_LENGTH, REASON_LENGTH, REMARK_LENGTH = 80, 2000, 200, 1000
LEVELS = {codes.Level.COMMUNITY: "community", codes.Level.STREET: "street"}
Days = Mapping[str, tuple[date, date]]


# Drafts ---------------------------------------------------------------------------------------------------


def start_topic(
    *,
    actor: Actor,
    process: str,
    place: str = "",
    title: str,
    summary: str = "",
    site: str = "",
    starts_on: date | None = None,
    matter: str = "",
    org: UUID | None = None,
    days: Days | None = None,
) -> Topic:
    """A new draft by a process, for a place or for what residents said (`matter`, a number): then it grows
    out of that, and one timeline tells both. Residents see nothing before it is announced.

    Who: councils.topic:manage there; a group's own leader for the group (`org`). Raises no-process, no-place,
    no-site, no-title, text-too-long, personal-data, restricted, elsewhere, no-group, bad-days; NotVisible for
    the matter.
    """
    chosen = library.get_process(process)
    with write():
        about = _open_matter(actor, matter) if matter else None
        place = place or (about.place if about else "")
        _check_place(chosen, place, site)
        group = keeper(actor, access.MANAGE, place, org)
        if about is not None:
            _check_near(place, about.place)
        topic = Topic.objects.create(
            number=new_number(),
            place=place,
            site=site,
            process=chosen.code,
            definition=_plain(chosen),
            title=_text(title, "title", TITLE_LENGTH, is_needed=True),
            summary=_text(summary, "summary", SUMMARY_LENGTH),
            body=chosen.body,
            matter=about,
            org=group,
            starts_on=starts_on,
        )
        _make_steps(topic, chosen, starts_on or today(), days or {})
        if about is not None:
            ThreadLink.objects.create(child_kind=KIND, child=topic.pk, parent_kind=MATTER, parent=about.pk)
        _line("councils.topic.drafted", actor, topic, process=chosen.code)
    return topic


def _open_matter(actor: Actor, number: str) -> Matter:
    """What residents said, if it may be talked over in public."""
    found = get_matter(actor, number)
    if found.restriction:
        raise ActionError("restricted", _("大事和举报只由负责处置的人办，不能转为议题。"), field="matter")
    return found


def _check_near(place: str, other: str) -> None:
    if not (codes.contains(place, other) or codes.contains(other, place)):
        raise ActionError("elsewhere", _("这件事在别的地方，请由那里发起议题。"), field="place", status=422)


def _plain(process: Process) -> dict[str, Any]:
    """The process as JSON gives it back: lists, no tuples."""
    return _listed(process.as_json())


def _listed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _listed(one) for key, one in value.items()}
    return [_listed(one) for one in value] if isinstance(value, list | tuple) else value


def _check_place(process: Process, place: str, site: str) -> None:
    level = LEVELS.get(codes.level(place)) if codes.is_valid(place) and "-" not in place else None
    if level not in process.places or not places.exists(place):
        raise ActionError("no-place", _("请选一个社区或街道。"), field="place", status=422)
    if not site:
        if process.needs_site:
            raise ActionError("no-site", _("请选这件事在哪个小区、院落或楼栋。"), field="site", status=422)
        return
    here = {one.code: one.kind for one in places.sites(place)} if level == "community" else {}
    if here.get(site) not in process.site:
        raise ActionError("no-site", _("请从列出的小区、院落或楼栋里选。"), field="site", status=422)


def _text(text: str, field: str, most: int, *, is_needed: bool = False) -> str:
    text = text.strip()
    if is_needed and not text:
        missing = {"title": _("请写一个标题。"), "reason": _("请写一句原因，大家都会看到。")}
        raise ActionError(f"no-{field}", missing[field], field=field, status=422)
    if len(text) > most:
        raise ActionError("text-too-long", _("最多写 %d 个字。") % most, field=field, status=422)
    if personal_data(text):
        told = _("这里大家都会看到，请不要写姓名、电话和证件号。")
        raise ActionError("personal-data", told, field=field, status=422)
    return text


def _make_steps(topic: Topic, process: Process, start: date, days: Days) -> None:
    planned = _checked_plan(process, start, days)
    Step.objects.bulk_create(
        Step(
            topic=topic,
            position=n,
            key=spec.key,
            kind=spec.kind,
            title=spec.title,
            text=spec.text,
            settings=dict(spec.settings),
            begins_on=planned[spec.key].begins_on,
            ends_on=planned[spec.key].ends_on,
        )
        for n, spec in enumerate(process.steps, 1)
    )


def preview(process: str, start: date, days: Days | None = None) -> dict[str, Planned]:
    """The days that a topic would have, by step. Raises no-process, bad-days."""
    return _checked_plan(library.get_process(process), start, days or {})


def _checked_plan(
    process: Process, start: date, days: Days, known: Mapping[str, Known] | None = None
) -> dict[str, Planned]:
    """The plan with the days that somebody set; a day that cannot be is refused, with the step as field."""
    wanted = dict(known or {})
    # What is over stays as it was, whatever a form sends: nothing behind it is planned from made-up days.
    over = {key for key, one in wanted.items() if one.state in calendar.OVER}
    days = {key: pair for key, pair in days.items() if key not in over}
    for key, (begin, end) in days.items():
        if key in wanted and wanted[key].state != "waiting":
            begin = wanted[key].begins_on or begin
        wanted[key] = Known(wanted[key].state if key in wanted else "waiting", begin, end)
    found = calendar.plan(process, start, Calendar.default(), known=wanted, today=max(start, today()))
    for spec in process.steps:
        if spec.key in days:
            _check_days(spec.key, library.words(spec, "title"), days[spec.key], found[spec.key])
    return found


def _check_days(key: str, title: str, given: tuple[date, date], planned: Planned) -> None:
    begin, end = given
    told = ""
    if end < begin:
        told = _("“%(step)s”：结束的日子不能早于开始。") % {"step": title}
    elif begin < planned.begins_on:
        told = _("“%(step)s”：最早%(day)s可以开始。") % {
            "step": title,
            "day": day_words(planned.begins_on),
        }
    elif end < planned.ends_on:
        told = _("“%(step)s”：最早%(day)s可以结束。") % {"step": title, "day": day_words(planned.ends_on)}
    if told:
        raise ActionError("bad-days", told, field=f"days_{key}", status=422)


def edit_topic(
    *,
    actor: Actor,
    number: str,
    title: str,
    summary: str = "",
    starts_on: date | None = None,
    days: Days | None = None,
) -> Topic:
    """Change a draft's words and days; of a topic that runs only the summary may change (what people were
    told it is about stays). Who: councils.topic:manage. Raises not-now, no-title, text-too-long,
    personal-data, bad-days."""
    with write():
        topic = queries.locked_topic(actor, number)
        access.require_manage(actor, topic)
        _must_be(topic, "draft", "running")
        topic.summary = _text(summary, "summary", SUMMARY_LENGTH)
        if topic.state == "draft":
            topic.title = _text(title, "title", TITLE_LENGTH, is_needed=True)
            # Days that somebody set stay as long as the day on which it starts does.
            is_moved, topic.starts_on = starts_on != topic.starts_on, starts_on
            _plan_again(topic, days or {}, afresh=is_moved)
        topic.save(update_fields=["title", "summary", "starts_on"])
        _line("councils.topic.edited", actor, topic)
    return topic


def discard_topic(*, actor: Actor, number: str) -> None:
    """Delete a draft that nobody was told of. Who: councils.topic:manage. Raises not-now, in-use (something
    else was prepared for it)."""
    with write():
        topic = queries.locked_topic(actor, number)
        access.require_manage(actor, topic)
        _must_be(topic, "draft")
        _line("councils.topic.discarded", actor, topic)
        ThreadLink.objects.filter(child=topic.pk).delete()
        try:
            topic.delete()
        except ProtectedError as error:
            text = _("已经有会、名册或建议是为它准备的，请先删掉那些草稿。")
            raise ActionError("in-use", text) from error


def announce_topic(*, actor: Actor, number: str) -> Topic:
    """Everybody sees it from now on, with its road and its days; who spoke about the matter is told. The days
    move on if the one it should start on has passed. Who: councils.topic:manage. Raises not-now."""
    with write():
        topic = queries.locked_topic(actor, number)
        access.require_manage(actor, topic)
        _must_be(topic, "draft")
        topic.state, topic.announced_at = "running", now()
        topic.starts_on = max(topic.starts_on or today(), today())
        topic.save(update_fields=["state", "announced_at", "starts_on"])
        _plan_again(topic, {})
        _line("councils.topic.announced", actor, topic, process=topic.process)
    return topic


# Steps ----------------------------------------------------------------------------------------------------


def begin_step(*, actor: Actor, number: str, key: str) -> Step:
    """Begin a step whose time has come; its kind makes what it works with. Who: councils.topic:manage, and
    the posts that the process names for it. Raises not-now, not-yet, no-step, and what the kind refuses."""
    with write():
        topic, steps, step = _locked_step(actor, number, key)
        _must_wait(step)
        missing = moves.missing_to_begin(topic, steps, step)
        if missing:
            raise ActionError("not-yet", " ".join(missing))
        begin = today()
        planned = calendar.plan(
            from_json(topic.definition), topic.starts_on or begin, Calendar.default(),
            known={**_known(steps), key: Known("open", begin, step.ends_on)}, today=begin,
        )  # fmt: skip
        step.state, step.begun_at = "open", now()
        step.begins_on, step.ends_on = begin, planned[key].ends_on
        step.save()
        kind = kinds().get(step.kind)
        if kind is None:
            raise ActionError("no-kind", _("这里没有装“%(kind)s”这种步骤。") % {"kind": step.kind})
        step.record = kind.begin(actor=actor, topic=topic, step=step)
        step.save(update_fields=["record", "data", "settings"])
        _plan_again(topic, {})
        _line("councils.topic.step_begun", actor, topic, step=_name(topic, step))
    return step


def end_step(*, actor: Actor, number: str, key: str, remark: str = "") -> Step:
    """End a step and keep what came out; the last one ends the topic. `remark`: the outcome in words, beside
    what the kind says of itself. Who: as for begin_step. Raises not-now, not-yet (with everything that is
    missing), text-too-long, personal-data."""
    with write():
        topic, steps, step = _locked_step(actor, number, key)
        if step.state != "open":
            raise ActionError("not-now", _("这一步现在没有在进行。"))
        remark = _text(remark, "remark", REMARK_LENGTH)
        missing = moves.missing_to_end(topic, step, remark=remark)
        if missing:
            raise ActionError("not-yet", " ".join(missing), field="remark")
        kind = kinds()[step.kind]
        kind.end(actor=actor, topic=topic, step=step)
        _keep(topic, step, remark)
        is_last = _finish_if_over(topic, steps)
        _plan_again(topic, {})
        code = "councils.topic.finished" if is_last else "councils.topic.step_ended"
        _line(code, actor, topic, step=_name(topic, step))
    return step


def _keep(topic: Topic, step: Step, remark: str) -> None:
    outcomes = []
    for language in ("en", "zh-hans"):
        with translation.override(language):
            progress = kinds()[step.kind].progress(topic, step)
            outcomes.append("\n".join(one for one in (str(progress.outcome), remark) if one))
    step.outcome_en, step.outcome = outcomes
    step.state, step.ended_at, step.ends_on = "done", now(), today()
    step.result = _listed(dict(progress.result))
    step.save()


def skip_step(*, actor: Actor, number: str, key: str, reason: str) -> Step:
    """Leave out a step that the process lets one leave out; everybody reads why. Who: as for begin_step.
    Raises not-now, not-optional, no-reason, text-too-long, personal-data."""
    with write():
        topic, steps, step = _locked_step(actor, number, key)
        if step.state not in ("waiting", "open"):
            raise ActionError("not-now", _("这一步已经过去了。"))
        if not spec_of(topic.definition, key).is_optional:
            raise ActionError("not-optional", _("流程里这一步不能省。"))
        reason = _text(reason, "reason", REASON_LENGTH, is_needed=True)
        if step.state == "open" and step.kind in kinds():
            kinds()[step.kind].stop(actor=actor, topic=topic, step=step)
        step.state, step.skip_reason, step.ended_at, step.ends_on = "skipped", reason, now(), today()
        step.begins_on = day_of(step.begun_at) if step.begun_at else today()
        step.save()
        is_last = _finish_if_over(topic, steps)
        _plan_again(topic, {})
        _line("councils.topic.step_skipped", actor, topic, step=_name(topic, step), is_last=is_last)
    return step


def move_days(*, actor: Actor, number: str, days: Days) -> Topic:
    """Set other days for steps that are not over; what comes behind moves along. An open step keeps the day
    on which it began. Who: councils.topic:manage. Raises not-now, bad-days."""
    with write():
        topic = queries.locked_topic(actor, number)
        access.require_manage(actor, topic)
        _must_be(topic, "draft", "running")
        moved = _plan_again(topic, days)
        _line("councils.topic.days_moved", actor, topic, n=moved)
    return topic


def stop_topic(*, actor: Actor, number: str, reason: str) -> Topic:
    """Give a topic up; everybody reads why, and what is still open is closed. Who: councils.topic:manage.
    Raises not-now, no-reason, text-too-long, personal-data."""
    with write():
        topic = queries.locked_topic(actor, number)
        access.require_manage(actor, topic)
        _must_be(topic, "running")
        reason = _text(reason, "reason", REASON_LENGTH, is_needed=True)
        for step in _locked_steps(topic):
            if step.state == "open":
                if step.kind in kinds():
                    kinds()[step.kind].stop(actor=actor, topic=topic, step=step)
                step.state, step.ended_at, step.ends_on = "skipped", now(), today()
                step.save()
        topic.state, topic.stop_reason, topic.ended_at = "stopped", reason, now()
        topic.save(update_fields=["state", "stop_reason", "ended_at"])
        _line("councils.topic.stopped", actor, topic)
    return topic


# Shared ---------------------------------------------------------------------------------------------------


def _line(code: str, actor: Actor, topic: Topic, **data: Any) -> None:
    journal.record(
        code,
        actor=actor,
        place=topic.place,
        org=topic.org_id,
        subject=topic.pk,
        matter=topic.thread,
        data={"number": topic.number, **data},
    )


def _name(topic: Topic, step: Step) -> str:
    """A step as the journal names it: process, key and kind; `manifest` turns it into words."""
    return f"{topic.process}/{step.key}/{step.kind}"


def _must_be(topic: Topic, *allowed: str) -> None:
    if topic.state not in allowed:
        raise ActionError(
            "not-now", _("议题现在是“%(state)s”，不能这样做。") % {"state": STATE_WORDS[topic.state]}
        )


def _must_wait(step: Step) -> None:
    if step.state != "waiting":
        raise ActionError("not-now", _("这一步已经开始过了。"))


def _locked_steps(topic: Topic) -> list[Step]:
    found = list(Step.objects.select_for_update().filter(topic=topic).order_by("position"))
    for step in found:
        step.topic = topic
    return found


def _locked_step(actor: Actor, number: str, key: str) -> tuple[Topic, list[Step], Step]:
    """The topic that runs, its steps and the one that is meant, all locked: the topic's own row comes first,
    so that two who press at once go one after the other."""
    topic = queries.locked_topic(actor, number)
    steps = _locked_steps(topic)
    step = next((one for one in steps if one.key == key), None)
    if step is None:
        raise ActionError("no-step", _("这个议题没有这一步。"), status=404)
    access.require_step(actor, topic, key)
    _must_be(topic, "running")
    return topic, steps, step


def _known(steps: list[Step]) -> dict[str, Known]:
    return {one.key: Known(one.state, one.begins_on, one.ends_on) for one in steps}


def _plan_again(topic: Topic, days: Days, *, afresh: bool = False) -> int:
    """Work out the days anew and save those that changed; how many. `afresh`: forget what a draft had."""
    process = from_json(topic.definition)
    steps = list(topic.steps.order_by("position"))
    known = {} if afresh else _known(steps)
    planned = _checked_plan(process, topic.starts_on or today(), days, known)
    changed = []
    for step in steps:
        one = planned[step.key]
        if step.state in ("waiting", "open") and (step.begins_on, step.ends_on) != (
            one.begins_on,
            one.ends_on,
        ):
            step.begins_on, step.ends_on = one.begins_on, one.ends_on
            changed.append(step)
    Step.objects.bulk_update(changed, ["begins_on", "ends_on"])
    return len(changed)


def _finish_if_over(topic: Topic, steps: list[Step]) -> bool:
    """Whether that was the last step; then the topic is done."""
    if any(one.state not in calendar.OVER for one in steps):
        return False
    topic.state, topic.ended_at = "done", now()
    topic.save(update_fields=["state", "ended_at"])
    return True

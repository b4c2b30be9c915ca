"""Works: planned with owner, day and money; reported on; done with evidence, or handed to the cases."""

from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.councils.results import access, words
from mulin.councils.results.actions.common import TITLE, line, must_run, public_text
from mulin.councils.results.models import Resolution, Work, WorkNote
from mulin.councils.topics.models import Topic
from mulin.kernel import registry
from mulin.kernel.actors import SYSTEM, Actor
from mulin.kernel.clock import today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import new_number, show_number
from mulin.kernel.policy import can, require
from mulin.people.models import Organisation
from mulin.voices.actions import grow_out_of, submit_voice
from mulin.voices.models import Matter

TEXT_LENGTH = 1000
KIND_OF_CASE = "suggestion"


def plan_work(
    *,
    actor: Actor,
    title: str,
    topic: str = "",
    resolution: str = "",
    text: str = "",
    org: UUID | None = None,
    due_on: date | None = None,
    money: int | None = None,
) -> Work:
    """Something that has to be done, of a resolution or a topic (numbers; one of them).

    Who: councils.work:manage there. `org`: the unit that does it; `money` in fen. Raises not-now, no-title,
    no-org, no-day, in-the-past, text-too-long, personal-data, NotVisible.
    """
    with write():
        about: Resolution | None = None
        matter: Topic | None = None
        if resolution:
            about = access.resolution_for(actor, resolution)
            require(actor, access.PLAN, access.of_resolution(about))
            if about.state == "withdrawn":
                raise ActionError("not-now", _("决议已经撤下，不能再加要办的事。"))
        else:
            matter = access.topic_for(actor, topic, access.PLAN)
            must_run(matter)
        work = Work(number=new_number(), place=(about or matter).place, resolution=about, topic=matter)
        if about is not None:
            work.topic = about.topic
        _fill(work, title=title, text=text, org=org, due_on=due_on, money=money)
        _line("councils.work.planned", actor, work)
    return work


def edit_work(
    *,
    actor: Actor,
    number: str,
    title: str,
    text: str = "",
    org: UUID | None = None,
    due_on: date | None = None,
    money: int | None = None,
) -> Work:
    """Change the plan of a work. Once residents read it, another day is set by `delay_work`, with its reason.
    Who: councils.work:manage. Raises not-now, day-known, and what plan_work raises."""
    with write():
        work = _locked(actor, number)
        require(actor, access.PLAN, access.planned_by(work))
        _must_be_open(work)
        if is_known(work) and work.due_on and due_on != work.due_on:
            text_ = _("大家已经知道这个日子。要改，请用“延期”，写明原因。")
            raise ActionError("day-known", text_, field="due_on")
        _fill(work, title=title, text=text, org=org, due_on=due_on, money=money)
        _line("councils.work.changed", actor, work)
    return work


def _fill(
    work: Work, *, title: str, text: str, org: UUID | None, due_on: date | None, money: int | None
) -> None:
    work.title = public_text(title, "title", TITLE, missing=_("请写要办什么。"))
    work.text = public_text(text, "text", TEXT_LENGTH)
    if org and not Organisation.objects.filter(pk=org, closed_on=None).exists():
        raise ActionError("no-org", _("请选由哪个单位办。"), field="org", status=422)
    if due_on is None:
        raise ActionError("no-day", _("请写哪天以前办完。"), field="due_on", status=422)
    if due_on < today() and due_on != work.due_on:
        raise ActionError("in-the-past", _("这一天已经过了，请改一个。"), field="due_on", status=422)
    work.org_id, work.due_on, work.money = org, due_on, money
    work.save()


def is_known(work: Work) -> bool:
    """Whether residents read of it: its resolution is out, or its topic runs."""
    if work.resolution is not None:
        return work.resolution.state == "published"
    return work.topic is not None and work.topic.announced_at is not None


def drop_plan(*, actor: Actor, number: str) -> None:
    """Delete a work that nobody was told of. Who: councils.work:manage. Raises known, NotVisible."""
    with write():
        work = _locked(actor, number)
        require(actor, access.PLAN, access.planned_by(work))
        if is_known(work) or work.matter_id:
            raise ActionError("known", _("大家已经知道这件事。不办了，请用“不做了”，写明原因。"))
        _line("councils.work.dropped_plan", actor, work)
        work.delete()


def report_work(
    *, actor: Actor, number: str, text: str, kind: str = "progress", links: str = "", when: date | None = None
) -> WorkNote:
    """Write how far it is (`progress`, `milestone`), that it takes longer (`delay`, with the new day in
    `when`), or that it is given up (`dropped`); everybody reads it.

    Who: councils.work:report: the unit that does it, the place, the group that runs it; giving up needs
    councils.work:manage. Raises not-now, with-case, no-text, no-day, in-the-past, bad-kind, bad-link,
    text-too-long, personal-data, NotVisible.
    """
    if kind not in {"progress", "milestone", "delay", "dropped"}:
        raise ActionError("bad-kind", _("请选要写什么。"), field="kind", status=422)
    with write():
        work = _locked(actor, number)
        require(actor, access.REPORT, access.reported_by(work))
        _must_be_open(work)
        missing = {
            "delay": _("请写为什么要延期，大家都会看到。"),
            "dropped": _("请写为什么不做了，大家都会看到。"),
        }
        note = WorkNote(work=work, kind=kind, written_by=actor.account)
        note.text = public_text(text, "text", TEXT_LENGTH, missing=missing.get(kind, _("请写进展。")))
        note.links = words.links(links)
        if kind == "delay":
            note.due_on = work.due_on = _later(work, when)
        elif kind == "dropped":
            require(actor, access.PLAN, access.planned_by(work))
            _must_be_without_case(work)
            work.state = "dropped"
        if work.state == "planned":
            work.state = "under_way"
        note.save()
        work.save(update_fields=["state", "due_on"])
        data = {"until": note.due_on.isoformat()} if note.due_on else {}
        _line(f"councils.work.{NOTED[kind]}", actor, work, **data)
    return note


NOTED = {"progress": "reported", "milestone": "reported", "delay": "delayed", "dropped": "dropped"}


def _later(work: Work, when: date | None) -> date:
    if when is None:
        raise ActionError("no-day", _("请写延到哪天。"), field="when", status=422)
    if when < today() or (work.due_on and when <= work.due_on):
        raise ActionError(
            "in-the-past", _("新的日子要在今天以后，也在原来的日子以后。"), field="when", status=422
        )
    return when


def finish_work(
    *, actor: Actor, number: str, text: str, evidence: str = "", spent: int | None = None
) -> Work:
    """It is done: what was done, with links to photos or papers that show it, and what it cost (fen).

    Who: councils.work:report. Raises not-now, with-case (the case says when it is done), no-text, bad-link,
    text-too-long, personal-data, NotVisible.
    """
    with write():
        work = _locked(actor, number)
        require(actor, access.REPORT, access.reported_by(work))
        _must_be_open(work)
        _must_be_without_case(work)
        note = WorkNote(work=work, kind="done", written_by=actor.account)
        note.text = public_text(text, "text", TEXT_LENGTH, missing=_("请写做了什么。"))
        note.links = work.evidence = words.links(evidence, "evidence")
        work.state, work.done_on, work.spent = "done", today(), spent
        note.save()
        work.save(update_fields=["state", "done_on", "spent", "evidence"])
        _line("councils.work.done", actor, work)
    return work


def take_up_again(*, actor: Actor, number: str, reason: str) -> Work:
    """It was not done after all, or is done after all that was given up. Who: councils.work:manage. Raises
    not-now, with-case, no-reason, personal-data, NotVisible."""
    with write():
        work = _locked(actor, number)
        require(actor, access.PLAN, access.planned_by(work))
        _must_be_without_case(work)
        if work.is_open:
            raise ActionError("not-now", _("这件事还在办。"))
        text = public_text(reason, "reason", TEXT_LENGTH, missing=_("请写为什么重新办，大家都会看到。"))
        WorkNote.objects.create(work=work, kind="again", text=text, written_by=actor.account)
        work.state, work.done_on, work.evidence, work.spent = "under_way", None, [], None
        work.save(update_fields=["state", "done_on", "evidence", "spent"])
        _line("councils.work.again", actor, work)
    return work


def hand_to_cases(*, actor: Actor, number: str, category: str = "") -> Work:
    """The work becomes a case, goes to its unit, and is done when the case is closed.

    Who: councils.work:manage and voices.voice:submit_for; sending it on takes the rights of the cases.
    Raises not-now, with-case, no-cases (a house without them), what submit_voice and the cases raise.
    """
    send = registry.providers().get("cases.send")
    if send is None:
        raise ActionError("no-cases", _("这里没有装事项办理，请直接写进展。"))
    with write():
        work = _locked(actor, number)
        require(actor, access.PLAN, access.planned_by(work))
        _must_be_open(work)
        _must_be_without_case(work)
        receipt = submit_voice(
            actor=actor, text=_words_of(work), place=work.place, kind=KIND_OF_CASE, category=category,
            channel="courtyard", entered_for=True,
        )  # fmt: skip
        matter = receipt.voice.matter
        if Work.objects.filter(matter=matter).exists():
            raise ActionError("with-case", _("这件事已经转成事项了。"))
        origin = work.topic.matter if work.topic else None
        if origin is not None and can(actor, "voices.matter:link", matter.place):
            grow_out_of(actor=actor, number=matter.number, of=origin.number, reason=_("决议要办的事"))
        if work.org_id:
            send(actor=actor, number=matter.number, org=work.org_id)
        work.matter, work.state = matter, "under_way"
        work.save(update_fields=["matter", "state"])
        _line("councils.work.handed_over", actor, work, case=matter.number)
    return work


def _words_of(work: Work) -> str:
    about = work.resolution
    said = _("%(title)s（决议 %(number)s 要办的事）") if about else _("%(title)s（议题 %(number)s 要办的事）")
    number = about.number if about else work.topic.number if work.topic else ""
    first = said % {"title": work.title, "number": show_number(number)}
    return f"{first}\n{work.text}" if work.text else first


def follow_case(matter: UUID, code: str, data: dict[str, Any]) -> None:
    """What happened to the case of a work: closed, it is done; reopened, it is in hand again; refused, it is
    planned anew; merged, it follows. Called for each sealed line; seeing one twice changes nothing."""
    with write():
        work = Work.objects.select_for_update().filter(matter=matter).first()
        if work is None:
            return
        if code == "cases.case.closed" and work.is_open:
            work.state, work.done_on = "done", today()
            work.save(update_fields=["state", "done_on"])
            _line("councils.work.done", SYSTEM, work)
        elif code == "cases.case.reopened" and work.state == "done":
            work.state, work.done_on = "under_way", None
            work.save(update_fields=["state", "done_on"])
            _line("councils.work.again", SYSTEM, work)
        elif code == "cases.case.refused" and work.is_open:
            work.matter, work.state = None, "planned"
            work.save(update_fields=["matter", "state"])
            _line("councils.work.came_back", SYSTEM, work)
        elif code == "cases.case.merged" and work.is_open:
            _follow_merge(work, str(data.get("into", "")))


def _follow_merge(work: Work, into: str) -> None:
    target = Matter.objects.filter(number=into).first()
    if target is None or Work.objects.filter(matter=target).exists():
        return  # two works of one matter: the first keeps it, the second is reported on by hand
    work.matter = target
    work.save(update_fields=["matter"])


def _locked(actor: Actor, number: str) -> Work:
    return access.work_for(actor, number, lock=True)


def _must_be_open(work: Work) -> None:
    if not work.is_open:
        raise ActionError("not-now", _("这件事已经结束了。"))


def _must_be_without_case(work: Work) -> None:
    if work.matter_id:
        number = show_number(work.matter.number) if work.matter else ""
        text = _("这件事在按事项 %(number)s 办，请在那里办。") % {"number": number}
        raise ActionError("with-case", text)


def _line(code: str, actor: Actor, work: Work, **data: Any) -> None:
    facts = {"number": work.number, **data}
    line(code, actor, work, topic=work.topic, place=work.place, org=work.org_id, **facts)

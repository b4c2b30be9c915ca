"""Where a need was heard: linked once, never counted twice."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.kernel import codes, policy
from mulin.kernel.actors import Actor
from mulin.kernel.clock import today
from mulin.kernel.errors import ActionError, NotVisible
from mulin.voices import access, queries
from mulin.voices.models import Matter, Voice
from mulin.voices.needs import states
from mulin.voices.needs.models import Need, NeedSource
from mulin.voices.needs.wording import public_words
from mulin.voices.surveys import queries as surveys
from mulin.voices.surveys.models import Sheet

NOTE_LENGTH, MOST_PEOPLE = 200, 100_000


@dataclass(slots=True)
class Source:
    """One of: the number of a `matter`; a text of a survey (`survey` number, `sheet`, `question`); or what
    was brought by hand (`kind` of states.BROUGHT, `heard_on`, `people`, `note`). `matter_id` is filled in."""

    matter: str = ""
    survey: str = ""
    sheet: UUID | None = None
    question: str = ""
    kind: str = ""
    heard_on: date | None = None
    people: int = 0
    note: str = ""
    matter_id: UUID | None = None


def put(actor: Actor, need: Need, source: Source) -> str:
    """Link a source, inside the caller's transaction; the kind it became. A text that became a voice is
    linked as that voice's matter.

    Raises linked-already, elsewhere (a matter or survey of another community), restricted (a tip-off or a
    major matter), not-offered, bad-count, bad-day; NotVisible for what the actor may not read.
    """
    if source.sheet:
        return _put_text(actor, need, source)
    if source.matter:
        matter = queries.get_matter(actor, source.matter)
        return _put_matter(need, matter, source)
    return _put_brought(need, source)


def _put_matter(need: Need, matter: Matter, source: Source) -> str:
    if matter.restriction or matter.kind == "tip_off":
        raise ActionError("restricted", _("举报和大事要保密，不能连到人人能看的清单。"), field="matter")
    if matter.place != need.place:
        raise ActionError("elsewhere", _("这件事在别的社区，请连到那里的清单。"), field="matter")
    if NeedSource.objects.filter(need=need, matter=matter).exists():
        raise ActionError("linked-already", _("这件事已经连着这条需要。"), field="matter")
    NeedSource.objects.create(need=need, kind="matter", matter=matter)
    source.matter_id = matter.pk
    return "matter"


def _put_text(actor: Actor, need: Need, source: Source) -> str:
    survey = surveys.get_survey(actor, source.survey)
    sheet = Sheet.objects.select_for_update().filter(survey=survey, pk=source.sheet, state="done").first()
    asked = surveys.form_of(survey).get(source.question)
    if sheet is None or asked is None or asked.kind != "text" or source.question not in sheet.answers:
        raise NotVisible(source.question)
    if not codes.contains(survey.place, need.place):
        raise ActionError("elsewhere", _("这份问卷问的是别的社区。"))
    if number := sheet.raised.get(source.question):
        voice = Voice.objects.select_related("matter").filter(access.voice_q(actor), number=number).first()
        if voice is not None:
            return _put_matter(need, voice.matter, source)
    if NeedSource.objects.filter(sheet=sheet, question=source.question).exists():
        raise ActionError("linked-already", _("这段话已经列进清单了。"))
    NeedSource.objects.create(need=need, kind="survey", sheet=sheet, question=source.question)
    return "survey"


def _put_brought(need: Need, source: Source) -> str:
    if source.kind not in states.BROUGHT:
        raise ActionError("not-offered", _("请选是在哪里听到的。"), field="kind", status=422)
    if not 1 <= source.people <= MOST_PEOPLE:
        raise ActionError("bad-count", _("请填有几个人说过，至少1个。"), field="people", status=422)
    heard_on = source.heard_on or today()
    if heard_on > today():
        raise ActionError("bad-day", _("这一天还没有到，请核对。"), field="heard_on", status=422)
    note = public_words(source.note, "note", NOTE_LENGTH)
    NeedSource.objects.create(need=need, kind=source.kind, heard_on=heard_on, people=source.people, note=note)
    return source.kind


def take(need: Need, source: UUID) -> NeedSource:
    """Remove a source of this need, inside the caller's transaction."""
    found = NeedSource.objects.filter(need=need, pk=source).first()
    if found is None:
        raise NotVisible(str(source))
    found.delete()
    return found


def may_link(actor: Actor, matter: Matter) -> bool:
    """Whether the actor may put a matter on the list of its community."""
    if matter.restriction or matter.kind == "tip_off" or matter.merged_into_id:
        return False
    return policy.can(actor, "voices.need:collect", access.target_of_matter(actor, matter))


def may_propose(actor: Actor, matter: Matter) -> bool:
    """Whether the actor may make a proposal to those above out of a matter."""
    if matter.restriction or matter.kind == "tip_off" or matter.merged_into_id:
        return False
    return policy.can(actor, "councils.proposal:send", matter.place)

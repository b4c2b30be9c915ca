"""Everything that the page of a case shows, in at most ten statements, and what its resident sees of it.

What only some pages need (suggestions, objections, call-backs, templates) is read when it is asked for.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from mulin.cases import classes, clocks, moves, names, reasons, routing, states
from mulin.cases.models import (
    CallBack,
    Case,
    CaseText,
    Clock,
    Exclusion,
    Involvement,
    Objection,
    ReplyTemplate,
)
from mulin.cases.queries import decorate, get_case
from mulin.kernel import clock, policy
from mulin.kernel.actors import Actor
from mulin.kernel.days import day_words, said
from mulin.kernel.models import Entry
from mulin.kernel.registry import PUBLIC, RESTRICTED, STAFF, Sentence, sentences
from mulin.people.models import Organisation
from mulin.voices.models import Addition, Matter, Photo, Voice
from mulin.voices.queries import similar
from mulin.voices.states import FACT_SECTIONS


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote with a move."""

    kind: str
    text: str
    is_public: bool
    code: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the timeline. `who` is empty on what residents see; `org` is the unit's name."""

    at: datetime
    code: str
    text: str
    who: str
    org: str
    tone: str
    is_public: bool
    words: list[Words] = field(default_factory=list)
    data: dict[str, Any] = field(default_factory=dict)


# What a line says to the very person it is about, where it says something else to everybody.
TO_THE_PERSON = {"cases.case.finished": gettext_lazy("办完了，已把答复发给您")}
ME_TOO = "voices.matter.me_too"


def lines(
    entries: list[Entry],
    texts: dict[str, CaseText],
    audiences: set[str],
    *,
    people: bool,
    to_person: bool = False,
) -> list[Line]:
    """Journal entries as sentences for some audiences, with names looked up in one statement. `texts` are
    those that the reader may read; `people` names workers; `to_person`: the reader is who asked. Neighbours
    who pressed 我也遇到 one after the other are one line with their number."""
    known = sentences()
    blank = Sentence("—")
    shown = [e for e in entries if known.get(e.code, blank).audience in audiences]
    ids: set[Any] = set()
    for entry in shown:
        ids.update(_ids(entry, people))
    found = names.load(ids)
    told: list[Line] = []
    for code, run in groupby(shown, key=lambda entry: entry.code):
        if code == ME_TOO:
            told.append(_neighbours(list(run)))
            continue
        sentence = known.get(code, blank)
        own = TO_THE_PERSON.get(code) if to_person else None
        told += [_line(entry, sentence, texts, found, people, own) for entry in run]
    return told


def _neighbours(run: list[Entry]) -> Line:
    """A run of neighbours who met the same thing, as one line of the moment of the last."""
    last, n = run[-1], len(run)
    text = ngettext("又有 %(n)s 位居民也遇到", "又有 %(n)s 位居民也遇到", n) % {"n": n}
    return Line(last.at, ME_TOO, text, "", "", "", True, data={**last.data, "more": n})


def _ids(entry: Entry, people: bool) -> list[Any]:
    data = entry.data
    ids = [entry.org, data.get("org"), data.get("unit"), *(data.get("orgs") or ())]
    return [*ids, entry.actor] if people else ids


def _line(
    entry: Entry,
    sentence: Sentence,
    texts: dict[str, CaseText],
    found: dict[str, str],
    people: bool,
    own: Any = None,
) -> Line:
    words = [texts[key] for key in entry.data.get("texts", ()) if key in texts]
    # A step that somebody else agreed to is, for residents, the step of the unit that took it.
    unit = entry.org if people else entry.data.get("unit") or entry.org
    org = found.get(str(unit), "") if unit else ""
    who = ""
    if people:
        who = {"system": _("系统"), "anonymous": _("未留名")}.get(entry.actor_kind) or found.get(
            str(entry.actor), "—"
        )
    text = str(own) if own else sentence.say(entry.data)
    return Line(
        at=entry.at,
        code=entry.code,
        # English sentences go on after a name; without one they begin by themselves.
        text=text if who or org else text[:1].upper() + text[1:],
        who=who,
        org=org,
        tone=sentence.tone,
        is_public=sentence.audience == PUBLIC,
        # What its author had erased says nothing any more.
        words=[Words(one.kind, one.text, one.is_public, one.code) for one in words if one.text],
        data=entry.data,
    )


@dataclass(frozen=True, slots=True)
class VoiceShown:
    """A voice on the case page. The contact is hidden; reading it is an action with a purpose."""

    voice: Voice
    has_contact: bool
    is_anonymous: bool
    additions: list[Addition]
    photos: list[Photo]


@dataclass(frozen=True, slots=True)
class Check:
    code: str
    words: str
    done_at: datetime | None
    who: str


@dataclass(frozen=True, slots=True)
class Suggested:
    """What the machine and the routes suggest. People decide."""

    categories: list[dict[str, Any]]
    routes: list[routing.Suggestion]
    duplicates: list[Any]


@dataclass
class CasePage:
    """The page of one case for one actor."""

    actor: Actor
    case: Case
    facts: list[tuple[str, Any, str]]
    voices: list[VoiceShown]
    done_photos: list[Photo]
    timeline: list[Line]
    clocks: list[clocks.Shown]
    involvements: list[Involvement]
    notes: list[CaseText]
    moves: list[moves.Move]
    waits_for: str
    checklist: list[Check]
    exclusion: Exclusion | None
    pending: dict[str, Any] | None

    @property
    def matter(self) -> Any:
        return self.case.matter

    @cached_property
    def suggestions(self) -> Suggested:
        """Category of the first voice, ranked units, likely duplicates: about six more statements."""
        first = self.voices[0].voice if self.voices else None
        ideas = ((first.suggestions or {}).get("category") or []) if first else []
        return Suggested(
            categories=[{**one, "name": classes.name(one.get("code", ""))} for one in ideas],
            routes=routing.suggest(self.case),
            duplicates=duplicates(self.actor, self.case, first),
        )

    @cached_property
    def objections(self) -> list[Objection]:
        return list(Objection.objects.filter(case=self.case).select_related("org", "proposed").order_by("id"))

    @cached_property
    def call_backs(self) -> list[CallBack]:
        return list(CallBack.objects.filter(case=self.case).select_related("voice").order_by("id"))

    @cached_property
    def reply_templates(self) -> list[ReplyTemplate]:
        """Of the leading unit and the actor's own, those for this category first."""
        orgs = [one for one in (self.case.lead_id, *self.actor.orgs) if one]
        found = ReplyTemplate.objects.filter(org__in=orgs, category__in=("", self.case.category))
        return sorted(found, key=lambda one: (one.category == "", one.title))

    def form(self, move: str) -> list[moves.FormField]:
        """The fields of a move with the choices that fit this case."""
        return moves.MoveForm(move).fields(self.actor, self.case)


def duplicates(actor: Actor, case: Case, voice: Voice | None) -> list[Any]:
    """Open matters that may be the same one, without itself; none for restricted cases."""
    if voice is None or case.restriction:
        return []
    found = similar(voice.text, case.place, case.category, voice.lon, voice.lat, limit=4, actor=actor)
    return [one for one in found if one.matter.id != case.matter_id][:3]


def case_page(actor: Actor, number: str) -> CasePage:
    """Everything that the page shows. NotVisible (404) for whoever may not see the case."""
    case = get_case(actor, number, also=("exclusion", "merged_into"))
    decorate([case])
    matters = Matter.objects.filter(Q(pk=case.matter_id) | Q(merged_into=case.matter_id)).values("pk")
    entries = list(Entry.objects.filter(matter__in=matters).order_by("id"))
    texts = list(CaseText.objects.filter(case__matter__in=matters).order_by("id"))
    involvements = list(Involvement.objects.filter(case=case).order_by("id"))
    audiences = {PUBLIC, STAFF} | ({RESTRICTED} if case.restriction else set())
    names.load(
        [row.org_id for row in involvements]
        + [entry.actor for entry in entries]
        + [entry.org for entry in entries]
        + [check.get("by") for check in case.checks.values()]
        + [one.by for one in texts]
        + [org for entry in entries for org in (entry.data.get("org"), *(entry.data.get("orgs") or ()))]
    )
    for row in involvements:
        row.org_name = names.org(row.org_id)
    exclusion = getattr(case, "exclusion", None)
    current = [row for row in involvements if row.is_current]
    photos = list(Photo.objects.filter(matter__in=matters).order_by("id"))
    notes = [one for one in texts if one.move == "note"]
    for one in notes:
        one.who = names.load([one.by]).get(str(one.by), "—")
    return CasePage(
        actor=actor,
        case=case,
        facts=[(code, label, case.matter.facts.get(code, "")) for code, label in FACT_SECTIONS.items()],
        voices=_voices(case, entries, photos),
        done_photos=[photo for photo in photos if photo.role == "after"],
        timeline=lines(entries, {str(one.id): one for one in texts}, audiences, people=True),
        clocks=[clocks.show(one, case.place) for one in Clock.objects.filter(case=case).order_by("id")],
        involvements=involvements,
        notes=notes,
        moves=moves.possible(actor, case, current, exclusion),
        waits_for=waits_for(case),
        checklist=checklist(case),
        exclusion=exclusion,
        pending=_pending(case, texts),
    )


def _pending(case: Case, texts: list[CaseText]) -> dict[str, Any] | None:
    """The step that waits for a second person, with its words."""
    if not case.pending:
        return None
    text = next((one.text for one in texts if str(one.id) == case.pending.get("text")), "")
    move = states.MOVES[case.pending["move"]]
    who = names.load([case.pending["by"]]).get(case.pending["by"], "—")
    reason = ""
    if case.pending.get("code"):
        reason = reasons.label("cases.refusal.reasons", case.pending["code"], case.place)
    review = said(case.pending.get("review_on"))
    shown = {"title": move.title, "who": who, "reason": reason, "text": text, "review_on": review}
    return {**case.pending, **shown}


def _voices(case: Case, entries: list[Entry], photos: list[Photo]) -> list[VoiceShown]:
    voices = list(Voice.objects.filter(matter_id=case.matter_id).order_by("id"))
    added: dict[UUID, list[Addition]] = {}
    if any(entry.code not in ROUTINE for entry in entries):
        for one in Addition.objects.filter(voice__matter_id=case.matter_id).order_by("id"):
            added.setdefault(one.voice_id, []).append(one)
    return [
        VoiceShown(
            voice=voice,
            has_contact=bool(voice.contact_sealed),
            is_anonymous=voice.account_id is None and not voice.contact_sealed,
            additions=added.get(voice.id, []),
            photos=[photo for photo in photos if photo.voice_id == voice.id],
        )
        for voice in voices
    ]


# Lines that add nothing to a voice: with these alone, no additions need to be read.
ROUTINE = frozenset({"voices.voice.submitted"}) | {
    f"cases.case.{name}"
    for name in (
        "accepted", "dispatched", "started", "finished", "confirmed", "closed", "facts_found", "objected",
        "objection_upheld", "objection_rejected", "suspended", "suspension_proposed", "resumed", "claimed",
        "released", "assigned", "noted", "whistled", "whistle_answered", "escalated", "overdue", "extended",
        "reopened", "not_solved", "called_back", "refused", "refusal_proposed",
    )
}  # fmt: skip


def checklist(case: Case) -> list[Check]:
    """The scene's checklist of a major matter with what was ticked."""
    if case.severity != "major":
        return []
    found = []
    for code, words in reasons.checklist(case.category):
        tick = case.checks.get(code)
        at = datetime.fromisoformat(tick["at"]) if tick else None
        who = names.load([tick["by"]]).get(tick["by"], "") if tick else ""
        found.append(Check(code, words, at, who))
    return found


def waits_for(case: Case) -> str:
    """Whose turn it is, in one sentence; empty when it has ended."""
    lead = names.org(case.lead_id) if case.lead_id else pgettext("level", "社区")
    if case.pending:
        return _("等第二个人同意“%(move)s”") % {"move": states.MOVES[case.pending["move"]].title}
    if case.state == "done":
        late = case.due_at <= clock.now()
        return _("等社区回访居民") if late else _("等居民确认解决了没有")
    return {
        "reported": _("等社区受理"),
        "found": _("等社区受理"),
        "reopened": _("等%(unit)s重新办理") % {"unit": lead},
        "accepted": _("等社区派出或自己办"),
        "dispatched": _("等%(unit)s开始办理") % {"unit": lead},
        "in_hand": _("等%(unit)s办完") % {"unit": lead},
        "returned": _("等派单的人决定由谁办"),
        "suspended": _("等到 %(day)s 复核") % {"day": day_words(case.review_on)},
        "confirmed": _("等社区办结"),
    }.get(case.state, "")


@dataclass(frozen=True, slots=True)
class ResidentCase:
    """What the person of a voice sees of its case: no names of workers, no internal words."""

    case: Case
    state_label: Any
    tone: str
    lead: str
    waits_for: str
    timeline: list[Line]
    merged_into: str
    exclusion: str
    can_confirm: bool
    can_reopen: bool


def resident_case(actor: Actor, voice: Voice) -> ResidentCase | None:
    """The case of a voice as its person sees it, about six statements; None where the matter has none.

    The caller has checked that the actor may see the voice.
    """
    case = Case.objects.select_related("lead", "merged_into").filter(matter_id=voice.matter_id).first()
    if case is None:
        return None
    matters = list({case.matter_id, voice.first_matter_id or case.matter_id})
    entries = [
        entry
        for entry in Entry.objects.filter(matter__in=matters).order_by("id")
        # Other people's voices on the same matter are not this person's business.
        if not entry.code.startswith("voices.voice.") or entry.subject == voice.id
    ]
    texts = _readable(entries, matters, voice)
    mine = actor.with_receipt(voice.id)
    target = policy.Target(receipts=frozenset({voice.id}))
    answered = bool(voice.answered_at) and case.state in states.MOVES["confirm"].sources
    began_elsewhere = voice.first_matter_id and voice.first_matter_id != voice.matter_id
    return ResidentCase(
        case=case,
        state_label=states.neighbour_label(case.state),
        tone=states.tone(case.state),
        lead=case.lead.name if case.lead else "",
        waits_for=waits_for(case),
        timeline=lines(entries, texts, {PUBLIC}, people=False, to_person=True),
        merged_into=case.number if began_elsewhere else "",
        exclusion=reasons.label("cases.exclusion.reasons", case.excluded_for) if case.excluded_for else "",
        can_confirm=answered and policy.can(mine, "cases.case:confirm", target),
        can_reopen=(
            case.state in states.MOVES["reopen"].sources
            and case.outcome != "withdrawn"
            and policy.can(mine, "cases.case:reopen", target)
        ),
    )


def _readable(entries: list[Entry], matters: list[UUID], voice: Voice) -> dict[str, CaseText]:
    """What was written for the people of the matter, and what this person wrote themselves."""
    own = [
        key
        for entry in entries
        if str(voice.id) in entry.data.get("spoken_by", ())
        for key in entry.data.get("texts", ())
    ]
    rows = CaseText.objects.filter(Q(is_public=True) | Q(pk__in=own), case__matter__in=matters)
    return {str(one.id): one for one in rows}


def saved_views(actor: Actor) -> list[Any]:
    """One's own named filters."""
    from mulin.cases.models import SavedView

    return list(SavedView.objects.filter(account_id=actor.account).order_by("name")) if actor.account else []


def routes(actor: Actor) -> list[Any]:
    """Routes that the actor may edit, by place and category."""
    from mulin.cases.models import Route

    allowed = policy.visible(actor, "cases.route:edit", policy.Fields(place="place"))
    found = list(Route.objects.filter(allowed).select_related("org").order_by("place", "category", "id"))
    for route in found:
        route.category_name = classes.name(route.category)
    return found


def reply_templates(actor: Actor) -> list[ReplyTemplate]:
    """Templates that the actor may edit: of their units, and of the units at their place."""
    allowed = Q(pk__in=[])
    for scope in policy.scopes(actor, "cases.template:edit"):
        if scope.kind == "unit":
            allowed |= Q(pk__in=list(scope.ids))
        elif scope.kind in {"all", "range"}:
            allowed |= Q(place__gte=scope.low, place__lt=scope.high or ":")
    orgs = Organisation.objects.filter(allowed)
    return list(
        ReplyTemplate.objects.filter(org__in=orgs).select_related("org").order_by("org__name", "title")
    )

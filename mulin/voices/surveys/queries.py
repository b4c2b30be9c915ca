"""Reads about surveys: drafts and all figures for who may see them, open and published ones for everybody."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import ngettext

from mulin.kernel import clock, codes, policy, rulebook, suppression
from mulin.kernel.actors import Actor
from mulin.kernel.errors import NotVisible
from mulin.kernel.models import Entry
from mulin.kernel.numbers import clean_number
from mulin.voices.surveys import form as forms
from mulin.voices.surveys import tally
from mulin.voices.surveys.models import Sheet, Survey, is_over

# A sheet typed in again has no code either, but its household's was used: it is counted once.
UNCODED = ("lost", "none")
VIEW, ENTER = "voices.survey:view", "voices.survey:enter"
# What people wrote and where they pointed can tell who they are.
NEVER_PUBLIC = frozenset({"text", "place"})


def visible_surveys(actor: Actor) -> QuerySet[Survey]:
    """Surveys that the actor may read in full, drafts too, newest first."""
    return Survey.objects.filter(policy.visible(actor, VIEW)).order_by("-id")


def get_survey(actor: Actor, number: str) -> Survey:
    """One survey for a worker, or NotVisible (404)."""
    survey = visible_surveys(actor).filter(number=clean_number(number)).first()
    if survey is None:
        raise NotVisible(number)
    return survey


def locked(actor: Actor, number: str) -> Survey:
    """The same, locked until the end of the transaction."""
    survey = visible_surveys(actor).select_for_update().filter(number=clean_number(number)).first()
    if survey is None:
        raise NotVisible(number)
    return survey


def enterable_surveys(actor: Actor) -> QuerySet[Survey]:
    """Surveys that the actor may type sheets into: begun, never published, at the place of a post or
    above it.

    A grid worker brings sheets back for the whole community, a community's clerk for the whole street.
    """
    table = policy.table()[ENTER]
    above = {place for post in actor.posts if table.get(post.role) for place in codes.parents(post.place)}
    here = policy.visible(actor, ENTER)
    if here:  # an empty condition is everything: joined with another by "or" it would be lost
        here |= Q(place__in=above)
    return Survey.objects.filter(here, conclusion="").exclude(state="draft").order_by("-id")


def get_enterable(actor: Actor, number: str, *, lock: bool = False) -> Survey:
    """One of them, or NotVisible (404)."""
    found = enterable_surveys(actor).filter(number=clean_number(number))
    survey = (found.select_for_update() if lock else found).first()
    if survey is None:
        raise NotVisible(number)
    return survey


def get_public_survey(number: str) -> Survey:
    """One survey as everybody may see it: begun or over, not a draft. NotVisible (404) otherwise."""
    survey = Survey.objects.filter(number=clean_number(number)).exclude(state="draft").first()
    if survey is None:
        raise NotVisible(number)
    return survey


def asking_at(place: str) -> QuerySet[Survey]:
    """What is being asked in a community now, also by its street or above."""
    today = clock.today()
    places = {place, *codes.parents(place)}
    found = Survey.objects.filter(state="open", place__in=places, closes_on__gte=today)
    return found.filter(Q(opens_on=None) | Q(opens_on__lte=today))


def open_surveys(place: str) -> list[Survey]:
    """The same, the one that ends first on top."""
    return list(asking_at(place).order_by("closes_on", "id"))


def published_at(place: str) -> QuerySet[Survey]:
    """Those whose results everybody may see in a community."""
    places = {place, *codes.parents(place)}
    return Survey.objects.filter(place__in=places, published_at__isnull=False)


def published_surveys(place: str, limit: int = 20) -> list[Survey]:
    """The same, the latest first."""
    return list(published_at(place).order_by("-published_at")[:limit])


def takes_answers(survey: Survey) -> bool:
    today = clock.today()
    begun = survey.opens_on is None or survey.opens_on <= today
    return survey.state == "open" and begun and not is_over(survey, today)


def form_of(survey: Survey) -> forms.Form:
    return forms.read(survey.form)


def publishable(survey: Survey) -> list[str]:
    """The questions whose results may be shown to everybody, in their order."""
    return [question.key for question in form_of(survey) if question.kind not in NEVER_PUBLIC]


def too_few(survey: Survey, returned: int) -> str:
    """How many sheets are back and how many must be before results may be published; empty where they are
    enough, and where no rule says how many."""
    rule = rulebook.book().find("voices.survey.least", survey.place, clock.today())
    return too_few_words(returned, int(rule.value)) if rule and returned < int(rule.value) else ""


def too_few_words(n: int, least: int) -> str:
    text = ngettext(
        "收回 %(n)s 份，够 %(least)s 份才能公布：太少了，会让人认出是谁填的。",
        "收回 %(n)s 份，够 %(least)s 份才能公布：太少了，会让人认出是谁填的。",
        n,
    )
    return text % {"n": n, "least": least}


@dataclass(frozen=True, slots=True)
class Batch:
    """Slips that were made at one time."""

    at: datetime
    n: int


def slips_made(survey: Survey) -> list[Batch]:
    """Every batch of slips, the latest first: the codes are nowhere kept, that they were made is."""
    lines = Entry.objects.filter(subject=survey.pk, code="voices.survey.codes_made").order_by("-id")
    return [Batch(line.at, int(line.data["n"])) for line in lines]


def kept_answers(survey: Survey, digest: str) -> dict[str, Any]:
    """What a browser filled in so far."""
    sheet = Sheet.objects.filter(survey=survey, key_hash=digest, state="partial").first()
    return dict(sheet.answers) if sheet else {}


def returned(surveys: Collection[Survey]) -> dict[UUID, int]:
    """How many sheets came back for each of them; one statement."""
    rows = Sheet.objects.filter(survey__in=surveys, state__in=("pooled", "done")).values("survey")
    return {row["survey"]: row["n"] for row in rows.annotate(n=Count("id"))}


@dataclass(frozen=True, slots=True)
class Results:
    """All that came back. `returned` and `by_channel`: sheets handed in; `waiting`: those of them that
    are not counted in `tallies` yet (see `pool`); `rate`: of those on the roster or issued; `uncoded`:
    households' sheets without a code, of which a household may have handed in two."""

    survey: Survey
    form: forms.Form
    returned: int
    by_channel: dict[str, int]
    waiting: int
    partial: int
    void: int
    rate: float | None
    uncoded: int
    tallies: dict[str, tally.Tally]


def results(survey: Survey, *, only_counts: bool = False) -> Results:
    """Count every handed-in sheet. Three statements at most, however many questions there are; one where
    nothing came in since, and for `only_counts`, which leaves `tallies` empty. Nobody changes what is
    returned."""
    form = form_of(survey)
    counted = survey.sheets.values("state", "channel", "without_code").annotate(n=Count("id"))
    states: Counter[str] = Counter()
    channels: Counter[str] = Counter()
    uncoded = survey.uncoded
    for row in counted:
        states[row["state"]] += row["n"]
        if row["state"] in {"pooled", "done"}:
            channels[row["channel"]] += row["n"]
            uncoded += row["n"] if row["without_code"] in UNCODED else 0
    returned = states["pooled"] + states["done"]
    base = survey.roster or survey.issued
    return Results(
        survey=survey,
        form=form,
        returned=returned,
        by_channel=dict(channels),
        waiting=states["pooled"],
        partial=states["partial"],
        void=states["void"],
        rate=tally.response_rate(returned, base),
        uncoded=uncoded,
        tallies={} if only_counts else _tallies(survey, states["done"], states["void"]),
    )


def _tallies(survey: Survey, done: int, void: int) -> dict[str, tally.Tally]:
    """Counted once for as long as nothing comes in: an open survey's questions are frozen, a counted
    sheet never changes, and `void` only ever grows, so that the two figures name what was counted."""
    if survey.state == "draft":
        return tally.tally(form_of(survey), ())
    return _counted(survey.pk, done, void)


@lru_cache(maxsize=64)
def _counted(survey_id: UUID, _done: int, _void: int) -> dict[str, tally.Tally]:
    survey = Survey.objects.get(pk=survey_id)
    return tally.tally(form_of(survey), _sheets(survey))


def _sheets(survey: Survey):
    done = survey.sheets.filter(state="done").order_by()
    return done.values_list("answers", flat=True).iterator(chunk_size=2000)


def cross_table(survey: Survey, of: str, by: str) -> tuple[tally.CrossTable, dict[tuple[str, str], str]]:
    """One question by another, and the cells that must stay hidden: small ones, and those that would betray
    them. Column totals stand beside the cells, a row's total is known from the question's own table.
    ValueError for questions that cannot be crossed."""
    form = form_of(survey)
    table = tally.cross(form, _sheets(survey), of, by)
    keys = [question.key for question in form]
    # Covered in one direction only: read the other way round it would show other cells, and both together
    # those that are covered.
    is_turned = keys.index(of) > keys.index(by)

    def turned(cell: tuple[str, str]) -> tuple[str, str]:
        return cell[::-1] if is_turned else cell

    first, second = (table.rows, table.columns) if is_turned else (table.columns, table.rows)
    lines = [[(one, two) for two in second] for one in first]
    lines += [[(one, two) for one in first] for two in second]
    hidden = suppression.protect_lines({turned(cell): n for cell, n in table.cells.items()}, lines)
    return table, {turned(cell): why for cell, why in hidden.items()}


def earlier_rounds(actor: Actor, survey: Survey, limit: int = 5) -> list[Survey]:
    """Earlier surveys from the same template at the same place, the latest first: for comparing years."""
    if not survey.template:
        return []
    same = visible_surveys(actor).filter(template=survey.template, place=survey.place, state="closed")
    return list(same.filter(id__lt=survey.id)[:limit])


@dataclass(frozen=True, slots=True)
class Written:
    """One free text: from which sheet and question, and the voice that it became."""

    sheet: Any
    question: str
    text: str
    raised: str


def written(survey: Survey) -> list[Written]:
    """All that people wrote in their own words, question by question, in an order that says nothing about
    when."""
    keys = [question.key for question in form_of(survey) if question.kind == "text"]
    rows = survey.sheets.filter(state="done").order_by("id").values_list("id", "answers", "raised")
    found: dict[str, list[Written]] = {key: [] for key in keys}
    for sheet, answers, raised in rows.iterator(chunk_size=2000):
        for key in keys:
            if key in answers:
                found[key].append(Written(sheet, key, answers[key], raised.get(key, "")))
    return [one for key in keys for one in found[key]]


def entered_sheets(actor: Actor, survey: Survey, limit: int = 50) -> list[Sheet]:
    """Sheets that this worker typed in, the latest day first: for finding a slip of the hand."""
    mine = survey.sheets.filter(entered_by=actor.account).exclude(state="partial")
    return list(mine.order_by("-day", "id")[:limit])

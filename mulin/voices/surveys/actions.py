"""Making a survey, opening and closing it, and publishing what came of it."""

import secrets as random
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mulin.kernel import codes, journal, rulebook
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now, today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import require
from mulin.kernel.secrets import fingerprint
from mulin.voices.surveys import form as forms
from mulin.voices.surveys import pool, queries, states
from mulin.voices.surveys.models import ONCE, Sheet, Survey, SurveyCode, Taken
from mulin.voices.surveys.templates import EMPTY, templates

MANAGE = "voices.survey:manage"
TITLE_LENGTH, INTRO_LENGTH, CONCLUSION_LENGTH = 80, 1000, 2000
MOST_CODES = 500
# No 0 O 1 I L: read from paper by someone of seventy.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8


def draft_survey(
    *, actor: Actor, place: str, template: str = EMPTY, title: str = "", like: str = ""
) -> Survey:
    """A new draft for a community or a street, from a template or with the questions of an earlier survey,
    and asked as those are: of anyone or once a household.

    Who: voices.survey:manage there. Raises no-place, no-template; NotVisible for a `like` one may not see.
    """
    if not codes.is_valid(place) or codes.level(place) < codes.Level.STREET:
        raise ActionError("no-place", _("请选一个社区或街道。"), field="place", status=422)
    require(actor, MANAGE, place)
    if like:
        earlier = queries.get_survey(actor, like)
        data, template, usual = earlier.form, earlier.template, earlier.title
        asked = {"once": earlier.once, "roster_of": earlier.roster_of}
    else:
        data, usual = _from_template(template)
        asked = _usually(template)
    with write():
        survey = _made(place, title or usual, "" if template == EMPTY else template, data, **asked)
        _line("voices.survey.drafted", actor, survey, template=survey.template)
    return survey


def prepare_survey(
    *, place: str, template: str, title: str, opens_on: date, closes_on: date, once: str
) -> Survey:
    """A draft that belongs to something larger, such as a step of a topic: inside that one's transaction and
    under its journal line. Raises no-template, no-title."""
    data, usual = _from_template(template or EMPTY)
    usual_frame = _usually(template)
    if usual_frame.get("once") != once:  # asked otherwise than the template, counted otherwise too
        usual_frame = {}
    frame = {**usual_frame, "opens_on": opens_on, "closes_on": closes_on, "once": once}
    return _made(place, title or usual, "" if template == EMPTY else template, data, **frame)


def _from_template(template: str) -> tuple[dict[str, Any], str]:
    """The questions and the usual title of a template, or nothing of either."""
    if template == EMPTY:
        return {"sections": []}, ""
    chosen = templates().get(template)
    if chosen is None:
        raise ActionError("no-template", _("请选一个模板，或从空白开始。"), field="template", status=422)
    return forms.as_data(chosen.form), chosen.title_en if get_language() == "en" else chosen.title


def _usually(template: str) -> dict[str, str]:
    """How a template is usually asked; a survey from nothing of whoever has the link."""
    chosen = templates().get(template)
    return {"once": chosen.once, "roster_of": chosen.roster_of} if chosen else {}


def _made(place: str, title: str, template: str, data: dict[str, Any], **frame: Any) -> Survey:
    return Survey.objects.create(
        number=new_number(),
        place=place,
        title=_title(title or _("未命名的问卷")),
        template=template,
        form=data,
        **frame,
    )


def _title(text: str) -> str:
    text = text.strip()
    if not text or len(text) > TITLE_LENGTH:
        raise ActionError("no-title", _("请写一个标题，最多80个字。"), field="title", status=422)
    return text


def _line(code: str, actor: Actor, survey: Survey, **data: Any) -> None:
    facts = {"number": survey.number, **data}
    journal.record(code, actor=actor, place=survey.place, subject=survey.id, data=facts)


def edit_survey(
    *,
    actor: Actor,
    number: str,
    title: str,
    intro: str = "",
    once: str = "device",
    opens_on: date | None = None,
    closes_on: date | None = None,
    issued: int = 0,
    roster: int = 0,
    roster_of: str = "people",
) -> Survey:
    """Change the frame of a survey. The way of answering only while it is a draft; the rest until it ends.

    Who: voices.survey:manage. Raises no-title, text-too-long, bad-period, bad-count, not-now; once it is open
    no-end and over too.
    """
    title, intro = _title(title), intro.strip()
    if len(intro) > INTRO_LENGTH:
        raise ActionError("text-too-long", _("说明最多1000个字。"), field="intro", status=422)
    if opens_on and closes_on and closes_on < opens_on:
        raise ActionError("bad-period", _("结束的日子不能早于开始。"), field="closes_on", status=422)
    if min(issued, roster) < 0 or once not in ONCE or roster_of not in states.ROSTER_WORDS:
        raise ActionError("bad-count", _("请核对份数和人数。"), field="issued", status=422)
    with write():
        survey = queries.locked(actor, number)
        require(actor, MANAGE, survey.place)
        _must_be(survey, "draft", "open")
        if survey.state == "open" and once != survey.once:
            raise ActionError("not-now", _("问卷已经开始，不能再改怎么填。"), field="once")
        if survey.state == "open":
            _check_end(closes_on)
        survey.title, survey.intro, survey.once = title, intro, once
        survey.opens_on, survey.closes_on = opens_on, closes_on
        survey.issued, survey.roster, survey.roster_of = issued, roster, roster_of
        survey.save()
        _line("voices.survey.edited", actor, survey)
    return survey


def edit_questions(
    *, actor: Actor, number: str, data: Mapping[str, Any] | Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> Survey:
    """Replace all questions of a draft. What is open is frozen: everybody answers the same.

    `data`: the questions, or a function that makes them from those that stand there now, so that two who edit
    at once do not undo one another. Who: voices.survey:manage. Raises not-now, and form-<mistake> with the
    question's key as its field.
    """
    with write():
        survey = queries.locked(actor, number)
        require(actor, MANAGE, survey.place)
        _must_be(survey, "draft")
        read = _read(data(survey.form) if callable(data) else data)
        survey.form = forms.as_data(read)
        survey.save(update_fields=["form"])
        _line("voices.survey.questions_edited", actor, survey, n=len(list(read)))
    return survey


def _read(data: Mapping[str, Any]) -> forms.Form:
    try:
        return forms.read(data)
    except forms.FormError as error:
        raise ActionError(
            f"form-{error.code}", str(states.FORM_MISTAKES[error.code]), field=error.where, status=422
        ) from error


def _must_be(survey: Survey, *allowed: str) -> None:
    if survey.state not in allowed:
        word = states.STATE_WORDS[survey.state]
        raise ActionError("not-now", _("问卷现在是“%(state)s”，不能这样做。") % {"state": word})


def open_survey(*, actor: Actor, number: str) -> Survey:
    """Begin to take sheets; the questions are frozen.

    Who: voices.survey:manage. Raises not-now, form-no-questions, no-end (the people asked must know until
    when), over.
    """
    with write():
        survey = queries.locked(actor, number)
        require(actor, MANAGE, survey.place)
        _must_be(survey, "draft")
        if not list(_read(survey.form)):
            raise ActionError("form-no-questions", str(states.FORM_MISTAKES["no-questions"]))
        _check_end(survey.closes_on)
        survey.state, survey.opened_at = "open", now()
        survey.opens_on = survey.opens_on or today()
        survey.save()
        _line("voices.survey.opened", actor, survey, until=survey.closes_on.isoformat())
    return survey


def _check_end(closes_on: date | None) -> None:
    if closes_on is None:
        raise ActionError("no-end", _("请先定下哪天结束。"), field="closes_on")
    if closes_on < today():
        raise ActionError("over", _("结束的日子已经过了，请改一个。"), field="closes_on", status=422)


def close_survey(*, actor: Actor, number: str) -> Survey:
    """Take no more sheets. Half-filled ones are dropped: nobody handed them in. Who: voices.survey:manage."""
    with write():
        survey = queries.locked(actor, number)
        require(actor, MANAGE, survey.place)
        _must_be(survey, "open")
        _close(actor, survey)
    return survey


def _close(actor: Actor, survey: Survey) -> None:
    returned, dropped = shut(survey)
    _line("voices.survey.closed", actor, survey, n=returned, dropped=dropped)


def shut(survey: Survey) -> tuple[int, int]:
    """Close an open survey inside the transaction and under the journal line of something larger: how many
    sheets came back, and how many half-filled ones were dropped."""
    survey.state, survey.closed_at = "closed", now()
    survey.save(update_fields=["state", "closed_at"])
    pool.empty(survey)
    dropped, _kinds = survey.sheets.filter(state="partial").delete()
    return survey.sheets.filter(state="done").count(), dropped


def close_overdue(actor: Actor) -> int:
    """What the worker does each hour: close the surveys whose last day has passed; how many. Of those closed
    long ago, what kept people from answering twice is dropped too (rule voices.survey.keep_days)."""
    late = Survey.objects.filter(state="open", closes_on__lt=today()).values_list("number", flat=True)
    for number in list(late):
        with write():
            survey = Survey.objects.select_for_update().get(number=number)
            if survey.state == "open":
                _close(actor, survey)
    old = Survey.objects.filter(state="closed", closed_at__lt=_kept_since())
    traces = (Taken.objects.all(), SurveyCode.objects.all(), Sheet.objects.exclude(entered_by=None))
    has_any = [Q(Exists(rows.filter(survey=OuterRef("pk")))) for rows in traces]
    for survey in old.filter(reduce(or_, has_any)):
        with write():
            forget(survey)
    return len(late)


def _kept_since() -> datetime:
    return now() - timedelta(
        days=int(rulebook.value("voices.survey.keep_days", at=settings.MULIN_SITE_PLACE))
    )


def reopen_survey(*, actor: Actor, number: str, closes_on: date) -> Survey:
    """Take sheets again until a later day; only while nothing was ever published, and while it is still known
    which browsers and codes have answered. Who: voices.survey:manage. Raises not-now, published,
    too-late, over.
    """
    with write():
        survey = queries.locked(actor, number)
        require(actor, MANAGE, survey.place)
        _must_be(survey, "closed")
        if survey.was_published:
            raise ActionError("published", _("结果公布过，不能再收。需要时请另发一份。"))
        if survey.closed_at and survey.closed_at < _kept_since():
            raise ActionError("too-late", _("结束太久了，不能再收。需要时请另发一份。"))
        _check_end(closes_on)
        survey.state, survey.closed_at, survey.closes_on = "open", None, closes_on
        survey.save(update_fields=["state", "closed_at", "closes_on"])
        _line("voices.survey.reopened", actor, survey, until=closes_on.isoformat())
    return survey


def discard_survey(*, actor: Actor, number: str) -> None:
    """Delete a draft that was never sent out. Who: voices.survey:manage. Raises not-now."""
    with write():
        survey = queries.locked(actor, number)
        require(actor, MANAGE, survey.place)
        _must_be(survey, "draft")
        _line("voices.survey.discarded", actor, survey)
        survey.delete()


def make_codes(*, actor: Actor, number: str, n: int, had: int | None = None) -> list[str]:
    """Codes for printed slips, one a household; shown this once, only their hashes are kept. Earlier ones
    stay valid.

    `had`: how many there were when they were asked for, so that a page that is sent twice makes them once.
    Who: voices.survey:manage. Raises not-now, no-codes (the survey is open to everybody), bad-count,
    made-already.
    """
    with write():
        survey = queries.locked(actor, number)
        require(actor, MANAGE, survey.place)
        _must_be(survey, "draft", "open")
        if survey.once != "household":
            raise ActionError("no-codes", _("这份问卷有链接就能填，不用码。"))
        if not 1 <= n <= MOST_CODES:
            raise ActionError("bad-count", _("一次做1到%d个码。") % MOST_CODES, field="n", status=422)
        if had is not None and survey.codes.count() != had:
            text = _("刚才已经做了一批，没有再做。打印出来的都有效；没来得及打印的，请再做一次。")
            raise ActionError("made-already", text)
        made = ["".join(random.choice(ALPHABET) for _ in range(CODE_LENGTH)) for _ in range(n)]
        hashes = [fingerprint(code, f"survey:{survey.id}") for code in made]
        SurveyCode.objects.bulk_create(SurveyCode(survey=survey, code_hash=one) for one in hashes)
        _line("voices.survey.codes_made", actor, survey, n=n)
    return made


def publish_results(*, actor: Actor, number: str, questions: list[str], conclusion: str) -> Survey:
    """Show everybody the results of some questions, and what is done with them.

    From then on no sheet is added or left out, and what led to who typed them is dropped. Who:
    voices.survey:publish. Raises not-now, too-few (rule voices.survey.least: a handful of sheets would show
    persons), no-conclusion, not-offered (free text and places are never shown).
    """
    conclusion = conclusion.strip()
    if not conclusion or len(conclusion) > CONCLUSION_LENGTH:
        text = _("请写几句：大家说了什么，接下来怎么办。最多2000个字。")
        raise ActionError("no-conclusion", text, field="conclusion", status=422)
    with write():
        survey = queries.locked(actor, number)
        require(actor, "voices.survey:publish", survey.place)
        check_publishable(survey)
        may = queries.publishable(survey)
        if not questions or not set(questions) <= set(may):
            raise ActionError("not-offered", _("请选要公布的题目。"), field="questions", status=422)
        survey.published = [key for key in may if key in questions]
        survey.conclusion, survey.published_at = conclusion, now()
        survey.save(update_fields=["published", "conclusion", "published_at"])
        forget(survey)
        _line("voices.survey.published", actor, survey, n=len(survey.published))
    return survey


def check_publishable(survey: Survey) -> None:
    """Whether results of this survey may be published at all. Raises not-now, too-few."""
    _must_be(survey, "closed")
    least = int(rulebook.value("voices.survey.least", at=survey.place))
    n = survey.sheets.filter(state="done").count()
    if n < least:
        raise ActionError("too-few", queries.too_few_words(n, least))


def withdraw_results(*, actor: Actor, number: str) -> Survey:
    """Take published results back. Who: voices.survey:publish. Raises not-now."""
    with write():
        survey = queries.locked(actor, number)
        require(actor, "voices.survey:publish", survey.place)
        if not survey.published_at:
            raise ActionError("not-now", _("结果还没有公布。"))
        survey.published, survey.published_at = [], None
        survey.save(update_fields=["published", "published_at"])
        _line("voices.survey.results_withdrawn", actor, survey)
    return survey


def forget(survey: Survey) -> None:
    """Drop what only served to keep people from answering twice or to mend slips of the hand, once a
    survey is over for good."""
    without = survey.sheets.filter(state="done", without_code__in=queries.UNCODED).count()
    if without:  # the figure stays, which sheets they were does not
        survey.uncoded += without
        survey.save(update_fields=["uncoded"])
    survey.sheets.exclude(without_code="").update(without_code="")
    survey.sheets.filter(entered_by__isnull=False).update(entered_by=None, day=None)
    Taken.objects.filter(survey=survey).delete()
    SurveyCode.objects.filter(survey=survey).delete()
    Sheet.objects.filter(survey=survey, state="partial").delete()

"""Answering a survey: half-filled sheets are kept, handed-in ones are counted once and say nothing of who."""

import unicodedata
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from mulin.kernel import clock, journal
from mulin.kernel.actors import ANONYMOUS, Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.policy import can, require
from mulin.kernel.secrets import fingerprint
from mulin.voices.actions.submit import Receipt, submit_voice
from mulin.voices.surveys import form as forms
from mulin.voices.surveys import pool, queries, states
from mulin.voices.surveys.models import CHANNELS, Sheet, Survey, SurveyCode, Taken, is_over


class Incomplete(ActionError):
    """Some answers are missing or cannot be taken; `mistakes` maps question keys to sentences."""

    def __init__(self, mistakes: Mapping[str, str]):
        super().__init__("incomplete", _("还有题目要看一下，已经填的都留着。"), status=422)
        self.mistakes = {key: str(states.MISTAKES[code]) for key, code in mistakes.items()}


def save_sheet(*, number: str, key: str, answers: Mapping[str, Any]) -> dict[str, str]:
    """Keep what somebody has filled in so far, under a secret that only their browser knows.

    Anyone may, while the survey is open. Not an act yet, so no journal line. Returns the mistakes so far as
    sentences by question; what is mistaken is not kept. Raises NotVisible, over, taken.
    """
    with write():
        survey = _open(number)
        digest = _digest(survey, key)
        _refuse_second(survey, digest)
        sheet = _sheet_of(survey, digest)
        checked = forms.check(queries.form_of(survey), answers, partial=True)
        sheet.answers, sheet.day = checked.answers, clock.today()
        sheet.save()
    return {name: str(states.MISTAKES[code]) for name, code in checked.mistakes.items()}


def drop_sheet(*, number: str, key: str) -> None:
    """Throw away what this browser filled in and did not hand in. Anyone may; no journal line."""
    with write():
        survey = _open(number)
        Sheet.objects.filter(survey=survey, key_hash=_digest(survey, key), state="partial").delete()


def submit_sheet(*, number: str, key: str, answers: Mapping[str, Any], code: str = "") -> Survey:
    """Hand a sheet in. Anyone may, once a browser, or once a printed code where the survey asks for one.

    Nothing that is kept joins the sheet to the browser, the code or an account: the journal line has no
    actor, and the sheet is counted together with others (see `pool`). Raises NotVisible, over, done-here
    (this browser has handed this very sheet in: the button was pressed twice), taken, bad-code, Incomplete.
    """
    with write():
        survey = _open(number)
        digest = here = _digest(survey, key)
        if survey.once == "household":
            digest = _code_digest(survey, code)
            here = _digest(survey, f"{key}/{clean_code(code)}")
        _refuse_twice(survey, here)
        _refuse_second(survey, digest)
        checked = forms.check(queries.form_of(survey), answers)
        if checked.mistakes:
            raise Incomplete(checked.mistakes)
        Sheet.objects.filter(survey=survey, key_hash=_digest(survey, key)).delete()
        for one in {digest, here}:
            _take(survey, one)
        Sheet.objects.create(survey=survey, state="pooled", answers=checked.answers, day=None)
        pool.release(survey)
        _line("voices.survey.answered", ANONYMOUS, survey, channel="portal")
    return survey


def enter_sheet(
    *,
    actor: Actor,
    number: str,
    answers: Mapping[str, Any],
    channel: str = "paper",
    code: str = "",
    without_code: str = "",
) -> Sheet:
    """Type in a sheet that came back on paper, by telephone or at the door; it counts as much as any other.

    Who: voices.survey:enter, see queries.enterable_surveys: also after the end (paper comes in late), until
    results are published. What a person left out on paper stays out: required questions are not asked for.
    Where one sheet a household counts it has the code of its slip, or a reason why not (`without_code`).
    Raises NotVisible, no-code, bad-code, taken, not-voided, bad-channel, empty, Incomplete.
    """
    if channel not in CHANNELS[1:]:
        raise ActionError("bad-channel", _("请选这份问卷是怎么收回的。"), field="channel", status=422)
    with write():
        survey = queries.get_enterable(actor, number, lock=True)
        checked = forms.check(queries.form_of(survey), answers, partial=True)
        if checked.mistakes:
            raise Incomplete(checked.mistakes)
        if not checked.answers:
            raise ActionError("empty", _("这一份还是空的。"), status=422)
        why = _take_slip(survey, code, without_code) if survey.once == "household" else ""
        sheet = Sheet.objects.create(
            survey=survey, state="done", channel=channel, answers=checked.answers, entered_by=actor.account,
            without_code=why,
        )  # fmt: skip
        _line("voices.survey.sheet_entered", actor, survey, channel=channel)
    return sheet


def _take_slip(survey: Survey, code: str, without_code: str) -> str:
    """Mark the code of a paper sheet's slip as used; "". Without one, why: such sheets are counted apart."""
    if clean_code(code):
        digest = _code_digest(survey, code)
        if not Taken.objects.filter(survey=survey, key_hash=digest).exists():
            _take(survey, digest)
            return ""
        if without_code != "again" or not _voided_waiting(survey):
            text = _("这个码已经交过一份了，一户一份。这一份没有录进去。作废后重录的，请在下面选。")
            raise ActionError("taken", text, field="code")
        return "again"
    if not SurveyCode.objects.filter(survey=survey).exists():
        return "none"  # no slips went out, or the codes are forgotten: there is nothing to ask for
    if without_code not in states.WITHOUT_CODE_WORDS:
        text = _("一户一份的问卷，请录纸条上的码；没有码的，请选为什么。")
        raise ActionError("no-code", text, field="code", status=422)
    if without_code == "again" and not _voided_waiting(survey):
        text = _("没有作废了还没重录的一份。请先作废录错的，或者录纸条上的码。")
        raise ActionError("not-voided", text, field="without_code")
    return without_code


def _voided_waiting(survey: Survey) -> bool:
    """Whether a sheet was left out whose household has none in its place yet."""
    typed = Sheet.objects.filter(survey=survey)
    voided = typed.filter(state="void", without_code__in=("", "again")).count()
    return voided > typed.filter(without_code="again").count()


def void_sheet(*, actor: Actor, number: str, sheet: UUID, reason: str) -> Survey:
    """Leave a sheet out of the count, because it was typed wrongly or twice; it is kept, with the reason.

    Who: whoever typed it in, or voices.survey:manage; never one a resident handed in. Raises NotVisible,
    not-now, no-reason.
    """
    reason = reason.strip()[:200]
    if not reason:
        raise ActionError("no-reason", _("请写明为什么作废。"), field="reason", status=422)
    with write():
        survey = queries.get_enterable(actor, number, lock=True)
        row = typed_sheet(actor, survey, sheet, Sheet.objects.select_for_update())
        if row.state != "done":
            raise ActionError("not-now", _("这一份已经作废了。"))
        row.state, row.void_reason = "void", reason
        row.save(update_fields=["state", "void_reason"])
        _line("voices.survey.sheet_voided", actor, survey)
    return survey


def typed_sheet(actor: Actor, survey: Survey, sheet: UUID, rows: Any = None) -> Sheet:
    """A sheet that the actor may leave out: their own, or any typed one for who manages the survey.
    NotVisible otherwise."""
    found = (Sheet.objects if rows is None else rows).filter(
        survey=survey, pk=sheet, entered_by__isnull=False
    )
    if not can(actor, "voices.survey:manage", survey.place):
        found = found.filter(entered_by=actor.account)
    row = found.first()
    if row is None:
        raise NotVisible(str(sheet))
    return row


def raise_voice(*, actor: Actor, number: str, sheet: UUID, question: str, kind: str = "") -> Receipt:
    """Turn what somebody wrote on a sheet into a voice, so that it gets an answer in the open.

    Who: voices.survey:manage, and voices.voice:submit_for. The voice has no name and no contact, as the
    sheet has none. Raises NotVisible, raised (it is one already), and what submit_voice raises.
    """
    with write():
        survey = queries.locked(actor, number)
        require(actor, "voices.survey:manage", survey.place)
        row = Sheet.objects.select_for_update().filter(survey=survey, pk=sheet, state="done").first()
        asked = queries.form_of(survey).get(question)
        if row is None or asked is None or asked.kind != "text" or question not in row.answers:
            raise NotVisible(question)
        if question in row.raised:
            raise ActionError("raised", _("这一条已经登记过了。"))
        receipt = submit_voice(
            actor=actor,
            text=row.answers[question],
            place=survey.place,
            kind=kind,
            channel="survey",
            entered_for=True,
            idempotency=f"survey:{row.id}:{question}",
        )
        row.raised = {**row.raised, question: receipt.voice.number}
        row.save(update_fields=["raised"])
    return receipt


def clean_code(text: str) -> str:
    """`7fq3 k2mn` as `7FQ3K2MN`."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in plain if c.isalnum())


def _open(number: str) -> Survey:
    survey = Survey.objects.select_for_update().filter(number=number).exclude(state="draft").first()
    if survey is None:
        raise NotVisible(number)
    require(ANONYMOUS, "voices.survey:answer", survey.place)
    if is_over(survey, clock.today()):
        raise ActionError("over", _("这份问卷已经结束，谢谢您的关心。"))
    if survey.opens_on and clock.today() < survey.opens_on:
        raise ActionError("not-yet", _("这份问卷还没有开始。"))
    return survey


def _digest(survey: Survey, key: str) -> str:
    if len(key) < 16:
        raise NotVisible("key")
    return fingerprint(key, f"survey:{survey.id}")


def _code_digest(survey: Survey, code: str) -> str:
    digest = fingerprint(clean_code(code), f"survey:{survey.id}")
    if not digest or not SurveyCode.objects.filter(survey=survey, code_hash=digest).exists():
        raise ActionError("bad-code", _("这个码不对，请照纸条核对。"), field="code", status=422)
    return digest


def _refuse_twice(survey: Survey, digest: str) -> None:
    if Taken.objects.filter(survey=survey, key_hash=digest).exists():
        raise ActionError("done-here", _("您这一份已经交过了，谢谢您。"))


def _refuse_second(survey: Survey, digest: str) -> None:
    if Taken.objects.filter(survey=survey, key_hash=digest).exists():
        raise _taken(survey)


def _taken(survey: Survey) -> ActionError:
    if survey.once == "household":
        text = _("这个码已经交过一份了，一户一份。要是不是您家交的，请告诉社区。")
        return ActionError("taken", text, field="code")
    return ActionError("taken", _("这一份已经交过了，谢谢您。"))


def _take(survey: Survey, digest: str) -> None:
    try:
        Taken.objects.create(survey=survey, key_hash=digest)
    except IntegrityError as error:
        raise _taken(survey) from error


def _sheet_of(survey: Survey, digest: str) -> Sheet:
    return Sheet.objects.filter(survey=survey, key_hash=digest).first() or Sheet(
        survey=survey, key_hash=digest
    )


def _line(code: str, actor: Actor, survey: Survey, **data: Any) -> None:
    facts = {"number": survey.number, **data}
    journal.record(code, actor=actor, place=survey.place, subject=survey.id, data=facts)

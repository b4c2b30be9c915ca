"""Sheets of a survey: given out as links, codes and paper, typed in fast, and what people wrote on them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.desk import survey_export, words
from mulin.desk import survey_forms as forms
from mulin.desk.recording import qr_code
from mulin.desk.views.surveys import MANAGE, READ, _context, _form_page, crossing
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError
from mulin.kernel.pages import page, posted, run, tried
from mulin.voices.needs.queries import needs_of_texts
from mulin.voices.surveys import actions, answering, fields, queries, reading, states
from mulin.voices.surveys.models import CHANNELS, Survey

FORM = require_http_methods(["GET", "HEAD", "POST"])
ENTER = needs("voices.survey:enter")
TEXTS_PER_PAGE = 50
MOST_BATCHES = 5
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@READ
def give(request: HttpRequest, number: str) -> HttpResponse:
    """The link, its QR, the printed form, codes for households, and how many sheets are back."""
    found = queries.get_survey(actor_of(request), number)
    counted = queries.results(found, only_counts=True)
    gives_slips = found.once == "household"
    context = _context(request, found, "survey-give")
    context |= {
        "counted": counted,
        "channels": [(states.CHANNEL_WORDS[name], n) for name, n in sorted(counted.by_channel.items())],
        "takes": queries.takes_answers(found),
        "qr": mark_safe(qr_code(context["public_url"])),
        "gives_slips": gives_slips,
        "made_before": _made_before(found, found.codes.count()) if gives_slips else "",
    }
    return page(request, "desk/survey_give.html", context)


@FORM
@MANAGE
def codes(request: HttpRequest, number: str) -> HttpResponse:
    """Make slips; they are shown this once, to be printed. Loading the page again sends the form again: it
    makes no second batch."""
    actor = actor_of(request)
    found = queries.get_survey(actor, number)
    had = found.codes.count()
    form = forms.Codes(had, posted(request))
    made: list[str] = []
    if tried(
        request,
        form,
        lambda: made.extend(actions.make_codes(actor=actor, number=found.number, **form.cleaned_data)),
    ):
        context = _context(request, found, "survey-give")
        # Behind the #: a telephone that scans the slip keeps the code from every server on its way.
        link = context["public_url"] + "#code="
        context["codes"] = [(f"{c[:4]}-{c[4:]}", mark_safe(qr_code(link + c))) for c in made]
        context["until"] = reading.on_day(found.closes_on)
        return page(request, "desk/survey_codes.html", {**context, "had": had})
    form.ask_again(had)
    text = _made_before(found, had)
    return _form_page(request, found, form, _("做纸条"), _("做纸条"), "desk:survey-give", text)


def _made_before(found: Survey, had: int) -> str:
    """What becomes of the slips that there are, before more are made."""
    if not had:
        return ""
    said = ngettext("一共 %(n)s 张，都还有效。", "一共 %(n)s 张，都还有效。", had) % {"n": had}
    made = queries.slips_made(found)
    batches = [
        ngettext("%(when)s 做了 %(n)s 张", "%(when)s 做了 %(n)s 张", one.n)
        % {"when": words.when(one.at), "n": one.n}
        for one in made[:MOST_BATCHES]
    ]
    if not batches:
        return said
    listed = _("、").join(batches)
    if len(made) > MOST_BATCHES:
        listed = _("%(batches)s，还有更早做的") % {"batches": listed}
    text = _("%(said)s%(batches)s。再做的是另外的码：一户只发一张。")
    return text % {"said": said, "batches": listed}


@require_safe
@READ
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """The survey on paper, numbered as the typing page asks for it."""
    found = queries.get_survey(actor_of(request), number)
    context = {
        **_context(request, found, "survey-give"),
        "parts": fields.parts(queries.form_of(found), {}),
    }
    return page(request, "desk/survey_paper.html", context)


@FORM
@ENTER
def enter(request: HttpRequest, number: str) -> HttpResponse:
    """One sheet after the other, by keyboard: digits choose, Enter goes on, Ctrl+Enter saves and clears."""
    actor = actor_of(request)
    found = queries.get_enterable(actor, number)
    form = queries.form_of(found)
    answers: dict = {}
    mistakes: dict[str, str] = {}
    refusal = refused = ""
    channel = request.POST.get("channel") or request.session.get("survey_channel", "paper")
    channel = channel if channel in CHANNELS[1:] else "paper"
    status = 200
    if request.method == "POST":
        request.session["survey_channel"] = channel
        answers = fields.posted(form, request.POST)
        try:
            answering.enter_sheet(
                actor=actor, number=found.number, answers=answers, channel=channel,
                code=request.POST.get("code", ""), without_code=request.POST.get("without_code", ""),
            )  # fmt: skip
        except answering.Incomplete as error:
            mistakes, refusal, status = error.mistakes, str(error.message), error.status
        except ActionError as error:
            refusal, status, refused = str(error.message), error.status, error.field
        else:
            messages.success(request, _("这一份录好了，接着录下一份。"))
            return redirect("desk:survey-enter", found.number)
    mine = queries.entered_sheets(actor, found, 10)
    context = {
        "survey": found,
        "parts": fields.parts(form, answers, mistakes),
        "refusal": refusal,
        "refused": refused,
        "channels": [(name, states.CHANNEL_WORDS[name], name == channel) for name in CHANNELS[1:]],
        **_slip(request, found),
        "shapes_url": f"/places/shapes/{found.place}.geojson",
        "mine": [(sheet, states.CHANNEL_WORDS[sheet.channel], _first(form, sheet.answers)) for sheet in mine],
        "here": "surveys",
    }
    return page(request, "desk/survey_enter.html", context, status=status)


def _slip(request: HttpRequest, found: Survey) -> dict[str, Any]:
    """The code of the household's slip, or why there is none; nothing where no slips went out."""
    why = request.POST.get("without_code", "")
    return {
        "asks_code": found.once == "household" and found.codes.exists(),
        "code": request.POST.get("code", ""),
        "without_code": [(name, word, name == why) for name, word in states.WITHOUT_CODE_WORDS.items()],
    }


def _first(form, answers: dict) -> str:
    """The first answers of a sheet in words, enough to know it again among those just typed."""
    found = []
    for part in fields.parts(form, answers):
        for one in part.fields:
            words = [choice.text for choice in one.choices if choice.is_chosen]
            if not words and one.kind in {"text", "number", "rating"} and one.value != "":
                words = [str(one.value)]
            found += words[:2]
    return "、".join(found[:4])[:60]


@FORM
@ENTER
def void(request: HttpRequest, number: str, sheet: UUID) -> HttpResponse:
    """Leave a wrongly typed sheet out, with the reason."""
    actor = actor_of(request)
    found = queries.get_enterable(actor, number)
    answering.typed_sheet(actor, found, sheet)
    form = forms.Void(posted(request))
    if tried(
        request,
        form,
        lambda: answering.void_sheet(
            actor=actor, number=found.number, sheet=sheet, reason=form.cleaned_data["reason"]
        ),
    ):
        messages.success(request, _("这一份作废了，不计入结果。"))
        return redirect("desk:survey-enter", found.number)
    return _form_page(request, found, form, _("作废一份录入的问卷"), _("作废"), "desk:survey-enter")


@require_safe
@READ
def texts(request: HttpRequest, number: str) -> HttpResponse:
    """What people wrote in their own words; each can become a voice with one click."""
    found = queries.get_survey(actor_of(request), number)
    names = {question.key: fields.word(question) for question in queries.form_of(found)}
    pages = Paginator(queries.written(found), TEXTS_PER_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    listed = needs_of_texts({one.sheet for one in shown})
    context = {
        **_context(request, found, "survey-texts"),
        "written": [(one, names[one.question], listed.get((one.sheet, one.question))) for one in shown],
        "n": pages.count,
        "shown": shown,
    }
    return page(request, "desk/survey_texts.html", context)


@require_POST
@MANAGE
def raise_voice(request: HttpRequest, number: str, sheet: UUID, key: str) -> HttpResponse:
    """One click, and it is recorded and gets an answer. Back to where the text stood."""
    actor = actor_of(request)
    found = queries.get_survey(actor, number)
    run(
        request,
        lambda: answering.raise_voice(actor=actor, number=found.number, sheet=sheet, question=key),
        _("登记好了，会在事项里办理和答复。"),
    )
    page_ = request.POST.get("page", "")
    query = f"?page={page_}" if page_.isdecimal() else ""
    return redirect(f"{reverse('desk:survey-texts', args=[found.number])}{query}#{sheet}-{key}")


@require_safe
@READ
def export(request: HttpRequest, number: str) -> HttpResponse:
    """Results and free texts as an Excel file, with the cross-table that is open on the page."""
    found = queries.get_survey(actor_of(request), number)
    of, by = crossing(request, found)
    response = HttpResponse(survey_export.workbook(found, of, by), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="survey-{found.number}.xlsx"'
    return response

"""Following one's own voice: by the receipt's link, by number, or logged in; adding, rating, reopening."""

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.cases import actions as case_actions
from mulin.kernel import days
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.numbers import clean_number
from mulin.portal import places, receipts, words
from mulin.portal.follow import Follow, find_own, follow
from mulin.portal.forms import AddForm, FindForm, RateForm, ReasonForm, TextForm, WithdrawForm
from mulin.portal.views.common import in_place, limit, private, refuse, safe_next
from mulin.portal.views.missing import for_its_person
from mulin.voices import actions
from mulin.voices import states as voice_states
from mulin.voices.models import Voice
from mulin.voices.queries import voice_by_secret


def qr_of(address: str) -> str:
    """The code as an SVG without any style of its own: the security policy refuses inline styles."""
    code = segno.make(address, error="m", micro=False)
    return mark_safe(code.svg_inline(omitsize=True, border=0, svgclass=None, lineclass=None))


@require_safe
@for_its_person
def receipt(request: HttpRequest, secret: str) -> HttpResponse:
    """The receipt and the page that follows it: whoever has the link may follow, add, rate and reopen."""
    voice = voice_by_secret(secret)
    if voice is None:
        raise NotVisible(secret)
    response = _page(request, voice, secret=secret)
    receipts.remember(request, response, voice.pk, keep=False)
    return response


@require_safe
@for_its_person
def voice(request: HttpRequest, number: str) -> HttpResponse:
    """The same page for the account or the browser whose voice it is; 404 for everyone else."""
    return _page(request, find_own(receipts.acting(request), number))


def _page(
    request: HttpRequest,
    voice: Voice,
    *,
    secret: str = "",
    status: int = 200,
    forms: dict[str, Any] | None = None,
) -> HttpResponse:
    actor = receipts.acting(request).with_receipt(voice.pk)
    shown = follow(actor, voice)
    path = (
        reverse("portal:receipt", args=[secret]) if secret else reverse("portal:voice", args=[voice.number])
    )
    address, is_sent = words.address_of(request, path), bool(secret) and "sent" in request.GET
    context = {
        **in_place(request, voice.place if places.is_community(voice.place) else ""),
        "f": shown,
        "voice": voice,
        "secret": secret,
        "address": address,
        "qr": qr_of(address) if secret else "",
        "code": receipts.show_code(receipts.code_of(voice.number)),
        "is_sent": is_sent,
        # The address stays in the browser: once there is an answer, that is what one comes to read.
        "is_new": is_sent and voice.answered_at is None,
        "is_again": is_sent and request.GET["sent"] == "again",
        "said_at": words.when(voice.created_at),
        "answered_at": words.when(voice.answered_at),
        "is_kept": voice.pk in receipts.kept(request),
        "can_keep": request.user.is_authenticated and voice.account_id is None,
        "here": path if secret or request.method == "GET" else safe_next(request, path),
        **_forms(shown, forms or {}),
    }
    return private(render(request, "portal/voice.html", context, status=status))


def _forms(shown: Follow, given: dict[str, Any]) -> dict[str, Any]:
    """The forms of the page; one that was refused comes back as it was typed."""
    fresh = {
        "add": lambda: AddForm(prefix="add"),
        "correct": lambda: TextForm(prefix="correct", initial={"text": shown.voice.text}),
        "withdraw": lambda: WithdrawForm(prefix="withdraw"),
        "rate": lambda: RateForm(prefix="rate", is_wish=shown.is_wish, initial=_rated(shown.voice)),
        "reopen": lambda: ReasonForm(prefix="reopen"),
    }
    return {f"{name}_form": given.get(name) or make() for name, make in fresh.items()}


def _rated(voice: Voice) -> dict[str, str]:
    word = {True: "yes", False: "no", None: ""}
    return {
        "solved": word[voice.is_solved],
        "satisfied": word[voice.is_satisfied],
        "remark": voice.remark if voice.rated_at else "",
    }


# What one does with it ----------------------------------------------------------------------------


def _act(request: HttpRequest, number: str, name: str, form: Any, run: Any, done: str) -> HttpResponse:
    """Run one action on one's own voice; a refusal shows the page again with what was typed."""
    actor = receipts.acting(request)
    voice = find_own(actor, number)
    if form.is_valid():
        try:
            run(actor, voice)
        except ActionError as error:
            return _page(request, voice, status=refuse(form, error), forms={name: form})
        messages.success(request, done)
        return redirect(safe_next(request, reverse("portal:voice", args=[voice.number])))
    return _page(request, voice, status=422, forms={name: form})


@require_POST
@for_its_person
def add(request: HttpRequest, number: str) -> HttpResponse:
    """Add words, photos, and how to be called where nobody knows. Each alone is enough."""
    photos = request.FILES.getlist("photos")

    def run(actor, voice):
        text, contact = form.cleaned_data["text"], form.cleaned_data["contact"]
        text = text or str(voice_states.STAND_INS[0 if photos else 1])
        actions.add_to_voice(actor=actor, number=voice.number, text=text, photos=photos, contact=contact)

    form = AddForm(request.POST, prefix="add", has_photos=bool(photos))
    return _act(request, number, "add", form, run, _("补充已收到。"))


@require_POST
@for_its_person
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """Put right what one said; the former text stays on file."""

    def run(actor, voice):
        actions.correct_voice(actor=actor, number=voice.number, text=form.cleaned_data["text"])

    form = TextForm(request.POST, prefix="correct")
    return _act(request, number, "correct", form, run, _("已经改好。"))


@require_POST
@for_its_person
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take it back."""

    def run(actor, voice):
        actions.withdraw_voice(actor=actor, number=voice.number, reason=form.cleaned_data["reason"])

    form = WithdrawForm(request.POST, prefix="withdraw")
    return _act(request, number, "withdraw", form, run, _("已经撤回。"))


@require_POST
@for_its_person
def rate(request: HttpRequest, number: str) -> HttpResponse:
    """Say whether it is solved and whether one is satisfied. Not solved means that work goes on."""
    own = find_own(receipts.acting(request), number)
    is_wish = own.kind in voice_states.WISHES
    form = RateForm(request.POST, prefix="rate", is_wish=is_wish)

    def run(actor, voice):
        said = {"is_satisfied": form.answer("satisfied"), "remark": form.cleaned_data["remark"]}
        if is_wish:
            actions.rate_wish(actor=actor, number=voice.number, **said)
        else:
            case_actions.confirm_case(
                actor=actor, number=voice.number, is_solved=form.answer("solved"), **said
            )

    not_solved = form.is_valid() and form.answer("solved") is False
    done = _("已记下，这件事会重新办理。") if not_solved else _("谢谢，已记下您的评价。")
    return _act(request, number, "rate", form, run, done)


@require_POST
@for_its_person
def reopen(request: HttpRequest, number: str) -> HttpResponse:
    """It was not solved after all."""

    def run(actor, voice):
        case_actions.reopen_case(actor=actor, number=voice.number, reason=form.cleaned_data["reason"])

    form = ReasonForm(request.POST, prefix="reopen")
    return _act(request, number, "reopen", form, run, _("已经重新打开，原来办的单位会接着办。"))


# Keeping, forgetting, finding -----------------------------------------------------------------------


@require_POST
@for_its_person
def keep(request: HttpRequest, number: str) -> HttpResponse:
    """Keep a voice: in one's account when logged in, else in this browser."""
    actor = receipts.acting(request)
    own = find_own(actor, number)
    response = redirect(safe_next(request, reverse("portal:voice", args=[own.number])))
    if request.user.is_authenticated:
        actions.keep_voice(actor=actor, number=own.number)
        messages.success(request, _("已经收进您的账户。"))
    else:
        receipts.remember(request, response, own.pk, keep=True)
        messages.success(request, _("这部手机记住了，在“我的”里能找到。"))
    return response


@require_POST
@for_its_person
def forget(request: HttpRequest, number: str) -> HttpResponse:
    """Let this browser forget one receipt. The voice stays, and its link still works."""
    own = find_own(receipts.acting(request), number)
    response = redirect("portal:mine")
    receipts.forget(request, response, own.pk)
    messages.success(request, _("这部手机不再记着它。您说的事还在办，凭回执照样能查。"))
    return response


@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Open a receipt by its number and the code printed on it."""
    form = FindForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                limit(request, "portal.find.per_hour", "find")
                return _found(request, form)
            except ActionError as error:
                status = refuse(form, error)
            except NotVisible:
                form.add_error(None, _("编号和查询码对不上。请看看有没有抄错，或者打电话请社区帮您查。"))
    context = {"form": form, **in_place(request, places.chosen(request))}
    return private(render(request, "portal/find.html", context, status=status))


def _found(request: HttpRequest, form: FindForm) -> HttpResponse:
    number = clean_number(form.cleaned_data["number"])
    voice = Voice.objects.filter(number=number).first()
    # The code is compared in either case, so that the time taken does not tell which numbers exist.
    if not receipts.is_code(number, form.cleaned_data["code"]) or voice is None:
        raise NotVisible(number)
    response = redirect("portal:voice", number=voice.number)
    receipts.remember(request, response, voice.pk, keep=False)
    return response


@require_safe
@for_its_person
def printed(request: HttpRequest, secret: str) -> HttpResponse:
    """The receipt on paper."""
    found = voice_by_secret(secret)
    if found is None:
        raise NotVisible(secret)
    address = words.address_of(request, reverse("portal:receipt", args=[secret]))
    with days.on_paper():
        followed = follow(receipts.acting(request).with_receipt(found.pk), found, words.exact)
    context = {
        "f": followed,
        "voice": found,
        "secret": secret,
        "address": address,
        "qr": qr_of(address),
        "code": receipts.show_code(receipts.code_of(found.number)),
        "said_at": words.exact(found.created_at),
    }
    return private(render(request, "portal/receipt_print.html", context))

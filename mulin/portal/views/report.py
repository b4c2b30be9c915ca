"""Saying something: one screen, and a hint while typing."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.academy.orders import describe
from mulin.kernel import codes, rulebook
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError, NotVisible
from mulin.people.models import Organisation
from mulin.places.queries import resolve
from mulin.portal import again, places, receipts
from mulin.portal.community import Me, cards
from mulin.portal.follow import advice_in
from mulin.portal.forms import ReportForm, WhereForm, new_key
from mulin.portal.views.common import in_place, limit, me, refuse
from mulin.voices import drafts
from mulin.voices import states as voice_states
from mulin.voices.categories import catalogue
from mulin.voices.models import KINDS
from mulin.voices.queries import get_public_matter, similar, suggest

RULE = "portal.report.per_hour"
PHOTOS = 6
SIMILAR = 3
# Shorter than this nothing can be said about a text.
LEAST_TEXT = 4
DANGER = 3


def place_asked(request: HttpRequest) -> str:
    """The place of the form: what was chosen in it, what the address names, else the visitor's own."""
    asked = request.POST.getlist("place") or request.GET.getlist("place")
    return _deepest(asked) or places.chosen(request) or settings.MULIN_SITE_PLACE


def _deepest(asked: list[str]) -> str:
    """The lists of places share one name: the deepest choice that lies inside the one above it counts, so
    that a community left over from another street does not."""
    found = ""
    known = {resolve(code) for code in asked if codes.is_valid(code)}
    for code in sorted(known, key=codes.level):
        if codes.contains(found or settings.MULIN_SITE_PLACE, code):
            found = code
    return found


def posted(request: HttpRequest) -> QueryDict:
    """What was posted, with the place made out."""
    data = request.POST.copy()
    data["place"] = place_asked(request)
    return data


def where_context(request: HttpRequest, place: str, building: str = "") -> dict[str, Any]:
    """The lists from which a place is chosen."""
    steps = places.ladder(place)
    code = place if codes.level(place) >= codes.Level.COMMUNITY else places.deepest(steps)
    is_community = codes.level(code) >= codes.Level.COMMUNITY
    return {
        "steps": steps,
        "where": code,
        "where_name": places.queries.full_name(code) if is_community else "",
        "buildings": places.buildings(code) if is_community else [],
        "building": building,
        "shapes_url": f"/places/shapes/{code[:12]}.geojson" if is_community else "",
        "tiles": settings.MULIN_MAP_TILES,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The one screen. A refusal comes back with everything typed; success leads to the receipt."""
    if request.method != "POST":
        kind = request.GET.get("kind", "")
        initial = {
            "kind": kind if kind in KINDS else "",
            "idempotency_key": new_key(),
            **_joining(request),
            **_asking(request),
        }
        return _page(request, ReportForm(initial=initial, place=place_asked(request)), 200)
    photos, place = request.FILES.getlist("photos"), place_asked(request)
    form = ReportForm(posted(request), has_photos=bool(photos), place=place)
    want = describe.form(request.POST)
    if request.POST.get("step") == "where":
        # The lists open one level further; nothing is checked yet.
        return _page(request, ReportForm(initial=form.data.dict(), place=place), 200, want=want)
    if not all([form.is_valid(), want.is_valid()]):
        form.ask_where()
        return _page(request, form, 422, want=want)
    try:
        # A wish that says for whom and when says more than its words.
        sent = send(request, _said(request, form, photos), in_words=not want.given())
        if not sent.is_again:
            describe.of_voice(actor_of(request), sent.receipt.voice, want)
    except ActionError as error:
        if error.code == "idempotency-mismatch":
            return _changed_after_sending(request, form)
        return _page(request, form, refuse(form, error), want=want)
    return to_receipt(request, sent)


def send(request: HttpRequest, said: dict[str, Any], *, in_words: bool = True) -> again.Sent:
    """Send it, once. What was received before counts as nothing new."""
    found = again.earlier(request, said) if in_words else None
    if found is None:
        if not again.is_received(request, said):
            limit(request, RULE, "report")
        found = again.send(request, said)
    return found


def _joining(request: HttpRequest) -> dict[str, str]:
    """The open matter that the person wants to say more about, if the address names one."""
    number = request.GET.get("join", "")
    if not number:
        return {}
    try:
        return {"join": get_public_matter(number).number}
    except NotVisible:
        return {}


def _asking(request: HttpRequest) -> dict[str, str]:
    """The words to begin with for who comes from a group's page and wants to join it or ask it something."""
    try:
        group = Organisation.objects.filter(
            pk=UUID(request.GET.get("group", "")),
            kind__in=Organisation.GROUPS,
            is_public=True,
            closed_on=None,
        ).first()
    except ValueError:
        return {}
    return {"text": _("我想参加%(group)s，或者问一问：") % {"group": group.name}} if group else {}


def _said(request: HttpRequest, form: ReportForm, photos: list[Any]) -> dict[str, Any]:
    given = form.cleaned_data
    return dict(
        text=_with_captions(given["text"] or _("（请看照片）"), request.POST.getlist("photo_alt")),
        kind=given["kind"],
        contact=given["contact"],
        photos=photos,
        join=given["join"],
        idempotency=given["idempotency_key"],
        least_level=codes.Level.STREET,
        **form.where(),
    )


def _with_captions(text: str, captions: list[str]) -> str:
    """What the person wrote under their photos belongs to what they said."""
    said = [(n, one.strip()[:100]) for n, one in enumerate(captions[:PHOTOS], 1) if one.strip()]
    lines = [_("照片 %(n)d：%(what)s") % {"n": n, "what": what} for n, what in said]
    return "\n".join([text, *lines])


def to_receipt(request: HttpRequest, sent: again.Sent) -> HttpResponse:
    address = reverse("portal:receipt", args=[sent.receipt.secret])
    response = redirect(f"{address}?sent={'again' if sent.is_again else '1'}")
    receipts.remember(request, response, sent.receipt.voice.pk, keep=True)
    return response


def _changed_after_sending(request: HttpRequest, form: ReportForm) -> HttpResponse:
    """The first sending arrived though its answer was lost, and the text was changed since. Nothing is lost:
    the receipt of the first is shown, and the new text can go as one of its own."""
    # The receipt follows from the key: whoever holds the key sent it.
    key = drafts.owned_key(actor_of(request), form.cleaned_data["idempotency_key"])
    form.add_error(
        None, _("您先前送出的那一条我们已经收到了。要补充它，请打开它的回执；这次写的也可以单独再送一次。")
    )
    form.data = form.data.copy()
    form.data["idempotency_key"] = new_key()
    earlier = reverse("portal:receipt", args=[drafts.secret_for(key)])
    return _page(request, form, 422, earlier=earlier, fresh_key=True)


def _page(request: HttpRequest, form: ReportForm, status: int, **more: Any) -> HttpResponse:
    place = place_asked(request)
    value = form["join"].value() or ""
    context = {
        "form": form,
        **where_context(request, place, form["building"].value() or ""),
        **in_place(request, places.chosen(request)),
        "joined": _joined(value),
        "photo_errors": form.errors.get("photos"),
        "want": describe.form(None, theme=request.GET.get("theme", "")),
        **more,
    }
    return render(request, "portal/report.html", context, status=status)


def _joined(number: str):
    if not number:
        return None
    try:
        return cards([get_public_matter(number)], Me())[0]
    except NotVisible:
        return None


@require_safe
def where(request: HttpRequest) -> HttpResponse:
    """The lists of places anew, after another district, street or community was chosen."""
    context = where_context(request, place_asked(request))
    form = WhereForm(initial={"address": request.GET.get("address", "")})
    return render(request, "portal/parts/where.html", {**context, "form": form})


@require_POST
def suggestion(request: HttpRequest) -> HttpResponse:
    """What a text is likely about: advice in an emergency, personal data that will be masked, and open
    matters of others. Nothing is kept."""
    text = request.POST.get("text", "").strip()[:2000]
    place = place_asked(request)
    if len(text) < LEAST_TEXT:
        return render(request, "portal/parts/suggestion.html", {})
    found = suggest(text, place)
    least = rulebook.value("voices.suggest.min_confidence", at=place)
    kind, category = (_sure(found[name], least) for name in ("kind", "category"))
    building = request.POST.get("building", "")
    like = (
        similar(text, place, category, limit=SIMILAR) if codes.level(place) >= codes.Level.COMMUNITY else []
    )
    context = {
        "advice": advice_in(found["advice"]),
        "is_urgent": found["urgency"]["level"] >= DANGER or found["severity"]["code"] == "major",
        "urgent_type": _urgent_type(found["severity"]["type"]),
        "kind": kind,
        "kind_word": voice_states.KIND_WORDS[kind][1] if kind else "",
        "category_word": catalogue().name(category) if category else "",
        "personal": sorted({str(PERSONAL[span[2]]) for span in found["personal"] if span[2] in PERSONAL}),
        "similar": list(zip(cards([one.matter for one in like], me(request)), like, strict=True)),
        "building": building,
    }
    return render(request, "portal/parts/suggestion.html", context)


PERSONAL = {
    "mobile": gettext_lazy("电话号码"),
    "landline": gettext_lazy("电话号码"),
    "id_number": gettext_lazy("身份证号"),
    "bank_card": gettext_lazy("银行卡号"),
    "email": gettext_lazy("邮箱"),
    "plate": gettext_lazy("车牌号"),
    "messenger": gettext_lazy("微信或 QQ 号"),
    "name": pgettext_lazy("in a sentence", "姓名"),
    "door": gettext_lazy("门牌号"),
}


def _sure(found: list[dict[str, Any]], least: float) -> str:
    return found[0]["code"] if found and found[0]["confidence"] >= least else ""


def urgent_types() -> list[Any]:
    """The categories of the catalogue that are major matters."""
    return [one for one in catalogue().active() if one.severity == "major"]


def _urgent_type(code: str) -> str:
    return code if code in {one.code for one in urgent_types()} else ""

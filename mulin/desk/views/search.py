"""One search: a number goes straight to its case, words find cases, a telephone number needs a purpose."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mulin.cases.queries import get_case
from mulin.desk import actions, words
from mulin.desk.reading import cases as reading
from mulin.desk.reading.inbox import Row
from mulin.desk.turning import turning
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import desk, needs
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.numbers import clean_number, is_number
from mulin.kernel.pages import page, posted, refuse
from mulin.voices import queries
from mulin.voices.models import Voice
from mulin.voices.states import CHANNEL_WORDS, kind_word


@require_safe
@desk
def search(request: HttpRequest) -> HttpResponse:
    """Cases by words or number. Nobody is found by name: people are not listed."""
    actor = actor_of(request)
    text = request.GET.get("q", "").strip()[:200]
    number = clean_number(text)
    if is_number(number):
        found = _by_number(actor, number)
        if found is not None:
            return found
    looks_like_phone = len(number) in range(7, 16) and len(number) >= len(
        text.replace(" ", "").replace("-", "")
    )
    what = reading.Wanted({"q": text} if text else {}, frozenset())
    listed = None
    if text and not (looks_like_phone and not is_number(number)):
        listed = reading.listed(actor, what, request.GET.get("cursor"))
    context: dict[str, Any] = {
        "q": text,
        "found": listed,
        "what": what,
        "query": what.query(),
        "turning": turning(request.GET, what.query(), listed.next if listed else None),
        "desk_search": text,
        "is_phone": looks_like_phone,
        "can_phone": policy.can_somewhere(actor, "voices.voice:read_contact"),
        "form": PhoneForm(initial={"phone": text} if looks_like_phone else {}),
        "here": "-",
    }
    return page(request, "desk/search.html", context)


def _by_number(actor: Actor, number: str) -> HttpResponse | None:
    try:
        return redirect("desk:case", get_case(actor, number).number)
    except NotVisible:
        pass
    try:
        voice = queries.get_voice(actor, number)
    except NotVisible:
        return None
    return redirect("desk:wish", voice.matter.number)


class PhoneForm(forms.Form):
    """A number that somebody called from, and why one looks."""

    phone = forms.CharField(
        label=pgettext_lazy("desk", "电话号码"), max_length=32,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
    )  # fmt: skip
    purpose = forms.CharField(
        label=gettext_lazy("为什么查"), max_length=200,
        help_text=gettext_lazy("例如：本人来电问进展。被查到的人会看到。"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs("voices.voice:read_contact")
def search_phone(request: HttpRequest) -> HttpResponse:
    """What a person with this number has said, for a purpose that they will read."""
    actor = actor_of(request)
    form = PhoneForm(posted(request))
    status, found = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                found = [_row(v) for v in actions.search_by_phone(actor=actor, **form.cleaned_data)]
                status = 200
            except ActionError as error:
                if error.status == 403:
                    raise
                refuse(form, error)
    return page(request, "desk/search_phone.html", {"form": form, "found": found, "here": "-"}, status=status)


def _row(voice: Voice) -> Row:
    from django.urls import reverse

    name = "desk:case" if voice.matter.way == "case" else "desk:wish"
    return Row(
        url=reverse(name, args=[voice.matter.number]),
        number=voice.number,
        title=voice.matter.title,
        state={"label": kind_word(voice.kind), "icon": "voice", "code": voice.kind},
        clock=None,
        meta=(CHANNEL_WORDS.get(voice.channel, voice.channel), words.when(voice.created_at)),
    )

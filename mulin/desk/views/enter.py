"""Recording what somebody said: on the telephone, at the counter, by letter, on a round."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.desk import ideas, pickers, recording
from mulin.desk.forms import ManyFiles
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.language import is_english
from mulin.kernel.numbers import show_number
from mulin.kernel.pages import page, refuse
from mulin.places import queries as places
from mulin.voices import queries
from mulin.voices.actions import Receipt, submit_voice
from mulin.voices.models import Voice
from mulin.voices.receipts import code_of, show_code
from mulin.voices.states import CHANNEL_WORDS, KIND_WORDS
from mulin.voices.understanding import mask_for_staff

FORM = require_http_methods(["GET", "HEAD", "POST"])
ENTER = needs("voices.voice:submit_for")
CHANNELS = ("phone", "counter", "letter", "patrol")


def community_of(request: HttpRequest, actor: Actor) -> str:
    """The community whose buildings are offered: what was chosen, else the post's own or the first."""
    chosen = request.POST.get("place") or request.GET.get("place") or ""
    if chosen and places.exists(chosen):
        return chosen
    return pickers.home_community(actor) or pickers.first_value(pickers.communities(actor))


class EnterForm(forms.Form):
    """One voice. Only the words and the place must be there; the rest is guessed or asked later."""

    text = forms.CharField(
        label=gettext_lazy("说了什么"), widget=forms.Textarea(attrs={"rows": 5, "autofocus": True}),
        help_text=gettext_lazy("照他的话写，地点、时间、影响了谁"),
    )  # fmt: skip
    channel = forms.ChoiceField(label=gettext_lazy("怎么来的"), widget=forms.RadioSelect, initial="phone")
    place = forms.ChoiceField(label=gettext_lazy("社区"))
    building = forms.ChoiceField(label=gettext_lazy("楼栋或网格"), required=False)
    address = forms.CharField(label=gettext_lazy("具体在哪里"), required=False, max_length=160)
    kind = forms.ChoiceField(label=gettext_lazy("类型"), required=False, widget=forms.RadioSelect)
    category = forms.ChoiceField(label=gettext_lazy("类别"), required=False)
    contact = forms.CharField(
        label=pgettext_lazy("desk", "联系方式"), required=False, max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )  # fmt: skip
    consent = forms.BooleanField(label=gettext_lazy("本人同意留下联系方式，只用来办这件事"), required=False)
    happened_at = forms.DateTimeField(
        label=gettext_lazy("什么时候发生的"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("不填就是现在"),
    )  # fmt: skip
    photos = forms.FileField(label=gettext_lazy("照片"), required=False, widget=ManyFiles)

    def __init__(self, actor: Actor, community: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [(code, CHANNEL_WORDS[code]) for code in CHANNELS]
        self.fields["place"].choices = pickers.place_choices(actor, community)
        self.fields["building"].choices = pickers.site_choices(community)
        self.fields["kind"].choices = [(code, words[0]) for code, words in KIND_WORDS.items()]
        self.fields["category"].choices = pickers.category_choices(blank=True)
        self.errors.pop("photos", None)

    def clean(self) -> dict[str, Any]:
        self.errors.pop("photos", None)  # checked by content in the action
        data = self.cleaned_data
        if data.get("contact") and not data.get("consent"):
            self.add_error("consent", _("留联系方式要本人同意；不同意就不填，也一样办。"))
        return data


@FORM
@ENTER
def enter(request: HttpRequest) -> HttpResponse:
    """The fast form of the desk; the receipt can be printed at once."""
    actor = actor_of(request)
    community = community_of(request, actor)
    asked = request.method == "POST" and "look" in request.POST
    sent = request.POST if request.method == "POST" and not asked else None
    kept = {name: request.POST[name] for name in EnterForm.base_fields if asked and name in request.POST}
    start = {"place": community, "channel": request.GET.get("channel", "phone"), **kept}
    form = EnterForm(actor, community, sent, request.FILES or None, initial=start)
    status = 200
    if sent is not None:
        status = 422
        if form.is_valid():
            try:
                return _recorded(request, _submit(request, actor, form.cleaned_data))
            except ActionError as error:
                if error.status == 403:
                    raise
                refuse(form, error)
    idea = suggestion(actor, request.POST) if request.method == "POST" else {}
    context = {"form": form, "idea": idea, "key": request.POST.get("idempotency_key") or recording.new_key()}
    return page(request, "desk/enter.html", context, status=status)


def _submit(request: HttpRequest, actor: Actor, data: dict[str, Any]) -> Receipt:
    happened = data["happened_at"]
    return submit_voice(
        actor=actor,
        text=data["text"],
        place=data["place"],
        building=data["building"],
        address=data["address"],
        kind=data["kind"],
        category=data["category"],
        channel=data["channel"],
        contact=data["contact"],
        happened_at=happened,
        # What a worker finds on a round is their own word.
        entered_for=data["channel"] != "patrol",
        join=request.POST.get("join", ""),
        photos=request.FILES.getlist("photos"),
        idempotency=request.POST.get("idempotency_key", "")[:80],
    )


def _recorded(request: HttpRequest, receipt: Receipt) -> HttpResponse:
    recording.keep_receipts(request, [receipt])
    if request.POST.get("next") == "today":
        # In the address and not as a message: the draft keeper asks for this page twice.
        return redirect(f"{reverse('desk:today')}?done={receipt.voice.number}")
    return redirect("desk:receipt", receipt.voice.number)


def suggestion(actor: Actor, data: Any) -> dict[str, Any]:
    """What the machine makes of the words so far: kind, category, danger, advice, and what is like it."""
    text, place = data.get("text", "").strip()[:4000], data.get("place", "")
    if len(text) < 4 or not places.exists(place):
        return {}
    found = queries.suggest(text, place)
    in_english = is_english()
    return {
        "categories": ideas.categories(found["category"], place),
        "kinds": [
            {"code": one["code"], "name": KIND_WORDS[one["code"]][0]}
            for one in ideas.worth_showing(found["kind"], place, 2)
        ],
        "is_major": found["severity"]["code"] == "major" or found["urgency"]["level"] >= 3,
        "advice": [one["en"] if in_english and one["en"] else one["zh"] for one in found["advice"]],
        "similar": queries.similar(text, place, data.get("category", ""), actor=actor),
        "join": data.get("join", ""),
    }


@require_POST
@ENTER
def enter_suggest(request: HttpRequest) -> HttpResponse:
    """The suggestions alone, while one types."""
    return render(request, "desk/parts/ideas.html", {"idea": suggestion(actor_of(request), request.POST)})


@require_safe
@ENTER
def enter_sites(request: HttpRequest) -> HttpResponse:
    """The buildings of a community that was just chosen."""
    actor = actor_of(request)
    form = EnterForm(actor, community_of(request, actor))
    return render(request, "kernel/parts/field.html", {"field": form["building"]})


def seen_voice(actor: Actor, request: HttpRequest, number: str) -> tuple[Voice, str]:
    """A voice that was recorded here, with its secret link if this session still holds it."""
    link = recording.receipt_link(request, number)
    if link:
        voice = Voice.objects.select_related("matter").filter(number=number).first()
        if voice is not None:
            return voice, link
    return queries.get_voice(actor, number), ""


@require_safe
@ENTER
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """What the person takes home, and where to go on from here."""
    actor = actor_of(request)
    voice, link = seen_voice(actor, request, number)
    visible = queries.visible_matters(actor).filter(pk=voice.matter_id).exists()
    way = reverse("desk:case", args=[voice.matter.number])
    if voice.matter.way != "case":
        way = reverse("desk:wish", args=[voice.matter.number])
    context = {
        "slip": _slip(voice, link),
        "voice": voice,
        "matter_url": way if visible else "",
        "here": "enter",
    }
    return page(request, "desk/receipt.html", context)


@require_safe
@ENTER
def receipt_print(request: HttpRequest) -> HttpResponse:
    """Receipts on paper, one a slip: with QR code and number."""
    actor = actor_of(request)
    numbers = request.GET.getlist("n")[: recording.KEPT]
    slips = [_slip(*seen_voice(actor, request, number)) for number in numbers]
    if not slips:
        raise NotVisible("receipt")
    return page(request, "desk/receipt_print.html", {"slips": slips})


def _slip(voice: Voice, link: str) -> dict[str, Any]:
    """What stands on the paper. The code goes with the link: only who recorded the voice holds either."""
    return {
        "voice": voice,
        "number": show_number(voice.number),
        "code": show_code(code_of(voice.number)) if link else "",
        "text": mask_for_staff(voice.text),
        "place": places.full_name(voice.place),
        "link": link,
        "qr": mark_safe(recording.qr_code(link)) if link else "",
        "kind": KIND_WORDS[voice.kind][0],
    }

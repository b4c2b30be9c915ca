"""大事: what it is and where, on one screen; everybody responsible is told at once."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mulin.desk import pickers, recording
from mulin.desk.views.enter import community_of
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import desk
from mulin.kernel.errors import ActionError
from mulin.kernel.pages import page, posted, refuse
from mulin.places import queries as places
from mulin.voices import queries
from mulin.voices.actions import submit_voice
from mulin.voices.categories import MAJOR_ICONS, catalogue

WHERE_MISSING = gettext_lazy("请说在哪里：写一句、选楼栋，或带上现在的位置。")


class UrgentForm(forms.Form):
    """What it is goes by the button; where it is must be said, by words, a building or one's position."""

    place = forms.ChoiceField(label=gettext_lazy("社区"))
    building = forms.ChoiceField(label=gettext_lazy("楼栋或网格"), required=False)
    address = forms.CharField(
        label=gettext_lazy("在哪里"), required=False, max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    lon = forms.FloatField(required=False, widget=forms.HiddenInput, min_value=-180, max_value=180)
    lat = forms.FloatField(required=False, widget=forms.HiddenInput, min_value=-90, max_value=90)
    text = forms.CharField(
        label=gettext_lazy("一句话"), required=False, max_length=300,
        help_text=gettext_lazy("多少人、伤没伤、火多大；来不及就不写"),
    )  # fmt: skip

    def __init__(self, actor: Actor, community: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = pickers.place_choices(actor, community)
        self.fields["building"].choices = pickers.site_choices(community)
        self.fields["address"].widget.attrs["placeholder"] = _("楼号、门口、店名")
        for name in ("address", "building"):
            self.fields[name].is_either = True

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        data["has_point"] = data.get("lon") is not None and data.get("lat") is not None
        # A grid is many buildings: nobody finds a fire by it.
        exact = data.get("building") and not is_grid(data["building"])
        if not (exact or data.get("address", "").strip() or data["has_point"]):
            self.add_error("address", WHERE_MISSING)
        return data


def is_grid(site: str) -> bool:
    return site[12:14] == "-G"


def own_grid(actor: Actor, place: str) -> str:
    """The grid in this community that the actor's post is for, if it is for one."""
    return next((post.place for post in actor.posts if post.place.startswith(f"{place}-G")), "")


@require_http_methods(["GET", "HEAD", "POST"])
@desk
def urgent(request: HttpRequest) -> HttpResponse:
    """Where, and one tap for what: everybody responsible is told, then the checklist of the scene opens."""
    actor = actor_of(request)
    community = community_of(request, actor)
    start = {"place": community, "building": own_grid(actor, community)}
    form = UrgentForm(actor, community, posted(request), initial=start)
    types = [one for one in catalogue().active() if one.severity == "major"]
    status = 200
    if request.method == "POST":
        status = 422
        chosen = next((one for one in types if one.code == request.POST.get("category")), None)
        if chosen is None:
            form.add_error(None, _("请点一下是哪一种大事。"))
        elif form.is_valid():
            try:
                return _raise_alarm(request, actor, form.cleaned_data, chosen)
            except ActionError as error:
                refuse(form, error)
    key = request.POST.get("idempotency_key", "")[:80] if request.method == "POST" else ""
    shown = [(one, MAJOR_ICONS.get(one.code, "alert")) for one in types]
    context = {"form": form, "types": shown, "key": key or recording.new_key(), "here": "enter"}
    context |= {"more_open": any(name in form.errors for name in ("place", "text"))}
    return page(request, "desk/urgent.html", context | {"where_missing": WHERE_MISSING}, status=status)


def _raise_alarm(request: HttpRequest, actor: Actor, data: dict[str, Any], chosen: Any) -> HttpResponse:
    site, address, given = data["building"], data["address"].strip(), data["text"].strip()
    has_point = data["has_point"] and (not site or is_grid(site))
    # Where comes first: the title and every notice of it begin with these words.
    where = "·".join(filter(None, [places.name_of(site or data["place"]), address]))
    receipt = submit_voice(
        actor=actor,
        text="。".join(part for part in (f"{where}：{chosen.zh}", given) if part),
        place=data["place"],
        # Without a building it lies where the person works, who must see the checklist.
        building=site or own_grid(actor, data["place"]),
        address=address,
        kind="help",
        category=chosen.code,
        severity="major",
        channel="patrol",
        idempotency=request.POST.get("idempotency_key", "")[:80],
        **({"lon": data["lon"], "lat": data["lat"]} if has_point else {}),
    )
    matter = receipt.voice.matter
    if queries.visible_matters(actor).filter(pk=matter.pk).exists():
        return redirect(f"{reverse('desk:case', args=[matter.number])}?reported=1")
    recording.keep_receipts(request, [receipt])
    return redirect("desk:receipt", receipt.voice.number)

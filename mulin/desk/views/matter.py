"""Forms about a matter: its fact sheet, its category, its place. What is public is in `publication`."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mulin.desk import undo
from mulin.desk.pickers import category_choices, place_choices, site_choices
from mulin.desk.views.case import case_url
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import desk
from mulin.kernel.errors import ActionError
from mulin.kernel.pages import page, posted, refuse
from mulin.places import queries as places
from mulin.voices import access, actions
from mulin.voices.models import Matter
from mulin.voices.queries import get_matter
from mulin.voices.states import FACT_SECTIONS, KIND_WORDS, SEVERITY_WORDS

FORM = require_http_methods(["GET", "HEAD", "POST"])


def matter_url(request: HttpRequest, matter: Matter) -> str:
    """The page that a matter is worked on at: its case, or its wish."""
    if matter.way == "case":
        return case_url(request, matter.number)
    return reverse("desk:wish", args=[matter.number])


def seen_matter(actor: Actor, number: str, permission: str) -> Matter:
    """The matter, or NotVisible (404); NotAllowed (403) without the permission for it."""
    matter = get_matter(actor, number)
    policy.require(actor, permission, access.target_of_matter(actor, matter))
    return matter


def answer(
    request: HttpRequest, matter: Matter, form: forms.Form, title: Any, *, status: int = 200, **more: Any
) -> HttpResponse:
    """A form about a matter on a page of its own, which opens as a dialog when scripts run."""
    context = {
        "form": form,
        "title": title,
        "lead": f"{matter.number}·{matter.title}",
        "back_url": matter_url(request, matter),
        "back_label": _("回到这一件"),
        "here": "cases" if matter.way == "case" else "wishes",
        "submit": more.pop("submit", _("保存")),
        "action": request.get_full_path(),
        **more,
    }
    return page(request, "desk/form.html", context, status=status)


class FactsForm(forms.Form):
    """The parts of the one fact sheet."""

    def __init__(self, matter: Matter, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for code, label in FACT_SECTIONS.items():
            widget = forms.Textarea(attrs={"rows": 3})
            self.fields[code] = forms.CharField(
                label=label, widget=widget, required=False, initial=matter.facts.get(code, "")
            )


@FORM
@desk
def facts(request: HttpRequest, number: str) -> HttpResponse:
    """The one fact sheet that all levels read."""
    actor = actor_of(request)
    matter = seen_matter(actor, number, "voices.matter:edit_facts")
    form = FactsForm(matter, posted(request))
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_facts(actor=actor, number=matter.number, facts=form.cleaned_data)
            messages.success(request, _("事实单已保存，各级看到的是同一张。"))
            return redirect(matter_url(request, matter))
        except ActionError as error:
            refuse(form, error)
    lead = _("各级都会看到。写身份，不写姓名、电话和证件号。")
    return answer(request, matter, form, _("事实单"), status=status, text=lead)


class CategoryForm(forms.Form):
    """Category, kind and severity; what is left as it is does not change."""

    category = forms.ChoiceField(label=gettext_lazy("类别"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("类型"), required=False)
    severity = forms.ChoiceField(label=gettext_lazy("大小"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = category_choices()
        self.fields["kind"].choices = [(code, words[0]) for code, words in KIND_WORDS.items()]
        self.fields["severity"].choices = list(SEVERITY_WORDS.items())
        for field in self.fields.values():
            # None can be left out: the form holds what the matter is now, and one of the three changes.
            field.is_either = True


@FORM
@desk
def category(request: HttpRequest, number: str) -> HttpResponse:
    """Put the category right, or confirm the suggested one in one tap; the machine learns from it."""
    actor = actor_of(request)
    matter = seen_matter(actor, number, "voices.matter:recategorise")
    now = {"category": matter.category, "kind": matter.kind, "severity": matter.severity}
    form = CategoryForm(posted(request), initial=now)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.recategorise_matter(actor=actor, number=matter.number, **form.cleaned_data)
            return _recategorised(request, actor, changed, now)
        except ActionError as error:
            refuse(form, error)
    text = _("改成“大事”后，只有负责处置的人看得到。")
    return answer(request, matter, form, _("改类别"), status=status, text=text)


def _recategorised(
    request: HttpRequest, actor: Actor, matter: Matter, before: dict[str, str]
) -> HttpResponse:
    """Say it, with the way back to what it was before; or who has it now, where that is somebody else."""
    if not _still_seen(actor, matter):
        messages.success(request, _now_with(matter))
        return redirect("desk:inbox")
    said = _("类别已记下，以后会猜得更准。")
    after = {"category": matter.category, "kind": matter.kind, "severity": matter.severity}
    if after == before or not before["category"]:
        messages.success(request, said)
    else:
        undo.said(request, said, request.get_full_path(), before.items())
    return redirect(matter_url(request, matter))


def _now_with(matter: Matter) -> str:
    if matter.restriction == "tip_off":
        return _("已改为举报，现在由街道办理，这里不再显示。")
    return _("已改好，现在由负责处置的人办理，这里不再显示。")


class PlaceForm(forms.Form):
    """A community, and below it a grid or building; or words."""

    place = forms.ChoiceField(label=gettext_lazy("社区"))
    building = forms.ChoiceField(label=gettext_lazy("楼栋或网格"), required=False)
    address = forms.CharField(
        label=gettext_lazy("地址"), required=False, max_length=160,
        help_text=gettext_lazy("门牌、路口、店名都可以"),
    )  # fmt: skip

    def __init__(self, actor: Actor, community: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = place_choices(actor, community)
        self.fields["building"].choices = site_choices(community)


@FORM
@desk
def place(request: HttpRequest, number: str) -> HttpResponse:
    """Move a matter to where it really lies. Choosing another community shows its buildings."""
    actor = actor_of(request)
    matter = seen_matter(actor, number, "voices.matter:relocate")
    chosen = request.POST.get("place") or request.GET.get("place") or matter.place
    community = chosen if places.exists(chosen) else matter.place
    now = {"place": community, "building": matter.building or matter.grid, "address": matter.address}
    sent = request.POST if request.method == "POST" and "look" not in request.POST else None
    form = PlaceForm(actor, community, sent, initial=now)
    status = 200 if sent is None else 422
    if sent is not None and form.is_valid():
        try:
            actions.relocate_matter(actor=actor, number=matter.number, **form.cleaned_data)
            messages.success(request, _("地点已改，派单建议和时限会跟着变。"))
            return redirect(_after_move(request, actor, matter))
        except ActionError as error:
            refuse(form, error)
    extra = {"look": _("换了社区，先看它的楼栋")}
    return answer(request, matter, form, _("改地点"), status=status, **extra)


def _after_move(request: HttpRequest, actor: Actor, matter: Matter) -> str:
    """A matter that moved out of one's place is no longer one's own to see."""
    return matter_url(request, matter) if _still_seen(actor, matter) else reverse("desk:inbox")


def _still_seen(actor: Actor, matter: Matter) -> bool:
    return Matter.objects.filter(access.matter_q(actor), pk=matter.pk).exists()

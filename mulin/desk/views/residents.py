"""Who lives here: requests to confirm, invitation slips to print."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from mulin.desk import pickers, words
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError
from mulin.kernel.pages import page, refuse
from mulin.people import actions, queries
from mulin.people.actions.residences import show_code
from mulin.places.queries import names_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
SHOWN = 100


def tabs(actor: Actor, here: str) -> list[dict[str, Any]]:
    """Residents, invitations, groups: those that the actor may work on."""
    entries = (
        ("residents", pgettext("desk", "住户认证"), "people.residence:confirm"),
        ("invitations", pgettext("desk", "邀请码"), "people.invitation:make"),
        ("groups", _("小组"), "people.group:manage"),
    )
    return [
        {"label": label, "url": reverse(f"desk:{name}"), "current": name == here, "count": None}
        for name, label, need in entries
        if policy.can_somewhere(actor, need)
    ]


@require_safe
@needs("people.residence:confirm")
def residents(request: HttpRequest) -> HttpResponse:
    """Requests to be confirmed as living somewhere, the longest wait first."""
    actor = actor_of(request)
    rows = list(queries.pending_residences(actor)[:SHOWN])
    names = names_of(row.household.building for row in rows)
    found = [
        {
            "id": row.pk,
            "name": str(row.account),
            "where": f"{names.get(row.household.building, '')} {row.household.door}",
            "when": words.when(row.created_at),
        }
        for row in rows
    ]
    return page(request, "desk/residents.html", {"residents": found, "tabs": tabs(actor, "residents")})


class RefuseForm(forms.Form):
    """Why a residence is not confirmed."""

    reason = forms.CharField(
        label=gettext_lazy("为什么没有确认"), max_length=200, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("申请的人会看到，告诉他还差什么"),
    )  # fmt: skip


@FORM
@needs("people.residence:confirm")
def residence(request: HttpRequest, residence_id: UUID) -> HttpResponse:
    """Confirm in one tap, or say why not."""
    actor = actor_of(request)
    row = queries.get_pending_residence(actor, residence_id)
    accept = "accept" in request.POST
    form = RefuseForm(request.POST if request.method == "POST" and not accept else None)
    status = 200
    if request.method == "POST" and (accept or form.is_valid()):
        try:
            reason = "" if accept else form.cleaned_data["reason"]
            actions.decide_residence(actor=actor, residence_id=residence_id, accept=accept, reason=reason)
            said = _("已确认，他会收到消息。") if accept else _("没有确认，原因已告诉他。")
            messages.success(request, said)
            return redirect("desk:residents")
        except ActionError as error:
            if accept:
                messages.warning(request, str(error.message))
                return redirect("desk:residents")
            refuse(form, error)
            status = 422
    elif request.method == "POST":
        status = 422
    where = names_of([row.household.building]).get(row.household.building, "")
    context = {
        "form": form,
        "title": _("不确认这位住户"),
        "lead": f"{row.account}·{where} {row.household.door}",
        "back_url": reverse("desk:residents"),
        "back_label": pgettext("desk", "住户认证"),
        "submit": _("不确认"),
        "action": request.get_full_path(),
    }
    return page(request, "desk/form.html", context, status=status)


class InvitationForm(forms.Form):
    """Codes for doors of one building."""

    place = forms.ChoiceField(label=gettext_lazy("社区"))
    building = forms.ChoiceField(label=gettext_lazy("楼栋"))
    doors = forms.CharField(
        label=gettext_lazy("门牌，一行一个"), widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("例如 1单元5-2。同一户再发一张，旧的就作废。"),
    )  # fmt: skip

    def __init__(self, actor: Actor, community: str, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = pickers.communities(actor)
        buildings = [one for one in pickers.site_choices(community) if one[0] != _("网格")]
        self.fields["building"].choices = buildings


@FORM
@needs("people.invitation:make")
def invitations(request: HttpRequest) -> HttpResponse:
    """Slips with a code, one a door, shown and printed this once."""
    from mulin.desk.views.enter import community_of

    actor = actor_of(request)
    community = community_of(request, actor)
    posting = request.method == "POST" and "look" not in request.POST
    form = InvitationForm(actor, community, request.POST if posting else None, initial={"place": community})
    status = 200
    if posting:
        status = 422
        if form.is_valid():
            try:
                data = form.cleaned_data
                slips = actions.make_invitations(
                    actor=actor, building=data["building"], doors=data["doors"].splitlines()
                )
            except ActionError as error:
                if error.status == 403:
                    raise
                refuse(form, error)
            else:
                context = {"slips": [(slip, show_code(slip.code)) for slip in slips]}
                return page(request, "desk/invitation_slips.html", context)
    context = {"form": form, "tabs": tabs(actor, "invitations")}
    return page(request, "desk/invitations.html", context, status=status)

"""Nothing is public before somebody decided it: texts and photos, one after the other."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mulin.desk.reading import publication as reading
from mulin.desk.turning import Turning, turning
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError
from mulin.kernel.pages import back, page, posted, refuse
from mulin.voices import access, actions, queries
from mulin.voices.models import Matter, Photo

FORM = require_http_methods(["GET", "HEAD", "POST"])
PUBLISH = needs("voices.matter:publish")


class PublishForm(forms.Form):
    """What everyone will read."""

    title = forms.CharField(label=gettext_lazy("公开的标题"), max_length=80)
    text = forms.CharField(
        label=gettext_lazy("公开的内容"), required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    answer = forms.CharField(
        label=gettext_lazy("公开的答复"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    photos = forms.MultipleChoiceField(label=gettext_lazy("公开的照片"), required=False)

    def __init__(self, matter: Matter, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        ids = Photo.objects.filter(matter=matter).values_list("pk", flat=True)
        self.fields["photos"].choices = [(str(pk), "") for pk in ids]


@require_safe
@PUBLISH
def publication(request: HttpRequest) -> HttpResponse:
    """The queue: what has waited longest comes first."""
    found = reading.listed(actor_of(request), request.GET.get("tab", ""), request.GET.get("cursor"))
    context = {"found": found, "tabs": reading.tabs(found), "turning": _turning(request, found)}
    return page(request, "desk/publication.html", context)


def _turning(request: HttpRequest, found: reading.Queue) -> Turning:
    return turning(request.GET, "" if found.tab == "asked" else f"tab={found.tab}", found.next)


@require_safe
@PUBLISH
def publication_pane(request: HttpRequest) -> HttpResponse:
    """The queue alone, beside what is being decided."""
    current = request.GET.get("current", "")
    found = reading.listed(actor_of(request), request.GET.get("tab", ""), None, current)
    context = {
        "found": found,
        "tabs": reading.tabs(found),
        "turning": _turning(request, found),
        "beside": True,
    }
    return render(request, "desk/parts/publication_list.html", context)


@FORM
@PUBLISH
def publication_one(request: HttpRequest, number: str) -> HttpResponse:
    """Edit and approve, or keep it or its answer out with a reason; then the next one comes."""
    actor = actor_of(request)
    matter = queries.get_matter(actor, number)
    policy.require(actor, "voices.matter:publish", access.target_of_matter(actor, matter))
    start = reading.prefill(actor, matter)
    hiding = "hide" in request.POST or "keep" in request.POST
    form = PublishForm(matter, None if hiding else posted(request), initial=start)
    reason_error = ""
    if request.method == "POST":
        try:
            if said := _decide(request, actor, matter, None if hiding else form):
                messages.success(request, said)
                return redirect(_next(request, actor, matter))
        except ActionError as error:
            if error.status == 403:
                raise
            if hiding:
                reason_error = str(error.message)
            else:
                refuse(form, error)
    context = {
        "matter": matter,
        "form": form,
        "chosen": set(request.POST.getlist("photos") if form.is_bound else start["photos"]),
        "reason_error": reason_error,
        **_around(request, actor, matter),
    }
    status = 422 if request.method == "POST" else 200
    return page(request, "desk/publication_one.html", context, status=status)


def _decide(request: HttpRequest, actor: Actor, matter: Matter, form: PublishForm | None) -> str:
    """Publish what the form says, or without a form keep the matter or its answer out; what to say then."""
    if "keep" in request.POST:
        actions.keep_answer(actor=actor, number=matter.number, reason=request.POST.get("reason", ""))
        return _("这次答复不公开，原因留着。")
    if form is None:
        actions.hide_matter(actor=actor, number=matter.number, reason=request.POST.get("reason", ""))
        return _("已记为不公开，原因留着。")
    if not form.is_valid():
        return ""
    actions.publish_matter(actor=actor, number=matter.number, **form.cleaned_data)
    return _("已公开。")


def _around(request: HttpRequest, actor: Actor, matter: Matter) -> dict[str, Any]:
    """What stands around the form: the words it is made from, the list beside it, the way back."""
    beside = urlencode({"current": matter.number, "tab": request.GET.get("tab", "")})
    return {
        "material": reading.material(actor, matter),
        "can_keep": reading.can_keep(matter),
        "reason": request.POST.get("reason", matter.hidden_reason),
        "action": request.get_full_path(),
        "back_url": back(request, reverse("desk:publication")),
        "next": request.GET.get("next", ""),
        "pane_url": f"{reverse('desk:publication-pane')}?{beside}",
    }


def _next(request: HttpRequest, actor: Actor, matter: Matter) -> str:
    """Back to where the form was opened from; in the queue, on to the next."""
    fallback = reverse("desk:publication")
    came_from = back(request, "")
    if came_from:
        return came_from
    tab = request.GET.get("tab", "asked")
    tab = tab if tab in reading.COUNTED else "asked"
    following = reading.following(actor, matter.pk, tab)
    suffix = "" if tab == "asked" else f"?tab={tab}"
    return reverse("desk:publication-one", args=[following.number]) + suffix if following else fallback

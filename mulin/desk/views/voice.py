"""One voice at the desk: its contact read for a purpose, added to, corrected, withdrawn; and photos."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mulin.desk.forms import ManyFiles
from mulin.desk.views.matter import answer, matter_url
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import desk
from mulin.kernel.errors import ActionError
from mulin.kernel.pages import page, posted, refuse
from mulin.voices import access, actions, queries
from mulin.voices.models import Voice
from mulin.voices.states import WITHDRAW_REASONS
from mulin.voices.understanding import mask_for_staff

FORM = require_http_methods(["GET", "HEAD", "POST"])


class ContactForm(forms.Form):
    """Why a contact is read: the person sees it."""

    purpose = forms.CharField(
        label=gettext_lazy("为什么要联系"), max_length=200, min_length=4,
        help_text=gettext_lazy("例如：约上门时间。本人会看到您写的用途。"),
    )  # fmt: skip


class AddForm(forms.Form):
    """Words and photos that belong to a voice."""

    text = forms.CharField(label=gettext_lazy("补充的内容"), widget=forms.Textarea(attrs={"rows": 4}))
    photos = forms.FileField(label=gettext_lazy("照片"), required=False, widget=ManyFiles)


class CorrectForm(forms.Form):
    """The whole text anew; the former one is kept beside it."""

    text = forms.CharField(label=gettext_lazy("更正后的内容"), widget=forms.Textarea(attrs={"rows": 6}))


class WithdrawForm(forms.Form):
    """Why a voice is taken back."""

    reason = forms.ChoiceField(label=pgettext_lazy("desk", "为什么撤回"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = list(WITHDRAW_REASONS.items())


def _seen(actor: Actor, number: str, permission: str) -> Voice:
    """A voice that the actor may read, by itself or with the case it belongs to."""
    voice = queries.get_voice(actor, number)
    policy.require(actor, permission, access.target_of_voice(actor, voice))
    return voice


@FORM
@desk
def contact(request: HttpRequest, number: str) -> HttpResponse:
    """Show how to reach the person, once, for a stated purpose."""
    actor = actor_of(request)
    voice = _seen(actor, number, "voices.voice:read_contact")
    form = ContactForm(posted(request))
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            found = actions.read_contact(actor=actor, number=voice.number, **form.cleaned_data)
        except ActionError as error:
            refuse(form, error)
        else:
            context = {
                "contact": found,
                "is_phone": found.lstrip("+").isdigit(),
                "back_url": matter_url(request, voice.matter),
                "back_label": _("回到这一件"),
                "here": "cases" if voice.matter.way == "case" else "wishes",
            }
            return page(request, "desk/contact.html", context)
    return answer(request, voice.matter, form, _("看联系方式"), status=status, submit=_("看一眼"))


@FORM
@desk
def add(request: HttpRequest, number: str) -> HttpResponse:
    """Add what the person said later, or what was seen."""
    actor = actor_of(request)
    voice = _seen(actor, number, "voices.voice:add")
    form = AddForm(posted(request), request.FILES or None)
    form.errors.pop("photos", None)  # checked by content in the action
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            photos = request.FILES.getlist("photos")
            actions.add_to_voice(
                actor=actor, number=voice.number, text=form.cleaned_data["text"], photos=photos
            )
            messages.success(request, _("已补充。"))
            return redirect(matter_url(request, voice.matter))
        except ActionError as error:
            refuse(form, error)
    return answer(
        request, voice.matter, form, pgettext("desk", "补充"), status=status, quote=mask_for_staff(voice.text)
    )


@FORM
@desk
def correct(request: HttpRequest, number: str) -> HttpResponse:
    """Put right what a voice says."""
    actor = actor_of(request)
    voice = _seen(actor, number, "voices.voice:correct")
    form = CorrectForm(posted(request), initial={"text": voice.text})
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.correct_voice(actor=actor, number=voice.number, **form.cleaned_data)
            messages.success(request, _("已更正，原来的内容也留着。"))
            return redirect(matter_url(request, voice.matter))
        except ActionError as error:
            refuse(form, error)
    return answer(request, voice.matter, form, _("更正"), status=status)


@FORM
@desk
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take a voice back at the person's wish."""
    actor = actor_of(request)
    voice = _seen(actor, number, "voices.voice:withdraw")
    form = WithdrawForm(posted(request))
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.withdraw_voice(actor=actor, number=voice.number, **form.cleaned_data)
            messages.success(request, _("已撤回。"))
            return redirect(matter_url(request, voice.matter))
        except ActionError as error:
            refuse(form, error)
    text = _("撤回后不再计数；只有这一条的，事项也随之结束。")
    return answer(
        request, voice.matter, form, _("撤回这条诉求"), status=status, text=text, submit=_("撤回"),
        quote=mask_for_staff(voice.text),
    )  # fmt: skip


@require_safe
@desk
def photo(request: HttpRequest, photo_id: UUID) -> FileResponse:
    """A photo in full or as a thumbnail, for whoever sees its matter; 404 for all others."""
    file = queries.open_photo(actor_of(request), photo_id, thumb="thumb" in request.GET)
    answer = FileResponse(file, content_type="image/jpeg")
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer

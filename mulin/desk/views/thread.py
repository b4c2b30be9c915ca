"""What a matter grew out of: tie it to another one, or take that back."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mulin.desk.views.matter import FORM, answer, matter_url, seen_matter
from mulin.kernel.context import actor_of
from mulin.kernel.door import desk
from mulin.kernel.errors import ActionError
from mulin.kernel.pages import posted, refuse
from mulin.voices import actions


class ThreadForm(forms.Form):
    """The number of the other matter and a sentence on how this one came from it."""

    of = forms.CharField(
        label=gettext_lazy("来自哪一件"), max_length=20, help_text=gettext_lazy("填它的编号"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("怎么来的"), max_length=200, help_text=gettext_lazy("写一句，同事看得到"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


@FORM
@desk
def thread(request: HttpRequest, number: str) -> HttpResponse:
    """Say what the matter grew out of; `cut` takes one link back."""
    actor = actor_of(request)
    matter = seen_matter(actor, number, "voices.matter:link")
    if cut := request.POST.get("cut"):
        actions.cut_from(actor=actor, number=matter.number, of=cut)
        messages.success(request, _("已经断开，两件事都还在。"))
        return redirect(matter_url(request, matter))
    form = ThreadForm(posted(request))
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.grow_out_of(actor=actor, number=matter.number, **form.cleaned_data)
            messages.success(request, _("来龙去脉已记下，两件事互相找得到。"))
            return redirect(matter_url(request, matter))
        except ActionError as error:
            refuse(form, error)
    text = _("两件都公开时，居民在两边的页面上也看得到；理由只有同事看。")
    return answer(request, matter, form, _("来龙去脉"), status=status, text=text)

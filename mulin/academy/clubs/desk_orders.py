"""A club that runs takes on orders of its theme."""

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from mulin.academy.clubs import access, actions, queries
from mulin.academy.orders import queries as orders
from mulin.kernel import policy
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.pages import page, posted, tried


class Serve(django_forms.Form):
    orders = django_forms.MultipleChoiceField(
        label=gettext_lazy("接下哪些订单"), widget=django_forms.CheckboxSelectMultiple
    )
    answer = django_forms.CharField(
        label=gettext_lazy("给下单的人的答复"), max_length=1000,
        widget=django_forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("什么时候、在哪里、怎么加入。每一位都会收到。"),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@needs(access.MANAGE)
def serve(request: HttpRequest, number: str) -> HttpResponse:
    """Which orders; everybody behind them gets the answer and an invitation."""
    actor = actor_of(request)
    found = queries.get_club(actor, number)
    policy.require(actor, access.MANAGE, access.target_of(found))
    waiting = orders.listed(actor, state="", theme=found.theme, place=found.place)
    rows = list(waiting.filter(state__in=("gathered", "accepted")))
    form = Serve(posted(request), initial={"orders": [one.number for one in rows if one.kind == "wish"]})
    form.fields["orders"].choices = [(one.number, _line(one)) for one in rows]
    if tried(
        request, form, lambda: actions.serve_orders(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("接下了。想要的人都收到了邀请。"))
        return redirect("academy_desk:club", found.number)
    context = {
        "form": form,
        "title": _("接下订单"),
        "submit": _("接下，发出邀请"),
        "lead": found.org.name,
        "text": "" if rows else _("现在没有同一类的订单等着。"),
        "back_url": reverse("academy_desk:club", args=[found.number]),
        "back_label": found.org.name,
        "action": request.get_full_path(),
        "here": "clubs",
    }
    return page(request, "academy/clubs/form.html", context, status=422 if form.errors else 200)


def _line(one: orders.Order) -> str:
    return _("%(title)s（%(n)d 人）") % {"title": one.matter.title, "n": one.behind}

"""Wishes and offers: accepted or declined with a reason, and everybody who asked gets the answer."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from mulin.academy.orders import showing as orders
from mulin.desk import words
from mulin.desk.reading import wishes as reading
from mulin.desk.reading.case import ways
from mulin.kernel import policy
from mulin.kernel.context import actor_of
from mulin.kernel.door import desk, needs
from mulin.kernel.errors import ActionError
from mulin.kernel.pages import page, posted, refuse
from mulin.mutualaid.matching import showing as aid
from mulin.places.queries import full_name
from mulin.voices import access, actions, queries
from mulin.voices.categories import catalogue
from mulin.voices.needs.linking import may_link, may_propose
from mulin.voices.needs.queries import needs_of_matter
from mulin.voices.states import DECISION_WORDS, PUBLICATION_WORDS, kind_word


class AnswerForm(forms.Form):
    """Yes, or not now with the reason; either way in words that people can read."""

    decision = forms.ChoiceField(
        label=gettext_lazy("接不接"), choices=list(DECISION_WORDS.items()), widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=gettext_lazy("给大家的答复"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("接了：谁来做、什么时候开始。做不到：为什么，有没有别的办法。"),
    )  # fmt: skip


@require_safe
@needs("voices.matter:answer_wish")
def wishes(request: HttpRequest) -> HttpResponse:
    """By theme, the one most people stand behind first."""
    tab = request.GET.get("tab", "open")
    tab = tab if tab in reading.TABS else "open"
    url = reverse("desk:wishes")
    tabs = [
        {
            "label": label,
            "url": url if name == "open" else f"{url}?tab={name}",
            "current": name == tab,
            "count": None,
        }
        for name, label in reading.TABS.items()
    ]
    themes = reading.themes(actor_of(request), tab)
    orders_url = reverse("academy_desk:orders")
    return page(
        request, "desk/wishes.html", {"themes": themes, "tabs": tabs, "tab": tab, "orders_url": orders_url}
    )


@require_safe
@desk
def wish(request: HttpRequest, number: str) -> HttpResponse:
    """One wish or offer: who said it, and what was answered."""
    actor = actor_of(request)
    matter = queries.get_matter(actor, number)
    if matter.way == "case":
        return redirect("desk:case", matter.number)
    target = access.target_of_matter(actor, matter)
    context: dict[str, Any] = {
        "matter": matter,
        "kind": kind_word(matter.kind),
        "people": reading.people(matter),
        "place": full_name(matter.place),
        "category": catalogue().name(matter.category) if matter.category else _("还没有分类"),
        "voices": reading.voices(actor, matter),
        "decision": DECISION_WORDS.get(matter.decision, ""),
        "decided": words.when(matter.decided_at),
        "publication": PUBLICATION_WORDS[matter.publication],
        "ways": ways(actor, matter),
        "order": orders.facts_of_matter(actor, matter.pk),
        "aid": aid.way_of(actor, matter),
        "needs": needs_of_matter(matter.pk),
        "can_need": may_link(actor, matter),
        "can_propose": may_propose(actor, matter),
        "may": {
            name: policy.can(actor, need, target)
            for name, need in {
                "answer": "voices.matter:answer_wish",
                "category": "voices.matter:recategorise",
                "place": "voices.matter:relocate",
                "publish": "voices.matter:publish",
                "contact": "voices.voice:read_contact",
            }.items()
        },
    }
    return page(request, "desk/wish.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
def wish_answer(request: HttpRequest, number: str) -> HttpResponse:
    """Accept or decline; the answer goes to each who asked."""
    actor = actor_of(request)
    matter = queries.get_matter(actor, number)
    policy.require(actor, "voices.matter:answer_wish", access.target_of_matter(actor, matter))
    form = AnswerForm(posted(request), initial={"text": matter.public_answer, "decision": matter.decision})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.answer_wish(actor=actor, number=matter.number, **form.cleaned_data)
                messages.success(request, _("已答复，每一位说过的人都会收到。"))
                return redirect("desk:wish", matter.number)
            except ActionError as error:
                refuse(form, error)
    context = {
        "form": form,
        "title": _("答复“%(title)s”") % {"title": matter.title},
        "text": _("%(n)s 个人等着这个答复。") % {"n": reading.people(matter)},
        "back_url": reverse("desk:wish", args=[matter.number]),
        "back_label": _("回到这一件"),
        "submit": _("发出答复"),
        "action": request.get_full_path(),
    }
    return page(request, "desk/form.html", context, status=status)

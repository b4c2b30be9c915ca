"""What the desk's pages of this part share: forms with their refusals, and the way back."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from mulin.councils.results import queries
from mulin.councils.topics.models import Topic
from mulin.kernel.pages import page
from mulin.places.queries import full_name

FORM = require_http_methods(["GET", "HEAD", "POST"])


def form_page(
    request: HttpRequest, form: Any, *, title: str, submit: str, back: tuple[str, str], **more: Any
) -> HttpResponse:
    """One form on a page of its own. `back`: address and label of where it was opened."""
    context = {
        "form": form,
        "title": title,
        "submit": submit,
        "back_url": back[0],
        "back_label": back[1],
        "here": "resolutions",
        **more,
    }
    return page(request, "councils/results/form.html", context, status=422 if form.errors else 200)


def of_topic(topic: Topic, here: str) -> dict[str, Any]:
    """What every page about a part of a topic shows: the topic, its place, the other parts."""
    names = [
        ("result-study", _("摸底"), topic.findings.count()),
        ("result-options", _("方案"), topic.options.exclude(state="declined").count()),
        ("result-concerns", _("反对意见和疑问"), queries.waiting_concerns(topic) or None),
        ("result-works", _("落实"), len(queries.works_of_topic(topic))),
        ("result-rating", _("评价"), None),
    ]
    kinds = set(topic.steps.values_list("kind", flat=True))
    needed = {
        "result-study": "study",
        "result-options": "options",
        "result-works": "works",
        "result-rating": "rate",
    }
    shown = [one for one in names if one[0] == here or needed.get(one[0]) in kinds or one[0] not in needed]
    tabs = [
        {
            "label": label,
            "url": reverse(f"councils_desk:{name}", args=[topic.number]),
            "count": count or None,
            "current": name == here,
        }
        for name, label, count in shown
    ]
    return {"topic": topic, "place": full_name(topic.place), "tabs": tabs, "here": "topics"}


def back_to(topic: Topic, name: str, label: str) -> tuple[str, str]:
    return reverse(f"councils_desk:{name}", args=[topic.number]), label

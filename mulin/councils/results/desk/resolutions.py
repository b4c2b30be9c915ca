"""Resolutions at the desk: drafted, published, withdrawn, printed, kept."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mulin.councils.results import access, actions, documents, forms, queries, reading, states
from mulin.councils.results.desk.common import FORM, form_page
from mulin.councils.results.models import RESOLUTION_STATES, Resolution
from mulin.kernel import policy
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError
from mulin.kernel.pages import page, posted, run, tried
from mulin.places.queries import names_of

READ, DRAFT, PUBLISH = needs(access.VIEW), needs(access.DRAFT), needs(access.PUBLISH)
PER_PAGE, MOST_EXPORTED = 50, 5000


def _found(request: HttpRequest):
    """The resolutions that a list or its export asks for."""
    rows = access.resolutions_for(actor_of(request)).order_by("-id")
    state = request.GET.get("state", "")
    rows = rows.filter(state=state) if state in RESOLUTION_STATES else rows
    return queries.search(rows, request.GET.get("q", ""))


@require_safe
@READ
def listed(request: HttpRequest) -> HttpResponse:
    """All that one may see, drafts too; searched by words and state."""
    shown = Paginator(_found(request), PER_PAGE).get_page(request.GET.get("page"))
    names = names_of({one.place for one in shown})
    state = request.GET.get("state", "")
    context = {
        "rows": [reading.resolution_row(one, names, desk=True) for one in shown],
        "shown": shown,
        "q": request.GET.get("q", ""),
        "state": state,
        "filters": _filters(request.GET.get("q", ""), state),
        "clear_url": request.path if request.GET else "",
        "query": request.GET.urlencode(),
        "can_make": bool(forms.places_of(actor_of(request))),
    }
    return page(request, "councils/results/desk_resolutions.html", context)


def _filters(q: str, state: str) -> list[dict[str, Any]]:
    words = states.RESOLUTION_STATES.items()
    offered = [{"value": code, "label": word[0], "selected": code == state} for code, word in words]
    return [
        {"name": "q", "kind": "search", "label": _("标题、内容或编号"), "value": q},
        {"name": "state", "kind": "list", "label": _("所有状态"), "options": offered},
    ]


@require_safe
@READ
def export(request: HttpRequest) -> HttpResponse:
    """The same list as an Excel file."""
    return documents.as_file(documents.workbook(_found(request)[:MOST_EXPORTED]), "resolutions.xlsx")


@FORM
@DRAFT
def new(request: HttpRequest) -> HttpResponse:
    """One that stands alone; those of a topic are made by its step."""
    actor = actor_of(request)
    form = forms.NewResolution(actor, posted(request))
    if not form.fields["place"].choices:
        # A group of neighbours decides through a topic of its own; alone it has no place to draft for.
        policy.require(actor, access.DRAFT, policy.Target())
    made: list[Resolution] = []
    if tried(request, form, lambda: made.append(actions.draft_resolution(actor=actor, **form.cleaned_data))):
        return redirect("councils_desk:resolution-edit", made[0].number)
    text = _("从议题走下来的决议，在议题的“决议”一步里写，前面的结果会自动带过来。")
    back = (reverse("councils_desk:resolutions"), _("决议"))
    return form_page(request, form, title=_("起草决议"), submit=_("开始写"), back=back, text=text)


@require_safe
@READ
def one(request: HttpRequest, number: str) -> HttpResponse:
    """The resolution as it stands, what is missing, and what can be done."""
    actor = actor_of(request)
    found = access.resolution_for(actor, number)
    works = queries.works_of(found)
    target = access.of_resolution(found)
    posting, unset = None, ""
    if found.state == "draft":
        try:
            posting = actions.posting_of(found)
        except ActionError as error:
            unset = str(error.message)
    context = {
        "resolution": found,
        "row": reading.resolution_row(found, names_of([found.place]), desk=True),
        "shown": reading.resolution(found),
        "works": reading.works(works, desk=True),
        "missing": [text for _code, text in actions.missing_to_publish(found)]
        if found.state == "draft"
        else [],
        "posting": posting,
        "unset": unset,
        "may": {
            "draft": policy.can(actor, access.DRAFT, target),
            "publish": policy.can(actor, access.PUBLISH, target),
            "plan": policy.can(actor, access.PLAN, target),
        },
        "topic_url": _topic_url(found),
        "public_url": request.build_absolute_uri(reverse("councils:resolution", args=[found.number])),
        "here": "resolutions",
    }
    return page(request, "councils/results/desk_resolution.html", context)


def _topic_url(found: Resolution) -> str:
    if not found.topic:
        return ""
    return reverse("councils_desk:topic", args=[found.topic.number])


@FORM
@DRAFT
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Everything that it says."""
    actor = actor_of(request)
    found = access.resolution_for(actor, number)
    form = forms.ResolutionForm(found, posted(request))
    if tried(
        request, form, lambda: actions.edit_resolution(actor=actor, number=found.number, **form.values())
    ):
        messages.success(request, _("已保存。"))
        return redirect("councils_desk:resolution", found.number)
    return form_page(request, form, title=_("写决议"), submit=_("保存"), back=_back(found), lead=found.title)


def _back(found: Resolution) -> tuple[str, str]:
    return reverse("councils_desk:resolution", args=[found.number]), found.title


@FORM
@PUBLISH
def publish(request: HttpRequest, number: str) -> HttpResponse:
    """How long it hangs out; then everybody reads it."""
    actor = actor_of(request)
    found = access.resolution_for(actor, number)
    posting = actions.posting_of(found)
    form = forms.PublishForm(posted(request), initial={"days": posting["days"]})
    if tried(
        request, form, lambda: actions.publish_resolution(actor=actor, number=number, **form.cleaned_data)
    ):
        messages.success(request, _("决议公布了，说过这件事的人会收到消息。"))
        return redirect("councils_desk:resolution", found.number)
    text = _("至少 %(days)s 天。依据：%(basis)s（%(certainty)s）") % {
        "days": posting["least"],
        "basis": posting["basis"],
        "certainty": states.CERTAINTY_WORDS[posting["certainty"]],
    }
    return form_page(
        request, form, title=_("公布决议"), submit=_("公布"), back=_back(found), lead=found.title, text=text
    )


@FORM
@PUBLISH
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take it back, with a reason that stays on its page."""
    actor = actor_of(request)
    found = access.resolution_for(actor, number)
    form = forms.ReasonForm(posted(request))
    if tried(
        request, form, lambda: actions.withdraw_resolution(actor=actor, number=number, **form.cleaned_data)
    ):
        return redirect("councils_desk:resolution", found.number)
    return form_page(
        request, form, title=_("撤下决议"), submit=_("撤下"), back=_back(found), lead=found.title
    )


@require_POST
@DRAFT
def move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Fetch what is new from the topic, delete a draft, begin anew with the words of a withdrawn one."""
    actor = actor_of(request)
    found = access.resolution_for(actor, number)
    moves: dict[str, tuple[Callable[..., Any], str]] = {
        "refresh": (actions.refresh_resolution, _("前面各步的结果带过来了；您写过的没有动。")),
        "discard": (actions.discard_resolution, _("草稿删掉了。")),
        "revise": (actions.revise_resolution, _("照着撤下的那份起了新稿。")),
    }
    if move not in moves:
        raise Http404
    act, said = moves[move]
    made: list[Any] = []
    done = run(request, lambda: made.append(act(actor=actor, number=found.number)), said)
    if done and move == "discard":
        return redirect("councils_desk:resolutions")
    return redirect("councils_desk:resolution", made[0].number if done and move == "revise" else found.number)


@require_safe
@READ
def printed(request: HttpRequest, number: str) -> HttpResponse:
    """On paper, drafts too."""
    found = access.resolution_for(actor_of(request), number)
    context = documents.context(found) | {
        "back_url": reverse("councils_desk:resolution", args=[found.number]),
    }
    return page(request, "councils/results/print.html", context)


@require_safe
@READ
def word(request: HttpRequest, number: str) -> HttpResponse:
    """As a Word file, drafts too."""
    found = access.resolution_for(actor_of(request), number)
    return documents.as_file(documents.word_file(found), f"resolution-{found.number}.docx")

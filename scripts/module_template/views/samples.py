"""Pages: they read through queries, write through actions, and hold no rule of their own."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mulin.kernel import paging
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError
from mulin.kernel.policy import can, can_somewhere, require
from mulin.samples import actions, queries, states
from mulin.samples.forms import SampleForm
from mulin.samples.models import Sample

MOVES = {"close": actions.close_sample, "reopen": actions.reopen_sample}


@require_GET
def sample_list(request: HttpRequest) -> HttpResponse:
    """All records that the visitor may see, newest first; `?place=` keeps one community's."""
    actor = actor_of(request)
    rows = queries.visible_to(actor)
    if place := request.GET.get("place", ""):
        rows = rows.filter(place=place)
    page = paging.page(rows, order=("-id",), cursor=request.GET.get("cursor"))
    context = {"page": page, "place": place, "can_open": can_somewhere(actor, "samples.sample:open")}
    return render(request, "samples/sample_list.html", context)


@require_http_methods(["GET", "POST"])
def sample_open(request: HttpRequest) -> HttpResponse:
    """The form for a new record. What was typed stays when something is missing."""
    actor = actor_of(request)
    if not can_somewhere(actor, "samples.sample:open"):
        require(actor, "samples.sample:open", "")
    home = actor.posts[0].place[:12] if actor.posts else ""
    form = SampleForm(request.POST or None, initial={"place": request.GET.get("place") or home})
    if form.is_valid():
        try:
            sample = actions.open_sample(actor=actor, **form.cleaned_data)
            return redirect("samples:sample-detail", sample=sample.id)
        except ActionError as error:
            form.add_error(error.field or None, error.message)
    return render(request, "samples/sample_open.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
def sample_detail(request: HttpRequest, sample: UUID) -> HttpResponse:
    actor = actor_of(request)
    record = queries.get_sample(actor, sample)
    state, tone = states.STATES[record.state]
    moves = []
    if can(actor, "samples.sample:close", record.place):
        moves = [button(record, move) for move in states.moves_from(record.state)]
    context = {"sample": record, "state": state, "tone": tone, "moves": moves}
    return render(request, "samples/sample_detail.html", context)


def button(record: Sample, move: states.Move) -> dict[str, object]:
    """One move as the action bar of the kernel shows it."""
    url = reverse("samples:sample-move", args=[record.id, move.name])
    return {"post": True, "url": url, "label": move.title, "main": move.to == states.CLOSED}


@require_POST
def sample_move(request: HttpRequest, sample: UUID, move: str) -> HttpResponse:
    if move not in MOVES:
        raise Http404
    MOVES[move](actor=actor_of(request), sample=sample)
    return redirect("samples:sample-detail", sample=sample)

"""The paper channel at the desk: papers and count sheets to print, batches typed by two, the official
system."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from mulin.councils.rosters import areas, queries, tables
from mulin.councils.rosters import states as roster_states
from mulin.councils.votes import access, paper_batches, paper_forms, paper_official, papers, reading, ruling
from mulin.councils.votes.desk_views import FORM, READ, context_of
from mulin.councils.votes.models import Vote
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.pages import page, posted, refuse
from mulin.places.queries import names_of

COUNT = needs(access.COUNT)
IN_A_BATCH, MOST_PRINTED = 25, 500
WITH_ROSTER = ("notice", "open", "closed", "counted", "published", "archived", "stopped")


def _vote(request: HttpRequest, number: str) -> Vote:
    """A vote from its notice on: before it there is nothing to print."""
    found = access.get_vote(actor_of(request), number)
    if found.state not in WITH_ROSTER or found.roster is None:
        raise Http404
    return found


def _context(request: HttpRequest, vote: Vote) -> dict[str, Any]:
    official = paper_official.official(vote)
    return {
        **context_of(request, vote, "vote-paper"),
        "options": [(n, one) for n, one in enumerate(reading.options(vote), 1)],
        "most": papers.most(vote),
        "official": official,
        "official_text": paper_official.SAID.get(official, ""),
        "in_a_batch": IN_A_BATCH,
    }


@sensitive_post_parameters()
@FORM
@READ
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """What can be printed, how many papers came and are typed, and a new batch."""
    actor = actor_of(request)
    found = _vote(request, number)
    can_type = found.is_secret and found.state == "closed" and access.may(actor, access.COUNT, found)
    if request.method == "POST" and not can_type:
        access.require(actor, access.COUNT, found)
        raise Http404
    form = paper_forms.Batch(posted(request)) if can_type else None
    slip: Any = None
    if request.method == "POST" and form and form.is_valid():
        try:
            choices = paper_batches.parse(found, form.cleaned_data["papers"])
            # Not by way of another page: a code that waits in a session would be kept on the server.
            slip = paper_batches.begin_batch(
                actor=actor, number=found.number, name=form.cleaned_data["name"], choices=choices
            )
            form = paper_forms.Batch()
        except ActionError as error:
            if error.status == 403:
                raise
            refuse(form, error)
    buildings = names_of(found.roster.entries.order_by().values_list("building", flat=True).distinct())
    context = {
        **_context(request, found),
        "form": form,
        "slip": slip,
        "slip_code": papers.shown_receipt(slip.slip) if slip else "",
        "prints": paper_forms.Prints(found, sorted(buildings.items())),
        "batches": [_batch(one, actor) for one in found.batches.order_by("name")] if can_type else [],
        "came": found.voted.filter(channel="paper").count(),
        "typed": found.slots.filter(channel="paper").count() if found.is_secret else found.papers.filter(
            channel="paper").count(),
    }  # fmt: skip
    status = 422 if form and form.errors else 200
    return page(request, "councils/votes/paper_hub.html", context, status=status)


def _batch(batch: Any, actor: Any) -> dict[str, Any]:
    return {"batch": batch, "n": batch.n, "is_mine": batch.typed_by == actor.account}


@sensitive_post_parameters()
@FORM
@COUNT
def second(request: HttpRequest, number: str, batch: UUID) -> HttpResponse:
    """The second person's typing of a batch; what differs is shown as figures."""
    actor = actor_of(request)
    found = _vote(request, number)
    access.require(actor, access.COUNT, found)
    row = found.batches.filter(pk=batch).first()
    if row is None:
        raise NotVisible(batch)
    form = paper_forms.Again(posted(request))
    rows: list[tuple[str, int, int]] = []
    if request.method == "POST" and form.is_valid():
        try:
            choices = paper_batches.parse(found, form.cleaned_data["papers"])
            n = paper_batches.confirm_batch(
                actor=actor, number=found.number, batch=row.pk, choices=choices,
                slip=form.cleaned_data["slip"],
            )  # fmt: skip
            messages.success(request, _("两遍一样，放进票箱了。纸票一共录了 %(n)s 张。") % {"n": n})
            return redirect("councils_desk:vote-paper", found.number)
        except paper_batches.Differs as error:
            rows = error.rows
            refuse(form, error)
        except ActionError as error:
            if error.status == 403:
                raise
            refuse(form, error)
    context = {**_context(request, found), "form": form, "row": _batch(row, actor), "differences": rows}
    return page(request, "councils/votes/paper_second.html", context, status=422 if form.errors else 200)


@require_POST
@COUNT
def drop(request: HttpRequest, number: str, batch: UUID) -> HttpResponse:
    """Take a batch back that waits for its second typing."""
    found = _vote(request, number)
    try:
        paper_batches.drop_batch(actor=actor_of(request), number=found.number, batch=batch)
        messages.success(request, _("这一摞退回了，重新录。"))
    except ActionError as error:
        if error.status == 403:
            raise
        messages.warning(request, str(error.message))
    return redirect("councils_desk:vote-paper", found.number)


@require_safe
@READ
def prints(request: HttpRequest, number: str) -> HttpResponse:
    """Papers to cut and hand out: all alike for a secret vote, with unit, owner and area for a named one."""
    found = _vote(request, number)
    context = _context(request, found)
    if found.is_secret:
        asked = request.GET.get("n", "")[:6]
        context["blank"] = range(min(int(asked) if asked.isdecimal() else IN_A_BATCH, MOST_PRINTED))
    else:
        # They carry names: for those who hold the vote, not for everybody who may follow it.
        access.require(actor_of(request), access.MANAGE, found)
        building = request.GET.get("building", "")
        begin = request.GET.get("after", "")[:6]
        context["named"], context["after"] = _named(found, building, int(begin) if begin.isdecimal() else 0)
        context["building"] = building
    return page(request, "councils/votes/paper_print.html", context)


def _named(vote: Vote, building: str, begin: int) -> tuple[list[dict[str, Any]], int | None]:
    """One paper an owner and unit; one a line where there are no owners. So many lines at once; after which
    one the rest begins."""
    order = queries.area_order(vote.roster)
    rows = queries.entries(vote.roster)
    found = []
    some = list((rows.filter(building=building) if building else rows)[begin : begin + MOST_PRINTED + 1])
    for entry in some[:MOST_PRINTED]:
        source = next((name for name in order if getattr(entry, name) is not None), "")
        facts = {
            "label": entry.label,
            "area": areas.show(getattr(entry, source)) if source and vote.is_by_area else "",
            "source": roster_states.AREA_WORDS.get(source, ""),
        }
        people = list(entry.owners.all())
        found += [{**facts, "owner": one.name, "code": one.code} for one in people] or [facts]
    return found, begin + MOST_PRINTED if len(some) > MOST_PRINTED else None


@require_safe
@READ
def sheet(request: HttpRequest, number: str) -> HttpResponse:
    """A count sheet: a row an option, a column a batch, two signatures."""
    found = _vote(request, number)
    context = {**_context(request, found), "columns": range(1, 9)}
    return page(request, "councils/votes/paper_sheet.html", context)


@FORM
@COUNT
def official(request: HttpRequest, number: str) -> HttpResponse:
    """Files for the city's official system, and back from it."""
    actor = actor_of(request)
    found = _vote(request, number)
    access.require(actor, access.COUNT, found)
    form = paper_forms.File(posted(request), request.FILES or None)
    context: dict[str, Any] = {"taken": None, "totals": []}
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            if form.cleaned_data["kind"] == "papers":
                context["taken"] = paper_official.import_papers(
                    actor=actor, number=found.number, content=content
                )
            elif found.is_secret:
                raise ActionError("secret-vote", _("无记名表决计票以前谁也不知道结果，没法核对。"))
            elif found.state == "open":
                raise ActionError("not-now", _("截止以后才能核对合计：截止以前谁也不看结果。"))
            else:
                context["totals"] = paper_official.check_totals(found, content)
        except ActionError as error:
            if error.status == 403:
                raise
            refuse(form, error)
    numbers = {key: str(n) for n, key in enumerate(ruling.keys_of(found), 1)}
    context["totals"] = [
        (" ".join(numbers.get(key, key) for key in said.split()), one, two)
        for said, one, two in context["totals"]
    ]
    context |= {**_context(request, found), "form": form, "takes": found.state in ("open", "closed")}
    return page(request, "councils/votes/paper_official.html", context, status=422 if form.errors else 200)


@require_safe
@COUNT
def export(request: HttpRequest, number: str) -> HttpResponse:
    """The roster and the question for the official system."""
    found = _vote(request, number)
    access.require(actor_of(request), access.COUNT, found)
    response = HttpResponse(paper_official.roster_file(found), content_type=tables.XLSX)
    response["Content-Disposition"] = f'attachment; filename="official-{found.number}.xlsx"'
    return response

"""One case: its page, its moves, its printed sheet."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from mulin.cases import moves
from mulin.cases.pages import CasePage
from mulin.desk import bar, undo, words
from mulin.desk.forms import MoveFields, needs_two, takes_nothing
from mulin.desk.reading import case as reading
from mulin.desk.reading.reported import reported
from mulin.kernel import clock, days, policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import desk
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.pages import page, refuse


def _query(request: HttpRequest) -> str:
    return bar.list_query(request.GET.get("list", ""))


def case_url(request: HttpRequest, number: str) -> str:
    query = _query(request)
    return reverse("desk:case", args=[number]) + (f"?{query}" if query else "")


@require_safe
@desk
def case(request: HttpRequest, number: str) -> HttpResponse:
    """The timeline, the facts and the possible moves of one case."""
    found = reading.read(actor_of(request), number)
    context = reading.present(found, _query(request))
    context |= reading.beside(request.GET.get("list", ""), found.case.number)
    if "reported" in request.GET:
        context["reported"] = reported(found)
    return page(request, "desk/case.html", context)


@require_safe
@desk
def case_print(request: HttpRequest, number: str) -> HttpResponse:
    """One case on paper: no contact, personal data masked."""
    with days.on_paper():
        found = reading.read(actor_of(request), number)
        context = {**reading.present(found, ""), "printed": words.when(clock.now())}
    return page(request, "desk/case_print.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
def move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """The form of a move, and doing it. A move that takes nothing is done by its button alone."""
    if move not in moves.ALL or move == "confirm":
        raise NotVisible(move)
    found = reading.read(actor_of(request), number)
    try:
        return _moved(request, found, move)
    except ActionError as error:
        # Somebody was first: what they did stands on the case's page.
        error.way = (_("看这件事现在怎样"), case_url(request, found.case.number))
        raise


def _moved(request: HttpRequest, found: CasePage, move: str) -> HttpResponse:
    actor = found.actor
    # Before the form is read: who may not do it is told so, not that a field is missing.
    _check_allowed(actor, found, move)
    if request.method == "POST":
        return _do(request, actor, found, move)
    _check_offered(found, move)
    form = MoveFields(found, move, initial=_initial(request, found))
    return _form_page(request, found, move, form)


def _check_allowed(actor: Actor, found: CasePage, move: str) -> None:
    """403 for who may not do the move with this case."""
    if any(one.name == move for one in found.moves):
        return
    orgs = frozenset(row.org_id for row in found.involvements if row.is_current)
    case = found.case
    target = policy.Target(place=case.place, grid=case.grid, building=case.building, orgs=orgs)
    policy.require(actor, moves.permission(move), target)


def _check_offered(found: CasePage, move: str) -> None:
    """409 with the reason where the case's state does not allow the move."""
    if not any(one.name == move for one in found.moves):
        raise ActionError("not-now", _not_now(found, move))


def _not_now(found: CasePage, move: str) -> str:
    return _("这件事现在是“%(state)s”，不能“%(move)s”。") % {
        "state": found.case.state_label,
        "move": moves.ALL[move].title,
    }


def _initial(request: HttpRequest, found: CasePage) -> dict[str, str]:
    """A reply template that was chosen, and fields that a link filled in."""
    initial = {name: request.GET[name] for name in ("item", "into") if name in request.GET}
    chosen = request.GET.get("template", "")
    for template in found.reply_templates if chosen else ():
        if str(template.pk) == chosen:
            initial["reply"] = template.text
    return initial


def _do(request: HttpRequest, actor: Actor, found: CasePage, move: str) -> HttpResponse:
    form = MoveFields(found, move, request.POST, request.FILES)
    if form.is_valid():
        try:
            moves.perform(move, actor=actor, number=found.case.number, **form.values())
        except ActionError as error:
            if error.status == 403 or takes_nothing(move):
                raise
            refuse(form, ActionError(error.code, error.message, field=form.field_of(error.field) or ""))
            form.ask_again = error.code == "reply-looks-like-template"
        else:
            _say(request, found, move)
            return redirect(_after(request, actor, found.case.number))
    elif takes_nothing(move):
        raise ActionError("form-broken", "")
    return _form_page(request, found, move, form, status=422)


def _say(request: HttpRequest, found: CasePage, move: str) -> None:
    """What was done; a case that one took over can be given back in one tap."""
    before = found.case.handler_id
    if move == "decline" and bar.is_own(found):
        messages.success(request, _("提议已撤回。"))
    elif move != "claim":
        messages.success(request, bar.DONE[move])
    elif before is None:
        url = bar.move_url(found.case.number, "release", _query(request))
        undo.said(request, bar.DONE[move], url, ())
    elif any(one.name == "assign" for one in found.moves):
        url = bar.move_url(found.case.number, "assign", _query(request))
        undo.said(request, bar.DONE[move], url, [("handler", before)])
    else:
        messages.success(request, bar.DONE[move])


def _after(request: HttpRequest, actor: Actor, number: str) -> str:
    """Back to the case, or to the inbox when it is no longer this person's to see."""
    try:
        reading.case_pages.get_case(actor, number)
    except NotVisible:
        return f"{reverse('desk:inbox')}?done=1"
    if request.POST.get("next") == "today":
        return reverse("desk:today")
    return case_url(request, number)


def _form_page(
    request: HttpRequest, found: CasePage, move: str, form: MoveFields, status: int = 200
) -> HttpResponse:
    own = move == "decline" and bar.is_own(found)
    context = {
        "found": found,
        "case": found.case,
        "move": moves.ALL[move],
        "title": _("撤回这个提议") if own else moves.ALL[move].title,
        "form": form,
        "action": bar.move_url(found.case.number, move, _query(request)),
        "case_url": case_url(request, found.case.number),
        "needs_two": needs_two(move) or move == "exclude",
        "templates": found.reply_templates if move == "finish" else [],
        "confirm": bar.CONFIRM.get(move, "") or bar.READ.get(move, ""),
    }
    return page(request, "desk/move.html", context, status=status)

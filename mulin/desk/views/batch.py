"""The same move on many cases: what needs one more word asks for it once, then each says how it went."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mulin.cases import moves
from mulin.cases.models import Case
from mulin.cases.queries import get_case
from mulin.desk import undo
from mulin.desk.views.cases import BATCH
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.pages import page

MOST = 200
DONE_WORDS = {
    "accept": gettext_lazy("%(done)s 件已受理"),
    "dispatch": gettext_lazy("%(done)s 件已派出"),
    "claim": gettext_lazy("%(done)s 件由您经办了"),
    "merge": gettext_lazy("%(done)s 件已合并"),
}
# What takes a batch back, where something does.
UNDO = {"claim": "release", "merge": "unmerge"}
UNDONE_WORDS = {
    "release": gettext_lazy("%(done)s 件已还回"),
    "unmerge": gettext_lazy("%(done)s 件已拆开"),
}
# With a number: whom a case goes back to when a claim is taken back.
FORMER = "former-"
# The one field that a batch asks for.
ASKS = {"dispatch": "org", "merge": "into"}


def chosen(request: HttpRequest) -> list[str]:
    """The ticked numbers, each once."""
    numbers = (clean_number(text)[:12] for text in request.POST.getlist("n"))
    return list(dict.fromkeys(number for number in numbers if number))[:MOST]


@require_POST
@needs("cases.case:view")
def batch(request: HttpRequest) -> HttpResponse:
    """Do a move on every ticked case, or ask first which unit or which case it goes to."""
    actor = actor_of(request)
    numbers = chosen(request)
    move = request.POST.get("move", "")
    back = request.POST.get("query", "")[:1000]
    if move == "print":
        return redirect(f"{reverse('desk:cases-print')}?{urlencode({'n': numbers}, doseq=True)}")
    need = BATCH.get(move) or (moves.permission(move) if move in UNDONE_WORDS else "")
    if not need:
        raise NotVisible(move)
    if not policy.can_somewhere(actor, need):
        policy.require(actor, need, policy.Target())
    if not numbers:
        messages.warning(request, _("请先勾选要办的事项。"))
        return redirect(_list(back))
    field = ASKS.get(move)
    value = request.POST.get(field, "").strip() if field else ""
    if field and not value:
        return _ask(request, actor, move, numbers, back)
    if move == "merge":
        numbers = [number for number in numbers if number != clean_number(value)]
    given = {field: value} if field else {"reason": _("合并错了，收回。")} if move == "unmerge" else {}
    former = _handlers(numbers) if move == "claim" else {}
    if move == "release":
        outcome = _give_back(request, actor, numbers)
    else:
        outcome = moves.perform_many(move, actor=actor, numbers=numbers, **given)
    kept = {"move": move, "outcome": outcome, "back": back, "former": former}
    request.session["desk.batch"] = kept
    return redirect("desk:batch-result")


def _handlers(numbers: list[str]) -> dict[str, str]:
    """Who handled each of these cases until now."""
    rows = Case.objects.filter(number__in=numbers, handler__isnull=False).values_list("number", "handler_id")
    return {number: str(handler) for number, handler in rows}


def _give_back(request: HttpRequest, actor: Actor, numbers: list[str]) -> list[tuple[str, bool, str]]:
    """Put down what one took on oneself; where somebody had it before, it is theirs again."""
    outcome: list[tuple[str, bool, str]] = []
    for number in numbers:
        if handler := request.POST.get(FORMER + number, ""):
            outcome += moves.perform_many("assign", actor=actor, numbers=[number], handler=handler)
        else:
            outcome += moves.perform_many("release", actor=actor, numbers=[number])
    return outcome


def _way_back(actor: Actor, kept: dict[str, Any], done: list[str]) -> list[tuple[str, str]]:
    """The fields that take a batch back; none where nothing of it can be."""
    fields = [("n", number) for number in done]
    if kept["move"] == "claim":
        fields = [field for number in done for field in _unclaimed(actor, number, kept.get("former", {}))]
    if not fields or kept["move"] not in UNDO:
        return []
    return [("move", UNDO[kept["move"]]), ("query", kept["back"]), *fields]


def _unclaimed(actor: Actor, number: str, former: dict[str, str]) -> list[tuple[str, str]]:
    """One claimed case: put down, or handed to who had it, where the actor may and that person still could
    have it. A case that was the actor's own already stays."""
    before = former.get(number)
    if before is None:
        return [("n", number)]
    if before == str(actor.account) or not _may_return(actor, number, before):
        return []
    return [("n", number), (FORMER + number, before)]


def _may_return(actor: Actor, number: str, handler: str) -> bool:
    try:
        case = get_case(actor, number)
    except NotVisible:
        return False
    if not any(move.name == "assign" for move in moves.moves_for(actor, case)):
        return False
    return handler in dict(moves.MoveForm("assign").choices("handler", case))


def _list(query: str) -> str:
    from mulin.desk.views.cases import _list_url

    return _list_url(query)


def _ask(request: HttpRequest, actor: Actor, move: str, numbers: list[str], back: str) -> HttpResponse:
    cases = []
    for number in numbers:
        try:
            cases.append(get_case(actor, number))
        except NotVisible:
            continue
    if not cases:
        raise NotVisible(numbers[0])
    asked_before = ASKS[move] in request.POST
    context: dict[str, Any] = {
        "move": moves.ALL[move],
        "cases": cases,
        "numbers": numbers,
        "query": back,
        "units": moves.org_choices(cases[0]) if move == "dispatch" else [],
        "missing": asked_before,
        "back": _list(back),
    }
    return page(request, "desk/batch.html", context, status=422 if asked_before else 200)


@require_safe
@needs("cases.case:view")
def batch_result(request: HttpRequest) -> HttpResponse:
    """How it went, a line for each case that did not go."""
    kept = request.session.get("desk.batch")
    if not kept:
        raise ActionError("nothing-here", _("这里没有刚才批量办理的结果。"))
    done = [number for number, ok, _why in kept["outcome"] if ok]
    failed = [(number, why) for number, ok, why in kept["outcome"] if not ok]
    back = _way_back(actor_of(request), kept, done)
    context = {
        "move": moves.ALL[kept["move"]],
        "done": done,
        "failed": failed,
        "undo": undo.button(request, reverse("desk:batch"), back) if back else "",
        "sentence": sentence(kept["move"], len(done), len(failed)),
        "back": _list(kept["back"]),
    }
    return page(request, "desk/batch_result.html", context)


def sentence(move: str, done: int, failed: int) -> str:
    """ "8 件已受理，1 件没有" """
    said = str({**DONE_WORDS, **UNDONE_WORDS}[move]) % {"done": done}
    return said + (_("，%(failed)s 件没有") % {"failed": failed} if failed else "")

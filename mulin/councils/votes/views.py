"""Votes for residents: what is asked, the paper, a look before it is handed in, the receipt, the result."""

import secrets
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from mulin.councils import recounting
from mulin.councils.votes import access, actions, papers, reading, states, telling
from mulin.councils.votes.models import Vote
from mulin.kernel import rulebook, throttle
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError
from mulin.places.queries import name_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
HOUR = 3600
FOUND = 60
# More receipts than these are listed by their first letter: ten thousand in one page are slow on a telephone.
MANY_RECEIPTS = 600
MOST_FILLER = 4096


def _private(response: HttpResponse) -> HttpResponse:
    """A page for one person: never kept by a cache, never indexed."""
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def _uneven(response: HttpResponse) -> HttpResponse:
    """A page that holds a choice: made longer by chance, because web servers note how long their answers
    were, and "agree" is shorter than "do not agree"."""
    filler = secrets.token_urlsafe(MOST_FILLER)[: secrets.randbelow(MOST_FILLER)].replace("--", "__")
    response.content += f"<!-- {filler} -->".encode()
    return _private(response)


def _context(request: HttpRequest, vote: Vote) -> dict[str, Any]:
    return {
        "place": vote.place,
        "place_name": name_of(vote.place),
        **reading.public_page(vote, actor_of(request)),
    }


@require_safe
def votes(request: HttpRequest) -> HttpResponse:
    """What is voted on in a community, what will be, and what came out."""
    place = request.GET.get("place", "")[:12]
    found = reading.around(place if place.isdecimal() else "")
    context = {
        "place": place,
        "place_name": name_of(place) if place.isdecimal() else "",
        "running": reading.rows(found.filter(state__in=("open", "notice")).order_by("closes_at")[:FOUND]),
        "over": reading.rows(found.exclude(state__in=("open", "notice"))[:FOUND]),
    }
    return render(request, "councils/votes/votes.html", context)


@require_safe
def vote(request: HttpRequest, number: str) -> HttpResponse:
    """One vote: before, while and after it runs."""
    found = access.get_public(number)
    context = _context(request, found)
    context["share"] = request.build_absolute_uri(request.path)
    context["login"] = f"{reverse('account_login')}?next={request.path}"
    context["topic_url"] = ""
    if found.topic and found.topic.state != "draft":
        context["topic_url"] = reverse("councils:topic", args=[found.topic.number])
    return _private(render(request, "councils/votes/vote.html", context))


@sensitive_post_parameters()
@FORM
def cast(request: HttpRequest, number: str) -> HttpResponse:
    """The paper; then the same in words, to be confirmed; then the receipt. What was chosen goes from page to
    page in the form alone and is kept nowhere on the way."""
    found = access.get_public(number)
    actor = actor_of(request)
    if actor.is_anonymous:
        return redirect_to_login(request.get_full_path())
    context = _context(request, found)
    if not context["can_cast"]:
        if "sure" in request.POST:
            _say_where_it_is(request, context)
        return redirect("councils:vote", found.number)
    context["open_mine"] = [one for one in context["mine"] if one.can_vote]
    if request.method != "POST":
        entry = request.GET.get("entry", "")
        context["chosen_entries"] = [entry] if entry else _first(found, context["open_mine"])
        return _paper(request, context)
    context["chosen_entries"] = request.POST.getlist("entry")
    try:
        return _handed_in(request, found, context)
    except ActionError as error:
        if error.status == 403:
            raise
        context["refusal"] = error
        return _paper(request, context, status=error.status if error.status in {409, 422, 429} else 422)


def _say_where_it_is(request: HttpRequest, context: dict[str, Any]) -> None:
    """A paper is sent again (the line broke before the answer came, or another telephone was quicker), or too
    late: say which."""
    given = set(request.POST.getlist("entry"))
    if any(str(one.id) in given and one.has_voted for one in context["mine"]):
        messages.info(request, _("这一票已经投进去了，只算一次。您不用再投。"))
    elif not context["is_taken"]:
        messages.warning(request, _("投票已经截止，这一票没有投进去。"))


def _first(vote: Vote, own: list[reading.Mine]) -> list[str]:
    """What is ticked at the start: the only line, or in a named vote all of one's own."""
    ticked = own[:1] if vote.is_secret else [one for one in own if not one.proxy_of] or own[:1]
    return [str(one.id) for one in ticked]


def _paper(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    vote: Vote = context["vote"]
    context["ranks"] = range(1, len(context["options"]) + 1)
    context["chosen"] = request.POST.getlist("choice") if request.method == "POST" else []
    for one in context["options"]:
        one["rank"] = request.POST.get(f"rank_{one['key']}", "") if request.method == "POST" else ""
    context["one_only"] = vote.kind in ("yes_no", "choose_one")
    return _uneven(render(request, "councils/votes/paper.html", context, status=status))


def _handed_in(request: HttpRequest, vote: Vote, context: dict[str, Any]) -> HttpResponse:
    """First the paper in words, then, once that is confirmed, into the box."""
    actor = actor_of(request)
    entries = _ids(request.POST.getlist("entry"))
    own = {one.id: one for one in context["open_mine"]}
    done = {one.id: one for one in context["mine"] if one.has_voted and not one.can_vote}
    if again := [done[one].label for one in entries if one in done]:
        text = _("“%(who)s”已经投过了，每一项只能投一次。") % {"who": _("、").join(again)}
        raise ActionError("voted", text, field="entry")
    if not entries or not set(entries) <= set(own):
        raise ActionError("no-entry", _("请选为谁投票。"), field="entry", status=422)
    choice = papers.posted(vote, request.POST)
    if choice is None:
        raise ActionError("no-choice", _("请先选好；都不想选，就选弃权。"), field="choice", status=422)
    choice = papers.check(vote, choice)
    words, blank = telling.words_of(vote), str(states.BLANK_WORD)
    context["said"] = papers.said(vote, choice, words, blank)
    context["entries"] = [own[one] for one in entries]
    if "change" in request.POST:
        return _paper(request, context)
    if "sure" not in request.POST:
        actions.begin_paper(actor=actor, number=vote.number)
        context["choice"] = choice
        context["hidden"] = [(name, value) for name, value in _again(request, vote)]
        return _uneven(render(request, "councils/votes/confirm.html", context))
    most = int(rulebook.value("councils.vote.per_hour", at=vote.place))
    throttle.check("vote-cast", str(actor.account), limit=most, seconds=HOUR)
    receipts = actions.cast(actor=actor, number=vote.number, entries=entries, choice=choice)
    # Not by way of another page: a receipt that waits in a session would stand beside its owner.
    context["receipts"] = [papers.shown_receipt(one) for one in receipts]
    context["others"] = [one for one in reading.mine(vote, actor) if not one.has_voted]
    return _private(render(request, "councils/votes/receipt.html", context))


def _again(request: HttpRequest, vote: Vote) -> list[tuple[str, str]]:
    names = ["entry", "choice"]
    if vote.kind == "rank":
        names += [name for name in request.POST if name.startswith("rank_")]
    return [(name, value) for name in names for value in request.POST.getlist(name) if value]


def _ids(given: list[str]) -> list[UUID]:
    try:
        return [UUID(one) for one in given]
    except ValueError:
        return []


@require_safe
def receipts(request: HttpRequest, number: str) -> HttpResponse:
    """Whether a paper was in the box when it was opened: the list of receipts, apart from the papers."""
    found = access.get_public(number)
    if found.state not in states.DONE or not found.is_secret:
        raise Http404
    letters = sorted({one[0] for one in found.receipts}) if len(found.receipts) > MANY_RECEIPTS else []
    letter = request.GET.get("letter", "")[:1]
    shown = [one for one in found.receipts if not letters or one[0] == letter]
    wanted = papers.clean_receipt(request.GET.get("q", ""))[: papers.RECEIPT * 2]
    context = {
        "place": found.place,
        "place_name": name_of(found.place),
        "vote": found,
        "q": request.GET.get("q", "")[:40],
        "wanted": wanted,
        "is_there": wanted in set(found.receipts) if wanted else None,
        "all": len(found.receipts),
        "letters": letters,
        "letter": letter,
        "receipts": [papers.shown_receipt(one) for one in shown],
    }
    return _private(render(request, "councils/votes/receipts.html", context))


@require_safe
def recount(request: HttpRequest, number: str) -> HttpResponse:
    """The file with which anybody counts again: `mulin recount FILE` (of a budget, its .pb)."""
    found = access.get_public(number)
    if found.state not in states.DONE or found.kind == "budget" or "format" not in found.file:
        raise Http404
    return _file(recounting.written(found.file), "application/json", f"vote-{found.number}.json")


@require_safe
def budget_file(request: HttpRequest, number: str) -> HttpResponse:
    """The papers of a budget vote and what it chose, in the format of Pabulib."""
    found = access.get_public(number)
    if found.state not in states.DONE or found.kind != "budget":
        raise Http404
    return _file(found.file["pb"], "text/plain", f"vote-{found.number}.pb")


def _file(text: str, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@FORM
def challenge(request: HttpRequest, number: str) -> HttpResponse:
    """Say what is wrong with a vote."""
    found = access.get_public(number)
    if actor_of(request).is_anonymous:
        return redirect_to_login(request.get_full_path())
    context = _context(request, found)
    if not context["takes_challenges"]:
        return redirect("councils:vote", found.number)
    context["text"] = request.POST.get("text", "")
    if request.method == "POST":
        try:
            actions.challenge(actor=actor_of(request), number=found.number, text=context["text"])
        except ActionError as error:
            if error.status == 403:
                raise
            context["refusal"] = error
            status = error.status if error.status in {409, 422} else 422
            return _private(render(request, "councils/votes/challenge.html", context, status=status))
        messages.success(request, _("异议记下了，答复会发给您，也会公布在这里。"))
        return redirect("councils:vote", found.number)
    return _private(render(request, "councils/votes/challenge.html", context))

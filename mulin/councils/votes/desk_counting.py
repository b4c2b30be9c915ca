"""At the desk: keys, who has voted, papers from the table, the count, the certificate, challenges."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from mulin.councils.votes import access, actions, desk_forms, keys, papers, reading, states, telling
from mulin.councils.votes.desk_views import FORM, READ, attempt, context_of, form_page
from mulin.councils.votes.models import Vote
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.numbers import clean_number
from mulin.kernel.pages import page, posted

PER_PAGE = 200


# --- an officer's key ------------------------------------------------------------------------------------


@sensitive_post_parameters()
@FORM
@READ
def key(request: HttpRequest, number: str) -> HttpResponse:
    """One's own key: fetched, then shown that it is kept."""
    actor = actor_of(request)
    found = access.get_vote(actor, number)
    own = keys.key_of(found, actor)
    files = request.FILES if request.method == "POST" else None
    form = desk_forms.Key(posted(request), files)
    if attempt(request, form, lambda: actions.show_key(actor=actor, number=found.number, text=form.read())):
        messages.success(request, _("核对过了，是这把钥匙。请保管好，开箱那天带来。"))
        return redirect("councils_desk:vote", found.number)
    context = {
        **context_of(request, found, "vote"),
        "form": form,
        "own": own,
        "can_make": found.state in ("draft", "notice"),
    }
    return page(request, "councils/votes/desk_key.html", context, status=422 if form.errors else 200)


@require_POST
@READ
def key_new(request: HttpRequest, number: str) -> HttpResponse:
    """The key as a file. It passes through here once and is kept nowhere."""
    actor = actor_of(request)
    found = access.get_vote(actor, number)
    try:
        text = actions.make_key(actor=actor, number=found.number)
    except ActionError as error:
        messages.warning(request, str(error.message))
        return redirect("councils_desk:vote-key", found.number)
    lines = [
        _("表决 %(number)s：%(title)s") % {"number": found.number, "title": found.title},
        _("计票人 %(name)s 的钥匙。开箱时用；请存两份，不要发给别人，结果公布前删掉。")
        % {"name": actor.name},
        "",
        text,
        "",
    ]
    response = HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="mulin-key-{found.number}.txt"'
    response["Cache-Control"] = "private, no-store"
    return response


# --- who has voted ---------------------------------------------------------------------------------------


@FORM
@READ
def turnout(request: HttpRequest, number: str) -> HttpResponse:
    """Figures by building, and the list: who has voted and by which way; somebody at the table is marked."""
    actor = actor_of(request)
    found = access.get_vote(actor, number)
    if found.state == "draft" or found.roster is None:
        raise Http404
    if request.method == "POST":
        return _marked(request, found)
    q = request.GET.get("q", "").strip()[:40]
    rows = found.roster.entries.order_by("position", "key")
    rows = rows.filter(label__icontains=q) if q else rows
    after = request.GET.get("after", "")[:6]
    begin = int(after) if after.isdecimal() else 0
    entries = list(rows[begin : begin + PER_PAGE + 1])
    voted = dict(found.voted.filter(entry__in=entries).values_list("entry_id", "channel"))
    shown = [
        {"id": one.pk, "label": one.label, "channel": states.CHANNEL_WORDS.get(voted.get(one.pk, ""), ""),
         "can_undo": voted.get(one.pk) == "paper" and found.is_secret}
        for one in entries[:PER_PAGE]
    ]  # fmt: skip
    context = {
        **context_of(request, found, "vote-turnout"),
        "buildings": reading.turnout_by_building(found),
        "voted": telling.counted_of(found, found.voted.count()),
        "entries_words": telling.counted_of(found, found.roster.figures.get("entries", 0)),
        "rows": shown,
        "q": q,
        "older": begin + PER_PAGE if len(entries) > PER_PAGE else None,
        "takes": found.state == "open" and found.is_secret,
        "may_undo": found.state in ("open", "closed"),
    }
    return page(request, "councils/votes/desk_turnout.html", context)


def _marked(request: HttpRequest, vote: Vote) -> HttpResponse:
    actor = actor_of(request)
    undo = request.POST.get("undo", "")
    try:
        entry = UUID(undo or request.POST.get("entry", ""))
    except ValueError as error:
        raise Http404 from error
    try:
        act = actions.unmark_came if undo else actions.mark_came
        act(actor=actor, number=vote.number, entry=entry)
    except ActionError as error:
        if error.status == 403:
            raise
        messages.warning(request, str(error.message))
    else:
        said = _("撤销了。") if undo else _("登记了。请把纸票投进现场的票箱，这一项不能再在网上投。")
        messages.success(request, said)
    return redirect(request.get_full_path())


# --- papers from the table -------------------------------------------------------------------------------


@FORM
@needs(access.COUNT)
def papers_page(request: HttpRequest, number: str) -> HttpResponse:
    """Named votes: every paper, and those that came on paper. What they say is shown after the close: before
    it nobody sees how a vote stands, those who count neither. (Of a secret vote papers are typed in by two:
    `paper_views`.)"""
    actor = actor_of(request)
    found = access.get_vote(actor, number)
    access.require(actor, access.COUNT, found)
    if found.is_secret or found.state not in ("open", "closed", "counted", *states.DONE):
        raise Http404
    context = {
        **context_of(request, found, "vote-papers"),
        "options": reading.options(found),
        "ranks": range(1, len(reading.options(found)) + 1),
        "one_only": found.kind in ("yes_no", "choose_one"),
        "most": papers.most(found),
        "takes": found.state in ("open", "closed"),
    }
    status = 200
    if request.method == "POST":
        try:
            _typed(request, found)
            return redirect(request.get_full_path())
        except ActionError as error:
            if error.status == 403:
                raise
            context["refusal"] = error
            status = error.status if error.status in {409, 422} else 422
    context |= _named_papers(request, found)
    return page(request, "councils/votes/desk_papers.html", context, status=status)


def _typed(request: HttpRequest, vote: Vote) -> None:
    actor = actor_of(request)
    if "withdraw" in request.POST:
        found = vote.papers.filter(pk=_id(request.POST["withdraw"])).first()
        if found is None:
            raise NotVisible(vote.number)
        actions.withdraw_named(actor=actor, number=vote.number, paper=found.pk)
        messages.success(request, _("撤下了。"))
        return
    choice = None if "spoiled" in request.POST else papers.posted(vote, request.POST)
    if choice is None and "spoiled" not in request.POST:
        raise ActionError(
            "no-choice", _("请先选好；空白的选弃权，看不清的选废票。"), field="choice", status=422
        )
    entry, _colon, owner = request.POST.get("entry", "").partition(":")
    actions.enter_named(actor=actor, number=vote.number, entry=_id(entry), owner=owner, choice=choice)
    messages.success(request, _("录入了。"))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ActionError("no-entry", _("请从名册里选。"), field="entry", status=422) from error


def _named_papers(request: HttpRequest, vote: Vote) -> dict[str, Any]:
    """Papers with their names, for those who count; and whose are still to come."""
    words, blank, is_over = telling.words_of(vote), str(states.BLANK_WORD), vote.state != "open"
    found = vote.papers.select_related("entry").order_by("entry__position", "entry__key", "owner")
    names = dict(vote.roster.people.values_list("code", "name"))
    rows = [
        {
            "id": one.pk,
            "label": one.entry.label,
            "owner": names.get(one.owner, ""),
            "said": _("、").join(papers.said(vote, one.choice, words, blank)) if is_over else "",
            "channel": states.CHANNEL_WORDS[one.channel],
            "is_proxy": one.is_by_proxy,
            "can_withdraw": one.channel == "paper" and vote.state in ("open", "closed"),
        }
        for one in found[:2000]
    ]
    given = {(one.entry_id, one.owner) for one in found}
    waiting = []
    if vote.state in ("open", "closed"):
        for entry in vote.roster.entries.order_by("position", "key").prefetch_related("owners")[:3000]:
            codes = entry.owner_codes if vote.is_by_area else ("",)
            for code in codes:
                if (entry.pk, code) not in given:
                    name = names.get(code, "")
                    waiting.append((f"{entry.pk}:{code}", f"{entry.label} {name}".strip()))
    return {
        "rows": rows,
        "waiting": waiting,
        "chosen_entry": request.POST.get("entry", ""),
        "is_over": is_over,
    }


# --- the count -------------------------------------------------------------------------------------------


@sensitive_post_parameters()
@FORM
@needs(access.COUNT)
def count(request: HttpRequest, number: str) -> HttpResponse:
    """All officers together: their keys open the box, the papers are mixed, counted, and the box is gone."""
    actor = actor_of(request)
    found = access.get_vote(actor, number)
    access.require(actor, access.COUNT, found)
    if found.state != "closed":
        return redirect("councils_desk:vote", found.number)
    files = request.FILES if request.method == "POST" else None
    form = desk_forms.Count(found, posted(request), files)
    if attempt(
        request,
        form,
        lambda: actions.count_vote(
            actor=actor, number=found.number, keys_given=form.keys(), present=form.cleaned_data.get("present")
        ),
    ):
        messages.success(request, _("计完了。请一起核对，再确认公布。"))
        return redirect("councils_desk:vote", found.number)
    came = found.voted.filter(channel="paper").count()
    context = {
        **context_of(request, found, "vote"),
        "form": form,
        "missing": reading.missing_rules(found),
        "voted": telling.counted_of(found, found.voted.count()),
        "came": came if found.is_secret else 0,
        "typed": found.slots.filter(channel="paper").count() if found.is_secret else 0,
    }
    if found.is_secret:
        context["may_stop"] = access.may(actor, access.CERTIFY, found)
    return page(request, "councils/votes/desk_count.html", context, status=422 if form.errors else 200)


@FORM
@needs(access.CERTIFY)
def certify(request: HttpRequest, number: str) -> HttpResponse:
    """Certify the count and publish it."""
    actor = actor_of(request)
    found = access.get_vote(actor, number)
    access.require(actor, access.CERTIFY, found)
    form = desk_forms.Certify(found, posted(request))
    if attempt(
        request, form, lambda: actions.certify_vote(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("结果公布了，任何人都可以下载复算。"))
        return redirect("councils_desk:vote", found.number)
    text = _("公布以后，结果、票面和规则都能下载，任何人可以自己再算一遍。公布了就不能收回。")
    if n := found.challenges.filter(state="open").count():
        text += ngettext(
            "还有 %(n)s 条异议没有答复，请先看一看。", "还有 %(n)s 条异议没有答复，请先看一看。", n
        ) % {"n": n}
    return form_page(request, form, _("确认并公布结果"), _("确认公布"), vote=found, text=text)


@require_safe
@READ
def record(request: HttpRequest, number: str) -> HttpResponse:
    """The record of the count on paper, for signing."""
    found = access.get_vote(actor_of(request), number)
    if found.state not in ("counted", *states.DONE):
        raise Http404
    context = {
        **context_of(request, found, "vote"),
        "result": reading.shown_result(found),
        "rules": [] if found.kind == "budget" else telling.rule_lines(found),
        "sources": reading.sources(found),
        "officers": found.keys.select_related("account").order_by("position", "id"),
        "voted": telling.counted_of(found, sum(found.turnout.values())),
        "entries_words": telling.counted_of(found, found.roster.figures.get("entries", 0)),
        "paper": found.turnout.get("paper", 0),
        "portal": found.turnout.get("portal", 0),
        "lines": range(3),
    }
    return page(request, "councils/votes/desk_print.html", context)


# --- challenges ------------------------------------------------------------------------------------------


@FORM
@needs(access.MANAGE)
def challenge_new(request: HttpRequest, number: str) -> HttpResponse:
    """Write down what somebody says at the counter."""
    actor = actor_of(request)
    found = access.get_vote(actor, number)
    access.require(actor, access.MANAGE, found)
    form = desk_forms.RecordChallenge(posted(request))
    if attempt(
        request, form, lambda: actions.record_challenge(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("记下了。"))
        return redirect("councils_desk:vote", found.number)
    return form_page(request, form, _("登记异议"), _("登记"), vote=found)


@FORM
@READ
def challenge(request: HttpRequest, number: str, challenge_number: str) -> HttpResponse:
    """One challenge, and its answer."""
    actor = actor_of(request)
    found = access.get_vote(actor, number)
    one = found.challenges.select_related("account").filter(number=clean_number(challenge_number)).first()
    if one is None:
        raise NotVisible(challenge_number)
    may_answer = access.may(actor, access.CERTIFY, found) and one.state == "open"
    if request.method == "POST":
        access.require(actor, access.CERTIFY, found)
    form = desk_forms.AnswerChallenge(posted(request))
    if attempt(
        request,
        form,
        lambda: actions.answer_challenge(
            actor=actor, number=found.number, challenge_number=one.number, **form.cleaned_data
        ),
    ):
        messages.success(request, _("答复公布了。"))
        return redirect("councils_desk:vote", found.number)
    context = {
        **context_of(request, found, "vote"),
        "one": one,
        "who": one.name or str(one.account or _("已注销的账户")),
        "decision": states.DECISION_WORDS.get(one.decision, ""),
        "form": form if may_answer else None,
        "action": reverse("councils_desk:vote-challenge", args=[found.number, one.number]),
    }
    return page(request, "councils/votes/desk_challenge.html", context, status=422 if form.errors else 200)

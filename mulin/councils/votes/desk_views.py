"""Votes at the desk: prepared, announced, watched."""

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.councils.votes import (
    access,
    actions,
    desk_forms,
    keys,
    reading,
    result,
    ruling,
    running,
    states,
    telling,
)
from mulin.councils.votes.kinds import moment
from mulin.councils.votes.models import Vote
from mulin.kernel import policy
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError
from mulin.kernel.pages import page, posted, refuse
from mulin.places.queries import full_name

FORM = require_http_methods(["GET", "HEAD", "POST"])
READ, MANAGE = needs(access.VIEW), needs(access.MANAGE)


@require_safe
@READ
def votes(request: HttpRequest) -> HttpResponse:
    """All votes of one's places, what runs on top."""
    actor = actor_of(request)
    found = list(access.visible_votes(actor)[: reading.PER_PAGE])
    over = [one for one in found if one.state in (*states.DONE, "stopped")]
    context = {
        "running": reading.desk_rows(one for one in found if one not in over),
        "over": reading.desk_rows(over),
        "can_make": policy.can_somewhere(actor, access.MANAGE),
        "here": "votes",
    }
    return page(request, "councils/votes/desk_votes.html", context)


def attempt(request: HttpRequest, form: Any, run: Callable[[], Any]) -> bool:
    """Run an action with a valid form; its refusal stands beside the field, everything typed stays."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        run()
    except ActionError as error:
        if error.status == 403:
            raise
        refuse(form, error)
        return False
    return True


def form_page(
    request: HttpRequest, form: django_forms.Form, title: str, submit: str, **more: Any
) -> HttpResponse:
    """A form on a page of its own. `vote`, `text`, `confirm`, `back_url`, `back_label` in `more`."""
    vote: Vote | None = more.get("vote")
    context = {
        "form": form,
        "title": title,
        "submit": submit,
        "back_url": reverse("councils_desk:vote", args=[vote.number])
        if vote
        else reverse("councils_desk:votes"),
        "back_label": vote.title if vote else _("表决"),
        "here": "votes",
        **more,
    }
    return page(request, "councils/votes/desk_form.html", context, status=422 if form.errors else 200)


@FORM
@MANAGE
def vote_new(request: HttpRequest) -> HttpResponse:
    """What is asked, where and of whom."""
    actor = actor_of(request)
    files = request.FILES if request.method == "POST" else None
    form = desk_forms.NewVote(actor, posted(request), files)
    made: list[Vote] = []
    if attempt(request, form, lambda: made.append(actions.draft_vote(actor=actor, **form.values()))):
        return redirect("councils_desk:vote-edit", made[0].number)
    return form_page(request, form, _("办一次表决"), _("下一步"))


@FORM
@MANAGE
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Everything that is asked; until the notice."""
    actor = actor_of(request)
    found = access.get_vote(actor, number)
    access.require(actor, access.MANAGE, found)
    if found.state != "draft":
        messages.warning(request, _("公告以后就不能再改了。"))
        return redirect("councils_desk:vote", found.number)
    form = desk_forms.EditVote(found, posted(request))
    if attempt(request, form, lambda: actions.edit_vote(actor=actor, number=found.number, **form.values())):
        messages.success(request, _("已保存。"))
        # Another kind has other fields.
        is_other = form.cleaned_data["kind"] != found.kind
        return redirect("councils_desk:vote-edit" if is_other else "councils_desk:vote", found.number)
    text = _("名册要先定稿：在“名册”里建好、核对、定稿，再回来选。")
    return form_page(request, form, _("拟表决"), _("保存"), vote=found, text=text)


@FORM
@MANAGE
def officers(request: HttpRequest, number: str) -> HttpResponse:
    """Who opens the box."""
    actor = actor_of(request)
    found = access.get_vote(actor, number)
    access.require(actor, access.MANAGE, found)
    initial = {"accounts": [str(one.account_id) for one in found.keys.all()]}
    form = desk_forms.Officers(found, posted(request), initial=initial)
    if attempt(request, form, lambda: _name(actor, found, form)):
        messages.success(request, _("已指定。请他们各自登录，在待办里领钥匙。"))
        return redirect("councils_desk:vote", found.number)
    text = _(
        "票在服务器上是锁着的，只有几位计票人的钥匙一起才能打开。钥匙不存在服务器里，请各自存两份。投票开始以后丢了一把，就谁也打不开：这次表决只能停办，重新投一次。"
    )
    return form_page(request, form, _("指定计票人"), _("指定"), vote=found, text=text)


def _name(actor: Any, vote: Vote, form: Any) -> None:
    from uuid import UUID

    accounts = [UUID(one) for one in form.cleaned_data["accounts"]]
    actions.set_officers(actor=actor, number=vote.number, accounts=accounts)


# --- one vote --------------------------------------------------------------------------------------------


def tabs(vote: Vote, actor: Any, here: str) -> list[dict[str, Any]]:
    names = [("vote", _("表决")), ("vote-turnout", _("谁投了"))]
    if access.may(actor, access.COUNT, vote) and vote.state in ("open", "closed", "counted", *states.DONE):
        if not vote.is_secret:
            names.append(("vote-papers", _("每张票")))
    names.append(("vote-paper", _("纸票和计票表")))
    if vote.state == "draft":
        names = names[:1]
    return [
        {"label": label, "url": reverse(f"councils_desk:{name}", args=[vote.number]), "current": name == here}
        for name, label in names
    ]


def context_of(request: HttpRequest, vote: Vote, here: str) -> dict[str, Any]:
    """What every page of one vote says."""
    actor = actor_of(request)
    may = {
        name: access.may(actor, permission, vote)
        for name, permission in (
            ("manage", access.MANAGE), ("count", access.COUNT), ("certify", access.CERTIFY)
        )
    }  # fmt: skip
    return {
        "vote": vote,
        "state": reading.state_of(vote),
        "place_full": full_name(vote.place),
        "may": may,
        "tabs": tabs(vote, actor, here),
        "here": "votes",
    }


@require_safe
@READ
def vote(request: HttpRequest, number: str) -> HttpResponse:
    """Where a vote stands, and the one thing to do next."""
    actor = actor_of(request)
    found = access.get_vote(actor, number)
    entries = found.roster.figures.get("entries", 0) if found.roster else 0
    voted = found.voted.count()
    context = {
        **context_of(request, found, "vote"),
        "options": reading.options(found) if found.kind != "yes_no" else [],
        "kind": states.KIND_WORDS[found.kind],
        "who": states.BODY_WORDS[found.body],
        "affair": dict(desk_forms.affairs(found)).get(found.affair, ""),
        "money": reading.money_words(found.money) if found.money else "",
        "method": states.METHOD_WORDS[found.method],
        "opens": moment(found.opens_at),
        "closes": moment(found.closes_at),
        "rules": [] if found.kind == "budget" else telling.rule_lines(found),
        "sources": reading.sources(found),
        "missing": reading.missing_rules(found),
        "warnings": reading.warnings(found) if found.state == "draft" else [],
        "lacks": running.lacks(found) if found.state == "draft" else [],
        "officers": found.keys.select_related("account").order_by("position", "id"),
        "my_key": found.keys.filter(account=actor.account).first(),
        "keys_ready": keys.are_ready(found) if found.is_secret else True,
        "voted": telling.counted_of(found, voted),
        "voted_n": voted,
        "entries": entries,
        "entries_words": telling.counted_of(found, entries),
        "challenges": found.challenges.order_by("-id"),
        "takes_challenges": result.takes_challenges(found),
        "remarks": found.remarks.splitlines(),
        "may_close": found.state == "open" and running.may_close(found),
    }
    if found.state == "counted" and found.status == "refused" and found.present is None:
        context["asks_present"] = ruling.needs_present(found, ruling.filled_in(found))
    if found.state in ("counted", *states.DONE) and found.file:
        context["result"] = reading.shown_result(found)
    return page(request, "councils/votes/desk_vote.html", context)


MOVES: dict[str, tuple[Callable[..., Any], Callable[[], str]]] = {
    "notice": (actions.give_notice, lambda: _("公告了。从现在起，题目、规则和名册都不再变。")),
    "open": (actions.open_vote, lambda: _("开始投票了。")),
    "close": (actions.close_vote, lambda: _("投票截止了。")),
    "discard": (actions.discard_vote, lambda: _("草稿删掉了。")),
    "again": (actions.count_again, lambda: _("按填好的规则重新算过了。")),
    "archive": (actions.archive_vote, lambda: _("已归档。")),
    "untype": (actions.untype_papers, lambda: _("录入的纸质票清掉了，请重新录。")),
}


@require_POST
@READ
def move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """One of the moves that need nothing but a button."""
    actor = actor_of(request)
    if move not in MOVES:
        raise Http404
    found = access.get_vote(actor, number)
    act, said = MOVES[move]
    came = request.POST.get("present", "")[:9] if move == "again" else ""
    given = {"present": int(came)} if came.isdecimal() else {}
    try:
        act(actor=actor, number=found.number, **given)
    except ActionError as error:
        if error.status == 403:
            raise
        messages.warning(request, str(error.message))
    else:
        messages.success(request, said())
        if move == "discard":
            return redirect("councils_desk:votes")
    return redirect("councils_desk:vote-paper" if move == "untype" else "councils_desk:vote", found.number)


@FORM
@MANAGE
def extend(request: HttpRequest, number: str) -> HttpResponse:
    """Take papers longer."""
    actor = actor_of(request)
    found = access.get_vote(actor, number)
    access.require(actor, access.MANAGE, found)
    form = desk_forms.Extend(posted(request), initial={"closes_at": found.closes_at})
    if attempt(
        request, form, lambda: actions.extend_vote(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("延期了，名册上的人会收到消息。"))
        return redirect("councils_desk:vote", found.number)
    return form_page(request, form, _("延期"), _("延期"), vote=found)


@FORM
@needs(access.CERTIFY)
def stop(request: HttpRequest, number: str) -> HttpResponse:
    """Give a vote up."""
    actor = actor_of(request)
    found = access.get_vote(actor, number)
    access.require(actor, access.CERTIFY, found)
    form = desk_forms.Stop(posted(request))
    if attempt(
        request, form, lambda: actions.stop_vote(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("停办了。"))
        return redirect("councils_desk:vote", found.number)
    return form_page(request, form, _("停办这次表决"), _("停办"), vote=found, confirm=_("停办以后不能再开。"))

"""Proposals at the desk: written and sent by a community, received, studied and answered above it."""

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.councils.topics.queries import get_topic
from mulin.councils.upward import actions, forms, queries, reading, states, telling
from mulin.councils.upward.models import Proposal
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError
from mulin.kernel.pages import page, posted, tried
from mulin.places.queries import full_name
from mulin.voices.needs.queries import get_need
from mulin.voices.queries import get_matter

FORM = require_http_methods(["GET", "HEAD", "POST"])
READ, SEND, ANSWER = needs(queries.VIEW), needs(queries.SEND), needs(queries.ANSWER)
MOST = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABS = {"": ("draft", "up", "returned", "answered"), "done": ("done", "withdrawn")}


def _chosen(request: HttpRequest) -> tuple[list[Proposal], str]:
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else ""
    found = queries.visible_proposals(actor_of(request)).filter(state__in=TABS[tab])
    if words := request.GET.get("q", "").strip()[:40]:
        found = found.filter(title__icontains=words)
    return list(queries.with_road(found).order_by("-id")[:MOST]), tab


@require_safe
@READ
def proposals(request: HttpRequest) -> HttpResponse:
    """What one's community sends, and what came to one's level: what waits for the reader first."""
    actor = actor_of(request)
    found, tab = _chosen(request)
    waiting = set(queries.open_hops(actor).values_list("proposal", flat=True))
    found.sort(key=lambda one: one.pk not in waiting)
    url = reverse("councils_desk:proposals")
    labels = {"": _("在路上的"), "done": _("有结果的")}
    context = {
        "rows": reading.rows(found, "councils_desk:proposal"),
        "tabs": [
            {"label": label, "url": f"{url}?tab={name}", "current": name == tab, "count": None}
            for name, label in labels.items()
        ],
        "tab": tab,
        "query": request.GET.urlencode(),
        "can_send": policy.can_somewhere(actor, queries.SEND),
        "here": "proposals",
    }
    return page(request, "councils/upward/desk_proposals.html", context)


@require_safe
@READ
def proposals_export(request: HttpRequest) -> HttpResponse:
    """The same list as an Excel file, a row a level."""
    found, _tab = _chosen(request)
    response = HttpResponse(reading.workbook(found), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="proposals.xlsx"'
    return response


def _context(request: HttpRequest, found: Proposal) -> dict[str, Any]:
    return {
        "proposal": found,
        "state": telling.badge(found.state),
        "by": str(found.org) if found.org else full_name(found.place),
        "where": full_name(found.place),
        "road": reading.road(found),
        "steps": reading.steps(found),
        "grew_from": reading.grew_from(found, actor_of(request)),
        "sent": reading.day(found.sent_at),
        "here": "proposals",
    }


@require_safe
@READ
def proposal(request: HttpRequest, number: str) -> HttpResponse:
    """One proposal: its words, its road, and what can be done by the reader."""
    actor = actor_of(request)
    found = queries.get_proposal(actor, number)
    moves = [*_level_moves(actor, found), *_own_moves(actor, found)]
    context = {
        **_context(request, found),
        "moves": moves,
        "may_edit": _makes(actor, found) and found.state in {"draft", "returned"},
        "public_url": reverse("councils:proposal", args=[found.number]) if found.state != "draft" else "",
        "lacks": found.state == "draft" and not (found.text and found.request),
    }
    return page(request, "councils/upward/desk_proposal.html", context)


def _makes(actor: Actor, found: Proposal) -> bool:
    return policy.can(actor, queries.SEND, queries.target_of(found))


def _move(name: str, found: Proposal, label: Any, icon: str, **more: Any) -> dict[str, Any]:
    return {
        "label": label,
        "icon": icon,
        "url": reverse(f"councils_desk:{name}", args=[found.number]),
        **more,
    }


def _level_moves(actor: Actor, found: Proposal) -> list[dict[str, Any]]:
    """What the level where it is may do, the likeliest first."""
    hop = queries.last_hop(found)
    if found.state != "up" or hop is None or not actions.may_answer(actor, hop):
        return []
    names = {"send_up": "proposal-up"}
    made = []
    for move in states.HOP_MOVES[hop.state]:
        if move in actions.LEADS and not actions.leads(actor, hop):
            continue
        if move == "send_up" and queries.next_level(found) is None:
            continue
        name = names.get(move, f"proposal-{move}")
        one = _move(name, found, states.MOVE_WORDS[move], states.MOVE_ICONS[move], post=move == "receive")
        made.append(one)
    first = next((one for one in made if one["post"]), None)
    first = first or next(one for one in made if one["icon"] == states.MOVE_ICONS["answer"])
    first["main"] = True
    return sorted(made, key=lambda one: not one.get("main"))


def _own_moves(actor: Actor, found: Proposal) -> list[dict[str, Any]]:
    """What who makes it may do."""
    if not _makes(actor, found):
        return []
    level = queries.next_level(found)
    made = []
    if found.state in {"draft", "returned", "answered"} and level:
        word = states.LEVEL_WORDS[level[0]]
        labels = {"draft": _("报到%(level)s"), "returned": _("补充好了，再报到%(level)s")}
        label = labels.get(found.state, _("再报到%(level)s")) % {"level": word}
        made.append(_move("proposal-send", found, label, "send", main=found.state != "answered"))
    if found.state == "answered":
        made.insert(0, _move("proposal-result", found, _("写结果"), "check", main=True))
    if found.state in {"up", "returned"}:
        made.append(_move("proposal-withdraw", found, _("撤回"), "undo"))
    if found.state == "draft":
        confirm = _("草稿删掉就没有了。")
        made.append(_move("proposal-discard", found, _("删掉草稿"), "trash", post=True, confirm=confirm))
    return made


@require_safe
@READ
def proposal_print(request: HttpRequest, number: str) -> HttpResponse:
    """On paper, with every answer so far."""
    found = queries.get_proposal(actor_of(request), number)
    # Paper is handed on: it names only what everybody may read.
    context = {**_context(request, found), "grew_from": reading.grew_from(found)}
    return page(request, "councils/upward/print.html", context)


# Writing and sending ------------------------------------------------------------------------------------


def _source(actor: Actor, request: HttpRequest) -> dict[str, Any]:
    """What the page was opened from, as far as the actor may read it."""
    for name, find in (("topic", get_topic), ("need", get_need), ("matter", get_matter)):
        if number := request.GET.get(name, ""):
            return {name: find(actor, number)}
    return {}


def _starting(source: dict[str, Any]) -> dict[str, str]:
    if need := source.get("need"):
        return {"title": need.title, "text": need.text}
    if topic := source.get("topic"):
        return {"title": topic.title, "text": topic.summary}
    if matter := source.get("matter"):
        return {"title": matter.public_title, "text": matter.public_text}
    return {}


@FORM
@SEND
def proposal_new(request: HttpRequest) -> HttpResponse:
    """Write one: on its own, or from a topic, a need of the list, a matter."""
    actor = actor_of(request)
    source = _source(actor, request)
    place = next((one.place[:12] for one in source.values()), "")
    form = forms.New(actor, place, posted(request), initial=_starting(source))
    choices = form.fields["maker"].choices
    if not choices:
        policy.require(actor, queries.SEND, place or policy.Target())
    form.fields["maker"].initial = choices[0][0] if choices else ""
    made: list[Proposal] = []

    def save() -> None:
        where, org = form.made_by()
        words = {name: form.cleaned_data[name] for name in ("title", "text", "request")}
        made.append(actions.draft_proposal(actor=actor, place=where, org=org, **words, **source))

    if tried(request, form, save):
        messages.success(request, _("写好了。看一遍，没问题就报上去。"))
        return redirect("councils_desk:proposal", made[0].number)
    context = {
        "form": form,
        "title": _("写一条建议"),
        "lead": next((one.title for one in source.values()), ""),
        "back_url": reverse("councils_desk:proposals"),
        "back_label": _("民情直通车"),
        "submit": _("存成草稿"),
        "action": request.get_full_path(),
        "here": "proposals",
    }
    return page(request, "councils/upward/form.html", context, status=422 if form.errors else 200)


def _form(
    request: HttpRequest, found: Proposal, form: django_forms.Form, run: Callable[..., Any], title: Any,
    said: Any, submit: Any = "", text: Any = "",
) -> HttpResponse:  # fmt: skip
    """A form about one proposal, its action, and where it leads."""
    actor = actor_of(request)

    def act() -> None:
        run(actor=actor, number=found.number, **form.cleaned_data)

    if tried(request, form, act):
        messages.success(request, said)
        return redirect("councils_desk:proposal", found.number)
    context = {
        "form": form,
        "title": title,
        "lead": found.title,
        "text": text,
        "back_url": reverse("councils_desk:proposal", args=[found.number]),
        "back_label": _("回到这条建议"),
        "submit": submit or title,
        "action": request.get_full_path(),
        "here": "proposals",
    }
    return page(request, "councils/upward/form.html", context, status=422 if form.errors else 200)


def _own(request: HttpRequest, number: str) -> Proposal:
    actor = actor_of(request)
    found = queries.get_proposal(actor, number)
    policy.require(actor, queries.SEND, queries.target_of(found))
    return found


@FORM
@SEND
def proposal_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change its words."""
    found = _own(request, number)
    initial = {name: getattr(found, name) for name in ("title", "text", "request")}
    form = forms.Written(posted(request), initial=initial)
    return _form(request, found, form, actions.edit_proposal, _("改建议"), _("已保存。"), _("保存"))


@require_POST
@SEND
def proposal_discard(request: HttpRequest, number: str) -> HttpResponse:
    """Drop a draft."""
    found = _own(request, number)
    done = _run(
        request, lambda actor: actions.discard_proposal(actor=actor, number=found.number), _("删掉了。")
    )
    return redirect("councils_desk:proposals") if done else redirect("councils_desk:proposal", found.number)


def _run(request: HttpRequest, act: Callable[[Actor], Any], said: Any) -> bool:
    try:
        act(actor_of(request))
    except ActionError as error:
        if error.status == 403:
            raise
        messages.warning(request, str(error.message))
        return False
    messages.success(request, said)
    return True


@FORM
@SEND
def proposal_send(request: HttpRequest, number: str) -> HttpResponse:
    """Send it to the next level."""
    found = _own(request, number)
    level = queries.next_level(found)
    word = states.LEVEL_WORDS[level[0]] if level else ""
    form = forms.Send(found, posted(request))
    title = _("报到%(level)s") % {"level": word}
    text = _("报上去以后人人能看，每一级怎么答复都会写在下面。")
    return _form(
        request, found, form, actions.send_proposal, title, _("报上去了。有答复会告诉您。"), text=text
    )


@FORM
@SEND
def proposal_withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take it back."""
    found = _own(request, number)
    form = forms.Withdraw(posted(request))
    return _form(request, found, form, actions.withdraw_proposal, _("撤回"), _("撤回了，理由写在下面。"))


@FORM
@SEND
def proposal_result(request: HttpRequest, number: str) -> HttpResponse:
    """Say what came of it."""
    found = _own(request, number)
    form = forms.End(posted(request))
    said = _("写好了，说过这件事的人会收到。")
    return _form(request, found, form, actions.end_proposal, _("写结果"), said)


# At a level ---------------------------------------------------------------------------------------------


@require_POST
@ANSWER
def proposal_receive(request: HttpRequest, number: str) -> HttpResponse:
    """Say that it came."""
    found = queries.get_proposal(actor_of(request), number)
    said = _("收下了，答复的日子从现在算起。")
    _run(request, lambda actor: actions.receive_proposal(actor=actor, number=found.number), said)
    return redirect("councils_desk:proposal", found.number)


def _at_level(request: HttpRequest, number: str, move: str) -> Proposal:
    """A proposal for who may do this with it at the level where it is; else NotAllowed (403)."""
    actor = actor_of(request)
    found = queries.get_proposal(actor, number)
    actions.require_level(actor, queries.last_hop(found), move)
    return found


@FORM
@ANSWER
def proposal_study(request: HttpRequest, number: str) -> HttpResponse:
    """Give it to a unit of the level, or keep it."""
    found = _at_level(request, number, "study")
    form = forms.Study(queries.last_hop(found), posted(request))
    said = _("写上了：正在研究。")
    return _form(request, found, form, actions.study_proposal, _("交给单位研究"), said, _("开始研究"))


@FORM
@ANSWER
def proposal_answer(request: HttpRequest, number: str) -> HttpResponse:
    """The reasoned answer."""
    found = _at_level(request, number, "answer")
    form = forms.Answer(posted(request))
    said = _("答复发出了，社区和说过这件事的人会收到。")
    text = _("答复人人能看。讲清道理，比快更要紧。")
    return _form(request, found, form, actions.answer_proposal, _("答复"), said, _("发出答复"), text)


@FORM
@ANSWER
def proposal_up(request: HttpRequest, number: str) -> HttpResponse:
    """On to the level above, with what this one thinks."""
    found = _at_level(request, number, "send_up")
    form = forms.PassUp(posted(request))
    return _form(request, found, form, actions.pass_proposal_up, _("报到上一级"), _("报上去了。"))


@FORM
@ANSWER
def proposal_return(request: HttpRequest, number: str) -> HttpResponse:
    """Back to the community, with what is missing."""
    found = _at_level(request, number, "return")
    form = forms.Return(posted(request))
    return _form(request, found, form, actions.return_proposal, _("退回补充"), _("退回了，社区会收到。"))

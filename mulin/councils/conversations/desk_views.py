"""Conversations at the desk: prepared, moderated, read, concluded."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.councils.conversations import (
    actions,
    answering,
    exporting,
    forms,
    maps,
    moderating,
    queries,
    reading,
    states,
)
from mulin.councils.conversations.models import Conversation
from mulin.kernel import jobs, policy
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError
from mulin.kernel.pages import page, posted, refuse, run, tried
from mulin.places.queries import full_name, name_of, names_of
from mulin.voices.surveys.reading import on_day

FORM = require_http_methods(["GET", "HEAD", "POST"])
READ, MANAGE = needs(queries.VIEW), needs(queries.MANAGE)
PER_PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FOLDER = "councils/conversations"


def _state(conversation: Conversation) -> dict[str, str]:
    tone, icon = states.STATE_TONES[conversation.state]
    return {"label": str(states.STATE_WORDS[conversation.state]), "tone": tone, "icon": icon}


@require_safe
@READ
def conversations(request: HttpRequest) -> HttpResponse:
    """What is being talked about, and what was; where sentences wait for a look."""
    actor = actor_of(request)
    mine = list(queries.visible_conversations(actor)[:PER_PAGE])
    names, people = names_of({one.place for one in mine}), queries.people_of(mine)
    counts = queries.statement_counts(mine)
    rows = [
        {
            "conversation": one,
            "state": _state(one),
            "place": names.get(one.place, ""),
            "people": people.get(one.pk, 0),
            "waiting": counts.get(one.pk, {}).get("waiting", 0) if one.state in {"open", "closed"} else 0,
        }
        for one in mine
    ]
    context = {"rows": rows, "can_make": policy.can_somewhere(actor, queries.MANAGE)}
    return page(request, f"{FOLDER}/desk_list.html", context)


@FORM
@MANAGE
def conversation_new(request: HttpRequest) -> HttpResponse:
    """Where, what, until when; the first statements come next."""
    actor = actor_of(request)
    form = forms.NewConversation(actor, Conversation(), posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.draft_conversation(actor=actor, **form.values())
            return redirect("councils_desk:conversation-seeds", made.number)
        except ActionError as error:
            if error.status == 403:
                raise
            refuse(form, error)
    context = {
        "form": form,
        "title": _("听一次意见"),
        "back_url": reverse("councils_desk:conversations"),
        "back_label": _("听意见"),
        "submit": _("下一步：写开头的话"),
        "here": "conversations",
    }
    return page(request, f"{FOLDER}/form.html", context, status=422 if form.errors else 200)


def _context(request: HttpRequest, found: Conversation, here: str) -> dict[str, Any]:
    actor, target = actor_of(request), queries.target_of(found)
    tabs = [("conversation", _("话和审核")), ("conversation-map", _("意见图"))]
    return {
        "conversation": found,
        "state": _state(found),
        "asks": full_name(found.place),
        "until": on_day(found.closes_on),
        "may": {
            "manage": policy.can(actor, queries.MANAGE, target),
            "publish": policy.can(actor, queries.PUBLISH, target),
            "export": policy.can(actor, queries.EXPORT, target),
        },
        "tabs": [
            {
                "label": label,
                "url": reverse(f"councils_desk:{name}", args=[found.number]),
                "current": name == here,
                "count": None,
            }
            for name, label in tabs
        ],
        "people": queries.people(found),
        "public_url": request.build_absolute_uri(reverse("councils:conversation", args=[found.number])),
        "here": "conversations",
    }


@require_safe
@READ
def conversation(request: HttpRequest, number: str) -> HttpResponse:
    """The queue first, then everything that is out, and what was kept in."""
    found = queries.get_conversation(actor_of(request), number)
    every = list(found.statements.order_by("n"))
    shown = [one for one in every if one.state == "shown"]
    queue = queries.waiting_statements(found)
    context = {
        **_context(request, found, "conversation"),
        "open_to": states.OPEN_TO_WORDS[found.open_to],
        "results": states.RESULTS_WORDS[found.results],
        "queue": [(one, list(answering.alike(found, one.text).items())) for one in queue],
        "shown": shown,
        "kept": [
            (one, states.STATEMENT_WORDS[one.state]) for one in every if one.state in {"rejected", "merged"}
        ],
        "reasons": forms.usual_reasons(),
        "lack": actions.lacks_seeds(found) if found.state == "draft" else "",
        "length": answering.STATEMENT_LENGTH,
        "can_decide": found.state in {"open", "closed"},
        "can_seed": found.state in {"draft", "open"},
    }
    return page(request, f"{FOLDER}/desk_conversation.html", context)


def _form_page(
    request: HttpRequest, found: Conversation, form: Any, title: str, submit: str, **more: Any
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "lead": found.title,
        "back_url": reverse("councils_desk:conversation", args=[found.number]),
        "back_label": found.title,
        "submit": submit,
        "here": "conversations",
        **more,
    }
    return page(request, f"{FOLDER}/form.html", context, status=422 if form.errors else 200)


@FORM
@MANAGE
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Title, text, last day; while it is a draft also who may answer and who sees what when."""
    actor = actor_of(request)
    found = queries.get_conversation(actor, number)
    form = forms.Frame(found, posted(request))
    if tried(
        request,
        form,
        lambda: actions.edit_conversation(actor=actor, number=found.number, **form.cleaned_data),
    ):
        messages.success(request, _("已保存。"))
        return redirect("councils_desk:conversation", found.number)
    return _form_page(request, found, form, _("标题、日子和谁能表态"), _("保存"))


@FORM
@MANAGE
def seeds(request: HttpRequest, number: str) -> HttpResponse:
    """All first statements of a draft; more of them while people answer."""
    actor = actor_of(request)
    found = queries.get_conversation(actor, number)
    is_draft = found.state == "draft"
    initial = {"seeds": "\n".join(queries.shown_statements(found).values())} if is_draft else {}
    form = forms.Seeds(posted(request), initial=initial)
    act = moderating.set_seeds if is_draft else moderating.add_seeds
    if tried(request, form, lambda: act(actor=actor, number=found.number, texts=form.lines())):
        messages.success(request, _("写好了。"))
        return redirect("councils_desk:conversation", found.number)
    title = _("开头的话") if is_draft else _("再加几句")
    return _form_page(request, found, form, title, _("保存"))


@require_POST
@MANAGE
def statement(request: HttpRequest, number: str, n: int) -> HttpResponse:
    """Let a sentence out, keep it in, or lead it to another. Back to the queue."""
    actor = actor_of(request)
    found = queries.get_conversation(actor, number)
    given = {"actor": actor, "number": found.number, "n": n}
    into = request.POST.get("into", "")
    decisions = {
        "show": (
            lambda: moderating.approve_statement(**given, text=request.POST.get("text", "")),
            _("放出去了，大家能表态了。"),
        ),
        "reject": (
            lambda: moderating.reject_statement(**given, reason=request.POST.get("reason", "")),
            _("没有放出，理由会给写的人看。"),
        ),
        "merge": (
            lambda: moderating.merge_statement(**given, into=int(into[:6]) if into.isdecimal() else 0),
            _("并好了，已有的表态也一起过去了。"),
        ),
    }
    if request.POST.get("do") not in decisions:
        raise Http404
    act, said = decisions[request.POST["do"]]
    run(request, act, said)
    return redirect(f"{reverse('councils_desk:conversation', args=[found.number])}#queue")


@require_POST
@MANAGE
def move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Open, close, open again, discard, make the picture anew."""
    actor = actor_of(request)
    found = queries.get_conversation(actor, number)
    moves = {
        "open": (actions.open_conversation, _("开始征集了。把链接和二维码发出去吧。"), "conversation"),
        "close": (actions.close_conversation, _("征集结束了。意见图马上重算。"), "conversation-map"),
        "reopen": (actions.reopen_conversation, _("重新开放了。"), "conversation"),
        "discard": (actions.discard_conversation, _("草稿删掉了。"), "conversations"),
        "renew": (_renew, _("正在重算，过一会儿刷新就能看到。"), "conversation-map"),
    }
    if move not in moves:
        raise Http404
    act, said, there = moves[move]
    done = run(request, lambda: act(actor=actor, number=found.number), said)
    if done and there == "conversations":
        return redirect("councils_desk:conversations")
    there = "conversation-map" if move == "renew" else there if done else "conversation"
    return redirect(f"councils_desk:{there}", found.number)


def _renew(*, actor: Any, number: str) -> None:
    found = queries.get_conversation(actor, number)
    policy.require(actor, queries.MANAGE, queries.target_of(found))
    if not maps.is_due(found):
        raise ActionError("not-due", maps.not_due())
    jobs.start(actor, "councils.opinion_map", number=found.number)


def _report(found: Conversation) -> reading.Report | None:
    picture = queries.picture_of(found)
    return reading.report(picture, queries.shown_statements(found)) if picture else None


@require_safe
@READ
def opinion_map(request: HttpRequest, number: str) -> HttpResponse:
    """The picture as it stands, for who runs it also below the number that everybody needs."""
    found = queries.get_conversation(actor_of(request), number)
    context = {
        **_context(request, found, "conversation-map"),
        "report": _report(found),
        "least": queries.least_of(found),
        "is_due": maps.is_due(found),
    }
    return page(request, f"{FOLDER}/desk_map.html", context)


@require_safe
@READ
def map_print(request: HttpRequest, number: str) -> HttpResponse:
    """The same on paper."""
    found = queries.get_conversation(actor_of(request), number)
    context = {
        **_context(request, found, "conversation-map"),
        "report": _report(found),
        "place_name": name_of(found.place),
        "back": reverse("councils_desk:conversation-map", args=[found.number]),
    }
    return page(request, f"{FOLDER}/print.html", {**context, "share": context["public_url"]})


@FORM
@needs(queries.PUBLISH)
def publish(request: HttpRequest, number: str) -> HttpResponse:
    """The conclusion in words; the picture stands beside it while it is written."""
    actor = actor_of(request)
    found = queries.get_conversation(actor, number)
    form = forms.Publish(posted(request), initial={"conclusion": found.conclusion})
    if tried(
        request,
        form,
        lambda: actions.publish_conversation(actor=actor, number=found.number, **form.cleaned_data),
    ):
        messages.success(request, _("结论公布了，居民现在能看到。"))
        return redirect("councils_desk:conversation-map", found.number)
    title = _("改结论") if found.state == "published" else _("写结论并公布")
    return _form_page(request, found, form, title, _("公布结论"), report=_report(found))


def _file(found: Conversation, content: bytes, ending: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="opinions-{found.number}.{ending}"'
    return response


@require_safe
@READ
def export(request: HttpRequest, number: str) -> HttpResponse:
    """What came out, as an Excel file."""
    found = queries.get_conversation(actor_of(request), number)
    report = _report(found)
    if report is None:
        messages.warning(request, _("还没有意见图，有几个人表态以后再导出。"))
        return redirect("councils_desk:conversation-map", found.number)
    return _file(found, exporting.workbook(found, report), "xlsx", XLSX)


@require_POST
@needs(queries.EXPORT)
def export_votes(request: HttpRequest, number: str) -> HttpResponse:
    """The answers without persons, as a zip of CSV files."""
    actor = actor_of(request)
    found = queries.get_conversation(actor, number)
    try:
        content = exporting.votes_file(actor=actor, number=found.number)
    except ActionError as error:
        if error.status == 403:
            raise
        messages.warning(request, str(error.message))
        return redirect("councils_desk:conversation-map", found.number)
    return _file(found, content, "zip", "application/zip")

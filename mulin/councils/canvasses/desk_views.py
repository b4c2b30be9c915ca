"""A canvass at the desk: made, begun, answered for, ended. Its households are in `desk_people`."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.councils.canvasses import (
    access,
    closing,
    exporting,
    forms,
    reading,
    setup,
    states,
)  # fmt: skip
from mulin.councils.canvasses import (
    questions as asked,
)
from mulin.councils.canvasses.models import Canvass, CanvassQuestion
from mulin.councils.canvasses.views import run
from mulin.kernel import policy
from mulin.kernel.context import actor_of
from mulin.kernel.door import desk, needs
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.pages import page, posted, refuse
from mulin.places.queries import full_name, names_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
PER_PAGE = 100
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HERE = "canvasses"


def attempt(request: HttpRequest, form: Any, act: Callable[[], Any]) -> bool:
    """Run an action with a valid form; its refusal stands beside the field, everything typed stays."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act()
    except ActionError as error:
        if error.status == 403:
            raise
        refuse(form, error)
        return False
    return True


def form_page(
    request: HttpRequest,
    form: Any,
    *,
    title: str,
    submit: str,
    back: tuple[str, str],
    lead: str = "",
    text: str = "",
) -> HttpResponse:
    """One form on a page; `back` is where one came from, as (address, its name)."""
    context = {
        "form": form, "title": title, "lead": lead, "text": text, "submit": submit, "action": request.path,
        "back_url": back[0], "back_label": back[1], "here": HERE,
    }  # fmt: skip
    return page(request, "councils/canvasses/form.html", context, status=422 if form.errors else 200)


def tabs(found: Canvass, is_leader: bool, here: str) -> list[dict[str, Any]]:
    """The pages of one campaign; those with households only for its leaders."""
    names = [("canvass", _("数字"))]
    if is_leader and found.state != "ended":
        names += [
            ("canvass-households", _("住户")),
            ("canvass-people", _("走访的人")),
            ("canvass-ties", _("牵线")),
            ("canvass-plan", _("今天走哪几户")),
        ]
    names.append(("canvass-questions", _("疑问和答复")))
    return [
        {
            "label": label, "current": name == here, "count": None,
            "url": reverse(f"councils_desk:{name}", args=[found.number]),
        }
        for name, label in names
    ]  # fmt: skip


def frame(request: HttpRequest, found: Canvass, here: str) -> dict[str, Any]:
    """What every page of one campaign shows."""
    actor = actor_of(request)
    is_leader = access.may_lead(actor, found)
    return {
        "canvass": found,
        "state": states.state(found.state),
        "asks": full_name(found.place),
        "target": reading.target_words(found),
        "may": {"manage": access.may_manage(actor, found), "lead": is_leader},
        "tabs": tabs(found, is_leader, here),
        "here": HERE,
    }


@require_safe
@needs(access.VIEW)
def canvasses(request: HttpRequest) -> HttpResponse:
    """All that one may see, newest first."""
    actor = actor_of(request)
    found = list(access.visible_canvasses(actor)[:PER_PAGE])
    names = names_of({one.place for one in found})
    support, led = reading.support_of(found), access.led_by(actor, found)
    rows = []
    for one in found:
        agree, of = support[one.pk]
        # Small figures are for who leads it, in a list as on its page.
        share = reading.share_words(agree, of, is_public=one.pk not in led)
        rows.append({
            "canvass": one, "place": names.get(one.place, ""), "state": states.state(one.state),
            "households": of, "share": share, "target": reading.target_words(one),
        })  # fmt: skip
    context = {"rows": rows, "can_make": policy.can_somewhere(actor, access.MANAGE), "here": HERE}
    return page(request, "councils/canvasses/list.html", context)


@FORM
@needs(access.MANAGE)
def new(request: HttpRequest) -> HttpResponse:
    """What is asked and where; households and people come after."""
    form = forms.New(actor_of(request), posted(request))
    made: list[Canvass] = []
    if attempt(
        request, form, lambda: made.append(setup.draft_canvass(actor=actor_of(request), **form.values()))
    ):
        messages.success(request, _("建好了。接下来把住户放进名单。"))
        return redirect("councils_desk:canvass", made[0].number)
    text = _("敲门行动请熟人去说，不施压，不扎堆。支持多少不等于表决结果，需要表决的仍要依法表决。")
    where = (reverse("councils_desk:canvasses"), _("敲门行动"))
    return form_page(request, form, title=_("办一次敲门行动"), submit=_("建好"), back=where, text=text)


@require_safe
@desk
def canvass(request: HttpRequest, number: str) -> HttpResponse:
    """The figures, and while it is prepared what is still to be done."""
    found = access.get_canvass(actor_of(request), number)
    may_lead = access.may_lead(actor_of(request), found)
    context = {
        **frame(request, found, "canvass"),
        # Figures under five are for who leads it; others who may look see what everybody sees.
        "board": reading.board(found, is_public=not may_lead) if found.state != "planned" else None,
        "todo": _todo(found) if found.state == "planned" else [],
        "is_ready": found.state == "planned" and not setup.not_ready(found),
        "leaders": [str(one.account) for one in _leaders(found)],
        "waiting": found.questions.filter(state="open").count(),
        "left": closing.left_of(found) if found.state == "ended" else {},
        "public_url": request.build_absolute_uri(reverse("councils:canvass", args=[found.number])),
    }
    return page(request, "councils/canvasses/desk.html", context)


def _leaders(found: Canvass) -> list[Any]:
    return list(found.canvassers.filter(role="leader").select_related("account").order_by("id"))


def _todo(found: Canvass) -> list[dict[str, Any]]:
    """The steps of preparing, in their order: done or not, and where."""
    n, people = found.households.count(), found.canvassers.filter(role="canvasser").count()
    steps = [
        ("canvass-edit", _("写清楚请大家支持什么、可以找谁"), bool(found.purpose and found.contact), ""),
        ("canvass-households-add", _("把住户放进名单"), n > 0, setup.n_households(n) if n else ""),
        (
            "canvass-people",
            _("请几位熟人来走访"),
            people > 0,
            ngettext("%(n)s 人", "%(n)s 人", people) % {"n": people} if people else "",
        ),
        ("canvass-ties", _("记下谁愿意牵线（先问本人，可以边走边记）"), found.ties.exists(), ""),
    ]
    return [
        {
            "label": label,
            "is_done": is_done,
            "said": said,
            "url": reverse(f"councils_desk:{name}", args=[found.number]),
        }
        for name, label, is_done, said in steps
    ]


@FORM
@desk
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Title, purpose, target, contact, last day."""
    actor = actor_of(request)
    found = access.get_canvass(actor, number)
    policy.require(actor, access.MANAGE, access.target_of(found))
    form = forms.Frame.of(found, posted(request))
    if attempt(
        request, form, lambda: setup.edit_canvass(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("已保存。"))
        return redirect("councils_desk:canvass", found.number)
    where = (reverse("councils_desk:canvass", args=[found.number]), found.title)
    return form_page(request, form, title=_("标题、说明和目标"), submit=_("保存"), back=where)


@require_POST
@desk
def move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Begin, end, give up, delete a draft, take the lead."""
    actor = actor_of(request)
    found = access.get_canvass(actor, number)
    erased = _("结束了。谁认识谁、谁说了什么，都已经删除，只留下数字。")
    moves: dict[str, tuple[Callable[[], Any], str]] = {
        "start": (
            lambda: setup.start_canvass(actor=actor, number=found.number),
            _("开始了。公开页大家都能看到。"),
        ),
        "end": (lambda: closing.end_canvass(actor=actor, number=found.number), erased),
        "stop": (lambda: closing.end_canvass(actor=actor, number=found.number, is_stopped=True), erased),
        "discard": (lambda: setup.discard_canvass(actor=actor, number=found.number), _("草稿删掉了。")),
        "lead": (
            lambda: setup.add_canvasser(
                actor=actor, number=found.number, account=actor.account or UUID(int=0), role="leader"
            ),
            _("您现在是负责人，能看到住户和牵线。这一步记进了日志。"),
        ),
    }
    if move not in moves:
        raise Http404
    act, said = moves[move]
    if run(request, act, said) and move == "discard":
        return redirect("councils_desk:canvasses")
    return redirect("councils_desk:canvass", found.number)


@require_safe
@desk
def report(request: HttpRequest, number: str) -> HttpResponse:
    """What came of it, on paper: figures only."""
    found = access.get_canvass(actor_of(request), number)
    return page(
        request,
        "councils/canvasses/report.html",
        {**frame(request, found, "canvass"), "report": reading.report(found)},
    )


@require_safe
@desk
def export(request: HttpRequest, number: str) -> HttpResponse:
    """The same as an Excel file."""
    found = access.get_canvass(actor_of(request), number)
    response = HttpResponse(exporting.workbook(found), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="canvass-{found.number}.xlsx"'
    return response


def _may_answer(request: HttpRequest, number: str) -> Canvass:
    actor = actor_of(request)
    found = access.get_canvass(actor, number)
    if not access.may_lead(actor, found):
        policy.require(actor, access.MANAGE, access.target_of(found))
    return found


@FORM
@desk
def questions(request: HttpRequest, number: str) -> HttpResponse:
    """What people object, ask and tell one another, and what is answered; a new one is put down here."""
    actor = actor_of(request)
    found = access.get_canvass(actor, number)
    if request.method == "POST":
        found = _may_answer(request, number)
    form = forms.QuestionForm(posted(request))
    if attempt(
        request, form, lambda: asked.note_question(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("记下了。写好答复，大家就能看到。"))
        return redirect("councils_desk:canvass-questions", found.number)
    rows = list(found.questions.order_by("-id")[:300])
    context = {
        **frame(request, found, "canvass-questions"),
        "form": form,
        "groups": [
            (label, [_question(one) for one in rows if one.state == state])
            for state, label in (
                ("open", _("等答复")), ("answered", _("已答复，大家能看到")), ("left", _("不公开答复")),
            )
        ],
    }  # fmt: skip
    return page(request, "councils/canvasses/questions.html", context, status=422 if form.errors else 200)


def _question(one: CanvassQuestion) -> dict[str, Any]:
    return {
        "id": one.pk, "text": one.text, "answer": one.answer, "reason": one.reason, "at": one.created_at,
        "kind": states.KIND_WORDS[one.kind], "is_resident": one.source == "resident",
    }  # fmt: skip


@FORM
@desk
def question(request: HttpRequest, number: str, question: UUID) -> HttpResponse:
    """Answer one, or say why it is not answered in public."""
    actor = actor_of(request)
    found = _may_answer(request, number)
    one = found.questions.filter(pk=question).first()
    if one is None:
        raise NotVisible(number)
    initial = {"kind": one.kind, "text": one.text, "answer": one.answer, "reason": one.reason}
    form = forms.AnswerForm(posted(request), initial=initial)

    def act() -> None:
        data = dict(form.cleaned_data)
        reason = data.pop("reason")
        if reason and not data["answer"].strip():
            asked.leave_question(actor=actor, number=found.number, question=question, reason=reason)
        else:
            asked.answer_question(actor=actor, number=found.number, question=question, **data)

    if attempt(request, form, act):
        messages.success(request, _("已保存。"))
        return redirect("councils_desk:canvass-questions", found.number)
    where = (reverse("councils_desk:canvass-questions", args=[found.number]), _("疑问和答复"))
    return form_page(request, form, title=_("答复"), submit=_("保存"), back=where, lead=found.title)

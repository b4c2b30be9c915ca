"""Methods at the desk: written, published, tried out, recommended, taken over."""

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.academy.methods import actions, adopting, forms, piloting, queries, reading, states
from mulin.academy.methods.models import Adoption, Method, Pilot
from mulin.academy.methods.views import FOLDER, filters, wanted
from mulin.kernel import policy
from mulin.kernel.actors import Actor
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.onward import onward
from mulin.kernel.pages import page, posted, run, tried
from mulin.places.queries import name_of, names_of
from mulin.voices.queries import get_public_matter

FORM = require_http_methods(["GET", "HEAD", "POST"])
READ, MANAGE = needs(queries.VIEW), needs(queries.MANAGE)
DECIDE, ADOPT = needs(queries.DECIDE), needs(queries.ADOPT)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABS = ("", "own", "took", "pilots")


def _found(request: HttpRequest, tab: str) -> list[Method]:
    rows = queries.own_methods(actor_of(request)) if tab == "own" else queries.public_methods()
    return queries.chosen(rows, wanted(request))


def _tab(request: HttpRequest) -> str:
    tab = request.GET.get("tab", "")
    return tab if tab in TABS else ""


@require_safe
@READ
def methods(request: HttpRequest) -> HttpResponse:
    """The library, one's own methods with drafts, what one took over, and the pilots one decides on."""
    actor, tab = actor_of(request), _tab(request)
    labels = {"": _("工作法库"), "own": _("我们写的"), "took": _("我们学用的")}
    if policy.can_somewhere(actor, queries.DECIDE):
        labels["pilots"] = _("试点")
    url = reverse("academy_desk:methods")
    context: dict[str, Any] = {
        "tab": tab,
        "tabs": [
            {"label": label, "url": f"{url}?tab={name}", "current": name == tab, "count": None}
            for name, label in labels.items()
        ],
        "query": request.GET.urlencode(),
        "can_make": policy.can_somewhere(actor, queries.MANAGE),
        "here": "methods",
    }
    if tab == "took":
        context["list"] = onward(request, queries.own_adoptions(actor), order=("-id",))
        context["adoptions"] = _adoptions(context["list"].rows)
    elif tab == "pilots":
        pilots = queries.due_pilots(actor).select_related("method")
        context["list"] = onward(request, pilots, order=("ends_on", "id"))
        context["pilots"] = _pilots(context["list"].rows)
    else:
        shown = tuple(states.STATE_WORDS) if tab == "own" else states.PUBLIC
        tab_field = {"name": "tab", "label": "", "kind": "hidden", "value": tab}
        context["filters"] = [*filters(wanted(request), shown), tab_field]
        context["rows"] = reading.rows(_found(request, tab), "academy_desk:method")
        context["is_narrow"] = any(wanted(request).values())
    return page(request, f"{FOLDER}/desk_methods.html", context)


def _adoptions(found: list[Adoption]) -> list[dict[str, Any]]:
    names = names_of({one.place for one in found})
    return [
        {**reading.adoption(one, names), "title": one.method.title,
         "url": reverse("academy_desk:method-adoption", args=[one.number])}
        for one in found
    ]  # fmt: skip


def _pilots(found: list[Pilot]) -> list[dict[str, Any]]:
    names = names_of({one.place for one in found})
    return [
        {"title": one.method.title, "place": names[one.place], "ends_on": one.ends_on,
         "url": reverse("academy_desk:method", args=[one.method.number])}
        for one in found
    ]  # fmt: skip


@require_safe
@READ
def methods_export(request: HttpRequest) -> HttpResponse:
    """The same list as an Excel file."""
    response = HttpResponse(reading.workbook(_found(request, _tab(request))), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="methods.xlsx"'
    return response


@require_safe
@READ
def method(request: HttpRequest, number: str) -> HttpResponse:
    """One method with what the reader may do."""
    actor = actor_of(request)
    found = queries.get_method(actor, number)
    may = policy.can(actor, queries.MANAGE, queries.target_of(found)) and found.state != "retired"
    card = reading.card(found)
    decides = set(forms.decides_at(actor))
    for one in card["pilots"]:
        one["may_end"] = one["pilot"].state == "running" and policy.can(
            actor, queries.DECIDE, one["pilot"].place
        )
    for one in card["adoptions"]:
        target = queries.target_of_adoption(one["adoption"])
        one["may_tell"] = policy.can(actor, queries.ADOPT, target)
    context = {
        **card,
        "may_edit": may,
        "moves": _moves(actor, found, decides),
        "lacks": actions.missing(found) if found.state == "draft" else [],
        "public_url": reverse("academy:method", args=[found.number]) if found.state != "draft" else "",
        "here": "methods",
    }
    return page(request, f"{FOLDER}/desk_method.html", context)


def _move(name: str, found: Method, label: Any, icon: str, **more: Any) -> dict[str, Any]:
    url = reverse(f"academy_desk:{name}", args=[found.number])
    return {"label": label, "icon": icon, "url": url, **more}


def _moves(actor: Actor, found: Method, decides: set[str]) -> list[dict[str, Any]]:
    """What the reader may do now, the likeliest first."""
    made = []
    publishes = policy.can(actor, queries.PUBLISH, queries.target_of(found))
    if publishes and found.state in {"draft", "retired"}:
        label = _("公布") if found.state == "draft" else _("重新推荐")
        made.append(
            _move("method-publish", found, label, "share", post=True, main=not actions.missing(found))
        )
    if found.state in states.LIVE:
        running = set(found.pilots.filter(state="running").values_list("place", flat=True))
        spread = set(found.spreads.values_list("place", flat=True))
        if decides - running:
            made.append(_move("method-pilot", found, _("定试点"), "flame", main=not found.pilots.exists()))
        if decides - running - spread:
            made.append(_move("method-spread", found, _("推广"), "share"))
        if forms.TakeOver(actor, found).fields["maker"].choices:
            made.append(_move("method-take", found, _("我们也试试"), "hand-over", main=not decides))
    if publishes and found.state in {"published", "spread"}:
        made.append(_move("method-retire", found, _("不再推荐"), "pause"))
    if found.state == "draft" and policy.can(actor, queries.MANAGE, queries.target_of(found)):
        made.append(
            _move("method-discard", found, _("删掉草稿"), "trash", post=True, confirm=_("草稿删掉就没有了。"))
        )
    return made


# Writing


@FORM
@MANAGE
def method_new(request: HttpRequest) -> HttpResponse:
    """Write one, on its own or out of a published matter."""
    actor = actor_of(request)
    matter = get_public_matter(request.GET["matter"]) if request.GET.get("matter") else None
    form = forms.New(actor, posted(request))
    made: list[Method] = []

    def save() -> None:
        place, org = forms.split(form.cleaned_data["maker"])
        made.append(actions.draft_method(actor=actor, place=place, org=org, matter=matter, **form.values()))

    if tried(request, form, save):
        messages.success(request, _("写好了。再给一两条依据，就可以公布。"))
        return redirect("academy_desk:method", made[0].number)
    return _page(
        request, form, _("写一个工作法"), reverse("academy_desk:methods"), _("工作法"), _("存成草稿"),
        lead=matter.public_title if matter else "",
    )  # fmt: skip


def _page(
    request: HttpRequest, form: django_forms.Form, title: Any, back_url: str, back_label: Any,
    submit: Any = "", lead: str = "", text: Any = "",
) -> HttpResponse:  # fmt: skip
    context = {
        "form": form, "title": title, "back_url": back_url, "back_label": back_label,
        "submit": submit or title, "lead": lead, "text": text, "action": request.get_full_path(),
        "here": "methods",
    }  # fmt: skip
    return page(request, f"{FOLDER}/form.html", context, status=422 if form.errors else 200)


def _form(
    request: HttpRequest, found: Method, form: django_forms.Form, act: Callable[[], Any], title: Any,
    said: Any, submit: Any = "", text: Any = "",
) -> HttpResponse:  # fmt: skip
    """A form about one method, its action, and back to the method."""
    if tried(request, form, act):
        messages.success(request, said)
        return redirect("academy_desk:method", found.number)
    back = reverse("academy_desk:method", args=[found.number])
    return _page(request, form, title, back, _("回到这个工作法"), submit, found.title, text)


@FORM
@MANAGE
def method_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change what it says."""
    actor = actor_of(request)
    found = queries.get_method(actor, number)
    policy.require(actor, queries.MANAGE, queries.target_of(found))
    form = forms.Written(found.place, found, posted(request))
    act = lambda: actions.edit_method(actor=actor, number=found.number, **form.values())  # noqa: E731
    return _form(request, found, form, act, _("改工作法"), _("改好了。"), _("保存"))


@FORM
@MANAGE
def method_evidence(request: HttpRequest, number: str) -> HttpResponse:
    """Give one more reason to believe it."""
    actor = actor_of(request)
    found = queries.get_method(actor, number)
    policy.require(actor, queries.MANAGE, queries.target_of(found))
    form = forms.Reason(posted(request))
    act = lambda: actions.add_evidence(actor=actor, number=found.number, **form.cleaned_data)  # noqa: E731
    return _form(request, found, form, act, _("加一条依据"), _("加好了。"))


@require_POST
@MANAGE
def method_evidence_remove(request: HttpRequest, number: str, evidence: Any) -> HttpResponse:
    """Take one away."""
    actor = actor_of(request)
    found = queries.get_method(actor, number)
    act = lambda: actions.remove_evidence(actor=actor, number=number, evidence=evidence)  # noqa: E731
    run(request, act, _("去掉了。"))
    return redirect("academy_desk:method", found.number)


@require_POST
@READ
def method_publish(request: HttpRequest, number: str) -> HttpResponse:
    """Into the library."""
    actor = actor_of(request)
    found = queries.get_method(actor, number)
    act = lambda: actions.publish_method(actor=actor, number=number)  # noqa: E731
    run(request, act, _("公布了，人人看得到。"))
    return redirect("academy_desk:method", found.number)


@require_POST
@READ
def method_discard(request: HttpRequest, number: str) -> HttpResponse:
    """A draft is dropped."""
    actor = actor_of(request)
    found = queries.get_method(actor, number)
    act = lambda: actions.discard_method(actor=actor, number=number)  # noqa: E731
    if run(request, act, _("草稿删掉了。")):
        return redirect("academy_desk:methods")
    return redirect("academy_desk:method", found.number)


@FORM
@READ
def method_retire(request: HttpRequest, number: str) -> HttpResponse:
    """Recommended no longer, for a reason."""
    actor = actor_of(request)
    found = queries.get_method(actor, number)
    policy.require(actor, queries.PUBLISH, queries.target_of(found))
    form = forms.Why(posted(request))
    act = lambda: actions.retire_method(actor=actor, number=found.number, **form.cleaned_data)  # noqa: E731
    return _form(request, found, form, act, _("不再推荐"), _("改好了，原来的内容还看得到。"))


# Pilots


@FORM
@DECIDE
def method_pilot(request: HttpRequest, number: str) -> HttpResponse:
    """Where it is tried out, until when, against which criteria."""
    actor = actor_of(request)
    found = queries.get_method(actor, number)
    form = forms.PilotForm(actor, posted(request))
    act = lambda: piloting.decide_pilot(actor=actor, number=found.number, **form.values())  # noqa: E731
    text = _("先说好拿什么数来看，到期再对照。定了以后，辖区各社区都会收到通知。")
    return _form(request, found, form, act, _("定试点"), _("试点定了，各社区会收到通知。"), "", text)


@FORM
@DECIDE
def method_pilot_end(request: HttpRequest, number: str) -> HttpResponse:
    """Held against its criteria."""
    actor = actor_of(request)
    pilot = queries.get_pilot(actor, number)
    form = forms.EndForm(pilot, posted(request))
    act = lambda: piloting.end_pilot(actor=actor, number=pilot.number, **form.values())  # noqa: E731
    text = _("有数的，达没达到由数字定；没有数的，算说不清。")
    return _form(request, pilot.method, form, act, _("对照标准看结果"), _("结果写好了。"), _("写结果"), text)


@FORM
@DECIDE
def method_pilot_stop(request: HttpRequest, number: str) -> HttpResponse:
    """Stopped before its end."""
    actor = actor_of(request)
    pilot = queries.get_pilot(actor, number)
    form = forms.Why(posted(request))
    act = lambda: piloting.stop_pilot(actor=actor, number=pilot.number, **form.cleaned_data)  # noqa: E731
    return _form(request, pilot.method, form, act, _("提前停下"), _("试点停了，理由写在上面。"))


@FORM
@DECIDE
def method_spread(request: HttpRequest, number: str) -> HttpResponse:
    """Recommended to all communities of a street or district."""
    actor = actor_of(request)
    found = queries.get_method(actor, number)
    form = forms.SpreadForm(actor, posted(request))
    act = lambda: piloting.spread_method(actor=actor, number=found.number, **form.cleaned_data)  # noqa: E731
    return _form(request, found, form, act, _("推广"), _("推广了，各社区会收到通知。"))


# Taking over


@FORM
@ADOPT
def method_take(request: HttpRequest, number: str) -> HttpResponse:
    """Somebody tries it too."""
    actor = actor_of(request)
    found = queries.get_method(actor, number)
    form = forms.TakeOver(actor, found, posted(request))

    def act() -> None:
        place, org = forms.split(form.cleaned_data["maker"])
        adopting.take_over(actor=actor, number=found.number, place=place, org=org)

    text = _("写这个做法的人会知道。过一阵会请您说说做得怎样。")
    return _form(request, found, form, act, _("我们也试试"), _("记下了，祝顺利。"), "", text)


@FORM
@ADOPT
def method_adoption(request: HttpRequest, number: str) -> HttpResponse:
    """How it went."""
    actor = actor_of(request)
    one = queries.get_adoption(actor, number)
    initial = {"state": one.state if one.told_at else "", "changes": one.changes, "result": one.result}
    form = forms.Told(posted(request), initial=initial)
    act = lambda: adopting.tell_adoption(actor=actor, number=one.number, **form.cleaned_data)  # noqa: E731
    who = str(one.org or name_of(one.place))
    return _form(
        request,
        one.method,
        form,
        act,
        _("说说做得怎样"),
        _("谢谢，写做法的人和大家都看得到。"),
        _("说出来"),
        who,
    )


@require_POST
@ADOPT
def method_adoption_drop(request: HttpRequest, number: str) -> HttpResponse:
    """It was not tried after all."""
    actor = actor_of(request)
    one = queries.get_adoption(actor, number)
    if request.method != "POST":
        raise Http404
    act = lambda: adopting.drop_adoption(actor=actor, number=number)  # noqa: E731
    run(request, act, _("撤了。"))
    return redirect("academy_desk:method", one.method.number)

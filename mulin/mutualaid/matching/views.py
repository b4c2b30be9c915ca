"""Help between neighbours as residents see it: what there is, asking, offering, and one's own."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.kernel import codes, registry, rulebook, throttle
from mulin.kernel.context import actor_of
from mulin.kernel.errors import NotVisible
from mulin.kernel.onward import onward
from mulin.kernel.pages import posted, run, tried
from mulin.mutualaid.matching import access, actions, forms, queries, showing, states
from mulin.mutualaid.matching.candidates import consent_of, with_child
from mulin.mutualaid.matching.catalogue import kind_of, kinds
from mulin.mutualaid.matching.models import AidMatch
from mulin.places.queries import exists, name_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
DAY, VISITS, STORIES = 86400, 30, 20
View = Callable[..., HttpResponse]


def _place(place: str) -> str:
    if not codes.is_valid(place) or codes.level(place) != codes.Level.COMMUNITY or not exists(place):
        raise NotVisible(place)
    return place


def _chosen(request: HttpRequest) -> str:
    provider = registry.providers().get("shell.place")
    return provider(request) if provider else ""


def known(view: View) -> View:
    """A page for who is signed in."""

    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if actor_of(request).is_anonymous:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    inside.__name__, inside.__doc__ = view.__name__, view.__doc__
    return inside


def form_page(
    request: HttpRequest, form: django_forms.Form, title: str, submit: str, back: str, **more: Any
) -> HttpResponse:
    context = {"form": form, "title": title, "submit": submit, "back_url": back, **more}
    status = 422 if form.errors else 200
    return render(request, "mutualaid/matching/form.html", context, status=status)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The visitor's own community, or the way to choose one."""
    place = _chosen(request)
    if place:
        return redirect("aid:community", place)
    return render(request, "mutualaid/matching/nowhere.html", {})


@require_safe
def community(request: HttpRequest, place: str) -> HttpResponse:
    """What help there is, and what came of it; counts only."""
    place = _place(place)
    actor = actor_of(request)
    mine = [one for one in queries.my_matches(actor) if one.state != "closed"]
    given = onward(request, queries.public_give_backs(place), order=("-on", "-id"), size=STORIES)
    context = {
        "place": place,
        "place_name": name_of(place),
        "kinds": queries.by_kind(Q(place=place)),
        "figures": queries.figures(place),
        "stories": given.rows,
        "list": given,
        "mine": len(mine),
        "waits": sum(showing.own_match(one, access.side_of(actor, one))["waits_for_me"] for one in mine),
    }
    return render(request, "mutualaid/matching/community.html", context)


@require_safe
def ask(request: HttpRequest, place: str) -> HttpResponse:
    """Which kind of help: one tap."""
    place = _place(place)
    context = {"place": place, "place_name": name_of(place), "kinds": list(kinds().values())}
    return render(request, "mutualaid/matching/ask.html", context)


@FORM
@known
def need_new(request: HttpRequest, place: str, kind: str) -> HttpResponse:
    """When, and whom it is for; then it waits for the community."""
    place = _place(place)
    if kind not in kinds():
        raise Http404
    actor = actor_of(request)
    form = forms.Need(place, None, posted(request), kind=kind)

    def save() -> None:
        most = int(rulebook.value("aid.asks_per_day", at=place))
        throttle.check("aid-ask", str(actor.account), limit=most, seconds=DAY)
        agreed = form.cleaned_data.get("consent", False)
        made.append(actions.ask_help(actor=actor, place=place, has_consent=agreed, **form.values()))

    made: list[Any] = []
    if tried(request, form, save):
        messages.success(request, _("收到了，只有您和社区看得到。找到合适的邻居会先问您。"))
        return redirect("aid:need", made[0].number)
    about = kind_of(kind)
    return form_page(
        request, form, str(about), _("请邻居帮忙"), reverse("aid:need-ask", args=[place]),
        lead=about.description, is_private=True, place_name=name_of(place),
    )  # fmt: skip


@FORM
@known
def helper_new(request: HttpRequest, place: str) -> HttpResponse:
    """Time for neighbours."""
    place = _place(place)
    actor = actor_of(request)
    form = forms.Helper(place, None, posted(request))
    if tried(request, form, lambda: actions.offer_help(actor=actor, place=place, **form.values())):
        messages.success(request, _("谢谢您。社区会和您聊一聊，再一起定从哪天开始。"))
        return redirect("aid:mine")
    lead = _("先聊一聊，学一课，再上岗；要带孩子的，每年查一次无犯罪记录。没有任务，随时可以歇。")
    back, name = reverse("aid:community", args=[place]), name_of(place)
    return form_page(request, form, _("我能帮邻居"), _("报名"), back, lead=lead, place_name=name)


@require_safe
@known
def mine(request: HttpRequest) -> HttpResponse:
    """What one asked for, what one offers, and with whom it goes on."""
    actor = actor_of(request)
    matches = [showing.own_match(one, access.side_of(actor, one)) for one in queries.my_matches(actor)]
    context = {
        "now": [one for one in matches if one["row"].state != "closed"],
        "over": [one for one in matches if one["row"].state == "closed"],
        "needs": [showing.need(one) for one in queries.my_needs(actor)],
        "helpers": [showing.helper(one) for one in queries.my_helpers(actor)],
        "place": _chosen(request),
    }
    return render(request, "mutualaid/matching/mine.html", context)


# A need of one's own ----------------------------------------------------------------------------------------


def _own_need(request: HttpRequest, number: str) -> Any:
    """One's own need; a worker reads it at the desk."""
    actor = actor_of(request)
    found = access.one(access.visible_needs(actor), number)
    if found.account_id != actor.account:
        raise NotVisible(number)
    return found


@require_safe
@known
def need(request: HttpRequest, number: str) -> HttpResponse:
    """How it stands."""
    found = _own_need(request, number)
    live = found.matches.filter(state__in=states.LIVE).select_related("need", "helper").first()
    context = {
        **showing.need_facts(found),
        "match": showing.own_match(live, "family") if live else None,
        "has_consent": bool(consent_of(found)),
        "was_helped": found.matches.filter(begun_on__isnull=False).exists(),
        "give_backs": found.give_backs.order_by("-on", "-id"),
        "waits_until": queries.wait_ends(found),
    }
    return render(request, "mutualaid/matching/need.html", context)


@FORM
@known
def need_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Other times, other words."""
    found = _own_need(request, number)
    actor = actor_of(request)
    form = forms.Need(found.place, found, posted(request))
    if tried(request, form, lambda: actions.edit_need(actor=actor, number=found.number, **form.values())):
        messages.success(request, _("改好了。"))
        return redirect("aid:need", found.number)
    return form_page(request, form, _("改求助"), _("保存"), reverse("aid:need", args=[found.number]))


@require_POST
@known
def need_consent(request: HttpRequest, number: str) -> HttpResponse:
    """The parent agrees, or takes it back."""
    found = _own_need(request, number)
    actor = actor_of(request)
    if request.POST.get("step") == "withdraw":
        act, said = actions.withdraw_consent, _("同意收回了，有孩子参加的互助马上停下。")
    else:
        act, said = actions.give_consent, _("您的同意记下了，随时可以收回。")
    run(request, lambda: act(actor=actor, number=found.number), said)
    return redirect("aid:need", found.number)


@FORM
@known
def need_close(request: HttpRequest, number: str) -> HttpResponse:
    """Nothing more is needed."""
    found = _own_need(request, number)
    actor = actor_of(request)
    form = forms.Why(posted(request), without=("no", "helper", "not_fitting", "safety"))
    if tried(
        request, form, lambda: actions.close_need(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("这条求助结束了。再有需要，随时说。"))
        return redirect("aid:mine")
    return form_page(request, form, _("结束求助"), _("结束"), reverse("aid:need", args=[found.number]))


@FORM
@known
def need_giveback(request: HttpRequest, number: str) -> HttpResponse:
    """What one's family did for others."""
    found = _own_need(request, number)
    actor = actor_of(request)
    form = forms.GiveBack(posted(request))
    if tried(
        request, form, lambda: actions.note_give_back(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("记下了，谢谢您。"))
        return redirect("aid:need", found.number)
    lead = _("受过帮助，也帮了别人。只记次数和一句话，没有人比较。")
    return form_page(
        request, form, _("我们家也帮了邻居"), _("记下来"), reverse("aid:need", args=[found.number]), lead=lead
    )


# What one offers --------------------------------------------------------------------------------------------


def _own_helper(request: HttpRequest, number: str) -> Any:
    actor = actor_of(request)
    found = access.one(access.visible_helpers(actor), number)
    if found.account_id != actor.account:
        raise NotVisible(number)
    return found


@require_safe
@known
def helper(request: HttpRequest, number: str) -> HttpResponse:
    """One's own entry: what was learnt, until when the check holds, rest or stop."""
    found = _own_helper(request, number)
    context = {
        **showing.helper_facts(found),
        "trainings": [
            {"on": one.on, "what": showing.wording.words("aid.training.topics", found.place, [one.topic])}
            for one in found.trainings.order_by("-on")
        ],
    }
    return render(request, "mutualaid/matching/helper.html", context)


@FORM
@known
def helper_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Other times, other kinds."""
    found = _own_helper(request, number)
    actor = actor_of(request)
    form = forms.Helper(found.place, found, posted(request))
    if tried(request, form, lambda: actions.edit_helper(actor=actor, number=found.number, **form.values())):
        messages.success(request, _("改好了。已经说定的不变。"))
        return redirect("aid:helper", found.number)
    return form_page(request, form, _("改我的登记"), _("保存"), reverse("aid:helper", args=[found.number]))


@require_POST
@known
def helper_move(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Rest, come back, stop."""
    found = _own_helper(request, number)
    actor = actor_of(request)
    moves: dict[str, tuple[Callable[..., Any], str]] = {
        "rest": (actions.rest_helper, _("好好歇一歇。正在帮的家庭会知道。")),
        "back": (actions.put_on_duty, _("欢迎回来。")),
        "end": (actions.end_helper, _("谢谢您帮过的每一次。")),
    }
    if move not in moves:
        raise Http404
    act, said = moves[move]
    run(request, lambda: act(actor=actor, number=found.number), said)
    return redirect("aid:helper", found.number)


# A match that one takes part in -----------------------------------------------------------------------------


def _own_match(request: HttpRequest, number: str) -> tuple[AidMatch, str]:
    actor = actor_of(request)
    found = access.one(access.visible_matches(actor), number)
    side = access.side_of(actor, found)
    if not side:
        raise NotVisible(number)
    return found, side


@require_safe
@known
def match(request: HttpRequest, number: str) -> HttpResponse:
    """With whom, when, how it is kept safe, and every visit."""
    found, side = _own_match(request, number)
    visits = onward(request, found.visits.all(), order=("-on", "-id"), size=VISITS)
    context = {
        **showing.own_match(found, side), "child": with_child(found.need), "list": visits,
        "visits": [showing.visit(one, side) for one in visits.rows],
    }  # fmt: skip
    return render(request, "mutualaid/matching/match.html", context)


@require_POST
@known
def match_answer(request: HttpRequest, number: str) -> HttpResponse:
    """Yes or no."""
    found, _side = _own_match(request, number)
    actor = actor_of(request)
    if request.POST.get("answer") == "yes":
        run(request, lambda: actions.agree_match(actor=actor, number=found.number), _("您答应了。"))
        return redirect("aid:match", found.number)
    run(request, lambda: actions.decline_match(actor=actor, number=found.number), _("知道了，没有关系。"))
    return redirect("aid:mine")


@require_POST
@known
def match_pause(request: HttpRequest, number: str) -> HttpResponse:
    """Stop for a while."""
    found, _side = _own_match(request, number)
    actor = actor_of(request)
    said = _("先停下了。想接着做，和社区说一声。")
    run(request, lambda: actions.pause_match(actor=actor, number=found.number), said)
    return redirect("aid:match", found.number)


@FORM
@known
def match_stop(request: HttpRequest, number: str) -> HttpResponse:
    """End it, at any time."""
    found, side = _own_match(request, number)
    actor = actor_of(request)
    other = "family" if side == "helper" else "helper"
    form = forms.Why(posted(request), without=("no", other))
    if tried(
        request, form, lambda: actions.close_match(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("结束了，谢谢你们。"))
        return redirect("aid:mine")
    back = reverse("aid:match", args=[found.number])
    return form_page(request, form, _("不再继续"), _("结束"), back)


@FORM
@known
def match_visit(request: HttpRequest, number: str) -> HttpResponse:
    """Note what was done; the other side confirms."""
    found, _side = _own_match(request, number)
    actor = actor_of(request)
    form = forms.Visit(kind_of(found.need.kind).minutes, posted(request))
    if tried(
        request, form, lambda: actions.note_visit(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("记下了，等另一边确认。"))
        return redirect("aid:match", found.number)
    return form_page(request, form, _("记一次"), _("记下来"), reverse("aid:match", args=[found.number]))


@FORM
@known
def match_incident(request: HttpRequest, number: str) -> HttpResponse:
    """Something went wrong."""
    found, _side = _own_match(request, number)
    actor = actor_of(request)
    form = forms.Incident(posted(request))
    if tried(
        request, form, lambda: actions.report_incident(actor=actor, number=found.number, **form.cleaned_data)
    ):
        messages.success(request, _("社区和街道马上知道了，互助先停着。有危险请打 110 或 120。"))
        return redirect("aid:match", found.number)
    lead = _("有人受伤或者有危险，先打 120 或 110，再来写。")
    back = reverse("aid:match", args=[found.number])
    return form_page(request, form, _("出了情况"), _("马上报告"), back, lead=lead)


@FORM
@known
def visit(request: HttpRequest, visit: UUID, step: str) -> HttpResponse:
    """Confirm a visit, or say what is not right."""
    actor = actor_of(request)
    rows = AidMatch.objects.filter(visits=visit).select_related("need", "helper")
    found = rows.first()
    if found is None or not access.side_of(actor, found) or step not in ("confirm", "dispute"):
        raise NotVisible(str(visit))
    back = reverse("aid:match", args=[found.number])
    if step == "confirm":
        if request.method != "POST":
            return redirect(back)
        run(request, lambda: actions.confirm_visit(actor=actor, visit=visit), _("确认了，谢谢。"))
        return redirect(back)
    form = forms.Reason(posted(request))
    if tried(request, form, lambda: actions.dispute_visit(actor=actor, visit=visit, **form.cleaned_data)):
        messages.success(request, _("记下了，社区会来了解。"))
        return redirect(back)
    return form_page(request, form, _("这一次不对"), _("告诉社区"), back)

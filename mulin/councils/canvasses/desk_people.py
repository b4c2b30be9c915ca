"""The leaders' pages of a canvass: households, who knocks, who knows whom, today's plan."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.councils.canvasses import access, contacts, forms, planning, queries, setup, states
from mulin.councils.canvasses import ties as acquaintances
from mulin.councils.canvasses.desk_views import attempt, form_page, frame
from mulin.councils.canvasses.models import Canvass, CanvassHousehold
from mulin.councils.canvasses.views import run
from mulin.kernel import paging
from mulin.kernel.clock import today
from mulin.kernel.context import actor_of
from mulin.kernel.door import desk
from mulin.kernel.errors import ActionError
from mulin.kernel.pages import page, posted, refuse
from mulin.people.models import Account
from mulin.people.queries import account_by_phone
from mulin.places.queries import names_of, natural

FORM = require_http_methods(["GET", "HEAD", "POST"])
PER_PAGE = 60


def led(request: HttpRequest, number: str) -> Canvass:
    return access.get_led(actor_of(request), number)


def _row(one: CanvassHousehold) -> dict[str, Any]:
    state = states.stance(one.stance, one.contacts)
    return {"n": one.n, "label": one.label, "state": state, "times": one.contacts}


@require_safe
@desk
def households(request: HttpRequest, number: str) -> HttpResponse:
    """The list, by building and stance."""
    found = led(request, number)
    chosen = {name: request.GET.get(name, "") for name in ("building", "stance", "q")}
    rows = queries.households(found, **chosen)
    at = paging.page(rows, order=("n",), size=PER_PAGE, cursor=request.GET.get("after"))
    names = names_of(found.households.order_by().values_list("building", flat=True).distinct())
    buildings = sorted(names.items(), key=lambda one: natural(one[1]))
    stances = [("unasked", str(states.UNASKED))]
    stances += [(code, str(word[0])) for code, word in states.STANCE_WORDS.items()]
    context = {
        **frame(request, found, "canvass-households"),
        "rows": [_row(one) for one in at.items],
        "next": at.next,
        "filters": [
            {"name": "q", "label": _("门牌"), "kind": "search", "value": chosen["q"]},
            _select("building", _("哪一栋"), buildings, chosen["building"]),
            _select("stance", _("怎么说"), stances, chosen["stance"]),
        ],
        "clear_url": request.path if any(chosen.values()) else "",
        "total": found.households.count(),
    }
    return page(request, "councils/canvasses/households.html", context)


def _select(name: str, label: str, options: list[tuple[str, str]], value: str) -> dict[str, Any]:
    rows = [{"value": code, "label": text, "selected": code == value} for code, text in options]
    return {"name": name, "label": label, "kind": "list", "options": rows}


@FORM
@desk
def add(request: HttpRequest, number: str) -> HttpResponse:
    """Households from a roster, from those on file, or typed."""
    found, actor = led(request, number), actor_of(request)
    form = forms.AddHouseholds(found, posted(request))
    came: list[int] = []

    def act() -> None:
        data = form.cleaned_data
        roster, doors = None, []
        if data["roster"]:
            roster, doors = setup.doors_of_roster(actor, data["roster"], found.place)
        doors = [*doors, *setup.doors_on_file(found.place, data["buildings"])]
        doors += setup.doors_typed(found.place, data["lines"])
        came.append(setup.add_households(actor=actor, number=found.number, doors=doors, roster=roster))

    if attempt(request, form, act):
        messages.success(request, _("加进名单 %(n)s 户。") % {"n": came[0]})
        return redirect("councils_desk:canvass-households", found.number)
    where = (reverse("councils_desk:canvass-households", args=[found.number]), _("住户"))
    text = _("名单上只写门牌，不写姓名。已经在名单上的不会重复。")
    return form_page(request, form, title=_("把住户放进名单"), submit=_("加进名单"), back=where, text=text)


def _people(found: Canvass) -> list[Any]:
    rows = found.canvassers.filter(role="canvasser").select_related("account")
    return sorted(rows, key=lambda one: str(one.account))


@require_safe
@desk
def household(request: HttpRequest, number: str, n: int) -> HttpResponse:
    """One household: what it said and when, who knows it, who goes there."""
    found = led(request, number)
    row = setup.household_of(found, n)
    people = {one.pk: str(one.account) for one in found.canvassers.select_related("account")}
    visit = found.visits.filter(n=n).select_related("canvasser__account").first()
    history = [
        {
            "on": one.on, "state": states.stance(one.outcome, 1), "by": people.get(one.by_id, ""),
            "channel": states.CHANNEL_WORDS[one.channel], "words": one.words,
            "reason": states.reason_word(found.place, one.reason) if one.reason else "",
        }
        for one in row.history.order_by("-id")
    ]  # fmt: skip
    known = list(found.ties.filter(knows=n).order_by("-trust", "id"))
    labels = queries.labels_of(found, {tie.who for tie in known})
    context = {
        **frame(request, found, "canvass-households"),
        "row": _row(row),
        "history": history,
        "ties": queries.own_ties(found, n),
        "known_by": [
            {"n": tie.who, "label": labels.get(tie.who, ""), "trust": states.TRUST_WORDS[tie.trust]}
            for tie in known
        ],
        "visit": visit and str(visit.canvasser.account),
        "is_final": row.stance == "refused",
        "can_assign": found.state == "running" and row.stance not in ("refused", "agree") and not visit,
    }  # fmt: skip
    return page(request, "councils/canvasses/household.html", context)


def _back(found: Canvass, row: CanvassHousehold) -> tuple[str, str]:
    return reverse("councils_desk:canvass-household", args=[found.number, row.n]), row.label


@FORM
@desk
def contact(request: HttpRequest, number: str, n: int) -> HttpResponse:
    """What a canvasser reported on paper or by telephone."""
    found, actor = led(request, number), actor_of(request)
    row = setup.household_of(found, n)
    form = forms.ContactForm(found, _people(found), posted(request), initial={"on": today()})

    def act() -> None:
        data = dict(form.cleaned_data)
        by = UUID(data.pop("canvasser"))
        contacts.record_for(actor=actor, number=found.number, n=n, canvasser=by, once=uuid4().hex, **data)

    if attempt(request, form, act):
        messages.success(request, _("记下了。"))
        return redirect("councils_desk:canvass-household", found.number, n)
    title = _("替走访的人记一笔")
    return form_page(request, form, title=title, submit=_("记下"), back=_back(found, row), lead=row.label)


@FORM
@desk
def assign(request: HttpRequest, number: str, n: int) -> HttpResponse:
    """Who goes there, by hand."""
    found, actor = led(request, number), actor_of(request)
    row = setup.household_of(found, n)
    form = forms.AssignForm(_people(found), posted(request))
    act = lambda: contacts.assign(  # noqa: E731
        actor=actor, number=found.number, n=n, canvasser=UUID(form.cleaned_data["canvasser"])
    )
    if attempt(request, form, act):
        messages.success(request, _("安排好了。"))
        return redirect("councils_desk:canvass-household", found.number, n)
    text = _("最好请认识他们的人去。说过不的人不再去，也不会有两个人同时去。")
    return form_page(
        request, form, title=_("请谁去"), submit=_("安排"), back=_back(found, row), lead=row.label, text=text
    )


@require_POST
@desk
def remove(request: HttpRequest, number: str, n: int) -> HttpResponse:
    """Off the list, before it begins."""
    found = led(request, number)
    act = lambda: setup.remove_household(actor=actor_of(request), number=found.number, n=n)  # noqa: E731
    if run(request, act, _("从名单上去掉了。")):
        return redirect("councils_desk:canvass-households", found.number)
    return redirect("councils_desk:canvass-household", found.number, n)


# Ties ----------------------------------------------------------------------------------------------


@require_safe
@desk
def ties(request: HttpRequest, number: str) -> HttpResponse:
    """Everything that was allowed, newest first."""
    found = led(request, number)
    at = paging.page(found.ties.all(), order=("-id",), size=PER_PAGE, cursor=request.GET.get("after"))
    labels = queries.labels_of(found, {n for tie in at.items for n in (tie.who, tie.knows)})
    rows = [
        {
            "id": tie.pk, "who": labels.get(tie.who, ""), "who_n": tie.who,
            "knows": labels.get(tie.knows, ""), "knows_n": tie.knows,
            "trust": states.TRUST_WORDS[tie.trust], "how": states.HOW_WORDS[tie.how], "on": tie.consented_on,
        }
        for tie in at.items
    ]  # fmt: skip
    context = {
        **frame(request, found, "canvass-ties"),
        "rows": rows,
        "next": at.next,
        "total": found.ties.count(),
        "form": forms.DoorForm(found),
    }
    # A tie begins with the household that allows it: its door leads to the form.
    if request.GET.get("door"):
        form = forms.DoorForm(found, request.GET)
        if form.is_valid():
            try:
                row = acquaintances.find_door(found, **form.cleaned_data)
                return redirect("councils_desk:canvass-tie-new", found.number, row.n)
            except ActionError as error:
                refuse(form, error)
        context["form"] = form
    return page(request, "councils/canvasses/ties.html", context)


@FORM
@desk
def tie_new(request: HttpRequest, number: str, n: int) -> HttpResponse:
    """Whom this household knows, and what it allows."""
    found, actor = led(request, number), actor_of(request)
    row = setup.household_of(found, n)
    form = forms.TieForm(found, posted(request))

    def act() -> None:
        data = form.cleaned_data
        other = acquaintances.find_door(found, data["building"], data["door"])
        acquaintances.record_tie(
            actor=actor, number=found.number, who=n, knows=other.n, trust=data["trust"], how=data["how"]
        )

    if attempt(request, form, act):
        messages.success(request, _("记下了。"))
        return redirect("councils_desk:canvass-household", found.number, n)
    text = _("只记这户自己同意的。他们随时可以收回；行动结束时全部删除。")
    title = _("这户认识谁")
    return form_page(
        request, form, title=title, submit=_("记下"), back=_back(found, row), lead=row.label, text=text
    )


@require_POST
@desk
def tie_withdraw(request: HttpRequest, number: str, tie: UUID) -> HttpResponse:
    """The household took it back."""
    found = led(request, number)
    act = lambda: acquaintances.withdraw_tie(actor=actor_of(request), number=found.number, tie=tie)  # noqa: E731
    run(request, act, _("收回了，这条牵线已经删除。"))
    return redirect("councils_desk:canvass-ties", found.number)


# People and plan -----------------------------------------------------------------------------------


@FORM
@desk
def people(request: HttpRequest, number: str) -> HttpResponse:
    """Who leads and who knocks; somebody new."""
    found, actor = led(request, number), actor_of(request)
    form = forms.AddPerson(posted(request))

    def act() -> None:
        who = form.cleaned_data["who"].strip()
        alive = Account.objects.filter(erased_at=None, is_active=True)
        account = alive.filter(username=who).first() or account_by_phone(who, alive)
        key = account.pk if account else UUID(int=0)
        setup.add_canvasser(actor=actor, number=found.number, account=key, role=form.cleaned_data["role"])

    if attempt(request, form, act):
        messages.success(request, _("加好了，已经通知本人。"))
        return redirect("councils_desk:canvass-people", found.number)
    rows = list(found.canvassers.select_related("account").order_by("role", "id"))
    labels = queries.labels_of(found, {one.home for one in rows if one.home is not None})
    context = {
        **frame(request, found, "canvass-people"),
        "form": form,
        "leaders": [one for one in rows if one.role == "leader"],
        "canvassers": [
            {"one": one, "home": labels.get(one.home, ""), "open": one.visits.count()}
            for one in rows if one.role == "canvasser"
        ],
    }  # fmt: skip
    return page(request, "councils/canvasses/people.html", context, status=422 if form.errors else 200)


@FORM
@desk
def person(request: HttpRequest, number: str, canvasser: UUID) -> HttpResponse:
    """Which household is theirs; or they leave."""
    found, actor = led(request, number), actor_of(request)
    one = setup.member(found, canvasser)
    there = redirect("councils_desk:canvass-people", found.number)
    if request.method == "POST" and "leave" in request.POST:
        act = lambda: setup.remove_canvasser(actor=actor, number=found.number, canvasser=canvasser)  # noqa: E731
        run(request, act, _("退出了，没走的几户交回来了。"))
        return there
    form = forms.DoorForm(found, posted(request))

    def act() -> None:
        home = acquaintances.find_door(found, **form.cleaned_data)
        setup.set_home(actor=actor, number=found.number, canvasser=canvasser, n=home.n)

    if attempt(request, form, act):
        messages.success(request, _("记下了。"))
        return there
    where = (reverse("councils_desk:canvass-people", args=[found.number]), _("走访的人"))
    title, text = _("住在哪一户"), _("熟人链从这里开始。不住在名单上的，由负责人手工安排。")
    return form_page(
        request, form, title=title, submit=_("记下"), back=where, lead=str(one.account), text=text
    )


@FORM
@desk
def plan(request: HttpRequest, number: str) -> HttpResponse:
    """Today's doors of everybody, and why nobody goes to the others; worked out anew on demand."""
    found, actor = led(request, number), actor_of(request)
    if request.method == "POST":
        run(request, lambda: planning.plan_today(actor=actor, number=found.number), _("排好了。"))
        return redirect("councils_desk:canvass-plan", found.number)
    context = {
        **frame(request, found, "canvass-plan"),
        "people": queries.plan_rows(found),
        "waiting": queries.waiting_rows(found),
    }
    return page(request, "councils/canvasses/plan.html", context)

"""Sharing at the desk: what waits for a look, on behalf of others, objections and damage, the money."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.kernel import clock, codes, days, policy
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import NotVisible
from mulin.kernel.onward import onward
from mulin.kernel.pages import page, posted, run, tried
from mulin.ledger import tables
from mulin.ledger.wording import amount_words
from mulin.mutualaid.sharing import access, forms, money, offers, queries, settling, showing, states, uses
from mulin.mutualaid.sharing.models import SharedOffer
from mulin.mutualaid.sharing.views import month
from mulin.places.queries import name_of, names_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
READ, MANAGE = needs(access.VIEW), needs(access.MANAGE)
FOLDER = "mutualaid/sharing"
USES = 50


def places_of(actor: Any) -> list[str]:
    """Communities that the actor looks after: of one's posts, and those below where something is lent."""
    roles, found = policy.table()[access.VIEW], []
    for post in actor.posts:
        if post.role in roles and post.place:
            if codes.level(post.place) >= codes.Level.COMMUNITY:
                found.append(post.place[:12])
                continue
            low, high = codes.bounds(post.place)
            rows = SharedOffer.objects.filter(place__gte=low, place__lt=high).order_by("place")
            found += rows.values_list("place", flat=True).distinct()
    return list(dict.fromkeys(found))


@require_safe
@READ
def sharings(request: HttpRequest) -> HttpResponse:
    """What waits first; then everything that is lent."""
    actor = actor_of(request)
    found = access.visible_offers(actor).exclude(state="closed")
    asked = list(found.filter(state="asked").order_by("-id"))
    listed = onward(request, found.exclude(state="asked"), order=("-id",))
    places = places_of(actor)
    names = names_of({one.place for one in (*asked, *listed.rows)} | set(places))
    context = {
        "asked": [(showing.offer_row(one), names[one.place]) for one in asked],
        "rows": [(showing.offer_row(one), names[one.place]) for one in listed.rows],
        "list": listed,
        "objections": [_use_row(one) for one in queries.waiting_uses(actor)],
        "damages": [(_use_row(one.use), states.DAMAGES[one.state]) for one in queries.open_damages(actor)],
        "overdue": [_use_row(one) for one in queries.overdue_things(actor)],
        "places": [(one, names[one]) for one in places],
        "can_manage": policy.can_somewhere(actor, access.MANAGE),
    }
    return page(request, f"{FOLDER}/desk_list.html", context)


def _use_row(use: Any) -> dict[str, Any]:
    return showing.use_row(use, "aid_desk:sharing-use")


def _form_page(request: HttpRequest, form: Any, title: str, submit: str, back: tuple[str, str], **more: Any):
    context = {"form": form, "title": title, "submit": submit, "here": "sharings", **more}
    context |= {"back_url": back[0], "back_label": back[1]}
    return page(request, f"{FOLDER}/desk_form.html", context, status=422 if form.errors else 200)


def _home() -> tuple[str, str]:
    return reverse("aid_desk:sharings"), _("邻里共享")


@FORM
@MANAGE
def sharing_new(request: HttpRequest, place: str) -> HttpResponse:
    """For somebody who is not online."""
    actor = actor_of(request)
    _managed(request, place)
    form, made = forms.Offer(place, posted(request), desk=True), []
    if tried(request, form, lambda: made.append(offers.offer(actor=actor, place=place, **form.values()))):
        messages.success(request, _("登记好了，邻居可以约了。"))
        return redirect("aid_desk:sharing-thing", made[0].number)
    return _form_page(request, form, _("替人登记出借"), _("登记"), _home())


def _managed(request: HttpRequest, place: str, permission: str = access.MANAGE) -> str:
    if not codes.is_valid(place) or codes.level(place) != codes.Level.COMMUNITY:
        raise NotVisible(place)
    if not policy.can(actor_of(request), permission, place):
        raise NotVisible(place)
    return place


def _offer(request: HttpRequest, number: str) -> SharedOffer:
    """One of the places that one looks after; 404 for others."""
    actor = actor_of(request)
    found = access.get_offer(actor, number)
    if not policy.can(actor, access.VIEW, found.place):
        raise NotVisible(number)
    return found


@require_safe
@READ
def sharing_thing(request: HttpRequest, number: str) -> HttpResponse:
    """One space or thing with its uses; where it lies while it waits for a look."""
    actor = actor_of(request)
    found = _offer(request, number)
    manage = policy.can(actor, access.MANAGE, found.place)
    shows = manage and (found.state == "asked" or bool(found.owner_name))
    uses_ = onward(request, found.uses.select_related("offer"), order=("-starts_at", "-id"), size=USES)
    context = {
        "offer": found,
        **showing.offer_row(found),
        "hours": states.hours_words(found.windows),
        "owner": found.owner_name or str(found.account or _("已注销")),
        "sealed": queries.sealed_of(found) if shows else {},
        "deposit": amount_words("fen", found.deposit_fen) if found.deposit_fen else "",
        "uses": [_use_row(one) for one in uses_.rows],
        "list": uses_,
        "can_manage": manage,
        "here": "sharings",
    }
    return page(request, f"{FOLDER}/desk_thing.html", context)


@FORM
@MANAGE
def sharing_check(request: HttpRequest, number: str) -> HttpResponse:
    """Whether it is shown."""
    actor, found = actor_of(request), _offer(request, number)
    form = forms.Check(posted(request))

    def act() -> None:
        data = form.cleaned_data
        offers.decide_offer(
            actor=actor, number=found.number, accept=data["accept"] == "yes", reason=data["text"]
        )

    if tried(request, form, act):
        messages.success(request, _("定了，出借人会收到消息。"))
        return redirect("aid_desk:sharing-thing", found.number)
    back = (reverse("aid_desk:sharing-thing", args=[found.number]), found.title)
    return _form_page(request, form, _("看一眼"), _("就这样定"), back, sealed=queries.sealed_of(found))


@FORM
@MANAGE
def sharing_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change it for its owner."""
    actor, found = actor_of(request), _offer(request, number)
    _managed(request, found.place)
    form = forms.Offer(found.place, posted(request), found=found)
    if tried(request, form, lambda: offers.edit_offer(actor=actor, number=found.number, **form.values())):
        messages.success(request, _("已保存。"))
        return redirect("aid_desk:sharing-thing", found.number)
    back = (reverse("aid_desk:sharing-thing", args=[found.number]), found.title)
    return _form_page(request, form, _("改一改"), _("保存"), back)


@FORM
@MANAGE
def sharing_close(request: HttpRequest, number: str) -> HttpResponse:
    """End it, with a reason."""
    actor, found = actor_of(request), _offer(request, number)
    form = forms.Words(_("原因"), posted(request), help_text=_("出借人看得到"))
    if tried(
        request, form,
        lambda: offers.close_offer(actor=actor, number=found.number, reason=form.cleaned_data["text"]),
    ):  # fmt: skip
        messages.success(request, _("不再出借了。"))
        return redirect("aid_desk:sharing-thing", found.number)
    back = (reverse("aid_desk:sharing-thing", args=[found.number]), found.title)
    return _form_page(request, form, _("不再出借"), _("撤下"), back)


@FORM
@MANAGE
def sharing_book(request: HttpRequest, number: str) -> HttpResponse:
    """Book for somebody who is not online."""
    actor, found = actor_of(request), _offer(request, number)
    form, made = forms.Book(found, posted(request), desk=True), []
    if tried(
        request, form, lambda: made.append(uses.book(actor=actor, number=found.number, **form.cleaned_data))
    ):
        messages.success(request, _("约好了。请把在哪里、怎么进告诉对方。"))
        return redirect("aid_desk:sharing-use", made[0].number)
    back = (reverse("aid_desk:sharing-thing", args=[found.number]), found.title)
    lead = _("；").join(states.hours_words(found.windows))
    return _form_page(request, form, _("替人约"), _("约"), back, lead=lead)


def _use(request: HttpRequest, number: str) -> Any:
    actor = actor_of(request)
    found = access.get_use(actor, number)
    if not policy.can(actor, access.VIEW, found.place):
        raise NotVisible(number)
    return found


@require_safe
@READ
def sharing_use(request: HttpRequest, number: str) -> HttpResponse:
    """One use: state, fee, deposit, objection, damage."""
    actor, found = actor_of(request), _use(request, number)
    manage = policy.can(actor, access.MANAGE, found.place)
    facts = showing.use_facts(actor, found)
    damage = facts["damage"]
    acts = []
    if manage and facts["side"] == "desk":
        acts += ["objection"] if found.objection_state == "waiting" else []
        acts += ["damage"] if damage and damage.state != "settled" else []
        acts += ["waive"] if found.charge_id else []
    labels = {"objection": _("核实异议"), "damage": _("写双方说好的"), "waive": _("免去费用")}
    facts |= {
        "who": found.who or str(found.account or _("已注销")),
        "owner": found.offer.owner_name or str(found.offer.account or _("已注销")),
        "acts": [
            {"label": labels[one], "url": reverse("aid_desk:sharing-use-decide", args=[found.number, one])}
            for one in acts
        ],
        "steps": _steps(found, facts) if manage else [],
        "can_manage": manage,
        "here": "sharings",
    }
    return page(request, f"{FOLDER}/desk_use.html", facts)


def _steps(found: Any, facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Buttons that the two sides press themselves, for who is not online, and the deposit's."""
    from mulin.mutualaid.sharing.views import MOVES

    steps = [
        {"label": MOVES[move][3], "url": reverse("aid:sharing-use-do", args=[found.number, move])}
        for move in facts["moves"]
    ]
    take = found.deposit_state == "due"
    if found.deposit_state == "held" or (take and found.state in states.LIVE):
        steps.append(
            {
                "label": _("收到押金") if take else _("退还押金"),
                "url": reverse("aid_desk:sharing-deposit", args=[found.number]),
                "post": True,
            }
        )
    return steps


@FORM
@MANAGE
def sharing_use_decide(request: HttpRequest, number: str, what: str) -> HttpResponse:
    """An objection, damage, a fee."""
    actor, found = actor_of(request), _use(request, number)
    kinds = {
        "objection": (forms.Decide, _("核实异议"), found.objection),
        "damage": (forms.Settle, _("写双方说好的"), ""),
        "waive": (None, _("免去费用"), ""),
    }
    if what not in kinds:
        raise NotVisible(what)
    make, title, quote = kinds[what]
    form = (
        make(posted(request))
        if make
        else forms.Words(_("原因"), posted(request), help_text=_("双方都看得到"))
    )

    def act() -> None:
        data = form.cleaned_data
        if what == "objection":
            upheld = data["upheld"] == "yes"
            uses.decide_objection(actor=actor, number=found.number, upheld=upheld, words=data["text"])
        elif what == "damage":
            keep = forms.fen(data["keep"])
            uses.settle_damage(actor=actor, number=found.number, text=data["text"], keep_fen=keep)
        else:
            settling.waive(actor=actor, number=found.number, words=data["text"])

    if tried(request, form, act):
        messages.success(request, _("记下了，双方会收到消息。"))
        return redirect("aid_desk:sharing-use", found.number)
    back = (reverse("aid_desk:sharing-use", args=[found.number]), found.offer.title)
    return _form_page(request, form, title, _("定下"), back, quote=quote)


@require_POST
@MANAGE
def sharing_deposit(request: HttpRequest, number: str) -> HttpResponse:
    """The deposit came, or went back."""
    actor, found = actor_of(request), _use(request, number)
    act = settling.take_deposit if found.deposit_state == "due" else settling.return_deposit
    run(request, lambda: act(actor=actor, number=found.number), _("记下了。"))
    return redirect("aid_desk:sharing-use", found.number)


# Money ------------------------------------------------------------------------------------------------------


@require_safe
@READ
def sharing_money(request: HttpRequest, place: str) -> HttpResponse:
    """The settlement of a month: who owes, who is to get, what was charged and how it was split."""
    _managed(request, place, access.VIEW)
    first = month(request)
    found = queries.month_of(place, first)
    if request.GET.get("as") == "xlsx":
        return tables.answer(_sheet(found), f"sharing-{first:%Y-%m}")
    context = {
        "place": place,
        "name": name_of(place),
        "found": found,
        "first": first,
        "month": f"{first:%Y-%m}",
        "figures": [
            {"label": _("这个月的费用"), "value": amount_words("fen", found.total)},
            {"label": _("社区的一份"), "value": amount_words("fen", found.community), "behind": _("至今")},
            {
                "label": _("社区手里的钱"),
                "value": amount_words("fen", found.till),
                "behind": _("其中押金 %(n)s") % {"n": amount_words("fen", found.deposits)},
            },
        ],
        "rows": [_money_row(row) for row in found.rows],
        "can_manage": policy.can(actor_of(request), access.MANAGE, place),
        "here": "sharings",
    }
    template = "money_print" if request.GET.get("as") == "print" else "desk_money"
    return (render if template == "money_print" else page)(request, f"{FOLDER}/{template}.html", context)


def _money_row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        **row,
        **{name: amount_words("fen", row[name]) for name in ("fen", "owner", "community", "estate")},
        "when": showing.span_words(row["use"].starts_at, row["use"].ends_at),
        "url": reverse("aid_desk:sharing-use", args=[row["use"].number]),
    }


def _sheet(found: queries.Month) -> bytes:
    heads = [
        _("日期"), _("编号"), _("什么"), _("从"), _("到"), _("费用（元）"), _("出借人（元）"),
        _("社区（元）"),
        _("小区（元）"),
    ]  # fmt: skip
    rows = [
        (
            row["on"].isoformat(), row["use"].number, row["title"],
            days.kept(row["use"].starts_at),
            days.kept(row["use"].ends_at), row["fen"] / 100, row["owner"] / 100,
            row["community"] / 100, row["estate"] / 100,
        )
        for row in found.rows
    ]  # fmt: skip
    return tables.sheet(f"{found.first:%Y-%m}", heads, rows, (12, 14, 24, 18, 18))


_KINDS = {"owner": money.OWNER, "borrower": money.BORROWER}


@require_safe
@READ
def sharing_party(request: HttpRequest, place: str, kind: str, party: UUID) -> HttpResponse:
    """Somebody's book: on paper for them, and where money that went over the counter is recorded."""
    _managed(request, place, access.VIEW)
    found = queries.statement_of(place, _KINDS[kind], party) if kind in _KINDS else None
    if found is None:
        raise NotVisible(str(party))
    owed = found.closing if kind == "owner" else -found.closing
    context = {
        "place": place,
        "place_name": name_of(place),
        "kind": kind,
        "party": party,
        "who": queries.party_name(place, party),
        "statement": found,
        "owed": amount_words("fen", max(0, owed)),
        "can_record": owed > 0 and policy.can(actor_of(request), access.MANAGE, place),
        "today": clock.today(),
        "here": "sharings",
    }
    if request.GET.get("as") == "print":
        return render(request, f"{FOLDER}/party_print.html", context)
    return page(request, f"{FOLDER}/desk_party.html", context)


@FORM
@MANAGE
def sharing_cash(request: HttpRequest, place: str, kind: str, party: UUID) -> HttpResponse:
    """Money went over the counter."""
    actor = actor_of(request)
    _managed(request, place)
    if kind not in _KINDS:
        raise NotVisible(kind)
    act = settling.record_payout if kind == "owner" else settling.record_payment
    form = forms.Cash(posted(request))
    if tried(request, form, lambda: act(actor=actor, place=place, party=party, **form.values())):
        messages.success(request, _("记下了。"))
        return redirect("aid_desk:sharing-party", place, kind, party)
    title = _("付给出借人") if kind == "owner" else _("收到借用费")
    back = (reverse("aid_desk:sharing-party", args=[place, kind, party]), queries.party_name(place, party))
    return _form_page(request, form, title, _("记下"), back)

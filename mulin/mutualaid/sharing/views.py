"""Sharing for residents: what can be had, lending, booking, the page of a use, one's money."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.kernel import clock, codes, days
from mulin.kernel.context import actor_of
from mulin.kernel.errors import NotVisible
from mulin.kernel.onward import onward, sliced
from mulin.kernel.pages import posted, run, tried
from mulin.ledger import tables
from mulin.ledger.wording import amount_words
from mulin.mutualaid.sharing import access, forms, offers, queries, showing, states, uses
from mulin.people.models import Account
from mulin.places.queries import exists, name_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
FOLDER = "mutualaid/sharing"
SHOWN, PAST = 100, 30
# What a button of a use does: (title, label of its text or none, what is said afterwards, the button).
MOVES: dict[str, tuple[Any, Any, Any, Any]] = {
    "begin": (
        gettext_lazy("开始用"), None, gettext_lazy("记下了，用完请点“用完了”。"), gettext_lazy("开始用"),
    ),
    "end": (gettext_lazy("用完了"), None, gettext_lazy("记下了。"), gettext_lazy("用完了")),
    "cancel": (
        gettext_lazy("取消这次"), gettext_lazy("为什么"), gettext_lazy("取消了，对方会收到消息。"),
        gettext_lazy("取消这次"),
    ),
    "no-show": (
        gettext_lazy("对方没有来"), None, gettext_lazy("记下了。对方会收到消息，可以提出异议。"),
        gettext_lazy("说对方没有来"),
    ),
    "object": (
        gettext_lazy("我有异议"), gettext_lazy("当时的情况"),
        gettext_lazy("收到了，社区会核实。核实以前不算数。"),
        gettext_lazy("提出异议"),
    ),
    "damage": (
        gettext_lazy("有损坏"), gettext_lazy("坏了什么"), gettext_lazy("记下了，对方会来回话。"),
        gettext_lazy("告诉对方"),
    ),
    "answer": (
        gettext_lazy("回话"), gettext_lazy("您的说法"), gettext_lazy("记下了，社区会和双方商量。"),
        gettext_lazy("回话"),
    ),
}  # fmt: skip
_ACTS = {
    "begin": lambda actor, number, text: uses.begin(actor=actor, number=number),
    "end": lambda actor, number, text: uses.end(actor=actor, number=number),
    "cancel": lambda actor, number, text: uses.cancel(actor=actor, number=number, reason=text),
    "no-show": lambda actor, number, text: uses.say_no_show(actor=actor, number=number),
    "object": lambda actor, number, text: uses.object_to_no_show(actor=actor, number=number, words=text),
    "damage": lambda actor, number, text: uses.tell_damage(actor=actor, number=number, text=text),
    "answer": lambda actor, number, text: uses.answer_damage(actor=actor, number=number, text=text),
}


def _place(place: str) -> str:
    if not codes.is_valid(place) or codes.level(place) != codes.Level.COMMUNITY or not exists(place):
        raise NotVisible(place)
    return place


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=clock.zone())


@require_safe
def sharing(request: HttpRequest) -> HttpResponse:
    """One's own community's; who has none is asked for one on their page."""
    account = Account.objects.filter(pk=actor_of(request).account).first()
    place = (account.home_place if account else "")[:12]
    if codes.is_valid(place) and codes.level(place) == codes.Level.COMMUNITY and exists(place):
        return redirect("aid:sharing-here", place)
    return redirect("portal:home")


@require_safe
def sharing_here(request: HttpRequest, place: str) -> HttpResponse:
    """What is lent in a community, and what can be had at a time."""
    place, form = _place(place), forms.Search(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    starts, ends = wanted.get("starts_at"), wanted.get("ends_at")
    found = queries.search(place, kind=wanted.get("kind", ""), starts_at=starts, ends_at=ends)
    asked = bool(starts and ends and ends > starts)
    query = f"?from={starts:%Y-%m-%dT%H:%M}&to={ends:%Y-%m-%dT%H:%M}" if asked else ""
    listed = sliced(request, found, size=SHOWN)
    rows = [showing.offer_row(one.offer, one) for one in listed.rows]
    for row in rows:
        row["url"] += query if row["fits"] else ""
    context = {
        "place": place,
        "place_name": name_of(place),
        "form": form,
        "asked": showing.span_words(starts, ends) if asked else "",
        "fitting": [row for row in rows if row["fits"]],
        "others": [row for row in rows if not row["fits"]],
        "list": listed,
        "is_wrong": bool(starts and ends and ends <= starts),
    }
    return render(request, f"{FOLDER}/here.html", context)


@FORM
def sharing_new(request: HttpRequest, place: str) -> HttpResponse:
    """Lend a space or a thing."""
    place, actor = _place(place), actor_of(request)
    if actor.is_anonymous:
        return redirect_to_login(request.get_full_path())
    form = forms.Offer(place, posted(request))
    made: list[Any] = []
    if tried(request, form, lambda: made.append(offers.offer(actor=actor, place=place, **form.values()))):
        looked_at = made[0].state == "asked"
        said = _("收到了，社区看过就挂出来。") if looked_at else _("挂出来了，邻居可以约了。")
        messages.success(request, said)
        return redirect("aid:sharing-thing", made[0].number)
    context = {"form": form, "title": _("借出车位或东西"), "submit": _("挂出来")}
    context |= {"back_url": reverse("aid:sharing-here", args=[place]), "back_label": _("邻里共享")}
    context["place_name"] = name_of(place)
    return render(request, f"{FOLDER}/form.html", context, status=422 if form.errors else 200)


@require_safe
def sharing_mine(request: HttpRequest) -> HttpResponse:
    """What I booked, what I lend, what is owed."""
    actor = actor_of(request)
    if actor.is_anonymous:
        return redirect_to_login(request.get_full_path())
    found = queries.mine(actor)
    past = onward(request, found.past, order=("-starts_at", "-id"), size=PAST, name="past")
    lent = onward(request, found.lent, order=("-starts_at", "-id"), size=PAST, name="lent")
    context = {
        "coming": [showing.use_row(one) for one in found.booked],
        "past": [showing.use_row(one) for one in past.rows],
        "past_list": past,
        "offers": [showing.offer_row(one) for one in found.offers],
        "lent": [showing.use_row(one) for one in lent.rows],
        "lent_list": lent,
        "owes": amount_words("fen", found.owes) if found.owes else "",
        "due": amount_words("fen", found.due) if found.due else "",
        "has_money": bool(queries.own_books(actor)),
    }
    return render(request, f"{FOLDER}/mine.html", context)


@require_safe
def sharing_thing(request: HttpRequest, number: str) -> HttpResponse:
    """One space or thing: when it is free, what it costs; for its owner also who booked it."""
    actor = actor_of(request)
    found = access.get_offer(actor, number)
    own = access.is_owner(actor, found)
    query = request.GET.urlencode()
    coming = found.uses.filter(state__in=states.LIVE).order_by("starts_at") if own else []
    context = {
        "offer": found,
        **showing.offer_row(found),
        "place_name": name_of(found.place),
        "hours": states.hours_words(found.windows),
        "free": [showing.span_words(*one) for one in queries.free_of(found)] if found.state == "open" else [],
        "deposit": amount_words("fen", found.deposit_fen) if found.deposit_fen else "",
        "own": own,
        "sealed": queries.sealed_of(found) if own else {},
        "coming": [showing.use_row(one) for one in coming],
        "book_url": reverse("aid:sharing-book", args=[found.number]) + (f"?{query}" if query else ""),
        "cancel_hours": _cancel_hours(found.place),
    }
    return render(request, f"{FOLDER}/thing.html", context)


def _cancel_hours(place: str) -> int:
    from mulin.kernel import rulebook

    return int(rulebook.value("aid.sharing.cancel_hours", at=place))


@FORM
def sharing_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change one's own."""
    actor = actor_of(request)
    found = access.get_offer(actor, number)
    if not access.is_owner(actor, found):
        raise NotVisible(number)
    form = forms.Offer(found.place, posted(request), found=found)
    if tried(request, form, lambda: offers.edit_offer(actor=actor, number=found.number, **form.values())):
        messages.success(request, _("已保存。"))
        return redirect("aid:sharing-thing", found.number)
    context = {"form": form, "title": _("改一改"), "submit": _("保存")}
    context |= {"back_url": reverse("aid:sharing-thing", args=[found.number]), "back_label": found.title}
    return render(request, f"{FOLDER}/form.html", context, status=422 if form.errors else 200)


@require_POST
def sharing_state(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """Pause, lend again, or end it."""
    actor = actor_of(request)
    acts = {
        "pause": (offers.pause_offer, _("先不借了，已经约好的还算数。")),
        "resume": (offers.resume_offer, _("又可以约了。")),
        "close": (offers.close_offer, _("不再出借了。")),
    }
    if move not in acts:
        raise NotVisible(move)
    act, said = acts[move]
    run(request, lambda: act(actor=actor, number=number), said)
    return redirect("aid:sharing-thing", number)


@FORM
def sharing_book(request: HttpRequest, number: str) -> HttpResponse:
    """Book it."""
    actor = actor_of(request)
    if actor.is_anonymous:
        return redirect_to_login(request.get_full_path())
    found = access.get_offer(actor, number)
    start = (_moment(request.GET.get("from", "")), _moment(request.GET.get("to", "")))
    form, made = forms.Book(found, posted(request), start=start), []
    if tried(request, form, lambda: made.append(uses.book(actor=actor, number=number, **form.cleaned_data))):
        messages.success(request, _("约好了。在哪里、怎么进写在这一页上。"))
        return redirect("aid:sharing-use", made[0].number)
    context = {
        "offer": found,
        "form": form,
        "fee": showing.fee_words(found),
        "hours": states.hours_words(found.windows),
        "deposit": amount_words("fen", found.deposit_fen) if found.deposit_fen else "",
        "cancel_hours": _cancel_hours(found.place),
    }
    return render(request, f"{FOLDER}/book.html", context, status=422 if form.errors else 200)


@require_safe
def sharing_use(request: HttpRequest, number: str) -> HttpResponse:
    """One use, as its side sees it."""
    actor = actor_of(request)
    if actor.is_anonymous:
        return redirect_to_login(request.get_full_path())
    found = access.get_use(actor, number)
    facts = showing.use_facts(actor, found)
    facts["buttons"] = [
        {
            "label": MOVES[move][3],
            "url": reverse("aid:sharing-use-do", args=[found.number, move]),
            "main": n == 0 and move in {"begin", "end", "object", "answer"},
        }
        for n, move in enumerate(facts["moves"])
    ]
    return render(request, f"{FOLDER}/use.html", facts)


@FORM
def sharing_use_do(request: HttpRequest, number: str, move: str) -> HttpResponse:
    """A step of a use: asked once, with a text where one is needed."""
    actor = actor_of(request)
    if actor.is_anonymous:
        return redirect_to_login(request.get_full_path())
    found = access.get_use(actor, number)
    if move not in MOVES:
        raise NotVisible(move)
    title, label, said, submit = MOVES[move]
    side = access.side_of(actor, found)
    needs_text = label is not None and not (move == "cancel" and side == "borrower")
    form = (
        forms.Words(label, posted(request), required=needs_text)
        if label
        else forms.forms.Form(posted(request))
    )
    if tried(request, form, lambda: _ACTS[move](actor, found.number, form.cleaned_data.get("text", ""))):
        messages.success(request, said)
        return redirect("aid_desk:sharing-use" if side == "desk" else "aid:sharing-use", found.number)
    fee = uses.late_fee(found) if move == "cancel" and side == "borrower" else 0
    context = {
        "form": form,
        "title": title,
        "lead": f"{found.offer.title}，{showing.span_words(found.starts_at, found.ends_at)}",
        "warning": _("现在取消要付 %(fee)s。") % {"fee": amount_words("fen", fee)} if fee else "",
        "submit": submit,
        "back_url": reverse(
            "aid_desk:sharing-use" if side == "desk" else "aid:sharing-use", args=[found.number]
        ),
        "back_label": found.offer.title,
    }
    return render(request, f"{FOLDER}/form.html", context, status=422 if form.errors else 200)


def month(request: HttpRequest) -> date:
    """The month that was asked for, this one without."""
    text = request.GET.get("month", "")
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return clock.today().replace(day=1)


@require_safe
def sharing_money(request: HttpRequest) -> HttpResponse:
    """What I owe and what is due to me, line by line, to print or as a file."""
    actor = actor_of(request)
    if actor.is_anonymous:
        return redirect_to_login(request.get_full_path())
    titles = {"share.borrower": _("我借用的"), "share.owner": _("我出借的"), "share.deposit": _("押金")}
    found = [
        (titles[one.kind], name_of(one.place), queries.statement_of(one.place, one.kind, one.ref))
        for one in queries.own_books(actor)
    ]
    if request.GET.get("as") == "xlsx" and found:
        return tables.answer(_sheet(found), "sharing")
    context = {"books": found, "who": str(request.user), "today": days.day_words(clock.today())}
    return render(request, f"{FOLDER}/money.html", context)


def _sheet(found: list[tuple[str, str, Any]]) -> bytes:
    heads = [_("账"), _("社区"), _("日期"), _("编号"), _("事项"), _("说明"), _("金额（元）"), _("余额（元）")]
    rows = [
        (
            title,
            place,
            one.on.isoformat(),
            one.number,
            one.reason,
            one.words,
            one.amount / 100,
            one.after / 100,
        )
        for title, place, statement in found
        for one in statement.lines
    ]
    return tables.sheet(_("共享的账"), heads, rows)

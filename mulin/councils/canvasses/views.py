"""Pages on the phone: what everybody can read, one's own household, and the doors of who knocks on them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.councils.canvasses import (
    access,
    contacts,
    forms,
    planning,
    queries,
    questions,
    reading,
    states,
    ties,
)
from mulin.councils.canvasses.models import Canvass, CanvassContact, Canvasser
from mulin.kernel import rulebook, throttle
from mulin.kernel.clock import now
from mulin.kernel.context import actor_of
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.pages import posted, refuse
from mulin.places.queries import full_name, name_of

FORM = require_http_methods(["GET", "HEAD", "POST"])
HOUR = 3600
View = Callable[..., HttpResponse]


def private(response: HttpResponse) -> HttpResponse:
    """A page for one person: never indexed or kept."""
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def signed_in(view: View) -> View:
    """Strangers are asked to sign in; the page is kept nowhere."""

    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if actor_of(request).is_anonymous:
            return redirect_to_login(request.get_full_path())
        return private(view(request, *args, **kwargs))

    inside.__name__, inside.__doc__ = view.__name__, view.__doc__
    return inside


def in_place(found: Canvass) -> dict[str, Any]:
    return {"canvass": found, "place_name": name_of(found.place)}


def run(request: HttpRequest, act: Callable[[], Any], said: str = "") -> bool:
    """Run an action; its refusal becomes a message. What the person may not do at all stays an error."""
    try:
        act()
    except ActionError as error:
        if error.status in {403, 429}:
            raise
        messages.warning(request, str(error.message))
        return False
    if said:
        messages.success(request, said)
    return True


# For everybody --------------------------------------------------------------------------------------


@require_safe
def canvass(request: HttpRequest, number: str) -> HttpResponse:
    """What is asked, how far it is, questions and answers, how to take part or be left alone."""
    found = access.get_public(number)
    return render(request, "councils/canvasses/public.html", _public(request, found, forms.AskForm()))


def _public(request: HttpRequest, found: Canvass, form: forms.AskForm) -> dict[str, Any]:
    actor = actor_of(request)
    own = contacts.own_household(actor.account, found) if found.state == "running" else None
    return {
        **in_place(found),
        "asks": full_name(found.place),
        "state": states.state(found.state),
        "board": reading.board(found, is_public=True),
        "answers": [
            {
                "kind": states.KIND_WORDS[one.kind],
                "text": one.text,
                "answer": one.answer,
                "on": one.answered_at,
            }
            for one in found.questions.filter(state="answered").order_by("-answered_at")
        ],
        "form": form,
        "own": own and {"label": own.label, "state": states.stance(own.stance, 1)},
        "is_canvasser": access.canvasser_of(actor, found) is not None,
    }


@require_POST
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """A question by anybody; it appears once it has an answer."""
    found = access.get_public(number)
    form = forms.AskForm(request.POST)
    if form.is_valid():
        try:
            most = int(rulebook.value("councils.canvass.asks_per_hour", at=found.place))
            throttle.check("canvass-ask", throttle.caller(request), limit=most, seconds=HOUR)
            questions.ask(actor=actor_of(request), number=found.number, text=form.cleaned_data["text"])
            messages.success(request, _("收到了。有了答复会写在这一页上。"))
            return redirect("councils:canvass", found.number)
        except ActionError as error:
            refuse(form, error)
    return render(request, "councils/canvasses/public.html", _public(request, found, form), status=422)


# One's own household --------------------------------------------------------------------------------


def _own(request: HttpRequest, number: str) -> tuple[Canvass, Any]:
    found = access.get_public(number)
    row = contacts.own_household(actor_of(request).account, found)
    if row is None or found.state != "running":
        raise NotVisible(number)
    return found, row


@FORM
@signed_in
def own(request: HttpRequest, number: str) -> HttpResponse:
    """Say what one's household thinks, without anybody at the door; take consents back."""
    found, row = _own(request, number)
    if request.method == "POST":
        stance = request.POST.get("stance", "")
        said = (
            _("记下了。不会再有人上门。") if stance == "refused" else _("记下了。想法变了，随时可以再来改。")
        )
        run(
            request,
            lambda: contacts.say_own(actor=actor_of(request), number=found.number, stance=stance),
            said,
        )
        return redirect("councils:canvass-own", found.number)
    return render(request, "councils/canvasses/own.html", _own_page(found, row, forms.TieForm(found)))


def _own_page(found: Canvass, row: Any, form: forms.TieForm) -> dict[str, Any]:
    choices = [
        {"code": code, "label": word, "icon": icon, "current": row.stance == code}
        for code, (word, icon, _tone) in states.STANCE_WORDS.items()
        if code in contacts.OWN_STANCES
    ]
    form.fields["how"].label = _("您同意什么")
    return {
        **in_place(found),
        "row": row,
        "choices": choices,
        "ties": queries.own_ties(found, row.n),
        "form": form,
        "may_tie": row.stance == "agree",
    }


@require_POST
@signed_in
def own_tie(request: HttpRequest, number: str) -> HttpResponse:
    """Allow to be sent to somebody one knows, or to have one's name said there."""
    found, row = _own(request, number)
    form = forms.TieForm(found, request.POST)
    if _tie(request, found, row.n, form):
        return redirect("councils:canvass-own", found.number)
    return render(request, "councils/canvasses/own.html", _own_page(found, row, form), status=422)


def _tie(request: HttpRequest, found: Canvass, who: int, form: forms.TieForm) -> bool:
    if not form.is_valid():
        return False
    data = form.cleaned_data
    try:
        other = ties.find_door(found, data["building"], data["door"])
        ties.record_tie(
            actor=actor_of(request),
            number=found.number,
            who=who,
            knows=other.n,
            trust=data["trust"],
            how=data["how"],
        )
    except ActionError as error:
        refuse(form, error)
        return False
    messages.success(request, _("记下了：%(door)s。随时可以收回。") % {"door": other.label})
    return True


@require_POST
@signed_in
def withdraw(request: HttpRequest, number: str, tie: UUID) -> HttpResponse:
    """Take a consent back: by the household, or by the canvasser who wrote it down."""
    found = access.get_public(number)
    run(
        request,
        lambda: ties.withdraw_tie(actor=actor_of(request), number=found.number, tie=tie),
        _("收回了，这条牵线已经删除。"),
    )
    if contacts.own_household(actor_of(request).account, found):
        return redirect("councils:canvass-own", found.number)
    return redirect("councils:canvass-doors", found.number)


# For who knocks on doors ----------------------------------------------------------------------------


@require_safe
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """The campaigns one knocks on doors for; straight to the doors where it is one."""
    found = list(access.own_canvasses(actor_of(request).account)[:20])
    if len(found) == 1:
        return redirect("councils:canvass-doors", found[0].number)
    rows = [{"canvass": one, "place": name_of(one.place)} for one in found]
    return render(request, "councils/canvasses/mine.html", {"rows": rows})


@require_safe
@signed_in
def doors(request: HttpRequest, number: str) -> HttpResponse:
    """Today's doors, each with its reason; what one recorded lately can be undone."""
    found, me = access.get_own(actor_of(request), number)
    context = {
        **in_place(found),
        "doors": queries.doors_of(me),
        "recent": [_contact(one, found) for one in queries.recent_of(me)],
        "done": queries.done_today(me),
        "most": rulebook.value("councils.etiquette", at=found.place)["visits_each"],
        "has_home": me.home is not None,
    }
    return render(request, "councils/canvasses/doors.html", context)


def _contact(one: CanvassContact, found: Canvass) -> dict[str, Any]:
    minutes = int(rulebook.value("councils.canvass.undo_minutes", at=found.place))
    return {
        "id": one.pk,
        "label": one.household.label,
        "n": one.household.n,
        "state": states.stance(one.outcome, 1),
        "at": one.created_at,
        "can_undo": one.created_at > now() - timedelta(minutes=minutes),
        "reason": states.reason_word(found.place, one.reason) if one.reason else "",
    }


@require_POST
@signed_in
def more(request: HttpRequest, number: str) -> HttpResponse:
    """A few more doors, within the etiquette."""
    count: list[int] = []
    act = lambda: count.append(planning.more_doors(actor=actor_of(request), number=number))  # noqa: E731
    if run(request, act) and not count[0]:
        messages.info(request, _("现在没有适合您去的人家。有人愿意牵线时，这里会再有。"))
    return redirect("councils:canvass-doors", number)


def _door(me: Canvasser, n: int) -> queries.Door:
    found = next((one for one in queries.doors_of(me) if one.n == n), None)
    if found is None:
        raise NotVisible(str(n))
    return found


@FORM
@signed_in
def door(request: HttpRequest, number: str, n: int) -> HttpResponse:
    """One door: who lives there said what. What is sent twice on a bad line counts once."""
    actor = actor_of(request)
    found, me = access.get_own(actor, number)
    values = request.POST if request.method == "POST" else {}
    error = ""
    if request.method == "POST":
        try:
            made = contacts.record_contact(
                actor=actor, number=found.number, n=n, outcome=values.get("outcome", ""),
                reason=values.get("reason", ""), words=values.get("words", ""),
                channel=values.get("channel") or "door", once=values.get("idempotency_key", ""),
            )  # fmt: skip
            return redirect("councils:canvass-done", found.number, made.pk)
        except ActionError as refused:
            if refused.status == 403:
                raise
            error = str(refused.message)
            if not me.visits.filter(n=n).exists():
                # Somebody else was there meanwhile: there is no form to come back to.
                messages.warning(request, error)
                return redirect("councils:canvass-doors", found.number)
    context = {**in_place(found), "door": _door(me, n), "error": error, **_choices(found, values)}
    return render(request, "councils/canvasses/door.html", context, status=422 if error else 200)


def _choices(found: Canvass, values: Any) -> dict[str, Any]:
    """What can be ticked at a door, with what was ticked before an error."""
    channel = values.get("channel") or "door"
    return {
        "stances": [
            {"code": code, "label": word, "icon": icon, "checked": values.get("outcome") == code}
            for code, (word, icon, _tone) in states.STANCE_WORDS.items()
        ],
        "reasons": [
            {"code": code, "label": word, "checked": values.get("reason") == code}
            for code, word in states.reasons(found.place)
        ],
        "channels": [
            {"code": code, "label": states.CHANNEL_WORDS[code], "checked": channel == code}
            for code in states.VISIT_CHANNELS
        ],
        "words": values.get("words", ""),
        "key": values.get("idempotency_key") or uuid4().hex,
    }


@require_POST
@signed_in
def back(request: HttpRequest, number: str, n: int) -> HttpResponse:
    """Somebody else should go."""
    act = lambda: contacts.give_back(actor=actor_of(request), number=number, n=n)  # noqa: E731
    run(request, act, _("交回了，会请别人去。"))
    return redirect("councils:canvass-doors", number)


def _done(request: HttpRequest, number: str, contact: UUID) -> tuple[Canvass, Canvasser, CanvassContact]:
    found, me = access.get_own(actor_of(request), number)
    one = me.contacts.select_related("household").filter(pk=contact).first()
    if one is None:
        raise NotVisible(number)
    return found, me, one


def _done_page(found: Canvass, me: Canvasser, one: CanvassContact, form: forms.TieForm) -> dict[str, Any]:
    return {
        **in_place(found),
        "one": _contact(one, found),
        "left": me.visits.count(),
        "may_tie": one.outcome == "agree" and one.household.stance == "agree",
        "form": form,
        "ties": [
            row for row in queries.own_ties(found, one.household.n)
            if found.ties.filter(pk=row["id"], recorded_by=me.account_id).exists()
        ],
    }  # fmt: skip


@require_safe
@signed_in
def done(request: HttpRequest, number: str, contact: UUID) -> HttpResponse:
    """What was recorded, a way back, the next door; whom they know, where they agreed and allow it."""
    found, me, one = _done(request, number, contact)
    return render(request, "councils/canvasses/done.html", _done_page(found, me, one, forms.TieForm(found)))


@require_POST
@signed_in
def tie(request: HttpRequest, number: str, contact: UUID) -> HttpResponse:
    """Whom a household that agreed knows, and what it allows."""
    found, me, one = _done(request, number, contact)
    form = forms.TieForm(found, posted(request))
    if _tie(request, found, one.household.n, form):
        return redirect("councils:canvass-done", found.number, one.pk)
    return render(request, "councils/canvasses/done.html", _done_page(found, me, one, form), status=422)


@require_POST
@signed_in
def undo(request: HttpRequest, number: str, contact: UUID) -> HttpResponse:
    """Take back a slip of the hand."""
    act = lambda: contacts.undo_contact(actor=actor_of(request), number=number, contact=contact)  # noqa: E731
    run(request, act, _("撤销了，这户还在您手上。"))
    return redirect("councils:canvass-doors", number)

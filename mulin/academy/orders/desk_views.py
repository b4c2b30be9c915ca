"""Orders at the desk: the list with its filters, answers to many at once, one order, the fast entry."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mulin.academy.catalogues import parts
from mulin.academy.clubs import access as clubs
from mulin.academy.orders import access, actions, desk_reading, forms, showing
from mulin.academy.orders.models import Asking
from mulin.academy.orders.reading import choices
from mulin.kernel import policy
from mulin.kernel.clock import today
from mulin.kernel.context import actor_of
from mulin.kernel.door import needs
from mulin.kernel.errors import ActionError, NotAllowed
from mulin.kernel.links import address
from mulin.kernel.numbers import show_number
from mulin.kernel.pages import page, posted, refuse, tried
from mulin.kernel.policy import Target

FORM = require_http_methods(["GET", "HEAD", "POST"])
SEE = needs(access.VIEW)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@SEE
def orders(request: HttpRequest) -> HttpResponse:
    """Orders by what most people wish for, narrowed by theme, age, time, kind and place."""
    actor = actor_of(request)
    context = desk_reading.list_page(actor, request)
    context["may_answer"] = policy.can_somewhere(actor, access.ANSWER)
    context["may_found"] = policy.can_somewhere(actor, clubs.MANAGE)
    context["here"] = "orders"
    return page(request, "academy/orders/desk_list.html", context)


@require_safe
@SEE
def export(request: HttpRequest) -> HttpResponse:
    """The list as it is narrowed down, as an Excel file; no persons in it."""
    response = HttpResponse(desk_reading.workbook(actor_of(request), request.GET), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="orders-{today().isoformat()}.xlsx"'
    return response


@require_safe
@SEE
def print_list(request: HttpRequest) -> HttpResponse:
    """The list of orders for the board: themes, people, times; no persons."""
    return page(request, "academy/orders/print.html", desk_reading.print_page(actor_of(request), request.GET))


def chosen(request: HttpRequest) -> list[str]:
    """Numbers that were ticked; with `whole` all that the filters of the list show."""
    data: QueryDict = request.POST
    if data.get("whole"):
        return desk_reading.numbers(actor_of(request), data)
    return data.getlist("orders")


@require_POST
@needs(access.ANSWER)
def answer(request: HttpRequest) -> HttpResponse:
    """The same answer to everybody behind the ticked orders. Sent from the list it shows the form first."""
    actor = actor_of(request)
    numbers = chosen(request)
    if not numbers:
        messages.warning(request, _("请先勾选要答复的订单。"))
        return redirect("academy_desk:orders")
    is_asked = "decision" in request.POST or "text" in request.POST
    form = forms.Answer(request.POST if is_asked else None)
    if is_asked and form.is_valid():
        given = form.cleaned_data
        act = actions.accept_orders if given["decision"] == "accepted" else actions.decline_orders
        try:
            n = act(actor=actor, numbers=numbers, text=given["text"])
            text = ngettext(
                "答复了 %d 条订单，每一位说过的人都会收到。", "答复了 %d 条订单，每一位说过的人都会收到。", n
            )
            messages.success(request, text % n)
            return redirect("academy_desk:orders")
        except ActionError as error:
            if error.status == 403:
                raise
            refuse(form, error)
    context = {
        "form": form,
        "numbers": numbers,
        "people": desk_reading.people_behind(actor, numbers),
        "here": "orders",
    }
    return page(request, "academy/orders/answer.html", context, status=422 if form.errors else 200)


@FORM
@needs(access.DESCRIBE)
def order(request: HttpRequest, number: str) -> HttpResponse:
    """Put right what an order is about: what the machine guessed, or what the person said less exactly."""
    actor = actor_of(request)
    found = access.get_order(actor, number)
    policy.require(actor, access.DESCRIBE, Target(place=found.place))
    askings = list(Asking.objects.filter(order=found, voice__state="received").select_related("voice"))
    wanted = request.GET.get("voice", "")
    asking = next((one for one in askings if one.voice.number == wanted), askings[0] if askings else None)
    initial = {name: getattr(found, name) for name in ("theme", "age", "gives", "minutes")}
    if asking:
        initial |= {"age": asking.age or found.age, "people": asking.people, "times": choices(asking.slots)}
    form = forms.Describe(posted(request), initial=initial)
    if found.kind != "offer":
        del form.fields["gives"]
    back = address("desk:wish", found.number) or reverse("academy_desk:orders")
    if asking and tried(
        request,
        form,
        lambda: actions.describe_order(actor=actor, number=asking.voice.number, **form.cleaned_data),
    ):
        messages.success(request, _("改好了。"))
        return redirect(back)
    context = {
        "form": form,
        "order": found,
        "title": found.matter.title,
        "facts": showing.facts(actor, found),
        "asking": asking,
        "others": [
            {"number": one.voice.number, "url": f"?voice={one.voice.number}", "current": one == asking}
            for one in askings
        ]
        if len(askings) > 1
        else [],
        "back_url": back,
        "here": "orders",
    }
    return page(request, "academy/orders/order.html", context, status=422 if form.errors else 200)


@FORM
@needs("voices.voice:submit_for")
def enter(request: HttpRequest) -> HttpResponse:
    """Many slips at once: from paper, from a meeting in the yard, by telephone. Each line is a voice."""
    actor = actor_of(request)
    places = desk_reading.entry_places(actor)
    if not places:
        raise NotAllowed("not-allowed", _("纸条由社区和街道登记。"))
    entry = desk_reading.Entry(actor, places, posted(request))
    if entry.is_sent and entry.write():
        n = len(entry.done)
        said = "、".join(show_number(one) for one in entry.done[:12])
        text = ngettext("%(n)d 条登记好了：%(numbers)s", "%(n)d 条登记好了：%(numbers)s", n)
        messages.success(request, text % {"n": n, "numbers": said})
        if not entry.has_errors:
            return redirect(
                f"{reverse('academy_desk:orders-enter')}?place={entry.place}&channel={entry.channel}"
            )
    context: dict[str, Any] = {"entry": entry, "parts": list(parts().values()), "here": "orders"}
    return page(request, "academy/orders/enter.html", context, status=422 if entry.has_errors else 200)

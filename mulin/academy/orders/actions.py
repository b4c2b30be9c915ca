"""Everything that may be done to orders. Answering is the one way in which wishes are answered (voices)."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from mulin.academy.catalogues import ages, themes
from mulin.academy.orders import access, serving
from mulin.academy.orders.models import Asking, Order
from mulin.academy.orders.reading import MOST_PEOPLE, windows
from mulin.academy.orders.states import GIVES
from mulin.academy.orders.ways import attach, recount
from mulin.kernel import journal, rulebook
from mulin.kernel.actors import SYSTEM, Actor
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.policy import Target, can, require
from mulin.voices import access as voices
from mulin.voices.models import Matter, Voice
from mulin.voices.states import WISHES

MINUTES = (15, 480)
BATCH = 200
MOST_AT_ONCE = 200


def _bad(code: str, text: str, field: str) -> ActionError:
    return ActionError(code, text, field=field, status=422)


def _check(given: dict[str, Any]) -> None:
    if given.get("theme") and given["theme"] not in themes():
        raise _bad("theme-unknown", _("请从列表里选一个主题。"), "theme")
    if given.get("age") and given["age"] not in ages():
        raise _bad("age-unknown", _("请从列表里选年龄。"), "age")
    if given.get("gives") and given["gives"] not in GIVES:
        raise _bad("gives-unknown", _("请从列表里选能做什么。"), "gives")
    if given.get("people") is not None and not 1 <= given["people"] <= MOST_PEOPLE:
        raise _bad("people-wrong", _("人数写 1 到 %d。") % MOST_PEOPLE, "people")
    if given.get("minutes") is not None and not MINUTES[0] <= given["minutes"] <= MINUTES[1]:
        raise _bad("minutes-wrong", _("一次多久，写 %d 到 %d 分钟。") % MINUTES, "minutes")


def describe_order(
    *, actor: Actor, number: str, theme: str = "", age: str = "", gives: str = "", times: Iterable[str] = (),
    people: int | None = None, minutes: int | None = None,
) -> Order:  # fmt: skip
    """Say more exactly what a voice asks for or offers: for whom, how many, when. `number`: the voice's;
    `times`: choices such as "2-evening". What is left empty stays as it is.

    Theme, age and what an offer gives belong to the order: who asked sets them while nobody else asks for the
    same and the desk has not said otherwise. Who: academy.order:describe (one's own; workers of the place).
    Raises NotVisible, order-missing, and what is given wrongly (422).
    """
    chosen = list(times)
    _check({"theme": theme, "age": age, "gives": gives, "people": people, "minutes": minutes})
    with write():
        voice = voices.locked_voice(actor, number)
        require(actor, access.DESCRIBE, voices.target_of_voice(actor, voice))
        order = Order.objects.select_for_update().filter(matter_id=voice.matter_id).first()
        asking = Asking.objects.filter(voice=voice).first()
        if order is None or asking is None:
            raise ActionError("order-missing", _("这件事不在订单清单里。"))
        asking.age, asking.people = age or asking.age, people or asking.people
        asking.slots = windows(chosen) or asking.slots
        asking.save()
        _describe(actor, order, {"theme": theme, "age": age, "gives": gives, "minutes": minutes})
        recount(order)
        journal.record(
            "academy.order.described",
            actor=actor,
            place=order.place,
            subject=order.pk,
            matter=order.matter_id,
            data={"number": order.number, "theme": order.theme, "age": order.age},
        )
    return order


def _describe(actor: Actor, order: Order, given: dict[str, Any]) -> None:
    """The order's own columns, where the actor has the word on them."""
    is_desk = can(actor, access.DESCRIBE, Target(place=order.place))
    alone = Asking.objects.filter(order=order, voice__state="received").count() == 1
    if not is_desk and (order.described_by == "desk" or not alone):
        return
    changed = {name: value for name, value in given.items() if value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(order, name, value)
    if given["theme"] and not given["minutes"]:
        order.minutes = themes()[given["theme"]].minutes
    order.described_by = "desk" if is_desk else "said"
    order.save()


def accept_orders(*, actor: Actor, numbers: Iterable[str], text: str) -> int:
    """Take orders on (接单), many at once: everybody behind each of them gets `text` as the answer, and the
    orders stay open for others. All or none. Returns how many. Who: voices.matter:answer_wish at each place.
    Raises orders-missing, orders-too-many, answer-missing, matter-closed, NotVisible."""
    return _answer(actor, numbers, "accepted", text)


def decline_orders(*, actor: Actor, numbers: Iterable[str], text: str) -> int:
    """Say why orders cannot be done now, many at once: everybody behind each of them gets the reason, and the
    orders close. As `accept_orders`."""
    return _answer(actor, numbers, "declined", text)


def _answer(actor: Actor, numbers: Iterable[str], decision: str, text: str) -> int:
    wanted = list(dict.fromkeys(numbers))
    if not wanted:
        raise _bad("orders-missing", _("请勾选至少一条订单。"), "orders")
    if len(wanted) > MOST_AT_ONCE:
        raise _bad("orders-too-many", _("一次最多答复 %d 条。") % MOST_AT_ONCE, "orders")
    with write():
        orders = serving.locked_orders(actor, wanted)
        serving.answer_many(actor, orders, decision, text)
    return len(orders)


def adopt_wishes() -> int:
    """Put wishes and offers that were said before there was a list of orders, or while the rules sent them no
    way, on the list. Nobody's action: the worker does it. Returns how many."""
    done, after = 0, None
    loose = Matter.objects.filter(kind__in=WISHES, way="", is_open=True, merged_into=None).order_by("id")
    while some := list((loose.filter(pk__gt=after) if after else loose)[:BATCH]):
        after = some[-1].pk
        wanted = [m.pk for m in some if rulebook.value("voices.way", at=m.place, kind=m.kind) == "order"]
        if not wanted:
            continue
        with write():
            n = sum(_adopt(pk) for pk in wanted)
            done += n
            journal.record("academy.orders.adopted", actor=SYSTEM, data={"n": n})
    return done


def _adopt(pk: Any) -> bool:
    matter = Matter.objects.select_for_update().get(pk=pk)
    if matter.way:
        return False
    matter.way = "order"
    matter.save(update_fields=["way"])
    for n, voice in enumerate(Voice.objects.filter(matter=matter, state="received").order_by("id")):
        attach(actor=SYSTEM, matter=matter, voice=voice, joined=n > 0)
    if matter.decision:
        Order.objects.filter(matter=matter).update(state=matter.decision)
    return True

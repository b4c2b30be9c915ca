"""Who knows whom: only what a household itself allowed, only as long as it allows it."""

from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.councils.canvasses import access, contacts, states
from mulin.councils.canvasses.models import Canvass, CanvassHousehold, CanvassTie, CanvassVisit
from mulin.councils.canvasses.setup import household_of, line, must_be
from mulin.kernel.actors import Actor
from mulin.kernel.clock import today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible

MOST_TIES = 400_000


def record_tie(
    *, actor: Actor, number: str, who: int, knows: int, trust: int, how: str, consented_on: date | None = None
) -> CanvassTie:
    """`who` said that it knows `knows` and that the campaign may use this. Said anew, it replaces what was.

    Who: leaders; a canvasser for a household that they themselves won over; the household for itself. Raises
    bad-tie, left-alone, bad-day.
    """
    if trust not in states.TRUST_WORDS or how not in states.HOW_WORDS:
        raise ActionError("bad-tie", _("请选有多熟、怎么说。"), field="trust", status=422)
    with write():
        found = _allowed(actor, number, who)
        must_be(found, "planned", "running")
        one, other = household_of(found, who), household_of(found, knows)
        _check(found, one, other, consented_on)
        tie, _is_new = CanvassTie.objects.update_or_create(
            canvass=found, who=one.n, knows=other.n,
            defaults={"trust": trust, "how": how, "consented_on": consented_on or today(),
                      "recorded_by": actor.account},
        )  # fmt: skip
        line("tie_recorded", actor, found)
    return tie


def _allowed(actor: Actor, number: str, who: int) -> Canvass:
    """The campaign, locked, if the actor may put down what this household allowed. NotVisible otherwise."""
    found = Canvass.objects.select_for_update().filter(number=number).exclude(state="ended").first()
    if found is None:
        raise NotVisible(number)
    if access.may_lead(actor, found):
        return found
    own = contacts.own_household(actor.account, found)
    if own is not None and own.n == who and found.state == "running":
        return found
    me = access.canvasser_of(actor, found)
    if me and (me.home == who or _won(me, who)):
        return found
    raise NotVisible(number)


def _won(me, who: int) -> bool:
    """Whether the last that this household said, it said to this canvasser, and it was yes."""
    last = me.canvass.contacts.filter(household__n=who).order_by("-id").first()
    return last is not None and last.by_id == me.pk and last.outcome == "agree"


def _check(found: Canvass, one: CanvassHousehold, other: CanvassHousehold, day: date | None) -> None:
    if one.n == other.n:
        raise ActionError("bad-tie", _("请选另一户。"), field="knows", status=422)
    if "refused" in (one.stance, other.stance):
        # To whom this is said must not learn which of both it was, nor more than that it cannot be.
        raise ActionError("left-alone", _("这两户之间不能牵线。"), field="knows")
    if day and day > today():
        raise ActionError("bad-day", _("同意的日子不能晚于今天。"), field="consented_on", status=422)
    if found.ties.count() >= MOST_TIES:
        raise ActionError("too-many", _("牵线的记录太多了。"))


def withdraw_tie(*, actor: Actor, number: str, tie: UUID) -> None:
    """The household takes its consent back: the tie is gone at once, and every plan that relied on it.

    Who: leaders, the canvasser who recorded it, the household."""
    with write():
        found = Canvass.objects.select_for_update().filter(number=number).exclude(state="ended").first()
        one = found.ties.filter(pk=tie).first() if found else None
        if found is None or one is None:
            raise NotVisible(number)
        own = contacts.own_household(actor.account, found)
        me = access.canvasser_of(actor, found)
        is_mine = me is not None and one.recorded_by == actor.account
        if not (access.may_lead(actor, found) or is_mine or (own is not None and own.n == one.who)):
            raise NotVisible(number)
        one.delete()
        CanvassVisit.objects.filter(canvass=found, caller=one.who, n=one.knows).delete()
        line("tie_withdrawn", actor, found)


def find_door(found: Canvass, building: str, door: str) -> CanvassHousehold:
    """The household on the list with this door, as people say it. Raises ActionError no-door."""
    door = door.strip()
    rows = found.households.filter(building=building)
    exact = rows.filter(key=f"{building[13:]}-{door}"[:64]).first()
    near = [exact] if exact else list(rows.filter(label__endswith=door)[:2]) if door else []
    if len(near) != 1:
        said = _("名单里没有找到这一户。请把门牌写全，例如 1单元5-2。")
        raise ActionError("no-door", said, field="door", status=422)
    return near[0]

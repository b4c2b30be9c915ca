"""Where a person takes part: one row for each that there is something in, none for what they never began."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.academy.clubs.queries import my_clubs
from mulin.academy.keeping.models import Duty
from mulin.academy.sessions.models import Signup
from mulin.bookings.queries import own_bookings
from mulin.kernel import clock
from mulin.kernel.actors import Actor
from mulin.mutualaid.matching.models import AidHelper, AidNeed
from mulin.mutualaid.matching.queries import my_matches
from mulin.mutualaid.sharing.models import SharedOffer, SharedUse
from mulin.mutualaid.timebank.models import TimeHolder


@dataclass(frozen=True, slots=True)
class Part:
    """`note`: how many there are that lie ahead; `waits`: how many ask something of the person."""

    title: str
    icon: str
    url: str
    note: str = ""
    waits: int = 0


def parts(actor: Actor) -> list[Part]:
    """In the order of the day: what asks for something of me stands where it belongs, with a count."""
    if actor.account is None:
        return []
    every: tuple[Callable[[Any], Part | None], ...] = (
        _sessions, _turns, _clubs, _aid, _time, _sharing, _bookings,
    )  # fmt: skip
    return [found for one in every if (found := one(actor))]


def _sessions(actor: Actor) -> Part | None:
    mine = Signup.objects.filter(account_id=actor.account).exclude(state="cancelled")
    if not mine.exists():
        return None
    n = mine.filter(session__ends_at__gte=clock.now()).count()
    note = ngettext("还有 %(n)s 场", "还有 %(n)s 场", n) % {"n": n} if n else ""
    return Part(_("我报了名的"), "calendar", reverse("academy:sessions-mine"), note)


def _turns(actor: Actor) -> Part | None:
    mine = Duty.objects.filter(account_id=actor.account, on__gte=clock.today(), rota__state="running")
    n = mine.count()
    if not n:
        return None
    note = ngettext("还有 %(n)s 班", "还有 %(n)s 班", n) % {"n": n}
    return Part(_("我的班"), "list", reverse("academy:rota-mine"), note)


def _clubs(actor: Actor) -> Part | None:
    n = len(my_clubs(actor))
    note = ngettext("%(n)s 个", "%(n)s 个", n) % {"n": n}
    return Part(_("我的社团"), "people", reverse("academy:clubs-mine"), note) if n else None


def _aid(actor: Actor) -> Part | None:
    own = Q(account_id=actor.account)
    if not (AidNeed.objects.filter(own).exists() or AidHelper.objects.filter(own).exists()):
        return None
    asked = [one for one in my_matches(actor) if one.state == "proposed"]
    waits = sum(not _agreed(one, actor) for one in asked)
    return Part(_("我的互助"), "heart", reverse("aid:mine"), waits=waits)


def _agreed(match: Any, actor: Actor) -> bool:
    is_helper = match.helper.account_id == actor.account
    return bool(match.helper_agreed_at if is_helper else match.family_agreed_at)


def _time(actor: Actor) -> Part | None:
    if not TimeHolder.objects.filter(account_id=actor.account).exists():
        return None
    return Part(_("我的时间"), "clock", reverse("aid:time"))


def _sharing(actor: Actor) -> Part | None:
    own = Q(account_id=actor.account)
    if not (SharedOffer.objects.filter(own).exists() or SharedUse.objects.filter(own).exists()):
        return None
    return Part(_("我约的、我借出的"), "hand-over", reverse("aid:sharing-mine"))


def _bookings(actor: Actor) -> Part | None:
    mine = own_bookings(actor)
    if not mine.exists():
        return None
    n = mine.filter(ends_at__gt=clock.now(), state__in=("asked", "booked")).count()
    note = ngettext("还有 %(n)s 次", "还有 %(n)s 次", n) % {"n": n} if n else ""
    return Part(_("我的预约"), "building", reverse("bookings:venue-mine"), note)

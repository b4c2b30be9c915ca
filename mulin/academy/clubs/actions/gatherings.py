"""Icebreakers and the friendly ladder: neighbours of a stairwell meet, then clubs of a grid, of the
community, of the street. A level is a rung; nobody is ranked on it."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from mulin.academy.catalogues import LEVELS, unions
from mulin.academy.clubs import states
from mulin.academy.clubs.fields import REASON, reason_of
from mulin.academy.clubs.models import Club, Gathering
from mulin.kernel import codes, journal
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.numbers import clean_number, new_number
from mulin.kernel.policy import can, require
from mulin.people.queries import place_exists

MANAGE = "academy.gathering:manage"
TITLE, WHERE, MOST = 60, 80, 100_000


def _bad(code: str, text: str, field: str) -> ActionError:
    return ActionError(code, text, field=field, status=422)


def plan_gathering(
    *, actor: Actor, place: str, kind: str, level: str, title: str, starts_at: datetime, text: str = "",
    where: str = "", site: str = "", union: str = "", clubs: Iterable[str] = (),
) -> Gathering:  # fmt: skip
    """Announce an icebreaker or a joint activity at a community or street; members of the clubs are told.
    `clubs`: numbers of running clubs of the same street. Who: academy.gathering:manage. Raises kind-unknown,
    level-unknown, site-unknown, union-unknown, title-missing, time-past, clubs-missing (a friendly needs
    two), NotVisible."""
    require(actor, MANAGE, place)
    title = " ".join(title.split())
    _check(place, kind, level, title, starts_at, site, union)
    with write():
        found = _clubs(place, clubs)
        if kind == "friendly" and len(found) < 2:
            raise _bad("clubs-missing", _("联谊至少要两个社团。"), "clubs")
        gathering = Gathering.objects.create(
            number=new_number(), place=place, kind=kind, level=level, title=title, text=text.strip(),
            where=where.strip()[:WHERE], site=site, union=union, starts_at=starts_at,
        )  # fmt: skip
        gathering.clubs.set(found)
        _record(actor, gathering, "academy.gathering.planned", clubs=len(found))
    return gathering


def _check(place: str, kind: str, level: str, title: str, starts_at: datetime, site: str, union: str) -> None:
    if kind not in states.GATHERING_KINDS:
        raise _bad("kind-unknown", _("请选是哪一种活动。"), "kind")
    if level not in LEVELS:
        raise _bad("level-unknown", _("请选楼栋、网格、社区或街道。"), "level")
    if level in ("building", "grid") and (
        not site or not codes.contains(place, site) or not place_exists(site)
    ):
        raise _bad("site-unknown", _("请选是哪一栋楼、哪个网格。"), "site")
    if union and union not in unions():
        raise _bad("union-unknown", _("请选一个社团联盟。"), "union")
    if not title or len(title) > TITLE:
        raise _bad("title-missing", _("请写活动的名字，最多 %d 个字。") % TITLE, "title")
    if starts_at < now():
        raise _bad("time-past", _("这个时间已经过了。"), "starts_at")


def _clubs(place: str, numbers: Iterable[str]) -> list[Club]:
    wanted = {clean_number(number) for number in numbers}
    low, high = codes.bounds(place[:9] + "000")
    found = list(Club.objects.filter(number__in=wanted, state="running", place__gte=low, place__lt=high))
    if len(found) != len(wanted):
        raise NotVisible
    return found


def _locked(actor: Actor, number: str) -> Gathering:
    row = Gathering.objects.select_for_update().filter(number=clean_number(number)).first()
    if row is None:
        raise NotVisible(number)
    require(actor, MANAGE, row.place)
    if row.state != "planned":
        raise ActionError("not-now", _("这次活动已经办过或取消了。"))
    return row


def hold_gathering(*, actor: Actor, number: str, came: int) -> Gathering:
    """It took place; `came`: how many came, counted once (person-times). The clubs stand one rung higher
    then: what they may do next is read from what was held. Who: academy.gathering:manage. Raises count-wrong,
    not-yet, not-now."""
    if not 0 <= came <= MOST:
        raise _bad("count-wrong", _("请写来了多少人。"), "came")
    with write():
        row = _locked(actor, number)
        if row.starts_at > now():
            raise ActionError("not-yet", _("还没有到时间。"))
        row.state, row.came = "held", came
        row.save(update_fields=["state", "came"])
        _record(actor, row, "academy.gathering.held", came=came)
    return row


def cancel_gathering(*, actor: Actor, number: str, reason: str) -> Gathering:
    """It does not take place; members of its clubs are told why. Who: academy.gathering:manage."""
    reason = reason_of(reason)[:REASON]
    with write():
        row = _locked(actor, number)
        row.state, row.reason = "cancelled", reason
        row.save(update_fields=["state", "reason"])
        _record(actor, row, "academy.gathering.cancelled")
    return row


def may_manage(actor: Actor, place: str) -> bool:
    return can(actor, MANAGE, place)


def _record(actor: Actor, row: Gathering, code: str, **data: object) -> None:
    journal.record(
        code,
        actor=actor,
        place=row.place,
        subject=row.pk,
        data={"number": row.number, "kind": row.kind, "level": row.level, **data},
    )


def rung_after(club: Club) -> str:
    """The next rung of a club: one above the highest at which it met others, at first its own level. Empty
    above the street."""
    held = Gathering.objects.filter(clubs=club, state="held").values_list("level", flat=True)
    at = max([LEVELS.index(level) for level in held], default=LEVELS.index(club.level) - 1)
    return LEVELS[at + 1] if at + 1 < len(LEVELS) else ""

"""Reads: one's doors with their reasons in words, lists of households, what is on the desk's pages."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from mulin.councils.canvasses import states
from mulin.councils.canvasses.models import Canvass, CanvassContact, Canvasser, CanvassHousehold, CanvassVisit
from mulin.kernel.clock import today


@dataclass(frozen=True, slots=True)
class Door:
    """A door that is somebody's today: why they, in a sentence, and whom to see before."""

    visit: UUID
    n: int
    label: str
    building: str
    why: str
    step: str
    stance: dict[str, Any]
    times: int
    is_by_hand: bool = False


def doors_of(me: Canvasser) -> list[Door]:
    """The doors a canvasser has now. The names of others' doors in it are those of the companion who
    consented, or of one's own acquaintance on the way; never more of the chain. Three statements."""
    visits = list(me.visits.order_by("-trust", "id"))
    wanted = {visit.n for visit in visits} | {n for visit in visits for n in _told(visit, me)}
    rows = {row.n: row for row in me.canvass.households.filter(n__in=wanted)}
    return [_door(visit, me, rows) for visit in visits if visit.n in rows]


def _told(visit: CanvassVisit, me: Canvasser) -> tuple[int, ...]:
    """Which households besides the door a canvasser is told of: the next one on the way."""
    if visit.caller is None or visit.caller == me.home or len(visit.chain) < 3:
        return ()
    return (visit.chain[1],)


def _door(visit: CanvassVisit, me: Canvasser, rows: dict[int, CanvassHousehold]) -> Door:
    row = rows[visit.n]
    why, step = reason_of(visit, me, {n: one.label for n, one in rows.items()})
    stance = states.stance(row.stance, row.contacts)
    return Door(visit.pk, row.n, row.label, row.building, why, step, stance, row.contacts, visit.is_by_hand)


def reason_of(visit: CanvassVisit, me: Canvasser, labels: dict[int, str]) -> tuple[str, str]:
    """Why this person goes to this door, and what to do first."""
    if visit.caller is None:
        return _("负责人请您去。"), ""
    if visit.caller == me.home or len(visit.chain) < 3:
        how = {
            3: _("您家和他们是亲戚或要好的朋友。"),
            2: _("您家和他们很熟。"),
            1: _("您家和他们见面打招呼。"),
        }
        return how.get(visit.trust, _("您家认识他们。")), ""
    first = labels.get(visit.chain[1], "")
    if len(visit.chain) == 3:
        how = {
            3: _("%(who)s和他们是亲戚或要好的朋友，已经支持。"),
            2: _("%(who)s和他们很熟，已经支持。"),
            1: _("%(who)s和他们见面打招呼，已经支持。"),
        }
        step = _("先约%(who)s，他们愿意一起去。") if visit.how == "go" else _(
            "可以说是%(who)s介绍的，他们同意了。")  # fmt: skip
        return how.get(visit.trust, how[1]) % {"who": first}, step % {"who": first}
    return (
        _("支持的邻居里有人和他们熟，愿意牵线。"),
        _("先找%(who)s，由他们带您去找那位邻居。") % {"who": first},
    )


def recent_of(me: Canvasser, limit: int = 10) -> list[CanvassContact]:
    """What a canvasser recorded lately, the latest first; `can_undo` is filled in by the page."""
    return list(me.contacts.select_related("household").order_by("-id")[:limit])


def done_today(me: Canvasser) -> int:
    return me.contacts.filter(on=today()).count()


def own_ties(canvass: Canvass, n: int) -> list[dict[str, Any]]:
    """Whom a household allowed to be told that it knows, for that household and the leaders."""
    ties = list(canvass.ties.filter(who=n).order_by("-trust", "id"))
    labels = labels_of(canvass, {tie.knows for tie in ties})
    return [
        {
            "id": tie.pk, "label": labels.get(tie.knows, ""), "n": tie.knows, "on": tie.consented_on,
            "trust": states.TRUST_WORDS[tie.trust], "how": states.HOW_WORDS[tie.how],
        }
        for tie in ties
    ]  # fmt: skip


def labels_of(canvass: Canvass, wanted: set[int]) -> dict[int, str]:
    return dict(canvass.households.filter(n__in=wanted).values_list("n", "label"))


def households(
    canvass: Canvass, *, building: str = "", stance: str = "", q: str = ""
) -> QuerySet[CanvassHousehold]:
    """The list, in its own order. `stance` also "unasked": never reached at all."""
    rows = canvass.households.order_by("n")
    if building:
        rows = rows.filter(building=building)
    if stance == "unasked":
        rows = rows.filter(stance="not_reached", contacts=0)
    elif stance:
        rows = rows.filter(stance=stance)
    if q:
        rows = rows.filter(Q(label__icontains=q.strip()) | Q(key__icontains=q.strip()))
    return rows


def plan_rows(canvass: Canvass) -> list[dict[str, Any]]:
    """Today's doors of everybody, for the leaders: with the whole chain in words. Four statements."""
    visits = list(canvass.visits.select_related("canvasser__account").order_by("canvasser", "-trust", "id"))
    labels = labels_of(canvass, {n for visit in visits for n in (visit.n, *visit.chain)})
    found: dict[UUID, dict[str, Any]] = {}
    for visit in visits:
        row = found.setdefault(visit.canvasser_id, {"canvasser": visit.canvasser, "doors": []})
        chain = [labels.get(n, "") for n in visit.chain[:-1]]
        if visit.canvasser.home is not None and visit.chain and visit.chain[0] == visit.canvasser.home:
            chain[0] = str(visit.canvasser.account)
        why, _step = reason_of(visit, visit.canvasser, labels)
        row["doors"].append({
            "n": visit.n, "label": labels.get(visit.n, ""), "on": visit.on, "chain": chain,
            "why": why, "how": states.HOW_WORDS.get(visit.how, ""), "is_old": visit.on < today(),
        })  # fmt: skip
    return sorted(found.values(), key=lambda row: str(row["canvasser"].account))


def waiting_rows(canvass: Canvass) -> list[tuple[str, int]]:
    """To whom nobody goes now, by reason."""
    order = [name for name in states.WAITING_WORDS if name in canvass.waiting]
    return [
        (str(states.WAITING_WORDS[name]), canvass.waiting[name]) for name in order if canvass.waiting[name]
    ]

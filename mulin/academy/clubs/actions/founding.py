"""A club begins: founded from orders, or a team that exists asks to be taken in."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.academy.clubs import access
from mulin.academy.clubs.fields import ClubFields, checked, leaders_of, reason_of
from mulin.academy.clubs.models import Club
from mulin.academy.orders import serving
from mulin.academy.orders.models import Order
from mulin.kernel import journal
from mulin.kernel.actors import Actor
from mulin.kernel.clock import today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError
from mulin.kernel.models import ThreadLink
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import require
from mulin.people.models import Account, Organisation, Post
from mulin.voices.models import Matter

TEAMS = ("club", "volunteer_team")


def found_club(
    *, actor: Actor, place: str, name: str, union: str = "", theme: str, matter: Matter | None = None,
    orders: Iterable[str] = (), answer: str = "", leaders: Iterable[UUID] = (), group: UUID | None = None,
    **more: Any,
) -> Club:  # fmt: skip
    """A club that runs from now on, with an organisation of its own. `more`: the other columns of ClubFields.

    `orders`: numbers of orders that it serves; those that nobody answered yet are accepted with `answer`, so
    that each who asked hears of it, and everybody behind them is invited (nobody becomes a member without a
    tap of their own). It grew out of `matter`, or out of the first order. `leaders`: accounts that agreed.
    `group`: a group of neighbours at `place` that exists already; it keeps its members and takes `name`.
    Who: academy.club:manage at `place`; for orders without an answer also voices.matter:answer_wish. Raises
    what `fields.checked` raises, order-elsewhere, order-closed, answer-missing, leader-unknown,
    group-unknown; NotVisible.
    """
    given = ClubFields(name=name, union=union, theme=theme, **more)
    require(actor, access.MANAGE, place)
    with write():
        taken = serving.take_on(actor, orders, answer, place)
        matter = matter or (taken[0].matter if taken else None)
        club = _make(given, place, group=group, state="running", matter=matter, founded_on=today())
        _appoint(actor, club, leaders_of(leaders))
        served = serving.served([one.pk for one in taken], club=club.pk)
        journal.record(
            "academy.club.founded",
            actor=actor,
            place=place,
            org=club.org_id,
            subject=club.pk,
            matter=matter.pk if matter else None,
            data={"number": club.number, "union": club.union, "theme": club.theme, "orders": served},
        )
    return club


def _make(
    given: ClubFields, place: str, *, is_public: bool = True, group: UUID | None = None, **columns: Any
) -> Club:
    found = checked(given, place, own=group)
    org = _registered(group, given, place) if group else None
    org = org or Organisation.objects.create(
        name=given.name, kind="club", place=place, about=given.about.strip(), is_public=is_public
    )
    club = Club.objects.create(number=new_number(), org=org, place=place, **found, **columns)
    if club.matter_id:
        link(club, club.matter_id)
    return club


def _registered(group: UUID, given: ClubFields, place: str) -> Organisation:
    """A club or team that is on file as a group of this place and is no club of the college yet."""
    rows = Organisation.objects.select_for_update(of=("self",)).filter(place=place, closed_on=None, club=None)
    org = rows.filter(pk=group, kind__in=TEAMS).first()
    # Locked; who had waited for the lock looks again whether it has become a club meanwhile.
    if org is None or Club.objects.filter(org=org).exists():
        text = _("找不到这支队伍，或者它已经是学院的社团。")
        raise ActionError("group-unknown", text, field="group", status=422)
    org.name, org.about = given.name, given.about.strip() or org.about
    org.save(update_fields=["name", "about"])
    return org


def link(club: Club, matter_id: UUID) -> None:
    """The club grew out of this matter: both pages show it."""
    ThreadLink.objects.get_or_create(
        child_kind="people.organisation", child=club.org_id, parent_kind="voices.matter", parent=matter_id
    )


def _appoint(actor: Actor, club: Club, leaders: list[UUID]) -> None:
    known = set(Account.objects.filter(pk__in=leaders, erased_at=None).values_list("pk", flat=True))
    if set(leaders) - known:
        raise ActionError("leader-unknown", _("找不到这个人的账户。"), field="leaders", status=422)
    for account in leaders:
        Post.objects.create(
            account_id=account, role="group_leader", place=club.place, org_id=club.org_id,
            given_by=actor.account,
        )  # fmt: skip


def ask_club(*, actor: Actor, place: str, name: str, theme: str, union: str = "", **more: Any) -> Club:
    """A resident asks that their team be taken into the college; the community answers. Whoever asks becomes
    its leader once it is taken in. Who: academy.club:ask (an account). Raises what `fields.checked` raises,
    asked-enough (one request waits at a time)."""
    require(actor, access.ASK, place)
    given = ClubFields(name=name, theme=theme, union=union, **more)
    with write():
        waits = Club.objects.filter(place=place, state="asked", asked_by=actor.account)
        if waits.exists():
            raise ActionError("asked-enough", _("您有一支队伍正等社区答复，先等这一支。"))
        club = _make(given, place, is_public=False, state="asked", asked_by=actor.account)
        journal.record(
            "academy.club.asked",
            actor=actor,
            place=place,
            org=club.org_id,
            subject=club.pk,
            data={"number": club.number, "union": club.union, "theme": club.theme},
        )
    return club


def admit_club(*, actor: Actor, number: str) -> Club:
    """Take a team in: it runs, its page is public, and who asked leads it. Who: academy.club:manage. Raises
    NotVisible, not-asked."""
    with write():
        club = _asked(actor, number)
        club.state, club.founded_on = "running", today()
        club.save(update_fields=["state", "founded_on"])
        club.org.is_public = True
        club.org.save(update_fields=["is_public"])
        _appoint(actor, club, [club.asked_by] if club.asked_by else [])
        _decided(actor, club, "academy.club.admitted")
    return club


def decline_club(*, actor: Actor, number: str, reason: str) -> Club:
    """Not taken in, with a reason that whoever asked reads. Who: academy.club:manage. Raises NotVisible,
    not-asked, reason-missing."""
    reason = reason_of(reason)
    with write():
        club = _asked(actor, number)
        club.state, club.reason, club.closed_on = "closed", reason, today()
        club.save(update_fields=["state", "reason", "closed_on"])
        club.org.closed_on = today()
        club.org.save(update_fields=["closed_on"])
        _decided(actor, club, "academy.club.declined")
    return club


def _asked(actor: Actor, number: str) -> Club:
    club = access.locked(actor, number)
    require(actor, access.MANAGE, access.target_of(club))
    if club.state != "asked":
        raise ActionError("not-asked", _("这支队伍已经答复过了。"))
    return club


def _decided(actor: Actor, club: Club, code: str) -> None:
    journal.record(
        code,
        actor=actor,
        place=club.place,
        org=club.org_id,
        subject=club.pk,
        matter=club.matter_id,
        data={"number": club.number, "union": club.union, "theme": club.theme},
    )


def serve_orders(*, actor: Actor, number: str, orders: Iterable[str], answer: str = "") -> Club:
    """Give more orders to a club that runs: each who asked is answered and invited. Who: academy.club:manage.
    Raises as `found_club`, not-running."""
    with write():
        club = access.locked(actor, number)
        require(actor, access.MANAGE, access.target_of(club))
        if club.state != "running":
            raise ActionError("not-running", _("这个社团现在没有活动，不能接新的订单。"))
        taken = serving.take_on(actor, orders, answer, club.place)
        served = serving.served([one.pk for one in taken], club=club.pk)
        if not served:
            raise ActionError("orders-missing", _("请选至少一条订单。"), field="orders", status=422)
        if club.matter_id is None:
            club.matter = taken[0].matter
            club.save(update_fields=["matter"])
            link(club, club.matter_id)
        journal.record(
            "academy.club.served",
            actor=actor,
            place=club.place,
            org=club.org_id,
            subject=club.pk,
            matter=club.matter_id,
            data={"number": club.number, "orders": served},
        )
    return club


def orders_of(club: Club) -> list[Order]:
    return list(Order.objects.filter(club=club).select_related("matter").order_by("-people", "id"))

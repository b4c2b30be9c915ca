"""Preparing a canvass: its frame, its households, its people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mulin.councils.canvasses import access, curves
from mulin.councils.canvasses.models import Canvass, CanvassContact, Canvasser, CanvassHousehold, CanvassVisit
from mulin.councils.keepers import keeper
from mulin.councils.rosters.models import Roster
from mulin.kernel import codes, journal
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now, today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.numbers import new_number
from mulin.kernel.policy import require
from mulin.people.models import Account, Household, Residence
from mulin.places.queries import names_of, sites

TITLE_LENGTH, PURPOSE_LENGTH, CONTACT_LENGTH = 80, 2000, 120
MOST_HOUSEHOLDS = 50_000
BATCH = 2_000


def line(code: str, actor: Actor, canvass: Canvass, **data: Any) -> None:
    """The one journal line of an action: codes and counts, never a household or what was said."""
    facts = {"number": canvass.number, **data}
    journal.record(
        f"councils.canvass.{code}", actor=actor, place=canvass.place, org=canvass.org_id, subject=canvass.pk,
        matter=canvass.thread, data=facts,
    )  # fmt: skip


def must_be(canvass: Canvass, *allowed: str) -> None:
    if canvass.state not in allowed:
        said = {
            "planned": _("敲门行动还没有开始，先请负责人开始。"),
            "running": _("敲门行动已经开始，这一项不能再改。"),
            "ended": _("敲门行动已经结束，不能再记。"),
        }
        raise ActionError("not-now", said[canvass.state])


def target_share(text: str) -> str:
    """A target as it is kept ("9/10"), from a fraction or a percentage. Raises ActionError bad-target."""
    try:
        text = text.strip().replace("％", "%")
        if "e" in text.lower():
            raise ValueError  # "1e-99999999" would be worked out for minutes
        share = Fraction(text[:-1].strip()) / 100 if text.endswith("%") else Fraction(text)
        kept = str(share)
        if not 0 < share <= 1 or len(kept) > 8:
            raise ValueError
    except (ValueError, ZeroDivisionError) as error:
        said = _("目标写成分数或百分数，例如 9/10 或 90%。")
        raise ActionError("bad-target", said, field="target", status=422) from error
    return kept


def _frame(title: str, purpose: str, contact: str) -> dict[str, str]:
    title, purpose, contact = title.strip(), purpose.strip(), contact.strip()
    if not title or len(title) > TITLE_LENGTH:
        raise ActionError("no-title", _("请写一个标题，最多80个字。"), field="title", status=422)
    if len(purpose) > PURPOSE_LENGTH:
        raise ActionError("text-too-long", _("说明最多2000个字。"), field="purpose", status=422)
    if len(contact) > CONTACT_LENGTH:
        raise ActionError("text-too-long", _("联系方式最多120个字。"), field="contact", status=422)
    return {"title": title, "purpose": purpose, "contact": contact}


def draft_canvass(
    *, actor: Actor, place: str, title: str, purpose: str = "", target: str = "9/10", contact: str = "",
    site: str = "", org: UUID | None = None, ends_on: date | None = None,
) -> Canvass:  # fmt: skip
    """A canvass in preparation; who makes it leads it.

    Who: councils.canvass:manage at the place, or of the group `org`. Raises no-place, no-title, bad-target.
    """
    if not codes.is_valid(place) or codes.level(place) != codes.Level.COMMUNITY:
        raise ActionError("no-place", _("请选一个社区。"), field="place", status=422)
    if site and not site.startswith(f"{place}-"):
        raise ActionError("no-place", _("请选这个社区里的小区或楼栋。"), field="site", status=422)
    unit = keeper(actor, access.MANAGE, place, org)
    frame = _frame(title, purpose, contact)
    with write():
        made = make(actor=actor, place=place, site=site, org=unit, ends_on=ends_on,
                    target=target_share(target), **frame)  # fmt: skip
        line("drafted", actor, made)
    return made


def make(*, actor: Actor, **fields: Any) -> Canvass:
    """The record itself, led by the actor, inside somebody else's action: a step of a process."""
    made = Canvass.objects.create(number=new_number(), **fields)
    if actor.account:
        Canvasser.objects.create(canvass=made, account_id=actor.account, role="leader")
    return made


def managed(actor: Actor, number: str) -> Canvass:
    """One to be changed, locked. NotVisible, NotAllowed."""
    found = access.get_canvass(actor, number, lock=True)
    require(actor, access.MANAGE, access.target_of(found))
    return found


def edit_canvass(
    *, actor: Actor, number: str, title: str, purpose: str = "", target: str = "9/10", contact: str = "",
    ends_on: date | None = None,
) -> Canvass:  # fmt: skip
    """Change the frame; the target only before it begins, for everybody heard that one.

    Who: councils.canvass:manage. Raises no-title, bad-target, not-now, bad-day.
    """
    frame, share = _frame(title, purpose, contact), target_share(target)
    with write():
        found = managed(actor, number)
        must_be(found, "planned", "running")
        if found.state == "running" and share != found.target:
            raise ActionError("not-now", _("已经按原来的目标告诉了大家，不能再改。"), field="target")
        for name, value in frame.items():
            setattr(found, name, value)
        found.target, found.ends_on = share, ends_on
        found.save()
        line("edited", actor, found)
    return found


def discard_canvass(*, actor: Actor, number: str) -> None:
    """Delete one that never began and belongs to no topic, with all that was prepared. Who:
    councils.canvass:manage. Raises not-now, in-topic."""
    with write():
        found = managed(actor, number)
        must_be(found, "planned")
        if found.topic_id:
            raise ActionError("in-topic", _("它是议题里的一步。不做的话，请在议题里跳过这一步。"))
        line("discarded", actor, found)
        found.delete()


# Households ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Door:
    """A household to be put on the list. `agrees`: it said so before, in a survey for instance."""

    key: str
    label: str
    building: str = ""
    household: UUID | None = None
    stance: str = "not_reached"


def doors_of_roster(actor: Actor, number: str, place: str) -> tuple[Roster, list[Door]]:
    """The households of a frozen roster of this community. Raises ActionError no-roster."""
    found = Roster.objects.filter(
        number=number, place=place, state="frozen", body__in=("households", "courtyard")
    ).first()
    if found is None:
        raise ActionError("no-roster", _("请选一份已经定下来的住户名册。"), field="roster", status=422)
    rows = found.entries.order_by("position", "id").values_list("key", "label", "building", "household_id")
    return found, [Door(key, label, building, household) for key, label, building, household in rows]


def doors_on_file(place: str, buildings: Iterable[str]) -> list[Door]:
    """The households on file in some buildings of a community."""
    chosen = list(buildings)
    names = names_of(chosen)
    rows = Household.objects.filter(place=place, building__in=chosen).order_by("building", "door")
    return [
        Door(
            f"{one.building[13:]}-{one.door}"[:64],
            f"{names[one.building]} {one.door}"[:80],
            one.building,
            one.pk,
        )
        for one in rows
    ]


# What a pasted list may say behind the door: 3栋,1单元5-2,支持
_SAID = {
    "支持": "agree", "同意": "agree", "agree": "agree", "yes": "agree", "反对": "oppose", "不支持": "oppose",
    "不同意": "oppose", "oppose": "oppose", "no": "oppose", "还在想": "undecided", "未定": "undecided",
    "undecided": "undecided",
}  # fmt: skip


def doors_typed(place: str, text: str) -> list[Door]:
    """Households from lines `building, door[, stance]`, as copied from a table. ActionError bad-line."""
    known = {one.name: one.code for one in sites(place, "building")}
    found = []
    for n, raw in enumerate(text.splitlines(), 1):
        parts = [part.strip() for part in raw.replace("，", ",").replace("\t", ",").split(",")]
        if not any(parts):
            continue
        building = known.get(parts[0]) or _by_ending(known, parts[0])
        said = parts[2] if len(parts) > 2 else ""
        if not building or len(parts) < 2 or not parts[1] or (said and said.lower() not in _SAID):
            told = _("第%(n)s行看不明白：“%(line)s”。请写成“楼栋,门牌”，楼栋用本社区的名字。")
            text = told % {"n": n, "line": raw[:40]}
            raise ActionError("bad-line", text, field="lines", status=422)
        name = next(name for name, code in known.items() if code == building)
        stance = _SAID.get(said.lower(), "not_reached")
        found.append(
            Door(f"{building[13:]}-{parts[1]}"[:64], f"{name} {parts[1]}"[:80], building, None, stance)
        )
    return found


def _by_ending(known: dict[str, str], text: str) -> str:
    """`3栋` for the only building whose name ends so."""
    fitting = [code for name, code in known.items() if text and name.endswith(text)]
    return fitting[0] if len(fitting) == 1 else ""


def add_households(*, actor: Actor, number: str, doors: Iterable[Door], roster: Roster | None = None) -> int:
    """Put households on the list; those that stand there stay as they are. How many came.

    Who: leaders of the campaign. Raises not-now, no-households, too-many.
    """
    with write():
        found = access.get_led(actor, number, lock=True)
        must_be(found, "planned", "running")
        had = set(found.households.values_list("key", flat=True))
        fresh = {door.key: door for door in doors if door.key not in had}
        if not fresh:
            said = _("没有新的住户。这些住户都在名单上，或选的楼栋里还没有登记住户。")
            raise ActionError("no-households", said, status=422)
        if len(had) + len(fresh) > MOST_HOUSEHOLDS:
            raise ActionError("too-many", _("一次行动最多%(n)s户，请分成几次。") % {"n": MOST_HOUSEHOLDS})
        start = (found.households.aggregate(last=Max("n"))["last"] or 0) + 1 if had else 0
        rows = _rows(found, fresh.values(), start)
        CanvassHousehold.objects.bulk_create(rows, batch_size=BATCH)
        _remember(found, rows)
        if roster:
            found.roster = roster
            found.save(update_fields=["roster"])
        if found.state == "running":
            curves.snapshot(found, {row.building for row in rows})
        line("households_added", actor, found, n=len(rows))
    return len(rows)


def _rows(found: Canvass, doors: Iterable[Door], start: int) -> list[CanvassHousehold]:
    doors = list(doors)
    known = _households(found.place, [door for door in doors if door.household is None])
    return [
        CanvassHousehold(
            canvass=found, n=n, key=door.key, label=door.label, building=door.building, stance=door.stance,
            household_id=door.household or known.get((door.building, door.key)),
        )
        for n, door in enumerate(doors, start)
    ]  # fmt: skip


def _households(place: str, doors: list[Door]) -> dict[tuple[str, str], UUID]:
    """Typed doors that are on file: so that whoever lives there can speak for them."""
    if not doors:
        return {}
    rows = Household.objects.filter(place=place, building__in={door.building for door in doors})
    return {(one.building, f"{one.building[13:]}-{one.door}"[:64]): one.pk for one in rows}


def _remember(found: Canvass, rows: list[CanvassHousehold]) -> None:
    """What the list brought along is the beginning of a household's history."""
    told = [row for row in rows if row.stance != "not_reached"]
    CanvassContact.objects.bulk_create(
        [
            CanvassContact(canvass=found, household=row, outcome=row.stance, channel="list", on=today())
            for row in told
        ],
        batch_size=BATCH,
    )


def remove_household(*, actor: Actor, number: str, n: int) -> None:
    """Take a household off the list with all that is known of it. Who: leaders. Raises not-now after the
    start: then nobody may be made to disappear from the figures."""
    with write():
        found = access.get_led(actor, number, lock=True)
        must_be(found, "planned")
        _forget_household(found, household_of(found, n))
        line("household_removed", actor, found)


def household_of(found: Canvass, n: int, *, lock: bool = False) -> CanvassHousehold:
    """One household of a campaign by its place in the list. NotVisible."""
    rows = found.households.filter(n=n)
    row = (rows.select_for_update() if lock else rows).first()
    if row is None:
        raise NotVisible(str(n))
    return row


def _forget_household(found: Canvass, row: CanvassHousehold) -> None:
    found.ties.filter(who=row.n).delete()
    found.ties.filter(knows=row.n).delete()
    found.canvassers.filter(home=row.n).update(home=None)
    row.delete()


# People -------------------------------------------------------------------------------------------


def add_canvasser(*, actor: Actor, number: str, account: UUID, role: str = "canvasser") -> Canvasser:
    """Somebody joins: knocks on doors, or leads and so sees everything.

    Their own household is found by where they are confirmed to live. Who: leaders; a leader may also be named
    by councils.canvass:manage, which the journal shows. Raises no-person, joined, not-now.
    """
    with write():
        found = access.get_canvass(actor, number, lock=True)
        if role != "leader" or not access.may_manage(actor, found):
            require(actor, access.LEAD, access.target_of(found, "leader"))
        must_be(found, "planned", "running")
        if not Account.objects.filter(pk=account, erased_at=None, is_active=True).exists():
            raise ActionError(
                "no-person", _("没有找到这个人。请核对登录名或手机号。"), field="who", status=422
            )
        homes = Residence.objects.filter(account=account, state="confirmed").values("household")
        home = found.households.filter(household__in=homes).values_list("n", flat=True).first()
        made, is_new = Canvasser.objects.get_or_create(
            canvass=found, account_id=account, role=role, defaults={"home": home}
        )
        if not is_new:
            raise ActionError("joined", _("这个人已经在里面了。"), field="who", status=422)
        code = "leader_named" if role == "leader" else "canvasser_added"
        line(code, actor, found, account=str(account))
    return made


def set_home(*, actor: Actor, number: str, canvasser: UUID, n: int | None) -> None:
    """Which household on the list is the canvasser's own: chains begin there. Who: leaders."""
    with write():
        found = access.get_led(actor, number, lock=True)
        one = member(found, canvasser)
        one.home = household_of(found, n).n if n is not None else None
        one.save(update_fields=["home"])
        line("home_set", actor, found)


def member(found: Canvass, canvasser: UUID) -> Canvasser:
    one = found.canvassers.filter(pk=canvasser).first()
    if one is None:
        raise NotVisible(str(canvasser))
    return one


def remove_canvasser(*, actor: Actor, number: str, canvasser: UUID) -> int:
    """Somebody leaves; the doors still open go back. How many. Who: leaders. Raises
    last-leader."""
    with write():
        found = access.get_led(actor, number, lock=True)
        one = member(found, canvasser)
        if one.role == "leader" and found.canvassers.filter(role="leader").count() == 1:
            raise ActionError("last-leader", _("至少留一位负责人。请先加上接手的人。"))
        given_back = CanvassVisit.objects.filter(canvasser=one).count()
        one.delete()
        line("canvasser_left", actor, found, n=given_back)
    return given_back


def start_canvass(*, actor: Actor, number: str) -> Canvass:
    """Begin: from now on everybody sees the public page, and doors may be knocked at.

    Who: councils.canvass:manage. Raises not-now, not-ready (what is missing, in a sentence), bad-day.
    """
    with write():
        found = managed(actor, number)
        must_be(found, "planned")
        if missing := not_ready(found):
            raise ActionError("not-ready", missing[0])
        if found.ends_on and found.ends_on < today():
            raise ActionError("bad-day", _("结束的日子已经过了，请改一个。"), field="ends_on", status=422)
        found.state, found.started_at = "running", now()
        found.save(update_fields=["state", "started_at"])
        curves.snapshot(found)
        line("started", actor, found, n=found.households.count(), target=found.target)
    return found


def not_ready(found: Canvass) -> list[str]:
    """What must be there before it begins, one sentence each."""
    missing = []
    if not found.purpose:
        missing.append(_("先写清楚要请大家支持什么。"))
    if not found.contact:
        missing.append(_("先写上住户可以找谁：电话和姓氏就够。"))
    if not found.households.exists():
        missing.append(_("先把住户放进名单。"))
    if not found.canvassers.filter(role="canvasser").exists():
        missing.append(_("先请几位走访的人。"))
    return missing


def n_households(n: int) -> str:
    return ngettext("%(n)s 户", "%(n)s 户", n) % {"n": n}

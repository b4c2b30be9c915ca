"""Living somewhere: asked for, confirmed by a worker or by a code on paper, ended."""

import secrets as random
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _

from mulin.kernel import journal, rulebook, throttle
from mulin.kernel.actors import Actor
from mulin.kernel.clock import now, today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.kernel.policy import Target, can, require
from mulin.kernel.secrets import fingerprint
from mulin.people import queries
from mulin.people.actions.accounts import lock_account
from mulin.people.models import Account, Household, Invitation, Residence
from mulin.places.models import Site

# No 0 O 1 I L: a code is read from paper by someone of seventy. 31^8 codes; tries are limited besides.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8
TRIES_PER_HOUR = 10
MAX_DOORS = 500


def clean_door(text: str) -> str:
    """`１单元 5－2` as `1单元5-2`: the same door written by two people is one household."""
    plain = unicodedata.normalize("NFKC", text).replace("—", "-").replace("–", "-")
    return "".join(plain.split())[:40]


def _building(code: str) -> Site:
    site = Site.objects.filter(code=code, kind="building", valid_to=None).first()
    if site is None:
        raise ActionError("no-building", _("找不到这栋楼。请从列表里选。"), field="building")
    return site


def _household(site: Site, door: str) -> Household:
    door = clean_door(door)
    if not door:
        raise ActionError("no-door", _("请写门牌，例如 1单元5-2。"), field="door")
    house, _made = Household.objects.get_or_create(
        building=site.code, door=door, defaults={"place": site.community, "grid": site.grid}
    )
    return house


def _line(code: str, actor: Actor, residence: Residence, **data) -> None:
    house = residence.household
    facts = {"account": str(residence.account_id), "building": house.building, **data}
    journal.record(code, actor=actor, place=house.place, subject=residence.pk, data=facts)


def _make_home(account_id: UUID, place: str) -> None:
    """The home page follows the first address that someone names."""
    Account.objects.filter(pk=account_id, home_place="").update(home_place=place)


def ask_residence(*, actor: Actor, building: str, door: str) -> Residence:
    """Ask to be confirmed as living behind a door. Anyone with an account may (`people.residence:ask`).

    Raises ActionError `no-building`, `no-door`, `already`, `too-many` (rule people.residence.pending_limit).
    """
    require(actor, "people.residence:ask", building)
    with write():
        lock_account(actor.account)  # a form sent twice at once asks once
        site = _building(building)
        house = _household(site, door)
        mine = Residence.objects.filter(account_id=actor.account, state__in=["asked", "confirmed"])
        if mine.filter(household=house).exists():
            raise ActionError("already", _("这个住址您已经申请过了。"), field="door")
        limit = rulebook.value("people.residence.pending_limit", at=site.community)
        if mine.filter(state="asked").count() >= limit:
            raise ActionError("too-many", _("您还有申请在等待确认。等有了结果，再申请别的住址。"))
        residence = Residence.objects.create(account_id=actor.account, household=house)
        _make_home(actor.account, house.place)
        _line("people.residence.asked", actor, residence)
    return residence


def decide_residence(*, actor: Actor, residence_id: UUID, accept: bool, reason: str = "") -> Residence:
    """Confirm that someone lives where they say, or not, with a reason they will read.

    Needs `people.residence:confirm` there; nobody decides on their own. Raises NotVisible, NotAllowed,
    ActionError `own-residence`, `decided`, `no-reason`.
    """
    with write():
        queries.get_pending_residence(actor, residence_id)
        rows = Residence.objects.select_for_update(of=("self",)).select_related("household")
        residence = rows.get(pk=residence_id)
        require(actor, "people.residence:confirm", queries.residence_target(residence))
        if residence.account_id == actor.account:
            raise ActionError("own-residence", _("自己的住址请同事来确认。"))
        if residence.state != "asked":
            raise ActionError("decided", _("这个申请已经有人处理了。"))
        reason = reason.strip()[:200]
        if not accept and not reason:
            raise ActionError("no-reason", _("请写明原因，申请人会看到。"), field="reason")
        residence.state = "confirmed" if accept else "refused"
        residence.how = "worker"
        residence.reason = "" if accept else reason
        residence.decided_by, residence.decided_at = actor.account, now()
        residence.save()
        _line(f"people.residence.{residence.state}", actor, residence)
    return residence


def end_residence(*, actor: Actor, residence_id: UUID) -> Residence:
    """Someone no longer lives there: said by themselves, or by who may confirm residents there.

    Raises NotVisible, ActionError `over`.
    """
    with write():
        rows = Residence.objects.select_for_update(of=("self",)).select_related("household")
        residence = rows.filter(pk=residence_id).first()
        mine = residence is not None and actor.account is not None and residence.account_id == actor.account
        if residence is None or not (
            mine or can(actor, "people.residence:confirm", queries.residence_target(residence))
        ):
            raise NotVisible
        if residence.state not in {"asked", "confirmed"}:
            raise ActionError("over", _("这个住址已经结束了。"))
        residence.state = "ended"
        residence.save(update_fields=["state"])
        _line("people.residence.ended", actor, residence)
    return residence


@dataclass(frozen=True, slots=True)
class Slip:
    """One code for one door, to be printed and handed over. Shown this once; only its hash is kept."""

    building: str
    door: str
    code: str
    expires_on: date
    uses: int


def show_code(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"


def clean_code(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in plain if c.isalnum())


def make_invitations(*, actor: Actor, building: str, doors: list[str]) -> list[Slip]:
    """Codes for the doors of a building, one each, in the order given; a door named twice gets one.

    Needs `people.invitation:make` there. Older codes of the same doors stop working. Raises ActionError
    `no-building`, `no-door`, `too-many`; NotAllowed.
    """
    site = _building(building)
    require(actor, "people.invitation:make", Target(place=site.community, grid=site.grid, building=site.code))
    wanted = list(dict.fromkeys(door for door in map(clean_door, doors) if door))
    if not wanted:
        raise ActionError("no-door", _("请至少写一个门牌，一行一个。"), field="doors")
    if len(wanted) > MAX_DOORS:
        raise ActionError("too-many", _("一次最多 %(most)s 户。") % {"most": MAX_DOORS}, field="doors")
    uses = rulebook.value("people.invitation.uses", at=site.community)
    expires_on = today() + timedelta(days=rulebook.value("people.invitation.days", at=site.community))
    slips = [
        Slip(
            site.name,
            door,
            "".join(random.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH)),
            expires_on,
            uses,
        )
        for door in wanted
    ]
    with write():
        houses = [_household(site, door) for door in wanted]
        Invitation.objects.filter(household__in=houses).update(uses_left=0)
        Invitation.objects.bulk_create(
            Invitation(
                household=house,
                code_hash=fingerprint(slip.code, "invitation"),
                made_by=actor.account,
                expires_on=expires_on,
                uses_left=uses,
            )
            for house, slip in zip(houses, slips, strict=True)
        )
        data = {"building": site.code, "n": len(slips)}
        journal.record("people.invitation.made", actor=actor, place=site.community, data=data)
    return slips


def use_invitation(*, actor: Actor, code: str) -> Residence:
    """Confirm oneself as living in the household that a code was handed to. Needs an account.

    Raises ActionError `bad-code`, `already`, and `too-often` after ten tries in an hour.
    """
    require(actor, "people.residence:ask", "")
    throttle.check("invitation", str(actor.account), limit=TRIES_PER_HOUR, seconds=3600)
    digest = fingerprint(clean_code(code), "invitation")
    with write():
        lock_account(actor.account)
        row = Invitation.objects.select_for_update(of=("self",)).select_related("household")
        found = (
            row.filter(code_hash=digest, uses_left__gt=0, expires_on__gte=today()).first() if digest else None
        )
        if found is None:
            raise ActionError(
                "bad-code", _("这个码不对，或者已经用完、过期了。请核对，或向社区再要一张。"), field="code"
            )
        mine = Residence.objects.filter(account_id=actor.account, household=found.household)
        residence = mine.filter(state__in=["asked", "confirmed"]).first()
        if residence and residence.state == "confirmed":
            raise ActionError("already", _("这个住址已经确认过了，不用再输。"), field="code")
        residence = residence or Residence(account_id=actor.account, household=found.household)
        residence.state, residence.how, residence.decided_at = "confirmed", "code", now()
        residence.decided_by = found.made_by
        residence.save()
        Invitation.objects.filter(pk=found.pk).update(uses_left=F("uses_left") - 1)
        _make_home(actor.account, found.household.place)
        _line("people.invitation.used", actor, residence, invitation=str(found.pk))
    return residence

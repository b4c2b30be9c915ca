"""What was said at the door: recorded, undone, and said by the household itself."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from mulin.councils.canvasses import access, curves, etiquette, states
from mulin.councils.canvasses.models import (
    Canvass,
    CanvassContact,
    Canvasser,
    CanvassHousehold,
    CanvassVisit,
)
from mulin.councils.canvasses.setup import household_of, line, member, must_be
from mulin.councils.chains import STANCES
from mulin.kernel import rulebook
from mulin.kernel.actors import ANONYMOUS, Actor
from mulin.kernel.clock import day_of, now, today
from mulin.kernel.db import write
from mulin.kernel.errors import ActionError, NotVisible
from mulin.people.models import Residence

WORDS_LENGTH = 200
OWN_STANCES = ("agree", "undecided", "oppose", "refused")


def record_contact(
    *, actor: Actor, number: str, n: int, outcome: str, reason: str = "", words: str = "",
    channel: str = "door", once: str = "",
) -> CanvassContact:  # fmt: skip
    """What came of one's own visit at a door that one was given. The same `once` gives the same contact.

    Who: canvassers of the running campaign, for their own doors. Raises being_approached and the other
    refusals of the etiquette, bad-outcome, text-too-long.
    """
    facts = _facts(outcome, reason, words, channel)
    with write():
        found, me = access.get_own(actor, number, lock=True)
        if again := _sent_before(found, once):
            if again.by_id != me.pk:
                raise NotVisible(number)
            return again
        visit = CanvassVisit.objects.filter(canvass=found, canvasser=me, n=n).first()
        if visit is None:
            raise etiquette.refusal("being_approached")
        _check_reason(found, reason)
        made = _record(found, household_of(found, n, lock=True), me, visit, today(), once=once, **facts)
        line("contacted", actor, found)
    return made


def record_for(
    *, actor: Actor, number: str, n: int, canvasser: UUID, outcome: str, reason: str = "", words: str = "",
    channel: str = "paper", on: date | None = None, once: str = "",
) -> CanvassContact:  # fmt: skip
    """A visit that a canvasser reported on paper or by telephone.

    The etiquette holds as if it had been asked before the visit. Who: leaders. Raises as
    `record_contact`, and bad-day.
    """
    facts, day = _facts(outcome, reason, words, channel), on or today()
    with write():
        found = access.get_led(actor, number, lock=True)
        must_be(found, "running")
        if again := _sent_before(found, once):
            return again
        if not found.started_at or not day_of(found.started_at) <= day <= today():
            said = _("日子要在敲门行动开始之后，不能晚于今天。")
            raise ActionError("bad-day", said, field="on", status=422)
        _check_reason(found, reason)
        by, row = member(found, canvasser), household_of(found, n, lock=True)
        visit = CanvassVisit.objects.filter(canvass=found, n=n).first()
        if visit is None or visit.canvasser_id != by.pk:
            etiquette.check_start(found, row, by, None, day)
            visit = None
        made = _record(found, row, by, visit, day, once=once, **facts)
        line("contacted", actor, found)
    return made


def _facts(outcome: str, reason: str, words: str, channel: str) -> dict[str, str]:
    if outcome not in STANCES or channel not in (*states.VISIT_CHANNELS, "paper"):
        raise ActionError("bad-outcome", _("请点一下这户怎么说。"), field="outcome", status=422)
    if len(words.strip()) > WORDS_LENGTH:
        raise ActionError("text-too-long", _("原话最多200个字。"), field="words", status=422)
    return {"outcome": outcome, "reason": reason, "words": words.strip(), "channel": channel}


def _check_reason(found: Canvass, reason: str) -> None:
    if reason and reason not in dict(states.reasons(found.place)):
        raise ActionError("bad-reason", _("请从列出的原因里选。"), field="reason", status=422)


def _sent_before(found: Canvass, once: str) -> CanvassContact | None:
    return found.contacts.filter(once=once[:64]).first() if once else None


def _record(
    found: Canvass, row: CanvassHousehold, by: Canvasser, visit: CanvassVisit | None, day: date, *, once: str,
    **facts: Any,
) -> CanvassContact:  # fmt: skip
    etiquette.record(row, facts["outcome"], day, is_expected=True)
    row.save()
    kept = {"caller": visit.caller, "chain": visit.chain, "trust": visit.trust, "how": visit.how,
            "is_by_hand": visit.is_by_hand} if visit else {}  # fmt: skip
    made = CanvassContact.objects.create(
        canvass=found, household=row, by=by, caller=visit.caller if visit else None, visit=kept, on=day,
        once=once[:64], **facts,
    )  # fmt: skip
    CanvassVisit.objects.filter(canvass=found, n=row.n).delete()
    _carries(found, row)
    curves.snapshot(found, {row.building})
    return made


def _carries(found: Canvass, row: CanvassHousehold) -> None:
    """Who does not agree any more is nobody's companion either: doors that relied on it go back."""
    if row.stance != "agree":
        relied = CanvassVisit.objects.filter(canvass=found, caller=row.n)
        relied.exclude(canvasser__home=row.n).delete()


def undo_contact(*, actor: Actor, number: str, contact: UUID) -> CanvassContact:
    """Take back a slip of the hand: the household stands as before, and the door is one's own again.

    Who: the canvasser who recorded it, within the minutes of the rule councils.canvass.undo_minutes, and
    while nothing was recorded after it. Raises too-late, not-last.
    """
    with write():
        found, me = access.get_own(actor, number, lock=True)
        one = found.contacts.filter(pk=contact, by=me).select_related("household").first()
        if one is None:
            raise NotVisible(number)
        minutes = int(rulebook.value("councils.canvass.undo_minutes", at=found.place))
        if one.created_at < now() - timedelta(minutes=minutes):
            said = _("过了可以撤销的时间。记错了请告诉负责人。")
            raise ActionError("too-late", said)
        row = household_of(found, one.household.n, lock=True)
        if row.history.filter(id__gt=one.pk).exists():
            raise ActionError("not-last", _("这户后来又记过了，不能再撤销。"))
        one.delete()
        etiquette.replay(row, row.history.order_by("id"))
        row.save()
        if one.visit:
            CanvassVisit.objects.create(canvass=found, n=row.n, canvasser=me, **one.visit)
        curves.snapshot(found, {row.building})
        line("contact_undone", actor, found)
    return one


def give_back(*, actor: Actor, number: str, n: int) -> None:
    """Somebody else should go: no reason is asked for. Who: the canvasser whose door it is."""
    with write():
        found, me = access.get_own(actor, number, lock=True)
        gone, _kinds = CanvassVisit.objects.filter(canvass=found, canvasser=me, n=n).delete()
        if not gone:
            raise NotVisible(number)
        line("given_back", actor, found)


def assign(*, actor: Actor, number: str, n: int, canvasser: UUID) -> CanvassVisit:
    """A door given by hand; the etiquette holds all the same. Who: leaders. Raises its refusals."""
    with write():
        found = access.get_led(actor, number, lock=True)
        must_be(found, "running")
        by, row = member(found, canvasser), household_of(found, n, lock=True)
        if by.role != "canvasser":
            raise NotVisible(str(canvasser))
        if found.canvassers.filter(home=n).exists():
            raise etiquette.refusal("one_of_us")
        etiquette.check_start(found, row, by, None, today())
        made, _is_new = CanvassVisit.objects.get_or_create(
            canvass=found, n=n, defaults={"canvasser": by, "is_by_hand": True}
        )
        line("assigned", actor, found)
    return made


# The household itself ------------------------------------------------------------------------------


def own_household(account: UUID | None, canvass: Canvass) -> CanvassHousehold | None:
    """The household of the campaign in which this account is confirmed to live."""
    if account is None:
        return None
    homes = Residence.objects.filter(account=account, state="confirmed").values("household")
    return canvass.households.filter(household__in=homes).order_by("n").first()


def say_own(*, actor: Actor, number: str, stance: str) -> CanvassHousehold:
    """What one's own household says, without anybody at the door; also that it wants to be left alone, and
    that it changed its mind about that.

    Who: whoever is confirmed to live there. NotVisible for others. Raises bad-outcome.
    """
    if stance not in OWN_STANCES:
        raise ActionError("bad-outcome", _("请选一项。"), field="stance", status=422)
    with write():
        found = access.get_public(number)
        found = Canvass.objects.select_for_update().get(pk=found.pk)
        must_be(found, "running")
        own = own_household(actor.account, found)
        if own is None:
            raise NotVisible(number)
        row = household_of(found, own.n, lock=True)
        etiquette.say(row, stance)
        row.save(update_fields=["stance"])
        CanvassContact.objects.create(canvass=found, household=row, outcome=stance, channel="own")
        if stance in ("refused", "agree"):
            CanvassVisit.objects.filter(canvass=found, n=row.n).delete()
        if stance == "refused":
            forget_ties(found, row.n)
        _carries(found, row)
        curves.snapshot(found, {row.building})
        # Nobody's name: what a household said is erased at the end, and figures of buildings by day stay.
        line("contacted", ANONYMOUS, found)
    return row


def forget_ties(found: Canvass, n: int) -> int:
    """Nobody knows a household any more that asked to be left alone, and it lends its name to nobody."""
    return found.ties.filter(who=n).delete()[0] + found.ties.filter(knows=n).delete()[0]

"""The campaign's etiquette for one door: the engine `chains` decides, here are its arrays and sentences."""

from collections.abc import Iterable
from datetime import date

import numpy as np
from django.utils.translation import gettext as _

from mulin.councils import chains
from mulin.councils.canvasses import states
from mulin.councils.canvasses.models import (
    Canvass,
    CanvassContact,
    Canvasser,
    CanvassHousehold,
    CanvassVisit,
)
from mulin.kernel import rulebook
from mulin.kernel.errors import ActionError

STANCE = {code: n for n, code in enumerate(chains.STANCES)}
# Whoever has no household on the list still is somebody: their number lies beyond all households.
BEYOND = 10**6


def rules_at(place: str) -> chains.Etiquette:
    """The limits of a place, from the rule councils.etiquette."""
    try:
        return chains.Etiquette.from_rule(rulebook.value("councils.etiquette", at=place))
    except ValueError as error:
        said = _("规则“敲门的分寸”没有填完整。请管理员在“规则”里补上。")
        raise ActionError("rule-unset", said) from error


def refusal(code: str) -> ActionError:
    """A visit that the etiquette does not allow, as a sentence."""
    return ActionError(code, str(states.REFUSALS[code]))


def day_number(day: date | None) -> int:
    return day.toordinal() if day else chains.LONG_AGO


def ids_of(canvassers: Iterable[Canvasser]) -> dict[object, int]:
    """A number for each canvasser: the own household's place in the list, or one beyond it."""
    return {
        one.pk: one.home if one.home is not None else BEYOND + n
        for n, one in enumerate(sorted(canvassers, key=lambda one: one.pk))
    }


def _one(row: CanvassHousehold) -> chains.Campaign:
    """A campaign of this one household, as it stands."""
    found = chains.Campaign.begin(np.array([STANCE[row.stance]]))
    found.contacts[0], found.noes[0] = row.contacts, row.noes
    found.last_no[0], found.last_absence[0] = day_number(row.last_no), day_number(row.last_absence)
    return found


def has_heard_no(row: CanvassHousehold, canvasser: Canvasser | None, caller: int | None) -> bool:
    """Whether one of the two who would come has heard a no at this door."""
    noes = row.history.filter(outcome__in=("undecided", "oppose", "refused")).exclude(channel="own")
    by_caller = caller is not None and noes.filter(caller=caller).exists()
    return by_caller or (canvasser is not None and noes.filter(by=canvasser).exists())


def check_start(
    canvass: Canvass, row: CanvassHousehold, canvasser: Canvasser, caller: int | None, day: date
) -> None:
    """Whether this canvasser may set out to this household today. Raises ActionError with why not."""
    rules = rules_at(canvass.place)
    if CanvassVisit.objects.filter(canvass=canvass, n=row.n).exclude(canvasser=canvasser).exists():
        raise refusal("being_approached")
    busy = CanvassVisit.objects.filter(canvass=canvass, canvasser=canvasser).exclude(n=row.n).count()
    small = _one(row)
    by = 1
    # The engine counts the open visits of one caller over all households: one place for each of them.
    whole = chains.Campaign.begin(np.r_[small.stance, np.full(busy, chains.UNDECIDED)])
    for name in ("contacts", "noes", "last_no", "last_absence"):
        getattr(whole, name)[0] = getattr(small, name)[0]
    whole.open_by[1:] = by
    if has_heard_no(row, canvasser, caller):
        whole.heard_no.add((0, by))
    try:
        whole.start(0, by, rules, day.toordinal())
    except chains.EtiquetteError as error:
        raise refusal(error.code) from error


def record(row: CanvassHousehold, outcome: str, day: date, *, is_expected: bool) -> None:
    """Put down what came of a visit; the household is changed and not yet saved.

    `is_expected`: whether the visit stood in the plan of whoever made it. Raises ActionError otherwise, and
    for a household that asked to be left alone: that is final, whatever the plan says."""
    if row.stance == "refused":
        raise refusal("asked_to_be_left_alone")
    campaign = _one(row)
    campaign.open_by[0] = 0 if is_expected else chains.NOBODY
    try:
        campaign.record(0, 0, day.toordinal(), STANCE[outcome])
    except chains.EtiquetteError as error:
        raise refusal(error.code) from error
    _copy(campaign, row)


def _copy(campaign: chains.Campaign, row: CanvassHousehold) -> None:
    row.stance = chains.STANCES[int(campaign.stance[0])]
    row.contacts, row.noes = int(campaign.contacts[0]), int(campaign.noes[0])
    for name in ("last_no", "last_absence"):
        value = int(getattr(campaign, name)[0])
        setattr(row, name, date.fromordinal(value) if value > 0 else None)


def say(row: CanvassHousehold, stance: str) -> None:
    """What the household says of itself, unasked: no visit, so no limit counts it."""
    row.stance = stance


def replay(row: CanvassHousehold, history: Iterable[CanvassContact]) -> None:
    """Where the household stands by what is left of its history; changed and not yet saved."""
    row.stance, row.contacts, row.noes, row.last_no, row.last_absence = "not_reached", 0, 0, None, None
    for one in history:
        if one.channel in ("own", "list"):
            say(row, one.outcome)
        else:
            if row.stance == "refused":
                row.stance = "not_reached"  # the history of a slip of the hand; what follows it counts
            record(row, one.outcome, one.on, is_expected=True)

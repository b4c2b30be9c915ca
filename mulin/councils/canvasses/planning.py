"""Whose doors are whose today: the engine's proposal, as rows for each canvasser.

Arrays are read with values_list: 20,000 households and 100,000 ties are two statements. A door given today
stays with whom it was given to until it is done or handed back; yesterday's go back into the pot.
"""

from collections import Counter, defaultdict
from uuid import UUID

import numpy as np

from mulin.councils import chains
from mulin.councils.canvasses import access, etiquette
from mulin.councils.canvasses.etiquette import STANCE, day_number
from mulin.councils.canvasses.models import Canvass, Canvasser, CanvassVisit
from mulin.councils.canvasses.setup import line, must_be
from mulin.kernel.actors import SYSTEM, Actor
from mulin.kernel.clock import today
from mulin.kernel.db import write

SAID_NO = ("undecided", "oppose", "refused")


def plan_today(*, actor: Actor, number: str) -> int:
    """Propose anew for everybody; how many doors are open then. Who: leaders."""
    with write():
        found = access.get_led(actor, number, lock=True)
        must_be(found, "running")
        n = _plan(found)
        line("planned", actor, found, n=n)
    return n


def more_doors(*, actor: Actor, number: str) -> int:
    """New doors for a canvasser whose own are done; how many they have then. Others' stay as they are."""
    with write():
        found, me = access.get_own(actor, number, lock=True)
        _plan(found)
        n = CanvassVisit.objects.filter(canvasser=me).count()
        line("planned", actor, found, n=n)
    return n


def plan_all() -> int:
    """What the worker does each morning: every running campaign has today's plan; how many were made."""
    stale = Canvass.objects.filter(state="running").exclude(planned_on=today()).values_list("pk", flat=True)
    for key in list(stale):
        with write():
            found = Canvass.objects.select_for_update().get(pk=key)
            if found.state == "running" and found.planned_on != today():
                _drop_ties_of_refused(found)
                line("planned", SYSTEM, found, n=_plan(found))
    return len(stale)


def _drop_ties_of_refused(found: Canvass) -> None:
    """A household that asked at the door to be left alone: once the slip of a hand can no longer be undone,
    nobody knows it any more."""
    gone = list(found.households.filter(stance="refused").values_list("n", flat=True))
    found.ties.filter(who__in=gone).delete()
    found.ties.filter(knows__in=gone).delete()


class Ground:
    """A campaign as arrays. `callers`: household -> its canvassers; `blocked`: pairs (household, household)
    of which the second may not come to the first: it heard a no there, or did not consent to being sent."""

    def __init__(self, canvass: Canvass, people: list[Canvasser]) -> None:
        self.people = people
        self.ids = etiquette.ids_of(people)
        self.callers: dict[int, list[Canvasser]] = defaultdict(list)
        for one in people:
            if one.home is not None:
                self.callers[one.home].append(one)
        rows = list(canvass.households.order_by("n").values_list(
            "n", "stance", "contacts", "noes", "last_no", "last_absence"))  # fmt: skip
        self.size = rows[-1][0] + 1 if rows else 0
        # A place that is empty now belongs to nobody, so nobody goes there.
        stance = np.full(self.size, chains.REFUSED, dtype=np.int8)
        self.campaign = chains.Campaign.begin(stance)
        for n, said, contacts, noes, last_no, last_absence in rows:
            self.campaign.stance[n] = STANCE[said]
            self.campaign.contacts[n], self.campaign.noes[n] = contacts, noes
            self.campaign.last_no[n] = day_number(last_no)
            self.campaign.last_absence[n] = day_number(last_absence)
        self.starters = np.array(sorted(n for n in self.callers if n < self.size), dtype=np.int64)
        # Who knocks for the campaign stands for it, and is not knocked at.
        self.campaign.stance[self.starters] = chains.AGREE
        self.ties, self.how = self._ties(canvass)
        self.heard = self._heard(canvass)

    def _ties(self, canvass: Canvass) -> tuple[chains.Ties, dict[tuple[int, int], str]]:
        """Each pair once for the engine. It takes a tie both ways: who did not consent is blocked."""
        best: dict[tuple[int, int], int] = {}
        how: dict[tuple[int, int], str] = {}
        for who, knows, trust, kind in canvass.ties.values_list("who", "knows", "trust", "how"):
            pair = (who, knows) if who < knows else (knows, who)
            best[pair] = max(trust, best.get(pair, 0))
            how[who, knows] = kind
        for a, b in best:
            for who, knows in ((a, b), (b, a)):
                if (who, knows) not in how:
                    self.campaign.heard_no.add((knows, who))
        pairs = np.array(list(best), dtype=np.int64).reshape(-1, 2)
        return chains.Ties(pairs[:, 0], pairs[:, 1], np.array(list(best.values()), dtype=np.int64)), how

    def _heard(self, canvass: Canvass) -> set[tuple[int, UUID]]:
        """(household, canvasser) of every no; the same for callers goes to the engine."""
        heard = set()
        rows = canvass.contacts.filter(outcome__in=SAID_NO).exclude(channel="own")
        for n, by, caller in rows.values_list("household__n", "by", "caller"):
            if caller is not None:
                self.campaign.heard_no.add((n, caller))
            if by is not None:
                heard.add((n, by))
                self.campaign.heard_no.add((n, self.ids.get(by, -1)))
        return heard


def _plan(found: Canvass) -> int:
    """Drop yesterday's open doors, keep today's, fill what is free. How many doors are open then."""
    day, rules = today(), etiquette.rules_at(found.place)
    CanvassVisit.objects.filter(canvass=found, on__lt=day, is_by_hand=False).delete()
    people = list(found.canvassers.filter(role="canvasser").order_by("id"))
    ground = Ground(found, people)
    room = dict.fromkeys([one.pk for one in people], rules.visits_each)
    for n, canvasser, caller in CanvassVisit.objects.filter(canvass=found).values_list(
        "n", "canvasser", "caller"
    ):
        room[canvasser] = room.get(canvasser, 0) - 1
        if n < ground.size:
            ground.campaign.open_by[n] = caller if caller is not None else ground.ids.get(canvasser, 0)
    plan = chains.propose(ground.ties, ground.campaign, ground.starters, rules, day.toordinal())
    CanvassVisit.objects.bulk_create(_visits(found, ground, plan, room), batch_size=1_000)
    counted = Counter(plan.reason.tolist())
    gone = found.households.count()
    found.waiting = {
        name: counted[n] for n, name in enumerate(chains.REASONS) if counted[n] and name != chains.PROPOSED
    }
    # Empty places of the list were counted as households that want to be left alone.
    if left := found.waiting.get("asked_to_be_left_alone"):
        found.waiting["asked_to_be_left_alone"] = left - (ground.size - gone)
    found.planned_on = day
    found.save(update_fields=["waiting", "planned_on"])
    return CanvassVisit.objects.filter(canvass=found).count()


def _visits(found: Canvass, ground: Ground, plan: chains.Plan, room: dict) -> list[CanvassVisit]:
    """Who goes where: the canvasser nearest to the caller on its chain, the closest ties first."""
    asked = np.flatnonzero(plan.caller != chains.NOBODY)
    order = asked[np.lexsort((asked, -plan.trust[asked].astype(int)))]
    made: list[CanvassVisit] = []
    free = sum(max(n, 0) for n in room.values())
    for n in order.tolist():
        if free <= 0:
            break
        chain = plan.chain(n)
        by = _nearest(ground, chain, n, room)
        if by is None:
            continue
        room[by.pk] -= 1
        free -= 1
        caller = chain[-2]
        way = list(chain[chain.index(by.home) :]) if by.home in chain else list(chain)
        made.append(
            CanvassVisit(
                canvass=found, n=n, canvasser=by, caller=caller, chain=way, trust=int(plan.trust[n]),
                how=ground.how.get((caller, n), ""), on=today(),
            )
        )  # fmt: skip
    return made


def _nearest(ground: Ground, chain: tuple[int, ...], n: int, room: dict) -> Canvasser | None:
    """The canvasser with room who stands nearest to the household and never heard a no there."""
    for place in reversed(chain[:-1]):
        for one in ground.callers.get(place, ()):
            if room.get(one.pk, 0) > 0 and (n, one.pk) not in ground.heard:
                return one
    return None


def forget(found: Canvass) -> dict[str, int]:
    """Delete who knows whom and every plan; how many of each. Part of the end: see `closing`."""
    return {"ties": found.ties.all().delete()[0], "visits": found.visits.all().delete()[0]}

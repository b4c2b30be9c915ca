"""A vote of the demo from its roster to the certified count: secret papers, a few of them on the table."""

import random
from collections.abc import Sequence
from datetime import time, timedelta
from uuid import UUID

from mulin.councils.rosters import actions as rosters
from mulin.councils.votes import actions as votes
from mulin.councils.votes import paper_batches
from mulin.councils.votes.models import Vote
from mulin.kernel import clock
from mulin.kernel.actors import ANONYMOUS
from mulin.people.queries import actor_by_id
from mulin.site.demo.places import HOME
from mulin.site.demo.script import Script, as_soon_as_may, soon, spread

AT_TABLE = 6
OFFICERS = ("clerk", "secretary")


def hold(street, rng: random.Random, pk: UUID, choices: Sequence[str], days: int) -> Script:
    """Everything of one vote; `choices` are the papers, as many people vote as there are papers."""
    clerk = street.actor("clerk")
    vote = Vote.objects.get(pk=pk)
    keys = prepare(street, vote, clerk, closes_at=_evening(days))
    yield soon()
    yield from as_soon_as_may(lambda: votes.open_vote(actor=clerk, number=vote.number))
    vote.refresh_from_db()
    papers = list(choices)
    rng.shuffle(papers)
    entries = list(vote.roster.entries.order_by("position", "id"))
    rng.shuffle(entries)
    pairs = list(zip(entries, papers, strict=False))
    table, online = pairs[:AT_TABLE], pairs[AT_TABLE:]
    acts = [paper(vote.number, entry, choice) for entry, choice in online]
    acts += [_comes(clerk, vote.number, entry) for entry, _choice in table]
    rng.shuffle(acts)
    yield from spread(rng, vote.closes_at - timedelta(hours=1), acts)
    yield max(vote.closes_at + timedelta(minutes=2), soon())
    votes.close_vote(actor=clerk, number=vote.number)
    yield soon(30)
    _type_papers(street, vote, [choice for _entry, choice in table])
    yield soon(15)
    votes.count_vote(actor=clerk, number=vote.number, keys_given=keys)
    yield soon(10)
    votes.certify_vote(actor=street.actor("secretary"), number=vote.number, keys_destroyed=True)


def prepare(street, vote: Vote, clerk, *, officers: Sequence[str] = OFFICERS, **settings) -> list[str]:
    """Roster, officers with their keys, and the notice; the keys."""
    roster = rosters.draft_roster(
        actor=clerk, place=HOME, body="residents", title=f"{vote.title[:60]}（名册）", topic=vote.topic,
        source="people",
    )  # fmt: skip
    rosters.freeze_roster(actor=clerk, number=roster.number)
    votes.edit_vote(actor=clerk, number=vote.number, roster=roster.pk, **settings)
    accounts = [street.people.accounts[name].pk for name in officers]
    votes.set_officers(actor=clerk, number=vote.number, accounts=accounts)
    keys = []
    for name in officers:
        officer = street.actor(name)
        keys.append(votes.make_key(actor=officer, number=vote.number))
        votes.show_key(actor=officer, number=vote.number, text=keys[-1])
    votes.give_notice(actor=clerk, number=vote.number)
    return keys


def _evening(days: int):
    day = clock.today() + timedelta(days=days)
    return clock.now().astimezone(clock.zone()).combine(day, time(20), clock.zone())


def paper(number: str, entry, choice: str):
    """One person of the roster hands in a paper."""

    def act() -> None:
        actor = actor_by_id(entry.account_id) or ANONYMOUS
        votes.cast(actor=actor, number=number, entries=[entry.pk], choice=[choice])

    return act


def _comes(clerk, number: str, entry):
    return lambda: votes.mark_came(actor=clerk, number=number, entry=entry.pk)


def _type_papers(street, vote: Vote, choices: Sequence[str]) -> None:
    """What lay in the box on the table, typed in by two persons."""
    papers = [[choice] for choice in choices]
    batch = paper_batches.begin_batch(
        actor=street.actor("clerk"), number=vote.number, name="1", choices=papers
    )
    paper_batches.confirm_batch(
        actor=street.actor("secretary"), number=vote.number, batch=batch.pk, choices=papers, slip=batch.slip
    )

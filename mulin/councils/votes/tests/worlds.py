"""Votes for tests, each as far as it is needed, made by what people do."""

from datetime import timedelta
from typing import Any

from mulin.councils.rosters import actions as rosters
from mulin.councils.rosters.lines import Line, Owner
from mulin.councils.rosters.models import OwnerPerson, Roster, RosterEntry
from mulin.councils.votes import actions, box, paper_batches
from mulin.councils.votes.models import Vote
from mulin.kernel import clock
from mulin.kernel.actors import Actor
from mulin.people.models import Account
from mulin.people.queries import actor_for

RULES = {
    "quorum": "heads > 1/2 of roster",
    "consent": "heads > 1/2 of took_part",
}


def voters(n: int, place: str) -> list[Account]:
    made = [Account(username=f"voter{i}", name=f"居民{i}", home_place=place) for i in range(n)]
    Account.objects.bulk_create(made)
    return made


def residents(cast: Any, place: str, accounts: list[Account], *, others: int = 0, **more: Any) -> Roster:
    """A frozen roster of people: these accounts, and `others` without one."""
    clerk = cast.clerk.actor
    roster = rosters.draft_roster(actor=clerk, place=place, body="residents", title="居民名册", **more)
    named = [(one.name, one) for one in accounts] + [(f"老人{n}", None) for n in range(others)]
    for name, account in named:
        made = rosters.add_entry(actor=clerk, number=roster.number, entry=Line(label=name))
        RosterEntry.objects.filter(pk=made.pk).update(account=account)
    return rosters.freeze_roster(actor=clerk, number=roster.number)


def owners(cast: Any, world: Any, units: list[tuple[str, int, list[str]]], **accounts: Account) -> Roster:
    """A frozen roster of units: (door, area in 0.01 m², owners' codes); `accounts` by owner's code."""
    clerk = cast.clerk.actor
    roster = rosters.draft_roster(actor=clerk, place=world.home, body="owners", title="业主名册")
    for door, area, codes in units:
        line = Line(
            building=world.building, door=door, registry=area,
            owners=[Owner(f"业主{code}", code=code) for code in codes],
        )  # fmt: skip
        rosters.add_entry(actor=clerk, number=roster.number, entry=line)
    frozen = rosters.freeze_roster(actor=clerk, number=roster.number)
    for code, account in accounts.items():
        OwnerPerson.objects.filter(roster=roster, code=code).update(account=account)
    return frozen


def drafted(cast: Any, roster: Roster, **settings: Any) -> Vote:
    """A draft that lacks nothing but, if it is secret, its keys."""
    opens = clock.now() + timedelta(days=settings.pop("days", 0), hours=1)
    frame = {
        "title": "换不换行道树", "body": roster.body, "kind": "yes_no", "affair": "consultation",
        "opens_at": opens, "closes_at": opens + timedelta(days=7),
    }  # fmt: skip
    clerk = cast.clerk.actor
    vote = actions.draft_vote(actor=clerk, place=roster.place, title="换不换行道树")
    return actions.edit_vote(actor=clerk, number=vote.number, roster=roster.pk, **{**frame, **settings})


def keyed(cast: Any, vote: Vote) -> list[str]:
    """Name the clerk and the secretary as officers; their keys, each shown to be kept."""
    officers = [cast.clerk, cast.secretary]
    actions.set_officers(actor=cast.clerk.actor, number=vote.number, accounts=[one.id for one in officers])
    keys = []
    for one in officers:
        keys.append(actions.make_key(actor=one.actor, number=vote.number))
        actions.show_key(actor=one.actor, number=vote.number, text=keys[-1])
    return keys


def opened(cast: Any, roster: Roster, freeze: Any, **settings: Any) -> tuple[Vote, list[str]]:
    """A vote that takes papers, and its keys."""
    vote = drafted(cast, roster, **settings)
    keys = keyed(cast, vote) if vote.is_secret else []
    actions.give_notice(actor=cast.clerk.actor, number=vote.number)
    freeze(vote.opens_at)
    return actions.open_vote(actor=cast.clerk.actor, number=vote.number), keys


def entry_of(roster: Roster, account: Account) -> RosterEntry:
    return roster.entries.get(account=account)


def says(vote: Vote, account: Account, *choice: str) -> list[str]:
    """One person hands in a paper for their own line."""
    entry = entry_of(vote.roster, account)
    return actions.cast(actor=actor_for(account), number=vote.number, entries=[entry.pk], choice=list(choice))


def typed(cast: Any, vote: Vote, choices: list) -> int:
    """Papers from the box on the table, typed by the clerk and by the secretary."""
    batch = paper_batches.begin_batch(
        actor=cast.clerk.actor,
        number=vote.number,
        name=f"{vote.slots.count()}-{len(choices)}",
        choices=choices,
    )
    return paper_batches.confirm_batch(
        actor=cast.secretary.actor, number=vote.number, batch=batch.pk, choices=choices, slip=batch.slip
    )


def counted(cast: Any, vote: Vote, keys: list[str], freeze: Any) -> Vote:
    freeze(vote.closes_at + timedelta(minutes=1))
    actions.close_vote(actor=cast.clerk.actor, number=vote.number)
    return actions.count_vote(actor=cast.clerk.actor, number=vote.number, keys_given=keys)


def published(cast: Any, vote: Vote, keys: list[str], freeze: Any) -> Vote:
    counted(cast, vote, keys, freeze)
    return actions.certify_vote(actor=cast.secretary.actor, number=vote.number, keys_destroyed=True)


def other_key() -> str:
    return box.written(box.new_key()[0])


def clerk_of(cast: Any) -> Actor:
    return cast.clerk.actor

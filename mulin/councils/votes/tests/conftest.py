"""Who votes, where a file says nothing else."""

from datetime import timedelta

import pytest

from mulin.councils.rosters import actions as rosters
from mulin.councils.votes.tests import worlds
from mulin.kernel import clock
from mulin.people.queries import actor_for


@pytest.fixture
def people(world):
    return worlds.voters(6, world.home)


@pytest.fixture
def roster(world, cast, people):
    return worlds.residents(cast, world.home, people, others=2)


@pytest.fixture
def joint(cast, world, freeze):
    """A named vote of owners; the resident holds the proxy of an owner who has an account."""
    owner = worlds.voters(1, world.home)[0]
    roster = worlds.owners(cast, world, [("1-1", 9000, ["a"])], a=owner)
    vote, _keys = worlds.opened(cast, roster, freeze, affair="use_fund", days=20)
    entry = roster.entries.get()
    rosters.record_proxy(
        actor=cast.clerk.actor, number=roster.number, keys=[entry.key], giver="a",
        holder=cast.resident.account, signed_on=clock.today(), until=clock.today() + timedelta(days=30),
    )  # fmt: skip
    return vote, entry, actor_for(owner), cast.resident.again()

"""Two telephones, or a telephone and the table, at one moment: one paper."""

from datetime import timedelta

import pytest

from mulin.councils.votes import actions, running
from mulin.councils.votes.models import Vote, VoteSlot, VoteTurnout
from mulin.councils.votes.tests import worlds
from mulin.kernel.testing.together import at_once
from mulin.people.queries import actor_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def taken(vote):
    return VoteSlot.objects.filter(vote=vote).exclude(channel="").count()


def test_the_same_line_from_two_telephones_and_at_the_table_gives_one_paper(world, cast, freeze):
    people = worlds.voters(1, world.home)
    vote, _keys = worlds.opened(cast, worlds.residents(cast, world.home, people, others=3), freeze)
    entry = worlds.entry_of(vote.roster, people[0])
    opens = vote.opens_at

    def online():
        from mulin.kernel import clock

        with clock.at(opens):
            actions.cast(actor=actor_for(people[0]), number=vote.number, entries=[entry.pk], choice=["yes"])

    def at_table():
        actions.mark_came(actor=cast.clerk.actor, number=vote.number, entry=entry.pk)

    assert at_once(online, online, at_table) == ["voted", "voted"]
    assert VoteTurnout.objects.filter(vote=vote).count() == 1
    assert taken(vote) == VoteTurnout.objects.filter(vote=vote, channel="portal").count()


def test_many_at_once_each_have_a_paper_of_their_own(world, cast, freeze):
    people = worlds.voters(6, world.home)
    vote, keys = worlds.opened(cast, worlds.residents(cast, world.home, people), freeze)
    opens = vote.opens_at

    def act(account):
        from mulin.kernel import clock

        with clock.at(opens):
            worlds.says(vote, account, "yes")

    assert at_once(*(lambda one=one: act(one) for one in people)) == []
    assert taken(vote) == 6
    done = worlds.counted(cast, vote, keys, freeze)
    assert done.file["papers"] == [["yes"]] * 6


def test_papers_that_come_while_the_worker_closes_are_in_whole_or_not_at_all(world, cast, freeze):
    people = worlds.voters(5, world.home)
    vote, keys = worlds.opened(cast, worlds.residents(cast, world.home, people), freeze)
    closes = vote.closes_at

    def act(account):
        from mulin.kernel import clock

        with clock.at(closes - timedelta(seconds=1)):
            worlds.says(vote, account, "yes")

    def close():
        from mulin.kernel import clock

        with clock.at(closes):
            running.tick()

    late = at_once(close, *(lambda one=one: act(one) for one in people))
    assert set(late) <= {"not-open"}
    closed = Vote.objects.get(pk=vote.pk)
    assert closed.state == "closed"
    n = len(people) - len(late)
    assert (taken(vote), VoteTurnout.objects.filter(vote=vote).count()) == (n, n)
    assert closed.turnout == {"portal": n, "paper": 0}
    freeze(closes + timedelta(minutes=1))
    done = actions.count_vote(actor=cast.clerk.actor, number=vote.number, keys_given=keys)
    assert done.file["papers"] == [["yes"]] * n

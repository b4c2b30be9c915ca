"""Votes by area: named, by owner and unit, published as totals."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mulin.councils import recounting
from mulin.councils.rosters import actions as rosters
from mulin.councils.votes import actions, reading
from mulin.councils.votes.models import VotePaper, VoteTurnout
from mulin.councils.votes.tests import worlds
from mulin.kernel.actions import set_rule
from mulin.kernel.errors import ActionError
from mulin.people.queries import actor_for

pytestmark = pytest.mark.django_db
UNITS = [
    ("1-1", 9000, ["a"]),
    ("1-2", 9000, ["a"]),
    ("2-1", 10000, ["b", "c"]),
    ("2-2", 8000, ["d"]),
    ("3-1", 7000, ["e"]),
]


def refused(code, act):
    with pytest.raises(ActionError) as found:
        act()
    assert found.value.code == code, found.value


@pytest.fixture
def owners(world):
    return dict(zip("abcde", worlds.voters(5, world.home), strict=True))


@pytest.fixture
def roster(world, cast, owners):
    return worlds.owners(cast, world, UNITS, **owners)


@pytest.fixture
def vote(cast, roster, freeze):
    return worlds.opened(cast, roster, freeze, affair="use_fund", days=20)[0]


def says(vote, account, *choice):
    actor = actor_for(account)
    mine = [one.id for one in reading.mine(vote, actor) if not one.proxy_of]
    return actions.cast(actor=actor, number=vote.number, entries=mine, choice=list(choice))


def test_owners_vote_by_area_and_heads_and_only_totals_are_published(cast, vote, owners, freeze):
    for code, choice in (("a", "yes"), ("b", "yes"), ("d", "no")):
        assert says(vote, owners[code], choice) == []
    done = worlds.published(cast, vote, [], freeze)
    totals = done.file["totals"]
    assert totals["roster"] == {"heads": 4, "area": 43000}
    assert totals["options"] == {"yes": {"heads": 2, "area": 28000}, "no": {"heads": 1, "area": 8000}}
    assert "papers" not in done.file
    assert done.status == "passed"
    text = recounting.written(done.file)
    names = [f"业主{code}" for code in "abcde"]
    assert not any(one in text for one in [*names, *map(str, VotePaper.objects.values_list("id", flat=True))])
    again = recounting.recount(recounting.read(text)).as_json()
    assert recounting.written(again) == recounting.written(done.file["result"])


def test_a_vote_by_area_is_always_named(cast, roster):
    vote = worlds.drafted(cast, roster, affair="use_fund", days=20, is_secret=True)
    assert not vote.is_secret


def test_one_owner_of_two_flats_votes_for_both_at_once(vote, owners):
    says(vote, owners["a"], "yes")
    assert VotePaper.objects.filter(vote=vote, owner="a").count() == 2
    assert VoteTurnout.objects.filter(vote=vote).count() == 2


def test_a_named_paper_can_be_changed_until_the_close_and_counts_once(cast, vote, owners, freeze):
    says(vote, owners["d"], "yes")
    says(vote, owners["d"], "no")
    paper = VotePaper.objects.get(vote=vote, owner="d")
    assert paper.choice == ["no"]
    done = worlds.counted(cast, vote, [], freeze)
    assert done.turnout == {"portal": 1, "paper": 0}


def test_a_named_paper_is_not_changed_where_the_rule_says_so(cast, vote, owners, world):
    says(vote, owners["d"], "yes")
    set_rule(
        actor=cast.admin.actor, name="councils.vote.change", place=world.home, value=False,
        basis="议事规则", certainty="local practice", match={"secrecy": ["named"]},
    )  # fmt: skip
    refused("voted", lambda: says(vote, owners["d"], "no"))


def test_joint_owners_who_say_different_things_need_a_rule(cast, vote, owners, freeze):
    for code, choice in (("a", "yes"), ("b", "yes"), ("c", "no"), ("d", "yes"), ("e", "yes")):
        says(vote, owners[code], choice)
    done = worlds.counted(cast, vote, [], freeze)
    assert done.status == "refused"
    missing = {one.name for one in reading.missing_rules(done)}
    assert missing == {"councils.contradiction"}


def test_joint_owners_who_agree_are_one_head(cast, vote, owners, freeze):
    for code in "abc":
        says(vote, owners[code], "yes")
    done = worlds.counted(cast, vote, [], freeze)
    assert done.file["totals"]["options"]["yes"] == {"heads": 2, "area": 28000}


def test_a_proxy_votes_for_the_unit_that_it_names_and_no_other(cast, vote, owners, freeze, world):
    from datetime import timedelta

    from mulin.kernel.clock import today

    entry = vote.roster.entries.get(key__contains="3-1")
    rosters.record_proxy(
        actor=cast.clerk.actor, number=vote.roster.number, keys=[entry.key], giver="e",
        holder=cast.resident.account,
        signed_on=today(), until=today() + timedelta(days=30),
    )  # fmt: skip
    mine = reading.mine(vote, cast.resident.again())
    assert [one.id for one in mine] == [entry.pk]
    actions.cast(actor=cast.resident.actor, number=vote.number, entries=[entry.pk], choice=["yes"])
    paper = VotePaper.objects.get(vote=vote)
    assert (paper.owner, paper.is_by_proxy) == ("e", True)
    other = vote.roster.entries.get(key__contains="2-2")
    refused(
        "not-yours",
        lambda: actions.cast(
            actor=cast.resident.actor, number=vote.number, entries=[other.pk], choice=["yes"]
        ),
    )


def test_paper_and_screen_of_one_owner_do_not_count_twice(cast, vote, owners):
    entry = vote.roster.entries.get(key__contains="2-2")
    type_in = {"actor": cast.clerk.actor, "number": vote.number, "entry": entry.pk}
    paper = actions.enter_named(**type_in, choice=["yes"])
    refused("voted", lambda: says(vote, owners["d"], "no"))
    refused("voted", lambda: actions.enter_named(**type_in, choice=["no"]))
    actions.withdraw_named(actor=cast.clerk.actor, number=vote.number, paper=paper.pk)
    says(vote, owners["d"], "no")
    joint = vote.roster.entries.get(key__contains="2-1")
    refused(
        "not-an-owner",
        lambda: actions.enter_named(
            actor=cast.clerk.actor, number=vote.number, entry=joint.pk, choice=["yes"]
        ),
    )


def test_the_count_is_told_in_sentences_with_all_its_numbers(cast, vote, owners, freeze):
    from mulin.councils.votes import telling

    for code in "abd":
        says(vote, owners[code], "yes")
    done = worlds.counted(cast, vote, [], freeze)
    said = " ".join(one.text for one in telling.steps(done))
    for words in ("4 位业主", "430.00 平方米", "2/3", "360.00 平方米", "够了", "结果：通过"):
        assert words in said, said


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.dictionaries(st.sampled_from("abde"), st.sampled_from(["yes", "no", ""]), min_size=1))
def test_the_published_file_always_gives_the_published_result(cast, world, roster, freeze, said):
    """Whatever owners say, recounting the file gives the same bytes."""
    accounts = {one.code: one.account for one in roster.people.select_related("account")}
    freeze("2026-05-01 09:00")
    vote = worlds.opened(cast, roster, freeze, affair="use_fund", days=20)[0]
    for code, choice in said.items():
        says(vote, accounts[code], *filter(None, [choice]))
    done = worlds.counted(cast, vote, [], freeze)
    file = recounting.read(recounting.written(done.file))
    assert recounting.written(recounting.recount(file).as_json()) == recounting.written(done.file["result"])

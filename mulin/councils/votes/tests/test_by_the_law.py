"""A vote read by a lawyer, a mathematician and a neighbour who lost it: what it must not do."""

from datetime import timedelta

import pytest
from django.urls import reverse

from mulin.councils.rosters import actions as rosters
from mulin.councils.rosters import queries as rosters_of
from mulin.councils.votes import actions, inbox, reading, running, views
from mulin.councils.votes.models import VoteSlot
from mulin.councils.votes.tests import worlds
from mulin.kernel import clock, rulebook, waiting
from mulin.kernel.actions import set_rule
from mulin.kernel.errors import ActionError
from mulin.kernel.models import RuleOverride
from mulin.people.queries import actor_for

pytestmark = pytest.mark.django_db
PRESENT = {"quorum": "heads > 1/2 of roster", "consent": "heads > 1/2 of present"}
TREES = [{"title": one, "text": "", "cost": None} for one in ("紫薇", "香樟", "银杏", "桂花", "蓝花楹")]


def refused(code, act):
    with pytest.raises(ActionError) as found:
        act()
    assert found.value.code == code, found.value
    return found.value


@pytest.fixture
def set_parking(cast, world):
    def change(value):
        RuleOverride.objects.filter(name="councils.parking").delete()
        RuleOverride.objects.create(
            name="councils.parking", place=world.home, valid_from="2020-01-01", value=value, basis="议事规则",
            certainty="local practice", set_by=cast.admin.account,
        )  # fmt: skip
        rulebook.forget()

    return change


def fill_in(cast, place):
    for name, value in PRESENT.items():
        set_rule(
            actor=cast.admin.actor, name=f"councils.{name}", place=place, value=value, basis="新法第四章",
            certainty="law", match={"body": ["residents"]}, valid_from=clock.today() - timedelta(days=30),
        )  # fmt: skip


# --- opened as announced ---------------------------------------------------------------------------------


def test_a_vote_whose_key_is_found_after_its_close_does_not_open_for_nobody(cast, roster, people, freeze):
    vote = worlds.drafted(cast, roster)
    worlds.keyed(cast, vote)
    actions.give_notice(actor=cast.clerk.actor, number=vote.number)
    key = actions.make_key(actor=cast.clerk.actor, number=vote.number)
    freeze(vote.closes_at)
    actions.show_key(actor=cast.clerk.actor, number=vote.number, text=key)
    assert running.tick() == 0
    waits = inbox.stuck_rows(cast.clerk.again())
    assert waits is not None and [row.ref for row in waiting.first([waits], 5)] == [vote.number]
    refused("over", lambda: actions.open_vote(actor=cast.clerk.actor, number=vote.number))
    later = {"closes_at": clock.now() + timedelta(days=3), "reason": "钥匙晚了几天才找到"}
    actions.extend_vote(actor=cast.clerk.actor, number=vote.number, **later)
    assert running.tick() == 1
    worlds.says(vote, people[0], "yes")


# --- how many came ---------------------------------------------------------------------------------------


def test_where_those_who_came_are_counted_the_box_stays_closed_until_somebody_says_how_many(
    cast, roster, people, freeze
):
    fill_in(cast, roster.place)
    vote, keys = worlds.opened(cast, roster, freeze, affair="decision", days=5)
    for account in people[:5]:
        worlds.says(vote, account, "yes")
    error = refused("no-attendance", lambda: worlds.counted(cast, vote, keys, freeze))
    assert error.field == "present"
    assert VoteSlot.objects.filter(vote=vote).exclude(channel="").count() == 5
    counted = actions.count_vote(actor=cast.clerk.actor, number=vote.number, keys_given=keys, present=6)
    assert (counted.status, counted.file["roster"]) == ("passed", {"heads": 8, "present": 6})


def test_a_rule_that_asks_how_many_came_and_is_filled_in_late_does_not_lose_the_vote(
    cast, roster, people, freeze, client_for
):
    vote, keys = worlds.opened(cast, roster, freeze, affair="decision", days=5)
    for account in people[:5]:
        worlds.says(vote, account, "yes")
    assert worlds.counted(cast, vote, keys, freeze).status == "refused"
    fill_in(cast, roster.place)
    again = {"actor": cast.clerk.actor, "number": vote.number}
    refused("no-attendance", lambda: actions.count_again(**again))
    refused("bad-count", lambda: actions.count_again(**again, present=4))
    client = client_for(cast.clerk)
    page = client.get(reverse("councils_desk:vote", args=[vote.number])).content.decode()
    assert 'name="present"' in page
    client.post(reverse("councils_desk:vote-move", args=[vote.number, "again"]), {"present": "5"})
    vote.refresh_from_db()
    assert (vote.status, vote.present) == ("passed", 5)


def test_owners_who_sat_there_without_a_paper_do_not_take_part(cast, world, freeze):
    """民法典第278条: by papers. One of three who owns most of the area cannot decide for three heads."""
    owner = worlds.voters(1, world.home)[0]
    units = [("1-1", 80000, ["a"]), ("1-2", 10000, ["b"]), ("1-3", 10000, ["c"])]
    roster = worlds.owners(cast, world, units, a=owner)
    vote, keys = worlds.opened(cast, roster, freeze, affair="use_fund", days=20)
    entry = roster.entries.get(door="1-1")
    actions.cast(actor=actor_for(owner), number=vote.number, entries=[entry.pk], choice=["yes"])
    freeze(vote.closes_at)
    actions.close_vote(actor=cast.clerk.actor, number=vote.number)
    counted = actions.count_vote(actor=cast.clerk.actor, number=vote.number, keys_given=keys, present=3)
    assert (counted.status, counted.present) == ("no_quorum", None)


def test_a_threshold_of_ones_own_asks_for_nothing_that_the_vote_does_not_have(cast, world, roster):
    refused(
        "bad-threshold",
        lambda: worlds.drafted(cast, roster, custom={"quorum": "area > 1/2 of roster", "basis": "自定"}),
    )
    units = worlds.owners(cast, world, [("1-1", 9000, ["a"])])
    law = "area > 1/2 of took_part and heads > 1/2 of took_part and heads > 1/2 of present"
    own = {"consent": law, "basis": "议事规则"}
    refused("bad-threshold", lambda: worlds.drafted(cast, units, affair="use_fund", custom=own))


def test_a_roster_with_which_nothing_can_be_counted_keeps_the_vote_from_its_notice(cast, world, set_parking):
    set_parking("left_out")
    clerk = cast.clerk.actor
    roster = rosters.draft_roster(actor=clerk, place=world.home, body="owners", title="业主名册")
    line = worlds.Line(
        building=world.building, door="1-1", registry=9000, owners=[worlds.Owner("甲", code="a")]
    )
    rosters.add_entry(actor=clerk, number=roster.number, entry=line)
    space = worlds.Line(door="车位1", kind="parking", owners=[worlds.Owner("甲", code="a")])
    rosters.add_entry(actor=clerk, number=roster.number, entry=space)
    frozen = rosters.freeze_roster(actor=clerk, number=roster.number)
    set_parking("counted")
    vote = worlds.drafted(cast, frozen, affair="use_fund", days=20)
    assert any("面积" in one for one in running.lacks(vote))
    refused("not-ready", lambda: actions.give_notice(actor=clerk, number=vote.number))


# --- what figures and pages give away --------------------------------------------------------------------


def test_three_people_with_five_crosses_each_are_still_three(cast, world, people, freeze):
    roster = worlds.residents(cast, world.home, people, others=20)
    vote, keys = worlds.opened(cast, roster, freeze, kind="approve", options=TREES, max_choices=5)
    trees = [one["key"] for one in vote.options]
    for account, choice in zip(people, (trees, trees[:4], trees[1:]), strict=False):
        worlds.says(vote, account, *choice)
    done = worlds.published(cast, vote, keys, freeze)
    assert "票很少" in reading.shown_result(done)["is_telling"]


@pytest.mark.parametrize("kind", ["approve", "budget"])
def test_when_all_papers_are_alike_the_page_says_that_it_tells_everybodys(cast, roster, people, freeze, kind):
    costs = {"options": [{**one, "cost": 100_00} for one in TREES], "money": 200_00}
    more = costs if kind == "budget" else {"options": TREES}
    vote, keys = worlds.opened(cast, roster, freeze, kind=kind, max_choices=5, **more)
    for account in people:
        worlds.says(vote, account, *[one["key"] for one in vote.options[:2]])
    done = worlds.published(cast, vote, keys, freeze)
    assert "都一样" in reading.shown_result(done)["is_telling"]


def test_the_length_of_a_page_does_not_tell_a_yes_from_a_no(cast, roster, people, freeze, client_for):
    """Web servers note how long an answer was, and when, and for whom."""
    vote, _keys = worlds.opened(cast, roster, freeze)
    client = client_for()
    client.force_login(people[0])
    entry = str(worlds.entry_of(roster, people[0]).pk)
    sizes = {"yes": set(), "no": set()}
    for _n in range(12):
        for choice, found in sizes.items():
            paper = {"entry": entry, "choice": choice}
            found.add(len(client.post(reverse("councils:vote-cast", args=[vote.number]), paper).content))
    spans = [max(one) - min(one) for one in sizes.values()]
    assert min(spans) > views.MOST_FILLER / 4
    assert min(sizes["yes"]) < max(sizes["no"]) and min(sizes["no"]) < max(sizes["yes"])


def test_a_rank_of_five_thousand_digits_breaks_no_page(cast, roster, people, freeze, client_for):
    vote, _keys = worlds.opened(cast, roster, freeze, kind="rank", options=TREES)
    client = client_for()
    client.force_login(people[0])
    paper = {
        "entry": str(worlds.entry_of(roster, people[0]).pk),
        f"rank_{vote.options[0]['key']}": "9" * 5000,
    }
    assert client.post(reverse("councils:vote-cast", args=[vote.number]), paper).status_code == 200
    desk = client_for(cast.clerk)
    for page, name in (("vote-turnout", "after"), ("vote-paper-print", "n")):
        url = reverse(f"councils_desk:{page}", args=[vote.number])
        assert desk.get(url, {name: "9" * 5000}).status_code == 200


def test_who_holds_a_proxy_for_another_vote_alone_is_not_called_to_this_one(cast, world, freeze):
    roster = worlds.owners(cast, world, [("1-1", 9000, ["a"])])
    vote, _keys = worlds.opened(cast, roster, freeze, affair="use_fund", days=20)
    rosters.record_proxy(
        actor=cast.clerk.actor, number=roster.number, keys=[roster.entries.get().key], giver="a", vote="7",
        holder=cast.resident.account, signed_on=clock.today(), until=clock.today() + timedelta(days=30),
    )  # fmt: skip
    assert rosters_of.accounts_of(roster, vote=vote.number) == set()
    assert rosters_of.accounts_of(roster, vote="7") == {cast.resident.id}


def test_a_proxy_does_not_read_what_the_owner_handed_in_in_person(joint):
    vote, entry, owner, holder = joint
    paper = {"number": vote.number, "entries": [entry.pk]}
    actions.cast(actor=holder, choice=["no"], **paper)
    assert [one.said for one in reading.mine(vote, holder)] == [("不同意",)]
    actions.cast(actor=owner, choice=["yes"], **paper)
    assert [one.said for one in reading.mine(vote, holder)] == [()]
    assert [one.said for one in reading.mine(vote, owner)] == [("同意",)]

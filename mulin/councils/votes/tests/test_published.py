"""What anybody checks of a vote that is over: its thresholds at the exact number, its file, its receipts; and
what its pages cost."""

import io
import itertools

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mulin.councils import voterules
from mulin.councils.counting import BallotError
from mulin.councils.management.commands.recount import Command
from mulin.councils.votes import actions, running, views
from mulin.councils.votes.tests import worlds
from mulin.kernel import clock, rulebook
from mulin.kernel.errors import ActionError

pytestmark = pytest.mark.django_db


def refused(code, act):
    with pytest.raises(ActionError) as found:
        act()
    assert found.value.code == code, found.value


def at(name, vote, **more):
    return reverse(f"councils:{name}", kwargs={"number": vote.number, **more})


def desk(name, vote, **more):
    return reverse(f"councils_desk:{name}", kwargs={"number": vote.number, **more})


@pytest.fixture
def roster(world, cast):
    return worlds.residents(cast, world.home, [cast.resident.account, cast.newcomer.account], others=6)


@pytest.fixture
def opened(cast, roster, freeze):
    return worlds.opened(cast, roster, freeze)


# --- thresholds ------------------------------------------------------------------------------------------


def test_a_threshold_of_ones_own_is_not_below_a_figure_that_has_still_to_be_verified():
    find = {
        "at": "500108002005", "on": clock.today(), "body": "owners", "matter": "lift",
    }  # fmt: skip
    weak = {"consent": "area > 1/2 of took_part and heads > 1/2 of took_part", "basis": "自定"}
    with pytest.raises(BallotError):
        voterules.read(rulebook.book(), custom=weak, **find)
    strict = {"consent": "area >= 4/5 of took_part and heads >= 4/5 of took_part", "basis": "自定"}
    assert voterules.read(rulebook.book(), custom=strict, **find).consent == strict["consent"]


UNITS = [(f"{n}-1", 1000, [f"a{n}"]) for n in range(12)]


@pytest.mark.parametrize(
    ("sizes", "yes", "no", "status"),
    [
        ({}, 6, 2, "passed"),  # 8 of 12 take part, 6 of 8 agree: exactly 2/3 and 3/4
        ({}, 5, 2, "no_quorum"),  # 7 of 12
        ({}, 6, 3, "rejected"),  # 6 of 9
        ({11: 1001}, 6, 2, "no_quorum"),  # the area of those who came is a hundredth of a metre short
        ({0: 999, 7: 1001}, 6, 2, "rejected"),  # of those who agree too
    ],
)
def test_two_thirds_and_three_quarters_are_reached_at_the_exact_number_through_the_published_file(
    cast, world, freeze, client_for, tmp_path, sizes, yes, no, status
):
    units = [(door, sizes.get(n, area), codes) for n, (door, area, codes) in enumerate(UNITS)]
    roster = worlds.owners(cast, world, units)
    vote, _keys = worlds.opened(cast, roster, freeze, affair="rebuild", days=20)
    entries = list(roster.entries.order_by("position"))
    for n, entry in enumerate(entries[: yes + no]):
        actions.enter_named(
            actor=cast.clerk.actor, number=vote.number, entry=entry.pk,
            choice=["yes" if n < yes else "no"],
        )  # fmt: skip
    assert worlds.published(cast, vote, [], freeze).status == status
    assert recounted(client_for, at("vote-recount", vote), tmp_path) == 0


def recounted(client_for, url, tmp_path) -> int:
    """`mulin recount` of what the page gives to anybody: its exit code."""
    answer = client_for().get(url)
    assert answer.status_code == 200
    path = tmp_path / "vote"
    path.write_bytes(answer.content)
    try:
        Command(stdout=io.StringIO(), stderr=io.StringIO()).execute(
            file=str(path), force_color=False, no_color=True, skip_checks=True
        )
    except SystemExit as stop:
        return stop.code
    return 0


@pytest.mark.parametrize("kind", ["yes_no", "choose_one", "approve", "rank", "budget"])
def test_anybody_counts_every_kind_of_vote_again_from_the_page(
    cast, world, freeze, client_for, tmp_path, kind
):
    people = worlds.voters(7, world.home)
    roster = worlds.residents(cast, world.home, people, others=2)
    options = [{"title": name, "text": "", "cost": 60000_00} for name in ("香樟", "银杏", "紫薇")]
    more = {"options": options} if kind != "yes_no" else {}
    more |= {"money": 120000_00} if kind == "budget" else {}
    vote, keys = worlds.opened(cast, roster, freeze, kind=kind, breaks_ties=True, **more)
    keys_of = [one["key"] for one in vote.options] or ["yes", "no"]
    many = kind in ("approve", "rank", "budget")
    said = [list(one) for one in itertools.permutations(keys_of, 2 if many else 1)]
    for account, choice in zip(people, itertools.chain([[]], itertools.cycle(said)), strict=False):
        worlds.says(vote, account, *choice)
    worlds.published(cast, vote, keys, freeze)
    url = at("vote-pb" if kind == "budget" else "vote-recount", vote)
    assert recounted(client_for, url, tmp_path) == 0
    # A file in which one paper was taken away or the result was written anew is found out.
    path = tmp_path / "vote"
    text = path.read_text(encoding="utf-8")
    if kind == "budget":
        changed = text.replace(";1\n", ";x\n").replace(";0\n", ";1\n").replace(";x\n", ";0\n")
        assert changed != text
        path.write_text(changed, encoding="utf-8")
    else:
        path.write_text(text.replace('"heads":1', '"heads":2', 1), encoding="utf-8")
    with pytest.raises(SystemExit) as stop:
        Command(stdout=io.StringIO(), stderr=io.StringIO()).execute(
            file=str(path), force_color=False, no_color=True, skip_checks=True
        )
    assert stop.value.code == 1


# --- what pages cost -------------------------------------------------------------------------------------


def statements(client, method, url, data=None) -> int:
    with CaptureQueriesContext(connection) as seen:
        answer = getattr(client, method)(url, data)
    assert answer.status_code == 200, answer.status_code
    own = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    read = [one["sql"] for one in seen.captured_queries if not one["sql"].startswith(own)]
    # Who asks (session, account, posts) is read on every page of the house.
    house = ("django_session", "people_", "kernel_notice", "kernel_ruleoverride", "kernel_throttle")
    return sum(not any(f'FROM "{word}' in one for word in house) for one in read)


def test_pages_of_a_vote_are_read_with_few_statements(cast, opened, client_for, freeze):
    vote, _keys = opened
    found = {}
    resident, clerk = client_for(cast.resident), client_for(cast.clerk)
    entry = worlds.entry_of(vote.roster, cast.resident.account)
    for name in ("vote", "vote-cast"):
        found[name] = statements(resident, "get", at(name, vote))
    found["confirm"] = statements(
        resident, "post", at("vote-cast", vote), {"entry": str(entry.pk), "choice": "yes"}
    )
    for name in ("vote", "vote-turnout", "vote-paper"):
        found[f"desk {name}"] = statements(clerk, "get", desk(name, vote))
    freeze(vote.closes_at)
    running.tick()
    found["desk vote-count"] = statements(clerk, "get", desk("vote-count", vote))
    assert {name: n for name, n in found.items() if n > 10} == {}, found


def test_many_receipts_are_listed_by_their_first_letter(cast, opened, client_for, freeze, monkeypatch):
    vote, keys = opened
    given = [worlds.says(vote, one.account, "yes")[0] for one in (cast.resident, cast.newcomer)]
    worlds.published(cast, vote, keys, freeze)
    monkeypatch.setattr(views, "MANY_RECEIPTS", 1)
    client = client_for()
    assert client.get(at("vote-receipts", vote)).context["receipts"] == []
    shown = client.get(at("vote-receipts", vote), {"letter": given[0][0]}).context["receipts"]
    assert given[0] in [one.replace(" ", "") for one in shown]
    assert client.get(at("vote-receipts", vote), {"q": given[1]}).context["is_there"] is True


def test_papers_of_a_long_roster_are_printed_in_parts_and_the_page_says_so(
    cast, world, freeze, client_for, monkeypatch
):
    from mulin.councils.votes import paper_views

    monkeypatch.setattr(paper_views, "MOST_PRINTED", 2)
    units = [(f"{n}-1", 9000, [f"a{n}"]) for n in range(3)]
    vote, _keys = worlds.opened(cast, worlds.owners(cast, world, units), freeze, affair="use_fund", days=20)
    client = client_for(cast.clerk)
    first = client.get(desk("vote-paper-print", vote)).content.decode()
    assert first.count('vote-paper"') == 2 and "after=2" in first
    rest = client.get(f"{desk('vote-paper-print', vote)}?after=2").content.decode()
    assert rest.count('vote-paper"') == 1 and "after=" not in rest

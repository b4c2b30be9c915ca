"""Papers on paper: typed by two persons, printed, and back from an official system."""

import io
from datetime import date

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from mulin.councils.votes import actions, paper_batches, paper_official
from mulin.councils.votes.models import VotePaper
from mulin.councils.votes.tests import worlds
from mulin.kernel import rulebook
from mulin.kernel.errors import ActionError, NotAllowed
from mulin.kernel.models import Entry, RuleOverride
from mulin.kernel.rules import RuleBook


def refused(expected, act, /, **fields):
    with pytest.raises(ActionError) as said:
        act(**fields)
    assert said.value.code == expected, said.value.message
    return said.value


@pytest.fixture
def set_rule(cast, world):
    def change(name, value):
        RuleOverride.objects.create(
            name=name, place=world.home, valid_from="2020-01-01", value=value, basis="规则",
            certainty="local practice", set_by=cast.admin.account,
        )  # fmt: skip
        rulebook.forget()

    return change


@pytest.fixture
def closed(cast, world, freeze):
    """A secret vote after the close, for which four people came to the table."""
    accounts = worlds.voters(2, world.home)
    roster = worlds.residents(cast, world.home, accounts, others=6)
    vote, keys = worlds.opened(cast, roster, freeze)
    for entry in roster.entries.filter(label__startswith="老人")[:4]:
        actions.mark_came(actor=cast.clerk.actor, number=vote.number, entry=entry.pk)
    worlds.says(vote, accounts[0], "no")
    freeze(vote.closes_at)
    actions.close_vote(actor=cast.clerk.actor, number=vote.number)
    vote.refresh_from_db()
    return vote, keys


@pytest.fixture
def named(cast, world, freeze):
    """A named vote of owners that takes papers."""
    units = [("1-1", 10000, ["A", "B"]), ("2-1", 8934, ["C"]), ("3-1", 7000, ["D"])]
    roster = worlds.owners(cast, world, units)
    vote, _keys = worlds.opened(cast, roster, freeze, is_secret=False, affair="use_fund", days=16)
    return vote


def parsed(vote, text):
    return paper_batches.parse(vote, text)


def test_papers_are_typed_as_numbers_one_a_line(closed):
    vote, _keys = closed
    assert parsed(vote, "1\n2\n\n0\nx\n") == [["yes"], ["no"], [], None]
    for text, code in (("3", "bad-line"), ("1 2", "bad-line"), ("是", "bad-line"), (" \n", "no-papers")):
        refused(code, parsed, vote=vote, text=text)
    refused("too-many-papers", parsed, vote=vote, text="1\n" * 51)


def test_what_two_persons_typed_alike_goes_into_the_box_and_is_counted(closed, cast, freeze):
    vote, keys = closed
    one, two = cast.clerk.actor, cast.secretary.actor
    batch = paper_batches.begin_batch(
        actor=one, number=vote.number, name="1", choices=parsed(vote, "1\n1\nx\n2")
    )
    assert vote.slots.filter(channel="paper").count() == 0, "one person alone puts nothing into the box"
    again = parsed(vote, "2\nx\n1\n1")
    fields = {"actor": two, "number": vote.number, "batch": batch.pk, "choices": again}
    assert paper_batches.confirm_batch(slip=batch.slip, **fields) == 4
    assert not vote.batches.exists()
    counted = actions.count_vote(actor=one, number=vote.number, keys_given=keys)
    assert counted.state == "counted"
    # Two yes and a no on paper, a no from a telephone; the spoiled one beside them.
    text = str(counted.file)
    assert vote.turnout == {"portal": 1, "paper": 4} and text


def test_the_same_person_cannot_type_both_times_and_a_difference_is_shown(closed, cast):
    vote, _keys = closed
    one, two = cast.clerk.actor, cast.secretary.actor
    batch = paper_batches.begin_batch(
        actor=one, number=vote.number, name="1", choices=parsed(vote, "1\n1\n2")
    )
    fields = {"number": vote.number, "batch": batch.pk, "slip": batch.slip}
    refused("same-person", paper_batches.confirm_batch, actor=one, choices=parsed(vote, "1\n1\n2"), **fields)
    said = refused(
        "differs", paper_batches.confirm_batch, actor=two, choices=parsed(vote, "1\n2\n2"), **fields
    )
    assert said.rows == [("1", 2, 1), ("2", 1, 2)]
    assert vote.slots.filter(channel="paper").count() == 0 and vote.batches.count() == 1


def test_no_more_papers_are_typed_than_people_came_also_over_several_batches(closed, cast):
    vote, _keys = closed
    one = cast.clerk.actor
    paper_batches.begin_batch(actor=one, number=vote.number, name="1", choices=parsed(vote, "1\n1\n2"))
    more = {"actor": one, "number": vote.number, "choices": parsed(vote, "1\n1")}
    refused("more-than-came", paper_batches.begin_batch, name="2", **more)
    refused("batch-twice", paper_batches.begin_batch, name="1", **more)


def test_a_batch_is_typed_after_the_close_by_those_who_count(closed, cast, named):
    vote, _keys = closed
    batch = paper_batches.begin_batch(
        actor=cast.clerk.actor, number=vote.number, name="1", choices=parsed(vote, "1")
    )
    with pytest.raises(NotAllowed):
        paper_batches.drop_batch(actor=cast.auditor.actor, number=vote.number, batch=batch.pk)
    paper_batches.drop_batch(actor=cast.secretary.actor, number=vote.number, batch=batch.pk)
    assert not vote.batches.exists()
    fields = {"actor": cast.clerk.actor, "number": named.number, "name": "1", "choices": [["yes"]]}
    refused("not-now", paper_batches.begin_batch, **fields)


def test_a_batch_waiting_holds_no_order_no_moment_and_nothing_of_a_voter(closed, cast):
    vote, _keys = closed
    batch = paper_batches.begin_batch(
        actor=cast.clerk.actor, number=vote.number, name="1", choices=parsed(vote, "2\n1\nx")
    )
    first = paper_batches._first(batch, batch.slip)
    assert first == paper_batches._sorted(parsed(vote, "x\n2\n1"), False)
    names = {field.name for field in batch._meta.get_fields()}
    assert names == {"id", "vote", "name", "n", "sealed", "typed_by"}
    assert not any("yes" in str(one.data) for one in Entry.objects.filter(code="councils.vote.batch_typed"))


# The official system ------------------------------------------------------------------------------


def test_papers_of_the_official_system_are_entered_once_each(named, cast):
    clerk = cast.clerk.actor
    keys = {one.door: one.key for one in named.roster.entries.all()}
    actions.enter_named(
        actor=clerk, number=named.number, entry=named.roster.entries.get(door="3-1").pk, choice=["no"]
    )
    rows = [
        "key,owner,choice", f"{keys['1-1']},A,同意", f"{keys['2-1']},,1", f"{keys['3-1']},D,同意",
        f"{keys['2-1']},Z,2", "没有,,1", f"{keys['1-1']},B,也许",
    ]  # fmt: skip
    taken = paper_official.import_papers(actor=clerk, number=named.number, content="\n".join(rows).encode())
    assert (taken.added, taken.refused) == (2, 4)
    assert [row for row, _why in taken.problems] == [4, 5, 6, 7]
    said = {(one.entry.door, one.owner): one.choice for one in VotePaper.objects.filter(vote=named)}
    assert said == {("1-1", "A"): ["yes"], ("2-1", "C"): ["yes"], ("3-1", "D"): ["no"]}
    assert named.voted.count() == 3
    again = paper_official.import_papers(actor=clerk, number=named.number, content="\n".join(rows).encode())
    assert again.added == 0 and VotePaper.objects.filter(vote=named).count() == 3


def test_totals_of_the_official_system_are_compared(named, cast):
    entry = named.roster.entries.get(door="3-1").pk
    actions.enter_named(actor=cast.clerk.actor, number=named.number, entry=entry, choice=["no"])
    content = "choice,papers\n同意,2\n不同意,1\n".encode()
    assert paper_official.check_totals(named, content) == [("no", 1, 1), ("yes", 2, 0)]


def test_papers_of_a_secret_vote_never_come_back_with_a_door(closed, cast):
    vote, _keys = closed
    content = b"key,owner,choice\nx,,1\n"
    refused(
        "secret-vote",
        paper_official.import_papers,
        actor=cast.clerk.actor,
        number=vote.number,
        content=content,
    )


def test_a_file_without_the_columns_is_refused(named, cast):
    for content in (b"", b"PK\x03\x04\x00", b"a,b\n1,2\n"):
        refused(
            "file-unreadable", paper_official.import_papers, actor=cast.clerk.actor, number=named.number,
            content=content,
        )  # fmt: skip


def test_where_the_official_system_is_required_nobody_votes_online_here(cast, world, freeze, set_rule):
    accounts = worlds.voters(1, world.home)
    roster = worlds.residents(cast, world.home, accounts, others=1)
    vote, _keys = worlds.opened(cast, roster, freeze)
    assert paper_official.official(vote) == "none"
    set_rule("councils.official_voting", "required")
    with pytest.raises(ActionError) as said:
        worlds.says(vote, accounts[0], "yes")
    assert said.value.code == "official-only"
    entry = roster.entries.get(account=accounts[0])
    actions.mark_came(actor=cast.clerk.actor, number=vote.number, entry=entry.pk)


def test_beijings_owners_use_the_citys_system_and_chongqings_need_not():
    found, day = RuleBook(rulebook._packs()), date(2026, 11, 22)
    assert found.value("councils.official_voting", "110105000000", day, body="owners") == "required"
    assert found.value("councils.official_voting", "110105000000", day, body="residents") == "none"
    assert found.value("councils.official_voting", "500108002005", day, body="owners") == "none"
    assert found.value("councils.proxy", "310101000000", day, body="owners")["needs_view"] is True


def test_the_file_for_the_official_system_has_keys_areas_and_no_telephone(named, tmp_path):
    path = tmp_path / "o.xlsx"
    path.write_bytes(paper_official.roster_file(named))
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert sheet[0][0] == "key" and len(sheet) == 4
    assert "89.34" in [str(cell) for cell in sheet[2]]
    assert not any("电话" in str(cell) for cell in sheet[0])


# Pages -------------------------------------------------------------------------------------------


def page(name, vote, *more):
    return reverse(f"councils_desk:{name}", args=[vote.number, *more])


def test_the_pages_of_a_secret_vote(closed, cast, client_for):
    vote, _keys = closed
    one, two = client_for(cast.clerk), client_for(cast.secretary)
    assert one.get(page("vote-paper", vote)).status_code == 200
    text = one.get(page("vote-paper-print", vote) + "?n=3").content.decode()
    assert text.count('vote-paper"') == 3 and "老人" not in text
    assert "正" in one.get(page("vote-paper-sheet", vote)).content.decode()
    assert one.post(page("vote-paper", vote), {"name": "1", "papers": "1\n2\n9"}).status_code == 422
    done = one.post(page("vote-paper", vote), {"name": "1", "papers": "1\n2\nx"})
    slip = done.context["slip_code"]
    assert slip in done.content.decode()
    batch = vote.batches.get()
    there = page("vote-paper-second", vote, batch.pk)
    assert "请另一个人" in one.get(there).content.decode()
    shown = two.post(there, {"papers": "1\n1\nx", "slip": slip})
    assert shown.status_code == 422 and "两遍的差别" in shown.content.decode()
    assert two.post(there, {"papers": "x\n1\n2", "slip": "2222 2222 2222"}).status_code == 422
    assert two.post(there, {"papers": "x\n1\n2", "slip": slip.lower()}).status_code == 302
    assert vote.slots.filter(channel="paper").count() == 3
    assert two.get(page("vote-paper", vote)).status_code == 200


def test_the_pages_of_a_named_vote(named, cast, client_for, freeze):
    client = client_for(cast.clerk)
    assert client.get(page("vote-paper", named)).status_code == 200
    text = client.get(page("vote-paper-print", named)).content.decode()
    assert text.count('vote-paper"') == 4 and "89.34" in text and "业主C" in text
    official = page("vote-paper-official", named)
    assert client.get(official).status_code == 200
    key = named.roster.entries.get(door="2-1").key
    file = io.BytesIO(f"key,owner,choice\n{key},C,同意\n".encode())
    file.name = "p.csv"
    shown = client.post(official, {"file": file, "kind": "papers"})
    assert "录入了 1 张票" in shown.content.decode()
    totals = io.BytesIO("choice,papers\n同意,1\n".encode())
    totals.name = "t.csv"
    early = client.post(official, {"file": totals, "kind": "totals"})
    assert early.status_code == 422 and "一样" not in early.content.decode(), "no result before the close"
    freeze(named.closes_at)
    actions.close_vote(actor=cast.clerk.actor, number=named.number)
    totals.seek(0)
    assert "一样" in client.post(official, {"file": totals, "kind": "totals"}).content.decode()
    assert client.get(page("vote-paper-export", named)).content.startswith(b"PK")


def test_the_paper_pages_are_for_those_who_hold_the_vote(named, cast, client_for):
    for name in (
        "vote-paper",
        "vote-paper-print",
        "vote-paper-sheet",
        "vote-paper-official",
        "vote-paper-export",
    ):
        assert client_for(cast.resident).get(page(name, named)).status_code in (403, 404), name
        assert client_for(cast.other_clerk).get(page(name, named)).status_code == 404, name


def test_printed_papers_with_names_are_not_for_who_only_follows_the_vote(named, closed, cast, client_for):
    auditor = client_for(cast.auditor)
    assert auditor.get(page("vote-paper", named)).status_code == 200
    assert auditor.get(page("vote-paper-print", named)).status_code == 403
    vote, _keys = closed
    assert auditor.get(page("vote-paper-print", vote)).status_code == 200

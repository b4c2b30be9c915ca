"""Votes in the browser: the resident's road from the notice to the result, and the desk's."""

import json

import pytest
from django.urls import reverse

from mulin.councils import recounting
from mulin.councils.votes import actions
from mulin.councils.votes.models import Vote, VoteBegun, VoteTurnout
from mulin.councils.votes.tests import worlds

pytestmark = pytest.mark.django_db


def at(name, vote, **more):
    return reverse(f"councils:{name}", kwargs={"number": vote.number, **more})


def desk(name, vote, **more):
    return reverse(f"councils_desk:{name}", kwargs={"number": vote.number, **more})


@pytest.fixture
def roster(world, cast):
    return worlds.residents(cast, world.home, [cast.resident.account, cast.newcomer.account], others=6)


@pytest.fixture(params=["zh-hans", "en"])
def language(request):
    return request.param


def browser(client_for, person=None, language="zh-hans"):
    client = client_for(person)
    client.cookies["django_language"] = language
    return client


def test_a_resident_reads_votes_confirms_and_has_a_receipt(cast, roster, freeze, client_for, language):
    vote, _keys = worlds.opened(cast, roster, freeze)
    client = browser(client_for, cast.resident, language)
    assert client.get(at("vote", vote)).status_code == 200
    assert client.get(at("vote-cast", vote)).status_code == 200
    entry = worlds.entry_of(roster, cast.resident.account)
    paper = {"entry": str(entry.pk), "choice": "yes"}
    looked = client.post(at("vote-cast", vote), paper)
    assert looked.status_code == 200
    assert not VoteTurnout.objects.exists()
    assert VoteBegun.objects.count() == 1
    done = client.post(at("vote-cast", vote), {**paper, "sure": "1"})
    assert done.status_code == 200
    assert done["Cache-Control"] == "private, no-store"
    assert VoteTurnout.objects.get().entry == entry
    again = client.post(at("vote-cast", vote), {**paper, "sure": "1"})
    assert again.status_code == 302


def test_a_receipt_is_in_no_session_and_in_no_cookie(cast, roster, freeze, client_for):
    vote, _keys = worlds.opened(cast, roster, freeze)
    client = browser(client_for, cast.resident)
    entry = worlds.entry_of(roster, cast.resident.account)
    done = client.post(at("vote-cast", vote), {"entry": str(entry.pk), "choice": "no", "sure": "1"})
    receipt = done.context["receipts"][0]
    kept = json.dumps(dict(client.session.items()), default=str) + str(client.cookies)
    assert receipt not in kept
    assert receipt.replace(" ", "") not in kept


def test_nothing_chosen_is_refused_with_what_to_do(cast, roster, freeze, client_for):
    vote, _keys = worlds.opened(cast, roster, freeze)
    client = browser(client_for, cast.resident)
    entry = worlds.entry_of(roster, cast.resident.account)
    said = client.post(at("vote-cast", vote), {"entry": str(entry.pk)})
    assert said.status_code == 422
    assert "弃权" in said.content.decode()


def test_a_stranger_is_asked_to_sign_in_and_who_is_not_on_the_roster_is_told(
    cast, roster, freeze, client_for
):
    vote, _keys = worlds.opened(cast, roster, freeze)
    assert "login" in browser(client_for).get(at("vote-cast", vote)).headers["Location"]
    client = browser(client_for, cast.neighbour)
    assert "名册上没有" in client.get(at("vote", vote)).content.decode()
    assert client.get(at("vote-cast", vote)).status_code == 302


def test_a_draft_is_seen_by_nobody_and_a_result_not_before_it_is_certified(cast, roster, freeze, client_for):
    vote = worlds.drafted(cast, roster)
    client = browser(client_for, cast.resident)
    assert client.get(at("vote", vote)).status_code == 404
    keys = worlds.keyed(cast, vote)
    actions.give_notice(actor=cast.clerk.actor, number=vote.number)
    freeze(vote.opens_at)
    actions.open_vote(actor=cast.clerk.actor, number=vote.number)
    worlds.says(Vote.objects.get(pk=vote.pk), cast.resident.account, "yes")
    worlds.counted(cast, vote, keys, freeze)
    for name in ("vote-recount", "vote-receipts"):
        assert client.get(at(name, vote)).status_code == 404
    page = client.get(at("vote", vote))
    assert "result" not in page.context


def test_the_published_file_is_what_recounting_exports_bit_for_bit(
    cast, roster, freeze, client_for, language
):
    vote, keys = worlds.opened(cast, roster, freeze)
    (receipt,) = worlds.says(vote, cast.resident.account, "yes")
    worlds.says(vote, cast.newcomer.account)
    done = worlds.published(cast, vote, keys, freeze)
    client = browser(client_for, None, language)
    text = client.get(at("vote-recount", vote)).content.decode()
    file = recounting.read(text)
    assert recounting.written(file) == text == recounting.written(done.file)
    assert recounting.written(recounting.recount(file).as_json()) == recounting.written(file["result"])
    assert client.get(at("vote", vote)).status_code == 200
    found = client.get(at("vote-receipts", vote), {"q": receipt.lower()})
    assert found.context["is_there"] is True
    assert client.get(at("vote-receipts", vote), {"q": "A" * 16}).context["is_there"] is False


@pytest.mark.parametrize("kind", ["choose_one", "approve", "rank", "budget"])
def test_every_kind_of_paper_works_without_scripts(cast, roster, freeze, client_for, kind, language):
    options = [{"title": name, "text": "好", "cost": 60000_00} for name in ("香樟", "银杏", "紫薇")]
    more = {"money": 120000_00} if kind == "budget" else {}
    vote, keys = worlds.opened(cast, roster, freeze, kind=kind, options=options, **more)
    one, two, _three = [row["key"] for row in vote.options]
    said = {
        "choose_one": {"choice": one},
        "approve": {"choice": [one, two]},
        "budget": {"choice": [one, two]},
        "rank": {f"rank_{two}": "1", f"rank_{one}": "2"},
    }[kind]
    client = browser(client_for, cast.resident, language)
    entry = worlds.entry_of(roster, cast.resident.account)
    assert client.get(at("vote-cast", vote)).status_code == 200
    looked = client.post(at("vote-cast", vote), {"entry": str(entry.pk), **said})
    again = {}
    for name, value in looked.context["hidden"]:
        again.setdefault(name, []).append(value)
    assert client.post(at("vote-cast", vote), {**again, "change": "1"}).status_code == 200
    assert client.post(at("vote-cast", vote), {**again, "sure": "1"}).status_code == 200
    worlds.published(cast, vote, keys, freeze)
    assert client.get(at("vote", vote)).status_code == 200
    if kind == "budget":
        assert b"META" in client.get(at("vote-pb", vote)).content
        assert client.get(at("vote-recount", vote)).status_code == 404


def test_ranks_given_twice_are_refused(cast, roster, freeze, client_for):
    options = [{"title": name, "text": "", "cost": None} for name in ("香樟", "银杏")]
    vote, _keys = worlds.opened(cast, roster, freeze, kind="rank", options=options)
    entry = worlds.entry_of(roster, cast.resident.account)
    said = {f"rank_{one['key']}": "1" for one in vote.options}
    client = browser(client_for, cast.resident)
    assert client.post(at("vote-cast", vote), {"entry": str(entry.pk), **said}).status_code == 422


def announced(clerk, secretary, cast, roster, world):
    """A secret vote made at the desk up to its notice, and the keys of its officers."""
    assert clerk.get(reverse("councils_desk:vote-new")).status_code == 200
    start = {"title": "换不换行道树", "place": world.home, "body": "residents", "kind": "yes_no"}
    assert clerk.post(reverse("councils_desk:vote-new"), start).status_code == 302
    vote = Vote.objects.get()
    form = {
        **start, "affair": "consultation", "secrecy": "secret", "method": "equal_shares",
        "roster": str(roster.pk), "opens_at": "2026-03-02T12:00", "closes_at": "2026-03-09T20:00",
    }  # fmt: skip
    assert clerk.get(desk("vote-edit", vote)).status_code == 200
    assert clerk.post(desk("vote-edit", vote), form).status_code == 302
    accounts = [str(cast.clerk.id), str(cast.secretary.id)]
    assert clerk.get(desk("vote-officers", vote)).status_code == 200
    assert clerk.post(desk("vote-officers", vote), {"accounts": accounts}).status_code == 302
    keys = []
    for client in (clerk, secretary):
        assert client.get(desk("vote-key", vote)).status_code == 200
        file = client.post(desk("vote-key-new", vote))
        keys.append(file.content.decode())
        assert client.post(desk("vote-key", vote), {"text": keys[-1]}).status_code == 302
    assert clerk.post(desk("vote-move", vote, move="notice")).status_code == 302
    vote.refresh_from_db()
    assert vote.state == "notice"
    return vote, keys


def test_the_desk_holds_a_secret_vote_from_the_draft_to_the_record(
    cast, roster, world, freeze, client_for, language
):
    clerk = browser(client_for, cast.clerk, language)
    secretary = browser(client_for, cast.secretary, language)
    freeze("2026-03-02 10:00")
    vote, keys = announced(clerk, secretary, cast, roster, world)
    freeze("2026-03-02 12:00")
    clerk.post(desk("vote-move", vote, move="open"))
    old = roster.entries.get(label="老人1")
    assert clerk.get(desk("vote-turnout", vote)).status_code == 200
    clerk.post(desk("vote-turnout", vote), {"entry": str(old.pk)})
    worlds.says(Vote.objects.get(), cast.resident.account, "yes")
    freeze("2026-03-09 20:00")
    clerk.post(desk("vote-move", vote, move="close"))
    assert clerk.get(desk("vote-papers", vote)).status_code == 404, "papers are typed in by two"
    first = clerk.post(desk("vote-paper", vote), {"name": "1", "papers": "2"})
    again = {"papers": "2", "slip": first.context["slip_code"]}
    second = desk("vote-paper-second", vote, batch=vote.batches.get().pk)
    assert secretary.post(second, again).status_code == 302
    assert clerk.get(desk("vote-count", vote)).status_code == 200
    wrong = clerk.post(desk("vote-count", vote), {"key_0": keys[0]})
    assert wrong.status_code == 422
    assert clerk.post(desk("vote-count", vote), {"key_0": keys[0], "key_1": keys[1]}).status_code == 302
    for name in ("vote", "vote-print", "vote-turnout"):
        assert clerk.get(desk(name, vote)).status_code == 200
    assert secretary.get(desk("vote-certify", vote)).status_code == 200
    assert secretary.post(desk("vote-certify", vote), {}).status_code == 422
    assert secretary.post(desk("vote-certify", vote), {"keys_destroyed": "on"}).status_code == 302
    assert Vote.objects.get().state == "published"
    assert clerk.get(reverse("councils_desk:votes")).status_code == 200


def test_a_named_paper_is_typed_in_and_taken_back_at_the_desk(cast, world, freeze, client_for):
    roster = worlds.owners(
        cast, world, [("1-1", 9000, ["a"]), ("1-2", 8000, ["a", "b"])], b=cast.resident.account
    )
    vote, _keys = worlds.opened(cast, roster, freeze, affair="other", days=20)
    client = browser(client_for, cast.clerk)
    page = client.get(desk("vote-papers", vote))
    assert len(page.context["waiting"]) == 3
    value = page.context["waiting"][0][0]
    assert client.post(desk("vote-papers", vote), {"entry": value, "choice": "yes"}).status_code == 302
    paper = vote.papers.get()
    assert (paper.choice, paper.channel) == (["yes"], "paper")
    client.post(desk("vote-papers", vote), {"withdraw": str(paper.pk)})
    assert not vote.papers.exists()
    assert not vote.voted.exists()


def test_a_budget_begins_from_a_pabulib_file(cast, world, client_for):
    from django.core.files.uploadedfile import SimpleUploadedFile

    text = (
        "META\nkey;value\nbudget;1000.50\nvote_type;approval\nPROJECTS\nproject_id;cost;name\np1;400;凉亭\n"
    )
    file = SimpleUploadedFile("b.pb", f"{text}VOTES\nvoter_id;vote\n".encode())
    client = browser(client_for, cast.clerk)
    start = {"title": "花在哪里", "place": world.home, "body": "residents", "kind": "budget", "pb": file}
    assert client.post(reverse("councils_desk:vote-new"), start).status_code == 302
    vote = Vote.objects.get()
    assert (vote.money, vote.options[0]["title"], vote.options[0]["cost"]) == (100050, "凉亭", 40000)


def test_challenges_are_read_and_answered_on_their_pages(cast, roster, freeze, client_for):
    vote, _keys = worlds.opened(cast, roster, freeze)
    client = browser(client_for, cast.resident)
    assert client.get(at("vote-challenge", vote)).status_code == 200
    assert client.post(at("vote-challenge", vote), {"text": ""}).status_code == 422
    assert client.post(at("vote-challenge", vote), {"text": "公告没有贴在门厅"}).status_code == 302
    one = vote.challenges.get()
    secretary = browser(client_for, cast.secretary)
    where = desk("vote-challenge", vote, challenge_number=one.number)
    assert "公告没有贴在门厅" in secretary.get(where).content.decode()
    answer = {"decision": "partly", "summary": "公告贴得晚", "answer": "已补贴，延期两天。"}
    assert secretary.post(where, answer).status_code == 302
    assert "已补贴，延期两天。" in client_for().get(at("vote", vote)).content.decode()
    assert secretary.get(desk("vote-challenge-new", vote)).status_code == 200


def test_lists_show_what_runs(cast, roster, freeze, client_for, world):
    vote, _keys = worlds.opened(cast, roster, freeze)
    page = browser(client_for).get(reverse("councils:votes"), {"place": world.home})
    assert vote.title in page.content.decode()
    assert (
        vote.title
        not in browser(client_for)
        .get(reverse("councils:votes"), {"place": world.other_home})
        .content.decode()
    )


def test_a_vote_of_another_community_is_not_found_at_the_desk(cast, roster, client_for):
    vote = worlds.drafted(cast, roster)
    client = browser(client_for, cast.other_clerk)
    assert client.get(desk("vote", vote)).status_code == 404
    assert client.post(desk("vote-move", vote, move="notice")).status_code == 404

"""Proposals in the browser: written at the community's desk, answered at the street's, read by everybody."""

from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from mulin.councils.upward import actions
from mulin.councils.upward.models import Proposal
from mulin.voices.actions import submit_voice
from mulin.voices.needs import actions as needs
from mulin.voices.needs.linking import Source

WORDS = {
    "title": "老旧小区自来水改成一户一表", "text": "三百户共用一块总表，水费收不齐。",
    "request": "请把本片列入改造计划。",
}  # fmt: skip
REASONED = "经研究，本片管网年限已到，列入明年第一批改造，三月进场。"


@pytest.fixture
def clerk(client_for, cast):
    return client_for(cast.clerk)


@pytest.fixture
def street(client_for, cast):
    return client_for(cast.street)


@pytest.fixture
def sent(world, cast):
    made = actions.draft_proposal(actor=cast.clerk.actor, place=world.home, **WORDS)
    return actions.send_proposal(actor=cast.clerk.actor, number=made.number)


def read(client, path, status=200, **query):
    answer = client.get(path, query)
    assert answer.status_code == status, answer.content.decode()[:400]
    return answer.content.decode()


def test_the_whole_way_in_the_browser(clerk, street, client_for, world):
    assert "没有在路上的建议" in read(clerk, "/desk/council/proposals/")
    answer = clerk.post("/desk/council/proposals/new/", {**WORDS, "maker": world.home})
    made = Proposal.objects.get()
    desk, public = f"/desk/council/proposals/{made.number}/", f"/council/proposals/{made.number}/"
    assert answer.url == desk
    read(client_for(), public, status=404)
    assert "报到街道" in read(clerk, desk)
    clerk.post(f"{desk}send/")
    assert "建议等收下" in read(street, "/desk/")
    assert "收下" in read(street, desk)
    street.post(f"{desk}receive/")
    short = street.post(f"{desk}answer/", {"decision": "adopted", "answer": "好"})
    assert short.status_code == 422 and "好" in short.content.decode()
    street.post(f"{desk}answer/", {"decision": "adopted", "answer": REASONED})
    shown = read(client_for(), public)
    assert REASONED in shown and "采纳" in shown
    clerk.post(f"{desk}result/", {"result": "三百户都换了表。"})
    assert "三百户都换了表" in read(client_for(), public)
    assert WORDS["title"] in read(client_for(), f"/council/proposals/c/{world.home}/")
    assert WORDS["title"] in read(clerk, "/desk/council/proposals/", tab="done")


def test_a_refusal_of_a_move_that_is_not_possible_any_more_says_so(street, sent):
    desk = f"/desk/council/proposals/{sent.number}/"
    street.post(f"{desk}answer/", {"decision": "declined", "answer": REASONED})
    again = street.post(f"{desk}answer/", {"decision": "adopted", "answer": REASONED})
    assert again.status_code == 422 and "答复了" in again.content.decode()


def test_a_need_starts_a_proposal_and_shows_it(clerk, client_for, world, cast):
    need = needs.note_need(
        actor=cast.clerk.actor, place=world.home, title="水费说不清", source=Source(kind="visit", people=9)
    )
    needs.settle_need(actor=cast.clerk.actor, number=need.number, state="listed")
    where = f"/desk/council/proposals/new/?need={need.number}"
    assert where in read(clerk, f"/desk/needs/{need.number}/")
    assert "水费说不清" in read(clerk, where)
    clerk.post(where, {**WORDS, "maker": world.home})
    made = Proposal.objects.get()
    clerk.post(f"/desk/council/proposals/{made.number}/send/")
    shown = read(client_for(), f"/c/{world.home}/needs/{need.number}")
    assert f"/council/proposals/{made.number}/" in shown and "已向上反映" in shown


def test_a_matter_that_is_not_public_is_not_named_on_the_public_page(clerk, client_for, world, cast):
    matter = submit_voice(
        actor=cast.resident.actor, text="水表一直是合用的，水费说不清", place=world.home, kind="complaint"
    ).voice.matter
    clerk.post(f"/desk/council/proposals/new/?matter={matter.number}", {**WORDS, "maker": world.home})
    made = Proposal.objects.get()
    clerk.post(f"/desk/council/proposals/{made.number}/send/")
    assert "合用" not in read(client_for(), f"/council/proposals/{made.number}/")
    assert matter.title in read(clerk, f"/desk/council/proposals/{made.number}/")


def test_a_leader_of_a_group_writes_in_the_name_of_the_group(client_for, cast, world):
    leader = client_for(cast.group_leader)
    shown = read(leader, "/desk/council/proposals/new/")
    assert world.group.name in shown
    leader.post("/desk/council/proposals/new/", {**WORDS, "maker": f"{world.home}|{world.group.pk}"})
    assert Proposal.objects.get().org_id == world.group.pk
    # What the form does not offer is refused too.
    answer = leader.post("/desk/council/proposals/new/", {**WORDS, "maker": world.home})
    assert answer.status_code == 422 and Proposal.objects.count() == 1


def test_the_other_community_and_the_department_find_nothing(client_for, cast, sent):
    for person in (cast.other_clerk, cast.department):
        read(client_for(person), f"/desk/council/proposals/{sent.number}/", status=404)
        assert WORDS["title"] not in read(client_for(person), "/desk/council/proposals/")


def test_it_prints_and_exports_with_every_answer(clerk, street, sent):
    street.post(f"/desk/council/proposals/{sent.number}/up/", {"answer": REASONED})
    assert REASONED in read(clerk, f"/desk/council/proposals/{sent.number}/print/")
    answer = clerk.get("/desk/council/proposals/export/")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[6] for row in rows[1:]] == ["街道", "区县"]
    assert rows[1][9] == REASONED


def test_the_home_of_the_community_shows_it(client_for, world, sent):
    shown = read(client_for(), f"/c/{world.home}/")
    assert f"/council/proposals/{sent.number}/" in shown


def test_a_place_that_is_no_community_has_no_list(client_for, world):
    for place in (world.street, "nowhere"):
        read(client_for(), f"/council/proposals/c/{place}/", status=404)


# What a review found -----------------------------------------------------------------------------------


def test_a_level_does_not_read_the_private_matter_behind_a_proposal(world, cast, client_for):
    said = submit_voice(
        actor=cast.resident.actor, text="我家三零二的老李说水费收不齐，吵起来了。", place=world.home,
        kind="suggestion",
    )  # fmt: skip
    matter = said.voice.matter
    made = actions.draft_proposal(actor=cast.clerk.actor, place=world.home, matter=matter, **WORDS)
    actions.send_proposal(actor=cast.clerk.actor, number=made.number)
    path = f"/desk/council/proposals/{made.number}/"
    assert matter.title in read(client_for(cast.clerk), path)
    assert matter.title not in read(client_for(cast.clerk), f"{path}print/")
    hop = made.hops.get()
    hop.org = world.city_management
    hop.save()
    shown = read(client_for(cast.department), path)
    assert WORDS["title"] in shown and matter.title not in shown and matter.number not in shown


def test_the_days_of_the_export_are_those_of_the_place(sent, cast, freeze, clerk):
    freeze("2026-12-01 02:00")
    actions.withdraw_proposal(actor=cast.clerk.actor, number=sent.number, reason="另有安排")
    answer = clerk.get("/desk/council/proposals/export/", {"tab": "done"})
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert rows[1][8] == "2026-12-01"

"""The list of urgent wishes as everybody reads it."""

from datetime import date

import pytest

from mulin.voices.needs import actions
from mulin.voices.needs.linking import Source
from mulin.voices.surveys.reading import on_day


@pytest.fixture
def listed(world, cast):
    def make(title="三个单元没有路灯", people=3, **facts):
        source = facts.pop("source", None) or Source(kind="visit", people=people, note="三单元的走访")
        need = actions.note_need(
            actor=cast.clerk.actor, place=world.home, title=title, source=source, **facts
        )
        return actions.settle_need(actor=cast.clerk.actor, number=need.number, state="listed")

    return make


def page(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_an_empty_list_invites(client, world):
    assert "您最需要什么" in page(client, f"/c/{world.home}/needs")


def test_the_list_says_what_stands_first_and_how_that_is_found(client, world, listed):
    listed(title="想要一个晾衣架")
    listed(title="楼梯扶手松了", urgency=3)
    shown = page(client, f"/c/{world.home}/needs")
    assert shown.index("楼梯扶手松了") < shown.index("想要一个晾衣架")
    assert "排的是事，不是人" in shown and "关系到安全" in shown


def test_few_people_are_not_counted_in_public_and_notes_of_staff_are_not_shown(client, world, listed):
    need = listed(people=3)
    shown = page(client, f"/c/{world.home}/needs/{need.number}")
    assert "不到 5 人说过" in shown and "3 人" not in shown
    assert "三单元的走访" not in shown


def test_what_cannot_be_done_now_stands_there_with_its_reason(client, world, cast, listed):
    need = listed()
    actions.settle_need(actor=cast.clerk.actor, number=need.number, state="not_now", words="没有地方")
    assert "没有地方" in page(client, f"/c/{world.home}/needs")
    assert "没有地方" in page(client, f"/c/{world.home}/needs/{need.number}")


def test_only_published_matters_are_named(client, world, cast, listed):
    from mulin.voices.actions import publish_matter, submit_voice

    said = [
        submit_voice(actor=cast.resident.actor, text=text, place=world.home, kind="complaint").voice.matter
        for text in ("三单元门口的路灯坏了一个星期", "楼道里堆了旧沙发，轮椅过不去")
    ]
    publish_matter(actor=cast.secretary.actor, number=said[0].number, title="路灯不亮", text="三单元门口")
    need = listed(source=Source(matter=said[0].number))
    actions.link_source(actor=cast.clerk.actor, number=need.number, source=Source(matter=said[1].number))
    shown = page(client, f"/c/{world.home}/needs/{need.number}")
    assert "路灯不亮" in shown and "沙发" not in shown


def test_a_draft_is_not_there_and_a_wrong_community_leads_to_the_right_one(client, world, cast, listed):
    draft = actions.note_need(actor=cast.clerk.actor, place=world.home, title="还没有列入")
    page(client, f"/c/{world.home}/needs/{draft.number}", status=404)
    need = listed()
    answer = client.get(f"/c/{world.other_home}/needs/{need.number}")
    assert answer.url == f"/c/{world.home}/needs/{need.number}"


def test_the_home_of_the_community_shows_the_first_ones(client, world, listed):
    assert "急难愁盼" not in page(client, f"/c/{world.home}/")
    listed()
    shown = page(client, f"/c/{world.home}/")
    assert "三个单元没有路灯" in shown and f"/c/{world.home}/needs" in shown


def test_a_need_was_listed_on_the_day_of_the_place(client, world, cast, freeze):
    freeze("2026-12-01 02:00")
    need = actions.note_need(actor=cast.clerk.actor, place=world.home, title="电梯")
    actions.settle_need(actor=cast.clerk.actor, number=need.number, state="listed")
    shown = page(client, f"/c/{world.home}/needs/{need.number}")
    assert on_day(date(2026, 12, 1)) in shown and on_day(date(2026, 11, 30)) not in shown

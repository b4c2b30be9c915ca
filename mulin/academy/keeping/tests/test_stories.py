"""What grew out of what, and the figures of groups that do more than meet."""

import pytest

from mulin.academy.clubs.models import Club
from mulin.academy.keeping import counting, delegating, finding, history, stories, turning
from mulin.academy.keeping.counting import Item
from mulin.academy.keeping.models import Delegation, PlaceFinding
from mulin.academy.keeping.tests.test_places import wish
from mulin.kernel.ids import new_id
from mulin.people.models import Organisation
from mulin.voices import actions as voices
from mulin.voices.models import Matter

pytestmark = pytest.mark.django_db


@pytest.fixture
def club(cast, group, world) -> Club:
    """The group is a club that grew out of a published wish."""
    matter = Matter.objects.get(number=wish(cast))
    Organisation.objects.filter(pk=group.pk).update(name="种花社", kind="club")
    group.refresh_from_db()
    return Club.objects.create(
        number="1000000009", org=group, place=world.home, union="culture", theme="garden", matter=matter
    )


def test_a_place_without_anything_that_came_of_it_is_no_story_yet(garden, world):
    assert stories.stories(world.home) == []
    assert stories.card(None, world.home) is None


def test_from_the_wish_to_the_garden_in_one_sentence(cast, club, asked, world):
    from mulin.academy.keeping import actions

    kept = actions.agree(actor=cast.clerk.actor, number=asked().number).kept
    leader = cast.group_leader.actor
    history.write_entry(actor=leader, number=kept.number, title="院坝会上说好了", stage="decision")
    counting.set_items(actor=leader, number=kept.number, items=[Item("月季", "棵")])
    item = kept.items.get()
    counting.count_place(actor=leader, number=kept.number, found={item.pk: 32})
    finding.report_from_place(actor=leader, number=kept.number, text="围墙裂了一道缝")
    story = stories.stories(world.home)[0]
    assert story.title == "7栋后面的空坝"
    assert story.sentence == "1 位邻居说“想种花”，种花社成立，照看起7栋后面的空坝，发现了 1 件事。"
    told = [step.text for step in story.steps]
    assert "院坝会上说好了" in told and "清点过 1 次，上一次：月季 32棵" in told
    assert kept.matter == club.matter


def test_what_is_hidden_again_is_left_out_of_the_story(cast, club, asked, world):
    from mulin.academy.keeping import actions

    actions.agree(actor=cast.clerk.actor, number=asked().number)
    voices.hide_matter(actor=cast.clerk.actor, number=club.matter.number, reason="本人要求")
    assert "想种花" not in stories.stories(world.home)[0].sentence


def test_a_club_that_grew_out_of_a_wish_is_a_story_too(club, world):
    found = stories.stories(world.home)
    assert [one.sentence for one in found] == ["1 位邻居说“想种花”，种花社成立。"]


def test_a_story_of_another_module_stands_beside_them(club, world, monkeypatch):
    from datetime import date

    from mulin.kernel import registry

    steps = [stories.Step(date(2026, 9, day), f"第{day}步", short=f"第{day}步") for day in (2, 1)]
    more = {"stories.aid": lambda place, limit: [stories.Story("电梯", "/x/", list(steps))]}
    monkeypatch.setattr(registry, "providers", lambda: more)
    assert "第1步，第2步。" in [one.sentence for one in stories.stories(world.home)]


def test_the_stories_of_many_places_cost_no_more_statements(
    cast, club, asked, world, django_assert_max_num_queries
):
    from mulin.academy.keeping import actions

    for n in range(4):
        actions.agree(actor=cast.clerk.actor, number=asked(name=f"第{n}处").number)
    with django_assert_max_num_queries(12):
        assert len(stories.stories(world.home)) == 4


# Figures ------------------------------------------------------------------------------------------------


def _group(world, name: str, place: str = "") -> Organisation:
    return Organisation.objects.create(name=name, kind="club", place=place or world.home)


def _club_of(org: Organisation, n: int) -> Club:
    return Club.objects.create(
        number=f"20000000{n:02}", org=org, place=org.place, union="culture", theme="garden"
    )


def _cell(table: dict, name: str, row: int = -1) -> dict:
    return table["rows"][row]["cells"][list(turning.FIGURES).index(name)]


def test_groups_are_counted_and_small_figures_are_hidden_from_everybody_else(cast, garden, world):
    finding.report_from_place(actor=cast.group_leader.actor, number=garden.number, text="路灯不亮")
    shown = turning.shown(world.home)
    assert _cell(shown, "keeps")["n"] == 1 and not _cell(shown, "keeps")["is_hidden"]
    assert _cell(shown, "found")["is_hidden"]
    assert not _cell(shown, "sent")["is_hidden"]  # nobody: that says nothing about anyone
    assert not _cell(turning.shown(world.home, exact=True), "found")["is_hidden"]


def test_a_total_never_gives_a_small_figure_away(world):
    near = [_group(world, f"近{n}") for n in range(7)]
    far = [_group(world, f"远{n}", "500108002001") for n in range(2)]
    for n, org in enumerate([*near, *far]):
        _club_of(org, n)
        Delegation.objects.create(
            place=org.place, org=org, kind="topic", ref=new_id(), number="1", state="recalled"
        )
    table = turning.shown(world.street)
    assert _cell(table, "sent")["n"] == 9 and not _cell(table, "sent")["is_hidden"]
    rows = {row["place"]: row["cells"] for row in table["rows"]}
    at = list(turning.FIGURES).index("sent")
    assert rows["500108002001"][at]["is_hidden"] and rows[world.home][at]["is_hidden"]


def test_a_club_that_does_more_than_meet_is_counted_once(world, cast, garden, group):
    _club_of(group, 1)
    _club_of(_group(world, "只跳舞"), 2)
    PlaceFinding.objects.all().delete()
    figures = turning.figures(world.home)[-1].n
    assert (figures["clubs"], figures["keeps"], figures["turned"]) == (2, 1, 1)


def test_a_task_that_a_group_leads_is_counted(world, cast, group, asked):
    from mulin.cases import moves

    number = voices.submit_voice(
        actor=cast.resident.actor, text="花坛边的砖松了", place=world.home, kind="complaint",
        category="street_lamp",
    ).voice.matter.number  # fmt: skip
    moves.perform("accept", actor=cast.clerk.actor, number=number)
    moves.perform("dispatch", actor=cast.clerk.actor, number=number, org=str(group.pk))
    assert turning.figures(world.home)[-1].n["tasks"] == 1


def test_what_came_of_delegates_is_told_once_it_is_public(cast, club, world):
    from mulin.councils.topics import actions as topics

    topic = topics.start_topic(
        actor=cast.clerk.actor, process="covenant", place=world.home, title="院坝公约", summary="一起定"
    )
    topics.announce_topic(actor=cast.clerk.actor, number=topic.number)
    delegating.send_delegates(actor=cast.clerk.actor, group_id=club.org_id, gathering=topic.number)
    assert "派代表去议“院坝公约”" in stories.stories(world.home)[0].sentence

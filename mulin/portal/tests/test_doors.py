"""What a community's home says of deciding together: one block, whatever part it comes from."""

import re
from datetime import timedelta

import pytest

from mulin.councils.models import (
    Canvass,
    Conversation,
    Meeting,
    Proposal,
    Resolution,
    Roster,
    Step,
    Topic,
    Vote,
    Work,
)
from mulin.councils.topics import library
from mulin.kernel import clock
from mulin.kernel import doorways as doors
from mulin.portal.views.home import OPEN_SHOWN, OVER_SHOWN
from mulin.voices.models import Survey
from mulin.voices.needs.models import Need


@pytest.fixture
def at(world):
    def fields(n: int, **more) -> dict:
        return {"number": f"9900000{n:05d}", "place": world.home, "title": f"第{n}件事", **more}

    return fields


@pytest.fixture
def topic(at):
    made = library.processes()["round_table"]
    found = Topic.objects.create(
        **at(1), process=made.code, definition=made.as_json(), state="running", announced_at=clock.now()
    )
    for n, spec in enumerate(made.steps, 1):
        state = {1: "done", 2: "open"}.get(n, "waiting")
        Step.objects.create(
            topic=found, position=n, key=spec.key, kind=spec.kind, title=spec.title, state=state,
            settings=spec.settings, begins_on=clock.today(),
        )  # fmt: skip
    return found


@pytest.fixture
def everything(at, topic, cast):
    """Something of every part, twice where it is over."""
    now, today = clock.now(), clock.today()
    soon = today + timedelta(days=5)
    later = {"opens_at": now + timedelta(days=1), "closes_at": now + timedelta(days=7)}
    Vote.objects.create(**at(11, state="open", opens_at=now, closes_at=now + timedelta(days=2)))
    Vote.objects.create(**at(12, state="notice", **later))
    Conversation.objects.create(**at(13, state="open", closes_on=soon))
    Survey.objects.create(**at(14, state="open", closes_on=soon, form={}))
    Meeting.objects.create(
        **at(15, state="announced", type="residents", begins_at=now + timedelta(days=1), venue="议事亭")
    )
    Roster.objects.create(**at(16, body="households", state="frozen", objections_until=soon))
    Canvass.objects.create(**at(17, state="running"))
    done = Resolution.objects.create(**at(21, state="published", published_at=now, decision="种树"))
    for n in range(3):
        Work.objects.create(**at(30 + n, resolution=done, due_on=soon, state="done" if n else "dropped"))
    Conversation.objects.create(**at(22, state="published", published_at=now - timedelta(days=1)))
    Vote.objects.create(**at(24, state="published", status="passed", published_at=now))
    Proposal.objects.create(**at(25, state="answered", sent_at=now))
    Survey.objects.create(**at(26, state="closed", published_at=now, form={}))
    Need.objects.create(**at(41, state="listed", listed_at=now))


def text(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def section(page: str, name: str) -> str:
    return page.partition(f'aria-labelledby="{name}"')[2].partition("</section>")[0]


def test_a_home_with_something_of_every_part_asks_the_database_little(
    everything, cast, client_for, world, django_assert_max_num_queries
):
    client = client_for(cast.resident)
    client.get(f"/c/{world.home}/")
    with django_assert_max_num_queries(22):
        client.get(f"/c/{world.home}/")


def test_what_ends_first_stands_first_and_what_asks_nothing_last(everything, cast, world):
    found = doors.doors(cast.resident.actor, world.home)
    assert [one.title for one in found["now"]] == [f"第{n}件事" for n in (15, 11, 13, 14, 16)]
    assert "议事亭" in found["now"][0].line and found["now"][0].takes_part
    assert len(found["over"]) == doors.OVER


def test_a_home_has_one_block_of_what_is_open_and_one_of_what_came_out(everything, client_for, world):
    page = text(client_for().get(f"/c/{world.home}/"))
    assert page.count("大家在商量") == 1
    assert "第15件事" in section(page, "doors") and "第21件事" in page
    for name in ("meetings", "votes", "conversations", "surveys", "rosters", "canvasses", "proposals"):
        assert f'aria-labelledby="{name}"' not in page


def test_a_home_is_short_and_the_page_of_topics_has_all(everything, client_for, world):
    """Neighbour Wang sees at a glance what is open and what came out; the rest is one tap away."""
    home = text(client_for().get(f"/c/{world.home}/"))
    shown = {name: section(home, name) for name in ("doors", "decided")}
    assert [part.count('class="row"') for part in shown.values()] == [OPEN_SHOWN, OVER_SHOWN]
    assert "第15件事" in shown["doors"] and "第16件事" not in home
    assert f'href="/council/c/{world.home}/"' in shown["doors"]
    assert "第16件事" in text(client_for().get(f"/council/c/{world.home}/"))


def test_a_topic_says_where_it_stands_until_one_of_its_own_records_is_open(topic, at, cast, world):
    (one,) = doors.doors(cast.resident.actor, world.home)["now"]
    assert one.line == "第 2 步，共 7 步：小圆桌" and not one.takes_part
    Conversation.objects.create(**at(13, state="open", closes_on=clock.today(), topic=topic))
    (one,) = doors.doors(cast.resident.actor, world.home)["now"]
    assert one.title == "第13件事" and one.takes_part


def test_options_of_residents_are_asked_for_on_the_home(topic, cast, world):
    topic.steps.filter(kind="options").update(state="open")
    (one,) = doors.doors(cast.resident.actor, world.home)["now"]
    assert one.url.endswith("/options/") or "options" in one.url


def test_one_affair_is_said_once_among_the_results(topic, at, cast, world):
    now = clock.now()
    Vote.objects.create(**at(24, state="published", published_at=now - timedelta(days=9), topic=topic))
    Resolution.objects.create(**at(21, state="published", published_at=now, topic=topic))
    (one,) = doors.doors(cast.resident.actor, world.home)["over"]
    assert one.title == "第21件事"


def test_works_are_counted_without_what_was_given_up(everything, cast, world):
    over = {one.title: one.line for one in doors.doors(cast.resident.actor, world.home)["over"]}
    assert over["第21件事"].endswith("要办 2 件，办完 2 件")


def test_of_drafts_and_of_other_places_nothing_is_said(at, cast, world):
    now = clock.now()
    Vote.objects.create(**at(11, state="draft"))
    Conversation.objects.create(**at(13, closes_on=clock.today()))
    Vote.objects.create(**at(12, state="open", closes_at=now) | {"place": world.other_home})
    assert doors.doors(cast.resident.actor, world.home) == {"now": [], "over": []}


def test_in_elder_mode_a_tile_leads_to_what_is_talked_over(everything, client_for, world):
    client = client_for()
    client.cookies["mulin_elder"] = "1"
    page = text(client.get(f"/c/{world.home}/"))
    assert f'class="tile" href="/council/c/{world.home}/"' in page and "大家在商量" in page


def test_several_surveys_do_not_hide_what_was_decided(at, cast, world):
    now = clock.now()
    for n in range(6):
        Survey.objects.create(**at(60 + n, state="closed", published_at=now - timedelta(hours=n), form={}))
    Resolution.objects.create(**at(21, state="published", published_at=now - timedelta(days=90)))
    over = doors.doors(cast.resident.actor, world.home)["over"]
    assert [one.title for one in over] == ["第60件事", "第61件事", "第21件事"]


def test_a_roster_is_shown_for_checking_until_the_vote_on_it_begins(at, cast, world):
    soon = clock.today() + timedelta(days=5)
    roster = Roster.objects.create(**at(16, body="residents", state="frozen", objections_until=soon))
    times = {"opens_at": clock.now() + timedelta(days=1), "closes_at": clock.now() + timedelta(days=7)}
    vote = Vote.objects.create(**at(11, state="notice", roster=roster, **times))
    found = doors.doors(cast.resident.actor, world.home)["now"]
    assert {one.title for one in found} == {"第11件事", "第16件事"}
    vote.state = "open"
    vote.save()
    found = doors.doors(cast.resident.actor, world.home)["now"]
    assert [one.title for one in found] == ["第11件事"]

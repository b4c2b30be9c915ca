"""The inbox with something of every kind in it: every module's row is read, and in few statements."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.councils.models import (
    AgendaProposal,
    Canvass,
    CanvassQuestion,
    Concern,
    Conversation,
    Hop,
    Meeting,
    MeetingAction,
    Proposal,
    Resolution,
    Roster,
    RosterObjection,
    Statement,
    Step,
    Topic,
    TopicOption,
    Vote,
    VoteChallenge,
    VoteKey,
    Work,
)
from mulin.councils.topics import library
from mulin.desk.reading.inbox import inbox
from mulin.kernel import clock, registry, waiting
from mulin.people.actions import ask_residence
from mulin.voices.models import Matter
from mulin.voices.needs.models import Need

LIMIT, SIGNED_IN = 10, 3


def process() -> dict:
    """Two steps, one after the other, as a topic keeps them."""
    found = library.processes()["round_table"].as_json()
    first, second, *_rest = found["steps"]
    hear = {**first, "key": "hear", "title": "听意见", "title_en": "", "needs": []}
    decide = {**second, "key": "decide", "title": "表决", "title_en": "", "needs": ["hear"]}
    return {**found, "steps": [hear, decide]}


def at(world, n: int, **more) -> dict:
    return {"number": f"9900000{n:05d}", "place": world.home, "title": f"第{n}件事", **more}


@pytest.fixture
def topic(world):
    today = clock.today()
    found = Topic.objects.create(
        **at(world, 1), process="quick", definition=process(), state="running", announced_at=clock.now()
    )
    Step.objects.create(
        topic=found, position=1, key="hear", kind="opinions", title="听意见", state="open", ends_on=today
    )
    Step.objects.create(topic=found, position=2, key="decide", kind="vote", title="表决", begins_on=today)
    return found


@pytest.fixture
def votes(world, cast):
    now = clock.now()
    when = {"opens_at": now + timedelta(days=9), "closes_at": now + timedelta(days=12)}
    notice = Vote.objects.create(**at(world, 11, state="notice", **when))
    VoteKey.objects.create(vote=notice, position=0, account=cast.secretary.account)
    Vote.objects.create(**at(world, 12, state="closed", closed_at=now))
    counted = Vote.objects.create(**at(world, 13, state="counted", counted_at=now))
    VoteChallenge.objects.create(vote=counted, number="990000000014", text="没有贴出来")


@pytest.fixture
def results(world, topic):
    step = topic.steps.get(key="hear")
    today = clock.today()
    Concern.objects.create(number="990000000021", topic=topic, text="会挡光")
    TopicOption.objects.create(topic=topic, step=step, key="a", title="铺草", state="proposed")
    Resolution.objects.create(**at(world, 22, decision="种树", why="要树荫"))
    Work.objects.create(**at(world, 23, due_on=today + timedelta(days=2)))
    Work.objects.create(**at(world, 24, due_on=today + timedelta(days=55)))


@pytest.fixture
def meetings(world):
    now = clock.now()
    soon = now + timedelta(days=3)
    Meeting.objects.create(**at(world, 31, type="residents", begins_at=soon))
    held = Meeting.objects.create(**at(world, 32, type="residents", state="held", held_at=now))
    MeetingAction.objects.create(meeting=held, text="修灯", who="物业", due_on=clock.today())
    for n in range(3):
        AgendaProposal.objects.create(place=world.home, title=f"提议{n}")


@pytest.fixture
def others(world):
    conversation = Conversation.objects.create(**at(world, 41, state="open", opened_at=clock.now()))
    for n in (1, 2):
        Statement.objects.create(conversation=conversation, n=n, text=f"一句话{n}")
    roster = Roster.objects.create(**at(world, 42, body="households"))
    RosterObjection.objects.create(roster=roster, number="990000000043", kind="missing", text="没有我家")
    canvass = Canvass.objects.create(**at(world, 44, state="running"))
    CanvassQuestion.objects.create(canvass=canvass, text="谁出钱")
    Proposal.objects.create(**at(world, 45, state="returned", sent_at=clock.now()))
    up = Proposal.objects.create(**at(world, 46, state="up", sent_at=clock.now()))
    Hop.objects.create(proposal=up, position=1, level="street", place=world.street)


@pytest.fixture
def everything(world, cast, speak, bring, topic, votes, results, meetings, others):
    ask_residence(actor=cast.newcomer.actor, building=world.building, door="2单元7-1")
    speak(text="第一处井盖松了，一过车就响，晚上睡不着。")
    wish = speak(text="想要一张乒乓球桌，孩子们放学有地方去。", kind="wish")
    sent = speak(text="想请大家商量大门外的空地怎么用。", kind="suggestion")
    Matter.objects.filter(pk=sent.voice.matter_id).update(way="topic")
    today = clock.today()
    need = {"created_at": clock.now()}
    Need.objects.create(**at(world, 51, state="listed", listed_at=clock.now()), **need)
    Need.objects.create(**at(world, 52, state="not_now", due_on=today), **need)
    return wish


KEYS = {
    "case", "people.residence", "voices.wish", "voices.need", "councils.step", "councils.matter",
    "councils.vote.key", "councils.vote.count", "councils.vote.certify", "councils.vote.stuck",
    "councils.vote.challenge", "councils.concern", "councils.option", "councils.resolution",
    "councils.work", "councils.meeting", "councils.meeting.action", "councils.agenda",
    "councils.conversation", "councils.roster", "canvass-question", "councils.proposal",
}  # fmt: skip


def kinds_of(actor) -> set[str]:
    found, total = waiting.items(registry.collect("inbox"), actor, 100)
    assert total == len(found)
    return {"canvass-question" if "canvass-q" in one.key else one.key.split(":")[0] for one in found}


def test_every_kind_of_thing_waits_in_one_list(everything, cast):
    assert kinds_of(cast.secretary.actor) == KEYS
    assert kinds_of(cast.street.actor) >= {"councils.hop"}
    assert kinds_of(cast.other_clerk.actor) == set()


def test_what_does_not_wait_yet_is_left_out_and_the_rest_reads_well(everything, cast):
    found = inbox(cast.secretary.actor)
    titles = [row.title for row in found.rows]
    assert "第23件事" in titles and "第24件事" not in titles
    assert "3 条提上来的议题等着看" in titles and "2 句居民写的话等审核：第41件事" in titles
    assert "第1件事：听意见到了结束的日子" in titles and "第1件事：该开始“表决”了" not in titles
    assert found.waiting == len(found.rows)


def test_a_step_whose_forerunners_are_done_waits(everything, topic, cast):
    topic.steps.filter(key="hear").update(state="done")
    assert "第1件事：该开始“表决”了" in [row.title for row in inbox(cast.secretary.actor).rows]


@pytest.mark.parametrize("tab", ["mine", "all", "others"])
def test_with_something_of_every_kind_a_tab_costs_ten_statements(tab, everything, browser):
    client = browser("secretary")
    client.get("/desk/")
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/desk/", {"tab": tab}).status_code == 200
    assert len(asked) - SIGNED_IN <= LIMIT

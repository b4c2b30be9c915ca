"""What is going on now: a small topic before its second meeting, a conversation, a vote that is open and one
that waits for its count; and the list of urgent wishes with one proposal that went up."""

import random
from datetime import datetime, timedelta

from django.conf import settings

from mulin.councils.conversations import actions as talks
from mulin.councils.conversations import maps, moderating
from mulin.councils.meetings import actions as meetings
from mulin.councils.meetings import attending, minutes
from mulin.councils.meetings.models import Meeting
from mulin.councils.results import actions as results
from mulin.councils.topics import actions as topics
from mulin.councils.topics.models import Step
from mulin.councils.upward import actions as upward
from mulin.councils.votes import actions as votes
from mulin.kernel import clock
from mulin.places.models import Site
from mulin.site.demo import ballots, talking, trees_told
from mulin.site.demo.places import HOME
from mulin.site.demo.script import Script, after, as_soon_as_may, play, soon, spread
from mulin.voices.needs import actions as needs
from mulin.voices.needs.linking import Source

SEED = 47
SHED_YARD = f"{HOME}-C04"
OFFICERS = ("clerk", "street")  # both can log in: their keys lie in the instance's folder
VOTED = 14
KEYS_FOLDER = "demo-keys"


def plan(street) -> None:
    """Put all of it on the timeline, with chance of its own."""
    told = ((26, 9, shed), (6, 10, talk), (3, 11, name_vote), (7, 9, hour_vote), (38, 15, wishes))
    for days, hour, story in told:
        begins = (street.timeline.end - timedelta(days=days)).replace(hour=hour, minute=20)
        play(street.timeline, begins, story(street, random.Random(SEED)))


def _end(street, days: int, hour: int) -> datetime:
    """So many days after the present."""
    day = street.timeline.end.astimezone(clock.zone()) + timedelta(days=days)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


# — a car port, before its second meeting —


def shed(street, _rng: random.Random) -> Script:
    """A small topic: walked round, sat round the table once, and again next week."""
    clerk, told = street.actor("clerk"), trees_told.SHED
    site = Site.objects.get(code=SHED_YARD).code
    number = topics.start_topic(
        actor=clerk, process="round_table", place=HOME, site=site, title=told["title"],
        summary=told["summary"],
    ).number  # fmt: skip
    topics.announce_topic(actor=clerk, number=number)
    step = yield from as_soon_as_may(lambda: topics.begin_step(actor=clerk, number=number, key="walk"))
    yield after(4, 16)
    for question, text in zip(step.settings["questions"], trees_told.SHED_QUESTIONS, strict=True):
        results.write_finding(actor=clerk, number=number, question=question["key"], text=text)
    yield from as_soon_as_may(lambda: topics.end_step(actor=clerk, number=number, key="walk"))
    yield after(1, 9)
    yield from as_soon_as_may(lambda: topics.begin_step(actor=clerk, number=number, key="table"))
    yield from _first_table(clerk, number)
    step = Step.objects.select_related("topic").get(topic__number=number, key="table")
    following = meetings.draft_meeting(
        actor=clerk, type="round_table", place=HOME, site=site, topic=step.topic,
        begins_at=_end(street, 6, 19), venue=told["venue"], title=f"{told['title']}：画图",
    )  # fmt: skip
    yield after(1, 10)
    meetings.announce_meeting(actor=clerk, number=following.number, told=["residents"])
    until = _end(street, 8, 20).date()
    topics.move_days(actor=clerk, number=number, days={"table": (step.begins_on, until)})


def _first_table(clerk, number: str) -> Script:
    step = Step.objects.get(topic__number=number, key="table")
    draft, at = Meeting.objects.get(pk=step.record), after(4, 19)
    meetings.edit_meeting(
        actor=clerk, number=draft.number, title=draft.title, begins_at=at, venue=trees_told.SHED["venue"]
    )
    meetings.announce_meeting(actor=clerk, number=draft.number, told=["residents"])
    yield at
    meetings.open_door(actor=clerk, number=draft.number)
    attending.list_people(actor=clerk, number=draft.number, text="\n".join(trees_told.ATTENDED[:9]))
    for person in draft.attendance.all():
        attending.mark(actor=clerk, number=draft.number, person=person.pk, state="present")
    yield soon(80)
    item = draft.items.get()
    said = {"discussion": "先把要紧的排出来：漏雨、充电桩、三轮车的位置。下一次带着尺寸来画图。"}
    minutes.save_minutes(actor=clerk, number=draft.number, words={}, items={str(item.pk): said}, kept=True)
    minutes.decide_item(actor=clerk, number=draft.number, item=item.pk, decision="heard")
    minutes.add_action(actor=clerk, number=draft.number, text="请供电站来看能不能装桩", who="居委会")
    meetings.close_meeting(actor=clerk, number=draft.number)
    minutes.confirm_minutes(actor=clerk, number=draft.number)
    minutes.publish_minutes(actor=clerk, number=draft.number)
    yield after(2, 10)


# — a conversation that is open —


def talk(street, rng: random.Random) -> Script:
    """The morning market: people take sides, one sentence waits for the moderator."""
    clerk, told = street.actor("clerk"), trees_told.TALK
    made = talks.draft_conversation(
        actor=clerk, place=HOME, title=told["title"], text=told["text"], closes_on=_end(street, 8, 20).date()
    )
    moderating.set_seeds(actor=clerk, number=made.number, texts=trees_told.TALK_SEEDS)
    yield soon(20)
    talks.open_conversation(actor=clerk, number=made.number)
    rows = talking.people(rng, trees_told.TALK_VIEWS)
    acts = [talking.answers(made.number, n, row) for n, row in enumerate(rows)]
    yield from spread(rng, street.timeline.end - timedelta(days=1), acts)
    made.refresh_from_db()
    maps.renew(made)
    talking.write(made.number, 3, "收摊的时候垃圾桶不够，多放两个桶")()


# — a vote that is open, and one that waits to be counted —


def name_vote(street, rng: random.Random) -> Script:
    """A name for the garden: everybody with a confirmed home may vote, the demo's resident has not yet."""
    yield from _voted(street, rng, trees_told.NAME_VOTE, _end(street, 5, 20))


def hour_vote(street, rng: random.Random) -> Script:
    """When the loudspeaker goes off: closed last evening, the officers have yet to come with their keys."""
    number = yield from _voted(street, rng, trees_told.HOUR_VOTE, _end(street, -1, 20))
    yield _end(street, -1, 20) + timedelta(minutes=2)
    votes.close_vote(actor=street.actor("clerk"), number=number)


def _voted(street, rng: random.Random, told: dict, closes_at: datetime) -> Script:
    clerk = street.actor("clerk")
    vote = votes.draft_vote(actor=clerk, place=HOME, title=told["title"])
    keys = ballots.prepare(
        street, vote, clerk, officers=OFFICERS, title=told["title"], text=told["text"], body="residents",
        affair="consultation", kind="choose_one", options=[{"title": one} for one in told["options"]],
        opens_at=soon(30), closes_at=closes_at,
    )  # fmt: skip
    _keep_keys(vote.number, keys)
    yield soon(31)
    votes.open_vote(actor=clerk, number=vote.number)
    vote.refresh_from_db()
    resident = street.resident("resident").pk
    entries = [one for one in vote.roster.entries.order_by("id") if one.account_id != resident]
    names = [one["key"] for one in vote.options]
    acts = [ballots.paper(vote.number, one, rng.choice(names)) for one in rng.sample(entries, VOTED)]
    yield from spread(rng, min(closes_at, street.timeline.end) - timedelta(hours=1), acts)
    return vote.number


def _keep_keys(number: str, keys: list[str]) -> None:
    """The officers' keys of a vote that is not counted yet, as files: who tries the demo counts it."""
    folder = settings.MULIN_HOME / KEYS_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, key in zip(OFFICERS, keys, strict=True):
        (folder / f"{number}-{name}.txt").write_text(key + "\n", encoding="utf-8")


# — urgent wishes, and a proposal —


def wishes(street, _rng: random.Random) -> Script:
    """What people need most: on the list, one in hand, one not now; one goes up to street and district."""
    clerk, officer = street.actor("clerk"), street.actor("street")
    listed = []
    for title, urgency, groups, people, text in trees_told.NEEDS:
        source = Source(kind="visit", people=people, note="网格走访")
        made = needs.note_need(
            actor=clerk, place=HOME, title=title, urgency=urgency, groups=list(groups), text=text,
            source=source,
        )  # fmt: skip
        yield soon(15)
        listed.append(needs.settle_need(actor=clerk, number=made.number, state="listed"))
    committee = street.people.units[f"committee:{HOME}"]
    yield after(3, 10)
    due = _end(street, 60, 12).date()
    for need, words in zip(listed, (trees_told.NEED_IN_HAND, trees_told.NEED_LESSONS), strict=False):
        needs.settle_need(
            actor=clerk, number=need.number, state="in_hand", owner=committee.pk, due_on=due, words=words
        )
    needs.settle_need(
        actor=clerk, number=listed[3].number, state="not_now", words=trees_told.NEED_NOT_NOW, due_on=due
    )
    yield from _proposal(clerk, officer, listed[0])


def _proposal(clerk, officer, need) -> Script:
    told = trees_told.PROPOSAL
    yield after(6, 15)
    number = upward.draft_proposal(
        actor=clerk, place=HOME, title=told["title"], text=told["text"], request=told["request"], need=need
    ).number
    upward.send_proposal(actor=clerk, number=number)
    yield after(2, 9)
    upward.receive_proposal(actor=officer, number=number)
    yield after(7, 11)
    upward.pass_proposal_up(actor=officer, number=number, answer=told["passed"])

"""Drafting, opening, closing, publishing; and what is forgotten then."""

from datetime import timedelta

import pytest

from mulin.councils.conversations import actions, answering, kind, maps, moderating, queries, reading
from mulin.councils.conversations.models import Conversation, Opinion, Participant, Statement
from mulin.councils.conversations.tests.making import (
    SEEDS,
    answered,
    browser,
    drafted,
    opened,
    pictured,
    two_camps,
)
from mulin.councils.steps import SettingError
from mulin.kernel import clock, policy
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.clock import now, today
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry

pytestmark = pytest.mark.django_db
CONCLUSION = "多数人要划车位，少数人担心树。先划六个，半年后再看。"


def refused(code: str):
    return pytest.raises(ActionError, check=lambda error: error.code == code)


def test_a_draft_opens_with_first_statements_and_a_last_day(cast):
    made = actions.draft_conversation(
        actor=cast.clerk.actor, place=cast.clerk.actor.posts[0].place, title="停车"
    )
    with refused("no-end"):
        actions.open_conversation(actor=cast.clerk.actor, number=made.number)
    actions.edit_conversation(
        actor=cast.clerk.actor, number=made.number, title="停车", closes_on=today() + timedelta(days=7)
    )
    with refused("too-few-seeds"):
        actions.open_conversation(actor=cast.clerk.actor, number=made.number)
    moderating.set_seeds(actor=cast.clerk.actor, number=made.number, texts=SEEDS)
    assert actions.open_conversation(actor=cast.clerk.actor, number=made.number).state == "open"


def test_who_may_answer_is_frozen_once_it_is_open(cast):
    made = opened(cast)
    frame = {"actor": cast.clerk.actor, "number": made.number, "title": "停车", "closes_on": made.closes_on}
    with refused("frozen"):
        actions.edit_conversation(**frame, open_to="verified")
    assert actions.edit_conversation(**frame, text="为了车位").text == "为了车位"


def test_only_those_of_the_place_may_hold_one(cast):
    made = opened(cast)
    with pytest.raises(NotVisible):
        actions.close_conversation(actor=cast.other_clerk.actor, number=made.number)
    with pytest.raises(NotAllowed):
        actions.draft_conversation(actor=cast.resident.actor, place=made.place, title="停车")


def test_a_group_holds_its_own(cast, world):
    leader = cast.group_leader.actor
    made = actions.draft_conversation(actor=leader, place=world.home, title="园子", org=world.group.pk)
    assert queries.get_conversation(leader, made.number) == made
    with pytest.raises(NotAllowed):
        actions.draft_conversation(actor=leader, place=world.home, title="园子")


def test_the_worker_closes_what_is_over(cast, settle):
    made = opened(cast)
    assert actions.close_overdue(cast.clerk.actor) == 0
    with clock.at(now() + timedelta(days=15)):
        assert actions.close_overdue(cast.clerk.actor) == 1
        assert not queries.takes_answers(Conversation.objects.get(pk=made.pk))


def test_a_closed_one_opens_again_with_a_later_day(cast):
    made = opened(cast)
    actions.close_conversation(actor=cast.clerk.actor, number=made.number)
    later = today() + timedelta(days=30)
    actions.edit_conversation(actor=cast.clerk.actor, number=made.number, title="停车", closes_on=later)
    assert actions.reopen_conversation(actor=cast.clerk.actor, number=made.number).state == "open"


def test_a_draft_of_a_topic_is_not_thrown_away(cast):
    made = drafted(cast)
    actions.discard_conversation(actor=cast.clerk.actor, number=made.number)
    assert not Conversation.objects.exists()
    made = opened(cast)
    with refused("not-now"):
        actions.discard_conversation(actor=cast.clerk.actor, number=made.number)


def published(cast, made):
    actions.close_conversation(actor=cast.clerk.actor, number=made.number)
    return actions.publish_conversation(actor=cast.clerk.actor, number=made.number, conclusion=CONCLUSION)


def test_publishing_makes_the_last_picture_and_forgets_who_answered(cast):
    made = opened(cast)
    key = browser()
    answering.answer(actor=ANONYMOUS, number=made.number, key=key, n=1, value=1)
    answering.write_statement(actor=ANONYMOUS, number=made.number, key=key, text="晚上十点以后别按喇叭")
    two_camps(made)
    moderating.approve_statement(actor=cast.clerk.actor, number=made.number, n=len(SEEDS) + 1)
    before = sorted(Opinion.objects.values_list("participant_id", "n", "value"))
    found = published(cast, made)
    assert found.state == "published"
    assert queries.picture_of(found).people == 51
    assert sorted(Opinion.objects.values_list("participant_id", "n", "value")) == before
    assert not Participant.objects.exclude(key_hash="").exists()
    assert not Statement.objects.exclude(author_hash="").exists()
    assert queries.participant_of(found, ANONYMOUS, key)[0] is None


def test_rows_of_answers_do_not_keep_the_order_in_which_they_came(cast, settle):
    made = opened(cast)
    two_camps(made)

    # All columns, so that the table itself is read and not an index.
    def rows():
        return list(Opinion.objects.order_by().values_list("participant_id", "n", "value"))

    before = rows()
    published(cast, made)
    settle()
    after = rows()
    assert sorted(after) == sorted(before)
    assert after != before


def test_it_is_not_published_while_somebodys_sentence_waits(cast):
    made = opened(cast)
    answering.write_statement(actor=ANONYMOUS, number=made.number, key=browser(), text="晚上十点以后别按喇叭")
    with refused("still-waiting"):
        published(cast, made)


def test_a_conclusion_may_be_mended(cast):
    made = opened(cast)
    two_camps(made)
    published(cast, made)
    found = actions.publish_conversation(actor=cast.clerk.actor, number=made.number, conclusion="改过的话")
    assert found.conclusion == "改过的话"


def test_no_journal_line_tells_of_an_answer(cast):
    made = opened(cast)
    before = Entry.objects.count()
    answering.answer(actor=cast.resident.actor, number=made.number, key=browser(), n=1, value=1)
    assert Entry.objects.count() == before
    answering.write_statement(
        actor=cast.resident.actor, number=made.number, key=browser(), text="晚上十点以后别按喇叭"
    )
    line = Entry.objects.order_by("-id").first()
    assert (line.code, line.actor, line.data) == (
        "councils.conversation.statement_written",
        None,
        {"number": made.number},
    )


def test_a_person_gets_their_answers_and_can_be_forgotten(cast):
    made = opened(cast)
    me = cast.resident
    answering.answer(actor=me.actor, number=made.number, key="", n=2, value=-1)
    (mine,) = answering.export(me.id)
    assert mine["answers"] == [{"statement": SEEDS[1], "answer": -1}]
    assert answering.erase(me.id) == 1
    assert answering.export(me.id) == []
    assert Opinion.objects.count() == 1


# The step of a topic --------------------------------------------------------------------------------------


@pytest.fixture
def topic(cast, world):
    from mulin.councils.topics.models import Topic

    return Topic.objects.create(number="1000000008", place=world.home, process="trees", title="行道树换不换")


def step_of(topic, **chosen):
    from mulin.councils.topics.models import Step

    return Step.objects.create(
        topic=topic, position=1, key="opinions", kind="opinions", title="听意见", state="open",
        settings=dict(kind.settings(chosen)), ends_on=today() + timedelta(days=7),
    )  # fmt: skip


def test_a_step_with_first_statements_opens_at_once(cast, topic):
    step = step_of(topic, seeds=SEEDS)
    step.record = kind.begin(actor=cast.clerk.actor, topic=topic, step=step)
    found = Conversation.objects.get(pk=step.record)
    assert (found.state, found.topic, found.step) == ("open", topic, step)
    progress = kind.progress(topic, step)
    assert progress.invites and progress.missing


def test_a_step_without_them_waits_for_somebody(cast, topic):
    step = step_of(topic)
    step.record = kind.begin(actor=cast.clerk.actor, topic=topic, step=step)
    assert not kind.progress(topic, step).invites
    assert kind.progress(topic, step).missing


def test_what_came_out_goes_into_the_record_with_both_views(cast, topic):
    step = step_of(topic, seeds=SEEDS)
    step.record = kind.begin(actor=cast.clerk.actor, topic=topic, step=step)
    made = Conversation.objects.get(pk=step.record)
    two_camps(made)
    published(cast, made)
    progress = kind.progress(topic, step)
    assert not progress.missing
    assert CONCLUSION in progress.outcome
    assert "多数人的看法" in progress.outcome
    assert SEEDS[1] in {one["text"] for one in progress.result["shared"]}
    assert progress.result["majority"] and progress.result["minority"]
    assert Entry.objects.filter(code="councils.conversation.published", matter=topic.thread).exists()


def test_too_few_people_give_a_conclusion_without_figures(cast, topic):
    step = step_of(topic, seeds=SEEDS)
    step.record = kind.begin(actor=cast.clerk.actor, topic=topic, step=step)
    made = Conversation.objects.get(pk=step.record)
    answered(made, [(person, n, 1) for person in range(6) for n in range(4)])
    published(cast, made)
    assert kind.progress(topic, step).result == {"conclusion": CONCLUSION}


def test_ending_a_step_closes_the_conversation(cast, topic):
    step = step_of(topic, seeds=SEEDS)
    step.record = kind.begin(actor=cast.clerk.actor, topic=topic, step=step)
    kind.end(actor=cast.clerk.actor, topic=topic, step=step)
    assert Conversation.objects.get(pk=step.record).state == "closed"


def test_a_process_file_with_a_mistake_is_refused():
    for chosen in ({"open_to": "nobody"}, {"least": 2}, {"seeds": ["字" * 141]}, {"colour": "red"}):
        with pytest.raises(SettingError):
            kind.settings(chosen)


def test_managers_are_the_same_in_the_table_and_in_lists(cast):
    made = opened(cast)
    for name, person in cast.everybody().items():
        may = policy.can(person.actor, queries.VIEW, queries.target_of(made))
        assert queries.visible_conversations(person.actor).filter(pk=made.pk).exists() == may, name
    assert pictured(made).people == 0
    assert maps.is_due(made) is False
    assert reading.own_group(queries.picture_of(made), 1) == ""


# What a review found ------------------------------------------------------------------------------------


def test_a_leader_of_a_group_asks_in_the_browser(cast, world, client_for):
    client = client_for(cast.group_leader)
    data = {
        "place": f"{world.home}/{world.group.pk}", "title": "园子种什么", "text": "春天动手。", "least": 20,
        "closes_on": (today() + timedelta(days=9)).isoformat(), "open_to": "anyone", "results": "after",
    }  # fmt: skip
    answer = client.post("/desk/council/conversations/new/", data)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    made = Conversation.objects.get()
    assert (made.org, made.place) == (world.group, world.home)


def test_a_draft_goes_with_the_step_and_what_was_open_stays_closed(cast, topic):
    actor = cast.clerk.actor
    step = step_of(topic)
    step.record = kind.begin(actor=actor, topic=topic, step=step)
    step.save()
    kind.stop(actor=actor, topic=topic, step=step)
    assert not Conversation.objects.exists()
    assert kind.progress(topic, step).missing
    step.record = None
    step.settings = dict(kind.settings({"seeds": SEEDS}))
    step.record = kind.begin(actor=actor, topic=topic, step=step)
    step.save()
    number = Conversation.objects.get().number
    kind.stop(actor=actor, topic=topic, step=step)
    step.state = "skipped"
    step.save()
    with refused("not-now"):
        actions.reopen_conversation(actor=actor, number=number)
    assert Conversation.objects.get().state == "closed"


def test_the_day_of_publication_is_the_day_of_the_place(cast, freeze, client_for):
    made = opened(cast)
    two_camps(made)
    freeze((now() + timedelta(days=1)).replace(hour=2, minute=0))
    day = today()
    published(cast, made)
    page = client_for().get(f"/council/conversations/{made.number}/map/").content.decode()
    assert reading_day(day) in page and reading_day(day - timedelta(days=1)) not in page


def reading_day(day):
    from mulin.voices.surveys.reading import on_day

    return on_day(day)

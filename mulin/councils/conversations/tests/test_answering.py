"""Taking sides and writing a sentence, by whoever may; and moderating what was written."""

import pytest

from mulin.councils.conversations import answering, moderating, queries
from mulin.councils.conversations.models import Opinion, Participant, Statement
from mulin.councils.conversations.tests.making import SEEDS, browser, opened
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.errors import ActionError

pytestmark = pytest.mark.django_db
NEW = "晚上十点以后别按喇叭"


def refused(code: str):
    return pytest.raises(ActionError, check=lambda error: error.code == code)


@pytest.fixture
def made(cast):
    return opened(cast)


def say(made, key, text, actor=ANONYMOUS, **more):
    return answering.write_statement(actor=actor, number=made.number, key=key, text=text, **more)


def answer(made, key, n, value, actor=ANONYMOUS):
    return answering.answer(actor=actor, number=made.number, key=key, n=n, value=value)


def test_an_answer_is_kept_and_can_be_changed(made):
    key = browser()
    first = answer(made, key, 1, 1)
    second = answer(made, key, 1, -1)
    answer(made, key, 2, 0)
    assert first.pk == second.pk
    assert queries.answers_of(first) == {1: -1, 2: 0}
    assert Participant.objects.get().touches == 3


def test_two_browsers_are_two_people_and_nobodys_name_is_kept(made):
    answer(made, browser(), 1, 1)
    answer(made, browser(), 1, 1)
    assert queries.people(made) == 2
    assert not {"account", "account_id", "created_at"} & {f.name for f in Participant._meta.get_fields()}


def test_whoever_began_without_logging_in_goes_on_as_the_same_one(made, cast):
    key = browser()
    before = answer(made, key, 1, 1)
    assert answer(made, key, 2, 1, actor=cast.resident.actor).pk == before.pk


def test_an_account_goes_on_with_another_telephone(made, cast):
    before = answer(made, browser(), 1, 1, actor=cast.resident.actor)
    assert answer(made, browser(), 2, 1, actor=cast.resident.actor).pk == before.pk


def test_a_browser_without_a_secret_is_told_so(made):
    with refused("no-key"):
        answer(made, "", 1, 1)


def test_what_is_not_out_takes_no_answers(made):
    key = browser()
    say(made, key, NEW)
    with refused("gone"):
        answer(made, key, len(SEEDS) + 1, 1)
    with refused("bad-answer"):
        answer(made, key, 1, 2)


def test_only_residents_answer_where_it_is_only_for_them(cast):
    made = opened(cast, open_to="verified")
    with refused("login-first"):
        answer(made, browser(), 1, 1)
    with refused("not-resident"):
        answer(made, browser(), 1, 1, actor=cast.neighbour.actor)
    one = answer(made, browser(), 1, 1, actor=cast.resident.actor)
    assert answer(made, browser(), 2, 1, actor=cast.resident.actor).pk == one.pk


def test_the_same_person_has_other_hashes_in_another_conversation(cast, made):
    other = opened(cast)
    key = browser()
    answer(made, key, 1, 1)
    answer(other, key, 1, 1)
    assert len(set(Participant.objects.values_list("key_hash", flat=True))) == 2


def test_what_teaches_most_comes_first_and_nothing_twice(made):
    statements = queries.shown_statements(made)
    from random import Random

    answered, random = {}, Random(4)
    while (n := queries.next_for(statements, None, answered, random)) is not None:
        assert n not in answered
        answered[n] = 1
    assert len(answered) == len(SEEDS)


# Writing ----------------------------------------------------------------------------------------------


def test_a_sentence_waits_and_its_author_sees_what_becomes_of_it(made, cast):
    key = browser()
    one, was_masked = say(made, key, NEW)
    assert (one.state, was_masked) == ("waiting", False)
    assert one.n not in queries.shown_statements(made)
    moderating.reject_statement(actor=cast.clerk.actor, number=made.number, n=one.n, reason="和这件事无关")
    (mine,) = queries.written_by(made, ANONYMOUS, key)
    assert (mine.state, mine.reason) == ("rejected", "和这件事无关")
    assert queries.written_by(made, ANONYMOUS, browser()) == []


def test_telephone_and_door_are_covered_at_once(made):
    one, was_masked = say(made, browser(), "3栋2单元501的车总堵门，电话13812345678")
    assert was_masked
    assert "501" not in one.text and "13812345678" not in one.text


def test_the_author_and_the_answers_do_not_lie_side_by_side(made):
    key = browser()
    answer(made, key, 1, 1)
    say(made, key, NEW)
    assert Statement.objects.get(n=len(SEEDS) + 1).author_hash != Participant.objects.get().key_hash


def test_what_was_said_already_is_shown_first(made):
    with pytest.raises(answering.Alike) as refusal:
        say(made, browser(), "消防通道上面不能停车吧")
    assert list(refusal.value.found) == [2]
    one, _masked = say(made, browser(), "消防通道上面不能停车吧", anyway=True)
    assert one.state == "waiting"
    with pytest.raises(answering.Alike):
        say(made, browser(), "消防通道上，不能停车。", anyway=True)


def test_nobody_floods_the_queue(made):
    key = browser()
    for text in ("修一条给轮椅走的坡道", "垃圾桶挪到东边去", "楼道灯换成声控的", "花坛改成晾衣场", NEW):
        say(made, key, text)
    with refused("too-many"):
        say(made, key, "再装两个充电桩")


@pytest.mark.parametrize(("text", "code"), [("  ", "no-text"), ("字" * 141, "too-long")])
def test_a_sentence_has_words_and_an_end(made, text, code):
    with refused(code):
        say(made, browser(), text)


def test_where_nothing_is_asked_for_nothing_is_taken(cast):
    made = opened(cast, writes=False)
    with refused("not-asked"):
        say(made, browser(), NEW)


# Moderating -------------------------------------------------------------------------------------------


def decide(cast, made):
    return {"actor": cast.clerk.actor, "number": made.number}


def test_only_slips_of_the_pen_are_mended(made, cast):
    one, _masked = say(made, browser(), "晚上十点已后别按喇叭")
    with refused("too-much"):
        moderating.approve_statement(**decide(cast, made), n=one.n, text="晚上可以按喇叭，大家没意见")
    shown = moderating.approve_statement(**decide(cast, made), n=one.n, text=NEW)
    assert (shown.text, shown.original, shown.state) == (NEW, "晚上十点已后别按喇叭", "shown")
    with refused("not-now"):
        moderating.approve_statement(**decide(cast, made), n=one.n)


def test_a_rejection_needs_a_reason(made, cast):
    with refused("no-reason"):
        moderating.reject_statement(**decide(cast, made), n=1, reason=" ")


def test_answers_move_along_when_two_say_the_same(made, cast):
    both, only = browser(), browser()
    answer(made, both, 1, 1)
    answer(made, both, 2, -1)
    answer(made, only, 2, -1)
    moderating.merge_statement(**decide(cast, made), n=2, into=1)
    found = {one.pk: queries.answers_of(one) for one in Participant.objects.all()}
    assert sorted(map(tuple, (one.items() for one in found.values()))) == [((1, -1),), ((1, 1),)]
    assert 2 not in queries.shown_statements(made)


def test_a_chain_of_merges_ends_at_what_is_out(made, cast):
    moderating.merge_statement(**decide(cast, made), n=3, into=2)
    moderating.merge_statement(**decide(cast, made), n=2, into=1)
    assert set(Statement.objects.filter(state="merged").values_list("into", flat=True)) == {1}
    for into in (2, 4):  # one that is merged itself, and the sentence itself
        with refused("bad-target"):
            moderating.merge_statement(**decide(cast, made), n=4, into=into)


def test_those_of_another_place_do_not_moderate(made, cast):
    from mulin.kernel.errors import NotVisible

    with pytest.raises(NotVisible):
        moderating.reject_statement(actor=cast.other_clerk.actor, number=made.number, n=1, reason="不合适")


def test_more_first_statements_come_while_people_answer(made, cast):
    assert moderating.add_seeds(**decide(cast, made), texts=["修一个立体车库", SEEDS[0]]) == 1
    with refused("no-text"):
        moderating.add_seeds(**decide(cast, made), texts=[SEEDS[0]])
    assert Opinion.objects.count() == 0

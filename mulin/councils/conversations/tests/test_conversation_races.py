"""Taps at one moment: one person stays one person, and a sentence has one number."""

import pytest

from mulin.councils.conversations import answering, queries
from mulin.councils.conversations.models import Opinion, Participant, Statement
from mulin.councils.conversations.tests.making import SEEDS, browser, opened
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.testing.together import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


def test_two_first_taps_of_one_browser_are_one_person(cast):
    made, key = opened(cast), browser()

    def tap(n, value):
        return lambda: answering.answer(actor=ANONYMOUS, number=made.number, key=key, n=n, value=value)

    assert at_once(tap(1, 1), tap(1, 1), tap(2, -1)) == []
    assert queries.answers_of(Participant.objects.get()) == {1: 1, 2: -1}
    assert Participant.objects.get().touches == 3
    assert Opinion.objects.count() == 2


def test_sentences_of_two_people_get_two_numbers(cast):
    made = opened(cast)

    def say(text):
        return lambda: answering.write_statement(
            actor=ANONYMOUS, number=made.number, key=browser(), text=text
        )

    assert at_once(say("晚上十点以后别按喇叭"), say("装两个充电桩"), say("花坛改成晾衣场")) == []
    numbers = Statement.objects.filter(state="waiting").values_list("n", flat=True)
    assert sorted(numbers) == [len(SEEDS) + 1, len(SEEDS) + 2, len(SEEDS) + 3]

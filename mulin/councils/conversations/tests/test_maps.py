"""The picture: made from all answers, stable, covered, and only when it is due."""

import json
import re

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mulin.councils import opinions
from mulin.councils.conversations import actions, answering, exporting, maps, moderating, queries, reading
from mulin.councils.conversations.models import Opinion, Participant, Picture
from mulin.councils.conversations.tests.making import SEEDS, answered, browser, opened, pictured, two_camps
from mulin.councils.tests.opinion_worlds import chance
from mulin.kernel import jobs
from mulin.kernel.actors import ANONYMOUS
from mulin.kernel.errors import ActionError, NotAllowed
from mulin.kernel.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(cast):
    return opened(cast)


def read(made):
    return reading.report(queries.picture_of(made), queries.shown_statements(made))


def test_the_picture_is_what_the_engine_says(made):
    two_camps(made)
    pictured(made)
    votes = maps.read_votes(made)
    found = opinions.find(votes, opinions.make_map(votes))
    shown = queries.picture_of(made).shown
    assert shown["people"] == 50
    assert [one["letter"] for one in shown["groups"]] == [one.letter for one in found.groups] == ["A", "B"]
    assert [one["n"] for one in shown["shared"]] == [one.statement for one in found.shared]
    assert sum(one[2] for one in shown["bubbles"]) == 50


def test_groups_keep_their_letters_when_people_join(made):
    people = two_camps(made, sizes=(20, 18))
    before = dict(pictured(made).memory["groups"])
    # The smaller camp becomes the larger one.
    text = [(100 + k, n, (-1 if n == 0 else v)) for k in range(20) for n, v in _like(made, people[25])]
    answered(made, text)
    after = dict(pictured(made).memory["groups"])
    assert {after[one] for one in before if before[one] == 0} == {0}
    assert (
        queries.picture_of(made).shown["groups"][1]["people"]
        > queries.picture_of(made).shown["groups"][0]["people"]
    )


def _like(made, participant):
    return [(n - 1, v) for n, v in Opinion.objects.filter(participant=participant).values_list("n", "value")]


def test_it_says_so_when_there_are_no_groups(made):
    answered(made, chance(60, len(SEEDS), seed=3))
    pictured(made)
    found = read(made)
    assert found.clarity == "none"
    assert "没有分成几拨" in found.clarity_words
    assert found.groups == () and found.rows


def test_no_figure_of_one_to_four_people_is_stored(made):
    rows = [(person, 0, 1) for person in range(20)] + [(person, 0, -1) for person in range(20, 22)]
    rows += [(person, 1, 1) for person in range(3)]
    rows += [(person, 2, 1 if person < 12 else -1) for person in range(24)]
    answered(made, rows)
    pictured(made)
    records = {one["n"]: one for one in queries.picture_of(made).shown["records"]}
    # Two against twenty: with the total shown, either number would give the other.
    assert records[1]["agree"] is None and records[1]["disagree"] is None
    assert records[1]["majority"] == "agree"
    assert records[2] == {**records[2], "seen": None, "agree": None, "disagree": None, "pass": None}
    assert (records[3]["agree"], records[3]["disagree"]) == (50, 50)
    row = next(row for row in read(made).rows if row.n == 1)
    assert row.verdict == "多数同意" and row.is_covered and not row.bars
    line = next(line for line in read(made).shared if line.n == 1)
    assert line.percent is None and not re.search(r"\d", line.words)


def test_bubbles_hold_five_people_at_least(made):
    two_camps(made, sizes=(31, 12), noise=0.3)
    assert min(one[2] for one in pictured(made).shown["bubbles"]) >= 5


def test_it_is_made_anew_only_for_several_people_at_once(made):
    two_camps(made)
    assert maps.renew_all() == 1
    assert maps.renew_all() == 0
    keys = [browser() for _ in range(5)]
    for key in keys[:4]:
        for n in range(1, 9):
            answering.answer(actor=ANONYMOUS, number=made.number, key=key, n=n, value=1)
    assert not maps.is_due(made)
    answering.answer(actor=ANONYMOUS, number=made.number, key=keys[4], n=1, value=1)
    assert maps.is_due(made)
    assert maps.renew_all() == 1
    assert queries.picture_of(made).people == 55


def test_after_the_close_the_last_answers_count(made, cast):
    two_camps(made)
    maps.renew_all()
    answering.answer(actor=ANONYMOUS, number=made.number, key=browser(), n=1, value=1)
    assert maps.renew_all() == 0
    actions.close_conversation(actor=cast.clerk.actor, number=made.number)
    assert maps.renew_all() == 1
    assert queries.picture_of(made).people == 51


def test_a_statement_taken_down_leaves_the_picture_at_once(made, cast):
    two_camps(made)
    pictured(made)
    moderating.reject_statement(actor=cast.clerk.actor, number=made.number, n=1, reason="提到了具体的人")
    found = read(made)
    every = [row.n for row in found.rows] + [line.n for line in (*found.shared, *found.divided)]
    every += [line.n for group in found.groups for line in group.holds]
    assert every and 1 not in every
    assert 1 not in maps.read_votes(made).statements


def test_weights_lead_to_what_teaches_most(made):
    two_camps(made)
    answered(made, [(person, 0, 1) for person in range(200, 400)])
    weights = pictured(made).weights
    assert set(weights) == {str(n) for n in range(1, len(SEEDS) + 1)}
    assert weights["1"] < max(weights.values())


def test_a_new_statement_is_asked_as_often_as_the_heaviest(made, cast):
    from random import Random

    two_camps(made)
    picture = pictured(made)
    moderating.add_seeds(actor=cast.clerk.actor, number=made.number, texts=["修一个立体车库"])
    statements = queries.shown_statements(made)
    random = Random(1)
    drawn = [queries.next_for(statements, picture, {}, random) for _ in range(300)]
    assert drawn.count(len(SEEDS) + 1) > 300 / len(statements) / 2


def test_a_picture_on_demand_is_a_job_that_says_when_it_is_too_early(made, cast, settle):
    two_camps(made)
    job = jobs.start(cast.clerk.actor, "councils.opinion_map", number=made.number)
    settle()
    assert Picture.objects.filter(conversation=made).exists()
    with pytest.raises(ActionError):
        maps.picture_job(job, jobs.Progress(job), number=made.number)
    assert Job.objects.get(pk=job.pk).state in {"done", "queued"}


def test_a_thousand_people_are_read_with_a_handful_of_statements(made):
    random = np.random.default_rng(2)
    rows = [
        (person, n, int(random.choice([-1, 0, 1])))
        for person in range(1000)
        for n in np.flatnonzero(random.random(len(SEEDS)) < 0.7).tolist()
    ]
    answered(made, rows)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        picture = pictured(made)
    assert picture.people == len({row[0] for row in rows})
    assert picture.shown["answers"] == len(rows)
    assert len(seen) <= 16


def test_what_is_stored_for_reading_is_plain_json(made):
    two_camps(made)
    shown = pictured(made).shown
    assert json.loads(json.dumps(shown)) == shown
    assert "memory" not in shown


# Who may see it when ----------------------------------------------------------------------------------


def test_everybody_sees_it_after_enough_people_and_own_answers(made):
    offered = len(SEEDS)
    assert queries.sees_results(made, None, offered, offered) == "few"
    answered(made, [(person, n, 1) for person in range(10) for n in range(4)])
    assert queries.sees_results(made, pictured(made), offered, offered) == "few"
    two_camps(made)
    picture = pictured(made)
    assert queries.sees_results(made, picture, 3, offered) == "first"
    assert queries.sees_results(made, picture, 7, offered) == ""


def test_where_it_comes_after_the_close_nobody_sees_it_before(cast):
    made = opened(cast, results="after")
    two_camps(made)
    picture = pictured(made)
    assert queries.sees_results(made, picture, 8, 8) == "after"
    made = actions.close_conversation(actor=cast.clerk.actor, number=made.number)
    assert queries.sees_results(made, picture, 0, 8) == ""


def test_one_sees_in_which_group_one_stands(made):
    people = two_camps(made)
    picture = pictured(made)
    letters = {reading.own_group(picture, people[one]) for one in (0, 49)}
    assert letters == {"A", "B"}
    assert reading.own_group(picture, 12345) == ""


# Files ------------------------------------------------------------------------------------------------


def test_answers_are_exported_without_persons_and_can_be_evaluated(made, cast, tmp_path):
    import io
    import zipfile

    two_camps(made)
    ids = {str(pk) for pk in Participant.objects.values_list("pk", flat=True)}
    actions.close_conversation(actor=cast.clerk.actor, number=made.number)
    content = exporting.votes_file(actor=cast.clerk.actor, number=made.number)
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        file.extractall(tmp_path)
        text = "".join(file.read(name).decode() for name in file.namelist())
    assert not any(one in text for one in ids)
    votes = opinions.read_csv(tmp_path / "votes.csv")
    assert votes.shape == (50, len(SEEDS))
    assert len(votes) == Opinion.objects.count()
    assert (tmp_path / "groups.csv").read_text().splitlines()[0] == "participant,published_group"


def test_answers_are_not_exported_from_a_few_nor_before_the_end(made, cast):
    answered(made, [(person, n, 1) for person in range(49) for n in range(4)])
    given = {"actor": cast.clerk.actor, "number": made.number}
    with pytest.raises(ActionError, check=lambda e: e.code == "not-now"):
        exporting.votes_file(**given)
    actions.close_conversation(**given)
    with pytest.raises(ActionError, check=lambda e: e.code == "too-few"):
        exporting.votes_file(**given)


def test_a_group_leader_exports_no_answers(cast, world):
    leader = cast.group_leader.actor
    made = actions.draft_conversation(actor=leader, place=world.home, title="园子", org=world.group.pk)
    with pytest.raises(NotAllowed):
        exporting.votes_file(actor=leader, number=made.number)


def test_findings_make_an_excel_file(made):
    two_camps(made)
    pictured(made)
    assert exporting.workbook(made, read(made))[:2] == b"PK"

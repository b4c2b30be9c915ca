"""A survey from the draft to the published result; a sheet counts once and says nothing of whose it is."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from django.db import connection

from mulin.kernel import clock
from mulin.kernel.actors import ANONYMOUS, SYSTEM
from mulin.kernel.db import is_postgres
from mulin.kernel.errors import ActionError, NotAllowed, NotVisible
from mulin.kernel.models import Entry
from mulin.kernel.secrets import fingerprint
from mulin.voices.models import Voice
from mulin.voices.surveys import actions, answering, editing, pool, queries, reading
from mulin.voices.surveys.models import Sheet, Survey, SurveyCode, Taken

KEY = "a-browser-of-one-resident-%d"


@pytest.fixture
def draft(world, cast):
    def make(template="annual_needs", **fields):
        survey = actions.draft_survey(actor=cast.clerk.actor, place=world.home, template=template)
        frame = {"title": survey.title, "closes_on": clock.today() + timedelta(days=20), **fields}
        return actions.edit_survey(actor=cast.clerk.actor, number=survey.number, **frame)

    return make


@pytest.fixture
def opened(draft, cast):
    def make(template="annual_needs", **fields):
        return actions.open_survey(actor=cast.clerk.actor, number=draft(template, **fields).number)

    return make


def hand_in(survey, n=0, **fields):
    answers = {"age": "a36", "needs": ["meals"], **fields.pop("answers", {})}
    return answering.submit_sheet(number=survey.number, key=KEY % n, answers=answers, **fields)


def refused(wanted, call, **fields):
    with pytest.raises(ActionError) as error:
        call(**fields)
    assert error.value.code == wanted
    return error.value


def test_a_clerk_drafts_one_and_a_clerk_elsewhere_does_not_see_it(draft, cast, world):
    survey = draft()
    assert (survey.state, survey.title, survey.template) == ("draft", "年度需求问卷", "annual_needs")
    assert queries.get_survey(cast.secretary.actor, survey.number).pk == survey.pk
    for actor in (cast.other_clerk.actor, cast.resident.actor, ANONYMOUS):
        with pytest.raises(NotVisible):
            queries.get_survey(actor, survey.number)
    with pytest.raises(NotVisible):
        queries.get_public_survey(survey.number)
    with pytest.raises(NotAllowed):
        actions.draft_survey(actor=cast.other_clerk.actor, place=world.home, template="annual_needs")


def test_a_grid_worker_types_sheets_in_but_makes_no_survey(opened, cast, world):
    survey = opened()
    assert answering.enter_sheet(actor=cast.gridworker.actor, number=survey.number, answers={"age": "a60"})
    with pytest.raises(NotVisible):
        actions.close_survey(actor=cast.gridworker.actor, number=survey.number)
    with pytest.raises(NotAllowed):
        actions.draft_survey(actor=cast.gridworker.actor, place=world.home, template="annual_needs")


def test_questions_are_frozen_once_it_is_open(draft, cast):
    survey = draft()
    data = {"sections": [{"questions": [{"key": "q1", "kind": "text", "text": "您好吗"}]}]}
    actions.edit_questions(actor=cast.clerk.actor, number=survey.number, data=data)
    actions.open_survey(actor=cast.clerk.actor, number=survey.number)
    refused("not-now", actions.edit_questions, actor=cast.clerk.actor, number=survey.number, data=data)
    refused("not-now", actions.discard_survey, actor=cast.clerk.actor, number=survey.number)


def test_a_mistake_in_a_question_is_named_and_nothing_is_lost(draft, cast):
    survey = draft()
    data = {"sections": [{"questions": [{"key": "q1", "kind": "single", "text": "选哪个", "options": []}]}]}
    error = refused(
        "form-too-few-options",
        actions.edit_questions,
        actor=cast.clerk.actor,
        number=survey.number,
        data=data,
    )
    assert error.field == "q1"
    assert queries.form_of(Survey.objects.get(pk=survey.pk)).get("needs")


def test_it_opens_only_with_questions_and_an_end(world, cast):
    survey = actions.draft_survey(actor=cast.clerk.actor, place=world.home)
    refused("form-no-questions", actions.open_survey, actor=cast.clerk.actor, number=survey.number)
    survey = actions.draft_survey(actor=cast.clerk.actor, place=world.home, template="four_senses")
    refused("no-end", actions.open_survey, actor=cast.clerk.actor, number=survey.number)


def test_everybody_answers_without_an_account_and_once_a_browser(opened):
    survey = opened()
    assert queries.takes_answers(survey)
    hand_in(survey)
    refused("done-here", hand_in, survey=survey)
    hand_in(survey, 1)
    found = queries.results(survey)
    assert (found.returned, found.by_channel) == (2, {"portal": 2})


def test_a_half_filled_sheet_is_kept_for_its_browser_and_not_counted(opened):
    survey = opened()
    mistakes = answering.save_sheet(number=survey.number, key=KEY % 1, answers={"age": "a80", "needs": ["x"]})
    assert list(mistakes) == ["needs"]
    digest = fingerprint(KEY % 1, f"survey:{survey.id}")
    assert queries.kept_answers(survey, digest) == {"age": "a80"}
    assert queries.results(survey).returned == 0
    hand_in(survey, 1)
    assert queries.kept_answers(survey, digest) == {}
    assert Sheet.objects.count() == 1


def test_a_required_question_left_out_is_asked_for_and_what_was_filled_in_stays(opened):
    survey = opened()
    with pytest.raises(answering.Incomplete) as error:
        answering.submit_sheet(number=survey.number, key=KEY % 1, answers={"age": "a36"})
    assert list(error.value.mistakes) == ["needs"]
    assert not Taken.objects.exists()


def test_nothing_kept_leads_from_a_sheet_to_whose_it_is(opened, cast):
    """Not by an id in order of time, a moment, a hash, or the journal's line."""
    survey = opened()
    answering.save_sheet(number=survey.number, key=KEY % 1, answers={"age": "a80"})
    hand_in(survey, 1)
    sheet = Sheet.objects.get()
    taken = Taken.objects.get()
    assert (sheet.key_hash, sheet.entered_by) == ("", None)
    assert (sheet.pk.version, taken.pk.version) == (4, 4)
    assert not [f.name for f in Sheet._meta.fields if f.get_internal_type() == "DateTimeField"]
    assert not [f.name for f in Taken._meta.fields if "Date" in f.get_internal_type()]
    line = Entry.objects.get(code="voices.survey.answered")
    assert (line.actor, line.actor_kind, line.subject) == (None, "anonymous", survey.pk)
    assert str(sheet.pk) not in str(line.data) and str(taken.pk) not in str(line.data)


def test_a_printed_code_counts_once_on_the_phone_or_on_paper(draft, cast):
    survey = draft(once="household")
    codes = actions.make_codes(actor=cast.clerk.actor, number=survey.number, n=3)
    actions.open_survey(actor=cast.clerk.actor, number=survey.number)
    refused("bad-code", hand_in, survey=survey)
    hand_in(survey, 1, code=f" {codes[0][:4].lower()}-{codes[0][4:]} ")
    refused("taken", hand_in, survey=survey, n=2, code=codes[0])
    enter = {"actor": cast.clerk.actor, "number": survey.number, "answers": {"age": "a60"}}
    refused("taken", answering.enter_sheet, **enter, code=codes[0])
    answering.enter_sheet(**enter, code=codes[1])
    refused("taken", hand_in, survey=survey, n=3, code=codes[1])
    assert queries.results(survey).returned == 2
    assert not SurveyCode.objects.filter(code_hash__contains=codes[2]).exists()


def test_paper_counts_as_much_and_keeps_its_channel(opened, cast):
    survey = opened(issued=10)
    hand_in(survey)
    answering.enter_sheet(actor=cast.clerk.actor, number=survey.number, answers={"needs": ["green"]})
    answering.enter_sheet(
        actor=cast.clerk.actor, number=survey.number, answers={"needs": ["green"]}, channel="visit"
    )
    found = queries.results(survey)
    assert found.by_channel == {"portal": 1, "paper": 1, "visit": 1}
    assert found.tallies["needs"].counts["green"] == 2
    assert found.rate == 0.3


def test_a_slip_of_the_hand_is_voided_with_a_reason_a_resident_s_sheet_never(opened, cast):
    survey = opened()
    hand_in(survey)
    typed = answering.enter_sheet(actor=cast.clerk.actor, number=survey.number, answers={"age": "a60"})
    call = {"actor": cast.clerk.actor, "number": survey.number}
    refused("no-reason", answering.void_sheet, **call, sheet=typed.pk, reason=" ")
    answering.void_sheet(**call, sheet=typed.pk, reason="录了两次")
    refused("not-now", answering.void_sheet, **call, sheet=typed.pk, reason="录了两次")
    own = Sheet.objects.get(entered_by=None)
    with pytest.raises(NotVisible):
        answering.void_sheet(**call, sheet=own.pk, reason="不喜欢")
    found = queries.results(survey)
    assert (found.returned, found.void) == (1, 1)


def test_it_closes_itself_after_its_last_day_and_drops_what_nobody_handed_in(opened, cast, freeze):
    survey = opened()
    hand_in(survey)
    answering.save_sheet(number=survey.number, key=KEY % 5, answers={"age": "a80"})
    freeze(clock.now() + timedelta(days=21))
    assert not queries.takes_answers(survey)
    refused("over", hand_in, survey=survey, n=2)
    assert actions.close_overdue(SYSTEM) == 1
    assert actions.close_overdue(SYSTEM) == 0
    survey.refresh_from_db()
    assert (survey.state, Sheet.objects.count()) == ("closed", 1)
    actions.reopen_survey(actor=cast.clerk.actor, number=survey.number, closes_on=clock.today())
    hand_in(survey, 3)


def test_results_are_published_only_when_enough_came_back_and_never_free_text(opened, cast):
    survey = opened()
    for n in range(19):
        hand_in(survey, n)
    actions.close_survey(actor=cast.clerk.actor, number=survey.number)
    call = {"actor": cast.secretary.actor, "number": survey.number, "conclusion": "今年先办老人吃饭。"}
    refused("too-few", actions.publish_results, **call, questions=["needs"])
    actions.reopen_survey(actor=cast.clerk.actor, number=survey.number, closes_on=clock.today())
    hand_in(survey, 40)
    actions.close_survey(actor=cast.clerk.actor, number=survey.number)
    refused("not-offered", actions.publish_results, **call, questions=["needs", "words"])
    actions.publish_results(**call, questions=["needs"])
    assert [one.number for one in queries.published_surveys(survey.place)] == [survey.number]
    enter = {"actor": cast.clerk.actor, "number": survey.number, "answers": {"age": "a60"}}
    with pytest.raises(NotVisible):
        answering.enter_sheet(**enter)
    actions.withdraw_results(actor=cast.secretary.actor, number=survey.number)
    assert not queries.published_surveys(survey.place)
    # One sheet more, and the next publication would tell by the difference what is on it.
    with pytest.raises(NotVisible):
        answering.enter_sheet(**enter)
    reopen = {"actor": cast.clerk.actor, "number": survey.number, "closes_on": clock.today()}
    refused("published", actions.reopen_survey, **reopen)


def test_free_text_becomes_a_voice_once(opened, cast):
    survey = opened()
    hand_in(survey, answers={"words": "三单元门口的路灯坏了，晚上老人看不见路"})
    actions.close_survey(actor=cast.clerk.actor, number=survey.number)
    (one,) = queries.written(survey)
    call = {"actor": cast.clerk.actor, "number": survey.number, "sheet": one.sheet, "question": "words"}
    receipt = answering.raise_voice(**call)
    voice = Voice.objects.get(number=receipt.voice.number)
    assert (voice.channel, voice.account, voice.contact_hash) == ("survey", None, "")
    refused("raised", answering.raise_voice, **call)
    (again,) = queries.written(survey)
    assert again.raised == voice.number
    with pytest.raises(NotVisible):
        answering.raise_voice(**{**call, "question": "needs"})


def test_a_cross_table_hides_small_cells_and_what_would_betray_them(opened, cast):
    survey = opened()
    n = 0
    for age, need, many in (
        ("a36", "meals", 9),
        ("a36", "green", 2),
        ("a60", "meals", 8),
        ("a60", "green", 7),
    ):
        for _one in range(many):
            hand_in(survey, n := n + 1, answers={"age": age, "needs": [need]})
    actions.close_survey(actor=cast.clerk.actor, number=survey.number)
    table, hidden = queries.cross_table(survey, of="needs", by="age")
    assert table.cells["a36", "green"] == 2
    assert ("a36", "green") in hidden and ("a36", "meals") in hidden
    shown = {cell: count for cell, count in table.cells.items() if cell not in hidden}
    assert not [count for count in shown.values() if 0 < count < 5]


def test_a_cross_table_read_the_other_way_round_shows_no_other_cells(opened, monkeypatch):
    """Two tables of the same answers, each of them safe. Together they said how many of 18 to 35 want care
    for their children: three."""
    survey = opened()
    keys = [one.key for one in queries.form_of(survey).get("age").options][:4]
    many = {"childcare": (5, 3, 6, 0), "meals": (5, 7, 2, 12), "health": (7, 9, 7, 2)}
    sheets = [
        {"age": age, "needs": [need]}
        for need, counts in many.items()
        for age, n in zip(keys, counts, strict=True)
        for _one in range(n)
    ]
    monkeypatch.setattr(queries, "_sheets", lambda survey: sheets)
    _table, one = queries.cross_table(survey, of="needs", by="age")
    _table, two = queries.cross_table(survey, of="age", by="needs")
    assert one and set(one) == {cell[::-1] for cell in two}


def test_a_street_asks_all_its_communities(cast, world):
    survey = actions.draft_survey(actor=cast.street.actor, place=world.street, template="four_senses")
    actions.edit_survey(
        actor=cast.street.actor, number=survey.number, title="四感", closes_on=date(2100, 1, 1)
    )
    actions.open_survey(actor=cast.street.actor, number=survey.number)
    assert [one.number for one in queries.open_surveys(world.home)] == [survey.number]
    assert not queries.open_surveys(world.other_home)
    sheet = {"number": survey.number, "answers": {"gain": 4}}
    answering.enter_sheet(actor=cast.clerk.actor, **sheet)
    with pytest.raises(NotVisible):
        answering.enter_sheet(actor=cast.other_clerk.actor, **sheet)
    with pytest.raises(NotVisible):
        queries.get_survey(cast.clerk.actor, survey.number)


def test_years_are_compared_by_template_and_place(opened, cast, freeze):
    first = opened()
    actions.close_survey(actor=cast.clerk.actor, number=first.number)
    second = opened()
    opened("four_senses")
    assert [one.pk for one in queries.earlier_rounds(cast.clerk.actor, second)] == [first.pk]
    copied = actions.draft_survey(actor=cast.clerk.actor, place=second.place, like=first.number)
    assert (copied.template, copied.form) == (first.template, first.form)


def test_who_looks_before_and_after_one_handed_in_sees_no_difference_of_one(opened):
    survey = opened()
    counted = []
    for n in range(23):
        hand_in(survey, n, answers={"words": f"第{n}句话"})
        counted.append(len(queries.written(survey)))
        assert queries.results(survey).tallies["needs"].answered == counted[-1]
    steps = {after - before for before, after in itertools.pairwise(counted)}
    assert steps == {0, pool.POOL}
    assert queries.results(survey).waiting >= pool.POOL


def test_the_order_of_the_rows_is_not_the_order_in_which_sheets_came(opened, cast):
    """Twenty sheets: the chance that a fair shuffle keeps the order is less than one in 10^18."""
    survey = opened()
    for n in range(20):
        hand_in(survey, n, answers={"words": f"{n:02}"})
    actions.close_survey(actor=cast.clerk.actor, number=survey.number)
    place = "ctid" if is_postgres() else "rowid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM voices_sheet ORDER BY {place}")
        ids = [UUID(str(row[0])) for row in cursor.fetchall()]
        cursor.execute(f"SELECT key_hash FROM voices_taken ORDER BY {place}")
        keys = [row[0] for row in cursor.fetchall()]
    words = [Sheet.objects.get(pk=one).answers["words"] for one in ids]
    came = [f"{n:02}" for n in range(20)]
    assert words != came and sorted(words) == came
    assert keys != [fingerprint(KEY % n, f"survey:{survey.id}") for n in range(20)]
    assert not Sheet.objects.exclude(day=None).exists()


def test_sheets_that_wait_do_not_lie_in_the_order_in_which_they_came_either(opened):
    """A backup of any night holds some that wait; the journal's lines beside them have moments. Nine waiting
    sheets keep their order once in 362,880 times."""
    survey = opened()
    before: set = set()
    for n in range(2 * pool.POOL - 1):
        hand_in(survey, n, answers={"words": f"{n:02}"})
        now = set(Sheet.objects.values_list("pk", flat=True))
        assert not before & now and len(now) == n + 1
        before = now
    place = "ctid" if is_postgres() else "rowid"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM voices_sheet ORDER BY {place}")
        ids = [UUID(str(row[0])) for row in cursor.fetchall()]
    words = [Sheet.objects.get(pk=one).answers["words"] for one in ids]
    assert words != sorted(words)


def test_what_led_to_a_browser_a_household_or_a_typist_is_gone_once_results_are_published(draft, cast):
    survey = draft(once="household")
    codes = actions.make_codes(actor=cast.clerk.actor, number=survey.number, n=25)
    actions.open_survey(actor=cast.clerk.actor, number=survey.number)
    for n, code in enumerate(codes[:20]):
        hand_in(survey, n, code=code)
    enter = {"actor": cast.clerk.actor, "number": survey.number, "answers": {"needs": ["green"]}}
    answering.enter_sheet(**enter, code=codes[21])
    actions.close_survey(actor=cast.clerk.actor, number=survey.number)
    call = {"actor": cast.secretary.actor, "number": survey.number, "conclusion": "今年先办老人吃饭。"}
    actions.publish_results(**call, questions=["needs"])
    assert not Taken.objects.exists() and not SurveyCode.objects.exists()
    assert not Sheet.objects.exclude(entered_by=None, day=None).exists()
    assert Sheet.objects.count() == 21


def test_it_is_gone_too_when_nobody_ever_publishes(opened, cast, freeze):
    survey = opened()
    hand_in(survey)
    answering.enter_sheet(actor=cast.clerk.actor, number=survey.number, answers={"age": "a60"})
    actions.close_survey(actor=cast.clerk.actor, number=survey.number)
    actions.close_overdue(SYSTEM)
    assert Taken.objects.exists() and Sheet.objects.exclude(entered_by=None).exists()
    freeze(clock.now() + timedelta(days=91))
    actions.close_overdue(SYSTEM)
    assert not Taken.objects.exists() and not Sheet.objects.exclude(entered_by=None).exists()
    reopen = {"actor": cast.clerk.actor, "number": survey.number, "closes_on": clock.today()}
    refused("too-late", actions.reopen_survey, **reopen)


def test_an_open_survey_keeps_an_end(opened, cast):
    survey = opened()
    call = {"actor": cast.clerk.actor, "number": survey.number, "title": "新标题"}
    refused("no-end", actions.edit_survey, **call)
    refused("over", actions.edit_survey, **call, closes_on=clock.today() - timedelta(days=1))
    later = clock.today() + timedelta(days=40)
    assert actions.edit_survey(**call, closes_on=later).closes_on == later


def test_two_who_edit_questions_at_once_do_not_undo_one_another(draft, cast):
    survey = draft()
    seen = survey.form  # what both have on their screens
    for text in ("您养宠物吗", "您有车吗"):
        made = {"kind": "text", "text": text}
        actions.edit_questions(
            actor=cast.clerk.actor, number=survey.number, data=lambda data, m=made: editing.put(data, m)
        )
    assert survey.form == seen
    texts = [question.text for question in queries.form_of(Survey.objects.get(pk=survey.pk))]
    assert texts[-2:] == ["您养宠物吗", "您有车吗"]


def test_words_with_a_nul_are_kept_without_it(opened):
    survey = opened()
    hand_in(survey, answers={"needs": ["other"], "needs.other": "钢\x00琴", "words": "窗\x00户"})
    answers = Sheet.objects.get().answers
    assert (answers["needs.other"], answers["words"]) == ("钢琴", "窗户")


def test_public_figures_tell_nothing_of_a_few(world, cast):
    """A mean, a rank or the number of those who were asked a question is a figure about persons too."""
    options = [{"key": "yes", "text": "有"}, {"key": "no", "text": "没有"}]
    questions = [
        {"key": "pet", "kind": "single", "text": "有狗吗", "options": options},
        {
            "key": "dog",
            "kind": "rating",
            "text": "狗多大",
            "most": 5,
            "if": {"question": "pet", "any": ["yes"]},
        },
        {"key": "cat", "kind": "rating", "text": "猫", "most": 5, "if": {"question": "pet", "any": ["no"]}},
        {"key": "calm", "kind": "rating", "text": "安静吗", "most": 5},
        {"key": "order", "kind": "ranking", "text": "先后", "options": options},
    ]
    clerk = cast.clerk.actor
    made = actions.draft_survey(actor=clerk, place=world.home)
    actions.edit_questions(actor=clerk, number=made.number, data={"sections": [{"questions": questions}]})
    actions.edit_survey(actor=clerk, number=made.number, title="狗", closes_on=clock.today())
    survey = actions.open_survey(actor=clerk, number=made.number)
    for n in range(22):
        few = n < 2
        answers = {"pet": "yes" if few else "no", "dog": "3", "cat": "4", "calm": "1" if few else "5"}
        answers |= {"order": ["yes"] if few else ["no"]}
        answering.submit_sheet(number=survey.number, key=KEY % n, answers=answers)
    actions.close_survey(actor=clerk, number=survey.number)
    keys = [question["key"] for question in questions]
    call = {"actor": cast.secretary.actor, "number": survey.number, "conclusion": "狗都拴好。"}
    report = reading.public_results(actions.publish_results(**call, questions=keys))
    shown = {one.key: one for one in report.questions}
    assert shown["dog"].answered is None and shown["cat"].answered is None
    assert not shown["calm"].figures
    assert [bar.n for bar in shown["order"].groups[0].bars] == [None, None]
    exact = {one.key: one for one in reading.staff_results(survey).questions}
    assert exact["calm"].figures and exact["dog"].answered == 2


def test_a_grid_worker_leaves_out_only_what_they_typed_themselves(opened, cast):
    survey = opened()
    call = {"number": survey.number, "answers": {"age": "a60"}}
    of_clerk = answering.enter_sheet(actor=cast.clerk.actor, **call)
    own = answering.enter_sheet(actor=cast.gridworker.actor, **call)
    void = {"number": survey.number, "reason": "录了两次"}
    with pytest.raises(NotVisible):
        answering.void_sheet(actor=cast.gridworker.actor, sheet=of_clerk.pk, **void)
    answering.void_sheet(actor=cast.gridworker.actor, sheet=own.pk, **void)
    answering.void_sheet(actor=cast.clerk.actor, sheet=of_clerk.pk, **void)


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_code_or_from_one_browser_are_counted_once(draft, cast):
    """The household's code is on the phone and on paper; the button is pressed twice."""
    survey = draft(once="household")
    code = actions.make_codes(actor=cast.clerk.actor, number=survey.number, n=1)[0]
    actions.open_survey(actor=cast.clerk.actor, number=survey.number)
    alone = connection.vendor == "sqlite" and connection.is_in_memory_db()
    barrier = Barrier(1 if alone else 6)

    def run(n):
        barrier.wait(10)
        try:
            if n == 5:
                enter = {"actor": cast.clerk.actor, "number": survey.number}
                answering.enter_sheet(**enter, answers={"age": "a60"}, code=code)
            else:
                hand_in(survey, n % 3, code=code)
        except ActionError as error:
            return error.code
        finally:
            if not alone:
                connection.close()
        return "ok"

    with ThreadPoolExecutor(6) as threads:
        said = sorted(map(run, range(6)) if alone else threads.map(run, range(6)))
    assert said.count("ok") == 1 and set(said) <= {"ok", "taken", "done-here"}
    assert queries.results(survey).returned == 1

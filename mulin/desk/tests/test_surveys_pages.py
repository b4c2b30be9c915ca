"""Surveys at the desk: made in a minute, typed in by keyboard, read, and published."""

from datetime import timedelta
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from mulin.kernel import clock
from mulin.voices.models import Voice
from mulin.voices.surveys import actions, answering, queries
from mulin.voices.surveys.models import Sheet, Survey


@pytest.fixture
def clerk(client_for, cast):
    return client_for(cast.clerk)


@pytest.fixture
def survey(world, cast):
    made = actions.draft_survey(actor=cast.clerk.actor, place=world.home, template="annual_needs")
    frame = {"title": "金堰社区年度需求", "closes_on": clock.today() + timedelta(days=9), "roster": 200}
    return actions.edit_survey(actor=cast.clerk.actor, number=made.number, **frame)


@pytest.fixture
def opened(survey, cast):
    return actions.open_survey(actor=cast.clerk.actor, number=survey.number)


def hand_in(survey, n, **answers):
    answers.setdefault("needs", ["meals"])
    answering.submit_sheet(number=survey.number, key=f"a-browser-of-somebody-{n}", answers=answers)


def page(client, survey, path="", status=200, **query):
    answer = client.get(f"/desk/surveys/{survey.number}/{path}", query)
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.content.decode()


def send(client, survey, path, **data):
    return client.post(f"/desk/surveys/{survey.number}/{path}", data)


def test_a_survey_is_drafted_from_a_template_and_sent_out(clerk, world):
    answer = clerk.post("/desk/surveys/new/", {"place": world.home, "template": "template:four_senses"})
    made = Survey.objects.get()
    assert answer.url == f"/desk/surveys/{made.number}/"
    assert "获得感" in page(clerk, made)
    day = clock.today() + timedelta(days=30)
    frame = {"title": "四感", "closes_on": day.isoformat(), "once": "device", "roster_of": "people"}
    assert send(clerk, made, "frame/", **frame).status_code == 302
    answer = send(clerk, made, "do/open/")
    assert answer.url.endswith("/give/")
    assert f"/s/{made.number}" in page(clerk, made, "give/")


def test_opening_without_an_end_says_what_is_missing(clerk, world):
    clerk.post("/desk/surveys/new/", {"place": world.home, "template": "template:four_senses"})
    made = Survey.objects.get()
    answer = clerk.post(f"/desk/surveys/{made.number}/do/open/", follow=True)
    assert "请先定下哪天结束" in answer.content.decode()


def test_questions_are_added_changed_moved_and_removed(clerk, survey):
    send(clerk, survey, "questions/new/", kind="single", text="您养宠物吗", options="养\n不养")
    form = queries.form_of(Survey.objects.get())
    added = list(form)[-1]
    assert (added.text, [one.text for one in added.options]) == ("您养宠物吗", ["养", "不养"])
    keys = [one.key for one in added.options]
    send(clerk, survey, f"questions/{added.key}/", kind="single", text="您家养宠物吗", options="养的\n不养")
    changed = queries.form_of(Survey.objects.get()).get(added.key)
    assert (changed.text, [one.key for one in changed.options]) == ("您家养宠物吗", keys)
    send(clerk, survey, f"questions/{added.key}/order/", step="up")
    order = [one.key for one in queries.form_of(Survey.objects.get())]
    assert order.index(added.key) == len(order) - 2
    send(clerk, survey, f"questions/{added.key}/order/", step="remove")
    assert queries.form_of(Survey.objects.get()).get(added.key) is None


def test_a_question_that_cannot_be_filled_in_comes_back_with_everything_typed(clerk, survey):
    answer = send(clerk, survey, "questions/new/", kind="single", text="您养宠物吗", options="养")
    assert answer.status_code == 422
    assert "至少要有两个选项" in answer.content.decode() and "您养宠物吗" in answer.content.decode()


def test_a_condition_is_chosen_from_earlier_questions(clerk, survey):
    data = {"kind": "text", "text": "几岁的孩子", "only_if": "home/pupil"}
    send(clerk, survey, "questions/new/", **data)
    added = list(queries.form_of(Survey.objects.get()))[-1]
    assert (added.condition.question, added.condition.any) == ("home", ("pupil",))
    assert '<option value="home/pupil" selected>' in page(clerk, survey, f"questions/{added.key}/")
    send(clerk, survey, "questions/home/order/", step="remove")
    assert list(queries.form_of(Survey.objects.get()))[-1].condition is None


def test_paper_is_typed_in_one_sheet_after_the_other(clerk, opened):
    assert "Ctrl" in page(clerk, opened, "enter/")
    answer = send(clerk, opened, "enter/", channel="visit", age="a60", needs=["meals", "green"])
    assert answer.url == f"/desk/surveys/{opened.number}/enter/"
    html = page(clerk, opened, "enter/")
    assert 'value="visit" checked' in html and "60至79岁" in html
    assert Sheet.objects.get().answers == {"age": "a60", "needs": ["meals", "green"]}


def test_a_sheet_that_cannot_be_taken_comes_back_as_it_was_typed(clerk, opened):
    answer = send(
        clerk, opened, "enter/", channel="paper", age="a60", needs=["meals", "green", "health", "work"]
    )
    assert answer.status_code == 422
    assert "选多了" in answer.content.decode() and 'value="a60" checked' in answer.content.decode()
    assert not Sheet.objects.exists()


def test_a_households_sheet_asks_for_the_code_of_its_slip(clerk, survey, cast):
    Survey.objects.update(once="household")
    code = actions.make_codes(actor=cast.clerk.actor, number=survey.number, n=1)[0]
    actions.open_survey(actor=cast.clerk.actor, number=survey.number)
    sheet = {"channel": "paper", "age": "a60"}
    answer = send(clerk, survey, "enter/", **sheet)
    html = answer.content.decode()
    assert answer.status_code == 422 and 'id="code_error"' in html and 'value="a60" checked' in html
    assert send(clerk, survey, "enter/", **sheet, code=code).status_code == 302
    again = send(clerk, survey, "enter/", **sheet, code=code)
    assert again.status_code == 409 and "这个码已经交过一份了" in again.content.decode()
    assert send(clerk, survey, "enter/", **sheet, without_code="lost").status_code == 302
    assert "没有码的" in page(clerk, survey, "give/") and "没有码的" in page(clerk, survey, "results/")


def test_a_grid_worker_types_in_and_sees_no_results(client_for, cast, opened):
    grid = client_for(cast.gridworker)
    assert opened.title in grid.get("/desk/surveys/").content.decode()
    assert send(grid, opened, "enter/", channel="paper", age="a60").status_code == 302
    assert grid.get(f"/desk/surveys/{opened.number}/results/").status_code in {403, 404}


def test_a_mistyped_sheet_is_voided(clerk, opened):
    send(clerk, opened, "enter/", channel="paper", age="a60")
    sheet = Sheet.objects.get()
    send(clerk, opened, f"sheets/{sheet.pk}/void/", reason="录错了人数")
    assert "录错了人数" in page(clerk, opened, "enter/")
    assert queries.results(opened).returned == 0


def test_results_say_how_many_and_of_how_many(clerk, opened):
    for n in range(3):
        hand_in(opened, n)
    html = page(clerk, opened, "results/")
    assert "1.5%（200 人）" in html and "老人吃饭" in html


def test_one_question_by_another_and_small_cells_are_covered(clerk, opened):
    for n in range(8):
        hand_in(opened, n, age="a36")
    hand_in(opened, 9, age="a60")
    send(clerk, opened, "do/close/")
    html = page(clerk, opened, "results/", of="needs", by="age")
    assert "按“您的年龄”分" in html and "少于五份" in html
    assert "按“您的年龄”分" not in page(clerk, opened, "results/", of="needs", by="needs")


def test_years_stand_side_by_side(clerk, opened, cast):
    hand_in(opened, 1)
    actions.close_survey(actor=cast.clerk.actor, number=opened.number)
    assert "和以前比" not in page(clerk, opened, "results/")
    again = actions.draft_survey(actor=cast.clerk.actor, place=opened.place, like=opened.number)
    frame = {"title": "又一年", "closes_on": clock.today() + timedelta(days=9)}
    actions.edit_survey(actor=cast.clerk.actor, number=again.number, **frame)
    actions.open_survey(actor=cast.clerk.actor, number=again.number)
    hand_in(again, 1, needs=["green"])
    assert "和以前比" in page(clerk, again, "results/")


def test_words_become_a_voice_with_one_click(clerk, opened):
    hand_in(opened, 1, words="三单元门口的路灯坏了，晚上看不见")
    send(clerk, opened, "do/close/")
    sheet = Sheet.objects.get()
    button = f'action="/desk/surveys/{opened.number}/texts/{sheet.pk}/words/"'
    assert button in page(clerk, opened, "texts/")
    send(clerk, opened, f"texts/{sheet.pk}/words/")
    voice = Voice.objects.get()
    html = page(clerk, opened, "texts/")
    assert voice.number in html and button not in html


def test_results_are_published_with_what_is_done_with_them(clerk, opened, cast, client):
    for n in range(20):
        hand_in(opened, n, needs=["meals"] if n else ["green"])
    send(clerk, opened, "do/close/")
    answer = send(clerk, opened, "publish/", questions=["needs"])
    assert answer.status_code == 422
    send(clerk, opened, "publish/", questions=["needs"], conclusion="今年先办好老人食堂。")
    public = client.get(f"/s/{opened.number}/results").content.decode()
    assert "今年先办好老人食堂" in public and "您的年龄" not in public
    send(clerk, opened, "do/withdraw/")
    assert client.get(f"/s/{opened.number}/results").status_code == 302


def test_the_file_holds_figures_and_words_and_no_row_is_a_sheet(clerk, opened):
    for n in range(9):
        hand_in(opened, n, age="a60", words=f"=1+{9 - n}")
    hand_in(opened, 9, age="a80", words="楼上漏水")
    send(clerk, opened, "do/close/")
    answer = clerk.get(f"/desk/surveys/{opened.number}/results/export/", {"of": "needs", "by": "age"})
    book = CalamineWorkbook.from_filelike(BytesIO(answer.content))
    results, crossed, words = (book.get_sheet_by_index(n).to_python() for n in range(3))
    assert ["80岁及以上", 1.0, "10%"] in results
    assert not [cell for row in crossed[2:] for cell in row if str(cell).startswith("1 ")]
    assert [row[0] for row in words][1:11] == [*(f"=1+{n}" for n in range(1, 10)), "楼上漏水"]
    assert all(len([cell for cell in row if cell]) <= 1 for row in words)


def test_codes_are_shown_once(clerk, survey, cast):
    frame = {"title": survey.title, "closes_on": survey.closes_on, "once": "household"}
    actions.edit_survey(actor=cast.clerk.actor, number=survey.number, **frame)
    assert send(clerk, survey, "codes/", n=3).content.decode().count("slip__number") == 3
    assert survey.codes.count() == 3


def test_a_page_of_slips_that_is_loaded_again_makes_no_second_batch(clerk, survey, cast):
    frame = {"title": survey.title, "closes_on": survey.closes_on, "once": "household"}
    actions.edit_survey(actor=cast.clerk.actor, number=survey.number, **frame)
    assert "都还有效" not in page(clerk, survey, "codes/")
    first = send(clerk, survey, "codes/", n=3, had=0).content.decode()
    assert "data-print" in first and "js/print" in first
    again = send(clerk, survey, "codes/", n=3, had=0)
    html = again.content.decode()
    assert again.status_code == 422 and "slip__number" not in html and "没有再做" in html
    assert 'name="had" value="3"' in html and "一共 3 张，都还有效。今天" in html
    assert "以前做的 3 张也都有效" in send(clerk, survey, "codes/", n=2, had=3).content.decode()
    assert survey.codes.count() == 5
    actions.open_survey(actor=cast.clerk.actor, number=survey.number)
    html = page(clerk, survey, "give/")
    assert "做了 2 张、今天" in html and "还有更早做的" not in html
    for had in range(5, 9):
        send(clerk, survey, "codes/", n=1, had=had)
    assert "还有更早做的。" in page(clerk, survey, "give/")


def test_what_cannot_be_published_yet_is_not_offered_and_says_how_many_are_missing(clerk, opened):
    for n in range(12):
        hand_in(opened, n)
    send(clerk, opened, "do/close/")
    html = page(clerk, opened, "results/")
    assert f"/desk/surveys/{opened.number}/publish/" not in html
    assert "收回 12 份，够 20 份才能公布" in html
    refused = page(clerk, opened, "publish/", status=409)
    assert "收回 12 份，够 20 份才能公布" in refused
    assert f'href="/desk/surveys/{opened.number}/results/"' in refused


def test_a_clerk_elsewhere_finds_nothing(client_for, cast, opened):
    other = client_for(cast.other_clerk)
    assert opened.title not in other.get("/desk/surveys/").content.decode()
    for path in ("", "give/", "results/", "texts/", "enter/", "results/export/", "paper/"):
        page(other, opened, path, status=404)
    assert send(other, opened, "do/close/").status_code == 404

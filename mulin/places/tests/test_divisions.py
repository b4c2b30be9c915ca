import gzip
import io
import os
import tarfile
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from mulin.kernel import codes
from mulin.places.divisions import DivisionFileError, kind_of, read_divisions, short_name

VILLAGES = """code,name,streetCode,provinceCode,cityCode,areaCode
500108002005,"金堰社区居民委员会",500108002,50,5001,500108
500108002011,"花园路社区居委会",500108002,50,5001,500108
500108106003,"同景社区居民委员会",500108106,50,5001,500108
"""
STREETS = "code,name,area_code\n500108002,花园路街道,500108\n500108106,迎龙镇,500108\n"
AREAS = "code,name,city_code,province_code\n500108,南岸区,5001,50\n"


@pytest.fixture
def write(tmp_path):
    def make(name, text, encoding="utf-8"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return make


def test_parents_come_before_children_and_are_marked_where_no_file_names_them(write):
    rows = list(read_divisions(write("villages.csv", VILLAGES)))
    seen = {""}
    for row in rows:
        assert row.parent in seen
        seen.add(row.code)
    invented = {row.code: row.name for row in rows if row.invented}
    assert invented == {
        "500000000000": "重庆市",
        "500100000000": "市辖区",
        "500108000000": "未命名（500108）",
        "500108002000": "未命名（500108002）",
        "500108106000": "未命名（500108106）",
    }
    assert [row.short_name for row in rows if row.level == 12] == ["金堰社区", "花园路社区", "同景社区"]


def test_folder_gives_names_of_parents_and_ignores_other_tables(write):
    write("b/villages.csv", VILLAGES)
    write("b/streets.csv", STREETS)
    write("areas.csv", AREAS)
    write("crosswalk.csv", "new_street_code,name,old_street_code\n1,2,3\n")
    reader = read_divisions(write("areas.csv", AREAS).parent)
    rows = {row.code: row for row in reader}
    assert rows["500108002000"].name == "花园路街道"
    assert rows["500108106000"].kind == "town"
    assert [row.code for row in rows.values() if row.invented] == ["500000000000", "500100000000"]
    assert reader.counts == {("nbs", 6): 1, ("nbs", 9): 2, ("nbs", 12): 3}
    assert reader.ignored == ["crosswalk.csv"]
    assert reader.fraction == 1


def pack(kind, files):
    buffer = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, text in files.items():
                archive.writestr(name, text)
    elif kind == "tgz":
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            for name, text in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(text.encode())
                archive.addfile(info, io.BytesIO(text.encode()))
    else:
        return gzip.compress(files["package/dist/villages.csv"].encode())
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["zip", "tgz", "csv.gz"])
def test_archives_and_gzip_give_the_same_rows(write, kind):
    files = {"package/dist/villages.csv": VILLAGES, "package/package.json": "{}"}
    packed = write(f"all.{kind}", pack(kind, files))
    assert list(read_divisions(packed)) == list(read_divisions(write("villages.csv", VILLAGES)))


def test_excel_file_in_gb18030_is_read(write):
    rows = list(read_divisions(write("villages.csv", VILLAGES.replace("\n", "\r\n"), "gb18030")))
    assert "金堰社区居民委员会" in {row.name for row in rows}
    marked = list(read_divisions(write("marked.csv", VILLAGES, "utf-8-sig")))
    assert marked == rows


def test_bad_rows_are_named_and_good_rows_go_on(write):
    text = VILLAGES + (
        "50010800200x,坏代码,500108002,50,5001,500108\n"
        "500108002012,,500108002,50,5001,500108\n"
        "500108002013,上级不对,500108003,50,5001,500108\n"
        "500108002005,又一次,500108002,50,5001,500108\n"
        "500108002014,少一列,500108002\n"
        f"500108002015,{'长' * 81},500108002,50,5001,500108\n"
        "\n"
        "500108002016,好的社区居委会,500108002,50,5001,500108\n"
    )
    heard = []
    reader = read_divisions(write("v.csv", text), on_error=heard.append)
    good = [row.code for row in reader if row.level == 12]
    assert good == ["500108002005", "500108002011", "500108106003", "500108002016"]
    assert [(error.line, error.column, error.what) for error in reader.errors] == [
        (5, "code", "code-digits"),
        (6, "name", "name-missing"),
        (7, "street_code", "parent-differs"),
        (8, "code", "code-repeated"),
        (9, "", "columns"),
        (10, "name", "name-long"),
    ]
    assert reader.errors == heard
    assert reader.error_count == 6
    assert reader.errors[0].value == "50010800200x"
    assert "第 5 行" in reader.errors[0].describe()
    assert "line 5" in reader.errors[0].describe("en")


def test_civil_affairs_list_keeps_its_own_system_and_parents(write):
    text = "level,code,parent,name\n1,500000,,重庆市\n3,500108,500000,南岸区\n4,500108002,500108,花园路街道\n"
    reader = read_divisions(write("mca.csv", text + "5,500108003,500108,错\n4,500108004,500109,错\n"))
    rows = [(row.code, row.parent, row.level, row.system) for row in reader]
    assert rows == [
        ("500000000000", "", 2, "mca"),
        ("500108000000", "500000000000", 6, "mca"),
        ("500108002000", "500108000000", 9, "mca"),
    ]
    assert [error.what for error in reader.errors] == ["level", "parent-differs"]


def test_one_code_in_two_systems_is_no_repetition(write):
    write("mca.csv", "level,code,parent,name\n4,500108002,500108,甲街道\n")
    folder = write("nbs.csv", STREETS).parent
    reader = read_divisions(folder)
    assert [row.system for row in reader if row.code == "500108002000"] == ["nbs", "mca"]
    assert reader.error_count == 0
    assert {row.system for row in read_divisions(folder, system="mca")} == {"mca"}


def test_city_without_districts_is_marked_as_stand_in(write):
    write("cities.csv", "code,name,provinceCode\n4419,东莞市,44\n")
    write("areas.csv", "code,name,cityCode,provinceCode\n441900,东莞市,4419,44\n")
    folder = write(
        "streets.csv", "code,name,areaCode,provinceCode,cityCode\n441900003,东城街道,441900,44,4419\n"
    ).parent
    rows = [(row.code, row.level, row.parent, row.stand_in) for row in read_divisions(folder)]
    assert rows == [
        ("440000000000", 2, "", False),
        ("441900000000", 4, "440000000000", False),
        ("441900000000", 6, "441900000000", True),
        ("441900003000", 9, "441900000000", False),
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv", "a,b\n1,2\n"),
        ("x.csv", ""),
        ("x.zip", b"PK no zip"),
        ("x.tgz", b"no tar"),
        ("x.csv.gz", b"\x1f\x8bno"),
    ],
)
def test_file_that_is_no_division_list_is_refused(write, name, content):
    with pytest.raises(DivisionFileError, match=r"x\."):
        list(read_divisions(write(name, content)))


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(DivisionFileError, match="does not exist"):
        list(read_divisions(tmp_path / "none.csv"))


@pytest.mark.parametrize(
    ("name", "level", "kind", "short"),
    [
        ("金堰社区居民委员会", 12, "residents", "金堰社区"),
        ("双龙村村民委员会", 12, "villagers", "双龙村"),
        ("双龙村委会", 12, "villagers", "双龙村"),
        ("东风居委会", 12, "residents", "东风居委会"),
        ("化龙桥社区工作站", 12, "other", "化龙桥社区工作站"),
        ("花园路街道办事处", 9, "street", "花园路街道"),
        ("鱼嘴镇", 9, "town", "鱼嘴镇"),
        ("彭水苗族土家族自治县", 6, "county", "彭水苗族土家族自治县"),
        ("市辖区", 4, "heading", "市辖区"),
        ("内蒙古自治区", 2, "autonomous_region", "内蒙古自治区"),
    ],
)
def test_kind_and_short_name_follow_the_ending(name, level, kind, short):
    assert kind_of(name, level) == kind
    assert short_name(name, level) == short


# --- the real lists of Chongqing ------------------------------------------------------------------


@pytest.fixture
def real():
    if not (root := os.environ.get("MULIN_DATA")):
        pytest.skip("MULIN_DATA is not set: no real division lists")
    return Path(root) / "divisions"


def test_all_of_chongqing_imports_and_every_parent_resolves(real):
    reader = read_divisions(real)
    rows = list(reader)
    assert reader.error_count == 0
    for system in ("nbs", "mca"):
        here = {row.code: row for row in rows if row.system == system}
        assert len(here) == sum(row.system == system for row in rows)
        assert all(row.parent in here for row in here.values() if row.level > 2)
        assert all(codes.contains(row.parent, row.code) for row in here.values() if row.parent)
    assert reader.counts == {
        ("nbs", 6): 38, ("nbs", 9): 1031, ("nbs", 12): 11270,
        ("mca", 2): 1, ("mca", 6): 37, ("mca", 9): 1028,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "level", "count"), [("areas", 6, 38), ("streets", 9, 1031), ("villages", 12, 11270)]
)
def test_each_real_file_imports_alone(real, name, level, count):
    reader = read_divisions(real / f"chongqing_{name}_2023.csv")
    rows = [row for row in reader if row.level == level]
    assert len(rows) == count
    assert reader.error_count == 0
    if level == 12:
        assert Counter(row.kind for row in rows) == {"residents": 3323, "villagers": 7946, "other": 1}
        assert all(kind_of(row.name, 12) == row.kind for row in rows)

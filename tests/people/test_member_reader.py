"""Everything that can be wrong with a member file is told by row and column, in both languages."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from callcenter.people.member_columns import COLUMNS, SHEET
from callcenter.sheets import file as sheet_file
from callcenter.sheets import reader
from callcenter.sheets.cells import Dialling
from callcenter.sheets.file import UnreadableFile
from callcenter.sheets.template import make_template
from tests.people.files import HEADINGS, LI, WANG, as_csv, as_xlsx, changed

DIALLING = Dialling("CN", "0797", date(2026, 11, 21))


def read(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    out = io.BytesIO()
    end = reader.check(SHEET, path, out, DIALLING)
    return end, [row for line in out.getvalue().splitlines() for row in orjson.loads(line)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_of_any_usual_make(tmp_path: Path, encoding: str, delimiter: str) -> None:
    end, rows = read(as_csv(tmp_path / "x.csv", [HEADINGS, WANG, LI], encoding, delimiter))
    assert end["bad"] == []
    assert rows[0]["name"] == "王秀英"
    assert rows[0]["numbers"] == ["+867976221234", "+8613970700001"]
    assert rows[0]["illnesses"] == ["高血压", "冠心病"]
    assert rows[0]["contact2_number"] == "+867976225678"
    assert rows[1] | {"row": 3, "birth_date": "1950-01-09", "illnesses": [], "district": "红井路"} == rows[1]


@pytest.mark.parametrize("name", ["x.xlsx", "x.csv", "x.dat"])
def test_xlsx_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    wang: list[object] = list(WANG)
    wang[3], wang[4], wang[14] = datetime(1941, 3, 5), 13970700001.0, 13970700002  # noqa: DTZ001 - as Excel gives it
    (tmp_path / name).write_bytes(as_xlsx(tmp_path / "made.xlsx", [HEADINGS, wang]).read_bytes())
    end, rows = read(tmp_path / name)
    assert end["bad"] == []
    assert (rows[0]["birth_date"], rows[0]["numbers"]) == ("1941-03-05", ["+8613970700001"])


BAD_CELLS = [
    ("编号", "", "不能为空"),
    ("编号", "x" * 65, "太长"),
    ("姓名", "", "不能为空"),
    ("姓名", "王" * 41, "太长"),
    ("姓名", "=CMD()", "公式"),
    ("性别", "", "不能为空"),
    ("性别", "不详", "只能填:女、男"),
    ("出生日期", "1941-13-05", "不是有效日期"),
    ("出生日期", "41-3-5", "不是有效日期"),
    ("出生日期", "15000", "不是有效日期"),
    ("出生日期", "2030-01-01", "1900 年与今天之间"),
    ("出生日期", "1850-01-01", "1900 年与今天之间"),
    ("电话", "无", "不是有效电话号码"),
    ("电话", "13970700001、123", "不是有效电话号码"),
    ("病史", "病" * 61, "太长"),
    ("小区/地址", "长" * 201, "太长"),
    ("服务卡号", "", "填了有效期就要填服务卡号"),
    ("卡有效期", "长期", "不是有效日期"),
    ("卡有效期", "1999-01-01", "年份不合理"),
    ("终端序列号", "序列 1", "序列号只含"),
    ("终端序列号", "", "填了终端号码就要填终端序列号"),
    ("终端号码", "x", "不是有效电话号码"),
    ("联系人1电话", "", "填了联系人就要填电话"),
    ("联系人1姓名", "", "有电话就要填姓名"),
    ("联系人2电话", "abc", "不是有效电话号码"),
]


@pytest.mark.parametrize(("heading", "value", "zh"), BAD_CELLS)
def test_a_bad_cell_is_named(tmp_path: Path, heading: str, value: str, zh: str) -> None:
    end, _ = read(as_csv(tmp_path / "x.csv", [HEADINGS, changed(WANG, **{heading: value}), LI]))
    (bad,) = end["bad"]
    assert (bad["row"], bad["column"]) == (2, heading)
    assert zh in bad["zh"]
    assert bad["en"].isascii() or "“" in bad["en"] or "女" in bad["en"]


@pytest.mark.parametrize(("heading", "value"), [("编号", "A1"), ("服务卡号", "YL1"), ("终端序列号", "yjt0001")])
def test_what_must_be_unique_is(tmp_path: Path, heading: str, value: str) -> None:
    end, _ = read(as_csv(tmp_path / "x.csv", [HEADINGS, WANG, changed(LI, **{heading: value})]))
    assert [(bad["row"], bad["column"]) for bad in end["bad"]] == [(3, heading)]
    assert "第 2 行" in end["bad"][0]["zh"]


@pytest.mark.parametrize(
    ("headings", "column"),
    [([*HEADINGS, "身份"], "身份"), ([*HEADINGS[1:], "备用"], "编号"), ([*HEADINGS, "姓名"], "姓名")],
    ids=["unknown", "missing", "twice"],
)
def test_wrong_headings(tmp_path: Path, headings: list[str], column: str) -> None:
    end, _ = read(as_csv(tmp_path / "x.csv", [headings, WANG]))
    assert column in [bad["column"] for bad in end["bad"]]


def test_headings_may_be_decorated_and_blank_rows_stand_anywhere(tmp_path: Path) -> None:
    headings = ["* 编号", "姓名(必填)", " 性别 ", *HEADINGS[3:]]
    end, rows = read(as_csv(tmp_path / "x.csv", [["某某社区老人名单"], headings, [], WANG, [""] * 5, LI]))
    assert (end["rows"], [row["row"] for row in rows]) == (2, [4, 6])


def test_formulas_in_xlsx_are_not_trusted(tmp_path: Path) -> None:
    end, _ = read(as_xlsx(tmp_path / "x.xlsx", [HEADINGS, changed(WANG, 姓名='=HYPERLINK("http://x")')]))
    assert [(bad["column"], bad["value"]) for bad in end["bad"]] == [("姓名", "")]


def test_many_mistakes_are_counted_not_all_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "BAD_LIMIT", 10)
    rows = [changed(LI, 编号=f"B{number}", 性别="?") for number in range(25)]
    end, _ = read(as_csv(tmp_path / "x.csv", [HEADINGS, *rows]))
    assert (len(end["bad"]), end["more"], end["rows"]) == (10, 15, 25)


def bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * 5_000_000)


def zip_with(path: Path, name: str, content: bytes) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, content)


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)
LAUGHS += b"]><workbook>&j;</workbook>"

WRONG_FILES = {
    "empty": (lambda path: path.write_bytes(b""), "no_headings"),
    "picture": (lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256))), "not_a_table"),
    "noise": (lambda path: path.write_bytes(bytes(range(1, 256)) * 9), "not_a_table"),
    "text": (lambda path: path.write_text("hello\nworld"), "no_headings"),
    "old excel": (lambda path: path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600), "old_excel"),
    "word": (lambda path: zip_with(path, "word/document.xml", b"<x/>"), "not_a_table"),
    "cut zip": (lambda path: path.write_bytes(b"PK\x03\x04" + b"\0" * 50), "damaged"),
    "rubbish in zip": (lambda path: zip_with(path, "xl/workbook.xml", b"<x"), "damaged"),
    "laughs": (lambda path: zip_with(path, "xl/workbook.xml", LAUGHS), "damaged"),
    "bomb": (bomb, "too_large_unpacked"),
    "open quote": (lambda path: path.write_text('编号,姓名,性别\nA1,"王'), "damaged"),
    "huge cell": (lambda path: path.write_text("编号,姓名,性别\nA1," + "王" * 200_000 + ",女"), "damaged"),
}


@pytest.mark.parametrize("kind", WRONG_FILES)
def test_what_is_no_member_file_is_told(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_file, "UNPACKED_LIMIT", 4_000_000)
    make, code = WRONG_FILES[kind]
    make(tmp_path / "x")
    with pytest.raises(UnreadableFile) as refused:
        read(tmp_path / "x")
    assert refused.value.code == code


def test_too_many_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "ROW_LIMIT", 1)
    with pytest.raises(UnreadableFile, match="too_many_rows"):
        read(as_csv(tmp_path / "x.csv", [HEADINGS, WANG, LI]))


def test_the_template_is_read_as_it_is_and_its_example_left_out(tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_bytes(make_template(SHEET, {"districts": ["书香园小区", "红井路"]}))
    end, rows = read(tmp_path / "x.xlsx")
    assert (end["rows"], end["bad"], rows) == (0, [], [])
    assert end["columns"] == [column.key for column in COLUMNS if column.in_template]


def test_the_example_itself_has_no_mistake(tmp_path: Path) -> None:
    example = ["X1", *(column.example for column in COLUMNS[1:])]
    end, rows = read(as_csv(tmp_path / "x.csv", [[column.heading for column in COLUMNS], example]))
    assert end["bad"] == []
    assert (rows[0]["blood_type"], rows[0]["better_ear"], rows[0]["lives_alone"]) == ("O", "left", True)


def test_every_column_is_found_by_its_names() -> None:
    for column in COLUMNS:
        for heading in (column.heading, *column.also):
            assert SHEET.column_of(heading) is column

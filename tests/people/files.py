"""Member files as people send them, made by a few words."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook

HEADINGS = [
    "编号",
    "姓名",
    "性别",
    "出生日期",
    "电话",
    "小区/地址",
    "区域",
    "病史",
    "服务卡号",
    "卡有效期",
    "终端序列号",
    "终端号码",
]
HEADINGS += ["联系人1姓名", "联系人1关系", "联系人1电话", "联系人2姓名", "联系人2关系", "联系人2电话"]
WANG = ["A1", "王秀英", "女", "1941-03-05", "0797-6221234、13970700001", "书香园小区3栋2单元501室", "书香园小区", "高血压、冠心病"]
WANG += ["YL1", "2028-12-31", "YJT0001", "0797-6221234", "王芳", "女儿", "13970700002", "刘婶", "邻居", "6225678"]
LI = ["A2", "欧阳德福", "男", "1950/1/9", "13970700003", "", "红井路", "无", "", "", "", "", "", "", "", "", "", ""]


def as_csv(path: Path, rows: Sequence[Sequence[object]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def as_xlsx(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


def changed(row: list[str], **cells: str) -> list[str]:
    """A row with some cells replaced, by heading."""
    return [cells.get(heading, value) for heading, value in zip(HEADINGS, row, strict=True)]

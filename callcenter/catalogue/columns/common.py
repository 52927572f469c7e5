"""Columns that several tables have."""

from __future__ import annotations

from collections.abc import Iterator

from callcenter.sheets.cells import BadCell, Column, ref, text, words, yes
from callcenter.sheets.sheet import EXAMPLE, Row

TOWN_ZH, TOWN_EN = "空:全市。", "Empty: the whole town."


def active(kind: str = "在用") -> Column:
    note_zh, note_en = (
        f"{kind}、停用;空为{kind}。停用后不再显示和选派,记录保留。",
        "Empty: in use. Out of use it is kept, not shown.",
    )
    return Column(
        "active", "状态", yes(kind, "停用", empty=True, english=("In use", "Out of use")), kind, note_zh, note_en, label_en="State"
    )


def ref_of(example: str) -> Column:
    return Column(
        "ref",
        "编号",
        ref(),
        EXAMPLE + example,
        "必填,唯一;再次导入时按编号更新。",
        "Required, unique: the key of re-imports.",
        required=True,
        label_en="Ref",
        fixed=True,
    )


def district(note_zh: str = TOWN_ZH, note_en: str = TOWN_EN) -> Column:
    return Column("district", "辖区", text(60, empty=None), "书香园小区", note_zh, note_en, label_en="District", offers="districts")


def districts() -> Column:
    return Column(
        "districts",
        "服务辖区",
        words(),
        "书香园小区、红井路",
        "用“、”分开;空为全部辖区。",
        "Separated by 、; empty: everywhere.",
        label_en="Districts",
        offers="districts",
    )


def dates(row: Row, first: str, last: str, heading: str) -> Iterator[tuple[str, BadCell]]:
    if row.get(first) and row.get(last) and row[last] < row[first]:
        yield heading, BadCell("结束日期早于开始日期。", "It ends before it begins.")


def where(name: str) -> str:
    return f"callcenter.catalogue.columns:{name}"

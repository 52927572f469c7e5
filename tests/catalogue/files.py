"""A row of every table, as people write it into a file."""

from __future__ import annotations

from callcenter.catalogue import columns

ROWS: dict[str, list[str]] = {
    "departments": ["红井社养部", "0797-1000010", "红井路6号", "是", "在用"],
    "districts": ["书香园小区", "红井社养部", "书香路、书香园一期", "在用"],
    "services": [
        "FW001",
        "2026-01-01",
        "",
        "家庭保洁",
        "Housekeeping",
        "家政保洁",
        "40",
        "小时",
        "两人一组",
        "预约→上门",
        "持卡老人",
        "120",
        "否",
        "鞋套、清洁剂",
        "在用",
    ],
    "key_numbers": ["DH001", "书香园物业", "小区物业", "0797-1000201", "书香园小区", "1栋", "全天", "", "在用"],
    "resources": [
        "ZY001",
        "太极拳班",
        "老年大学课程",
        "温晓",
        "是",
        "周二",
        "二楼",
        "0",
        "0797-1000301",
        "",
        "2026-09-01",
        "2027-01-15",
        "",
        "在用",
    ],
    "partners": [
        "DW001",
        "安心家政",
        "FW001:38",
        "书香园小区",
        "刘经理",
        "0797-1000401",
        "",
        "",
        "2026-01-01",
        "2026-12-31",
        "合作",
        "",
        "",
    ],
    "workers": ["RY001", "钟秀兰", "FW001", "", "14007975001", "在岗", "", ""],
    "lines": ["079796601", "一键通", "紧急求助", "在用"],
    "seats": ["8001", "1号", "是", "是", "在用"],
    "terminals": ["YJT0001", "", "SIP-2", "", "t10001"],
    "consents": ["A001", "王秀英", "通话录音", "同意", "2026-01-05", "本人", "书面", "入住时签署"],
}
SHEETS = {
    sheet.name: sheet
    for sheet in (
        columns.DEPARTMENTS, columns.DISTRICTS, columns.SERVICES, columns.KEY_NUMBERS, columns.RESOURCES, columns.PARTNERS,
        columns.WORKERS, columns.LINES, columns.SEATS, columns.TERMINALS,
        columns.CONSENTS,
    )
}  # fmt: skip


def headings(noun: str) -> list[str]:
    return [column.heading for column in SHEETS[noun].columns]


def row(noun: str, **cells: str) -> list[str]:
    """The table's row with some cells replaced, by the column's key."""
    keys = [column.key for column in SHEETS[noun].columns]
    return [cells.get(key, value) for key, value in zip(keys, ROWS[noun], strict=True)]

"""Fees as a table for finance (D-5): one row for each order, as .xlsx through the same writer as every other table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from callcenter.sheets.cells import Cell, Column
from callcenter.sheets.sheet import Row, Sheet

_WAYS = {"cash": "现金", "card": "服务卡", "transfer": "转账", "mobile": "手机支付"}
_COLUMNS = (
    ("day", "完成日期"), ("number", "派工单号"), ("case", "求助件编号"), ("who", "老人"), ("service", "服务项目"),
    ("served_by", "服务人员或单位"), ("fee", "应收(元)"), ("state", "状态"), ("receipt", "票据号"), ("way", "方式"),
    ("paid_at", "收费时间"), ("void", "作废票据"),
)  # fmt: skip


def _column(key: str, heading: str) -> Column:
    return Column(key, heading, Cell("text", lambda given, _: given), "", "", "")


SHEET = Sheet("fees", "收费明细", "Fees", tuple(_column(key, heading) for key, heading in _COLUMNS), ("number",))


def fee_rows(items: Sequence[dict[str, Any]], zone: str) -> list[Row]:
    """Orders of ``OrderFigures.fees`` as rows."""
    return [_row(one, one["data"], ZoneInfo(zone)) for one in items]


def _row(one: dict[str, Any], data: dict[str, Any], zone: ZoneInfo) -> Row:
    paid = data["fee_state"] == "paid"
    receipt = data["receipts"][-1] if paid and data["receipts"] else None  # what was paid before receipts were kept has none
    voided = [f"{each['number']}({each['voided']})" for each in data["receipts"] if each["voided"]]
    return {
        "day": _local(data["completed_at"], zone, "%Y-%m-%d"), "number": data["number"], "case": one["case_number"],
        "who": one["who"], "service": data["service"], "served_by": data["provider"] or data["worker"],
        "fee": f"{data['fee'] / 100:.2f}", "state": "已收" if paid else "待收", "receipt": data["receipt_number"],
        "way": _WAYS.get(receipt["way"], "") if receipt else "",
        "paid_at": _local(receipt["at"], zone, "%Y-%m-%d %H:%M") if receipt else "", "void": "、".join(voided),
    }  # fmt: skip


def _local(moment: str, zone: ZoneInfo, shape: str) -> str:
    return datetime.fromisoformat(moment).astimezone(zone).strftime(shape)

"""Fees as a table, also of orders that were paid before receipts were kept."""

from __future__ import annotations

from callcenter.cases.order_sheet import fee_rows


def test_what_was_paid_without_a_receipt_is_paid() -> None:
    data = {
        "completed_at": "2026-11-20T08:00:00+00:00", "number": "PG-1",
        "service": "保洁", "provider": "", "worker": "刘芳", "fee": 4500,
        "fee_state": "paid", "receipts": [], "receipt_number": "",
    }  # fmt: skip
    row = fee_rows([{"data": data, "case_number": "1", "who": "王秀英"}], "Asia/Shanghai")[0]
    assert (row["state"], row["way"], row["paid_at"], row["fee"]) == ("已收", "", "", "45.00")

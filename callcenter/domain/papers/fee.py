"""What an elder can be asked to pay for one order: a figure beyond the centre's own bound is a typing error (D-5)."""

from __future__ import annotations

from callcenter.domain.decision import Decision, Situation
from callcenter.domain.errors import Refused


def check_fee(situation: Situation, decision: Decision, fee: int) -> int:
    """``fee`` in fen, 0: nothing. Raises Refused for what is below nothing, or more than the centre's bound."""
    most = round(situation.office.limit("D-5", "most_fee_yuan", decision.now))
    if 0 <= fee <= most * 100:
        return fee
    raise Refused(
        "fee_range",
        f"费用{fee / 100:.2f}元不合理:每单须在0至{most}元之间。没有登记。",
        f"A fee of {fee / 100:.2f} yuan is not plausible: an order costs 0 to {most} yuan. Nothing was recorded.",
        remedy_zh="请核对金额(单位为元,不是分);确有更高收费的,由部门负责人先调整上限。",
        remedy_en="Check the amount; where it really is more, the head of the department raises the bound first.",
        rule="D-5", status=422,
    )  # fmt: skip

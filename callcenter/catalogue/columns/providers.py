"""Who serves: partner firms, and our own workers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from callcenter.catalogue.columns.common import active, dates, districts, ref_of, where
from callcenter.sheets.cells import BadCell, Cell, Column, Dialling, day, long, phone, read_money, ref, text, words
from callcenter.sheets.sheet import Row, Sheet


def _offered() -> Cell:
    """Services somebody does: ref, or ref:price in yuan."""
    one, split = ref(), words(80)

    def parse(given: str, dialling: Dialling) -> list[str]:
        found: dict[str, str] = {}
        for piece in split.parse(given, dialling):
            code, _, price = re.sub(r"\s*[::]\s*", ":", piece).partition(":")
            found[one.parse(code, dialling)] = f":{read_money(price)}" if price else ""
        return sorted(code + price for code, price in found.items())

    return Cell("list", parse, "、".join, empty=[])


def _partner_together(row: Row) -> Iterator[tuple[str, BadCell]]:
    yield from dates(row, "contract_from", "contract_until", "合同结束")
    if row.get("contract_until") and "contract_from" in row and not row["contract_from"]:
        yield "合同开始", BadCell("填了合同结束就要填合同开始。", "An end of the contract needs its beginning.")
    if row.get("active") is False and "suspended_reason" in row and not row["suspended_reason"]:
        yield "停用原因", BadCell("停用须写明原因。", "Out of use needs a reason.")


_SERVES = Column(
    "services",
    "服务项目",
    _offered(),
    "FW001:40、FW002",
    "服务目录的编号,可带本单位价格(编号:元),用“、”分开。",
    "Refs of services, with their own price if it differs (ref:yuan), separated by 、.",
    label_en="Services",
    offers="services",
)


PARTNERS = Sheet(
    "partners",
    "加盟单位",
    "Partner firms",
    (
        ref_of("DW001"),
        Column(
            "name", "单位名称", text(60), "安心家政服务部", "必填。", "Required.", required=True, label_en="Name", also=("名称",)
        ),
        _SERVES,
        districts(),
        Column("contact", "联系人", text(40), "刘经理", "", "Contact.", label_en="Contact"),
        Column("number", "电话", phone(), "0797-1000401", "必填。", "Required.", required=True, label_en="Number"),
        Column(
            "second_number", "备用电话", phone(empty=None), "14007974001", "", "Second number.", label_en="Second number", wide=True
        ),
        Column("address", "地址", text(), "红井路18号", "", "Address.", label_en="Address", wide=True),
        Column(
            "contract_from",
            "合同开始",
            day(),
            "2026-01-01",
            "没有合同的单位不能派工。",
            "Without a contract nobody is sent.",
            label_en="Contract from",
        ),
        Column(
            "contract_until",
            "合同结束",
            day(),
            "2026-12-31",
            "含当日;空为长期。",
            "Counted; empty: no end.",
            label_en="Contract until",
        ),
        active("合作"),
        Column(
            "suspended_reason",
            "停用原因",
            text(),
            "",
            "停用时必填。",
            "Needed when out of use.",
            label_en="Why out of use",
            wide=True,
        ),
        Column("remarks", "备注", long(), "", "", "Remarks.", label_en="Remarks", wide=True),
    ),
    ("ref",),
    (),
    _partner_together,
    where=where("PARTNERS"),
)


WORKERS = Sheet(
    "workers",
    "服务人员",
    "Own workers",
    (
        ref_of("RY001"),
        Column("name", "姓名", text(40), "钟秀兰", "必填。", "Required.", required=True, label_en="Name"),
        _SERVES,
        districts(),
        Column("number", "电话", phone(), "14007975001", "必填。", "Required.", required=True, label_en="Number"),
        active("在岗"),
        Column(
            "suspended_reason", "停用原因", text(), "", "离岗的原因。", "Why not at work.", label_en="Why out of use", wide=True
        ),
        Column("remarks", "备注", long(), "持家政服务员证", "技能、证书等。", "Skills, certificates.", label_en="Remarks"),
    ),
    ("ref",),
    where=where("WORKERS"),
)

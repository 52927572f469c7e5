"""What is offered: services with their price from a day on, key numbers, resources and courses."""

from __future__ import annotations

from collections.abc import Iterator

from callcenter.catalogue.columns.common import active, dates, district, ref_of, where
from callcenter.domain.directory import KEY_KINDS, RESOURCE_KINDS, SERVICE_CATEGORIES, as_choices
from callcenter.sheets.cells import BadCell, Column, count, day, long, money, one_of, phone, text, words, yes
from callcenter.sheets.sheet import Row, Sheet

_CATEGORY, _CATEGORY_EN = as_choices(SERVICE_CATEGORIES)
_KEY_KIND, _KEY_KIND_EN = as_choices(KEY_KINDS)
_RESOURCE_KIND, _RESOURCE_KIND_EN = as_choices(RESOURCE_KINDS)


def _service_together(row: Row) -> Iterator[tuple[str, BadCell]]:
    yield from dates(row, "valid_from", "valid_until", "失效日期")
    if row.get("price") is not None and "unit" in row and not row["unit"]:
        yield "单位", BadCell("填了价格就要填单位(如 次、小时)。", "A price needs its unit.")


def _resource_together(row: Row) -> Iterator[tuple[str, BadCell]]:
    yield from dates(row, "valid_from", "valid_until", "结束日期")


SERVICES = Sheet(
    "services",
    "服务目录",
    "Services",
    (
        ref_of("FW001"),
        Column(
            "valid_from",
            "生效日期",
            day(),
            "2026-01-01",
            "必填。同一编号、新的生效日期,就是新的价格或标准;以前的派工单仍按当时的内容。",
            "Required. A new date for one ref is a new version; orders keep that of their day.",
            required=True,
            label_en="Valid from",
            fixed=True,
        ),
        Column(
            "valid_until",
            "失效日期",
            day(),
            "",
            "含当日;空为长期。",
            "Counted; empty: until further notice.",
            label_en="Valid until",
        ),
        Column("name", "名称", text(60), "家庭保洁", "必填。", "Required.", required=True, label_en="Name"),
        Column("name_en", "英文名称", text(80), "Housekeeping", "可不填。", "Optional.", label_en="English name", wide=True),
        Column(
            "category",
            "类别",
            one_of(_CATEGORY, english=_CATEGORY_EN),
            "家政保洁",
            "必填,从列表中选。",
            "Required, of the list.",
            required=True,
            label_en="Category",
        ),
        Column(
            "price", "价格(元)", money(), "40", "空为面议。", "Yuan; empty: by agreement.", label_en="Price (yuan)", also=("价格",)
        ),
        Column("unit", "单位", text(10), "小时", "次、小时、份 …", "Per what: visit, hour …", label_en="Unit"),
        Column(
            "standards",
            "服务标准",
            long(),
            "两人一组,自带工具;地面、厨房、卫生间无污渍。",
            "",
            "What is promised.",
            label_en="Standards",
            wide=True,
        ),
        Column(
            "process",
            "服务流程",
            long(),
            "电话确认时间→持单上门→老人验收签字→回访。",
            "",
            "Step by step.",
            label_en="Process",
            wide=True,
        ),
        Column("eligibility", "服务对象", text(200), "持养老服务卡的老人", "", "Who may have it.", label_en="For whom", wide=True),
        Column(
            "minutes", "时长(分钟)", count(1, 1440), "120", "", "Minutes it takes.", label_en="Minutes", wide=True, also=("时长",)
        ),
        Column(
            "special",
            "外派或特殊",
            yes(),
            "否",
            "是:先审批再派工(F-5)。",
            "是: approval before dispatch (F-5).",
            label_en="Special",
        ),
        Column(
            "supplies",
            "备用品",
            words(),
            "鞋套、清洁剂",
            "领单时带齐,用“、”分开。",
            "What to bring, separated by 、.",
            label_en="Supplies",
            wide=True,
        ),
        active(),
    ),
    ("ref", "valid_from"),
    (),
    _service_together,
    where=where("SERVICES"),
)


KEY_NUMBERS = Sheet(
    "key_numbers",
    "重点电话",
    "Key numbers",
    (
        ref_of("DH001"),
        Column("name", "名称", text(60), "书香园小区物业服务中心", "必填。", "Required.", required=True, label_en="Name"),
        Column(
            "kind",
            "类别",
            one_of(_KEY_KIND, english=_KEY_KIND_EN),
            "小区物业",
            "必填,从列表中选。",
            "Required, of the list.",
            required=True,
            label_en="Kind",
        ),
        Column(
            "number",
            "电话",
            phone(codes=True),
            "0797-1000201",
            "必填;座机写区号,短号照拨。",
            "Required; short codes as dialled.",
            required=True,
            label_en="Number",
        ),
        district(),
        Column("address", "地址", text(), "书香园小区1栋1楼", "", "Address.", label_en="Address"),
        Column("hours", "值守时间", text(60), "全天", "", "When somebody answers.", label_en="Hours"),
        Column("remarks", "备注", long(500), "维修、门禁、停车找值班员", "", "Remarks.", label_en="Remarks", wide=True),
        active(),
    ),
    ("ref",),
    where=where("KEY_NUMBERS"),
)


RESOURCES = Sheet(
    "resources",
    "资源课程",
    "Resources and courses",
    (
        ref_of("ZY001"),
        Column("name", "名称", text(60), "太极拳班", "必填。", "Required.", required=True, label_en="Name"),
        Column(
            "kind",
            "类别",
            one_of(_RESOURCE_KIND, english=_RESOURCE_KIND_EN),
            "老年大学课程",
            "必填,从列表中选。",
            "Required, of the list.",
            required=True,
            label_en="Kind",
        ),
        Column(
            "owner",
            "责任人",
            text(40),
            "综合管理员 温晓",
            "必填:由谁更新(F-1)。",
            "Required: who keeps it up to date (F-1).",
            required=True,
            label_en="Owner",
        ),
        Column(
            "published",
            "已发布",
            yes(),
            "是",
            "是:前台和调度可以查到。",
            "是: seats and dispatchers find it.",
            label_en="Published",
        ),
        Column("schedule", "时间", text(120), "每周二、四 9:00–10:30", "", "When.", label_en="Schedule"),
        Column("place", "地点", text(120), "社区活动中心二楼", "", "Where.", label_en="Place"),
        Column("price", "费用(元)", money(), "0", "空为另询。", "Yuan; empty: ask.", label_en="Fee (yuan)", also=("费用",)),
        Column("number", "联系电话", phone(empty=None), "0797-1000301", "", "Number.", label_en="Number"),
        district(),
        Column("valid_from", "开始日期", day(), "2026-09-01", "", "From.", label_en="From", wide=True),
        Column(
            "valid_until",
            "结束日期",
            day(),
            "2027-01-15",
            "含当日;过期后不再显示。",
            "Counted; later it is not shown.",
            label_en="Until",
        ),
        Column("description", "内容", long(), "零基础可学,穿宽松衣服。", "", "What it is.", label_en="Content", wide=True),
        active(),
    ),
    ("ref",),
    (),
    _resource_together,
    where=where("RESOURCES"),
)

"""The columns of every table of the catalogue and of the centre's places: what each is called and what may stand in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from callcenter.domain.directory import KEY_KINDS, RESOURCE_KINDS, SERVICE_CATEGORIES, as_choices
from callcenter.sheets.cells import (
    BadCell,
    Cell,
    Column,
    Dialling,
    count,
    day,
    long,
    money,
    one_of,
    pattern,
    phone,
    read_money,
    ref,
    text,
    words,
    yes,
)
from callcenter.sheets.sheet import EXAMPLE, Row, Sheet

_CATEGORY, _CATEGORY_EN = as_choices(SERVICE_CATEGORIES)
_KEY_KIND, _KEY_KIND_EN = as_choices(KEY_KINDS)
_RESOURCE_KIND, _RESOURCE_KIND_EN = as_choices(RESOURCE_KINDS)
TOWN_ZH, TOWN_EN = "空:全市。", "Empty: the whole town."


def _active(kind: str = "在用") -> Column:
    note_zh, note_en = (
        f"{kind}、停用;空为{kind}。停用后不再显示和选派,记录保留。",
        "Empty: in use. Out of use it is kept, not shown.",
    )
    return Column(
        "active", "状态", yes(kind, "停用", empty=True, english=("In use", "Out of use")), kind, note_zh, note_en, label_en="State"
    )


def _ref(example: str) -> Column:
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


def _district(note_zh: str = TOWN_ZH, note_en: str = TOWN_EN) -> Column:
    return Column("district", "辖区", text(60, empty=None), "书香园小区", note_zh, note_en, label_en="District", offers="districts")


def _districts() -> Column:
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


def _dates(row: Row, first: str, last: str, heading: str) -> Iterator[tuple[str, BadCell]]:
    if row.get(first) and row.get(last) and row[last] < row[first]:
        yield heading, BadCell("结束日期早于开始日期。", "It ends before it begins.")


def _service_together(row: Row) -> Iterator[tuple[str, BadCell]]:
    yield from _dates(row, "valid_from", "valid_until", "失效日期")
    if row.get("price") is not None and "unit" in row and not row["unit"]:
        yield "单位", BadCell("填了价格就要填单位(如 次、小时)。", "A price needs its unit.")


def _partner_together(row: Row) -> Iterator[tuple[str, BadCell]]:
    yield from _dates(row, "contract_from", "contract_until", "合同结束")
    if row.get("contract_until") and "contract_from" in row and not row["contract_from"]:
        yield "合同开始", BadCell("填了合同结束就要填合同开始。", "An end of the contract needs its beginning.")
    if row.get("active") is False and "suspended_reason" in row and not row["suspended_reason"]:
        yield "停用原因", BadCell("停用须写明原因。", "Out of use needs a reason.")


def _resource_together(row: Row) -> Iterator[tuple[str, BadCell]]:
    yield from _dates(row, "valid_from", "valid_until", "结束日期")


def _where(name: str) -> str:
    return f"callcenter.catalogue.columns:{name}"


SERVICES = Sheet(
    "services",
    "服务目录",
    "Services",
    (
        _ref("FW001"),
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
        _active(),
    ),
    ("ref", "valid_from"),
    (),
    _service_together,
    where=_where("SERVICES"),
)

KEY_NUMBERS = Sheet(
    "key_numbers",
    "重点电话",
    "Key numbers",
    (
        _ref("DH001"),
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
        _district(),
        Column("address", "地址", text(), "书香园小区1栋1楼", "", "Address.", label_en="Address"),
        Column("hours", "值守时间", text(60), "全天", "", "When somebody answers.", label_en="Hours"),
        Column("remarks", "备注", long(500), "维修、门禁、停车找值班员", "", "Remarks.", label_en="Remarks", wide=True),
        _active(),
    ),
    ("ref",),
    where=_where("KEY_NUMBERS"),
)

RESOURCES = Sheet(
    "resources",
    "资源课程",
    "Resources and courses",
    (
        _ref("ZY001"),
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
        _district(),
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
        _active(),
    ),
    ("ref",),
    (),
    _resource_together,
    where=_where("RESOURCES"),
)

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
        _ref("DW001"),
        Column(
            "name", "单位名称", text(60), "安心家政服务部", "必填。", "Required.", required=True, label_en="Name", also=("名称",)
        ),
        _SERVES,
        _districts(),
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
        _active("合作"),
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
    where=_where("PARTNERS"),
)

WORKERS = Sheet(
    "workers",
    "服务人员",
    "Own workers",
    (
        _ref("RY001"),
        Column("name", "姓名", text(40), "钟秀兰", "必填。", "Required.", required=True, label_en="Name"),
        _SERVES,
        _districts(),
        Column("number", "电话", phone(), "14007975001", "必填。", "Required.", required=True, label_en="Number"),
        _active("在岗"),
        Column(
            "suspended_reason", "停用原因", text(), "", "离岗的原因。", "Why not at work.", label_en="Why out of use", wide=True
        ),
        Column("remarks", "备注", long(), "持家政服务员证", "技能、证书等。", "Skills, certificates.", label_en="Remarks"),
    ),
    ("ref",),
    where=_where("WORKERS"),
)

# --- the centre's own places ---------------------------------------------------------------------------------------------

DEPARTMENTS = Sheet(
    "departments",
    "社养部",
    "Departments",
    (
        Column(
            "name",
            "名称",
            text(60),
            EXAMPLE + "红井社区养老服务部",
            "必填,唯一。",
            "Required, unique.",
            required=True,
            label_en="Name",
        ),
        Column(
            "phone",
            "电话",
            phone(),
            "0797-1000010",
            "必填:向来电人告知的号码(C-5)。",
            "Required: what callers are told (C-5).",
            required=True,
            label_en="Number",
        ),
        Column("address", "地址", text(), "红井路6号", "办卡、来访的地址。", "Where cards are made.", label_en="Address"),
        Column(
            "ours",
            "本中心",
            yes(empty=True),
            "是",
            "否:其他辖区的社养部,来电转介(C-5);空为是。",
            "否: of another area (C-5); empty: ours.",
            label_en="Ours",
        ),
        _active(),
    ),
    ("name",),
    where=_where("DEPARTMENTS"),
)

DISTRICTS = Sheet(
    "districts",
    "辖区",
    "Districts",
    (
        Column(
            "name", "名称", text(60), EXAMPLE + "书香园小区", "必填,唯一。", "Required, unique.", required=True, label_en="Name"
        ),
        Column(
            "department",
            "社养部",
            text(60),
            "红井社区养老服务部",
            "必填,须已存在。",
            "Required, known already.",
            required=True,
            label_en="Department",
            offers="departments",
        ),
        Column(
            "places",
            "小区和道路",
            words(),
            "书香园一期、书香路",
            "按这些名称从住址认出辖区,用“、”分开。",
            "By these an address is recognised.",
            label_en="Estates and roads",
        ),
        _active(),
    ),
    ("name",),
    where=_where("DISTRICTS"),
)

LINES = Sheet(
    "lines",
    "线路",
    "Lines",
    (
        Column(
            "number",
            "号码",
            pattern(r"\d{3,15}", "只含数字,3–15 位,与线路商送来的被叫号码一致。", "3 to 15 digits, as the carrier sends them."),
            EXAMPLE + "079796601",
            "必填,唯一。",
            "Required, unique.",
            required=True,
            label_en="Number",
            fixed=True,
        ),
        Column("name", "名称", text(40), "一键通紧急求助", "必填。", "Required.", required=True, label_en="Name"),
        Column(
            "kind",
            "用途",
            one_of({"紧急求助": "emergency", "生活帮助": "life_help"}, english=("Emergency", "Help in daily life")),
            "紧急求助",
            "必填。",
            "Required.",
            required=True,
            label_en="Kind",
        ),
        _active(),
    ),
    ("number",),
    where=_where("LINES"),
)

SEATS = Sheet(
    "seats",
    "坐席",
    "Seats",
    (
        Column(
            "extension",
            "分机",
            pattern(r"[1-9]\d{2,6}", "3–7 位数字。", "3 to 7 digits."),
            EXAMPLE + "8001",
            "必填,唯一。",
            "Required, unique.",
            required=True,
            label_en="Extension",
            fixed=True,
        ),
        Column("name", "名称", text(40), "1号坐席", "必填。", "Required.", required=True, label_en="Name"),
        Column("takes_emergency", "接紧急", yes(empty=True), "是", "空为是。", "Empty: yes.", label_en="Emergencies"),
        Column("takes_life_help", "接生活帮助", yes(empty=True), "是", "空为是。", "Empty: yes.", label_en="Help in daily life"),
        _active(),
    ),
    ("extension",),
    where=_where("SEATS"),
)

TERMINALS = Sheet(
    "terminals",
    "终端",
    "Terminals",
    (
        Column(
            "serial",
            "终端序列号",
            pattern(
                r"[A-Za-z0-9-]{4,32}",
                "序列号只含字母、数字和“-”,4–32 位。",
                "A serial has 4–32 letters, digits or “-”.",
                upper=True,
            ),
            EXAMPLE + "YJT36079001",
            "必填,机身上的序列号。",
            "Required, on its label.",
            required=True,
            label_en="Serial",
            fixed=True,
            also=("序列号",),
        ),
        Column(
            "member",
            "老人编号",
            text(64, empty=None),
            "A001",
            "装在哪位老人家;空为库存。",
            "Whose it is; empty: in stock.",
            label_en="Member ref",
        ),
        Column("model", "型号", text(40), "一键通 SIP-2", "", "Model.", label_en="Model"),
        Column(
            "number",
            "终端号码",
            phone(empty=None),
            "0797-1000101",
            "走电话网时显示的号码。",
            "The number it calls from.",
            label_en="Number",
        ),
        Column(
            "account",
            "SIP 账号",
            pattern(r"t\d{3,10}", "以 t 开头,后接 3–10 位数字。", "t and 3 to 10 digits.", empty=None),
            "t10001",
            "走网络注册时填写,唯一。",
            "When it registers with us, unique.",
            label_en="SIP account",
        ),
    ),
    ("serial",),
    ("account",),
    where=_where("TERMINALS"),
)

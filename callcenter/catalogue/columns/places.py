"""The centre's places: departments and districts, lines and seats, terminals."""

from __future__ import annotations

from callcenter.catalogue.columns.common import active, where
from callcenter.sheets.cells import Column, one_of, pattern, phone, text, words, yes
from callcenter.sheets.sheet import EXAMPLE, Sheet

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
        active(),
    ),
    ("name",),
    where=where("DEPARTMENTS"),
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
        active(),
    ),
    ("name",),
    where=where("DISTRICTS"),
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
        active(),
    ),
    ("number",),
    where=where("LINES"),
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
        active(),
    ),
    ("extension",),
    where=where("SEATS"),
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
    where=where("TERMINALS"),
)

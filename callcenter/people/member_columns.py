"""The columns of a member file: what each is called, what may stand in it, and what is said when it may not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from callcenter.sheets.cells import BadCell, Cell, Column, Dialling, one_of, pattern, phone, read_day, text, words, yes
from callcenter.sheets.cells import day as a_day
from callcenter.sheets.sheet import EXAMPLE, Row, Sheet

CONTACTS, CONTACTS_MOST = 4, 12  # in the template; in a file
RELATION_ZH = "决定紧急时谁先接到电话:含“邻”的按邻居,含“社区、社工、网格、楼长、物业、村、居委”的按社区人员,其余(如女儿)按家属。"
RELATION_EN = "Decides who is phoned when in an emergency: 邻 neighbour; 社区 社工 网格 楼长 物业 村 居委 community; else family."


def _birthday(given: str, dialling: Dialling) -> str:
    day = read_day(given)
    if not date(1900, 1, 1) <= day <= dialling.today:
        raise BadCell("出生日期应在 1900 年与今天之间。", "A birth date lies between 1900 and today.")
    return day.isoformat()


def _numbers() -> Cell:
    split, one = words(none=False), phone()

    def parse(given: str, dialling: Dialling) -> list[str]:
        return list(dict.fromkeys(one.parse(part, dialling) for part in split.parse(given.replace("/", "、"), dialling)))

    return Cell("list", parse, "、".join, empty=[])


_GENDERS = {"女": "f", "男": "m"}
_GENDERS_TOO = {"女性": "f", "男性": "m", "f": "f", "m": "m"}
_EARS = {"左": "left", "右": "right", "双": "both"}
_EARS_TOO = {"左耳": "left", "右耳": "right", "双耳": "both", "两耳": "both"}
_BLOOD = {kind: kind for kind in ("A", "B", "AB", "O", "A-", "B-", "AB-", "O-")}
_BLOOD_TOO = {f"{kind}{tail}": kind for kind in ("A", "B", "AB", "O") for tail in ("型", "+", "型+")}
_BLOOD_TOO |= {"不详": "", "未知": ""}
_BLOOD_TOO |= {f"{kind}型-": f"{kind}-" for kind in ("A", "B", "AB", "O")}
_SERIAL = pattern(
    r"[A-Za-z0-9-]{4,32}",
    "序列号只含字母、数字和“-”,4–32 位。",
    "A serial has 4–32 letters, digits or “-”.",
    upper=True,
    empty=None,
)


def _contact(place: int) -> tuple[Column, ...]:
    names = {1: ("王芳", "女儿", "14007970001"), 2: ("李强", "女婿", "14007970002"), 3: ("刘婶", "邻居", "14007970003")}
    name, relation, number = names.get(place, ("", "", ""))
    order_zh, order_en = f"按此顺序拨打,第 {place} 位。", f"Called in this order; number {place}."
    shown = place <= CONTACTS
    key, zh = f"contact{place}", f"联系人{place}"
    return (
        Column(f"{key}_name", f"{zh}姓名", text(40), name, order_zh, order_en, in_template=shown),
        Column(f"{key}_relation", f"{zh}关系", text(20), relation, RELATION_ZH, RELATION_EN, in_template=shown),
        Column(f"{key}_number", f"{zh}电话", phone(), number, "有姓名就要有电话。", "Needed with a name.", in_template=shown),
    )


COLUMNS = (
    Column("ref", "编号", text(64), EXAMPLE + "001", "必填,每人唯一;再次导入时按编号更新。",
           "Required, unique: the key of re-imports.", required=True, also=("会员编号", "老人编号")),
    Column("name", "姓名", text(40), "王秀英", "必填。", "Required.", required=True),
    Column("gender", "性别", one_of(_GENDERS, also=_GENDERS_TOO), "女", "必填:女、男。", "Required: 女 (f), 男 (m).",
           required=True),
    Column("birth_date", "出生日期", Cell("day", _birthday, empty=None), "1941-03-05", "写成 1941-03-05。", "As 1941-03-05."),
    Column("numbers", "电话", _numbers(), "0797-1000101、14007970000", "多个号码用“、”分开。", "Several are separated by 、.",
           also=("电话号码", "联系电话")),
    Column("address", "小区/地址", text(), "书香园小区3栋2单元501室", "上门用的完整地址。", "The full address.",
           also=("地址", "小区、地址", "住址")),
    Column("district", "区域", text(60, empty=None), "书香园小区", "没有的区域会自动新建。", "An unknown one is made.",
           offers="districts"),
    Column("dialect", "方言", text(20), "客家话", "如普通话、客家话。", "The dialect spoken."),
    Column("better_ear", "较好耳", one_of(_EARS, empty=None, also=_EARS_TOO), "左", "左、右、双。", "左 left, 右 right, 双 both."),
    Column("door_code", "门禁码", text(40), "1357#", "只在求助时显示。", "Shown during a call only."),
    Column("key_holder", "钥匙保管人", text(60), "邻居刘婶", "", ""),
    Column("lives_alone", "独居", yes(also={"独居": True, "不独居": False}), "是", "是、否。", "是 yes, 否 no."),
    Column("illnesses", "病史", words(), "高血压、冠心病", "用“、”分开;没有写“无”。", "Separated by 、; 无 for none."),
    Column("medication", "用药", words(), "硝苯地平缓释片 每日1次", "用“、”分开。", "Separated by 、."),
    Column("allergies", "过敏", words(), "青霉素", "用“、”分开;没有写“无”。", "Separated by 、; 无 for none."),
    Column("hospital", "医院", text(60), "市人民医院", "常去的医院。", "Usual hospital."),
    Column("blood_type", "血型", one_of(_BLOOD, also=_BLOOD_TOO), "O", "A、B、AB、O,阴性加“-”。",
           "A, B, AB, O; “-” for Rh negative."),
    Column("card", "服务卡号", text(32, empty=None), "YL36070001", "养老服务卡,每人唯一。", "Service card, unique."),
    Column("card_until", "卡有效期", a_day(), "2028-12-31", "有卡号才填。", "With a card only."),
    Column("terminal", "终端序列号", _SERIAL, "YJT36079001", "一键通机身上的序列号。", "On the terminal's label."),
    Column("terminal_number", "终端号码", phone(empty=None), "0797-1000101", "终端呼出时显示的号码。", "The number it calls from."),
    *(column for place in range(1, CONTACTS_MOST + 1) for column in _contact(place)),
)  # fmt: skip


def together(row: Row) -> Iterator[tuple[str, BadCell]]:
    """What is only wrong in company: a contact without a number, a date without a card."""
    for place in range(1, CONTACTS_MOST + 1):
        name, relation, number = (row.get(f"contact{place}_{part}") for part in ("name", "relation", "number"))
        if (name or relation) and not number:
            yield f"联系人{place}电话", BadCell("填了联系人就要填电话。", "A contact needs a telephone number.")
        if number and not name:
            yield f"联系人{place}姓名", BadCell("有电话就要填姓名。", "A number needs a name.")
    if row.get("card_until") and not row.get("card"):
        yield "服务卡号", BadCell("填了有效期就要填服务卡号。", "A date of expiry needs a card number.")
    if row.get("terminal_number") and not row.get("terminal"):
        yield "终端序列号", BadCell("填了终端号码就要填终端序列号。", "A terminal's number needs its serial.")


SHEET = Sheet(
    "members",
    "老人档案",
    "Members",
    COLUMNS,
    ("ref",),
    ("card", "terminal"),
    together,
    (
        ("终端", "只会新增或转给此人,不会解除;解除请在老人档案中去掉。", "Terminals are added or moved, never taken away here."),
        ("联系人", f"模板有 {CONTACTS} 位;更多的可加列,如“联系人5姓名”,最多 {CONTACTS_MOST} 位。", "More contacts: add columns."),
    ),
    "callcenter.people.member_columns:SHEET",
)

"""The elders of the demo centre: invented, plausible, and the same at every load (a seeded generator).

Every number is one that rings nobody: fixed lines whose local part begins with 1 (none does in China) and mobiles
of the 140 range (data cards). The demo dials them by the simulated trunk only, which plays the families.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from callcenter.domain.names import Gender, surname

MEMBERS = 66
SIP_TERMINALS = 20
FIXED_LINE_TERMINALS = 34
SEED = 20261121

DEPARTMENTS = {
    "红井社区养老服务部": ("+867971000010", ("书香园小区", "红井路", "绵江花苑")),
    "象湖社区养老服务部": ("+867971000020", ("象湖新村", "八一南路")),
    "沙洲坝社区养老服务部": ("+867971000030", ("沙洲坝家园", "金都大道")),
}
"""Department → telephone and the districts it cares for."""
DUTY_PHONES = (("曾国平", "+8614007979001"), ("廖美玲", "+8614007979002"))
"""The duty supervisors' telephones, in the order in which they are paged."""

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高钟曾赖谢邹廖温邱"
_COMPOUND = ("欧阳", "上官")
_GIVEN: dict[Gender, tuple[str, ...]] = {
    "f": (
        "秀英", "桂英", "玉兰", "秀兰", "桂兰", "玉珍", "凤英", "素珍", "玉英", "兰英", "桂珍", "春花", "金莲", "月娥",
        "冬秀", "菊香", "招娣", "细妹", "淑华", "美玉", "水秀", "来娣", "凤莲", "瑞英", "福秀", "荷香",
    ),
    "m": (
        "德福", "建国", "国华", "振华", "长根", "水生", "金生", "志明", "文彬", "家祥", "福林", "光荣", "东生", "树林",
        "永福", "荣华", "发生", "善庆", "启明", "运生", "传福", "世昌", "友根", "起凤", "南生", "庆云",
    ),
}  # fmt: skip
_YOUNG: dict[Gender, tuple[str, ...]] = {
    "f": ("芳", "丽", "敏", "静", "燕", "娟", "小红", "海燕", "春梅", "丽华", "晓玲", "秀芳"),
    "m": ("军", "勇", "伟", "涛", "强", "斌", "晓东", "建平", "志强", "国栋", "海波", "小林"),
}
_CHILDREN: tuple[tuple[str, Gender, str, Gender], ...] = (("女儿", "f", "女婿", "m"), ("儿子", "m", "儿媳", "f"))
_NEIGHBOURS = ("刘婶", "张大姐", "老钟", "李师傅", "赖阿姨", "小谢")
_WORKERS = ("社工小温", "网格员邹丽", "社工小廖", "楼长老邱")
_DIALECTS = ("客家话", "客家话", "客家话", "赣州话", "普通话", "普通话")
_ILLNESSES = {
    "高血压": ("硝苯地平缓释片 每日1次", "氨氯地平 每日1次"),
    "冠心病": ("阿司匹林肠溶片 每日1次", "硝酸甘油(随身携带)"),
    "2型糖尿病": ("二甲双胍 每日2次", "格列美脲 早餐前"),
    "慢性支气管炎": ("氨溴索 每日3次", "沙丁胺醇气雾剂 必要时"),
    "脑梗死后遗症": ("氯吡格雷 每日1次", "阿托伐他汀 睡前"),
    "骨质疏松": ("碳酸钙D3 每日1次",),
    "膝关节炎": ("塞来昔布 疼痛时",),
    "房颤": ("利伐沙班 每日1次", "美托洛尔 每日2次"),
    "白内障": (),
    "轻度认知障碍": ("多奈哌齐 睡前",),
}
_ALLERGIES = ("青霉素", "头孢类", "磺胺类", "海鲜", "链霉素")
_HOSPITALS = ("市人民医院", "市中医院", "市第二人民医院", "红井社区卫生服务中心")
_BLOOD = ("A", "B", "O", "AB", "O", "A", "")


@dataclass
class DemoMember:
    """One elder with all that belongs to them."""

    id: UUID
    ref: str
    name: str
    gender: Gender
    birth_date: date
    number: str
    district: str
    address: str
    dialect: str
    better_ear: Literal["left", "right", "both"] | None
    door_code: str
    key_holder: str
    lives_alone: bool
    illnesses: list[str]
    medication: list[str]
    allergies: list[str]
    hospital: str
    blood_type: str
    remarks: str
    card: str
    card_until: date
    contacts: list[tuple[str, str, str]] = field(default_factory=list)
    """(name, relation, number), in the order in which they are called."""


def invent_members(today: date) -> list[DemoMember]:
    """The elders, eldest entries first. Numbers 60–66 share their telephone: two couples, and three in one house."""
    chance = random.Random(SEED)
    districts = [(name, district) for name, (_, all_) in DEPARTMENTS.items() for district in all_]
    taken: set[str] = set()
    members = [_invent(chance, order, districts[order % len(districts)][1], taken, today) for order in range(1, MEMBERS + 1)]
    couples = ((members[-7], members[-6]), (members[-5], members[-4]))
    for wife, husband in couples:
        _share(chance, [wife, husband], taken)
    _share(chance, members[-3:], taken)
    members[-1].remarks = "与邻居合用一部电话,来电请先问姓名。"
    return members


def _invent(chance: random.Random, order: int, district: str, taken: set[str], today: date) -> DemoMember:
    gender: Gender = "f" if chance.random() < 0.58 else "m"
    age = min(92, max(66, round(chance.gauss(80, 6))))
    birth_date = date(today.year - age, 1, 1) + timedelta(days=chance.randrange(364))
    illnesses = chance.sample(sorted(_ILLNESSES), k=chance.choice((1, 1, 2, 2, 3)))
    alone = chance.random() < 0.45
    name = _name(chance, gender, taken)
    member = DemoMember(
        id=UUID(int=chance.getrandbits(128), version=4),
        ref=f"DEMO-{order:04d}",
        name=name,
        gender=gender,
        birth_date=birth_date,
        number=_fixed(order),
        district=district,
        address=f"{district}{chance.randint(1, 18)}栋{chance.randint(1, 3)}单元{chance.randint(1, 6)}0{chance.randint(1, 4)}室",
        dialect=chance.choice(_DIALECTS),
        better_ear=chance.choice(("left", "right", "both", "both", None)),
        door_code=f"{chance.randint(1000, 9999)}#" if chance.random() < 0.5 else "",
        key_holder="",
        lives_alone=alone,
        illnesses=illnesses,
        medication=[medicine for illness in illnesses for medicine in _ILLNESSES[illness][: chance.randint(1, 2)]],
        allergies=chance.sample(_ALLERGIES, k=1) if chance.random() < 0.3 else [],
        hospital=chance.choice(_HOSPITALS),
        blood_type=chance.choice(_BLOOD),
        remarks=chance.choice(("", "", "", "听力较差,请慢慢说。", "夜间起床多,易跌倒。", "养有一只小狗,开门时注意。")),
        card=f"YL{36078100 + order}",
        card_until=date(today.year + chance.randint(0, 3), 12, 31),
    )
    # Children carry their father's surname.
    member.contacts = _contacts(chance, order, surname(name) if gender == "m" else chance.choice(_SURNAMES))
    member.key_holder = "{1}{0}".format(*chance.choice(member.contacts)[:2]) if alone else ""
    return member


def _share(chance: random.Random, housemates: list[DemoMember], taken: set[str]) -> None:
    """They live in one home and have one telephone; a couple is a woman and a man."""
    first = housemates[0]
    for other in housemates[1:]:
        other.number, other.address, other.district = first.number, first.address, first.district
        other.door_code = first.door_code
    if len(housemates) == 2:
        wife, husband = housemates
        wife.gender, husband.gender = "f", "m"
        wife.name, husband.name = _name(chance, "f", taken), _name(chance, "m", taken)
        wife.contacts = husband.contacts = _contacts(chance, int(husband.ref[-4:]), surname(husband.name))
    for member in housemates:
        member.lives_alone, member.key_holder = False, ""


def _name(chance: random.Random, gender: Gender, taken: set[str]) -> str:
    while True:
        family = chance.choice(_COMPOUND) if chance.random() < 0.04 else chance.choice(_SURNAMES)
        name = family + chance.choice(_GIVEN[gender])
        if name not in taken:
            taken.add(name)
            return name


def _contacts(chance: random.Random, order: int, family: str) -> list[tuple[str, str, str]]:
    relation, child, in_law, spouse = chance.choice(_CHILDREN)
    found = [(family + chance.choice(_YOUNG[child]), relation, _mobile(order, 1))]
    if chance.random() < 0.6:
        found.append((chance.choice(_SURNAMES) + chance.choice(_YOUNG[spouse]), in_law, _mobile(order, 2)))
    found.append((chance.choice(_NEIGHBOURS), "邻居", _mobile(order, 3)))
    if chance.random() < 0.5:
        found.append((chance.choice(_WORKERS), "社区", _mobile(order, 4)))
    return found


def _fixed(order: int) -> str:
    return f"+867971{order * 97 % 900 + 100:03d}{order:03d}"


def _mobile(order: int, contact: int) -> str:
    return f"+861400797{order * 10 + contact:04d}"

"""What a seat says at which moment: the centre's own words, each with the regulation row it comes from. Data, not code.

``{centre} {honorific} {agent} {address} {department} {department_phone}`` are filled by the console from the case; a text whose
placeholder is not known is not shown with a hole in it, but with ``…``.
"""

# ruff: noqa: E501 - a text stands in one line, as it is said

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Needs = Literal["member", "nobody", "no_card", "card"]
PLACEHOLDERS = frozenset({"centre", "honorific", "agent", "address", "department", "department_phone"})
BOTH = ("emergency", "life_help")


@dataclass(frozen=True)
class Script:
    """One text. ``states`` and ``kinds`` of the case in which it fits; ``needs``: only when a member is known, nobody is, or
    they have (no) service card. ``first``: what is said first in this state; the others stand below it."""

    id: str
    rule: str
    title_zh: str
    title_en: str
    zh: str
    en: str
    states: tuple[str, ...] = ("talking",)
    kinds: tuple[str, ...] = BOTH
    needs: Needs | None = None
    first: bool = False


SCRIPTS = (
    Script("greeting", "C-1", "问候", "Greeting", "您好,{honorific}!这里是{centre},我是{agent},请问有什么可以帮您?",
           "Hello {honorific}, this is {centre}, {agent} speaking. How can I help you?",
           ("waiting", "talking"), ("life_help",), "member", first=True),
    Script("greeting_unknown", "C-1", "问候", "Greeting", "您好!这里是{centre},我是{agent},请问您贵姓?有什么可以帮您?",
           "Hello, this is {centre}, {agent} speaking. May I have your name? How can I help you?",
           ("waiting", "talking"), ("life_help",), "nobody", first=True),
    Script("emergency", "R-12", "紧急求助", "Emergency", "{honorific},我是{centre}的{agent},您别着急,我一直在。您现在哪里不舒服?身边有人吗?您在家里吗({address})?",
           "{honorific}, this is {agent} at {centre}. Stay calm, I am with you. What is wrong? Is anybody with you? Are you at home ({address})?",
           ("waiting", "talking"), ("emergency",), "member", first=True),
    Script("emergency_unknown", "R-12", "紧急求助", "Emergency", "您好,我是{centre}的{agent},您别着急,我一直在。请告诉我您的姓名和住址。您现在哪里不舒服?身边有人吗?",
           "This is {agent} at {centre}. Stay calm, I am with you. Tell me your name and address. What is wrong? Is anybody with you?",
           ("waiting", "talking"), ("emergency",), "nobody", first=True),
    Script("emergency_next", "R-12", "告知安排", "What happens now", "我正在联系您的家人,需要时马上呼叫 120。请把门打开或告诉我谁有钥匙,不要挂电话。",
           "I am calling your family, and 120 if it is needed. Open the door if you can, or tell me who has a key. Please stay on the line.",
           kinds=("emergency",)),
    Script("card_and_address", "C-2", "问卡、核对地址", "Card and address", "请问您的养老服务卡在手边吗?您的住址还是{address},对吗?",
           "Do you have your service card at hand? Your address is still {address}, is that right?",
           kinds=("life_help",), needs="card"),
    Script("ask_address", "C-2", "问卡、问地址", "Card and address", "请问您有养老服务卡吗?请告诉我卡号和您的详细住址。",
           "Do you have a service card? Please tell me its number and your full address.", kinds=("life_help",), needs="nobody"),
    Script("promise", "C-2", "承诺时间", "A promise", "好的,服务人员马上到/今天×点前到/我们约在×月×日×点。如有变化,我们会提前打电话告诉您。",
           "Somebody comes at once / by … o'clock / on … at …. Should that change, we call you before.", kinds=("life_help",)),
    Script("no_card", "C-4", "符合条件未办卡", "No card yet", "您还没有办理养老服务卡。您可以带身份证到{department}(电话{department_phone})办理;不方便的话,我们可以上门为您办理。",
           "You have no service card yet. You can get one at {department} (telephone {department_phone}) with your identity card; or we come to you.",
           kinds=("life_help",), needs="no_card"),
    Script("cannot", "C-3", "暂时不能满足", "What we cannot do now", "非常抱歉,这项服务我们暂时安排不了。我建议您联系……,电话是……;需要的话,我现在帮您联系。",
           "I am very sorry, we cannot arrange this now. I suggest that you call …, the number is …; if you like, I call them for you.",
           kinds=("life_help",)),
    Script("out_of_area", "C-5", "非本辖区", "Another district", "您所在的地方由……社区养老服务部负责,电话是……。我把您的情况告诉他们,并帮您转接,请不要挂机。",
           "Your district is cared for by …, telephone …. I tell them about you and put you through; please hold the line.",
           kinds=("life_help",)),
    Script("hold", "W-6", "请稍等", "Please hold", "请您稍等,我查一下,大约一分钟,请不要挂机。……让您久等了。",
           "Please hold for about a minute while I look it up. … Thank you for waiting."),
    Script("transfer", "C-5", "转接", "Putting through", "我现在为您转接……,已经把您的情况告诉他们了,您不用再说一遍。",
           "I put you through to … now; I have told them about you, so you need not say it again."),
    Script("goodbye", "W-3", "结束", "Goodbye", "{honorific},还有什么可以帮您吗?感谢您的来电,请多保重,再见!",
           "{honorific}, is there anything else? Thank you for calling. Take care, goodbye!", kinds=("life_help",), needs="member"),
    Script("call_back", "C-2", "回拨", "Calling back", "您好,{honorific}!我是{centre}的{agent}。刚才您给我们来过电话,没有及时接到,非常抱歉。请问有什么可以帮您?",
           "Hello {honorific}, this is {agent} at {centre}. You called us and we missed you; I am very sorry. How can I help you?",
           ("callback",), first=True, needs="member"),
    Script("call_back_unknown", "C-2", "回拨", "Calling back", "您好!我是{centre}的{agent}。刚才您给我们来过电话,没有及时接到,非常抱歉。请问有什么可以帮您?",
           "Hello, this is {agent} at {centre}. You called us and we missed you; I am very sorry. How can I help you?",
           ("callback",), first=True, needs="nobody"),
)  # fmt: skip

POLITENESS = Script(
    "never_no", "W-1", "用语", "Manner", "不说“不行、不知道、不归我管”:先致歉,再给出可行的办法。",
    "Never a bare “no”: an apology first, then what can be done.", ("talking",),
)  # fmt: skip
"""What holds for every conversation."""


def as_json() -> list[dict[str, Any]]:
    """``Script`` of docs/api.md, in order."""
    return [asdict(script) for script in (*SCRIPTS, POLITENESS)]

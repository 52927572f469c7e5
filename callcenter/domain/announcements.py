"""What somebody hears whom the ladder phones: who needs help, where, what is known, which key to press. Mandarin, short."""

from __future__ import annotations

from callcenter.domain.case import Case
from callcenter.domain.escalation import Person, Target

DRILL = "这是演练,这是演练,没有真实的紧急情况。"
KEYS = "能马上赶去,请按1。不能去,请按2。要与老人和工作人员通话,请按0。"
THANKS_GOING = "谢谢您,已经记下您马上赶去。"
THANKS_CANNOT = "好的,我们马上联系其他人。"
THANKS_OTHER = "谢谢您,已经有人接手,不用再去了。"
THANKS_BOTH = "谢谢您,已经有人先接手了,也记下您会赶去。"
SETTLED = "谢谢您,老人的情况已经处理好了。"
JOINING = "正在为您接通,请不要挂断。"
DRILL_DONE = "演练到此结束,谢谢您的配合。"
FALSE_ALARM = "没关系,谢谢您帮我们检查了设备。设备工作正常,祝您身体健康。"
CALLING_BACK = "您好,这里是求助中心。刚才您按了求助按钮,请不要挂断,工作人员马上和您说话。"


def who_and_where(person: Person) -> str:
    """``王秀英老人,住在…``; what is not known is left out, never invented."""
    name = f"{person.name}老人" if person.name else "一位老人"
    return f"{name},住在{person.address}" if person.address else name


def situation_of(case: Case, *, on_the_line: bool) -> str:
    if case.state == "talking" and on_the_line:
        return "工作人员正在与老人通话"
    if case.state in ("talking", "wrap_up"):
        return "工作人员正在处理"
    if on_the_line:
        return "老人还在电话线上"
    return "现在电话已经中断,还没有联系上老人"


def sentence_for(target: Target, case: Case, person: Person, centre: str, *, drill: bool, on_the_line: bool) -> str:
    """The whole announcement for this target."""
    start = DRILL if drill else ""
    if target.kind in ("terminal", "landline"):
        return start + CALLING_BACK
    if target.kind in ("110", "119", "120"):
        age = f"{person.age}岁," if person.age is not None else ""
        door = f"门禁密码{'、'.join(person.door_code)}。" if person.door_code else ""
        ill = f"已知病史:{'、'.join(person.illnesses)}。" if person.illnesses else ""
        allergic = f"过敏:{'、'.join(person.allergies)}。" if person.allergies else ""
        return (
            f"{start}您好,这里是{centre}的自动呼叫。{who_and_where(person)},{age}按下了紧急求助按钮,需要救助。"
            f"{door}{ill}{allergic}请不要挂断,马上为您接通现场。"
        )
    happened = f"{who_and_where(person)},按下了紧急求助按钮,{situation_of(case, on_the_line=on_the_line)}。"
    if target.kind == "supervisor":
        spoken = "、".join(case.number[-6:].lstrip("0") or "0")
        asked = f"求助件尾号{spoken}还没有人接手。"
        return f"{start}值班主任您好,这里是{centre}。{happened}{asked}由您接手,请按1。不能接手,请按2。要接入通话,请按0。"
    return f"{start}您好,这里是{centre}。{happened}{KEYS}"


def safe_mode_sentence(person: Person | None, centre: str) -> str:
    """What the dialplan says to a contact while no service lives. ``None``: for everybody of whom no own sentence was made yet."""
    who = who_and_where(person) if person else "您登记照看的老人"
    return f"您好,这里是{centre}。{who},刚才按下了紧急求助按钮。能马上赶去,请按1。不能去,请按2。"


def joining(thanks: str = "") -> str:
    """For a contact who waits for a seat; ``thanks``: what this breaks off, and they have not heard to its end."""
    return thanks + JOINING


def every_fixed() -> list[str]:
    """What is said word for word to many: spoken to files before anybody needs it."""
    return [
        THANKS_GOING, THANKS_CANNOT, THANKS_OTHER, THANKS_BOTH, SETTLED, JOINING, DRILL_DONE, FALSE_ALARM, CALLING_BACK, DRILL,
        joining(THANKS_GOING), joining(THANKS_BOTH),
    ]  # fmt: skip

"""A ladder in lines for a terminal, Chinese and English. Pure: journal entries and stored ladders in, lines out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from callcenter.db.ladders import StoredLadder
from callcenter.domain.escalation import ASKED, CALL_BACK, PAGE, Attempt
from callcenter.domain.policy import DEFAULT

TARGETS: Mapping[str, tuple[str, str]] = {
    "emergency_seats": ("紧急坐席", "emergency seats"), "all_seats": ("全部坐席", "all seats"), "family": ("家属", "family"),
    "neighbour": ("邻居", "neighbour"), "community": ("社区工作者", "community worker"),
    "supervisor": ("值班主任", "duty supervisor"), "110": ("110", "110"), "119": ("119", "119"), "120": ("120", "120"),
    "terminal": ("老人的一键通", "the elder's terminal"), "landline": ("老人的电话", "the elder's telephone"),
}  # fmt: skip
RESULTS: Mapping[str, tuple[str, str]] = {
    "going": ("正赶去", "is going"), "cannot": ("不能去", "cannot come"), "joined": ("已加入通话", "joined the call"),
    "connected": ("已接通", "connected"), "reached": ("已联系上老人", "the elder was reached"),
    "no_key": ("未按键", "no key was pressed"), "hung_up": ("接听后挂断", "answered and hung up"), "busy": ("忙线", "busy"),
    "no_answer": ("无人接听", "no answer"), "rejected": ("对方拒接", "declined"), "invalid_number": ("空号", "no such number"),
    "congestion": ("线路拥塞", "lines congested"), "trunk_down": ("线路故障", "line out of order"),
    "interrupted": ("呼叫中断", "interrupted"), "withdrawn": ("已有人负责,停止呼叫", "stopped: taken care of"),
    "voided": ("未拨出,已作废", "never dialled"), "removed": ("联系人已删除", "contact removed"),
    "in_use": ("该号码正在被呼叫", "number in use"), "refused": ("未获许可,未拨打", "not permitted, not dialled"),
}  # fmt: skip
STATES: Mapping[str, tuple[str, str]] = {
    "running": ("正在逐级联系", "running"), "acknowledged": ("已有人负责", "taken charge of"),
    "exhausted": ("已走完,无人接手,正在呼叫值班主任", "exhausted, paging the supervisor"), "ended": ("已了结", "ended"),
}  # fmt: skip
ATTEMPT_STATES: Mapping[str, tuple[str, str]] = {
    "intent": ("正在拨出", "dialling"), "claimed": ("正在接通", "dialling"), "ringing": ("振铃中", "ringing"),
    "answered": ("已接听", "answered"),
}  # fmt: skip
KEYS: Mapping[str, tuple[str, str]] = {"1": ("我去", "going"), "2": ("不能去", "cannot"), "0": ("加入通话", "join")}
BESIDE: Mapping[int, tuple[str, str]] = {
    CALL_BACK: ("回拨", "call back"), ASKED: ("人工", "by hand"), PAGE: ("呼叫主任", "page"),
}  # fmt: skip


class Line(NamedTuple):
    """One line: the first is for eyes, the second stands dimly beside it."""

    at: datetime | None
    chinese: str
    english: str


class Entry(NamedTuple):
    """One line of a case's journal."""

    case: str
    """The case's number."""
    at: datetime
    kind: str
    data: Mapping[str, Any]


@dataclass
class Story:
    """What happens on the ladders, line by line. Remembers who is behind an attempt, which the journal says only once."""

    _who: dict[str, str] = field(default_factory=dict)

    def line(self, entry: Entry) -> Line | None:
        """The line of this entry; None for what is not of the ladder."""
        data = entry.data
        attempt = str(data.get("attempt") or "")
        if attempt and data.get("name"):
            self._who[attempt] = _name(str(data["name"]), str(data.get("relation") or ""))
        who = self._who.get(attempt, str(data.get("name") or ""))
        said = _said(entry.kind, data, who)
        return None if said is None else Line(entry.at, *said)


def _name(name: str, relation: str) -> str:
    return f"{name}({relation})" if relation else name


def _said(kind: str, data: Mapping[str, Any], who: str) -> tuple[str, str] | None:
    def of(table: Mapping[str, tuple[str, str]], key: object) -> tuple[str, str]:
        return table.get(str(key), (str(key), str(key)))

    match kind:
        case "policy_frozen":
            return f"按策略“{data.get('policy')}”逐级联系", f"the ladder begins: policy {data.get('policy')}"
        case "rung_started" | "rung_empty" | "rung_passed":
            rung, targets = data.get("rung"), [of(TARGETS, target) for target in data.get("targets", ())]
            zh, en = "、".join(t[0] for t in targets), ", ".join(t[1] for t in targets)
            if kind == "rung_passed":
                return f"第 {rung} 级:坐席在处理,略过", f"rung {rung}: passed over, a seat has it"
            if kind == "rung_empty":
                return f"第 {rung} 级没有可呼叫的人", f"rung {rung} is empty"
            return f"第 {rung} 级:{zh}", f"rung {rung}: {en}"
        case "attempt_started":
            return f"  呼叫 {who},第 {data.get('count')} 次", f"calling, try {data.get('count')}"
        case "attempt_ringing":
            return f"  {who} 振铃", "ringing"
        case "attempt_answered":
            return f"  {who} 接听", "answered"
        case "key_pressed":
            zh, en = of(KEYS, data.get("key"))
            return f"  {who} 按了 {data.get('key')}:{zh}", f"pressed {data.get('key')}: {en}"
        case "no_key":
            return f"  {who} 没有按键", "no key was pressed"
        case "attempt_ended":
            zh, en = of(RESULTS, data.get("result"))
            return f"  {who}:{zh}", en
        case "attempt_skipped":
            zh, en = of(RESULTS, data.get("reason"))
            return f"  没有呼叫 {who}:{zh}", f"not called: {en}"
        case "joined":
            return f"  {who} 加入通话", "joined the call"
        case "elder_reached":
            return f"  回拨到老人:{who}", "the elder was reached"
        case "assisted_call_asked":
            return f"请坐席呼叫 {data.get('number')}", f"a seat is asked to call {data.get('number')}"
        case "acknowledged" | "acknowledged_too":
            return f"{data.get('name') or '坐席'} 已负责", f"taken charge of ({data.get('by')})"
        case "ladder_again":
            return "重新逐级联系", f"again: {data.get('why')}"
        case "ladder_resumed":
            return "继续逐级联系", "goes on"
        case "exhausted":
            return "阶梯已走完,无人接手", "exhausted: everybody was tried"
        case "supervisor_paged":
            return f"呼叫值班主任,第 {data.get('count')} 次", f"the supervisor is paged, {data.get('count')}"
        case "ladder_ended" | "drill_ended":
            return "已了结", f"ended: {data.get('outcome')}"
        case _:
            return None


def summary(ladder: StoredLadder, now: datetime) -> list[Line]:
    """A ladder as it stands: its head, the rungs, and whoever is on the line."""
    escalation, case = ladder.escalation, ladder.case
    policy = escalation.policy or ladder.around.policy or DEFAULT
    person = ladder.around.person.name
    zh, en = STATES[escalation.state]
    drill_zh, drill_en = ("(演练)", " (drill)") if escalation.drill else ("", "")
    minutes, seconds = divmod(max(0, int((now - escalation.started_at).total_seconds())), 60)
    lines = [
        Line(
            escalation.started_at,
            f"{case.number} {person or case.caller_number or ''}{drill_zh}:{zh},已过 {minutes}:{seconds:02}",
            f"case {case.number}{drill_en}: {en}, for {minutes}:{seconds:02}",
        )
    ]
    for place, rung in enumerate(policy.rungs):
        mark = "▶" if place == escalation.rung and escalation.state == "running" else "✓" if place <= escalation.rung else "·"
        targets = [TARGETS[target] for target in rung.targets]
        lines.append(
            Line(
                None,
                f"  {mark} 第 {place + 1} 级 {'、'.join(t[0] for t in targets)}",
                f"rung {place + 1}: {', '.join(t[1] for t in targets)}",
            )
        )
        lines += [_attempt(one) for one in _shown(ladder.attempts, place, escalation.round)]
    for place, (zh, en) in BESIDE.items():
        lines += [_attempt(one, zh, en) for one in _shown(ladder.attempts, place, escalation.round)]
    if escalation.next_at is not None and escalation.state != "ended":
        wait = max(0.0, (escalation.next_at - now).total_seconds())
        lines.append(Line(None, f"  {wait:.0f} 秒后再看", f"next look in {wait:.0f} s"))
    return lines


def _shown(attempts: Sequence[Attempt], place: int, round_: int) -> list[Attempt]:
    return [one for one in attempts if one.rung == place and (one.round == round_ or one.open)]


def _attempt(attempt: Attempt, zh: str = "", en: str = "") -> Line:
    state = RESULTS.get(attempt.result or "") if not attempt.open else ATTEMPT_STATES[attempt.state]
    said_zh, said_en = state or (attempt.state, attempt.state)
    before_zh, before_en = (f"{zh} ", f"{en}: ") if zh else ("", "")
    name = _name(attempt.name, attempt.relation)
    return Line(attempt.created_at, f"      {before_zh}{name} {attempt.number}:{said_zh}", f"{before_en}{said_en}")

"""What the system knows of a shift, in sentences (T-6): read where it happened, so that nothing is forgotten."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.case import DESK_SOURCES
from callcenter.domain.catalogue import SETTLE_OUTCOMES
from callcenter.domain.clock import iso
from callcenter.domain.thresholds import Measure

OUTAGES: Mapping[str, tuple[str, str]] = {
    "watchdog_late": ("紧急求助的联系阶梯停顿", "A ladder stood still"),
    "watchdog_silent": ("接听服务停止工作", "The service was silent"),
    "watchdog_database": ("数据库没有响应", "The database did not answer"),
    "watchdog_asterisk": ("电话交换没有响应", "Asterisk did not answer"),
    "watchdog_node": ("一个电话节点没有响应", "One telephone node did not answer"),
    "watchdog_instance": ("一个服务实例没有心跳", "One service instance had no heartbeat"),
    "watchdog_probe": ("测试呼叫连续失败", "Test presses kept failing"),
}
MEASURES: Mapping[Measure, tuple[str, str]] = {
    "waiting": ("等待人数", "callers waiting"),
    "longest_wait": ("最长等待", "longest wait"),
    "answered_in_time": ("15秒内接听率", "answered in 15 s"),
    "owed_calls": ("未回拨", "calls owed"),
    "follow_ups_due": ("今天应回访", "follow-ups due"),
    "follow_ups_late": ("回访逾期", "late follow-ups"),
    "ready_seats": ("就绪坐席", "ready seats"),
    "red": ("紧急未了结", "emergencies not settled"),
    "silent_terminals": ("失联终端", "silent terminals"),
    "probe_ms": ("测试呼叫", "test press"),
    "dissatisfied": ("回访不满意待决定", "dissatisfactions undecided"),
}
_PRESENCES = {"ready": ("就绪", "ready"), "paused": ("暂离", "paused"), "offline": ("离线", "offline")}
_OUTCOMES = {choice.id: (choice.zh, choice.en) for choice in SETTLE_OUTCOMES}
_RESULTS = {"acknowledged": ("已应答", "took it"), "joined": ("已应答", "joined")}

_CASE = """
    SELECT c.opened_at AS at,
        c.settled_at, c.ended_at, c.answered_at, c.id::text AS case_id, c.number, m.name AS who, c.kind, c.source,
        c.red, c.seat, a.name AS agent, (SELECT j.data->>'outcome' FROM journal j
            WHERE j.case_id = c.id AND j.kind = 'settled' ORDER BY j.seq DESC LIMIT 1) AS outcome
    FROM help_case c LEFT JOIN member m ON m.id = c.member_id LEFT JOIN agent a ON a.id = c.agent_id
    WHERE c.opened_at >= :begins AND c.opened_at < :ends AND
"""
_QUERIES: Mapping[str, str] = {
    "emergency": f"{_CASE} c.kind = 'emergency' AND c.source NOT IN ('drill', 'probe')",
    "safe_mode": f"{_CASE} c.kind <> 'emergency' AND c.source = 'safe_mode'",
    "drill": f"{_CASE} c.source = 'drill'",
    "exhausted": """
        SELECT e.exhausted_at AS at, c.id::text AS case_id, c.number, m.name AS who,
            (SELECT coalesce(json_agg(json_build_object('name', t.name, 'at', t.created_at, 'key', t.key, 'result', t.result)
                ORDER BY t.created_at), '[]') FROM attempt t WHERE t.case_id = e.case_id AND t.rung = -3) AS pages
        FROM escalation e JOIN help_case c ON c.id = e.case_id LEFT JOIN member m ON m.id = c.member_id
        WHERE e.exhausted_at >= :begins AND e.exhausted_at < :ends AND NOT e.drill
    """,
    "outage": """
        SELECT began_at AS at, ended_at, kind, about AS number FROM outage
        WHERE began_at < :ends AND coalesce(ended_at, :ends) >= :begins
    """,
    "threshold": """
        SELECT began_at AS at, ended_at, measure, limit_value, value, paged_at, heard_by, heard_at, calls FROM threshold_alarm
        WHERE began_at < :ends AND coalesce(ended_at, :ends) >= :begins
    """,
    "forced": """
        SELECT x.at, x.subject AS seat, x.data->>'presence' AS presence, a.name AS agent
        FROM access x JOIN agent a ON a.id = x.agent_id
        WHERE x.action = 'presence_forced' AND x.at >= :begins AND x.at < :ends
    """,
    "terminal": """
        SELECT t.contact_changed_at AS at, t.serial, m.name AS who, t.registered AND t.reachable AS there
        FROM terminal t LEFT JOIN member m ON m.id = t.member_id
        WHERE t.account IS NOT NULL AND t.contact_changed_at >= :begins AND t.contact_changed_at < :ends
            AND NOT (t.registered AND t.reachable)
    """,
    "log_in": """
        SELECT x.at, x.subject AS seat, a.name AS agent FROM access x JOIN agent a ON a.id = x.agent_id
        WHERE x.action = 'seat_taken' AND x.at >= :begins AND x.at < :ends
    """,
}


async def facts_between(connection: AsyncConnection, begins: datetime, ends: datetime, zone: ZoneInfo) -> list[dict[str, Any]]:
    """``[{at, kind, zh, en, who, case_id, number}]`` in order of time. ``who`` is apart: not everybody may read names."""
    found: list[dict[str, Any]] = []
    for kind, query in _QUERIES.items():
        for row in (await connection.execute(sa.text(query), {"begins": begins, "ends": ends})).mappings():
            zh, en = _SENTENCES[kind](row, zone)
            about = {key: row.get(key) for key in ("who", "case_id", "number")}
            found.append({"at": iso(row["at"]), "kind": kind, "zh": zh, "en": en, **about})
    return sorted(found, key=lambda fact: (fact["at"], fact["kind"]))


Row = sa.RowMapping


def _call(row: Row, zone: ZoneInfo) -> tuple[str, str]:
    if row["source"] in DESK_SOURCES:
        zh, en = "在登记台受理", "taken down at the desk"
    elif row["answered_at"] is None:
        zh, en = "无人接听", "not answered"
    else:
        after = (row["answered_at"] - row["at"]).total_seconds()
        place = " ".join(part for part in (row["seat"], row["agent"]) if part)
        zh, en = f"{lasted(after)[0]}后接听({place or '安全模式'})", f"answered after {lasted(after)[1]} ({place or 'safe mode'})"
    if row["source"] == "safe_mode":
        zh, en = f"安全模式受理,{zh}", f"served in safe mode, {en}"
    if row["settled_at"] is not None:
        outcome = _OUTCOMES.get(row["outcome"] or "", (row["outcome"] or "", row["outcome"] or ""))
        zh += f",{_time(row['settled_at'], zone)}了结" + (f":{outcome[0]}" if outcome[0] else "")
        en += f", settled {_time(row['settled_at'], zone)}" + (f": {outcome[1]}" if outcome[1] else "")
    elif row["red"]:
        zh, en = f"{zh},尚未了结", f"{en}, not settled yet"
    return zh, en


def _emergency(row: Row, zone: ZoneInfo) -> tuple[str, str]:
    zh, en = _call(row, zone)
    return f"紧急求助:{zh}", f"Emergency: {en}"


def _safe_mode(row: Row, zone: ZoneInfo) -> tuple[str, str]:
    zh, en = _call(row, zone)
    return f"来电:{zh}", f"Call: {en}"


def _drill(row: Row, zone: ZoneInfo) -> tuple[str, str]:
    end = row["settled_at"] or row["ended_at"]
    return "演练" + (f",{_time(end, zone)}结束" if end else ""), "Drill" + (f", ended {_time(end, zone)}" if end else "")


def _exhausted(row: Row, zone: ZoneInfo) -> tuple[str, str]:
    pages = [(_time(datetime.fromisoformat(page["at"]), zone), page["name"], page["key"] == "1") for page in row["pages"]]
    zh = "、".join(f"{at} {name}{'(已应答)' if took else '(未应答)'}" for at, name, took in pages)
    en = ", ".join(f"{at} {name} ({'took it' if took else 'did not'})" for at, name, took in pages)
    return f"联系阶梯走完,无人负责;呼叫值班电话:{zh or '无'}", f"A ladder was exhausted; paged: {en or 'nobody'}"


def _outage(row: Row, zone: ZoneInfo) -> tuple[str, str]:
    zh, en = OUTAGES.get(row["kind"], (row["kind"], row["kind"]))
    return _span(f"故障:{zh}", f"Fault: {en}", row, zone)


def _threshold(row: Row, zone: ZoneInfo) -> tuple[str, str]:
    name_zh, name_en = MEASURES.get(row["measure"], (row["measure"], row["measure"]))
    limit = f"{row['limit_value']:g}"
    zh, en = _span(f"看板告警:{name_zh}(阈值{limit})", f"Alarm of the board: {name_en} (limit {limit})", row, zone)
    if row["heard_by"]:
        return f"{zh};{_time(row['heard_at'], zone)}电话通知,{row['heard_by']}已应答", f"{en}; phoned, heard by {row['heard_by']}"
    if row["paged_at"]:
        return f"{zh};{_time(row['paged_at'], zone)}电话通知,无人应答", f"{en}; phoned, nobody answered"
    return zh, en


def _forced(row: Row, _: ZoneInfo) -> tuple[str, str]:
    zh, en = _PRESENCES.get(row["presence"], (row["presence"], row["presence"]))
    return f"{row['agent']}将坐席{row['seat']}改为{zh}", f"{row['agent']} set seat {row['seat']} to {en}"


def _terminal(row: Row, _: ZoneInfo) -> tuple[str, str]:
    return f"终端{row['serial']}失去联系", f"Terminal {row['serial']} fell silent"


def _log_in(row: Row, _: ZoneInfo) -> tuple[str, str]:
    return f"{row['agent']}登录坐席{row['seat']}", f"{row['agent']} logged in at seat {row['seat']}"


_SENTENCES: Mapping[str, Callable[[Row, ZoneInfo], tuple[str, str]]] = {
    "emergency": _emergency, "safe_mode": _safe_mode, "drill": _drill, "exhausted": _exhausted, "outage": _outage,
    "threshold": _threshold, "forced": _forced, "terminal": _terminal, "log_in": _log_in,
}  # fmt: skip


def _span(zh: str, en: str, row: Row, zone: ZoneInfo) -> tuple[str, str]:
    if row["ended_at"] is None:
        return f"{zh},尚未恢复", f"{en}, not over yet"
    long_zh, long_en = lasted((row["ended_at"] - row["at"]).total_seconds())
    end = _time(row["ended_at"], zone)
    return f"{zh},{end}恢复,历时{long_zh}", f"{en}, over at {end} after {long_en}"


def lasted(seconds: float) -> tuple[str, str]:
    """A length as people say it."""
    whole = max(0, round(seconds))
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    zh = (f"{hours}小时" if hours else "") + (f"{minutes}分" if minutes or hours else "") + (f"{rest}秒" if not hours else "")
    en = (f"{hours} h " if hours else "") + (f"{minutes} min " if minutes or hours else "") + (f"{rest} s" if not hours else "")
    return zh, en.strip()


def _time(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%H:%M:%S")

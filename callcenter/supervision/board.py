"""What the supervisor's board shows beside cases and seats: the day's figures, terminals, warnings, health."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db.called_in import ANSWER_WITHIN_SECONDS, CALLED_IN, IN_HOURS, WAITED, answered_within
from callcenter.domain.clock import iso
from callcenter.supervision import thresholds, trends
from callcenter.supervision.duty_state import duty_state
from callcenter.telephony.ports import SecurityWarning

Shown = tuple[str, str, Any]
"""Noun, id, data."""

WARNINGS_SHOWN = 50
# A city has a hundred thousand terminals: between two readings of all, only those that came or went are read.
TERMINALS_SECONDS = 60.0
NEVER = datetime(2000, 1, 1, tzinfo=UTC)
OVERLAP = timedelta(seconds=10)  # what was changed before the last one and committed after it
CHART_SECONDS = 10.0  # the board is told once a second; a chart has no need of it
SAME_WARNING_SECONDS = 300.0  # an attacker tries a thousand times: one line that counts, not a thousand lines

_FIGURES = sa.text(f"""
    WITH day AS (SELECT date_trunc('day', now() AT TIME ZONE CAST(:zone AS text)) AT TIME ZONE CAST(:zone AS text) AS start),
    today AS (
        SELECT count(*) AS calls, count(answered_at) AS answered,
            count(*) FILTER (WHERE {answered_within(":within")}) AS answered_in_15s, count(*) FILTER (WHERE {WAITED}) AS waited
        FROM help_case, day WHERE opened_at >= day.start AND {CALLED_IN}
    ), owed AS (
        SELECT count(*) AS abandoned, count(*) FILTER (WHERE t.state = 'done') AS called_back
        FROM day, task t JOIN help_case c ON c.id = t.case_id WHERE t.created_at >= day.start AND c.{IN_HOURS}
    )
    SELECT today.*, owed.*,
        (SELECT count(*) FROM paper WHERE unfinished AND noun = 'follow_up' AND state = 'due'
            AND due_at < day.start + interval '1 day') AS follow_ups_due,
        (SELECT count(*) FROM paper WHERE unfinished AND noun = 'follow_up' AND overdue) AS follow_ups_late,
        (SELECT count(*) FROM help_case WHERE state = 'waiting') AS waiting,
        (SELECT min(waiting_since) FROM help_case WHERE state = 'waiting') AS longest_wait_since,
        (SELECT count(*) FROM help_case WHERE red AND source <> 'drill') AS red,
        (SELECT count(*) FROM seat WHERE presence = 'ready' AND registered AND console_until > clock_timestamp()) AS ready_seats
    FROM today, owed, day
""")  # noqa: S608 - words of ours
_TERMINALS = sa.text("""
    SELECT t.serial, t.account, m.name AS member, t.registered, t.reachable, t.contact_changed_at
    FROM terminal t LEFT JOIN member m ON m.id = t.member_id
    WHERE t.account IS NOT NULL AND (CAST(:since AS timestamptz) IS NULL OR t.contact_changed_at > :since) ORDER BY t.serial
""")

WORDS: Mapping[str, tuple[str, str]] = {
    "InvalidPassword": ("密码错误的登录尝试", "Log-in with a wrong password"),
    "ChallengeResponseFailed": ("密码错误的登录尝试", "Log-in with a wrong password"),
    "InvalidAccountID": ("不存在的账号尝试登录,可能是扫描", "Log-in with an unknown account: perhaps a scan"),
    "FailedACL": ("被禁止的地址尝试登录", "Log-in from a forbidden address"),
    "safe_mode_used": ("呼叫由安全模式接听,请查看求助件", "A call was served in safe mode: look at its case"),
    "call_without_case": (
        "有来电或呼出没有对应的求助件,请在报表“来电对账”中核对",
        "A call in or out has no case: look at the reports, calls and cases",
    ),
    "recording_lost": ("有一段录音丢失", "A recording was lost"),
    "follow_up_dissatisfied": ("回访不满意,等调度组长决定", "A follow-up found somebody dissatisfied: the group leader decides"),
    "follow_up_escalated": ("回访不满意已上报,须登记处理结果", "A dissatisfaction was reported: its outcome is needed"),
    "webhook_dead": (
        "有消息送不到对方系统,请管理员看“对外接口”页",
        "A message to another system was given up: see connections",
    ),
    "held_long": ("坐席搁置来电时间过长", "A seat has kept a caller on hold for long"),
    "watchdog_late": ("看门狗:求助件的联系阶梯延误", "Watchdog: a case's ladder is late"),
    "watchdog_silent": ("看门狗:没有服务实例在工作", "Watchdog: no instance of the service lives"),
    "watchdog_database": ("看门狗:数据库没有响应", "Watchdog: the database did not answer"),
    "watchdog_asterisk": ("看门狗:电话交换没有响应", "Watchdog: Asterisk did not answer"),
    "watchdog_node": (
        "看门狗:一个电话节点没有响应,来电由其余节点接听",
        "Watchdog: one telephone node did not answer; the others take the calls",
    ),
    "watchdog_instance": (
        "看门狗:一个服务实例没有心跳,其余实例在工作",
        "Watchdog: one service instance has no heartbeat; the others work",
    ),
    "watchdog_probe": ("看门狗:测试呼叫连续失败", "Watchdog: the test presses keep failing"),
    "pause_long": ("坐席暂停超过规定时间", "A seat's pause is longer than its limit"),
    "probe_failed": ("测试呼叫没有到达坐席屏幕", "A test press did not reach a seat's screen"),
    "probe_slow": ("测试呼叫到达坐席屏幕过慢", "A test press was slow to reach a seat's screen"),
    "watchdog_heard": ("看门狗的呼叫已有人应答", "Somebody on duty has heard the watchdog"),
    "watchdog_unheard": ("看门狗呼叫了值班电话,无人应答", "The watchdog phoned the people on duty: nobody answered"),
    "threshold_heard": ("看板告警已电话通知,已有人应答", "An alarm of the board was phoned about and heard"),
    "threshold_unheard": ("看板告警呼叫了值班电话,无人应答", "An alarm of the board was phoned about: nobody answered"),
    "watchdog_no_phone": ("没有登记值班电话,看门狗无人可呼", "No duty phone is known: the watchdog has nobody to call"),
}


@dataclass
class Board:
    """Reads the derived things and tells which of them changed since it told them last."""

    engine: AsyncEngine
    zone: str
    health: dict[str, dict[str, Any]] = field(default_factory=dict)
    stale: bool = False
    """Consoles may be behind the database: everything must be shown anew."""
    _lines: dict[str, str] = field(default_factory=dict)
    _touched: bool = True
    _told: dict[tuple[str, str], Any] = field(default_factory=dict)
    _charts: list[Shown] = field(default_factory=list)
    _charted_at: float = float("-inf")
    _terminals_read_at: float = float("-inf")
    _terminals_changed_at: datetime | None = None

    def __post_init__(self) -> None:
        ZoneInfo(self.zone)  # a wrong name is found at start, not at midnight

    def touch(self) -> None:
        """A case or seat changed: figures and positions may have too."""
        self._touched = True

    def take_touched(self) -> bool:
        touched, self._touched = self._touched, False
        return touched

    def line_name(self, number: str) -> str:
        return self._lines.get(number, "")

    def health_is(self, part: str, *, up: bool, detail: str = "") -> None:
        """Remember whether a part is reachable, and since when."""
        known = self.health.get(part)
        if known is None or known["up"] != up or known["detail_zh"] != detail:
            since = known["since"] if known is not None and known["up"] == up else iso(datetime.now(UTC))
            self.health[part] = {"up": up, "since": since, "detail_zh": detail, "detail_en": detail}

    def health_forgotten(self, part: str) -> None:
        """A part that the centre has no more: it stopped in good order, or is gone for good."""
        del self.health[part]

    async def load_lines(self) -> None:
        """Names of the called numbers, as the board and the pop show them."""
        async with self.engine.connect() as connection:
            lines = list(await connection.execute(sa.text("SELECT number, name, kind FROM line ORDER BY number")))
        self._lines = {row.number: row.name for row in lines}
        self.emergency_line = next((row.number for row in lines if row.kind == "emergency"), "")

    async def everything(self, connection: AsyncConnection, terminals_since: datetime | None = None) -> list[Shown]:
        """All derived entities as they are now; of the terminals only those that changed after ``terminals_since``."""
        figures = (await connection.execute(_FIGURES, {"zone": self.zone, "within": ANSWER_WITHIN_SECONDS})).mappings().one()
        shown: list[Shown] = [("figures", "today", {**figures, "longest_wait_since": iso(figures["longest_wait_since"])})]
        for row in (await connection.execute(_TERMINALS, {"since": terminals_since})).mappings():
            data = {**row, "changed_at": iso(row["contact_changed_at"])}
            del data["contact_changed_at"]
            shown.append(("terminal", row["serial"], data))
        warnings = sa.text("SELECT * FROM warning WHERE at > now() - interval '1 day' ORDER BY at DESC LIMIT :most")
        shown += [warning_shown(dict(row)) for row in (await connection.execute(warnings, {"most": WARNINGS_SHOWN})).mappings()]
        shown += [("health", part, dict(state)) for part, state in self.health.items()]
        shown.append(("alarms", "today", [one for one in await thresholds.shown(connection) if one["alarmed_at"]]))
        shown.append(("duty", "now", await duty_state(connection)))
        if monotonic() - self._charted_at > CHART_SECONDS:
            self._charts = [
                ("trend", "today", await trends.trend(connection, self.zone, ANSWER_WITHIN_SECONDS)),
                ("probe", "latest", await trends.probes(connection)),
            ]
            self._charted_at = monotonic()
        return shown + self._charts

    async def changed(self, connection: AsyncConnection) -> list[Shown]:
        """What is not as it was told last."""
        since = self._terminals_changed_at
        if monotonic() - self._terminals_read_at > TERMINALS_SECONDS:
            since, self._terminals_read_at = None, monotonic()
        newest = await connection.scalar(sa.text("SELECT max(contact_changed_at) FROM terminal"))
        now = await self.everything(connection, since)
        self._terminals_changed_at = newest - OVERLAP if newest is not None else NEVER
        new = [(noun, name, data) for noun, name, data in now if self._told.get((noun, name)) != data]
        self._told.update({(noun, name): data for noun, name, data in new})
        gone: list[Shown] = [(noun, name, None) for noun, name in self._told if noun == "health" and name not in self.health]
        for noun, name, _ in gone:
            del self._told[noun, name]
        return new + gone

    async def warn(self, kind: str, account: str = "", remote: str = "") -> None:
        """Keep a warning; the same one within five minutes raises its count instead."""
        async with self.engine.begin() as connection:
            same = await connection.scalar(
                sa.text("""
                    UPDATE warning SET count = count + 1, at = clock_timestamp(), version = version + 1
                    WHERE id = (SELECT id FROM warning WHERE kind = :kind AND account = :account AND remote = :remote
                                AND at > clock_timestamp() - make_interval(secs => :age) LIMIT 1) RETURNING id
                """),
                {"kind": kind, "account": account, "remote": remote, "age": SAME_WARNING_SECONDS},
            )
            if same is None:
                await connection.execute(
                    sa.text("""
                        INSERT INTO warning (id, at, kind, account, remote)
                        VALUES (:id, clock_timestamp(), :kind, :account, :remote)
                    """),
                    {"id": uuid4(), "kind": kind, "account": account, "remote": remote},
                )

    async def warn_security(self, warning: SecurityWarning) -> None:
        """Wrong passwords and scans, as AMI tells them. The port is left out: it changes with every try."""
        await self.warn(warning.kind, clip(warning.account), clip(address_of(warning.remote)))


def warning_shown(row: Mapping[str, Any]) -> Shown:
    zh, en = WORDS.get(row["kind"], ("电话系统的安全警告", "A security warning of the telephone system"))
    data = {
        "at": iso(row["at"]), "kind": row["kind"], "account": row["account"], "remote": row["remote"], "count": row["count"],
        "zh": zh, "en": en,
    }  # fmt: skip
    return "warning", str(row["id"]), data


def address_of(remote: str) -> str:
    """``IPV4/UDP/203.0.113.9/5060`` → ``203.0.113.9``."""
    parts = remote.split("/")
    return parts[2] if len(parts) >= 3 else remote


def clip(text: str, most: int = 64) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"

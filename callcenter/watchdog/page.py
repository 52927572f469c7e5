"""Phoning the people on duty, one after the other, until one presses 1. The dialplan speaks and takes the key, no service does."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic
from uuid import uuid4

import structlog

from callcenter.domain.thresholds import Measure
from callcenter.telephony.ari_requests import AriRequests
from callcenter.telephony.calls import DIALLED, SPARE_RING, attempt_params, caller_id
from callcenter.telephony.ports import AttemptEvidence, Speech, TelephonyError, Watch
from callcenter.watchdog.duty import Duty, DutyPhone
from callcenter.watchdog.wrong import Kind

log = structlog.get_logger(__name__)

HELLO = "值班主任您好,这里是求助中心的值守程序。求助系统出现故障:"
KEY = "请立即查看。按1表示已知道。"
BOARD = "值班主任您好,这里是求助中心的值守程序。看板告警:"
LIMITS: Mapping[Measure, str] = {
    "waiting": "等待接听的来电过多",
    "longest_wait": "有来电等待时间过长",
    "answered_in_time": "今日及时接听率过低",
    "owed_calls": "未回拨的来电过多",
    "follow_ups_due": "待回访过多",
    "follow_ups_late": "回访逾期过多",
    "ready_seats": "没有足够的坐席就绪",
    "red": "未了结的紧急求助过多",
    "silent_terminals": "失去联系的终端过多",
    "probe_ms": "测试呼叫到达坐席屏幕过慢或失败",
    "dissatisfied": "有老人在回访中表示不满意,请通知调度组长立即决定",
}
SENTENCES: Mapping[str, str] = {
    "watchdog_late": f"{HELLO}有老人紧急求助,自动呼叫没有继续进行,可能没有人跟进。{KEY}",
    "watchdog_silent": f"{HELLO}接听服务没有运行,来电只由安全模式接听。{KEY}",
    "watchdog_database": f"{HELLO}数据库没有响应,来电只由安全模式接听。{KEY}",
    "watchdog_asterisk": f"{HELLO}电话交换机曾经中断,通话可能已经断线。{KEY}",
    "watchdog_node": f"{HELLO}一个电话节点中断,它上面的通话可能已经断线,来电由其余节点接听。{KEY}",
    "watchdog_instance": f"{HELLO}一个服务实例停止工作,来电由其余实例接听。{KEY}",
    "watchdog_probe": f"{HELLO}系统自检的测试呼叫连续失败,老人的呼叫可能到不了坐席。{KEY}",
    **{f"limit_{measure}": f"{BOARD}{what}。{KEY}" for measure, what in LIMITS.items()},
}
THANKS = "谢谢您,已经记下。"
SHOWN_NAME = "求助系统"
RING_SECONDS = 25
TALK_SECONDS = 90.0  # the announcement three times, with the pauses for a key
LOOK_SECONDS = 0.5
IN_USE = "ALREADY"  # the dialplan's word for a phone that others are ringing or speaking on


@dataclass(frozen=True)
class Round:
    """What a round of calls came to."""

    heard: DutyPhone | None
    """Who pressed 1."""
    rang: bool = True
    """False: every phone was in use, by the ladder or by a page that is just ending. Soon it will not be."""
    calls: tuple[tuple[str, str], ...] = ()
    """Who was phoned and how the dialplan says it ended."""


@dataclass
class Pager:
    """Makes the calls. ``asterisk`` by HTTP alone: calls are offered to nobody here."""

    asterisk: AriRequests
    watch: Watch
    speech: Speech
    ring_seconds: int = RING_SECONDS
    _media: dict[str, str] = field(default_factory=dict)

    async def prepare(self) -> None:
        """Have every sentence as a file before it is needed. Without one the dialplan says its own: it rings all the same."""
        for text in (*SENTENCES.values(), THANKS):
            try:
                self._media[text] = (await self.speech.say(text)).removeprefix("sound:")
            except (TelephonyError, OSError) as error:
                log.error("page_not_spoken", error=repr(error)[:200])  # noqa: TRY400 - the sentence is the whole story

    async def page(self, kind: str, duty: Duty) -> Round:
        """One round. Raises TelephonyError when Asterisk takes no order."""
        refused: TelephonyError | None = None
        ordered = rang = False
        calls: list[tuple[str, str]] = []
        for place, phone in enumerate(duty.phones, 1):
            try:
                status, pressed = await self._ring(kind, phone, duty.shown)
            except TelephonyError as error:
                refused = error
                continue
            ordered, rang = True, rang or status != IN_USE
            log.warning("page_made", kind=kind, place=place, status=status, key=pressed)
            calls.append((phone.name, "heard" if pressed == "1" else status))
            if pressed == "1":
                return Round(phone, calls=tuple(calls))
        if refused is not None and not ordered:
            raise refused
        return Round(None, rang, tuple(calls))

    async def _ring(self, kind: str, phone: DutyPhone, shown: str) -> tuple[str, str]:
        """Phone one; how the dialplan says it ended, if it has, and the key that was pressed, or nothing."""
        if not DIALLED.fullmatch(phone.number):
            raise TelephonyError(f"值班电话号码无效。A duty phone's number is not valid ({len(phone.number)} characters).")
        page_id = f"watchdog-{uuid4()}"
        variables = {
            "ATT_NUMBER": phone.number,
            "ATT_WAY": "trunk",
            "ATT_RING": str(self.ring_seconds),
            "ATT_SAY": self._media.get(SENTENCES[kind], ""),
            "ATT_THANKS": self._media.get(THANKS, ""),
            "ATT_ALONE": "1",
        }
        params = attempt_params(page_id, "watchdog-answered", caller_id(SHOWN_NAME, shown), self.ring_seconds)
        answer = await self.asterisk.request("POST", "channels", params, {"variables": variables})
        if not answer.ok:
            raise TelephonyError(f"Asterisk 拒绝呼叫:{answer.status} {answer.message}。Asterisk refused.", status=answer.status)
        return await self._key(page_id)

    async def _key(self, page_id: str) -> tuple[str, str]:
        until = monotonic() + self.ring_seconds + SPARE_RING + TALK_SECONDS
        while monotonic() < until:
            await asyncio.sleep(LOOK_SECONDS)
            found = await self._evidence(page_id)
            if found is not None and (found.key or found.ended_at is not None):
                return found.status, found.key
            if found is None and await self._is_gone(page_id):
                return "", ""
        return "", ""

    async def _evidence(self, page_id: str) -> AttemptEvidence | None:
        try:
            return await self.watch.attempt_evidence(page_id)
        except TelephonyError:
            return None

    async def _is_gone(self, page_id: str) -> bool:
        """Without AMI no key can be read; at least the next one is not phoned while this call lasts."""
        try:
            return (await self.asterisk.request("GET", f"channels/{page_id}")).status == 404
        except TelephonyError:
            return False


def gravest(kinds: Sequence[Kind]) -> Kind:
    """Which of them is told."""
    return min(kinds, key=list(SENTENCES).index)

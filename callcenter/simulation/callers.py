"""Runs simulated callers to their end and tells what each one lived through."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from callcenter.setup.toolchain import Toolchain
from callcenter.simulation.audio import RtpPeer, file_frames, tone_frames
from callcenter.simulation.sipp import CallFailed, SippCall, Step

PATIENCE = 5.0  # seconds for a first sign of life from Asterisk
SLACK = 1.0  # seconds a call may last longer than planned
TONE = 440

Tell = Callable[[str, str], None]


@dataclass(frozen=True)
class CallerPlan:
    """One caller: who, whereto, how long. ``login`` makes it a registered terminal."""

    dialled: str
    header: str
    source: str
    seconds: float
    login: tuple[str, str] | None = None
    sound: Path | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of a call. Seconds; None for what did not happen."""

    rang_after: float | None
    answered_after: float | None
    talked: float | None
    end: str
    """theirs, ours, cancelled, refused or silence."""


async def run_caller(toolchain: Toolchain, server: tuple[str, int], plan: CallerPlan, tell: Tell) -> Outcome:
    """Place one call, stay as long as planned, and hang up."""
    rtp = await RtpPeer.open(plan.source)
    call = SippCall(
        toolchain,
        server,
        dialled=plan.dialled,
        caller=plan.header,
        source=plan.source,
        stay=plan.seconds,
        rtp=rtp.address,
        login=plan.login,
    )
    try:
        await call.start()
        sent = await call.until("sent", timeout=PATIENCE)
        tell("已呼出", "calling")
        return await _live(call, rtp, plan, sent, tell)
    except CallFailed:
        return _outcome(call.steps)
    finally:
        await call.close()
        await rtp.close()


async def _live(call: SippCall, rtp: RtpPeer, plan: CallerPlan, sent: Step, tell: Tell) -> Outcome:
    deadline = plan.seconds + PATIENCE
    heard: set[str] = set()
    while True:
        awaited = {"ringing", "early", "answered", "refused", "ended"} - heard
        try:
            step = await call.until(*awaited, timeout=plan.seconds + SLACK if "answered" in heard else deadline)
        except CallFailed:
            if "answered" not in heard:
                raise
            await call.hang_up()  # SIPp counts anew when a call is changed in its course; who stays long enough goes
            step = await call.until("refused", "ended", timeout=PATIENCE)
        heard |= {step.what}
        after = step.at - sent.at
        if step.what == "ringing":
            tell(f"振铃({after:.1f} 秒)", f"ringing after {after:.1f} s")
        elif step.what == "answered":
            tell(f"已接听,等待 {after:.2f} 秒", f"answered after {after:.2f} s")
            frames = file_frames(plan.sound) if plan.sound else tone_frames(TONE)
            rtp.play(frames, await call.audio())
        elif step.what in ("refused", "ended"):
            return _outcome(call.steps)


def _outcome(steps: Sequence[Step]) -> Outcome:
    at = {step.what: step.at for step in reversed(steps)}
    sent, answered, ended = at.get("sent"), at.get("answered"), at.get("ended")
    last = next((step for step in reversed(steps) if step.what in ("ended", "refused")), None)
    return Outcome(
        rang_after=at["ringing"] - sent if sent and "ringing" in at else None,
        answered_after=answered - sent if sent and answered else None,
        talked=ended - answered if answered and ended else None,
        end=last.detail if last and last.what == "ended" else "refused" if last else "silence",
    )


async def run_callers(
    toolchain: Toolchain,
    server: tuple[str, int],
    plans: Sequence[CallerPlan],
    rate: float,
    tell: Callable[[int, str, str], None],
) -> list[Outcome]:
    """Place several calls, so many a second, and wait for all of them."""

    async def one(index: int, plan: CallerPlan) -> Outcome:
        await asyncio.sleep(index / rate)
        return await run_caller(toolchain, server, plan, lambda chinese, english: tell(index, chinese, english))

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(index, plan)) for index, plan in enumerate(plans)]
    return [task.result() for task in tasks]

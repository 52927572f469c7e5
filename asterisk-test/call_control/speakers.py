"""Who takes part in these tests: a conversation of seat 8001, and a supervisor at a seat of their own."""

from __future__ import annotations

from harness.centre import Centre, ConsoleClient
from harness.phones import Caller
from harness.rtp import CALLER_TONE, SEAT_TONE
from sounds import mute

from callcenter.simulation.audio import RtpPeer, tone_frames
from callcenter.simulation.phone import Phone, PhoneCall

BOSS_TONE = 1900


async def boss_at(centre: Centre, extension: str) -> tuple[ConsoleClient, Phone]:
    """The supervisor, at a seat, with a phone; paused as after every log-in."""
    phone = await centre.telephones.seat(extension, centre.seat_password(extension), manner="never", tone=BOSS_TONE)
    login = next(entry for entry in centre.logins() if entry["role"] == "supervisor")
    boss = ConsoleClient(centre.base)
    centre.consoles.append(boss)
    await boss.log_in(login["user"], login["password"], extension)
    await boss.connect()
    await boss.until(lambda: (boss.one("seat", extension) or {}).get("phone", {}).get("registered"))
    return boss, phone


async def conversation(centre: Centre) -> tuple[ConsoleClient, PhoneCall, Caller, str]:
    console, phone = await centre.seat("8001", manner="never")
    caller = await centre.telephones.caller(str(centre.data()["lines"]["life_help"]), stay=60)
    call = await phone.ringing()
    phone.answer(call)
    case = await console.case("talking")
    await caller.answered()
    await call.rtp.hears(CALLER_TONE)
    await caller.rtp.hears(SEAT_TONE)
    return console, call, caller, case["id"]


async def alone(speaker: RtpPeer, tone: int, *others: RtpPeer) -> None:
    """Only this one speaks: mixed tones cannot be told apart by their share."""
    assert speaker.remote is not None
    for other in others:
        mute(other)
    speaker.play(tone_frames(tone), speaker.remote)

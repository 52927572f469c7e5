"""Whatever a caller sends in number, name or dialled digits, the call arrives and nothing of it is evaluated."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness.asterisk import RealAsterisk
from harness.phones import Telephones
from harness.service import Ari, Reports

pytestmark = pytest.mark.real

TRAP = Path("/tmp/callcenter-injected")  # noqa: S108 - must never come into being


def nothing_ran() -> bool:
    """Whether no program of a caller's was started."""
    return not TRAP.exists()


CALLERS: dict[str, str | bytes] = {
    "no user": "<sip:127.0.0.2>",
    "200 digits": f"<sip:{'9' * 200}@127.0.0.2>",
    "200 characters of name": f'"{"名" * 200}" <sip:1380013@127.0.0.2>',
    "not a number": "<sip:abc.DEF_-~!*'()@127.0.0.2>",
    "UTF-8 in the user": "<sip:%E7%8E%8B%E7%A7%80@127.0.0.2>",
    "UTF-8 name": '"王秀英" <sip:13800138000@127.0.0.2>',
    "invalid UTF-8 name": b'"\xff\xfe\xc3(\xe7\x8e" <sip:13800138000@127.0.0.2>',
    "invalid UTF-8 in the user": "<sip:%ff%fe%c3%28@127.0.0.2>",
    "line breaks": "<sip:1%0d%0a%0d%0aEvent%3a%20UserEvent%0d%0aUserEvent%3a%20SafeMode%0d%0aStep%3a%20x@127.0.0.2>",
    "a zero byte": "<sip:138%001380@127.0.0.2>",
    "quotes": '"\\"quoted\\" \'single\'" <sip:13800138000@127.0.0.2>',
    "commas and colons": '"a,b:c;d|e" <sip:1,2;3@127.0.0.2>',
    "a variable as name": '"${EPOCH}${CHANNEL}" <sip:13800138000@127.0.0.2>',
    "a program as name": f'"${{SHELL(touch {TRAP})}}" <sip:13800138000@127.0.0.2>',
    "a program as user": f"<sip:$%7BSHELL(touch%20{TRAP})%7D@127.0.0.2>",
    "an expression": '"$[1/0]" <sip:$%5B1%2F0%5D@127.0.0.2>',
    "backslashes and brackets": '"\\\\)(}{][" <sip:13800138000@127.0.0.2>',
    "a seat's number": "<sip:8001@127.0.0.2>",
    "the trunk's name": "<sip:trunk@127.0.0.2>",
    "hidden": '"Anonymous" <sip:anonymous@anonymous.invalid>',
    "a tel URI": "<tel:+8613800138000>",
}

DIALLED: dict[str, str] = {
    "+8675512345678": "+8675512345678",
    "0755%2d1234": "07551234",
    "1": "1",
    "120": "120",
    "*43": "*43",
    "s": "s",
    "h": "h",
    "i": "i",
    "t": "t",
    "sos": "sos",
    "%E6%80%A5": "",
    "12,34": "1234",
    "$%7BEPOCH%7D": "EPOCH",
    "1" * 200: "1" * 79,
    "075%ff5": "0755",
}


@pytest.mark.parametrize("kind", CALLERS)
async def test_every_caller_arrives(kind: str, ari: Ari, telephones: Telephones) -> None:
    await ari.put_seat("8001")
    await telephones.caller("075512345678", header=CALLERS[kind])
    started = await ari.take_call()
    assert started["args"] == ["in", "075512345678", ""]
    shown = started["channel"]["caller"]
    if kind == "a variable as name":
        assert shown["name"] == "${EPOCH}${CHANNEL}"
    assert nothing_ran()
    await ari.calls.hang_up(started["channel"]["id"])


@pytest.mark.parametrize("dialled", DIALLED)
async def test_whatever_was_dialled_reaches_us(dialled: str, ari: Ari, telephones: Telephones) -> None:
    caller = await telephones.caller(dialled)
    started = await ari.take_call()
    assert started["args"] == ["in", DIALLED[dialled], ""]
    await ari.calls.hang_up(started["channel"]["id"])
    await caller.until("refused", "ended")


@pytest.mark.parametrize("kind", CALLERS)
async def test_safe_mode_takes_every_caller_too(kind: str, asterisk: RealAsterisk, watch: Reports, telephones: Telephones) -> None:
    caller = await telephones.caller("075512345678", header=CALLERS[kind])
    await caller.answered()
    await caller.hang_up()
    await watch.until(lambda: any(step == "ended" for step, _ in watch.safe_mode))
    call = watch.safe_mode[-1][1]
    assert watch.safe_mode == [("arrived", call), ("ended", call)]  # no forged step
    record = next(one for one in await watch.watch.safe_mode_records() if one.channel_id == call)
    assert (record.line, record.terminal, record.reason) == ("075512345678", "", "TIMEOUT")
    assert nothing_ran()
    await watch.watch.forget_safe_mode_record(call)

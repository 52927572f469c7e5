"""What no carrier should send and some do: the call still becomes a case, nothing is lost, nothing is evaluated."""

from __future__ import annotations

import asyncio

import pytest
from harness.centre import Centre

pytestmark = pytest.mark.real

STRANGE = {
    "empty": "<sip:127.0.0.2>",  # "<sip:@…>" is no URI at all: Asterisk's parser drops the whole message
    "empty name": '"" <sip:127.0.0.2>',
    "200 digits": f"<sip:{'1' * 200}@127.0.0.2>",
    "letters": "<sip:grandma-wang@127.0.0.2>",
    "Chinese name": '"王奶奶" <sip:13800138021@127.0.0.2>',
    "percent": "<sip:%E7%8E%8B%E5%A5%B6@127.0.0.2>",
    "dialplan": '"${SHELL(id)}" <sip:$%7bEXTEN%7d@127.0.0.2>',
    "quotes": '"a,b\'c|d" <sip:1380%22138@127.0.0.2>',
    "SQL": '"\'; DROP TABLE help_case; --" <sip:13800138022@127.0.0.2>',
    "html": '"<script>alert(1)</script>" <sip:13800138023@127.0.0.2>',
}


async def test_every_strange_caller_becomes_a_case(centre: Centre) -> None:
    board = await centre.console("supervisor")
    line = str(centre.data()["lines"]["life_help"])
    callers = []
    for header in STRANGE.values():
        callers.append(await centre.telephones.caller(line, header=header))
    await board.until(lambda: sum(call["state"] == "waiting" for call in board.all("call")) == len(STRANGE), timeout=15)
    for case in await centre.rows("SELECT * FROM help_case"):
        assert len(case["caller_display"]) <= 64
        assert "${" not in case["caller_display"] or case["caller_number"] is None
        assert case["caller_number"] is None or case["caller_number"].startswith("+86")
    await asyncio.gather(*(caller.close() for caller in callers))
    await board.until(lambda: all(call["state"] == "callback" for call in board.all("call")), timeout=15)
    assert "Traceback" not in centre.tail(500)
    assert '"level": "error"' not in centre.tail(500)


async def test_a_strange_number_dialled_reaches_a_person_all_the_same(centre: Centre) -> None:
    """Nobody who presses hangs in the air because the carrier signals another called number: it counts as an emergency."""
    board = await centre.console("supervisor")
    await centre.telephones.caller("000", number="13800138031")
    call = await board.call("waiting")
    assert call["kind"] == "emergency"
    assert call["red"]

"""An instance dies in the middle of a hold and of an attended transfer: another one goes on, and the elder is not dropped."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from harness.asterisk import RealAsterisk
from harness.centre import Centre, running_centre
from harness.homes import Homes
from harness.rtp import CALLER_TONE, SEAT_TONE
from harness.stages import taken_over
from sounds import hears_not
from speakers import conversation

pytestmark = pytest.mark.real
SECOND_TONE = 1700
TIMES = {"ring_seconds": 5.0, "wrap_up_seconds": 20.0, "hold_seconds": 60.0}


@asynccontextmanager
async def instead_of(one: Centre) -> AsyncIterator[Centre]:
    """Another instance on the same database and Asterisk; the first is killed when it is there, and its calls are taken over."""
    async with running_centre(one.asterisk, one.database, **TIMES) as other:
        await one.kill()
        await taken_over(other, time.monotonic())
        yield other


async def test_hold_and_attended_transfer_go_on_in_another_instance(asterisk: RealAsterisk, database: str, homes: Homes) -> None:
    async with running_centre(asterisk, database, **TIMES) as one:
        console, call, caller, case_id = await conversation(one)
        await console.must("hold", case_id=case_id, on=True)
        await caller.rtp.hears_voice()
        async with instead_of(one) as two:
            await hears_not(call.rtp, CALLER_TONE, seconds=0.5)
            await caller.rtp.hears_voice()  # the music goes on
            console = await two.console("seat", "8001")
            held = await console.case("talking")
            assert (held["id"], bool(held["held"])) == (case_id, True)
            await console.must("hold", case_id=case_id, on=False)
            await call.rtp.hears(CALLER_TONE)
            await caller.rtp.hears(SEAT_TONE)

            second, phone = await two.seat("8002", manner="never", tone=SECOND_TONE)
            await console.must("transfer", case_id=case_id, to="seat:8002", manner="attended")
            own = await phone.ringing()
            phone.answer(own)
            await console.until(lambda: (console.all("case")[0]["transfer"] or {}).get("state") == "talking")
            await call.rtp.hears(SECOND_TONE)
            async with instead_of(two) as three:
                await call.rtp.hears(SECOND_TONE)
                await own.rtp.hears(SEAT_TONE)
                await hears_not(caller.rtp, SEAT_TONE, SECOND_TONE, seconds=0.5)
                console, second = await three.console("seat", "8001"), await three.console("seat", "8002")
                asked = await console.case("talking")
                assert (asked["transfer"]["state"], bool(asked["held"])) == ("talking", True)
                await console.must("complete_transfer", case_id=case_id)
                await call.ended()
                await own.rtp.hears(CALLER_TONE)
                await caller.rtp.hears(SECOND_TONE)
                assert (await second.case("talking"))["seat"] == "8002"
                legs = await three.rows("SELECT party, count(*) AS n FROM call_leg WHERE state = 'up' GROUP BY party")
                assert {leg["party"]: leg["n"] for leg in legs} == {"caller": 1, "seat": 1}
                await caller.hang_up()
                await second.case("wrap_up")

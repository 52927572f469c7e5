"""An instance dies while a caller is on hold, and in the middle of a transfer: another one goes on with both, and loses nobody."""

from __future__ import annotations

import pytest
from harness.asterisk import RealAsterisk
from harness.centre import Centre, running_centre
from harness.homes import Homes
from harness.ladder import sound_of
from harness.rtp import CALLER_TONE, SEAT_TONE
from sounds import hears_not
from speakers import conversation

pytestmark = pytest.mark.real
DAUGHTER = "+8675588880011"
TIMES = {"ring_seconds": 3.0, "wrap_up_seconds": 20.0}


async def test_another_instance_goes_on_with_a_hold_and_a_transfer(asterisk: RealAsterisk, database: str, homes: Homes) -> None:
    homes.behave({DAUGHTER: "answer:0.2"})
    async with running_centre(asterisk, database, **TIMES) as one, running_centre(asterisk, database, **TIMES) as two:
        console, first, caller, case_id = await conversation(one)
        other = await two.console("seat", "8001")
        await console.must("hold", case_id=case_id, on=True)
        await caller.rtp.hears_voice()  # music
        await held(one, case_id)
        await kill_holder(one, two)
        survivor = other if one.process is not None and one.process.returncode is not None else console

        case = await survivor.case("talking")
        assert case["held"]
        await hears_not(caller.rtp, SEAT_TONE, seconds=0.5)
        await caller.rtp.hears_voice()
        await survivor.must("hold", case_id=case_id, on=False)
        await first.rtp.hears(CALLER_TONE)
        await caller.rtp.hears(SEAT_TONE)


async def held(centre: Centre, case_id: str) -> None:
    await centre.until_row("SELECT 1 FROM help_case WHERE id = CAST(:id AS uuid) AND held_since IS NOT NULL", id=case_id)


async def kill_holder(one: Centre, two: Centre) -> None:
    """kill -9 the instance in whose hands the call is; wait until the other has taken it."""
    rows = await one.rows("SELECT DISTINCT holder FROM call_leg WHERE state = 'up' AND party = 'caller'")
    holder = rows[0]["holder"]
    dying, living = (one, two) if holder == one.settings.instance else (two, one)
    await dying.kill()
    taken = "SELECT 1 FROM call_leg WHERE state = 'up' AND party = 'caller' AND holder = :name"
    await living.until_row(taken, name=living.settings.instance)
    await living.until_row("SELECT 1 FROM journal WHERE kind = 'adopted'")


async def test_another_instance_goes_on_with_a_transfer(asterisk: RealAsterisk, database: str, homes: Homes) -> None:
    homes.behave({DAUGHTER: "answer:0.2"})
    async with running_centre(asterisk, database, **TIMES) as one, running_centre(asterisk, database, **TIMES) as two:
        console, first, caller, case_id = await conversation(one)
        other = await two.console("seat", "8001")
        await console.must("transfer", case_id=case_id, to=f"number:{DAUGHTER}", manner="attended")
        far = await homes.trunk.wait_for_invite(DAUGHTER, 6)
        await console.until(lambda: (console.all("case")[0]["transfer"] or {}).get("state") == "talking")
        await sound_of(far).hears(SEAT_TONE)
        await kill_holder(one, two)
        survivor = other if one.process is not None and one.process.returncode is not None else console

        await hears_not(caller.rtp, SEAT_TONE, seconds=0.5)
        await sound_of(far).hears(SEAT_TONE)
        await survivor.must("complete_transfer", case_id=case_id)
        await first.ended()
        await sound_of(far).hears(CALLER_TONE)
        await caller.hang_up()
        await homes.trunk.ended(far)

"""S-2 with calls out, and with an Asterisk that is killed while people speak: every note has its attempt or case, and what could
leave no note is named."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from harness.asterisk import own_asterisk
from harness.centre import Centre, running_centre
from harness.homes import homes_of
from harness.ladder import LATE, QUICK, elder

from callcenter.domain.policy import Rung
from callcenter.reports.proof import DailyProof
from callcenter.setup.toolchain import Toolchain

pytestmark = pytest.mark.real
MEMBER = """
    SELECT m.id, n.number FROM member m JOIN member_number n ON n.member_id = m.id
    WHERE (SELECT count(*) FROM member_number o WHERE o.number = n.number) = 1 ORDER BY n.number LIMIT 1
"""


async def proven(centre: Centre) -> dict[str, Any]:
    """Today, as a day that is over is proven."""

    async def warn(_: str) -> None:
        raise AssertionError("nothing is told here")

    zone = centre.settings.time_zone
    async with centre.engine.begin() as connection:
        await DailyProof(centre.engine, {}, zone, warn).prove(connection, datetime.now(ZoneInfo(zone)).date())
        return dict((await connection.execute(sa.text("SELECT * FROM reconciliation"))).mappings().one())


@pytest.mark.rule("S-2")
async def test_calls_out_are_proven_and_a_kill_of_asterisk_hides_none(toolchain: Toolchain, database: str) -> None:
    async with (
        own_asterisk(toolchain) as asterisk,
        homes_of(asterisk) as homes,
        running_centre(asterisk, database) as centre,
    ):
        await centre.policy(Rung(("family",), 1.0, ring_seconds=60.0), LATE, **QUICK)
        someone = (await centre.rows(MEMBER))[0]
        homes.behave({someone["number"]: "answer:0.5"})
        console, phone = await centre.seat("8001", manner="never")

        # A seat phones a member; an elder presses, and the ladder phones the family: all of it is up or rings.
        answer = await console.must("call_out", member_id=str(someone["id"]), target=f"own:{someone['number']}")
        phone.answer(await phone.ringing())
        far = await homes.trunk.wait_for_invite(someone["number"])
        await homes.trunk.until(lambda: far.answered_at is not None)
        one = await elder(centre, "女儿", "儿子")
        await one.press(centre)
        pressed = await one.case_id(centre)
        ringing = await homes.trunk.wait_for_invite(one.contacts[0].number, 20)
        await homes.trunk.until(lambda: ringing.ringing_at is not None)
        # Noted while they are up: the call of the seat under its leg, the ladder's under its attempt.
        noted = """
            SELECT 1 FROM call_placed p WHERE EXISTS (SELECT 1 FROM call_leg l WHERE l.id = p.belongs_to AND l.case_id = :called
                AND l.state = 'up') AND EXISTS (SELECT 1 FROM call_placed o JOIN attempt a ON a.id = o.belongs_to
                AND a.case_id = :pressed)
        """
        await centre.until_row(noted, called=answer["case_id"], pressed=pressed, timeout=25)

        asterisk.process.kill()
        await console.until(lambda: not (console.one("health", "asterisk") or {"up": True})["up"])
        await asterisk.process.start()
        await centre.until_ready()
        await centre.until_row("SELECT 1 FROM call_leg HAVING bool_and(state = 'down' OR ended_at IS NULL)", timeout=20)
        gone = "SELECT 1 FROM call_leg WHERE case_id = :id AND party = 'caller' AND state = 'down' AND cause = 'lost'"
        await centre.until_row(gone, id=pressed, timeout=20)
        # The node was read after that: its notes of before are all here.
        read = """SELECT 1 FROM seen_read r WHERE r.read_at > (SELECT max(ended_at) FROM call_leg WHERE cause = 'lost')"""
        await centre.until_row(read, timeout=25)

        day = await proven(centre)
        assert day["orphans"] == [], "of what Asterisk noted nothing is without a case"
        assert day["placed"] == day["placed_known"] >= 2
        assert [(lost["number"], lost["cause"]) for lost in day["lost"]] == [
            (row["number"], "lost") for row in await centre.rows("SELECT number FROM help_case WHERE id = :id", id=pressed)
        ], "the press was up when its Asterisk died: it left no note, and is named"

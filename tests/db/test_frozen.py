"""An instance that stands still in the middle of a transaction keeps a case's lock for a moment only, and what it does after it
wakes changes nothing. Really frozen: another process, stopped by the kernel. It takes a real server and no Asterisk to see it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from time import monotonic
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.link import FROZEN_SECONDS, Links
from callcenter.db.save import save
from callcenter.db.situations import Reader
from callcenter.db.tables import contact, member, policy, terminal
from callcenter.domain import facts
from callcenter.domain.decide import decide
from callcenter.domain.decision import Figures
from callcenter.domain.policy import Policy, Rung, as_json
from callcenter.engine.processor import DATABASE_ERRORS
from callcenter.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
READER = Reader(Figures(), "tests", "Asia/Shanghai")
PATIENCE = 15.0


async def pressed(engine: AsyncEngine, links: Links) -> UUID:
    """An emergency whose ladder is due: a daughter is to be phoned."""
    elder, ladder = uuid4(), Policy("夜间", (Rung(("family",), 0.0), Rung(("supervisor",), 60.0)))
    async with engine.begin() as connection:
        await connection.execute(sa.insert(policy).values(version=1, data=as_json(ladder)))
        await connection.execute(sa.insert(member).values(id=elder, name="王秀英", gender="f"))
        await connection.execute(sa.insert(terminal).values(serial="T1", member_id=elder, account="t1"))
        daughter = {"name": "王芳", "relation": "女儿", "number": "+8613900000001", "position": 1}
        await connection.execute(sa.insert(contact).values(id=uuid4(), member_id=elder, **daughter))
    async with links.use() as link:
        situation, now = await READER.of_arrival(link, leg_id="c1", line="1", account="t1", number=None)
        decision = decide(situation, facts.CallArrived("c1", "node1", "1", "t1", None, "t1", anonymous=False), now)
        await save(link, situation, decision)
        await link.commit()
    assert decision.case is not None
    return decision.case.id


async def step(links: Links, case_id: UUID, pause: bool = False) -> bool:
    """The ladder's timer is due, as the processor takes it. ``pause``: between saving and the commit, until told to go on."""
    async with links.use(firm=pause) as link:  # who has lost twice decides under the case's lock: that one is frozen
        situation, now = await READER.of_case(link, case_id)
        if "ladder" not in situation.due:
            return False
        await save(link, situation, decide(situation, facts.TimerDue(case_id, "ladder", {}), now), fired="ladder")
        if pause:
            sys.stdout.write("saved\n")
            sys.stdout.flush()
            await asyncio.to_thread(sys.stdin.readline)
        await link.commit()
    return True


async def the_other_instance(url: str, case_id: str) -> None:
    """What runs in the process that is frozen."""
    links = Links(url, Settings(_env_file=None, instance="frozen"))
    await links.open()
    try:
        await step(links, UUID(case_id), pause=True)
    except DATABASE_ERRORS:
        sys.stdout.write("refused\n")
    else:
        sys.stdout.write("committed\n")
    with suppress(*DATABASE_ERRORS):
        await links.close()


async def rows(engine: AsyncEngine) -> list[tuple[object, ...]]:
    query = "SELECT 'a', id, state FROM attempt UNION ALL SELECT 'j', kind, seq::text FROM journal ORDER BY 1, 3, 2"
    async with engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(sa.text(query))]


async def test_a_frozen_instance_keeps_no_ladder_standing_and_changes_nothing_when_it_wakes(
    engine: AsyncEngine, links: Links, database: str
) -> None:
    case_id = await pressed(engine, links)
    code = (
        f"import asyncio; from tests.db.test_frozen import the_other_instance as x; asyncio.run(x({database!r}, {str(case_id)!r}))"
    )
    pipe = asyncio.subprocess.PIPE
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, cwd=ROOT, stdin=pipe, stdout=pipe, env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
    )
    assert other.stdout is not None
    try:
        assert await asyncio.wait_for(other.stdout.readline(), PATIENCE) == b"saved\n"
        other.send_signal(signal.SIGSTOP)
        began = monotonic()
        assert await asyncio.wait_for(step(links, case_id), PATIENCE), "it was still due: the other's transaction is no more"
        waited = monotonic() - began
        assert FROZEN_SECONDS / 3 < waited < 3.0, "the row was locked, and another goes on within three seconds"
        there = await rows(engine)
        assert [row[2] for row in there if row[0] == "a"] == ["intent"], "the daughter is phoned once"
        other.send_signal(signal.SIGCONT)
        told, _ = await asyncio.wait_for(other.communicate(b"\n"), PATIENCE)
        assert told == b"refused\n"
        assert await rows(engine) == there
    finally:
        if other.returncode is None:
            other.send_signal(signal.SIGCONT)
            other.kill()
            await other.wait()


END_IDLE = """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE state = 'idle in transaction' AND pid <> pg_backend_pid() AND datname = current_database()"""


async def locked_and_ended(engine: AsyncEngine, links: Links, case_id: UUID, *, heard: bool, error: Exception | None) -> None:
    """A case is locked, the server ends the transaction; then ``error``, or the commit."""
    async with links.use(firm=True) as link:
        await READER.of_case(link, case_id)
        async with engine.connect() as connection:
            assert (await connection.execute(sa.text(END_IDLE))).scalars().all() == [True]
            if heard:
                await connection.execute(sa.text("SELECT 1"))  # the loop was at its sockets once more
        if error is not None:
            raise error
        await link.commit()


@pytest.mark.parametrize("heard", [True, False], ids=["heard", "unheard"])
async def test_a_transaction_the_server_has_ended_hides_no_error_and_its_connection_goes(
    engine: AsyncEngine, links: Links, heard: bool
) -> None:
    """The pool takes an ended connection back by itself, while it is in use: what went wrong is told, not the pool's own word."""
    case_id = await pressed(engine, links)
    with pytest.raises(LookupError, match="meanwhile"):
        await locked_and_ended(engine, links, case_id, heard=heard, error=LookupError("meanwhile"))
    with pytest.raises(DATABASE_ERRORS):
        await locked_and_ended(engine, links, case_id, heard=heard, error=None)
    assert await step(links, case_id), "the next connection is whole"

"""Which SIP accounts an Asterisk must have."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db import tables
from callcenter.domain import probe
from callcenter.telephony.ports import SipAccount


async def accounts_of(engine: AsyncEngine, probe_password: str) -> tuple[list[SipAccount], list[str]]:
    """The accounts of seats, terminals and the probe; the extensions of seats that are out of use and may have none."""
    async with engine.connect() as connection:
        seats = (await connection.execute(sa.select(tables.seat))).all()
        wanted = [SipAccount(row.extension, row.password, "from-seat", row.name) for row in seats if row.active]
        terminals = await connection.execute(sa.select(tables.terminal).where(tables.terminal.c.account.is_not(None)))
        wanted += [SipAccount(row.account, row.password or "", "from-terminal", row.serial) for row in terminals]
    # A test press enters where a terminal's does.
    wanted.append(SipAccount(probe.ACCOUNT, probe_password, "from-terminal", probe.ACCOUNT))
    return wanted, [row.extension for row in seats if not row.active]

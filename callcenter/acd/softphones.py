"""The telephone in the seat's browser: an account of its own, whose password lives as long as one log-in."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db import tables
from callcenter.db.access import note_access
from callcenter.domain.errors import Refused
from callcenter.telephony.ports import Provisioning, SipAccount, TelephonyError, account_of

log = structlog.get_logger()
PASSWORD_BYTES = 24


@dataclass
class SoftPhones:
    """Opens and revokes the browsers' accounts. What is remembered comes first, then the PBX: after a crash between the two,
    ``accounts`` makes the PBX what is remembered."""

    engine: AsyncEngine
    provisioning: Provisioning
    _one_by_one: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def open(self, extension: str, agent_id: UUID) -> SipAccount:
        """The account for whoever is logged in at this seat; made at the first asking of a log-in, journalled at each.

        Raises Refused ``phone_not_ready`` (503) when the PBX cannot be told.
        """
        seat = tables.seat
        async with self._one_by_one:
            async with self.engine.begin() as connection:
                query = sa.select(seat.c.name, seat.c.browser_password).where(seat.c.extension == extension).with_for_update()
                row = (await connection.execute(query)).one()
                password = row.browser_password or secrets.token_urlsafe(PASSWORD_BYTES)
                await connection.execute(sa.update(seat).where(seat.c.extension == extension).values(browser_password=password))
                await note_access(connection, agent_id, "softphone_opened", extension)
            account = browser_account(extension, password, row.name)
            try:
                await self.provisioning.put_account(account)
            except TelephonyError as error:
                log.warning("softphone_not_opened", seat=extension, reason=error.reason)
                raise Refused(
                    "phone_not_ready",
                    "电话交换暂时联系不上,浏览器话机还不能用。",
                    "Telephony is away: the browser's phone cannot be used yet.",
                    remedy_zh="页面会自动重试;也可先用桌上的话机。",
                    remedy_en="The page tries again by itself; the desk phone is another way.",
                    status=503,
                ) from None
        return account

    async def revoke(self, extension: str) -> None:
        """Nobody may register the browser's phone of this seat any more, until the next log-in there opens it."""
        await self._close(tables.seat.c.extension == extension)

    async def revoke_ended(self) -> list[str]:
        """The same for every seat whose log-in has ended by time; which. A call that is spoken is let end first."""
        seat, session = tables.seat, tables.session
        there = sa.exists().where(
            session.c.seat == seat.c.extension, session.c.agent_id == seat.c.agent_id, session.c.expires_at > sa.func.now()
        )
        return await self._close(sa.and_(~there, seat.c.presence.not_in(("offered", "talking"))))

    async def _close(self, which: sa.ColumnElement[bool]) -> list[str]:
        seat = tables.seat
        async with self._one_by_one:
            async with self.engine.begin() as connection:
                closed = await connection.scalars(
                    sa.update(seat)
                    .where(which, seat.c.browser_password.is_not(None))
                    .values(
                        browser_password=None, microphone=False, browser_registered=False, browser_reachable=False,
                        registered=sa.case((seat.c.device == "desk", seat.c.registered), else_=sa.false()),
                        reachable=sa.case((seat.c.device == "desk", seat.c.reachable), else_=sa.false()),
                        version=seat.c.version + 1,
                    ).returning(seat.c.extension)
                )  # fmt: skip
                extensions = list(closed)
            for extension in extensions:
                try:
                    await self.provisioning.remove_account(account_of(extension, "browser"))
                except TelephonyError as error:  # it is removed when Asterisk is back
                    log.warning("softphone_not_revoked_yet", seat=extension, reason=error.reason)
        return extensions

    async def renew_desk_password(self, extension: str, agent_id: UUID) -> str | None:
        """A new password for the phone on the desk, valid at once; who knows the old one cannot register any more. A phone that is
        registered stays so until it asks again (5 minutes at most). None: there is no such seat; journalled.

        Raises Refused ``phone_not_told`` (503) when the PBX cannot be told now; it is told when it is back.
        """
        seat = tables.seat
        password = secrets.token_urlsafe(PASSWORD_BYTES)
        async with self._one_by_one:
            async with self.engine.begin() as connection:
                changed = sa.update(seat).where(seat.c.extension == extension).values(password=password).returning(seat.c.name)
                name = await connection.scalar(changed)
                if name is None:
                    return None
                await note_access(connection, agent_id, "credentials_renewed", extension)
            try:
                await self.provisioning.put_account(SipAccount(extension, password, "from-seat", name))
            except TelephonyError as error:
                log.warning("desk_password_not_told", seat=extension, reason=error.reason)
                raise Refused(
                    "phone_not_told",
                    "新密码已保存,但电话交换暂时联系不上,旧密码还有效。",
                    "The new password is kept, but telephony is away: the old one still holds.",
                    remedy_zh="电话交换恢复后自动生效;请到时再查看。",
                    remedy_en="It takes effect by itself when telephony is back; look again then.",
                    status=503,
                ) from None
        return password

    async def restore(self) -> int:
        """Make the PBX's accounts what is remembered; how many there are. Raises TelephonyError."""
        async with self._one_by_one:
            async with self.engine.connect() as connection:
                query = sa.select(tables.seat.c.extension, tables.seat.c.name, tables.seat.c.browser_password)
                rows = (await connection.execute(query)).all()
            for row in rows:
                if row.browser_password is None:
                    await self.provisioning.remove_account(account_of(row.extension, "browser"))
                else:
                    await self.provisioning.put_account(browser_account(row.extension, row.browser_password, row.name))
        return sum(row.browser_password is not None for row in rows)


def browser_account(extension: str, password: str, name: str) -> SipAccount:
    """The account of a seat's browser."""
    return SipAccount(account_of(extension, "browser"), password, "from-seat", name, webrtc=True)

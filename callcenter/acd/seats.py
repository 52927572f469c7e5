"""The seats' own changes: sitting down, ready, pause, leaving, phone and console coming and going."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db import rows, tables
from callcenter.db.link import Link, statement
from callcenter.db.queues import SEAT_EVENT
from callcenter.db.save import CHANNEL, SEATS, as_json
from callcenter.domain import seat as seats
from callcenter.domain.catalogue import PAUSE_REASONS, SYSTEM_PAUSES, ids
from callcenter.domain.errors import Refused
from callcenter.domain.facts import LegEnded, TimerDue
from callcenter.domain.seat import BUSY, Device, Seat
from callcenter.engine.ports import Changed, Feed
from callcenter.engine.processor import DECISIONS, Processor, overtaken
from callcenter.telephony.ports import BROWSER, Calls, ContactStatus, account_of

LEASE_SECONDS = 15.0  # a console that says nothing for so long is not there
GRACE_SECONDS = 8.0  # a page reload takes less
PHONE_GONE = "44"  # Q.850 as Asterisk gives it for a phone that went silent: the caller stays

SUPERVISOR_REASONS = ids(PAUSE_REASONS) | {"supervisor"}


@dataclass
class Seats:
    """Commands and facts about seats. Each is one transaction on the seat's row."""

    engine: AsyncEngine
    feed: Feed
    processor: Processor
    instance: str
    revoke_phone: Callable[[str], Awaitable[None]]
    """The browser's phone of a seat ends with the log-in that opened it."""
    calls: Calls

    async def sign_in(self, agent_id: UUID, extension: str) -> None:
        """The agent sits down at ``extension`` and gives up any other place. Raises Refused ``seat_taken``."""
        left = [extension]
        async with self.engine.begin() as connection:
            now = await now_of(connection)
            for other in await locked_seats(connection, tables.seat.c.agent_id == agent_id):
                if other.extension != extension:
                    await store_seat(connection, seats.sign_out(other, now), self.instance)
                    left.append(other.extension)
            seat = await _one(connection, extension)
            if seat.agent_id not in (None, agent_id) and seat.presence not in BUSY and not _attended(seat, now):
                seat = replace(seats.sign_out(seat, now), version=seat.version)  # they left without saying so
            await store_seat(connection, seats.sign_in(seat, agent_id, now), self.instance)
        for place in left:
            await self.revoke_phone(place)
            await self._changed(place)

    async def sign_out(self, agent_id: UUID) -> None:
        """The agent leaves their seat. Raises Refused ``on_a_call``."""
        async with self.engine.begin() as connection:
            now = await now_of(connection)
            left = await locked_seats(connection, tables.seat.c.agent_id == agent_id)
            for seat in left:
                await store_seat(connection, seats.sign_out(seat, now), self.instance)
        for seat in left:
            await self.revoke_phone(seat.extension)
            await self._changed(seat.extension)

    async def set_presence(
        self,
        extension: str,
        presence: str,
        reason: str | None,
        emergency_only: bool | None,
        *,
        forced_by: UUID | None = None,
        system: bool = False,
    ) -> None:
        """What the agent asks for, or the supervisor (``forced_by``, kept in the trace). Leaving wrap-up ends the case's too.
        ``system``: for a reason that a person cannot choose."""
        reasons = ids(SYSTEM_PAUSES) if system else SUPERVISOR_REASONS if forced_by else ids(PAUSE_REASONS)
        async with self.processor.links.use() as link:  # callers may be waiting for this seat: nothing stands between
            for _ in range(DECISIONS):
                seat, now = await _read(link, extension)
                moved = seats.set_presence(seat, presence, reason, emergency_only, now, reasons=reasons)
                released = seat.case_id if seat.presence == "wrap_up" and moved.presence != "wrap_up" else None
                paused = moved.presence == "paused" and moved.since != seat.since
                if released is not None or paused or forced_by is not None:
                    await link.begin()
                if await link.row(_MOVE, **_moved(seat, moved, self.instance)) is not None:
                    break
                await link.roll_back()  # it has moved on since it was read
            else:
                raise overtaken()
            if paused:
                told = as_json({"reason": moved.pause_reason})
                await link.row(SEAT_EVENT, extension=extension, kind="paused", agent=seat.agent_id, by=forced_by, data=told)
            if forced_by is not None:
                told = as_json({"presence": presence, "reason": reason})
                await link.row(_FORCED, by=forced_by, extension=extension, data=told)
            if released is not None:
                await link.row(_RELEASE, case=released, extension=extension)
            await link.commit()
        if released is not None:
            self.processor.tell(TimerDue(released, "wrap_up"))
        await self._changed(extension)

    async def choose_device(self, extension: str, device: Device) -> None:
        """Which of the seat's phones rings from now on; a call that is spoken stays where it is."""
        seat = tables.seat
        async with self.engine.begin() as connection:
            await connection.execute(
                sa.update(seat)
                .where(seat.c.extension == extension)
                .values(
                    device=device,
                    registered=seat.c[f"{device}_registered"],
                    reachable=seat.c[f"{device}_reachable"],
                    version=seat.c.version + 1,
                )
            )
            await tell_others(connection, self.instance, extension)
        await self._changed(extension)

    async def microphone_is(self, extension: str, ok: bool) -> None:
        """What the console says of the browser's microphone; without one the seat is not ready."""
        async with self.engine.begin() as connection:
            seat = await _one(connection, extension)
            if seat.microphone == ok and (ok or seat.presence != "ready"):
                return
            told = seats.microphone_is(seat, ok, await now_of(connection))
            await connection.execute(
                sa.update(tables.seat).where(tables.seat.c.extension == extension).values(microphone=told.microphone)
            )
            await store_seat(connection, told, self.instance)
        await self._changed(extension)

    async def browser_restarted(self, extension: str) -> None:
        """The page was loaded anew and holds no call: what it was speaking or ringing has lost its phone, not its caller.

        Without this the seat's silence would tell it, ``audio_lost_seconds`` later.
        """
        query = sa.select(tables.leg.c.id).where(
            tables.leg.c.party == "seat", tables.leg.c.seat == extension, tables.leg.c.state != "down"
        )
        async with self.engine.connect() as connection:
            known = set(await connection.scalars(query))
        if not known:
            return
        mine = f"PJSIP/{account_of(extension, 'browser')}-"  # a call on the desk phone has nothing to do with the page
        for channel in await self.calls.channels():
            if channel.id in known and channel.name.startswith(mine):
                await self.processor.ask(LegEnded(channel.id, PHONE_GONE))
                await self.calls.hang_up(channel.id)

    async def console_present(self, extensions: list[str]) -> None:
        """These seats' consoles are open on this instance: renew their lease."""
        await self._lease(extensions, LEASE_SECONDS)

    async def console_gone(self, extension: str) -> None:
        """The console's socket closed: a reload comes back within the grace, else nothing is offered any more."""
        await self._lease([extension], GRACE_SECONDS)

    async def _lease(self, extensions: list[str], seconds: float) -> None:
        if not extensions:
            return
        async with self.engine.begin() as connection:
            await connection.execute(
                sa.update(tables.seat)
                .where(tables.seat.c.extension.in_(extensions))
                .values(
                    console_until=sa.func.clock_timestamp() + sa.text("make_interval(secs => :lease)").bindparams(lease=seconds),
                    console_instance=self.instance,
                )
            )
        self.processor.router.wake()

    async def phone_changed(self, status: ContactStatus) -> None:
        """AMI tells that a seat's or terminal's phone came, went, or stopped answering."""
        extension = status.account.removesuffix(BROWSER)
        device = "desk" if extension == status.account else "browser"
        async with self.engine.begin() as connection:
            changed = await connection.execute(_of_seat(extension, device, status))
            if changed.rowcount:
                await tell_others(connection, self.instance, extension)
            await connection.execute(_of_terminal(status))
        await self._changed(extension)

    async def phones_are(self, statuses: list[ContactStatus]) -> None:
        """The whole list, after a connect: whoever is not in it is not registered. Only what differs is written, so that
        the list is applied at once and does not overtake what AMI tells after it."""
        known = {status.account: status for status in statuses}
        seats, terminals = tables.seat.c, tables.terminal.c
        web = (seats.extension + BROWSER).label("account")
        query = sa.select(seats.extension.label("account"), seats.desk_registered, seats.desk_reachable).union_all(
            sa.select(web, seats.browser_registered, seats.browser_reachable),
            sa.select(terminals.account, terminals.registered, terminals.reachable).where(terminals.account.is_not(None)),
        )
        async with self.engine.connect() as connection:
            remembered = (await connection.execute(query)).all()
        for account, registered, reachable in remembered:
            status = known.get(account) or ContactStatus(account, registered=False, reachable=False)
            if (status.registered, status.reachable) != (registered, reachable):
                await self.phone_changed(status)

    async def _changed(self, extension: str) -> None:
        # Whoever waits is looked for while the screens are told: nobody on the line waits for a picture.
        self.processor.router.wake()
        await self.feed.publish(Changed(seats=(extension,)))


def _attended(seat: Seat, now: datetime) -> bool:
    return seat.console_until is not None and seat.console_until > now


def _of_seat(extension: str, device: str, status: ContactStatus) -> sa.Update:
    """What AMI told of one of a seat's phones; also of "the phone" if that is the one that rings."""
    seat = tables.seat
    registered, reachable = seat.c[f"{device}_registered"], seat.c[f"{device}_reachable"]
    chosen = seat.c.device == device
    return (
        sa.update(seat)
        .where(seat.c.extension == extension, sa.or_(registered != status.registered, reachable != status.reachable))
        .values(
            {
                registered: status.registered,
                reachable: status.reachable,
                seat.c.registered: sa.case((chosen, status.registered), else_=seat.c.registered),
                seat.c.reachable: sa.case((chosen, status.reachable), else_=seat.c.reachable),
                seat.c.version: seat.c.version + 1,
            }
        )
    )


def _of_terminal(status: ContactStatus) -> sa.Update:
    terminal = tables.terminal
    now = sa.func.clock_timestamp()
    return (
        sa.update(terminal)
        .where(
            terminal.c.account == status.account,
            sa.or_(terminal.c.registered != status.registered, terminal.c.reachable != status.reachable),
        )
        .values(
            registered=status.registered,
            reachable=status.reachable,
            version=terminal.c.version + 1,
            contact_changed_at=now,
            last_seen_at=now if status.reachable or status.registered else terminal.c.last_seen_at,
        )
    )


_READ = statement("SELECT clock_timestamp() AS now, to_jsonb(s) AS seat FROM seat s WHERE extension = :extension")
_MOVE = statement(f"WITH moved AS ({SEATS}) SELECT pg_notify('{CHANNEL}', CAST(:notice AS text)) FROM moved")  # noqa: S608 - the part above
_FORCED = statement("""
    INSERT INTO access (agent_id, action, subject, data)
    VALUES (CAST(:by AS uuid), 'presence_forced', :extension, CAST(:data AS jsonb))
""")
# A seat that handed the case on ends its own wrap-up, not the other's.
_RELEASE = statement("""
    UPDATE timer SET due_at = clock_timestamp() WHERE case_id = CAST(:case AS uuid) AND kind = 'wrap_up'
        AND EXISTS (SELECT 1 FROM help_case WHERE id = CAST(:case AS uuid) AND seat = :extension)
""")


async def _read(link: Link, extension: str) -> tuple[Seat, datetime]:
    """A seat, not locked, and the database's clock. Raises Refused ``no_such_seat``."""
    found = await link.row(_READ, extension=extension)
    if found is None:
        raise no_such_seat(extension)
    return rows.seat_from(found["seat"]), found["now"]


def _moved(before: Seat, after: Seat, instance: str) -> dict[str, str]:
    """The parameters of ``_MOVE``."""
    return {"seats": as_json([rows.seat_to(after, before.version)]), "notice": f"{instance} seat {before.extension}"}


async def now_of(connection: AsyncConnection) -> datetime:
    """The database's clock."""
    now: datetime = (await connection.execute(sa.select(sa.func.clock_timestamp()))).scalar_one()
    return now


async def locked_seats(connection: AsyncConnection, where: sa.ColumnElement[bool]) -> list[Seat]:
    """Seats under their lock until the transaction ends. Without queues and skills: nobody is offered anything by these."""
    found = await connection.execute(sa.select(tables.seat).where(where).order_by(tables.seat.c.extension).with_for_update())
    return [rows.seat_from(dict(row)) for row in found.mappings()]


async def _one(connection: AsyncConnection, extension: str) -> Seat:
    found = await locked_seats(connection, tables.seat.c.extension == extension)
    if not found:
        raise no_such_seat(extension)
    return found[0]


def no_such_seat(extension: str) -> Refused:
    """Nobody can sit there."""
    return Refused("no_such_seat", f"没有坐席{extension}。", f"There is no seat {extension}.", status=404)


async def store_seat(connection: AsyncConnection, seat: Seat, instance: str) -> None:
    """Keep a seat that was decided on; other instances hear of it when this is committed."""
    values = rows.seat_to(seat, seat.version)
    del values["expected"]
    await connection.execute(
        sa.update(tables.seat)
        .where(tables.seat.c.extension == seat.extension)
        .values(**values, version=tables.seat.c.version + 1)
        .returning(_notify(instance, seat.extension))
    )


async def tell_others(connection: AsyncConnection, instance: str, extension: str) -> None:
    """Other instances' consoles show this seat too."""
    await connection.execute(sa.select(_notify(instance, extension)))


def _notify(instance: str, extension: str) -> sa.ColumnElement[None]:
    return sa.func.pg_notify(CHANNEL, f"{instance} seat {extension}")

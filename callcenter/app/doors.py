"""The doors: consoles' sockets, the browser's telephone, the interface over HTTP; and what they need every few seconds."""

from __future__ import annotations

import asyncio
from hmac import compare_digest
from pathlib import Path
from uuid import UUID

import structlog
from aiohttp import web
from prometheus_client import Gauge, generate_latest

from callcenter.acd.commands import SeatCommands
from callcenter.acd.pre_emption import PreEmption
from callcenter.app.database import Database
from callcenter.app.deciding import Deciding
from callcenter.app.desks import Desks
from callcenter.app.health import Health
from callcenter.app.running import Loops
from callcenter.app.screens import Screens
from callcenter.app.telephones import Telephones
from callcenter.cases.call_commands import CallCommands
from callcenter.cases.commands import CaseCommands
from callcenter.cases.recordings import RecordingKeeper
from callcenter.conduct.services import Conduct
from callcenter.connections.clients import Clients
from callcenter.connections.webhooks import Webhooks
from callcenter.db.agents import Session
from callcenter.domain import probe
from callcenter.duty_room.services import DutyRoom
from callcenter.engine.looks import look_again
from callcenter.engine.ports import Changed
from callcenter.engine.processor import DATABASE_ERRORS
from callcenter.escalation.services import Escalations
from callcenter.people.commands import MemberCommands
from callcenter.people.consents import Consents
from callcenter.people.login import COOKIE
from callcenter.reports.services import Reports
from callcenter.settings import Settings
from callcenter.supervision.board import WORDS
from callcenter.web.app import create_app
from callcenter.web.deps import Deps, StoredRecording
from callcenter.web.softphone import SipDoor
from callcenter.websockets.socket import Sockets

log = structlog.get_logger()
LANE_LAG = Gauge("callcenter_lane_lag_seconds", "Longest wait of a fact for its turn since the last reading")
CONSOLE_DIST = Path(__file__).parents[2] / "console" / "dist"
TICK_SECONDS, LEASE_RENEW_SECONDS, SOFTPHONES_SECONDS = 1.0, 5.0, 15.0


class Doors:
    """Everybody who comes in by the network."""

    def __init__(
        self, settings: Settings, database: Database, telephones: Telephones, screens: Screens, deciding: Deciding, desks: Desks
    ) -> None:  # fmt: skip
        self._settings, self._screens, self._deciding, self._desks = settings, screens, deciding, desks
        engine, processor, zone = database.engine, deciding.processor, settings.time_zone
        self.health = Health(engine, telephones.nodes, deciding.orders)
        self.sockets = Sockets(
            screens.hub, self._who, screens.everything,
            {
                **CaseCommands(engine, processor).table,
                **SeatCommands(desks.seats, PreEmption(engine, processor, desks.seats)).table,
                **MemberCommands(desks.profiles).table, **desks.desk.commands,
                **CallCommands(engine, processor, settings.country, settings.area_code).table,
            },
            desks.seats.console_present, desks.seats.console_gone, COOKIE, settings.websocket_queue,
        )  # fmt: skip
        self.sip_door = SipDoor(telephones.sip_place, desks.log_ins.who)
        self.web = create_app(
            Deps(
                settings, engine, desks.log_ins, desks.seats, screens.cases, _Recordings(desks.recordings[settings.node]),
                self.health, self.sockets.handle, CONSOLE_DIST, generate_latest,
                escalations=Escalations.build(engine, settings, processor, deciding.figures), profiles=desks.profiles,
                softphones=desks.softphones, duty_room=DutyRoom.build(engine, settings, WORDS), sip=self.sip_door.handle,
                conduct=Conduct.build(engine, zone, desks.records.add), desk=desks.desk, records=desks.records,
                clients=Clients(engine), reports=Reports.build(engine, database.report_engine, zone),
                consents=Consents(engine, settings.data_dir), webhooks=Webhooks(engine, settings.webhook_private_addresses),
            )
        )  # fmt: skip
        self._runner: web.AppRunner | None = None

    def loops(self) -> Loops:
        yield "tick", self._tick()
        yield "leases", look_again("leases", self.sockets.renew_leases, LEASE_RENEW_SECONDS)  # they outlive two missed renewals
        yield "softphones", look_again("softphones", self._end_softphones, SOFTPHONES_SECONDS)

    async def open(self) -> None:
        """Listen."""
        self._runner = web.AppRunner(self.web, access_log=None, shutdown_timeout=2.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._settings.http_host, self._settings.http_port, reuse_address=True).start()

    async def close(self) -> None:
        """Consoles are told to come back; nobody comes in any more."""
        await self.sockets.close_all()
        await self.sip_door.close_all()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _who(self, token: str) -> Session | None:
        """Whose websocket this is: a person's, or the probe's, which is logged in nowhere else."""
        if compare_digest(token.encode(), self._settings.probe_secret("console").encode()):
            return Session(UUID(int=0), probe.ACCOUNT, probe.ACCOUNT, "probe", None)
        return await self._desks.log_ins.who(token)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            lanes, board = self._deciding.processor.lanes, self._screens.board
            LANE_LAG.set(lanes.worst_lag)
            lanes.worst_lag = 0.0
            await self.health.tell(board)
            try:
                await self._screens.screen.tick()
            except DATABASE_ERRORS as error:
                board.stale = True
                log.warning("board_not_refreshed", error=type(error).__name__)

    async def _end_softphones(self) -> None:
        """A log-in that ends by time takes the browser's password with it."""
        for extension in await self._desks.softphones.revoke_ended():
            log.info("softphone_ended", seat=extension)
            await self._screens.screen.publish(Changed(seats=(extension,)))


class _Recordings:
    """The keeper's files as the web wants them."""

    def __init__(self, keeper: RecordingKeeper) -> None:
        self._keeper = keeper

    async def stored(self, recording_id: UUID) -> StoredRecording | None:
        found = await self._keeper.find(recording_id)
        return None if found is None else StoredRecording(*found)

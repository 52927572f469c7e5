"""What people see: the feed of whole states, and what of another instance's commits is shown here."""

from __future__ import annotations

from uuid import UUID

from callcenter.app.database import Database
from callcenter.app.running import Loops
from callcenter.cases.queries import CaseQueries
from callcenter.db.listener import Listener
from callcenter.engine.ports import Changed, Router
from callcenter.settings import Settings
from callcenter.supervision.board import Board
from callcenter.supervision.thresholds import Thresholds
from callcenter.websockets.feed import Entity, Hub
from callcenter.websockets.screen import Screen


class Screens:
    """The board and every console's feed. ``router`` is set once there is one."""

    router: Router

    def __init__(self, settings: Settings, database: Database) -> None:
        zone = settings.time_zone
        self._engine = database.engine
        self.cases = CaseQueries(database.reads, zone)
        self.board = Board(database.engine, zone)
        self.thresholds = Thresholds(database.engine, zone)
        self.hub = Hub(settings.feed_history)
        self.screen = Screen(database.reads, self.hub, self.cases, self.board, zone)
        self._listener = Listener(database.url, settings.instance, self._changed_elsewhere)

    def loops(self) -> Loops:
        yield "listener", self._listener.run()
        yield "thresholds", self.thresholds.run()
        yield "feed", self.hub.run()

    async def everything(self) -> list[Entity]:
        """What a console begins with."""
        async with self._engine.connect() as connection:
            return await self.screen.everything(connection)

    async def _changed_elsewhere(self, payload: str) -> None:
        """Another instance committed: ``<instance> case <id> <seats>`` or ``<instance> seat <extension>``."""
        _, kind, name, *rest = [*payload.split(" "), ""]
        seats = tuple(part for part in (rest[0] if rest else "").split(",") if part)
        if kind == "case":
            await self.screen.publish(Changed((UUID(name),), seats))
        elif kind == "seat":
            await self.screen.publish(Changed(seats=(name,)))
        self.router.wake()

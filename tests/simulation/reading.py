"""What an instance reads before it decides: ``db/situations.py`` over the modelled rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from callcenter.domain.case import Kind
from callcenter.domain.decision import Arrival, Situation
from simulation.database import Link

if TYPE_CHECKING:
    from simulation.service import Service


@dataclass
class Reader:
    """``db/situations.py`` over the modelled rows."""

    service: Service
    instance: str
    place: Callable[[], tuple[str, frozenset[str]]] = lambda: ("node1", frozenset())
    """As ``Nodes.place``: where a call that belongs nowhere is made, and which nodes are given up."""
    taken: set[str] = field(default_factory=set)

    async def of_arrival(
        self, link: Link, *, leg_id: str, line: str, account: str | None, number: str | None, again: bool = False
    ) -> tuple[Situation, datetime]:
        await self.service.step("load", 0.0003, 0.002)
        self.service.database.there()
        store, random = self.service.database.store, self.service.stage.random
        serial = account.upper() if account else None
        member = self.service.members.get(serial or "")
        case_id = UUID(int=random.getrandbits(128))
        arrival = Arrival(
            case_id, f"20261121-{len(store.cases) + 1:06}-{str(case_id)[:2]}", "emergency", serial, (member,) if member else ()
        )
        existing = store.case_of_call(leg_id, serial, found=again)
        if existing is None:
            return self._read(None, arrival)
        return await self._locked(link, existing, arrival)

    async def of_new(self, link: Link, case_id: UUID, member_id: UUID, kind: Kind, *names: str) -> tuple[Situation, datetime]:
        await self.service.step("load", 0.0003, 0.002)
        arrival = Arrival(case_id, f"20261121-D{str(case_id)[:4]}", kind, None, (member_id,))
        return self._read(case_id, arrival)

    async def of_leg(self, link: Link, leg_id: str, *, alone: bool = False) -> tuple[Situation, datetime]:
        store = self.service.database.store
        await self.service.step("load", 0.0002, 0.001)
        row = store.legs.get(leg_id) or store.attempts.get(leg_id)
        situation, now = await self._locked(link, row.case_id if row else None)
        case = situation.case
        if not alone or case is None or case.id in store.ladders:
            return situation, now
        mine = {case.seat, case.transfer.seat if case.transfer else None, *(ring.seat for ring in case.rings)}
        return replace(situation, seats={ext: seat for ext, seat in situation.seats.items() if ext in mine}, waiting=()), now

    async def of_case(
        self, link: Link, case_id: UUID | None, *names: str, chosen: UUID | None = None
    ) -> tuple[Situation, datetime]:
        """``chosen``: nobody has refused to be recorded in these nights."""
        await self.service.step("load", 0.0002, 0.001)
        return await self._locked(link, case_id, None, *names)

    async def with_office(self, link: Link, loaded: tuple[Situation, datetime]) -> tuple[Situation, datetime]:
        """The rules' own figures: nobody at this centre has set others."""
        await self.service.step("load", 0.0002, 0.001)
        self.service.database.there()
        return loaded

    async def of_recording(self, link: Link, name: str) -> tuple[Situation, datetime]:
        return self._read(None, None)

    async def _locked(
        self, link: Link, case_id: UUID | None, arrival: Arrival | None = None, *names: str
    ) -> tuple[Situation, datetime]:
        self.service.database.there()
        if link.firm and case_id is not None and case_id in self.service.database.store.cases:
            await self.service.database.lock(link, case_id)
        return self._read(case_id, arrival, *names)

    def _read(self, case_id: UUID | None, arrival: Arrival | None, *names: str) -> tuple[Situation, datetime]:
        database, now = self.service.database, self.service.stage.utcnow()
        database.there()
        node, lost = self.place()
        situation = database.store.situation(
            case_id, now, instance=self.instance, arrival=arrival, also=names, node=node, lost=lost
        )
        return situation, now

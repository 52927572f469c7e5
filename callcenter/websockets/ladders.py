"""Ladders on the screens: the whole of one for supervisors and the seats that have the case, masked for every other seat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.cases import render as cases
from callcenter.cases.queries import names_of
from callcenter.db.ladders import stored_ladder
from callcenter.domain.decision import Decision, Situation
from callcenter.escalation import render
from callcenter.websockets.feed import SEATS, SUPERVISORS, Entity, seat_audience

Profiles = Mapping[UUID, Mapping[str, Any]]


@dataclass
class LadderScreen:
    """Renders ladders, and remembers the line of each for the board."""

    names: dict[UUID, str]
    _rows: dict[UUID, tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=dict)

    def row(self, case_id: UUID, *, masked: bool) -> dict[str, Any] | None:
        """What the board's line says of the ladder."""
        found = self._rows.get(case_id)
        return found[masked] if found else None

    async def of_decision(
        self, engine: AsyncEngine, situation: Situation, decision: Decision, people: Profiles
    ) -> render.Picture | None:
        """The ladder as a committed decision left it; None when there is none."""
        case = decision.case or situation.case
        profile = people.get(case.member_id) if case and case.member_id else None
        picture = render.Picture.after(situation, decision, profile, self.names)
        if picture is not None and self._unknown(picture):
            async with engine.connect() as connection:
                await self._learn_names(connection, picture)
        return picture

    async def stored(self, engine: AsyncEngine, case_id: UUID) -> render.Picture | None:
        """The ladder as the database has it, without the person's profile."""
        async with engine.connect() as connection:
            return await self.read(connection, case_id, {})

    async def read(self, connection: AsyncConnection, case_id: UUID, people: Profiles) -> render.Picture | None:
        """The ladder as the database has it."""
        found = await stored_ladder(connection, case_id)
        if found is None:
            return None
        profile = people.get(found.case.member_id) if found.case.member_id else None
        picture = render.Picture(
            found.case, found.escalation, found.attempts, found.around, found.legs, profile, self.names, found.report
        )
        await self._learn_names(connection, picture)
        return picture

    def _unknown(self, picture: render.Picture) -> set[UUID]:
        return render.agents_of(picture.escalation) - self.names.keys()

    async def _learn_names(self, connection: AsyncConnection, picture: render.Picture) -> None:
        unknown = self._unknown(picture)
        if unknown:
            self.names |= await names_of(connection, list(unknown))

    def entities(self, picture: render.Picture, version: int, now: datetime) -> list[Entity]:
        """The masked one first: a console that gets both keeps the whole one, whose version is the higher."""
        case_id = picture.case.id
        if not render.is_shown(picture.escalation, picture.attempts):
            self._rows.pop(case_id, None)
            return [Entity("ladder", str(case_id), 2 * version + 1, {SUPERVISORS: None, SEATS: None})]
        self._rows[case_id] = (render.row_json(picture, now), render.row_json(picture, now, masked=True))
        whole = render.entity_json(picture, now)
        holders = {seat_audience(seat): whole for seat in cases.holders(picture.case)}
        return [
            Entity("ladder", str(case_id), 2 * version, {SEATS: render.entity_json(picture, now, masked=True)}),
            Entity("ladder", str(case_id), 2 * version + 1, {**holders, SUPERVISORS: whole}),
        ]

"""Commands of the call screen that need the directory: a number was told (C-3, C-5, A-2), a card is offered (C-4). What the
directory and the profile say is read here; the browser only names it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID, uuid4

import sqlalchemy as sa
from pydantic import StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.cases.commands import by_person
from callcenter.cases.paper_commands import CARE, Entry, NewPaper, Text
from callcenter.db.agents import Session
from callcenter.db.areas import areas
from callcenter.db.catalogue_tables import key_number, provider, resource
from callcenter.db.tables import card, case, department, district, member
from callcenter.domain.directory import Holder, area_of, card_advice
from callcenter.domain.errors import Refused
from callcenter.domain.papers import enrolment, told
from callcenter.engine.processor import Processor
from callcenter.today import today_in

_NUMBERS = {
    "key_number": (key_number.c.id, key_number.c.name, key_number.c.number),
    "resource": (resource.c.id, resource.c.name, resource.c.number),
    "partner": (provider.c.id, provider.c.name, provider.c.number),
    "department": (department.c.id, department.c.name, department.c.phone),
}


class TellNumber(NewPaper):
    entry_kind: Literal["key_number", "resource", "partner", "department"]
    entry_id: Annotated[str, StringConstraints(max_length=64)]
    purpose: told.Purpose = "asked"
    joined: bool = False


class OfferEnrolment(NewPaper):
    where: enrolment.Where
    note: Text = ""


@dataclass(frozen=True)
class DirectoryCommands:
    """``table``: name → (shape, roles, what runs). ``zone``: the centre's time zone."""

    engine: AsyncEngine
    processor: Processor
    zone: str

    @property
    def table(self) -> Mapping[str, Entry]:
        return {
            "tell_number": (TellNumber, CARE, self.tell_number),
            "offer_enrolment": (OfferEnrolment, CARE, self.offer_enrolment),
        }

    async def tell_number(self, who: Session, args: TellNumber) -> dict[str, str]:
        async with self.engine.connect() as connection:
            found = await number_of(connection, args.entry_kind, args.entry_id)
        if found is None:
            raise Refused(
                "no_such_entry",
                "目录中没有这一条,或它没有电话。",
                "The directory has no such entry, or it has no number.",
                status=404,
            )
        paper_id = args.paper_id or uuid4()
        await self.processor.ask(
            told.NumberGiven(
                *by_person(who, args.case_id),
                paper_id=paper_id,
                purpose=args.purpose,
                entry_kind=args.entry_kind,
                entry_id=args.entry_id,
                name=found[0],
                number=found[1],
                joined=args.joined,
            )
        )
        return {"paper_id": str(paper_id), "number": found[1]}

    async def offer_enrolment(self, who: Session, args: OfferEnrolment) -> dict[str, str]:
        async with self.engine.connect() as connection:
            advice = await advice_for(connection, args.case_id, self.zone)
        paper_id = args.paper_id or uuid4()
        await self.processor.ask(
            enrolment.EnrolmentOffered(
                *by_person(who, args.case_id), paper_id=paper_id, where=args.where, note=args.note, advice=advice
            )
        )
        return {"paper_id": str(paper_id)}


async def number_of(connection: AsyncConnection, kind: str, ident: str) -> tuple[str, str] | None:
    """Name and number of an entry of the directory; None when there is none."""
    if kind not in _NUMBERS:
        return None
    key, name, number = _NUMBERS[kind]
    try:
        wanted = UUID(ident)
    except ValueError:
        return None
    row = (await connection.execute(sa.select(name, number).where(key == wanted))).one_or_none()
    return (row[0], row[1]) if row is not None and row[1] else None


async def advice_for(connection: AsyncConnection, case_id: UUID, zone: str) -> str:
    """What C-4 says about the member of a case; ``ask`` while nobody is known."""
    query = (
        sa.select(member.c.id, member.c.birth_date, member.c.address, department.c.ours)
        .select_from(case)
        .join(member, member.c.id == case.c.member_id)
        .outerjoin(district, district.c.id == member.c.district_id)
        .outerjoin(department, department.c.id == district.c.department_id)
        .where(case.c.id == case_id)
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        return "ask"
    ours = row.ours
    if ours is None:
        area = area_of(row.address, await areas(connection))
        ours = area.ours if area else None
    until = list(await connection.scalars(sa.select(card.c.valid_until).where(card.c.member_id == row.id)))
    last = None if None in until else max((day for day in until if day), default=None)
    return card_advice(Holder(row.birth_date, ours, bool(until), last), today_in(zone))

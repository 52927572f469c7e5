"""Who may be sent, read for the rule that chooses (domain/providers.py), and which version of a service holds on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.db.catalogue_tables import provider, provider_district, provider_service, service, service_version
from callcenter.domain.assessment import NOTHING, Record, score
from callcenter.domain.providers import Candidate
from callcenter.domain.services import Dated, in_force


@dataclass(frozen=True)
class Load:
    """What is known of somebody: orders of the last 30 days, those not done, the last one, and how they served (``record``)."""

    given: int = 0
    open: int = 0
    last_given: datetime | None = None
    record: Record = NOTHING


@dataclass(frozen=True)
class Version(Dated):
    """A version of a service with what is said to the elder."""

    service_id: UUID | None = None
    ref: str = ""
    name: str = ""
    name_en: str = ""
    category: str = ""
    unit: str = ""
    standards: str = ""
    process: str = ""
    eligibility: str = ""
    special: bool = False
    supplies: tuple[str, ...] = ()
    minutes: int | None = None


async def candidates(connection: AsyncConnection, loads: Mapping[UUID, Load] | None = None) -> list[Candidate]:
    """Every provider and worker. ``loads``: by provider, of those who have had orders."""
    prices: dict[UUID, dict[UUID, object]] = {}
    for row in await connection.execute(sa.select(provider_service)):
        prices.setdefault(row.provider_id, {})[row.service_id] = row.price
    districts = (
        sa.select(
            sa.func.array_agg(aggregate_order_by(provider_district.c.district_id, provider_district.c.district_id.asc())).cast(
                ARRAY(sa.UUID)
            )
        )
        .where(provider_district.c.provider_id == provider.c.id)
        .scalar_subquery()
    )
    found = []
    for row in await connection.execute(sa.select(provider, districts.label("districts")).order_by(provider.c.ref)):
        load = (loads or {}).get(row.id, Load())
        found.append(
            Candidate(
                row.id, row.ref, row.name, row.kind, prices.get(row.id, {}), frozenset(row.districts or ()), row.active,  # type: ignore[arg-type]
                row.contract_from, row.contract_until, score(load.record), load.given, load.open, load.last_given,
                load.record,
            )
        )  # fmt: skip
    return found


async def service_on(connection: AsyncConnection, service_id: UUID, day: date) -> Version | None:
    """The version of a service that holds on ``day``: what an order of that day refers to. None: not offered then."""
    return in_force(await versions_of(connection, service_id), day)


async def versions_of(connection: AsyncConnection, service_id: UUID) -> list[Version]:
    """Every version of a service that is in use, oldest first."""
    return (await versions(connection, [service_id])).get(service_id, [])


async def versions(connection: AsyncConnection, services: list[UUID] | None = None) -> dict[UUID, list[Version]]:
    """The versions of these services, or of all that are in use, oldest first."""
    query = sa.select(service.c.ref, service.c.category, service_version).join(service_version).where(service.c.active)
    if services is not None:
        query = query.where(service.c.id.in_(services))
    found: dict[UUID, list[Version]] = {}
    for row in await connection.execute(query.order_by(service_version.c.service_id, service_version.c.version)):
        found.setdefault(row.service_id, []).append(
            Version(
                row.version, row.valid_from, row.valid_until, row.price, row.service_id, row.ref, row.name, row.name_en,
                row.category, row.unit, row.standards, row.process, row.eligibility, row.special, tuple(row.supplies), row.minutes,
            )
        )  # fmt: skip
    return found

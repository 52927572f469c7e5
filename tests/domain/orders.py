"""A work order as tests need it, in any state."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from callcenter.domain.papers.work_order import WorkOrder

SERVICE = UUID(int=66)


def an_order(case_id: UUID, now: datetime, **fields: Any) -> WorkOrder:
    values: dict[str, Any] = {
        "id": uuid5(case_id, "order"), "case_id": case_id, "state": "asked", "opened_at": now, "year": now.year,
        "service_id": SERVICE, "service": "水电维修", "service_version": 1, "text": "水管漏水", "scheduled_for": now,
        "number": "PG2026-000001",
    }  # fmt: skip
    return WorkOrder(**values | fields)

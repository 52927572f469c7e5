"""What the browser's interface needs from the rest of the service. ``app/doors.py`` builds it; tests build it from small fakes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.acd.softphones import SoftPhones
from callcenter.cases.desk import Desk
from callcenter.catalogue.records import Records
from callcenter.conduct.services import Conduct
from callcenter.connections.clients import Clients
from callcenter.connections.webhooks import Webhooks
from callcenter.db.agents import Session
from callcenter.duty_room.services import DutyRoom
from callcenter.escalation.services import Escalations
from callcenter.people.consents import Consents
from callcenter.people.login import LogIns, Seats
from callcenter.people.profiles import Profiles
from callcenter.reports.services import Reports
from callcenter.settings import Settings


class Commands(Seats, Protocol):
    """What the engine does for people who come and go: ``sign_in(agent_id, seat)`` and ``sign_out(agent_id)``."""


class Cases(Protocol):
    """Questions about cases. Rights are decided here too: what a seat handled is the engine's knowledge."""

    async def case_detail(self, case_id: UUID) -> Mapping[str, Any] | None:
        """``CaseDetail`` of docs/api.md, ready for JSON; None when there is no such case."""
        ...

    async def may_see(self, agent: Session, case_id: UUID) -> bool:
        """Whether this person may see the case now: the supervisor, or the seat whose task it is or was."""
        ...

    async def case_page(
        self, agent: Session, *, state: str | None, red: bool | None, text: str, before: str | None, limit: int
    ) -> Mapping[str, Any]:
        """``{items: [CaseRow], next}`` of docs/api.md; a seat gets only what it handled."""
        ...


@dataclass(frozen=True)
class StoredRecording:
    """A recording that the service holds: the call's case and the WAV file."""

    case_id: UUID
    path: Path


class Recordings(Protocol):
    """The stored recordings."""

    async def stored(self, recording_id: UUID) -> StoredRecording | None:
        """None while it is still recorded or fetched, when it is lost, and when it never was."""
        ...


class Health(Protocol):
    """Whether this instance can serve a press of a button."""

    async def ready(self) -> Mapping[str, bool | str]:
        """Each part: True when it works, else False or the reason in words without personal data."""
        ...

    def nodes_are(self) -> Mapping[str, bool | str]:
        """Each Asterisk node where there are several, likewise. One that is away keeps nobody from being served."""
        ...

    def instances_are(self) -> Mapping[str, bool | str]:
        """Each service instance where there are several, likewise; as ``ready`` found it last."""
        ...


@dataclass(frozen=True)
class Centre:
    """How the centre is called."""

    name_zh: str = "居家养老呼叫中心"
    name_en: str = "Home-care call centre"


@dataclass(frozen=True)
class Deps:
    """Everything the views use."""

    settings: Settings
    engine: AsyncEngine
    log_ins: LogIns
    commands: Commands
    cases: Cases
    recordings: Recordings
    health: Health
    websocket: Callable[[web.Request], Awaitable[web.StreamResponse]]
    console_dist: Path
    metrics: Callable[[], bytes]
    escalations: Escalations
    profiles: Profiles
    softphones: SoftPhones
    duty_room: DutyRoom
    conduct: Conduct
    sip: Callable[[web.Request], Awaitable[web.StreamResponse]]
    records: Records
    desk: Desk
    clients: Clients
    consents: Consents
    reports: Reports
    webhooks: Webhooks
    centre: Centre = Centre()


DEPS: web.AppKey[Deps] = web.AppKey("deps", Deps)

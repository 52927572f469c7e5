"""Every address with what fits its description and with what does not, by every role. Answers are held against the description.

Ids are taken from the database half of the time: rubbish alone gets no further than the door.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import requests
import schemathesis
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case, GenerationMode
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.agents import add_session
from callcenter.db.tables import agent, metadata
from callcenter.domain.roles import ROLES
from callcenter.people.login import COOKIE, hash_token
from tests.web import contract

TABLE_OF = {
    "cases": "help_case", "members": "member", "agents": "agent", "duty-phones": "duty_phone", "roster": "roster_turn",
    "messages": "duty_message", "press": "press_clipping", "providers": "provider", "queues": "queue", "recordings": "recording",
    "duty": "duty_shift", "connections": "webhook", "case": "help_case", "member": "member", "agent": "agent", "paper": "paper",
    "owner": "agent", "to": "agent", "department": "department", "phone": "duty_phone",
}  # fmt: skip
NOT_BY_PEOPLE = ("/api/logout", "/api/login")  # a log-in of ours would end, or the doors be closed to guesses
_EXAMPLE = {"^[0-9]+$": "8001", "^[0-9]{4}-W[0-9]{2}$": "2026-W48"}
TIMEOUT = 20.0


@dataclass
class Sweep:
    """One run. ``failures``: address → what was wrong, each once."""

    base: str
    chance: random.Random
    tokens: dict[str, str] = field(default_factory=dict)
    ids: dict[str, list[str]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    calls: int = 0
    http: requests.Session = field(default_factory=requests.Session)

    async def prepare(self, engine: AsyncEngine) -> None:
        """A log-in for every role, and the ids that there are."""
        async with engine.begin() as connection:
            for role in ROLES:
                self.tokens[role] = secrets.token_urlsafe()
                found = await connection.scalar(sa.select(agent.c.id).where(agent.c.role == role, agent.c.active).limit(1))
                assert found is not None, role
                until = datetime.now(UTC) + timedelta(days=1)
                await add_session(connection, hash_token(self.tokens[role]), found, None, until)
            for table in metadata.sorted_tables:
                if "id" in table.c and isinstance(table.c.id.type, sa.UUID):
                    rows = await connection.scalars(sa.select(table.c.id).limit(20))
                    self.ids[table.name] = [str(each) for each in rows]

    def run(self, examples: int, *, every_role: bool, number: int) -> None:
        """``examples`` for each address; by one role that may and one that may not, or by every role."""
        for place, operation in enumerate(_operations()):
            allowed = operation.definition.raw.get("x-roles")
            roles: list[str | None] = [None] if allowed is None else list(ROLES)
            if allowed is not None and not every_role:
                others = sorted(set(ROLES) - set(allowed))
                roles = [allowed[(place + number) % len(allowed)]]
                roles += [others[(place + number) % len(others)]] if others else []
            for role in roles:
                if allowed is not None and role not in allowed:
                    self._refused(operation, str(role))
                    continue
                self._examples(operation, role, GenerationMode.POSITIVE, examples, number)
                if every_role or (place + number) % 8 == 0:
                    self._examples(operation, role, GenerationMode.NEGATIVE, examples, number)

    def _examples(self, operation: Any, role: str | None, mode: GenerationMode, count: int, number: int) -> None:
        if count == 1 and mode is GenerationMode.POSITIVE and not {"parameters", "requestBody"} & operation.definition.raw.keys():
            self._call(operation.Case(), role)  # there is nothing to make up
            return
        try:
            strategy = operation.as_strategy(generation_mode=mode)
        except Exception:  # noqa: BLE001 - nothing can be made wrong here
            return

        @seed(number)
        @settings(
            max_examples=count, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), deadline=None
        )
        @given(case=strategy)
        def each(case: Case) -> None:
            self._call(case, role)

        try:
            each()
        except Exception as error:  # noqa: BLE001 - what cannot be generated is no failure of the service
            if "Unsatisfiable" not in type(error).__name__ and "generat" not in str(error).lower():
                self.failures.setdefault(operation.label, f"{type(error).__name__}: {error}"[:300])

    def _call(self, case: Case, role: str | None) -> None:
        self._use_real_ids(case)
        headers = {"Cookie": f"{COOKIE}={self.tokens[role]}"} if role else {}
        self.calls += 1
        response = case.call(base_url=self.base, session=self.http, headers=headers, timeout=TIMEOUT, allow_redirects=False)
        media = (response.headers.get("content-type") or [""])[0].partition(";")[0]
        path = str(response.request.path_url)
        wrong = ""
        if response.status_code >= 500 and not (response.status_code == 503 and media.endswith("json")):
            wrong = f"{response.status_code} {response.text[:300]}"
        elif response.status_code == 401:
            wrong = "the log-in was lost"
        else:
            try:
                contract.check(case.method, path, response.status_code, media, response.content or b"")
            except AssertionError as error:
                wrong = str(error)
        if wrong:
            body = response.request.body
            said = body[:300] if isinstance(body, bytes | str) else ""
            self.failures.setdefault(f"{case.method} {case.path}", f"{wrong}\n    by {role}: {path} {said!r}")

    def _refused(self, operation: Any, role: str) -> None:
        """Who may not is refused before anything is read."""
        path = operation.path
        for parameter in operation.definition.raw.get("parameters", ()):
            if parameter["in"] == "path":
                example = _EXAMPLE.get(parameter["schema"].get("pattern", ""), str(UUID(int=7)))
                path = path.replace("{" + parameter["name"] + "}", example)
        headers = {"Cookie": f"{COOKIE}={self.tokens[role]}"}
        response = self.http.request(operation.method, self.base + path, headers=headers, json={}, timeout=TIMEOUT)
        self.calls += 1
        if response.status_code != 403:
            self.failures.setdefault(operation.label, f"{role} may not, and was answered {response.status_code}: {path}")

    def _use_real_ids(self, case: Case) -> None:
        tag = case.path.split("/")[2] if case.path.startswith("/api/") else ""
        if case.path_parameters and "id" in case.path_parameters:
            case.path_parameters["id"] = self._id(tag) or case.path_parameters["id"]
        for place in (case.body, case.query):
            if isinstance(place, dict):
                for key in [key for key in place if isinstance(key, str)]:
                    name = key.removesuffix("_id")
                    if (key.endswith("_id") or (place is case.query and key in TABLE_OF)) and isinstance(place[key], str | UUID):
                        place[key] = self._id(name) or place[key]
        if isinstance(case.body, dict) and "version" in case.body and self.chance.random() < 0.5:
            case.body["version"] = 1

    def _id(self, name: str) -> str | None:
        known = self.ids.get(TABLE_OF.get(name, ""), [])
        return self.chance.choice(known) if known and self.chance.random() < 0.7 else None


def _operations() -> Iterator[Any]:
    described = contract.described()
    # Whose cookie it is, we say: no keys are made up, and each call is a new one.
    plain = {path: {method: _plain(one) for method, one in entry.items()} for path, entry in described["paths"].items()}
    components = {"schemas": described["components"]["schemas"]}
    schema = schemathesis.openapi.from_dict(
        {"openapi": "3.1.0", "info": described["info"], "paths": plain, "components": components}
    )
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path not in NOT_BY_PEOPLE:
            yield operation


def _plain(operation: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in operation.items() if key not in ("security", "parameters")}
    parameters = [each for each in operation.get("parameters", ()) if each["in"] != "header"]
    return kept | ({"parameters": parameters} if parameters else {})

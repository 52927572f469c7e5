"""Logging in and out. The cookie's token is random and only its hash is kept: the table lets nobody in.

Sitting down at a place and leaving it are the engine's: it alone knows what a seat may do now (``Seats``).
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db import agents
from callcenter.db.access import note_access
from callcenter.db.agents import Agent, Session, hash_token
from callcenter.domain.errors import Refused
from callcenter.domain.roles import PHONING, SITTING
from callcenter.people.attempts import Attempts
from callcenter.people.passwords import verify

__all__ = ["COOKIE", "TOKEN_LIMIT", "LogIns", "Seats", "hash_token", "unknown_seat"]

COOKIE = "cc_session"
TOKEN_LIMIT = 128


class Seats(Protocol):
    """What the engine does for people who come and go."""

    async def sign_in(self, agent_id: UUID, seat: str) -> None:
        """The person sits at the place now. Raises Refused, for instance ``seat_taken``."""
        ...

    async def sign_out(self, agent_id: UUID) -> None:
        """The person left. Raises Refused while they handle a case."""
        ...


class LogIns:
    """Who may come in, and who is in."""

    def __init__(
        self,
        engine: AsyncEngine,
        seats: Seats,
        session_hours: float,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._seats = seats
        self._lasts = timedelta(hours=session_hours)
        self._clock = clock
        self._monotonic = monotonic
        self._attempts = Attempts()

    async def log_in(self, user: str, password: str, seat: str | None, address: str) -> tuple[str, Session]:
        """The cookie's token and the log-in. Raises Refused: wrong_credentials, seat_taken, too_many_attempts."""
        person = await self._verified(user, password, address)
        place = await self._place(person, seat)
        token = secrets.token_urlsafe(32)
        expires_at = self._clock() + self._lasts
        async with self._engine.begin() as connection:
            if place is not None:
                # One person sits at one place in one browser: what they left open elsewhere ends.
                await agents.end_sessions(connection, person.id, seated_only=True)
            await agents.add_session(connection, hash_token(token), person.id, place, expires_at)
        if place is not None:
            try:
                await self._seats.sign_in(person.id, place)
                async with self._engine.begin() as connection:
                    await note_access(connection, person.id, "seat_taken", place)  # for the duty log (T-6)
            except BaseException:  # also when the request is cancelled: a session without its place would stay open
                async with self._engine.begin() as connection:
                    await agents.end_session(connection, hash_token(token))
                raise
        return token, Session(person.id, person.user, person.name, person.role, place)

    async def log_out(self, token: str) -> None:
        """End a log-in and leave the place. Refused while they handle a case: then they stay logged in."""
        session = await self.who(token)
        if session is None:
            return
        if session.seat is not None:
            await self._seats.sign_out(session.agent_id)
        async with self._engine.begin() as connection:
            await agents.end_session(connection, hash_token(token))

    async def who(self, token: str) -> Session | None:
        """The valid log-in of a cookie; None for rubbish, ended and unknown ones."""
        if not token or len(token) > TOKEN_LIMIT:
            return None
        async with self._engine.connect() as connection:
            return await agents.session_of(connection, hash_token(token), self._clock())

    async def _verified(self, user: str, password: str, address: str) -> Agent:
        self._attempts.check(user, address, self._monotonic())
        async with self._engine.connect() as connection:
            found = await agents.agent_to_verify(connection, user)
        # Counted before the answer is known: many guesses sent at one instant do not slip through together.
        self._attempts.wrong(user, address, self._monotonic())
        if not await verify(password, found[1] if found else None) or found is None:
            raise Refused(
                "wrong_credentials",
                "用户名或密码不正确,未登录。",
                "User name or password is wrong; you are not logged in.",
                remedy_zh="请检查大小写后重试;忘记密码请找管理员重设。",
                remedy_en="Check capitals and try again; the administrator can set a new password.",
                status=401,
            )
        self._attempts.right(user, address)
        return found[0]

    async def _place(self, person: Agent, seat: str | None) -> str | None:
        """Where the person will sit. Only seats must sit somewhere. Dispatchers may, where no calls are offered, to call others;
        who works with paper alone never does."""
        place = seat or person.seat
        if person.role not in PHONING or (person.role != "seat" and place is None):
            return None
        if place is None:
            raise Refused(
                "seat_needed",
                "您没有固定座位,请选择今天坐在哪里。",
                "You have no usual place; choose where you sit today.",
                remedy_zh="请在登录页选择座位。",
                remedy_en="Choose a place on the log-in page.",
                status=422,
            )
        async with self._engine.connect() as connection:
            exists, sitting = await agents.taken_by(connection, place, self._clock())
            answers = await agents.answers_calls(connection, place)
        if not exists:
            raise unknown_seat(place)
        if answers and person.role not in SITTING:
            if seat is None:
                return None  # a usual place of another day
            raise answering_seat(place)
        if sitting is not None and sitting != person.id:
            raise Refused(
                "seat_taken",
                f"座位 {place} 已有人登录,您尚未登录。",
                f"Somebody is logged in at seat {place}; you are not logged in.",
                remedy_zh="请选择其他座位,或请对方先退出。",
                remedy_en="Choose another place, or ask them to log out first.",
            )
        return place


def answering_seat(place: str) -> Refused:
    """Who answers no calls would keep this place from those who do."""
    return Refused(
        "seat_answers_calls",
        f"座位 {place} 要接来电,您的身份不接来电,您尚未登录。",
        f"Calls are offered at seat {place}, and your role answers none; you are not logged in.",
        remedy_zh="请选只外呼的座位,或不选座位登录;管理员可在“组织机构”增设只外呼的座位。",
        remedy_en="Choose a place for calling out, or none; the administrator can add one under Places.",
        status=422,
    )


def unknown_seat(place: str) -> Refused:
    """There is no such place."""
    return Refused(
        "unknown_seat",
        f"没有座位 {place}。",
        f"There is no seat {place}.",
        remedy_zh="请从座位列表中选择。",
        remedy_en="Choose from the list of seats.",
        status=422,
    )

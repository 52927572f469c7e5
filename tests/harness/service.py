"""The telephony floor on a real Asterisk: ARI with its events in a queue, AMI with its reports in lists."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest_asyncio

from callcenter.settings import Settings
from callcenter.telephony.ari import AriConnection
from callcenter.telephony.ari_requests import Event
from callcenter.telephony.calls import AriCalls
from callcenter.telephony.ports import ContactStatus, SecurityWarning, SipAccount
from callcenter.telephony.provisioning import AriProvisioning
from callcenter.telephony.watch import AmiWatch
from harness.asterisk import RealAsterisk


class Ari:
    """One service instance's ARI: events are kept in order and waited for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.events: list[Event] = []
        self.ups = 0
        self.downs = 0
        self._read = 0
        self._news = asyncio.Event()
        self.connection = AriConnection(settings, on_event=self._take, on_up=self._went_up, on_down=self._went_down)
        self.calls = AriCalls(self.connection)
        self.provisioning = AriProvisioning(self.connection, settings)

    def _take(self, event: Event) -> None:
        self.events.append(event)
        self._news.set()

    async def _went_up(self) -> None:
        self.ups += 1
        self._news.set()

    async def _went_down(self) -> None:
        self.downs += 1
        self._news.set()

    async def start(self) -> Ari:
        await self.connection.start()
        await self.connection.until_connected(5)
        return self

    async def until(self, reached: Callable[[], bool], timeout: float = 5.0) -> None:
        """Wait for something that comes with an event, or with the connection going up or down."""
        async with asyncio.timeout(timeout):
            while not reached():
                self._news.clear()
                await self._news.wait()

    async def event(self, kind: str, timeout: float = 5.0, **wanted: Any) -> Event:
        """The next event of this kind; ``channel="id"`` and ``playback="id"`` narrow it."""

        def fits(event: Event) -> bool:
            return event["type"] == kind and all(
                (event.get(name) or {}).get("id", event.get(name)) == value
                if isinstance(event.get(name), dict)
                else event.get(name) == value
                for name, value in wanted.items()
            )

        try:
            async with asyncio.timeout(timeout):
                while True:
                    for index in range(self._read, len(self.events)):
                        if fits(self.events[index]):
                            return self.events.pop(index)
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            seen = [event["type"] for event in self.events]
            raise AssertionError(f"no {kind} {wanted} within {timeout:g} s; waiting here: {seen}") from None

    async def take_call(self, timeout: float = 5.0) -> Event:
        """Claim the next call that is offered; its StasisStart."""
        offered = await self.event("CallBroadcast", timeout)
        channel = offered["channel"]["id"]
        assert await self.calls.claim(channel)
        return await self.event("StasisStart", timeout, channel=channel)

    async def gone(self, channel_id: str, timeout: float = 5.0) -> None:
        """Wait until no half of this call is left, and so the dialplan has written all that it will. It may be over before anybody
        could ask to be told, so it is looked for."""
        async with asyncio.timeout(timeout):
            while any(one.id.startswith(channel_id) for one in await self.calls.channels()):  # noqa: ASYNC110 - Asterisk does not tell
                await asyncio.sleep(0.02)

    async def put_seat(self, account: str, context: str = "from-seat") -> str:
        """An account; its password."""
        password = f"pw-{account}"
        await self.provisioning.put_account(SipAccount(account, password, context, f"坐席 {account}"))
        return password

    async def close(self) -> None:
        await self.connection.close()


@dataclass
class Reports:
    """AMI with what it reported."""

    watch: AmiWatch
    contacts: list[ContactStatus] = field(default_factory=list)
    warnings: list[SecurityWarning] = field(default_factory=list)
    safe_mode: list[tuple[str, str]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, reached: Callable[[], bool], timeout: float = 5.0) -> None:
        """Wait until a report makes this true."""
        async with asyncio.timeout(timeout):
            while not reached():
                self.news.clear()
                await self.news.wait()


async def open_watch(settings: Settings) -> Reports:
    """A connected AMI watch that collects its reports."""

    def note(kept: list[Any], item: object) -> None:
        kept.append(item)
        reports.news.set()

    watch = AmiWatch(
        settings,
        on_contact=lambda status: note(reports.contacts, status),
        on_security=lambda warning: note(reports.warnings, warning),
        on_safe_mode=lambda step, call: note(reports.safe_mode, (step, call)),
    )
    reports = Reports(watch)
    await watch.start()
    await watch.ami.until_connected(5)
    return reports


@pytest_asyncio.fixture
async def ari(asterisk: RealAsterisk) -> AsyncIterator[Ari]:
    """A connected service instance called ``test``."""
    made = await Ari(asterisk.settings).start()
    try:
        yield made
    finally:
        await made.close()


@pytest_asyncio.fixture
async def watch(asterisk: RealAsterisk) -> AsyncIterator[Reports]:
    """A connected AMI watch."""
    made = await open_watch(asterisk.settings)
    try:
        yield made
    finally:
        await made.watch.close()


async def eventually(reached: Callable[[], bool], timeout: float = 6.0) -> None:
    """Wait for something that tells nobody when it happens; looked at every 20 ms."""
    end = asyncio.get_running_loop().time() + timeout
    while not reached():
        assert asyncio.get_running_loop().time() < end, "it did not happen in time"
        await asyncio.sleep(0.02)

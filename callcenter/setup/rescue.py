"""Callers whom a dead service holds are given back to the dialplan: a person who waits must not wait for a program.

A service that dies is started again within a second and finds its callers; another instance takes them over within three.
This is for the night on which neither happens: the callers sit in Asterisk with music, and Asterisk by itself would leave
them there. Who talks is left to talk. The watchdog runs it, whoever started the service.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import aiohttp

from callcenter.engine.orders import playback_of
from callcenter.settings import Settings
from callcenter.telephony.ari import AriConnection
from callcenter.telephony.calls import AriCalls
from callcenter.telephony.ports import TelephonyError

DEAD_AFTER = 10.0  # seconds without an answer: ten times what a restart takes
LOOK_SECONDS = 1.0
SERVICE_APPS = "callcenter-"
# The dialplan's word for who it is → where the dialplan serves them without us: a caller, somebody whom the ladder called.
CONTEXTS = {"in": "arrive", "attempt": "escalation-answered"}


class Rescue:
    """Watches the service's ``/healthz``. ``say`` tells what was done; ``living`` tells the apps of instances that live."""

    def __init__(
        self, settings: Settings, url: str, say: Callable[[str], None], living: Callable[[], frozenset[str] | None]
    ) -> None:
        self._settings, self._url, self._say, self._living = settings, url, say, living

    async def run(self) -> None:
        """Look for ever."""
        alive_at = time.monotonic()
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=3)) as session:
            while True:
                await asyncio.sleep(LOOK_SECONDS)
                if await _answers(session, self._url):
                    alive_at = time.monotonic()
                elif time.monotonic() - alive_at > DEAD_AFTER:
                    await self._try()

    async def _try(self) -> None:
        living, ours = self._living(), self._settings.ari_app
        for node in self._settings.nodes:
            try:
                if living is None:  # the database is silent too: of other instances nothing is known
                    count = await give_back_stranded(node, lambda app: app == ours)
                else:
                    count = await give_back_stranded(node, lambda app: app not in living)
            except TelephonyError as error:
                self._say(f"服务没有响应,也连接不上 Asterisk / neither service nor Asterisk {node.node} answers: {error.reason}")
                continue
            if count:
                self._say(f"服务没有响应,{count} 位等待者已转入安全模式 / callers given to safe mode: {count}")


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as response:
            return response.status == 200
    except (aiohttp.ClientError, TimeoutError):
        return False


async def give_back_stranded(settings: Settings, is_dead: Callable[[str], bool] = lambda _app: True) -> int:
    """Give whom a dead service's app holds and who talks to nobody to the dialplan: callers into safe mode, contacts to be asked
    for their key; how many there were."""
    # Another name than the services': calls are offered to theirs only, and nobody must wait for an answer of ours.
    connection = AriConnection(settings, on_event=lambda _event: None, app=f"rescue-{settings.instance}")
    await connection.start()
    try:
        await connection.until_connected(3.0)
        calls = AriCalls(connection)
        talking = {channel for bridge in await calls.bridges() for channel in bridge.channels}
        stranded = {
            channel.id: CONTEXTS[channel.app_args[0]]
            for channel in await calls.channels()
            if (channel.app or "").startswith(SERVICE_APPS)
            and is_dead(channel.app or "")
            and channel.app_args[:1]
            and channel.app_args[0] in CONTEXTS
            and channel.id not in talking
        }
        for channel_id, context in stranded.items():
            for turn in (0, 1):  # Asterisk lets nobody go before the sentence that they hear is over
                await calls.stop_playback(playback_of(channel_id, turn))
            await calls.hand_back(channel_id, context)
        return len(stranded)
    finally:
        await connection.close()

"""The yardstick: the least that can be done. An aiohttp ARI client that echoes ``StasisStart`` to a websocket.

No claim, no database, no rules: ``Stasis()`` in the dialplan, one event, one frame. It runs as a process of its own
(``python bare.py serve …``), as the product does; whoever measures connects to it as a console would.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import aiohttp
import orjson
import uvloop
from aiohttp import web
from figures import Figures, figures
from harness.asterisk import RealAsterisk, free_tcp_port
from lines import own_line
from load import run_load

from callcenter.setup.processes import bound_to_us

APP = "bench-bare"
LINE = "99990001"  # dialled by the load; the product's line is any other number


async def serve(ari: str, login: str, port: int) -> None:
    """The bare service: events of one ARI app in, frames to every websocket out."""
    consoles: set[web.WebSocketResponse] = set()

    async def console(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        consoles.add(socket)
        async for _ in socket:
            pass
        consoles.discard(socket)
        return socket

    app = web.Application()
    app.router.add_get("/", console)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    headers = {"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.ws_connect(f"{ari}/ari/events?app={APP}", compress=0) as events,
    ):
        async for message in events:
            event = orjson.loads(message.data)
            if event["type"] == "StasisStart":
                frame = orjson.dumps({"call": event["channel"]["protocol_id"]}).decode()
                for socket in consoles:
                    await socket.send_str(frame)


@asynccontextmanager
async def bare_service(asterisk: RealAsterisk) -> AsyncIterator[str]:
    """The bare service as a process; the address of its websocket."""
    settings = asterisk.settings
    assert settings.ari_password is not None
    port = free_tcp_port()
    process = await asyncio.create_subprocess_exec(
        *bound_to_us([sys.executable, __file__, "serve"]),
        f"http://{settings.asterisk_host}:{settings.asterisk_http_port}",
        f"{settings.ari_user}:{settings.ari_password.get_secret_value()}",
        str(port),
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        async with own_line(asterisk, LINE, f"Stasis,{APP}"):
            yield f"http://127.0.0.1:{port}/"
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def watch_frames(url: str, seen: dict[str, float], ready: asyncio.Event) -> None:
    """Note when each call's frame arrives at a websocket."""
    async with aiohttp.ClientSession() as http:
        while True:
            try:
                socket = await http.ws_connect(url, compress=0)
                break
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)
        async with socket:
            ready.set()
            async for message in socket:
                arrived = time.time()
                seen[orjson.loads(message.data)["call"]] = arrived


async def measure_bare(asterisk: RealAsterisk, rate: float, numbers: Sequence[str], stay: float = 1.0) -> Figures:
    """INVITE sent → frame at the websocket, for each of these callers."""
    seen: dict[str, float] = {}
    ready = asyncio.Event()
    async with bare_service(asterisk) as url:
        watching = asyncio.create_task(watch_frames(url, seen, ready))
        try:
            await asyncio.wait_for(ready.wait(), 10)
            await until_app(asterisk, APP)
            calls = await run_load(asterisk.toolchain, asterisk.sip, rate=rate, line=LINE, numbers=numbers, stay=stay)
        finally:
            watching.cancel()
            await asyncio.wait({watching})
    return figures("bare", rate, {call.call_id: call.sent_at for call in calls}, seen)


async def until_app(asterisk: RealAsterisk, app: str, timeout: float = 10.0) -> None:
    """Wait until an ARI app is connected."""
    for _ in range(round(timeout / 0.05)):
        if app in await asterisk.process.cli("ari show apps"):
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(f"the ARI app {app} did not connect within {timeout:g} s")


if __name__ == "__main__" and sys.argv[1:2] == ["serve"]:
    uvloop.run(serve(sys.argv[2], sys.argv[3], int(sys.argv[4])))

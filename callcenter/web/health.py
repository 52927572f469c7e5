"""For machines that watch: is the process alive, can it serve a press, what do its figures say."""

from __future__ import annotations

import asyncio

from aiohttp import web

from callcenter.web.bodies import answer
from callcenter.web.deps import Deps

READY_SECONDS = 5.0


async def alive(_: web.Request, __: Deps) -> web.StreamResponse:
    """``GET /healthz``: asks nobody, so that a lost database never makes somebody restart a working process."""
    return answer({"alive": True})


async def ready(_: web.Request, deps: Deps) -> web.StreamResponse:
    """``GET /readyz``: 503 with what is missing as long as a press could not be served."""
    try:
        async with asyncio.timeout(READY_SECONDS):
            parts = dict(await deps.health.ready())
    except TimeoutError:
        parts = {"readiness": f"no answer within {READY_SECONDS:.0f} s"}
    is_ready = all(state is True for state in parts.values())
    others = {"nodes": dict(deps.health.nodes_are()), "instances": dict(deps.health.instances_are())}
    told = {name: states for name, states in others.items() if states}
    return answer({"ready": is_ready, "parts": parts, **told}, status=200 if is_ready else 503)


async def metrics(_: web.Request, deps: Deps) -> web.StreamResponse:
    """``GET /metrics``: Prometheus text."""
    return web.Response(body=deps.metrics(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

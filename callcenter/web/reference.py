"""The description of the interface, for machines and for eyes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import hdrs, web

from callcenter.domain.errors import Refused
from callcenter.web.bodies import answer
from callcenter.web.deps import Deps


@dataclass(frozen=True)
class Description:
    """Makes the description; once."""

    make: Callable[[], dict[str, Any]]


DOCUMENT: web.AppKey[Description] = web.AppKey("document", Description)


async def openapi(request: web.Request, _: Deps) -> web.StreamResponse:
    """``GET /api/openapi.json``"""
    # Made once, in a second; calls must not wait for it.
    return answer(await asyncio.to_thread(request.app[DOCUMENT].make))


async def docs(_: web.Request, deps: Deps) -> web.StreamResponse:
    """``GET /api/docs``: the same as a page; its scripts lie with the console's."""
    page = deps.console_dist / "api-docs" / "index.html"
    if not await asyncio.to_thread(page.is_file):
        raise Refused(
            "console_not_built", "控制台还没有构建,页面无法显示。", "The console has not been built, so there is no page.",
            remedy_zh="请运行 make setup 后刷新;机器可读的说明在 /api/openapi.json。",
            remedy_en="Run make setup and reload; machines read /api/openapi.json.", status=503,
        )  # fmt: skip
    return web.FileResponse(page, headers={hdrs.CACHE_CONTROL: "no-cache"})

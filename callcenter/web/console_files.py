"""The built console as files. Every path that is no file is a page of the console: it finds its way itself."""

from __future__ import annotations

import asyncio
from pathlib import Path

from aiohttp import hdrs, web

from callcenter.domain.errors import Refused
from callcenter.web.deps import Deps
from callcenter.web.problems import not_found

FOR_EVER = "public, max-age=31536000, immutable"  # the build puts a hash of the content into these names
ASK_FIRST = "no-cache"


async def console(request: web.Request, deps: Deps) -> web.StreamResponse:
    """``GET /…``"""
    path = request.match_info["path"]
    if "\x00" in path:
        raise not_found("地址", "address")
    found = await asyncio.to_thread(_find, deps.console_dist, path)
    if found is None:
        if "." in path.rsplit("/", 1)[-1]:
            raise not_found("地址", "address")
        raise Refused(
            "console_not_built",
            "控制台还没有构建,页面无法显示。呼叫服务本身不受影响。",
            "The console has not been built, so there is no page. The call service itself is not affected.",
            remedy_zh="请运行 make console 后刷新。",
            remedy_en="Run make console and reload.",
            status=503,
        )
    caching = FOR_EVER if path.startswith("assets/") and found.name != "index.html" else ASK_FIRST
    return web.FileResponse(found, headers={hdrs.CACHE_CONTROL: caching})


def _find(dist: Path, path: str) -> Path | None:
    """The file of a path below ``dist``; for a page of the console its index; else None."""
    root = dist.resolve()
    wanted = (root / path).resolve()
    if wanted.is_relative_to(root) and wanted.is_file():
        return wanted
    if "." in path.rsplit("/", 1)[-1]:
        return None
    index = root / "index.html"
    return index if index.is_file() else None

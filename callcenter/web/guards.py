"""What stands before and around every view: request ids, who may send from where, and the headers browsers obey."""

from __future__ import annotations

import secrets
import time
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from structlog.contextvars import bound_contextvars

from callcenter.domain.errors import Refused
from callcenter.web.problems import REQUEST_ID

log = structlog.get_logger()

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
}
READING = frozenset({"GET", "HEAD", "OPTIONS"})


@web.middleware
async def request_ids(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Gives each request an id that the answer and every log line carry."""
    request[REQUEST_ID] = request_id = secrets.token_hex(6)
    started = time.monotonic()
    with bound_contextvars(request_id=request_id):
        response = await handler(request)
        tell = log.debug if request.method in READING and response.status < 400 else log.info
        resource = request.match_info.route.resource
        tell(
            "request",
            method=request.method,
            path=resource.canonical if resource else "",  # the route's form: ids and search words stay out
            status=response.status,
            ms=round((time.monotonic() - started) * 1000, 1),
        )
        return response


@web.middleware
async def same_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuses what another site makes a browser send. Programs that are no browser send no Origin."""
    if request.method not in READING or request.headers.get("Upgrade", "").lower() == "websocket":
        origin = request.headers.get("Origin")
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        foreign = site not in ("same-origin", "none") if origin is None else urlsplit(origin).netloc != request.host
        if foreign:
            raise Refused(
                "wrong_origin",
                "请求来自其他网站,已拒绝;没有改动任何数据。",
                "The request comes from another site and was refused; nothing was changed.",
                remedy_zh="请直接打开呼叫中心控制台操作。",
                remedy_en="Open the console itself.",
                status=403,
            )
    return await handler(request)


async def put_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Headers on every answer, also on files and errors."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    if REQUEST_ID in request:
        response.headers["X-Request-Id"] = request[REQUEST_ID]

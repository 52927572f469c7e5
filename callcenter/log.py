"""Structured logs: JSON lines that carry case, leg and seat ids, and never personal data.

Personal data is kept out twice: callers log ids only, and a processor here drops the keys that would carry a person.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

import orjson
import structlog

# Keys that name or locate a person, or let somebody in. A log line that carries one loses it, and says so.
PERSONAL_KEYS = frozenset(
    {
        "name", "number", "phone", "caller", "caller_number", "address", "id_card", "password", "secret",
        "door_code", "illnesses", "medication", "allergies", "profile", "member", "note", "text", "callerid",
    }
)  # fmt: skip


def drop_personal(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace every personal value with a mark; the key stays, so that the mistake is found and mended."""
    for key in event.keys() & PERSONAL_KEYS:
        event[key] = "[personal data, not logged]"
    return event


def _line(event: object) -> bytes:
    """As JSON, whatever it holds: half a character or a number beyond 64 bits must not end the work that tells of it."""
    try:
        return orjson.dumps(event, default=str)
    except TypeError:
        return json.dumps(event, default=str).encode()


def set_up_logging(level: str = "INFO", style: Literal["json", "console"] = "json") -> None:
    """Send structlog and the standard library's logging to standard error in one form."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # Without local variables: they hold whole profiles.
        structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))
        if style == "json"
        else structlog.dev.set_exc_info,
        drop_personal,
    ]
    # Our own lines do not go through the standard library: there each costs a quarter of a millisecond, and a call has a dozen.
    renderer: Any
    own_renderer: Any
    ours: Any
    if style == "json":
        renderer = structlog.processors.JSONRenderer(serializer=lambda line, **_: _line(line).decode())
        own_renderer = structlog.processors.JSONRenderer(serializer=lambda line, **_: _line(line))
        ours = structlog.BytesLoggerFactory(sys.stderr.buffer)
    else:
        renderer = own_renderer = structlog.dev.ConsoleRenderer()
        ours = structlog.WriteLoggerFactory(sys.stderr)
    structlog.configure(
        processors=[*shared, own_renderer],
        logger_factory=ours,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # These repeat on every request or reconnect what our own lines already say with case ids.
    for noisy in ("aiohttp.access", "panoramisk", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)

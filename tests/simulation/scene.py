"""The engine's own modules on the stage: asyncio, the database and the log are exchanged for the time of a night."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from callcenter.engine import lanes, nodes, orders, processor, reconcile
from callcenter.telephony import nodes as telephony
from simulation import node_rows
from simulation.database import save
from simulation.service import Silent
from simulation.stage import Asyncio


@contextmanager
def engine_on_stage(log: Silent) -> Iterator[None]:
    """The engine's modules use the stage in place of asyncio, and the modelled database in place of PostgreSQL."""
    names: list[tuple[Any, str, Any]] = [
        (processor, "asyncio", Asyncio), (processor, "save", save), (processor, "log", log),
        (lanes, "asyncio", Asyncio), (lanes, "log", log), (orders, "log", log),
        (nodes, "asyncio", Asyncio), (nodes, "log", log), (reconcile, "asyncio", Asyncio), (reconcile, "log", log),
        (telephony, "asyncio", Asyncio),
        *((nodes, name, getattr(node_rows, name)) for name in ("live_legs", "open_attempts")),
        *((reconcile, name, getattr(node_rows, name)) for name in ("live_legs", "live_attempts", "closed_attempts")),
    ]  # fmt: skip
    before = [(module, name, getattr(module, name)) for module, name, _ in names]
    for module, name, new in names:
        setattr(module, name, new)
    try:
        yield
    finally:
        for module, name, old in before:
            setattr(module, name, old)

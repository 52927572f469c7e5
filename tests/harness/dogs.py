"""The watchdog as a process of its own, and whom it phones."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness.centre import Centre
from harness.processes import Process, forked

FIRST, SECOND = "+8613900000001", "+8613900000002"


@dataclass
class Dog:
    """``callcenter watchdog`` beside a centre."""

    centre: Centre
    process: Process | None = None
    log: Path = field(default_factory=Path)

    async def start(self, **changes: str) -> None:
        """Start it; ``changes`` are environment variables other than the centre's."""
        self.log = Path(self.centre.settings.data_dir) / f"watchdog-{self.centre.settings.instance}.log"
        environment = self.centre._environment() | changes
        self.process = await forked(["watchdog", "--grace", "0"], environment, self.log)
        await self.until_logged("watchdog_started")

    def logged(self, event: str) -> list[dict[str, Any]]:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        found = [json.loads(line) for line in lines if line.startswith("{")]
        return [one for one in found if one.get("event") == event]

    async def until_logged(self, event: str, timeout: float = 20.0, **fields: Any) -> dict[str, Any]:
        """The first line of this event with these fields."""
        try:
            async with asyncio.timeout(timeout):
                while True:
                    fits = [one for one in self.logged(event) if fields.items() <= one.items()]
                    if fits:
                        return fits[0]
                    assert self.process is None or self.process.returncode is None, self.tail()
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"no {event} {fields} within {timeout:g} s:\n{self.tail()}") from None

    def tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-30:]) if self.log.exists() else ""

    async def stop(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
            await asyncio.wait_for(self.process.wait(), 10)

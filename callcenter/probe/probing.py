"""One probe: console, press, ringing, pop, answer, hang-up; what was slow or missing is named by its stage."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Literal

from callcenter.domain.probe import ACCOUNT
from callcenter.probe.console import ConsoleError, ProbeConsole
from callcenter.probe.press import Press, PressError
from callcenter.settings import Settings

Stage = Literal["console", "sip", "pop", "answer", "hang_up"]
DEADLINE = 5.0  # seconds for each stage
CLOSE_SECONDS = 2.0


@dataclass(frozen=True)
class Probed:
    """What came of one probe. Milliseconds from the first INVITE; ``console_ms`` from the connection's beginning."""

    at: datetime
    stage: Stage | None = None
    """Where it broke; None: it did not."""
    detail: str = ""
    console_ms: float | None = None
    sip_ms: float | None = None
    pop_ms: float | None = None
    answer_ms: float | None = None

    @property
    def ok(self) -> bool:
        return self.stage is None


async def probe(settings: Settings, base: str, deadline: float = DEADLINE) -> Probed:
    """Press once. ``base``: address of the service. Never raises for what is wrong outside: it is the answer."""
    found: dict[str, float] = {}
    at, stage, detail = datetime.now(UTC), None, ""
    line = f"probe{secrets.token_hex(6)}"
    console = ProbeConsole(base, settings.probe_secret("console"))
    try:
        began = monotonic()
        await console.open(deadline)
        found["console_ms"] = _since(began, monotonic())
        server = (settings.asterisk_host, settings.sip_port)
        async with Press(ACCOUNT, settings.probe_secret("sip"), server, line) as press:
            press.dial()
            assert press.sent_at is not None
            popping = asyncio.create_task(console.popped(line, deadline), name="pop")
            try:
                found["sip_ms"] = _since(press.sent_at, await press.rung(deadline))
                found["pop_ms"] = _since(press.sent_at, await popping)
                found["answer_ms"] = _since(press.sent_at, await press.answered(deadline))
                await press.over(deadline)
            finally:
                popping.cancel()
                await asyncio.gather(popping, return_exceptions=True)
    except PressError as error:
        stage, detail = error.stage, error.detail
    except ConsoleError as error:
        stage, detail = ("pop" if "console_ms" in found else "console"), str(error)
    except OSError as error:  # no way to the address at all
        stage, detail = "sip", f"{type(error).__name__}: {error}"[:160]
    finally:
        with contextlib.suppress(TimeoutError, OSError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await console.close()
    return Probed(at, stage, detail, **found)  # type: ignore[arg-type]


def _since(began: float, at: float) -> float:
    return round((at - began) * 1000, 1)

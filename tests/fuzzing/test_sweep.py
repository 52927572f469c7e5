"""The whole interface, by every role, with what its own description makes up: nothing breaks, and every answer is as described.

A small sweep here; ``make fuzz`` makes a long one of the same (``FUZZ_EXAMPLES``, ``FUZZ_SEED``).
"""

from __future__ import annotations

import asyncio
import os
import random
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from tests.connections.conftest import Instance
from tests.fuzzing.sweep import Sweep

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))
SEED = int(os.environ.get("FUZZ_SEED", "7"))


async def test_nothing_breaks_and_every_answer_is_as_described(database: str, engine: AsyncEngine, tmp_path: Path) -> None:
    instance = Instance("fuzzed", database, tmp_path / "fuzzed")
    try:
        await instance.start(DEMO="true", LOG_LEVEL="ERROR")
        await instance.until_alive()
        sweep = Sweep(f"http://127.0.0.1:{instance.port}", random.Random(SEED))
        await sweep.prepare(engine)
        await asyncio.to_thread(sweep.run, EXAMPLES or 1, every_role=EXAMPLES > 0, number=SEED)
    finally:
        await instance.close()
    print(f"{sweep.calls} calls, {len(sweep.failures)} addresses with faults, seed {SEED}")  # noqa: T201 - for make fuzz
    found = "\n".join(f"{name}: {what}" for name, what in sorted(sweep.failures.items()))
    log = (tmp_path / "fuzzed" / "fuzzed.log").read_text()[-6000:] if "internal" in found else ""
    assert not sweep.failures, f"{sweep.calls} calls, {len(sweep.failures)} addresses:\n{found}\n{log}"

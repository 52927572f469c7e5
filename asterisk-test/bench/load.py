"""Load from one SIPp: so many calls a second with numbers of their own, and when each INVITE was sent.

The time is SIPp's own clock at the moment before sending, in microseconds since 1970: the same clock that the receiver
of a frame reads on this machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from callcenter.setup.processes import bound_to_us, tail
from callcenter.setup.toolchain import Toolchain
from callcenter.simulation.sipp import SCENARIO, free_udp_port, parse_step, require_loopback


@dataclass(frozen=True)
class Sent:
    """One call of the load. ``end`` is how it ended as the caller saw it; None when SIPp lost it."""

    number: str
    call_id: str
    sent_at: float
    answered_at: float | None
    end: str | None


async def run_load(
    toolchain: Toolchain,
    server: tuple[str, int],
    *,
    rate: float,
    line: str,
    numbers: Sequence[str],
    stay: float = 1.0,
    source: str = "127.0.0.2",
) -> list[Sent]:
    """Call ``line`` once from each number; each caller gives up or hangs up after ``stay`` seconds."""
    require_loopback(server[0])
    folder = Path(tempfile.mkdtemp(prefix="load-"))
    scenario = SCENARIO.read_text().replace("STAY", str(round(stay * 1000)))
    scenario = scenario.replace("[from]", "<sip:[field0]@127.0.0.2>").replace(
        "sent|[call_id]|[timestamp]|", "sent|[call_id]|[timestamp]|[field0]"
    )
    (folder / "load.xml").write_text(scenario)
    (folder / "numbers.csv").write_text("SEQUENTIAL\n" + "".join(f"{number};\n" for number in numbers))
    longest = len(numbers) / rate + stay * 2 + 20
    command = [
        *toolchain.command("usr/bin/sipp"),
        f"{server[0]}:{server[1]}", "-sf", str(folder / "load.xml"), "-inf", str(folder / "numbers.csv"),
        "-i", source, "-p", str(free_udp_port(source)), "-r", str(rate), "-rp", "1000",
        "-m", str(len(numbers)), "-l", str(len(numbers)), "-nostdin", "-timeout", f"{round(longest)}s",
        "-recv_timeout", str(round(stay * 1000 + 10_000)), "-trace_logs", "-log_file", str(folder / "steps.log"),
        "-trace_err", "-error_file", str(folder / "errors.log"),
        "-key", "dialled", line, "-key", "rtp_host", source, "-key", "rtp_port", "9",
    ]  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        *bound_to_us(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd=folder,
    )
    try:
        await asyncio.wait_for(process.wait(), longest + 10)
        calls = _calls(folder / "steps.log")
        if not calls:
            raise RuntimeError(f"SIPp placed no call: {tail(folder / 'errors.log')}")
        return calls
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _calls(log: Path) -> list[Sent]:
    found: dict[str, dict[str, tuple[float, str]]] = {}
    for line in log.read_text(errors="replace").splitlines():
        if step := parse_step(line):
            found.setdefault(step.call_id, {}).setdefault(step.what, (step.at, step.detail))
    calls = []
    for call_id, steps in found.items():
        if "sent" not in steps:
            continue
        sent_at, number = steps["sent"]
        end = steps.get("ended") or steps.get("refused")
        answered = steps.get("answered")
        calls.append(Sent(number, call_id, sent_at, answered[0] if answered else None, end[1] if end else None))
    return calls

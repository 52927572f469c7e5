"""A dead instance beside a living one is called by its name: to machines, to figures, to the board."""

from __future__ import annotations

import asyncio
from typing import Any

import sqlalchemy as sa

from tests.connections.conftest import Instance, Outside


async def readyz(outside: Outside, instance: Instance) -> Any:
    async with outside.http.get(f"http://127.0.0.1:{instance.port}/readyz") as answer:
        return await answer.json()


async def until_instances(outside: Outside, instance: Instance, wanted: dict[str, bool]) -> dict[str, Any]:
    """Until it says of each that it lives, or in words that it does not."""
    async with asyncio.timeout(20):
        while True:
            told = (await readyz(outside, instance)).get("instances", {})
            if {name: state is True for name, state in told.items()} == wanted:
                return dict(told)
            await asyncio.sleep(0.1)


async def until_figures(outside: Outside, instance: Instance, line: str, *, told: bool) -> None:
    async with asyncio.timeout(20):
        while True:
            async with outside.http.get(f"http://127.0.0.1:{instance.port}/metrics") as answer:
                if (line in (await answer.text()).splitlines()) is told:
                    return
            await asyncio.sleep(0.1)


async def test_a_dead_instance_is_named_by_the_living_one(outside: Outside) -> None:
    one, two = outside.instances
    await until_instances(outside, one, {"one": True, "two": True})
    await until_figures(outside, one, 'callcenter_instance_up{instance="two"} 1.0', told=True)
    await two.kill()
    said = await until_instances(outside, one, {"one": True, "two": False})
    assert "two" in said["two"]
    assert "没有心跳" in said["two"]
    assert "no heartbeat" in said["two"]
    await until_figures(outside, one, 'callcenter_instance_up{instance="two"} 0.0', told=True)
    assert (await readyz(outside, one))["parts"]["database"] is True, "it harms nobody"

    # Back, and then stopped in good order: it is no part of the centre any more.
    await two.start()
    await two.until_alive()
    await until_instances(outside, one, {"one": True, "two": True})
    assert two.process is not None
    two.process.terminate()
    await asyncio.wait_for(two.process.wait(), 20)
    await until_instances(outside, one, {})
    await until_figures(outside, one, 'callcenter_instance_up{instance="two"} 0.0', told=False)
    async with outside.engine.connect() as connection:
        assert await connection.scalar(sa.text("SELECT seen_at = '-infinity' FROM instance WHERE name = 'two'"))

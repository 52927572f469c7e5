"""The telephones behind the trunks: families, neighbours, 120. What they saw is the truth about who was rung, and how often."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from callcenter.simulation.family import Behaviour, FamilyCall, TelephoneNetwork
from harness.asterisk import RealAsterisk

STANDING_IN: dict[Path, Homes] = {}
"""By the data folder of their Asterisk."""


@dataclass
class Homes:
    """Both networks of one Asterisk."""

    trunk: TelephoneNetwork
    drill: TelephoneNetwork

    def behave(self, behaviours: Mapping[str, str]) -> None:
        """``number → behaviour`` as family.Behaviour reads it, on both networks."""
        for number, text in behaviours.items():
            for network in (self.trunk, self.drill):
                network.behaviours[number] = Behaviour.read(text)

    async def close(self) -> None:
        await self.trunk.close()
        await self.drill.close()

    def invites(self, number: str) -> list[FamilyCall]:
        return self.trunk.of(number) + self.drill.of(number)

    def doubled(self) -> list[str]:
        """Numbers that were rung while they rang or spoke already."""
        return [call.number for network in (self.trunk, self.drill) for call in network.calls if call.overlapped]


@asynccontextmanager
async def homes_of(asterisk: RealAsterisk) -> AsyncIterator[Homes]:
    """Everybody behind this Asterisk's trunks; nobody answers until told otherwise."""
    await leave(asterisk)
    made = await _move_in(asterisk)
    try:
        yield made
    finally:
        await made.close()


@asynccontextmanager
async def nobody_at_home(asterisk: RealAsterisk) -> AsyncIterator[None]:
    """Telephones that ring, for tests that do not look at them. With nothing behind the trunk, Asterisk would go on sending a
    call that is long over, and the homes of the next test would count it."""
    if asterisk.settings.data_dir in STANDING_IN:  # for another centre of the same test, which stays until the end
        yield
        return
    try:
        made = STANDING_IN[asterisk.settings.data_dir] = await _move_in(asterisk)
    except OSError:  # somebody lives there
        yield
        return
    try:
        yield
    finally:
        if STANDING_IN.get(asterisk.settings.data_dir) is made:
            await leave(asterisk)


async def leave(asterisk: RealAsterisk) -> None:
    """Who only stood in makes room."""
    made = STANDING_IN.pop(asterisk.settings.data_dir, None)
    if made is not None:
        await made.close()


async def _move_in(asterisk: RealAsterisk) -> Homes:
    made = Homes(TelephoneNetwork(), TelephoneNetwork())
    try:
        await made.trunk.listen(int(asterisk.settings.trunk_target.rpartition(":")[2]))
        await made.drill.listen(int(asterisk.settings.drill_target.rpartition(":")[2]))
    except OSError:
        await made.close()
        raise
    return made

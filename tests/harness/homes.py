"""The telephones behind the trunks: families, neighbours, 120. What they saw is the truth about who was rung, and how often."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from callcenter.simulation.family import Behaviour, FamilyCall, TelephoneNetwork
from harness.asterisk import RealAsterisk


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

    def invites(self, number: str) -> list[FamilyCall]:
        return self.trunk.of(number) + self.drill.of(number)

    def doubled(self) -> list[str]:
        """Numbers that were rung while they rang or spoke already."""
        return [call.number for network in (self.trunk, self.drill) for call in network.calls if call.overlapped]


@asynccontextmanager
async def homes_of(asterisk: RealAsterisk) -> AsyncIterator[Homes]:
    """Everybody behind this Asterisk's trunks; nobody answers until told otherwise."""
    made = Homes(TelephoneNetwork(), TelephoneNetwork())
    await made.trunk.listen(int(asterisk.settings.trunk_target.rpartition(":")[2]))
    await made.drill.listen(int(asterisk.settings.drill_target.rpartition(":")[2]))
    try:
        yield made
    finally:
        await made.trunk.close()
        await made.drill.close()

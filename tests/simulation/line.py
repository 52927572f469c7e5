"""ARI and AMI as an instance sees them: the way from it to one node, on which orders are late, lost, or arrive after all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from callcenter.telephony.calls import LATE_GRACE
from callcenter.telephony.config import trunk_to
from callcenter.telephony.nodes import LINK, PING_SECONDS
from callcenter.telephony.ports import AttemptOrder, ChannelGone, LiveBridge, LiveChannel, TelephonyDown
from simulation.node import Node
from simulation.stage import SECOND, rest
from simulation.truth import Order

if TYPE_CHECKING:
    from simulation.service import Service

ARI_SECONDS = 3.0  # settings.ari_timeout


class Refused(Exception):
    """Nobody listens at that port: the machine lives, and says so."""

    os_error = ConnectionRefusedError()


@dataclass
class Line:
    """One instance's way to one node."""

    service: Service
    node: Node

    @property
    def connected(self) -> bool:
        return self.node.up and (not self.node.several or self.service.listens_to(self.node))

    async def _order(self, name: str) -> None:
        node = self.node
        generation = node.generation
        await self.service.step(name, 0.0005, 0.004)
        if node.slow_until > self.service.stage.now:
            await self.service.step(name, 0.05, 2.5)
        if node.cut_until(self.service.name):
            await self._unheard()
        if not node.up or node.generation != generation:
            raise TelephonyDown("no answer")

    async def _unheard(self) -> None:
        """Nothing passes: the order waits for its way to be free again, or for our patience to end."""
        stage = self.service.stage
        if not self.service.listens_to(self.node):
            raise TelephonyDown("not connected")
        await rest(min(self.node.cut_until(self.service.name) - stage.now + 1000, int(ARI_SECONDS * SECOND)))
        if self.node.cut_until(self.service.name):
            raise TelephonyDown("no answer")

    def _channel(self, channel_id: str) -> None:
        if channel_id not in self.node.channels:
            raise ChannelGone("gone")

    async def ping(self) -> None:
        """As ``telephony/nodes.py: Pulse``."""
        service, node = self.service, self.node
        await service.step("ping", 0.0005, 0.003)
        slow = service.stage.between(0.0, 2.5) if node.slow_until > service.stage.now else 0.0
        if node.cut_until(service.name) or (not node.up and node.vanished) or slow > PING_SECONDS:
            await rest(int(PING_SECONDS * SECOND))
            raise TelephonyDown("no answer")
        await rest(int(slow * SECOND))
        if not node.up:
            raise TelephonyDown("no") from (None if node.vanished else Refused())

    async def claim(self, channel_id: str) -> bool:
        await self._order("claim")
        won = self.node.claim(channel_id, self.service.name)
        await self.service.faulty("claimed")
        return won

    async def answer(self, channel_id: str) -> None:
        await self._order("answer")
        self._channel(channel_id)
        self.node.channels[channel_id].up = True

    async def hang_up(self, channel_id: str, reason: str = "normal") -> None:
        await self._order("hang_up")
        self.node.hang_up(channel_id)
        await self.service.faulty("hung_up")

    async def originate(
        self, channel_id: str, endpoint: str, *, ring_seconds: float, args: Sequence[str] = (), **_: object
    ) -> None:
        await self._order("originate")
        if tuple(args) == (LINK,):
            conversation, there = endpoint.removeprefix("PJSIP/link").split("@" + trunk_to(""))
            self.node.link(channel_id, conversation, self.service.lines[there].node, self.service.name)
            return
        self.node.ring_seat(channel_id, endpoint.removeprefix("PJSIP/"), ring_seconds, self.service.name)

    async def dial_attempt(self, order: AttemptOrder) -> None:
        checked, until = self.service.stage.now, None
        if self.node.several and order.good_for is not None:
            until = math.ceil(checked / SECOND + order.good_for + LATE_GRACE) * SECOND
        told = Order(
            order.attempt_id, order.number, order.way, order.ring_seconds, order.announcement, checked,
            self.service.decided.get(order.attempt_id, 0), self.service.name, until,
            begins=checked + math.ceil(order.starts_in * SECOND) + 1 if order.starts_in > 0 else 0,
        )  # fmt: skip
        try:
            await self._order("dial")
        except TelephonyDown:
            if (later := self.node.cut_until(self.service.name)) and self.service.stage.chance(0.5):
                self.service.stage.at(later + 1000, self._arrives_late, told, self.node.generation)
            raise
        self.node.dial(told)
        await self.service.faulty("dialled")

    def _arrives_late(self, order: Order, generation: int) -> None:
        """It was on its way when the way was cut, and nobody can call it back."""
        if self.node.up and self.node.generation == generation:
            self.node.dial(order)

    async def void_attempt(self, attempt_id: str) -> None:
        await self._order("void")
        self.node.void(attempt_id)

    async def create_bridge(self, bridge_id: str) -> None:
        return None

    async def bridge(self, bridge_id: str, channel_ids: Sequence[str]) -> None:
        await self._order("bridge")
        for channel_id in channel_ids:
            self._channel(channel_id)
            self.node.bridges.setdefault(bridge_id, set()).add(channel_id)
        self.node.joined(tuple(channel_ids))

    async def destroy_bridge(self, bridge_id: str) -> None:
        if self.node.several and (not self.connected or self.node.cut_until(self.service.name)):
            raise TelephonyDown("no answer")
        self.node.bridges.pop(bridge_id, None)

    async def record_bridge(self, bridge_id: str, name: str) -> None:
        return None

    async def bridges(self) -> list[LiveBridge]:
        return [LiveBridge(name, tuple(sorted(inside))) for name, inside in self.node.bridges.items()]

    async def play(self, channel_id: str, playback_id: str, media: Sequence[str]) -> None:
        await self._order("play")
        self._channel(channel_id)
        self.node.play(channel_id, playback_id, media[0])

    async def stop_playback(self, playback_id: str) -> None:
        if not self.node.up or self.node.cut_until(self.service.name):
            raise TelephonyDown("no answer")
        self.node.silence(playback_id)

    async def start_music(self, channel_id: str) -> None:
        return None

    async def stop_music(self, channel_id: str) -> None:
        return None

    async def hand_back(self, channel_id: str, context: str = "arrive") -> None:
        await self._order("hand_back")
        self._channel(channel_id)
        if context == "arrive":
            self.node.serve_alone(self.node.channels[channel_id])
        else:
            self.node.ask_alone(channel_id)

    def learn(self, what: str, node: str) -> None:
        """There is one node."""

    async def channels(self, of: str = "") -> list[LiveChannel]:
        await self._order("channels")
        return [
            LiveChannel(c.id, "", "Up" if c.up else "Ring", c.number, "", f"callcenter-{c.app}" if c.app else None, c.args)
            for c in self.node.channels.values()
        ]

    async def node_started_at(self, of: str = "") -> float:
        await self._order("started")
        return self.node.started_at

    async def attempt_evidence(self, attempt_id: str) -> Any:
        await self._order("evidence")
        return self.node.evidence(attempt_id)

    # a phone is registered at both nodes
    def has(self, _account: str) -> bool:
        return True

    # speech: made at once, and named by what it says
    async def say(self, sentence: str) -> str:
        return sentence

    def media_of(self, sentence: str) -> str:
        return sentence

    def is_spoken(self, _sentence: str) -> bool:
        return True

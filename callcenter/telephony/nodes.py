"""Several Asterisk nodes as one telephone system: every order goes to the node that carries the leg it is about.

Each node has a connection, a circuit and a watch of its own; one that dies takes nothing of the others with it. Where a leg is
stands in its row (``call_leg.node``, ``attempt.node``); whoever gives orders says so beforehand (``learn``), and so does every
event. A phone that is registered at another node is rung through the trunk between the nodes (``dialplan/extensions.conf``,
from-node), so that its leg is where the conversation is.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from callcenter.settings import Settings
from callcenter.telephony.ari import AriConnection
from callcenter.telephony.ari_requests import AriRequests
from callcenter.telephony.calls import AriCalls
from callcenter.telephony.config import trunk_to
from callcenter.telephony.ports import (
    AttemptEvidence,
    AttemptOrder,
    ContactStatus,
    LiveBridge,
    LiveChannel,
    Provisioning,
    SipAccount,
    TelephonyDown,
    TelephonyError,
)
from callcenter.telephony.watch import AmiWatch

MOST_KNOWN = 50_000  # legs, attempts and bridges whose place is remembered; the oldest are forgotten first
PING_SECONDS = 1.0
LINK = "link"  # the dialplan's word for a call between two halves of a conversation
LINK_SECONDS, LINK_LOOK = 2.0, 0.03
SIP = "PJSIP/"
T = TypeVar("T")
# What an id of ours is built from: the place of the whole is that of its part.
PREFIXES = ("say-", "ringing-", "snoop-listen-", "snoop-whisper-", "listen-")


class Pulse:
    """Asks an Asterisk whether it lives, by connections of its own: how busy the others are says nothing about that."""

    def __init__(self, settings: Settings, on_offset: Callable[[float], None]) -> None:
        self._requests = AriRequests(settings)
        self._on_offset = on_offset

    async def ping(self) -> None:
        """Raises TelephonyError. Told is how many seconds its clock is ahead of ours."""
        if self._requests.http is None:
            self._requests.open()
        before = time.time()
        answer = await self._requests.request("GET", "asterisk/ping", timeout=PING_SECONDS)
        if not answer.ok:
            raise TelephonyError(f"Asterisk 回答 {answer.status}。Asterisk answered {answer.status}.", status=answer.status)
        told = datetime.strptime(str(answer.body["timestamp"]), "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()
        self._on_offset(told - (before + time.time()) / 2)

    async def close(self) -> None:
        """Give the connections back."""
        await self._requests.close()


def link_of(bridge_id: str, node: str) -> str:
    """Id of the channel that joins a conversation with its part at this node."""
    return f"link-{bridge_id}-{node}"


@dataclass
class Node:
    """One Asterisk as an instance sees it."""

    name: str
    ari: AriConnection
    calls: AriCalls
    watch: AmiWatch
    provisioning: Provisioning
    pulse: Pulse
    in_hand: bool = False
    """Our legs there are found and the accounts are there: more than being connected."""
    watched: bool = False
    """Its registrations are read, and its safe mode has what it needs."""

    @property
    def connected(self) -> bool:
        """Whether events flow from it now."""
        return self.ari.connected


class Nodes:
    """``ports.Calls`` over all nodes, ``ports.Provisioning`` to all of them, and what their watches know."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.all: Mapping[str, Node] = {node.name: node for node in nodes}
        """In the order of preference: our own first."""
        self.lost: frozenset[str] = frozenset()
        """Nodes that are given up (engine/nodes.py)."""
        self._where: dict[str, str] = {}
        self._linked: dict[str, set[str]] = {}
        """By bridge: nodes that hold a part of it. What another instance has linked is cleared up by the sweep."""

    # ------------------------------------------------------------------ where things are

    def learn(self, what: str, node: str) -> None:
        """A leg, an attempt or a bridge is at this node."""
        if node in self.all:
            self._where.pop(what, None)
            self._where[what] = node
            while len(self._where) > MOST_KNOWN:
                del self._where[next(iter(self._where))]

    def place(self) -> tuple[str, frozenset[str]]:
        """Where calls that belong nowhere yet are made, and the nodes that are given up."""
        living = [name for name in self.all if name not in self.lost]
        # One that we do not reach ourselves, while others hear it, still beats one that is given up: they send the order again.
        able = [name for name in living if self.all[name].connected]
        return (able or living or list(self.all))[0], self.lost

    def of(self, what: str) -> Node:
        """The node that carries this leg, attempt, bridge or playback; our own for what nobody told us about."""
        found = self._where.get(what)
        if found is None:
            for prefix in PREFIXES:
                if what.startswith(prefix):
                    return self.of(what.removeprefix(prefix).rpartition("~")[0] or what.removeprefix(prefix))
        if found is None:  # an id that Asterisk made begins with its name
            found = next((name for name in self.all if what.startswith(f"{name}-")), None)
        return self.all[found or next(iter(self.all))]

    def living(self) -> list[Node]:
        """Those that are not given up."""
        return [node for node in self.all.values() if node.name not in self.lost]

    # ------------------------------------------------------------------ orders

    @property
    def connected(self) -> bool:
        """Whether there is a node that could be given an order."""
        return any(node.connected for node in self.all.values())

    async def claim(self, channel_id: str) -> bool:
        return await self.of(channel_id).calls.claim(channel_id)

    async def answer(self, channel_id: str) -> None:
        await self.of(channel_id).calls.answer(channel_id)

    async def hang_up(self, channel_id: str, reason: str = "normal") -> None:
        await self.of(channel_id).calls.hang_up(channel_id, reason)

    async def originate(
        self,
        channel_id: str,
        endpoint: str,
        *,
        caller_name: str,
        caller_number: str,
        args: Sequence[str],
        variables: dict[str, str],
        ring_seconds: float,
        originator: str | None = None,
    ) -> None:
        node = self.of(channel_id)
        via = self._via(node, endpoint.removeprefix(SIP)) if endpoint.startswith(SIP) else ""
        await node.calls.originate(
            channel_id, f"{endpoint}@{trunk_to(via)}" if via else endpoint, caller_name=caller_name, caller_number=caller_number,
            args=args, variables=variables, ring_seconds=ring_seconds, originator=originator,
        )  # fmt: skip

    async def dial_attempt(self, order: AttemptOrder) -> bool:
        node = self.of(order.attempt_id)
        if order.way == "account" and (via := self._via(node, order.number)):
            order = replace(order, via=trunk_to(via))
        return await node.calls.dial_attempt(order)

    def _via(self, node: Node, account: str) -> str:
        """The node by which ``node`` reaches this phone; empty when it is its own, or nobody's."""
        if node.watch.has(account):
            return ""
        return next((other.name for other in self.living() if other is not node and other.watch.has(account)), "")

    async def void_attempt(self, attempt_id: str) -> None:
        await self.of(attempt_id).calls.void_attempt(attempt_id)

    async def node_started_at(self, of: str = "") -> float:
        return await self.of(of).calls.node_started_at()

    async def attempt_evidence(self, attempt_id: str) -> AttemptEvidence | None:
        """As ``ports.Watch``: what the node that was to dial it knows."""
        return await self.of(attempt_id).watch.attempt_evidence(attempt_id)

    async def create_bridge(self, bridge_id: str) -> None:
        await self.of(bridge_id).calls.create_bridge(bridge_id)

    async def bridge(self, bridge_id: str, channel_ids: Sequence[str]) -> None:
        """Put legs into a conversation. Those at another node than it are in a bridge of that name there, and a call from node to
        node joins both: it happens when somebody presses again, and that call comes in by the other node."""
        home = self.of(bridge_id)
        apart: dict[str, list[str]] = {}
        for channel_id in channel_ids:
            apart.setdefault(self.of(channel_id).name, []).append(channel_id)
        if own := apart.pop(home.name, []):
            await home.calls.bridge(bridge_id, own)
        for name, strangers in apart.items():
            there = self.all[name]
            await there.calls.create_bridge(bridge_id)
            await there.calls.bridge(bridge_id, strangers)
            await self._link(bridge_id, home, there)

    async def _link(self, bridge_id: str, home: Node, there: Node) -> None:
        """One call between the two halves of a conversation; one that is there already is left alone. Raises TelephonyError."""
        near = link_of(bridge_id, there.name)
        self.learn(near, home.name)
        self._linked.setdefault(bridge_id, set()).add(there.name)
        await home.calls.originate(
            near, f"{SIP}link{bridge_id}@{trunk_to(there.name)}", caller_name="", caller_number="", args=(LINK,), variables={},
            ring_seconds=LINK_SECONDS,
        )  # fmt: skip
        try:
            async with asyncio.timeout(LINK_SECONDS):
                while not (far := [c.id for c in await there.calls.channels() if c.app_args == (LINK, bridge_id)]):  # noqa: ASYNC110 - a look
                    await asyncio.sleep(LINK_LOOK)
        except TimeoutError:
            raise TelephonyError(f"节点之间没有接通。No call from node {home.name} to {there.name}.", retryable=True) from None
        self.learn(far[0], there.name)
        if await there.calls.claim(far[0]):  # False: it was claimed before, by us or by another instance
            await there.calls.answer(far[0])
        await there.calls.bridge(bridge_id, far[:1])
        await home.calls.bridge(bridge_id, [near])

    async def unbridge(self, bridge_id: str, channel_id: str) -> None:
        await self.of(channel_id).calls.unbridge(bridge_id, channel_id)

    async def destroy_bridge(self, bridge_id: str) -> None:
        """Remove a conversation's bridge, and what lies at other nodes of it; its legs stay in Stasis."""
        home = self.of(bridge_id)
        for name in self._linked.pop(bridge_id, ()):
            await home.calls.hang_up(link_of(bridge_id, name))
            await self.all[name].calls.destroy_bridge(bridge_id)
        await home.calls.destroy_bridge(bridge_id)

    async def play(self, channel_id: str, playback_id: str, media: Sequence[str]) -> None:
        await self.of(channel_id).calls.play(channel_id, playback_id, media)

    async def stop_playback(self, playback_id: str) -> None:
        await self.of(playback_id).calls.stop_playback(playback_id)

    async def play_bridge(self, bridge_id: str, playback_id: str, media: str) -> None:
        await self.of(bridge_id).calls.play_bridge(bridge_id, playback_id, media)

    async def send_digits(self, channel_id: str, digits: str) -> None:
        await self.of(channel_id).calls.send_digits(channel_id, digits)

    async def snoop(self, channel_id: str, snoop_id: str, *, whisper: bool) -> None:
        await self.of(channel_id).calls.snoop(channel_id, snoop_id, whisper=whisper)

    async def start_music(self, channel_id: str) -> None:
        await self.of(channel_id).calls.start_music(channel_id)

    async def stop_music(self, channel_id: str) -> None:
        await self.of(channel_id).calls.stop_music(channel_id)

    async def record_bridge(self, bridge_id: str, name: str) -> None:
        await self.of(bridge_id).calls.record_bridge(bridge_id, name)

    def fetch_recording(self, name: str) -> AsyncIterator[bytes]:
        return self.of(name).calls.fetch_recording(name)

    async def delete_recording(self, name: str) -> None:
        await self.of(name).calls.delete_recording(name)

    async def hand_back(self, channel_id: str, context: str = "arrive") -> None:
        await self.of(channel_id).calls.hand_back(channel_id, context)

    async def move(self, channel_id: str, app: str, args: Sequence[str] = (), leaving: str | None = None) -> None:
        await self.of(channel_id).calls.move(channel_id, app, args, leaving)

    async def channels(self, of: str = "") -> list[LiveChannel]:
        """Every channel of the node that carries ``of``; without it those of all nodes that can be asked. Raises TelephonyDown
        when none can."""
        if of:
            return await self.of(of).calls.channels()
        found: list[LiveChannel] = []
        for node, channels in await self._each(lambda node: node.calls.channels()):
            for channel in channels:
                self.learn(channel.id, node.name)
            found += channels
        return found

    async def bridges(self) -> list[LiveBridge]:
        return [bridge for _, bridges in await self._each(lambda node: node.calls.bridges()) for bridge in bridges]

    async def _each(self, ask: Callable[[Node], Awaitable[T]]) -> list[tuple[Node, T]]:
        nodes = [node for node in self.all.values() if node.connected]
        if not nodes:
            raise TelephonyDown("没有连接到 Asterisk。No connection to Asterisk.", retryable=True)
        answers = await asyncio.gather(*(ask(node) for node in nodes), return_exceptions=True)
        errors = [answer for answer in answers if isinstance(answer, BaseException)]
        if len(errors) == len(nodes) or any(not isinstance(error, TelephonyError) for error in errors):
            raise errors[0]
        return [(node, answer) for node, answer in zip(nodes, answers, strict=True) if not isinstance(answer, BaseException)]

    # ------------------------------------------------------------------ accounts and phones

    async def put_account(self, account: SipAccount) -> None:
        """To every node that can be told; the others are told when they connect. Raises when none could be."""
        await self._each(lambda node: node.provisioning.put_account(account))

    async def remove_account(self, account_id: str) -> None:
        """As ``put_account``."""
        await self._each(lambda node: node.provisioning.remove_account(account_id))

    def phone(self, account: str) -> ContactStatus:
        """Whether an account's phone is registered and reachable at any node that is not given up."""
        known = [status for node in self.living() if (status := node.watch.phone(account)) is not None]
        return max(known, key=lambda status: status.reachable, default=ContactStatus(account, registered=False, reachable=False))

    def phones(self) -> list[ContactStatus]:
        """Every account that is registered at any node that is not given up."""
        accounts = {account for node in self.living() for account in node.watch.accounts()}
        return [self.phone(account) for account in sorted(accounts)]

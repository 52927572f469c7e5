"""What a node is said to know of a call: two looks, between which anything may happen. The node is a stand-in of two lists: a
real one cannot be made to dial in the very moment between two questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from callcenter.domain.effects import AskNode
from callcenter.domain.facts import AttemptSeen
from callcenter.engine.orders import Orders
from callcenter.telephony.ports import AttemptEvidence, LiveChannel

ORDERED = datetime(2026, 11, 21, 3, tzinfo=UTC)
LEG = str(uuid4())
RINGS = LiveChannel(f"{LEG}-2", "", "Ring", "", "", None, ())


def nothing() -> None:
    """Nothing happens in between."""


@dataclass
class Node:
    """Channels and marks; ``between`` happens once, after the first look at the channels; ``then`` after the first at its mark."""

    live: list[LiveChannel] = field(default_factory=list)
    mark: AttemptEvidence | None = None
    between: Callable[[], None] = nothing
    then: Callable[[], None] = nothing

    async def channels(self, _of: str = "") -> list[LiveChannel]:
        found, happens = list(self.live), self.between
        self.between = nothing
        happens()
        return found

    async def attempt_evidence(self, _leg: str) -> AttemptEvidence | None:
        found, happens = self.mark, self.then
        self.then = nothing
        happens()
        return found

    async def node_started_at(self, _of: str = "") -> float:
        return ORDERED.timestamp() - 60

    def begins(self) -> None:
        self.live, self.mark = [RINGS], AttemptEvidence(LEG, 1.0)

    def ends(self) -> None:
        self.live, self.mark = [], AttemptEvidence(LEG, 1.0, status="BUSY", cause="17", ended_at=2.0)

    def begins_and_ends(self) -> None:
        self.begins()
        self.then = self.ends


async def ask(node: Node, *, begun: bool = True) -> AttemptSeen:
    parts: Any = node
    (told,) = await Orders(parts, parts, parts).perform(uuid4(), [AskNode(LEG, ORDERED, begun=begun)])
    assert isinstance(told, AttemptSeen)
    return told


@pytest.mark.parametrize("happens", ["begins", "begins_and_ends", "ends", "nothing"])
async def test_a_call_that_begins_or_ends_between_two_looks_is_not_taken_for_lost(happens: str) -> None:
    node = Node()
    if happens == "ends":
        node.begins()
    node.between = getattr(node, happens, nothing)
    told = await ask(node)
    expected = {"begins": "live", "begins_and_ends": "finished", "ends": "live", "nothing": "unclaimed"}
    assert told.seen == expected[happens]


async def test_begun_and_neither_there_nor_ended_is_lost() -> None:
    assert (await ask(Node(mark=AttemptEvidence(LEG, 1.0)))).seen == "claimed"


@pytest.mark.parametrize("begun", [True, False])
async def test_the_answer_says_what_was_known_when_it_was_asked(begun: bool) -> None:
    told = await ask(Node(), begun=begun)
    assert (told.seen, told.begun) == ("unclaimed", begun)

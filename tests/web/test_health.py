"""What ``/readyz`` and boards say of each node: one that answers again is in use only once calls are made there."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.app.health import Health
from callcenter.app.telephones import Telephones
from callcenter.settings import Settings


async def test_a_node_that_is_back_is_told_as_in_use_when_it_is(engine: AsyncEngine) -> None:
    settings = Settings(_env_file=None, ari_password="x", ami_password="x", node="node1", other_nodes="node2=127.0.0.1:1:2:3")
    nodes = Telephones(settings, engine).nodes
    orders: Any = None  # told of the clock only
    health = Health(engine, nodes, orders)
    for node in nodes.all.values():
        node.in_hand = node.watched = True
    assert health.nodes_are() == {"node1": True, "node2": True}
    nodes.lost = frozenset({"node2"})
    said = health.nodes_are()
    assert (said["node1"], nodes.place()[0]) == (True, "node1")
    assert "It answers again" in str(said["node2"])
    nodes.all["node2"].in_hand = False
    assert "It answers again" not in str(health.nodes_are()["node2"]), "it is away"
    nodes.all["node2"].in_hand, nodes.lost = True, frozenset()
    assert health.nodes_are()["node2"] is True

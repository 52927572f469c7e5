"""Whether this instance can serve a press, and what of the centre is away: told to machines, boards and figures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import sqlalchemy as sa
from prometheus_client import Gauge
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.engine.instances import SILENT_SECONDS, ages
from callcenter.engine.orders import Orders
from callcenter.engine.processor import DATABASE_ERRORS
from callcenter.supervision.board import Board
from callcenter.telephony.nodes import Node, Nodes

UP = Gauge("callcenter_up", "Whether a part is reachable", ["part"])
INSTANCE_UP = Gauge("callcenter_instance_up", "Whether a service instance on this database has a heartbeat", ["instance"])

# From its first connection until the next look at all nodes: calls are not made there yet.
_RETURNING = "已恢复应答,即将重新启用。It answers again and is used in a moment."


class Health:
    """Asked by ``/readyz``, and told to the board every second."""

    def __init__(self, engine: AsyncEngine, nodes: Nodes, orders: Orders) -> None:
        self._engine, self._nodes, self._orders = engine, nodes, orders
        self._ages: dict[str, float] = {}

    async def tell(self, board: Board) -> None:
        """Look at everything once; the board and the figures know it."""
        parts = {**await self.ready(), **{f"node:{name}": state for name, state in self.nodes_are().items()}}
        instances = self.instances_are()
        parts |= {f"instance:{name}": state for name, state in instances.items()}
        for name in [part for part in board.health if part.startswith("instance:") and part not in parts]:
            board.health_forgotten(name)
        INSTANCE_UP.clear()
        for name, state in instances.items():
            INSTANCE_UP.labels(name).set(state is True)
        for part, reason in parts.items():
            board.health_is(part, up=reason is True, detail="" if reason is True else str(reason))
            if not part.startswith("instance:"):
                UP.labels(part).set(reason is True)

    async def ready(self) -> Mapping[str, bool | str]:
        """Each part: True, or why not."""
        database: bool | str = True
        try:
            async with asyncio.timeout(2.0), self._engine.connect() as connection:
                now = await connection.scalar(sa.select(sa.func.clock_timestamp()))
                assert now is not None
                self._ages = await ages(connection)
                self._orders.clock_offset = (now - datetime.now(UTC)).total_seconds()
        except DATABASE_ERRORS as error:
            database = f"数据库没有响应。The database does not answer ({type(error).__name__})."
        return {
            "database": database,
            "asterisk": self._any(lambda node: node.in_hand or node.ari.problem or "正在连接 Asterisk。Connecting to Asterisk."),
            "ami": self._any(lambda node: node.watched or node.watch.ami.problem or "正在连接 AMI。Connecting to AMI."),
        }

    def _any(self, state: Callable[[Node], bool | str]) -> bool | str:
        """One node is enough to serve a press; what is wrong with the others is told by ``nodes_are``."""
        states = [state(node) for node in self._nodes.all.values()]
        return True in states or states[0]

    def nodes_are(self) -> Mapping[str, bool | str]:
        """Each Asterisk node: True, or what is wrong with it. Empty for a centre that has one only."""
        if len(self._nodes.all) < 2:
            return {}
        return {name: self._node_is(name, node) for name, node in self._nodes.all.items()}

    def _node_is(self, name: str, node: Node) -> bool | str:
        if not (node.in_hand and node.watched):
            return node.ari.problem or node.watch.ami.problem or "正在连接。Connecting."
        return _RETURNING if name in self._nodes.lost else True

    def instances_are(self) -> Mapping[str, bool | str]:
        """Each service instance on this database, as the last reading found it: True, or what is wrong. Empty for one alone."""
        if len(self._ages) < 2:
            return {}
        return {name: age < SILENT_SECONDS or _silent(name) for name, age in self._ages.items()}


def _silent(name: str) -> str:
    return (
        f"服务实例 {name} 没有心跳,它的通话由其他实例接管。请启动它;不再使用的,一天后自动消失。"
        f"The service instance {name} has no heartbeat; the others have its calls. Start it; one that is not used any more "
        "disappears after a day."
    )

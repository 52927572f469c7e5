"""What an instance finds by looking: sweeps, the take-over of a silent one, calls that the dialplan served alone, lost nodes."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from callcenter.domain import facts
from callcenter.engine import instances, nodes, reconcile
from callcenter.engine.nodes import NodeCare
from callcenter.engine.processor import DATABASE_ERRORS
from callcenter.engine.reconcile import Reconcile
from callcenter.telephony.ports import TelephonyDown
from simulation.life import Life
from simulation.node_rows import Rows
from simulation.stage import SECOND, Host, rest

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from simulation.line import Line
    from simulation.node import Node

SILENT_SECONDS = instances.SILENT_SECONDS


class Finding(Host):
    """A part of Service."""

    name: str
    nodes: list[Node]
    lines: dict[str, Line]

    @property
    def several(self) -> bool:
        return len(self.nodes) > 1

    def find_with(self: Any, calls: Any) -> None:
        """With two nodes the engine's own parts look; with one those below, which tell of nobody's node."""
        self._watching = False
        if self.several:
            rows: Any = Rows(self)
            self.telephony = calls
            self.care = NodeCare(rows, self.processor, calls, self._changed, lambda: self.stage.seconds)
            self.reconcile = {
                name: Reconcile(rows, self.processor, line, name, f"callcenter-{self.name}", self.name, "86", "0797")
                for name, line in self.lines.items()
            }

    async def _changed(self) -> None:
        """Phones are registered at both nodes: nothing follows."""

    def connect(self: Any, node: Life) -> None:
        """Connected, again or for the first time: what we believe is compared with what Asterisk holds."""
        if not self.dead:
            self.deaf.discard(node.name)
            self.stage.after(self.stage.between(0.05, 0.5), self._begin_sweep, True, node)

    def _begin_sweep(self: Any, adopt: bool, node: Life) -> None:
        if self.dead:
            return
        if not adopt:
            self.stage.after(reconcile.SWEEP_SECONDS, self._begin_sweep, False, node)
        if self.paused_until <= self.stage.now:
            self.stage.spawn(self._guarded(self._look_over(node, adopt)) if self.several else self._sweep(adopt), self)

    def begin(self: Any) -> None:
        """Started, or started again."""
        for node in self.nodes:
            self.connect(node)
        self.look_at(self.stage.now + 1)
        for node in self.nodes:
            self.stage.after(self.stage.between(0.0, reconcile.SWEEP_SECONDS), self._begin_sweep, False, node)
        self.stage.after(0.5, self._import_safe_mode)
        self.watch_nodes()

    # --- several nodes ----------------------------------------------------------------------------------------------

    async def _guarded(self: Any, work: Coroutine[Any, Any, None]) -> None:
        """A mistake in it is kept: nobody waits for its end."""
        try:
            await work
        except Exception as mistake:  # noqa: BLE001 - it is told by the checks
            self.log.mistakes.append(("looking", mistake))

    async def _look_over(self: Any, node: Life, adopt: bool) -> None:
        """As app.py does when ARI is up: the sweep, and then whose calls are silent there."""
        if await self.reconcile[node.name].try_sweep(adopt=adopt) and adopt:
            silent = self.faults.night.silent_for(self)
            if silent:
                await self._adopt(silent)

    def watch_nodes(self: Any) -> None:
        """As engine/nodes.py's loop, for as long as anything is the matter with a node: else each look says the same."""
        if self.several and not self._watching and not self.dead and self.faults.night.nodes_in_trouble():
            self._watching = True
            self.stage.spawn(self._guarded(self._watch_nodes()), self)

    async def _watch_nodes(self: Any) -> None:
        await rest(int(self.stage.between(0.0, nodes.LOOK_SECONDS) * SECOND))
        while self.faults.night.nodes_in_trouble() or self.telephony.lost or any(self.care._failed.values()):
            with suppress(*DATABASE_ERRORS):
                await self.care.look()
            await rest(int(nodes.LOOK_SECONDS * SECOND))
        self._watching = False

    # --- one node ---------------------------------------------------------------------------------------------------

    async def _sweep(self: Any, adopt: bool) -> None:
        store = self.database.store
        with suppress(TelephonyDown, *DATABASE_ERRORS):
            await self.step("sweep", 0.001, 0.003)
            self.database.there()
            believed = {
                leg.id: leg for leg in store.legs.values()
                if leg.live and not (leg.party == "caller" and store.cases[leg.case_id].source == "safe_mode")
            }  # fmt: skip
            seen = {channel.id: channel for channel in await self.lines[self.nodes[0].name].channels()}
            young = self.stage.now - int(reconcile.YOUNG_SECONDS * SECOND)
            for leg_id, row in sorted(believed.items(), key=lambda item: (str(item[1].case_id), item[1].party)):
                self.processor.belongs(leg_id, row.case_id)
                if leg_id not in seen and (row.state != "intent" or self.stage.moment(row.started_at) < young):
                    self.processor.tell(facts.LegEnded(leg_id, "lost"))
            mine = f"callcenter-{self.name}"
            for channel in seen.values():
                known = believed.get(channel.id)
                if known is None and channel.app == mine and channel.app_args[:1] == ("in",):
                    self.processor.tell(
                        facts.CallArrived(channel.id, "node1", "96601", channel.app_args[2], None, "", False, claimed=True)
                    )
                elif known is None and channel.app == mine and channel.app_args[:1] == ("seat",):
                    self.nodes[0].hang_up(channel.id)
                elif (
                    known is not None
                    and known.party == "seat"
                    and channel.state == "Up"
                    and known.state != "up"
                    and channel.app == mine
                ):
                    self.processor.tell(facts.SeatAnswered(channel.id))
            if adopt:
                for channel in seen.values():
                    if channel.app == mine and channel.app_args[:1] == ("attempt",):
                        self.processor.tell(facts.AttemptFoundLive(channel.id, self.name))
                for case_id in {row.case_id for leg_id, row in believed.items() if leg_id in seen}:
                    self.processor.tell(facts.CaseFoundLive(case_id, self.name))

    # --- take-over (engine/instances.py) ------------------------------------------------------------------------------

    def adopt(self: Any, silent: set[str]) -> None:
        """Take over what silent instances held. Who holds a leg is written down before it is moved."""
        self.stage.spawn(self._adopt(silent), self)

    async def _adopt(self: Any, silent: set[str]) -> None:
        with suppress(TelephonyDown, *DATABASE_ERRORS):
            await self.step("take over", 0.001, 0.003)
            self.database.there()
            legs = self.database.store.hold(self.name, silent)
            held = [
                (node, channel) for node in self.nodes for channel in node.channels.values()
                if channel.app in silent and not node.cut_until(self.name)
            ]  # fmt: skip
            if not held:
                return
            self.faults.count("calls taken over")
            for node, channel in held:
                await self.step("move", 0.0005, 0.003)
                if channel.id in node.channels and channel.app in silent:
                    old, channel.app = channel.app, self.name
                    node.tell(facts.LegEnded(channel.id, "16", old), old)
            for leg_id, case_id in legs.items():
                self.processor.belongs(leg_id, case_id)
            for _, channel in held:
                if channel.args[:1] == ("attempt",):
                    self.processor.tell(facts.AttemptFoundLive(channel.id, self.name))
            for case_id in {legs[channel.id] for _, channel in held if channel.id in legs}:
                self.processor.tell(facts.CaseFoundLive(case_id, self.name))

    def _import_safe_mode(self: Any) -> None:
        """Calls that the dialplan served alone; a record is kept there until it is over and remembered here."""
        if self.dead:
            return
        self.stage.after(1.0, self._import_safe_mode)
        if not self.awake or self.database.away_until > self.stage.now:
            return
        for node in self.nodes:
            if not node.up or node.cut_until(self.name):
                continue
            for key, call in list(node.safe_mode.items()):
                row = self.database.store.legs.get(key)
                if row is not None and not row.live:
                    del node.safe_mode[key]
                else:
                    self.stage.host = self
                    self.processor.tell(call)

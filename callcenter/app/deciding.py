"""The engine: facts in, decisions kept, orders out; timers, the sweep of each node, and the care for other instances and nodes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from callcenter.acd.router import SeatRouter
from callcenter.app.database import Database
from callcenter.app.running import Loops
from callcenter.app.screens import Screens
from callcenter.db.situations import Reader
from callcenter.domain.decision import Figures
from callcenter.engine.due import DESK_SECONDS, Due
from callcenter.engine.instances import Instances
from callcenter.engine.nodes import NodeCare
from callcenter.engine.orders import Orders
from callcenter.engine.processor import Processor
from callcenter.engine.reconcile import Reconcile
from callcenter.settings import Settings
from callcenter.telephony.nodes import Nodes
from callcenter.telephony.speech import EspeakSpeech
from callcenter.web.deps import Centre

CENTRE = Centre().name_zh


def figures_of(settings: Settings) -> Figures:
    """The centre's own figures, as decisions know them."""
    return Figures(
        settings.ring_seconds, settings.wrap_up_seconds, settings.announce_every_seconds,
        settings.callback_due_seconds, settings.missed_offers_pause, settings.public_numbers == "enabled",
        settings.hold_seconds,
    )  # fmt: skip


class Deciding:
    """Processor, lanes and what tells them by itself."""

    def __init__(
        self, settings: Settings, database: Database, nodes: Nodes, speech: EspeakSpeech, screens: Screens,
        phones_again: Callable[[], Awaitable[None]],
    ) -> None:  # fmt: skip
        zone, engine = settings.time_zone, database.engine
        self._settings, self._screens = settings, screens
        self.figures = figures_of(settings)
        self.router = screens.router = SeatRouter(database.links)
        self.orders = Orders(nodes, speech, nodes, self._outgoing)
        roles = frozenset(settings.follow_up_roles.split(","))
        reader = Reader(self.figures, settings.instance, zone, nodes.place, CENTRE, roles)
        self.processor = Processor(database.links, reader, nodes, self.orders, screens.screen, self.router, settings.ari_app)
        self.router.processor = self.processor
        self.due = Due(database.reads, self.processor)
        self.desk_due = Due(database.reads, self.processor, "desk", DESK_SECONDS)
        self.processor.on_timer = self.due.timer_set
        self.reconcile = {
            name: Reconcile(
                engine, self.processor, node.calls, name, settings.ari_app, settings.instance, settings.country, settings.area_code
            )
            for name, node in nodes.all.items()
        }
        self.instances = Instances(
            engine, self.processor, nodes, settings.instance, settings.ari_app, settings.node, list(nodes.all)
        )
        self.node_care = NodeCare(engine, self.processor, nodes, phones_again)

    def loops(self) -> Loops:
        yield "due", self.due.run()
        yield "desk due", self.desk_due.run()
        yield "instances", self.instances.run()
        yield "router", self.router.run()
        yield "nodes", self.node_care.run()
        for name, sweep in self.reconcile.items():
            yield f"reconcile {name}", sweep.run()
        yield "announcements", self.orders.speak_ahead()

    def _outgoing(self) -> tuple[str, str]:
        """What the phones of family show: the centre's name, and a number of ours that they can call back."""
        return CENTRE, self._settings.outgoing_number or self._screens.board.emergency_line

"""What people at the centre do: seats, members, tables, papers, reports, and the lanes that keep these going by themselves."""

from __future__ import annotations

from functools import partial

from callcenter.acd.pauses import Pauses
from callcenter.acd.seats import Seats
from callcenter.acd.softphones import SoftPhones
from callcenter.app.database import Database
from callcenter.app.deciding import CENTRE, Deciding
from callcenter.app.running import Loops
from callcenter.app.screens import Screens
from callcenter.app.telephones import Telephones
from callcenter.cases.desk import Desk
from callcenter.cases.directory_commands import DirectoryCommands
from callcenter.cases.order_commands import OrderCommands
from callcenter.cases.orphans import Orphans
from callcenter.cases.owners import Owners
from callcenter.cases.recordings import RecordingKeeper
from callcenter.cases.safe_mode import SafeModeImport
from callcenter.cases.supply import Supply
from callcenter.catalogue.records import Records
from callcenter.connections.delivering import Delivering
from callcenter.connections.forgetting import Forgetting
from callcenter.people.consents import refusals_came
from callcenter.people.login import LogIns
from callcenter.people.profiles import Profiles
from callcenter.reports.proof import DailyProof
from callcenter.settings import Settings
from callcenter.supervision.audit import Audit


class Desks:
    """The services behind the doors."""

    def __init__(
        self, settings: Settings, database: Database, telephones: Telephones, screens: Screens, deciding: Deciding
    ) -> None:  # fmt: skip
        self._settings, self._screens, self._telephones = settings, screens, telephones
        engine, processor, zone = database.engine, deciding.processor, settings.time_zone
        nodes, warn = telephones.nodes, screens.board.warn
        self.softphones = SoftPhones(engine, nodes)
        self.seats = Seats(engine, screens.screen, processor, settings.instance, self.softphones.revoke, nodes)
        self.pauses = Pauses(engine, screens.screen, settings.instance)
        self.log_ins = LogIns(engine, self.seats, settings.session_hours)
        self.recordings = {
            name: RecordingKeeper(engine, node.calls, screens.screen, settings.recordings_dir, name, warn)
            for name, node in nodes.all.items()
        }
        self.safe_mode = {
            name: SafeModeImport(
                engine, processor, node.watch, node.calls, name, settings.country, settings.area_code, telephones.speech, CENTRE,
                warn,
            )
            for name, node in nodes.all.items()
        }  # fmt: skip
        watches = {name: node.watch for name, node in nodes.all.items()}
        self._orphans = Orphans(engine, processor, watches, settings.country, settings.area_code)
        self.proof = DailyProof(engine, watches, zone, warn)
        self.profiles = Profiles(engine, settings, processor)
        self.supply = Supply(engine, processor, zone)
        self.records = Records(
            engine,
            settings,
            {
                "lines": screens.board.load_lines, "seats": self._seats_changed, "terminals": self._terminals_changed,
                **dict.fromkeys(("services", "partners", "workers"), self.supply.changed),
                "consents": partial(refusals_came, engine, processor),
            },
        )  # fmt: skip
        self.desk = Desk.build(engine, processor, zone, {
            **DirectoryCommands(engine, processor, zone).table, **OrderCommands(engine, processor, zone).table,
        })  # fmt: skip
        self.owners = Owners(engine, processor)
        self._audit = Audit(engine)
        pauses = tuple(float(pause) for pause in settings.webhook_pauses.split(","))
        self._webhooks = Delivering(engine, settings.webhook_private_addresses, settings.webhook_timeout, pauses, warn)
        self._forgetting = Forgetting(engine, settings.idempotency_hours)

    def loops(self) -> Loops:
        yield "owners", self.owners.run()
        yield "follow-ups", self.desk.follow_up_commands.run()
        yield "supply", self.supply.run()
        yield "daily proof", self.proof.run()
        yield "orphans", self._orphans.run()
        for name, keeper in self.recordings.items():
            yield f"recordings {name}", keeper.run()
        for name, safe_mode in self.safe_mode.items():
            yield f"safe mode {name}", safe_mode.run()
        yield "pauses", self.pauses.run()
        yield "seals", self._audit.run()
        yield "webhooks", self._webhooks.run()
        yield "forgetting", self._forgetting.run()

    async def _seats_changed(self) -> None:
        """A place was made, named or taken out of use: its phone may register, or may no more, and boards show it."""
        await self._telephones.provision_now()
        await self._screens.screen.show_seats()

    async def _terminals_changed(self) -> None:
        await self._telephones.provision_now()
        self._screens.board.touch()

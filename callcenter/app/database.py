"""The ground floor: the pools of connections, the schema brought up to date, and the demo centre's people and papers."""

from __future__ import annotations

from callcenter.catalogue.prepare_search import prepare_search
from callcenter.db.engine import create_engine, create_report_engine, reading
from callcenter.db.link import Links
from callcenter.db.migrate import upgrade
from callcenter.settings import Settings


class Database:
    """Every way to the database of one instance."""

    def __init__(self, settings: Settings, url: str) -> None:
        self.settings, self.url = settings, url
        self.engine = create_engine(url, settings)
        self.reads = reading(self.engine)
        self.report_engine = create_report_engine(url, settings)
        self.links = Links(url, settings)

    async def open(self) -> None:
        """The schema is today's, the demo is there if it is wanted, and the links of the lanes are up."""
        await upgrade(self.url, self.settings)
        if self.settings.demo:
            await self._load_demo()
        await prepare_search(self.engine, self.settings.time_zone)
        await self.links.open()

    async def close(self) -> None:
        """After everything that asks it."""
        await self.links.close()
        await self.report_engine.dispose()
        await self.engine.dispose()

    async def _load_demo(self) -> None:
        # Imported here: a real centre starts without them.
        from callcenter.cases.demo import load_demo_history
        from callcenter.catalogue.demo import load_demo_catalogue
        from callcenter.connections.demo import load_demo_connections
        from callcenter.people.demo import load_demo
        from callcenter.people.demo_consents import load_demo_consents
        from callcenter.reports.demo import load_demo_weeks

        await load_demo(self.engine, self.settings)
        await load_demo_catalogue(self.engine, self.settings)
        await load_demo_consents(self.engine)
        await load_demo_connections(self.engine)
        if self.settings.demo_history:
            await load_demo_history(self.engine, self.settings)
            await load_demo_weeks(self.engine, self.settings)

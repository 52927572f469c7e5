"""What breaks in a night, and who notices: instances, the database, event streams; nodes stand in ``node_faults.py``."""

from __future__ import annotations

from uuid import UUID

from simulation.finding import SILENT_SECONDS
from simulation.node_faults import EVERYBODY, NEVER, NodeFaults, Outage
from simulation.service import Service, Silent
from simulation.stage import SECOND


class Misfortunes(NodeFaults):
    """A part of Night."""

    members: dict[str, UUID]
    log: Silent
    trouble: list[int]
    asleep_since: dict[str, int]
    database_away: list[tuple[int, int]]
    adopted_by: dict[str, str]

    # --- instances --------------------------------------------------------------------------------------------------

    def _start_service(self, name: str) -> None:
        nodes = self.nodes if int(name[1:]) % 2 == 0 else self.nodes[::-1]  # each has one that is its own
        service = Service(name, self.stage, self.database, nodes, self.faults, self.members, self.log)
        self.services = [other for other in self.services if other.name != name] + [service]
        self.asleep_since.pop(name, None)
        for outage in self.outages:
            if outage.instance == name and not outage.node and outage.until > self.stage.now:
                outage.until = self.stage.now
        for node in self.nodes:
            node.services = self.services
        service.begin()

    def _living(self) -> list[Service]:
        return [service for service in self.services if service.awake]

    def _timer_set(self, moment: int) -> None:
        """Whoever set it looks sooner, if it does not fall asleep before it says so: each reads the due table every half second."""
        for service in self.services:
            if not service.dead:
                service.look_at(max(moment, service.next_poll()))

    def crash(self, service: Service, where: str = "") -> None:
        if service.dead:
            return
        self.heard_by_others()
        self.stage.note(service.name, f"KILLED {where}")
        self.faults.count("instance killed")
        self._held_up()
        service.crash()
        self.outages.append(Outage("", service.name, self.stage.now, NEVER))
        if self.faults.on:
            back = self.stage.random.choice((0.8, 4.0, 15.0, 1e6))
            self.stage.after(back, self._restart, service)
        self._silent(service)

    def _restart(self, service: Service) -> None:
        if self.services and all(other is not service for other in self.services):
            return
        if service.dead:
            self.stage.note(service.name, "started again")
            self._held_up()
            self._start_service(service.name)

    def put_to_sleep(self, service: Service, where: str, seconds: float) -> None:
        if service.dead or service.paused_until > self.stage.now:
            return
        until = min(self.stage.now + int(seconds * SECOND), self.calm_from)
        self.heard_by_others()
        self.stage.note(service.name, f"PAUSED {where} until {until / SECOND:.3f}")
        self.faults.count("instance paused")
        self._held_up(until)
        service.sleep_until(until)
        self.outages.append(Outage("", service.name, self.stage.now, until))
        self._silent(service)

    def _held_up(self, until: int | None = None) -> None:
        self.trouble += [self.stage.now, until or self.stage.now]

    def _silent(self, service: Service) -> None:
        """Its heartbeat stops: after two seconds another one takes its calls over, and looks again for a while."""
        self.asleep_since[service.name] = self.stage.now
        self.stage.after(SILENT_SECONDS + self.stage.between(0.0, 0.6), self._taken_over, service, self.stage.now)

    def _taken_over(self, service: Service, since: int) -> None:
        if service.awake or any(other.name == service.name and other.awake for other in self.services):
            return
        if self.stage.now - since > 14 * SECOND:
            return
        others = [other for other in self._living() if other.name != service.name]
        if others and any(node.up for node in self.nodes) and self.database.away_until <= self.stage.now:
            self.adopted_by[service.name] = others[0].name
            others[0].adopt({service.name})
        self.stage.after(0.5, self._taken_over, service, since)

    # --- misfortunes ------------------------------------------------------------------------------------------------

    def _kill_one(self) -> None:
        if living := self._living():
            self.crash(self.stage.random.choice(living))

    def _pause_one(self) -> None:
        if living := self._living():
            self.put_to_sleep(self.stage.random.choice(living), "", self.stage.random.choice((0.5, 3.0, 8.0, 40.0)))

    def silent_for(self, service: Service) -> set[str]:
        """Whose calls this instance looks for at a node that it has just found again: those of the silent that it took over, or
        that nobody who lives has."""
        living = {other.name for other in self._living()}
        since = self.stage.now - int(SILENT_SECONDS * SECOND)
        found = {name for name, at in self.asleep_since.items() if name not in living and at < since}
        found = {name for name in found if self.adopted_by.get(name, service.name) not in living - {service.name}}
        self.adopted_by.update(dict.fromkeys(found, service.name))
        return found

    # --- what else ----------------------------------------------------------------------------------------------------

    def _take_database(self) -> None:
        seconds = self.stage.random.choice((0.2, 1.5, 5.0, 12.0))
        until = min(self.stage.now + int(seconds * SECOND), self.calm_from)
        self.faults.count("database away")
        self.heard_by_others()
        self.stage.note("db", f"away until {until / SECOND:.3f}")
        self.database.away_until = max(until, self.database.away_until)
        self.database_away.append((self.stage.now, until))
        self.database.all_dropped()
        self._held_up(until)
        if seconds > SILENT_SECONDS and self.stage.chance(0.5):
            self.stage.at(until + 1000, self._first_to_beat)

    def _first_to_beat(self) -> None:
        """Every heartbeat was missed: who beats first thinks the others silent, and takes their calls though they live."""
        living = self._living()
        if len(living) > 1 and any(node.up for node in self.nodes):
            living[0].adopt({service.name for service in living[1:]})

    def _cut_stream(self) -> None:
        """An event stream breaks; what is told meanwhile is lost, and looked for at the reconnect."""
        if living := self._living():
            service = self.stage.random.choice(living)
            self.faults.count("event stream cut")
            self._held_up()
            node = self._one_of(self.nodes)
            service.deaf.add(node.name)
            self.stage.after(self.stage.between(0.2, 3.0), service.connect, node)

    def _slow_down(self) -> None:
        """Orders reach the PBX late, and not in the order in which instances gave them: so do questions, while phones ring."""
        self.faults.count("PBX slow")
        until = min(self.stage.now + int(self.stage.random.choice((2.0, 5.0, 12.0)) * SECOND), self.calm_from)
        node = self._one_of(self.nodes)
        self.stage.note(node.name, f"slow until {until / SECOND:.3f}")
        self.heard_by_others()
        self._held_up(until)
        node.slow_until = max(until, node.slow_until)
        if len(self.nodes) > 1:
            self._out_of_reach(node, EVERYBODY, until, None)
            self._trouble_with_nodes()

    def _calm(self) -> None:
        """Faults stop: what was killed is started again, what sleeps wakes up."""
        self.stage.note("", "— calm —")
        self.faults.on = False
        for node in self.nodes:
            if not node.up:
                node.start()
        for service in list(self.services):
            if service.dead:
                self._start_service(service.name)
                continue
            for node in service.nodes:
                if not service.listens_to(node):
                    service.connect(node)
        self.stage.after(3.0, self._probe)

    def _probe(self) -> None:
        """A look at the calm."""
        raise NotImplementedError

"""One night at the centre, from one seed: who lives where, who presses, who picks up, what breaks; then calm, and a look.

Everything in it is drawn from the seed, so that a night that went wrong can be lived through again, line by line.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5

from domain.store import START, Store

from callcenter.domain import facts
from callcenter.domain import seat as seats
from callcenter.domain.case import Case
from callcenter.domain.decision import Figures
from callcenter.domain.escalation import Attempt, Person, Target
from callcenter.domain.policy import Policy, PublicNumber, Rung, check
from callcenter.domain.seat import Seat
from simulation.node import Node
from simulation.service import SILENT_SECONDS, Commit, Database, Service, Silent, engine_on_stage
from simulation.stage import SECOND, Stage

SPACE = UUID(int=11)
BOSS = uuid5(SPACE, "boss")
FAMILY = ("no_answer", "busy", "voicemail", "going", "cannot", "joins", "listens", "hangs_up", "invalid", "congestion",
          "trunk_down", "rejected", "joins_and_goes", "both_keys", "hangs_up_later", "wrong_key")  # fmt: skip
NOBODY = ("no_answer", "no_answer", "busy", "voicemail", "listens", "hangs_up", "rejected", "congestion")
EVENTS_MOST = 200_000  # a night has some thousands: one that has so many goes round in a circle
CALM_SECONDS = 900  # within this after the last fault every case has come to an end


# --- chance -----------------------------------------------------------------------------------------------------------


@dataclass
class Faults:
    """What breaks, and how often. ``on`` until the calm begins."""

    night: Night
    on: bool = True
    each_step: float = 0.0
    lost: float = 0.0
    doubled: float = 0.0
    delayed: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    sleeps: bool = True

    def count(self, kind: str) -> None:
        self.counts[kind] += 1

    def strike(self, service: Service, where: str) -> None:
        """In the middle of a step: killed, or asleep for longer than any time-out, or only for a moment."""
        random = self.night.stage.random
        what = random.random()
        if what < 0.5:
            self.night.crash(service, where)
        else:
            self.night.put_to_sleep(service, where, random.choice((0.3, 2.5, 4.0, 9.0, 30.0)))


@dataclass
class Elder:
    serial: str
    account: str
    member: UUID


@dataclass
class Probe:
    """What was overdue, and how much later than it should be, at a moment of the calm."""

    moment: int
    late: list[tuple[UUID, float]]


@dataclass
class Night:
    """The centre, its people and its misfortunes."""

    seed: int
    traced: bool = False
    stage: Stage = field(init=False)
    store: Store = field(init=False)
    calm_from: int = 0
    end: int = 0
    probes: list[Probe] = field(default_factory=list)
    quiet: list[tuple[int, int]] = field(default_factory=list)
    trouble: list[int] = field(default_factory=list)
    """Moments of faults that hold things up."""
    edits: list[tuple[int, str]] = field(default_factory=list)
    owned_until: dict[str, int] = field(default_factory=dict)
    """Numbers that were somebody's own, and the moment from which they stood for nobody any more in some place of the register."""
    presses: list[tuple[int, str, str]] = field(default_factory=list)
    finished: bool = False

    def __post_init__(self) -> None:
        self.stage = Stage(self.seed)
        if self.traced:
            self.stage.trace = deque(maxlen=4000)
        random = self.stage.random
        self.store = Store(Figures(ring_seconds=12.0, wrap_up_seconds=40.0, announce_every_seconds=30.0))
        self.database = Database(self.stage, self.store, on_timer=self._timer_set, on_commit=self._committed)
        self.node = Node(self.stage, self._manner)
        self.faults = Faults(self)
        self.log = Silent()
        self.services: list[Service] = []
        self.manners: dict[str, tuple[str, ...]] = {}
        self.elders: list[Elder] = []
        self.members: dict[str, UUID] = {}
        self._people(random)
        self._policy(random)
        self._plan(random)

    # --- who is there -----------------------------------------------------------------------------------------------

    def _people(self, random: Random) -> None:
        store = self.store
        neighbour = "+8613700000001"  # one neighbour looks after all of them
        helpful = random.random() < 0.6
        ways = FAMILY if helpful else NOBODY
        for place in range(random.choice((1, 1, 1, 2, 2, 3))):
            serial, member = f"T{place}", uuid5(SPACE, f"member {place}")
            self.elders.append(Elder(serial, f"t{place}", member))
            self.members[serial] = member
            contacts = []
            for count in range(random.choice((0, 1, 1, 2, 2, 3))):
                number = f"+861390000{place}{count:02}"
                contacts.append(Target(f"contact:{place}-{count}", "family", f"家属{count}", number, "女儿"))
                self.manners[number] = tuple(random.choice(ways) for _ in range(3))
            if random.random() < 0.5:
                contacts.append(Target(f"contact:{place}-n", "neighbour", "邻居", neighbour, "邻居"))
            if random.random() < 0.25:
                # Who serves the community may be somebody's daughter.
                desk = "+861390000000" if random.random() < 0.2 else "+8679700000000"
                contacts.append(Target(f"contact:{place}-c", "community", "社区", desk, "社区"))
            if len(contacts) > 1 and contacts[0].kind == "family" and random.random() < 0.15:  # two names, one telephone
                contacts[1] = replace(contacts[1], number=contacts[0].number)
            random.shuffle(contacts)
            store.contacts[member] = tuple(contacts)
            store.persons[member] = Person(f"王{place}", "", 80 + place, "f", f"幸福路{place}号")
            landline = f"+8679780000{place}"
            if contacts and contacts[0].kind == "family" and random.random() < 0.15:
                landline = contacts[0].number  # they live together
            self.manners.setdefault(landline, tuple(random.choice(("no_answer", "busy", "elder", "no_answer")) for _ in range(3)))
            own = (
                Target("terminal", "terminal", "一键通", f"t{place}", way="account"),
                Target(f"landline:{landline}", "landline", "老人电话", landline),
            )
            self.manners[f"t{place}"] = tuple(random.choice(("no_answer", "no_answer", "elder", "trunk_down")) for _ in range(3))
            store.own[serial] = own[: random.choice((0, 1, 2, 2))]
        self.manners[neighbour] = tuple(random.choice(ways) for _ in range(3))
        self.manners["+8679700000000"] = tuple(random.choice(ways) for _ in range(3))
        duty = [
            Target(f"duty:{place}", "supervisor", f"主任{place}", f"+861380000000{place}")
            for place in range(random.choice((0, 1, 1, 2)))
        ]
        if duty and random.random() < 0.1:  # the supervisor lives next door to one of them
            duty[0] = replace(duty[0], number=neighbour)
        store.duty = tuple(duty)
        for target in duty:
            self.manners[target.number] = tuple(random.choice(NOBODY if random.random() < 0.7 else FAMILY) for _ in range(3))
        for code in ("110", "119", "120"):
            self.manners[code] = tuple(random.choice(("public", "public", "busy", "no_answer")) for _ in range(3))
        self._seats(random)

    def _seats(self, random: Random) -> None:
        willing = random.random() < 0.6
        for place in range(random.choice((0, 0, 1, 1, 2, 3))):
            extension = f"800{place + 1}"
            self.manners[extension] = tuple(
                random.choice(("answer", "answer", "decline", "no_answer") if willing else ("no_answer", "decline", "offline"))
                for _ in range(3)
            )
            self.store.seats[extension] = Seat(
                extension, extension, "ready", START - timedelta(seconds=place), agent_id=uuid5(SPACE, extension), registered=True,
                console_until=START + timedelta(days=1), takes_emergency=random.random() < 0.7,
            )  # fmt: skip

    def _manner(self, number: str, way: str) -> str:
        ways = self.manners.get(number, ("no_answer",))
        manner = self.stage.random.choice(ways)
        return "listens" if manner == "public" else manner

    def _policy(self, random: Random) -> None:
        kinds: list[tuple[str, ...]] = [
            ("emergency_seats",), ("all_seats",), ("family",), ("neighbour", "community"), ("family", "neighbour"), ("120",),
            ("110", "120"), ("supervisor",),
        ]  # fmt: skip
        picked = [kind for kind in kinds if random.random() < 0.55]
        if not any("supervisor" in kind for kind in picked):
            picked.append(("supervisor",))
        if random.random() < 0.15:
            random.shuffle(picked)
        rungs = tuple(
            Rung(
                targets, random.choice((0.0, 5.0, 12.0, 25.0)),  # type: ignore[arg-type]
                random.choice(("until_seat_answers", "until_seat_answers", "until_acknowledged", "until_acknowledged", "always")),
                random.choice(("in_order", "parallel")), random.choice((1, 1, 2)), random.choice((8.0, 15.0)),
            )
            for targets in picked
        )  # fmt: skip
        public = tuple(
            PublicNumber(code, random.choice(("drill", "assisted", "automatic")), "drill") for code in ("110", "119", "120")
        )  # type: ignore[arg-type]
        self.store.policy = Policy(
            "甲", rungs, public, key_seconds=random.choice((5.0, 8.0)), announcements=random.choice((1, 2, 3)),
            retry_seconds=random.choice((5.0, 12.0)), resolve_seconds=random.choice((60.0, 90.0, 300.0)),
            page_seconds=random.choice((10.0, 20.0)), call_back_tries=random.choice((1, 2)),
        )  # fmt: skip
        check(self.store.policy, public_enabled=False)

    # --- what will happen -------------------------------------------------------------------------------------------

    def _plan(self, random: Random) -> None:
        stage, faults = self.stage, self.faults
        stormy = random.random() < 0.85
        trouble = random.choice((40.0, 80.0, 120.0)) if stormy else 30.0
        self.calm_from = int(trouble * SECOND)
        self.lingers = int(random.choice((0.0, 0.0, 0.0, 60.0, 150.0)) * SECOND)
        if stormy:
            faults.each_step = random.choice((0.0, 0.001, 0.003, 0.01, 0.02))
            if random.random() < 0.6:
                faults.lost, faults.doubled, faults.delayed = (random.choice((0.0, 0.02, 0.08)) for _ in range(3))
        for place in range(random.choice((1, 2, 2, 3))):
            self._start_service(f"i{place}")
        for elder in self.elders:
            self._presses(random, elder, trouble)
        if random.random() < 0.12:
            stage.after(random.uniform(0.0, trouble), self._drill)
        for _ in range(random.choice((0, 0, 1, 2, 4, 6))):
            stage.after(random.uniform(1.0, trouble + 60.0), self._somebody_acts)
        for _ in range(random.choice((0, 0, 1, 2))):
            stage.after(random.uniform(0.0, trouble + 30.0), self._edit)
        for _ in range(random.choice((0, 0, 1, 2))):
            stage.after(random.uniform(0.0, trouble + 30.0), self._seat_moves)
        if random.random() < 0.3:
            stage.after(random.uniform(trouble, trouble + 120.0), self._settle_one)
        if stormy:
            for what, weight in (
                (self._kill_one, 0.5),
                (self._pause_one, 0.5),
                (self._kill_node, 0.25),
                (self._take_database, 0.3),
                (self._cut_stream, 0.2),
                (self._slow_down, 0.25),
            ):
                while random.random() < weight:
                    stage.after(random.uniform(0.0, trouble), what)
        stage.at(self.calm_from, self._calm)

    def _presses(self, random: Random, elder: Elder, trouble: float) -> None:
        first = random.uniform(0.0, 8.0) if random.random() < 0.7 else random.uniform(0.0, trouble)
        self.stage.after(first, self._press, elder, random.choice((0.05, 0.7, 3.0, 15.0, 60.0, 200.0)))
        while random.random() < 0.3:  # once more; now and then in the same moment
            again = first + random.choice((0.0, 0.001, 2.0, 20.0, 60.0))
            self.stage.after(again, self._press, elder, random.choice((0.7, 3.0, 15.0, 60.0)))

    def _press(self, elder: Elder, hold: float) -> None:
        leg_id = f"c{len(self.presses)}"
        self.presses.append((self.stage.now, leg_id, elder.serial))
        self.stage.note(elder.serial, f"presses ({leg_id}), would hold {hold}")
        self.node.call_in(leg_id, elder.account, hold)

    # --- instances --------------------------------------------------------------------------------------------------

    def _start_service(self, name: str) -> None:
        service = Service(name, self.stage, self.database, self.node, self.faults, self.members, self.log)
        self.services = [other for other in self.services if other.name != name] + [service]
        self.node.services = self.services
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
        self.stage.note(service.name, f"KILLED {where}")
        self.faults.count("instance killed")
        self._held_up()
        service.crash()
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
        self.stage.note(service.name, f"PAUSED {where} until {until / SECOND:.3f}")
        self.faults.count("instance paused")
        self._held_up(until)
        service.sleep_until(until)
        self._silent(service)

    def _held_up(self, until: int | None = None) -> None:
        self.trouble += [self.stage.now, until or self.stage.now]

    def _silent(self, service: Service) -> None:
        """Its heartbeat stops: after two seconds another one takes its calls over, and looks again for a while."""
        self.stage.after(SILENT_SECONDS + self.stage.between(0.0, 0.6), self._taken_over, service, self.stage.now)

    def _taken_over(self, service: Service, since: int) -> None:
        if service.awake or any(other.name == service.name and other.awake for other in self.services):
            return
        if self.stage.now - since > 14 * SECOND:
            return
        others = [other for other in self._living() if other.name != service.name]
        if others and self.node.up and self.database.away_until <= self.stage.now:
            others[0].adopt({service.name})
        self.stage.after(0.5, self._taken_over, service, since)

    # --- misfortunes ------------------------------------------------------------------------------------------------

    def _kill_one(self) -> None:
        if living := self._living():
            self.crash(self.stage.random.choice(living))

    def _pause_one(self) -> None:
        if living := self._living():
            self.put_to_sleep(self.stage.random.choice(living), "", self.stage.random.choice((0.5, 3.0, 8.0, 40.0)))

    def _kill_node(self) -> None:
        if self.node.up:
            self.faults.count("PBX killed")
            self.node.kill()
            back = self.stage.between(0.6, 8.0)
            self._held_up(self.stage.now + int(back * SECOND))
            self.stage.after(back, self.node.start)

    def _take_database(self) -> None:
        seconds = self.stage.random.choice((0.2, 1.5, 5.0, 12.0))
        until = min(self.stage.now + int(seconds * SECOND), self.calm_from)
        self.faults.count("database away")
        self.stage.note("db", f"away until {until / SECOND:.3f}")
        self.database.away_until = max(until, self.database.away_until)
        self.database.all_dropped()
        self._held_up(until)
        if seconds > SILENT_SECONDS and self.stage.chance(0.5):
            self.stage.at(until + 1000, self._first_to_beat)

    def _first_to_beat(self) -> None:
        """Every heartbeat was missed: who beats first thinks the others silent, and takes their calls though they live."""
        living = self._living()
        if len(living) > 1 and self.node.up:
            living[0].adopt({service.name for service in living[1:]})

    def _cut_stream(self) -> None:
        """An event stream breaks; what is told meanwhile is lost, and looked for at the reconnect."""
        if living := self._living():
            service = self.stage.random.choice(living)
            self.faults.count("event stream cut")
            self._held_up()
            service.listening = False
            self.stage.after(self.stage.between(0.2, 3.0), service.connect)

    def _slow_down(self) -> None:
        """Orders reach the PBX late, and not in the order in which instances gave them: so do questions, while phones ring."""
        self.faults.count("PBX slow")
        until = min(self.stage.now + int(self.stage.random.choice((2.0, 5.0, 12.0)) * SECOND), self.calm_from)
        self.stage.note("node", f"slow until {until / SECOND:.3f}")
        self._held_up(until)
        self.node.slow_until = max(until, self.node.slow_until)

    def _calm(self) -> None:
        """Faults stop: what was killed is started again, what sleeps wakes up."""
        self.stage.note("", "— calm —")
        self.faults.on = False
        if not self.node.up:
            self.node.start()
        for service in list(self.services):
            if service.dead:
                self._start_service(service.name)
            elif not service.listening:
                service.connect()
        self.stage.after(3.0, self._probe)

    def _probe(self) -> None:
        now = self.stage.utcnow()
        late = [
            (case_id, (now - timer.due_at).total_seconds()) for (case_id, kind), timer in self.store.timers.items()
            if timer.due_at < now and kind == "ladder"
        ]  # fmt: skip
        missing = [
            (ladder.case_id, 1e6) for ladder in self.store.ladders.values()
            if not ladder.over and (ladder.case_id, "ladder") not in self.store.timers
        ]  # fmt: skip
        self.probes.append(Probe(self.stage.now, late + missing))
        self.stage.after(7.0, self._probe)

    # --- people at the centre ---------------------------------------------------------------------------------------

    def _console(self) -> Service | None:
        living = self._living()
        return self.stage.random.choice(living) if living else None

    def _red(self) -> list[Case]:
        return [case for case in self.store.cases.values() if case.red]

    def _by(self, case: Case, seat: str | None = None) -> tuple[UUID, str, str | None, UUID]:
        if seat is None:
            return BOSS, "supervisor", None, case.id
        agent = self.store.seats[seat].agent_id
        assert agent is not None
        return agent, "seat", seat, case.id

    def _tell(self, fact: Any) -> None:
        service = self._console()
        if service is not None:
            self.stage.note("person", f"{type(fact).__name__} {getattr(fact, 'outcome', '') or getattr(fact, 'target', '')}")
            service.ask(fact)

    def _somebody_acts(self) -> None:
        """A click on the red board."""
        random, red = self.stage.random, self._red()
        if not red:
            return
        case = random.choice(red)
        seat = random.choice([None, *self.store.seats])
        by = self._by(case, seat)
        open_calls = [a for a in self.store.attempts.values() if a.case_id == case.id and a.open]
        match random.choice(("charge", "call", "join", "drop", "take", "decline", "settle", "member", "reference")):
            case "charge":
                self._tell(facts.ChargeTaken(*by))
            case "call":
                targets = [t.key for t in (*self.store.contacts.get(case.member_id or BOSS, ()), *self.store.duty)] + [
                    "120",
                    "terminal",
                ]
                self._tell(facts.ContactCalled(*by, target=random.choice(targets)))
            case "join" if open_calls:
                self._tell(facts.AttemptJoined(*by, attempt_id=random.choice(open_calls).id))
            case "drop" if open_calls:
                self._tell(facts.AttemptDropped(*by, attempt_id=random.choice(open_calls).id))
            case "take" if seat is not None and case.source != "safe_mode":
                self._tell(facts.CaseTaken(*by))
            case "decline" if case.rings:
                self._tell(facts.OfferDeclined(*self._by(case, case.rings[0].seat)))
            case "member":
                self._tell(facts.MemberChosen(*self._by(case), member_id=random.choice([None, *self.members.values()])))
            case "reference" if open_calls:
                self._tell(facts.ReferenceNoted(*by, attempt_id=open_calls[0].id, reference="120-7"))
            case "settle":
                self._tell(facts.Settled(*by, outcome=random.choice(("safe", "false_alarm")), note="平安"))

    def _settle_one(self) -> None:
        if red := self._red():
            self._tell(facts.Settled(*self._by(self.stage.random.choice(red)), outcome="safe", note="已确认"))

    def _drill(self) -> None:
        elder = self.stage.random.choice(self.elders)
        self._tell(facts.DrillAsked(UUID(int=self.stage.random.getrandbits(128)), BOSS, elder.member))

    def _edit(self) -> None:
        """Somebody works on the register, or on the policy, in the middle of the night."""
        random, store = self.stage.random, self.store
        what = random.choice(("policy", "remove", "remove", "number"))
        if what == "policy" and store.policy is not None:
            rungs = (Rung(("supervisor",), 0.0, "until_acknowledged"), *store.policy.rungs)
            store.policy = replace(store.policy, name="乙", rungs=rungs[:5], version=store.policy.version + 1, key_seconds=9.0)
            return
        member = random.choice(self.elders).member
        contacts = list(store.contacts[member])
        if not contacts:
            return
        place = random.randrange(len(contacts))
        if not contacts[place].shared:
            self.owned_until[contacts[place].number] = self.stage.now
        if what == "remove":
            gone = contacts.pop(place)
            self.edits.append((self.stage.now, gone.key))
        else:
            number = f"+86131{random.randrange(10**8):08}"
            self.manners[number] = self.manners.get(contacts[place].number, ("no_answer",))
            contacts[place] = replace(contacts[place], number=number)
        store.contacts[member] = tuple(contacts)

    def _seat_moves(self) -> None:
        """A seat comes, goes, or pauses: written beside every decision, with a version of its own."""
        if not self.store.seats or self.database.away_until > self.stage.now:
            return
        seat = self.stage.random.choice(list(self.store.seats.values()))
        name = self.stage.random.choice(("ready", "pause"))
        if seat.presence in ("ready", "paused") and name in seats.MOVES[seat.presence]:
            self.store.seats[seat.extension] = seats.move(seat, name, self.stage.utcnow(), pause_reason="rest")
            for service in self._living():
                service.wake()

    # --- what follows a commit --------------------------------------------------------------------------------------

    def _committed(self, commit: Commit) -> None:
        """People see it on their screens, and do what people do."""
        for made in commit.decision.attempts.values():
            if made.closing and made.result == "going" and self.stage.chance(0.2):
                self.stage.after(self.stage.between(0.05, 3.0), self._brings_in, made.id)
        case = commit.decision.case
        before = commit.situation.case
        if case is None or (before is not None and before.state == case.state):
            return
        if case.state == "talking":
            self.stage.after(self.stage.between(6.0, 30.0), self._ends_talk, case.id)
        elif case.state == "wrap_up":
            self.stage.after(self.stage.between(3.0, 30.0), self._wraps_up, case.id)

    def _brings_in(self, attempt_id: str) -> None:
        """Somebody wants to speak with who is going, while they are still being thanked."""
        attempt = self.store.attempts[attempt_id]
        if attempt.open:
            self._tell(facts.AttemptJoined(*self._by(self.store.cases[attempt.case_id]), attempt_id=attempt_id))

    def _ends_talk(self, case_id: UUID) -> None:
        case = self.store.cases[case_id]
        if case.state != "talking" or case.seat not in self.store.seats:
            return
        self.stage.after(10.0, self._ends_talk, case_id)  # nobody talks for ever
        channels = [c for c in self.node.channels.values() if c.party == "seat" and c.number == case.seat]
        if channels and self.stage.chance(0.5):
            self.node.end(channels[0].id, "ANSWER", self.stage.random.choice(("16", "16", "41")))
        else:
            self._tell(facts.HangUpAsked(*self._by(case, case.seat)))

    def _wraps_up(self, case_id: UUID) -> None:
        case = self.store.cases[case_id]
        if case.state != "wrap_up" or case.seat not in self.store.seats:
            return
        disposition = self.stage.random.choice(
            ("no_voice", "no_voice", "helped", "in_progress", "false_alarm", "nothing", "nothing")
        )
        if disposition != "nothing":
            self._tell(
                facts.WrappedUp(
                    *self._by(case, case.seat), category="rescue", subcategory="fall", disposition=disposition, summary="已记录"
                )
            )

    # --- the whole of it --------------------------------------------------------------------------------------------

    def run(self) -> Night:
        with engine_on_stage(self.log):
            self.stage.run(self.calm_from, lambda: self.stage.events >= EVENTS_MOST)
            last = self.calm_from + CALM_SECONDS * SECOND
            linger = self.calm_from + max(self.lingers, 3 * SECOND + 1)
            while self.stage.now < last and not self.finished and self.stage.events < EVENTS_MOST:
                self.stage.run(min(last, self.stage.now + 5 * SECOND), lambda: self.stage.events >= EVENTS_MOST)
                self.finished = self.stage.now >= linger and self._at_rest()
            self.end = self.stage.now
            self.stage.close()
        return self

    def _at_rest(self) -> bool:
        """Every ladder has come to an end that may last, and nobody is on any line."""
        return (
            all(a.state in ("acknowledged", "ended") or (a.state == "exhausted" and a.pages) for a in self.store.ladders.values())
            and not any(a.open and not a.joined and a.state != "answered" for a in self._not_paging())
            and not self.node.safe_mode
        )  # fmt: skip

    def _not_paging(self) -> list[Attempt]:
        return [a for a in self.store.attempts.values() if a.rung >= 0]

"""People at the centre in a night: they click on the red board, talk and write down, and work on the register meanwhile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid5

from domain.store import Store

from callcenter.domain import facts
from callcenter.domain import seat as seats
from callcenter.domain.case import Case
from callcenter.domain.policy import Rung
from simulation.centre import SPACE, Elder
from simulation.database import Commit, Database
from simulation.node import Node
from simulation.service import Service
from simulation.stage import Stage

BOSS = uuid5(SPACE, "boss")


class Staff:
    """A part of Night."""

    stage: Stage
    store: Store
    database: Database
    nodes: list[Node]
    manners: dict[str, tuple[str, ...]]
    elders: list[Elder]
    members: dict[str, UUID]
    owned_until: dict[str, int]
    edits: list[tuple[int, str]]

    def cut_off_who_speak(self, name: str) -> None:
        """Their node is out of everybody's reach."""
        raise NotImplementedError

    def _living(self) -> list[Service]:
        """Instances that are awake."""
        raise NotImplementedError

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
            seat = next((leg for leg in commit.decision.legs.values() if leg.party == "seat"), None)
            if len(self.nodes) > 1 and seat is not None and self.stage.chance(0.1):
                self.stage.after(self.stage.between(0.2, 3.0), self.cut_off_who_speak, seat.node)
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
        channels = [(node, c) for node in self.nodes for c in node.channels.values() if c.party == "seat" and c.number == case.seat]
        if channels and self.stage.chance(0.5):
            node, channel = channels[0]
            node.end(channel.id, "ANSWER", self.stage.random.choice(("16", "16", "41")))
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

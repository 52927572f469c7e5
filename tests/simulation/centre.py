"""Who lives where, who sits where, and what the centre has written down for emergencies: drawn from the night's seed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from uuid import UUID, uuid5

from domain.store import START, Store

from callcenter.domain.escalation import Person, Target
from callcenter.domain.policy import Policy, PublicNumber, Rung, check
from callcenter.domain.seat import Seat
from simulation.stage import Stage

SPACE = UUID(int=11)
FAMILY = ("no_answer", "busy", "voicemail", "going", "cannot", "joins", "listens", "hangs_up", "invalid", "congestion",
          "trunk_down", "rejected", "joins_and_goes", "both_keys", "hangs_up_later", "wrong_key")  # fmt: skip
NOBODY = ("no_answer", "no_answer", "busy", "voicemail", "listens", "hangs_up", "rejected", "congestion")


@dataclass
class Elder:
    serial: str
    account: str
    member: UUID


class Centre:
    """A part of Night: its people."""

    stage: Stage
    store: Store
    manners: dict[str, tuple[str, ...]]
    elders: list[Elder]
    members: dict[str, UUID]

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
        )
        self.store.policy = Policy(
            "甲", rungs, public, key_seconds=random.choice((5.0, 8.0)), announcements=random.choice((1, 2, 3)),
            retry_seconds=random.choice((5.0, 12.0)), resolve_seconds=random.choice((60.0, 90.0, 300.0)),
            page_seconds=random.choice((10.0, 20.0)), call_back_tries=random.choice((1, 2)),
        )  # fmt: skip
        check(self.store.policy, public_enabled=False)

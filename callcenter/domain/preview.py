"""What if: whom a policy would phone when, if nobody answers, or a seat does after so many seconds.

There is no second ladder here. The real ``decide`` runs against a tiny world with a virtual clock, in which the elder stays on
the line, every phone rings and is not answered; what it decides is read off as lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from callcenter.domain import facts
from callcenter.domain.case import Case, Entry, Leg
from callcenter.domain.decide import decide
from callcenter.domain.decision import Arrival, Decision, Figures, SetTimer, Situation
from callcenter.domain.effects import DialAttempt, Effect, HangUp, RingSeat
from callcenter.domain.escalation import PAGE, Around, Attempt, Escalation, Target
from callcenter.domain.policy import DELAY_MOST, PUBLIC, SEATS, Policy, Rung
from callcenter.domain.seat import Seat

CASE, AGENT, MEMBER = UUID(int=1), UUID(int=2), UUID(int=3)
CALLER = "preview"
HORIZON = timedelta(hours=24)  # no ladder that the checks allow takes as long
STEPS = 20_000
PAGES = 2

LineKind = Literal["rung", "call", "seats", "assisted", "end"]
NAMES: dict[str, tuple[str, str]] = {
    "emergency_seats": ("紧急坐席", "emergency seats"), "all_seats": ("全部坐席", "all seats"), "family": ("家属", "family"),
    "neighbour": ("邻居", "neighbours"), "community": ("社区人员", "community workers"),
    "supervisor": ("值班主任", "duty supervisor"), "110": ("110", "110"), "119": ("119", "119"), "120": ("120", "120"),
}  # fmt: skip
_SKIPPED = {
    "in_use": ("号码正在被其他求助件呼叫", "the number is being phoned for another case"),
    "refused": ("本系统未启用真实公共号码,不会拨出", "real public numbers are not enabled: it is not dialled"),
    "removed": ("联系人已删除", "the contact was removed"),
}


@dataclass(frozen=True)
class Line:
    """One thing that would happen. ``what``: targets, a kind of target, or ``exhausted``, ``supervisor_paged``, ``seat_answered``,
    ``quiet`` (nothing more happens while the seat has the case)."""

    at: datetime
    after_seconds: float
    rung: int | None
    kind: LineKind
    what: str
    note_zh: str
    note_en: str
    who: str = ""
    relation: str = ""
    number: str = ""
    ring_seconds: float | None = None


def preview(
    policy: Policy, around: Around, *, start: datetime, free_seats: int, figures: Figures, seat_answers_after: float | None = None
) -> list[Line]:
    """The lines, in order of time. ``around``: contacts, duty phones and the elder's own numbers, as they are today."""
    seats = free_seats if seat_answers_after is None else max(1, free_seats)
    world = _World(policy, replace(around, policy=policy, in_use=frozenset()), figures, start, start)
    world.begin(seats, seat_answers_after)
    return world.run()


@dataclass
class _World:
    """The press, the phones that ring in vain, and the clock that jumps from one due thing to the next."""

    policy: Policy
    around: Around
    figures: Figures
    start: datetime
    now: datetime
    case: Case | None = None
    legs: dict[str, Leg] = field(default_factory=dict)
    seats: dict[str, Seat] = field(default_factory=dict)
    escalation: Escalation | None = None
    attempts: dict[str, Attempt] = field(default_factory=dict)
    timers: dict[str, SetTimer] = field(default_factory=dict)
    coming: list[tuple[datetime, int, facts.Fact]] = field(default_factory=list)
    """What the network will tell: when, in which order, what."""
    lines: list[Line] = field(default_factory=list)
    answers_at: datetime | None = None
    told: int = 0

    def begin(self, free_seats: int, seat_answers_after: float | None) -> None:
        for place in range(1, free_seats + 1):
            name = f"{place:03d}"
            self.seats[name] = Seat(
                name, name, "ready", self.start, agent_id=AGENT, registered=True, console_until=self.start + 2 * HORIZON
            )
        if seat_answers_after is not None:
            self.answers_at = self.start + timedelta(seconds=seat_answers_after)
        self.tell(facts.CallArrived(CALLER, "", "", None, None, "", anonymous=False, claimed=True))

    def run(self) -> list[Line]:
        for _ in range(STEPS):
            if self._over() or not self._next():
                break
        if self.case is not None and self.case.state == "talking":
            self._line(
                "end", "quiet", "坐席正在通话,其余联系对象不再呼叫;坐席放下而无人接手时,阶梯从跳过的一级继续。",
                "A seat has the case: nobody else is phoned. Should it let go and nobody take charge, the passed rungs follow.",
            )  # fmt: skip
        return self.lines

    # --- the clock --------------------------------------------------------------------------------------------------

    def _over(self) -> bool:
        """Nobody took charge, nobody will, and each duty phone was paged once, or two of them."""
        if self.escalation is None or self.answers_at is not None:
            return False
        return self.escalation.pages >= min(PAGES, max(1, len(self.around.duty)))

    def _next(self) -> bool:
        """The next thing that happens; False when nothing more will."""
        due = [(timer.due_at, 1, kind) for kind, timer in self.timers.items()]
        told = [(at, 0, "") for at, _, _ in self.coming]
        answer = [(self.answers_at, 2, "")] if self.answers_at is not None else []
        at, what, kind = min([*due, *told, *answer], default=(self.start + HORIZON, 3, ""))
        if at >= self.start + HORIZON or self._talks_on(at):
            return False
        self.now = max(self.now, at)
        if what == 0:
            self.coming.sort(key=lambda entry: entry[:2])
            self.tell(self.coming.pop(0)[2])
        elif what == 1:
            timer = self.timers.pop(kind)
            self.tell(facts.TimerDue(CASE, kind, timer.data))
        else:
            self._answer()
        return True

    def _talks_on(self, at: datetime) -> bool:
        """A seat has the case and nothing more is due: the longest wait that a policy may ask for is shorter."""
        return self.case is not None and self.case.state == "talking" and at - self.now > timedelta(seconds=1.5 * DELAY_MOST)

    def _answer(self) -> None:
        """A seat picks up; if none rings just now, its person reaches for the case."""
        assert self.case is not None
        self.answers_at = None
        if self.case.state != "waiting":
            return
        if not self.case.rings:
            self.tell(facts.CaseTaken(AGENT, "seat", min(self.seats), CASE))
        leg = self.case.rings[0].leg
        self.coming = [entry for entry in self.coming if getattr(entry[2], "leg_id", "") != leg]
        self._line("seats", "seat_answered", "一名坐席接听,与老人通话。", "A seat answers and speaks with the elder.")
        self.tell(facts.SeatAnswered(leg))

    # --- facts in, decisions applied ----------------------------------------------------------------------------------

    def tell(self, fact: facts.Fact) -> None:
        arrival = Arrival(CASE, "preview", "emergency", "preview", (MEMBER,)) if self.case is None else None
        situation = Situation(
            self.figures, "preview", case=self.case, legs=tuple(self.legs.values()), seats=dict(self.seats), arrival=arrival,
            escalation=self.escalation, attempts=tuple(self.attempts.values()), around=self.around,
        )  # fmt: skip
        decision = decide(situation, fact, self.now)
        known = set(self.attempts)
        self.case = decision.case or self.case
        self.escalation = decision.escalation or self.escalation
        self.legs |= decision.legs
        self.seats |= decision.seats
        self.attempts |= decision.attempts
        for kind, timer in decision.timers.items():
            if timer is None:
                self.timers.pop(kind, None)
            else:
                self.timers[kind] = timer
        for entry in decision.entries:
            self._read(entry, decision, known)
        self._perform(decision.effects)

    def _perform(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, DialAttempt):
                self._later(0.0, facts.AttemptRang(effect.leg_id))
                self._later(effect.ring_seconds, facts.AttemptEnded(effect.leg_id, "NOANSWER", "19"))
            elif isinstance(effect, RingSeat):
                self._later(0.0, facts.SeatRang(effect.leg_id))
                self._later((effect.expires_at - self.now).total_seconds(), facts.LegEnded(effect.leg_id, "19"))
            elif isinstance(effect, HangUp):
                self.coming = [entry for entry in self.coming if getattr(entry[2], "leg_id", "") != effect.leg_id]
                fact = facts.LegEnded(effect.leg_id, "16")
                self._later(0.0, facts.AttemptEnded(effect.leg_id, "CANCEL", "") if effect.leg_id in self.attempts else fact)

    def _later(self, seconds: float, fact: facts.Fact) -> None:
        self.told += 1
        self.coming.append((self.now + timedelta(seconds=seconds), self.told, fact))

    # --- what people read ---------------------------------------------------------------------------------------------

    def _read(self, entry: Entry, decision: Decision, known: set[str]) -> None:
        """A line of the case's journal as a line of the preview."""
        data = entry.data
        if entry.kind == "rung_started":
            self._rung(int(data["rung"]))
        elif entry.kind == "rung_passed":
            place = int(data["rung"])
            rung = self.policy.rungs[place - 1]
            zh, en = "坐席正在处理,本级跳过。", "A seat has the case: passed over."
            self._line("rung", ",".join(rung.targets), zh, en, rung=place)
        elif entry.kind == "rung_empty":
            self._empty(int(data["rung"]))
        elif entry.kind in ("attempt_started", "attempt_skipped") and data["attempt"] not in known:
            self._call(decision.attempts[data["attempt"]], str(data.get("reason", "")))
        elif entry.kind == "assisted_call_asked":
            code = str(data["number"])
            zh, en = f"请坐席或主任一键呼叫{code}。", f"Seat or supervisor is asked to call {code} with one click."
            assert decision.escalation is not None
            self._line("assisted", code, zh, en, rung=decision.escalation.rung + 1, number=code)
        elif entry.kind == "exhausted":
            zh, en = "所有对象均已尝试,无人接手:求助件保持红色。", "Everybody was tried and nobody took charge: the case stays red."
            self._line("end", "exhausted", zh, en)
        elif entry.kind == "supervisor_paged":
            self._paged(int(data["count"]))

    def _rung(self, place: int) -> None:
        rung = self.policy.rungs[place - 1]
        zh, en = _title(place, rung)
        self._line("rung", ",".join(rung.targets), zh, en, rung=place)
        seats = [target for target in rung.targets if target in SEATS]
        if seats:
            free = len(self.seats)
            zh, en = f"{free}个空闲坐席的话机响铃。", f"The phones of {free} free seats ring."
            if not free:
                zh, en = "当前没有空闲坐席。", "No seat is free just now."
            self._line("seats", seats[0], zh, en, rung=place, ring_seconds=self.figures.ring_seconds if free else None)

    def _empty(self, place: int) -> None:
        rung = self.policy.rungs[place - 1]
        zh, en = "没有登记可联系的人,立即进入下一级。", "Nobody is registered for it: the next rung begins at once."
        self._line("rung", ",".join(rung.targets), zh, en, rung=place)

    def _call(self, attempt: Attempt, skipped: str) -> None:
        zh, en = "响铃,无人接听", "Rings, nobody answers"
        if skipped:
            zh, en = _SKIPPED.get(skipped, ("不拨打", "not dialled"))
        elif attempt.kind in PUBLIC and attempt.way == "drill":
            zh, en = "演练线路:不会接到真实的公共号码", "Drill trunk: the real number is not reached"
        elif attempt.rung == PAGE:
            zh, en = "呼叫值班主任", "The duty supervisor is paged"
        count = sum(a.target == attempt.target for a in self.attempts.values())
        if count > 1:
            zh, en = f"第{count}次:{zh}", f"Try {count}: {en[0].lower()}{en[1:]}"
        self._line(
            "call", attempt.kind, f"{zh}。", f"{en}.", rung=attempt.rung + 1 if attempt.rung >= 0 else None, who=attempt.name,
            relation=attempt.relation, number=attempt.number, ring_seconds=None if skipped else attempt.ring_seconds,
        )  # fmt: skip

    def _paged(self, count: int) -> None:
        again = f"{self.policy.page_seconds:g}"
        zh, en = f"第{count}次呼叫值班主任(屏幕和电话),", f"Page {count} of the duty supervisor (screen and telephone), "
        if not self.around.duty:
            zh, en = (
                f"第{count}次呼叫值班主任(未登记值班电话,只有屏幕),",
                f"Page {count}, on screen only: no duty phone, ",
            )
        zh, en = f"{zh}此后每{again}秒一次,直到有人接手。", f"{en}again every {again} s until somebody takes it."
        self._line("end", "supervisor_paged", zh, en)

    def _line(
        self, kind: LineKind, what: str, zh: str, en: str, *, rung: int | None = None, who: str = "", relation: str = "",
        number: str = "", ring_seconds: float | None = None,
    ) -> None:  # fmt: skip
        after = round((self.now - self.start).total_seconds(), 1)
        self.lines.append(Line(self.now, after, rung, kind, what, zh, en, who, relation, number, ring_seconds))


def _title(place: int, rung: Rung) -> tuple[str, str]:
    zh = "、".join(NAMES[target][0] for target in rung.targets)
    en = ", ".join(NAMES[target][1] for target in rung.targets)
    if SEATS & set(rung.targets):
        return f"第{place}级:{zh}。", f"Rung {place}: {en}."
    how_zh, how_en = ("同时呼叫", "all at once") if rung.order == "parallel" else ("依次呼叫", "one after the other")
    if rung.tries > 1:
        how_zh, how_en = f"{how_zh},每人{rung.tries}次", f"{how_en}, {rung.tries} tries each"
    return f"第{place}级:{zh},{how_zh}。", f"Rung {place}: {en}, {how_en}."


def notes(policy: Policy, around: Around, *, free_seats: int) -> list[tuple[str, str]]:
    """What a person should know beside the lines: what this member, or this centre, lacks. Chinese and English."""
    wanted = {target for rung in policy.rungs for target in rung.targets}
    kinds = {contact.kind for contact in around.contacts}
    found = [
        (f"这位老人没有登记{NAMES[kind][0]}联系人。", f"No contact of this kind is registered for this member: {NAMES[kind][1]}.")
        for kind in ("family", "neighbour", "community")
        if kind in wanted and kind not in kinds
    ]
    unused = {contact.kind for contact in around.contacts} - wanted
    found += [
        (f"策略中没有{NAMES[kind][0]},登记的此类联系人不会自动呼叫。", f"The policy never phones the {NAMES[kind][1]} registered.")
        for kind in sorted(unused)
    ]
    if not around.duty:
        found.append(("没有登记值班电话:最后只能在屏幕上呼叫主任。", "No duty phone: the supervisor is paged on screen only."))
    if not free_seats:
        found.append(("当前没有空闲坐席。", "No seat is free just now."))
    if around.own:
        names = _own_names(around.own)
        found.append(
            (
                f"老人一直在线;若电话中断且无人处理,会先自动回拨{names}。",
                "The elder is taken to stay on the line. Were it cut, terminal and telephones of the elder would be called back.",
            )
        )
    return found


def _own_names(own: Iterable[Target]) -> str:
    return "、".join(target.name if target.way == "account" else target.number for target in own)

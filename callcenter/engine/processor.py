"""The heart: a fact comes in, a pure function decides, one transaction remembers, then effects go out.

A call that arrives is claimed while its situation is loaded; it is committed only if this instance won the claim. When the
database cannot remember it, the call is given back to the dialplan, which serves it in safe mode.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic
from uuid import UUID

import asyncpg
import structlog
from prometheus_client import Counter, Histogram
from sqlalchemy.exc import SQLAlchemyError

from callcenter.db import once
from callcenter.db.link import Link, Links
from callcenter.db.once import Part, part_of
from callcenter.db.save import Conflict, save
from callcenter.db.situations import Reader
from callcenter.domain import facts
from callcenter.domain.ahead import AHEAD, MARK, moment
from callcenter.domain.case import LIVE, Case
from callcenter.domain.decide import decide
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.effects import DialAttempt
from callcenter.domain.errors import Refused
from callcenter.domain.offers import home_of
from callcenter.domain.seat import BUSY
from callcenter.engine.lanes import Lanes
from callcenter.engine.loading import load
from callcenter.engine.orders import Orders
from callcenter.engine.ports import Changed, Feed, Router
from callcenter.telephony.ports import Calls, TelephonyError

log = structlog.get_logger()
FACTS = Counter("callcenter_facts_total", "Facts processed, by kind", ["kind"])
CONFLICTS = Counter("callcenter_conflicts_total", "Decisions taken again because somebody was faster")
ARRIVAL = Histogram(
    "callcenter_arrival_seconds", "A call's arrival until its case is committed and popped",
    buckets=(0.002, 0.004, 0.006, 0.01, 0.02, 0.05, 0.1, 0.5, 2),
)  # fmt: skip

FIRM_AFTER = 2  # lost twice, it is decided under the case's lock
DECISIONS = 6  # times a decision is taken again before we say that something is wrong
PATIENCE = (0.05, 0.2, 0.5, *[1.0] * 30)  # seconds between tries while the database is away
# InternalClientError: what the driver says at the next word when the server has ended an idle transaction (a frozen instance).
DATABASE_ERRORS = (
    SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError,
)  # fmt: skip


REFUSED_BY_DATABASE = (asyncpg.DataError, asyncpg.SyntaxOrAccessError, asyncpg.IntegrityConstraintViolationError)


def overtaken() -> Refused:
    """What a person hears when each decision on their command was overtaken: by others, or by what the database holds already."""
    return Refused(
        "changed_meanwhile", "别人刚刚改动了同一内容,没有登记。", "Somebody has just changed the same; nothing was recorded.",
        remedy_zh="请刷新后查看,需要时再试。", remedy_en="Look at it anew, and try again if it is still needed.",
    )  # fmt: skip


class NotOurs(Exception):
    """Another instance claimed the call, or its caller hung up before anybody could."""


@dataclass
class Processor:
    """Takes facts through their case's lane. One for each service instance."""

    links: Links
    reader: Reader
    calls: Calls
    orders: Orders
    feed: Feed
    router: Router
    app: str
    """Name of our ARI application: who holds a call is told by it."""
    on_timer: Callable[[float], None] = lambda _seconds: None
    """Told when a timer is set, with the seconds until it is due: its reader may be asleep for longer."""
    lanes: Lanes = field(default_factory=Lanes)
    database_ok: bool = True
    _lane_of_leg: dict[str, str] = field(default_factory=dict)
    _lane_of_case: dict[UUID, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.orders.tell = self.tell

    # --- in ---------------------------------------------------------------------------------------------------------

    def tell(self, fact: facts.Fact) -> None:
        """Queue a fact. Returns at once; safe to call from an event reader."""
        lane = self._lane(fact)
        if isinstance(fact, facts.AttemptAnswered) and not fact.claimed:
            # At once, and not behind what the lane has to do yet: the dialplan waits half a second for somebody.
            claim = asyncio.create_task(self._claimed(fact.leg_id), name=f"claim {fact.leg_id}") if self.database_ok else None
            self.lanes.put(lane, lambda: self._picked_up(fact, lane, claim))
            return
        self.lanes.put(lane, lambda: self._patiently(fact, lane))

    async def ask(self, fact: facts.Fact) -> None:
        """A person's command: done when this returns. Raises Refused when the rules do not allow it or others are always faster,
        TimeoutError after 5 s."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        lane, part = self._lane(fact), part_of(fact)

        async def work() -> None:
            try:
                await self.process(fact, lane, part)
            except Conflict as conflict:
                log.warning("always_overtaken", fact=type(fact).__name__, why=str(conflict))
                if not done.done():
                    done.set_exception(overtaken())
            except Exception as error:  # noqa: BLE001 - it is handed to the person who asked, whatever it is
                if not done.done():
                    done.set_exception(error)
            else:
                if not done.done():
                    done.set_result(None)

        self.lanes.put(lane, work)
        await asyncio.wait_for(done, 5.0)

    def belongs(self, leg_id: str, case_id: UUID) -> None:
        """A leg found again after our absence: what is told of it goes through its case's lane."""
        self._lane_of_leg.setdefault(leg_id, self._lane_of_case.get(case_id, f"case {case_id}"))

    def _lane(self, fact: facts.Fact) -> str:
        if isinstance(fact, facts.CallArrived | facts.SafeModeCall):
            # Presses of one terminal, and calls of one number, meet in one lane; the database decides across instances.
            key = f"caller {fact.account or fact.number or fact.leg_id}"
            self._lane_of_leg[fact.leg_id] = key
            return key
        leg_id = getattr(fact, "leg_id", None)
        if leg_id is not None:
            # Not forgotten yet, even if this tells its end: a second word of it must not overtake what waits in the lane.
            return self._lane_of_leg.get(leg_id, f"leg {leg_id}")
        case_id = getattr(fact, "case_id", None)
        return self._lane_of_case.get(case_id, f"case {case_id}") if case_id else "recordings"

    async def _patiently(self, fact: facts.Fact, lane: str) -> None:
        """Facts told by machines are not repeated by them: while the database is away, try again."""
        if isinstance(fact, facts.CallArrived):
            await self._arrival(fact, lane)
            return
        for pause in (*PATIENCE, None):
            try:
                await self.process(fact, lane)
            except DATABASE_ERRORS as error:
                self._away(error)
                if pause is None:
                    raise
                log.warning("database_away", fact=type(fact).__name__, error=type(error).__name__, again_in=pause)
                await asyncio.sleep(pause)
            else:
                return

    async def _picked_up(self, fact: facts.AttemptAnswered, lane: str, claim: asyncio.Task[bool] | None) -> None:
        """Whom we cannot remember must not listen to nothing: the dialplan itself says why it calls, and takes the key."""
        if claim is None or not await claim:
            return
        try:
            await self.process(replace(fact, claimed=True, holder=self.reader.instance), lane)
        except DATABASE_ERRORS as error:
            self._away(error)
            log.warning("answer_given_back", leg=fact.leg_id, error=type(error).__name__)
            with contextlib.suppress(TelephonyError):
                await self.calls.hand_back(fact.leg_id, "escalation-answered")

    async def _claimed(self, leg_id: str) -> bool:
        try:
            return await self.calls.claim(leg_id)
        except TelephonyError as error:
            log.warning("answer_not_claimed", leg=leg_id, reason=error.reason)
            return False

    async def _arrival(self, fact: facts.CallArrived, lane: str) -> None:
        """A call is never held by somebody who cannot remember it, whatever the reason: the dialplan can serve it."""
        try:
            await self.process(fact, lane)
        except NotOurs:
            self._lane_of_leg.pop(fact.leg_id, None)
        except DATABASE_ERRORS as error:
            self._away(error)
            await self._give_back(fact, error)
        except Exception as error:  # a mistake of ours: it is logged whole, and the caller is not its victim
            log.exception("arrival_failed", leg=fact.leg_id)
            await self._give_back(fact, error)

    def _away(self, error: Exception) -> None:
        """Remember that the database is away, unless it is there and only refuses this one thing."""
        if not isinstance(error, REFUSED_BY_DATABASE):
            self.database_ok = False

    async def _give_back(self, fact: facts.CallArrived, error: Exception) -> None:
        """We cannot remember this call, so we must not hold it: the dialplan serves it, and journals it for us."""
        try:
            # Asked of Asterisk, for our claim may have come second, or its answer may have been lost: what another instance
            # holds is not ours to give.
            held = {channel.id: channel.app for channel in await self.calls.channels()}
            if held.get(fact.leg_id) == self.app:
                log.error("call_given_to_safe_mode", leg=fact.leg_id, error=type(error).__name__)
                await self.calls.hand_back(fact.leg_id)
        except TelephonyError as failure:
            log.exception("call_not_given_back", leg=fact.leg_id, reason=failure.reason)

    def _learn(self, case: Case, situation: Situation, decision: Decision) -> None:
        """Tell telephony where everything of this case is, before any order about it goes out."""
        for leg in (*situation.legs, *decision.legs.values()):
            self.calls.learn(leg.id, leg.node)
        for attempt in (*situation.attempts, *decision.attempts.values()):
            self.calls.learn(attempt.id, attempt.node)
        self.calls.learn(case.bridge_id, home_of(situation, decision))

    def _keep_together(self, case: Case, decision: Decision, lane: str) -> None:
        """All that concerns a case goes through one lane, the one it was opened in: no order overtakes another."""
        if case.state in LIVE:
            lane = self._lane_of_case.setdefault(case.id, lane)
        else:
            self._lane_of_case.pop(case.id, None)
        live = {attempt.id: attempt.open for attempt in decision.attempts.values()}
        live |= {leg.id: leg.live for leg in decision.legs.values()}
        for leg_id, lives in live.items():
            if lives:
                self._lane_of_leg[leg_id] = lane
            else:
                self._lane_of_leg.pop(leg_id, None)

    # --- the one way ------------------------------------------------------------------------------------------------

    async def process(self, fact: facts.Fact, lane: str, part: Part | None = None) -> Decision | None:
        """Decide and remember, again if somebody was faster; then show, then act. None when nothing followed.

        ``part``: of what was sent with a key of its own; what the case knows already is not done again.
        """
        FACTS.labels(type(fact).__name__).inc()
        started = monotonic()
        claim = self._begin_claim(fact)
        try:
            for attempt in range(DECISIONS):
                try:
                    situation, decision = await self._transaction(fact, claim, part, firm=attempt >= FIRM_AFTER)
                    break
                except Conflict as conflict:
                    CONFLICTS.inc()
                    log.debug("decided_again", fact=type(fact).__name__, why=str(conflict))
                    await asyncio.sleep(0.002 * attempt)
            else:
                raise Conflict(f"{type(fact).__name__} lost {DECISIONS} times")
        finally:
            if claim is not None and not claim.done():
                # It may be on its way already: whoever decides what to do with the call needs to know how it ended.
                await asyncio.wait({claim})
        self.database_ok = True
        if decision.nothing:
            if isinstance(fact, facts.LegEnded | facts.AttemptEnded):
                self._lane_of_leg.pop(fact.leg_id, None)
            return None
        case = decision.case or situation.case
        if case is not None:
            self._learn(case, situation, decision)
            self._keep_together(case, decision, lane)
            with structlog.contextvars.bound_contextvars(case=str(case.id)):
                try:
                    await self._after(situation, decision, case.id)
                finally:  # written when the phone has been told to ring: no caller waits for a log
                    _log_decided(fact, decision)
        else:
            await self.orders.perform(UUID(int=0), decision.effects)
        if isinstance(fact, facts.CallArrived):
            ARRIVAL.observe(monotonic() - started)
        return decision

    def _begin_claim(self, fact: facts.Fact) -> asyncio.Task[bool] | None:
        if not isinstance(fact, facts.CallArrived) or fact.claimed:
            return None
        if not self.database_ok:
            raise NotOurs  # unclaimed, the dialplan serves it in safe mode within half a second
        return asyncio.create_task(self.calls.claim(fact.leg_id), name=f"claim {fact.leg_id}")

    async def _transaction(
        self, fact: facts.Fact, claim: asyncio.Task[bool] | None, part: Part | None, *, firm: bool
    ) -> tuple[Situation, Decision]:
        async with self.links.use(firm=firm) as link:
            situation, read_at = await self._load(link, fact)
            now = moment(situation, fact, read_at)
            if part is not None and await once.is_done(link, part):
                return situation, Decision(now)  # sent again after whoever did it died
            if isinstance(fact, facts.TimerDue) and fact.kind not in situation.due:
                return situation, Decision(now)  # another instance was faster, or it was set anew
            # Between our reading and this line another lane may have given a seat away; from here to the next it cannot.
            situation = situation.without(self.reader.taken)
            decision = decide(situation, fact, now)
            reserved = {name for name, seat in decision.seats.items() if seat.presence == "offered"} - self.reader.taken
            self.reader.taken.update(reserved)
            try:
                await self._keep(link, fact, situation, decision, claim, part)
            finally:
                self.reader.taken.difference_update(reserved)
        return situation, decision

    async def _keep(
        self,
        link: Link,
        fact: facts.Fact,
        situation: Situation,
        decision: Decision,
        claim: asyncio.Task[bool] | None,
        part: Part | None,
    ) -> None:
        if decision.case is not None and decision.case.state == "waiting":
            self.feed.about_to_show([m for m in (decision.case.member_id, *decision.case.candidates) if m])
        # Before saving, not before committing: one statement alone is a transaction, and saves two round trips.
        if claim is not None and not await claim:
            raise NotOurs
        if not decision.nothing or isinstance(fact, facts.TimerDue):
            fired = fact.kind if isinstance(fact, facts.TimerDue) else None
            if part is not None:
                await once.done(link, part)
            await save(link, situation, decision, fired=fired)
        await link.commit()

    async def _after(self, situation: Situation, decision: Decision, case_id: UUID) -> None:
        ahead = self.orders.seconds_until(decision.now)
        # A family's phone waits for nobody's screen; a seat's phone waits for its own.
        # Several phones of one rung ring side by side: none waits for Asterisk's answer about another.
        dials = [
            replace(effect, not_before=decision.now) if ahead > 0 else effect
            for effect in decision.effects if isinstance(effect, DialAttempt)
        ]  # fmt: skip
        if dials:
            for tolds in await asyncio.gather(*(self.orders.perform(case_id, [dial]) for dial in dials)):
                for told in tolds:
                    self.tell(told)
        changed = Changed((case_id,), tuple(decision.seats), situation, decision, opened=situation.case is None)
        if decision.case or decision.entries or decision.tasks or decision.seats or decision.escalation or decision.attempts:
            await self.feed.publish(changed)
        if (
            # A seat that begins to ring, to speak or to write makes no pair.
            any(seat.presence not in BUSY for seat in decision.seats.values())
            or decision.tasks
            or (decision.case is not None and decision.case.state == "waiting" and decision.case.offer is None)
        ):
            self.router.wake()
        for timer in decision.timers.values():
            if timer is not None:
                wait = (timer.due_at - decision.now).total_seconds()
                if timer.lane != "call":
                    continue  # its own reader finds it
                if wait > 0:
                    self.on_timer(wait - AHEAD.total_seconds() if MARK in timer.data else wait)
                else:
                    self.tell(facts.TimerDue(case_id, timer.kind, timer.data, timer.due_at))
        others = [effect for effect in decision.effects if not isinstance(effect, DialAttempt)]
        if others and (early := self.orders.seconds_until(decision.now)) > 0:
            await asyncio.sleep(min(early, AHEAD.total_seconds()))
        for told in await self.orders.perform(case_id, others):
            self.tell(told)

    async def _load(self, link: Link, fact: facts.Fact) -> tuple[Situation, datetime]:
        return await load(self.reader, link, fact)


def _log_decided(fact: facts.Fact, decision: Decision) -> None:
    log.info(
        "decided", fact=type(fact).__name__, state=decision.case.state if decision.case else None,
        entries=[entry.kind for entry in decision.entries], effects=[type(effect).__name__ for effect in decision.effects],
    )  # fmt: skip

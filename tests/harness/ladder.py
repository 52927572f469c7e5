"""Stories of the ladder: elders whose contacts are known, duty phones, and what must be true after each of them."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from callcenter.domain.escalation import NO_MORE, OPEN
from callcenter.domain.policy import SEATS, Policy, Rung, from_json
from callcenter.simulation.audio import SILENCE, RtpPeer, tone_frames
from callcenter.simulation.family import HEARD_FRAMES, FamilyCall
from harness.centre import Centre
from harness.homes import Homes
from harness.phones import Caller

FAMILY = Rung(("family",), 0.0, "until_acknowledged", "in_order", ring_seconds=5.0)
LATE = Rung(("supervisor",), 1200.0)
"""The supervisor, whom every ladder needs, long after the test's end."""
QUICK: dict[str, Any] = {"retry_seconds": 0.5, "key_seconds": 1.0, "announcements": 1, "page_seconds": 2.0}
# After an acknowledgement is remembered: orders that were on their way may still ring, and end within the second bound.
SENT_BEFORE, STOPS_WITHIN = 0.5, 4.0
TONES = (700, 900, 1150, 1370)


@dataclass(frozen=True)
class Contact:
    id: UUID
    name: str
    number: str


@dataclass(frozen=True)
class Elder:
    """Whoever lives with one of the demo's registered terminals."""

    serial: str
    account: str
    password: str
    member_id: UUID
    contacts: tuple[Contact, ...]

    async def press(self, centre: Centre, *, stay: float = 60.0) -> Caller:
        return await centre.telephones.terminal(self.account, self.password, stay=stay)

    async def case_id(self, centre: Centre) -> UUID:
        """Their newest case."""
        query = "SELECT id FROM help_case WHERE terminal = :s ORDER BY opened_at DESC LIMIT 1"
        return UUID(str((await centre.until_row(query, s=self.serial))["id"]))

    async def ladder(self, centre: Centre, state: str, timeout: float = 10.0) -> dict[str, Any]:
        """The ladder, once it is in this state."""
        case_id = await self.case_id(centre)
        try:
            query = "SELECT * FROM escalation WHERE case_id = :id AND state = :state"
            return await centre.until_row(query, timeout, id=case_id, state=state)
        except TimeoutError:
            found = (await centre.rows("SELECT * FROM escalation WHERE case_id = :id", id=case_id))[0]
            tried = [(a["name"], a["state"], a["result"], a["key"], a["holder"]) for a in await self.attempts(centre)]
            raise AssertionError(f"not {state} within {timeout:g} s but {found['state']}: {tried}") from None

    async def attempts(self, centre: Centre) -> list[dict[str, Any]]:
        query = "SELECT * FROM attempt WHERE case_id = :id ORDER BY created_at, id"
        return await centre.rows(query, id=await self.case_id(centre))

    async def journal(self, centre: Centre) -> list[str]:
        """The kinds of the case's journal."""
        rows = await centre.rows("SELECT kind FROM journal WHERE case_id = :id ORDER BY seq", id=await self.case_id(centre))
        return [row["kind"] for row in rows]

    @staticmethod
    def acknowledged_at(ladder: dict[str, Any]) -> float:
        """Seconds since 1970."""
        return datetime.fromisoformat(ladder["acknowledgements"][0]["at"]).timestamp()


async def elder(centre: Centre, *relations: str, place: int = 0, numbers: Iterable[str] = ()) -> Elder:
    """The elder of the ``place``-th terminal, with contacts of these relations only, each with a number of their own."""
    terminal = [t for t in centre.data()["terminals"] if t["account"]][place]
    given = list(numbers) or [f"+86140{place:04d}{index:04d}" for index in range(1, len(relations) + 1)]
    async with centre.engine.begin() as connection:
        query = sa.text("SELECT member_id FROM terminal WHERE serial = :s")
        member_id = await connection.scalar(query, {"s": terminal["serial"]})
        await connection.execute(sa.text("DELETE FROM contact WHERE member_id = :m"), {"m": member_id})
        contacts = []
        for index, (relation, number) in enumerate(zip(relations, given, strict=True), 1):
            contact = Contact(uuid4(), f"{relation}{place}{index}", number)
            await connection.execute(
                sa.text("""INSERT INTO contact (id, member_id, name, relation, number, position)
                    VALUES (:id, :m, :name, :relation, :number, :position)"""),
                {
                    "id": contact.id, "m": member_id, "name": contact.name, "relation": relation, "number": number,
                    "position": index,
                },
            )  # fmt: skip
            contacts.append(contact)
    assert member_id is not None
    return Elder(terminal["serial"], terminal["account"], terminal["password"], UUID(str(member_id)), tuple(contacts))


async def duty_phones(centre: Centre, *numbers: str) -> list[str]:
    """These and no other duty phones."""
    async with centre.engine.begin() as connection:
        await connection.execute(sa.text("DELETE FROM duty_phone"))
        for position, number in enumerate(numbers, 1):
            await connection.execute(
                sa.text("INSERT INTO duty_phone (id, name, number, position) VALUES (:id, :name, :number, :position)"),
                {"id": uuid4(), "name": f"主任{position}", "number": number, "position": position},
            )
    return list(numbers)


async def all_hear_each_other(*ends: RtpPeer) -> None:
    """One after the other speaks while the rest is silent, and everybody else hears it."""
    for tone, speaker in zip(TONES, ends, strict=False):
        for listener in ends:
            if listener is not speaker:
                await _hears(listener, tone, speaker, ends)


async def _hears(listener: RtpPeer, tone: int, speaker: RtpPeer, ends: tuple[RtpPeer, ...]) -> None:
    for left in (3, 2, 1, 0):
        for other in ends:  # again, for a phone whose call is changed by Asterisk begins to sound as it did at first
            assert other.remote is not None
            other.play([SILENCE] if other is not speaker else tone_frames(tone), other.remote)
        try:
            await listener.hears(tone, 1.5)
        except AssertionError as error:
            if not left:
                who = f"{ends.index(listener) + 1} of {len(ends)} does not hear {ends.index(speaker) + 1}"
                raise AssertionError(f"{who}: {error}") from None
        else:
            return


def sound_of(call: FamilyCall) -> RtpPeer:
    assert call.rtp is not None
    return call.rtp


async def listens(call: FamilyCall, timeout: float = 20.0, more: int = HEARD_FRAMES) -> None:
    """Wait until somebody who picked up has been spoken to for so many more frames of 20 ms; AssertionError after the deadline."""
    before = call.rtp.loud if call.rtp is not None else 0
    await until(lambda: call.rtp is not None and call.rtp.loud >= before + more, timeout, f"{call.number} was not spoken to")


async def until(reached: Callable[[], object], timeout: float, what: str) -> None:
    """Wait for something that nobody tells; looked at every 20 ms."""
    end = time.monotonic() + timeout
    while not reached():
        assert time.monotonic() < end, f"{what} within {timeout:g} s"
        await asyncio.sleep(0.02)


async def all_settled(centre: Centre, homes: Homes) -> None:
    """Callers have hung up: a supervisor states that every elder is safe, and nobody is rung any more."""
    supervisor = await centre.console("supervisor")
    await _all_hang_up(homes)  # who had joined keeps the case alive
    for case in await centre.rows("SELECT id FROM help_case WHERE red AND source <> 'drill'"):
        await centre.until_row("SELECT 1 FROM help_case WHERE id = :id AND state NOT IN ('waiting', 'talking')", id=case["id"])
        await supervisor.order("settle", case_id=str(case["id"]), outcome="safe", note="测试结束")
    await _all_hang_up(homes)
    await centre.until_row("SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM attempt WHERE state NOT IN ('done', 'void'))", timeout=15)


async def _all_hang_up(homes: Homes) -> None:
    for network in (homes.trunk, homes.drill):
        for call in network.calls:
            if call.live:
                await network.hang_up(call)


def invited_at(call: FamilyCall) -> float:
    """When it was rung, in seconds since 1970."""
    return time.time() - (time.monotonic() - call.invited_at)


# --- what must be true, whatever was done to the machines -----------------------------------------------------------

UNWRITTEN_SECONDS = 2.0  # main/db.c: it is committed once a second; twice that for a machine that is late


async def invariants(centre: Centre, homes: Homes, *, settle: float = 0.0, killed_at: datetime | None = None) -> dict[str, int]:
    """Raises AssertionError for the first thing that is not as it must be; gives back INVITEs by number.

    ``settle``: seconds to wait before looking, for what has just been ordered to end. ``killed_at``: when an Asterisk was killed,
    by the database's clock. Asterisk writes its own database once a second: the marks of that second may be gone with it.
    """
    await asyncio.sleep(settle)
    cases = await centre.rows("SELECT * FROM help_case")
    ladders = await centre.rows("SELECT e.*, clock_timestamp() AS now FROM escalation e")
    attempts = await centre.rows("SELECT * FROM attempt ORDER BY created_at, id")
    journal = await centre.rows("SELECT * FROM journal ORDER BY case_id, seq")
    timers = {row["case_id"]: row["due_at"] for row in await centre.rows("SELECT * FROM timer WHERE kind = 'ladder'")}
    assert homes.doubled() == [], "somebody was rung while their phone rang or spoke already"
    await _one_invite_each(centre, homes, attempts, killed_at)
    for attempt in attempts:
        _outcome_or_open(attempt)
    for case in cases:
        own = [entry for entry in journal if entry["case_id"] == case["id"]]
        assert [entry["seq"] for entry in own] == list(range(1, len(own) + 1)), f"a gap in the journal of {case['number']}"
        ladder = next((row for row in ladders if row["case_id"] == case["id"]), None)
        assert (ladder is not None) == (case["kind"] == "emergency"), f"{case['number']}: no ladder"
        if ladder is None:
            continue
        of_case = [attempt for attempt in attempts if attempt["case_id"] == case["id"]]
        _legal(case, ladder, of_case, timers.get(case["id"]))
        _no_rung_skipped(own)
        await _exhausted_is_true(centre, ladder, of_case, own)
        _quiet_after_acknowledgement(homes, ladder, of_case, own)
    return dict(Counter(call.number for network in (homes.trunk, homes.drill) for call in network.calls))


async def _one_invite_each(centre: Centre, homes: Homes, attempts: list[dict[str, Any]], killed_at: datetime | None) -> None:
    """The network's INVITEs against the ids that Asterisk's database says were dialled, and against what we remember."""
    shown = "\n".join([await node.process.cli("database show attempt") for node in (centre.asterisk, *centre.others)])
    dialled = {line.split(":")[0].strip().removeprefix("/attempt/") for line in shown.splitlines() if "void" not in line}
    if killed_at is not None:
        unwritten = timedelta(seconds=UNWRITTEN_SECONDS)
        dialled |= {a["id"] for a in attempts if killed_at - unwritten <= a["created_at"] <= killed_at}
    for network, ways in ((homes.trunk, ("trunk",)), (homes.drill, ("drill",))):
        numbers = {call.number for call in network.calls} | {a["number"] for a in attempts if a["way"] in ways}
        for number in numbers:
            own = [a for a in attempts if a["way"] in ways and a["number"] == number]
            invites, claimed = len(network.of(number)), sum(a["id"] in dialled for a in own)
            heard = sum(a["rang_at"] is not None or a["answered_at"] is not None for a in own)
            assert heard <= invites <= claimed, f"{number}: {invites} INVITEs, {claimed} ids dialled, {heard} rang or answered"


def _outcome_or_open(attempt: dict[str, Any]) -> None:
    what = f"attempt {attempt['name']} {attempt['count']}: {attempt['state']}, {attempt['result']}"
    if attempt["state"] in OPEN:
        assert attempt["ended_at"] is None, what
        assert attempt["check_at"] is not None or attempt["joined"], f"{what}: nobody will ever look at it again"
    else:
        assert attempt["state"] in ("done", "void"), what
        assert attempt["result"] is not None, what
        assert attempt["ended_at"] is not None, what


def _legal(case: dict[str, Any], ladder: dict[str, Any], attempts: list[dict[str, Any]], due: datetime | None) -> None:
    state, what = ladder["state"], f"the ladder of {case['number']} is {ladder['state']}"
    owner = any(one["active"] for one in ladder["acknowledgements"])
    assert (state == "ended") == (ladder["ended_at"] is not None), what
    if state == "ended":
        assert not case["red"], f"{what} and the case is red"
    else:
        assert case["red"], f"{what} and the case is not red"
        assert owner == (state == "acknowledged"), f"{what}, owner: {owner}"
        assert (state == "exhausted") == (ladder["exhausted_at"] is not None), what
        assert due is not None, f"{what} and no timer will wake it"
        # A machine with two cores is late now and then; a ladder that is forgotten is late by much more.
        assert due > ladder["now"] - timedelta(seconds=3), f"{what}, its timer was due {ladder['now'] - due} ago"
    if state == "ended" and due is None:
        assert not [a for a in attempts if a["state"] in OPEN], f"{what} and somebody is still rung, unwatched"


def _no_rung_skipped(journal: list[dict[str, Any]]) -> None:
    """Rungs begin in their order; only a new round, or a seat that let go, goes back."""
    last, story = 0, []
    for entry in journal:
        kind = entry["kind"]
        if kind in ("rung_started", "rung_passed"):
            rung = entry["data"]["rung"]
            story.append(f"{kind} {rung}")
            assert rung <= last + 1, f"a rung was skipped: {story}"
            assert rung == last + 1, f"a rung began twice: {story}"
            last = rung
        elif kind == "ladder_again":
            last = 0
            story.append(kind)
        elif kind in ("ladder_resumed", "contacts_known"):
            story.append(kind)
            following = next((e for e in journal if e["seq"] > entry["seq"] and e["kind"] in ("rung_started", "rung_passed")), None)
            last = min(last, following["data"]["rung"] - 1) if following else last


def _kinds_of(target: str) -> str:
    return "supervisor" if target.startswith("duty:") else target


async def _exhausted_is_true(
    centre: Centre, ladder: dict[str, Any], attempts: list[dict[str, Any]], journal: list[dict[str, Any]]
) -> None:
    """Exhausted: somebody is paged, and every target of every rung had its tries, or a reason not to."""
    if ladder["state"] != "exhausted":
        return
    assert ladder["pages"] >= 1, "exhausted, and nobody is paged"
    policy: Policy = from_json(ladder["policy"])
    duty = [f"duty:{row['id']}" for row in await centre.rows("SELECT id FROM duty_phone WHERE active")]
    of_round = [a for a in attempts if a["round"] == ladder["round"]]
    for place, rung in enumerate(policy.rungs):
        if SEATS & set(rung.targets):
            continue
        wanted = [t["key"] for t in ladder["frozen"] if t["kind"] in rung.targets]
        wanted += duty if "supervisor" in rung.targets else []
        for code in ("110", "119", "120"):
            if code in rung.targets and policy.public_number(code).mode != "assisted":
                wanted.append(code)
        for key in wanted:
            tried = [a for a in of_round if a["rung"] == place and a["target"] == key]
            given_up = any(a["target"] == key and a["result"] in NO_MORE for a in of_round)
            assert len(tried) >= rung.tries or given_up, f"exhausted, but {key} had {len(tried)} of {rung.tries} tries"


def _quiet_after_acknowledgement(
    homes: Homes, ladder: dict[str, Any], attempts: list[dict[str, Any]], journal: list[dict[str, Any]]
) -> None:
    """After somebody took charge nobody else is rung, but by a person's order, until the ladder begins again."""
    began: datetime | None = None
    spans: list[tuple[datetime, datetime]] = []
    for entry in journal:
        if entry["kind"] == "acknowledged":
            began = began or entry["at"]
        elif began is not None and entry["kind"] in ("ladder_again", "ladder_resumed", "ladder_ended", "drill_ended"):
            spans.append((began, entry["at"]))
            began = None
    if began is not None:
        spans.append((began, ladder["now"]))
    policy = from_json(ladder["policy"])
    always = {place for place, rung in enumerate(policy.rungs) if rung.condition == "always"}
    asked = {a["number"] for a in attempts if a["rung"] == -2 or a["rung"] in always}
    numbers = {a["number"] for a in attempts} - asked
    for start, end in spans:
        for attempt in attempts:
            if attempt["rung"] in (-2, -4) or attempt["rung"] in always:
                continue
            assert not start < attempt["created_at"] < end, f"{attempt['name']} was phoned after somebody had taken charge"
            if attempt["created_at"] <= start and attempt["state"] in OPEN and attempt["state"] != "answered":
                since = (ladder["now"] - start).total_seconds()
                assert since < STOPS_WITHIN, f"{attempt['name']} is still rung {since:.1f} s after somebody took charge"
        for network in (homes.trunk, homes.drill):
            for call in network.calls:
                if call.number in numbers:
                    late = invited_at(call) - start.timestamp()
                    rung = start.timestamp() + SENT_BEFORE < invited_at(call) < end.timestamp()
                    assert not rung, f"{call.number} was rung {late:.1f} s after somebody had taken charge"

"""S-2: every call that Asterisk saw belongs to a case; proven each day, and named when it is not so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from callcenter.db.report_tables import call_placed, call_seen, reconciliation
from callcenter.db.tables import attempt, leg, warning
from callcenter.domain.period import week_of
from callcenter.reports.calls import SHOWN
from callcenter.reports.proof import NAMED, DailyProof
from callcenter.telephony.ports import CallPlaced, CallSeen
from desk.conftest import Desk, days_ago

ZONE = ZoneInfo("Asia/Shanghai")
FLOOD = 5000  # more than one statement could hold


class Killed(Exception):
    """What a kill in the middle looks like from inside."""


@dataclass
class Node:
    """A node's own notes, as they stand in AstDB; ``dies``: our process is killed before the n-th is forgotten."""

    notes: dict[str, CallSeen] = field(default_factory=dict)
    marks: dict[str, CallPlaced] = field(default_factory=dict)
    dies: Iterator[bool] = field(default_factory=lambda: iter(()))
    connected: bool = True

    def note(self, call: str, day: date, at: time = time(9, 30), **more: Any) -> None:
        moment = datetime.combine(day, at, ZONE).timestamp()
        values = {"line": "079796602", "terminal": "", "number": "13970700001"} | more
        self.notes[call] = CallSeen(call, moment, moment + 60, **values)

    async def calls_seen(self) -> list[CallSeen]:
        return list(self.notes.values())

    async def calls_placed(self) -> list[CallPlaced]:
        return list(self.marks.values())

    def dial(self, call: str, day: date, belongs_to: str) -> None:
        self.marks[call] = CallPlaced(call, datetime.combine(day, time(10, 0), ZONE).timestamp(), belongs_to)

    async def forget_call_seen(self, channel_id: str) -> None:
        if next(self.dies, False):
            raise Killed
        self.notes.pop(channel_id, None)


async def with_leg(desk: Desk, call: str, case_id: UUID) -> None:
    async with desk.service.database.engine.begin() as connection:
        values = {"case_id": case_id, "party": "caller", "node": "main", "state": "down", "started_at": datetime.now(UTC)}
        await connection.execute(sa.insert(leg).values(id=call, **values))


async def rows(desk: Desk, table: sa.Table) -> list[dict[str, Any]]:
    async with desk.service.database.engine.connect() as connection:
        return [dict(row) for row in (await connection.execute(sa.select(table).order_by(*table.primary_key))).mappings()]


def proof_of(desk: Desk, **nodes: Node) -> DailyProof:
    return DailyProof(desk.service.database.engine, nodes, "Asia/Shanghai", desk.service.screens.board.warn)


@pytest.mark.rule("S-2")
async def test_each_day_is_proven_once_every_node_was_read_and_an_orphan_is_named_until_it_has_its_case(desk: Desk) -> None:
    one, two = Node(), Node()
    proof = proof_of(desk, one=one, two=two)
    case_id = await desk.phone_case()
    for call in ("a.1", "a.2", "b.1"):
        await with_leg(desk, call, case_id)
    one.note("a.1", days_ago(2), time(23, 59, 59))
    one.note("a.2", days_ago(1), time(0, 0))
    one.note("lost.1", days_ago(1), terminal="t10001")
    two.note("b.1", days_ago(0), time(0, 0))

    assert await proof.take("one", one) == 3
    assert await proof.look() == []  # nobody has asked the other node: nothing is proven
    await proof.take("two", two)
    assert (one.notes, two.notes) == ({}, {})
    assert await proof.look() == [days_ago(2), days_ago(1)]  # today is not over
    before, yesterday = await rows(desk, reconciliation)
    assert [before[key] for key in ("day", "seen", "legs", "cases", "orphans")] == [days_ago(2), 1, 1, 1, []]
    assert [yesterday[key] for key in ("day", "seen", "legs", "cases")] == [days_ago(1), 2, 1, 1]
    (orphan,) = yesterday["orphans"]
    assert [orphan[key] for key in ("id", "node", "line", "terminal", "number")] == [
        "lost.1", "one", "079796602", "t10001", "13970700001",
    ]  # fmt: skip

    # The duty room was told, once, and the hand-over names it.
    await proof.look()
    assert [(one["kind"], one["count"]) for one in await rows(desk, warning)] == [("call_without_case", 1)]
    status, shift = await desk.ask("zeng", "POST", "/api/duty/shifts", json={"place": "值班室"})
    assert status == 201, shift
    items = (await desk.get("zeng", f"/api/duty/shifts/{shift['id']}"))["open_items"]
    assert [(item["zh"], item["who"]) for item in items if item["kind"] == "orphan"] == [("电话没有求助件", "13970700001 t10001")]

    await with_leg(desk, "lost.1", case_id)
    assert await proof.look() == [days_ago(1)]  # what was wrong is looked at again
    assert await proof.look() == []
    assert [(row["seen"], row["legs"], row["orphans"]) for row in await rows(desk, reconciliation)] == [(1, 1, []), (2, 2, [])]
    assert {row["number"] for row in await rows(desk, call_seen)} == {""}  # a number is kept only while it is needed

    two.note("late.1", days_ago(1), time(23, 50))  # a talk that went on past midnight
    await with_leg(desk, "late.1", case_id)
    await proof.take("two", two)
    assert await proof.look() == [days_ago(1)]
    assert [row["seen"] for row in await rows(desk, reconciliation)] == [1, 3]


@pytest.mark.rule("S-2")
async def test_calls_out_are_proven_too_and_what_was_up_when_a_node_died_is_named_as_lost(desk: Desk) -> None:
    node = Node()
    proof = proof_of(desk, main=node)
    case_id, called = await desk.phone_case(), str(uuid4())
    await with_leg(desk, called, case_id)  # a click-to-call, dialled by its far half
    await with_leg(desk, "1764.7", case_id)  # came in, was claimed, and was up when Asterisk was killed
    async with desk.service.database.engine.begin() as connection:
        span = {
            "started_at": datetime.combine(days_ago(1), time(10), ZONE),
            "ended_at": datetime.combine(days_ago(1), time(11), ZONE),
        }
        await connection.execute(sa.update(leg).values(**span, cause="lost"))
        one = {"id": "try-1", "case_id": case_id, "round": 1, "rung": 1, "target": "contact:1", "kind": "contact", "name": "",
               "relation": "", "number": "+8613970700002", "way": "trunk", "count": 1, "state": "done", "ring_seconds": 20,
               "sentence": "", "node": "main", "holder": "", "said": 0, "joined": False, "closing": False,
               "created_at": span["started_at"]}  # fmt: skip
        await connection.execute(sa.insert(attempt).values(**one))
    node.dial(f"{called}-2", days_ago(1), called)
    node.dial("try-1", days_ago(1), "try-1")
    node.dial("try-2", days_ago(1), "try-2")
    assert await proof.take("main", node) == 3
    assert await proof.take("main", node) == 0, "marks stay at the node, and are not taken twice"
    assert await proof_of(desk, main=node).take("main", node) == 3, "another instance takes them again: that changes nothing"
    assert await proof.look() == [days_ago(1)]
    (day,) = await rows(desk, reconciliation)
    assert [day[key] for key in ("seen", "placed", "placed_known")] == [0, 3, 2]
    assert [one["id"] for one in day["orphans"]] == ["try-2"]
    number = (await desk.case(case_id)).number
    assert [(one["id"], one["number"], one["cause"]) for one in day["lost"]] == [("1764.7", number, "lost")]
    table = next(
        each for each in (await desk.get("zeng", f"/api/reports/calls?first={days_ago(1)}&last={days_ago(1)}"))["tables"]
        if each["key"] == "proof"
    )  # fmt: skip
    assert [table["rows"][0][key] for key in ("placed", "placed_known", "lost_count", "orphan_count")] == [3, 2, 1, 1]
    assert f"{number} 节点中断" in table["rows"][0]["named"]

    # Told once, after its grace; and put right when its attempt is there.
    async with desk.service.database.engine.begin() as connection:
        await connection.execute(sa.update(call_placed).values(taken_at=sa.text("now() - interval '5 minutes'")))
    await proof.look()
    await proof.look()
    assert [(one["kind"], one["count"]) for one in await rows(desk, warning)] == [("call_without_case", 1)]
    async with desk.service.database.engine.begin() as connection:
        await connection.execute(sa.insert(attempt).values(**one | {"id": "try-2", "count": 2, "target": "contact:2"}))
    assert await proof.look() == [days_ago(1)]
    (day,) = await rows(desk, reconciliation)
    assert (day["placed"], day["placed_known"], day["orphans"]) == (3, 3, [])


@pytest.mark.rule("S-2")
@pytest.mark.parametrize("place", range(3))
async def test_an_instance_killed_in_the_middle_repeats_nothing_and_forgets_nothing(desk: Desk, place: int) -> None:
    node = Node(dies=iter([False] * place + [True]))
    proof = proof_of(desk, one=node)
    for number in range(3):
        node.note(f"a.{number}", days_ago(1))
    with pytest.raises(Killed):
        await proof.take("one", node)
    other = proof_of(desk, one=node)  # another instance, at another time
    await other.take("one", node)
    assert [row["id"] for row in await rows(desk, call_seen)] == ["a.0", "a.1", "a.2"]
    assert node.notes == {}
    assert await other.look() == [days_ago(1)]
    (row,) = await rows(desk, reconciliation)
    assert (row["seen"], len(row["orphans"])) == (3, 3)


@pytest.mark.rule("R-1")
async def test_a_case_that_nobody_owns_stands_in_the_proof_until_somebody_does(desk: Desk) -> None:
    node = Node()
    proof = proof_of(desk, one=node)
    noon = datetime.combine(days_ago(1), time(12), ZONE)
    case_id = await desk.phone_case(None, opened_at=noon, ended_at=noon)
    await with_leg(desk, "a.1", case_id)
    node.note("a.1", days_ago(1), time(12))
    await proof.take("one", node)
    await proof.look()
    number = (await desk.case(case_id)).number
    assert [row["ownerless"] for row in await rows(desk, reconciliation)] == [[number]]
    await desk.do("li", "take_case", case_id)
    assert await proof.look() == [days_ago(1)]
    assert [row["ownerless"] for row in await rows(desk, reconciliation)] == [[]]


@pytest.mark.rule("S-2")
async def test_a_flood_of_calls_without_a_case_is_counted_whole_and_named_in_part(desk: Desk) -> None:
    node = Node()
    proof = proof_of(desk, one=node)
    for number in range(FLOOD):
        node.note(f"flood.{number:04}", days_ago(1))
    await proof.take("one", node)
    assert await proof.look() == [days_ago(1)]
    (row,) = await rows(desk, reconciliation)
    assert (row["seen"], row["legs"], len(row["orphans"])) == (FLOOD, 0, NAMED)
    report = await desk.get("zeng", f"/api/reports/calls?first={days_ago(1)}&last={days_ago(1)}")
    (shown,) = next(table["rows"] for table in report["tables"] if table["key"] == "proof")
    assert shown["orphan_count"] == FLOOD
    assert shown["named"].endswith(f"另有{NAMED - SHOWN}项")
    week = await desk.get("zeng", f"/api/reports/weeks/{week_of(days_ago(1))}")
    assert week["proof"]["orphans"] == FLOOD

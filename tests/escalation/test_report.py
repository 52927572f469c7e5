"""The written report of an emergency (R-12): what it shows, who may write it, when it may be signed."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from domain.world import AGENT, World
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.cases.commands import CaseCommands, ReportText, SignReport, WriteReport
from callcenter.cases.queries import CaseQueries
from callcenter.db.agents import Agent, Session, add_agent
from callcenter.db.tables import attempt, case, escalation, journal, report
from callcenter.domain import facts
from callcenter.domain.case import Case
from callcenter.domain.charge import REPORT_FIELDS
from callcenter.domain.errors import Refused
from callcenter.domain.policy import DEFAULT, as_json
from callcenter.escalation.queries import LadderQueries
from tests.escalation.test_policies import AT, boss, elder

WHOLE = {
    "condition": "摔倒,神志清醒",
    "actions": "通知女儿,拨打120",
    "plan": "送医",
    "outcome": "已送医",
    "supervision": "主任全程在线",
}
ZENG = AGENT["boss"]


def an_emergency() -> tuple[World, Case]:
    world = World()
    world.seat("8001")
    world.family("李芳")
    case_ = world.emergency()
    world.ring(case_)
    return world, world.answer(case_)


def write(world: World, case_: Case, text: dict[str, Any]) -> None:
    world.tell(facts.ReportWritten(*world.by("8001", case_), report=text))


def sign(world: World, case_: Case, *, role: str = "supervisor", signer: str = "曾国平") -> None:
    world.tell(facts.ReportSigned(ZENG, role, None, case_.id, signer=signer))


def settle(world: World, case_: Case) -> None:
    world.end("c1")
    world.tell(facts.Settled(*world.by("8001", case_), outcome="safe", note="已送医,家属陪同"))


@pytest.mark.rule("R-12")
def test_a_whole_report_of_a_settled_case_is_signed_once_and_then_stays() -> None:
    world, case_ = an_emergency()
    write(world, case_, {**WHOLE, "condition": " 摔倒 ", "colour": "red"})
    settle(world, case_)
    sign(world, case_)
    kept = world.reports[case_.id]
    assert kept.data == {**WHOLE, "condition": "摔倒"}
    assert (kept.signer, kept.signed_by, kept.written_by) == ("曾国平", ZENG, AGENT["8001"])
    assert world.kinds(case_)[-1] == "report_signed"
    with pytest.raises(Refused, match="report_signed"):
        write(world, case_, {**WHOLE, "outcome": "没有事"})
    with pytest.raises(Refused, match="report_signed"):
        sign(world, case_)
    assert world.reports[case_.id] == kept


@pytest.mark.rule("R-12")
@pytest.mark.parametrize("missing", ["condition", "actions", "outcome"])
def test_a_report_that_is_not_whole_is_not_signed(missing: str) -> None:
    world, case_ = an_emergency()
    settle(world, case_)
    with pytest.raises(Refused, match="report_incomplete"):
        sign(world, case_)
    write(world, case_, {**WHOLE, missing: "  "})
    with pytest.raises(Refused, match="report_incomplete") as refused:
        sign(world, case_)
    assert (refused.value.rule, refused.value.status) == ("R-12", 422)
    write(world, case_, WHOLE)
    sign(world, case_)


@pytest.mark.rule("R-12")
def test_only_the_head_signs_by_name_and_never_while_it_is_red() -> None:
    world, case_ = an_emergency()
    write(world, case_, WHOLE)
    with pytest.raises(Refused, match="still_red"):
        sign(world, case_)
    settle(world, case_)
    with pytest.raises(Refused, match="not_head"):
        sign(world, case_, role="seat")
    for signer in (" ", "x" * 41):
        with pytest.raises(Refused, match="signer"):
            sign(world, case_, signer=signer)
    assert world.reports[case_.id].signed_at is None


# --- on real rows -----------------------------------------------------------------------------------------------------


class Asked:
    """The engine's place: remembers what it is asked."""

    def __init__(self) -> None:
        self.facts: list[facts.Fact] = []

    async def ask(self, fact: facts.Fact) -> None:
        self.facts.append(fact)


async def hire(engine: AsyncEngine, name: str) -> Session:
    person = Agent(uuid4(), f"u{uuid4().hex[:8]}", name, "seat", None, active=True)
    async with engine.begin() as connection:
        await add_agent(connection, person, "no password")
    return Session(person.id, person.user, name, "seat", "8001")


async def an_old_case(engine: AsyncEngine, agent: UUID | None, *, kind: str = "emergency", ladder: bool = True) -> UUID:
    case_id, member_id = uuid4(), await elder(engine)
    async with engine.begin() as connection:
        await connection.execute(
            sa.insert(case).values(
                id=case_id, number="20261121-000007", kind=kind, source="terminal", line="96601", state="closed", opened_at=AT,
                pressed_at=AT, answered_at=AT, ended_at=AT, settled_at=AT, member_id=member_id, terminal="T1", agent_id=agent,
                seat="8001", caller_display="t10001",
            )
        )  # fmt: skip
        await connection.execute(sa.insert(journal).values(case_id=case_id, seq=1, at=AT, kind="arrived", data={"line": "96601"}))
        if ladder:
            await connection.execute(
                sa.insert(escalation).values(
                    case_id=case_id, state="ended", started_at=AT, policy=as_json(DEFAULT), member_id=member_id, round=1, rung=2,
                    rung_at=AT, level=1, pages=0, ended_at=AT, outcome="safe",
                    acknowledgements=[
                        {"kind": "seat", "name": "8001", "at": AT, "attempt_id": None, "agent_id": agent, "active": True}
                    ],
                )
            )  # fmt: skip
            await connection.execute(
                sa.insert(attempt).values(
                    id="a1", case_id=case_id, round=1, rung=4, target="120", kind="120", name="120", relation="", number="120",
                    way="drill", count=1, state="done", created_at=AT, ring_seconds=30.0, sentence="", node="n", holder="",
                    result="connected", said=1, joined=False, closing=False, reference="120-4711", ended_at=AT,
                )
            )  # fmt: skip
    return case_id


@pytest.mark.rule("R-12")
async def test_the_report_holds_who_when_what_and_outcome(engine: AsyncEngine) -> None:
    seat, head = await hire(engine, "陈静"), await boss(engine)
    case_id = await an_old_case(engine, seat.agent_id)
    async with engine.begin() as connection:
        await connection.execute(
            sa.insert(report).values(
                case_id=case_id, data=WHOLE, written_by=seat.agent_id, written_at=AT, signed_by=head, signer="曾国平", signed_at=AT
            )
        )
    detail = await CaseQueries(engine, "Asia/Shanghai").case_detail(case_id)
    assert detail is not None
    found = await LadderQueries(engine, "Asia/Shanghai").report(case_id, detail)
    at = "2026-11-21T12:00:00.000Z"
    assert (
        found["case"] | {"number": "20261121-000007", "who": "王秀英", "agent": "陈静", "settled_at": at, "answered_at": at}
        == found["case"]
    )
    assert (found["person"]["name"], found["person"]["phone"]) == ("王秀英", "+867971000101")
    assert found["data"] == WHOLE
    assert tuple(found["data"]) == REPORT_FIELDS
    assert (found["written_by"], found["written_at"], found["signer"], found["signed_at"]) == ("陈静", at, "曾国平", at)
    assert found["ladder"]["owner"]["name"] == "陈静"
    assert found["ladder"]["outcome"] == "safe"
    assert [(each["kind"], each["reference"], each["rung"]) for each in found["attempts"]] == [("120", "120-4711", 5)]
    assert [line["kind"] for line in found["timeline"]] == ["arrived"]


async def test_a_report_that_nobody_has_written(engine: AsyncEngine) -> None:
    case_id = await an_old_case(engine, None, ladder=False)
    detail = await CaseQueries(engine, "Asia/Shanghai").case_detail(case_id)
    assert detail is not None
    ladders = LadderQueries(engine, "Asia/Shanghai")
    found = await ladders.report(case_id, detail)
    assert found["data"] == dict.fromkeys(REPORT_FIELDS, "")
    assert (found["ladder"], found["attempts"], found["written_by"], found["signed_at"]) == (None, [], None, None)
    assert found["person"]["name"] == "王秀英"
    assert await ladders.case_part(case_id) == {"ladder": None, "attempts": [], "report": None}


async def test_life_help_has_none(engine: AsyncEngine) -> None:
    case_id = await an_old_case(engine, None, kind="life_help", ladder=False)
    detail = await CaseQueries(engine, "Asia/Shanghai").case_detail(case_id)
    assert detail is not None
    with pytest.raises(Refused) as refused:
        await LadderQueries(engine, "Asia/Shanghai").report(case_id, detail)
    assert (refused.value.code, refused.value.status) == ("no_report", 404)


@pytest.mark.rule("W-9")
async def test_a_seat_writes_of_what_it_handled_only(engine: AsyncEngine) -> None:
    mine, other, asked = await hire(engine, "陈静"), await hire(engine, "刘慧"), Asked()
    case_id = await an_old_case(engine, mine.agent_id)
    commands = CaseCommands(engine, asked)  # type: ignore[arg-type]
    args = WriteReport(case_id=case_id, report=ReportText(**WHOLE))
    with pytest.raises(Refused, match="not_your_case"):
        await commands.write_report(other, args)
    assert asked.facts == []
    await commands.write_report(mine, args)
    async with engine.begin() as connection:  # a seat that took charge, though another one had answered
        await connection.execute(
            sa.insert(journal).values(case_id=case_id, seq=2, at=AT, kind="acknowledged_too", agent_id=other.agent_id)
        )
    await commands.write_report(other, args)
    head = Session(await boss(engine), "zeng", "曾国平", "supervisor", None)
    await commands.write_report(head, args)
    await commands.sign_report(head, SignReport(case_id=case_id, signer=" 曾国平 "))
    written = [(fact.agent_id, fact.report) for fact in asked.facts if isinstance(fact, facts.ReportWritten)]
    assert written == [(who.agent_id, WHOLE) for who in (mine, other, head)]
    assert asked.facts[-1] == facts.ReportSigned(head.agent_id, "supervisor", None, case_id, signer="曾国平")

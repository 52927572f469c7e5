"""The ladder in a terminal: every journal entry of it has a line, and a stored ladder is shown as it stands."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from uuid import uuid4

import pytest
import sqlalchemy as sa
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.ladders import StoredLadder
from callcenter.domain.case import Case
from callcenter.domain.escalation import PAGE, Around, Attempt, Escalation, Person, Result
from callcenter.domain.policy import DEFAULT
from callcenter.domain.policy import TARGETS as POLICY_TARGETS
from callcenter.setup.ladder_lines import RESULTS, TARGETS, Entry, Story, summary
from callcenter.setup.ladder_live import Follower, show, tell_news

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


def told(*entries: tuple[str, dict[str, Any]]) -> list[tuple[str, str]]:
    story = Story()
    lines = [story.line(Entry("20261121-000001", NOW, kind, data)) for kind, data in entries]
    return [(line.chinese.strip(), line.english) for line in lines if line is not None]


def test_a_ladder_told_from_its_journal() -> None:
    assert told(
        ("arrived", {"line": "1"}),
        ("policy_frozen", {"policy": "演示策略", "version": 1}),
        ("rung_started", {"rung": 3, "targets": ["family", "neighbour"], "round": 1}),
        ("attempt_started", {"attempt": "a", "name": "王芳", "relation": "女儿", "count": 1}),
        ("attempt_ringing", {"attempt": "a"}),
        ("key_pressed", {"attempt": "a", "key": "1"}),
        ("attempt_ended", {"attempt": "a", "result": "going"}),
        ("exhausted", {"round": 1}),
    ) == [
        ("按策略“演示策略”逐级联系", "the ladder begins: policy 演示策略"),
        ("第 3 级:家属、邻居", "rung 3: family, neighbour"),
        ("呼叫 王芳(女儿),第 1 次", "calling, try 1"),
        ("王芳(女儿) 振铃", "ringing"),
        ("王芳(女儿) 按了 1:我去", "pressed 1: going"),
        ("王芳(女儿):正赶去", "is going"),
        ("阶梯已走完,无人接手", "exhausted: everybody was tried"),
    ]


def test_every_result_and_target_has_words() -> None:
    assert set(RESULTS) == set(get_args(Result))
    assert set(POLICY_TARGETS) <= set(TARGETS)


@pytest.mark.parametrize("kind", ["attempt_ended", "rung_started", "key_pressed", "acknowledged", "ladder_again"])
def test_an_entry_that_lacks_everything_is_told_all_the_same(kind: str) -> None:
    assert len(told((kind, {}))) == 1


def ladder(state: str = "running", rung: int = 2) -> StoredLadder:
    case = Case(uuid4(), "20261121-000001", "emergency", "terminal", "1", "waiting", NOW, NOW)
    escalation = Escalation(
        case.id, state, NOW, policy=DEFAULT, rung=rung, rung_at=NOW, next_at=NOW + timedelta(seconds=70)  # type: ignore[arg-type]
    )  # fmt: skip
    common = {"case_id": case.id, "round": 1, "kind": "family", "way": "trunk", "count": 1, "ring_seconds": 5.0, "sentence": ""}
    attempts = [
        Attempt(id="a", rung=2, target="contact:1", name="王芳", relation="女儿", number="+861", state="done", created_at=NOW,
                result="busy", **common),
        Attempt(id="b", rung=2, target="contact:2", name="王强", relation="儿子", number="+862", state="ringing", created_at=NOW,
                **common),
        Attempt(id="c", rung=PAGE, target="duty:1", name="主任", relation="", number="+863", state="done", created_at=NOW,
                result="no_answer", **common),
    ]  # fmt: skip
    return StoredLadder(case, escalation, attempts, Around(person=Person(name="张爷爷")), (), None)


def test_a_ladder_as_it_stands() -> None:
    lines = summary(ladder(), NOW + timedelta(seconds=65))
    assert lines[0].chinese == "20261121-000001 张爷爷:正在逐级联系,已过 1:05"
    text = "\n".join(line.chinese for line in lines)
    assert "▶ 第 3 级 家属" in text
    assert "王芳(女儿) +861:忙线" in text
    assert "王强(儿子) +862:振铃中" in text
    assert "呼叫主任 主任 +863:无人接听" in text
    assert "5 秒后再看" in text


async def test_what_happens_is_told_once_and_to_its_end(engine: AsyncEngine) -> None:
    case = uuid4()
    async with engine.begin() as connection:
        await connection.execute(
            sa.text("""INSERT INTO help_case (id, number, kind, source, line, state, opened_at, pressed_at)
                VALUES (:id, '20261121-000007', 'emergency', 'hotline', '1', 'waiting', now(), now())"""),
            {"id": case},
        )
        await connection.execute(
            sa.text("""INSERT INTO escalation (case_id, state, started_at, round, rung, level, pages)
                VALUES (:id, 'running', now(), 1, 0, 1, 0)"""),
            {"id": case},
        )

    async def note(seq: int, kind: str, age: float = 0.0) -> None:
        query = "INSERT INTO journal (case_id, seq, at, kind) VALUES (:id, :seq, now() - make_interval(secs => :age), :kind)"
        async with engine.begin() as connection:
            await connection.execute(sa.text(query), {"id": case, "seq": seq, "kind": kind, "age": age})

    said = io.StringIO()
    console = Console(file=said, width=200)
    follower = Follower(datetime.now(UTC) - timedelta(seconds=30))
    await note(1, "exhausted", age=60.0)  # before we looked
    await note(2, "ladder_resumed")
    await tell_news(engine, follower, lambda lines: show(console, lines))
    await note(3, "ladder_ended")
    async with engine.begin() as connection:
        await connection.execute(sa.text("UPDATE escalation SET state = 'ended'"))
    await tell_news(engine, follower, lambda lines: show(console, lines))
    lines = said.getvalue().splitlines()
    assert len(lines) == 2
    assert "…007 继续逐级联系  goes on" in lines[0]
    assert "已了结" in lines[1]

"""When a node is given up: by nobody's word but everybody's silence, and never the last one. On a real database."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from callcenter.engine import nodes as care
from callcenter.engine.nodes import NodeCare
from callcenter.engine.processor import DATABASE_ERRORS
from callcenter.telephony.ports import TelephonyDown


class Refused(Exception):
    os_error = ConnectionRefusedError()


class Pulse:
    def __init__(self) -> None:
        self.says = "heard"
        self.answered = asyncio.Event()
        """Set when it has said anything but "heard"."""

    async def ping(self) -> None:
        if self.says != "heard":
            self.answered.set()
        if self.says == "refused":
            raise TelephonyDown("no") from Refused()
        if self.says == "silent":
            raise TelephonyDown("no")


class OneNode:
    def __init__(self, name: str) -> None:
        self.name, self.pulse = name, Pulse()


class Phones:
    """The facade over all nodes, of which only what is given up matters here."""

    def __init__(self, *names: str) -> None:
        self.all = {name: OneNode(name) for name in names}
        self.lost: frozenset[str] = frozenset()


class Told:
    def __init__(self) -> None:
        self.facts: list[Any] = []
        self.changes = 0

    def tell(self, fact: Any) -> None:
        self.facts.append(fact)

    def belongs(self, *_: Any) -> None:
        return None

    async def changed(self) -> None:
        self.changes += 1


SLEPT = [0.0]


def clock() -> float:
    return time.monotonic() + SLEPT[0]


def looker(engine: AsyncEngine, *names: str) -> tuple[NodeCare, Phones, Told]:
    nodes, told = Phones(*names), Told()
    return NodeCare(engine, told, nodes, told.changed, clock), nodes, told  # type: ignore[arg-type]


async def heard_ago(engine: AsyncEngine, name: str, seconds: float, *, by_us: bool = True) -> None:
    """``by_us``: nor did we hear it ourselves meanwhile."""
    SLEPT[0] += seconds if by_us else 0.0
    async with engine.begin() as connection:
        query = "UPDATE node SET heard_at = clock_timestamp() - make_interval(secs => :s) WHERE name = :name"
        await connection.execute(sa.text(query), {"s": seconds, "name": name})


@pytest.mark.parametrize(("says", "seconds"), [("refused", care.DEAD_SECONDS), ("silent", care.SILENT_SECONDS)])
async def test_silence_gives_a_node_up_and_a_word_brings_it_back(engine: AsyncEngine, says: str, seconds: float) -> None:
    watching, nodes, told = looker(engine, "node1", "node2")
    await watching.look()
    nodes.all["node1"].pulse.says = says
    await watching.look()
    await watching.look()
    assert nodes.lost == frozenset(), "not so soon"
    await heard_ago(engine, "node1", seconds + 0.1)
    await watching.look()
    assert nodes.lost == {"node1"}
    assert told.changes == 1
    nodes.all["node1"].pulse.says = "heard"
    await watching.look()
    assert nodes.lost == frozenset()
    assert told.changes == 2


async def test_what_another_instance_hears_lives(engine: AsyncEngine) -> None:
    mine, my_nodes, _ = looker(engine, "node1", "node2")
    other, _, _ = looker(engine, "node1", "node2")
    my_nodes.all["node1"].pulse.says = "silent"
    await mine.look()
    await mine.look()
    await heard_ago(engine, "node1", 60)
    await other.look()
    await mine.look()
    assert my_nodes.lost == frozenset(), "the other instance has just heard it"


async def test_who_slept_does_not_judge_by_what_it_heard_last(engine: AsyncEngine) -> None:
    watching, nodes, _ = looker(engine, "node1", "node2")
    await watching.look()
    await heard_ago(engine, "node1", 60)
    nodes.all["node1"].pulse.says = "silent"
    await watching.look()
    assert nodes.lost == frozenset(), "one look says little"
    await watching.look()
    assert nodes.lost == {"node1"}


async def test_while_the_database_was_away_nobody_could_say_what_they_heard(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, my_nodes, _ = looker(engine, "node1", "node2")
    await mine.look()
    await heard_ago(engine, "node1", 60, by_us=False)
    my_nodes.all["node1"].pulse.says = "silent"
    for _ in range(care.FAILED_LOOKS + 1):
        await mine.look()
    assert my_nodes.lost == frozenset(), "we have heard it ourselves a moment ago"
    my_nodes.all["node1"].pulse.says = "heard"
    await mine.look()
    my_nodes.all["node1"].pulse.says = "silent"
    with monkeypatch.context() as away:
        away.setattr(care, "_TELL", sa.text("SELECT 1 / 0"))
        for _ in range(3):
            with pytest.raises(DATABASE_ERRORS):
                await mine.look()
    await heard_ago(engine, "node1", 60)
    await mine.look()
    assert my_nodes.lost == frozenset(), "another instance may be about to say that it has heard it"
    await mine.look()
    assert my_nodes.lost == {"node1"}


async def test_that_nothing_listened_a_while_ago_does_not_make_a_silence_shorter(engine: AsyncEngine) -> None:
    """It was restarting then, has been back since unseen by the database, and is only out of reach now."""
    mine, my_nodes, _ = looker(engine, "node1", "node2")
    await mine.look()
    async with engine.begin() as connection:
        times = "heard_at = clock_timestamp() - interval '9 s', refused_at = clock_timestamp() - interval '5 s'"
        await connection.execute(sa.text(f"UPDATE node SET {times} WHERE name = 'node1'"))  # noqa: S608 - our own words
    SLEPT[0] += care.DEAD_SECONDS + 1.0
    my_nodes.all["node1"].pulse.says = "silent"
    for _ in range(care.FAILED_LOOKS):
        await mine.look()
    assert my_nodes.lost == frozenset()


async def test_who_slept_over_a_refusal_tells_when_it_was_heard(engine: AsyncEngine) -> None:
    """Frozen between the answer and writing it down, while the node came back: now it is only out of reach."""
    narrow = create_async_engine(engine.url, pool_size=1, max_overflow=0)
    sleepy, its_nodes, _ = looker(narrow, "node1", "node2")
    other, nodes, _ = looker(engine, "node1", "node2")
    await sleepy.look()
    its_nodes.all["node1"].pulse.says = "refused"
    async with narrow.connect():  # the only connection: whoever wants one waits
        asleep = asyncio.create_task(sleepy.look())
        await asyncio.wait_for(its_nodes.all["node1"].pulse.answered.wait(), 5)
        await other.look()
    await asyncio.wait_for(asleep, 5)
    async with engine.begin() as connection:
        ago = f"interval '{care.DEAD_SECONDS + 0.3} s'"
        await connection.execute(sa.text(f"UPDATE node SET heard_at = heard_at - {ago}, refused_at = refused_at - {ago}"))  # noqa: S608
    SLEPT[0] += care.DEAD_SECONDS + 0.3
    nodes.all["node1"].pulse.says = "silent"
    for _ in range(care.FAILED_LOOKS):
        await other.look()
    await narrow.dispose()
    assert nodes.lost == frozenset()


async def test_a_node_is_not_given_up_for_one_that_nobody_hears_either(engine: AsyncEngine) -> None:
    """Both machines lost their power: of one we have asked twice, of the other once."""
    mine, my_nodes, _ = looker(engine, "node1", "node2")
    await mine.look()
    my_nodes.all["node1"].pulse.says = "silent"
    await mine.look()
    my_nodes.all["node2"].pulse.says = "silent"
    for name in my_nodes.all:
        await heard_ago(engine, name, 60)
    await mine.look()
    assert my_nodes.lost == frozenset()


@pytest.mark.parametrize("names", [("node1",), ("node1", "node2")])
async def test_with_nobody_to_go_on_with_nothing_is_given_up(engine: AsyncEngine, names: tuple[str, ...]) -> None:
    watching, nodes, _ = looker(engine, *names)
    await watching.look()
    for name in names:
        nodes.all[name].pulse.says = "refused"
        await heard_ago(engine, name, 60)
    for _ in range(3):
        await watching.look()
    assert nodes.lost == frozenset()


async def test_what_a_lost_node_carried_is_told_callers_first(engine: AsyncEngine) -> None:
    watching, nodes, told = looker(engine, "node1", "node2")
    async with engine.begin() as connection:
        await connection.execute(
            sa.text("""
                WITH c AS (INSERT INTO help_case (id, number, kind, source, line, state, opened_at, pressed_at)
                    VALUES (gen_random_uuid(), '1', 'emergency', 'hotline', '1', 'talking', now(), now()) RETURNING id)
                INSERT INTO call_leg (id, case_id, party, node, state, started_at, holder, name, number)
                SELECT l.id, c.id, l.party, l.node, l.state, now(), 'x', '', l.number FROM c, (VALUES
                    ('seat-1', 'seat', 'node1', 'up', ''), ('caller-1', 'caller', 'node1', 'up', ''),
                    ('caller-2', 'caller', 'node2', 'up', ''), ('out-1', 'consult', 'node1', 'ringing', '+86138')
                ) AS l(id, party, node, state, number)
            """)
        )
    await watching.look()
    nodes.all["node1"].pulse.says = "refused"
    await heard_ago(engine, "node1", 60)
    await watching.look()
    await watching.look()
    said = [(type(fact).__name__, fact.leg_id) for fact in told.facts]
    assert said[0] == ("LegEnded", "caller-1")
    assert set(said[1:]) == {("LegEnded", "seat-1"), ("AttemptSeen", "out-1")}

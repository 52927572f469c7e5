"""Messages to other systems: made of the journal without losing a line, sent at least once and in order, tried again for days."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from aiohttp.resolver import DefaultResolver
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.connections.delivering import Delivering, PublicOnly
from callcenter.connections.forgetting import MESSAGE_DAYS, Forgetting
from callcenter.connections.relay import Relay
from callcenter.connections.webhooks import HORIZON, Webhooks
from callcenter.db.agents import Agent, add_agent
from callcenter.db.people import create_member
from callcenter.db.tables import access, case, journal, line
from callcenter.db.webhook_tables import webhook, webhook_delivery
from callcenter.domain.errors import Refused
from tests.connections.receiver import Receiver

QUICK = (0.1, 0.1, 0.2)


class World:
    """A centre's journal, written by hand as decisions write it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine, self.admin, self.hooks = engine, uuid4(), Webhooks(engine, private=True)
        self.warned: list[tuple[str, str]] = []
        self.member = uuid4()

    async def populate(self) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(sa.insert(line).values(number="079796602", kind="life_help", name="生活帮助"))
            await add_agent(connection, Agent(self.admin, "admin", "admin", "administrator", None, active=True), "x")
            self.member = await create_member(connection, name="王秀英", gender="f", number="+867971000101", address="书香园")

    async def subscribe(self, receiver: Receiver, events: list[str] | None = None, *, persons: bool = False) -> UUID:
        ident = uuid4()
        values = {"name": "平台", "url": receiver.url, "events": events or ["case.opened", "case.changed", "order.*"],
                  "persons": persons, "active": True}  # fmt: skip
        receiver.secret = await self.hooks.add(self.admin, ident, values)
        return ident

    async def new_case(self, connection: AsyncConnection, source: str = "hotline") -> UUID:
        case_id = uuid4()
        number = await connection.scalar(sa.text("SELECT nextval('case_number')"))
        now = sa.func.now()
        await connection.execute(
            sa.insert(case).values(
                id=case_id, number=f"20261129-{number:06}", kind="life_help", source=source, line="079796602", state="open",
                opened_at=now, pressed_at=now, member_id=self.member,
            )
        )  # fmt: skip
        await self.write(connection, case_id, 1, "arrived")
        return case_id

    async def write(self, connection: AsyncConnection, case_id: UUID, seq: int, kind: str, **data: Any) -> None:
        values = {"case_id": case_id, "seq": seq, "at": sa.func.now(), "kind": kind, "data": data, "hash": b""}
        await connection.execute(sa.insert(journal).values(values))

    async def happen(self, count: int = 1, steps: int = 1) -> list[UUID]:
        """So many cases, each opened and then changed so often."""
        made = []
        async with self.engine.begin() as connection:
            for _ in range(count):
                made.append(await self.new_case(connection))
        for seq in range(2, steps + 1):
            async with self.engine.begin() as connection:
                for case_id in made:
                    await self.write(connection, case_id, seq, "reclassified")
        return made

    @asynccontextmanager
    async def instances(self, count: int = 1, *, timeout: float = 1.0, private: bool = True) -> AsyncIterator[None]:
        async def warn(kind: str, account: str) -> None:
            self.warned.append((kind, account))

        senders = [Delivering(self.engine, private, timeout, QUICK, warn, 0.1, 0.1) for _ in range(count)]
        running = [asyncio.create_task(sender.run()) for sender in senders]
        try:
            yield
        finally:
            for task in running:
                task.cancel()
            ended = await asyncio.gather(*running, return_exceptions=True)
            assert all(isinstance(each, asyncio.CancelledError) for each in ended), ended

    async def messages(self, **where: Any) -> list[Any]:
        query = sa.select(webhook_delivery).order_by(webhook_delivery.c.place)
        for name, value in where.items():
            query = query.where(webhook_delivery.c[name] == value)
        async with self.engine.connect() as connection:
            return list((await connection.execute(query)).mappings())

    async def until(self, reached: Callable[[list[Any]], bool], timeout: float = 15.0) -> list[Any]:
        async with asyncio.timeout(timeout):
            while not reached(found := await self.messages()):  # noqa: ASYNC110 - the database does not tell
                await asyncio.sleep(0.03)
        return found


@pytest.fixture
async def world(engine: AsyncEngine) -> World:
    made = World(engine)
    await made.populate()
    return made


async def test_a_line_that_commits_late_is_not_skipped(world: World) -> None:
    """The trap: a transaction begins, a later one commits first and is read, and then the first one commits."""
    relay, ident = Relay(world.engine), await world.subscribe(Receiver(port=9))
    async with world.engine.connect() as slow:
        transaction = await slow.begin()
        late = await world.new_case(slow)  # has its number now, and is not kept yet
        quick = (await world.happen())[0]
        for _ in range(3):
            await relay.read(ident)
        assert await world.messages() == [], "nothing above the lowest running transaction is read"
        await transaction.commit()
    await relay.read(ident)
    assert {row["case_id"] for row in await world.messages()} == {late, quick}
    await relay.read(ident)
    assert len(await world.messages()) == 2, "nor is anything read twice"


async def test_many_writers_at_once_lose_nothing(world: World) -> None:
    """Transactions of any length beside a reader that never waits for them."""
    relay, ident = Relay(world.engine), await world.subscribe(Receiver(port=9), ["case.opened"])
    made: set[UUID] = set()

    async def writer(number: int) -> None:
        for turn in range(6):
            async with world.engine.connect() as connection:
                transaction = await connection.begin()
                case_id = await world.new_case(connection)
                await asyncio.sleep(0.005 * ((number * 7 + turn * 3) % 5))
                if (number + turn) % 5 == 0:
                    await transaction.rollback()
                else:
                    await transaction.commit()
                    made.add(case_id)

    async def reader() -> None:
        while True:
            await relay.read(ident)
            await asyncio.sleep(0)

    reading = asyncio.create_task(reader())
    await asyncio.gather(*(writer(number) for number in range(6)))
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await relay.read(ident)
    found = [row["case_id"] for row in await world.messages()]
    assert len(found) == len(set(found)) == len(made)
    assert set(found) == made


async def test_long_pages_and_other_servers(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callcenter.connections.relay.PAGE", 4)
    relay, ident = Relay(world.engine), await world.subscribe(Receiver(port=9))
    await world.happen(3, steps=3)
    async with world.engine.begin() as connection:
        await world.new_case(connection, source="probe")
    while await relay.read(ident):
        pass
    assert len(await world.messages()) == 9, "a test press is nobody's news"

    # The database was restored into a server that counts transactions anew: its numbers are below ours.
    async with world.engine.begin() as connection:
        await connection.execute(sa.update(webhook).values(horizon=webhook.c.horizon + 10_000_000))
    await world.happen()
    while await relay.read(ident):
        pass
    assert len(await world.messages()) == 10
    await world.happen()
    await relay.read(ident)
    await relay.read(ident)
    assert len(await world.messages()) == 11
    async with world.engine.connect() as connection:
        assert int(await connection.scalar(HORIZON) or 0) >= (await connection.scalar(sa.select(webhook.c.horizon)) or 0)


async def test_a_page_never_ends_in_the_middle(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """One transaction that wrote more lines than a page holds; lines of one moment; lines that tell of an earlier time."""
    monkeypatch.setattr("callcenter.connections.relay.PAGE", 4)
    relay, ident = Relay(world.engine), await world.subscribe(Receiver(port=9))
    await world.happen(11)  # one transaction
    while await relay.read(ident):
        pass
    assert len(await world.messages()) == 11, "of a long transaction nothing is skipped"

    # Restored into another server, with lines of one moment on both sides of a page's end, imported with the time they happened.
    async with world.engine.begin() as connection:
        await connection.execute(sa.update(webhook).values(horizon=webhook.c.horizon + 10_000_000))
        moment = await connection.scalar(sa.select(sa.func.clock_timestamp()))
        for number in range(7):
            case_id = await world.new_case(connection)
            long_ago = sa.text("now() - interval '1 day'")
            of_case = sa.update(journal).where(journal.c.case_id == case_id)
            await connection.execute(sa.text("ALTER TABLE journal DISABLE TRIGGER USER"))
            await connection.execute(of_case.values(at=long_ago, written_at=moment if number else sa.func.clock_timestamp()))
            await connection.execute(sa.text("ALTER TABLE journal ENABLE TRIGGER USER"))
    async with world.engine.connect() as slow:
        transaction = await slow.begin()
        late = await world.new_case(slow)  # is being written while the journal is read by time
        while await relay.read(ident):
            pass
        await transaction.commit()
    while await relay.read(ident):
        pass
    told = [row["case_id"] for row in await world.messages()]
    assert len(told) == 11 + 7 + 1
    assert late in told, "who was writing meanwhile is read afterwards"


async def test_messages_are_forgotten_after_their_time_and_not_told_anew(world: World) -> None:
    relay, ident = Relay(world.engine), await world.subscribe(Receiver(port=9), ["case.opened"])
    old, kept = await world.happen(2)
    while await relay.read(ident):
        pass
    ages = {old: MESSAGE_DAYS + 1, kept: MESSAGE_DAYS - 1}
    async with world.engine.begin() as connection:
        await connection.execute(sa.text("ALTER TABLE journal DISABLE TRIGGER USER"))
        for case_id, days in ages.items():
            then = sa.text(f"now() - interval '{days} days'")
            aged = sa.update(webhook_delivery).where(webhook_delivery.c.case_id == case_id)
            await connection.execute(aged.values(next_at=then, created_at=then))
            await connection.execute(sa.update(journal).where(journal.c.case_id == case_id).values(written_at=then))
        await connection.execute(sa.text("ALTER TABLE journal ENABLE TRIGGER USER"))
        await connection.execute(sa.update(webhook).values(since=sa.text("now() - interval '1 year'")))
    forgetting = Forgetting(world.engine, 48)
    assert [await forgetting.forget_messages(), await forgetting.forget_messages()] == [1, 0]
    assert [row["case_id"] for row in await world.messages()] == [kept]
    async with world.engine.begin() as connection:  # the whole journal is read once more
        await connection.execute(sa.update(webhook).values(horizon=0))
    while await relay.read(ident):
        pass
    assert [row["case_id"] for row in await world.messages()] == [kept], "what is forgotten is no news"


async def test_signed_and_in_order_by_two_instances_once_each(world: World) -> None:
    async with Receiver().listening() as receiver, world.instances(2):
        await world.subscribe(receiver)
        made = await world.happen(4, steps=5)
        await receiver.until(20)
        await asyncio.sleep(0.4)  # a second reading of the journal by both
    assert len(receiver.seen) == 20, "each once, although two instances send"
    assert receiver.problems == []
    for case_id in made:
        theirs = [each["data"]["line"]["seq"] for each in receiver.taken if each["data"]["case"]["id"] == str(case_id)]
        assert theirs == [1, 2, 3, 4, 5], "a case's messages come in its order"
    assert "member" not in receiver.taken[0]["data"], "no person without the right"


async def test_a_receiver_that_fails_hangs_and_comes_back(world: World) -> None:
    receiver = Receiver(mood="500")
    async with receiver.listening(), world.instances(timeout=0.4):
        await world.subscribe(receiver, ["case.opened", "case.changed"])
        await world.happen(1, steps=2)
        await receiver.until_seen(2)
        receiver.mood = "hang"
        await receiver.until_seen(3)
        receiver.mood = "taken"
        await receiver.until(2)
        rows = await world.until(lambda rows: [row["state"] for row in rows] == ["delivered", "delivered"])
    assert receiver.types() == ["case.opened", "case.changed"], "the second waited for the first"
    assert len({each["id"] for each in receiver.seen[:3]}) == 1, "every try has the same id"
    assert rows[0]["tries"] >= 4 or rows[0]["tries"] == len(receiver.seen) - 1
    assert world.warned == []


async def test_given_up_told_and_sent_again_by_hand(world: World) -> None:
    receiver = Receiver(mood="302")
    async with receiver.listening(), world.instances():
        ident = await world.subscribe(receiver, ["case.opened"], persons=True)
        await world.happen()
        rows = await world.until(lambda rows: bool(rows) and rows[0]["state"] == "dead")
        assert (rows[0]["tries"], rows[0]["error"]) == (len(QUICK) + 1, "HTTP 302"), "a redirect is not followed"
        assert world.warned == [("webhook_dead", "平台")]
        shown = (await world.hooks.all())["webhooks"][0]
        assert (shown["dead"], shown["pending"]) == (1, 0)
        receiver.mood = "taken"
        await world.hooks.resend(world.admin, rows[0]["id"])
        await receiver.until(1)
        assert receiver.ids() == [rows[0]["id"]]
        assert receiver.taken[0]["data"]["member"]["name"] == "王秀英", "this subscription may know persons"
        # 410: it wants no more.
        receiver.mood = "410"
        await world.hooks.try_out(world.admin, ident)
        await receiver.until_seen(len(receiver.seen) + 1)
        await world.until(lambda rows: rows[-1]["status"] == 410)
    shown = (await world.hooks.all())["webhooks"][0]
    assert (shown["active"], shown["off_reason"]) == (False, "HTTP 410")
    async with world.engine.connect() as connection:
        told = await connection.scalar(sa.select(sa.func.count()).where(access.c.action == "webhook_person"))
    assert told == 1, "that a person was named leaves a trace"


async def test_one_that_hangs_holds_up_no_other_and_a_poisoned_message_not_its_case_for_ever(world: World) -> None:
    slow, good = Receiver(mood="hang"), Receiver()
    async with slow.listening(), good.listening(), world.instances(timeout=3.0):
        await world.subscribe(slow, ["case.opened"])
        await world.subscribe(good, ["case.opened"])
        await world.happen(3)
        await good.until(3, timeout=2.9)
    async with world.engine.begin() as connection:  # the first of a case has failed for long
        await connection.execute(sa.update(webhook).values(active=webhook.c.url == good.url))
        await connection.execute(sa.delete(webhook_delivery))
    receiver = good
    async with receiver.listening(), world.instances():
        made = (await world.happen())[0]
        await receiver.until(4)
        async with world.engine.begin() as connection:
            stuck = {"state": "pending", "tries": 9, "next_at": sa.text("now() + interval '1 day'")}
            await connection.execute(sa.update(webhook_delivery).where(webhook_delivery.c.case_id == made).values(**stuck))
            await world.write(connection, made, 2, "arrived")
            await connection.execute(sa.update(webhook).values(events=["case.opened", "case.changed"]))
            await world.write(connection, made, 3, "reclassified")
        await receiver.until(5)
    assert receiver.taken[-1]["data"]["line"]["seq"] == 3


async def test_what_was_checked_is_what_is_called(world: World) -> None:
    receiver = Receiver()
    public = Webhooks(world.engine, private=False)
    with pytest.raises(Refused):
        await public.add(world.admin, uuid4(), {"name": "x", "url": "https://127.0.0.1/", "events": ["order.*"], "persons": False})
    async with receiver.listening(), world.instances(private=False):
        ident = await world.subscribe(receiver, ["case.opened"])
        for url in (receiver.url, f"https://localhost.localdomain:{receiver.port}/in", f"https://localhost:{receiver.port}/in"):
            async with world.engine.begin() as connection:  # saved when the setting was another, or a name that leads inside
                await connection.execute(sa.update(webhook).where(webhook.c.id == ident).values(url=url))
            await world.happen()
            rows = await world.until(lambda rows: bool(rows) and rows[-1]["error"] != "")
            assert rows[-1]["status"] is None
    assert receiver.seen == []


async def test_a_name_leads_where_it_led_when_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that is public when it is looked at and leads inside when it is called (DNS rebinding): the resolver that the call
    itself uses refuses, and of several addresses takes only the public ones."""
    led = {"public": ["93.184.216.34"], "both": ["10.0.0.8", "93.184.216.34"], "inside": ["169.254.169.254", "::ffff:127.0.0.1"]}

    async def resolve(_: DefaultResolver, host: str, port: int = 0, family: int = 0) -> list[dict[str, Any]]:
        return [{"hostname": host, "host": each, "port": port, "family": family, "proto": 0, "flags": 0} for each in led[host]]

    monkeypatch.setattr(DefaultResolver, "resolve", resolve)
    guard = PublicOnly(private=False)
    assert [each["host"] for each in await guard.resolve("public", 443)] == ["93.184.216.34"]
    assert [each["host"] for each in await guard.resolve("both", 443)] == ["93.184.216.34"]
    with pytest.raises(OSError, match="private"):
        await guard.resolve("inside", 443)
    assert len(await PublicOnly(private=True).resolve("inside", 443)) == 2
    await guard.close()


async def test_a_secret_is_renewed_without_a_gap_and_news_begin_when_it_is_switched_on(world: World) -> None:
    receiver = Receiver()
    async with receiver.listening(), world.instances():
        ident = await world.subscribe(receiver, ["case.opened"])
        old = receiver.secret
        renewed = await world.hooks.change(world.admin, ident, 1, {}, renew=True)
        assert renewed not in (None, old)
        await world.happen()
        await receiver.until(1)
        assert receiver.problems == [], "the old one still fits"
        receiver.secret = renewed or ""
        await world.happen()
        await receiver.until(2)
        assert receiver.problems == [], "so does the new one"
        with pytest.raises(Refused):
            await world.hooks.change(world.admin, ident, 1, {"name": "x"}, renew=False)
        await world.hooks.change(world.admin, ident, 2, {"active": False}, renew=False)
        await world.happen()
        await world.hooks.change(world.admin, ident, 3, {"active": True}, renew=False)
        await world.happen()
        await receiver.until(3)
        await asyncio.sleep(0.3)
    assert len(receiver.taken) == 3, "what happened while it was off is no news"

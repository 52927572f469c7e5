"""100,000 members and a city's directory, searched as seats do, over HTTP: how long an answer takes. ``make bench-search``.

ARGS: members (default 100000), questions of each kind (default 60). Real PostgreSQL, the product's own views and pool; every
question is asked by one seat after the other, then by eight at once.
"""

from __future__ import annotations

import asyncio
import logging
import random
import sys
import tempfile
import time
from dataclasses import fields
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import UUID

import asyncpg
import sqlalchemy as sa
import structlog
from aiohttp import DummyCookieJar, web
from aiohttp.test_utils import TestClient, TestServer
from directory_questions import directory_questions, fill_directory
from figures import machine

from callcenter.db.engine import create_engine
from callcenter.db.link import dsn_of
from callcenter.db.migrate import upgrade
from callcenter.db.spelling import spell
from callcenter.domain.decision import Figures
from callcenter.escalation.services import Escalations
from callcenter.people.login import LogIns
from callcenter.settings import Settings
from callcenter.setup.postgres import EmbeddedPostgres
from callcenter.web.app import create_app
from callcenter.web.deps import Deps
from tests.web.conftest import Centre, FakeEngine

GOAL_MS = 50.0
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高钟曾赖谢邹廖温邱梁宋唐许韩冯邓曹彭肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈姜崔"
GIVEN = "秀英桂玉兰珍凤素春花金莲月娥冬菊香招娣细妹淑华美水来瑞福荷建国振长根生志明文彬家祥林光荣东树永发善庆启运传世昌友起南云"
PLACES = ("书香园小区", "红井路", "绵江花苑", "象湖新村", "八一南路", "沙洲坝家园", "金都大道", "城南新区", "河背街", "云龙桥")


def invent(count: int) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Members, numbers, cards: the same at every run."""
    chance = random.Random(20261122)
    members: list[tuple[Any, ...]] = []
    numbers: list[tuple[Any, ...]] = []
    cards: list[tuple[Any, ...]] = []
    for order in range(count):
        key = UUID(int=chance.getrandbits(128), version=4)
        name = chance.choice(SURNAMES) + "".join(chance.choice(GIVEN) for _ in range(chance.choice((1, 2, 2, 2))))
        home = f"{chance.randint(1, 40)}栋{chance.randint(1, 4)}单元{chance.randint(1, 18)}0{chance.randint(1, 4)}室"
        members.append((key, f"H{order:06}", name, *spell(name), chance.choice("fm"), chance.choice(PLACES) + home))
        numbers.append((key, f"+86797{1_000_000 + order}"))
        if chance.random() < 0.5:
            numbers.append((key, f"+86140{chance.randrange(10**8):08}"))
        cards.append((f"YL{36_000_000 + order}", key))
    return members, numbers, cards


async def fill(url: str, count: int) -> float:
    """The members, and what is searched of them. Seconds."""
    started = time.monotonic()
    members, numbers, cards = invent(count)
    connection = await asyncpg.connect(dsn_of(url))
    try:
        # The triggers do the same row by row, in far more time: here it is done once for all.
        await connection.execute("SET session_replication_role = replica")
        columns = ["id", "external_ref", "name", "pinyin", "initials", "gender", "address"]
        await connection.copy_records_to_table("member", records=members, columns=columns)
        await connection.copy_records_to_table("member_number", records=numbers, columns=["member_id", "number"])
        await connection.copy_records_to_table("card", records=cards, columns=["number", "member_id"])
        for at in range(0, count, 5000):
            await connection.execute("SELECT refresh_member_search($1::uuid[])", [row[0] for row in members[at : at + 5000]])
            say(f"\r{min(at + 5000, count):>7} / {count}", end="")
        say("")
        for table in ("member", "member_number", "card", "member_search"):
            await connection.execute(f"VACUUM ANALYZE {table}")
        size = await connection.fetchval("SELECT pg_size_pretty(pg_total_relation_size('member_search'))")
        say(f"member_search with its indexes: {size}")
    finally:
        await connection.close()
    return time.monotonic() - started


def questions(count: int, of_each: int) -> dict[str, list[str]]:
    """What seats type, by kind."""
    members, numbers, cards = invent(count)
    chance = random.Random(1)
    picked = [chance.randrange(count) for _ in range(of_each)]
    local = [str(numbers[chance.randrange(len(numbers))][1]) for _ in picked]
    return {
        "one character": [str(members[i][2])[0] for i in picked],
        "name": [str(members[i][2]) for i in picked],
        "given name": [str(members[i][2])[1:] for i in picked],
        "pinyin": [str(members[i][3]) for i in picked],
        "pinyin, beginning": [str(members[i][3])[:4] for i in picked],
        "one letter": [str(members[i][3])[0] for i in picked],
        "initials": [str(members[i][4]) for i in picked],
        "number": [each.removeprefix("+86") for each in local],
        "last four digits": [each[-4:] for each in local],
        "first three digits": [each.removeprefix("+86")[:3] for each in local],
        "address": [str(members[i][6]) for i in picked],
        "part of an address": [str(members[i][6])[2:9] for i in picked],
        "a place of thousands": [str(members[i][6])[:4] for i in picked],
        "name and place": [f"{str(members[i][2])[0]} {str(members[i][6])[:3]}" for i in picked],
        "card": [str(cards[i][0]) for i in picked],
        "nobody": [f"龘{i}" for i in picked],
    }


def say(line: str, end: str = "\n") -> None:
    sys.stdout.write(line + end)
    sys.stdout.flush()


def figures(seconds: list[float]) -> str:
    cut = quantiles(seconds, n=20)
    return f"p50 {cut[9] * 1000:6.1f}  p95 {cut[18] * 1000:6.1f}  max {max(seconds) * 1000:6.1f} ms"


async def unused(_: web.Request) -> web.StreamResponse:
    return web.Response()


async def measure(url: str, settings: Settings, count: int, of_each: int) -> tuple[float, float]:
    """Prints each kind; gives back the p95 of members and of the directory, in milliseconds."""
    engine = create_engine(url, settings)
    fake = FakeEngine()  # log-ins, rights, views and pool are the product's; what is not asked for here is this one
    parts: dict[str, Any] = {
        "settings": settings, "engine": engine, "log_ins": LogIns(engine, fake, settings.session_hours),
        "escalations": Escalations.build(engine, settings, fake, Figures()),
    }  # fmt: skip
    deps = Deps(**{field.name: parts.get(field.name, fake) for field in fields(Deps)} | {"websocket": unused, "sip": unused})
    async with TestClient(TestServer(create_app(deps)), cookie_jar=DummyCookieJar()) as client:
        centre = Centre(engine, settings, fake, client)
        await centre.populate()
        await centre.let_in("li")
        members = await measure_kinds(centre, "/api/members", questions(count, of_each))
        say(f"directory: {await fill_directory(engine, centre.people['admin'], settings.time_zone)} entries")
        async with engine.connect() as connection:
            await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(sa.text("VACUUM ANALYZE"))
        entries = await measure_kinds(centre, "/api/directory", directory_questions(of_each, settings.time_zone))
    await engine.dispose()
    return members, entries


async def measure_kinds(centre: Centre, path: str, kinds: dict[str, list[str]]) -> float:
    """Each kind by one seat after the other, then all of them by eight at once. The p95 of the former, in milliseconds."""

    async def ask(text: str) -> float:
        started = time.monotonic()
        answer = await centre.ask("li", "GET", path, params={"q": text})
        assert answer.status == 200
        return time.monotonic() - started

    every: list[float] = []
    for texts in kinds.values():  # connections and caches as they are after a minute of work
        await asyncio.gather(*(ask(text) for text in texts[:3] * 4))
    for kind, texts in kinds.items():
        alone = [await ask(text) for text in texts]
        every += alone
        say(f"  {kind:<22} {figures(alone)}")
    texts = [text for each in kinds.values() for text in each]
    random.Random(2).shuffle(texts)
    gate = asyncio.Semaphore(8)

    async def one(text: str) -> float:
        async with gate:
            return await ask(text)

    say(f"  {'eight seats at once':<22} {figures(list(await asyncio.gather(*(one(text) for text in texts))))}")
    say(f"  {'all, one by one':<22} {figures(every)}")
    return quantiles(every, n=20)[18] * 1000


async def run(count: int, of_each: int) -> bool:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory(prefix="cc-search-") as folder:
        settings = Settings(_env_file=None, data_dir=Path(folder) / "var", instance="bench", database_timeout=600)
        server = EmbeddedPostgres(Path(folder) / "postgres")
        url = await asyncio.to_thread(server.start)
        try:
            await upgrade(url, settings)
            engine = create_engine(url, settings)
            async with engine.connect() as connection:
                say(str(await connection.scalar(sa.text("SELECT version()"))))
            await engine.dispose()
            say(f"{count} members filled in {await fill(url, count):.1f} s")
            members, entries = await measure(url, settings, count, of_each)
        finally:
            await asyncio.to_thread(server.stop, "immediate")
    for name, p95 in (("members", members), ("directory", entries)):
        say(f"goal for {name}: p95 {p95:.1f} ≤ {GOAL_MS:.0f} ms: {'met' if p95 <= GOAL_MS else 'MISSED'}")
    say(machine())
    return max(members, entries) <= GOAL_MS


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:]]
    sys.exit(0 if asyncio.run(run(*(numbers + [100_000, 60][len(numbers) :]))) else 1)

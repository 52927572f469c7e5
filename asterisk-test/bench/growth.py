"""Does a pop take longer in a large centre? Press to pop among 1,000 members, then more, in one run. ``make bench-growth``.

Before each measurement the tables that a press looks into are filled up to that many members, each with a number, a terminal and
``CASES`` closed cases with their callers' legs. The callers are some of these members, so that each pop carries a profile. Triggers
are off while filling: no press reads what is searched, or the journal's chain. ARGS: sizes (default 1000 100000).
"""

from __future__ import annotations

import sys
import time

import asyncpg
import uvloop
from bare import measure_bare
from figures import Figures, machine
from harness.asterisk import own_asterisk, require_toolchain
from product import Bench, product

from callcenter.db.link import dsn_of

SIZES = (1_000, 100_000)
RATE, CALLS, SEATS = 20.0, 400, 60
CASES = 2  # old cases for each member
GOAL = 1.2
PREFIX = "+86137"
PIECE = 50_000  # members filled by one statement

_MEMBERS = """
    INSERT INTO member (id, external_ref, name, gender, address, birth_date)
    SELECT md5('member' || n)::uuid, 'G' || n, '王秀英', 'f', '书香园小区' || n || '室', date '1940-01-01' + n % 7000
    FROM generate_series($1::int, $2::int) n
"""
_NUMBERS = """
    INSERT INTO member_number (member_id, number)
    SELECT md5('member' || n)::uuid, $3 || lpad(n::text, 8, '0') FROM generate_series($1::int, $2::int) n
"""
_TERMINALS = """
    INSERT INTO terminal (serial, member_id, number)
    SELECT 'G' || n, md5('member' || n)::uuid, '+86138' || lpad(n::text, 8, '0') FROM generate_series($1::int, $2::int) n
"""
_OLD = """
    INSERT INTO help_case (id, number, kind, source, line, caller_number, member_id, state, opened_at, pressed_at, answered_at,
        ended_at, closed_at, agent_id)
    SELECT md5('case' || n || '/' || k)::uuid, 'old-' || n || '-' || k, 'life_help', 'hotline', '96789',
        '+86137' || lpad(n::text, 8, '0'), md5('member' || n)::uuid, 'closed', at, at, at, at, at,
        (SELECT min(id::text)::uuid FROM agent)
    FROM generate_series($1::int, $2::int) n, generate_series(1, $3::int) k,
        LATERAL (SELECT now() - make_interval(hours => 24 + (n * 7 + k * 4001) % 17000) AS at) t
"""
_LEGS = """
    INSERT INTO call_leg (id, case_id, party, node, state, started_at, ended_at)
    SELECT 'old-' || n || '-' || k, md5('case' || n || '/' || k)::uuid, 'caller', 'asterisk', 'down', now() - interval '1 day',
        now() - interval '1 day'
    FROM generate_series($1::int, $2::int) n, generate_series(1, $3::int) k
"""


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def fill(bench: Bench, first: int, last: int) -> None:
    """Members ``first`` to ``last`` with all that is theirs."""
    began = time.monotonic()
    connection = await asyncpg.connect(dsn_of(bench.centre.engine.url.render_as_string(hide_password=False)))
    try:
        await connection.execute("SET session_replication_role = replica")
        for at in range(first, last + 1, PIECE):
            end = min(at + PIECE - 1, last)
            await connection.execute(_MEMBERS, at, end)
            await connection.execute(_NUMBERS, at, end, PREFIX)
            await connection.execute(_TERMINALS, at, end)
            await connection.execute(_OLD, at, end, CASES)
            await connection.execute(_LEGS, at, end, CASES)
        for table in ("member", "member_number", "terminal", "help_case", "call_leg"):
            await connection.execute(f"VACUUM ANALYZE {table}")
        size = await connection.fetchval("SELECT pg_size_pretty(pg_database_size(current_database()))")
    finally:
        await connection.close()
    say(f"{last} members, {last * CASES} old cases: filled in {time.monotonic() - began:.0f} s, {size}")


def callers(place: int, count: int, size: int) -> list[str]:
    """Numbers of ``count`` members out of ``size``, others in each measurement."""
    step = size // count if size > count else 1
    return [f"137{(index * step + place) % size + 1:08}" for index in range(count)]


async def measure(bench: Bench, place: int, size: int) -> tuple[Figures, Figures]:
    """(bare, product) with this many members. No caller calls twice: at the smallest size there must be enough of them."""
    numbers = callers(place, CALLS, size)
    bare = await measure_bare(bench.centre.asterisk, RATE, numbers)
    return bare, await bench.measure(RATE, numbers)


def against(now: Figures, first: Figures) -> str:
    return f"p50 {now.p50 / first.p50:.2f}×  p99 {now.p99 / first.p99:.2f}×"


async def main(sizes: tuple[int, ...]) -> None:
    """Size by size; print figures and how much longer a pop takes than at the first one."""
    found: list[tuple[Figures, Figures]] = []
    async with own_asterisk(require_toolchain()) as asterisk:
        say(machine())
        async with product(asterisk, SEATS) as bench:
            filled = 0
            for place, size in enumerate(sizes):
                await fill(bench, filled + 1, size)
                filled = size
                await bench.measure(RATE, callers(10 + place, 60, size))  # warm: plans, and caches of what is read at each press
                found.append(await measure(bench, place, size))
                bare, ours = found[-1]
                say(f"{size} members\n{bare}\n{ours}")
                say(f"against {sizes[0]} members: {against(ours, found[0][1])}  (goal ≤ {GOAL:g}×)")
                say(f"the bare client meanwhile, which knows no members: {against(bare, found[0][0])}")
        say(machine())


if __name__ == "__main__":
    uvloop.run(main(tuple(map(int, sys.argv[1:])) or SIZES))

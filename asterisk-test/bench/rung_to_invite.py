"""Rung due → INVITE at the family's phone, beside a bare ARI originate in the same run; how late timers are; the take-over.

``make bench-ladder`` (ARGS: presses, default 60; take-overs, default 3). The product reads its due table, decides, commits the
attempt, originates through the dialplan's dialled-once check; the bare client posts one originate to the same trunk.
"""

from __future__ import annotations

import asyncio
import base64
import sys
import time

import aiohttp
import sqlalchemy as sa
import uvloop
from figures import Figures, figures, machine
from harness.asterisk import RealAsterisk, own_asterisk, require_toolchain
from harness.centre import Centre, running_centre
from harness.homes import Homes, homes_of
from load import run_load
from product import bench_database

from callcenter.domain.policy import Rung

RATE = 5.0  # presses a second
DELAY = 2.0  # seconds from the press to the rung that is measured
GOAL = 2.0
TAKE_OVERS = 3
DUTY = "+8614100009999"


def wall(monotonic: float) -> float:
    """A monotonic moment of this process as seconds since 1970."""
    return monotonic + time.time() - time.monotonic()


async def measure_bare(asterisk: RealAsterisk, homes: Homes, count: int) -> Figures:
    """POST /channels → INVITE, one at a time at the same rate, nothing remembered."""
    settings = asterisk.settings
    assert settings.ari_password is not None
    login = f"{settings.ari_user}:{settings.ari_password.get_secret_value()}"
    base = f"http://{settings.asterisk_host}:{settings.asterisk_http_port}/ari"
    headers = {"Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}
    sent: dict[str, float] = {}
    async with aiohttp.ClientSession(headers=headers) as http, http.ws_connect(f"{base}/events?app=bench-bare") as _events:
        for index in range(count):
            number = f"+861410000{index:04}"
            sent[number] = time.time()
            query = {"endpoint": f"PJSIP/{number}@trunk", "app": "bench-bare", "timeout": "2"}
            async with http.post(f"{base}/channels", params=query) as answer:
                answer.raise_for_status()
            await asyncio.sleep(1 / RATE)
        await asyncio.sleep(1.0)
    seen = {number: wall(homes.invites(number)[0].invited_at) for number in sent if homes.invites(number)}
    return figures("bare", RATE, sent, seen)


async def measure_ladder(centre: Centre, homes: Homes, count: int) -> tuple[Figures, Figures]:
    """(due → INVITE, due → rung begun) for so many emergencies, each with its own family."""
    asterisk = centre.asterisk
    await centre.policy(
        Rung(("supervisor",), 0.0, ring_seconds=5.0), Rung(("family",), DELAY, "until_acknowledged", "in_order", ring_seconds=5.0),
        Rung(("supervisor",), 600.0),
    )  # fmt: skip
    async with centre.engine.begin() as connection:
        await connection.execute(sa.text("DELETE FROM duty_phone"))
        await connection.execute(
            sa.text("INSERT INTO duty_phone VALUES (gen_random_uuid(), '值班', :duty, 1, true)"), {"duty": DUTY}
        )  # it rings, so that the first rung is not over before its time
    people = await centre.rows("""
        SELECT DISTINCT ON (m.id) n.number AS own, c.number AS family FROM member m
        JOIN member_number n ON n.member_id = m.id JOIN contact c ON c.member_id = m.id AND c.position = 1
        WHERE NOT EXISTS (SELECT 1 FROM member_number o WHERE o.number = n.number AND o.member_id <> m.id)
    """)
    line = str(centre.data()["lines"]["emergency"])
    # From one SIPp without sound: a process for each caller, and this one sending all their audio, would measure themselves.
    numbers = [str(person["own"]) for person in people[:count]]
    await run_load(asterisk.toolchain, asterisk.sip, rate=RATE, line=line, numbers=numbers, stay=DELAY + 8)
    started = await centre.rows(
        """
        SELECT e.case_id, extract(epoch FROM j.at)::float AS begun,
            a.number FROM escalation e
        JOIN journal j ON j.case_id = e.case_id AND j.kind = 'rung_started' AND (j.data ->> 'rung')::int = 2
        JOIN attempt a ON a.case_id = e.case_id AND a.rung = 1 AND a.created_at = j.at
            """,
        delay=0.0,
    )
    first = await centre.rows("""
        SELECT case_id, extract(epoch FROM min(at))::float AS at FROM journal WHERE kind = 'rung_started' GROUP BY case_id
    """)
    began = {row["case_id"]: row["at"] for row in first}
    due = {row["number"]: began[row["case_id"]] + DELAY for row in started}
    seen = {row["number"]: wall(homes.invites(row["number"])[0].invited_at) for row in started if homes.invites(row["number"])}
    late = {row["number"]: row["begun"] for row in started}
    return figures("ladder", RATE, due, seen), figures("timer", RATE, due, late)


async def measure_take_over(asterisk: RealAsterisk, database: str, turns: int) -> list[float]:
    """Seconds from kill -9 of the instance that holds a waiting caller until the other one holds them."""
    took = []
    async with running_centre(asterisk, database, measured=True) as one, running_centre(asterisk, database, measured=True) as two:
        await one.policy()
        line = str(one.data()["lines"]["emergency"])
        by_name = {centre.settings.instance: centre for centre in (one, two)}
        for turn in range(turns):
            number = f"1380013810{turn}"
            await one.telephones.caller(line, number=number, stay=25)
            query = """SELECT l.id, l.holder FROM call_leg l JOIN help_case c ON c.id = l.case_id
                WHERE l.state <> 'down' AND l.party = 'caller' AND c.caller_number LIKE '%' || :number"""
            held = await one.until_row(query, number=number)
            holder = by_name[held["holder"]]
            killed = time.time()
            await holder.kill()
            await one.until_row(
                "SELECT 1 FROM call_leg WHERE id = :id AND holder <> :was", id=held["id"], was=held["holder"], timeout=15
            )
            took.append(time.time() - killed)
            await holder.start()
    return took


async def main(count: int, take_overs: int = TAKE_OVERS) -> None:
    """Measure side by side and print figures, ratio, machine."""
    async with own_asterisk(require_toolchain()) as asterisk, homes_of(asterisk) as homes:
        sys.stdout.write(f"{machine()}\n")
        async with bench_database(asterisk) as url:
            async with running_centre(asterisk, url, measured=True) as centre:
                await measure_bare(asterisk, homes, 10)
                homes.trunk.calls.clear()
                bare = await measure_bare(asterisk, homes, count)
                ladder, timer = await measure_ladder(centre, homes, count)
            sys.stdout.write(f"{bare}\n{ladder}\n{timer}\n")
            sys.stdout.write(f"ratio p50 {ladder.p50 / bare.p50:.2f}×  p99 {ladder.p99 / bare.p99:.2f}×  (goal ≤ {GOAL:g}×)\n")
            twice = [number for number in homes.doubled() if number != DUTY]  # a duty phone is everybody's
            sys.stdout.write(f"rung twice: {len(twice)}\n")
            if take_overs:
                took = await measure_take_over(asterisk, url, take_overs)
                sys.stdout.write(f"take-over after kill -9: {', '.join(f'{t:.2f}' for t in took)} s (goal ≤ 3 s)\n")
        sys.stdout.write(f"{machine()}\n")


if __name__ == "__main__":
    uvloop.run(main(*map(int, sys.argv[1:3] or ["60"])))

"""Who stands around a case, read from real rows; and that no telephone that is somebody's own rings twice, whatever it is for."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.db.ladder_tables import PERSONAL_CONTACT
from callcenter.db.link import Link, Links
from callcenter.db.save import Conflict, save
from callcenter.db.situations import Reader
from callcenter.db.tables import contact, duty_phone, leg, member, policy, terminal
from callcenter.db.targets import around_of
from callcenter.domain import facts
from callcenter.domain.decide import decide
from callcenter.domain.decision import Decision, Figures, Situation
from callcenter.domain.escalation import COMMUNITY, NEIGHBOUR, kind_of_relation
from callcenter.domain.policy import Policy, Rung, as_json

LI = "+8613900000007"  # Li: one elder's neighbour, the other one's community worker
DESK = "+8679700000000"
EVERYBODY = Policy("夜间", (Rung(("family", "neighbour", "community", "supervisor"), 0.0, "until_acknowledged", "parallel"),))
READER = Reader(Figures(), "tests", "Asia/Shanghai")


async def elder(engine: AsyncEngine, serial: str, *contacts: tuple[str, str]) -> UUID:
    """Somebody with a terminal, and with contacts: relation and number."""
    made = uuid4()
    async with engine.begin() as connection:
        await connection.execute(sa.insert(member).values(id=made, name=f"老人{serial}", gender="f"))
        await connection.execute(sa.insert(terminal).values(serial=serial, member_id=made, account=serial.lower()))
        for place, (relation, number) in enumerate(contacts, 1):
            row = {"id": uuid4(), "member_id": made, "name": relation, "relation": relation, "number": number, "position": place}
            await connection.execute(sa.insert(contact).values(row))
    return made


async def two_elders(engine: AsyncEngine, links: Links) -> tuple[UUID, UUID]:
    """Two emergencies: Li is the first one's community worker and the second one's neighbour; a desk serves both."""
    async with engine.begin() as connection:
        await connection.execute(sa.insert(policy).values(version=1, data=as_json(EVERYBODY)))
    await elder(engine, "T1", ("社区网格员", LI), ("社区", DESK))
    await elder(engine, "T2", ("邻居", LI), ("社区", DESK))
    return await press(links, "T1"), await press(links, "T2")


async def press(links: Links, serial: str) -> UUID:
    async with links.use() as link:
        account = serial.lower()
        situation, now = await READER.of_arrival(link, leg_id=f"c-{serial}", line="1", account=account, number=None)
        decision = decide(situation, facts.CallArrived(f"c-{serial}", "node1", "1", account, None, account, False), now)
        await save(link, situation, decision)
        await link.commit()
    assert decision.case is not None
    return decision.case.id


async def look(link: Link, case_id: UUID) -> tuple[Situation, Decision]:
    """Its ladder is due."""
    situation, now = await READER.of_case(link, case_id)
    return situation, decide(situation, facts.TimerDue(case_id, "ladder", {}), now)


async def step(links: Links, case_id: UUID) -> dict[str, str | None]:
    """Let its ladder do what is due; by relation, how each call stands."""
    async with links.use() as link:
        situation, decision = await look(link, case_id)
        await save(link, situation, decision, fired="ladder")
        await link.commit()
    return {a.relation or a.name: a.result or a.state for a in decision.attempts.values()}


async def test_one_telephone_rings_for_one_elder_at_a_time_whatever_they_call_it(engine: AsyncEngine, links: Links) -> None:
    first, second = await two_elders(engine, links)
    assert await step(links, first) == {"社区网格员": "intent", "社区": "intent"}
    assert await step(links, second) == {"邻居": "in_use", "社区": "intent"}, "a desk has more than one line"


async def test_two_who_look_at_once_one_of_them_must_look_again(engine: AsyncEngine, links: Links) -> None:
    """Neither has written yet when the other reads: the index decides, though the one calls him a worker, the other a neighbour."""
    first, second = await two_elders(engine, links)
    async with links.use() as one, links.use() as two:
        seen = [await look(one, first), await look(two, second)]
        await save(one, *seen[0], fired="ladder")
        waits = asyncio.create_task(save(two, *seen[1], fired="ladder"))
        await one.commit()
        with pytest.raises(Conflict):
            await waits
    assert (await step(links, second))["邻居"] == "in_use"


async def test_whom_a_seat_phones_and_what_a_drill_phones(engine: AsyncEngine, links: Links) -> None:
    first, second = await two_elders(engine, links)
    await elder(engine, "T3")
    third = await press(links, "T3")
    ringing = {"id": "l", "case_id": third, "party": "consult", "node": "node1", "state": "ringing", "number": LI}
    async with engine.begin() as connection:
        await connection.execute(sa.insert(leg).values(**ringing, started_at=sa.func.now()))
        await connection.execute(sa.text("UPDATE escalation SET drill = true WHERE case_id = :case"), {"case": first})
        await connection.execute(sa.insert(duty_phone).values(id=uuid4(), name="主任", number=LI, position=1, active=True))
    assert await step(links, first) == {"社区网格员": "intent", "社区": "intent", "主任": "in_use"}, "a drill rings no real phone"
    async with links.use() as link:
        situation, _ = await READER.of_case(link, second)
    assert situation.around.in_use == {LI}
    assert situation.around.personal >= {LI}
    assert DESK not in situation.around.personal
    async with engine.begin() as connection:
        await connection.execute(sa.text("UPDATE call_leg SET state = 'down' WHERE id = 'l'"))
    async with links.use() as link:
        assert not (await READER.of_case(link, second))[0].around.in_use, "a drill's calls keep nobody from being phoned"


async def test_a_case_and_a_member_have_the_same_people_around_them(engine: AsyncEngine, links: Links) -> None:
    """The ladder, the preview and the seat's list of telephones read one piece of SQL."""
    made = await elder(engine, "T1", ("女儿", LI), ("社区", DESK))
    case_id = await press(links, "T1")
    async with links.use() as link:
        ladder = (await READER.of_case(link, case_id))[0].around
    async with engine.connect() as connection:
        of_case, of_member = await around_of(connection, case_id=case_id), await around_of(connection, member_id=made)
        assert await around_of(connection, member_id=uuid4()) is None
    assert of_case is not None
    assert of_member is not None
    for around in (of_case, of_member):
        assert (around.contacts, around.duty, around.own) == (ladder.contacts, ladder.duty, ladder.own)
    assert [target.key for target in ladder.own] == ["terminal"]


async def test_the_index_and_the_domain_agree_who_has_a_telephone_of_their_own(engine: AsyncEngine) -> None:
    words = ["女儿", "", "隔壁邻居", *NEIGHBOUR, *COMMUNITY, "社区邻居", "本村侄子", "物业经理"]
    query = sa.text(f"SELECT relation, {PERSONAL_CONTACT} FROM unnest(CAST(:words AS text[])) AS relation")  # noqa: S608 - ours
    async with engine.connect() as connection:
        found = {row[0]: row[1] for row in await connection.execute(query, {"words": words})}
        index = await connection.scalar(sa.text("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_contact_personal'"))
    assert found == {word: kind_of_relation(word) != "community" for word in words}
    assert all(word in index for word in (*NEIGHBOUR, *COMMUNITY)), "words that were added since need a new index"

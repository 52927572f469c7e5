"""The demo centre's last days: cases with their follow-ups, recordings that were reviewed, a text to sign. Made up, loaded once."""

from __future__ import annotations

import asyncio
import wave
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import NAMESPACE_OID, UUID, uuid5
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from callcenter.db import tables
from callcenter.db.conduct_tables import contribution, quality_review, quality_rubric, rules_text
from callcenter.db.papers import COMMON, own_fields
from callcenter.domain.papers.feedback import Feedback
from callcenter.domain.papers.follow_up import Attempt, FollowUp
from callcenter.domain.papers.paper import Paper
from callcenter.domain.quality import DEFAULT
from callcenter.domain.sampling import compared
from callcenter.settings import Settings
from callcenter.telephony.espeak import synthesise

LOCK = 7_220_260_113
SAID = "您好,这里是居家养老呼叫中心,请问有什么可以帮您?厨房的水龙头漏水?好的,我们的师傅下午三点前到。还需要别的服务吗?再见。"
RULES = """一、牢固树立全心全意为人民服务的宗旨,想群众所想、急群众所急,对老年人求助事项千方百计予以解决,坚决不说“不”字。
二、热爱本职,爱岗敬业,甘于奉献。
三、热情、耐心受理好每一个求助电话,不把个人情绪带到工作岗位上来。
四、强化规范服务,不断改善服务质量,提升服务档次。
五、做工作的有心人,收集相应的资料,注意平时各类知识的累积。
六、工作时间坚守岗位,不得擅自离岗、串岗,不得将求助电话长时间搁置。
七、不得为谋求私利,与服务企业串通,故意推荐、介绍某一企业。
八、不得在工作时间上无关网站、玩游戏。
九、不得擅自在本网站修改、添加、删除有关信息。
十、遵守中心各项规章制度。"""


class Day(NamedTuple):
    """One case: whose, since when (hours ago), what, and how its follow-up stands (hours until or since it was due)."""

    key: str
    owner: str
    ago: float
    category: str
    what: str
    state: str
    follow_up: str
    due: float
    score: int = 5
    said: str = ""


DAYS = (
    Day("due-1", "seat1", 20, "life_help/repair", "厨房水龙头漏水,已派师傅", "open", "due", 3),
    Day("due-2", "seat2", 30, "life_help/meals", "明起三天送午餐,少盐", "open", "due", 1),
    Day("due-3", "seat1", 10, "consultation/service", "问助浴服务价格", "open", "due", 28),
    Day("due-4", "seat3", 22, "rescue/fall", "卫生间跌倒,女儿已到,送市人民医院", "open", "due", 2),
    Day("late-1", "seat2", 75, "life_help/cleaning", "钟点工打扫两小时", "open", "late", -6),
    Day("late-2", "seat4", 90, "life_help/repair", "门锁打不开", "open", "late", -20),
    Day("loop-1", "seat1", 40, "life_help/cleaning", "擦玻璃", "open", "reported", 0.25, 2, "玻璃没擦干净,人来晚了一小时"),
    Day("loop-2", "seat3", 100, "life_help/repair", "修洗衣机", "open", "escalated", 40, 1, "修好两天又坏,要求退费"),
    Day("done-1", "seat1", 650, "life_help/shopping", "代购降压药", "closed", "done", -600, 5, "送得快,很满意"),
    Day("done-2", "seat2", 640, "life_help/care", "陪同去医院复查", "closed", "done", -590, 4, "小谢很耐心"),
    Day("done-3", "seat4", 300, "rescue/illness", "胸闷,120 已送医,已出院", "closed", "done", -250, 5, "多亏你们"),
    Day("check-1", "seat3", 450, "life_help/meals", "送晚餐", "closed", "checked", -400, 5, "都好"),
    Day("missed-1", "seat4", 200, "life_help/repair", "换灯泡", "closed", "missed", -150),
)
REVIEWED = (("done-1", 26, 96), ("done-2", 25, 88), ("check-1", 18, 84), ("done-3", 12, 90), ("loop-1", 5, 93), ("missed-1", 3, 79))
"""Case, days ago, points."""


async def load_demo_history(engine: AsyncEngine, settings: Settings) -> bool:
    """Load it beside the demo's members into a centre that has no cases yet. True when it was loaded now."""
    now = datetime.now(ZoneInfo(settings.time_zone))
    recording_ids = {key: uuid5(NAMESPACE_OID, f"demo recording {key}") for key in [day.key for day in DAYS]}
    async with engine.begin() as connection:
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        found = await connection.execute(
            sa.select(tables.member.c.id, tables.member.c.name, tables.member.c.address)
            .where(tables.member.c.external_ref.like("DEMO-%"))
            .order_by(tables.member.c.external_ref)
        )
        members = list(found)
        has_cases = await connection.scalar(sa.select(tables.case.c.id).limit(1)) is not None
        if has_cases or not members:
            return False
        people = {row.user: row for row in await connection.execute(sa.select(tables.agent.c.user, tables.agent.c.id))}
        for place, day in enumerate(DAYS):
            person = members[20 + place]
            await _case(connection, day, person, {user: row.id for user, row in people.items()}, now)
            await _recording(connection, day, recording_ids[day.key], now)
        await _conduct(connection, {user: row.id for user, row in people.items()}, recording_ids, now)
    await asyncio.to_thread(_speak, settings, [str(one) for one in recording_ids.values()])
    return True


async def _case(connection: AsyncConnection, day: Day, person: Any, people: dict[str, UUID], now: datetime) -> None:
    opened, owner = now - timedelta(hours=day.ago), people[day.owner]
    category, _, subcategory = day.category.partition("/")
    rescue = category == "rescue"
    case_id = uuid5(NAMESPACE_OID, f"demo case {day.key}")
    number = await connection.scalar(sa.select(sa.func.nextval("case_number")))
    values = {
        "id": case_id, "number": f"{opened:%Y%m%d}-{number:06}", "kind": "emergency" if rescue else "life_help",
        "source": "hotline", "line": "079796601" if rescue else "079796602", "state": day.state, "opened_at": opened,
        "pressed_at": opened, "answered_at": opened + timedelta(seconds=6), "ended_at": opened + timedelta(minutes=3),
        "closed_at": opened + timedelta(hours=60) if day.state == "closed" else None, "member_id": person.id, "agent_id": owner,
        "category": category, "subcategory": subcategory, "disposition": "helped" if rescue else "service_needed",
        "summary": day.what, "settled_at": opened + timedelta(minutes=20) if rescue else None,
    }  # fmt: skip
    await connection.execute(sa.insert(tables.case).values(values))
    said = {"seat": f"800{day.owner[-1]}", "waited_seconds": 6.0}
    line = {"case_id": case_id, "seq": 1, "at": opened, "kind": "answered", "agent_id": owner, "data": said}
    await connection.execute(sa.insert(tables.journal).values(line))
    for paper in _papers(day, case_id, person, people, now):
        common = {name: getattr(paper, name) for name in COMMON} | {"version": 1}
        await connection.execute(
            sa.insert(tables.paper).values(
                **common, noun=paper.noun, unfinished=paper.unfinished, data=dict(own_fields(paper))
            )
        )  # fmt: skip
        if paper.unfinished and paper.due_at is not None and not paper.overdue:
            what = "unheard" if paper.state == "reported" else "late"
            timer = {"kind": paper.timer(what), "due_at": paper.due_at, "data": {"paper": str(paper.id)}, "lane": "desk"}
            await connection.execute(sa.insert(tables.timer).values(case_id=case_id, **timer))


def _papers(day: Day, case_id: UUID, person: Any, people: dict[str, UUID], now: datetime) -> list[Paper]:
    owner, due = people[day.owner], now + timedelta(hours=day.due)
    task = FollowUp(
        id=uuid5(case_id, "follow-up"), case_id=case_id, state="due", opened_at=now - timedelta(hours=day.ago), owner_id=owner,
        due_at=due, kind="before_closure",
    )  # fmt: skip
    if day.follow_up == "due":
        return [task]
    if day.follow_up == "late":
        tried = Attempt(due - timedelta(hours=3), owner, "no_answer", "响铃一分钟")
        return [replace(task, overdue=True, attempts=(tried,))]
    if day.follow_up == "missed":
        attempts = tuple(Attempt(due - timedelta(hours=each), owner, "no_answer") for each in (30, 6))
        missed = replace(task, state="missed", attempts=attempts, outcome="missed", done_at=due)
        return [missed, _after(task, case_id, now, hours=20)]
    at = due if day.state == "closed" else now - timedelta(minutes=5)
    asked = replace(
        task, asked_at=at, asked_by=owner, name=person.name, address=person.address, content=day.what, satisfaction=day.score,
        quality="good" if day.score > 3 else "poor", remark=day.said, other_need=False,
        outcome="satisfied" if day.score > 2 else "dissatisfied",
    )  # fmt: skip
    if day.state == "open":
        word = Feedback(
            id=uuid5(case_id, "word"), case_id=case_id, state="given", opened_at=at, opened_by=owner, done_at=at, done_by=owner,
            result="dissatisfied", text=day.said, by_whom=person.name,
        )  # fmt: skip
        decided = {} if day.follow_up == "reported" else {
            "decision": "report", "decided_by": people["leader"], "decided_at": now - timedelta(hours=20),
            "decision_text": "涉及退费,请主任处理", "owner_id": None,
        }  # fmt: skip
        return [word, replace(asked, state=day.follow_up, **decided)]  # type: ignore[arg-type]
    done = replace(asked, state="done", done_at=at, done_by=owner)
    if day.follow_up == "done":
        return [done, _after(task, case_id, now, hours=6 + day.score * 10)]
    fields = ("quality", "satisfaction", "content", "other_need")
    second = replace(
        done, id=uuid5(done.id, "spot"), spot_check_of=done.id, first_by=owner, asked_by=people["supervisor"],
        done_by=people["supervisor"], asked_at=at + timedelta(hours=20), done_at=at + timedelta(hours=20), satisfaction=3,
        quality="fair", remark="饭有点凉", owner_id=people["supervisor"],
    )  # fmt: skip
    differences = compared({name: getattr(done, name) for name in fields}, {name: getattr(second, name) for name in fields})
    return [done, replace(second, differences=differences), _after(task, case_id, now, hours=50)]


def _after(task: FollowUp, case_id: UUID, now: datetime, *, hours: float) -> FollowUp:
    """S-7: of the latest still to be made, of the others made long ago."""
    due = now + timedelta(hours=hours)
    after = replace(task, id=uuid5(case_id, "after"), kind="after_closure", due_at=due, opened_at=now - timedelta(hours=40))
    if task.attempts or now - task.opened_at < timedelta(hours=250):
        return after
    at = task.opened_at + timedelta(hours=200)
    said: dict[str, Any] = {
        "content": "结案后回访",
        "quality": "good",
        "satisfaction": 5,
        "other_need": False,
        "outcome": "satisfied",
    }
    return replace(
        after, state="done", done_at=at, asked_at=at, due_at=at, asked_by=task.owner_id, done_by=task.owner_id, opened_at=at,
        **said,
    )  # fmt: skip


async def _recording(connection: AsyncConnection, day: Day, ident: UUID, now: datetime) -> None:
    values = {
        "id": ident, "case_id": uuid5(NAMESPACE_OID, f"demo case {day.key}"), "name": str(ident), "node": "demo",
        "seat": f"800{day.owner[-1]}", "state": "stored", "started_at": now - timedelta(hours=day.ago), "seconds": 24.0,
    }  # fmt: skip
    await connection.execute(sa.insert(tables.recording).values(values))


async def _conduct(connection: AsyncConnection, people: dict[str, UUID], recordings: dict[str, UUID], now: datetime) -> None:
    """Reviews of three weeks, contributions that wait, and the rules to be signed."""
    items = [{"id": item.id, "most": item.most, "zh": item.zh, "en": item.en} for item in DEFAULT]
    await connection.execute(sa.insert(quality_rubric).values(version=1, items=items))
    owners = {day.key: people[day.owner] for day in DAYS}
    for key, ago, points in REVIEWED:
        values = {
            "id": uuid5(NAMESPACE_OID, f"demo review {key}"), "recording_id": recordings[key], "agent_id": owners[key],
            "rubric_version": 1, "scores": _scores(points), "total": points, "most": 100, "reviewed_by": people["supervisor"],
            "comment": "问候规范,可再复述确认一遍" if points > 85 else "请多一点耐心,承诺时间要说清楚",
            "reviewed_at": now - timedelta(days=ago),
        }  # fmt: skip
        await connection.execute(sa.insert(quality_review).values(values))
    for kind, user, title, number, text in (
        ("key_number", "seat2", "象湖新村物业夜班", "0797-1000266", "18点后打这个电话"),
        ("script", "seat5", "雨雪天提醒", "", "外面路滑,请您别出门,需要买什么我们给您送上门。"),
    ):
        proposed = {"id": uuid5(NAMESPACE_OID, title), "kind": kind, "title": title, "number": number, "text": text}
        await connection.execute(sa.insert(contribution).values(**proposed, proposed_by=people[user], state="proposed"))
    rules: dict[str, Any] = {"version": 1, "title": "呼叫服务中心工作守则", "text": RULES, "valid_from": now.date()}
    await connection.execute(sa.insert(rules_text).values(**rules, published_by=people["head"]))


def _scores(points: int) -> dict[str, int]:
    """The rubric's items with ``points`` together: what is lacking is lacking from the largest first."""
    lacking, found = 100 - points, {}
    for item in sorted(DEFAULT, key=lambda one: -one.most):
        less = min(lacking, item.most // 2)
        found[item.id], lacking = item.most - less, lacking - less
    return found


def _speak(settings: Settings, names: list[str]) -> None:
    """One conversation, spoken once, under the name of each recording."""
    rate, samples = synthesise(SAID, settings.voice, 170)
    folder: Path = settings.recordings_dir
    for name in names:
        path = folder / name[:2] / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes(samples.tobytes())

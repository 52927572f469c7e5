"""The duty supervisor's pages: roster, shifts and log, messages, inspections, press register."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal, Self
from uuid import uuid4

from aiohttp import hdrs, web
from pydantic import AfterValidator, Field, StringConstraints, model_validator

from callcenter.db.agents import Session
from callcenter.domain.duty_roster import Post, Turn
from callcenter.domain.duty_shift import Kind
from callcenter.domain.errors import Refused
from callcenter.domain.inspection import Rubric
from callcenter.domain.press import SIZE_LIMIT
from callcenter.escalation.shapes import Id
from callcenter.web.bodies import Day, Days, Extension, Line, Moment, Name, Strict, answer, read_body, read_id, read_query
from callcenter.web.deps import Deps
from callcenter.web.members import today
from callcenter.web.problems import not_found
from callcenter.web.uploads import uploaded


def _text(value: str) -> str:
    if any(ord(ch) < 32 and ch not in "\n\t" for ch in value):
        raise ValueError("control characters are not allowed")
    return value


Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000), AfterValidator(_text)]
Short = Annotated[Line, Field(min_length=1, max_length=100)]


class NewShift(Strict):
    """``POST /api/duty/shifts``"""

    place: Name = "值班室"


class HandOver(Strict):
    """``POST /api/duty/shifts/{id}/hand-over``"""

    signer: Name
    note: Text = ""


class TakeOver(Strict):
    """``POST /api/duty/shifts/{id}/acknowledge``"""

    receiver: Name
    remark: Text = ""


class NewEntry(Strict):
    """``POST /api/duty/shifts/{id}/entries``"""

    kind: Kind
    text: Annotated[Text, Field(min_length=1)]
    at: Moment | None = None
    corrects: Annotated[int, Field(ge=1, le=2**62)] | None = None


class TurnBody(Strict):
    """``POST /api/roster``, ``PUT /api/roster/{id}``"""

    post: Post
    agent_id: Id
    phone_id: Id | None = None
    seat: Extension | None = None
    begins_at: Moment
    ends_at: Moment

    def turn(self) -> Turn:
        return Turn(uuid4(), self.post, self.agent_id, self.begins_at, self.ends_at, self.phone_id, self.seat)


class CopyWeek(Strict):
    """``POST /api/roster/copy``: any day of each week."""

    source: Day
    target: Day


class NewMessage(Strict):
    """``POST /api/messages``: to one department or one person."""

    department_id: Id | None = None
    agent_id: Id | None = None
    text: Annotated[Text, Field(min_length=1)]
    hours: Annotated[float, Field(gt=0, le=24 * 31, allow_inf_nan=False)] = 24.0

    @model_validator(mode="after")
    def _one_addressee(self) -> Self:
        if (self.department_id is None) == (self.agent_id is None):
            raise ValueError("one department or one person")
        return self


class Reply(Strict):
    """``POST /api/messages/{id}/acknowledge``"""

    reply: Text = ""


class NewInspection(Strict):
    """``POST /api/inspections``: of an area or of a person."""

    day: Day
    rubric: Rubric
    area: Annotated[Line, Field(min_length=1, max_length=40)] | None = None
    agent_id: Id | None = None
    scores: dict[str, int]
    remark: Text = ""

    @model_validator(mode="after")
    def _one_subject(self) -> Self:
        if (self.area is None) == (self.agent_id is None):
            raise ValueError("one area or one person")
        return self


class Clipping(Strict):
    """``POST /api/press``: the fields of the query; the scan is the form's file."""

    newspaper: Short
    published_on: Day
    title: Annotated[Line, Field(min_length=1, max_length=200)]
    page: Annotated[Line, Field(max_length=40)] = ""


class SendTo(Strict):
    """``POST /api/press/{id}/send``"""

    agent_id: Id


class ShiftsQuery(Strict):
    """``GET /api/duty/shifts``"""

    before: Moment | None = None


class WeekQuery(Strict):
    """``GET /api/roster``"""

    day: Day | None = None


class DaysQuery(Strict):
    """``GET /api/inspections``"""

    days: Days = 30


# --- shifts -----------------------------------------------------------------------------------------------------------


async def shift_now(_: web.Request, deps: Deps, __: Session) -> web.StreamResponse:
    """``GET /api/duty``"""
    return answer(await deps.duty_room.shifts.now())


async def shift_list(request: web.Request, deps: Deps, _: Session) -> web.StreamResponse:
    """``GET /api/duty/shifts``"""
    before = read_query(request, ShiftsQuery).before
    return answer(await deps.duty_room.shifts.page(before))


async def shift_whole(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/duty/shifts/{id}``"""
    return answer(await deps.duty_room.shifts.whole(person, read_id(request)))


async def begin_shift(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/duty/shifts``"""
    body = await read_body(request, NewShift)
    return answer(await deps.duty_room.shifts.begin(person, body.place), status=201)


async def hand_over(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/duty/shifts/{id}/hand-over``"""
    body = await read_body(request, HandOver)
    return answer(await deps.duty_room.shifts.hand_over(person, read_id(request), **body.model_dump()))


async def take_over(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/duty/shifts/{id}/acknowledge``"""
    body = await read_body(request, TakeOver)
    return answer(await deps.duty_room.shifts.acknowledge(person, read_id(request), **body.model_dump()))


async def write_entry(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/duty/shifts/{id}/entries``"""
    body = await read_body(request, NewEntry)
    return answer(await deps.duty_room.shifts.write(person, read_id(request), **body.model_dump()), status=201)


# --- roster -----------------------------------------------------------------------------------------------------------


async def roster(request: web.Request, deps: Deps, _: Session) -> web.StreamResponse:
    """``GET /api/roster``"""
    return answer(await deps.duty_room.roster.week(read_query(request, WeekQuery).day))


async def add_turn(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/roster``"""
    body = await read_body(request, TurnBody)
    return answer(await deps.duty_room.roster.put(person.agent_id, None, body.turn()), status=201)


async def change_turn(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``PUT /api/roster/{id}``"""
    body = await read_body(request, TurnBody)
    return answer(await deps.duty_room.roster.put(person.agent_id, read_id(request), body.turn()))


async def remove_turn(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``DELETE /api/roster/{id}``"""
    return answer(await deps.duty_room.roster.remove(person.agent_id, read_id(request)))


async def copy_week(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/roster/copy``"""
    body = await read_body(request, CopyWeek)
    return answer(await deps.duty_room.roster.copy_week(person.agent_id, body.source, body.target), status=201)


# --- messages, inspections, press ---------------------------------------------------------------------------------------


async def messages(_: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/messages``"""
    return answer(await deps.duty_room.messages.all(person))


async def send_message(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/messages``"""
    body = await read_body(request, NewMessage)
    return answer(await deps.duty_room.messages.send(person, **body.model_dump()), status=201)


async def read_message(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/messages/{id}/read``"""
    return answer(await deps.duty_room.messages.read(person, read_id(request)))


async def acknowledge_message(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/messages/{id}/acknowledge``"""
    body = await read_body(request, Reply)
    return answer(await deps.duty_room.messages.acknowledge(person, read_id(request), body.reply))


async def inspections(request: web.Request, deps: Deps, _: Session) -> web.StreamResponse:
    """``GET /api/inspections``"""
    return answer(await deps.duty_room.inspections.all(today(deps), read_query(request, DaysQuery).days))


async def score(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/inspections``"""
    body = await read_body(request, NewInspection)
    return answer(await deps.duty_room.inspections.score(person.agent_id, today(deps), **body.model_dump()), status=201)


async def press(_: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/press``"""
    return answer(await deps.duty_room.press.all(person))


async def file_clipping(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/press``"""
    fields = read_query(request, Clipping)
    async with uploaded(request, deps.settings.data_dir.absolute() / "imports", SIZE_LIMIT, _no_scan(), "scan") as (path, _):
        return answer(await deps.duty_room.press.add(person, path, **fields.model_dump()), status=201)


async def send_clipping(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/press/{id}/send``"""
    body = await read_body(request, SendTo)
    return answer(await deps.duty_room.press.send(person, read_id(request), body.agent_id))


async def receive_clipping(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/press/{id}/receive``"""
    return answer(await deps.duty_room.press.receive(person, read_id(request)))


async def clipping_scan(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/press/{id}/scan``: a file to keep, never a page of ours."""
    path, media_type = await deps.duty_room.press.scan(person, read_id(request))
    if not await asyncio.to_thread(path.is_file):
        raise not_found("扫描件", "scan")
    shown: Literal["inline", "attachment"] = "inline" if media_type.startswith("image/") else "attachment"
    headers = {
        hdrs.CONTENT_TYPE: media_type,
        hdrs.CONTENT_DISPOSITION: f'{shown}; filename="{path.name}"',
        hdrs.CACHE_CONTROL: "private, no-store",
    }
    return web.FileResponse(path, headers=headers)


def _no_scan() -> Refused:
    return Refused(
        "no_scan", "没有收到扫描件。没有归档。", "No scan was received; nothing was filed.",
        remedy_zh="请选择 PDF、PNG 或 JPEG 文件后再试。",
        remedy_en="Choose a PDF, PNG or JPEG and try again.", rule="T-5", status=422,
    )  # fmt: skip

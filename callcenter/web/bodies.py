"""What browsers send, as schemas, and how it is read. Whatever is not described here is refused by name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal, Self, TypeVar
from uuid import UUID

import orjson
from aiohttp import web
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from callcenter.db.schema import INTEGER_MOST
from callcenter.domain.errors import Refused
from callcenter.domain.names import printable
from callcenter.domain.period import FIRST_DAY, LAST_DAY, LONGEST_DAYS, Period, as_day, as_moment, period
from callcenter.domain.roles import Role
from callcenter.escalation.shapes import Id
from callcenter.people.passwords import LEAST_LENGTH, MOST_LENGTH
from callcenter.web.problems import not_found, too_slow
from callcenter.web.wrong_fields import wrong_fields

BODY_LIMIT = 256 * 1024
BODY_SECONDS = 30.0

Body = TypeVar("Body", bound=BaseModel)


Line = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(printable)]
Name = Annotated[Line, Field(min_length=1, max_length=40)]
Search = Annotated[Line, Field(max_length=64)]
Cursor = Annotated[Line, Field(max_length=200)]
UserName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{1,39}$")]
Password = Annotated[str, StringConstraints(min_length=LEAST_LENGTH, max_length=MOST_LENGTH), AfterValidator(printable)]
PhoneNumber = Annotated[Line, Field(min_length=1, max_length=40)]
Version = Annotated[int, Field(ge=1, le=INTEGER_MOST)]
Place = Annotated[int, Field(ge=1, le=100)]


Day = Annotated[date, BeforeValidator(as_day), Field(ge=FIRST_DAY, le=LAST_DAY)]
"""A day of the centre."""
Moment = Annotated[AwareDatetime, BeforeValidator(as_moment)]
Days = Annotated[int, Field(ge=1, le=LONGEST_DAYS)]
"""So many days, today the last."""
Extension = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,8}$")]


class Strict(BaseModel):
    """Unknown fields are mistakes, and a number is no text."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class LogIn(Strict):
    """``POST /api/login``"""

    # Any text may be tried as a name or password; only rubbish that no database takes is refused.
    user: Annotated[Line, Field(max_length=64)]
    password: Annotated[str, StringConstraints(max_length=MOST_LENGTH)]
    seat: Extension | None = None


class NewAgent(Strict):
    """``POST /api/agents``"""

    user: UserName
    name: Name
    role: Role
    password: Password
    seat: Extension | None = None


class AgentChange(Strict):
    """``PATCH /api/agents/{id}``: only what stands here is changed; a seat of null takes the usual place away."""

    name: Name = ""
    role: Role = "seat"
    password: Password = ""
    seat: Extension | None = None
    active: bool = True

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("nothing to change")
        return self


class NewDutyPhone(Strict):
    """``POST /api/duty-phones``; without a position it is paged last."""

    name: Name
    number: PhoneNumber
    position: Place | None = None
    active: bool = True


class DutyPhoneChange(Strict):
    """``PATCH /api/duty-phones/{id}``: only what stands here is changed."""

    name: Name = ""
    number: PhoneNumber = ""
    position: Place = 1
    active: bool = True

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("nothing to change")
        return self


class NewDrill(Strict):
    """``POST /api/drills``"""

    member_id: Id


class CasesQuery(Strict):
    """``GET /api/cases``"""

    state: Literal["", "waiting", "talking", "wrap_up", "callback", "open", "closed"] = ""
    red: Literal["", "true", "false", "1", "0"] = ""
    q: Search = ""
    before: Cursor = ""
    limit: int = Field(50, ge=1, le=200)


class PhoneBookQuery(Strict):
    """``GET /api/phone-book``: one of both."""

    case: Id | None = None
    member: Id | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.case is None) == (self.member is None):
            raise ValueError("case or member")
        return self


class MembersQuery(Strict):
    """``GET /api/members``"""

    q: Search = ""
    limit: int = Field(20, ge=1, le=50)


class PapersQuery(Strict):
    """``GET /api/papers``"""

    noun: Annotated[Line, Field(max_length=40)] = ""
    mine: bool = False
    unfinished: bool = True
    limit: int = Field(100, ge=1, le=200)


class CollectionQuery(Strict):
    """``GET /api/typical-cases``"""

    week: Annotated[str, StringConstraints(pattern=r"^(\d{4}-W\d{2})?$")] = ""


class NewLimit(Strict):
    """``POST /api/rules/limits``"""

    rule: Annotated[Line, Field(max_length=8)]
    name: Annotated[Line, Field(max_length=40)]
    value: float = Field(allow_inf_nan=False)
    valid_from: Day
    reason: Annotated[Line, Field(min_length=1, max_length=400)]


class NewDelegate(Strict):
    """``POST /api/delegates``"""

    agent_id: UUID
    valid_from: Day
    valid_until: Day
    reason: Annotated[Line, Field(min_length=1, max_length=400)]


class ProfileQuery(Strict):
    """``GET /api/members/{id}``"""

    case: UUID | None = None


class ImportQuery(Strict):
    """``POST /api/members/import``"""

    dry_run: bool = False


async def read_body(request: web.Request, schema: type[Body], *, strict: bool = True) -> Body:
    """The JSON body as a schema. ``strict`` False: ids and times may be text. Raises Refused, with the fields by name."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    raw = await read_raw(request)
    try:
        content = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Refused(
            "bad_json",
            "内容不是有效的 JSON,没有改动任何数据。",
            "The body is not JSON; nothing was changed.",
            remedy_zh="请刷新页面后再试。",
            remedy_en="Reload the page and try again.",
            status=400,
        ) from None
    try:
        return schema.model_validate(content, strict=strict)
    except ValidationError as error:
        raise wrong_fields(error) from None


async def read_raw(request: web.Request) -> bytes:
    """The whole body, before anything is held for it. Raises Refused (408) for one that does not come."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await request.read()
    except TimeoutError:
        raise too_slow() from None


def read_query(request: web.Request, schema: type[Body]) -> Body:
    """The query as a schema; what is given twice counts once. Raises Refused (400), with the fields by name."""
    try:
        return schema.model_validate(dict(request.query))
    except ValidationError as error:
        raise wrong_fields(error, query=True) from None


def asked_period(first: date | None, last: date | None, today: date, zone: str, usual: Callable[[date], date]) -> Period:
    """The days that were asked for; without a last one until ``today``, without a first one from ``usual`` of the last. Refused."""
    last = last or today
    return period(first or usual(last), last, zone)


def read_number(request: web.Request, name: str) -> int:
    """The number of that name in the path. What no column holds does not exist."""
    text = request.match_info[name]
    if len(text) > 10 or int(text) > INTEGER_MOST:
        raise not_found()
    return int(text)


def read_id(request: web.Request) -> UUID:
    """The id in the path. What is no id does not exist."""
    try:
        return UUID(request.match_info["id"])
    except ValueError:
        raise not_found() from None


def answer(content: Any, status: int = 200) -> web.Response:
    """An answer as JSON."""
    return web.Response(body=orjson.dumps(content), status=status, content_type="application/json")

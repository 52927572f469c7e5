"""Cases and their recordings. What a person may see is asked of the engine; what they read of people leaves a trace."""

from __future__ import annotations

import asyncio
from uuid import UUID

from aiohttp import hdrs, web

from callcenter.db.access import note_access, note_access_once
from callcenter.db.agents import Session
from callcenter.domain.errors import Refused
from callcenter.web.bodies import CasesQuery, answer, read_id, read_query
from callcenter.web.deps import Deps
from callcenter.web.problems import forbidden, not_found


async def case_list(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/cases``"""
    query = read_query(request, CasesQuery)
    page = await deps.cases.case_page(
        person,
        state=query.state or None,
        red=query.red in ("true", "1") if query.red else None,
        text=query.q,
        before=query.before or None,
        limit=query.limit,
    )
    return answer(page)


async def case_detail(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/cases/{id}``. It holds a member's profile, so the reading is journalled like one."""
    case_id = read_id(request)
    await require_case(deps, person, case_id)
    detail = await deps.cases.case_detail(case_id)
    if detail is None:
        raise not_found("求助件", "case")
    ladder = await deps.escalations.ladders.case_part(case_id)
    async with deps.engine.begin() as connection:
        await note_access(connection, person.agent_id, "case_read", str(case_id))
    return answer({**detail, **ladder})


async def recording_audio(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/recordings/{id}/audio``. A player asks for many pieces: they count as one reading."""
    recording_id = read_id(request)
    recording = await deps.recordings.stored(recording_id)
    if recording is None:
        # A seat that may not hear it must not learn either whether it exists.
        raise _no_recording() if person.role == "supervisor" else _not_yours()
    await require_case(deps, person, recording.case_id)
    if not await asyncio.to_thread(recording.path.is_file):
        raise _no_recording()
    async with deps.engine.begin() as connection:
        case = {"case": str(recording.case_id)}
        await note_access_once(connection, person.agent_id, "recording_read", str(recording_id), case)
    headers = {hdrs.CONTENT_TYPE: "audio/wav", hdrs.CACHE_CONTROL: "private, no-store"}
    return web.FileResponse(recording.path, headers=headers)


async def require_case(deps: Deps, person: Session, case_id: UUID) -> None:
    """Refuse unless this person may see the case now."""
    if not await deps.cases.may_see(person, case_id):
        raise _not_yours()


def _not_yours() -> Refused:
    return forbidden(
        "只有处理此求助件的坐席和值班主任可以查看。", "Only the seat that handles this case and the supervisor may see it."
    )


def _no_recording() -> Refused:
    return Refused(
        "no_recording",
        "没有这段录音,或尚未保存完成。",
        "There is no such recording, or it is not stored yet.",
        remedy_zh="通话刚结束时请稍等片刻再试。",
        remedy_en="Just after a call, try again in a moment.",
        status=404,
    )

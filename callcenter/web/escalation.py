"""The contact ladder: the centre's policy, the duty supervisors' telephones, drills, and the written report of an emergency."""

from __future__ import annotations

from aiohttp import web

from callcenter.db.access import note_access
from callcenter.db.agents import Session
from callcenter.escalation.shapes import PolicyShape, PreviewShape
from callcenter.web.bodies import DutyPhoneChange, NewDrill, NewDutyPhone, answer, read_body, read_id
from callcenter.web.cases import require_case
from callcenter.web.deps import Deps
from callcenter.web.problems import not_found


async def policy(_: web.Request, deps: Deps, __: Session) -> web.StreamResponse:
    """``GET /api/policy``"""
    return answer(await deps.escalations.policies.today())


async def save_policy(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``PUT /api/policy``"""
    body = await read_body(request, PolicyShape)
    return answer(await deps.escalations.policies.save(person.agent_id, body))


async def preview_policy(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/policy/preview``: who would be phoned when. It names contacts, so the reading is journalled like a profile's."""
    body = await read_body(request, PreviewShape)
    found = await deps.escalations.policies.preview(body)
    async with deps.engine.begin() as connection:
        await note_access(connection, person.agent_id, "contacts_read", str(body.member_id))
    return answer(found)


async def duty_phones(_: web.Request, deps: Deps, __: Session) -> web.StreamResponse:
    """``GET /api/duty-phones``"""
    return answer(await deps.escalations.duty_phones.all())


async def add_duty_phone(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/duty-phones``"""
    body = await read_body(request, NewDutyPhone)
    return answer(await deps.escalations.duty_phones.add(person.agent_id, **body.model_dump()), status=201)


async def change_duty_phone(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``PATCH /api/duty-phones/{id}``"""
    phone_id = read_id(request)
    changes = (await read_body(request, DutyPhoneChange)).model_dump(exclude_unset=True)
    return answer(await deps.escalations.duty_phones.change(person.agent_id, phone_id, changes))


async def remove_duty_phone(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``DELETE /api/duty-phones/{id}``"""
    return answer(await deps.escalations.duty_phones.remove(person.agent_id, read_id(request)))


async def start_drill(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``POST /api/drills``"""
    body = await read_body(request, NewDrill)
    case_id = await deps.escalations.drills.start(person.agent_id, body.member_id)
    return answer({"case_id": str(case_id)}, status=201)


async def report(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/cases/{id}/report``: all that the printed page shows (R-12); the reading is journalled."""
    case_id = read_id(request)
    await require_case(deps, person, case_id)
    detail = await deps.cases.case_detail(case_id)
    if detail is None:
        raise not_found("求助件", "case")
    found = await deps.escalations.ladders.report(case_id, detail)
    async with deps.engine.begin() as connection:
        await note_access(connection, person.agent_id, "report_read", str(case_id))
    return answer(found)

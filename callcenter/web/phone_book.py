"""Whom somebody at a seat may phone for a case or a member: the targets that call out, bring in and transfer take."""

from __future__ import annotations

from aiohttp import web

from callcenter.db.agents import Session
from callcenter.db.targets import targets_of
from callcenter.domain.masking import mask_number
from callcenter.web.bodies import PhoneBookQuery, answer, read_query
from callcenter.web.cases import require_case
from callcenter.web.deps import Deps
from callcenter.web.problems import not_found


async def phone_book(request: web.Request, deps: Deps, person: Session) -> web.StreamResponse:
    """``GET /api/phone-book?case=`` or ``?member=``. Of a member without a case a seat sees who there is, numbers masked."""
    query = read_query(request, PhoneBookQuery)
    if query.case is not None:
        await require_case(deps, person, query.case)
    async with deps.engine.connect() as connection:
        found = await targets_of(connection, case_id=query.case, member_id=query.member)
    if found is None:
        raise not_found("求助件或档案", "case or member")
    whole = query.case is not None or person.role == "supervisor"
    entries = []
    for one in found:
        kind = _kind(one.key)
        number = one.number if whole or kind == "own" else mask_number(one.number)
        entry = {"target": one.key, "kind": kind, "name": one.name, "relation": one.relation}
        entries.append(entry | {"number": number if one.way == "trunk" else ""})
    return answer(entries)


def _kind(key: str) -> str:
    """``own``: the elder's telephones; ``contact``, ``duty``."""
    kind, _, _ = key.partition(":")
    return kind if kind in ("contact", "duty") else "own"

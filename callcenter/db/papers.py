"""Papers: rows to the nouns' own objects and back. The common fields are columns, what is a noun's own is its ``data``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from callcenter.db.calendar import calendar_of
from callcenter.db.link import Link, statement
from callcenter.db.rows import Row
from callcenter.domain.decision import Delegate, Office
from callcenter.domain.papers.nouns import BY_NOUN
from callcenter.domain.papers.paper import Paper
from callcenter.domain.regulations.limits import Override

COMMON = tuple(field.name for field in fields(Paper))


@cache
def _adapter(noun: str) -> TypeAdapter[Paper]:
    return TypeAdapter(BY_NOUN[noun])


def paper_from(row: Row) -> Paper:
    """The noun's own object. What an older version of us wrote without a field has that field's default."""
    return _adapter(row["noun"]).validate_python({**row["data"], **{name: row[name] for name in COMMON}})


def paper_to(paper: Paper) -> dict[str, Any]:
    """The row, with its version one higher."""
    whole: dict[str, Any] = _adapter(paper.noun).dump_python(paper, mode="json")
    common = {name: whole.pop(name) for name in COMMON}
    return {**common, "noun": paper.noun, "unfinished": paper.unfinished, "data": whole, "version": paper.version + 1}


_OFFICE = statement("""
    SELECT
        (SELECT coalesce(json_agg(to_jsonb(l) ORDER BY l.valid_from, l.id), '[]') FROM rule_limit l) AS limits,
        (SELECT coalesce(json_agg(json_build_object('agent_id', d.agent_id, 'name', a.name, 'valid_from', d.valid_from,
            'valid_until', d.valid_until)), '[]')
         FROM delegate d JOIN agent a ON a.id = d.agent_id WHERE a.active AND d.valid_until >= CURRENT_DATE - 1) AS delegates,
        (SELECT coalesce(json_agg(to_jsonb(e)), '[]') FROM day_exception e) AS exceptions
""")


def overrides_from(rows: Iterable[Row]) -> tuple[Override, ...]:
    """The centre's own limits, rows in the order in which they were set: of two for one day the later counts."""
    latest = {
        (row["rule"], row["name"], row["valid_from"]): Override(
            row["rule"], row["name"], row["limit_value"], _day(row["valid_from"])
        )
        for row in rows
    }
    return tuple(latest.values())


async def load_office(link: Link, zone: str, callers: frozenset[str]) -> Office:
    """What decisions about paperwork look at beside the case."""
    found = await link.row(_OFFICE)
    delegates = [
        Delegate(UUID(row["agent_id"]), row["name"], _day(row["valid_from"]), _day(row["valid_until"]))
        for row in found["delegates"]
    ]
    return Office(overrides_from(found["limits"]), tuple(delegates), calendar_of(zone, found["exceptions"]), callers)


def _day(value: str | date) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def own_fields(paper: Paper) -> Mapping[str, Any]:
    """A noun's own fields as JSON, for screens."""
    whole: dict[str, Any] = _adapter(paper.noun).dump_python(paper, mode="json")
    return {name: value for name, value in whole.items() if name not in COMMON}

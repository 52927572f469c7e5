"""Cases as the console shows them: docs/api.md's ``CaseDetail``, ``CallRow``, ``Task``, built from domain objects. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from callcenter.domain.case import Case, Leg, Offer, Task, Transfer
from callcenter.domain.clock import iso
from callcenter.domain.masking import mask_name, mask_number

Json = dict[str, Any]
NO_LADDER: Json = {"ladder": None, "attempts": [], "report": None}
Profiles = Mapping[UUID, Mapping[str, Any]]


@dataclass(frozen=True)
class Line:
    """A journal line with its place."""

    seq: int
    at: datetime
    kind: str
    by: str | None
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Story:
    """All that belongs to a case, loaded."""

    case: Case
    legs: Sequence[Leg]
    lines: Sequence[Line]
    recordings: Sequence[Mapping[str, Any]] = ()
    tasks: Sequence[Task] = ()
    agent: str | None = None
    owners: Mapping[UUID, str] | None = None
    line_name: str = ""
    ladder: Json | None = None
    """What an emergency's ladder adds: ``ladder``, ``attempts``, ``report``."""


def holders(case: Case) -> frozenset[str]:
    """The seats that see the case in full: offered to them, or one handles it until wrap-up is done."""
    if case.state == "waiting":
        return frozenset(ring.seat for ring in case.rings)
    if case.state not in ("talking", "wrap_up"):
        return frozenset()
    second = case.transfer.seat if case.transfer is not None else None
    return frozenset(seat for seat in (case.seat, second) if seat)


def on_board(case: Case) -> bool:
    """Live or red: what the board shows."""
    return case.red or case.state in ("waiting", "talking", "wrap_up", "callback")


def case_detail(story: Story, profiles: Profiles) -> Json:
    case = story.case
    return {
        "id": str(case.id), "number": case.number, "kind": case.kind, "source": case.source, "line": case.line,
        "line_name": story.line_name, "state": case.state, "red": case.red, "level": case.level,
        "opened_at": iso(case.opened_at), "waiting_since": iso(case.waiting_since), "answered_at": iso(case.answered_at),
        "ended_at": iso(case.ended_at),
        "caller": {"number": case.caller_number, "anonymous": case.anonymous, "display": case.caller_display},
        "member_id": str(case.member_id) if case.member_id else None,
        "candidates": [profiles[entry] for entry in case.candidates if entry in profiles],
        "member": profiles.get(case.member_id) if case.member_id else None,
        "offer": offer_json(case.offer, case.offers), "alarms": [offer_json(ring, case.offers) for ring in case.alarms],
        "seat": case.seat, "agent": story.agent, "wrap_up_until": iso(case.wrap_up_until), "draft": case.draft,
        "category": case.category, "subcategory": case.subcategory, "unreasonable": case.unreasonable,
        "disposition": case.disposition, "summary": case.summary, "opens_at": iso(case.opens_at), "parked_at": iso(case.parked_at),
        "legs": [
            {
                "id": leg.id, "party": leg.party, "seat": leg.seat, "state": leg.state, "started_at": iso(leg.started_at),
                "answered_at": iso(leg.answered_at), "ended_at": iso(leg.ended_at), "cause": leg.cause, "name": leg.name or None,
            }
            for leg in sorted(story.legs, key=lambda leg: (leg.started_at, leg.id))
        ],
        "recordings": list(story.recordings),
        "timeline": [
            {"seq": line.seq, "at": iso(line.at), "kind": line.kind, "by": line.by, "data": _named(line.data, profiles)}
            for line in story.lines
        ],
        "tasks": [task_json(task, case, profiles, story.owners or {}) for task in story.tasks],
        "held": {"since": iso(case.held_since)} if case.held_since else None, "transfer": transfer_json(case.transfer),
        "listeners": [{"name": one.name, "manner": one.manner} for one in case.listeners],
        "version": case.version, **(story.ladder or NO_LADDER),
    }  # fmt: skip


def transfer_json(transfer: Transfer | None) -> Json | None:
    if transfer is None:
        return None
    return {
        "to": transfer.to, "name": transfer.name, "manner": transfer.manner, "state": transfer.state, "since": iso(transfer.since),
    }  # fmt: skip


def offer_json(ring: Offer | None, count: int) -> Json | None:
    if ring is None:
        return None
    return {"id": ring.leg, "seat": ring.seat, "count": count, "since": iso(ring.since), "ring_until": iso(ring.ring_until)}


def _named(data: Mapping[str, Any], profiles: Profiles) -> Json:
    """Journal lines keep a member's id; people read a name."""
    member = data.get("member")
    if member is None:
        return dict(data)
    profile = profiles.get(UUID(str(member)))
    return {**data, "member": profile["name"] if profile else str(member)}


def is_alarm(case: Case) -> bool:
    """An emergency that rings at no seat: everybody who is signed in sees and hears it."""
    return case.kind == "emergency" and case.state == "waiting" and not case.rings and case.source not in ("drill", "probe")


def call_row(
    case: Case, profile: Mapping[str, Any] | None, position: int | None, agent: str | None, *, masked: bool,
    ladder: Json | None = None,
) -> Json:  # fmt: skip
    """One line of the board. ``masked``: for those whose task does not need the person."""
    name = str(profile["name"]) if profile else ""
    return {
        "id": str(case.id), "number": case.number, "kind": case.kind, "state": case.state, "red": case.red, "level": case.level,
        "who": mask_name(name) if masked else name, "district": (profile or {}).get("district"),
        "caller_display": mask_number(case.caller_display) if masked else case.caller_display,
        "opened_at": iso(case.opened_at), "waiting_since": iso(case.waiting_since) if case.state == "waiting" else None,
        "position": position if case.state == "waiting" else None,
        "seat": case.seat or (case.offer.seat if case.offer else None), "agent": agent,
        "source": case.source, "ladder": ladder, "opens_at": iso(case.opens_at), "parked_at": iso(case.parked_at),
        "alarm": is_alarm(case),
    }  # fmt: skip


def task_json(task: Task, case: Case, profiles: Profiles, owners: Mapping[UUID, str], *, masked: bool = False) -> Json:
    profile = profiles.get(case.member_id) if case.member_id else None
    name = str(profile["name"]) if profile else ""
    return {
        "id": str(task.id), "case_id": str(task.case_id), "case_number": case.number, "kind": task.kind, "red": case.red,
        "who": mask_name(name) if masked else name,
        "caller_display": mask_number(case.caller_display) if masked else case.caller_display,
        "created_at": iso(task.created_at), "due_at": iso(task.due_at), "state": task.state,
        "owner": owners.get(task.owner_id) if task.owner_id else None, "outcome": task.outcome,
        "offer": {"seat": task.offer_seat, "until": iso(task.offer_until)} if task.offer_seat else None,
        "promised": task.offer_from is not None and task.offer_from > task.created_at,
    }  # fmt: skip


def recording_json(row: Mapping[str, Any]) -> Json:
    """``finished`` and ``refused`` are ours alone: to people what is being fetched is still being made, and what is being deleted
    is gone."""
    state = {"finished": "recording", "refused": "discarded"}.get(row["state"], row["state"])
    return {"id": str(row["id"]), "started_at": iso(row["started_at"]), "seconds": row["seconds"], "state": state}


def members_of(cases: Iterable[Case]) -> set[UUID]:
    """Everybody whose profile the cases need."""
    return {entry for case in cases for entry in (case.member_id, *case.candidates) if entry is not None}

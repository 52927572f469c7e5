"""Rows to domain objects and back, written out: nobody has to guess what a column becomes.

Rows come as JSON (one round trip brings a whole situation), so times are ISO strings and ids are text here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from callcenter.domain.case import Calling, Case, Leg, Listener, Offer, Overflow, Task, Transfer
from callcenter.domain.queues import Queue, Skill
from callcenter.domain.routing import Waiting
from callcenter.domain.seat import Seat

Row = Mapping[str, Any]


def time(value: str | datetime | None) -> datetime | None:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def uuid(value: str | UUID | None) -> UUID | None:
    return UUID(value) if isinstance(value, str) else value


def moment(value: str | datetime) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def identity(value: str | UUID) -> UUID:
    return UUID(value) if isinstance(value, str) else value


def case_from(row: Row) -> Case:
    offer = None
    if row["offer_seat"] is not None:
        offer = Offer(row["offer_seat"], row["offer_leg"], moment(row["offer_since"]), moment(row["ring_until"]))
    return Case(
        id=identity(row["id"]), number=row["number"], kind=row["kind"], source=row["source"], line=row["line"], state=row["state"],
        opened_at=moment(row["opened_at"]), pressed_at=moment(row["pressed_at"]), terminal=row["terminal"],
        caller_number=row["caller_number"], caller_display=row["caller_display"], anonymous=row["anonymous"],
        member_id=uuid(row["member_id"]), candidates=tuple(identity(entry) for entry in row["candidates"]), red=row["red"],
        level=row["level"], waiting_since=time(row["waiting_since"]), answered_at=time(row["answered_at"]),
        ended_at=time(row["ended_at"]), settled_at=time(row["settled_at"]), closed_at=time(row["closed_at"]), seat=row["seat"],
        agent_id=uuid(row["agent_id"]), offer=offer, offers=row["offers"], passed_seats=tuple(row["passed_seats"]),
        wrap_up_until=time(row["wrap_up_until"]), draft=row["draft"], category=row["category"], subcategory=row["subcategory"],
        unreasonable=row["unreasonable"], disposition=row["disposition"], summary=row["summary"], version=row["version"],
        alarms=tuple(
            Offer(a["seat"], a["leg"], moment(a["since"]), moment(a["ring_until"])) for a in row["alarms"]
        ),
        held_since=time(row["held_since"]), calling=Calling(**row["calling"]) if row["calling"] else None,
        transfer=Transfer(**{**row["transfer"], "since": moment(row["transfer"]["since"])}) if row["transfer"] else None,
        listeners=tuple(Listener(**{**one, "agent_id": identity(one["agent_id"])}) for one in row["listeners"]),
        relapse_of=uuid(row["relapse_of"]),
        queue_id=uuid(row["queue_id"]), familiar=uuid(row["familiar"]), opens_at=time(row["opens_at"]),
        parked_at=time(row["parked_at"]),
        overflow=Overflow(**{**row["overflow"], "tried": tuple(row["overflow"]["tried"])}) if row["overflow"] else None,
    )  # fmt: skip


def case_to(case: Case) -> dict[str, Any]:
    """The row of ``case``, with its version one higher: saving is what makes a new version."""
    offer = case.offer
    return {
        "id": case.id, "number": case.number, "kind": case.kind, "source": case.source, "line": case.line, "state": case.state,
        "terminal": case.terminal, "caller_number": case.caller_number, "caller_display": case.caller_display,
        "anonymous": case.anonymous, "member_id": case.member_id, "candidates": case.candidates, "red": case.red,
        "level": case.level, "opened_at": case.opened_at, "pressed_at": case.pressed_at, "waiting_since": case.waiting_since,
        "answered_at": case.answered_at, "ended_at": case.ended_at, "settled_at": case.settled_at, "closed_at": case.closed_at,
        "seat": case.seat, "agent_id": case.agent_id, "offer_seat": offer and offer.seat, "offer_leg": offer and offer.leg,
        "offer_since": offer and offer.since, "ring_until": offer and offer.ring_until, "offers": case.offers,
        "passed_seats": case.passed_seats, "wrap_up_until": case.wrap_up_until, "draft": case.draft, "category": case.category,
        "subcategory": case.subcategory, "unreasonable": case.unreasonable, "disposition": case.disposition,
        "summary": case.summary, "version": case.version + 1, "alarms": [asdict(ring) for ring in case.alarms],
        "held_since": case.held_since, "calling": case.calling and asdict(case.calling),
        "transfer": case.transfer and asdict(case.transfer), "listeners": [asdict(one) for one in case.listeners],
        "relapse_of": case.relapse_of,
        "queue_id": case.queue_id, "familiar": case.familiar, "opens_at": case.opens_at, "parked_at": case.parked_at,
        "overflow": case.overflow and asdict(case.overflow),
    }  # fmt: skip


def leg_from(row: Row) -> Leg:
    return Leg(
        id=row["id"], case_id=identity(row["case_id"]), party=row["party"], state=row["state"], node=row["node"],
        started_at=moment(row["started_at"]), seat=row["seat"], answered_at=time(row["answered_at"]),
        ended_at=time(row["ended_at"]), cause=row["cause"], holder=row["holder"],
        name=row["name"], number=row["number"],
    )  # fmt: skip


def leg_to(leg: Leg) -> dict[str, Any]:
    return {
        "id": leg.id, "case_id": leg.case_id, "party": leg.party, "seat": leg.seat, "node": leg.node, "state": leg.state,
        "started_at": leg.started_at, "answered_at": leg.answered_at, "ended_at": leg.ended_at, "cause": leg.cause,
        "holder": leg.holder, "name": leg.name, "number": leg.number,
    }  # fmt: skip


def seat_from(row: Row) -> Seat:
    return Seat(
        extension=row["extension"], name=row["name"], presence=row["presence"], since=moment(row["since"]),
        idle_since=time(row["idle_since"]),
        agent_id=uuid(row["agent_id"]), pause_reason=row["pause_reason"], case_id=uuid(row["case_id"]),
        takes_emergency=row["takes_emergency"], takes_life_help=row["takes_life_help"], emergency_only=row["emergency_only"],
        missed_offers=row["missed_offers"], console_until=time(row["console_until"]), registered=row["registered"],
        reachable=row["reachable"], version=row["version"], device=row["device"], microphone=row["microphone"],
        queues=tuple(identity(each) for each in row.get("queues") or ()),
        skills=skills_from(row.get("skills")), pause_until=time(row["pause_until"]), pause_long=row["pause_long"],
    )  # fmt: skip


def seat_to(seat: Seat, expected: int) -> dict[str, Any]:
    """What a decision may change of a seat. ``expected``: the version it was decided on."""
    return {
        "extension": seat.extension, "presence": seat.presence, "since": seat.since,
        "idle_since": seat.idle_since or seat.since, "agent_id": seat.agent_id,
        "pause_reason": seat.pause_reason, "case_id": seat.case_id, "emergency_only": seat.emergency_only,
        "missed_offers": seat.missed_offers, "expected": expected, "pause_until": seat.pause_until, "pause_long": seat.pause_long,
    }  # fmt: skip


def task_from(row: Row) -> Task:
    return Task(
        id=identity(row["id"]), case_id=identity(row["case_id"]), created_at=moment(row["created_at"]),
        due_at=moment(row["due_at"]), kind=row["kind"], state=row["state"], owner_id=uuid(row["owner_id"]),
        done_at=time(row["done_at"]), outcome=row["outcome"], note=row["note"], version=row["version"],
        offer_from=time(row["offer_from"]), offer_seat=row["offer_seat"], offer_until=time(row["offer_until"]),
        offer_passed=tuple(row["offer_passed"]),
    )  # fmt: skip


def task_to(task: Task) -> dict[str, Any]:
    return {
        "id": task.id, "case_id": task.case_id, "kind": task.kind, "created_at": task.created_at, "due_at": task.due_at,
        "state": task.state, "owner_id": task.owner_id, "done_at": task.done_at, "outcome": task.outcome, "note": task.note,
        "version": task.version, "offer_from": task.offer_from, "offer_seat": task.offer_seat, "offer_until": task.offer_until,
        "offer_passed": task.offer_passed,
    }  # fmt: skip


def queue_from(row: Row) -> Queue:
    return Queue(
        identity(row["id"]), row["kind"], row["name_zh"], row["name_en"], tuple(row["lines"]), row["priority"], row["ageing"],
        row["dialect"], row["district"], row["service"], row["service_need"], row["required_seconds"], row["familiar_seconds"],
        row["seats_after"], row["duty_after"],
    )  # fmt: skip


def skills_from(pairs: Any) -> frozenset[Skill]:
    """``[[kind, value], …]``"""
    return frozenset((str(kind), str(value)) for kind, value in pairs or ())


def caller_skills(row: Row) -> frozenset[Skill]:
    """What a row knows of the member: the dialect they speak and the district they live in."""
    return frozenset((kind, row[kind]) for kind in ("dialect", "district") if row[kind])


def keepers(found: Row | None) -> dict[str, UUID]:
    """Who answers for what is taken on a duty mobile: those that somebody is found for."""
    return {key: identity(person) for key, person in (found or {}).items() if person}


def waiting_from(row: Row) -> Waiting:
    return Waiting(
        case_id=identity(row["id"]), kind=row["kind"], level=row["level"], waiting_since=moment(row["waiting_since"]),
        passed_seats=tuple(row["passed_seats"]), preferred_seat=row["seat"],
        queue=queue_from(row["queue"]) if row["queue"] else None, skills=caller_skills(row),
        familiar=uuid(row["familiar"]), familiar_busy=row["familiar_busy"], parked=row["parked_at"] is not None,
    )  # fmt: skip

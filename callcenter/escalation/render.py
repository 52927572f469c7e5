"""Ladders as people see them: docs/api.md's ``Ladder``, ``Attempt``, ``Card``, ``Report``, built from domain objects. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from callcenter.domain import ladder
from callcenter.domain.announcements import situation_of
from callcenter.domain.case import Case, Leg
from callcenter.domain.charge import REPORT_FIELDS
from callcenter.domain.clock import iso
from callcenter.domain.decision import Decision, Figures, Report, Situation
from callcenter.domain.escalation import Acknowledgement, Around, Attempt, Escalation, Target
from callcenter.domain.masking import mask_name, mask_number
from callcenter.domain.policy import DEFAULT, PUBLIC, Policy
from callcenter.domain.walk import Walk

Json = dict[str, Any]
_STATES_EN = {
    "工作人员正在与老人通话": "A member of staff is speaking with the elder",
    "工作人员正在处理": "A member of staff is dealing with it",
    "老人还在电话线上": "The elder is still on the line",
    "现在电话已经中断,还没有联系上老人": "The call has been cut off; the elder has not been reached yet",
}
_CARD = ("name", "age", "gender", "address", "door_code", "key_holder", "blood_type", "hospital")
_CARD_LISTS = ("illnesses", "medication", "allergies")


@dataclass(frozen=True)
class Picture:
    """A case with its ladder, as loaded or as a decision has just left it."""

    case: Case
    escalation: Escalation
    attempts: Sequence[Attempt] = ()
    around: Around = field(default_factory=Around)
    legs: Sequence[Leg] = ()
    profile: Mapping[str, Any] | None = None
    names: Mapping[UUID, str] = field(default_factory=dict)
    """Names of the centre's own people who acknowledged."""
    report: Report | None = None

    @classmethod
    def after(
        cls, situation: Situation, decision: Decision, profile: Mapping[str, Any] | None, names: Mapping[UUID, str]
    ) -> Picture | None:
        """What a committed decision left behind, unread from the database; None without a ladder."""
        case, escalation = decision.case or situation.case, decision.escalation or situation.escalation
        if case is None or escalation is None:
            return None
        attempts = {a.id: a for a in situation.attempts} | decision.attempts
        legs = {leg.id: leg for leg in situation.legs} | decision.legs
        return cls(
            case, escalation, sorted(attempts.values(), key=lambda a: (a.created_at, a.id)), situation.around, list(legs.values()),
            profile, names, decision.report or situation.report,
        )  # fmt: skip

    @property
    def policy(self) -> Policy:
        """The frozen one; in the moment before that the one it will be."""
        return self.escalation.policy or self.around.policy or DEFAULT

    def walk(self, now: datetime) -> Walk:
        situation = Situation(
            Figures(), "", case=self.case, legs=tuple(self.legs), escalation=self.escalation, attempts=tuple(self.attempts),
            around=self.around,
        )  # fmt: skip
        return Walk(situation, Decision(now))


def agents_of(escalation: Escalation) -> set[UUID]:
    """The centre's own people who acknowledged: their names are needed."""
    return {each.agent_id for each in escalation.acknowledgements if each.agent_id is not None}


# --- the ladder -----------------------------------------------------------------------------------------------------


def ladder_json(picture: Picture, now: datetime, *, masked: bool = False) -> Json:
    """``Ladder``. ``masked``: for seats whose task it is not: no person, no number, nothing to call."""
    escalation, policy = picture.escalation, picture.policy
    walk = picture.walk(now)
    owner = escalation.owner
    found: Json = {
        "case_id": str(picture.case.id), "state": escalation.state, "drill": escalation.drill, "round": escalation.round,
        "rung": escalation.rung + 1, "rungs": [_rung_json(walk, policy, place) for place in range(len(policy.rungs))],
        "next_at": iso(next_at(walk)), "started_at": iso(escalation.started_at),
        "owner": _owner_json(picture, masked),
        "acknowledgements": [_acknowledgement(picture, each, masked) for each in escalation.acknowledgements],
        "resolve_by": iso(owner.at + timedelta(seconds=policy.resolve_seconds)) if owner and not escalation.over else None,
        "pages": escalation.pages, "exhausted_at": iso(escalation.exhausted_at), "assisted": list(escalation.assisted),
        "ended_at": iso(escalation.ended_at), "outcome": escalation.outcome,
        "policy": {"name": policy.name, "version": policy.version},
    }  # fmt: skip
    if not masked:
        found["can_call"] = can_call(picture)
        found["card"] = card_json(picture, now)
    return found


def _rung_json(walk: Walk, policy: Policy, place: int) -> Json:
    state = _rung_state(walk, policy, place)
    return {
        "place": place + 1, **asdict(policy.rungs[place]), "targets": list(policy.rungs[place].targets), "state": state,
        "starts_at": iso(_starts_at(walk, place, state)),
    }  # fmt: skip


def _rung_state(walk: Walk, policy: Policy, place: int) -> str:
    escalation, rung = walk.escalation, policy.rungs[place]
    if place in escalation.passed:
        return "passed"
    if place <= escalation.rung:
        if any(a.open and a.rung == place and a.round == escalation.round and not a.joined for a in walk.attempts):
            return "running"
        if escalation.state in ("exhausted", "ended") or escalation.owner is not None or ladder.rung_done(walk, place):
            return "done"
        # It has calls to make: now, or as soon as the seat lets go of the case.
        return "running" if walk.holds(rung) else "passed"
    following = place == escalation.rung + 1 and escalation.state in ("running", "acknowledged")
    return "next" if following and walk.holds(rung) else "later"


def _starts_at(walk: Walk, place: int, state: str) -> datetime | None:
    """When it began; of the next one when it will."""
    escalation = walk.escalation
    if state == "next":
        # Before its first step a ladder has no policy of its own to ask; then it begins at once.
        return ladder.starts_at(walk, place) if escalation.policy is not None else escalation.started_at
    if place == escalation.rung:
        return escalation.rung_at
    if place > escalation.rung:
        return None
    return min((a.created_at for a in walk.attempts if a.rung == place and a.round == escalation.round), default=None)


def next_at(walk: Walk) -> datetime | None:
    """What a countdown on the screen counts to: the next rung; after the last one the next page of the supervisor."""
    escalation = walk.escalation
    if escalation.state == "exhausted" and escalation.paged_at is not None:
        return escalation.paged_at + timedelta(seconds=walk.policy.page_seconds)
    following = escalation.rung + 1
    if escalation.state not in ("running", "acknowledged") or escalation.policy is None or following >= len(walk.policy.rungs):
        return None
    return ladder.starts_at(walk, following) if walk.holds(walk.policy.rungs[following]) else None


def _owner_json(picture: Picture, masked: bool) -> Json | None:
    owner = picture.escalation.owner
    if owner is None:
        return None
    return {key: value for key, value in _acknowledgement(picture, owner, masked).items() if key != "active"}


def _acknowledgement(picture: Picture, each: Acknowledgement, masked: bool) -> Json:
    name = picture.names.get(each.agent_id, each.name) if each.agent_id is not None else each.name
    personal = each.kind in ("going", "joined")
    return {"kind": each.kind, "name": _masked(name) if masked and personal else name, "at": iso(each.at), "active": each.active}


def _masked(name: str) -> str:
    """``赵敏(女儿)`` → ``赵*(女儿)``: the relation tells nobody who it is."""
    who, opening, relation = name.partition("(")
    return mask_name(who) + opening + relation


def can_call(picture: Picture) -> list[Json]:
    """Whom ``call_contact`` takes, in the order in which a person would think of them."""
    around, drill = picture.around, picture.escalation.drill
    public = [ladder.public_target(picture.policy.public_number(code), drill=drill) for code in ("120", "110", "119")]
    return [_target_json(target) for target in (*around.contacts, *public, *around.own, *around.duty)]


def _target_json(target: Target) -> Json:
    return {
        "target": target.key, "kind": target.kind, "name": target.name, "relation": target.relation,
        "number": "" if target.way == "account" else target.number,
    }  # fmt: skip


def card_json(picture: Picture, now: datetime) -> Json:
    """What is read out to 110 or 120."""
    state = situation_of(picture.case, on_the_line=picture.walk(now).on_the_line)
    return {**_card(picture.profile or {}), "state_zh": state, "state_en": _STATES_EN[state]}


def _card(profile: Mapping[str, Any]) -> Json:
    """What is not known is empty, never invented."""
    return {
        **{key: profile.get(key, "") for key in _CARD}, "age": profile.get("age"), "gender": profile.get("gender"),
        **{key: list(profile.get(key, ())) for key in _CARD_LISTS}, "state_zh": "", "state_en": "",
    }  # fmt: skip


def attempt_json(attempt: Attempt, *, masked: bool = False) -> Json:
    """``Attempt``. ``rung`` counts from 1; -1 the elder is called back, -2 a person asked, -3 a page, -4 safe mode."""
    hidden = masked and attempt.kind not in (*PUBLIC, "supervisor")
    number = "" if attempt.way == "account" else attempt.number
    return {
        "id": attempt.id, "rung": attempt.rung + 1 if attempt.rung >= 0 else attempt.rung, "round": attempt.round,
        "target": "" if hidden else attempt.target, "kind": attempt.kind,
        "name": mask_name(attempt.name) if hidden else attempt.name, "relation": attempt.relation,
        "number": mask_number(number) if masked and attempt.kind not in PUBLIC else number, "way": attempt.way,
        "state": attempt.state, "joined": attempt.joined, "key": attempt.key, "result": attempt.result, "cause": attempt.cause,
        "created_at": iso(attempt.created_at), "rang_at": iso(attempt.rang_at), "answered_at": iso(attempt.answered_at),
        "ended_at": iso(attempt.ended_at), "reference": attempt.reference, "asked": attempt.asked_by is not None,
    }  # fmt: skip


# --- where it is shown ----------------------------------------------------------------------------------------------


def entity_json(picture: Picture, now: datetime, *, masked: bool = False) -> Json:
    """The entity ``ladder``."""
    case, profile = picture.case, picture.profile or {}
    name = str(profile.get("name", ""))
    return {
        **ladder_json(picture, now, masked=masked),
        "attempts": [attempt_json(attempt, masked=masked) for attempt in picture.attempts],
        "case": {
            "number": case.number, "state": case.state, "who": mask_name(name) if masked else name,
            "district": profile.get("district"), "opened_at": iso(case.opened_at), "level": case.level, "source": case.source,
        },
    }  # fmt: skip


def is_shown(escalation: Escalation, attempts: Sequence[Attempt]) -> bool:
    """A ladder stays on the screens until it has ended and nobody of it is on the line."""
    return not escalation.over or any(attempt.open for attempt in attempts)


def row_json(picture: Picture, now: datetime, *, masked: bool = False) -> Json:
    """What a ``CallRow`` says of the ladder."""
    escalation = picture.escalation
    return {
        "state": escalation.state, "rung": escalation.rung + 1, "rungs": len(picture.policy.rungs),
        "next_at": iso(next_at(picture.walk(now))),
        "owner": _owner_json(picture, masked),
    }  # fmt: skip


def case_part(picture: Picture, now: datetime) -> Json:
    """What an emergency adds to ``CaseDetail``."""
    report = picture.report
    return {
        "ladder": ladder_json(picture, now),
        "attempts": [attempt_json(attempt) for attempt in picture.attempts],
        "report": report and {
            "written_at": iso(report.written_at), "signed_at": iso(report.signed_at), "signer": report.signer,
        },
    }  # fmt: skip


NO_LADDER: Json = {"ladder": None, "attempts": [], "report": None}

# --- the written report (R-12) --------------------------------------------------------------------------------------

_ROW = (
    "id", "number", "kind", "state", "red", "level", "opened_at", "waiting_since", "seat", "agent", "category", "subcategory",
    "disposition", "ended_at", "source", "answered_at",
)  # fmt: skip


def report_json(
    detail: Mapping[str, Any], picture: Picture | None, *, phone: str, names: Mapping[UUID, str], settled_at: str | None,
    now: datetime,
) -> Json:  # fmt: skip
    """``Report``: everything that the printed page shows. ``detail``: the case's ``CaseDetail``."""
    member: Mapping[str, Any] = detail.get("member") or {}
    card = card_json(picture, now) if picture is not None else _card(member)
    report = picture.report if picture is not None else None
    written = report.data if report is not None else {}
    return {
        "case": {
            **{key: detail.get(key) for key in _ROW}, "who": member.get("name", ""), "district": member.get("district"),
            "caller_display": detail["caller"]["display"], "position": None, "settled_at": settled_at,
        },
        "person": {**card, "phone": phone},
        "ladder": ladder_json(picture, now) if picture is not None else None,
        "attempts": [attempt_json(attempt) for attempt in picture.attempts] if picture is not None else [],
        "timeline": detail.get("timeline", []),
        "data": {name: written.get(name, "") for name in REPORT_FIELDS},
        "written_by": names.get(report.written_by) if report is not None and report.written_by else None,
        "written_at": iso(report.written_at) if report is not None else None,
        "signer": report.signer if report is not None else None,
        "signed_at": iso(report.signed_at) if report is not None else None,
    }  # fmt: skip

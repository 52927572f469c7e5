"""What people at the centre do about a red case: take charge, phone somebody now, join, drop, write and sign the report."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from callcenter.domain import attempts, ladder
from callcenter.domain.case import Case
from callcenter.domain.decision import Decision, Report, Situation
from callcenter.domain.errors import Refused
from callcenter.domain.escalation import ASKED, Attempt, Target
from callcenter.domain.facts import (
    AttemptDropped,
    AttemptJoined,
    ByPerson,
    ChargeTaken,
    ContactCalled,
    DrillAsked,
    DrillStopped,
    ReferenceNoted,
    ReportSigned,
    ReportWritten,
)
from callcenter.domain.policy import PUBLIC
from callcenter.domain.walk import Walk, begin_ladder

ASKED_RING_SECONDS = 30.0
REPORT_FIELDS = ("condition", "actions", "plan", "outcome", "supervision")
"""R-12: 老人状况、联系经过、处置方案、结果、监督情况."""
REPORT_LIMIT = 4000


def _walk(situation: Situation, fact: ByPerson, decision: Decision) -> Walk:
    """The red case this person may act on: any seat or supervisor, for nobody is forbidden to help."""
    if situation.case is None:
        raise Refused("no_such_case", "没有这个求助件。", "There is no such case.", status=404)
    if situation.escalation is None:
        raise Refused("no_ladder", "这个求助件不是紧急求助,没有联系阶梯。", "This case is no emergency: it has no ladder.")
    decision.case = situation.case
    return Walk(situation, decision)


def _red(walk: Walk) -> None:
    if not walk.case.red or walk.escalation.over:
        raise Refused("not_red", "这个求助件的紧急状态已经解除。", "This emergency is over already.", rule="R-12")


def charge_taken(situation: Situation, fact: ChargeTaken, decision: Decision) -> None:
    walk = _walk(situation, fact, decision)
    _red(walk)
    if fact.role == "seat" and not _handles(walk.case, fact) and walk.case.state in ("talking", "wrap_up"):
        raise Refused("others_case", "其他坐席正在处理这个求助件。", "Another seat is handling this case.", status=403)
    attempts.acknowledge(walk, "supervisor" if fact.role == "supervisor" else "seat", name=fact.seat or "", agent_id=fact.agent_id)
    if walk.case.agent_id is None:
        decision.change(agent_id=fact.agent_id)


def _handles(case: Case, fact: ByPerson) -> bool:
    return fact.seat is not None and (case.seat == fact.seat or case.offer_to(fact.seat) is not None)


def contact_called(situation: Situation, fact: ContactCalled, decision: Decision) -> None:
    """Phone somebody now, whatever the ladder does. A number that is on the line already is not rung twice."""
    walk = _walk(situation, fact, decision)
    _red(walk)
    target = _target(walk, fact.target)
    if any(a.open and a.target == target.key for a in walk.attempts) or walk.in_use(target):
        raise Refused("already_calling", "正在呼叫此人。", "They are being called already.")
    made = ladder.dial(walk, target, ASKED, ASKED_RING_SECONDS, asked_by=fact.agent_id)
    if made.result == "refused":
        raise Refused(
            "public_disabled", f"本系统未启用真实的{target.number}。", f"The real {target.number} is not enabled here.",
            remedy_zh="请用手机拨打,并记录编号。", remedy_en="Dial it on a mobile phone and note the reference.", rule="R-12",
        )  # fmt: skip
    decision.note("contact_called", agent_id=fact.agent_id, name=target.name, relation=target.relation, what=target.kind)
    if target.key in walk.escalation.assisted:
        walk.change(assisted=tuple(code for code in walk.escalation.assisted if code != target.key))


def _target(walk: Walk, key: str) -> Target:
    around = walk.situation.around
    if key in PUBLIC:
        number = walk.policy.public_number(key)
        return ladder.public_target(number, drill=walk.escalation.drill)
    for target in (*around.contacts, *around.duty, *around.own):
        if target.key == key:
            return target
    raise Refused("no_such_contact", "没有这个联系人。", "There is no such contact.", status=404)


def _attempt(walk: Walk, attempt_id: str) -> Attempt:
    found = attempts.find(walk.situation, walk.decision, attempt_id)
    if found is None:
        raise Refused("no_such_attempt", "没有这次呼叫。", "There is no such call.", status=404)
    return found


def attempt_joined(situation: Situation, fact: AttemptJoined, decision: Decision) -> None:
    walk = _walk(situation, fact, decision)
    attempt = _attempt(walk, fact.attempt_id)
    if attempt.state != "answered" or walk.escalation.drill:
        raise Refused("not_answered", "对方不在线上。", "They are not on the line.")
    if not attempt.joined:
        attempts.join_asked(situation, decision, attempt)


def attempt_dropped(situation: Situation, fact: AttemptDropped, decision: Decision) -> None:
    walk = _walk(situation, fact, decision)
    attempt = _attempt(walk, fact.attempt_id)
    if not attempt.open:
        raise Refused("attempt_over", "这次呼叫已经结束。", "This call is over already.")
    attempts.drop(decision, attempt)
    decision.note("attempt_dropped", agent_id=fact.agent_id, attempt=attempt.id, name=attempt.name, relation=attempt.relation)


def reference_noted(situation: Situation, fact: ReferenceNoted, decision: Decision) -> None:
    walk = _walk(situation, fact, decision)
    attempt = _attempt(walk, fact.attempt_id)
    reference = fact.reference.strip()
    if not attempt.public or not 1 <= len(reference) <= 64:
        raise Refused(
            "reference", "请填写110/119/120给出的编号(64字以内)。", "Give the number that 110/119/120 told, up to 64 characters.",
            rule="R-12",
            status=422,
        )  # fmt: skip
    decision.attempts[attempt.id] = replace(attempt, reference=reference)
    decision.note("reference_noted", agent_id=fact.agent_id, number=attempt.number, reference=reference, attempt=attempt.id)


# --- drills ---------------------------------------------------------------------------------------------------------


def drill_asked(situation: Situation, fact: DrillAsked, decision: Decision) -> None:
    """A whole ladder for practice: everybody is phoned by the drill trunk, and hears that it is a drill."""
    if situation.case is not None:
        return  # told twice
    arrival = situation.arrival
    assert arrival is not None
    case = Case(
        id=fact.case_id, number=arrival.number, kind="emergency", source="drill", line="", state="open", opened_at=decision.now,
        pressed_at=decision.now, ended_at=decision.now, member_id=fact.member_id, red=True, agent_id=fact.agent_id,
    )  # fmt: skip
    decision.case = case
    decision.note("drill_started", agent_id=fact.agent_id)
    begin_ladder(case, decision, drill=True)


def drill_stopped(situation: Situation, fact: DrillStopped, decision: Decision) -> None:
    walk = _walk(situation, fact, decision)
    if not walk.escalation.drill:
        raise Refused("not_a_drill", "这不是演练。", "This is not a drill.")
    if walk.escalation.over:
        raise Refused("drill_over", "演练已经结束。", "The drill is over already.")
    attempts.end_drill(situation, decision, "drill_stopped")


# --- the written report (R-12) --------------------------------------------------------------------------------------


def report_written(situation: Situation, fact: ReportWritten, decision: Decision) -> None:
    _walk(situation, fact, decision)
    if situation.report is not None and situation.report.signed_at is not None:
        raise Refused("report_signed", "报告已签字,不能再改。", "The report is signed: it does not change any more.", rule="R-12")
    data: dict[str, Any] = {name: str(fact.report.get(name, "")).strip()[:REPORT_LIMIT] for name in REPORT_FIELDS}
    decision.report = Report(data, fact.agent_id, decision.now)
    decision.note("report_written", agent_id=fact.agent_id)


def report_signed(situation: Situation, fact: ReportSigned, decision: Decision) -> None:
    """The head of the department signs before the report is filed: a whole report, of a case that is no longer red."""
    _walk(situation, fact, decision)
    report, case = situation.report, situation.case
    assert case is not None
    if fact.role != "supervisor":
        raise Refused("not_head", "须由部门负责人签字。", "The head of the department signs.", rule="R-12", status=403)
    if report is None or not all(report.data.get(name) for name in ("condition", "actions", "outcome")):
        raise Refused(
            "report_incomplete", "报告还没有写完:老人状况、处置经过、结果必填。",
            "The report is not whole: condition, actions and outcome are needed.",
            rule="R-12", status=422,
        )  # fmt: skip
    if report.signed_at is not None:
        raise Refused("report_signed", "报告已签字。", "The report is signed already.", rule="R-12")
    if case.red:
        raise Refused("still_red", "紧急状态尚未解除,不能签字归档。", "The emergency is not over: it cannot be filed.", rule="R-12")
    signer = fact.signer.strip()
    if not 1 <= len(signer) <= 40:
        raise Refused("signer", "请签署姓名。", "Sign with your name.", rule="R-12", status=422)
    decision.report = replace(report, signed_by=fact.agent_id, signer=signer, signed_at=decision.now)
    decision.note("report_signed", agent_id=fact.agent_id, signer=signer)

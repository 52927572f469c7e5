"""When the elder is dissatisfied (V-3, D-6): the group leader handles it or reports it, and says which way; the supervisor's
outcome is required; nobody's silence ends it. What is put right goes through the one loop of R-17 (``feedback.py``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID, uuid5

from callcenter.domain.decision import Decision, Situation
from callcenter.domain.errors import Refused
from callcenter.domain.facts import PaperFact, TimerDue
from callcenter.domain.papers import feedback
from callcenter.domain.papers.common import due_paper, find, the_case, touch, words
from callcenter.domain.papers.follow_up import FollowUp, Measure, Outcome, settle, word_id

MAY_DECIDE = frozenset({"group_leader", "supervisor", "department_head"})
MAY_END = frozenset({"supervisor", "department_head"})
"""Who states the outcome of what was reported to them (D-6)."""


@dataclass(frozen=True)
class FollowUpDecided(PaperFact):
    """The group leader's word: report, or handle, and how. ``party``: whose fault it is (R-17)."""

    paper_id: UUID | None = None
    decision: Literal["handle", "report"] = "report"
    measure: Measure | None = None
    text: str = ""
    party: feedback.Party | None = None


@dataclass(frozen=True)
class FollowUpResolved(PaperFact):
    paper_id: UUID | None = None
    outcome: Outcome = "put_right"
    text: str = ""


def decided(situation: Situation, fact: FollowUpDecided, decision: Decision) -> None:
    case, paper = the_case(situation), find(situation, FollowUp, fact.paper_id)
    _role(fact, MAY_DECIDE)
    text, handle = words(fact.text, "处理意见", "decision", "V-3"), fact.decision == "handle"
    if handle and (fact.measure is None or fact.party is None):
        raise Refused(
            "measure_needed", "自行处理的,请选择处理方式和责任方。", "Handling it needs a measure, and whose fault it is.",
            rule="V-3", status=422,
        )  # fmt: skip
    due = situation.office.calendar.after(decision.now, round(situation.office.limit("D-6", "days", decision.now)))
    values = {
        "decision": fact.decision, "measure": fact.measure if handle else None, "decision_text": text,
        "decided_by": fact.agent_id, "decided_at": decision.now, "due_at": due, "overdue": False,
    }  # fmt: skip
    decision.cancel_timer(paper.timer("unheard"))
    touch(situation, decision)
    if handle:
        assert fact.party is not None
        # What was said in this follow-up: meanwhile another order of the case may have been praised.
        said = next((one for one in situation.papers_of(feedback.Feedback) if one.id == word_id(paper)), None)
        if case.state != "closed" and said is not None:
            stated = uuid5(paper.id, "liability")
            stating = feedback.LiabilityStated(
                fact.agent_id, fact.role, fact.seat, fact.case_id, paper_id=stated, party=fact.party, text=text, demand=text
            )
            feedback.state_liability(situation, stating, decision, said)
            values["rework_id"] = feedback.rework_of(stated) if fact.party in feedback.AT_FAULT else None
        kept = decision.put(paper.moved("handle", decision.now, fact.agent_id, owner_id=fact.agent_id, **values))
        decision.found("V-3", "调度组长决定处理", "the group leader handles it")
    else:
        kept = decision.put(paper.moved("report", decision.now, fact.agent_id, owner_id=None, **values))
        decision.warnings.append(("follow_up_escalated", case.number))
        decision.found("D-6", "已报主管领导,须有处理结果", "reported to the supervisor: an outcome is required")
    decision.set_deadline(kept, "late", due)
    decision.note("follow_up_decided", agent_id=fact.agent_id, paper=str(paper.id), decision=fact.decision, text=text)


def resolved(situation: Situation, fact: FollowUpResolved, decision: Decision) -> None:
    paper = find(situation, FollowUp, fact.paper_id)
    _role(fact, MAY_END if paper.state == "escalated" else MAY_DECIDE)
    rework = next((one for one in situation.papers_of(feedback.Rework) if one.id == paper.rework_id), None)
    if rework is not None and rework.unfinished:
        raise Refused(
            "rework_runs", "整改尚未完成。", "The rework is not done yet.", remedy_zh="请先登记整改结果。",
            remedy_en="Record its result first.", rule="R-17",
        )  # fmt: skip
    text = words(fact.text, "处理结果", "outcome", "D-6")
    touch(situation, decision)
    settle(situation, decision, paper, fact.agent_id, fact.outcome, text)
    decision.found("D-6", "不满意的处理已有结果", "what came of it is on record")
    decision.note("follow_up_resolved", agent_id=fact.agent_id, paper=str(paper.id), outcome=fact.outcome, text=text)


def unheard(situation: Situation, fact: TimerDue, decision: Decision) -> None:
    """The group leader has not decided in time: it goes to the supervisor by itself."""
    paper = due_paper(situation, FollowUp, fact.data)
    if paper is None or paper.state != "reported":
        return
    due = situation.office.calendar.after(decision.now, round(situation.office.limit("D-6", "days", decision.now)))
    kept = decision.put(paper.moved("report", decision.now, None, owner_id=None, decision="report", due_at=due, overdue=False))
    decision.set_deadline(kept, "late", due)
    touch(situation, decision)
    decision.warnings.append(("follow_up_escalated", the_case(situation).number))
    decision.found("V-3", "调度组长未及时决定,已自动上报", "the group leader did not decide in time: reported", ok=False)
    decision.note("follow_up_unheard", paper=str(paper.id))


def _role(fact: PaperFact, roles: frozenset[str]) -> None:
    if fact.role not in roles:
        raise Refused(
            "leaders_decide", "由调度组长决定,上报后由主管领导给出结果。",
            "The group leader decides; what was reported, the supervisor ends.", rule="V-3", status=403,
        )  # fmt: skip

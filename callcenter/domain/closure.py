"""Closing a case: the one way through all of its guards (``closure_guards``).

A case closes by a person's ``close``, by the result of a conversation (R-8, R-16: ``may_close_at_once``), or by the three days of
R-18. All three ask the same guards; nothing else sets the state ``closed``, but for test presses and drills, which are no cases.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

from callcenter.domain import case as cases
from callcenter.domain.case import Case
from callcenter.domain.catalogue import UNREASONABLE, ids
from callcenter.domain.closure_guards import (
    case_of,
    has_category,
    has_owner,
    is_calm,
    is_followed_up,
    is_ordered,
    is_replied,
    is_resolved,
    is_satisfied,
    is_verified,
    is_written_down,
    running_order,
    three_days_over,
    unfinished,
)
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.errors import Refused
from callcenter.domain.facts import PaperFact, TimerDue
from callcenter.domain.papers.common import own, words
from callcenter.domain.papers.feedback import Feedback, word_of
from callcenter.domain.papers.proof import Ground
from callcenter.domain.receipt import Finding, Unmet

GroundKind = Literal["resolved", "handed_over", "conclusion"]


@dataclass(frozen=True)
class CloseAsked(PaperFact):
    """``ground``, ``body`` and ``evidence``: of an emergency (R-19). ``summary``: what came of it, where nobody has written it
    yet."""

    ground: GroundKind | None = None
    body: str = ""
    evidence: str = ""
    summary: str = ""


@dataclass(frozen=True)
class JudgedUnreasonable(PaperFact):
    """After intake a case turns out to be unreasonable (R-8). ``reason``: one of R-5's; ``explanation``: what was explained."""

    reason: str = ""
    explanation: str = ""


def findings(situation: Situation, now: datetime, *, not_followed_up: bool = False) -> list[Finding]:
    """What every rule that concerns this case says of closing it now. ``not_followed_up``: by the three days of R-18."""
    case = case_of(situation)
    found = [has_owner(situation, now), is_calm(situation, now), has_category(situation, now), is_written_down(situation, now)]
    found += unfinished(situation)
    if case.unreasonable is not None:
        running = running_order(situation)
        return [*found, *([running] if running else []), Finding("R-8", True, "不合理求助,已说明", "unreasonable, and explained")]
    found += [is_replied(situation, now), is_verified(situation, now), is_ordered(situation, now)]
    if case.kind == "emergency" or case.category == "rescue":
        found += [is_resolved(situation, now), is_followed_up(situation, now)]
    elif case.category == "consultation" and case.subcategory != "service":
        found.append(Finding("R-16", True, "咨询(非服务咨询),服务后可结案", "a consultation, not about services"))
    else:
        found.append(three_days_over(situation, now) if not_followed_up else is_satisfied(situation, now))
    return found


def close_asked(situation: Situation, fact: CloseAsked, decision: Decision) -> None:
    """A person closes the case. What R-18 allows is tried where nobody could be asked."""
    case, now = own(situation, fact), decision.now
    if "close" not in cases.MOVES[case.state]:
        raise Refused(
            "still_running", "通话尚未结束,不能结案。", "The call is not over: it cannot close.",
            remedy_zh="请先结束通话并提交小结。", remedy_en="End it, and hand in the result.", rule="R-0",
        )  # fmt: skip
    decision.case = case
    if fact.summary.strip() and not (case.summary or "").strip():
        decision.change(summary=words(fact.summary, "小结", "summary", "R-6"))
    looked = _with(situation, decision)
    if fact.ground is not None:
        looked = _with(looked, decision, _ground(case, fact, decision))
    found = findings(looked, now)
    by_rule = "R-17"
    if any(f.rule == "R-17" and not f.ok for f in found) and word_of(looked) is None and three_days_over(looked, now).ok:
        found, by_rule = findings(looked, now, not_followed_up=True), "R-18"
    if not all(f.ok for f in found):
        raise Unmet("not_to_be_closed", "还不能结案:", "It cannot close yet:", found)
    _close(decision, found, fact.agent_id, _rule(looked, by_rule))


def three_days(situation: Situation, fact: TimerDue, decision: Decision) -> None:
    """R-18's timer. Where another rule still keeps the case open, that is noted, and a person closes it later."""
    attempt, case = _attempt(situation, fact), situation.case
    if attempt is None or case is None or "close" not in cases.MOVES[case.state] or not three_days_over(situation, decision.now).ok:
        return
    found = findings(situation, decision.now, not_followed_up=True)
    decision.case = case
    if all(f.ok for f in found):
        _close(decision, found, None, "R-18")
        return
    decision.receipt += found
    decision.note("three_days_over", paper=str(attempt.id))


def _attempt(situation: Situation, fact: TimerDue) -> Feedback | None:
    """The failed attempt of the timer. Such a paper is complete as it is written, so it is looked for among all."""
    return next((p for p in situation.papers_of(Feedback) if str(p.id) == fact.data.get("paper")), None)


def may_close_at_once(situation: Situation, decision: Decision) -> bool:
    """Whether the result of a conversation closes the case (R-8, R-16): the guards are asked as for everybody else, of the case as
    the result has made it. The receipt says what they found."""
    found = findings(_with(situation, decision), decision.now)
    if all(f.ok for f in found):
        decision.receipt += found
        return True
    return False


def judged(situation: Situation, fact: JudgedUnreasonable, decision: Decision) -> None:
    """R-8: it turned out to be unreasonable. Only R-5's five reasons count (R-7), and the explanation is written down."""
    case = own(situation, fact)
    if fact.reason not in ids(UNREASONABLE):
        raise Refused(
            "refusal_needs_reason", "合理求助件不得拒绝:只有五类不合理情形可以拒绝。", "Only R-5's five reasons refuse a case.",
            remedy_zh="请选择其中一类,或继续办理。", remedy_en="Choose one of them, or go on with it.", rule="R-7", status=422,
        )  # fmt: skip
    explanation = words(fact.explanation, "向求助者所作的说明", "explanation", "R-8")
    decision.case = case
    decision.change(unreasonable=fact.reason, disposition="explained", summary=case.summary or explanation)
    decision.found("R-8", "已认定不合理并作说明,周例会反映", "unreasonable, explained, and told at the weekly meeting")
    decision.note("judged_unreasonable", agent_id=fact.agent_id, reason=fact.reason, text=explanation)


def _close(decision: Decision, found: list[Finding], agent_id: UUID | None, rule: str) -> None:
    case = decision.case
    assert case is not None
    decision.change(state=cases.after(case.state, "close"), closed_at=decision.now)
    decision.receipt += found
    decision.note("closed", agent_id=agent_id, rule=rule, followed_up=rule != "R-18")


def _rule(situation: Situation, otherwise: str) -> str:
    """The rule by which it closes."""
    case = case_of(situation)
    if case.unreasonable is not None:
        return "R-8"
    if case.kind == "emergency" or case.category == "rescue":
        return "R-19"
    return "R-16" if case.category == "consultation" and case.subcategory != "service" else otherwise


def _ground(case: Case, fact: CloseAsked, decision: Decision) -> Ground:
    assert fact.ground is not None
    if fact.ground != "resolved" and not fact.body.strip():
        raise Refused(
            "body_needed",
            "请写明移送或作出结论的部门。",
            "Name the department it went to, or that concluded.",
            rule="R-19",
            status=422,
        )
    return decision.put(
        Ground(
            id=uuid5(case.id, f"ground {decision.now.isoformat()}"), case_id=case.id, state="given", opened_at=decision.now,
            opened_by=fact.agent_id, done_at=decision.now, done_by=fact.agent_id, ground=fact.ground, body=fact.body.strip(),
            evidence=words(fact.evidence, "结案的证据", "evidence", "R-19"),
        )
    )  # fmt: skip


def _with(situation: Situation, decision: Decision, *more: Ground) -> Situation:
    """The situation as this decision has made it so far."""
    changed = {**{paper.id: paper for paper in situation.papers}, **decision.papers, **{paper.id: paper for paper in more}}
    return replace(situation, case=decision.case or situation.case, papers=tuple(changed.values()))

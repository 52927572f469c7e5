"""Closing a case: every guard as a function that says what it finds, and the one way through all of them.

A case closes by a person's ``close``, by the result of a conversation (R-8, R-16: ``may_close_at_once``), or by the three days of
R-18. All three ask the same guards; nothing else sets the state ``closed``, but for test presses and drills, which are no cases.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid5

from callcenter.domain import case as cases
from callcenter.domain.case import DESK_SOURCES, Case
from callcenter.domain.catalogue import CATEGORIES, UNREASONABLE, ids
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.errors import Refused
from callcenter.domain.facts import PaperFact, TimerDue
from callcenter.domain.papers.common import own, words
from callcenter.domain.papers.feedback import AT_FAULT, Feedback, Liability, OutsideBody, word_of
from callcenter.domain.papers.follow_up import LOOP, FollowUp
from callcenter.domain.papers.hand_over import HandOver
from callcenter.domain.papers.proof import Ground, Reply, Verification
from callcenter.domain.papers.work_order import OVER, WorkOrder
from callcenter.domain.receipt import Finding, Unmet

GroundKind = Literal["resolved", "handed_over", "conclusion"]
MISTAKEN = frozenset({"false_alarm", "test"})
SPOKEN_ANSWER = frozenset({"answered", "explained", "helped", "follow_up", *MISTAKEN})
"""Results of a conversation that are themselves the reply: it was given in it, and it is recorded."""


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


# --- the guards: each looks at the case and says what it finds ---------------------------------------------------------


def has_owner(situation: Situation, _now: datetime) -> Finding:
    ok = _case(situation).agent_id is not None
    return Finding(
        "R-1", ok, "有受理人" if ok else "没有受理人。", "it has an owner" if ok else "it has no owner.",
        "" if ok else "请先领取或指定受理人。", "" if ok else "Take it, or name an owner.",
    )  # fmt: skip


def has_category(situation: Situation, _now: datetime) -> Finding:
    case = _case(situation)
    category = next((c for c in CATEGORIES if c.id == case.category), None)
    ok = category is not None and case.subcategory in ids(category.children)
    return Finding(
        "R-3", ok, "两级类别齐全" if ok else "类别不完整。", "both levels of category" if ok else "the category is incomplete.",
        "" if ok else "请选择两级类别。", "" if ok else "Choose both levels.",
    )  # fmt: skip


def is_written_down(situation: Situation, _now: datetime) -> Finding:
    ok = bool((_case(situation).summary or "").strip())
    return Finding(
        "R-6", ok, "处理情况已记录" if ok else "处理情况没有记录。",
        "what came of it is written down" if ok else "nothing is written down.",
        "" if ok else "请填写小结。", "" if ok else "Write the summary.",
    )  # fmt: skip


def is_calm(situation: Situation, _now: datetime) -> Finding:
    ok = not _case(situation).red
    return Finding(
        "R-19", ok, "紧急状态已解除" if ok else "紧急状态尚未解除。", "the emergency is over" if ok else "it is still red.",
        "" if ok else "请先确认老人平安并解除。", "" if ok else "Settle it first.",
    )  # fmt: skip


def is_replied(situation: Situation, _now: datetime) -> Finding:
    case = _case(situation)
    ok = bool(situation.papers_of(Reply)) or case.disposition in SPOKEN_ANSWER
    return Finding(
        "S-6", ok, "已回复求助者" if ok else "没有回复求助者的记录。", "the caller has a reply" if ok else "no reply is on record.",
        "" if ok else "请登记向谁、以何方式、回复了什么。", "" if ok else "Record who was told, how and what.",
    )  # fmt: skip


def is_verified(situation: Situation, _now: datetime) -> Finding:
    """S-5 asks it of affairs that were handed over: by a colleague, or in writing."""
    case = _case(situation)
    handed = case.source in DESK_SOURCES - {"walk_in"} or any(p.state == "accepted" for p in situation.papers_of(HandOver))
    needed = (case.category, case.subcategory) == ("consultation", "affairs") and handed
    ok = not needed or bool(situation.papers_of(Verification))
    return Finding(
        "S-5", ok, "无须核实" if not needed else "已核实" if ok else "交接的事务类个案未经核实。",
        "nothing to verify" if not needed else "verified" if ok else "an affair that was handed over is not verified.",
        "" if ok else "请登记核实方式和结果。", "" if ok else "Record how it was verified, and the result.",
    )  # fmt: skip


def is_satisfied(situation: Situation, now: datetime) -> Finding:
    """R-17, with R-14: the elder was asked and is not dissatisfied; or the fault is not with who served, and that was explained; or
    an outside body has decided. Else it does not close."""
    last = word_of(situation)
    if last is None:
        return Finding(
            "R-17", False, "尚未回访,不知是否满意。", "nobody has asked whether the elder is satisfied.",
            "请回访;多次未接通且三日内无投诉的,可按第十八条结案。",
            "Ask; after failed attempts and three days without a complaint R-18 allows to close.",
        )  # fmt: skip
    if last.result == "satisfied":
        return Finding("R-17", True, "回访确认没有不满", "asked, and not dissatisfied")
    return _dissatisfied(situation, last)


def _dissatisfied(situation: Situation, last: Feedback) -> Finding:
    decided = [paper for paper in situation.papers_of(OutsideBody) if paper.state == "answered"]
    if any(paper.opened_at >= last.opened_at for paper in decided):
        return Finding("R-17", True, "外部部门已有处理结果", "an outside body has decided")
    stated = [paper for paper in situation.papers_of(Liability) if paper.feedback_id == last.id]
    if not stated:
        return Finding(
            "R-17", False, "求助者不满意,尚未归因。", "the elder is dissatisfied, and nobody has said whose fault it is.",
            "请分析原因,认定责任。", "State the cause and who is liable.",
        )  # fmt: skip
    if stated[-1].party not in AT_FAULT:
        return Finding("R-17", True, "责任不在服务方,已向求助者说明", "not the fault of who served, and explained")
    return Finding(
        "R-17", False, "责任在服务方,求助者仍不满意,不得结案。",
        "it is the fault of who served, and the elder is still dissatisfied.",
        "请完成整改并再次回访;仍不满意的,可请工商、消协或主管部门介入,有结果后结案。",
        "Have it put right and ask again; if that does not help, an outside body's decision is needed.",
    )  # fmt: skip


def three_days_over(situation: Situation, now: datetime) -> Finding:
    """R-18: failed attempts are on record, three days have passed since the last, and nobody has complained or said a word."""
    failed = [paper for paper in situation.papers_of(Feedback) if paper.result == "not_reached"]
    least = round(situation.office.limit("R-18", "attempts", now))
    days = round(situation.office.limit("R-18", "days", now))
    if word_of(situation) is not None:
        why = ("求助者已有意见,不适用第十八条。", "the elder has said a word: R-17 decides.")
    elif len(failed) < least:
        why = (
            f"只登记了 {len(failed)} 次未接通,至少 {least} 次。",
            f"{len(failed)} failed attempts are on record, {least} are needed.",
        )
    elif now < situation.office.calendar.after(failed[-1].opened_at, days) - timedelta(seconds=1):
        why = (f"最后一次回访后未满 {days} 日。", f"less than {days} days since the last attempt.")
    else:
        return Finding("R-18", True, "多次未接通,三日内无投诉:未回访结案", "not reached, three days without a complaint")
    return Finding("R-18", False, *why, "请继续回访。", "Go on trying.")


def is_resolved(situation: Situation, now: datetime) -> Finding:
    """R-19: one of three grounds, each with its evidence."""
    grounds = situation.papers_of(Ground)
    ok = bool(grounds) or _case(situation).disposition in MISTAKEN
    return Finding(
        "R-19", ok, "结案依据齐全" if ok else "没有结案依据。",
        "closed on a ground with evidence" if ok else "no ground to close on.",
        "" if ok else "请选择:已解决、已移送并解决、或有关部门的结论,并写明证据。",
        "" if ok else "Resolved, handed over and resolved, or an authority's conclusion, with evidence.",
    )  # fmt: skip


def is_followed_up(situation: Situation, now: datetime) -> Finding:
    """R-15: a rescue is followed up, always; a press by mistake was none."""
    ok = word_of(situation) is not None or _case(situation).disposition in MISTAKEN
    return Finding(
        "R-15", ok, "已回访" if ok else "紧急救援尚未回访。", "followed up" if ok else "the rescue was not followed up.",
        "" if ok else "请回访老人或家属。", "" if ok else "Ask the elder or the family.",
    )  # fmt: skip


def is_ordered(situation: Situation, _now: datetime) -> Finding:
    """D-7: no service without an order; and none closes its case while it is on its way. Whether the elder got what they asked for
    is the follow-up's question; copies and fee may come after."""
    case, orders = _case(situation), situation.papers_of(WorkOrder)
    running = _running(situation)
    if running is not None:
        return running
    served = case.category == "life_help" and case.disposition in (None, "service_needed")
    ok = bool(orders) or not served
    return Finding(
        "D-7", ok, "服务有派工单" if orders else "无须派工" if ok else "生活帮助服务没有派工单。",
        "served by an order" if orders else "nothing to dispatch" if ok else "a service in daily life has no order.",
        "" if ok else "请派工;已先服务的请补派工单;老人不再需要的,开单后取消并写明原因。",
        "" if ok else "Open an order; write it afterwards for what was served first; or open and cancel it with the reason.",
    )  # fmt: skip


def _running(situation: Situation) -> Finding | None:
    """D-7: somebody is on the way, or would be sent."""
    running = next((order for order in situation.papers_of(WorkOrder) if order.state not in OVER), None)
    if running is None:
        return None
    return Finding(
        "D-7", False, f"派工单{running.number}尚未完成。", f"order {running.number} is not done.",
        "请完成派工单,或取消并写明原因。", "Complete it, or cancel it with its reason.",
    )  # fmt: skip


def unfinished(situation: Situation, but: UUID | None = None) -> list[Finding]:
    """Papers that are not done, each with the rule that keeps the case open because of it."""
    found = [
        Finding(paper.blocks, False, f"{paper.zh}尚未办结。", f"a {paper.noun.replace('_', ' ')} is unfinished.", *paper.remedy)
        for paper in situation.papers
        if paper.blocks is not None and paper.unfinished and paper.id != but
    ]
    if any(paper.state in LOOP for paper in situation.papers_of(FollowUp)):
        found.append(
            Finding(
                "D-6", False, "回访不满意,尚无处理结果。", "the elder is dissatisfied, and nobody has said what came of it.",
                "请调度组长决定处理或上报,并登记结果。", "The group leader decides; then record the outcome.",
            )
        )  # fmt: skip
    return found


# --- the way through them ---------------------------------------------------------------------------------------------


def findings(situation: Situation, now: datetime, *, not_followed_up: bool = False) -> list[Finding]:
    """What every rule that concerns this case says of closing it now. ``not_followed_up``: by the three days of R-18."""
    case = _case(situation)
    found = [has_owner(situation, now), is_calm(situation, now), has_category(situation, now), is_written_down(situation, now)]
    found += unfinished(situation)
    if case.unreasonable is not None:
        running = _running(situation)
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
    case = _case(situation)
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


def _case(situation: Situation) -> Case:
    assert situation.case is not None
    return situation.case

"""The guards of a case's closure: each looks at the case and says what it finds, with what is to be done. ``closure`` asks them."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from callcenter.domain.case import DESK_SOURCES, Case
from callcenter.domain.catalogue import CATEGORIES, ids
from callcenter.domain.decision import Situation
from callcenter.domain.papers.feedback import AT_FAULT, Feedback, Liability, OutsideBody, word_of
from callcenter.domain.papers.follow_up import LOOP, FollowUp
from callcenter.domain.papers.hand_over import HandOver
from callcenter.domain.papers.proof import Ground, Reply, Verification
from callcenter.domain.papers.work_order import OVER, WorkOrder
from callcenter.domain.receipt import Finding

MISTAKEN = frozenset({"false_alarm", "test"})
SPOKEN_ANSWER = frozenset({"answered", "explained", "helped", "follow_up", *MISTAKEN})
"""Results of a conversation that are themselves the reply: it was given in it, and it is recorded."""


def case_of(situation: Situation) -> Case:
    """The case that is looked at."""
    assert situation.case is not None
    return situation.case


def has_owner(situation: Situation, _now: datetime) -> Finding:
    ok = case_of(situation).agent_id is not None
    return Finding(
        "R-1", ok, "有受理人" if ok else "没有受理人。", "it has an owner" if ok else "it has no owner.",
        "" if ok else "请先领取或指定受理人。", "" if ok else "Take it, or name an owner.",
    )  # fmt: skip


def has_category(situation: Situation, _now: datetime) -> Finding:
    case = case_of(situation)
    category = next((c for c in CATEGORIES if c.id == case.category), None)
    ok = category is not None and case.subcategory in ids(category.children)
    return Finding(
        "R-3", ok, "两级类别齐全" if ok else "类别不完整。", "both levels of category" if ok else "the category is incomplete.",
        "" if ok else "请选择两级类别。", "" if ok else "Choose both levels.",
    )  # fmt: skip


def is_written_down(situation: Situation, _now: datetime) -> Finding:
    ok = bool((case_of(situation).summary or "").strip())
    return Finding(
        "R-6", ok, "处理情况已记录" if ok else "处理情况没有记录。",
        "what came of it is written down" if ok else "nothing is written down.",
        "" if ok else "请填写小结。", "" if ok else "Write the summary.",
    )  # fmt: skip


def is_calm(situation: Situation, _now: datetime) -> Finding:
    ok = not case_of(situation).red
    return Finding(
        "R-19", ok, "紧急状态已解除" if ok else "紧急状态尚未解除。", "the emergency is over" if ok else "it is still red.",
        "" if ok else "请先确认老人平安并解除。", "" if ok else "Settle it first.",
    )  # fmt: skip


def is_replied(situation: Situation, _now: datetime) -> Finding:
    case = case_of(situation)
    ok = bool(situation.papers_of(Reply)) or case.disposition in SPOKEN_ANSWER
    return Finding(
        "S-6", ok, "已回复求助者" if ok else "没有回复求助者的记录。", "the caller has a reply" if ok else "no reply is on record.",
        "" if ok else "请登记向谁、以何方式、回复了什么。", "" if ok else "Record who was told, how and what.",
    )  # fmt: skip


def is_verified(situation: Situation, _now: datetime) -> Finding:
    """S-5 asks it of affairs that were handed over: by a colleague, or in writing."""
    case = case_of(situation)
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
    ok = bool(grounds) or case_of(situation).disposition in MISTAKEN
    return Finding(
        "R-19", ok, "结案依据齐全" if ok else "没有结案依据。",
        "closed on a ground with evidence" if ok else "no ground to close on.",
        "" if ok else "请选择:已解决、已移送并解决、或有关部门的结论,并写明证据。",
        "" if ok else "Resolved, handed over and resolved, or an authority's conclusion, with evidence.",
    )  # fmt: skip


def is_followed_up(situation: Situation, now: datetime) -> Finding:
    """R-15: a rescue is followed up, always; a press by mistake was none."""
    ok = word_of(situation) is not None or case_of(situation).disposition in MISTAKEN
    return Finding(
        "R-15", ok, "已回访" if ok else "紧急救援尚未回访。", "followed up" if ok else "the rescue was not followed up.",
        "" if ok else "请回访老人或家属。", "" if ok else "Ask the elder or the family.",
    )  # fmt: skip


def is_ordered(situation: Situation, _now: datetime) -> Finding:
    """D-7: no service without an order; and none closes its case while it is on its way. Whether the elder got what they asked for
    is the follow-up's question; copies and fee may come after."""
    case, orders = case_of(situation), situation.papers_of(WorkOrder)
    running = running_order(situation)
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


def running_order(situation: Situation) -> Finding | None:
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

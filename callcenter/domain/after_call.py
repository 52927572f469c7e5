"""What people do with a case: decline, take, note, choose the member, wrap up, settle, call back. Pure functions.

Each refuses what the centre's rules do not allow, and says which rule; a refusal changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from callcenter.domain import attempts, closure
from callcenter.domain import case as cases
from callcenter.domain import seat as seats
from callcenter.domain.call_flow import conversation_over
from callcenter.domain.case import Case, Task
from callcenter.domain.catalogue import (
    CATEGORIES,
    DISPOSITIONS,
    SETTLE_OUTCOMES,
    TASK_OUTCOMES,
    UNREASONABLE,
    ids,
)
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.effects import HangUp
from callcenter.domain.errors import Refused
from callcenter.domain.facts import (
    ByPerson,
    CaseTaken,
    DraftSaved,
    HangUpAsked,
    MemberChosen,
    NoteWritten,
    OfferDeclined,
    Settled,
    TaskCompleted,
    TaskTaken,
    WrappedUp,
)  # fmt: skip
from callcenter.domain.offers import alarm_over, caller_legs, free_seat, offer, offer_over, withdraw_alarms, withdraw_offer
from callcenter.domain.owed import close_task
from callcenter.domain.papers.answer import PendingAnswer, owed_by_result
from callcenter.domain.walk import Walk

TEXT_LIMIT = 4000  # characters of a note or summary
DRAFT_LIMIT = 8192  # bytes of a draft, as JSON


def _case(situation: Situation) -> Case:
    if situation.case is None:
        raise Refused("no_such_case", "没有这个求助件。", "There is no such case.", status=404)
    return situation.case


def own_case(situation: Situation, fact: ByPerson, *, supervisor: bool = True) -> Case:
    """The case, if the person handles it: offered to their seat, or theirs by answer. Supervisors may help where allowed."""
    case = _case(situation)
    mine = fact.seat is not None and (
        case.offer_to(fact.seat) is not None or (case.seat == fact.seat and case.agent_id in (None, fact.agent_id))
    )
    if not mine and not (supervisor and fact.role == "supervisor"):
        raise Refused(
            "not_your_case", "这个求助件不在您手上。", "This case is not in your hands.",
            remedy_zh="它可能已转给其他坐席。", remedy_en="It may have gone to another seat.", rule="W-9", status=403,
        )  # fmt: skip
    return case


def _text(text: str, what_zh: str, what_en: str) -> str:
    text = text.strip()
    if not 1 <= len(text) <= TEXT_LIMIT:
        raise Refused(
            "text_length",
            f"{what_zh}须为1至{TEXT_LIMIT}字。",
            f"The {what_en} needs 1 to {TEXT_LIMIT} characters.",
            rule="R-6",
            status=422,
        )
    return text


# --- the live call --------------------------------------------------------------------------------------------------


def offer_declined(situation: Situation, fact: OfferDeclined, decision: Decision) -> None:
    case = _case(situation)
    ring = case.offer_to(fact.seat)
    if ring is None:
        raise Refused("offer_gone", "这个来电已不在您的坐席上。", "This call is no longer offered to you.")
    decision.case = case
    if ring in case.alarms:
        decision.effects.append(HangUp(ring.leg))
        alarm_over(situation, decision, ring.leg, "offer_declined")
        return
    offer_over(situation, decision, "offer_declined")


def hang_up_asked(situation: Situation, fact: HangUpAsked, decision: Decision) -> None:
    case = own_case(situation, fact)
    if case.state != "talking":
        raise Refused("not_talking", "现在没有通话。", "Nobody is talking now.")
    decision.case = case
    decision.note("seat_hung_up", agent_id=fact.agent_id, seat=fact.seat)
    conversation_over(situation, decision)


def case_taken(situation: Situation, fact: CaseTaken, decision: Decision) -> None:
    """A seat reaches for a waiting case itself; who had it offered loses it, and is told."""
    case, seat = _case(situation), situation.seats.get(fact.seat or "")
    if seat is None:
        raise Refused("no_seat", "请先登录坐席。", "Sign in at a seat first.", status=403)
    if case.state != "waiting" or not caller_legs(situation, decision):
        raise Refused(
            "not_waiting", "来电者已不在等待。", "The caller is no longer waiting.",
            remedy_zh="如对方已挂断,请回拨。", remedy_en="If they hung up, call them back.",
        )  # fmt: skip
    if not any(leg.holder for leg in caller_legs(situation, decision)):
        raise Refused(
            "served_alone", "来电正由安全模式接听,紧急话机正在响铃。",
            "Safe mode serves this caller: the emergency phones are ringing.",
            remedy_zh="请接起正在响铃的话机。", remedy_en="Answer the phone that is ringing.",
        )  # fmt: skip
    if "take" not in seats.MOVES[seat.presence]:
        raise Refused(
            "seat_busy",
            "您的坐席正忙。",
            "Your seat is busy.",
            remedy_zh="请先结束当前来电。",
            remedy_en="End your call first.",
        )
    if not seat.registered:
        raise Refused(
            "phone_offline",
            "您的话机不在线。",
            "Your phone is off line.",
            remedy_zh="请检查话机。",
            remedy_en="Check your phone.",
        )
    decision.case = case
    withdraw_alarms(situation, decision)
    if case.offer is not None:
        other = case.offer.seat
        withdraw_offer(situation, decision, hang_up=True)
        free_seat(situation, decision, other)
    decision.note("taken", agent_id=fact.agent_id, seat=fact.seat)
    decision.cancel_timer("closed")
    decision.change(opens_at=None)
    offer(situation, decision, seat.extension, at_once=fact.at_once)


# --- writing down ---------------------------------------------------------------------------------------------------


def note_written(situation: Situation, fact: NoteWritten, decision: Decision) -> None:
    case, seat = situation.case, situation.seats.get(fact.seat or "")
    # Who has handed the conversation on writes down what they know of it.
    handed_on = case is not None and seat is not None and (seat.case_id, seat.agent_id) == (case.id, fact.agent_id)
    decision.case = case if handed_on else own_case(situation, fact)
    decision.note("note", agent_id=fact.agent_id, text=_text(fact.text, "记录", "note"))


def draft_saved(situation: Situation, fact: DraftSaved, decision: Decision) -> None:
    decision.case = replace(own_case(situation, fact), draft=fact.draft)


def member_chosen(situation: Situation, fact: MemberChosen, decision: Decision) -> None:
    case = own_case(situation, fact)
    decision.case = replace(case, member_id=fact.member_id)
    decision.note(
        "member_created" if fact.created else "member_chosen",
        agent_id=fact.agent_id,
        member=str(fact.member_id),
    )


def wrapped_up(situation: Situation, fact: WrappedUp, decision: Decision) -> None:
    """The seat's result. It closes only where the rules let a case close at once (R-8, R-16); else work stays open."""
    case = own_case(situation, fact)
    if case.state not in ("wrap_up", "open"):
        raise Refused(
            "not_wrap_up", "通话结束后才能提交小结。", "The result can be handed in once the call has ended.",
            remedy_zh="内容已保存为草稿。", remedy_en="What you wrote is kept as a draft.",
        )  # fmt: skip
    check_result(case, fact)
    disposition = next(d for d in DISPOSITIONS if d.id == fact.disposition)
    decision.case = case
    if case.red and fact.disposition in ids(SETTLE_OUTCOMES):
        settle(situation, decision, fact, fact.disposition, fact.summary)
    at_once = fact.unreasonable is not None or (fact.category == "consultation" and fact.subcategory != "service")
    was_wrapping = case.state == "wrap_up"
    if situation.escalation is not None and decision.case.red and fact.disposition != "no_voice":
        # Somebody spoke, and a person has written down what is being done: that is taking charge. Silence is not.
        attempts.acknowledge(Walk(situation, decision), "seat", name=fact.seat or "", agent_id=fact.agent_id)
    decision.change(
        category=fact.category, subcategory=fact.subcategory, unreasonable=fact.unreasonable, disposition=fact.disposition,
        summary=_text(fact.summary, "小结", "summary"), draft=None, wrap_up_until=None,
        agent_id=decision.case.agent_id or fact.agent_id,
    )  # fmt: skip
    closes = disposition.closes and at_once and closure.may_close_at_once(situation, decision)
    decision.change(state=cases.after(case.state, "close" if closes else "finish"), closed_at=decision.now if closes else None)
    if fact.disposition == "pending_answer" and not any(p.unfinished for p in situation.papers_of(PendingAnswer)):
        owed_by_result(situation, decision, fact.agent_id, decision.case.summary or "")
    data: dict[str, Any] = {"category": fact.category, "disposition": fact.disposition}
    if fact.explanation:
        data["explanation"] = fact.explanation.strip()[:TEXT_LIMIT]
    decision.note("wrapped_up", agent_id=fact.agent_id, **data)
    if closes:
        decision.note("closed", agent_id=fact.agent_id, rule="R-8" if fact.unreasonable else "R-16")
    if was_wrapping:
        free_seat(situation, decision, case.seat)
        decision.cancel_timer("wrap_up")


def check_result(case: Case, fact: WrappedUp) -> None:
    """R-3, R-4, R-5, R-7, R-8: closed lists, and no refusal without a listed reason and an explanation."""
    category = next((c for c in CATEGORIES if c.id == fact.category), None)
    if category is None or (fact.subcategory is not None and fact.subcategory not in ids(category.children)):
        raise Refused(
            "category_needed",
            "请选择求助件类别。",
            "Choose the category of the case.",
            rule="R-3",
            status=422,
        )
    if category.id == "consultation" and fact.subcategory is None:
        raise Refused(
            "subcategory_needed",
            "咨询类请选择具体类别。",
            "A consultation needs its kind.",
            rule="R-3",
            status=422,
        )
    disposition = next((d for d in DISPOSITIONS if d.id == fact.disposition), None)
    ours = fact.disposition != "follow_up" or case.source == "outbound"  # a follow-up is a call that we make
    if disposition is None or case.kind not in disposition.kinds or not ours:
        raise Refused("disposition_needed", "请选择处理结果。", "Choose how the call ended.", rule="R-6", status=422)
    if fact.unreasonable is not None and fact.unreasonable not in ids(UNREASONABLE):
        raise Refused(
            "unreasonable_list",
            "不合理的原因只限五类。",
            "There are five reasons for unreasonable, no other.",
            rule="R-5",
            status=422,
        )
    if (fact.disposition == "explained") != (fact.unreasonable is not None):
        raise Refused(
            "refusal_needs_reason", "合理求助件不得拒绝:选“不合理求助,已说明”必须同时选不合理原因。",
            "No reasonable case may be refused: “explained” needs one of the five reasons, and only then.", rule="R-7", status=422,
        )  # fmt: skip
    if fact.unreasonable is not None and not (fact.explanation or "").strip():
        raise Refused(
            "explanation_needed",
            "不合理求助件须写明所作的说明。",
            "Write down the explanation that was given.",
            rule="R-8",
            status=422,
        )
    _text(fact.summary, "小结", "summary")


# --- red cases and call-backs ---------------------------------------------------------------------------------------


def settled(situation: Situation, fact: Settled, decision: Decision) -> None:
    """A person states that the emergency is over (R-19). Nothing else ends red."""
    case = _case(situation)
    if fact.role != "supervisor" and not (fact.seat and (case.seat == fact.seat or case.state in ("callback", "open"))):
        own_case(situation, fact)
    if not case.red:
        raise Refused("not_red", "这个求助件没有待解除的紧急状态。", "There is nothing to settle in this case.")
    if fact.outcome not in ids(SETTLE_OUTCOMES):
        raise Refused("outcome_needed", "请选择解除依据。", "Choose the grounds.", rule="R-19", status=422)
    if case.state == "waiting":
        raise Refused(
            "still_waiting", "老人仍在线等待,请先接听。", "The elder is still on the line: answer first.",
            remedy_zh="点“接起”后再确认平安。", remedy_en="Take the call, then settle.", rule="R-19",
        )  # fmt: skip
    decision.case = case
    settle(situation, decision, fact, fact.outcome, _text(fact.note, "依据", "grounds"))
    if case.state == "callback":
        decision.change(state=cases.after(case.state, "called_back"), agent_id=case.agent_id or fact.agent_id)
    if situation.task is not None:
        close_task(situation, decision, "reached")


def settle(situation: Situation, decision: Decision, fact: ByPerson, outcome: str, note: str) -> None:
    case = decision.change(red=False, settled_at=decision.now)
    decision.note("settled", agent_id=fact.agent_id, outcome=outcome, note=note)
    if outcome in ("false_alarm", "test") and case.terminal is not None:
        decision.terminal_tested = case.terminal  # a mistaken press has proven that the terminal works


def _task(situation: Situation, fact: TaskTaken | TaskCompleted) -> Task:
    task = situation.task
    if task is None or task.id != fact.task_id:
        raise Refused("task_gone", "这个回拨任务已完成。", "This call-back is done already.")
    return task


def task_taken(situation: Situation, fact: TaskTaken, decision: Decision) -> None:
    task = _task(situation, fact)
    if task.owner_id not in (None, fact.agent_id) and fact.role != "supervisor":
        raise Refused("task_taken", "其他坐席正在回拨。", "Somebody else is calling back.")
    decision.case = _case(situation)
    decision.tasks[task.id] = replace(
        task, state="taken", owner_id=fact.agent_id, version=task.version + 1, offer_seat=None, offer_until=None
    )
    decision.cancel_timer("call_back")
    decision.note("task_taken", agent_id=fact.agent_id, task=str(task.id))


def task_completed(situation: Situation, fact: TaskCompleted, decision: Decision) -> None:
    """The call-back was made. An emergency's red does not end with it: that needs ``settle``."""
    case, task = _case(situation), _task(situation, fact)
    if task.owner_id != fact.agent_id and fact.role != "supervisor":
        raise Refused("task_not_yours", "请先领取这个回拨任务。", "Take this call-back first.", status=403)
    if fact.outcome not in ids(TASK_OUTCOMES):
        raise Refused("outcome_needed", "请选择回拨结果。", "Choose how the call-back ended.", status=422)
    decision.case = case
    decision.tasks[task.id] = replace(
        task, state="done", done_at=decision.now, outcome=fact.outcome, note=_text(fact.note, "回拨记录", "record"),
        version=task.version + 1, offer_seat=None, offer_until=None,
    )  # fmt: skip
    decision.note("task_done", agent_id=fact.agent_id, task=str(task.id), outcome=fact.outcome)
    if case.state == "callback":
        decision.change(state=cases.after(case.state, "called_back"), agent_id=fact.agent_id, seat=case.seat or fact.seat)

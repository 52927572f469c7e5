"""A seat phones somebody: its own phone first, then theirs. For a case of its own, a call-back that it has taken, or a member."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from callcenter.domain import case as cases
from callcenter.domain import dialled, hold
from callcenter.domain import seat as seats
from callcenter.domain.after_call import own_case
from callcenter.domain.call_flow import conversation_over, recording_name
from callcenter.domain.case import Calling, Case, Leg
from callcenter.domain.decision import Decision, NewRecording, Situation
from callcenter.domain.effects import Connect, DestroyBridge, HangUp, RingBack, RingSeat, SendDigits
from callcenter.domain.errors import Refused
from callcenter.domain.escalation import Target
from callcenter.domain.facts import ByPerson, CallOutAsked, CaseFoundLive, DigitsAsked, HoldAsked
from callcenter.domain.offers import caller_legs, find_leg, node_of
from callcenter.domain.owed import close_task
from callcenter.domain.seat import Seat

DIGITS = frozenset("0123456789*#ABCD")
MOST_DIGITS = 32


# --- on the line ----------------------------------------------------------------------------------------------------


def hold_asked(situation: Situation, fact: HoldAsked, decision: Decision) -> None:
    case = talking_case(situation, fact)
    if fact.on == (case.held_since is not None):
        return  # asked twice
    if fact.on and not caller_legs(situation, decision):
        raise Refused("nobody_there", "对方还没有接通。", "Nobody is on the line yet.")
    if case.transfer is not None and case.transfer.state != "talking":  # asked, all three may speak together
        raise Refused(
            "transfer_running", "正在转接。", "A transfer is under way.", remedy_zh="请先完成或取消转接。",
            remedy_en="Complete or cancel it first.",
        )  # fmt: skip
    decision.case = case
    if fact.on:
        hold.begin(situation, decision, seat=case.seat)
    else:
        hold.release(situation, decision)


def digits_asked(situation: Situation, fact: DigitsAsked, decision: Decision) -> None:
    """Keys for whoever is at the far end: a switchboard's menu, a door."""
    talking_case(situation, fact)
    digits = fact.digits.upper()
    if not 1 <= len(digits) <= MOST_DIGITS or set(digits) - DIGITS:
        raise Refused("digits", "按键须为1至32个0-9、*、#。", "Digits: 1 to 32 of 0-9, * and #.", status=422)
    far = [leg for leg in hold.talkers(situation, decision) if leg.party != "seat" and leg.state == "up"]
    if not far:
        raise Refused("nobody_there", "对方还没有接通。", "Nobody is on the line yet.")
    decision.note("digits_sent", agent_id=fact.agent_id, count=len(digits))  # not which: they may be a code of the person's
    decision.effects += [SendDigits(leg.id, digits) for leg in far]


def talking_case(situation: Situation, fact: ByPerson) -> Case:
    """The case that this seat speaks in. Raises Refused."""
    case = own_case(situation, fact, supervisor=False)
    if case.state != "talking" or case.seat != fact.seat:
        raise Refused("not_talking", "现在没有通话。", "Nobody is talking now.")
    return case


# --- calling out ----------------------------------------------------------------------------------------------------


def asked(situation: Situation, fact: CallOutAsked, decision: Decision) -> None:
    """The seat's own phone is rung first."""
    target = fact.target
    assert target is not None
    case = _new_case(situation, fact, decision) if situation.case is None else _allowed(situation, fact)
    seat = free_to_begin(situation, fact.seat, case)
    dialled.check(situation, case, target)
    decision.case = case
    leg_id, before = ring_own(situation, decision, seat, "seat"), case.state
    decision.cancel_timer("wrap_up")
    decision.change(
        state="talking" if situation.case is None else cases.after(before, "call_out"), seat=seat.extension,
        agent_id=fact.agent_id, wrap_up_until=None, ended_at=None,
        calling=Calling(
            target.key, target.name, target.relation, target.number, target.way, target.kind in ("terminal", "landline"), leg_id,
            before, paused=seat.pause_reason if seat.presence == "paused" else None,
        ),
    )  # fmt: skip
    decision.note("call_out", agent_id=fact.agent_id, seat=seat.extension, name=target.name, relation=target.relation)


def _new_case(situation: Situation, fact: CallOutAsked, decision: Decision) -> Case:
    arrival = situation.arrival
    if arrival is None:
        raise Refused("no_such_case", "没有这个求助件。", "There is no such case.", status=404)
    return Case(
        id=fact.case_id, number=arrival.number, kind="life_help", source="outbound", line="", state="open",
        opened_at=decision.now, pressed_at=decision.now, member_id=fact.member_id,
    )  # fmt: skip


def _allowed(situation: Situation, fact: CallOutAsked) -> Case:
    """Whoever handled it last, or has taken its call-back."""
    case, task = situation.case, situation.task
    assert case is not None
    if case.state in ("waiting", "talking") or case.transfer is not None:
        raise Refused(
            "on_the_line", "求助者正在线上。", "The caller is on the line.", remedy_zh="需要时请邀请第三方加入。",
            remedy_en="Bring somebody in instead.",
        )  # fmt: skip
    if case.state == "closed":
        raise Refused("case_closed", "求助件已归档。", "This case is closed.", rule="R-20")
    taken = task is not None and task.state == "taken" and task.owner_id == fact.agent_id
    if case.state == "wrap_up":
        return own_case(situation, fact, supervisor=False)
    if not taken and (case.state == "callback" or case.agent_id != fact.agent_id):
        raise Refused(
            "task_not_yours" if case.state == "callback" else "not_your_case",
            "请先领取这个回拨任务。", "Take this call-back first.", rule="W-9", status=403,
        )  # fmt: skip
    return case


def free_to_begin(situation: Situation, extension: str | None, case: Case) -> Seat:
    """The person's own seat, free for a call that they themselves begin. Raises Refused."""
    seat = situation.seats.get(extension or "")
    if seat is None:
        raise Refused("no_seat", "请先登录坐席。", "Sign in at a seat first.", status=403)
    if "begin" not in seats.MOVES[seat.presence] or (seat.presence == "wrap_up" and seat.case_id != case.id):
        raise Refused(
            "seat_busy", "您的坐席正忙。", "Your seat is busy.", remedy_zh="请先结束当前来电。", remedy_en="End your call first.",
        )  # fmt: skip
    if not seat.registered:
        raise Refused(
            "phone_offline", "您的话机不在线。", "Your phone is off line.", remedy_zh="请检查话机。", remedy_en="Check your phone.",
        )  # fmt: skip
    return seat


def ring_own(situation: Situation, decision: Decision, seat: Seat, party: cases.Party, name: str = "") -> str:
    """The person's own phone, which picks up by itself where it can; the id of its leg."""
    case, now, ring = decision.case, decision.now, situation.figures.ring_seconds
    assert case is not None
    count = case.offers + 1
    decision.change(offers=count)
    leg_id = case.offer_leg_id(count)
    node = node_of(situation, decision)
    decision.legs[leg_id] = Leg(leg_id, case.id, party, "intent", node, now, seat=seat.extension, name=name)
    decision.seats[seat.extension] = seats.move(seat, "begin", now, case_id=case.id)
    until = now + timedelta(seconds=ring)
    decision.effects.append(
        RingSeat(leg_id, seat.extension, case.number, case.kind, ring, until, device=seat.device, auto_answer=True)
    )
    return leg_id


def seat_answered(situation: Situation, leg: Leg, decision: Decision) -> None:
    """The seat's own phone is up: it hears ringing, and the other one is dialled."""
    case = decision.case = situation.case
    assert case is not None
    calling = case.calling
    assert calling is not None
    decision.legs[leg.id] = replace(leg, state="up", answered_at=decision.now)
    name = recording_name(case)
    decision.new_recordings.append(NewRecording(name, leg.seat or ""))
    decision.note("recording_started")
    target = Target(calling.target, "landline", calling.name, calling.number, calling.relation, calling.way)
    decision.effects += [Connect(case.bridge_id, (leg.id,), name), RingBack(case.bridge_id)]
    decision.change(calling=replace(calling, leg=dialled.dial(situation, decision, target)))


def far_answered(situation: Situation, leg: Leg, holder: str, decision: Decision) -> None:
    """They talk. A call-back that was owed is done."""
    case = decision.case = situation.case
    assert case is not None
    calling = case.calling
    assert calling is not None
    up = dialled.picked_up(decision, leg, holder)
    decision.legs[leg.id] = replace(up, party="caller" if calling.own or calling.before == "callback" else "contact")
    decision.change(calling=None, answered_at=case.answered_at or decision.now)
    decision.effects.append(RingBack(case.bridge_id, on=False))
    if situation.task is not None:
        close_task(situation, decision, "reached")
    hold.together(situation, decision)


def failed(situation: Situation, decision: Decision) -> None:
    """It came to nothing: a call-back is still owed; any other case is written down as after a call."""
    case = decision.case
    assert case is not None
    calling = case.calling
    assert calling is not None
    decision.change(calling=None)
    decision.effects.append(RingBack(case.bridge_id, on=False))
    seat_leg = decision.legs.get(calling.seat_leg) or find_leg(situation, calling.seat_leg)
    if caller_legs(situation, decision) and seat_leg is not None and seat_leg.state == "up":
        return  # they have called themselves meanwhile, and are being spoken to
    if calling.before != "callback":
        conversation_over(situation, decision)
        return
    decision.effects += [HangUp(calling.seat_leg), DestroyBridge(case.bridge_id)]
    decision.change(state=cases.after(case.state, "not_reached"), ended_at=decision.now)
    back_to_rest(situation, decision, case.seat, calling.paused)


def withdrawn(situation: Situation, decision: Decision) -> None:
    """The seat's person gives it up, or their phone was not there."""
    case = decision.case
    assert case is not None
    assert case.calling is not None
    far = find_leg(situation, case.calling.leg or "")
    if far is not None and far.live:
        dialled.give_up(decision, far)
    failed(situation, decision)


def back_to_rest(situation: Situation, decision: Decision, extension: str | None, paused: str | None) -> None:
    """The seat as it was before: ready, or paused for the same reason."""
    seat = decision.seats.get(extension or "") or situation.seats.get(extension or "")
    if seat is None or seat.presence != "talking" or (decision.case and seat.case_id != decision.case.id):
        return
    move, now = ("miss", decision.now) if paused else ("release", decision.now)
    decision.seats[seat.extension] = seats.move(seat, move, now, pause_reason=paused)


def found_live(situation: Situation, _fact: CaseFoundLive, decision: Decision) -> None:
    """We were away in the middle of it: what the seat hears is brought in line; the other call's fate is asked of the node."""
    case = situation.case
    if case is None or case.calling is None:
        return
    seat_leg, far = find_leg(situation, case.calling.seat_leg), find_leg(situation, case.calling.leg or "")
    if seat_leg is not None and seat_leg.state == "up":
        decision.effects += [Connect(case.bridge_id, (seat_leg.id,), recording_name(case)), RingBack(case.bridge_id)]
    if far is not None and far.live and far.state != "up":
        decision.set_timer("dial", 0.0, leg=far.id)

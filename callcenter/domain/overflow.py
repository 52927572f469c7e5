"""No seat came for a call that is no emergency: the duty mobiles are phoned, one after the other. Pure functions.

Each is dialled once for each turn, whatever dies (``dialled.py``: one leg, one id, asked of the node in doubt). Who answers hears
that somebody waits and presses 1: voicemail and silence never take a caller. Seats are offered the call all the while, and
whoever is first has it. The order is the roster's: whoever is on duty first. A duty phone has no seat and no screen: the case
belongs to who is on duty, and what was said is to be written down afterwards (``papers/duty_call.py``).
"""

from __future__ import annotations

from dataclasses import replace

from callcenter.domain import case as cases
from callcenter.domain import dialled
from callcenter.domain.case import Leg, Overflow
from callcenter.domain.decision import Decision, NewRecording, Situation
from callcenter.domain.effects import AnswerLeg, Connect, DestroyBridge, HangUp, QuietLeg, Say, SayTo
from callcenter.domain.escalation import Target
from callcenter.domain.offers import caller_legs, find_leg, free_seat, route, withdraw_offer
from callcenter.domain.papers import duty_call
from callcenter.domain.queues import queue_of

KEY = "1"
KEY_SECONDS = 20.0  # from the beginning of the sentence, which takes about eight
SENTENCE = "这里是求助中心。有老人来电等待,坐席全忙。请按1接听。请按1接听。"


def due(situation: Situation, decision: Decision) -> None:
    """The timer: the next duty mobile is phoned; one that answered and pressed nothing is let go."""
    case = decision.case
    assert case is not None
    if case.state != "waiting" or case.kind == "emergency" or not caller_legs(situation, decision):
        decision.case = None
        return
    state = case.overflow or Overflow()
    leg = find_leg(situation, state.leg or "")
    if leg is not None and leg.live:
        if leg.state != "up":
            return  # it rings; its end is told, or asked of the node
        decision.note("call_ended", leg=leg.id, name=leg.name, result="no_key", cause="")
        decision.effects += [QuietLeg(leg.id), HangUp(leg.id)]
        decision.legs[leg.id] = replace(leg, state="down", ended_at=decision.now, cause="no_key")
    next_one(situation, decision)


def next_one(situation: Situation, decision: Decision) -> None:
    """Phone whoever stands next on the list; after the last one it begins anew, as long as the caller waits."""
    case = decision.case
    assert case is not None
    state = case.overflow or Overflow()
    busy = {leg.number for leg in situation.legs if leg.live and leg.number}
    phones = [t for t in situation.duty if t.number not in busy and not dialled.PUBLIC_NUMBER.fullmatch(t.number)]
    left = [target for target in phones if target.key not in state.tried]
    pause = queue_of(situation.queue, case.kind).duty_after or situation.figures.announce_every_seconds
    if not left:
        decision.note("duty_round" if phones else "duty_none")
        decision.change(overflow=Overflow())
        decision.set_timer("overflow", max(pause, situation.figures.announce_every_seconds))
        return
    target = left[0]
    leg_id = dialled.dial(situation, decision, Target(target.key, "supervisor", target.name, target.number, target.relation))
    decision.change(overflow=Overflow((*state.tried, target.key), leg_id))
    decision.note("duty_called", name=target.name)


def answered(situation: Situation, leg: Leg, holder: str, decision: Decision) -> None:
    """Picked up: they hear why we call."""
    decision.case = situation.case
    up = dialled.picked_up(decision, leg, holder)
    decision.effects.append(SayTo(up.id, SENTENCE))
    decision.set_timer("overflow", KEY_SECONDS)


def not_reached(situation: Situation, decision: Decision) -> None:
    """Busy, no answer, voicemail that hung up: at once the next."""
    case = decision.case
    assert case is not None
    if case.state == "waiting" and caller_legs(situation, decision):
        decision.change(overflow=replace(case.overflow or Overflow(), leg=None))
        next_one(situation, decision)


def key_pressed(situation: Situation, leg: Leg, digit: str, decision: Decision) -> None:
    """1: the caller is theirs. Any other key changes nothing."""
    case = situation.case
    callers = caller_legs(situation, decision)
    if case is None or case.state != "waiting" or digit != KEY or not callers:
        return
    decision.case = case
    if case.offer is not None:
        seat = case.offer.seat
        withdraw_offer(situation, decision, hang_up=True)
        free_seat(situation, decision, seat)
    for timer in ("overflow", "announce", "ring"):
        decision.cancel_timer(timer)
    decision.legs[leg.id] = replace(leg, party="contact")
    name = f"{case.id}-duty-{len(situation.legs)}"
    since = case.waiting_since or case.opened_at
    key = next((target.key for target in situation.duty if target.number == leg.number), "")
    case = decision.change(
        state=cases.after(case.state, "answer"), seat=None, agent_id=situation.keepers.get(key), passed_seats=(),
        waiting_since=None, parked_at=None, answered_at=case.answered_at or decision.now,
        overflow=replace(case.overflow or Overflow(), leg=leg.id, taken=True),
    )  # fmt: skip
    waited = round((decision.now - since).total_seconds(), 1)
    decision.note("duty_took", name=leg.name, waited_seconds=waited)
    decision.new_recordings.append(NewRecording(name, ""))
    decision.note("recording_started")
    for caller in callers:
        decision.effects += [QuietLeg(caller.id), AnswerLeg(caller.id)]
        if caller.answered_at is None:
            decision.legs[caller.id] = replace(caller, answered_at=decision.now)
    decision.effects.append(QuietLeg(leg.id))
    decision.effects.append(Connect(case.bridge_id, (*(caller.id for caller in callers), leg.id), name))


def lost(situation: Situation, leg: Leg, cause: str, decision: Decision) -> None:
    """Whoever was phoned is gone, in whatever state. ``decision.case`` is set, and the leg's end is noted by the caller of this."""
    case = decision.case
    assert case is not None
    state = case.overflow or Overflow()
    if not state.taken:
        decision.note("call_ended", leg=leg.id, name=leg.name, result="hung_up", cause=cause)
        decision.cancel_timer("overflow")
        not_reached(situation, decision)
        return
    callers = [one for one in caller_legs(situation, decision) if one.party == "caller"]
    if cause in ("16", "31") or not callers:
        from callcenter.domain.call_flow import conversation_over

        conversation_over(situation, decision)
        return
    # Their mobile lost its network: the caller stays, and waits for a seat.
    decision.change(
        state=cases.after(case.state, "lose_seat"), agent_id=None, waiting_since=decision.now, overflow=Overflow(),
    )  # fmt: skip
    decision.effects.append(DestroyBridge(case.bridge_id))
    decision.effects += [Say(one.id, "seat_lost") for one in callers]
    decision.set_timer("announce", situation.figures.announce_every_seconds)
    decision.set_timer("overflow", situation.figures.announce_every_seconds)
    route(situation, decision, first=False)


def tidy(situation: Situation, decision: Decision) -> None:
    """A seat has the caller, or they are gone: the duty mobile stops ringing, and who listens there is thanked."""
    case = decision.case
    assert case is not None
    state = case.overflow
    if state is None or (state.taken and case.state == "talking"):
        return
    if state.taken:
        leg = decision.legs.get(state.leg or "") or find_leg(situation, state.leg or "")
        if case.seat is None and case.state != "waiting":
            duty_call.owed(situation, decision, case, leg.name if leg is not None else "")
        decision.change(overflow=None)
        return
    if case.state == "waiting" and case.kind != "emergency":
        return
    leg = decision.legs.get(state.leg or "") or find_leg(situation, state.leg or "")
    if leg is not None and leg.live:
        if leg.state == "up":
            decision.effects += [QuietLeg(leg.id), HangUp(leg.id)]
            dialled.over(decision, leg, "withdrawn", "")
        else:
            dialled.give_up(decision, leg)
    decision.cancel_timer("overflow")
    decision.change(overflow=None)


def found_live(situation: Situation, decision: Decision) -> None:
    """We were away: caller and duty phone are joined again, or the one who listens hears it anew."""
    case = situation.case
    if case is None or case.overflow is None:
        return
    leg = find_leg(situation, case.overflow.leg or "")
    if leg is None or not leg.live:
        return
    if case.overflow.taken:
        legs = tuple(one.id for one in caller_legs(situation, decision))
        decision.effects.append(Connect(case.bridge_id, legs))
    elif leg.state == "up":
        decision.case = decision.case or case
        decision.effects.append(SayTo(leg.id, SENTENCE))
        decision.set_timer("overflow", KEY_SECONDS)

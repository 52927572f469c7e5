"""Somebody whom a seat phones: one leg, dialled once by the dialplan's own way out, with its outcome as it was.

While it rings its party is ``consult``: it is not on the line yet. What follows when it is picked up, or fails, is for who ordered
it: ``call_out.py``, ``parties.py``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid5

from callcenter.domain.attempts import result_told
from callcenter.domain.case import Case, Leg
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.effects import AskNode, DialAttempt, HangUp, VoidAttempt
from callcenter.domain.errors import Refused
from callcenter.domain.escalation import Result, Target
from callcenter.domain.facts import AttemptEnded, AttemptSeen, LegEnded
from callcenter.domain.offers import all_legs, find_leg, node_of

RING_SECONDS = 40.0  # a person who asked for a call waits for it as long as people usually let a telephone ring
GRACE_SECONDS = 4.0  # beyond it Asterisk itself should have given it up
GOOD_SECONDS = 5.0  # an order that could not be sent within this is not sent any more
SENTENCE = "您好,这里是求助中心,请稍等。"
"""Heard only when every service died between ringing and answer."""
# As the dialplan's is-public: police, fire, ambulance and traffic police, also behind codes.
PUBLIC_NUMBER = re.compile(
    r"([+]86|0086|86)?(0[0-9]{0,3}|[1-9][0-9]{1,2})?(110|119|120|122|999|112|911|12110|12395)"
)  # fmt: skip


def check(situation: Situation, case: Case, target: Target) -> None:
    """Raises Refused for a number that must not be phoned now."""
    if case.source == "drill":
        raise Refused("drill_case", "演练求助件不能拨打真实电话。", "A drill's case phones nobody for real.")
    if PUBLIC_NUMBER.fullmatch(target.number) and not situation.figures.public_numbers:
        raise Refused(
            "public_disabled", f"本系统未启用真实的{target.number}。", f"The real {target.number} is not enabled here.",
            remedy_zh="请用手机拨打,并记录编号。", remedy_en="Dial it on a mobile phone and note the reference.", rule="R-12",
        )  # fmt: skip
    on_the_line = {leg.number for leg in situation.legs if leg.live and leg.number}
    on_the_line |= {attempt.number for attempt in situation.attempts if attempt.open}
    if target.number in on_the_line or any(ringing(leg) for leg in situation.legs):
        raise Refused("already_calling", "正在呼叫,请稍候。", "A call is under way already.")


def ringing(leg: Leg) -> bool:
    """Somebody whom we phone and who has not answered."""
    return leg.party == "consult" and leg.seat is None and leg.state in ("intent", "ringing")


def dial(situation: Situation, decision: Decision, target: Target) -> str:
    """Phone them; the id of the leg. The order is remembered with this decision and goes out after it."""
    case, now = decision.case, decision.now
    assert case is not None
    legs = all_legs(situation, decision)
    leg_id = str(uuid5(case.id, f"out-{len(legs)}"))
    node = node_of(situation, decision)
    decision.legs[leg_id] = Leg(leg_id, case.id, "consult", "intent", node, now, name=target.name, number=target.number)
    decision.note("call_started", leg=leg_id, name=target.name, relation=target.relation, what=target.kind)
    until = now + timedelta(seconds=GOOD_SECONDS)
    decision.effects.append(DialAttempt(leg_id, target.number, target.way, RING_SECONDS, SENTENCE, until))
    decision.set_timer("dial", RING_SECONDS + GRACE_SECONDS, leg=leg_id)
    return leg_id


def mine(situation: Situation, leg_id: str) -> Leg | None:
    """The leg, if a person's order dialled it and it is not over; the ladder's calls are attempts, and not meant here."""
    leg = find_leg(situation, leg_id)
    known = leg is not None and leg.live and leg.number and not any(a.id == leg_id for a in situation.attempts)
    return leg if known else None


def rang(decision: Decision, leg: Leg) -> None:
    if leg.state == "intent":
        decision.legs[leg.id] = replace(leg, state="ringing")


def picked_up(decision: Decision, leg: Leg, holder: str) -> Leg:
    decision.cancel_timer("dial")
    decision.note("call_answered", leg=leg.id, name=leg.name)
    decision.legs[leg.id] = replace(leg, state="up", answered_at=decision.now, holder=holder)
    return decision.legs[leg.id]


def outcome(leg: Leg, fact: AttemptEnded | LegEnded | AttemptSeen, decision: Decision) -> tuple[Result, str] | None:
    """How it ended, with the cause; None while that is not known. Why a call that nobody answered failed is told by the half
    that dialled, not by ours."""
    if isinstance(fact, AttemptEnded):
        return ("hung_up" if leg.state == "up" else result_told(fact.status, fact.cause)), fact.cause
    if isinstance(fact, LegEnded):
        if leg.state == "up":
            return "hung_up", fact.cause
        ask(decision, leg)
        return None
    if fact.seen == "live":
        decision.set_timer("dial", GRACE_SECONDS, leg=leg.id)
        return None
    if fact.seen == "finished":
        return result_told(fact.status, fact.cause), fact.cause
    if fact.seen in ("unclaimed", "older_than_node", "node_lost"):
        if leg.state != "intent" and not fact.begun:
            ask(decision, leg)  # it has begun since this was asked
            return None
        # An order that somebody still holds in their hands must find the mark; or it was quicker, and rings.
        decision.effects += [VoidAttempt(leg.id), HangUp(leg.id)]
    return "interrupted", fact.cause


def ask(decision: Decision, leg: Leg) -> None:
    """Have its node asked what became of it."""
    decision.effects.append(AskNode(leg.id, leg.started_at, begun=leg.state != "intent"))


def over(decision: Decision, leg: Leg, result: str, cause: str) -> None:
    """It is over, as what it was."""
    decision.cancel_timer("dial")
    decision.legs[leg.id] = replace(leg, state="down", ended_at=decision.now, cause=cause)
    decision.note("call_ended", leg=leg.id, name=leg.name, result=result, cause=cause)


def give_up(decision: Decision, leg: Leg) -> None:
    """We want it no more."""
    if leg.state == "intent":
        decision.effects.append(VoidAttempt(leg.id))
    decision.effects.append(HangUp(leg.id))
    over(decision, leg, "withdrawn", "")

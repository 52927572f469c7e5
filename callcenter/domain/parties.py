"""Somebody is brought into a conversation by its seat, and let go again: three or more speak together."""

from __future__ import annotations

from dataclasses import replace

from callcenter.domain import attempts, dialled, hold, transfer
from callcenter.domain.call_out import talking_case
from callcenter.domain.case import Leg
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.effects import AnswerLeg, Connect, HangUp
from callcenter.domain.errors import Refused
from callcenter.domain.facts import PartyDropped, PartyWanted
from callcenter.domain.offers import caller_legs, find_leg


def wanted(situation: Situation, fact: PartyWanted, decision: Decision) -> None:
    """Phone them; who answers is in the conversation at once."""
    case, target = talking_case(situation, fact), fact.target
    assert target is not None
    if case.calling is not None or not caller_legs(situation, decision):
        raise Refused("nobody_there", "对方还没有接通。", "Nobody is on the line yet.")
    dialled.check(situation, case, target)
    decision.case = case
    decision.note("party_wanted", agent_id=fact.agent_id, name=target.name, relation=target.relation)
    dialled.dial(situation, decision, target)


def answered(situation: Situation, leg: Leg, holder: str, decision: Decision) -> None:
    case = decision.case = situation.case
    assert case is not None
    if case.state != "talking":
        dialled.give_up(decision, leg)
        return
    up = dialled.picked_up(decision, leg, holder)
    decision.legs[leg.id] = replace(up, party="contact")
    decision.note("joined", name=leg.name, relation="")
    decision.effects += [AnswerLeg(leg.id), Connect(case.bridge_id, (leg.id,))]
    if case.transfer is None:
        hold.release(situation, decision)


def dropped(situation: Situation, fact: PartyDropped, decision: Decision) -> None:
    """Let one go. The caller is not let go by this: that is hanging up."""
    case, leg = talking_case(situation, fact), find_leg(situation, fact.leg)
    if leg is None or not leg.live or leg.party not in ("contact", "consult"):
        raise Refused("not_there", "这个人不在通话中。", "They are not in this conversation.")
    decision.case = case
    decision.note("party_dropped", agent_id=fact.agent_id, leg=leg.id, name=leg.name)
    attempt = attempts.find(situation, decision, leg.id)
    if case.transfer is not None and case.transfer.leg == leg.id:
        transfer.back(situation, decision, "cancelled")
    elif attempt is not None:
        attempts.drop(decision, attempt)
    elif dialled.ringing(leg):
        dialled.give_up(decision, leg)
    else:
        decision.effects.append(HangUp(leg.id))

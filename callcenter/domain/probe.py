"""The test press: a call of the probe's own account takes the way of every call, and leaves nothing behind for people.

Its case is closed in the moment it is opened: no seat is offered it, no ladder begins, nothing waits for anybody.
"""

from __future__ import annotations

from callcenter.domain.case import Case, Leg
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.effects import AnswerLeg, HangUp
from callcenter.domain.facts import CallArrived

ACCOUNT = "probe"
"""Its SIP account, and the source of its cases."""


def arrived(situation: Situation, fact: CallArrived, decision: Decision) -> None:
    """Open and close the case; answer, so that the caller can measure it, and hang up."""
    arrival = situation.arrival
    if arrival is None or situation.case is not None or any(leg.id == fact.leg_id for leg in situation.legs):
        return  # told twice
    now = decision.now
    decision.case = Case(
        id=arrival.case_id, number=arrival.number, kind=arrival.kind, source="probe", line=fact.line, state="closed",
        opened_at=now, pressed_at=now, ended_at=now, closed_at=now,
    )  # fmt: skip
    decision.legs[fact.leg_id] = Leg(fact.leg_id, arrival.case_id, "caller", "up", fact.node, now, holder=situation.instance)
    decision.note("arrived", line=fact.line, source="probe")
    decision.effects += [AnswerLeg(fact.leg_id), HangUp(fact.leg_id)]

"""The test press: closed in the moment it is opened, whatever the situation."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

from callcenter.domain.decide import decide
from callcenter.domain.decision import Arrival, Figures, Situation
from callcenter.domain.effects import AnswerLeg, HangUp
from callcenter.domain.facts import CallArrived, LegEnded

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def test_it_is_closed_at_once_and_ends_quietly() -> None:
    situation = Situation(Figures(), "main", arrival=Arrival(uuid4(), "probe-1", "emergency", None, ()))
    fact = CallArrived("leg-1", "node1", "probe1", "probe", None, "", False)
    decision = decide(situation, fact, NOW)
    assert decision.case is not None
    assert (decision.case.source, decision.case.state, decision.case.red) == ("probe", "closed", False)
    assert decision.effects == [AnswerLeg("leg-1"), HangUp("leg-1")]
    assert not decision.timers
    assert not decision.seats
    assert decision.escalation is None
    # Told twice, and its end: nothing more.
    after = replace(situation, case=decision.case, legs=tuple(decision.legs.values()))
    assert decide(after, fact, NOW).nothing
    ended = decide(after, LegEnded("leg-1", "16"), NOW)
    assert not ended.effects
    assert not ended.tasks
    assert ended.case is not None
    assert ended.case.state == "closed"

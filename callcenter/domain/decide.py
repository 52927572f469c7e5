"""The one table from facts to the functions that decide. Read top to bottom it is everything the centre reacts to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from callcenter.domain import after_call, call_flow, facts, offers, safe_mode
from callcenter.domain.decision import Decision, RecordingClosed, Situation


def recording_ended(_situation: Situation, fact: facts.RecordingEnded, decision: Decision) -> None:
    """The file is closed; fetching and keeping it is a job of its own that is tried until it succeeds."""
    decision.closed_recordings.append(RecordingClosed(fact.name, fact.seconds, fact.ok))


DECIDERS: dict[type, Callable[[Situation, Any, Decision], None]] = {
    # Asterisk
    facts.CallArrived: call_flow.arrived,
    facts.SeatRang: offers.seat_rang,
    facts.SeatAnswered: call_flow.seat_answered,
    facts.LegEnded: call_flow.leg_ended,
    facts.AudioEnded: call_flow.audio_ended,
    facts.RecordingEnded: recording_ended,
    facts.SafeModeCall: safe_mode.safe_mode_call,
    # clock, routing, checks, failed orders
    facts.TimerDue: call_flow.timer_due,
    facts.SeatMatched: offers.matched,
    facts.OrderFailed: call_flow.order_failed,
    facts.CaseFoundLive: call_flow.found_live,
    # people
    facts.OfferDeclined: after_call.offer_declined,
    facts.HangUpAsked: after_call.hang_up_asked,
    facts.CaseTaken: after_call.case_taken,
    facts.NoteWritten: after_call.note_written,
    facts.DraftSaved: after_call.draft_saved,
    facts.MemberChosen: after_call.member_chosen,
    facts.WrappedUp: after_call.wrapped_up,
    facts.Settled: after_call.settled,
    facts.TaskTaken: after_call.task_taken,
    facts.TaskCompleted: after_call.task_completed,
}


def decide(situation: Situation, fact: facts.Fact, now: datetime) -> Decision:
    """What follows from ``fact`` in ``situation`` at ``now``. Pure. Raises Refused for what the rules do not allow."""
    decision = Decision(now)
    DECIDERS[type(fact)](situation, fact, decision)
    return decision

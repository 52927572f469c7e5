"""The one table from facts to the functions that decide. Read top to bottom it is everything the centre reacts to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from callcenter.domain import (
    after_call,
    arrival,
    attempts,
    call_backs,
    call_flow,
    call_out,
    charge,
    control,
    facts,
    ladder,
    listening,
    offers,
    parking,
    parties,
    profile,
    recording,
    safe_mode,
    transfer,
)  # fmt: skip
from callcenter.domain.decision import Decision, RecordingClosed, Situation
from callcenter.domain.papers import follow_up_keeping, nouns


def recording_ended(_situation: Situation, fact: facts.RecordingEnded, decision: Decision) -> None:
    """The file is closed; fetching and keeping it is a job of its own that is tried until it succeeds."""
    decision.closed_recordings.append(RecordingClosed(fact.name, fact.seconds, fact.ok))


def audio_ended(situation: Situation, fact: facts.AudioEnded, decision: Decision) -> None:
    call_flow.audio_ended(situation, fact, decision)
    attempts.audio_ended(situation, fact, decision)


DECIDERS: dict[type, Callable[[Situation, Any, Decision], None]] = {
    # Asterisk
    facts.CallArrived: arrival.arrived,
    facts.SeatRang: offers.seat_rang,
    facts.SeatAnswered: control.seat_answered,
    facts.LegEnded: control.leg_ended,
    facts.AudioEnded: audio_ended,
    facts.RecordingEnded: recording_ended,
    facts.SafeModeCall: safe_mode.safe_mode_call,
    facts.AttemptRang: control.rang,
    facts.AttemptAnswered: control.answered,
    facts.AttemptFoundLive: control.answered,
    facts.AttemptEnded: control.told,
    facts.KeyPressed: control.key_pressed,
    facts.AttemptSeen: control.told,
    # clock, routing, checks, failed orders
    facts.TimerDue: control.timer_due,
    facts.SeatMatched: offers.matched,
    facts.CallBackMatched: call_backs.matched,
    facts.OrderFailed: control.order_failed,
    facts.CaseFoundLive: control.found_live,
    # people
    facts.OfferDeclined: control.offer_declined,
    facts.HangUpAsked: control.hang_up_asked,
    facts.HoldAsked: call_out.hold_asked,
    facts.DigitsAsked: call_out.digits_asked,
    facts.CallOutAsked: call_out.asked,
    facts.ListenAsked: listening.asked,
    facts.ListenStopped: listening.stopped,
    facts.TransferAsked: transfer.asked,
    facts.TransferCompleted: transfer.completed,
    facts.TransferCancelled: transfer.cancelled,
    facts.TakeOverAsked: transfer.take_over,
    facts.PartyWanted: parties.wanted,
    facts.PartyDropped: parties.dropped,
    facts.CaseTaken: after_call.case_taken,
    facts.CallParked: parking.parked,
    facts.CallBackDeclined: call_backs.declined,
    facts.NoteWritten: after_call.note_written,
    facts.DraftSaved: after_call.draft_saved,
    facts.MemberChosen: after_call.member_chosen,
    facts.ProfileChanged: profile.profile_changed,
    facts.WrappedUp: after_call.wrapped_up,
    facts.Settled: after_call.settled,
    facts.TaskTaken: after_call.task_taken,
    facts.TaskCompleted: after_call.task_completed,
    facts.ChargeTaken: charge.charge_taken,
    facts.ContactCalled: charge.contact_called,
    facts.AttemptJoined: charge.attempt_joined,
    facts.AttemptDropped: charge.attempt_dropped,
    facts.ReferenceNoted: charge.reference_noted,
    facts.DrillAsked: charge.drill_asked,
    facts.DrillStopped: charge.drill_stopped,
    facts.ReportWritten: charge.report_written,
    facts.ReportSigned: charge.report_signed,
    # a case's paperwork
    **nouns.DECIDERS,
}


FOLLOWED = (facts.PaperFact, facts.WrappedUp, facts.Settled)
"""After these, and after the timers of papers, a case may have come to where a follow-up is owed. For them the office is read."""


def decide(situation: Situation, fact: facts.Fact, now: datetime) -> Decision:
    """What follows from ``fact`` in ``situation`` at ``now``. Pure. Raises Refused for what the rules do not allow."""
    decision = Decision(now, fired=fact.kind if isinstance(fact, facts.TimerDue) else None)
    DECIDERS[type(fact)](situation, fact, decision)
    control.tidy(situation, decision)
    if isinstance(fact, FOLLOWED) or (isinstance(fact, facts.TimerDue) and "paper" in fact.data):
        follow_up_keeping.keep(situation, decision)
    if situation.escalation is not None:
        ladder.advance(situation, decision)
    recording.keep_off(situation, decision)
    keep_receipt(situation, decision)
    return decision


def keep_receipt(situation: Situation, decision: Decision) -> None:
    """Every change of a case's state, and everything that rules were asked about, keeps its receipt in the journal: from where to
    where, which rules were looked at, what they found. Who and when stand in the same line."""
    before = situation.case.state if situation.case is not None else None
    after = decision.case.state if decision.case is not None else before
    if before == after and not decision.receipt:
        return
    rules = [finding.as_json() for finding in decision.receipt]
    if before != after:
        # The move stands in the table of moves, or it would have been refused.
        rules.insert(0, {"rule": "R-0", "ok": True, "from": before, "to": after})
    if not decision.entries:
        decision.note("moved")
    last = decision.entries[-1]
    decision.entries[-1] = replace(last, data={**last.data, "receipt": rules})

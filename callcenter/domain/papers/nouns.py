"""Every kind of paperwork, and what is done with it, as three tables: a new noun adds its lines here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callcenter.domain import closure, intake
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.facts import PaperFact, TimerDue
from callcenter.domain.papers import (
    answer,
    archive,
    development,
    duty_call,
    enrolment,
    feedback,
    follow_up,
    follow_up_call,
    follow_up_loop,
    hand_over,
    need,
    promise,
    proof,
    question,
    told,
    work_order,
    work_order_dispatch,
    work_order_field,
    work_order_open,
    work_order_return,
    work_order_time,
)
from callcenter.domain.papers.paper import Paper

NOUNS: tuple[type[Paper], ...] = (
    intake.Intake,
    intake.Assignment,
    promise.Promise,
    answer.PendingAnswer,
    hand_over.HandOver,
    duty_call.DutyCall,
    development.Transfer,
    need.UnmetNeed,
    proof.Reply,
    proof.Verification,
    proof.Ground,
    feedback.Feedback,
    feedback.Liability,
    feedback.Rework,
    feedback.OutsideBody,
    archive.Archive,
    archive.TypicalCase,
    question.Question,
    told.NumberTold,
    enrolment.Enrolment,
    follow_up.FollowUp,
    work_order.WorkOrder,
)
BY_NOUN: dict[str, type[Paper]] = {noun.noun: noun for noun in NOUNS}

DECIDERS: dict[type[PaperFact], Callable[[Situation, Any, Decision], None]] = {
    # intake, category, owner
    intake.CaseRegistered: intake.registered,
    intake.Reclassified: intake.reclassified,
    intake.AssignmentDone: intake.assignment_done,
    hand_over.OwnerTaken: hand_over.taken,
    hand_over.OwnerNamed: hand_over.named,
    hand_over.HandOverOffered: hand_over.offered,
    hand_over.HandOverAccepted: hand_over.accepted,
    hand_over.HandOverReturned: hand_over.returned,
    duty_call.DutyCallWritten: duty_call.written,
    # what is owed to the elder
    promise.PromiseMade: promise.made,
    promise.PromiseKept: promise.kept,
    promise.PromiseMoved: work_order_time.promise_moved,
    promise.PromiseCancelled: promise.cancelled,
    question.SupervisorAsked: question.asked,
    question.QuestionAnswered: question.answered,
    question.QuestionWithdrawn: question.withdrawn,
    told.NumberGiven: told.given,
    enrolment.EnrolmentOffered: enrolment.offered,
    enrolment.Enrolled: enrolment.enrolled,
    enrolment.EnrolmentDeclined: enrolment.declined,
    answer.AnswerOwed: answer.owed,
    answer.AnswerGiven: answer.given,
    proof.Replied: proof.replied,
    proof.Verified: proof.verified,
    # business development
    development.TransferWanted: development.wanted,
    development.TransferApproved: development.approved,
    development.TransferRefused: development.refused,
    development.TransferTaken: development.taken,
    development.TransferAnswered: development.answered,
    need.NeedUnmet: need.unmet,
    need.NeedHandedOver: need.handed_over,
    need.SupplyFound: need.found,
    need.SupplyTold: need.told,
    # work orders
    work_order_open.OrderOpened: work_order_open.opened,
    work_order_open.ServedFirst: work_order_open.served_first,
    work_order_dispatch.OrderAssigned: work_order_dispatch.assigned,
    work_order_dispatch.OrderApproved: work_order_dispatch.approved,
    work_order_dispatch.OrderApprovedAloud: work_order_dispatch.approved_aloud,
    work_order_dispatch.OrderNotApproved: work_order_dispatch.not_approved,
    work_order_dispatch.OrderTakenBack: work_order_dispatch.taken_back,
    work_order_dispatch.OrderCancelled: work_order_dispatch.cancelled,
    work_order_field.OrderPrinted: work_order_field.printed,
    work_order_field.OrderPickedUp: work_order_field.picked_up,
    work_order_field.OrderArrived: work_order_field.arrived,
    work_order_field.OrderDelayed: work_order_field.delayed,
    work_order_field.IncidentReported: work_order_field.incident,
    work_order_field.MeasuresTaken: work_order_field.measures,
    work_order_field.OrderCompleted: work_order_field.completed,
    work_order_return.CopyReturned: work_order_return.copy_returned,
    work_order_return.FeeReceived: work_order_return.fee_received,
    work_order_return.FeeCorrected: work_order_return.fee_corrected,
    work_order_return.ReceiptVoided: work_order_return.receipt_voided,
    work_order_return.OrderArchived: work_order_return.archived,
    # satisfaction and closure
    feedback.FeedbackGiven: feedback.given,
    feedback.LiabilityStated: feedback.liability,
    feedback.ReworkDone: feedback.rework_done,
    feedback.OutsideAsked: feedback.outside_asked,
    feedback.OutsideAnswered: feedback.outside_answered,
    follow_up_call.FollowUpTaken: follow_up_call.taken,
    follow_up_call.FollowUpTried: follow_up_call.tried,
    follow_up_call.FollowUpAnswered: follow_up_call.answered,
    follow_up_call.FollowUpPlanned: follow_up_call.planned,
    follow_up_call.SpotCheckOrdered: follow_up_call.check_ordered,
    follow_up_loop.FollowUpDecided: follow_up_loop.decided,
    follow_up_loop.FollowUpResolved: follow_up_loop.resolved,
    closure.JudgedUnreasonable: closure.judged,
    closure.CloseAsked: closure.close_asked,
    # after closure
    archive.ArchivePrepared: archive.prepared,
    archive.ArchiveSigned: archive.signed,
    archive.ArchiveReturned: archive.returned,
    archive.CaseNominated: archive.nominated,
    archive.CaseRewritten: archive.rewritten,
    archive.CaseSelected: archive.selected,
}
TIMERS: dict[tuple[str, str], Callable[[Situation, TimerDue, Decision], None]] = {
    ("promise", "soon"): promise.soon,
    ("promise", "late"): promise.late,
    ("enrolment", "late"): enrolment.late,
    ("pending_answer", "late"): answer.late,
    ("hand_over", "late"): hand_over.late,
    ("duty_call", "late"): duty_call.late,
    ("transfer", "late"): development.late,
    ("unmet_need", "batch"): need.batch_due,
    ("unmet_need", "tell"): need.tell_due,
    ("rework", "late"): feedback.rework_late,
    ("assignment", "late"): intake.assignment_late,
    ("feedback", "three_days"): closure.three_days,
    ("follow_up", "late"): follow_up.late,
    ("follow_up", "unheard"): follow_up_loop.unheard,
    ("work_order", "assign"): work_order_time.assign_late,
    ("work_order", "back_fill"): work_order_time.back_fill_late,
    ("work_order", "pick_up"): work_order_time.pick_up_late,
    ("work_order", "arrive"): work_order_time.arrive_late,
    ("work_order", "return"): work_order_time.return_late,
    ("work_order", "measures"): work_order_time.measures_late,
}
"""Noun and the noun's own word for the timer (``Paper.timer``) → what follows when it is due."""


def timer_due(situation: Situation, fact: TimerDue, decision: Decision) -> None:
    """A paper's timer. One that no noun knows any more is used up and changes nothing."""
    noun, what = fact.kind.split(":")[:2]
    decider = TIMERS.get((noun, what))
    if decider is not None and situation.case is not None:
        decider(situation, fact, decision)

"""Every kind of paperwork, and what is done with it, as three tables: a new noun adds its lines here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from callcenter.domain.decision import Decision, Situation
from callcenter.domain.facts import PaperFact, TimerDue
from callcenter.domain.papers import enrolment, promise, question, told
from callcenter.domain.papers.paper import Paper

NOUNS: tuple[type[Paper], ...] = (promise.Promise, question.Question, told.NumberTold, enrolment.Enrolment)
BY_NOUN: dict[str, type[Paper]] = {noun.noun: noun for noun in NOUNS}

DECIDERS: dict[type[PaperFact], Callable[[Situation, Any, Decision], None]] = {
    promise.PromiseMade: promise.made,
    promise.PromiseKept: promise.kept,
    promise.PromiseMoved: promise.moved,
    promise.PromiseCancelled: promise.cancelled,
    question.SupervisorAsked: question.asked,
    question.QuestionAnswered: question.answered,
    question.QuestionWithdrawn: question.withdrawn,
    told.NumberGiven: told.given,
    enrolment.EnrolmentOffered: enrolment.offered,
    enrolment.Enrolled: enrolment.enrolled,
    enrolment.EnrolmentDeclined: enrolment.declined,
}
TIMERS: dict[tuple[str, str], Callable[[Situation, TimerDue, Decision], None]] = {
    ("promise", "soon"): promise.soon,
    ("promise", "late"): promise.late,
    ("enrolment", "late"): enrolment.late,
}
"""Noun and the noun's own word for the timer (``Paper.timer``) → what follows when it is due."""


def timer_due(situation: Situation, fact: TimerDue, decision: Decision) -> None:
    """A paper's timer. One that no noun knows any more is used up and changes nothing."""
    noun, what = fact.kind.split(":")[:2]
    decider = TIMERS.get((noun, what))
    if decider is not None and situation.case is not None:
        decider(situation, fact, decision)

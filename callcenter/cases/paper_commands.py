"""What people may order about a case's paperwork: shapes and roles here, rules in the domain.

The same table is served by the console's socket and by ``POST /api/desk/{command}``. A command whose fact has a ``paper_id`` and
that brings none gets a new one; a client that sends its own may send the command twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, fields
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from pydantic import AwareDatetime, StringConstraints

from callcenter.cases.commands import Args, OnCase, by_person
from callcenter.db.agents import Session
from callcenter.domain import closure, intake
from callcenter.domain.facts import PaperFact
from callcenter.domain.papers import (
    answer,
    archive,
    development,
    duty_call,
    enrolment,
    feedback,
    follow_up_call,
    follow_up_loop,
    hand_over,
    need,
    promise,
    proof,
    question,
)
from callcenter.domain.papers.common import TEXT_LIMIT
from callcenter.engine.processor import Processor

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=TEXT_LIMIT)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
Entry = tuple[type[Args], frozenset[str], Callable[[Session, Any], Awaitable[Any]]]

CARE = frozenset({"seat", "dispatcher", "group_leader", "supervisor", "department_head"})
"""Who cares for cases: the owner's own roles and their leaders."""
LEADING = frozenset({"supervisor", "department_head"})
GROUP = LEADING | {"group_leader"}
HEAD = frozenset({"department_head"})
BUSINESS = frozenset({"business_development", "department_head"})
ANYBODY = CARE | {"business_development", "finance"}
"""A delegate may be anybody: the register of delegates says who (R-11)."""


class NewPaper(OnCase):
    """``paper_id``: the client's own id for it; the same one twice is one paper."""

    paper_id: UUID | None = None


class OnPaper(OnCase):
    paper_id: UUID


class MakePromise(NewPaper):
    manner: Literal["immediate", "by_time", "appointment"]
    due_at: AwareDatetime | None = None
    text: Text


class KeepPromise(OnPaper):
    note: Text = ""


class MovePromise(OnPaper):
    due_at: AwareDatetime
    told: Text


class CancelPromise(OnPaper):
    told: Text


class AskSupervisor(NewPaper):
    text: Text


class AnswerQuestion(OnPaper):
    answer: Text


class IssueCard(OnPaper):
    card: Short


class DeclineEnrolment(OnPaper):
    reason: Text


class Reclassify(OnCase):
    category: Short
    subcategory: Short
    reason: Text


class WriteDutyCall(OnPaper):
    category: Short
    subcategory: Short
    text: Text


class WithReason(NewPaper):
    reason: Text


class GiveBack(OnPaper):
    reason: Text


class Sign(OnPaper):
    signer: Name


class WithResult(OnPaper):
    result: Text


class WithAnswer(OnPaper):
    answer: Text


class OweAnswer(NewPaper):
    question: Text
    told: Text


class MakeReply(NewPaper):
    way: Literal["phone", "visit", "letter", "message", "on_the_spot"]
    to: Short
    text: Text


class Verify(NewPaper):
    result: Literal["confirmed", "not_so", "unclear"]
    way: Short
    text: Text = ""


class RecordNeed(NewPaper):
    service: Short = ""
    text: Text
    referral: Short = ""
    referral_number: Short = ""


class FindSupply(OnPaper):
    provider: Short


class TellSupply(OnPaper):
    outcome: Literal["wanted", "not_wanted", "not_reached"]
    note: Text


class GiveFeedback(NewPaper):
    result: Literal["satisfied", "dissatisfied", "not_reached"]
    text: Text
    by_whom: Short = ""
    complaint: bool = False


class StateLiability(NewPaper):
    party: Literal["provider", "centre", "elder", "nobody"]
    text: Text
    demand: Text = ""


class AskOutside(NewPaper):
    body: Literal["market_supervision", "consumer_association", "authority", "other"]
    name: Short
    text: Text


class TryFollowUp(OnPaper):
    result: Literal["no_answer", "busy", "refused", "wrong_number", "away"]
    note: Text = ""
    call_case: UUID | None = None


class PlanFollowUp(NewPaper):
    at: AwareDatetime
    way: Literal["phone", "visit"] = "phone"
    text: Text


class DecideFollowUp(OnPaper):
    decision: Literal["handle", "report"]
    measure: Literal["redo", "rework", "replace_worker", "refund", "explain", "visit"] | None = None
    party: Literal["provider", "centre", "elder", "nobody"] | None = None
    text: Text


class ResolveFollowUp(OnPaper):
    outcome: Literal["put_right", "compensated", "explained", "unjustified", "handed_on"]
    text: Text


class JudgeUnreasonable(OnCase):
    reason: Short
    explanation: Text


class Close(OnCase):
    ground: Literal["resolved", "handed_over", "conclusion"] | None = None
    body: Short = ""
    evidence: Text = ""
    summary: Text = ""


class PrepareArchive(NewPaper):
    checked: tuple[Short, ...]
    note: Text = ""


class Nominate(NewPaper):
    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
    text: Text


class RewriteTypical(OnPaper):
    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
    text: Text


class Choose(OnPaper):
    selected: bool
    comment: Text = ""


TABLE: dict[str, tuple[type[OnCase], frozenset[str], type[PaperFact]]] = {
    "reclassify": (Reclassify, CARE, intake.Reclassified),
    "complete_assignment": (WithResult, CARE, intake.AssignmentDone),
    "take_case": (OnCase, CARE, hand_over.OwnerTaken),
    "accept_case": (OnPaper, CARE, hand_over.HandOverAccepted),
    "return_case": (GiveBack, CARE, hand_over.HandOverReturned),
    "write_duty_call": (WriteDutyCall, CARE, duty_call.DutyCallWritten),
    "make_promise": (MakePromise, CARE, promise.PromiseMade),
    "keep_promise": (KeepPromise, CARE, promise.PromiseKept),
    "move_promise": (MovePromise, CARE, promise.PromiseMoved),
    "cancel_promise": (CancelPromise, CARE, promise.PromiseCancelled),
    "ask_supervisor": (AskSupervisor, CARE, question.SupervisorAsked),
    "answer_question": (AnswerQuestion, frozenset({"supervisor", "department_head"}), question.QuestionAnswered),
    "withdraw_question": (OnPaper, CARE, question.QuestionWithdrawn),
    "card_issued": (IssueCard, CARE, enrolment.Enrolled),
    "decline_enrolment": (DeclineEnrolment, CARE, enrolment.EnrolmentDeclined),
    "owe_answer": (OweAnswer, CARE, answer.AnswerOwed),
    "give_answer": (WithAnswer, CARE, answer.AnswerGiven),
    "reply": (MakeReply, CARE, proof.Replied),
    "verify": (Verify, CARE, proof.Verified),
    "ask_transfer": (WithReason, CARE, development.TransferWanted),
    "approve_transfer": (Sign, ANYBODY, development.TransferApproved),
    "refuse_transfer": (GiveBack, ANYBODY, development.TransferRefused),
    "take_transfer": (OnPaper, BUSINESS, development.TransferTaken),
    "answer_transfer": (WithAnswer, BUSINESS, development.TransferAnswered),
    "record_need": (RecordNeed, CARE, need.NeedUnmet),
    "find_supply": (FindSupply, BUSINESS, need.SupplyFound),
    "tell_supply": (TellSupply, CARE, need.SupplyTold),
    "give_feedback": (GiveFeedback, CARE, feedback.FeedbackGiven),
    "state_liability": (StateLiability, CARE, feedback.LiabilityStated),
    "complete_rework": (WithResult, CARE, feedback.ReworkDone),
    "ask_outside": (AskOutside, CARE, feedback.OutsideAsked),
    "record_outside": (WithResult, CARE, feedback.OutsideAnswered),
    "take_follow_up": (OnPaper, CARE, follow_up_call.FollowUpTaken),
    "plan_follow_up": (PlanFollowUp, CARE, follow_up_call.FollowUpPlanned),
    "check_follow_up": (OnPaper, GROUP, follow_up_call.SpotCheckOrdered),
    "decide_follow_up": (DecideFollowUp, GROUP, follow_up_loop.FollowUpDecided),
    "resolve_follow_up": (ResolveFollowUp, GROUP, follow_up_loop.FollowUpResolved),
    "judge_unreasonable": (JudgeUnreasonable, CARE, closure.JudgedUnreasonable),
    "close": (Close, CARE, closure.CloseAsked),
    "prepare_archive": (PrepareArchive, CARE, archive.ArchivePrepared),
    "sign_archive": (Sign, HEAD, archive.ArchiveSigned),
    "return_archive": (GiveBack, HEAD, archive.ArchiveReturned),
    "nominate": (Nominate, CARE, archive.CaseNominated),
    "rewrite_typical": (RewriteTypical, CARE, archive.CaseRewritten),
    "choose_typical": (Choose, LEADING, archive.CaseSelected),
}
"""Name → (shape, roles, fact). The fact has the shape's fields under the same names. ``cases/intake.py`` has those that need
more."""


@dataclass(frozen=True)
class PaperCommands:
    """Runs them. ``table``: name → (shape, roles, what runs)."""

    processor: Processor

    @property
    def table(self) -> Mapping[str, Entry]:
        return {name: (shape, roles, self._runner(fact)) for name, (shape, roles, fact) in TABLE.items()}

    def _runner(self, fact: type[PaperFact]) -> Callable[[Session, OnCase], Awaitable[dict[str, str] | None]]:
        has_paper = any(field.name == "paper_id" for field in fields(fact))

        async def run(who: Session, args: OnCase) -> dict[str, str] | None:
            values = args.model_dump(exclude={"case_id"})
            if has_paper:
                values["paper_id"] = values.get("paper_id") or uuid4()
            await self.processor.ask(fact(*by_person(who, args.case_id), **values))
            return {"paper_id": str(values["paper_id"])} if has_paper else None

        return run

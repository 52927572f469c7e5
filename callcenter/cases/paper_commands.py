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
from callcenter.domain.facts import PaperFact
from callcenter.domain.papers import enrolment, promise, question
from callcenter.domain.papers.common import TEXT_LIMIT
from callcenter.engine.processor import Processor

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=TEXT_LIMIT)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]
Entry = tuple[type[Args], frozenset[str], Callable[[Session, Any], Awaitable[Any]]]

CARE = frozenset({"seat", "dispatcher", "group_leader", "supervisor", "department_head"})
"""Who cares for cases: the owner's own roles and their leaders."""


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


TABLE: dict[str, tuple[type[OnCase], frozenset[str], type[PaperFact]]] = {
    "make_promise": (MakePromise, CARE, promise.PromiseMade),
    "keep_promise": (KeepPromise, CARE, promise.PromiseKept),
    "move_promise": (MovePromise, CARE, promise.PromiseMoved),
    "cancel_promise": (CancelPromise, CARE, promise.PromiseCancelled),
    "ask_supervisor": (AskSupervisor, CARE, question.SupervisorAsked),
    "answer_question": (AnswerQuestion, frozenset({"supervisor", "department_head"}), question.QuestionAnswered),
    "withdraw_question": (OnPaper, CARE, question.QuestionWithdrawn),
    "card_issued": (IssueCard, CARE, enrolment.Enrolled),
    "decline_enrolment": (DeclineEnrolment, CARE, enrolment.EnrolmentDeclined),
}
"""Name → (shape, roles, fact). The fact has the shape's fields under the same names."""


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

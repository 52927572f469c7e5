"""Follow-up calls (回访): before closure (R-17), after closure (S-7), and when a service was done (V-1, F-6).

The paper is the task: it is made by the system (R-14, R-15: every case of its categories), it is due by the centre's own figure
(R-13), it collects the attempts, and it ends with the six fields of V-2, or as a miss with a name. A closed case may have one
(R-20: the case stays closed). What people do with it stands in ``follow_up_call.py``, dissatisfaction in ``follow_up_loop.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Literal
from uuid import UUID, uuid5

from callcenter.domain.case import Case
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.facts import TimerDue
from callcenter.domain.papers.common import due_paper, the_case, touch
from callcenter.domain.papers.paper import Moves, Paper
from callcenter.domain.sampling import Difference

Kind = Literal["service", "before_closure", "after_closure"]
Quality = Literal["good", "fair", "poor"]
Way = Literal["phone", "visit"]
Failure = Literal["no_answer", "busy", "refused", "wrong_number", "away"]
Measure = Literal["redo", "rework", "replace_worker", "refund", "explain", "visit"]
Outcome = Literal["put_right", "compensated", "explained", "unjustified", "handed_on"]
LEAST_SATISFIED = 3
"""Of five: who says less is dissatisfied (V-3)."""
MISTAKEN = frozenset({"false_alarm", "test"})
LOOP = frozenset({"reported", "handling", "escalated"})
"""The elder is dissatisfied, and nobody has said yet what came of it (V-3, D-6)."""
REACHED = frozenset({"done", "resolved"}) | LOOP
"""States in which the elder was asked: they count for R-14 and R-15."""


@dataclass(frozen=True)
class Attempt:
    """A call that did not reach the elder. ``call_case``: the case of that call, where our telephones made it."""

    at: datetime
    by: UUID
    result: Failure
    note: str = ""
    call_case: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class FollowUp(Paper):
    """One follow-up, from the day it is owed."""

    noun: ClassVar[str] = "follow_up"
    zh: ClassVar[str] = "回访"
    moves: ClassVar[Moves] = {
        "due": {
            "take": "due", "try": "due", "satisfy": "done", "complain": "reported", "miss": "missed", "drop": "not_needed",
        },
        "reported": {"handle": "handling", "report": "escalated"},
        "handling": {"report": "escalated", "resolve": "resolved"},
        "escalated": {"resolve": "resolved"},
        "done": {},
        "resolved": {},
        "missed": {},
        "not_needed": {},
    }  # fmt: skip

    kind: Kind
    order_id: UUID | None = None
    planned_way: Way = "phone"
    """``visit``: the group leader goes to the home with the other leaders (V-P1)."""
    plan: str = ""
    attempts: tuple[Attempt, ...] = ()
    outcome: Literal["", "satisfied", "dissatisfied", "missed"] = ""
    # V-2: the six, and how it was done
    asked_at: datetime | None = None
    name: str = ""
    address: str = ""
    content: str = ""
    quality: Quality | None = None
    satisfaction: int | None = None
    """1 (very dissatisfied) to 5 (very satisfied)."""
    remark: str = ""
    way: Way = "phone"
    visited_by: tuple[str, ...] = ()
    signer: str = ""
    asked_by: UUID | None = None
    call_case: UUID | None = None
    # V-4
    other_need: bool | None = None
    need: str = ""
    introduced: str = ""
    """What was explained of the service that could meet the need."""
    need_category: str = "life_help"
    need_subcategory: str = "other"
    need_case: UUID | None = None
    """The new case of that need. Its id follows from ours, so that it is registered once."""
    relapse_case: UUID | None = None
    """R-20: dissatisfaction with a closed case is a new case."""
    # V-3, D-6
    decision: Literal["", "handle", "report"] = ""
    measure: Measure | None = None
    decision_text: str = ""
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    rework_id: UUID | None = None
    resolution: Outcome | None = None
    resolution_text: str = ""
    again_of: UUID | None = None
    """The follow-up whose dissatisfaction was dealt with: the elder is asked again."""
    # V-5
    spot_check_of: UUID | None = None
    first_by: UUID | None = None
    """Who asked first: never who checks."""
    differences: tuple[Difference, ...] = ()

    @property
    def reached(self) -> bool:
        """Whether the elder was asked."""
        return self.state in REACHED


def word_id(paper: FollowUp, attempt: int = 0) -> UUID:
    """The id of the elder's word (``feedback.py``) that came of this follow-up; of a failed ``attempt``, from 1, its own."""
    return uuid5(paper.id, f"word {attempt}")


def group_of(case: Case) -> Literal["service", "life_help", "rescue"] | None:
    """The category whose follow-up is demanded: consultation about services and life help (R-14), rescues (R-15)."""
    if case.kind == "emergency" or case.category == "rescue":
        return "rescue"
    if case.category == "life_help":
        return "life_help"
    return "service" if (case.category, case.subcategory) == ("consultation", "service") else None


def needed(case: Case) -> bool:
    """Whether this case is to be followed up at all: not what was unreasonable, pressed by mistake, a test or a drill."""
    return (
        case.source not in ("drill", "probe")
        and case.unreasonable is None
        and case.disposition not in MISTAKEN
        and group_of(case) is not None
    )


def owed(
    situation: Situation,
    decision: Decision,
    *,
    kind: Kind,
    order_id: UUID | None = None,
    at: datetime,
    again_of: UUID | None = None,
) -> FollowUp | None:
    """Put the follow-up that is owed from now on, with its timers. ``at``: when that happened which is followed up (the service was
    done, the case was closed); it is due by R-13's (S-7's) figure after it. Asked twice for one order, or for one kind while such a
    one is unfinished, it makes no second and gives None. A service's follow-up takes the place of one before closure that nobody
    has tried yet: the elder is called once.
    """
    case, now, office = decision.case or the_case(situation), decision.now, situation.office
    held = follow_ups(situation, decision)
    paper_id = _id(case, held, kind, order_id, again_of)
    if any(paper.id == paper_id for paper in held) or (
        order_id is None and again_of is None and any(p.kind == kind and p.unfinished and p.spot_check_of is None for p in held)
    ):
        return None
    if kind == "service":
        for paper in held:
            if paper.kind == "before_closure" and paper.state == "due" and not paper.attempts and paper.again_of is None:
                drop(decision, paper)
    if kind == "after_closure":
        due = office.calendar.after(at, round(office.limit("S-7", "days", now)))
    else:
        due = at + office.span("R-13", "rescue_hours" if group_of(case) == "rescue" else f"{kind}_hours", now)
    rule = {"service": "V-1", "before_closure": "R-13", "after_closure": "S-7"}[kind]
    decision.found(rule, "已自动生成回访任务", "a follow-up is owed")
    # The owner of the case follows it up (R-13, S-7); after a service it is the front desk, whoever is there (V-1).
    owner = None if kind == "service" else case.agent_id
    return put(
        decision,
        FollowUp(
            id=paper_id, case_id=case.id, state="due", opened_at=now, owner_id=owner, due_at=max(due, now + timedelta(minutes=1)),
            kind=kind, order_id=order_id, again_of=again_of,
        ),
    )  # fmt: skip


def put(decision: Decision, paper: FollowUp) -> FollowUp:
    """Keep a new one, with the timer that marks it late."""
    assert paper.due_at is not None
    decision.set_deadline(paper, "late", paper.due_at)
    return decision.put(paper)


def drop(decision: Decision, paper: FollowUp) -> None:
    """It is not needed any more."""
    decision.put(paper.moved("drop", decision.now, None, overdue=False))
    decision.cancel_timer(paper.timer("late"))


def settle(
    situation: Situation, decision: Decision, paper: FollowUp, by: UUID | None, outcome: Outcome, text: str
) -> FollowUp:  # fmt: skip
    """What came of the dissatisfaction (D-6). Where something was put right the elder is asked again, unless the case is closed:
    then the new case that was opened for it has its own follow-up."""
    case = decision.case or the_case(situation)
    resolved = decision.put(
        paper.moved("resolve", decision.now, by, resolution=outcome, resolution_text=text, overdue=False, due_at=None)
    )
    decision.cancel_timer(paper.timer("late"))
    if outcome in ("put_right", "compensated") and case.state != "closed":
        owed(situation, decision, kind=paper.kind, at=decision.now, again_of=paper.id)
    return resolved


def late(situation: Situation, fact: TimerDue, decision: Decision) -> None:
    """Nobody called in time, or nobody said in time what came of the dissatisfaction."""
    paper = due_paper(situation, FollowUp, fact.data)
    if paper is None or paper.overdue:
        return
    decision.put(replace(paper, overdue=True))
    touch(situation, decision)
    rule = "R-13" if paper.state == "due" else "D-6"
    decision.found(rule, "回访逾期" if paper.state == "due" else "不满意的处理逾期", "overdue", ok=False)
    decision.note("follow_up_late", paper=str(paper.id))


def follow_ups(situation: Situation, decision: Decision) -> list[FollowUp]:
    """The case's follow-ups as this decision has made them so far, oldest first."""
    changed = {**{paper.id: paper for paper in situation.papers_of(FollowUp)}}
    changed |= {paper.id: paper for paper in decision.papers.values() if isinstance(paper, FollowUp)}
    return list(changed.values())


def _id(case: Case, held: list[FollowUp], kind: Kind, order_id: UUID | None, again_of: UUID | None) -> UUID:
    """Told twice, it is one paper: the id follows from what it is for."""
    if again_of is not None:
        return uuid5(again_of, "again")
    if order_id is not None:
        return uuid5(order_id, "follow-up")
    return uuid5(case.id, f"follow-up {kind} {sum(p.kind == kind and p.order_id is None and p.again_of is None for p in held)}")

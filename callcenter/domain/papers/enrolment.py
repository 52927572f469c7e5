"""Who fits and has no card is offered one (C-4): at the department, or at home for who cannot come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Literal
from uuid import UUID

from callcenter.domain.decision import Decision, Situation
from callcenter.domain.errors import Refused
from callcenter.domain.facts import PaperFact
from callcenter.domain.papers.common import find, lateness, own, touch, words
from callcenter.domain.papers.paper import Moves, Paper
from callcenter.domain.roles import Role

Where = Literal["office", "home"]
RULE = "C-4"
HOME_DAYS, OFFICE_DAYS = 3, 14  # until somebody is to have come by; until we ask what became of it


@dataclass(frozen=True, kw_only=True)
class Enrolment(Paper):
    """``card``: the number of the card that was issued in the end."""

    noun: ClassVar[str] = "enrolment"
    zh: ClassVar[str] = "办卡"
    moves: ClassVar[Moves] = {"open": {"enrol": "enrolled", "decline": "declined"}, "enrolled": {}, "declined": {}}
    desks: ClassVar[frozenset[Role]] = frozenset({"dispatcher", "group_leader", "supervisor"})

    where: Where
    note: str = ""
    card: str = ""
    result: str = ""


@dataclass(frozen=True)
class EnrolmentOffered(PaperFact):
    """``note``: when it suits them, what keeps them from coming. ``advice``: what domain/directory.py card_advice said."""

    paper_id: UUID | None = None
    where: Where = "office"
    note: str = ""
    advice: str = ""


@dataclass(frozen=True)
class Enrolled(PaperFact):
    paper_id: UUID | None = None
    card: str = ""


@dataclass(frozen=True)
class EnrolmentDeclined(PaperFact):
    paper_id: UUID | None = None
    reason: str = ""


def offered(situation: Situation, fact: EnrolmentOffered, decision: Decision) -> None:
    case = own(situation, fact, "dispatcher")
    assert fact.paper_id is not None
    if any(paper.id == fact.paper_id for paper in situation.papers):
        return  # told twice
    if any(paper.unfinished for paper in situation.papers_of(Enrolment)):
        raise Refused(
            "enrolment_open", "这个求助件已登记办卡,尚未办完。", "An enrolment of this case is open.",
            remedy_zh="请先办结那一件。", remedy_en="Finish that one first.", rule=RULE,
        )  # fmt: skip
    if fact.advice in ("valid", "too_young", "not_ours"):
        zh, en = {
            "valid": ("这位老人已有有效的服务卡", "This elder has a valid card"),
            "too_young": ("未到办卡年龄", "They are not old enough for a card"),
            "not_ours": ("住址不在本中心辖区,请转介其所属社养部(C-5)", "They live outside our area: hand them over (C-5)"),
        }[fact.advice]
        raise Refused("no_enrolment", f"{zh},没有登记办卡。", f"{en}; nothing was registered.", rule=RULE)
    due = decision.now + timedelta(days=HOME_DAYS if fact.where == "home" else OFFICE_DAYS)
    enrolment = Enrolment(
        id=fact.paper_id,
        case_id=case.id,
        state="open",
        opened_at=decision.now,
        opened_by=fact.agent_id,
        due_at=due,
        where=fact.where,
        note=fact.note.strip()[:400],
    )
    decision.set_deadline(decision.put(enrolment), "late", due)
    touch(situation, decision)
    decision.found(RULE, "符合条件未办卡,已告知并登记办卡", "fits and has no card: told, and registered for one")
    decision.note("enrolment_offered", agent_id=fact.agent_id, paper=str(enrolment.id), where=fact.where, text=enrolment.note)


def enrolled(situation: Situation, fact: Enrolled, decision: Decision) -> None:
    enrolment = find(situation, Enrolment, fact.paper_id)
    card = words(fact.card, "服务卡号", "number of the card", RULE)
    decision.put(enrolment.moved("enrol", decision.now, fact.agent_id, card=card))
    decision.cancel_timer(enrolment.timer("late"))
    touch(situation, decision)
    decision.found(RULE, "已办卡", "the card was issued")
    decision.note("enrolled", agent_id=fact.agent_id, paper=str(enrolment.id), card=card)


def declined(situation: Situation, fact: EnrolmentDeclined, decision: Decision) -> None:
    enrolment = find(situation, Enrolment, fact.paper_id)
    reason = words(fact.reason, "不办的原因", "reason", RULE)
    decision.put(enrolment.moved("decline", decision.now, fact.agent_id, result=reason))
    decision.cancel_timer(enrolment.timer("late"))
    touch(situation, decision)
    decision.note("enrolment_declined", agent_id=fact.agent_id, paper=str(enrolment.id), text=reason)


late = lateness(Enrolment, "enrolment_late")

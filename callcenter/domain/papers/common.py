"""What the nouns' functions share: whose case it is, who may act, and the texts that are demanded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from callcenter.domain.case import Case
from callcenter.domain.decision import Decision, P, Situation
from callcenter.domain.errors import Refused
from callcenter.domain.facts import ByPerson, TimerDue
from callcenter.domain.papers.paper import Paper

LEADERS = frozenset({"supervisor", "group_leader", "department_head"})
TEXT_LIMIT = 4000  # characters, as for notes


def the_case(situation: Situation) -> Case:
    """The case of the fact. Raises Refused when there is none."""
    if situation.case is None:
        raise Refused("no_such_case", "没有这个求助件。", "There is no such case.", status=404)
    return situation.case


def open_case(situation: Situation) -> Case:
    """The case, if paperwork may still be added to it (R-20: a closed case never reopens)."""
    case = the_case(situation)
    if case.state == "closed":
        raise Refused(
            "case_closed", "求助件已结案,没有改动。", "The case is closed; nothing was changed.",
            remedy_zh="如再次出现问题,请作为新求助件登记,并注明原件。",
            remedy_en="If it came back, register a new case and name this one.",
            rule="R-20",
        )  # fmt: skip
    return case


def own(situation: Situation, fact: ByPerson, *roles: str) -> Case:
    """The open case, if this person answers for it: its 受理人, a leader, or one of ``roles``."""
    case = open_case(situation)
    if case.agent_id != fact.agent_id and fact.role not in LEADERS | {*roles}:
        raise Refused(
            "not_your_case", "您不是这个求助件的受理人。", "You are not the owner of this case.",
            remedy_zh="请受理人办理,或请主管转交给您。", remedy_en="Ask its owner, or have it handed over to you.",
            rule="R-1", status=403,
        )  # fmt: skip
    return case


def words(text: str, zh: str, en: str, rule: str) -> str:
    """A text that a rule demands, stripped. Raises Refused when it is empty or too long."""
    text = text.strip()
    if not 1 <= len(text) <= TEXT_LIMIT:
        raise Refused(
            "text_length", f"请写明{zh}(1至{TEXT_LIMIT}字)。", f"Write the {en} (1 to {TEXT_LIMIT} characters).",
            rule=rule, status=422,
        )  # fmt: skip
    return text


def find(situation: Situation, kind: type[P], paper_id: UUID | None) -> P:
    """One of the case's papers. Raises Refused when there is no such."""
    found = next((paper for paper in situation.papers_of(kind) if paper.id == paper_id), None)
    if found is None:
        raise Refused("no_such_paper", f"没有这份{kind.zh}。", f"There is no such {kind.noun.replace('_', ' ')}.", status=404)
    return found


def due_paper(situation: Situation, kind: type[P], data: dict[str, object]) -> P | None:
    """The unfinished paper that a timer was set for; None when it is finished, or gone."""
    found = next((paper for paper in situation.papers_of(kind) if str(paper.id) == data.get("paper")), None)
    return found if found is not None and found.unfinished else None


def touch(situation: Situation, decision: Decision) -> Case:
    """The case unchanged, as the decision's: its version rises, and consoles learn that something of it is new."""
    decision.case = decision.case or the_case(situation)
    return decision.case


def lateness(
    kind: type[Paper], entry: str, field: str = "", *, rule: str = "", zh: str = "", en: str = ""
) -> Callable[[Situation, TimerDue, Decision], None]:
    """What a noun's timer ``late`` does: the unfinished paper is marked overdue, once. ``entry``: the journal line's kind, with the
    paper's ``field`` as its text; ``rule``, ``zh``, ``en``: what the receipt says was not kept."""

    def late(situation: Situation, fact: TimerDue, decision: Decision) -> None:
        paper = due_paper(situation, kind, fact.data)
        if paper is None or paper.overdue:
            return
        decision.put(replace(paper, overdue=True))
        touch(situation, decision)
        if rule:
            decision.found(rule, zh, en, ok=False)
        text = {"text": getattr(paper, field)} if field else {}
        decision.note(entry, paper=str(paper.id), **text)

    return late

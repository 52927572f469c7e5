"""After closure: the archive with its checklist and the head's signature (S-10, R-12), and typical cases (R-6, S-3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar
from uuid import UUID

from callcenter.domain.decision import Decision, Situation
from callcenter.domain.errors import Refused
from callcenter.domain.facts import PaperFact
from callcenter.domain.papers.common import LEADERS, find, the_case, touch, words
from callcenter.domain.papers.paper import Moves, Paper
from callcenter.domain.roles import Role

CHECKLIST = ("journal", "category", "reply", "follow_up", "attachments")
"""登记与过程记录、类别、回复、回访、附件: what whoever archives has looked at."""


@dataclass(frozen=True, kw_only=True)
class Archive(Paper):
    """A closed case's file, signed by the head of the department."""

    noun: ClassVar[str] = "archive"
    zh: ClassVar[str] = "归档"
    moves: ClassVar[Moves] = {"prepared": {"sign": "signed", "give_back": "returned"}, "signed": {}, "returned": {}}
    desks: ClassVar[frozenset[Role]] = frozenset({"department_head"})

    checked: tuple[str, ...]
    note: str = ""
    signer: str = ""


@dataclass(frozen=True, kw_only=True)
class TypicalCase(Paper):
    """A case study: nominated by whoever handled it, chosen for the collection by a leader. ``week``: ISO, ``2026-W48``."""

    noun: ClassVar[str] = "typical_case"
    zh: ClassVar[str] = "典型案例"
    moves: ClassVar[Moves] = {
        "nominated": {"rewrite": "nominated", "select": "selected", "decline": "declined"}, "selected": {}, "declined": {},
    }  # fmt: skip
    desks: ClassVar[frozenset[Role]] = frozenset({"supervisor", "department_head"})

    title: str
    text: str
    week: str
    comment: str = ""


@dataclass(frozen=True)
class ArchivePrepared(PaperFact):
    paper_id: UUID | None = None
    checked: tuple[str, ...] = field(default=())
    note: str = ""


@dataclass(frozen=True)
class ArchiveSigned(PaperFact):
    paper_id: UUID | None = None
    signer: str = ""


@dataclass(frozen=True)
class ArchiveReturned(PaperFact):
    paper_id: UUID | None = None
    reason: str = ""


@dataclass(frozen=True)
class CaseNominated(PaperFact):
    paper_id: UUID | None = None
    title: str = ""
    text: str = ""


@dataclass(frozen=True)
class CaseRewritten(PaperFact):
    """The case study is worked on until it is chosen (S-3)."""

    paper_id: UUID | None = None
    title: str = ""
    text: str = ""


@dataclass(frozen=True)
class CaseSelected(PaperFact):
    paper_id: UUID | None = None
    selected: bool = True
    comment: str = ""


def prepared(situation: Situation, fact: ArchivePrepared, decision: Decision) -> None:
    case = the_case(situation)
    if case.state != "closed":
        raise Refused(
            "not_closed_yet", "结案后才能归档。", "Only a closed case is archived.", remedy_zh="请先结案。",
            remedy_en="Close it first.",
            rule="S-10",
        )  # fmt: skip
    if any(paper.state in ("prepared", "signed") for paper in situation.papers_of(Archive)):
        raise Refused("archived", "已经归档或正在等待签字。", "It is archived, or waits for its signature.", rule="S-10")
    missing = [item for item in CHECKLIST if item not in fact.checked]
    if missing:
        names = {"journal": "过程记录", "category": "类别", "reply": "回复", "follow_up": "回访", "attachments": "附件"}
        raise Refused(
            "checklist_incomplete", f"归档清单未核对完:{'、'.join(names[item] for item in missing)}。",
            f"Not looked at yet: {', '.join(missing)}.", remedy_zh="请逐项核对。", remedy_en="Look at each.", rule="S-10",
            status=422,
        )  # fmt: skip
    if case.kind == "emergency" and case.disposition not in ("false_alarm", "test"):
        signed = situation.report is not None and situation.report.signed_at is not None
        if not signed:
            raise Refused(
                "report_not_signed", "紧急救援的书面记录尚未由负责人签字,不能归档。", "The written report is not signed yet.",
                remedy_zh="请先写好处置记录并由负责人签字。", remedy_en="Write the report and have it signed.", rule="R-12",
            )  # fmt: skip
    assert fact.paper_id is not None
    paper = decision.put(
        Archive(
            id=fact.paper_id, case_id=case.id, state="prepared", opened_at=decision.now, opened_by=fact.agent_id,
            checked=CHECKLIST, note=fact.note.strip(),
        )
    )  # fmt: skip
    touch(situation, decision)
    decision.found("S-10", "归档清单已逐项核对", "every item of the checklist was looked at")
    decision.note("archive_prepared", agent_id=fact.agent_id, paper=str(paper.id))


def signed(situation: Situation, fact: ArchiveSigned, decision: Decision) -> None:
    the_case(situation)
    paper = find(situation, Archive, fact.paper_id)
    signer = words(fact.signer, "签字人姓名", "name of who signs", "R-12")
    decision.put(paper.moved("sign", decision.now, fact.agent_id, signer=signer))
    touch(situation, decision)
    decision.found("R-12", f"负责人{signer}签字存档", f"signed by the head, {signer}")
    decision.note("archived", agent_id=fact.agent_id, paper=str(paper.id), signer=signer)


def returned(situation: Situation, fact: ArchiveReturned, decision: Decision) -> None:
    the_case(situation)
    paper = find(situation, Archive, fact.paper_id)
    text = words(fact.reason, "退回原因", "reason", "S-10")
    decision.put(paper.moved("give_back", decision.now, fact.agent_id, note=text))
    touch(situation, decision)
    decision.note("archive_returned", agent_id=fact.agent_id, paper=str(paper.id), text=text)


def nominated(situation: Situation, fact: CaseNominated, decision: Decision) -> None:
    case = the_case(situation)
    assert fact.paper_id is not None
    year, week, _ = situation.office.calendar.day_of(decision.now).isocalendar()
    paper = decision.put(
        TypicalCase(
            id=fact.paper_id, case_id=case.id, state="nominated", opened_at=decision.now, opened_by=fact.agent_id,
            title=words(fact.title, "标题", "title", "R-6")[:120], text=words(fact.text, "案例正文", "text", "S-3"),
            week=f"{year}-W{week:02}",
        )
    )  # fmt: skip
    touch(situation, decision)
    decision.found("R-6", "已推荐为典型案例", "nominated as a typical case")
    decision.note("nominated", agent_id=fact.agent_id, paper=str(paper.id), title=paper.title)


def rewritten(situation: Situation, fact: CaseRewritten, decision: Decision) -> None:
    """By who nominated it, or a leader. What it said before stands in the journal."""
    the_case(situation)
    paper = find(situation, TypicalCase, fact.paper_id)
    if fact.agent_id != paper.opened_by and fact.role not in LEADERS:
        raise Refused(
            "not_your_study", "这份案例由他人编写,没有改动。", "Somebody else writes this case study; nothing was changed.",
            remedy_zh="请编写人或主管修改。", remedy_en="Ask who wrote it, or a leader.", rule="S-3", status=403,
        )  # fmt: skip
    title, text = words(fact.title, "标题", "title", "R-6")[:120], words(fact.text, "案例正文", "text", "S-3")
    decision.put(paper.moved("rewrite", decision.now, fact.agent_id, title=title, text=text))
    touch(situation, decision)
    decision.note("typical_rewritten", agent_id=fact.agent_id, paper=str(paper.id), title=title, before=paper.text)


def selected(situation: Situation, fact: CaseSelected, decision: Decision) -> None:
    the_case(situation)
    paper = find(situation, TypicalCase, fact.paper_id)
    move = "select" if fact.selected else "decline"
    decision.put(paper.moved(move, decision.now, fact.agent_id, comment=fact.comment.strip()))
    touch(situation, decision)
    decision.found("R-6", "入选《典型案例集》" if fact.selected else "未入选", "chosen" if fact.selected else "not chosen")
    decision.note("typical_case", agent_id=fact.agent_id, paper=str(paper.id), selected=fact.selected)

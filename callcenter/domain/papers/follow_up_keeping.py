"""What is owed of a case as it now stands: looked at by the end of every decision about paperwork (R-13 to R-15, S-7)."""

from __future__ import annotations

from dataclasses import replace

from callcenter.domain.decision import Decision, Situation
from callcenter.domain.papers.feedback import Feedback, Rework
from callcenter.domain.papers.follow_up import FollowUp, drop, follow_ups, needed, owed, settle, word_id


def keep(situation: Situation, decision: Decision) -> None:
    """Make what is owed, and drop what is owed in vain."""
    case = decision.case or situation.case
    if case is None or decision.nothing:
        return
    for paper in follow_ups(situation, decision):
        rework = decision.papers.get(paper.rework_id) if paper.rework_id is not None else None
        if paper.state == "handling" and isinstance(rework, Rework) and rework.state == "done":
            settle(situation, decision, paper, None, "put_right", rework.result)
    _superseded(situation, decision)
    held = follow_ups(situation, decision)
    regular = [paper for paper in held if paper.spot_check_of is None]
    if not needed(case):
        for paper in held:
            if paper.state == "due":
                drop(decision, paper)
        return
    if case.state == "closed":
        was_open = situation.case is None or situation.case.state != "closed"
        if was_open:
            _closed(situation, decision, regular)
    elif case.state == "open" and not case.red and not any(p.kind in ("before_closure", "service") for p in regular):
        owed(situation, decision, kind="before_closure", at=decision.now)
    elif case.state == "open" and not case.red and _put_right(decision) and not any(p.unfinished for p in regular):
        owed(situation, decision, kind="before_closure", at=decision.now)  # and the elder is asked again


def _superseded(situation: Situation, decision: Decision) -> None:
    """The elder said by themselves that they are content: nobody need ask before closure (R-17). What a person planned stays, and
    so does the call after a service with its six fields (V-1); when the case closes it is owed the call of S-7 as any other."""
    held = follow_ups(situation, decision)
    ours = {word_id(paper) for paper in held}
    words = [p for p in decision.papers.values() if isinstance(p, Feedback) and p.result == "satisfied" and p.id not in ours]
    waiting = [p for p in held if p.kind == "before_closure" and p.state == "due" and p.spot_check_of is None and not p.plan]
    if not words or not waiting:
        return
    for paper in waiting:
        drop(decision, paper)
    decision.found("R-17", "老人已自己表示满意,结案前回访不再需要", "the elder said so by themselves: not asked before closure")


def _put_right(decision: Decision) -> bool:
    return any(isinstance(paper, Rework) and paper.state == "done" for paper in decision.papers.values())


def _closed(situation: Situation, decision: Decision, regular: list[FollowUp]) -> None:
    """The case was closed just now. One that nobody reached is a miss (R-18); one that is still owed is made after closure."""
    without = any(entry.kind == "closed" and entry.data.get("rule") == "R-18" for entry in decision.entries)
    still = [paper for paper in regular if paper.state == "due"]
    if without:
        for paper in still:
            decision.put(paper.moved("miss", decision.now, None, outcome="missed"))
            decision.cancel_timer(paper.timer("late"))
        still = []
    for paper in still:
        if paper.kind == "before_closure":  # its time is past: it is made as the one after closure
            decision.put(replace(paper, kind="after_closure"))
            decision.found("S-7", "结案前的回访转为结案后回访", "the call before closure is made after it")
    if not still:
        owed(situation, decision, kind="after_closure", at=decision.now)

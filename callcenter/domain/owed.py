"""Call-backs that are owed: made when a caller was not served, closed when they are. Pure functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid5

from callcenter.domain.case import Task
from callcenter.domain.decision import Decision, Situation


def owe_call_back(situation: Situation, decision: Decision) -> None:
    case = decision.case
    assert case is not None
    # One open call-back a case: its id follows from the case and the leg count, so a repeated decision makes no second.
    task_id = uuid5(case.id, f"call-back-{case.level}-{case.offers}-{len(situation.legs)}")
    due = decision.now if case.kind == "emergency" else decision.now + timedelta(seconds=situation.figures.callback_due_seconds)
    decision.tasks[task_id] = Task(task_id, case.id, decision.now, due, offer_from=decision.now)
    decision.note("task_created", task=str(task_id))


def close_task(situation: Situation, decision: Decision, outcome: str) -> None:
    task = situation.task
    if task is not None:
        decision.tasks[task.id] = replace(
            task, state="done", done_at=decision.now, outcome=outcome, version=task.version + 1, offer_seat=None, offer_until=None
        )
        decision.note("task_done", task=str(task.id), outcome=outcome)

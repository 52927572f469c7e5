"""A call on a line that is closed: never refused. The caller hears when service begins, is promised a call then, and can say
that it is an emergency: by any key, or by staying on the line. Pure functions.

Regulations: life-help 8:00-20:00 (R-2), never refused (R-7), and at night the seat that is there for emergencies.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid5

from callcenter.domain.case import Task
from callcenter.domain.clock import iso
from callcenter.domain.decision import Decision, Situation
from callcenter.domain.effects import AnswerLeg, QuietLeg, SayTo
from callcenter.domain.offers import caller_legs, route
from callcenter.domain.owed import close_task
from callcenter.domain.walk import begin_ladder

SILENCE_SECONDS = 7.0  # after the sentence: time to hang up, or to look for a key
LONGEST_SECONDS = 45.0  # the sentence's end was not told: whoever is still there has stayed


def begin(situation: Situation, decision: Decision, opens_at: datetime) -> None:
    """The promise is remembered before the caller hears it: a call-back that is due when the line opens."""
    case = decision.change(opens_at=opens_at)
    decision.note("closed_hours", opens_at=iso(opens_at))
    task_id = uuid5(case.id, "promise")
    decision.tasks[task_id] = Task(task_id, case.id, decision.now, opens_at, offer_from=opens_at)
    decision.note("task_created", task=str(task_id))
    tell(situation, decision)


def tell(situation: Situation, decision: Decision) -> None:
    """What the caller hears; again from the beginning if we were away meanwhile."""
    case = decision.case
    assert case is not None
    assert case.opens_at is not None
    text = sentence(situation, decision.now, case.opens_at)
    for leg in caller_legs(situation, decision):
        decision.effects += [AnswerLeg(leg.id), SayTo(leg.id, text)]
    decision.set_timer("closed", LONGEST_SECONDS)


def heard(decision: Decision) -> None:
    """The sentence is over. Who stays on the line without a word may be unable to speak."""
    decision.set_timer("closed", SILENCE_SECONDS)


def emergency_said(situation: Situation, decision: Decision, how: str) -> None:
    """``how``: ``key``, or ``silence``. From here on it is an emergency like any other: seats that are there, and the ladder."""
    case = decision.case
    assert case is not None
    decision.cancel_timer("closed")
    decision.note("emergency_said", why=how)
    task = situation.task
    if task is not None:
        close_task(situation, decision, "emergency")
    for leg in caller_legs(situation, decision):
        decision.effects.append(QuietLeg(leg.id))
    case = decision.change(
        kind="emergency", red=True, opens_at=None, queue_id=None, waiting_since=decision.now, pressed_at=decision.now,
    )  # fmt: skip
    begin_ladder(case, decision)
    route(situation, decision, first=True)


def sentence(situation: Situation, now: datetime, opens_at: datetime) -> str:
    """Short, slow, in the order of what matters: when, that it is noted, and what to do if it cannot wait."""
    calendar = situation.calendar
    ahead = (calendar.day_of(opens_at) - calendar.day_of(now)).days
    local = opens_at.astimezone(calendar.tz)
    day = {0: "今天", 1: "明天"}.get(ahead, f"{local.month}月{local.day}日")
    clock = f"{local.hour}点" + (f"{local.minute}分" if local.minute else "整")
    return (
        f"您好,这里是求助中心。人工服务{day}{clock}开始,您的来电已经登记,到时我们给您回电,现在可以挂机。"
        "如果情况紧急,请按任意键,或者不要挂断,我们马上为您接通值班人员。"
    )

"""What is due at a known moment is decided a little earlier, and carried out at that moment (ADR 0038). Pure.

Reading, deciding and committing take some tens of milliseconds; a family's phone need not wait for them. The decision is dated with
the moment it is for, and the order says from when on it may be carried out: nobody is rung early.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from callcenter.domain.decision import Situation
from callcenter.domain.facts import Fact, TimerDue

AHEAD = timedelta(seconds=0.15)
MARK = "ahead"
"""Key in a timer's data: it may be told ``AHEAD`` before it is due."""


def moment(situation: Situation, fact: Fact, now: datetime) -> datetime:
    """The time to decide at: now, or the near moment that this fact, or a step of this ladder before it, was made ready for.

    So time never runs backwards within a case: who presses a key while a rung is made ready has pressed it as it began.
    """
    ready = [attempt.created_at for attempt in situation.attempts]
    if situation.escalation is not None and situation.escalation.rung_at is not None:
        ready.append(situation.escalation.rung_at)
    if isinstance(fact, TimerDue) and fact.due_at is not None and MARK in fact.data:
        ready.append(fact.due_at)
    latest = max(ready, default=now)
    return latest if now < latest <= now + AHEAD else now

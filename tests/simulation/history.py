"""What was recorded of a night, sorted for the questions that the checks ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from uuid import UUID

from callcenter.domain.case import Case, Entry
from callcenter.domain.escalation import Attempt, Escalation
from callcenter.engine.processor import PATIENCE
from simulation.database import Commit
from simulation.night import Night
from simulation.replaying import Replay, live_again
from simulation.stage import SECOND

PROGRESS_SECONDS = 3.0
SETTLING = 20.0  # seconds after a fault in which lateness says nothing of us


@dataclass
class After:
    """A case's rows after one commit."""

    commit: Commit
    case: Case
    before: Escalation | None
    ladder: Escalation | None
    was: dict[str, Attempt]
    attempts: dict[str, Attempt]


@dataclass
class History:
    """Everything that was recorded of a night, sorted for the questions below."""

    night: Night
    thorough: bool = True

    @cached_property
    def of_case(self) -> dict[UUID, list[Commit]]:
        found: dict[UUID, list[Commit]] = defaultdict(list)
        for commit in self.night.database.commits:
            found[commit.case_id].append(commit)
        return found

    @cached_property
    def steps(self) -> dict[UUID, list[After]]:
        """The rows of each case after each of its commits."""
        found: dict[UUID, list[After]] = {}
        for case_id, commits in self.of_case.items():
            ladder: Escalation | None = None
            attempts: dict[str, Attempt] = {}
            steps = found[case_id] = []
            for commit in commits:
                before, was = commit.situation.escalation, attempts
                decision = commit.decision
                if decision.attempts:
                    attempts = attempts | decision.attempts
                ladder = decision.escalation or ladder
                case = decision.case or commit.situation.case
                assert case is not None
                steps.append(After(commit, case, before, ladder, was, attempts))
        return found

    @cached_property
    def replays(self) -> dict[UUID, Replay]:
        """Each case lived through again. In a quick look every other night is believed."""
        if not self.thorough and self.night.seed % 3:
            return {}
        return {case_id: live_again(commits, 1 if self.thorough else 3) for case_id, commits in self.of_case.items()}

    @cached_property
    def attempts(self) -> dict[str, Attempt]:
        return self.night.store.attempts

    def journal(self, case_id: UUID) -> list[Entry]:
        return self.night.store.journal.get(case_id, [])

    def ladder_steps(self) -> Iterator[After]:
        for steps in self.steps.values():
            for step in steps:
                if step.ladder is not None:
                    yield step

    @cached_property
    def troubled(self) -> list[tuple[int, int]]:
        """Times in which a fault may hold things up."""
        night = self.night
        faults = night.faults
        if faults.each_step or faults.lost or faults.delayed or faults.doubled:
            return [(0, night.calm_from + int(SETTLING * SECOND))]
        spans = [(at, at + int(SETTLING * SECOND)) for at in night.trouble]
        return [*spans, (night.calm_from, night.calm_from + int(SETTLING * SECOND))] if night.trouble else spans

    def held_up(self, moment: int) -> bool:
        """A fact that found the database away is tried again after a pause, and its case waits behind it until then."""
        recent = moment < self.night.calm_from + int((max(PATIENCE) + 1.0) * SECOND)
        return bool(self.night.faults.counts["database away"]) and recent and max(PATIENCE) > PROGRESS_SECONDS

    def calm_at(self, moment: int) -> bool:
        return not any(start - SECOND <= moment <= end for start, end in self.troubled)


def seconds(span: timedelta) -> float:
    return span.total_seconds()

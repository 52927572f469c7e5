"""What was shown a moment ago, so that a change that carries all that is new needs no reading before it is shown.

Never older than it may be: a story is continued only from the very version that the decision was made on, and a profile is read
anew after some seconds, or at once when a change came without a decision (somebody edited the profile, another instance told).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Any
from uuid import UUID

from callcenter.cases import render
from callcenter.domain.decision import Decision, Situation

PROFILE_SECONDS = 5.0
MOST = 512  # profiles, and stories

Profile = dict[str, Any]


@dataclass
class Recent:
    """Profiles by member, stories by case. Both forget what was used longest ago."""

    _profiles: OrderedDict[UUID, tuple[float, Profile]] = field(default_factory=OrderedDict)
    _stories: OrderedDict[UUID, render.Story] = field(default_factory=OrderedDict)

    def profiles(self, members: Iterable[UUID]) -> dict[UUID, Profile]:
        """Those that are known and young."""
        oldest = monotonic() - PROFILE_SECONDS
        known = ((member, self._profiles.get(member)) for member in members)
        return {member: found[1] for member, found in known if found is not None and found[0] >= oldest}

    def learn(self, people: Mapping[UUID, Profile]) -> None:
        """These were just read."""
        for member, profile in people.items():
            self._profiles[member] = (monotonic(), profile)
            self._profiles.move_to_end(member)
        while len(self._profiles) > MOST:
            self._profiles.popitem(last=False)

    def told(self, story: render.Story) -> None:
        """This whole story is what consoles know."""
        self._stories[story.case.id] = story
        self._stories.move_to_end(story.case.id)
        while len(self._stories) > MOST:
            self._stories.popitem(last=False)

    def forget(self, case_id: UUID) -> None:
        self._stories.pop(case_id, None)

    def continued(self, situation: Situation, decision: Decision) -> render.Story | None:
        """The story as the decision left it; None when it holds something that has to be read (names, recordings)."""
        before = situation.case
        known = self._stories.get(before.id) if before is not None else None
        if before is None or known is None or known.case.version != before.version:
            return None
        case = decision.case or before
        if (
            decision.new_recordings
            or decision.closed_recordings
            or decision.discarded_recordings
            or case.agent_id != before.agent_id
        ):
            return None
        if any(entry.agent_id for entry in decision.entries) or any(task.owner_id for task in decision.tasks.values()):
            return None
        return replace(
            known, case=replace(case, version=before.version + 1),  # saving made it so
            legs=list(({leg.id: leg for leg in known.legs} | decision.legs).values()),
            tasks=list(({task.id: task for task in known.tasks} | decision.tasks).values()),
            lines=[*known.lines, *lines_of(decision, known.lines[-1].seq if known.lines else 0)], ladder=None,
        )  # fmt: skip


def lines_of(decision: Decision, last: int = 0) -> Sequence[render.Line]:
    """The journal lines that a decision adds after the ``last`` one. Who acted is not named."""
    return [
        render.Line(place, entry.at or decision.now, entry.kind, None, entry.data)
        for place, entry in enumerate(decision.entries, start=last + 1)
    ]

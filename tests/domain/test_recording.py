"""Who refuses to be recorded is not recorded, however and whenever that becomes known; an emergency always is (ADR 0039)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest

from callcenter.domain import facts
from callcenter.domain.decision import Decision
from callcenter.domain.effects import Connect, DiscardRecording
from domain.world import AGENT, MEMBER, START, World

OTHER = uuid5(MEMBER, "other")


@dataclass
class Refusing(World):
    """``unwilling``: members whose latest consent says no; recordings are kept as the database would."""

    unwilling: set[UUID] = field(default_factory=set)
    recordings: dict[str, str] = field(default_factory=dict)

    def _situation_of(self, fact: facts.Fact, kind: str, terminal: str | None, members: tuple[UUID, ...]) -> Any:
        situation = super()._situation_of(fact, kind, terminal, members)
        return replace(situation, unrecorded=frozenset(self.unwilling), recordings=dict(self.recordings))

    def tell(self, fact: facts.Fact, **more: Any) -> Decision:
        decision = super().tell(fact, **more)
        self.recordings |= {new.name: "recording" for new in decision.new_recordings}
        self.recordings |= {closed.name: "finished" for closed in decision.closed_recordings}
        self.recordings |= dict.fromkeys(decision.discarded_recordings, "refused")
        return decision

    @property
    def joined(self) -> list[str | None]:
        """Under which name each join of the last fact is recorded."""
        return [effect.recording for effect in self.effects if isinstance(effect, Connect)]

    @property
    def thrown_away(self) -> list[str]:
        return [effect.name for effect in self.effects if isinstance(effect, DiscardRecording)]


def talking(world: Refusing, *members: UUID, emergency: bool = False) -> Any:
    """A seat speaks with who called."""
    world.seat("8001")
    case = world.press(members=members) if emergency else world.call(members=members)
    world.answer(world.ring(case))
    return world.of("c1")


def test_who_is_known_and_refuses_is_not_recorded_and_the_story_says_so() -> None:
    world = Refusing(unwilling={MEMBER})
    case = talking(world, MEMBER)
    assert (world.joined, world.recordings) == ([None], {})
    assert "not_recorded" in world.kinds(case)
    assert "recording_started" not in world.kinds(case)
    world.tell(facts.CaseFoundLive(case.id, "i2"))  # the service was away: they are joined again, still without
    assert world.joined == [None]


def test_who_agrees_and_who_was_never_asked_is_recorded() -> None:
    world = Refusing(unwilling={OTHER})
    case = talking(world, MEMBER)
    assert world.joined == [f"{case.id}-1"]
    assert "recording_started" in world.kinds(case)


def test_an_emergency_is_recorded_whatever_was_said() -> None:
    world = Refusing(unwilling={MEMBER})
    case = talking(world, MEMBER, emergency=True)
    assert (case.red, world.joined) == (True, [f"{case.id}-1"])
    world.tell(facts.ProfileChanged(AGENT["8001"], "seat", "8001", case.id, member_id=MEMBER, fields=("consents",)))
    assert (world.thrown_away, world.recordings) == ([], {f"{case.id}-1": "recording"})


@pytest.mark.parametrize("how", ["chosen", "said"])
@pytest.mark.parametrize("over", [False, True])
def test_what_runs_is_stopped_and_thrown_away_once_it_is_known(how: str, over: bool) -> None:
    """``over``: they have hung up, and the seat is writing it up; the file may be ours already."""
    world = Refusing()
    case = talking(world, MEMBER if how == "said" else OTHER)
    name = f"{case.id}-1"
    if over:
        world.end("c1")
        world.tell(facts.RecordingEnded(name, 12.0, ok=True))
        world.recordings[name] = "stored"
    world.unwilling.add(MEMBER)
    by = (AGENT["8001"], "seat", "8001", case.id)
    if how == "said":
        world.tell(facts.ProfileChanged(*by, member_id=MEMBER, fields=("consents",)))
    else:
        world.tell(facts.MemberChosen(*by, member_id=MEMBER))
    assert (world.thrown_away, world.recordings) == ([name], {name: "refused"})
    assert "recording_stopped" in world.kinds(case)
    # Told again it is not thrown away twice; and nobody begins it anew under its name.
    world.tell(facts.ProfileChanged(*by, member_id=MEMBER, fields=("remarks",)))
    assert world.thrown_away == []
    world.tell(facts.MemberChosen(*by, member_id=OTHER))
    world.tell(facts.CaseFoundLive(case.id, "i2"))
    assert [one for one in world.joined if one is not None] == []


def test_what_safe_mode_recorded_is_thrown_away_when_it_is_taken_over() -> None:
    world = Refusing(unwilling={MEMBER})
    ended = START + timedelta(seconds=90)
    told = facts.SafeModeCall(
        "s1", "node1", "96602", None, "+8613800000001", "", anonymous=False, reason="TIMEOUT", arrived_at=START,
        answered_at=START + timedelta(seconds=5), answered_by="8001", ended_at=ended, recording="safe/s1", live=False,
    )  # fmt: skip
    decision = world.tell(told, members=(MEMBER,))
    assert [new.name for new in decision.new_recordings] == ["safe/s1"]  # its row is what says that it is to be deleted
    assert world.thrown_away == ["safe/s1"]
    assert world.recordings == {"safe/s1": "refused"}

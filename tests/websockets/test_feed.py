"""The hub alone: numbers, audiences, gathering, resume. No network: a console here is a list."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callcenter.websockets.feed import SEATS, SUPERVISORS, Entity, Hub, seat_audience


class Listening:
    """A console that keeps what it was sent and applies it as a browser does."""

    def __init__(self, *audiences: str) -> None:
        self.audiences = audiences
        self.frames: list[dict[str, Any]] = []

    def send(self, frame: bytes) -> None:
        self.frames.append(json.loads(frame))

    async def flushed(self) -> None:
        return None

    @property
    def held(self) -> dict[tuple[str, str], Any]:
        return apply(self.frames)


def apply(frames: list[dict[str, Any]]) -> dict[tuple[str, str], Any]:
    held: dict[tuple[str, str], tuple[int, Any]] = {}
    for frame in frames:
        for change in frame.get("changes", [frame]):
            key = (change["noun"], change["id"])
            if key not in held or held[key][0] <= change["version"]:
                held[key] = (change["version"], change["data"])
    return {key: data for key, (_, data) in held.items() if data is not None}


def entity(version: int, name: str = "a", **variants: Any) -> Entity:
    return Entity("call", name, version, variants)


def test_one_seat_gets_its_own_at_once_and_nobody_else_does() -> None:
    hub, mine, other = Hub(10), Listening(seat_audience("8001"), SEATS), Listening(seat_audience("8002"), SEATS)
    hub.join(mine)
    hub.join(other)
    hub.publish(Entity("case", "a", 1, {seat_audience("8001"): {"who": "王秀英"}}))
    assert [frame["type"] for frame in mine.frames] == ["change"]
    assert other.frames == []


def test_what_many_share_is_gathered_in_its_newest_state() -> None:
    hub, board = Hub(10), Listening(SUPERVISORS)
    hub.join(board)
    for version in (1, 3, 2):
        hub.publish(entity(version, supervisors={"v": version}))
    hub.publish(entity(7, "b", supervisors=None))
    assert board.frames == []
    hub.send_gathered()
    hub.send_gathered()
    (frame,) = board.frames
    assert {change["id"]: change["data"] for change in frame["changes"]} == {"a": {"v": 3}, "b": None}


def test_too_long_away_needs_a_snapshot() -> None:
    hub = Hub(3)
    for version in range(6):
        hub.publish(Entity("case", "a", version, {seat_audience("8001"): {}}))
    assert hub.since(hub.epoch, 2, ()) is None
    assert hub.since(hub.epoch, 3, (seat_audience("8001"),)) is not None
    assert hub.since("another", 5, ()) is None
    assert hub.since(hub.epoch, 99, ()) is None


@pytest.mark.parametrize("audiences", [(SUPERVISORS,), (seat_audience("8001"), SEATS)])
@settings(deadline=None)  # how quick it is on a busy machine is no matter of this test
@given(data=st.data())
def test_resuming_from_anywhere_is_as_if_never_away(audiences: tuple[str, ...], data: st.DataObject) -> None:
    hub, always = Hub(1000), Listening(*audiences)
    hub.join(always)
    kept: list[dict[str, Any]] = []
    cut_at = data.draw(st.integers(0, 30))
    seq = 0
    for step in range(30):
        if step == cut_at:
            kept, seq = list(always.frames), hub.seq
        name, gone = data.draw(st.sampled_from("abc")), data.draw(st.booleans())
        who = data.draw(st.sampled_from([SUPERVISORS, SEATS, seat_audience("8001"), seat_audience("8002")]))
        hub.publish(Entity("call", name, step, {who: None if gone else {"step": step}}))
        if data.draw(st.booleans()):
            hub.send_gathered()
    hub.send_gathered()
    missed = hub.since(hub.epoch, seq, audiences)
    assert missed is not None
    assert apply(kept + [json.loads(frame) for frame in missed]) == always.held

"""A place where no calls are offered: somebody phones from there, and is never ready, whatever ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from callcenter.domain import seat as seats
from callcenter.domain.catalogue import SYSTEM_PAUSES, ids
from callcenter.domain.errors import Refused
from callcenter.domain.seat import Seat

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PLACE = Seat(
    "8007", "调度台", "offline", NOW, takes_emergency=False, takes_life_help=False, registered=True,
    console_until=NOW + timedelta(seconds=15),
)  # fmt: skip


def test_after_each_call_it_rests_and_is_offered_nothing() -> None:
    seat = seats.sign_in(PLACE, uuid4(), NOW)
    for ends in (("hang_up", "release"), ("release",), ("hang_up", "ready")):
        seat = seats.move(seat, "begin", NOW, case_id=uuid4())
        assert seat.presence == "talking"
        for name in ends:
            seat = seats.move(seat, name, NOW)
        assert (seat.presence, seat.pause_reason, seat.case_id) == ("paused", "calls_out", None)
        assert not seat.may_be_alarmed(NOW)
        assert not seat.may_be_offered("emergency", NOW)
    assert "calls_out" in ids(SYSTEM_PAUSES), "the console has a word for it"


def test_it_cannot_be_made_ready_and_another_place_can() -> None:
    seat = seats.sign_in(PLACE, uuid4(), NOW)
    with pytest.raises(Refused) as refused:
        seats.set_presence(seat, "ready", None, None, NOW, reasons=frozenset())
    assert refused.value.code == "calls_out_only"
    answering = replace(seat, takes_life_help=True)
    assert seats.set_presence(answering, "ready", None, None, NOW, reasons=frozenset()).presence == "ready"

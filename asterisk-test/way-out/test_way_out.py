"""The one way out: to the trunk only, public numbers refused, and one id dialled once, ever."""

from __future__ import annotations

from uuid import uuid4

import pytest
from harness.asterisk import RealAsterisk
from harness.service import Ari, Reports

from callcenter.simulation.phone import Phone

pytestmark = pytest.mark.real


async def dial(ari: Ari, number: str, leg: str) -> None:
    await ari.calls.originate(
        leg, f"Local/{number}@to-trunk/n", caller_name="养老服务中心", caller_number="075512345678",
        args=["family", "case-1"], variables={}, ring_seconds=10,
    )  # fmt: skip


@pytest.mark.parametrize("number", ["110", "119", "120", "122", "999", "112", "911", "0755120", "+86110", "0110", "008610110"])
async def test_public_numbers_are_refused(number: str, ari: Ari) -> None:
    leg = uuid4().hex
    await dial(ari, number, leg)
    ended = await ari.event("ChannelDestroyed", channel=leg)
    assert not [event for event in ari.events if event["type"] == "StasisStart"]
    assert ended["cause"] == 21


async def test_a_family_is_reached_by_the_trunk_and_one_id_is_dialled_once(
    ari: Ari, asterisk: RealAsterisk, watch: Reports
) -> None:
    family = await trunk_phone(asterisk)
    try:
        leg = uuid4().hex
        await dial(ari, "13800138000", leg)
        await dial(ari, "13800138000", leg)  # while it lives: the same leg
        call = await family.ringing()
        assert "075512345678" in call.caller
        assert "13800138000@" in call.invite.uri
        await ari.event("StasisStart", channel=leg)
        await ari.calls.hang_up(leg)
        await call.ended()
        await ari.event("ChannelDestroyed", channel=leg)
        assert len(family.calls) == 1

        await dial(ari, "13800138000", leg)  # after its end: the dialplan refuses
        await ari.event("ChannelDestroyed", channel=leg)
        assert len(family.calls) == 1
        assert leg in await asterisk.process.cli("database show attempt")
        assert await watch.watch.forget_attempts(before=4e9) >= 1
        assert leg not in await asterisk.process.cli("database show attempt")
    finally:
        await family.close()


async def trunk_phone(asterisk: RealAsterisk) -> Phone:
    """The simulated telephone network: answers whatever leaves by the trunk."""
    host, _, port = asterisk.settings.trunk_target.partition(":")
    phone = Phone("network", "", asterisk.sip, host=host)
    await phone.listen(int(port))
    return phone

"""Phones: put there without a restart, there after one; wrong passwords are told; what a seat may dial by itself."""

from __future__ import annotations

import asyncio

import pytest
from harness.asterisk import own_asterisk
from harness.centre import Centre
from harness.phones import Telephones
from harness.service import Ari, Reports, open_watch

from callcenter.setup.toolchain import Toolchain
from callcenter.simulation.phone import PhoneError
from callcenter.telephony.ports import SafeModeLine, SipAccount

pytestmark = pytest.mark.real
OUTSIDE = ("110", "119", "120", "122", "999", "112", "911", "13800138000", "8001", "*99")


async def test_a_seat_registers_is_seen_and_is_gone_when_removed(ari: Ari, watch: Reports, telephones: Telephones) -> None:
    password = await ari.put_seat("8021")
    await ari.put_seat("8021")  # again: as good
    phone = await telephones.seat("8021", password)
    await watch.until(lambda: any(c.account == "8021" and c.reachable and c.rtt_ms for c in watch.contacts))
    assert [c for c in await watch.watch.contacts() if c.account == "8021" and c.registered]

    await phone.close()
    await watch.until(lambda: any(c.account == "8021" and not c.registered for c in watch.contacts))
    assert not [c for c in await watch.watch.contacts() if c.account == "8021"]

    await ari.provisioning.remove_account("8021")
    await ari.provisioning.remove_account("8021")
    with pytest.raises(PhoneError, match="401"):
        await telephones.seat("8021", password)


async def test_a_new_password_holds_at_once(ari: Ari, telephones: Telephones) -> None:
    old = await ari.put_seat("8022")
    await (await telephones.seat("8022", old)).close()
    await ari.provisioning.put_account(SipAccount("8022", "another", "from-seat"))
    with pytest.raises(PhoneError, match="401"):
        await telephones.seat("8022", old)
    await telephones.seat("8022", "another")


async def test_the_administrator_makes_a_new_password(centre: Centre) -> None:
    console = await centre.console("administrator", connect=False)
    old = centre.seat_password("8002")
    phone = await centre.telephones.seat("8002", old)
    async with console.http.post("/api/seats/8002/credentials") as answer:
        assert answer.status == 200
        new = (await answer.json())["password"]
    with pytest.raises(PhoneError, match="401"):
        await phone.register()  # also for the phone that was registered with it
    with pytest.raises(PhoneError, match="401"):
        await centre.telephones.seat("8002", old)
    await centre.telephones.seat("8002", new)
    noted = await centre.rows("SELECT subject FROM access WHERE action = 'credentials_renewed'")
    assert [row["subject"] for row in noted] == ["8002"]


async def test_wrong_passwords_and_unknown_accounts_are_reported(ari: Ari, watch: Reports, telephones: Telephones) -> None:
    await ari.put_seat("8023")
    for account in ("8023", "root", "root"):  # an unknown sender is reported from the second time on
        with pytest.raises(PhoneError, match="401"):
            await telephones.seat(account, "wrong")
    await watch.until(lambda: {w.account for w in watch.warnings} >= {"8023", "root"})
    known = next(w for w in watch.warnings if w.account == "8023")
    assert (known.kind, known.service) == ("ChallengeResponseFailed", "PJSIP")
    assert "127.0.0.1" in known.remote


async def test_accounts_and_safe_mode_survive_a_restart_of_asterisk(toolchain: Toolchain) -> None:
    async with own_asterisk(toolchain) as own:
        service = await Ari(own.settings).start()
        watch = await open_watch(own.settings)
        phones = Telephones(own)
        try:
            password = await service.put_seat("8001")
            await watch.watch.push_safe_mode([SafeModeLine("075511111111", "emergency")], ["8001"], [])
            seat = await phones.seat("8001", password)
            await own.process.stop()
            assert not own.process.alive
            await service.until(lambda: service.downs == 1)
            await own.process.start()
            await service.until(lambda: service.ups == 2, 5)
            await seat.register()
            await service.close()
            caller = await phones.caller("075511111111")
            await caller.answered()
            await (await seat.ringing(8)).answered()
        finally:
            await phones.close()
            await watch.watch.close()
            await service.close()


async def test_a_seat_cannot_dial_out_by_itself(ari: Ari, telephones: Telephones) -> None:
    password = await ari.put_seat("8024")

    async def dial(number: str) -> None:
        seat = await telephones.terminal("8024", password, number)
        await seat.until("early")  # a sentence (here, without files, a tone) says why
        await seat.until("refused", timeout=15)
        assert seat.sipp.steps[-1].detail == "403", number

    await asyncio.gather(*(dial(number) for number in OUTSIDE))
    assert not [event for event in ari.events if event["type"] == "CallBroadcast"]


async def test_a_seat_can_hear_itself(ari: Ari, telephones: Telephones) -> None:
    seat = await telephones.terminal("8025", await ari.put_seat("8025"), "*43")
    await seat.answered()
    await seat.rtp.hears(seat.tone, 15)

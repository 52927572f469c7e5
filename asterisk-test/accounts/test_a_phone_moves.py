"""A phone comes back from another address, while the list of all phones is on its way."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from harness.phones import Telephones
from harness.service import Ari, Reports

from callcenter.telephony.ports import ContactStatus

pytestmark = pytest.mark.real


async def test_a_list_that_is_older_than_what_is_told_changes_nothing(ari: Ari, watch: Reports, telephones: Telephones) -> None:
    password = await ari.put_seat("8031")
    old = await telephones.seat("8031", password)
    await watch.until(lambda: any(seen.reachable and seen.rtt_ms for seen in told(watch)))
    old.vanish()  # its cable is pulled
    await watch.until(lambda: not told(watch)[-1].reachable, timeout=25)
    assert told(watch)[-1].registered

    async def list_again() -> None:
        while True:
            watch.contacts.extend(await watch.watch.contacts())

    listing = asyncio.create_task(list_again())
    try:
        said = len(watch.contacts)
        await telephones.seat("8031", password)
        await watch.until(lambda: any(seen.rtt_ms for seen in told(watch, said) if seen.reachable))
        moved = next(place for place, seen in enumerate(told(watch, said)) if seen.reachable)
        await watch.watch.contacts()
        await watch.watch.contacts()
        assert all(seen.reachable for seen in told(watch, said)[moved:])
    finally:
        listing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listing
    assert [seen.reachable for seen in await watch.watch.contacts() if seen.account == "8031"] == [True]


def told(watch: Reports, since: int = 0) -> list[ContactStatus]:
    return [status for status in watch.contacts[since:] if status.account == "8031"]

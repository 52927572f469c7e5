"""Four elders at once, whose first contact stands at four moments of a call; and the end of their stories after a fault."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

import aiohttp

from callcenter.domain.policy import Rung
from callcenter.simulation.family import Behaviour, FamilyCall
from harness.asterisk import RealAsterisk
from harness.centre import Centre, running_centre
from harness.homes import Homes
from harness.ladder import LATE, QUICK, Elder, all_hear_each_other, elder, invariants, listens, sound_of
from harness.phones import Caller

Moment = Literal["invited", "ringing", "listening", "joined"]
MOMENTS: tuple[Moment, ...] = ("invited", "ringing", "joined", "listening")
TAKEN_OVER_WITHIN = 3.0


@asynccontextmanager
async def faulty_centre(node: RealAsterisk, database: str, **overrides: Any) -> AsyncIterator[Centre]:
    """An instance; a second one on the same database is another call of this."""
    values: dict[str, Any] = {"ring_seconds": 4.0, "wrap_up_seconds": 20.0, "announce_every_seconds": 8.0, **overrides}
    async with running_centre(node, database, **values) as made:
        yield made


@dataclass
class Stages:
    """``calls``: the first contact of each elder, at the moment of that name."""

    homes: Homes
    elders: dict[Moment, Elder]
    presses: dict[Moment, Caller]
    calls: dict[Moment, FamilyCall]

    @classmethod
    async def set(cls, centre: Centre, homes: Homes, tries: int = 1) -> Stages:
        """Everybody has pressed, and every first contact is where it should be."""
        await centre.policy(Rung(("family",), 0.0, tries=tries, ring_seconds=60.0), LATE, **{**QUICK, "announcements": 3})
        stages = cls(homes, {}, {}, {})
        for place, moment in enumerate(MOMENTS):
            one = stages.elders[moment] = await elder(centre, "女儿", "儿子", place=place)
            first = one.contacts[0].number
            homes.behave({first: "answer:0.1" if moment in ("listening", "joined") else "no-answer"})
            if moment == "invited":
                homes.trunk.behaviours[first] = Behaviour("no-answer", ring=False)
            stages.presses[moment] = await one.press(centre)
            stages.calls[moment] = await homes.trunk.wait_for_invite(first)
            await stages.presses[moment].answered()
            if moment == "joined":
                await listens(stages.calls[moment])
                homes.trunk.press(stages.calls[moment], "0")
                await centre.until_row("SELECT 1 FROM attempt WHERE joined")
                await all_hear_each_other(stages.presses[moment].rtp, sound_of(stages.calls[moment]))
        await listens(stages.calls["listening"])
        await centre.until_row("SELECT 1 FROM attempt WHERE state = 'ringing'")
        return stages

    async def untouched(self, centre: Centre, *moments: Moment) -> None:
        """The calls live on, nobody was rung a second time or instead, and it is remembered that all elders are on the line."""
        up = await centre.rows("SELECT party, count(*) AS n FROM call_leg WHERE state = 'up' GROUP BY party")
        assert {row["party"]: row["n"] for row in up} == {"caller": 4, "contact": 1}
        for moment in moments or MOMENTS:
            one = self.elders[moment]
            assert self.calls[moment].live, f"{moment}: the call has ended ({self.calls[moment].ended_by})"
            rung = [len(self.homes.invites(contact.number)) for contact in one.contacts]
            assert rung == [1, 0], f"{moment}: INVITEs {rung}"

    async def takes_a_key_alone(self, moment: Moment) -> None:
        """No service lives: the dialplan says why it calls, and takes the key."""
        call = self.calls[moment]
        if moment == "ringing":
            await self.homes.trunk.answer(call)
        await listens(call)
        self.homes.trunk.press(call, "1")
        await self.homes.trunk.ended(call, 8)
        assert call.ended_by == "them", "thanked, and let go"

    async def go_on(self, centre: Centre, *done: Moment) -> dict[str, int]:
        """The rest of every story, and what must be true at its end. ``done``: moments whose key was taken already."""
        trunk, calls = self.homes.trunk, self.calls
        if "listening" not in done:
            await listens(calls["listening"])  # whoever has it now says it again
            trunk.press(calls["listening"], "1")
        if "ringing" not in done:
            await trunk.answer(calls["ringing"])
            await listens(calls["ringing"])
            trunk.press(calls["ringing"], "1")
        if "invited" not in done:
            trunk.refuse(calls["invited"])
        if "joined" not in done:
            await all_hear_each_other(self.presses["joined"].rtp, sound_of(calls["joined"]))
        settled: tuple[Moment, ...] = ("listening", "ringing", "joined")
        for moment in settled:
            ladder = await self.elders[moment].ladder(centre, "acknowledged", timeout=12)
            assert len(ladder["acknowledgements"]) == 1
        await trunk.wait_for_invite(self.elders["invited"].contacts[1].number, timeout=8)
        for moment in settled:
            assert [len(self.homes.invites(c.number)) for c in self.elders[moment].contacts] == [1, 0], moment
        return await invariants(centre, self.homes, settle=0.5)


async def taken_over(by: Centre, since: float) -> float:
    """Seconds from ``since`` until Asterisk tells everything of these calls to this instance; no more than promised."""
    settings, ari = by.settings, f"http://127.0.0.1:{by.asterisk.settings.asterisk_http_port}/ari"
    assert settings.ari_password is not None
    login = aiohttp.encode_basic_auth(settings.ari_user, settings.ari_password.get_secret_value())
    legs = {row["id"] for row in await by.rows("SELECT id FROM call_leg WHERE state = 'up'")}
    legs |= {row["id"] for row in await by.rows("SELECT id FROM attempt WHERE state = 'answered'")}
    held: set[str] = set()
    async with aiohttp.ClientSession(headers={"Authorization": login}) as http:
        while not legs <= held:
            took = time.monotonic() - since
            assert took < TAKEN_OVER_WITHIN, f"{len(legs - held)} of {len(legs)} calls not taken over within {took:.1f} s"
            await asyncio.sleep(0.02)
            async with http.get(f"{ari}/applications/{settings.ari_app}") as answer:
                held = set((await answer.json())["channel_ids"])
    took = time.monotonic() - since
    print(f"{len(legs)} calls taken over after {took:.2f} s")  # noqa: T201 - a figure for people
    return took

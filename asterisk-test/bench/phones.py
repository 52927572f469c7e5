"""Many seats' phones: in the bench's own process, or in one of their own, where they cost the consoles' reader nothing.

As a program: accounts come as one JSON line on standard input; what rings is told on standard output, a line for each INVITE:
``[account, seconds since 1970, caller's number as the display shows it]``. ``answer`` as third argument: they pick up at once,
without sound; else they ring until the caller gives up.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable, Iterable

import orjson
import uvloop

from callcenter.simulation.phone import Phone, PhoneCall

SHOWN = re.compile(r"<sip:([^@>]*)@")
Rang = Callable[[str, float, str], None]
"""Account, seconds since 1970, number shown."""


async def registered(
    accounts: Iterable[tuple[str, str]], server: tuple[str, int], rang: Rang, *, answer: bool = False
) -> list[Phone]:
    """A phone for each account and password, which tells of every INVITE."""

    def told_by(account: str) -> Callable[[str, PhoneCall | None], None]:
        def told(what: str, call: PhoneCall | None) -> None:
            if what == "ringing" and call is not None:
                shown = SHOWN.search(call.caller)
                rang(account, call.rang_at, shown[1] if shown else "")

        return told

    phones = [
        Phone(
            account, password, server, manner="answer" if answer else "never", tone=None,
            on_change=told_by(account),
        )
        for account, password in accounts
    ]  # fmt: skip
    for phone in phones:
        await phone.register()
    return phones


async def main(host: str, port: int, manner: str) -> None:
    def tell(*what: object) -> None:
        sys.stdout.buffer.write(orjson.dumps(what) + b"\n")
        sys.stdout.buffer.flush()

    await registered(orjson.loads(sys.stdin.readline()), (host, port), tell, answer=manner == "answer")
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))

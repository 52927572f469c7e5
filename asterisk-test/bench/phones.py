"""Many seats' phones in one process. Accounts come as one JSON line on standard input; what rings is told on standard output.

A line for each INVITE: ``[account, seconds since 1970, caller's number as the display shows it]``. ``answer`` as third argument:
they pick up at once, without sound; else they ring until the caller gives up.
"""

from __future__ import annotations

import asyncio
import re
import sys

import orjson
import uvloop

from callcenter.simulation.phone import Phone, PhoneCall

SHOWN = re.compile(r"<sip:([^@>]*)@")


async def main(host: str, port: int, manner: str) -> None:
    def told(account: str, what: str, call: PhoneCall | None) -> None:
        if what == "ringing" and call is not None:
            shown = SHOWN.search(call.caller)
            sys.stdout.buffer.write(orjson.dumps([account, call.rang_at, shown[1] if shown else ""]) + b"\n")
            sys.stdout.buffer.flush()

    phones = [
        Phone(
            account, password, (host, port), manner="answer" if manner == "answer" else "never", tone=None,
            on_change=lambda what, call, account=account: told(account, what, call),
        )
        for account, password in orjson.loads(sys.stdin.readline())
    ]  # fmt: skip
    for phone in phones:
        await phone.register()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))

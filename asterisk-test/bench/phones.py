"""Many seats' phones in one process: each registers and rings, none answers. Accounts come as one JSON line on standard input."""

from __future__ import annotations

import asyncio
import sys

import orjson
import uvloop

from callcenter.simulation.phone import Phone


async def main(host: str, port: int) -> None:
    phones = [Phone(account, password, (host, port), manner="ring") for account, password in orjson.loads(sys.stdin.readline())]
    for phone in phones:
        await phone.register()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2])))

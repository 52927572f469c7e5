"""Numbers that lead elsewhere than to the centre: what the product is compared with, in the same Asterisk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from harness.asterisk import RealAsterisk


@asynccontextmanager
async def own_line(asterisk: RealAsterisk, number: str, application: str) -> AsyncIterator[None]:
    """Calls to ``number`` are given to ``application`` (``Queue,bench``), for as long as this lasts.

    In a context of its own: a call that ends in ``from-trunk`` looks for the extension ``h`` there, finds the centre's ``_.``,
    and so arrives a second time, as an emergency that hung up.
    """
    context = f"bench-{number}"
    await asterisk.process.cli(f"dialplan add extension s,1,{application} into {context}")
    await asterisk.process.cli(f"dialplan add extension {number},1,Goto,{context},s,1 into from-trunk")
    try:
        yield
    finally:
        await asterisk.process.cli(f"dialplan remove extension {number}@from-trunk")
        await asterisk.process.cli(f"dialplan remove context {context}")

"""Requests of a simulated phone over UDP: sent again until their final answer comes (RFC 3261, 17.1.2)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from callcenter.telephony.sipmessage import Message

AGAIN_SECONDS = 0.5  # T1


class Requests:
    """Those that wait for an answer, by call and number."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, int], asyncio.Future[Message]] = {}

    async def ask(self, request: Message, send: Callable[[Message], None], timeout: float) -> Message:
        """The final answer; TimeoutError when none comes within ``timeout`` seconds."""
        key = (request.call_id, request.cseq[0])
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiting[key] = answer
        try:
            async with asyncio.timeout(timeout):
                while not answer.done():
                    send(request)
                    await asyncio.wait({answer}, timeout=AGAIN_SECONDS)
                return answer.result()
        finally:
            self._waiting.pop(key, None)

    def heard(self, answer: Message) -> None:
        """An answer came in. Provisional ones, and those that nobody waits for, say nothing."""
        waiting = self._waiting.get((answer.call_id, answer.cseq[0]))
        if answer.status >= 200 and waiting is not None and not waiting.done():
            waiting.set_result(answer)

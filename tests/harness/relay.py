"""A TCP relay that breaks on command: cuts, swallows, refuses, or hands on byte by byte."""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType


class Relay:
    """``async with Relay(port) as relay``: connect to ``relay.port`` instead."""

    def __init__(self, target: int, piece: int = 65536) -> None:
        self.port = 0
        self.refuse = False
        self.swallow = False
        self.on = asyncio.Event()
        """Cleared: what the client sends waits here, as in a network that is stuck, and arrives late."""
        self.on.set()
        self._target, self._piece = target, piece
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Relay:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=2)

    def cut(self) -> None:
        """Reset every connection, as a dying machine does."""
        for writer in self._writers:
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refuse:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers |= {writer, far_writer}
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.create_task(self._copy(source, sink, self.on if sink is far_writer else None))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _copy(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, on: asyncio.Event | None) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                if on is not None:
                    await on.wait()
                if self.swallow:
                    continue
                for start in range(0, len(data), self._piece):
                    sink.write(data[start : start + self._piece])
                    await sink.drain()
                    if self._piece < 65536:
                        await asyncio.sleep(0)  # each piece is a read of its own at the other end
        self._writers.discard(sink)
        sink.close()

"""Keeps one child alive: starts it again when it dies, later and later, and says so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from callcenter.setup.errors import SetupError

Say = Callable[[str], None]


class Child(Protocol):
    """What the keeper needs of a program; Asterisk, the service and PostgreSQL all have it."""

    @property
    def pid(self) -> int | None: ...
    async def start(self, timeout: float = ...) -> None: ...
    async def wait(self) -> object: ...
    async def stop(self, timeout: float) -> None: ...
    def kill(self) -> None: ...


class Keeper:
    """One child and the promise that it runs until we stop it."""

    def __init__(
        self,
        name: str,
        child: Child,
        say: Say,
        *,
        first: float = 0.2,
        longest: float = 10.0,
        steady: float = 30.0,
    ) -> None:
        self.name = name
        self.child = child
        self.deaths = 0
        self._say = say
        self._first, self._longest, self._steady = first, longest, steady
        self._task: asyncio.Task[None] | None = None

    async def start(self, timeout: float) -> None:
        """Start the child; a first start that fails is the caller's to tell, later ones are tried again."""
        await self.child.start(timeout)
        self._task = asyncio.create_task(self._keep(timeout), name=f"keep {self.name}")

    async def stop(self, timeout: float) -> None:
        """Stop keeping first, then the child: nobody must start again what is being stopped."""
        await self._let_go()
        await self.child.stop(timeout)

    async def kill(self) -> None:
        """End it at once."""
        await self._let_go()
        self.child.kill()
        await self.child.wait()

    async def _let_go(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _keep(self, timeout: float) -> None:
        pause = self._first
        while True:
            began = time.monotonic()
            status = await self.child.wait()
            self.deaths += 1
            if time.monotonic() - began > self._steady:
                pause = self._first
            while True:
                self._say(f"{self.name} 意外退出({status}),{pause:.1f} 秒后重启 / ended, is started again")
                await asyncio.sleep(pause)
                pause = min(pause * 2, self._longest)
                try:
                    await self.child.start(timeout)
                    break
                except (SetupError, OSError, TimeoutError) as error:
                    status = error

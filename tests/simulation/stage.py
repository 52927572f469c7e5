"""A virtual clock and a seeded scheduler on which the engine's own coroutines run, one micro-step at a time.

Time is counted in whole microseconds, as the database's clock does. Every ``await`` of the engine ends here: what it waits for
takes some virtual milliseconds, and in between anything else may happen: another instance commits, a phone is picked up, the
process that waits is killed, or sleeps for longer than any timeout.
"""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random
from typing import Any

from domain.store import START

SECOND = 1_000_000


class Died(BaseException):
    """The process that this coroutine ran in is gone. Nothing of ours catches it."""


class Host:
    """Something that runs coroutines and may die or pause: one life of one instance."""

    dead = False
    paused_until = 0


class Job:
    """A coroutine under way. Awaitable, as a task is."""

    __slots__ = ("callbacks", "coro", "ended", "error", "host", "result", "until", "waiters")

    def __init__(self, coro: Coroutine[Any, Any, Any], host: Host) -> None:
        self.coro, self.host = coro, host
        self.ended, self.result = False, None
        self.error: BaseException | None = None
        self.until: int | None = None  # within ``Asyncio.timeout``
        self.waiters: list[Job] = []
        self.callbacks: list[Callable[[Job], None]] = []

    def done(self) -> bool:
        """As a task's."""
        return self.ended

    def add_done_callback(self, callback: Callable[[Job], None]) -> None:
        self.callbacks.append(callback)

    def __await__(self) -> Generator[Any, Any, Any]:
        yield from wait_for(self).__await__()
        if self.error is not None:
            raise self.error
        return self.result


@types.coroutine
def rest(microseconds: int) -> Generator[int, Any, None]:
    """Let this much time pass."""
    yield microseconds


@types.coroutine
def park() -> Generator[None, Any, Any]:
    """Wait until somebody wakes this job."""
    return (yield None)


async def wait_for(job: Job) -> None:
    """Until it is done, however it ended."""
    if not job.ended:
        job.waiters.append(stage_now().job)  # type: ignore[arg-type]
        await park()


_stage: list[Stage] = []


def stage_now() -> Stage:
    """The stage that runs: one at a time in a process."""
    return _stage[0]


@dataclass
class Stage:
    """The scheduler. ``random`` is the only source of chance, so that a seed is a whole night."""

    seed: int
    now: int = 0
    random: Random = field(init=False)
    job: Job | None = None
    host: Host = field(default_factory=Host)
    events: int = 0
    trace: deque[str] | None = None
    _heap: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = field(default_factory=list)
    _count: int = 0
    _jobs: set[Job] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        _stage[:] = [self]

    # --- time -------------------------------------------------------------------------------------------------------

    @property
    def seconds(self) -> float:
        return self.now / SECOND

    def utcnow(self) -> datetime:
        return START + timedelta(microseconds=self.now)

    def moment(self, at: datetime) -> int:
        return (at - START) // timedelta(microseconds=1)

    def at(self, moment: int, what: Callable[..., None], *args: Any) -> None:
        self._count += 1
        heappush(self._heap, (max(moment, self.now), self._count, what, args))

    def after(self, seconds: float, what: Callable[..., None], *args: Any) -> None:
        self.at(self.now + int(seconds * SECOND), what, *args)

    def between(self, least: float, most: float) -> float:
        return least + (most - least) * self.random.random()

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def note(self, who: str, what: str) -> None:
        if self.trace is not None:
            self.trace.append(f"{self.now / SECOND:10.4f} {who:>6} {what}")

    # --- jobs -------------------------------------------------------------------------------------------------------

    def spawn(self, coro: Coroutine[Any, Any, Any], host: Host | None = None) -> Job:
        job = Job(coro, host or self.host)
        self._jobs.add(job)
        self.at(self.now, self.resume, job)
        return job

    def wake(self, job: Job, value: Any = None, error: BaseException | None = None) -> None:
        self.at(self.now, self.resume, job, value, error)

    def resume(self, job: Job, value: Any = None, error: BaseException | None = None) -> None:
        host = job.host
        if job.ended:
            return
        if host.dead:
            error = Died()
        elif host.paused_until > self.now:
            self.at(host.paused_until, self.resume, job, value, error)
            return
        self.job, self.host = job, host
        try:
            wait = job.coro.send(value) if error is None else job.coro.throw(error)
        except StopIteration as end:
            self._over(job, end.value, None)
        except Died:
            self._over(job, None, None)
        except Exception as failure:  # noqa: BLE001 - whoever waits for the job is told
            self._over(job, None, failure)
        else:
            if wait is not None:
                self.at(self.now + wait, self.resume, job)
        finally:
            self.job = None

    def _over(self, job: Job, result: Any, error: BaseException | None) -> None:
        job.ended, job.result, job.error = True, result, error
        self._jobs.discard(job)
        for waiter in job.waiters:
            self.wake(waiter)
        for callback in job.callbacks:
            callback(job)

    # --- running ----------------------------------------------------------------------------------------------------

    def run(self, until: int, enough: Callable[[], bool] | None = None) -> None:
        """Until this moment, or until it is ``enough`` (asked after each event that is due)."""
        heap = self._heap
        while heap and heap[0][0] <= until:
            moment, _, what, args = heappop(heap)
            self.now = moment
            self.events += 1
            what(*args)
            if enough is not None and enough():
                return
        self.now = max(self.now, until)

    def close(self) -> None:
        """Nothing is left half-way: every coroutine is ended as by a kill."""
        for job in list(self._jobs):
            job.host.dead = True
        for job in list(self._jobs):
            self.resume(job)


class Asyncio:
    """What the engine uses of ``asyncio``, on the stage."""

    class Task:
        """For annotations that are read at run time."""

        def __class_getitem__(cls, _: object) -> type:
            return cls

    Future = Task
    CancelledError = Died

    class timeout:  # noqa: N801 - asyncio's name
        """Ends the first ``sleep`` after its time: what the engine does within one is looking again and again."""

        def __init__(self, seconds: float) -> None:
            self.seconds = seconds

        async def __aenter__(self) -> None:
            stage = stage_now()
            assert stage.job is not None
            self.job = stage.job
            self.job.until = stage.now + int(self.seconds * SECOND)

        async def __aexit__(self, *_: object) -> None:
            self.job.until = None

    @staticmethod
    async def sleep(seconds: float) -> None:
        job = stage_now().job
        assert job is not None
        await rest(int(seconds * SECOND))
        if job.until is not None and stage_now().now > job.until:
            raise TimeoutError

    @staticmethod
    def create_task(coro: Coroutine[Any, Any, Any], *, name: str = "") -> Job:
        return stage_now().spawn(coro)

    @staticmethod
    async def gather(*work: Coroutine[Any, Any, Any], return_exceptions: bool = False) -> list[Any]:
        if len(work) == 1 and not return_exceptions:  # side by side with nobody
            return [await work[0]]
        jobs = [stage_now().spawn(one) for one in work]
        for job in jobs:
            await wait_for(job)
        if not return_exceptions and (failed := [job.error for job in jobs if job.error is not None]):
            raise failed[0]
        return [job.result if job.error is None else job.error for job in jobs]

    @staticmethod
    async def wait(jobs: set[Job]) -> None:
        for job in jobs:
            await wait_for(job)

"""Slows down guessing: five wrong passwords in five minutes, per user and per address, then a wait.

Kept in memory, one per instance: a restart forgives, and nobody can fill a table from outside.
"""

from __future__ import annotations

from collections import OrderedDict, deque

from callcenter.domain.errors import Refused

LIMIT = 5
# Behind one address sit all seats of a centre, so an address has more room than a user.
ADDRESS_LIMIT = 30
WINDOW_SECONDS = 300.0
MOST_KEYS = 10_000


class Attempts:
    """Wrong log-ins of the last five minutes. ``now`` is a monotonic clock in seconds."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()

    def check(self, user: str, address: str, now: float) -> None:
        """Refuse when there were too many; says how long to wait."""
        wait = max(self._wait(f"user {user}", LIMIT, now), self._wait(f"address {address}", ADDRESS_LIMIT, now))
        if wait > 0:
            minutes = int(wait // 60) + 1
            raise Refused(
                "too_many_attempts",
                f"密码错误次数过多,登录已暂停,约 {minutes} 分钟后可再试。正在进行的通话不受影响。",
                f"Too many wrong passwords: log-in is paused for about {minutes} min. Calls are not affected.",
                remedy_zh=f"请等待约 {minutes} 分钟,或请管理员重设密码。",
                remedy_en=f"Wait about {minutes} min, or ask the administrator for a new password.",
                status=429,
            )

    def wrong(self, user: str, address: str, now: float) -> None:
        """Remember a wrong password."""
        for key in (f"user {user}", f"address {address}"):
            self._wrong.setdefault(key, deque(maxlen=ADDRESS_LIMIT)).append(now)
            self._wrong.move_to_end(key)
        while len(self._wrong) > MOST_KEYS:
            self._wrong.popitem(last=False)

    def right(self, user: str, address: str) -> None:
        """The attempt counted last was right: forget those of the user, and that one of the address.

        The address keeps its others: who knows one password may still guess at the rest.
        """
        self._wrong.pop(f"user {user}", None)
        if times := self._wrong.get(f"address {address}"):
            times.pop()

    def _wait(self, key: str, limit: int, now: float) -> float:
        times = self._wrong.get(key)
        if times is None:
            return 0.0
        while times and times[0] <= now - WINDOW_SECONDS:
            times.popleft()
        if not times:
            del self._wrong[key]
            return 0.0
        return times[-limit] + WINDOW_SECONDS - now if len(times) >= limit else 0.0

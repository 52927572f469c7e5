"""Passwords as argon2id. Hashing takes tens of milliseconds on purpose, so it never runs in the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST_LENGTH = 8
MOST_LENGTH = 256

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Two at a time: a flood of log-ins takes neither all threads nor all memory from the calls.
_threads = ThreadPoolExecutor(2, thread_name_prefix="password")
# Verified when there is no such user, so that the time an answer takes does not tell user names.
_nobody = _hasher.hash("nobody has this password")


async def hash_password(password: str) -> str:
    """The argon2id hash to keep."""
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def verify(password: str, password_hash: str | None) -> bool:
    """Whether the password is right. ``None`` takes as long as any other and is never right."""
    loop = asyncio.get_running_loop()
    right = await loop.run_in_executor(_threads, _verify, password, password_hash or _nobody)
    return right and password_hash is not None


def hash_now(password: str) -> str:
    """For the demo centre, where the caller is in a thread already."""
    return _hasher.hash(password)


def _verify(password: str, password_hash: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False

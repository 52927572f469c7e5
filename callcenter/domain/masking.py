"""Hide a person from those whose task does not need them: enough to tell two calls apart, not enough to know who."""

from __future__ import annotations


def mask_name(name: str) -> str:
    """王秀英 → 王*英, 李强 → 李*. Empty stays empty."""
    if len(name) <= 1:
        return name
    return name[0] + "*" if len(name) == 2 else name[0] + "*" * (len(name) - 2) + name[-1]


def mask_number(number: str) -> str:
    """13800001111 → 138****1111. Short ones lose all but the last two digits."""
    if len(number) < 8:
        return "*" * max(0, len(number) - 2) + number[-2:]
    return number[:-8] + "****" + number[-4:]

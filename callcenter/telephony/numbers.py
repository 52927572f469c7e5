"""One number, one spelling: callers, members and contacts meet by E.164, however a number was written or signalled."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers

# What carriers put into From when the caller hides (RFC 3323 and habit).
ANONYMOUS = frozenset({"", "anonymous", "unavailable", "restricted", "private", "unknown", "withheld"})
DISPLAY_LIMIT = 64


@dataclass(frozen=True)
class Caller:
    """Who calls, as far as signalling tells. ``number`` is E.164 or None; ``display`` is safe to show."""

    number: str | None
    display: str
    anonymous: bool


def clean(raw: str) -> str:
    """``raw`` without control characters, at most 64 characters: what came from the wire may hold anything."""
    kept = "".join(ch if unicodedata.category(ch)[0] != "C" else "\N{REPLACEMENT CHARACTER}" for ch in raw.strip())
    return kept if len(kept) <= DISPLAY_LIMIT else kept[: DISPLAY_LIMIT - 1] + "…"


def normalise(raw: str, country: str, area_code: str) -> str | None:
    """``raw`` in E.164, or None when it is no valid number. Local numbers of 7–8 digits get ``area_code``."""
    # NFKC folds full-width digits, common in typed Chinese files, to ASCII.
    text = re.sub(r"[\s\-()./]", "", unicodedata.normalize("NFKC", raw))
    if not re.fullmatch(r"\+?[0-9]{5,20}", text):
        return None
    if re.fullmatch(r"[2-8]\d{6,7}", text):
        text = area_code + text
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def read_caller(raw: str, country: str, area_code: str) -> Caller:
    """The caller behind a signalled number of any content."""
    display = clean(raw)
    if raw.strip().lower() in ANONYMOUS:
        return Caller(None, "", anonymous=True)
    return Caller(normalise(raw, country, area_code), display, anonymous=False)

"""Which cases are calls that came in, as SQL: what figures of answering count, on the board, in alarms and in reports alike (T-4).

A letter, a visitor, a form or a call of ours is no call that somebody could have answered in time (R-2 has the channels), and
neither is one outside the line's hours, whose caller was told when it opens.
"""

from __future__ import annotations

from callcenter.domain.case import CALLED_SOURCES

# GB/T 33358: nineteen of twenty calls answered within 15 s. The names of figures and columns (answered_in_15s) say the same.
ANSWER_WITHIN_SECONDS = 15
ANSWER_TARGET = 0.95
CALLED_IN = f"source IN ({', '.join(repr(source) for source in sorted(CALLED_SOURCES))})"
IN_HOURS = "opens_at IS NULL"
WAITED = f"({IN_HOURS} AND (answered_at IS NOT NULL OR state <> 'waiting'))"
"""Its wait is over, one way or the other."""


def answered_within(seconds: str) -> str:
    """A person took it in so many seconds; ``seconds`` is an expression or a parameter's name, as ``:within``."""
    return f"({IN_HOURS} AND answered_at - opened_at <= make_interval(secs => {seconds}))"

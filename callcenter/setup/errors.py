"""What goes wrong while installing or starting, told so that the reader knows what to do next.

A ``SetupError`` is not a bug: it is a sentence for the person at the keyboard, in Chinese and in English.
The command line prints it without a traceback.
"""

from __future__ import annotations


class SetupError(Exception):
    """One clear sentence: what happened, what was not lost, what to do."""

    def __init__(self, chinese: str, english: str, details: str = "") -> None:
        super().__init__(f"{chinese}\n{english}")
        self.chinese = chinese
        self.english = english
        self.details = details.strip()  # the last lines of the program that failed, shown small under the sentence


def last_lines(text: str, count: int = 6) -> str:
    """The last non-empty lines of a program's output: enough to search for, short enough to read."""
    return "\n".join([line for line in text.splitlines() if line.strip()][-count:])

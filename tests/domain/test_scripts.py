"""There are words for every moment, and none has a hole that nobody fills."""

from __future__ import annotations

import re

import pytest

from callcenter.domain.scripts import PLACEHOLDERS, POLITENESS, SCRIPTS, as_json

EVERY = (*SCRIPTS, POLITENESS)


@pytest.mark.rule("W-1")
def test_texts_are_whole_in_both_languages() -> None:
    assert len({script.id for script in EVERY}) == len(EVERY) == len(as_json())
    for script in EVERY:
        holes = [set(re.findall(r"\{(\w*)\}", text)) for text in (script.zh, script.en)]
        assert holes[0] == holes[1] <= PLACEHOLDERS, script.id
        assert all((script.zh, script.en, script.title_zh, script.title_en, script.states, script.kinds)), script.id
        # C-3 and W-1: nobody is refused without being told where they find help.
        assert script is POLITENESS or not re.search("不行|不知道|不归我", script.zh), script.id


@pytest.mark.rule("C-1")
@pytest.mark.parametrize("kind", ["emergency", "life_help"])
@pytest.mark.parametrize("state", ["waiting", "talking", "callback"])
@pytest.mark.parametrize("needs", ["member", "nobody"])
def test_every_moment_has_one_first_sentence(kind: str, state: str, needs: str) -> None:
    first = [each for each in SCRIPTS if each.first and state in each.states and kind in each.kinds and each.needs in (None, needs)]
    assert len(first) == 1


def test_every_rule_of_the_conversation_has_its_words() -> None:
    assert {"C-1", "C-2", "C-3", "C-4", "C-5", "R-12", "W-1", "W-3", "W-6"} <= {script.rule for script in EVERY}

"""The whole table of rules, in the order of the texts. Clauses on looks, clothing and height are left out on purpose."""

from __future__ import annotations

from callcenter.domain.regulations.dispatch import DISPATCH
from callcenter.domain.regulations.help_cases import HELP_CASES
from callcenter.domain.regulations.posts import POSTS
from callcenter.domain.regulations.rule import Rule

RULES: tuple[Rule, ...] = (*HELP_CASES, *DISPATCH, *POSTS)
BY_ID: dict[str, Rule] = {rule.id: rule for rule in RULES}

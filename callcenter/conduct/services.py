"""All that the console asks of conduct, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from callcenter.conduct.contributions import AddRecord, Contributions
from callcenter.conduct.quality import Quality
from callcenter.conduct.rules_text import RulesText


@dataclass(frozen=True)
class Conduct:
    """Quality, contributions, the rules' text."""

    quality: Quality
    contributions: Contributions
    rules_text: RulesText

    @classmethod
    def build(cls, engine: AsyncEngine, zone: str, add_record: AddRecord) -> Conduct:
        return cls(Quality(engine, zone), Contributions(engine, add_record), RulesText(engine, zone))

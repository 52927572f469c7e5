"""Receipts: which rules were looked at, and what was found. They stand in the journal line of the change that they allowed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from callcenter.domain.errors import Refused


@dataclass(frozen=True)
class Finding:
    """What one rule says of a case. ``ok`` False: the change is refused; ``remedy``: what would satisfy the rule."""

    rule: str
    ok: bool
    zh: str
    en: str
    remedy_zh: str = ""
    remedy_en: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule, "ok": self.ok, "zh": self.zh, "en": self.en,
            "remedy_zh": self.remedy_zh, "remedy_en": self.remedy_en,
        }  # fmt: skip


class Unmet(Refused):
    """Refused by one or more rules; ``more`` lists every finding, so that a screen can show all of them at once."""

    def __init__(self, code: str, zh: str, en: str, findings: Iterable[Finding]) -> None:
        findings = tuple(findings)
        unmet = [finding for finding in findings if not finding.ok]
        super().__init__(
            code, zh + "".join(f"{f.rule} {f.zh}" for f in unmet), en + " " + " ".join(f"{f.rule}: {f.en}" for f in unmet),
            remedy_zh="".join(f.remedy_zh for f in unmet), remedy_en=" ".join(f.remedy_en for f in unmet),
            rule=unmet[0].rule if unmet else None,
        )  # fmt: skip
        self.findings = findings
        self.more = {"findings": [finding.as_json() for finding in findings]}

"""A member's profile was edited while a case shows it. Pure."""

from __future__ import annotations

from callcenter.domain.decision import Decision, Situation
from callcenter.domain.facts import ProfileChanged


def profile_changed(situation: Situation, fact: ProfileChanged, decision: Decision) -> None:
    """The case's story tells who changed what, its new version brings the new profile to everybody who sees it; a ladder that
    runs looks at its people again, since every decision ends with that."""
    case = situation.case
    if case is None or fact.member_id not in (case.member_id, *case.candidates):
        return  # another member was chosen meanwhile
    decision.case = case
    decision.note("profile_changed", agent_id=fact.agent_id, member=str(fact.member_id), fields=list(fact.fields))
